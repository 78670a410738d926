"""Report names that the platform of a target refuses."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="refused-name",
    severity=Severity.ERROR,
    summary="name that a platform refuses",
    why=(
        "Each platform allows other characters, lengths and words in the names of variables, files and secrets. "
        "authscribe rejects a name where it is defined, so that no output contains a name that its platform refuses."
    ),
    wrong=cleandoc("""
        required:
          - name: api_key
            names: {env: api-key}
        """),
    right=cleandoc("""
        required:
          - name: api_key
            names: {env: API_KEY}
        """),
)


def report_refused_name(owner: str, noun: str, spelt: str, place: Place, problem: str, remedy: str) -> Finding:
    """Report the name of a setting or definition; `problem` is a predicate such as `is reserved`."""
    return RULE.finding(place, f"the {noun} of '{owner}' is '{spelt}', which {problem}", remedy, name=owner)
