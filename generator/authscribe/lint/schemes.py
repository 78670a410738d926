"""Rules about the scheme: whether it exists, whether the system really uses it, what its login needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.connectors.context import ConnectorContext, find_mechanisms, match_selector, split_words
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest
from authscribe.lint.addresses import parse_host
from authscribe.model.definitions import Kind, Location
from authscribe.model.draft import get_text

# What a provider asks for before it issues a refresh token: a scope, or a parameter of the login address.
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
_BASIC: Final = frozenset((Kind.HTTP_BASIC, Kind.HTTP_DIGEST))


UNDEFINED_SCHEME: Final = Rule(
    code="undefined-scheme",
    severity=Severity.WARNING,
    summary="a scheme of the platform that no source defines",
    why=(
        "The platform has this scheme, but no source defines it, so nothing can be said about the secrets of the "
        "connector."
    ),
    wrong='"auth_variant": "service_account", and no section about it',
    right="a section that lists the required and injected secrets of service_account",
)


def report_undefined_scheme(scheme: str, selector: str, place: Place, connector: str) -> Finding:
    """A scheme of the platform that no source defines."""
    return UNDEFINED_SCHEME.finding(
        place,
        f"no source defines the scheme '{scheme}' ({selector})",
        "document its required and injected secrets",
        connector=connector,
        scheme=scheme,
    )


UNKNOWN_SCHEME: Final = Rule(
    code="unknown-scheme",
    severity=Severity.ERROR,
    summary="a scheme that the platform does not have",
    why="The platform does not have such a scheme. The connector cannot be installed.",
    wrong='"auth": "jwt"',
    right='"auth": "api_key", "auth_variant": "jwt"',
)


def report_unknown_scheme(selector: str, place: Place, connector: str, near: str) -> Finding:
    """A selector that the platform does not have."""
    return UNKNOWN_SCHEME.finding(
        place, f"the platform has no scheme {selector}", near, connector=connector, name=selector
    )


def check_exists(subject: ConnectorContext) -> Iterator[Finding]:
    """A selector that the platform does not know, or that no source defines."""
    if not subject.selector or subject.scheme is not None:
        return
    spelt = _spelt(subject.selector)
    identifier = match_selector(subject.selector, subject.platform)
    if identifier is not None:
        yield report_undefined_scheme(identifier, spelt, subject.selector_place, subject.name)
        return
    known = {_spelt(keys): identifier for identifier, keys in subject.platform.selectors.items()}
    by_id = subject.platform.selectors.get(next(iter(subject.selector.values())))
    near = f"did you mean {_spelt(by_id)}?" if by_id else suggest(spelt, known)
    yield report_unknown_scheme(spelt, subject.selector_place, subject.name, near)


def _spelt(selector: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in selector.items())


MECHANISM_DIFFERS: Final = Rule(
    code="mechanism-differs",
    severity=Severity.WARNING,
    summary="a system that authenticates in another way than its scheme",
    why=(
        "The system authenticates in a way that belongs to another kind of scheme. The documentation of the "
        "scheme, the generated classes and the onboarding then describe something else than what happens."
    ),
    wrong='"auth": "api_key" beside a system with an "oauth2" block',
    right='"auth": "oauth2" beside a system with an "oauth2" block',
)


def report_mechanism_differs(slot: str, place: Place, connector: str, scheme: str, kind: str) -> Finding:
    """A system that authenticates in another way than its scheme."""
    return MECHANISM_DIFFERS.finding(
        place,
        f"the system authenticates by {slot}, the scheme '{scheme}' is of kind {kind}",
        "name the scheme that the system really uses, or correct the system",
        connector=connector,
        scheme=scheme,
        name=slot,
    )


def check_mechanism(subject: ConnectorContext) -> Iterator[Finding]:
    """A slot that shows another kind of authentication than the scheme's."""
    scheme = subject.scheme
    if scheme is None or scheme.kind is Kind.CUSTOM:
        return
    for slot, kinds, place in find_mechanisms(subject.snapshot.leaves, subject.platform):
        if scheme.kind not in kinds and not (_BASIC & set(kinds) and _states_basic(subject)):
            yield report_mechanism_differs(slot, place, subject.name, scheme.id, scheme.kind.value)


def _states_basic(subject: ConnectorContext) -> bool:
    """Whether the connector's definition places its secrets so: a key as user name or password is common."""
    placements = subject.definition.placements if subject.definition else ()
    return any(placement.location in (Location.BASIC_USERNAME, Location.BASIC_PASSWORD) for placement in placements)


LOGIN_OPTION_MISSING: Final = Rule(
    code="login-option-missing",
    severity=Severity.WARNING,
    summary="a key without which the login cannot work",
    why=(
        "The login of this scheme needs a value that the manifest does not give, or asks the provider for less "
        "than the connector uses; then the onboarding fails, or works until the first token expires."
    ),
    wrong='"jwt": {"login_url": "https://api.example.com/login"}',
    right='"jwt": {"login_url": "https://api.example.com/login", "jwt_header_key": "x-api-key"}',
)


def report_login_option_missing(key: str, place: Place, connector: str, scheme: str, reason: str) -> Finding:
    """A key of the manifest without which the login cannot work."""
    return LOGIN_OPTION_MISSING.finding(
        place,
        f"the manifest has no '{key}': {reason}",
        f"add '{key}' to the manifest",
        connector=connector,
        scheme=scheme,
        name=key,
    )


def check_login(subject: ConnectorContext) -> Iterator[Finding]:
    """Keys of the manifest without which the login of the scheme cannot work."""
    if subject.scheme is None:
        return
    scopes = _scopes(subject)
    for option in subject.platform.login_options:
        parts = option.key.split(".")
        asked = option.scope is None or option.scope in scopes
        if set(subject.scheme.names) & set(option.schemes) and asked and subject.snapshot.setting(*parts) is None:
            block = subject.snapshot.setting(*parts[:-1])
            place = block.place if block is not None else subject.selector_place
            yield report_login_option_missing(option.key, place, subject.name, subject.scheme.id, option.reason)


def report_refresh_token_never_issued(place: Place, connector: str, scheme: str, host: str, needs: str) -> Finding:
    """A refresh token that the provider does not issue for this login."""
    return LOGIN_OPTION_MISSING.finding(
        place,
        f"{host} issues a refresh token only for {needs}",
        f"add {needs} to the login",
        connector=connector,
        scheme=scheme,
        name=needs,
    )


def check_refresh_token(subject: ConnectorContext) -> Iterator[Finding]:
    """A refresh token in use that the provider does not issue for what the login asks."""
    entry = subject.snapshot.setting("oauth2", "login_url")
    address = get_text(entry.node) if entry is not None else None
    if subject.scheme is None or entry is None or address is None:
        return
    host = parse_host(address) or ""
    uses_one = subject.slots("oauth2", "refresh_token")
    asked = {*_scopes(subject), *address.partition("?")[2].split("&")}
    for needed in _REFRESH.get(host, ()):
        if uses_one and needed not in asked:
            place = entry.node.place
            yield report_refresh_token_never_issued(place, subject.name, subject.scheme.id, host, needed)


def _scopes(subject: ConnectorContext) -> set[str]:
    found: set[str] = set()
    for key in ("scopes", "optional_scopes"):
        entry = subject.snapshot.setting("oauth2", key)
        found |= set(split_words(entry.node)) if entry is not None else set()
    return found
