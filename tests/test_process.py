"""Test the tool as a process of its own, which most tests do without: streams, signals, imports, exit codes."""

from __future__ import annotations

import gc
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from support import CASES, ROOT, authscribe, run, tree

LIGHT = ("black", "docutils", "jinja2", "pydantic", "pydantic_core", "rich", "yaml")
SCRIPT = Path(sys.executable).with_name("authscribe")


@pytest.mark.parametrize(
    "name",
    [
        "config/unknown_key",
        "convert/keeps_going_to_yaml",
        "diff/definitions",
        "docs/table_is_rewritten",
        "pages/one_scheme",
        "lint/as_json",
        "catalogue/findings_and_drift",
        "scaffold/connector",
    ],
)
def test_a_run_in_this_process_is_what_users_see(name: str, tmp_path: Path) -> None:
    arguments = shlex.split((CASES / name / "command").read_text())
    seen = []
    for start in (authscribe, run):
        # The same path both times, since a report may show it.
        workspace = Path(shutil.copytree(CASES / name / "in", tmp_path / "workspace"))
        outcome = start(*arguments, cwd=workspace)
        seen.append((outcome, tree(workspace)))
        shutil.rmtree(workspace)
    assert seen[0] == seen[1]


def test_a_run_in_this_process_leaves_no_trace(tmp_path: Path) -> None:
    def state() -> list[object]:
        handlers = [signal.getsignal(number) for number in signal.valid_signals()]
        streams = [sys.stdin, sys.stdout, sys.stderr]
        process = [Path.cwd(), dict(os.environ), list(sys.path), gc.get_threshold(), gc.get_freeze_count()]
        return [*process, *streams, handlers, list(warnings.filters), list(logging.getLogger().handlers)]

    workspace = Path(shutil.copytree(CASES / "pages/one_scheme/in", tmp_path / "workspace"))
    before = state()
    assert run("generate", "--source", "page.rst", "--out-dir", "out", cwd=workspace).code == 0
    assert run("generate", "--source", "nothing.rst", "--out-dir", "out", cwd=workspace).code == 2
    assert run("check", "--output-file", "no/where", "--source", "page.rst", cwd=workspace, env={"LANG": "C"}).code == 2
    assert state() == before


@pytest.mark.parametrize(("arguments", "code"), [(["list", "rules"], 0), (["lint", "nothing"], 2), (["generat"], 2)])
def test_the_console_script_ends_with_the_exit_code(arguments: list[str], code: int, tmp_path: Path) -> None:
    finished = subprocess.run([SCRIPT, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert finished.returncode == code


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], LIGHT),
        (["generate", "--help"], LIGHT),
        (["--version"], LIGHT),
        (["list", "schemes"], ("authscribe.lint", "authscribe.catalogue", "authscribe.pages")),
        (["scaffold", "new", "--scheme", "api_key", "--dry-run"], ("black",)),
        (
            ["generate", "--dry-run", "--no-cache"],
            ("black", "authscribe.lint.registry", "authscribe.connectors.context", "authscribe.targets.terraform"),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_no_more_than_it_needs(arguments: list[str], unwanted: tuple[str, ...]) -> None:
    program = f"import sys\nfrom authscribe import cli\ncode = cli.run({arguments!r})\nprint(code, *sys.modules)\n"
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    code, *imported = finished.stdout.splitlines()[-1].split()
    assert code == "0"
    assert not set(unwanted) & set(imported)


def test_a_closed_pipe_is_not_a_crash() -> None:
    command = f"{sys.executable} -m authscribe list rules | head -n 1"
    finished = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_nothing_else(closed: str) -> None:
    command = f"{sys.executable} -m authscribe list rules {closed}"
    finished = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert (finished.stdout == "") == (">&-" in closed.split())


def test_a_full_disk_is_one_line_of_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(
            [sys.executable, "-m", "authscribe", "list", "rules"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert finished.returncode == 2
    assert finished.stderr == "error: the output cannot be written: no space left on device\n"


def test_an_interrupt_ends_with_130() -> None:
    program = (
        "import os, signal, sys\nfrom authscribe import cli\n"
        # A shell starts what it runs in the background deaf to Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def interrupt(event, arguments):\n"
        "    if event == 'open' and str(arguments[0]).endswith('authentication-schemes.rst'):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.addaudithook(interrupt)\n"
        "sys.exit(cli.run(['list', 'schemes']))\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 130
    assert "Traceback" not in finished.stderr
