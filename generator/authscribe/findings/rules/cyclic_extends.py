"""Report schemes that extend themselves."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="cyclic-extends",
    severity=Severity.ERROR,
    summary="circular `extends`",
    why="A scheme that extends itself, directly or through others, has no first definition to start from.",
    wrong=cleandoc("""
        schemes:
          - {id: a, extends: b}
          - {id: b, extends: a}
        """),
    right=cleandoc("""
        schemes:
          - {id: a, extends: b}
          - {id: b}
        """),
)


def report_cyclic_extends(chain: Sequence[str], place: Place) -> Finding:
    """Report a scheme that extends itself through others; `chain` ends with the scheme that closes the circle."""
    return RULE.finding(
        place, f"scheme '{chain[-1]}' extends itself: {' -> '.join(chain)}", "remove one `extends` from the circle"
    )
