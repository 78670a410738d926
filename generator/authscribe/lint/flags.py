"""Check the flags of the manifest, which make the platform inject further secrets."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.references import ReferenceKind
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.malformed import list_malformed
from authscribe.lint.receivers import list_open_receivers
from authscribe.lint.renames import find_misspelt_secrets
from authscribe.lint.schemes import advise_entries
from authscribe.model.platform import Flag

FLAG_MISSING: Final = Rule(
    code="flag-missing",
    severity=Severity.ERROR,
    summary="secret whose flag is not set",
    why=(
        "The platform injects the secret only if the manifest sets a flag. Without the flag, the reference stays "
        "unresolved at run time."
    ),
    wrong='{"auth": "api_key", "system-template": "templates/system.json"}',
    right='{"auth": "api_key", "requires_service_api_access": true, "system-template": "templates/system.json"}',
)


def report_flag_missing(name: str, place: Place, connector: str, flag: str, present: Place | None) -> Finding:
    """Report a secret in use whose flag is not set; `present` is the place of its other value in the manifest."""
    return FLAG_MISSING.finding(
        place,
        f"the secret '{name}' requires the flag '{flag}', which is not set",
        advise_entries(f'"{flag}": true', is_present=present is not None),
        labels=(Label(present, "this value does not set it"),) if present else (),
        connector=connector,
        name=name,
    )


SECRET_BY_FLAG: Final = Rule(
    code="secret-by-flag",
    severity=Severity.INFO,
    summary="secret that a flag injects",
    why=(
        "The scheme does not list this secret; the platform injects it because of a flag in the manifest. That is "
        "fine, and the definition of the connector can state it."
    ),
    wrong=cleandoc("""
        connectors:
          - id: wave
            scheme: api_key
        """),
    right=cleandoc("""
        connectors:
          - id: wave
            scheme: api_key
            flags: [use_webhook_secret]
        """),
)


def report_secret_by_flag(name: str, place: Place, connector: str, flag: str, scheme: str | None) -> Finding:
    """Report a secret in use that a flag injects, of a connector without a definition that could state the flag."""
    return SECRET_BY_FLAG.finding(
        place,
        f"the secret '{name}' is injected because of the flag '{flag}', not by the scheme",
        f"define the connector, with `flags: [{flag}]`",
        connector=connector,
        scheme=scheme,
        name=name,
    )


def check_flagged_secrets(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret in use that comes with a flag that is not set, or that no definition states.

    If there is a definition, `definition-differs` reports the flags that it does not state.
    """
    flags = {secret.name: flag.name for flag in context.platform.flags for secret in flag.injected}
    scheme = context.scheme_id
    for name, references in context.secrets.items():
        if name in context.listed or name not in flags:
            continue
        place = references[0].place
        if name not in context.by_flag:
            entry = context.snapshot.find_setting(flags[name])
            present = entry.node.place if entry is not None else None
            yield report_flag_missing(name, place, context.name, flags[name], present)
        elif context.definition is None:
            yield report_secret_by_flag(name, place, context.name, context.by_flag[name], scheme)


def find_missing_flags(context: ConnectorContext) -> Iterator[Flag]:
    """Yield the flags that are not set, and inject a secret in use."""
    for flag in context.platform.flags:
        if flag not in context.flags and any(secret.name in context.secrets for secret in flag.injected):
            yield flag


FLAG_SECRET_UNUSED: Final = Rule(
    code="flag-secret-unused",
    severity=Severity.WARNING,
    summary="flag whose secret is not used",
    why="The flag makes the platform inject one more credential. If nothing uses it, it can only leak.",
    wrong='{"auth": "api_key", "use_webhook_secret": true}',
    right='{"auth": "api_key"}',
)


def report_flag_secret_unused(name: str, place: Place, connector: str, flag: str) -> Finding:
    """Report a flag that injects a secret which no template uses."""
    return FLAG_SECRET_UNUSED.finding(
        place,
        f"the flag '{flag}' injects the secret '{name}', which is not used",
        "remove the flag unless something outside of the templates needs it",
        connector=connector,
        name=name,
    )


def check_flags(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret of a flag of which neither the secret nor a variable is used."""
    for flag, name in find_unused_flags(context):
        entry = context.snapshot.find_setting(flag.name)
        if entry is not None:
            yield report_flag_secret_unused(name, entry.place, context.name, flag.name)


def find_unused_flags(context: ConnectorContext) -> Iterator[tuple[Flag, str]]:
    """Yield the flags that are set and of which neither a secret nor a variable is used, each with the secret.

    If receivers are open to anybody, `anonymous-receiver` reports that they do not use the secret.
    """
    variables = context.snapshot.group_references(ReferenceKind.VARIABLE)
    used = context.secrets.keys() | find_misspelt_secrets(context) | list_malformed(context)
    for flag in context.flags:
        unused = [secret.name for secret in flag.injected if secret.name not in used]
        if unused and variables.keys().isdisjoint(flag.variables) and not list_open_receivers(flag, context):
            yield from ((flag, name) for name in unused)
