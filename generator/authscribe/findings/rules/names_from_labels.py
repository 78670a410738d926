"""Report names of secrets that are derived from labels."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="names-from-labels",
    severity=Severity.INFO,
    summary="names derived from labels",
    why=(
        "The page has labels where names belong, such as `Client ID`. The label becomes the title of the secret, and "
        "its words in lower case, joined by underscores, become the name, such as `client_id`. The system may know the "
        "secret by another name. `authscribe docs` keeps the labels of a table."
    ),
    wrong=cleandoc("""
        | Name      | Description        |
        |-----------|--------------------|
        | Client ID | The id of the app. |
        """),
    right=cleandoc("""
        | Title     | Name        | Description        |
        |-----------|-------------|--------------------|
        | Client ID | `client_id` | The id of the app. |
        """),
)


def report_names_from_labels(place: Place, names: Mapping[str, str]) -> Finding:
    """Report the names of a page that are derived from labels, by label."""
    listed = ", ".join(f"'{name}' from '{label}'" for label, name in names.items())
    return RULE.finding(
        place,
        f"names are derived from labels: {listed}",
        "if the secrets have other names, state those beside the labels",
    )
