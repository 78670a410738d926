"""Define findings and the places they point at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias


class Severity(StrEnum):
    """Severity of a finding; the members are in order, the most severe first."""

    ERROR = "error"
    """Nothing can be generated, the connector cannot work, or a secret is at risk."""
    WARNING = "warning"
    """Something is probably wrong."""
    INFO = "info"
    """Something is worth knowing."""

    def at_least(self, other: Severity) -> bool:
        """Return whether this severity is `other` or a more severe one."""
        members = list(Severity)
        return members.index(self) <= members.index(other)


class Place(NamedTuple):
    """Span in a file. Lines and columns count from 1, columns in characters; the end column is exclusive.

    `path` is relative to the workspace, with forward slashes, or as the user gave it. Line 0 means the whole file.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


class Label(NamedTuple):
    """Second place that explains a finding, with a message about it."""

    place: Place
    message: str


class Edit(NamedTuple):
    """Replacement of the text at a place; an insertion has an empty place."""

    place: Place
    text: str


class Fix(NamedTuple):
    """Edits that remove the cause of a finding, and what they do, as an imperative.

    A safe fix does what the help of the finding asks for; an unsafe one decides something that a person should.
    """

    description: str
    edits: tuple[Edit, ...]
    is_safe: bool = True


class Finding(NamedTuple):
    """One mistake or remark: the code of its rule, the fact, its place, the repair, and the edits that make it."""

    code: str
    severity: Severity
    message: str
    place: Place
    help: str
    labels: tuple[Label, ...] = ()
    scheme: str | None = None
    connector: str | None = None
    name: str | None = None
    fix: Fix | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Return the place of the finding, followed by those of its labels."""
        return (self.place, *(label.place for label in self.labels))

    @property
    def order(self) -> tuple[Place, str, str]:
        """Return the sort key of reports: the place, then the code and the message."""
        return (self.place, self.code, self.message)


Lines: TypeAlias = Mapping[tuple[str, int], str]
"""Source lines by path and number, for the excerpts of a report."""

Files: TypeAlias = Mapping[str, str]
"""Absolute paths of files by the paths that places use; paths of other places are relative to the current folder."""


FINDING_TYPES: Final = (Finding, Severity, Place, Label, Fix, Edit)
"""Types that a stored finding consists of."""


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings sorted by place, without duplicates."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))


def merge_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, those of several connectors about one mistake in a definition as one with all their labels.

    They are in the order of the first of each.
    """
    groups: dict[Finding, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding._replace(connector=None, labels=()), []).append(finding)
    return tuple(_merge(group) if len(group) > 1 else group[0] for group in groups.values())


def _merge(findings: Sequence[Finding]) -> Finding:
    """Return one finding for those that differ in their connectors and labels; without a connector for several."""
    connectors = {finding.connector for finding in findings}
    labels = tuple(label for finding in findings for label in finding.labels)
    return findings[0]._replace(connector=connectors.pop() if len(connectors) == 1 else None, labels=labels)


def attribute_findings(findings: Iterable[Finding], connector: str) -> Iterator[Finding]:
    """Yield the findings as findings about a connector, except for those about another one."""
    return (finding._replace(connector=finding.connector or connector) for finding in findings)


def pluralize(count: int, noun: str) -> str:
    """Return a count with its noun, such as `1 file` or `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def count_severities(severities: Iterable[Severity]) -> dict[Severity, str]:
    """Return the number of findings of each severity in words, such as `2 warnings`, the most severe first."""
    counts = Counter(severities)
    return {severity: pluralize(counts[severity], severity.value) for severity in Severity if counts[severity]}


class DefinitionError(Exception):
    """Raised when definitions cannot be used; carries every finding, sorted by place.

    `lines` are the source lines that the findings point at, and `sources` their files, as far as whoever read
    the sources has added them.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sort_findings(findings)
        self.lines: Lines = {}
        self.sources: Files = {}
        super().__init__(f"{len(self.findings)} findings")

    def __reduce__(self) -> tuple[type[DefinitionError], tuple[tuple[Finding, ...]]]:
        """Return how to pickle the error, since worker processes raise it."""
        return DefinitionError, (self.findings,)
