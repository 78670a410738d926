"""Report names that become the same identifier."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="name-clash",
    severity=Severity.ERROR,
    summary="two names that become the same identifier",
    why=(
        "If two names became the same field in generated code, one of the secrets would be lost. authscribe does not "
        "number them, since the numbers would depend on the order of the file."
    ),
    wrong=cleandoc("""
        required:
          - name: api-key
          - name: api_key
        """),
    right=cleandoc("""
        required:
          - name: api-key
            names: {python: dashed_api_key}
          - name: api_key
        """),
)


def report_name_clash(name: str, other: str, spelt: str, place: Place, first: Place, key: str) -> Finding:
    """Report two names of settings that a target spells the same; the key in `names` changes the spelling."""
    chosen = "its attribute" if key == "python" else "another name"
    return _report_clash(
        name, other, spelt, place, first, f"rename one, or set `names: {{{key}: ...}}` to choose {chosen}"
    )


def report_spelling_clash(name: str, other: str, spelt: str, place: Place, first: Place) -> Finding:
    """Report two names of settings that the platform spells the same."""
    remedy = "rename one, or add its spelling to the `exceptions` of the platform's `names`"
    return _report_clash(name, other, spelt, place, first, remedy)


def report_id_clash(name: str, other: str, spelt: str, place: Place, first: Place) -> Finding:
    """Report two ids that a target spells the same."""
    return _report_clash(name, other, spelt, place, first, "rename one of the two")


def _report_clash(name: str, other: str, spelt: str, place: Place, first: Place, remedy: str) -> Finding:
    return RULE.finding(
        place,
        f"'{name}' clashes with '{other}': both become '{spelt}'",
        remedy,
        labels=(Label(first, f"'{other}' is here"),),
        name=name,
    )
