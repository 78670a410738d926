"""The rule `scaffold-outdated`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import join_names

RULE: Final = Rule(
    code="scaffold-outdated",
    severity=Severity.WARNING,
    summary="a scaffolded file that no longer fits the definitions",
    why=(
        "The file was made from definitions that have moved on since. It belongs to you, so it is not written "
        "again; this says which names in it are no longer those of the scheme."
    ),
    wrong="a secrets.json with consumer_key, where the scheme now says consumer_token",
    right="a secrets.json with consumer_token",
)


# Files that were made once


def report_scaffold_outdated(
    gone: Sequence[str], new: Sequence[str], place: Place, connector: str, scheme: str
) -> Finding:
    """A scaffolded file that does not fit the scheme any more; the file is left as it is."""
    changes = [f"{join_names(names)} {what}" for names, what in ((gone, "gone"), (new, "new")) if names]
    return RULE.finding(
        place,
        f"this file was made for an older '{scheme}': {', '.join(changes)}",
        "bring the file in line by hand; it is yours",
        connector=connector,
        scheme=scheme,
        name=(*gone, *new)[0],
    )
