"""Report characters that reviewers of a text do not see, or that reverse what they see."""

from __future__ import annotations

import unicodedata
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="hidden-character",
    severity=Severity.WARNING,
    summary="character that reviewers do not see",
    why=(
        "A character without width, or one that reverses the direction of text, lets a reviewer see another text than "
        "programs read (CVE-2021-42574). Names with such a character are refused, and generated files show it as an "
        "escape or a replacement character."
    ),
    wrong=cleandoc("""
        schemes:
          - id: key
            summary: "The key\N{ZERO WIDTH SPACE} of the account."
        """),
    right=cleandoc("""
        schemes:
          - id: key
            summary: The key of the account.
        """),
)


def report_hidden_character(character: str, place: Place) -> Finding:
    """Report the first hidden character of a line."""
    name = unicodedata.name(character, "unnamed").lower()
    return RULE.finding(
        place, f"hidden character U+{ord(character):04X} ({name})", "delete it; text that needs it can escape it"
    )
