"""Report tables of secrets that a page includes from another file."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="table-elsewhere",
    severity=Severity.WARNING,
    summary="table of secrets in an included file",
    why=(
        "The text announces a table of secrets, but the page includes another file in its place. Files that a page "
        "includes are not read, so these secrets are missing unless another source defines them."
    ),
    wrong=cleandoc("""
        The following secrets are required:

        .. include:: secrets.rst.inc
        """),
    right=cleandoc("""
        The following secrets are required:

        .. list-table::
           :header-rows: 1

           * - Property
             - Description
           * - ``client_id``
             - Names the application.
        """),
)


def report_table_elsewhere(place: Place, *, scheme: str | None) -> Finding:
    """Report an included file where the text announces a table of secrets."""
    return RULE.finding(
        place,
        "this looks like a table of secrets in another file, which is not read",
        "write the table into the page, or fill a region between markers if other sources define its secrets",
        scheme=scheme,
    )
