"""List the checks of `lint`, and all rules.

A check is a function that yields findings about one connector. Its rules are in the same module. To add a check,
write it in a module of this package and list it in `CHECKS`; list a new module in `_MODULES`, so that its rules are
found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final, TypeAlias

from authscribe.connectors.context import ConnectorContext
from authscribe.findings import registry as general_rules
from authscribe.findings.finding import Finding
from authscribe.findings.rule import Rule
from authscribe.lint import (
    addresses,
    credentials,
    definition_addresses,
    definition_drift,
    definition_queries,
    definition_values,
    flags,
    literals,
    misplaced,
    parameters,
    receivers,
    renewal,
    revisions,
    schemes,
    secrets,
    sent_secrets,
    setting_patterns,
    suppressions,
    templates,
    unused_parameters,
    unused_secrets,
)
from authscribe.lint.addresses import (
    check_addresses,
    check_authority,
    check_certificates,
    check_cleartext,
    check_hosts,
)
from authscribe.lint.credentials import check_parameters
from authscribe.lint.definition_drift import check_definition
from authscribe.lint.flags import check_flagged_secrets, check_flags
from authscribe.lint.literals import check_literals, check_pasted
from authscribe.lint.malformed import check_malformed
from authscribe.lint.manifest_values import check_manifest_values
from authscribe.lint.misplaced import check_places
from authscribe.lint.parameters import check_environment, check_shadowed, check_undeclared
from authscribe.lint.receivers import check_receivers
from authscribe.lint.renewal import check_renewal
from authscribe.lint.scheme_choice import is_choice_clear
from authscribe.lint.schemes import check_exists, check_login, check_mechanism, check_refresh_token
from authscribe.lint.secrets import check_auth, check_used_secrets
from authscribe.lint.sent_secrets import check_recipients, check_repeated_headers, check_urls
from authscribe.lint.templates import check_cycles, check_orphaned, check_parents
from authscribe.lint.unused_parameters import check_unused_parameters
from authscribe.lint.unused_secrets import check_unused_secrets
from authscribe.runtime import plugins
from authscribe.runtime.plugins import Group

Check: TypeAlias = Callable[[ConnectorContext], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    check_manifest_values,
    check_auth,
    check_exists,
    check_mechanism,
    check_login,
    check_refresh_token,
    check_used_secrets,
    check_places,
    check_flagged_secrets,
    check_unused_secrets,
    check_flags,
    check_receivers,
    check_renewal,
    check_undeclared,
    check_unused_parameters,
    check_shadowed,
    check_environment,
    check_orphaned,
    check_parents,
    check_cycles,
    check_urls,
    check_parameters,
    check_literals,
    check_malformed,
    check_pasted,
    check_repeated_headers,
    check_recipients,
    check_hosts,
    check_cleartext,
    check_certificates,
    check_addresses,
    check_authority,
    check_definition,
)
_NEED_TEMPLATES: Final = (check_unused_secrets, check_flags, check_unused_parameters)
_NEED_SCHEME: Final = (
    check_login, check_refresh_token, check_used_secrets, check_places, check_unused_secrets, check_renewal,
    check_definition,
)  # fmt: skip

_MODULES: Final = (
    addresses, credentials, definition_addresses, definition_drift, definition_queries, definition_values, flags,
    literals, misplaced, parameters, receivers, renewal, revisions, schemes, secrets, sent_secrets, setting_patterns,
    suppressions, templates, unused_parameters, unused_secrets,
)  # fmt: skip


@cache
def load_rules() -> Mapping[str, Rule]:
    """Return the built-in rules by code, in alphabetical order: those of the checks, and the general ones."""
    own = (value for module in _MODULES for value in vars(module).values() if isinstance(value, Rule))
    return dict(sorted({**general_rules.load_rules(), **{rule.code: rule for rule in own}}.items()))


def find_rule(code: str) -> Rule | None:
    """Return the rule with a code, or None; raise DefinitionError if a plugin should have it and has not."""
    rule = load_rules().get(code)
    return plugins.load_rule(code) if rule is None and code in plugins.list_plugins(Group.RULES) else rule


def lint_connector(context: ConnectorContext) -> Iterator[Finding]:
    """Yield all findings about a connector; if its manifest cannot be read, only those of reading it."""
    yield from context.snapshot.findings
    if context.snapshot.manifest is not None:
        # That a template cannot be read or the scheme is wrong are findings of their own, and hide what follows.
        skipped = {
            *(_NEED_TEMPLATES if not context.is_complete else ()),
            *(() if is_choice_clear(context) else _NEED_SCHEME),
        }
        for check in CHECKS:
            if check not in skipped:
                yield from check(context)


def check_injection(context: ConnectorContext) -> Iterator[Finding]:
    """Yield the findings about secrets that a connector uses and does not get, those that `lint_connector` yields."""
    if is_choice_clear(context):
        yield from check_used_secrets(context)
    else:
        yield from check_auth(context)
        yield from check_mechanism(context)
    yield from check_flagged_secrets(context)
