"""Measures the tool beside a floor in the same run: only ratios count, since machines differ and are shared.

Each pair is run alternately; the medians are compared. Run it with `make bench`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 7
TOOL = [sys.executable, "-m", "authscribe"]
SCHEMES = ("oauth2", "api_key", "tripletex", "superoffice", "jwt", "http_basic", "oauth2_client_credentials", "none")
CLICK = "import click\n@click.command()\ndef main(): pass\nmain(['--help'])\n"
IMPORTS = "import black, click, docutils.parsers.rst, jinja2, pydantic, yaml\n"


def process(*command: str, cwd: Path = ROOT) -> Callable[[], None]:
    def once() -> None:
        subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    return once


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(name: str, work: Callable[[], object], floor_name: str, floor: Callable[[], object]) -> None:
    """Prints the medians of both and their ratio."""
    work(), floor()
    times = [(seconds(work), seconds(floor)) for _ in range(ROUNDS)]
    measured, base = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"| {name} | {measured * 1000:.0f} ms | {floor_name} | {base * 1000:.0f} ms | {measured / base:.2f} |")


def read_page() -> None:
    from authscribe.readers import rst

    rst.read("page", (ROOT / "schemes/authentication-schemes.rst").read_text())


def parse_page() -> None:
    import docutils.core

    text = (ROOT / "schemes/authentication-schemes.rst").read_text()
    docutils.core.publish_doctree(text, settings_overrides={"_disable_config": True})


def hash_tree() -> None:
    for path in (ROOT / "output").rglob("*"):
        if path.is_file():
            hashlib.sha256(path.read_bytes()).digest()


def generate_fresh() -> None:
    with tempfile.TemporaryDirectory() as folder:
        process(*TOOL, "generate", "--config", "authscribe.toml", "--out-dir", f"{folder}/out")()


def fleet(folder: Path, count: int) -> Path:
    """Copies of real connectors where there are some, else of a scaffold for each scheme."""
    corpus = Path(os.environ.get("AUTHSCRIBE_CORPUS", ROOT.parent / "shared" / "corpus")) / "connectors"
    originals = sorted(path for path in corpus.glob("*") if path.is_dir())
    if not originals:
        for scheme in SCHEMES:
            process(*TOOL, "scaffold", f"new-{scheme}", "--scheme", scheme, "--out-dir", f"{folder}/new")()
        originals = sorted((folder / "new").iterdir())
    for number in range(count):
        original = originals[number % len(originals)]
        name, at, revision = original.name.partition("@")
        shutil.copytree(original, folder / f"{count}" / f"{name}{number}{at}{revision}")
    return folder / f"{count}"


def load_fleet(folder: Path) -> Callable[[], None]:
    def once() -> None:
        for path in folder.rglob("*.json"):
            with suppress(ValueError):
                json.loads(path.read_text("utf-8-sig"))

    return once


def lint_fleet(folder: Path) -> None:
    """Time for each connector, how it grows, and the peak of memory, beside `json.loads` of the same files."""
    few, many = fleet(folder, 100), fleet(folder, 1000)
    lint = [*TOOL, "lint", "--exit-zero", "--output-format", "concise"]
    paired("`authscribe lint`, 1,000 connectors", process(*lint, str(many)), "`json.loads` of them", load_fleet(many))
    paired("the same", process(*lint, str(many)), "100 connectors", process(*lint, str(few)))
    for connectors in (few, many):
        script = f"import resource, subprocess; subprocess.run({[*lint, str(connectors)]!r}, stdout=subprocess.DEVNULL)"
        script += "; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
        peak = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
        print(f"| peak memory, {connectors.name} connectors | {peak.stdout.strip()} MiB | | | |")


def main() -> None:
    files = sum(path.is_file() for path in (ROOT / "output").rglob("*"))
    print("| what | median | floor | median | ratio |")
    print("| --- | --- | --- | --- | --- |")
    paired(
        "`authscribe --help`", process(*TOOL, "--help"), "a click app's `--help`", process(sys.executable, "-c", CLICK)
    )
    paired("reading the page of five schemes", read_page, "docutils parses it", parse_page)
    imports = process(sys.executable, "-c", IMPORTS)
    paired(f"`authscribe generate`, {files} files, cold", generate_fresh, "importing the libraries", imports)
    paired(f"`authscribe check`, {files} files, clean", process(*TOOL, "check"), "importing the libraries", imports)
    with tempfile.TemporaryDirectory() as folder:
        lint_fleet(Path(folder))
    print(f"\nReading and hashing the {files} files of output/: {seconds(hash_tree) * 1000:.0f} ms.")


if __name__ == "__main__":
    main()
