"""Feed readers with mutated documents: a reader never raises.

`python tests/fuzz.py FORMAT` mutates the documents of the cases, and those of the corpus if AUTHSCRIBE_CORPUS has its
folder; other arguments, such as `-runs=100000`, go to libFuzzer. Without a format, every format is tried in turn.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import atheris
import click
import yaml

CASES: Final = Path(__file__).resolve().parent / "cases"
SYNTAXES: Final = {"rst": ".rst", "markdown": ".md", "yaml": ".yaml", "toml": ".toml", "json": ".json"}
"""Suffixes of formats whose bytes are mutated."""
LARGEST: Final = 20_000
"""Size in bytes of the largest document: larger ones take their time, and show nothing else."""

with atheris.instrument_imports(include=["authscribe"]):
    from authscribe.model.draft import ListNode, MapNode
    from authscribe.readers.registry import DATA_FORMATS, detect_format, parse_document, read_source
    from authscribe.readers.text import decode


def main() -> None:
    formats = (*SYNTAXES, *DATA_FORMATS)
    if len(sys.argv) > 1 and sys.argv[1] in formats:
        fuzz(sys.argv[1], sys.argv[2:])
    else:
        sys.exit(max([run_alone(name, sys.argv[1:]) for name in formats]))


def run_alone(name: str, options: list[str]) -> int:
    """Fuzz one format in a process of its own, since libFuzzer ends its process; return the exit code."""
    finished = subprocess.run(
        [sys.executable, __file__, name, *options], stderr=subprocess.PIPE, text=True, check=False
    )
    lines = finished.stderr.splitlines()
    done = [line for line in lines if line.startswith("Done ")]
    click.echo(f"{name}: {done[0]}" if done else "\n".join((name, *lines)))
    return finished.returncode


def fuzz(name: str, options: list[str]) -> None:
    suffix = SYNTAXES.get(name, ".json")
    source_format = name if name in DATA_FORMATS else None

    def read(data: bytes) -> None:
        decoded = decode(f"s{suffix}", data)
        if not decoded.findings:
            read_source(decoded.path, decoded.text, source_format)

    with atheris.instrument_imports(include=["authscribe"]):
        # Readers are imported when they are used.
        seeds = list(find_seeds(name, suffix))
        for seed in seeds:
            read(seed)
    mutate = None if name in SYNTAXES else make_mutator([json.loads(seed) for seed in seeds])
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds):
            (Path(folder) / str(number)).write_bytes(seed)
        arguments = [sys.argv[0], f"-max_len={LARGEST}", "-timeout=60", "-rss_limit_mb=2048", *options, folder]
        atheris.Setup(arguments, read, custom_mutator=mutate)
        atheris.Fuzz()


def find_seeds(name: str, suffix: str) -> Iterator[bytes]:
    """Yield documents that the format is made for, those of other systems as JSON."""
    roots = [CASES, *filter(None, [os.environ.get("AUTHSCRIBE_CORPUS")])]
    if name in SYNTAXES:
        yield from (data for data in _read_files(roots, suffix) if len(data) < LARGEST)
        return
    for data in (*_read_files(roots, ".yaml"), *_read_files(roots, ".yml"), *_read_files(roots, ".json")):
        try:
            document = json.dumps(yaml.load(data, yaml.CSafeLoader), default=str).encode()
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
        if len(document) < LARGEST and _is_of(name, document):
            yield document


def _read_files(roots: list[Path | str], suffix: str) -> Iterator[bytes]:
    for root in roots:
        files = (path for path in sorted(Path(root).rglob(f"*{suffix}")) if path.is_file() and "out" not in path.parts)
        yield from (path.read_bytes() for path in files)


def _is_of(name: str, document: bytes) -> bool:
    node, _ = parse_document("s.json", document.decode())
    return isinstance(node, MapNode | ListNode) and detect_format("s.json", node) == name


def make_mutator(seeds: list[Any]) -> Callable[[bytes, int, int], bytes]:
    """Return a mutator that keeps documents valid: it puts parts of other documents, and odd values, into places."""
    parts = [part for seed in seeds for part in _list_parts(seed)]
    keys = sorted({key for part in parts if isinstance(part, dict) for key in part})
    odd = ["null", "true", "0", "-1", "2.5", '""', '"\u00e9\\n"', '"{{"', '"${x}"', "[]", "{}", "[[]]", '{"$ref": "#"}']

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        try:
            document = json.loads(data)
        except ValueError:
            document = chance.choice(seeds)
        for _ in range(chance.randint(1, 3)):
            places = [part for part in _list_parts(document) if isinstance(part, dict | list) and part]
            if not places:
                break
            value = json.loads(chance.choice([*odd, json.dumps(chance.choice(parts))]))
            _change(chance, chance.choice(places), value, keys)
        changed = json.dumps(document).encode()
        return changed if len(changed) <= size else data[:size]

    return mutate


def _change(chance: random.Random, place: Any, value: Any, keys: list[str]) -> None:
    where = chance.choice([*place] if isinstance(place, dict) else range(len(place)))
    match chance.randrange(4):
        case 0:
            del place[where]
        case 1 if isinstance(place, dict):
            place[chance.choice(keys)] = place.pop(where)
        case 2 if isinstance(place, dict):
            place[chance.choice(keys)] = value
        case _:
            place[where] = value


def _list_parts(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _list_parts(part)


if __name__ == "__main__":
    main()
