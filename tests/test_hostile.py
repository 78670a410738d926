"""Every hostile input ends in findings or in files, within limits of time and memory, and touches nothing else.

Each case is an entry of a file in `tests/hostile`: what it tries, its files, the command, its exit code and the codes of
its findings. All its files also go through every reader, and each through two of the other commands in turn.
"""

from __future__ import annotations

import base64
import gc
import io
import json
import os
import re
import resource
import tarfile
import tempfile
import traceback
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import ROOT, read_yaml, run, tree

from authscribe.readers.registry import SOURCE_FORMATS, read_source
from authscribe.targets.registry import BUILT_IN

FILES = sorted((ROOT / "tests" / "hostile").glob("*.yaml"))
GENERATE = ["generate", "--source", "in", "--out-dir", "out", "--no-cache", *(f"--target={name}" for name in BUILT_IN)]
COMMANDS = (
    ["lint", "in", "--source", "in"],
    ["check", "--source", "in", "--out-dir", "out"],
    ["docs", "--source", "in", "in", "--check"],
    ["convert", "in", "--to", "rst"],
    ["list", "schemes", "--source", "in"],
    ["diff", "in", "in"],
    ["sync", "--source", "in", "in", "--check"],
    ["generate", "--source", "in", "--out-dir", "other", "--keep-going", "--connectors", "in", "--no-cache"],
)
CPU_SECONDS = 5
"""Time that one command may take."""
MEMORY = 768 * 1024 * 1024
"""Address space that a child may take beyond that of the tests."""
USAGE = 2
NOT_ABOUT_INPUTS = {"not-carried-over"}
"""Codes of findings that depend on the targets."""
CANARY = "outside of the inputs"

Case = dict[str, Any]


def read_cases(file: Path) -> list[Case]:
    cases: list[Case] = read_yaml(file)
    return cases


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_hostile_input_ends_in_findings(file: Path, update_golden: bool) -> None:
    cases = read_cases(file)
    outcomes = run_in_child(cases)
    if update_golden:
        write_expectations(file, cases, outcomes)
    for case, outcome in zip(cases, outcomes, strict=True):
        assert outcome["problems"] == [], case["tries"]
        assert (outcome["exit"], outcome["finds"]) == (case["exit"], case["finds"]), case["tries"]


def test_there_are_enough_cases() -> None:
    cases = [(file, case["tries"]) for file in FILES for case in read_cases(file)]
    assert len({*cases}) == len(cases) >= 600


def run_in_child(cases: list[Case]) -> list[dict[str, Any]]:
    """Run the cases in a process with limits; of those after one that kills it, none has an outcome."""
    with tempfile.NamedTemporaryFile("r+") as results:
        process = os.fork()
        if process == 0:
            with open(results.name, "w") as output:  # noqa: PTH123 - nothing that pytest has patched
                run_cases(cases, output)
            os._exit(0)
        status = os.waitpid(process, 0)[1]
        outcomes = [json.loads(line) for line in results]
    missing = {"exit": None, "finds": [], "problems": [f"the process ended with {status}"]}
    return [*outcomes, *[missing] * (len(cases) - len(outcomes))]


def run_cases(cases: list[Case], output: io.TextIOBase) -> None:
    # A process that has run other tests holds much already: it counts for neither limit.
    gc.freeze()
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    for number, case in enumerate(cases):
        try:
            outcome = run_case(case, COMMANDS[number % 4 :: 4])
        except BaseException:  # noqa: BLE001 - the parent reports it
            outcome = {"exit": None, "finds": [], "problems": [traceback.format_exc()]}
        output.write(f"{json.dumps(outcome)}\n")
        output.flush()


def run_case(case: Case, commands: Sequence[list[str]]) -> dict[str, Any]:
    """Return the exit code, the codes of the findings, and what no input may cause."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "work")
        (folder / "in").mkdir(parents=True)
        (Path(name) / "outside.txt").write_text(CANARY)
        for path, content in case["files"].items():
            place_file(folder / "in" / path, content)
        if "configuration" in case:
            (folder / "authscribe.toml").write_text(case["configuration"])
        before = list_files(folder)
        problems = []
        code, text = run_limited(case.get("command", GENERATE), folder, problems)
        finds = sorted({finding["code"] for finding in find_findings(text)} - NOT_ABOUT_INPUTS)
        if code == USAGE and not finds:
            problems.append("no finding says what is wrong")
        check_folders(Path(name), before, problems)
        for command in commands:
            run_limited(command, folder, problems)
        check_folders(Path(name), before, problems)
        problems += read_everything(folder / "in")
        return {"exit": code, "finds": finds, "problems": problems}


def run_limited(command: list[str], folder: Path, problems: list[str]) -> tuple[int, str]:
    """Run a command; kill the process if it takes longer than it may."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    has_format = command[0] not in ("list", "check")
    outcome = run(*command, *(["--output-format", "json"] if has_format else []), cwd=folder)
    texts = outcome.stdout + outcome.stderr
    if outcome.code not in (0, 1, 2) or re.search("Traceback|Usage", outcome.stderr):
        problems.append(f"{command}: {outcome.code}, {outcome.stderr[-1500:]}")
    if CANARY in texts:
        problems.append(f"{command}: a file outside of the inputs is read")
    return outcome.code, outcome.stdout


def find_findings(text: str) -> list[dict[str, Any]]:
    try:
        findings: list[dict[str, Any]] = json.loads(text).get("findings", [])
    except ValueError:
        return []
    return findings


def check_folders(root: Path, before: Mapping[str, bytes], problems: list[str]) -> None:
    """Add what was written anywhere but in the output folders, and what was read from elsewhere into them."""
    if {path.name for path in root.iterdir()} != {"work", "outside.txt"}:
        problems.append(f"files outside: {[*root.iterdir()]}")
    if (root / "outside.txt").read_text() != CANARY:
        problems.append("a file outside was changed")
    after = list_files(root / "work")
    problems += [f"{path} was changed" for path in before if after.get(path) != before[path]]
    new = (path for path in after if path not in before)
    for path in new:
        if path.partition("/")[0] not in ("out", "other"):
            problems.append(f"{path} is new")
        if CANARY.encode() in after[path]:
            problems.append(f"{path} holds a file outside of the inputs")


def list_files(folder: Path) -> dict[str, bytes]:
    return {path: content for path, content in tree(folder).items() if not (folder / path).is_symlink()}


def read_everything(folder: Path) -> Iterator[str]:
    """Read each text as each format; yield what goes wrong."""
    for path, content in tree(folder).items():
        text = content.decode(errors="replace")
        for source_format in SOURCE_FORMATS:
            try:
                read_source(path, text, source_format)
            except Exception:  # noqa: BLE001 - a reader never raises
                yield f"{path} as {source_format}: {traceback.format_exc()}"


def place_file(path: Path, content: Any) -> None:
    """Write a file: a text, bytes in Base64, a repeated text, a link, a pipe or an archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match content:
        case str():
            path.write_bytes(content.encode("utf-8", "surrogatepass"))
        case {"base64": text}:
            path.write_bytes(base64.b64decode(text))
        case {"repeat": text, "times": times, **rest}:
            path.write_text(f"{rest.get('before', '')}{text * times}{rest.get('after', '')}")
        case {"link": target}:
            path.symlink_to(target)
        case {"pipe": _}:
            os.mkfifo(path)
        case {"folder": _}:
            path.mkdir()
        case {"tar": members}:
            write_tar(path, members)
        case {"zip": members}:
            write_zip(path, members)
        case _:
            raise ValueError(f"unknown content: {content}")


TYPES = {
    "file": tarfile.REGTYPE,
    "link": tarfile.SYMTYPE,
    "hardlink": tarfile.LNKTYPE,
    "pipe": tarfile.FIFOTYPE,
    "device": tarfile.CHRTYPE,
    "folder": tarfile.DIRTYPE,
    "sparse": tarfile.GNUTYPE_SPARSE,
}


def write_tar(path: Path, members: list[Case]) -> None:
    mode = {".tar": "w", ".gz": "w:gz", ".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}[path.suffix]
    with tarfile.open(path, mode) as archive:
        for member in members:
            entry = tarfile.TarInfo(member["name"])
            entry.type, entry.linkname = TYPES[member.get("type", "file")], member.get("target", "")
            content = member.get("text", "").encode() * member.get("times", 1)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def write_zip(path: Path, members: list[Case]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            entry = zipfile.ZipInfo(member["name"])
            if member.get("type") == "link":
                entry.external_attr = 0o120777 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            with warnings.catch_warnings(action="ignore"):  # A name may be there twice.
                archive.writestr(entry, member.get("text", "").encode() * member.get("times", 1))


def write_expectations(file: Path, cases: list[Case], outcomes: list[dict[str, Any]]) -> None:
    """Write the outcomes into the file, below the case that each is about."""
    for case, outcome in zip(cases, outcomes, strict=True):
        case |= {"exit": outcome["exit"], "finds": outcome["finds"]}
    file.write_text(yaml.safe_dump(cases, sort_keys=False, allow_unicode=False, width=120))
