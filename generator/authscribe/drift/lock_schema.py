"""Validate the lock file.

`authscribe schema lock` publishes its schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from authscribe.model.strict import StrictDataclass, strict_dataclass
from authscribe.runtime.paths import LOCK_NAME

if TYPE_CHECKING:
    from pydantic import JsonValue, TypeAdapter

VERSION: Final = 1
_DIGEST: Final = r"^[0-9a-f]{64}$"


@dataclass(frozen=True, slots=True)
class LockedFile(StrictDataclass):
    """Record of one generated file."""

    sha256: str = field(metadata={"pattern": _DIGEST, "description": "SHA-256 of the content with LF line ends"})
    target: str = field(metadata={"description": "target that produced the file"})
    template: str | None = field(default=None, metadata={"description": "template that rendered the file, if any"})


@strict_dataclass
class LockDocument(StrictDataclass):
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


def validate_lock(text: str) -> LockDocument:
    """Return what a lock file states; raise ValidationError if it is not a lock of this version."""
    return _make_validator().validate_json(text)


def build_lock_schema() -> dict[str, JsonValue]:
    """Return the JSON Schema of the lock file."""
    return {**_make_validator().json_schema(), "title": LOCK_NAME}


def _make_validator() -> TypeAdapter[LockDocument]:
    from pydantic import TypeAdapter

    return TypeAdapter(LockDocument)
