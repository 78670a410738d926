"""The lock file: what was generated, from which inputs, with which yearly style of the formatter.

JSON with one line for each file, sorted, so that two branches merge like any text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from authscribe import mistakes, naming
from authscribe.finding import DefinitionError, Place

FILE_NAME: Final = "authscribe.lock"
VERSION: Final = 1
_DIGEST: Final = r"^[0-9a-f]{64}$"


@dataclass(frozen=True, slots=True)
class LockedFile:
    """What is recorded of one generated file."""

    sha256: str
    target: str
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """The record of the last run; paths are relative to the output folder."""

    formatter: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, LockedFile] = field(default_factory=dict)


EMPTY: Final = Lock()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    sha256: str = Field(pattern=_DIGEST, description="SHA-256 of the content with LF line ends")
    target: str = Field(description="the target that produced it")
    template: str | None = Field(default=None, description="the template that it was rendered with, if any")


class _Document(BaseModel):
    """The record of what `authscribe generate` wrote."""

    model_config = ConfigDict(extra="forbid", strict=True, title="authscribe.lock")

    version: int = Field(ge=VERSION, le=VERSION, description="the version of this format")
    formatter: str = Field(description="the yearly style of the formatter")
    inputs: dict[str, str] = Field(description="SHA-256 of each source, by its path")
    files: dict[str, _File] = Field(description="each generated file, by its path in the output folder")


def digest(content: bytes) -> str:
    """SHA-256 of the content with LF line ends: a checkout that converts them to CRLF is no drift."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def dump(lock: Lock) -> bytes:
    """The lock as it is written; equal locks give equal bytes."""
    head = f'{{\n"version": {VERSION},\n"formatter": {json.dumps(lock.formatter)},\n"inputs": {{'
    inputs = (f"{json.dumps(path)}: {json.dumps(lock.inputs[path])}" for path in sorted(lock.inputs))
    files = (f"{json.dumps(path)}: {_line(lock.files[path])}" for path in sorted(lock.files))
    return "".join((head, *_lines(inputs), '},\n"files": {', *_lines(files), "}\n}\n")).encode()


def parse(text: str, path: str = FILE_NAME) -> Lock:
    """The lock in `text`; raises DefinitionError when it is not one that this version wrote."""
    try:
        document = _Document.model_validate_json(text)
    except ValidationError as error:
        raise _refused(path, _problem(text, error)) from None
    folded = {naming.collision_key(path) for path in document.files}
    if len(folded) != len(document.files) or not all(is_safe_path(path) for path in document.files):
        raise _refused(path, "it names a path outside the output folder, or one path twice")
    return Lock(
        formatter=document.formatter,
        inputs=document.inputs,
        files={p: LockedFile(f.sha256, f.target, f.template) for p, f in document.files.items()},
    )


def is_safe_path(path: str) -> bool:
    """Whether a path names something below a folder: relative, forward slashes, no `.`, `..` or empty part."""
    parts = path.split("/")
    return all(part not in ("", ".", "..") and re.search(r"[\\:\x00-\x1f]", part) is None for part in parts)


def schema() -> dict[str, JsonValue]:
    """JSON Schema of the lock file."""
    return _Document.model_json_schema()


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
        return "another version of authscribe wrote it"
    if any(detail["type"] == "json_invalid" for detail in details):
        return "it has merge markers" if "<<<<<<<" in text else "it is not valid JSON"
    return "it does not have the form of a lock file"


def _refused(path: str, problem: str) -> DefinitionError:
    return DefinitionError((mistakes.bad_lock(Place(path), problem),))
