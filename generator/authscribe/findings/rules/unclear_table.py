"""The rule `unclear-table`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unclear-table",
    severity=Severity.ERROR,
    summary="a table of secrets that does not say which",
    why=(
        "The text before the table speaks of secrets, but the table does not say which column holds their names, "
        "or the section does not say which scheme it is about."
    ),
    wrong=(".. list-table::\n" "\n" "   * - ``client_id``\n" "     - Names the application."),
    right=(
        ".. list-table::\n"
        "   :header-rows: 1\n"
        "\n"
        "   * - Property\n"
        "     - Description\n"
        "   * - ``client_id``\n"
        "     - Names the application."
    ),
)


def report_unclear_table(place: Place, problem: str, *, scheme: str | None) -> Finding:
    """A table that looks like a scheme's but does not say what it lists."""
    return RULE.finding(
        place,
        f"this looks like a table of secrets, but {problem}",
        "say before the table whether these secrets are required or injected, and name the columns Property, "
        "Description and Type",
        scheme=scheme,
    )


def report_unclear_row(place: Place, problem: str, *, scheme: str | None) -> Finding:
    """A row in a table of a scheme that is not about one secret."""
    return RULE.finding(
        place,
        f"in a table of secrets {problem}",
        "give each secret a row of its own, with nothing but its name in the column of names",
        scheme=scheme,
    )


def report_uneven_row(place: Place, cells: int, columns: int, *, scheme: str | None) -> Finding:
    """A row in a table of a scheme whose cells are not under the headings."""
    return RULE.finding(
        place,
        f"in a table of secrets this row has {cells} cell{'s' * (cells != 1)}, and the header {columns}",
        "give the row a cell for each column; in Markdown, a bar within a cell is written \\|",
        scheme=scheme,
    )
