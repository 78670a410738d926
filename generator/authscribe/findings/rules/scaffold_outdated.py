"""Report scaffolded files that no longer match their scheme."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import join_names

RULE: Final = Rule(
    code="scaffold-outdated",
    severity=Severity.WARNING,
    summary="outdated scaffolded file",
    why=(
        "The scheme has changed since the file was scaffolded. The file belongs to you, so authscribe does not write "
        "it again and only reports which names differ."
    ),
    wrong=cleandoc("""
        {
          "consumer_key": "REPLACE_ME"
        }
        """),
    right=cleandoc("""
        {
          "consumer_token": "REPLACE_ME"
        }
        """),
)


def report_scaffold_outdated(
    removed: Sequence[str], added: Sequence[str], place: Place, connector: str, scheme: str
) -> Finding:
    """Report a scaffolded file whose scheme has `removed` and `added` names since; the file is left as it is."""
    changes = [
        f"{join_names(names)} {participle}"
        for names, participle in ((removed, "was removed"), (added, "was added"))
        if names
    ]
    return RULE.finding(
        place,
        f"scheme '{scheme}' has changed since this file was scaffolded: {', '.join(changes)}",
        "update the file by hand",
        connector=connector,
        scheme=scheme,
        name=(*removed, *added)[0],
    )
