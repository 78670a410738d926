"""Report names that become reserved attributes."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="reserved-name",
    severity=Severity.ERROR,
    summary="name that generated code cannot use",
    why=(
        "The attribute made from this name is a Python keyword, or is used by pydantic or by the generated classes. "
        "authscribe leaves the choice of another attribute to the author, so that it never changes."
    ),
    wrong=cleandoc("""
        required:
          - name: class
        """),
    right=cleandoc("""
        required:
          - name: class
            names: {python: f_class}
        """),
)


def report_reserved_name(name: str, spelt: str, place: Place, problem: str) -> Finding:
    """Report a name whose attribute generated code cannot use; `problem` is a predicate such as `is a keyword`."""
    return RULE.finding(
        place,
        f"'{name}' becomes the attribute '{spelt}', which {problem}",
        f"set `names: {{python: {_suggest_attribute(spelt)}}}` to choose another attribute",
        name=name,
    )


def _suggest_attribute(spelt: str) -> str:
    """Return an allowed attribute; the prefix is that of names that begin with a digit, and no keyword has it."""
    return f"f_{re.sub(r'[^a-z0-9]+', '_', spelt.lower()).strip('_') or 'name'}"
