"""Measure authscribe against lower bounds and against other tools, its peers.

Machines differ, so only ratios are compared: commands of one comparison run in turns, and the ratio is that of their
medians. `make bench` installs the peers into an environment of their own and runs this script with the folder of their
programs; the script writes `benchmarks/results.md`.
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
from typing import Final, NamedTuple

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
LIBRARIES_ALONE: Final = "importing click, Jinja, PyYAML, and pydantic with one model, a process"
HASH: Final = """\
import hashlib, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb", buffering=0) as file:
            hashlib.sha256(file.read()).digest()
"""
SETTINGS: Final = """\
from pydantic_settings import BaseSettings
class Settings(BaseSettings): name: str = ""
"""
IMPORT_ONE: Final = "import connector_auth.connectors.provider_00003"
LOAD_ONE: Final = """\
import connector_auth
connector_auth.load(VALUES)
"""
IMPORT_ALL: Final = "from connector_auth import AnyRuntime"
READ: Final = Path(__file__).with_name("read_catalogue.py")
GROWTH: Final = Path(__file__).with_name("measure_growth.py")
LOAD_YAML: Final = "import sys, yaml; yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"
LOAD_JSON: Final = """\
import json, sys
from contextlib import suppress
from pathlib import Path
for path in Path(sys.argv[1]).rglob("*.json"):
    with suppress(ValueError):
        json.loads(path.read_text("utf-8-sig"))
"""


def format_time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def format_memory(mebibytes: float) -> str:
    return f"{mebibytes:.0f} MiB"


@dataclass(frozen=True)
class ResultRow:
    """Row of the table of results; `goal` is the highest ratio that meets it, or None in a row for information."""

    work: str
    value: float
    other_work: str
    other_value: float
    goal: float | None = None
    format: Callable[[float], str] = format_time

    def __str__(self) -> str:
        ratio = self.value / self.other_value
        goal = "" if self.goal is None else f"<= {self.goal:g}"
        verdict = "" if self.goal is None else ("met" if ratio <= self.goal else "**missed**")
        values = (self.work, self.format(self.value), self.other_work, self.format(self.other_value))
        return f"| {' | '.join(values)} | {ratio:.2f} | {goal} | {verdict} |"


@dataclass(frozen=True)
class Bench:
    """Folder for the work, and the folder with the programs of the peers."""

    folder: Path
    programs: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def program(self, name: str) -> str:
        return str(self.programs / name)


def do_nothing() -> None:
    """Prepare work that needs no preparation."""


class Work(NamedTuple):
    """Work to measure, and its preparation before each run, which is not measured."""

    run: Callable[[], object]
    prepare: Callable[[], object] = do_nothing


def make_process(*command: str | Path, cwd: Path = ROOT, prepare: Callable[[], object] = do_nothing) -> Work:
    """Return a command as work.

    From its second run on, it uses cached bytecode, as installed programs do.
    """

    def run() -> object:
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return Work(run, prepare)


def measure(work: Work) -> float:
    """Return the time of one run in seconds."""
    work.prepare()
    start = time.perf_counter()
    work.run()
    return time.perf_counter() - start


def measure_medians(*works: Work, rounds: int) -> list[float]:
    """Return the median time of each work in seconds; in each round, all run once, in turn."""
    times = [[measure(work) for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def make_remover(*paths: Path) -> Callable[[], None]:
    """Return a preparation that removes these folders."""

    def remove() -> None:
        for path in paths:
            shutil.rmtree(path, ignore_errors=True)

    return remove


def make_generation(bench: Bench, place: Path, *options: str) -> Work:
    """Return a generation from nothing: its preparation removes the outputs and the cache."""
    cache = bench.path("cache")
    prepare = make_remover(place / "output", cache)
    return make_process(*TOOL, "generate", "--cache-dir", cache, *options, cwd=place, prepare=prepare)


def compare_start(bench: Bench) -> Iterator[ResultRow]:
    ours, floor = measure_medians(make_process(*TOOL, "--help"), make_process(sys.executable, "-c", CLICK), rounds=25)
    yield ResultRow("`authscribe --help`", ours, "a minimal click app", floor, 1.3)
    place = workload.create_workspace(bench.path("1"), 1)
    schema = peers.write_json_schema(bench.path("one.json"), 1)
    cookie, _ = peers.write_templates(bench.path("templates"))
    baked = bench.path("baked")
    numbers = iter(range(1000))

    def change() -> None:
        make_remover(place / "output")()
        workload.write_connector(place, 0, {**workload.define_connector(0), "title": f"Provider {next(numbers)}"})

    first = make_generation(bench, place, "provider-00000")
    cache, scaffolds = bench.path("kept"), bench.path("scaffolds")
    again = make_process(*TOOL, "generate", "provider-00000", "--cache-dir", cache, cwd=place, prepare=change)
    scaffold = make_process(
        *TOOL, "scaffold", "new", "--scheme", "api_key", "--out-dir", scaffolds, "--cache-dir", cache,
        cwd=place,
        prepare=make_remover(scaffolds),
    )  # fmt: skip
    classes, folder, ours, scaffolded, imports, earliest = measure_medians(
        make_codegen(bench, schema, "black", "isort"),
        make_process(
            bench.program("cookiecutter"),
            "--no-input",
            "-o",
            baked,
            cookie,
            cwd=bench.folder,
            prepare=make_remover(baked),
        ),
        again,
        scaffold,
        make_imports(),
        first,
        rounds=9,
    )
    name = "generate for one new connector, a process"
    yield ResultRow(name, ours, "datamodel-codegen, one class, a process", classes, 0.5)
    yield ResultRow(name, ours, "cookiecutter, one folder, a process", folder, 0.8)
    yield ResultRow(
        "scaffold one new connector, a process", scaffolded, "cookiecutter, one folder, a process", folder, 1
    )
    yield ResultRow(LIBRARIES_ALONE, imports, "cookiecutter, one folder, a process", folder)
    name = "generate for one new connector, empty cache"
    yield ResultRow(name, earliest, "filled cache", ours)


def make_imports() -> Work:
    """Return the imports alone that every run needs to read a definition for the first time."""
    return make_process(sys.executable, "-c", LIBRARIES)


def make_codegen(bench: Bench, schema: Path, *formatters: str, more: tuple[str, ...] = ()) -> Work:
    return make_process(
        bench.program("datamodel-codegen"), "--input", schema, "--input-file-type", "jsonschema", "--output",
        schema.with_suffix(".py"), "--output-model-type", "pydantic_v2.BaseModel",
        # With a timestamp in its output, its own `--check` would fail.
        "--disable-timestamp", "--formatters", *formatters, *more,
        cwd=bench.folder,
    )  # fmt: skip


def compare_cold_runs(bench: Bench) -> Iterator[ResultRow]:
    """Compare the time for each of 1,000 connectors, from nothing, with that of the peers for each item."""
    five = workload.create_workspace(bench.path("five"), 1000, ("python", "sesam"))
    place, count = workload.create_workspace(bench.path("1000"), 1000), 1000
    schema = peers.write_json_schema(bench.path("many.json"), 500)
    templates = bench.path("templates")
    out = bench.path("folders")
    python = bench.program("python")
    ours, every, black, builtin, cookies, copies = measure_medians(
        make_generation(bench, five),
        make_generation(bench, place),
        make_codegen(bench, schema, "black", "isort"),
        make_codegen(bench, schema, "builtin"),
        make_process(python, templates / "cookies.py", templates / "cookie", out, "50", prepare=make_remover(out)),
        make_process(python, templates / "copies.py", templates / "copy", out, "50", prepare=make_remover(out)),
        rounds=3,
    )
    peer_times = (
        ("datamodel-codegen with black and isort, each of 500 classes", black / 500, 0.4),
        ("datamodel-codegen, builtin formatter, each of 500 classes", builtin / 500, 1.0),
        ("cookiecutter's API, each of 50 folders of 5 files", cookies / 50, 0.15),
        ("copier's API, each of 50 folders of 5 files", copies / 50, 0.07),
    )
    name = (
        f"generate 1,000 connectors, 5 files each (targets python and sesam, {count_files(five):,} files), cold, each"
    )
    for peer, theirs, goal in peer_times:
        yield ResultRow(name, ours / count, peer, theirs, goal)
    name = f"the same, all targets: 8 files each, and the catalogue ({count_files(place):,} files)"
    for peer, theirs, _ in peer_times:
        yield ResultRow(name, every / count, peer, theirs)
    alone, both = measure_medians(
        make_generation(bench, place, "--jobs", "1"), make_generation(bench, place, "--jobs", "2"), rounds=3
    )
    yield ResultRow("the same, with two processes", both, "one process", alone)


def compare_generated_imports(bench: Bench) -> Iterator[ResultRow]:
    """Compare importing generated classes, one connector of 1,000 and all of them, with the library that they need."""
    place = workload.create_workspace(bench.path("classes"), 1000, ("python",))
    make_generation(bench, place).run()
    scripts = (SETTINGS, IMPORT_ONE, LOAD_ONE.replace("VALUES", repr(workload.choose_values(7))))
    folder = place / "output" / "python"
    floor, one, loaded = measure_medians(
        *(make_process(sys.executable, "-c", script, cwd=folder) for script in scripts), rounds=25
    )
    every, again = measure_medians(
        *(make_process(sys.executable, "-c", script, cwd=folder) for script in (IMPORT_ALL, SETTINGS)), rounds=3
    )
    other = "importing pydantic-settings, and one class"
    yield ResultRow("importing one generated connector of 1,000", one, other, floor, 1.15)
    yield ResultRow("`load()` of one generated connector of 1,000", loaded, other, floor, 1.15)
    yield ResultRow("importing the union of 1,000 generated connectors", every, other, again)


def count_files(place: Path) -> int:
    return sum(path.is_file() for path in (place / "output").rglob("*"))


def compare_warm_runs(bench: Bench) -> Iterator[ResultRow]:
    """Compare runs after one definition changed, and after one was added, with a run from nothing, in one process."""
    place, cache = workload.create_workspace(bench.path("warm"), 1000), bench.path("cache")
    cold = workload.create_workspace(bench.path("cold"), 1000)
    numbers = iter(range(1000, 2000))
    generate = (*TOOL, "generate", "--jobs", "1")

    def change() -> None:
        workload.write_connector(place, 7, {**workload.define_connector(7), "title": f"Provider {next(numbers)}"})

    def add() -> None:
        number = next(numbers)
        workload.write_connector(place, number, workload.define_connector(number))

    measure(make_generation(bench, place))
    changed, added, once, imports = measure_medians(
        make_process(*generate, "--cache-dir", cache, cwd=place, prepare=change),
        make_process(*generate, "--cache-dir", cache, cwd=place, prepare=add),
        make_process(*generate, "--no-cache", cwd=cold, prepare=make_remover(cold / "output")),
        make_imports(),
        rounds=5,
    )
    yield ResultRow("generate after one of 1,000 definitions changed", changed, "cold", once, 0.15)
    yield ResultRow("generate after one definition was added to 1,000", added, "cold", once, 0.15)
    yield ResultRow(LIBRARIES_ALONE, imports, "cold", once)


def compare_clean_checks(bench: Bench) -> Iterator[ResultRow]:
    place, cache = workload.create_workspace(bench.path("500"), 500), bench.path("cache")
    measure(make_generation(bench, place))
    schema = peers.write_json_schema(bench.path("check.json"), 500)
    make_codegen(bench, schema, "builtin").run()
    check = make_process(*TOOL, "check", "--cache-dir", cache, cwd=place)
    ours, peer, floor, full = measure_medians(
        check,
        make_codegen(bench, schema, "builtin", more=("--check",)),
        make_process(sys.executable, "-c", HASH, place / "output"),
        make_process(*TOOL, "check", "--no-cache", cwd=place),
        rounds=5,
    )
    name = "check 500 connectors, nothing to do"
    yield ResultRow(name, ours, "datamodel-codegen `--check`, builtin, 500 classes", peer, 0.15)
    yield ResultRow(name, ours, "reading and hashing the same files, a process", floor, 1.8)
    yield ResultRow("the same with `--no-cache`", full, "with a cache", ours)


def compare_growth(bench: Bench) -> Iterator[ResultRow]:
    few, many = bench.path("1000"), workload.create_workspace(bench.path("10000"), 10_000)
    ours, base = measure_medians(make_generation(bench, many), make_generation(bench, few), rounds=1)
    yield ResultRow("generate 10,000 connectors, cold", ours, "1,000", base, 10.5)
    make_generation(bench, many).prepare()
    used = measure_peak_memory([*TOOL, "generate", "--cache-dir", str(bench.path("cache"))], many)
    yield ResultRow("peak memory of the largest process, 10,000 connectors", used, "allowed", 512, 1, format_memory)


def measure_peak_memory(command: list[str], cwd: Path) -> float:
    script = f"import resource, subprocess; subprocess.run({command!r}, stdout=subprocess.DEVNULL, check=True)"
    script += "; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    finished = subprocess.run([sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=True)
    return float(finished.stdout)


def compare_reading(bench: Bench) -> Iterator[ResultRow]:
    """Compare reading definitions to a resolved catalogue with loading the same file; both are processes."""
    connectors = bench.path("connectors")
    shutil.copytree(ROOT / "schemes", connectors, ignore=shutil.ignore_patterns("connectors"))
    (connectors / "many.yaml").write_text(workload.render_connectors(range(1000)))
    sources = [("1,000 connectors in one file", connectors / "many.yaml", 4)]
    catalogue = find_corpus() / "catalogues" / "nango-providers-sample.yaml"
    if catalogue.is_file():
        # Providers need no other definitions, so nothing but them is read.
        providers = bench.path("providers") / "providers.yaml"
        providers.parent.mkdir()
        providers.write_text(_repeat_providers(catalogue, 981))
        sources.append(("981 providers (as many as Nango has)", providers, 3))
    for name, source, goal in sources:
        ours, floor = measure_medians(
            make_process(sys.executable, READ, source.parent),
            make_process(sys.executable, "-c", LOAD_YAML, source),
            rounds=5,
        )
        yield ResultRow(f"reading {name} to a catalogue", ours, "C-loader YAML", floor, goal)


def _repeat_providers(sample: Path, count: int) -> str:
    """Return a catalogue of `count` providers: those of the sample, repeated under other names."""
    text = re.sub(r"(?m)^#.*\n", "", sample.read_text())
    providers = [f"{block}\n" for block in re.split(r"(?m)\n(?=\S+:$)", text.strip("\n"))]
    own_name, alias = r"""(?m)^(['"]?[\w.-]+)(?=['"]?:$)""", r"(?<=^    alias: )(\S+)"
    named = (
        re.sub(f"{own_name}|{alias}", rf"\g<0>-{turn}", provider)
        for turn in itertools.count()
        for provider in providers
    )
    return "".join(itertools.islice(named, count))


def find_corpus() -> Path:
    return Path(os.environ.get("AUTHSCRIBE_CORPUS", ROOT.parent / "shared" / "corpus"))


def compare_lint(bench: Bench) -> Iterator[ResultRow]:
    few, many = copy_connectors(bench, 100), copy_connectors(bench, 1000)
    command = [*TOOL, "lint", "--exit-zero", "--output-format", "concise"]
    ours, floor, less = measure_medians(
        make_process(*command, many),
        make_process(sys.executable, "-c", LOAD_JSON, many),
        make_process(*command, few),
        rounds=3,
    )
    yield ResultRow("lint 1,000 connectors", ours, "`json.loads` of their files", floor, 6)
    yield ResultRow("the same", ours, "100 connectors", less)
    used = measure_peak_memory([*command, str(many)], ROOT)
    yield ResultRow("peak memory of lint, 1,000 connectors", used, "allowed", 512, 1, format_memory)


def copy_connectors(bench: Bench, count: int) -> Path:
    """Write `count` copies of the connectors in the corpus or, without a corpus, of a scaffold for each scheme."""
    originals = sorted(path for path in (find_corpus() / "connectors").glob("*") if path.is_dir())
    if not originals:
        for scheme in workload.SCHEMES:
            name = f"new-{scheme.replace('_', '-')}"
            make_process(*TOOL, "scaffold", name, "--scheme", scheme, "--out-dir", bench.path("new")).run()
        originals = sorted(bench.path("new").iterdir())
    for number in range(count):
        original = originals[number % len(originals)]
        name, at, revision = original.name.partition("@")
        shutil.copytree(original, bench.path(f"fleet{count}") / f"{name}{number}{at}{revision}")
    return bench.path(f"fleet{count}")


def compare_shapes(bench: Bench) -> Iterator[ResultRow]:
    """Compare the time for input of the shape that grows fastest with that for an eighth of the input."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, GROWTH, bench.path("shapes")]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    count, name, whole, eighth = json.loads(finished.stdout)
    yield ResultRow(f"the fastest growing of {count} shapes of input ({name})", whole, "an eighth of it", eighth, 12)


def describe_machine() -> str:
    cpu = next(
        (line.partition(":")[2].strip() for line in _read_lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = next(
        (int(line.split()[1]) >> 20 for line in _read_lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return f"{len(os.sched_getaffinity(0))} x {cpu}, {memory} GiB of memory, {platform.system()}"


def _read_lines(path: str) -> list[str]:
    with suppress(OSError):
        return Path(path).read_text().splitlines()
    return []


def list_versions(bench: Bench) -> str:
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


COMPARISONS: Final = (
    compare_start,
    compare_cold_runs,
    compare_generated_imports,
    compare_warm_runs,
    compare_clean_checks,
    compare_growth,
    compare_reading,
    compare_lint,
    compare_shapes,
)


def main() -> None:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        bench = Bench(Path(folder), Path(sys.argv[1]).absolute())
        lines = [
            "# Benchmarks",
            "",
            "Written by `make bench`. Only the ratios are meaningful: the commands of one row ran in turns in one run.",
            "",
            f"{describe_machine()}. {list_versions(bench)}.",
            "",
            "| work | median | compared with | median | ratio | goal | |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        print("\n".join(lines))
        for compare in COMPARISONS:
            for row in compare(bench):
                lines.append(str(row))
                print(row, flush=True)
    RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
