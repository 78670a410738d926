"""Measures the tool beside a floor in the same run: only ratios count, since machines differ and are shared.

Each pair is run alternately; the medians are compared. Run it with `make bench`.
"""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 7
TOOL = [sys.executable, "-m", "authscribe"]
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
    print(f"\nReading and hashing the {files} files of output/: {seconds(hash_tree) * 1000:.0f} ms.")


if __name__ == "__main__":
    main()
