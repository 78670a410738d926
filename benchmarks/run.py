"""Measures the tool beside floors and beside its peers, in one run: only ratios count, since machines differ.

What is compared runs alternately, and the medians are compared. `make bench` installs the peers into an environment of
their own, runs this with the folder of its programs, and writes `benchmarks/results.md`.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import peers
import workload
from workload import ROOT

TOOL: Final = (str(Path(sys.executable).with_name("authscribe")),)
RESULTS: Final = Path(__file__).with_name("results.md")
CLICK: Final = "import click\n@click.command()\ndef main(): pass\nmain(['--help'])\n"
LIBRARIES: Final = """\
import click, jinja2.sandbox, pydantic, yaml
class Model(pydantic.BaseModel): name: str
"""
HASH: Final = """\
import hashlib, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb", buffering=0) as file:
            hashlib.sha256(file.read()).digest()
"""
LOAD_YAML: Final = "import sys, yaml; yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"
READ: Final = """\
import sys
from pathlib import Path
from authscribe import interpreter
interpreter.prepare()
from authscribe import loading, pipeline, workspace
found = workspace.find(workspace.Options(sources=(sys.argv[1],), out_dir="out"), Path.cwd())
pipeline.resolved(loading.load(found.sources), found)
interpreter.leave()
"""
LOAD_JSON: Final = """\
import json, sys
from contextlib import suppress
from pathlib import Path
for path in Path(sys.argv[1]).rglob("*.json"):
    with suppress(ValueError):
        json.loads(path.read_text("utf-8-sig"))
"""


@dataclass(frozen=True)
class Row:
    """One line of the table; without a goal it is there to be seen."""

    what: str
    ours: str
    beside: str
    theirs: str
    ratio: float
    goal: float | None = None

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"<= {self.goal:g}"
        verdict = "" if self.goal is None else ("met" if self.ratio <= self.goal else "**missed**")
        return f"| {self.what} | {self.ours} | {self.beside} | {self.theirs} | {self.ratio:.2f} | {goal} | {verdict} |"


@dataclass(frozen=True)
class Bench:
    """Where the work lies, and where the programs of the peers are."""

    folder: Path
    programs: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def program(self, name: str) -> str:
        return str(self.programs / name)


def process(*command: str | Path, cwd: Path = ROOT) -> Callable[[], object]:
    """Runs a command; from the second time on with bytecode, as peers and users have theirs from the installation."""

    def once() -> object:
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return once


def seconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    before()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians(*works: tuple[Callable[[], object], Callable[[], object]], rounds: int) -> list[float]:
    """Each work with what is done before it, in turn; the median of each."""
    times = [[seconds(work, before) for work, before in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def nothing() -> None:
    """Before work that changes nothing."""


def removed(*paths: Path) -> Callable[[], None]:
    return lambda: [shutil.rmtree(path, ignore_errors=True) for path in paths] and None


def ms(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value >= 0.01 else f"{value * 1000:.1f} ms"


def generate(bench: Bench, place: Path, *options: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Generation from nothing: no outputs, an empty cache."""
    cache = bench.path("cache")
    work = process(*TOOL, "generate", "--cache-dir", cache, *options, cwd=place)
    return work, removed(place / "output", cache)


def start(bench: Bench) -> Iterator[Row]:
    ours, floor = medians(
        (process(*TOOL, "--help"), nothing), (process(sys.executable, "-c", CLICK), nothing), rounds=25
    )
    yield Row("`authscribe --help`", ms(ours), "a minimal click app", ms(floor), ours / floor, 1.3)
    one = workload.workspace(bench.path("1"), 1)
    schema = peers.json_schema(bench.path("one.json"), 1)
    cookie, _ = peers.folders(bench.path("templates"))
    baked = bench.path("baked")
    numbers = iter(range(1000))

    def new() -> None:
        removed(one / "output")()
        workload.write(one, 0, {**workload.connector(0), "title": f"Provider {next(numbers)}"})

    first = generate(bench, one, "provider-00000")
    cache = bench.path("kept")
    again = process(*TOOL, "generate", "provider-00000", "--cache-dir", cache, cwd=one)
    classes, folder, ours, imports, earliest = medians(
        (codegen(bench, schema, "black", "isort"), nothing),
        (
            process(bench.program("cookiecutter"), "--no-input", "-o", baked, cookie, cwd=bench.folder),
            removed(baked),
        ),
        (again, new),
        (libraries(), nothing),
        first,
        rounds=9,
    )
    what = "generate for one new connector, a process"
    yield Row(what, ms(ours), "datamodel-codegen, one class, a process", ms(classes), ours / classes, 0.5)
    yield Row(what, ms(ours), "cookiecutter, one folder, a process", ms(folder), ours / folder, 0.8)
    yield Row(LIBRARIES_ALONE, ms(imports), "cookiecutter, one folder, a process", ms(folder), imports / folder)
    what = "generate for one new connector, nothing kept by any earlier run"
    yield Row(what, ms(earliest), "with what is kept", ms(ours), earliest / ours)


LIBRARIES_ALONE: Final = "importing click, Jinja, PyYAML, and pydantic with one model, a process"


def libraries() -> Callable[[], object]:
    """What no run can do without that reads a definition it has not seen before."""
    return process(sys.executable, "-c", LIBRARIES)


def codegen(bench: Bench, schema: Path, *formatters: str, more: tuple[str, ...] = ()) -> Callable[[], object]:
    return process(
        bench.program("datamodel-codegen"), "--input", schema, "--input-file-type", "jsonschema", "--output",
        schema.with_suffix(".py"), "--output-model-type", "pydantic_v2.BaseModel",
        # Its own check fails on the time that it writes otherwise.
        "--disable-timestamp", "--formatters", *formatters, *more,
        cwd=bench.folder,
    )  # fmt: skip


def cold(bench: Bench) -> Iterator[Row]:
    """From nothing to all files of 1,000 connectors, for each of them, beside what peers take for each of theirs."""
    five = workload.workspace(bench.path("five"), 1000, ("python", "sesam"))
    place, count = workload.workspace(bench.path("1000"), 1000), 1000
    schema = peers.json_schema(bench.path("many.json"), 500)
    templates = bench.path("templates")
    out = bench.path("folders")
    python = bench.program("python")
    ours, every, black, builtin, cookies, copies = medians(
        generate(bench, five),
        generate(bench, place),
        (codegen(bench, schema, "black", "isort"), nothing),
        (codegen(bench, schema, "builtin"), nothing),
        (process(python, templates / "cookies.py", templates / "cookie", out, "50"), removed(out)),
        (process(python, templates / "copies.py", templates / "copy", out, "50"), removed(out)),
        rounds=3,
    )
    peer_times = (
        ("datamodel-codegen with black and isort, each of 500 classes", black / 500, 0.4),
        ("datamodel-codegen, builtin formatter, each of 500 classes", builtin / 500, 1.0),
        ("cookiecutter's API, each of 50 folders of 5 files", cookies / 50, 0.15),
        ("copier's API, each of 50 folders of 5 files", copies / 50, 0.07),
    )
    what = f"generate 1,000 connectors, 5 files each (targets python and sesam, {files(five):,} files), cold, each"
    for name, theirs, goal in peer_times:
        yield Row(what, ms(ours / count), name, ms(theirs), ours / count / theirs, goal)
    what = f"the same, all targets: 8 files each, and the catalogue ({files(place):,} files)"
    for name, theirs, _ in peer_times:
        yield Row(what, ms(every / count), name, ms(theirs), every / count / theirs)
    alone, both = medians(generate(bench, place, "--jobs", "1"), generate(bench, place, "--jobs", "2"), rounds=3)
    yield Row("the same, by two processes", ms(both), "one process", ms(alone), both / alone)


def files(place: Path) -> int:
    return sum(path.is_file() for path in (place / "output").rglob("*"))


def warm(bench: Bench) -> Iterator[Row]:
    place, cache = bench.path("1000"), bench.path("cache")
    numbers = iter(range(1000, 2000))

    def change() -> None:
        workload.write(place, 7, {**workload.connector(7), "title": f"Provider {next(numbers)}"})

    seconds(*generate(bench, place))
    again, once, imports = medians(
        (process(*TOOL, "generate", "--cache-dir", cache, cwd=place), change),
        (process(*TOOL, "generate", "--no-cache", cwd=place), removed(place / "output")),
        (libraries(), nothing),
        rounds=3,
    )
    yield Row("generate after one of 1,000 definitions changed", ms(again), "cold", ms(once), again / once, 0.05)
    yield Row(LIBRARIES_ALONE, ms(imports), "cold", ms(once), imports / once)


def clean(bench: Bench) -> Iterator[Row]:
    place, cache = workload.workspace(bench.path("500"), 500), bench.path("cache")
    seconds(*generate(bench, place))
    schema = peers.json_schema(bench.path("check.json"), 500)
    codegen(bench, schema, "builtin")()
    check = process(*TOOL, "check", "--cache-dir", cache, cwd=place)
    ours, peer, floor, full = medians(
        (check, nothing),
        (codegen(bench, schema, "builtin", more=("--check",)), nothing),
        (process(sys.executable, "-c", HASH, place / "output"), nothing),
        (process(*TOOL, "check", "--no-cache", cwd=place), nothing),
        rounds=5,
    )
    what = "check 500 connectors, nothing to do"
    yield Row(what, ms(ours), "datamodel-codegen `--check`, builtin, 500 classes", ms(peer), ours / peer, 0.15)
    yield Row(what, ms(ours), "reading and hashing the same files, a process", ms(floor), ours / floor, 3)
    yield Row("the same with `--no-cache`", ms(full), "with what is kept", ms(ours), full / ours)


def growth(bench: Bench) -> Iterator[Row]:
    few, many = bench.path("1000"), workload.workspace(bench.path("10000"), 10_000)
    ours, base = medians(generate(bench, many), generate(bench, few), rounds=1)
    yield Row("generate 10,000 connectors, cold", ms(ours), "1,000", ms(base), ours / base, 10.5)
    generate(bench, many)[1]()
    used = peak([*TOOL, "generate", "--cache-dir", str(bench.path("cache"))], many)
    yield Row(
        "peak memory of the largest process, 10,000 connectors", f"{used:.0f} MiB", "allowed", "512 MiB", used / 512, 1
    )


def peak(command: list[str], cwd: Path) -> float:
    script = f"import resource, subprocess; subprocess.run({command!r}, stdout=subprocess.DEVNULL, check=True)"
    script += "; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    finished = subprocess.run([sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=True)
    return float(finished.stdout)


def reading(bench: Bench) -> Iterator[Row]:
    """To a resolved catalogue, beside the C loader on the same file; both as processes."""
    sources = {"1,000 connectors in one file": _in_one_file(bench)}
    catalogue = corpus() / "catalogues" / "nango-providers-sample.yaml"
    if catalogue.is_file():
        sources["981 providers (as many as Nango has)"] = _repeated(bench, catalogue, 981)
    for name, source in sources.items():
        place = bench.path(source.stem)
        shutil.copytree(ROOT / "schemes", place, ignore=shutil.ignore_patterns("connectors"))
        shutil.copy(source, place)
        ours, floor = medians(
            (process(sys.executable, "-c", READ, place), nothing),
            (process(sys.executable, "-c", LOAD_YAML, source), nothing),
            rounds=5,
        )
        yield Row(f"reading {name} to a catalogue", ms(ours), "C-loader YAML", ms(floor), ours / floor, 4)


def _in_one_file(bench: Bench) -> Path:
    file = bench.path("many-connectors.yaml")
    file.write_text(workload.document(range(1000)))
    return file


def _repeated(bench: Bench, sample: Path, count: int) -> Path:
    """As many providers as wanted: those of the sample, again and again under other names."""
    text = re.sub(r"(?m)^#.*\n", "", sample.read_text())
    providers = [f"{block}\n" for block in re.split(r"(?m)\n(?=\S+:$)", text.strip("\n"))]
    own_name, alias = r"""(?m)^(['"]?[\w.-]+)(?=['"]?:$)""", r"(?<=^    alias: )(\S+)"
    named = (
        re.sub(f"{own_name}|{alias}", rf"\g<0>-{turn}", provider)
        for turn in itertools.count()
        for provider in providers
    )
    file = bench.path("providers.yaml")
    file.write_text("".join(itertools.islice(named, count)))
    return file


def corpus() -> Path:
    return Path(os.environ.get("AUTHSCRIBE_CORPUS", ROOT.parent / "shared" / "corpus"))


def lint(bench: Bench) -> Iterator[Row]:
    few, many = fleet(bench, 100), fleet(bench, 1000)
    command = [*TOOL, "lint", "--exit-zero", "--output-format", "concise"]
    ours, floor, less = medians(
        (process(*command, many), nothing),
        (process(sys.executable, "-c", LOAD_JSON, many), nothing),
        (process(*command, few), nothing),
        rounds=3,
    )
    yield Row("lint 1,000 connectors", ms(ours), "`json.loads` of their files", ms(floor), ours / floor, 10)
    yield Row("the same", ms(ours), "100 connectors", ms(less), ours / less)
    used = peak([*command, str(many)], ROOT)
    yield Row("peak memory of lint, 1,000 connectors", f"{used:.0f} MiB", "allowed", "512 MiB", used / 512, 1)


def fleet(bench: Bench, count: int) -> Path:
    """Copies of real connectors where there are some, else of a scaffold for each scheme."""
    originals = sorted(path for path in (corpus() / "connectors").glob("*") if path.is_dir())
    if not originals:
        for scheme in workload.SCHEMES:
            name = f"new-{scheme.replace('_', '-')}"
            process(*TOOL, "scaffold", name, "--scheme", scheme, "--out-dir", bench.path("new"))()
        originals = sorted(bench.path("new").iterdir())
    for number in range(count):
        original = originals[number % len(originals)]
        name, at, revision = original.name.partition("@")
        shutil.copytree(original, bench.path(f"fleet{count}") / f"{name}{number}{at}{revision}")
    return bench.path(f"fleet{count}")


def machine() -> str:
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = next((int(line.split()[1]) >> 20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{len(os.sched_getaffinity(0))} x {cpu}, {memory} GiB of memory, {platform.system()}"


def _lines(path: str) -> list[str]:
    with suppress(OSError):
        return Path(path).read_text().splitlines()
    return []


def versions(bench: Bench) -> str:
    mine = {name: version(name) for name in ("black", "click", "docutils", "jinja2", "pydantic", "pyyaml")}
    listed = [bench.program("python"), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    installed = json.loads(subprocess.run(listed, capture_output=True, text=True, check=True).stdout)
    theirs = {
        p["name"]: p["version"]
        for p in installed
        if p["name"] in ("datamodel-code-generator", "cookiecutter", "copier")
    }
    named = ", ".join(f"{name} {number}" for name, number in {**mine, **theirs}.items())
    return f"Python {platform.python_version()}, {named}"


def main() -> None:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        bench = Bench(Path(folder), Path(sys.argv[1]).absolute())
        lines = [
            "# Benchmarks",
            "",
            "Written by `make bench`. Only the ratios mean anything: what stands in one line ran in turns in one run.",
            "",
            f"{machine()}. {versions(bench)}.",
            "",
            "| what | median | beside | median | ratio | goal | |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        print("\n".join(lines))
        for part in (start, cold, warm, clean, growth, reading, lint):
            for row in part(bench):
                lines.append(str(row))
                print(row, flush=True)
    RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
