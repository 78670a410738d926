"""Run the manual and the README as scripts: write the files that they show, and run the commands.

Each page has a workspace of its own, empty at first (that of the README and of the pages about this project is a
checkout), and its blocks count in their order:

- a block with a caption is the file of that name; with `(generated)` after the name, the tool must have made it;
- a `console` block holds commands after `$ ` (continued after `> `) with what they print on either stream;
- a line of nothing but `...` stands for any number of lines;
- a command that fails is followed by `echo $?`, so that readers know what to expect;
- `not-run` (in Markdown, after the language of a fence) says why no test runs a block.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from support import ROOT, run

MANUAL = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(page for page in MANUAL.rglob("*.rst") if "_pictures" not in page.parts))
IN_A_CHECKOUT = {"README.md"}
# What a checkout brings along that pages refer to.
CHECKOUT = ("authscribe.toml", "output", "schemes", "templates", "tests/cases")
# Commands that no test runs; the reason of each stands in its page.
NOT_RUN: Final[Mapping[str, Sequence[str]]] = {
    "README.md": [
        "make generate    # sets up .venv and generates output/ from schemes/",
        "make test        # runs the tests",
        "pip install .",
    ],
    "docs/how-to/docs-pipeline.rst": [
        "python3.11 -m venv .venv-authscribe",
        ".venv-authscribe/bin/pip install PATH/TO/authscribe",
        ".venv-authscribe/bin/authscribe docs --check",
        "make html",
    ],
    "docs/tutorial.rst": [
        "python3 -m venv .venv",
        ". .venv/bin/activate",
        'pip install PATH/TO/authscribe "pydantic-settings>=2.13"',
    ],
}
SCHEMAS = {
    ".github/workflows/": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    "compose.yaml": "vendor.compose-spec",
}
GENERATED = " (generated)"
# Where `make docs` and `make test-manual` install Sphinx, which some pages run.
SPHINX = ROOT / ".venv-docs" / "bin"


@dataclass(frozen=True)
class Block:
    """Block of a page: the lines from `start` to before `end`, indented by `indent` columns."""

    language: str
    caption: str | None
    source: str | None
    reason: str | None
    start: int
    end: int
    indent: int
    text: str


@dataclass(frozen=True)
class Command:
    text: str
    shown: str


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, update_golden: bool) -> None:
    workspace = tmp_path / "workspace"
    name = page.relative_to(ROOT).as_posix()
    _prepare(workspace, name)
    lines = page.read_text().split("\n")
    outcomes = [(block, _outcome(block, page, workspace)) for block in blocks(lines)]
    if update_golden:
        page.write_text("\n".join(_renewed(lines, outcomes)))
        return
    for block, text in outcomes:
        assert block.text == text, f"{name}:{block.start + 1}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_that_is_not_run_is_listed_and_has_a_reason(page: Path) -> None:
    skipped = [block for block in blocks(page.read_text().split("\n")) if block.reason is not None]
    assert all(block.reason for block in skipped)
    found = [command.text for block in skipped for command in commands(block.text)]
    assert found == list(NOT_RUN.get(page.relative_to(ROOT).as_posix(), ()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_for_ci_follow_their_schemas(page: Path, tmp_path: Path) -> None:
    for block in blocks(page.read_text().split("\n")):
        schemas = [schema for prefix, schema in SCHEMAS.items() if (block.caption or "").startswith(prefix)]
        for schema in schemas:
            (tmp_path / "file.yml").write_text(block.text)
            command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(tmp_path / "file.yml")]
            finished = subprocess.run(command, capture_output=True, text=True, check=False)
            assert finished.returncode == 0, finished.stdout


def test_the_report_on_real_connectors_is_that_of_today(corpus: Path, update_golden: bool) -> None:
    page = ROOT / "docs/explanation/real-connectors.rst"
    text = page.read_text()
    (shown,) = re.findall(r"\.\. code-block:: text\n {3}:class: wrapped\n\n((?: {3}.*\n|\n)*)", text)
    folder = str(corpus / "connectors")
    outcome = run("lint", folder, "--output-format", "concise", cwd=ROOT)
    expected = textwrap.indent(outcome.stdout.replace(folder, "connectors"), "   ")
    if update_golden:
        page.write_text(text.replace(shown.strip("\n"), expected.strip("\n")))
    else:
        assert shown.strip("\n") == expected.strip("\n")


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the blocks of a page in reStructuredText or Markdown, in their order."""
    for number, line in enumerate(lines):
        directive = re.match(r"( *)\.\. (code-block|literalinclude|not-run):: *(.*)$", line)
        fence = re.match(r"( *)```(\w+) *(?:not-run: *(.*))?$", line)
        if directive:
            yield _directive(lines, number, *directive.groups())
        elif fence:
            indent, language, reason = fence.groups()
            end = next(n for n in range(number + 1, len(lines)) if lines[n].strip() == "```")
            text = _dedented(lines[number + 1 : end], len(indent))
            yield Block(language, None, None, reason, number + 1, end, len(indent), text)


def _directive(lines: Sequence[str], number: int, indent: str, name: str, argument: str) -> Block:
    options, start = {}, number + 1
    while option := re.match(rf"{indent}   :([\w-]+):(?: +(.*))?$", lines[start]):
        options[option[1]] = option[2]
        start += 1
    start += lines[start] == ""
    end = start
    while end < len(lines) and (not lines[end] or lines[end].startswith(f"{indent}   ")):
        end += 1
    while end > start and not lines[end - 1]:
        end -= 1
    return Block(
        language="console" if name == "not-run" else argument,
        caption=options.get("caption"),
        source=argument if name == "literalinclude" else None,
        reason=argument if name == "not-run" else None,
        start=start,
        end=end,
        indent=len(indent) + 3,
        text=_dedented(lines[start:end], len(indent) + 3),
    )


def _dedented(lines: Sequence[str], columns: int) -> str:
    return "".join(f"{line[columns:]}\n" for line in lines)


def commands(text: str) -> Iterator[Command]:
    """Yield the commands of a console block, each with the output that is shown."""
    for part in re.split(r"^(?=\$ )", text, flags=re.MULTILINE):
        command = re.match(r"\$ .*\n(?:> .*\n)*", part)
        if command is not None:
            words = "\n".join(line[2:] for line in command[0].splitlines())
            yield Command(words, part[command.end() :])


def matches(shown: str, text: str) -> bool:
    """Return whether the text is as shown, where `...` stands for any number of lines."""
    parts = (r"(?:.*\n)*" if line == "..." else re.escape(f"{line}\n") for line in shown.splitlines())
    return re.fullmatch("".join(parts), text) is not None


def _prepare(workspace: Path, name: str) -> None:
    workspace.mkdir()
    for path in CHECKOUT if name in IN_A_CHECKOUT else ():
        (workspace / path).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, workspace / path, symlinks=True)
        else:
            shutil.copy(ROOT / path, workspace / path)


def _outcome(block: Block, page: Path, workspace: Path) -> str:
    """Write the file that a block shows, or run its commands; return the text that it should have."""
    if block.reason is not None:
        return block.text
    if block.language == "console":
        return "".join(_transcript(block.text, workspace))
    if block.caption is None:
        return block.text
    file = workspace / block.caption.removesuffix(GENERATED)
    if block.caption.endswith(GENERATED):
        made = file.read_text()
        return block.text if matches(block.text, made) else made
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((page.parent / block.source).read_text() if block.source is not None else block.text)
    return block.text


def _transcript(text: str, workspace: Path) -> Iterator[str]:
    """Yield each command with its output, or with the output that is shown where that matches."""
    code, printed = 0, ""
    for command in commands(text):
        assert not code or command.text == "echo $?", f"exit code {code} without a word:\n{printed}"
        text, code = _run(command.text, code, workspace)
        printed = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        shell = "".join(
            f"{mark} {line}\n" for mark, line in zip("$" + ">" * 99, command.text.split("\n"), strict=False)
        )
        yield shell + (command.shown if matches(command.shown, printed) else printed)
    assert not code, f"exit code {code} without a word:\n{printed}"


def _run(command: str, code: int, workspace: Path) -> tuple[str, int]:
    """Return the output of a command on both streams, and its exit code; `code` is that of the command before."""
    if re.fullmatch(r"authscribe( [\w./:@=,-]+| '[^']*')*", command):
        # The shell has nothing to do here, and most commands are such.
        outcome = run(*shlex.split(command)[1:], cwd=workspace, env={"HOME": str(workspace.parent)})
        return outcome.stdout + outcome.stderr, outcome.code
    finished = subprocess.run(
        ["bash", "-c", f"(exit {code}); {command}"],
        cwd=workspace,
        env=_environment(workspace),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return finished.stdout, 0 if command == "echo $?" else finished.returncode


def _environment(workspace: Path) -> dict[str, str]:
    """Return an environment with the tool on its path, and without the settings of the developer."""
    person = {f"GIT_{role}_{key}": "you@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), str(SPHINX), os.environ["PATH"])),
        "HOME": str(workspace.parent),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        **person,
    }


def _renewed(lines: Sequence[str], outcomes: Sequence[tuple[Block, str]]) -> Iterator[str]:
    position = 0
    for block, text in outcomes:
        yield from lines[position : block.start]
        if block.source is None:
            yield from (f"{' ' * block.indent}{line}".rstrip() for line in text.splitlines())
        position = block.end
    yield from lines[position:]
