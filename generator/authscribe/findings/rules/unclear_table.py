"""Report tables of secrets that are ambiguous."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unclear-table",
    severity=Severity.ERROR,
    summary="ambiguous table of secrets",
    why=(
        "The text announces a table of secrets, but the table does not show which column holds their names, a row "
        "does not hold exactly one secret, or no heading names the scheme."
    ),
    wrong=cleandoc("""
        .. list-table::

           * - ``client_id``
             - Names the application.
        """),
    right=cleandoc("""
        .. list-table::
           :header-rows: 1

           * - Property
             - Description
           * - ``client_id``
             - Names the application.
        """),
)


def report_unclear_table(place: Place, problem: str, *, scheme: str | None, repair: str = "") -> Finding:
    """Report a table that looks like a scheme's but is ambiguous, mostly because its columns cannot be told apart."""
    return RULE.finding(
        place,
        f"this looks like a table of secrets, but {problem}",
        repair
        or "name the columns Property, Description and Type, "
        "and state before the table whether these secrets are required or injected",
        scheme=scheme,
    )


def report_table_without_scheme(place: Place) -> Finding:
    """Report a table that looks like a scheme's in a section that names none."""
    return RULE.finding(
        place,
        "this looks like a table of secrets, but its section names no scheme",
        "name the scheme in the title of the section, of a section around it or of the page, "
        'or in a sentence such as "For connectors that use `api_key` authentication"',
    )


def report_unclear_row(place: Place, problem: str, *, scheme: str | None) -> Finding:
    """Report a row that does not hold exactly one secret; `problem` is a predicate such as `has no name`."""
    return RULE.finding(
        place,
        f"this row of a table of secrets {problem}",
        "give each secret its own row, with nothing but its name in the name column",
        scheme=scheme,
    )


def report_uneven_row(place: Place, cells: int, columns: int, *, scheme: str | None) -> Finding:
    """Report a row with more or fewer cells than the header."""
    return RULE.finding(
        place,
        f"this row of a table of secrets has {cells} cell{'s' * (cells != 1)}, but the header has {columns}",
        "give the row one cell for each column; in Markdown, write a bar inside a cell as \\|",
        scheme=scheme,
    )
