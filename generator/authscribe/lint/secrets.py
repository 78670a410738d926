"""Check the secrets in use against those that the scheme lists and the platform injects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext, match_selector
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import join_names
from authscribe.lint.placements import find_meant_name
from authscribe.lint.renames import find_renamed_secrets, suggest_secret
from authscribe.lint.scheme_choice import find_only_scheme, list_scheme_secrets
from authscribe.lint.schemes import advise_entries, spell_json
from authscribe.model.contract import spell_variable

AUTH_MISSING: Final = Rule(
    code="auth-missing",
    severity=Severity.ERROR,
    summary="connector that uses secrets but names no scheme",
    why=(
        "The manifest decides which secrets the platform injects. A connector that uses secrets but names no scheme "
        "receives none of them, and every request is rejected."
    ),
    wrong='{"datatypes": {...}, "system-template": "templates/system.json"}',
    right='{"auth": "api_key", "datatypes": {...}, "system-template": "templates/system.json"}',
)


def report_auth_missing(place: Place, first: Place, connector: str, secrets: Sequence[str], remedy: str) -> Finding:
    """Report a manifest without a scheme of a connector that uses secrets, the first of them at `first`."""
    return AUTH_MISSING.finding(
        place,
        f"the connector uses {join_names(secrets)}, but its manifest names no scheme",
        remedy,
        labels=(Label(first, "used here"),),
        connector=connector,
        name=secrets[0] if len(secrets) == 1 else None,
    )


def check_auth(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding if the manifest names no scheme but templates use secrets that no flag injects."""
    secrets = list_scheme_secrets(context)
    if context.selector or not secrets:
        return
    key = next(iter(context.platform.selector_keys), "auth")
    scheme = find_only_scheme(context)
    place, first = context.selector_place, context.secrets[secrets[0]][0].place
    is_present = place != context.snapshot.place
    spelt = advise_entries(spell_json(scheme.selector), is_present=is_present) if scheme else None
    yield report_auth_missing(place, first, context.name, secrets, spelt or f"name the scheme as '{key}'")


SECRET_RENAMED: Final = Rule(
    code="secret-renamed",
    severity=Severity.WARNING,
    summary="secret that the scheme lists under another name",
    why=(
        "The scheme lists a secret that the platform does not inject and the connector does not use, and the "
        "connector uses one that the scheme does not list. Name, description and use suggest that they are the same "
        "secret."
    ),
    wrong=cleandoc("""
        * - ``consumer_key``
          - The consumer token as provided in the connector configuration.
        """),
    right=cleandoc("""
        * - ``consumer_token``
          - The consumer token as provided in the connector configuration.
        """),
)


def report_secret_renamed(listed: str, name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """Report a secret that the scheme lists under another name, `listed`, at the place `page`."""
    return SECRET_RENAMED.finding(
        place,
        f"scheme '{scheme}' lists '{listed}', but the platform injects it (and the connector uses it) as '{name}'",
        f"rename '{listed}' to '{name}' in the scheme",
        labels=(Label(page, f"'{listed}' is listed here"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


SECRET_NOT_IN_SCHEME: Final = Rule(
    code="secret-not-in-scheme",
    severity=Severity.WARNING,
    summary="injected secret that the scheme does not list",
    why=(
        "The connector uses a secret that the platform injects, but the documentation of the scheme does not mention "
        "it. Authors of other connectors cannot know that it exists."
    ),
    wrong=cleandoc("""
        * - ``oauth_access_token``
          - The access token from the onboarding.
        """),
    right=cleandoc("""
        * - ``oauth_access_token``
          - The access token from the onboarding.
        * - ``oauth_client_secret``
          - The client secret as provided in the connector configuration.
        """),
)


def report_secret_not_in_scheme(name: str, place: Place, connector: str, scheme: str, page: Place) -> Finding:
    """Report a secret that the platform injects and the scheme, defined at `page`, does not list."""
    return SECRET_NOT_IN_SCHEME.finding(
        place,
        f"scheme '{scheme}' does not list the injected secret '{name}'",
        f"add '{name}' to the injected secrets of scheme '{scheme}'",
        labels=(Label(page, "the scheme is defined here"),),
        connector=connector,
        scheme=scheme,
        name=name,
    )


SECRET_NOT_INJECTABLE: Final = Rule(
    code="secret-not-injectable",
    severity=Severity.ERROR,
    summary="secret that nothing injects",
    why=(
        "Neither the scheme nor a flag of the manifest provides this secret. At run time the reference stays "
        "unresolved, and the system does not start."
    ),
    wrong='"Authorization": "Bearer $SECRET(jwt)"',
    right='"Authorization": "Bearer $SECRET(api_key)"',
)


def report_secret_not_injectable(name: str, place: Place, connector: str, scheme: str | None, remedy: str) -> Finding:
    """Report a secret that neither the scheme nor a flag provides."""
    return SECRET_NOT_INJECTABLE.finding(
        place,
        f"nothing injects the secret '{name}'",
        remedy,
        connector=connector,
        scheme=scheme,
        name=name,
    )


def check_used_secrets(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret in use that the scheme does not list, and no flag injects."""
    renamed = find_renamed_secrets(context)
    scheme = context.scheme_id
    for name, references in context.secrets.items():
        place = references[0].place
        if name in context.unprovided:
            yield report_secret_not_injectable(name, place, context.name, scheme, _find_remedy(name, context))
        elif name in context.listed or name not in context.injected or scheme is None:
            continue
        elif name in renamed:
            page = context.locate_listed(renamed[name])
            yield report_secret_renamed(renamed[name], name, place, context.name, scheme, page)
        else:
            yield report_secret_not_in_scheme(name, place, context.name, scheme, context.locate_scheme())


def _find_remedy(name: str, context: ConnectorContext) -> str:
    """Return what to do about a secret that nothing injects."""
    suggestion = suggest_secret(name, context)
    if suggestion is not None:
        return f"did you mean '{suggestion}'?"
    placed = find_meant_name(name, context)
    if placed is not None and placed not in context.listed:
        return f"refer to the parameter '{placed}' as '{spell_variable(context.platform, placed)}'"
    if name not in context.parameters_as_secrets:
        return _advise_secret(context)
    noun = "parameter" if name in context.declared else "variable"
    spelt = spell_variable(context.platform, name)
    return f"refer to the {noun} of this name as '{spelt}', or {_advise_secret(context)}"


def _advise_secret(context: ConnectorContext) -> str:
    """Return the advice to use a secret that is injected, or another scheme if there is none."""
    scheme = context.scheme_id or match_selector(context.selector, context.platform)
    if scheme is None:
        return "name a scheme in the manifest that injects it"
    return (
        f"use a secret that scheme '{scheme}' injects"
        if context.injected
        else f"name a scheme that injects it instead of '{scheme}'"
    )
