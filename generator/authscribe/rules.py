"""The rules: for each code how much a finding of it weighs, and in a few words what it is about.

The long texts are in `explanations`, which only `authscribe explain` needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.finding import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding."""

    severity: Severity
    summary: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: Final[Mapping[str, Rule]] = {
    code: Rule(severity, summary)
    for code, severity, summary in (
        ("bad-id", _E, "an id that cannot be a file name"),
        ("bad-lock", _E, "a lock file that cannot be used"),
        ("bad-template", _E, "a placement value that is no template"),
        ("broken-table", _E, "a scheme's table that cannot be read"),
        ("busy", _E, "two runs at once in one output folder"),
        ("clashing-placements", _E, "two values for one slot"),
        ("conflicting-definitions", _E, "two sources that define one thing differently"),
        ("copied-from-nothing", _W, "a copy of a required secret that is not there"),
        ("cyclic-extends", _E, "a scheme that extends itself"),
        ("disk-error", _E, "an output that cannot be written"),
        ("duplicate-key", _E, "a key that stands twice in one mapping"),
        ("duplicate-name", _E, "a name that stands twice in one list"),
        ("empty-file", _E, "a source without content"),
        ("missing-key", _E, "a key that the format asks for"),
        ("name-clash", _E, "two names that would be spelt the same"),
        ("no-placement", _I, "secrets that nothing puts into a request"),
        ("no-such-source", _E, "a source that does not exist"),
        ("not-utf-8", _E, "a file in another encoding"),
        ("nothing-defined", _E, "sources that define nothing"),
        ("refused-path", _E, "an output path that is not safe"),
        ("reserved-name", _E, "a name that generated code cannot use"),
        ("scheme-or-methods", _E, "a connector with both `scheme` and `methods`, or neither"),
        ("suggested-extends", _I, "prose that says more than the tables"),
        ("syntax-error", _E, "text that its language does not allow"),
        ("template-error", _E, "a template of your own that cannot be rendered"),
        ("too-deep", _E, "a document nested too deeply"),
        ("too-large", _E, "a source that is too large"),
        ("unclear-table", _E, "a table of secrets that does not say which"),
        ("unknown-format", _E, "a file that no reader reads"),
        ("unknown-key", _E, "a key that the format does not have"),
        ("unknown-reference", _E, "a reference to something undefined"),
        ("unknown-secrecy", _W, "a value that may be secret"),
        ("unknown-type", _W, "a type that no target knows"),
        ("unreadable-file", _E, "a file that cannot be read"),
        ("unsupported-yaml", _E, "YAML that definitions do without"),
        ("unusable-name", _E, "a name that no target can spell"),
        ("wrong-value", _E, "a value that the format does not allow"),
    )
}
