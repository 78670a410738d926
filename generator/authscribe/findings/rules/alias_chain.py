"""Report aliases of aliases in a Nango catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="alias-chain",
    severity=Severity.WARNING,
    summary="alias of an alias",
    why=(
        "Nango resolves aliases in the order of the file. An alias of an alias inherits everything only if its target "
        "stands earlier in the file; otherwise it inherits just what the target itself states. authscribe always "
        "resolves the whole chain."
    ),
    wrong=cleandoc("""
        drive:
            alias: mail
        mail:
            alias: google
        """),
    right=cleandoc("""
        drive:
            alias: google
        mail:
            alias: google
        """),
)


def report_alias_chain(chain: Sequence[str], place: Place) -> Finding:
    """Report an alias of an alias; `chain` names the provider, its alias and the alias of that."""
    return RULE.finding(
        place,
        f"'{chain[0]}' is an alias of an alias: {' -> '.join(chain)}",
        f"use `alias: {chain[-1]}`, or place '{chain[0]}' below '{chain[1]}'",
        name=chain[0],
    )
