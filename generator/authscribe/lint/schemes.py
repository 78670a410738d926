"""Rules about the scheme: whether it exists, whether the system really uses it, what its login needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.connectors.context import ConnectorContext, find_mechanisms, match_selector, split_words
from authscribe.findings import connectors as connector_mistakes
from authscribe.findings.definitions import closest
from authscribe.findings.finding import Finding
from authscribe.lint.addresses import parse_host
from authscribe.model.definitions import Kind, Location
from authscribe.model.draft import text_of

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


def check_exists(subject: ConnectorContext) -> Iterator[Finding]:
    """A selector that the platform does not know, or that no source defines."""
    if not subject.selector or subject.scheme is not None:
        return
    spelt = _spelt(subject.selector)
    identifier = match_selector(subject.selector, subject.platform)
    if identifier is not None:
        yield connector_mistakes.undefined_scheme(identifier, spelt, subject.selector_place, subject.name)
        return
    known = {_spelt(keys): identifier for identifier, keys in subject.platform.selectors.items()}
    by_id = subject.platform.selectors.get(next(iter(subject.selector.values())))
    near = f"did you mean {_spelt(by_id)}?" if by_id else closest(spelt, known)
    yield connector_mistakes.unknown_scheme(spelt, subject.selector_place, subject.name, near)


def _spelt(selector: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in selector.items())


def check_mechanism(subject: ConnectorContext) -> Iterator[Finding]:
    """A slot that shows another kind of authentication than the scheme's."""
    scheme = subject.scheme
    if scheme is None or scheme.kind is Kind.CUSTOM:
        return
    for slot, kinds, place in find_mechanisms(subject.snapshot.leaves, subject.platform):
        if scheme.kind not in kinds and not (_BASIC & set(kinds) and _states_basic(subject)):
            yield connector_mistakes.mechanism_differs(slot, place, subject.name, scheme.id, scheme.kind.value)


def _states_basic(subject: ConnectorContext) -> bool:
    """Whether the connector's definition places its secrets so: a key as user name or password is common."""
    placements = subject.definition.placements if subject.definition else ()
    return any(placement.location in (Location.BASIC_USERNAME, Location.BASIC_PASSWORD) for placement in placements)


def check_login(subject: ConnectorContext) -> Iterator[Finding]:
    """Keys of the manifest without which the login of the scheme cannot work."""
    if subject.scheme is None:
        return
    scopes = _scopes(subject)
    for option in subject.platform.login_options:
        parts = option.key.split(".")
        asked = option.scope is None or option.scope in scopes
        if subject.scheme.id in option.schemes and asked and subject.snapshot.setting(*parts) is None:
            block = subject.snapshot.setting(*parts[:-1])
            place = block.place if block is not None else subject.selector_place
            yield connector_mistakes.login_option_missing(
                option.key, place, subject.name, subject.scheme.id, option.reason
            )


def check_refresh_token(subject: ConnectorContext) -> Iterator[Finding]:
    """A refresh token in use that the provider does not issue for what the login asks."""
    entry = subject.snapshot.setting("oauth2", "login_url")
    address = text_of(entry.node) if entry is not None else None
    if subject.scheme is None or entry is None or address is None:
        return
    host = parse_host(address) or ""
    uses_one = subject.slots("oauth2", "refresh_token")
    asked = {*_scopes(subject), *address.partition("?")[2].split("&")}
    for needed in _REFRESH.get(host, ()):
        if uses_one and needed not in asked:
            place = entry.node.place
            yield connector_mistakes.refresh_token_never_issued(place, subject.name, subject.scheme.id, host, needed)


def _scopes(subject: ConnectorContext) -> set[str]:
    found: set[str] = set()
    for key in ("scopes", "optional_scopes"):
        entry = subject.snapshot.setting("oauth2", key)
        found |= set(split_words(entry.node)) if entry is not None else set()
    return found
