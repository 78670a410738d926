"""Contracts: the effective facts of one scheme or one method of a connector, which every target renders.

Defaults are applied here: a connector's placements take precedence over the scheme's, and the scheme's over those of
the platform for its kind. Flags that a connector sets add the secrets that they inject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import (
    Connector,
    Endpoints,
    InjectedSecret,
    Kind,
    Method,
    OAuth,
    Parameter,
    Placement,
    Scheme,
    Secret,
    Setting,
    TokenRequest,
)
from authscribe.model.placement_template import list_hole_names
from authscribe.model.platform import Platform

_SettingT = TypeVar("_SettingT", bound=Setting)

COMPUTED_KINDS: Final = frozenset(
    (Kind.HTTP_DIGEST, Kind.OAUTH1, Kind.SIGNATURE_HMAC, Kind.SIGNATURE_HTTP, Kind.AWS_SIGV4)
)
"""Kinds whose credentials are never sent themselves, but prove the sender by what is computed from the request."""


class Contract(NamedTuple):
    """Effective facts of one way to authenticate; names are unique in each tuple.

    `unplaced` are the schemes for which no placement is known.
    """

    schemes: tuple[Scheme, ...]
    required: tuple[Secret, ...]
    injected: tuple[InjectedSecret, ...]
    parameters: tuple[Parameter, ...]
    placements: tuple[Placement, ...]
    unplaced: tuple[Scheme, ...]
    endpoints: Endpoints
    oauth: OAuth | None
    token_request: TokenRequest | None
    selector: dict[str, str]

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Return all secrets and parameters; a required and an injected secret may have one name."""
        return (*self.required, *self.injected, *self.parameters)

    @property
    def lacks_placements(self) -> bool:
        """Return whether secrets are injected, and no placement puts anything into a request."""
        return bool(self.injected) and not self.placements

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds of the schemes, in their order."""
        return tuple(scheme.kind for scheme in self.schemes)


def build_scheme_contract(catalogue: Catalogue, scheme: Scheme) -> Contract:
    """Return the contract of a scheme on its own, without any connector."""
    return _build_contract(catalogue, (scheme,), None)


def list_contracts(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[Contract]:
    """Yield the contract of a scheme, or those of all methods of a connector."""
    if isinstance(definition, Scheme):
        yield build_scheme_contract(catalogue, definition)
    else:
        yield from (build_method_contract(catalogue, definition, method) for method in list_methods(definition))


def list_methods(connector: Connector) -> tuple[Method, ...]:
    """Return the ways to authenticate that a connector offers; a `scheme` counts as one method of that name."""
    return connector.methods if connector.scheme is None else _make_methods(connector.scheme)


@lru_cache(maxsize=1024)
def _make_methods(scheme: str) -> tuple[Method, ...]:
    """Return the one method of the connectors that use a scheme: most checks and targets ask for it."""
    return (Method(id=scheme, schemes=(scheme,)),)


def build_method_contract(catalogue: Catalogue, connector: Connector, method: Method) -> Contract:
    """Return the contract of a method of the connector: its schemes combined with the connector's own facts."""
    return _build_contract(catalogue, tuple(catalogue.get_scheme(name) for name in method.schemes), connector)


def _build_contract(catalogue: Catalogue, schemes: Sequence[Scheme], connector: Connector | None) -> Contract:
    injected = [secret for scheme in schemes for secret in scheme.injected]
    parameters = [parameter for owner in (connector, *schemes) if owner is not None for parameter in owner.parameters]
    placements, unplaced = _choose_placements(catalogue, schemes, connector)
    return Contract(
        schemes=tuple(schemes),
        required=_join_repeated(secret for scheme in schemes for secret in scheme.required),
        injected=_join_repeated((*injected, *_list_flag_secrets(catalogue, connector))),
        parameters=_join_repeated(parameters),
        placements=placements,
        unplaced=unplaced,
        endpoints=_merge_endpoints(schemes, connector),
        oauth=_merge_oauth(schemes, connector),
        token_request=next((scheme.token_request for scheme in schemes if scheme.token_request is not None), None),
        selector={key: value for scheme in schemes for key, value in scheme.selector.items()},
    )


def _join_repeated(settings: Iterable[_SettingT]) -> tuple[_SettingT, ...]:
    """Return one setting for each name, in which the first one of the name that states a key decides.

    Each name in `names` is a key of its own.
    """
    settings = tuple(settings)
    if len({setting.name for setting in settings}) == len(settings):
        return settings
    by_name: dict[str, _SettingT] = {}
    for setting in settings:
        first = by_name.setdefault(setting.name, setting)
        if first is not setting:
            stated = {key: getattr(first, key) for key in first.model_fields_set}
            stated["names"] = setting.names.model_copy(update=first.names.model_dump(exclude_unset=True))
            by_name[setting.name] = setting.model_copy(update=stated)
    return tuple(by_name.values())


def _list_flag_secrets(catalogue: Catalogue, connector: Connector | None) -> tuple[InjectedSecret, ...]:
    if connector is None:
        return ()
    return tuple(
        secret for flag in catalogue.platform.flags if flag.name in connector.flags for secret in flag.injected
    )


def _choose_placements(
    catalogue: Catalogue, schemes: Sequence[Scheme], connector: Connector | None
) -> tuple[tuple[Placement, ...], tuple[Scheme, ...]]:
    """Return the placements of the connector, or else of its schemes, and the schemes that are left without any."""
    if connector and connector.placements:
        return connector.placements, ()
    by_scheme = [(scheme, list_placements(catalogue, scheme)) for scheme in schemes]
    placements = tuple(placement for _, placements in by_scheme for placement in placements)
    return placements, tuple(scheme for scheme, placements in by_scheme if not placements)


def list_placements(catalogue: Catalogue, scheme: Scheme) -> tuple[Placement, ...]:
    """Return the placements of a scheme, or the platform's placements for its kind if the scheme states none.

    Of the platform's placements, only those are used whose secrets and parameters the scheme has. A scheme that
    states an empty list has no placements, whatever its kind.
    """
    if "placements" in scheme.model_fields_set:
        return scheme.placements
    available = {setting.name for setting in (*scheme.injected, *scheme.parameters)} | list_platform_variables(
        catalogue
    )
    defaults = catalogue.platform.placements.get(scheme.kind, ())
    return tuple(placement for placement in defaults if list_hole_names(*placement.templates) <= available)


def list_platform_variables(catalogue: Catalogue) -> set[str]:
    """Return the names of the variables that the platform fills, always or usually, without a declaration."""
    return {variable.name for variable in catalogue.platform.variables}


def spell_secret(platform: Platform, name: str) -> str:
    """Return the reference to a secret in a template of the platform."""
    return platform.references.secret.replace("{name}", platform.spell_name(name))


def spell_variable(platform: Platform, name: str) -> str:
    """Return the reference to a parameter in a template of the platform.

    A name that the platform would take for an expression is read from the environment: `{{@ wix-site-id @}}` is a
    subtraction.
    """
    references, spelt = platform.references, platform.spell_name(name)
    return (references.variable if references.can_name(spelt) else references.environment).replace("{name}", spelt)


def _merge_endpoints(schemes: Sequence[Scheme], connector: Connector | None) -> Endpoints:
    """Return the URL of each role from the connector, or else from the first scheme that states it."""
    owners = (connector, *schemes)
    stated = [owner.endpoints for owner in owners if owner is not None and owner.endpoints.model_fields_set]
    if len(stated) == 1:
        return stated[0]
    merged: dict[str, Any] = {}
    for endpoints in stated:
        for role in Endpoints.model_fields:
            endpoint = getattr(endpoints, role)
            if endpoint is not None:
                merged.setdefault(role, endpoint)
    return Endpoints(**merged)


def _merge_oauth(schemes: Sequence[Scheme], connector: Connector | None) -> OAuth | None:
    """Return the value of each key from the connector, or else from the last scheme that states it."""
    stated = [owner.oauth for owner in (*schemes, connector) if owner is not None and owner.oauth is not None]
    if len(stated) < 2:
        return stated[0] if stated else None
    merged = {key: getattr(oauth, key) for oauth in stated for key in oauth.model_fields_set}
    return OAuth(**merged)
