"""The rule `alias-chain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="alias-chain",
    severity=Severity.WARNING,
    summary="an alias of an alias",
    why=(
        "Nango resolves aliases in the order of its file. An alias of an alias gets all that was meant only "
        "where each one stands after the one that it names; otherwise it gets what the nearest one writes "
        "itself. It is read as it was meant."
    ),
    wrong=("drive:\n" "    alias: mail\n" "mail:\n" "    alias: google"),
    right=("drive:\n" "    alias: google\n" "mail:\n" "    alias: google"),
)


def report_alias_chain(chain: Sequence[str], place: Place) -> Finding:
    """An alias of an alias in the catalogue of another system, which resolves it by the order of its file."""
    return RULE.finding(
        place,
        f"an alias of an alias: {' -> '.join(chain)}",
        "name the last of them, or check that each one stands after the one that it names",
        name=chain[0],
    )
