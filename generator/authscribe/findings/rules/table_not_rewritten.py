"""Report outdated tables that cannot be rewritten."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="table-not-rewritten",
    severity=Severity.ERROR,
    summary="outdated table that cannot be rewritten",
    why=(
        "The table does not match the definitions, but authscribe cannot write its layout, the right one among several "
        "tables or the meaning of a cell is unclear, markup would be lost, or the new text would be read as something "
        "else. The page is left unchanged."
    ),
    wrong=cleandoc("""
        .. csv-table::
           :header: Property; Description
           :delim: ;

           consumer_key; The consumer key.
        """),
    right=cleandoc("""
        .. authscribe:begin table scheme=tripletex part=required

        .. authscribe:end
        """),
)


_HELP: Final = "update it by hand, or replace it with a generated table between markers"


def report_table_not_rewritten(place: Place, problem: str, scheme: str, *, repair: str = _HELP) -> Finding:
    """Report an outdated table of a scheme that cannot be rewritten; the page is left unchanged."""
    return RULE.finding(
        place,
        f"outdated table of scheme '{scheme}' cannot be rewritten: {problem}",
        repair,
        scheme=scheme,
    )
