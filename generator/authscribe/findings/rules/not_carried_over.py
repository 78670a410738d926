"""Report keys and markup that are not carried over from a source."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="not-carried-over",
    severity=Severity.INFO,
    summary="key or markup that is not carried over",
    why=(
        "A conversion accounts for every key of its input. This key has no counterpart in the output: pages of tables "
        "hold only names, descriptions and types, and the values of secrets are never copied. The texts of a page keep "
        "code, emphasis and links to http, https and mailto addresses; of all other markup they keep the words."
    ),
    wrong="authscribe convert schemes.yaml --to rst",
    right="authscribe convert schemes.yaml --to json",
)


def report_not_carried_over(key: str, reason: str, place: Place) -> Finding:
    """Report a key of a source that the converted document does not hold."""
    return RULE.finding(
        place,
        f"'{key}' is not carried over: {reason}",
        "keep the source, or add the fact to the converted document by hand",
    )


def report_lost_markup(lost: str, place: Place) -> Finding:
    """Report the markup of a page that definitions cannot hold; `lost` is the number of each kind."""
    return RULE.finding(
        place,
        f"the page has markup that is not carried over with its words: {lost}",
        "use code, emphasis or a link to an http, https or mailto address where other outputs need the markup",
    )


def report_withheld(key: str, place: Place) -> Finding:
    """Report a key whose value may be a secret and is therefore never copied."""
    finding = report_not_carried_over(key, "it may be the value of a secret", place)
    return finding._replace(help="move the value to a secret store if it is a secret")
