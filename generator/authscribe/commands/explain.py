"""Command `explain`: the page of one rule."""

from __future__ import annotations

from authscribe.findings.finding import DefinitionError
from authscribe.findings.suggestions import suggest_nearest
from authscribe.lint.codes import list_codes
from authscribe.lint.registry import find_rule


def run_explain(code: str) -> str:
    """Return the page of a rule; raises LookupError for an unknown code, or for a plugin that fails."""
    try:
        rule = find_rule(code)
    except DefinitionError as error:
        raise LookupError("; ".join(f"{each.place}: {each.message}" for each in error.findings)) from None
    if rule is None:
        advice = suggest_nearest(code, list_codes(), "run: authscribe list rules")
        raise LookupError(f"there is no rule '{code}'; {advice}")
    return rule.explain()
