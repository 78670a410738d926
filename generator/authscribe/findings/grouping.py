"""Join the findings that state one fact about many definitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from authscribe.findings.finding import Finding, Severity

_NAMED_DEFINITIONS: Final = 3
_JOINED: Final = ("not-carried-over",)
"""Codes of findings that state one fact about many definitions, whichever files these are in."""


def group_findings(findings: Iterable[Finding], paths: Collection[str]) -> tuple[Finding, ...]:
    """Return the findings in their order, with those that state one fact in these files as one, which has the count.

    It has the place of the first of them, and the connector and scheme that all of them are about, if any. Errors
    and findings with labels or a fix stay apart: each has its own remedy. Apply suppressions and baselines before.
    """
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        is_joined = finding.place.path in paths or finding.code in _JOINED
        groups.setdefault(_find_fact(finding) if is_joined else finding, []).append(finding)
    return tuple(map(_join, groups.values()))


def _find_fact(finding: Finding) -> object:
    """Return what a finding states about its definition, whichever that is."""
    if finding.severity is Severity.ERROR or finding.labels or finding.fix is not None:
        return finding
    message = finding.message.replace(f"'{_find_owner(finding)}'", "")
    return finding.code, finding.severity, message, finding.name, finding.help


def _find_owner(finding: Finding) -> str | None:
    return finding.connector or finding.scheme


def _join(findings: Sequence[Finding]) -> Finding:
    first, *others = findings
    if not others:
        return first
    owners = [owner for owner in dict.fromkeys(map(_find_owner, others)) if owner not in (None, _find_owner(first))]
    names = ", ".join(f"'{owner}'" for owner in owners[:_NAMED_DEFINITIONS])
    names += ", ..." if len(owners) > _NAMED_DEFINITIONS else ""
    return first._replace(
        message=f"{first.message}, and {len(others)} more like this{f' in {names}' if names else ''}",
        connector=first.connector if all(other.connector == first.connector for other in others) else None,
        scheme=first.scheme if all(other.scheme == first.scheme for other in others) else None,
    )
