"""Report definitions that a run leaves out."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="left-out",
    severity=Severity.INFO,
    summary="definition or connector left out because it has errors",
    why=(
        "With `--keep-going`, a run uses the valid definitions and reports the others. Nothing is generated for a "
        "definition that is left out: files that were generated from it earlier become orphaned and stay until "
        "`--prune`. `diff` leaves out the connectors of the configuration of which one side cannot be understood."
    ),
    wrong=cleandoc("""
        schemes:
          - {id: wave, kind: oauth3}
        """),
    right=cleandoc("""
        schemes:
          - {id: wave, kind: oauth1}
        """),
)


def report_left_out(identifier: str | None, place: Place) -> Finding:
    """Report a definition that a run leaves out because of its errors; None is one without an id."""
    subject = f"'{identifier}'" if identifier is not None else "a definition without an id"
    return RULE.finding(
        place,
        f"{subject} is left out because it has errors",
        "correct the errors, or run without --keep-going to stop at them",
    )


def report_not_compared(connector: str, place: Place) -> Finding:
    """Report a connector that is not compared with its other side; `place` is its manifest."""
    return RULE.finding(
        place,
        f"the connector '{connector}' is left out of the comparison because it has errors here",
        "correct the errors that `authscribe lint` reports",
        connector=connector,
    )
