"""The lock file: what was generated, from which inputs, with which yearly style of the formatter.

JSON with one line for each file, sorted, so that two branches merge like any text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.bad_lock import report_bad_lock
from authscribe.model import naming
from authscribe.model.strict import StrictDataclass

if TYPE_CHECKING:
    from pydantic import JsonValue, TypeAdapter, ValidationError
from authscribe.runtime.paths import is_safe_path

LOCK_NAME: Final = "authscribe.lock"
VERSION: Final = 1
_DIGEST: Final = r"^[0-9a-f]{64}$"


@dataclass(frozen=True, slots=True)
class LockedFile(StrictDataclass):
    """What is recorded of one generated file."""

    sha256: str = field(metadata={"pattern": _DIGEST, "description": "SHA-256 of the content with LF line ends"})
    target: str = field(metadata={"description": "the target that produced it"})
    template: str | None = field(
        default=None, metadata={"description": "the template that it was rendered with, if any"}
    )


@dataclass(frozen=True, slots=True)
class Lock:
    """The record of the last run; paths are relative to the output folder."""

    formatter: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, LockedFile] = field(default_factory=dict)


EMPTY: Final = Lock()


@dataclass(frozen=True, slots=True)
class _Document(StrictDataclass):
    """The record of what `authscribe generate` wrote."""

    version: int = field(metadata={"ge": VERSION, "le": VERSION, "description": "the version of this format"})
    formatter: str = field(metadata={"description": "the yearly style of the formatter"})
    inputs: dict[str, str] = field(metadata={"description": "SHA-256 of each source, by its path"})
    files: dict[str, LockedFile] = field(
        metadata={"description": "each generated file, by its path in the output folder"}
    )


def dump_lock(lock: Lock) -> bytes:
    """The lock as it is written; equal locks give equal bytes."""
    head = f'{{\n"version": {VERSION},\n"formatter": {json.dumps(lock.formatter)},\n"inputs": {{'
    inputs = (f"{json.dumps(path)}: {json.dumps(lock.inputs[path])}" for path in sorted(lock.inputs))
    files = (f"{json.dumps(path)}: {_line(lock.files[path])}" for path in sorted(lock.files))
    return "".join((head, *_lines(inputs), '},\n"files": {', *_lines(files), "}\n}\n")).encode()


def parse_lock(text: str, path: str = LOCK_NAME) -> Lock:
    """The lock in `text`; raises DefinitionError when it is not one that this version wrote."""
    from pydantic import ValidationError

    try:
        document = _documents().validate_json(text)
    except ValidationError as error:
        raise _refused(path, _problem(text, error)) from None
    folded = {naming.collision_key(path) for path in document.files}
    if len(folded) != len(document.files) or not all(is_safe_path(path) for path in document.files):
        raise _refused(path, "it lists a path outside the output folder, or one path twice")
    return Lock(document.formatter, document.inputs, document.files)


def parse_digests(content: bytes) -> dict[str, str]:
    """The SHA-256 of each recorded file by its path, in the bytes of a lock that are known to come from `dump`."""
    return {path: file["sha256"] for path, file in json.loads(content)["files"].items()}


def lock_schema() -> dict[str, JsonValue]:
    """JSON Schema of the lock file."""
    return {**_documents().json_schema(), "title": LOCK_NAME}


def _documents() -> TypeAdapter[_Document]:
    """Made when it is needed: most runs know already that the lock is as they wrote it."""
    from pydantic import TypeAdapter

    return TypeAdapter(_Document)


def _line(file: LockedFile) -> str:
    facts = {"sha256": file.sha256, "target": file.target, "template": file.template}
    return json.dumps({key: value for key, value in facts.items() if value is not None})


def _lines(entries: Iterable[str]) -> Iterator[str]:
    """Each entry on a line of its own."""
    end = ""
    for entry in entries:
        yield f"{end}\n{entry}"
        end = ","
    yield "\n" if end else ""


def _problem(text: str, error: ValidationError) -> str:
    details = error.errors(include_input=False, include_url=False, include_context=False)
    if any(detail["loc"] == ("version",) for detail in details):
        return "it was written by another version of authscribe"
    if any(detail["type"] == "json_invalid" for detail in details):
        return "it has an unresolved merge conflict" if "<<<<<<<" in text else "it is not valid JSON"
    return "its structure is not that of a lock file"


def _refused(path: str, problem: str) -> DefinitionError:
    return DefinitionError((report_bad_lock(Place(path), problem),))
