"""Plan OpenAPI documents with the security schemes of connectors and schemes, and how they are required.

The documents follow the OpenAPI Specification 3.1.1, or 3.2.0 if they need its device flows, metadata or deprecated
schemes. The schemes of a method are one requirement, and the methods of a connector are alternatives. A value that is
sent with other text, such as `Token {key}`, has its template in `x-value`. What OpenAPI cannot describe, such as a
credential in the body, is listed in `x-left-out`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Final

from authscribe.encoders.language import Language
from authscribe.encoders.markdown import encode_commonmark
from authscribe.encoders.text import keep_web_address
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_contracts, list_placements
from authscribe.model.definitions import Connector, Kind, Parameter, Placement, Scheme
from authscribe.model.placement_template import (
    fill_variables,
    list_hole_names,
    list_variable_names,
)
from authscribe.targets.addresses import list_addresses
from authscribe.targets.openapi_schemes import (
    COMPONENT,
    COMPUTED,
    DEVICE_FLOW,
    METADATA,
    NOT_DESCRIBED,
    PARAMETERS,
    SchemeUse,
    SecurityScheme,
    list_security_schemes,
)
from authscribe.targets.plan import OPENAPI, PLACEHOLDER, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import find_title, locate_stubs, spell_value

_VERSION: Final = "3.1.1"
_NEW_VERSION: Final = "3.2.0"
_DOCUMENT_VERSION: Final = "1.0.0"
_NEW_KEYS: Final = frozenset({"deprecated", METADATA})
"""Keys of a security scheme that only the new version has."""

_SIGNATURES: Final = frozenset({Kind.SIGNATURE_HMAC, Kind.SIGNATURE_HTTP})


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    document = _build_document(catalogue, definition)
    path = f"{OPENAPI}/{locate_stubs(definition)}.yaml"
    yield PlannedFile(path, OPENAPI, Language.YAML, document, subject=definition.id)


OPENAPI_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of a YAML document for each scheme and connector."""


def _build_document(catalogue: Catalogue, definition: Scheme | Connector) -> dict[str, object]:
    contracts = tuple(list_contracts(catalogue, definition))
    components = _Components()
    requirements = [_build_requirement(_list_uses(catalogue, definition, each), components) for each in contracts]
    left_out = [text for contract in contracts for text in _list_left_out(contract)]
    description, page = encode_commonmark(definition.summary), keep_web_address(definition.docs)
    info = {"title": find_title(definition), "description": description, "version": _DOCUMENT_VERSION}
    return {
        "openapi": _NEW_VERSION if any(map(_needs_new_version, components.documents.values())) else _VERSION,
        "info": {key: text for key, text in info.items() if text.strip()},
        **({"externalDocs": {"url": page}} if page is not None else {}),
        **_build_servers(contracts[0]),
        "paths": {},
        "components": {"securitySchemes": components.documents},
        # Methods that differ in nothing that OpenAPI describes are one alternative.
        "security": list(_drop_equal(requirements)),
        **({"x-left-out": list(dict.fromkeys(left_out))} if left_out else {}),
    }


def _needs_new_version(component: Mapping[str, object]) -> bool:
    flows = component.get("flows")
    return not _NEW_KEYS.isdisjoint(component) or (isinstance(flows, dict) and DEVICE_FLOW in flows)


def _drop_equal(requirements: Iterable[dict[str, list[str]]]) -> Iterable[dict[str, list[str]]]:
    """Return the first of requirements that are equal."""
    first: dict[str, dict[str, list[str]]] = {}
    for requirement in requirements:
        first.setdefault(_spell_content(requirement), requirement)
    return first.values()


class _Components:
    """Components of a document, in time linear in their number.

    `_names` has the component for a name and a content, and `_candidates` the names that follow those known so far.
    """

    def __init__(self) -> None:
        self.documents: dict[str, Mapping[str, object]] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._candidates: dict[str, Iterator[str]] = {}

    def add(self, scheme: SecurityScheme) -> str:
        """Return the name of a component, which is added unless an equal one has the name."""
        key = (scheme.name, _spell_content(scheme.document))
        numbered = (f"{scheme.name}-{number}" for number in count(2))
        candidates = self._candidates.setdefault(scheme.name, chain((scheme.name,), numbered))
        while key not in self._names:
            name = next(candidates)
            document = self.documents.setdefault(name, scheme.document)
            self._names.setdefault((scheme.name, _spell_content(document)), name)
        return self._names[key]


def _spell_content(content: Mapping[str, object]) -> str:
    """Return a text that is equal for equal content, whatever the order of its keys."""
    return json.dumps(content, sort_keys=True)


def _build_requirement(uses: Iterable[SchemeUse], components: _Components) -> dict[str, list[str]]:
    """Return the requirement of a method, and add what it requires to the components."""
    required = [each for use in uses for each in list_security_schemes(use)]
    return {components.add(each): list(each.scopes) for each in required}


def _list_uses(catalogue: Catalogue, definition: Scheme | Connector, contract: Contract) -> Iterator[SchemeUse]:
    """Yield the schemes of a contract; a placement of the connector belongs to the first one with a value in it."""
    is_own = isinstance(definition, Connector) and bool(definition.placements)
    owned = _group_by_owner(contract) if is_own else {}
    for scheme in contract.schemes:
        placements = owned.get(scheme.id, ()) if is_own else list_placements(catalogue, scheme)
        # If the connector places none of its values, only what is computed remains of a scheme.
        if placements or not is_own or scheme.kind in COMPUTED:
            yield SchemeUse(scheme, contract, placements, _name_scheme(scheme, definition))


def _group_by_owner(contract: Contract) -> dict[str, list[Placement]]:
    """Return the placements by the first scheme that has a value in them, or else by the first of all."""
    positions: dict[str, int] = {}
    for position, scheme in enumerate(contract.schemes):
        for setting in (*scheme.injected, *scheme.parameters):
            positions.setdefault(setting.name, position)
    owned: dict[str, list[Placement]] = {}
    for placement in contract.placements:
        known = [positions[name] for name in list_hole_names(*placement.templates) if name in positions]
        owned.setdefault(contract.schemes[min(known, default=0)].id, []).append(placement)
    return owned


def _name_scheme(scheme: Scheme, definition: Scheme | Connector) -> str:
    """Return the title, if a component can have it, or else the id without that of the connector before it."""
    if scheme.title is not None and COMPONENT.fullmatch(scheme.title):
        return scheme.title
    return scheme.id.removeprefix(f"{definition.id}.")


def _build_servers(contract: Contract) -> dict[str, object]:
    """Return the base address as the only server, if it is known; a variable without a default has a placeholder."""
    url = list_addresses(contract.endpoints).get("base")
    if not url:
        return {}
    parameters = {parameter.name: parameter for parameter in contract.parameters}
    variables = {name: _build_variable(parameters.get(name)) for name in list_variable_names(url)}
    server = {"url": fill_variables(url, "{{{}}}".format), **({"variables": variables} if variables else {})}
    return {"servers": [server]}


def _build_variable(parameter: Parameter | None) -> dict[str, object]:
    """Return a server variable, whose default has to be one of the allowed values."""
    if parameter is None:
        return {"default": PLACEHOLDER}
    choices = [spell_value(choice.value) for choice in parameter.enum]
    # An empty text is no part of an address.
    default = [*choices, PLACEHOLDER][0] if parameter.default in (None, "") else spell_value(parameter.default)
    is_allowed = default in choices
    return {
        "default": default,
        **({"enum": choices} if is_allowed else {}),
        **({"description": encode_commonmark(parameter.description)} if parameter.description.strip() else {}),
    }


def _list_left_out(contract: Contract) -> Iterator[str]:
    """Yield what requests carry and security schemes cannot describe, such as a header that is always the same."""
    for placement in contract.placements:
        is_constant = placement.location in PARAMETERS and not list_hole_names(*placement.templates)
        if placement.location in NOT_DESCRIBED or is_constant:
            yield f"{placement.location.value} {placement.name}".strip()
    yield from (f"signature ({kind.value})" for kind in contract.kinds if kind in _SIGNATURES)
