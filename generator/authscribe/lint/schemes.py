"""Check the scheme of a connector: whether it exists, whether the system uses it, and what its login needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext, list_words, match_selector
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import Vocabulary, join_names
from authscribe.lint.addresses import parse_host
from authscribe.lint.scheme_choice import find_better_scheme, list_scheme_secrets, repeats_selector
from authscribe.model.definitions import Scheme
from authscribe.model.draft import Entry, MapNode, ScalarNode, get_text
from authscribe.model.platform import LoginOption

# Without these, the providers issue no refresh token. A value with `=` is a parameter of the login URL, others are
# scopes.
# https://learn.microsoft.com/entra/identity-platform/scopes-oidc#offline_access
# https://developers.google.com/identity/protocols/oauth2/web-server#offline
# https://developer.xero.com/documentation/guides/oauth2/scopes
# https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps
# https://developers.dropbox.com/oauth-guide
# https://www.zoho.com/accounts/protocol/oauth/web-apps/authorization.html
_REFRESH: Final[Mapping[str, tuple[str, ...]]] = {
    "login.microsoftonline.com": ("offline_access",),
    "login.xero.com": ("offline_access",),
    "auth.atlassian.com": ("offline_access",),
    "accounts.google.com": ("access_type=offline",),
    "www.dropbox.com": ("token_access_type=offline",),
    "accounts.zoho.com": ("access_type=offline",),
    "accounts.zoho.eu": ("access_type=offline",),
}


UNDEFINED_SCHEME: Final = Rule(
    code="undefined-scheme",
    severity=Severity.WARNING,
    summary="scheme of the platform that no source defines",
    why=(
        "The platform has this scheme, but no source defines it. authscribe cannot check the secrets of the "
        "connector."
    ),
    wrong=cleandoc("""
        schemes:
          - id: api_key
            injected: [{name: api_key}]
        """),
    right=cleandoc("""
        schemes:
          - id: api_key
            injected: [{name: api_key}]
          - id: service_account
            injected: [{name: access_token}]
        """),
)


def report_undefined_scheme(scheme: str, selector: str, place: Place, connector: str) -> Finding:
    """Report a scheme of the platform that no source defines."""
    return UNDEFINED_SCHEME.finding(
        place,
        f"no source defines the scheme '{scheme}' ({selector})",
        f"define '{scheme}' in a source, with its required and injected secrets",
        connector=connector,
        scheme=scheme,
    )


UNKNOWN_SCHEME: Final = Rule(
    code="unknown-scheme",
    severity=Severity.ERROR,
    summary="scheme that the platform does not have",
    why="The platform has no such scheme, so the connector cannot be installed.",
    wrong='"auth": "jwt"',
    right='"auth": "api_key", "auth_variant": "jwt"',
)


def report_unknown_scheme(selector: str, place: Place, connector: str, remedy: str) -> Finding:
    """Report a selector that the platform does not have."""
    return UNKNOWN_SCHEME.finding(
        place, f"the platform has no scheme '{selector}'", remedy, connector=connector, name=selector
    )


def check_exists(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding if the platform does not know the selector, or no source defines its scheme."""
    if not context.selector or context.scheme is not None or repeats_selector(context):
        return
    selector = _spell_selector(context.selector)
    identifier = match_selector(context.selector, context.platform)
    if identifier is not None:
        yield report_undefined_scheme(identifier, selector, context.selector_place, context.name)
        return
    meant = _find_meant_selector(context)
    others = (keys for keys in context.platform.selectors.values() if keys)
    remedy = f"did you mean '{_spell_selector(meant)}'?" if meant else _list_selectors(others)
    yield report_unknown_scheme(selector, _locate_difference(meant, context), context.name, remedy)


def _find_meant_selector(context: ConnectorContext) -> Mapping[str, str] | None:
    """Return the selector of the scheme whose id or selector comes closest; None if none does."""
    selectors = context.platform.selectors
    # Only the values are compared: the keys that all selectors share would make any two of them alike.
    known = {"/".join(keys.values()): keys for keys in selectors.values() if keys}
    by_id = selectors.get(list(context.selector.values())[-1])
    near = Vocabulary(known).find_nearest(context.auth or "")
    return by_id or (known[near] if near is not None else None)


def _locate_difference(meant: Mapping[str, str] | None, context: ConnectorContext) -> Place:
    """Return the place of the first value in the manifest that differs from a selector."""
    differing = context.selector.items() - meant.items() if meant is not None else ()
    entries = (
        context.snapshot.find_setting(key) for key, value in context.selector.items() if (key, value) in differing
    )
    return next((entry.node.place for entry in entries if entry is not None), context.selector_place)


def _list_selectors(selectors: Iterable[Mapping[str, str]]) -> str:
    return f"use one of: {'; '.join(sorted(set(map(_spell_selector, selectors))))}"


def _spell_selector(selector: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in selector.items())


def spell_json(selector: Mapping[str, str]) -> str:
    """Return a selector as the entries of a manifest, such as `"auth": "oauth2"`."""
    return ", ".join(f'"{key}": "{value}"' for key, value in selector.items())


def advise_entries(entries: str, *, is_present: bool) -> str:
    """Return the advice to write entries into the manifest, which has some of their keys if `is_present`."""
    return f"set {entries} in the manifest" if is_present else f"add {entries} to the manifest"


MECHANISM_DIFFERS: Final = Rule(
    code="mechanism-differs",
    severity=Severity.ERROR,
    summary="connector that does not authenticate as its scheme does",
    why=(
        "The templates use secrets of another scheme than the one that the manifest names, or have them in the places "
        "of another one. The platform injects the secrets of the named scheme only, and logs in as that one states, so "
        "requests are rejected."
    ),
    wrong='"auth": "api_key"',
    right='"auth": "oauth2"',
)


def report_mechanism_differs(
    secrets: Sequence[str], place: Place, first: Place, connector: str, named: str, better: Scheme
) -> Finding:
    """Report secrets that the scheme `better` injects and the scheme `named` does not; the first is used at `first`."""
    return MECHANISM_DIFFERS.finding(
        place,
        f"the connector uses {join_names(secrets)}, which scheme '{better.id}' injects and scheme '{named}' does not",
        f"name the scheme in the manifest: {spell_json(better.selector)}",
        labels=(Label(first, "used here"),),
        connector=connector,
        scheme=named,
        name=better.id,
    )


def report_placed_as_another(place: Place, first: Place, connector: str, named: str, better: Scheme) -> Finding:
    """Report a system that has its secrets, the first one at `first`, where the scheme `better` puts them."""
    return MECHANISM_DIFFERS.finding(
        place,
        f"the system has its secrets where scheme '{better.id}' puts them, and none where scheme '{named}' does",
        f"name the scheme in the manifest: {spell_json(better.selector)}",
        labels=(Label(first, "used here"),),
        connector=connector,
        scheme=named,
        name=better.id,
    )


def check_mechanism(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding if the connector uses the secrets of another scheme than the one that the manifest names."""
    better = find_better_scheme(context)
    if context.scheme is None or better is None:
        return
    used = list_scheme_secrets(context)
    foreign = [name for name in used if name not in {*context.injected, *context.listed}]
    place, first = context.selector_place, context.secrets[(foreign or used)[0]][0].place
    if foreign:
        yield report_mechanism_differs(foreign, place, first, context.name, context.scheme.id, better)
    else:
        yield report_placed_as_another(place, first, context.name, context.scheme.id, better)


LOGIN_OPTION_MISSING: Final = Rule(
    code="login-option-missing",
    severity=Severity.WARNING,
    summary="missing option of the login",
    why=(
        "The login of this scheme needs a value that the manifest does not give, or requests less from the provider "
        "than the connector uses. The onboarding fails, or works until the first token expires."
    ),
    wrong='"jwt": {"login_url": "https://api.example.com/login"}',
    right='"jwt": {"login_url": "https://api.example.com/login", "jwt_header_key": "x-api-key"}',
)


def report_login_option_missing(
    key: str, place: Place, connector: str, scheme: str, reason: str, *, is_empty: bool
) -> Finding:
    """Report a missing or empty key of the manifest; `reason` is the clause of the platform profile about it."""
    return LOGIN_OPTION_MISSING.finding(
        place,
        f"'{key}' is empty: {reason}" if is_empty else f"the manifest has no '{key}': {reason}",
        f"give '{key}' a value" if is_empty else f"add '{key}' to the manifest",
        connector=connector,
        scheme=scheme,
        name=key,
    )


def report_login_block_missing(block: str, keys: Sequence[str], place: Place, connector: str, scheme: str) -> Finding:
    """Report a missing block of the manifest, of which the login needs these keys."""
    return LOGIN_OPTION_MISSING.finding(
        place,
        f"the manifest has no '{block}', of which the login needs {join_names(keys)}",
        f"add '{block}' with these keys to the manifest",
        connector=connector,
        scheme=scheme,
        name=block,
    )


def check_login(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each missing key of the manifest that the login needs; one for a block without any of them.

    A missing block of several keys is one mistake.
    """
    if context.scheme is None:
        return
    scheme = context.scheme.id
    for block, missing in _group_missing_options(context).items():
        entry = context.snapshot.find_setting(block) if block else None
        if entry is not None and not isinstance(entry.node, MapNode):
            continue  # `wrong-value` reports it
        if block and entry is None and len(missing) > 1:
            keys = [option.key.rpartition(".")[2] for option in missing]
            yield report_login_block_missing(block, keys, context.selector_place, context.name, scheme)
            continue
        for option in missing:
            empty = context.snapshot.find_setting(option.key)
            nearest = empty or entry
            place = nearest.place if nearest is not None else context.selector_place
            yield report_login_option_missing(
                option.key, place, context.name, scheme, option.reason, is_empty=empty is not None
            )


def _group_missing_options(context: ConnectorContext) -> dict[str, list[LoginOption]]:
    """Return the options that the login of the scheme needs and the manifest does not have, by their block."""
    names = context.scheme.all_ids if context.scheme else ()
    scopes = _list_scopes(context)
    missing: dict[str, list[LoginOption]] = {}
    for option in context.platform.login_options:
        is_asked = option.scope is None or option.scope in scopes
        is_needed = is_asked and not set(names).isdisjoint(option.schemes)
        if is_needed and _is_empty(context.snapshot.find_setting(option.key)):
            missing.setdefault(option.key.rpartition(".")[0], []).append(option)
    return missing


def _is_empty(entry: Entry | None) -> bool:
    """Return whether there is no entry, or one without a value."""
    return entry is None or (isinstance(entry.node, ScalarNode) and str(entry.node.value or "").strip() == "")


def report_refresh_token_never_issued(place: Place, connector: str, scheme: str, host: str, needed: str) -> Finding:
    """Report a refresh token that the provider at `host` issues only for the scope or URL parameter `needed`."""
    return LOGIN_OPTION_MISSING.finding(
        place,
        f"'{host}' issues a refresh token only for '{needed}'",
        f"add '{needed}' to the {'query of the login URL' if '=' in needed else 'scopes'}",
        connector=connector,
        scheme=scheme,
        name=needed,
    )


def check_refresh_token(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding if the connector uses a refresh token that the provider does not issue for this login."""
    entry = context.snapshot.find_endpoint("authorize")
    address = get_text(entry.node) if entry is not None else None
    if context.scheme is None or entry is None or address is None:
        return
    host = parse_host(address) or ""
    is_used = bool(context.find_leaves("oauth2", "refresh_token"))
    requested = {*_list_scopes(context), *address.partition("?")[2].split("&")}
    for needed in _REFRESH.get(host, ()):
        if is_used and needed not in requested:
            yield report_refresh_token_never_issued(entry.node.place, context.name, context.scheme.id, host, needed)


def _list_scopes(context: ConnectorContext) -> set[str]:
    scopes: set[str] = set()
    for path in context.snapshot.layout.scope_lists.values():
        entry = context.snapshot.find_setting(path)
        scopes |= set(list_words(entry.node)) if entry is not None else set()
    return scopes
