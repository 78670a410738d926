"""Command `explain`: the page of one rule."""

from __future__ import annotations

from authscribe.findings.suggestions import suggest
from authscribe.lint.registry import load_rules


def run_explain(code: str) -> str:
    """Return the page of a rule; raises LookupError with a suggestion for an unknown code."""
    rules = load_rules()
    if code not in rules:
        raise LookupError(f"there is no rule '{code}'; {suggest(code, rules)}")
    return rules[code].explain()
