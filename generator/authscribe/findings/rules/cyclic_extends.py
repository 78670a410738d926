"""The rule `cyclic-extends`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="cyclic-extends",
    severity=Severity.ERROR,
    summary="a scheme that extends itself",
    why="A scheme that extends itself, directly or through others, has no first definition to begin with.",
    wrong=("schemes:\n" "  - {id: a, extends: b}\n" "  - {id: b, extends: a}"),
    right=("schemes:\n" "  - {id: a, extends: b}\n" "  - {id: b}"),
)


def report_cyclic_extends(chain: Sequence[str], place: Place) -> Finding:
    """A scheme that extends itself through others."""
    return RULE.finding(place, f"the scheme extends itself: {' -> '.join(chain)}", "remove one `extends`")
