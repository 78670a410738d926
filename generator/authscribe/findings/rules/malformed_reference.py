"""Report texts that only resemble references, to a secret or to a parameter."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="malformed-reference",
    severity=Severity.ERROR,
    summary="text that resembles a reference but is none",
    why=(
        "Only the exact spelling is a reference. Any other text is used as it is, so the provider receives the text "
        "instead of the secret or the parameter, and rejects every request."
    ),
    wrong='"X-Api-Key": "$SECRET{api_key}"',
    right='"X-Api-Key": "$SECRET(api_key)"',
)


def report_malformed_reference(slot: str, place: Place, connector: str, spelt: str) -> Finding:
    """Report a credential that only resembles a reference to a secret; `spelt` is how one is written."""
    return RULE.finding(
        place,
        f"the text in '{slot}' resembles a reference to a secret but is none, so it is sent as it is",
        f"write it as '{spelt}'",
        connector=connector,
        name=slot,
    )


def report_malformed_elsewhere(subject: str, name: str, place: Place, connector: str, spelt: str) -> Finding:
    """Report a text that only resembles a reference, in a place that may hold other texts as well."""
    return RULE.finding(
        place,
        f"this text resembles a reference to {subject} but is none, so it is used as it is",
        f"write it as `{spelt}`",
        connector=connector,
        name=name,
    )
