"""Report keys and markup that are not carried over from a source."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

WITHHELD: Final = "it may be the value of a secret"

RULE: Final = Rule(
    code="not-carried-over",
    severity=Severity.INFO,
    summary="key or markup that is not carried over",
    why=(
        "A conversion accounts for every key of its input. This key has no counterpart in the output: pages of tables "
        "hold only names, descriptions and types, the files of another system hold what that system knows, and the "
        "values of secrets are never copied. The texts of a page keep "
        "code, emphasis and links to http, https and mailto addresses; of all other markup they keep the words."
    ),
    wrong="authscribe convert schemes.yaml --to rst",
    right="authscribe convert schemes.yaml --to json",
)


def report_not_carried_over(key: str, reason: str, place: Place, count: int = 1) -> Finding:
    """Report a key of a source that the converted document does not hold.

    If there are several such keys, `key` is their pattern, and `place` that of the first.
    """
    return RULE.finding(
        place,
        f"{_count(key, count)}: {reason}",
        "keep the source, or add the fact to the converted document by hand",
    )


def _count(key: str, count: int) -> str:
    return f"'{key}' is not carried over at {count} places" if count > 1 else f"'{key}' is not carried over"


def report_not_carried_into(target: str, key: str, owner: str, reason: str, place: Place) -> Finding:
    """Report a key of the definition `owner` that the files of a target do not hold or hold differently."""
    return RULE.finding(
        place,
        f"'{key}' of '{owner}' is not carried over to the target '{target}': {reason}",
        "set it up in the system that reads the files, or suppress the finding if that is not needed",
    )


def report_lost_markup(lost: str, place: Place) -> Finding:
    """Report the markup of a page that definitions cannot hold; `lost` is the number of each kind."""
    return RULE.finding(
        place,
        f"the page has markup that is not carried over with its words: {lost}",
        "use code, emphasis or a link to an http, https or mailto address where other outputs need the markup",
    )


def report_withheld(key: str, place: Place, count: int = 1) -> Finding:
    """Report a key whose value may be a secret and is therefore never copied.

    If there are several such values, `key` is the pattern of their keys, and `place` that of the first.
    """
    return RULE.finding(
        place, f"{_count(key, count)}: {WITHHELD}", "move the value to a secret store if it is a secret"
    )
