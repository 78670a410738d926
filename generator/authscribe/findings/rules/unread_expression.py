"""Report expressions of other systems that are read in part, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unread-expression",
    severity=Severity.WARNING,
    summary="expression of another system that is not read completely",
    why=(
        "Other systems compute some addresses and request values with code. authscribe reads text, references to "
        "settings, and conditions on their defaults. A value that needs more is left out, and one that depends on a "
        "condition is the one for the defaults. The expression itself is kept in `extras`."
    ),
    wrong=cleandoc(r"""
        {"name": "authUrl", "type": "hidden", "default": "={{$self.host.replace('a', 'b')}}/authorize"}
        """),
    right=cleandoc("""
        {"name": "authUrl", "type": "hidden", "default": "=https://{{$self.host}}/authorize"}
        """),
)


def report_unread_expression(key: str, place: Place) -> Finding:
    """Report an expression that cannot be evaluated, so that nothing is known of `key`."""
    return RULE.finding(
        place,
        f"the expression in '{key}' cannot be evaluated, so its value is left out",
        "state the value in a refinement of the scheme",
        name=key,
    )


def report_assumed_condition(
    key: str, conditions: Iterable[str], place: Place, *, has_defaults: bool = True
) -> Finding:
    """Report a value that is right only while the settings in `conditions` have their defaults.

    Without a default, it is the value for one choice of several.
    """
    names = ", ".join(f"'{name}'" for name in sorted(conditions))
    chosen = "and the one for the default is used" if has_defaults else "and the one for a single choice is used"
    other = "the default is not used" if has_defaults else "another choice is right"
    return RULE.finding(
        place,
        f"the value of '{key}' depends on {names}, {chosen}",
        f"state another value in a refinement if {other}",
        name=key,
    )._replace(severity=Severity.INFO)
