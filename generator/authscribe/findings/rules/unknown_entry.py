"""Report entries of a file that look like settings of a connector, but are not."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest_nearest

RULE: Final = Rule(
    code="unknown-entry",
    severity=Severity.WARNING,
    summary="entry of a connector that is not one of its settings",
    why=(
        "The name begins like the settings of a connector that the file is about, but the connector does not have "
        "such a setting, or no longer has it. Nothing reads the value. The entry is left as it is."
    ),
    wrong=cleandoc("""
        WAVE_CLIENT_ID=
        WAVE_CLIENT_SECRT=
        """),
    right=cleandoc("""
        WAVE_CLIENT_ID=
        WAVE_CLIENT_SECRET=
        """),
)


def report_unknown_entry(name: str, place: Place, connector: str, prefix: str, known: Iterable[str]) -> Finding:
    """Report an entry that is not one of the connector's settings; `known` are names that it may have been meant for.

    The name begins with `prefix`, which the known ones lack.
    """
    otherwise = "remove it, or suppress this finding if another program reads it"
    return RULE.finding(
        place,
        f"connector '{connector}' does not have a setting '{name}'",
        suggest_nearest(name, known, otherwise, prefix=prefix),
        connector=connector,
        name=name,
    )
