"""Read and write the lock file: the generated files, their inputs, and the yearly style of the formatter.

It is JSON with one sorted line per file, so that branches can be merged like any text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.bad_lock import report_bad_lock
from authscribe.model import naming
from authscribe.runtime.paths import LOCK_NAME, is_safe_path

if TYPE_CHECKING:
    # Most runs know that the lock is valid, and need no schema of it.
    from pydantic import ValidationError

    from authscribe.drift.lock_schema import LockedFile


class Lock(NamedTuple):
    """Record of the last run; paths of files are relative to the output folder."""

    formatter: str = ""
    inputs: Mapping[str, str] = MappingProxyType({})
    files: Mapping[str, LockedFile] = MappingProxyType({})
    connectors: tuple[str, ...] = ()


EMPTY: Final = Lock()


def dump_lock(lock: Lock) -> bytes:
    """Return the lock as a file; equal locks give equal bytes."""
    from authscribe.drift.lock_schema import VERSION

    connectors = f'"connectors": {json.dumps(lock.connectors)},\n' if lock.connectors else ""
    head = f'{{\n"version": {VERSION},\n"formatter": {json.dumps(lock.formatter)},\n{connectors}"inputs": {{'
    inputs = (f"{json.dumps(path)}: {json.dumps(lock.inputs[path])}" for path in sorted(lock.inputs))
    paths = sorted(lock.files)
    lines = zip(_encode_all(paths), map(lock.files.__getitem__, paths), strict=True)
    files = (
        f'{path}: {{"sha256": "{file.sha256}", {_format_origin(file.target, file.template)}}}' for path, file in lines
    )
    return f'{head}{_join_lines(inputs)}}},\n"files": {{{_join_lines(files)}}}\n}}\n'.encode()


def parse_lock(text: str, path: str = LOCK_NAME) -> Lock:
    """Return the lock in `text`; raise DefinitionError, which names `path`, if it is not a lock of this version."""
    from pydantic import ValidationError

    from authscribe.drift.lock_schema import validate_lock

    try:
        document = validate_lock(text)
    except ValidationError as error:
        raise _refuse(path, _describe_problem(text, error)) from None
    folded = {*map(naming.make_collision_key, document.files)}
    if len(folded) != len(document.files) or not all(map(is_safe_path, document.files)):
        raise _refuse(path, "it lists a path outside the output folder, or one path twice")
    return Lock(document.formatter, document.inputs, document.files, document.connectors)


def parse_digests(content: bytes) -> dict[str, str]:
    """Return the SHA-256 of each recorded file by path, given the bytes of a lock that are known to be valid."""
    return {path: file["sha256"] for path, file in json.loads(content)["files"].items()}


def _encode_all(texts: Sequence[str]) -> list[str]:
    """Return each text as JSON; all at once take a third of the time of each alone."""
    return json.dumps(texts, separators=("\n", ":"))[1:-1].split("\n") if texts else []


@cache
def _format_origin(target: str, template: str | None) -> str:
    """Return the facts that thousands of files share, without the braces."""
    facts = {"target": target, "template": template}
    return json.dumps({key: value for key, value in facts.items() if value is not None})[1:-1]


def _join_lines(entries: Iterable[str]) -> str:
    """Return each entry on a line of its own."""
    lines = ",\n".join(entries)
    return f"\n{lines}\n" if lines else ""


def _describe_problem(text: str, error: ValidationError) -> str:
    details = error.errors(include_input=False, include_url=False, include_context=False)
    if any(detail["loc"] == ("version",) for detail in details):
        return "it was written by another version of authscribe"
    if any(detail["type"] == "json_invalid" for detail in details):
        return "it has an unresolved merge conflict" if "<<<<<<<" in text else "it is not valid JSON"
    return "its structure is not that of a lock file"


def _refuse(path: str, problem: str) -> DefinitionError:
    return DefinitionError((report_bad_lock(Place(path), problem),))
