"""Linting: one function for each rule or family of rules; each looks at one connector beside its scheme.

Adding a rule is adding a function, its line in `CHECKS`, its code in `rules` and its page in `explanations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from authscribe.finding import Finding
from authscribe.lint import addresses, credentials, definitions, parameters, schemes, secrets, templates
from authscribe.lint.subject import Subject

Check: TypeAlias = Callable[[Subject], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    secrets.auth_missing,
    schemes.exists,
    schemes.mechanism,
    schemes.login,
    schemes.refresh_token,
    secrets.used,
    secrets.unused,
    secrets.flags,
    parameters.undeclared,
    parameters.unused,
    parameters.shadowed,
    parameters.environment,
    templates.orphaned,
    templates.cyclic,
    credentials.in_url,
    credentials.as_parameter,
    credentials.literal,
    credentials.repeated,
    credentials.sent_away,
    addresses.hard_coded,
    addresses.cleartext,
    addresses.authority,
    definitions.agrees,
)
_NEED_SYSTEM: Final = (secrets.unused, secrets.flags, parameters.unused)


def findings(subject: Subject) -> Iterator[Finding]:
    """What all rules say of one connector; nothing where its manifest cannot be read, which is a finding already."""
    yield from subject.snapshot.findings
    if subject.snapshot.manifest is not None:
        for check in CHECKS:
            # Without the system nobody knows what is not used; the system itself is the finding then.
            if subject.snapshot.system is not None or check not in _NEED_SYSTEM:
                yield from check(subject)
