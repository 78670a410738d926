"""Findings and the places they point at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias


class Severity(StrEnum):
    """How much a finding weighs; the order of the members is the order of weight, heaviest first."""

    ERROR = "error"
    """It is wrong, and nothing can be made of it, or the connector cannot work."""
    WARNING = "warning"
    """It is probably wrong."""
    INFO = "info"
    """It is worth knowing."""

    def at_least(self, other: Severity) -> bool:
        """Whether this severity weighs as much as `other`, or more."""
        members = list(Severity)
        return members.index(self) <= members.index(other)


class Place(NamedTuple):
    """A span in a file. Lines and columns count from 1, columns in characters; the end column is exclusive.

    `path` is relative to the workspace, with forward slashes, or as the user gave it. Line 0 stands for the
    file as a whole.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


class Label(NamedTuple):
    """A second place that explains a finding, and what is to be seen there."""

    place: Place
    message: str


class Finding(NamedTuple):
    """One mistake or remark: a stable code, what is wrong, where, and what would be right."""

    code: str
    severity: Severity
    message: str
    place: Place
    help: str
    labels: tuple[Label, ...] = ()
    scheme: str | None = None
    connector: str | None = None
    name: str | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it stands, and everything that it points at."""
        return (self.place, *(label.place for label in self.labels))

    @property
    def order(self) -> tuple[Place, str, str]:
        """The sort key of reports: by place, then by code and message."""
        return (self.place, self.code, self.message)


Lines: TypeAlias = Mapping[tuple[str, int], str]
"""Source lines by path and number, for the excerpts of a report."""

FINDING_TYPES: Final = (Finding, Severity, Place, Label)
"""The types that a stored finding consists of."""


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings sorted by place, without duplicates."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))


class DefinitionError(Exception):
    """Raised when definitions cannot be used; carries every finding, sorted by place.

    `lines` are the source lines that the findings point at, as far as whoever read the sources has added them.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sort_findings(findings)
        self.lines: Lines = {}
        super().__init__(f"{len(self.findings)} findings")

    def __reduce__(self) -> tuple[type[DefinitionError], tuple[tuple[Finding, ...]]]:
        """How it travels between processes."""
        return DefinitionError, (self.findings,)
