"""The rule `unknown-content`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unknown-content",
    severity=Severity.ERROR,
    summary="a document of no format that a reader knows",
    why=(
        "A data format is known by the keys that its documents have. A document with none of them may be of "
        "another kind, or not be meant as a source at all; taken for an empty one, it would silently define "
        "nothing."
    ),
    wrong="authscribe generate --source package.json",
    right="authscribe generate --source providers.yaml --source-format definitions",
)


def report_unknown_content(path: str, known: Iterable[str]) -> Finding:
    """No data format knows what this document holds."""
    return RULE.finding(
        Place(path),
        "no reader knows what this file holds",
        f"say what it is: --source-format {'|'.join(known)}",
    )
