"""Check that tokens which expire are renewed."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import TYPE_CHECKING, Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.definitions import Endpoints, InjectedSecret, Lifetime, Scheme, Source
from authscribe.model.draft import MapNode
from authscribe.resolve.merge import list_maps, locate_value

if TYPE_CHECKING:
    # A run that reads no connectors checks definitions alone.
    from authscribe.connectors.context import ConnectorContext

_TOKEN_URL: Final = "token_url"  # noqa: S105 - a key
_RENEWING: Final = ("refresh", "token", "login")
"""Roles of the endpoints that issue new tokens."""

_RENEWED_BY_SOURCE: Final = (Source.PLATFORM, Source.DERIVED, Source.ENVIRONMENT)

TOKEN_NOT_RENEWED: Final = Rule(
    code="token-not-renewed",
    severity=Severity.WARNING,
    summary="token that expires and that nothing renews",
    why=(
        "The token is valid for a limited time, after which the provider rejects every request. The system neither has "
        "the secret that renews it nor an address at which it could obtain another one, so somebody has to log in "
        "again each time."
    ),
    wrong='"oauth2": {"access_token": "$SECRET(oauth_access_token)"}',
    right=cleandoc("""
        "oauth2": {
          "access_token": "$SECRET(oauth_access_token)",
          "refresh_token": "$SECRET(oauth_refresh_token)",
          "token_url": "{{@ token_url @}}"
        }
        """),
)


def report_token_not_renewed(name: str, renewing: str, place: Place, connector: str, scheme: str) -> Finding:
    """Report a token in use that expires, of a connector that does not use the secret `renewing`."""
    return TOKEN_NOT_RENEWED.finding(
        place,
        f"'{name}' expires, but the system does not use '{renewing}', which renews it",
        f"add '{renewing}' to the system",
        connector=connector,
        scheme=scheme,
        name=name,
    )


def report_scheme_without_renewal(name: str, place: Place, scheme: str) -> Finding:
    """Report a token of a scheme that expires, if the scheme states nothing that could renew it."""
    return TOKEN_NOT_RENEWED.finding(
        place,
        f"'{name}' expires, but scheme '{scheme}' states nothing that renews it",
        "add the secret that renews it, or the URL that issues another one",
        scheme=scheme,
        name=name,
    )


def check_renewal(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each token in use that expires, if the system does not use the secret that renews it."""
    renewing = find_unused_renewal(context)
    if renewing is None or context.scheme is None:
        return
    for secret in context.scheme.injected:
        if secret.lifetime is Lifetime.EXPIRES and secret.name in context.secrets:
            place = context.secrets[secret.name][0].place
            yield report_token_not_renewed(secret.name, renewing, place, context.name, context.scheme.id)


def find_unused_renewal(context: ConnectorContext) -> str | None:
    """Return the secret that would renew the tokens in use; None if it is in use, or something else renews them.

    Placements that leave the secret out state that the platform renews the tokens itself. A system with a token URL
    obtains them with its own credentials.
    """
    # Imported here: a run that reads no connectors checks definitions alone.
    from authscribe.lint.renames import find_misspelt_secrets

    secrets = context.scheme.injected if context.scheme else ()
    renewing = [secret.name for secret in secrets if secret.lifetime is Lifetime.ROTATES]
    expiring = [secret.name for secret in secrets if secret.lifetime is Lifetime.EXPIRES]
    is_renewed = any(leaf.slot[-1:] == (_TOKEN_URL,) for leaf in context.snapshot.leaves)
    if is_renewed or not renewing or context.secrets.keys().isdisjoint(expiring):
        return None
    is_placed = context.placed is None or not context.placed.isdisjoint(renewing)
    used = context.secrets.keys() | find_misspelt_secrets(context)
    return renewing[0] if is_placed and used.isdisjoint(renewing) else None


def check_scheme_renewal(scheme: Scheme, node: MapNode) -> Iterator[Finding]:
    """Yield a finding for each token of a scheme that expires, if the scheme states nothing that renews it."""
    others = [secret for secret in scheme.injected if secret.lifetime is not Lifetime.EXPIRES]
    if others or scheme.token_request is not None or _has_renewing_endpoint(scheme.endpoints):
        return
    for secret, item in zip(scheme.injected, list_maps(node.find("injected")), strict=True):
        if _expires_for_good(secret):
            yield report_scheme_without_renewal(secret.name, locate_value(item, "name"), scheme.id)


def _has_renewing_endpoint(endpoints: Endpoints) -> bool:
    return any(getattr(endpoints, role) is not None for role in _RENEWING)


def _expires_for_good(secret: InjectedSecret) -> bool:
    """Return whether a secret expires and its source does not make another one by itself."""
    return secret.lifetime is Lifetime.EXPIRES and secret.origin.source not in _RENEWED_BY_SOURCE
