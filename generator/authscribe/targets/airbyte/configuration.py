"""Decide which settings of a method the configuration of an Airbyte connector holds, and where each of them is.

A configuration holds what its user supplies and what the platform's OAuth flow fills. The token that an authenticator
obtains by itself is not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from authscribe.model.contract import Contract
from authscribe.model.definitions import InjectedSecret, Kind, Location, Placement, Secret, Setting, Source
from authscribe.model.placement_template import Hole, list_hole_names, parse_template

GRANTS: Final[Mapping[Kind, str]] = {
    Kind.OAUTH2_AUTHORIZATION_CODE: "refresh_token",
    Kind.OPENID_CONNECT: "refresh_token",
    Kind.OAUTH2_DEVICE: "refresh_token",
    Kind.OAUTH2_REFRESH: "refresh_token",
    Kind.OAUTH2_CLIENT_CREDENTIALS: "client_credentials",
    Kind.OAUTH2_PASSWORD: "password",
    Kind.OAUTH2_JWT_BEARER: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    Kind.OAUTH2_TOKEN_EXCHANGE: "urn:ietf:params:oauth:grant-type:token-exchange",
}
"""Grants by which a connector obtains tokens, without the user who logs in once (RFC 6749, 7523 and 8693)."""

FLOW_TYPES: Final[Mapping[Kind, str]] = {
    Kind.OAUTH2_AUTHORIZATION_CODE: "oauth2.0",
    Kind.OPENID_CONNECT: "oauth2.0",
    Kind.OAUTH1: "oauth1.0",
}
"""Flows of the platform for kinds in which a user logs in."""

_OBTAINING: Final = frozenset({*GRANTS, Kind.TWO_STEP, Kind.JWT})
_CREDENTIALS: Final = ("clientid", "clientsecret", "consumerkey", "consumersecret")
"""Endings of the names of credentials that the provider gives to a client, without separators."""

ConfigPath: TypeAlias = tuple[str, ...]
Json: TypeAlias = dict[str, Any]
SettingT = TypeVar("SettingT", bound=Setting)


class PlatformFlow(NamedTuple):
    """Login that the platform runs.

    `credentials` are those of the client, which the administrator of the platform supplies. `copies` and `tokens` map
    the settings that the flow fills to the credentials and to the keys of the token response.
    """

    type: str
    credentials: tuple[Secret, ...]
    copies: Mapping[str, str]
    tokens: Mapping[str, str]


class ConfiguredMethod(NamedTuple):
    """Method with the settings in the configuration, by name.

    `obtained` is the token that the authenticator obtains, and `signed` the assertion that it signs for that. `aliases`
    map copies to the settings that they copy.
    """

    contract: Contract
    kind: Kind
    flow: PlatformFlow | None
    obtained: str | None
    signed: str | None
    settings: Mapping[str, Setting]
    aliases: Mapping[str, str]
    paths: Mapping[str, ConfigPath]

    def find_path(self, name: str) -> ConfigPath | None:
        """Return where the configuration has the value of a setting or of a copy; None if it does not have it."""
        return self.paths.get(self.aliases.get(name, name))

    def has_all(self, names: Iterable[str]) -> bool:
        """Return whether the configuration has all these values."""
        return all(self.find_path(name) is not None for name in names)


def configure_method(contract: Contract) -> ConfiguredMethod:
    """Return a method with the settings in its configuration."""
    kind = next((kind for kind in contract.kinds if kind is not Kind.NONE), Kind.NONE)
    flow = _find_flow(contract, kind)
    obtained = _find_obtained(contract, flow) if kind in _OBTAINING else None
    signed = _find_signed(contract) if kind is Kind.OAUTH2_JWT_BEARER else None
    credentials = {secret.name for secret in flow.credentials} if flow is not None else set()
    supplied = {each.name: each for each in contract.required if each.name not in credentials}
    aliases = {
        each.name: str(each.origin.required)
        for each in contract.injected
        if each.name not in supplied and each.origin.required in supplied
    }
    injected = {
        each.name: each for each in contract.injected if each.name not in {*supplied, *aliases, obtained, signed}
    }
    parameters = {each.name: each for each in contract.parameters}
    settings: dict[str, Setting] = {**parameters, **injected, **supplied}
    ordered = {name: settings[name] for name in (*supplied, *injected, *parameters)}
    return ConfiguredMethod(contract, kind, flow, obtained, signed, ordered, aliases, _locate_settings(ordered))


def _find_flow(contract: Contract, kind: Kind) -> PlatformFlow | None:
    flow_type = FLOW_TYPES.get(kind)
    if flow_type is None:
        return None
    # Whatever their names are, a flow copies the client's credentials into an object of the configuration.
    copied = {each.origin.required for each in contract.injected if each.name.endswith(f".{each.origin.required}")}
    credentials = tuple(
        each for each in contract.required if each.name in copied or squash_name(each.name).endswith(_CREDENTIALS)
    )
    names = {each.name for each in credentials}
    copies = {each.name: str(each.origin.required) for each in contract.injected if each.origin.required in names}
    response = contract.oauth.response if contract.oauth is not None else {}
    tokens = {
        each.name: response.get(each.name) or _guess_key(each)
        for each in contract.injected
        if each.name not in copies and (each.name in response or each.origin.source is Source.ONBOARDING)
    }
    return PlatformFlow(flow_type, credentials, copies, tokens)


def _guess_key(token: InjectedSecret) -> str:
    """Return the key of a token in the response, with the name that OAuth gives to such a token (RFC 6749, 5849)."""
    squashed = squash_name(token.name)
    known = ("access_token", "refresh_token", "id_token", "oauth_token_secret", "oauth_token")
    return next((key for key in known if squashed.endswith(squash_name(key))), token.name.rpartition(".")[2])


def _find_obtained(contract: Contract, flow: PlatformFlow | None) -> str | None:
    """Return the secret that is sent, and that neither the owner nor the flow supplies under this name or another."""
    supplied = {each.name for each in contract.required} | (flow.tokens.keys() if flow is not None else set())
    own = {each.name for each in contract.injected if each.name not in supplied and each.origin.required is None}
    sent = (
        part.name
        for placement in contract.placements
        for template in placement.templates
        for part in parse_template(template)
        if isinstance(part, Hole)
    )
    return next((name for name in sent if name in own), None)


def _find_signed(contract: Contract) -> str | None:
    """Return the secret that a token request carries as its assertion (RFC 7523), and that is derived from others."""
    derived = {each.name for each in contract.injected if each.origin.source is Source.DERIVED}
    body = contract.token_request.body if contract.token_request is not None else None
    assertion = body.get("assertion") if isinstance(body, dict) else None
    return next((name for name in derived if assertion == f"${{{name}}}"), None)


def _locate_settings(names: Iterable[str]) -> dict[str, ConfigPath]:
    """Return the path of each setting, whose parts a name separates by dots.

    The name is one key if a part of it is empty, or if another setting has the place of an object on the path.
    """
    names = tuple(names)
    paths = {name: tuple(name.split(".")) for name in names}
    return {
        name: path if all(path) and not any(".".join(path[:end]) in paths for end in range(1, len(path))) else (name,)
        for name, path in paths.items()
    }


def squash_name(name: str) -> str:
    """Return a name in lower case without anything but letters and digits."""
    return "".join(filter(str.isalnum, name.lower()))


def find_ending(settings: Iterable[SettingT], ending: str) -> SettingT | None:
    """Return the first setting whose name ends like this, apart from case and separators."""
    return next((each for each in settings if squash_name(each.name).endswith(squash_name(ending))), None)


def is_bearer(placement: Placement) -> bool:
    """Return whether a placement sends a value as RFC 6750 states."""
    parts = parse_template(placement.value)
    is_header = placement.location is Location.HEADER and placement.name.lower() == "authorization"
    return is_header and placement.fallback is None and parts[:1] == ("Bearer ",) and [*map(type, parts)] == [str, Hole]


def list_sent(placement: Placement) -> set[str]:
    """Return the names of the values that a placement sends."""
    return list_hole_names(*placement.templates)
