"""The checks of `lint`, and every rule there is.

A check is a function that looks at one connector beside its scheme; its rules stand beside it, in the same module.
Adding one is adding it to a module here, and its line in `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from authscribe.connectors.context import ConnectorContext
from authscribe.findings import registry as general
from authscribe.findings.finding import Finding
from authscribe.findings.rule import Rule
from authscribe.lint import (
    addresses,
    credentials,
    definition_drift,
    definition_values,
    parameters,
    schemes,
    secrets,
    suppressions,
    templates,
)
from authscribe.lint.addresses import check_authority, check_cleartext, check_hosts
from authscribe.lint.credentials import (
    check_literals,
    check_parameters,
    check_recipients,
    check_repeated_headers,
    check_urls,
)
from authscribe.lint.definition_drift import check_definition
from authscribe.lint.parameters import check_environment, check_shadowed, check_undeclared, check_unused_parameters
from authscribe.lint.schemes import check_exists, check_login, check_mechanism, check_refresh_token
from authscribe.lint.secrets import check_auth, check_flags, check_unused_secrets, check_used_secrets
from authscribe.lint.templates import check_cycles, check_orphaned

Check: TypeAlias = Callable[[ConnectorContext], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    check_auth,
    check_exists,
    check_mechanism,
    check_login,
    check_refresh_token,
    check_used_secrets,
    check_unused_secrets,
    check_flags,
    check_undeclared,
    check_unused_parameters,
    check_shadowed,
    check_environment,
    check_orphaned,
    check_cycles,
    check_urls,
    check_parameters,
    check_literals,
    check_repeated_headers,
    check_recipients,
    check_hosts,
    check_cleartext,
    check_authority,
    check_definition,
)
_NEED_SYSTEM: Final = (check_unused_secrets, check_flags, check_unused_parameters)

_MODULES: Final = (
    addresses, credentials, definition_drift, definition_values, parameters, schemes, secrets, suppressions, templates,
)  # fmt: skip


def load_rules() -> Mapping[str, Rule]:
    """Return every rule by its code, in alphabetical order: those beside the checks, and those of no check."""
    own = (value for module in _MODULES for value in vars(module).values() if isinstance(value, Rule))
    return dict(sorted({**general.load_rules(), **{rule.code: rule for rule in own}}.items()))


def lint_connector(subject: ConnectorContext) -> Iterator[Finding]:
    """What all rules say of one connector; nothing where its manifest cannot be read, which is a finding already."""
    yield from subject.snapshot.findings
    if subject.snapshot.manifest is not None:
        for check in CHECKS:
            # Without the system nobody knows what is not used; the system itself is the finding then.
            if subject.snapshot.system is not None or check not in _NEED_SYSTEM:
                yield from check(subject)
