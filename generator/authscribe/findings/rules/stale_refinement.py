"""Report refinements of names that the scheme does not have."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest_nearest

RULE: Final = Rule(
    code="stale-refinement",
    severity=Severity.WARNING,
    summary="refinement of a name that the scheme does not have",
    why=(
        "The page that defines the scheme has changed, and the refinement has not. What it states about the old name "
        "is lost for the new one, and a secret of the old name comes back. A refinement that adds a secret describes "
        "it."
    ),
    wrong=cleandoc("""
        # The page lists 'consumer_token'.
        refine:
          - id: wave
            injected: [{name: consumer_key, lifetime: static}]
        """),
    right=cleandoc("""
        refine:
          - id: wave
            injected: [{name: consumer_token, lifetime: static}]
        """),
)


def report_stale_change(verb: str, name: str, scheme: str, place: Place) -> Finding:
    """Report a name to rename or to remove that is gone; `verb` is the key of the refinement.

    It is only a remark: `docs` makes a renaming come true by updating the page.
    """
    finding = RULE.finding(
        place,
        f"scheme '{scheme}' has no '{name}', so there is nothing to {verb}",
        f"remove '{name}' from `{verb}`",
        scheme=scheme,
        name=name,
    )
    return finding._replace(severity=Severity.INFO)


def report_added_secret(name: str, scheme: str, kind: str, place: Place, known: Iterable[str]) -> Finding:
    """Report facts about a secret that the scheme does not list; `kind` is the list that the refinement adds it to."""
    return RULE.finding(
        place,
        f"scheme '{scheme}' has no {kind} secret '{name}', so this refinement adds one",
        suggest_nearest(name, known, f"remove '{name}', or describe it if it is new"),
        scheme=scheme,
        name=name,
    )
