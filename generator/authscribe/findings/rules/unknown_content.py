"""Report documents whose format cannot be detected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unknown-content",
    severity=Severity.ERROR,
    summary="document of unknown format",
    why=(
        "authscribe identifies a data format by the keys of its documents. A document without any of these keys may "
        "be of another format, or not meant as a source at all. If it counted as empty, it would silently define "
        "nothing."
    ),
    wrong="authscribe generate --source providers.json",
    right="authscribe generate --source providers.json --source-format nango",
)


def report_unknown_content(path: str, known: Iterable[str]) -> Finding:
    """Report a document whose content is of no known data format."""
    return RULE.finding(
        Place(path),
        "the format of this file cannot be detected",
        f"set --source-format to one of: {', '.join(known)}",
    )
