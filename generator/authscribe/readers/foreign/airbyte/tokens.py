"""Read Airbyte's authenticators that send a token which they obtain by OAuth, or sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode
from authscribe.readers.foreign.airbyte.advanced_auth import CLIENT_CREDENTIALS
from authscribe.readers.foreign.airbyte.manifest import ManifestComponent
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import make_list, make_map, make_plain_map

_ASSERTION: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_KINDS: Final[Mapping[str, str]] = {
    "refresh_token": "oauth2_refresh",
    "client_credentials": "oauth2_client_credentials",
    "password": "oauth2_password",
    _ASSERTION: "oauth2_jwt_bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange": "oauth2_token_exchange",
}
"""Kinds by grant type."""
_AUTHORIZATION: Final = "Authorization"
_JWT: Final = "jwt"


def read_oauth(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add a token that the connector requests with an OAuth grant."""
    if component.find_node("token_refresh_endpoint") is None and component.find_node("access_token_value") is not None:
        # As in airbyte-cdk, the stored token is sent as it is.
        mechanism.kind = "http_bearer"
        _add_access_token(component, mechanism)
        return
    grant = _use_grant(component, mechanism)
    _use_endpoint(component, mechanism, grant)
    fields = _make_grant_fields(component, mechanism, grant)
    is_query = mechanism.use_flag(component, "send_refresh_request_as_query_params")
    mechanism.token_request = make_map(
        mechanism.place,
        headers=mechanism.use_mapping(component, "refresh_request_headers"),
        basic=_make_basic(component, mechanism),
        query=fields if is_query else None,
        body=None if is_query else fields,
        token_path=mechanism.use_literal(component, "access_token_name") or "access_token",
        **{_find_expiry_key(component): mechanism.use_literal(component, "expires_in_name") or "expires_in"},
    )
    _add_scopes(component, mechanism)
    _add_access_token(component, mechanism)


def _find_expiry_key(component: ManifestComponent) -> str:
    """Return what the response states: with a format of dates, it is the time at which the token expires."""
    return "expires_in_path" if component.find_node("token_expiry_date_format") is None else "expires_at_path"


def read_custom(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add what the fields of an authenticator in code state: its settings and, if it requests tokens, the request.

    The fields have the names of airbyte-cdk's own authenticator, which such code extends. What it sends to the endpoint
    is not known.
    """
    if component.find_node("token_refresh_endpoint") is None:
        _use_fields(component, mechanism, [entry.key for entry in component.mappings[0].node.entries])
        return
    states_grant = any(component.find_node(key) is not None for key in ("grant_type", "refresh_token"))
    _use_endpoint(component, mechanism, _use_grant(component, mechanism) if states_grant else "")
    _use_fields(component, mechanism, (*CLIENT_CREDENTIALS, "refresh_token"))
    _add_scopes(component, mechanism)
    if mechanism.kind != "custom":
        _add_access_token(component, mechanism)


def _use_fields(component: ManifestComponent, mechanism: AuthMechanism, keys: Iterable[str]) -> None:
    """Note the settings in the fields under the keys, which are kept: only the code knows what it does with them."""
    used = filter(None, map(component.find_template, keys))
    mechanism.names |= {name for template in used for name in template.names}


def _use_endpoint(component: ManifestComponent, mechanism: AuthMechanism, grant: str) -> None:
    """Add the kind of the grant, and the address for its requests."""
    mechanism.kind = _KINDS.get(grant, "custom")
    mechanism.use_address(component, "refresh" if grant == "refresh_token" else "token", "token_refresh_endpoint")


def _make_basic(component: ManifestComponent, mechanism: AuthMechanism) -> MapNode | None:
    """Return the basic credentials of the token request."""
    headers = component.find_mapping("refresh_request_headers")
    pair = mechanism.use_basic(headers, _AUTHORIZATION) if headers is not None else None
    if pair is None:
        return None
    return make_map(mechanism.place, username=pair[0].to_url(), password=pair[1].to_url())


def _use_grant(component: ManifestComponent, mechanism: AuthMechanism) -> str:
    """Return the grant type, which an assertion that is signed for the client overrides."""
    if mechanism.use_flag(component, "use_profile_assertion"):
        return _ASSERTION
    grant = mechanism.use_literal(component, "grant_type")
    return grant or ("refresh_token" if component.find_node("grant_type") is None else "")


def _make_grant_fields(component: ManifestComponent, mechanism: AuthMechanism, grant: str) -> MapNode | None:
    """Return the fields of the token request (RFC 6749), with the names that this provider uses.

    As in airbyte-cdk, the credentials of the client are not repeated beside a header that authenticates it, and the
    fields of the grant come before others of the same name.
    """
    # A grant that depends on settings is not known.
    grant_name = mechanism.use_literal(component, "grant_type_name") or "grant_type"
    fields: dict[str, Node | str] = {grant_name: grant} if grant else {}
    assertion = component.find_component("profile_assertion") if grant == _ASSERTION else None
    if assertion is not None:
        _add_signed_token(assertion, mechanism)
        return make_plain_map({**fields, "assertion": f"${{{_JWT}}}"}, mechanism.place)
    headers = component.find_component("refresh_request_headers")
    is_authenticated = headers is not None and headers.find_node(_AUTHORIZATION) is not None
    for key in () if is_authenticated else CLIENT_CREDENTIALS:
        value = mechanism.use_template(component, key)
        if value is not None:
            fields[mechanism.use_literal(component, f"{key}_name") or key] = value.to_url()
    fields |= _make_refresh_field(component, mechanism)
    scopes = _use_scopes(component, mechanism)
    if scopes is not None:
        fields.setdefault("scopes", scopes)
    others = mechanism.use_mapping(component, "refresh_request_body")
    for entry in others.entries if others is not None else ():
        fields.setdefault(entry.key, entry.node)
    return make_plain_map(dict(fields), mechanism.place)


def _make_refresh_field(component: ManifestComponent, mechanism: AuthMechanism) -> dict[str, str]:
    """Return the refresh token, which a connector that stores new ones takes from where it stores them."""
    updater = component.find_component("refresh_token_updater")
    stored = _find_path(updater, "refresh_token_config_path", "credentials.refresh_token") if updater else None
    if updater is not None and stored in component.manifest.settings:
        return {updater.find_literal("refresh_token_name") or "refresh_token": f"${{{stored}}}"}
    value = mechanism.use_template(component, "refresh_token")
    if value is None:
        return {}
    return {mechanism.use_literal(component, "refresh_token_name") or "refresh_token": value.to_url()}


def _use_scopes(component: ManifestComponent, mechanism: AuthMechanism) -> ListNode | None:
    scopes = list_texts(component.find_node("scopes"))
    if not scopes or any("{{" in scope for scope in scopes):
        return None
    mechanism.note(component, "scopes")
    return make_list(tuple(ScalarNode(scope, mechanism.place) for scope in scopes), mechanism.place)


def _find_scopes(component: ManifestComponent, mechanism: AuthMechanism) -> ListNode | None:
    """Return the scopes in the field that is standard (RFC 6749 section 3.3), or in the claim of a signed assertion.

    The claim is Google's: https://developers.google.com/identity/protocols/oauth2/service-account.
    """
    assertion = component.find_component("profile_assertion")
    claims = assertion.find_component("additional_jwt_payload") if assertion is not None else None
    holders = filter(None, (component.find_component("refresh_request_body"), claims))
    words = next(filter(None, (holder.find_literal("scope") for holder in holders)), "").split(" ")
    return (
        make_list(tuple(ScalarNode(word, mechanism.place) for word in words), mechanism.place) if all(words) else None
    )


def _add_scopes(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    scopes = _use_scopes(component, mechanism) or _find_scopes(component, mechanism)
    rotates = True if component.find_component("refresh_token_updater") is not None else None
    if scopes is not None or rotates:
        mechanism.oauth = make_map(mechanism.place, scopes=scopes, rotates_refresh_token=rotates)


def _add_access_token(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add the access token: that of a setting, if one stores it, else one that the connector obtains and renews."""
    stored = component.find_template("access_token_value")
    updater = component.find_component("refresh_token_updater")
    updated = _find_path(updater, "access_token_config_path", "credentials.access_token") if updater else None
    if stored is not None and stored.names and stored.to_placement() == f"{{{stored.names[0]}}}":
        name = stored.names[0]
        if stored.is_all:
            mechanism.note(component, "access_token_value")
    else:
        stored = None
        name = updated or component.find_literal("access_token_name") or "access_token"
    if stored is not None and name != updated:
        mechanism.names.add(name)
    else:
        mechanism.add_obtained(name, "platform")
    mechanism.add_placement("header", "Authorization", f"Bearer {{{name}}}")


def _find_path(updater: ManifestComponent, key: str, default: str) -> str:
    """Return the setting that a new token is written to; the default is that of airbyte-cdk."""
    return ".".join(list_texts(updater.find_node(key))) or default


def read_jwt(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add a token that is signed with a key and valid for minutes; how it is made is left in the manifest.

    As in airbyte-cdk, its prefix counts wherever the token is sent.
    """
    _add_signed_token(component, mechanism)
    token = ConfigTemplate(("", _JWT, ""))
    if component.find_node("header_prefix") is not None:
        prefix = mechanism.use_literal(component, "header_prefix")
        if prefix is None:
            return
        token = token.prepend(f"{prefix} ")
    if component.find_node("request_option") is not None:
        mechanism.add_placement_by_option(component, "request_option", token)
    else:
        mechanism.add_placement("header", "Authorization", token.to_placement())


def _add_signed_token(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    key = component.find_template("secret_key")
    mechanism.names |= set(key.names) if key is not None else set()
    mechanism.add_obtained(_JWT, "derived")
