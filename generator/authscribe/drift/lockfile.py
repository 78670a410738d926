"""Read and write the lock file: the generated files, their inputs, and the yearly style of the formatter.

It is JSON with one sorted line per file, so that branches can be merged like any text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.bad_lock import report_bad_lock
from authscribe.model import naming
from authscribe.model.strict import StrictDataclass
from authscribe.runtime.paths import LOCK_NAME, is_safe_path

if TYPE_CHECKING:
    from pydantic import JsonValue, TypeAdapter, ValidationError

VERSION: Final = 1
_DIGEST: Final = r"^[0-9a-f]{64}$"


@dataclass(frozen=True, slots=True)
class LockedFile(StrictDataclass):
    """Record of one generated file."""

    sha256: str = field(metadata={"pattern": _DIGEST, "description": "SHA-256 of the content with LF line ends"})
    target: str = field(metadata={"description": "target that produced the file"})
    template: str | None = field(default=None, metadata={"description": "template that rendered the file, if any"})


class Lock(NamedTuple):
    """Record of the last run; paths of files are relative to the output folder."""

    formatter: str = ""
    inputs: Mapping[str, str] = MappingProxyType({})
    files: Mapping[str, LockedFile] = MappingProxyType({})
    connectors: tuple[str, ...] = ()


EMPTY: Final = Lock()


@dataclass(frozen=True, slots=True)
class _Document(StrictDataclass):
    """Record of the files that `authscribe generate` wrote."""

    version: int = field(metadata={"ge": VERSION, "le": VERSION, "description": "version of this format"})
    formatter: str = field(metadata={"description": "yearly style of the formatter"})
    inputs: dict[str, str] = field(metadata={"description": "SHA-256 of each source, by path"})
    files: dict[str, LockedFile] = field(metadata={"description": "generated files, by path in the output folder"})
    connectors: tuple[str, ...] = field(
        default=(),
        metadata={
            "description": "connectors that were given as arguments, relative to the configuration; a run uses them "
            "if neither its arguments nor the configuration name any"
        },
    )


def dump_lock(lock: Lock) -> bytes:
    """Return the lock as a file; equal locks give equal bytes."""
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

    try:
        document = _make_validator().validate_json(text)
    except ValidationError as error:
        raise _refuse(path, _describe_problem(text, error)) from None
    folded = {*map(naming.make_collision_key, document.files)}
    if len(folded) != len(document.files) or not all(map(is_safe_path, document.files)):
        raise _refuse(path, "it lists a path outside the output folder, or one path twice")
    return Lock(document.formatter, document.inputs, document.files, document.connectors)


def parse_digests(content: bytes) -> dict[str, str]:
    """Return the SHA-256 of each recorded file by path, given the bytes of a lock that are known to be valid."""
    return {path: file["sha256"] for path, file in json.loads(content)["files"].items()}


def build_lock_schema() -> dict[str, JsonValue]:
    """Return the JSON Schema of the lock file."""
    return {**_make_validator().json_schema(), "title": LOCK_NAME}


def _make_validator() -> TypeAdapter[_Document]:
    """Return the validator of lock files, made only when needed: most runs know that the lock is valid."""
    from pydantic import TypeAdapter

    return TypeAdapter(_Document)


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
