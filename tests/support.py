"""Share helpers among test files: run the tool, resolve definitions, list cases and files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import docutils.nodes
import pytest
import yaml
from docutils.core import publish_doctree
from docutils.frontend import Values

from authscribe import cli
from authscribe.build import build
from authscribe.model.draft import Draft
from authscribe.readers.registry import read_source
from authscribe.resolve import resolver
from authscribe.resolve.resolver import Resolution
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import load_sources
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import find_workspace

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
PLATFORM = "schemes/platforms/sesam.yaml"


@dataclass(frozen=True)
class Outcome:
    code: int
    stdout: str
    stderr: str


def authscribe(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Outcome:
    """Run the tool as its users do, in a process of its own; `run` gives the same at a tenth of the cost."""
    finished = subprocess.run(
        [sys.executable, "-m", "authscribe", *arguments],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **(env or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Outcome(finished.returncode, finished.stdout.decode(), finished.stderr.decode())


def run(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Outcome:
    """Run the command line in this process, and leave the process as it was."""
    # It remembers the templates of users, which may change between runs. The rest changes with the installed packages.
    _clear_caches(build)
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        with pytest.MonkeyPatch.context() as patch, _open_stream(stdout) as out, _open_stream(stderr) as err:
            patch.chdir(cwd)
            for name, value in {"NO_COLOR": "1", **(env or {})}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = cli.run(arguments)
        _clear_caches(build)
        return Outcome(code, _read_back(stdout), _read_back(stderr))


def install(package: str, folder: Path) -> Path:
    """Install a package of `tests/plugins` into a folder, and return the folder."""
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", str(folder)]
    code, output = run_tool([sys.executable, "-m", "pip", "install", *options, ROOT / "tests/plugins" / package], ROOT)
    assert code == 0, output
    return folder


def build_distribution(kind: str, source: Path, folder: Path) -> Path:
    """Build the `wheel` or the `sdist` of a source tree, and return its path in the folder."""
    code, output = run_tool(
        [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", folder], source
    )
    assert code == 0, output
    (path,) = folder.iterdir()
    return path


def list_project_files(*folders: str) -> list[str]:
    """Return the paths of the files in folders of the repository, whether they are committed or not."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", *folders)
    code, listed = run_tool(command, ROOT)
    assert code == 0, listed
    return [path for path in listed.splitlines() if (ROOT / path).is_file()]


@contextmanager
def beside(installed: Path) -> Iterator[None]:
    """Make the packages in a folder importable, and forget them afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        _clear_caches(*_list_modules())
        yield
    _clear_caches(*_list_modules())
    for package in installed.iterdir():
        forget(package.stem)


@contextmanager
def _open_stream(file: IO[bytes]) -> Iterator[IO[str]]:
    """Open a stream to a file, with a descriptor of its own: a run may turn it away from the file."""
    with os.fdopen(os.dup(file.fileno()), "w", encoding="utf-8") as stream:
        yield stream


def _read_back(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def run_tool(command: Sequence[str | Path], folder: Path) -> tuple[int, str]:
    """Return the exit code and the whole output of a command."""
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return finished.returncode, finished.stdout + finished.stderr


def _list_modules() -> list[ModuleType]:
    """Return the modules of the tool."""
    return [module for name, module in sys.modules.items() if name.partition(".")[0] == "authscribe"]


def _clear_caches(*modules: ModuleType) -> None:
    """Make the functions of modules forget what they have returned, apart from those that the modules import."""
    for module in modules:
        for item in vars(module).values():
            clear = getattr(item, "cache_clear", None)
            if callable(clear) and item.__module__ == module.__name__:
                clear()


def resolve(*sources: str | Path, cwd: Path = ROOT, tolerant: bool = False) -> Resolution:
    """Resolve the sources, which are relative to `cwd`; without any, those that the configuration there names."""
    # A run that is told its sources and its outputs looks for no configuration.
    out_dir = "out" if sources else None
    workspace = find_workspace(Options(sources=tuple(map(str, sources)), out_dir=out_dir), cwd)
    return resolve_sources(load_sources(workspace.sources, root=workspace.root), workspace, tolerant=tolerant)


def resolve_drafts(*drafts: Draft) -> Resolution:
    """Resolve drafts that need no file, for the platform of this project."""
    return resolver.resolve_drafts((_read_platform(), *drafts), "sesam")


@cache
def _read_platform() -> Draft:
    return read_source(PLATFORM, (ROOT / PLATFORM).read_text())


def parse_rst(text: str, **settings: Any) -> docutils.nodes.document:
    """Return a page as docutils reads it, with other settings than its defaults."""
    own = _make_rst_settings().copy()
    vars(own).update(settings)
    return publish_doctree(text, settings=own)


@cache
def _make_rst_settings() -> Values:
    """Return the default settings of docutils, which take as long as a short page."""
    return publish_doctree("", settings_overrides={"_disable_config": True}).settings


def read_yaml(path: Path) -> Any:
    """Return the document in a file of the tests, by the parser in C: the other one takes ten times as long."""
    return yaml.load(path.read_text(), yaml.CSafeLoader)


def find_cases(topic: str = "") -> list[Path]:
    """Return the folders of the cases of a topic, such as `lint` or `read/openapi`, or of all topics."""
    return sorted(file.parent for file in (CASES / topic).rglob("command"))


def case_id(folder: Path) -> str:
    """Return the path of a case below `tests/cases`."""
    return folder.relative_to(CASES).as_posix()


def forget(package: str) -> None:
    """Make the next import of a package find it anew, since other tests generate packages of the same name."""
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def execute(path: Path) -> dict[str, Any]:
    """Return the names of a module that is somewhere else than where it was generated."""
    module = ModuleType("somewhere_else")
    sys.modules[module.__name__] = module
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), vars(module))
    return vars(module)


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below the folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
