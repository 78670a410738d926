"""Report settings whose use is derived from their defaults."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="use-by-default",
    severity=Severity.INFO,
    summary="use of settings derived from defaults",
    why=(
        "The page lists the settings of a connection with their defaults, but does not tell which ones are required. "
        "A setting with a default is read as optional, and any other one as required."
    ),
    wrong=cleandoc("""
        ## Configuration

        | Name      | Default | Description           |
        |-----------|---------|-----------------------|
        | `api_key` |         | Opens the account.    |
        | `region`  | eu      | Where the account is. |
        """),
    right=cleandoc("""
        ## Configuration

        | Name      | Required | Default | Description           |
        |-----------|----------|---------|-----------------------|
        | `api_key` | Yes      |         | Opens the account.    |
        | `region`  | No       | eu      | Where the account is. |
        """),
)


def report_use_by_default(place: Place, scheme: str) -> Finding:
    """Report a table or list of a scheme that does not tell which of its settings are required."""
    return RULE.finding(
        place,
        f"nothing tells which settings of scheme '{scheme}' are required: those without a default are read as such",
        "add a column 'Required', or a remark such as '(optional)' to settings that are not required",
    )
