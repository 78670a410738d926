"""Report tables and lists that may be of secrets, although the text does not tell who supplies them."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unassigned-table",
    severity=Severity.INFO,
    summary="possible table of secrets without a role",
    why=(
        "The table has a column of names, and some of them are names of secrets, but the text before the table does "
        "not tell whether the owner of the connector supplies them or the platform injects them. The table is not read."
    ),
    wrong=cleandoc("""
        The connector uses these secrets:

        ==============  =======================
        Name            Description
        ==============  =======================
        ``api_key``     Opens the account.
        ==============  =======================
        """),
    right=cleandoc("""
        The owner supplies these secrets:

        ==============  =======================
        Name            Description
        ==============  =======================
        ``api_key``     Opens the account.
        ==============  =======================
        """),
)


def report_unassigned_table(place: Place, name: str, *, is_list: bool) -> Finding:
    """Report a table or list that is not read, although it has the name of a secret."""
    noun = "list" if is_list else "table"
    return RULE.finding(
        place,
        f"this {noun} with '{name}' is not read: the text does not tell whether it lists required or injected secrets",
        f"if it lists secrets, state before the {noun} whether the owner supplies them or the platform injects them",
    )
