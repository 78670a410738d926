"""The rules: for each code how much a finding of it weighs, and in a few words what it is about.

The long texts are in `explanations`, which only `authscribe explain` needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from authscribe.findings.finding import Severity


class Rule(NamedTuple):
    """One kind of finding."""

    severity: Severity
    summary: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: Final[Mapping[str, Rule]] = {
    code: Rule(severity, summary)
    for code, severity, summary in (
        ("alias-chain", _W, "an alias of an alias"),
        ("auth-missing", _E, "a connector that uses secrets and names no scheme"),
        ("authority-mismatch", _W, "login, token and API addresses that do not belong together"),
        ("bad-address", _W, "an address that no request can go to"),
        ("bad-id", _E, "an id that cannot be a file name"),
        ("bad-lock", _E, "a lock file that cannot be used"),
        ("bad-pattern", _W, "a pattern that is none in one of two dialects"),
        ("bad-template", _E, "a placement value that is no template"),
        ("breaking-change", _W, "a change that breaks what was made before"),
        ("broken-table", _E, "a scheme's table that cannot be read"),
        ("busy", _E, "two runs at once in one output folder"),
        ("clashing-placements", _E, "two values for one slot"),
        ("cleartext-http", _W, "requests without encryption"),
        ("conflicting-definitions", _E, "two sources that define one thing differently"),
        ("copied-from-nothing", _W, "a copy of a required secret that is not there"),
        ("credential-as-parameter", _W, "a credential that is a plain setting"),
        ("cyclic-alias", _E, "an alias of itself"),
        ("cyclic-extends", _E, "a scheme that extends itself"),
        ("cyclic-parent", _E, "a datatype that is its own ancestor"),
        ("default-not-allowed", _W, "a default that could not be given as a value"),
        ("definition-changed", _I, "a change that breaks nothing"),
        ("definition-differs", _W, "a connector that is not as its definition has it"),
        ("disk-error", _E, "an output that cannot be written or read"),
        ("duplicate-key", _E, "a key that stands twice in one mapping"),
        ("duplicate-name", _E, "a name that stands twice in one list"),
        ("empty-file", _E, "a source without content"),
        ("example-mismatch", _W, "an example or default that does not match its pattern"),
        ("flag-missing", _E, "a secret whose flag is not set"),
        ("flag-secret-unused", _W, "a flag whose secret is not used"),
        ("hard-coded-host", _W, "an address of one customer or of a test environment"),
        ("header-not-secret", _W, "a listed secret that is the name of a header"),
        ("injected-secret-unused", _I, "an injected secret that is neither listed nor used"),
        ("left-out", _I, "a definition that a run goes on without"),
        ("literal-secret", _E, "a value where a reference to a secret belongs"),
        ("login-option-missing", _W, "a key without which the login cannot work"),
        ("manifest-missing", _E, "a folder without a manifest"),
        ("mechanism-differs", _W, "a system that authenticates in another way than its scheme"),
        ("missing-key", _E, "a key that the format asks for"),
        ("name-clash", _E, "two names that would be spelt the same"),
        ("no-placement", _I, "secrets that nothing puts into a request"),
        ("no-such-connector", _E, "an argument that is no connector"),
        ("no-such-source", _E, "a source that does not exist"),
        ("not-carried-over", _I, "a key that a conversion leaves out"),
        ("not-utf-8", _E, "a file in another encoding"),
        ("nothing-defined", _E, "sources that define nothing"),
        ("parameter-shadowed", _W, "a parameter that means something else in some datatypes"),
        ("parameter-unused", _W, "a declared parameter that nothing uses"),
        ("platform-secret-sent", _W, "a secret of the platform in a request to another party"),
        ("platform-variable-undeclared", _W, "an undeclared variable that the platform usually fills"),
        ("plugin-failed", _E, "a plugin that cannot be used"),
        ("process-lost", _E, "a process of a run that was killed"),
        ("raw-environment-value", _W, "an environment value that is used directly"),
        ("refused-path", _E, "an output path that is not safe"),
        ("repeated-credential-header", _I, "a credential header in each operation instead of once"),
        ("reserved-name", _E, "a name that generated code cannot use"),
        ("revisions-disagree", _W, "two revisions of a connector with different contracts"),
        ("scheme-or-methods", _E, "a connector with both `scheme` and `methods`, or neither"),
        ("scaffold-outdated", _W, "a scaffolded file that no longer fits the definitions"),
        ("scheme-secret-not-injected", _W, "a listed secret that the platform does not inject"),
        ("secret-by-flag", _I, "a secret that comes with a flag"),
        ("secret-in-url", _W, "a secret in a path or query"),
        ("secret-not-in-scheme", _W, "an injected secret that the scheme does not list"),
        ("secret-not-injectable", _E, "a secret that nothing injects"),
        ("secret-renamed", _W, "a secret that the scheme lists under another name"),
        ("secret-unused", _I, "a listed secret that is not used"),
        ("security-differs", _W, "security that is stated in two ways"),
        ("slow-pattern", _W, "a pattern that takes too long"),
        ("suggested-extends", _I, "prose that says more than the tables"),
        ("suppression-expired", _W, "a suppression whose time is over"),
        ("suppression-unused", _I, "a suppression of nothing"),
        ("syntax-error", _E, "text that its language does not allow"),
        ("table-not-rewritten", _E, "a table in a page that cannot be brought in line"),
        ("template-error", _E, "a template of your own that cannot be rendered"),
        ("template-missing", _E, "a template that is not there"),
        ("template-not-json", _E, "a template that does not expand to JSON"),
        ("template-orphaned", _W, "a template that nothing names"),
        ("template-outside", _E, "a template path that leaves the connector"),
        ("too-deep", _E, "a document nested too deeply"),
        ("too-large", _E, "a source that is too large"),
        ("unclear-table", _E, "a table of secrets that does not say which"),
        ("undeclared-in-address", _W, "an address with a variable that nothing declares"),
        ("undeclared-name", _W, "a name of a foreign document that it does not declare"),
        ("undefined-scheme", _W, "a scheme of the platform that no source defines"),
        ("unknown-content", _E, "a document of no format that a reader knows"),
        ("unknown-format", _E, "a file that no reader reads"),
        ("unknown-key", _E, "a key that the format does not have"),
        ("unknown-mode", _W, "a way to authenticate that a reader does not know"),
        ("unknown-reference", _E, "a reference to something undefined"),
        ("unknown-scheme", _E, "a scheme that the platform does not have"),
        ("unknown-secrecy", _W, "a value that may be secret"),
        ("unknown-type", _W, "a type that no target knows"),
        ("unpaired-marker", _E, "a marker in a page without its partner"),
        ("unreadable-file", _E, "a file that cannot be read"),
        ("unrenderable-name", _W, "a parameter that no template can name"),
        ("unsupported-yaml", _E, "YAML that definitions do without"),
        ("unusable-name", _E, "a name that no target can spell"),
        ("variable-undeclared", _E, "a variable that nothing fills"),
        ("wrong-value", _E, "a value that the format does not allow"),
    )
}
