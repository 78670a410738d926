"""The rule `wrong-value`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="wrong-value",
    severity=Severity.ERROR,
    summary="a value that the format does not allow",
    why=(
        "The value is not one that the format allows. Text is not taken for a number or a truth value, since "
        "guesses differ from reader to reader."
    ),
    wrong=("required:\n" "  - name: api_key\n" '    optional: "true"'),
    right=("required:\n" "  - name: api_key\n" "    optional: true"),
)


def report_wrong_value(key: str, place: Place, problem: str) -> Finding:
    """A value that the format does not allow; `problem` never quotes the value."""
    return RULE.finding(place, f"the value of '{key}' is not allowed: {problem}", "correct the value", name=key)


def report_unknown_value(key: str, value: str, place: Place, known: Iterable[str]) -> Finding:
    """A word where the format has a closed list of words."""
    return RULE.finding(place, f"'{value}' is no value of '{key}'", suggest(value, known), name=key)


def report_not_a_mapping(place: Place, what: str) -> Finding:
    """Something else stands where a mapping is asked for."""
    return RULE.finding(place, f"{what} is not a mapping", "write it as `key: value` entries")
