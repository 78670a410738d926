"""Fail or kill a run at each of its calls to the file system, and examine the files that it leaves.

`python tests/faults.py` tries every point of every walk, and a naive writer as a control that must break.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import json
import os
import shlex
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

import click
from support import CASES, run, tree

from authscribe import cli

KILLED: Final = "killed"
FAULTS: Final = ("ENOSPC", "EACCES", "EIO", KILLED)
STAGING: Final = ".authscribe-staging"
CALLS: Final = (
    "access", "chmod", "close", "fchmod", "fstat", "fsync", "ftruncate", "link", "listdir", "lstat", "mkdir", "open", "read",
    "readlink", "remove", "rename", "replace", "rmdir", "scandir", "stat", "symlink", "truncate", "unlink", "utime", "write",
)  # fmt: skip


class Point(NamedTuple):
    """A call of a run, and what happens to it."""

    walk: str
    number: int
    call: str
    fault: str

    def __str__(self) -> str:
        return f"{self.walk}: {self.fault} at call {self.number}, {self.call}"


@dataclass(frozen=True)
class Walk:
    """A command that changes files in a folder, and that can be run again."""

    name: str
    prepare: Callable[[Path], None]
    arguments: tuple[str, ...] = ()

    def write(self) -> int:
        return cli.run(self.arguments)


class NaiveWalk(Walk):
    """Writes two files one after the other into their places, as the tool must not."""

    def write(self) -> int:
        try:
            for name in ("one", "two"):
                Path(name).write_text(f"new content of {name}")
        except OSError as error:
            click.echo(error)
            return 1
        return 0


@dataclass
class Shim:
    """Counts the calls to the file system below a folder, and fails one of them.

    `_pyio` takes the place of `io`, so that buffered files use the functions of `os` as well.
    """

    folder: str
    number: int = -1
    fault: str = ""
    calls: list[str] = field(default_factory=list)
    _paths: dict[int, str] = field(default_factory=dict)

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self._wrap(name, getattr(os, name)))
        fcntl.flock = self._wrap("flock", fcntl.flock)
        builtins.open = io.open = import_module("_pyio").open

    def _wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            path = self._find_path(arguments[0] if arguments else ".", named)
            if not path.startswith(self.folder):
                return function(*arguments, **named)
            self.calls.append(f"{name} {path.removeprefix(self.folder)}")
            if len(self.calls) - 1 == self.number:
                self._fail(name, function, arguments)
            result = function(*arguments, **named)
            if name == "open":
                self._paths[result] = path
            elif name == "close":
                del self._paths[arguments[0]]
            return result

        return call

    def _find_path(self, target: Any, named: Mapping[str, Any]) -> str:
        if isinstance(target, int):
            return self._paths.get(target, "")
        above = self._paths.get(named.get("dir_fd") or named.get("src_dir_fd") or -1, self.folder)
        return os.path.normpath(Path(above, os.fsdecode(target)))

    def _fail(self, name: str, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        """Let the call do a part of its work, as the system may, before it fails."""
        if name == "write":
            function(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
        if name == "close":
            function(*arguments)
        if self.fault == KILLED:
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, self.fault)
        raise OSError(number, os.strerror(number))


class Result(NamedTuple):
    """The exit code of a run, negative if it was killed, its texts, and its calls."""

    code: int
    text: str
    calls: Sequence[str]


class Child:
    """A process that runs the writer of a walk, with one fault or none."""

    def __init__(self, walk: Walk, folder: Path, number: int = -1, fault: str = "") -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - `wait` closes both
        self._record = tempfile.TemporaryFile()  # noqa: SIM115
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads, such as those of a test runner; the children need none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._number = os.fork()
        if not self._number:
            shim = Shim(os.path.realpath(folder), number, fault)
            _run_child(walk, shim, self._output.fileno(), self._record.fileno())

    def wait(self) -> Result:
        code = os.waitstatus_to_exitcode(os.waitpid(self._number, 0)[1])
        with self._output as output, self._record as record:
            output.seek(0)
            record.seek(0)
            return Result(code, output.read().decode(), json.loads(record.read() or b"[]"))


def _run_child(walk: Walk, shim: Shim, output: int, record: int) -> NoReturn:
    write, exit_now = os.write, os._exit
    os.chdir(shim.folder)
    os.dup2(output, 1)
    os.dup2(output, 2)
    code = 99
    with os.fdopen(1, "w", closefd=False) as sys.stdout, os.fdopen(2, "w", closefd=False) as sys.stderr:
        try:
            shim.install()
            code = walk.write()
        except Exception:  # noqa: BLE001 - a child never returns to its parent's stack
            traceback.print_exc()
    write(record, json.dumps(shim.calls).encode())
    exit_now(code)


def examine(walk: Walk, points: Callable[[Sequence[Point]], Sequence[Point]]) -> Iterator[tuple[Point, str]]:
    """Yield each chosen point of a walk with what is wrong after it, or an empty text."""
    with _prepare(walk) as (start, folder):
        before, after, calls = _run_untouched(walk, start, folder)
        every = [Point(walk.name, number, call, fault) for (number, call), fault in product(enumerate(calls), FAULTS)]
        for point in points(every):
            _restore(start, folder)
            result = Child(walk, folder, point.number, point.fault).wait()
            problem = _judge(result, before, after, tree(folder)) or _judge_repair(
                Child(walk, folder).wait(), after, folder
            )
            yield point, problem


@contextmanager
def _prepare(walk: Walk) -> Iterator[tuple[Path, Path]]:
    """Prepare a folder, which stays as it is; yield it with the path of the folder that each run gets."""
    with tempfile.TemporaryDirectory() as name:
        start, folder = Path(name, "start"), Path(name, "folder")
        start.mkdir()
        walk.prepare(start)
        yield start, folder


def _run_untouched(walk: Walk, start: Path, folder: Path) -> tuple[dict[str, bytes], dict[str, bytes], Sequence[str]]:
    if walk.arguments:
        # The children need not import again what this process imports.
        _restore(start, folder)
        run(*walk.arguments, cwd=folder)
    _restore(start, folder)
    before = tree(folder)
    result = Child(walk, folder).wait()
    assert result.code == 0, result.text
    return before, tree(folder), result.calls


def _restore(start: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(start, folder)


def _judge(result: Result, before: dict[str, bytes], after: dict[str, bytes], now: dict[str, bytes]) -> str:
    for path in sorted({*before, *after, *now}):
        is_leftover = result.code < 0 and STAGING in path
        if not is_leftover and now.get(path) not in (before.get(path), after.get(path)):
            return f"{path} is neither old nor new"
    if result.code == 0 and now != after:
        return "exit 0 without the result"
    return _judge_text(result)


def _judge_text(result: Result) -> str:
    if "Traceback" in result.text or result.code not in (0, 1, 2, -signal.SIGKILL):
        return f"exit {result.code}: {result.text}"
    return "" if result.text or result.code in (0, -signal.SIGKILL) else f"exit {result.code} without a word"


def _judge_repair(result: Result, after: dict[str, bytes], folder: Path) -> str:
    if result.code != 0:
        return f"the next run exits {result.code}: {result.text}"
    wrong = sorted(path for path, _ in tree(folder).items() ^ after.items())
    return f"the next run does not repair {wrong[0]}" if wrong else ""


def _repeat_case(name: str, case: str) -> Walk:
    def prepare(folder: Path) -> None:
        shutil.copytree(CASES / case / "in", folder, dirs_exist_ok=True)

    return Walk(name, prepare, tuple(shlex.split((CASES / case / "command").read_text())))


def _prepare_change(folder: Path) -> None:
    """Generate files of two connectors, of which one then changes and one goes."""
    _write_definitions(folder, "wave", "surf")
    assert run("generate", cwd=folder).code == 0
    _write_definitions(folder, "wave", note="changed")


def _write_definitions(folder: Path, *connectors: str, note: str = "as it was") -> None:
    scheme = {"id": "key", "required": [{"name": "api_key", "description": note}], "injected": [{"name": "api_key"}]}
    document = {"schemes": [scheme], "connectors": [{"id": name, "scheme": "key"} for name in connectors]}
    (folder / "s.json").write_text(json.dumps(document))
    (folder / "authscribe.toml").write_text('sources = ["s.json"]\nout-dir = "out"\ntargets = ["sesam", "dotenv"]\n')


def _write_naive_files(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).write_text(f"old content of {name}")


RIVALS: Final = 200
NAIVE: Final = NaiveWalk("naive writer", _write_naive_files)
WALKS: Final = (
    Walk("generate", lambda folder: _write_definitions(folder, "wave"), ("generate",)),
    Walk("generate after a change", _prepare_change, ("generate", "--prune")),
    _repeat_case("docs", "docs/region_of_each_part"),
    _repeat_case("scaffold", "scaffold/connector"),
    _repeat_case("sync", "sync/compose_with_undeclared_secrets"),
)


class Rival(Walk):
    """Generates and then checks, while others do the same in the same folder."""

    def write(self) -> int:
        return super().write() or cli.run(("check",))


def run_rivals(count: int) -> list[str]:
    """Run many writers of one folder at once; return what is wrong after any of them, or after all of them."""
    walk = Rival("rivals", _prepare_change, ("generate", "--prune"))
    with _prepare(walk) as (start, folder):
        _, after, _ = _run_untouched(walk, start, folder)
        _restore(start, folder)
        children = [Child(walk, folder) for _ in range(count)]
        problems = [_judge_text(child.wait()) for child in children]
        return [*filter(None, (*problems, _judge_repair(Child(walk, folder).wait(), after, folder)))]


def main() -> int:
    """Try every point; return 1 if a point of the tool fails, or none of the naive writer."""
    failed = Counter[str]()
    for walk in (*WALKS, NAIVE):
        tried = 0
        for point, problem in examine(walk, tuple):
            tried += 1
            failed[walk.name] += bool(problem)
            if problem and walk is not NAIVE:
                click.echo(f"{point}: {problem}")
        click.echo(f"{walk.name}: {tried} points tried, {tried - failed[walk.name]} survived")
    problems = run_rivals(RIVALS)
    click.echo("\n".join((*problems, f"rivals: {RIVALS} runs at once, {len(problems)} failed")))
    return int(bool(problems) or failed.total() > failed[NAIVE.name] or not failed[NAIVE.name])


if __name__ == "__main__":
    sys.exit(main())
