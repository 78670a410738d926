"""Report values that the format does not allow."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="wrong-value",
    severity=Severity.ERROR,
    summary="invalid value",
    why=(
        "The format does not allow this value. Text is never converted to a number or a truth value, since such "
        "guesses differ from reader to reader."
    ),
    wrong=cleandoc("""
        required:
          - name: api_key
            optional: "true"
        """),
    right=cleandoc("""
        required:
          - name: api_key
            optional: true
        """),
)


_EXPECTED: Final = "input should be "
"""Beginning of a problem whose remedy is to write what follows."""
TEXT: Final = "text, in quotes"
"""Noun phrase for a value that must be text; without quotes, some texts are numbers or truth values."""


def report_wrong_value(key: str, place: Place, problem: str, remedy: str = "") -> Finding:
    """Report a value that the format does not allow; `problem` never quotes the value."""
    is_stated = problem.startswith(_EXPECTED)
    advice = f"write {problem.removeprefix(_EXPECTED)}" if is_stated else "correct the value"
    return RULE.finding(place, f"invalid value for '{key}': {problem}", remedy or advice, name=key)


def report_not_text(key: str, place: Place) -> Finding:
    """Report something else where text is required."""
    return report_wrong_value(key, place, f"{_EXPECTED}{TEXT}")


def report_unknown_value(key: str, value: str, place: Place, known: Iterable[str]) -> Finding:
    """Report a word where the format has a closed list of words."""
    return RULE.finding(place, f"invalid value '{value}' for '{key}'", suggest(value, known), name=key)


def report_not_a_mapping(place: Place, subject: str) -> Finding:
    """Report something else where a mapping is required; `subject` is a noun phrase such as `the manifest`."""
    return RULE.finding(place, f"{subject} must be a mapping", "write it as a mapping of keys to values")
