"""Report values of secrets in definitions, pages and connectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="pasted-secret",
    severity=Severity.WARNING,
    summary="value of a secret in a text",
    why=(
        "The text contains a value whose form shows that it is a credential. It is in every clone of the repository, "
        "so it must be considered compromised. Reports and outputs do not repeat it: `x` takes the place of each "
        "character."
    ),
    wrong="example: the token that the provider has issued for somebody's account",
    right="example: ghp_****",
)


def report_pasted_secret(kind: str, place: Place) -> Finding:
    """Report a value, without repeating it; `kind` is a noun phrase such as `a GitHub token`."""
    return RULE.finding(place, f"the text contains {kind}, which is withheld", "revoke the value, and remove it")


def report_live_secret(name: str, place: Place, connector: str) -> Finding:
    """Report a value of a secret of a connector in a file that refers to it elsewhere, or leaves it to people."""
    return RULE.finding(
        place,
        f"the value of the secret '{name}' is part of the file, and is withheld",
        "revoke the value, and leave it out or refer to it",
        connector=connector,
        name=name,
    )


def report_shown_secrets(places: Sequence[Place]) -> Finding:
    """Report texts that show values below the names of credentials, which may be dummies."""
    single = "1 text shows a value that may be a credential, which is withheld"
    several = f"{len(places)} texts show values that may be credentials, which are withheld"
    finding = RULE.finding(
        places[0],
        single if len(places) == 1 else several,
        "revoke what is live, and remove it",
        labels=[Label(place, "and here") for place in places[1:3]],
    )
    return finding._replace(severity=Severity.INFO)
