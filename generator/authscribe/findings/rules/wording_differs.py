"""Report sources that word the same thing differently."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="wording-differs",
    severity=Severity.INFO,
    summary="wording that is not used",
    why=(
        "Several sources describe the same thing in other words, and outputs can show only one wording: that of a "
        "definition file before that of a page, otherwise that of the source whose path sorts first. "
        "Markup, blanks and the period at the end make no difference."
    ),
    wrong=cleandoc("""
        # a.yaml
        schemes: [{id: s, kind: jwt, summary: A token.}]
        # b.yaml
        schemes: [{id: s, kind: jwt, summary: A signed token.}]
        """),
    right=cleandoc("""
        # a.yaml
        schemes: [{id: s, kind: jwt, summary: A signed token.}]
        # b.yaml
        schemes: [{id: s, kind: jwt}]
        """),
)


def report_wording_differs(
    noun: str, identifier: str, setting: str | None, keys: Sequence[str], place: Place, used: Place
) -> Finding:
    """Report the texts of a definition, or of a setting of it, that are not used, with the place of the first one.

    `noun` is `scheme` or `connector`; `used` is the place of the text that is used instead.
    """
    listed = ", ".join(f"'{key}'" for key in keys)
    definition = f"{noun} '{identifier}'"
    subject = definition if setting is None else f"'{setting}' of {definition}"
    finding = RULE.finding(
        place,
        f"{subject} has another wording in {used.path}, which is used instead: {listed}",
        "use the same words in both places, or leave them out in one of them",
        labels=[Label(used, "this wording is used")],
        name=setting,
    )
    # The keys of a finding that attribute it to a definition.
    owner = {noun: identifier}
    return finding._replace(scheme=owner.get("scheme"), connector=owner.get("connector"))
