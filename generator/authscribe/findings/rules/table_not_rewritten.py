"""The rule `table-not-rewritten`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="table-not-rewritten",
    severity=Severity.ERROR,
    summary="a table in a page that cannot be brought in line",
    why=(
        "The table does not say what the definitions say. It is laid out in a way that the tool does not write, "
        "or what would have to stand there would be read as something else, so the page is left as it is."
    ),
    wrong="a csv-table with `:delim: ;`, whose secrets have moved on",
    right=(".. authscribe:begin table scheme=oauth2 part=injected\n" "\n" ".. authscribe:end"),
)


def report_table_not_rewritten(place: Place, problem: str, scheme: str) -> Finding:
    """A table in a page that is not as the catalogue has it, and that cannot be brought in line; nothing is changed."""
    return RULE.finding(
        place,
        f"this table is not up to date, and cannot be rewritten: {problem}",
        "bring it in line by hand, or put a generated table between markers",
        scheme=scheme,
    )
