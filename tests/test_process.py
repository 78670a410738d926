"""The tool as a process of its own, which most tests do without: streams, signals, imports, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

LIGHT = ("black", "docutils", "jinja2", "pydantic", "pydantic_core", "rich", "yaml")
SCRIPT = Path(sys.executable).with_name("authscribe")


@pytest.mark.parametrize(("arguments", "code"), [(["list", "rules"], 0), (["lint", "nothing"], 2), (["generat"], 2)])
def test_the_console_script_ends_with_the_exit_code(arguments: list[str], code: int, tmp_path: Path) -> None:
    finished = subprocess.run([SCRIPT, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert finished.returncode == code


@pytest.mark.parametrize("arguments", [["--help"], ["generate", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom authscribe import cli\n"
        f"code = cli.run({arguments!r})\nprint(code, sorted(set({LIGHT!r}) & set(sys.modules)))\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.splitlines()[-1] == "0 []"


def test_a_reader_that_goes_away_is_no_crash() -> None:
    command = f"{sys.executable} -m authscribe list rules | head -n 1"
    finished = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_one_that_nobody_reads(closed: str) -> None:
    command = f"{sys.executable} -m authscribe list rules {closed}"
    finished = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert (finished.stdout == "") == (">&-" in closed.split())


def test_a_full_disk_is_said_in_one_line() -> None:
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


def test_an_interrupt_ends_with_130(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom authscribe import cli, pipeline\n"
        # A shell starts what it runs in the background deaf to Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.setprofile(lambda frame, event, _: os.kill(os.getpid(), signal.SIGINT) "
        "if frame.f_code.co_name == 'load_sources' and event == 'call' and sys.setprofile(None) is None else None)\n"
        "sys.exit(cli.run(['list', 'schemes']))\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 130
    assert "Traceback" not in finished.stderr
