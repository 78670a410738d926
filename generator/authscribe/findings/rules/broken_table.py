"""Report tables of schemes that docutils cannot parse."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="broken-table",
    severity=Severity.ERROR,
    summary="malformed table",
    why=(
        "The section announces a table of secrets, but docutils cannot parse the table that follows. Skipping the "
        "table would silently remove its secrets from every output."
    ),
    wrong=cleandoc("""
        .. list-table::

           * - Property
             - Description
           * - ``client_id``
        """),
    right=cleandoc("""
        .. list-table::

           * - Property
             - Description
           * - ``client_id``
             - Names the application.
        """),
)


def report_broken_table(place: Place, problem: str, *, scheme: str | None, repair: str = "") -> Finding:
    """Report a table of secrets that cannot be parsed; `repair` is what else than the usual help applies."""
    owner = f" of scheme '{scheme}'" if scheme is not None else ""
    return RULE.finding(
        place,
        f"malformed table{owner}: {problem}",
        repair or "give each row as many cells as the header, and keep all rows in the page",
        scheme=scheme,
    )
