"""Report tables that do not show which secrets are optional."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="use-not-shown",
    severity=Severity.WARNING,
    summary="table that does not show which secrets are optional",
    why=(
        "The definitions make a secret optional, but the table has neither a column that tells so nor a remark beside "
        "the name of another optional secret, or its text tells the opposite. Readers of the page take the secret for "
        "a required one. A default, and any other text with a word such as `optional` in the row, is taken for an "
        "explanation. `authscribe docs` leaves such a table as it is, since the author chooses how to show it."
    ),
    wrong=cleandoc("""
        | Name     | Description  |
        |----------|--------------|
        | `key`    | The key.     |
        | `region` | The region.  |
        """),
    right=cleandoc("""
        | Name     | Required | Description  |
        |----------|----------|--------------|
        | `key`    | Yes      | The key.     |
        | `region` | No       | The region.  |
        """),
)


def report_use_not_shown(place: Place, names: Sequence[str], scheme: str, *, is_optional: bool) -> Finding:
    """Report the secrets of a scheme that are optional, or not, although their table tells something else."""
    listed = ", ".join(f"'{name}'" for name in names)
    verb = "is" if len(names) == 1 else "are"
    if is_optional:
        problem, repair = f"does not show that {listed} {verb} optional", "add a column 'Required' to the table"
    else:
        problem, repair = f"calls {listed} optional, but the definitions do not", "change the remark in the table"
    return RULE.finding(
        place,
        f"this table of scheme '{scheme}' {problem}",
        f"{repair}, or change 'optional' in the definitions",
        scheme=scheme,
    )
