"""Contracts: what one scheme, or one method of a connector, asks for and gets; what every target renders.

Here the defaults meet: a connector's own placements before the scheme's, the scheme's before the platform's
for that kind; the flags that a connector sets add what they inject.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from authscribe.model.definitions import (
    Catalogue,
    Connector,
    Endpoint,
    Endpoints,
    InjectedSecret,
    Kind,
    Method,
    OAuth,
    Parameter,
    Placement,
    Platform,
    Scheme,
    Secret,
    Setting,
)
from authscribe.model.placement_template import hole_names

_Named = TypeVar("_Named", bound=Setting)


class Contract(NamedTuple):
    """The effective facts of one way to authenticate; names are unique in each tuple."""

    schemes: tuple[Scheme, ...]
    required: tuple[Secret, ...]
    injected: tuple[InjectedSecret, ...]
    parameters: tuple[Parameter, ...]
    placements: tuple[Placement, ...]
    endpoints: Endpoints
    oauth: OAuth | None
    selector: dict[str, str]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of the schemes, in their order."""
        return tuple(scheme.kind for scheme in self.schemes)


def contract_of_scheme(catalogue: Catalogue, scheme: Scheme) -> Contract:
    """The contract of a scheme by itself, without any connector."""
    return _joined(catalogue, (scheme,), None)


def methods_of(connector: Connector) -> tuple[Method, ...]:
    """The ways to authenticate that a connector offers; a lone `scheme` is one method of that name."""
    if connector.scheme is not None:
        return (Method(id=connector.scheme, schemes=(connector.scheme,)),)
    return connector.methods


def scheme_ids_of(connector: Connector) -> tuple[str, ...]:
    """The ids of the schemes that any of the connector's methods uses, each once, in their order."""
    return tuple(dict.fromkeys(name for method in methods_of(connector) for name in method.schemes))


def contract_of_method(catalogue: Catalogue, connector: Connector, method: Method) -> Contract:
    """The contract of one of the connector's methods: its schemes together, and the connector's own facts."""
    return _joined(catalogue, tuple(catalogue.scheme(name) for name in method.schemes), connector)


def _joined(catalogue: Catalogue, schemes: Sequence[Scheme], connector: Connector | None) -> Contract:
    own_parameters = connector.parameters if connector else ()
    return Contract(
        schemes=tuple(schemes),
        required=_unique(secret for scheme in schemes for secret in scheme.required),
        injected=_unique((*(s for scheme in schemes for s in scheme.injected), *_by_flags(catalogue, connector))),
        parameters=_unique((*own_parameters, *(p for scheme in schemes for p in scheme.parameters))),
        placements=_placements(catalogue, schemes, connector),
        endpoints=_endpoints(schemes, connector),
        oauth=_oauth(schemes, connector),
        selector={key: value for scheme in schemes for key, value in scheme.selector.items()},
    )


def _unique(settings: Iterable[_Named]) -> tuple[_Named, ...]:
    """The settings in their order, the first of each name; `resolve` has checked that equal names agree."""
    by_name: dict[str, _Named] = {}
    for setting in settings:
        by_name.setdefault(setting.name, setting)
    return tuple(by_name.values())


def _by_flags(catalogue: Catalogue, connector: Connector | None) -> tuple[InjectedSecret, ...]:
    if connector is None:
        return ()
    return tuple(
        secret for flag in catalogue.platform.flags if flag.name in connector.flags for secret in flag.injected
    )


def _placements(catalogue: Catalogue, schemes: Sequence[Scheme], connector: Connector | None) -> tuple[Placement, ...]:
    if connector and connector.placements:
        return connector.placements
    return tuple(placement for scheme in schemes for placement in placements_of(catalogue, scheme))


def placements_of(catalogue: Catalogue, scheme: Scheme) -> tuple[Placement, ...]:
    """The scheme's own placements, else those of the platform for its kind, as far as the scheme has the secrets.

    A scheme that states an empty list has none, whatever its kind.
    """
    if "placements" in scheme.model_fields_set:
        return scheme.placements
    known = {setting.name for setting in (*scheme.injected, *scheme.parameters)} | platform_variables(catalogue)
    usual = catalogue.platform.placements.get(scheme.kind, ())
    return tuple(placement for placement in usual if hole_names(placement.value) <= known)


def platform_variables(catalogue: Catalogue) -> set[str]:
    """What the platform fills, or usually fills, without anybody declaring it."""
    return {variable.name for variable in catalogue.platform.variables}


def spell_variable(platform: Platform, name: str) -> str:
    """How a template of the platform refers to a parameter.

    A name that is no identifier would be read as an expression, as `{{@ wix-site-id @}}` is a subtraction; such a
    one is read from the environment.
    """
    references = platform.references
    return (references.variable if name.isidentifier() else references.environment).replace("{name}", name)


def _endpoints(schemes: Sequence[Scheme], connector: Connector | None) -> Endpoints:
    """The connector's own addresses before those of its schemes; each role that is stated counts alone."""
    known = (*([connector.endpoints] if connector else []), *(scheme.endpoints for scheme in schemes))
    stated = [endpoints for endpoints in known if endpoints.model_fields_set]
    if len(stated) == 1:
        return stated[0]
    found: dict[str, Endpoint] = {}
    for endpoints in stated:
        for role in Endpoints.model_fields:
            endpoint: Endpoint | None = getattr(endpoints, role)
            if endpoint is not None:
                found.setdefault(role, endpoint)
    return Endpoints(**found)


def _oauth(schemes: Sequence[Scheme], connector: Connector | None) -> OAuth | None:
    """The connector's own statements before those of its schemes; each key that is stated counts alone."""
    stated = [owner.oauth for owner in (*schemes, connector) if owner is not None and owner.oauth is not None]
    if len(stated) < 2:
        return stated[0] if stated else None
    merged = {key: getattr(oauth, key) for oauth in stated for key in oauth.model_fields_set}
    return OAuth(**merged)
