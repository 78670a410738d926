"""Report documents of other systems that would give different connectors one id."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="shared-id",
    severity=Severity.INFO,
    summary="documents of different connectors with one title or folder name",
    why=(
        "The id of a connector is made of the title of its document, or of the name of its folder. If different "
        "documents share it, they would become one connector, so the ids of all of them are made of their paths "
        "instead. These ids change with the paths."
    ),
    wrong=cleandoc("""
        # shop/openapi.yaml
        info: {title: API}
        # stock/openapi.yaml
        info: {title: API}
        """),
    right=cleandoc("""
        # shop/openapi.yaml
        info: {title: Shop API}
        # stock/openapi.yaml
        info: {title: Stock API}
        """),
)


def report_shared_id(identifier: str, place: Place, others: Sequence[tuple[str, Place]]) -> Finding:
    """Report a document whose connector gets an id of its own, with the new ids and places of the other ones."""
    count = f"{len(others)} other document{'s' if len(others) > 1 else ''}"
    return RULE.finding(
        place,
        f"{count} would give the id of this connector as well, so it has the id '{identifier}'",
        "give each document a title or folder name of its own",
        labels=[Label(other_place, f"this one has the id '{other}'") for other, other_place in others[:2]],
        connector=identifier,
    )
