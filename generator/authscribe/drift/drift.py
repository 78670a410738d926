"""Define drifts: differences between a file on disk and the one that the definitions produce."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    # Every report imports this module, also that of a run with nothing to do.
    from authscribe.build.content import AnyContent, Content
    from authscribe.drift.first_change import FirstChange


class DriftState(StrEnum):
    """Kind of difference between the expected files and the disk, with its explanation as Markdown."""

    explanation: str

    CHANGED = "changed", "The definitions have changed; `generate` writes the file."
    MISSING = "missing", "The file does not exist; `generate` writes it."
    ORPHANED = "orphaned", "The definitions no longer produce the file; `generate --prune` deletes it."
    EDITED = "edited", "The file was edited by hand, or was not generated; `generate --force` overwrites it."
    STALE_INPUT = (
        "stale-input", "All files are up to date, but the lock records other inputs; `generate` updates the lock."
    )  # fmt: skip
    VERSION_ONLY = (
        "version-only", "All files are up to date, but the lock records another formatter; `generate` updates the lock."
    )  # fmt: skip

    def __new__(cls, value: str, explanation: str) -> Self:
        """Return the member with its explanation."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.explanation = explanation
        return member

    @property
    def counts(self) -> bool:
        """Return whether a file is affected; the other states concern only the lock."""
        return self not in (DriftState.STALE_INPUT, DriftState.VERSION_ONLY)


class Drift(NamedTuple):
    """Difference of one file; `expected` is None if the file should not exist.

    `actual` is its content on disk, if the file exists and a diff is shown. Of a page, `change` is the first row that
    is not up to date.
    """

    state: DriftState
    path: str
    expected: AnyContent | None = None
    actual: Content | None = None
    note: str = ""
    change: FirstChange | None = None

    @property
    def is_deletion(self) -> bool:
        """Return whether its repair deletes the file."""
        return self.state.counts and self.expected is None
