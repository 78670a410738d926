"""Rewrite definitions in the form in which one document of another system states them.

Such a document defines one connector, and a scheme of its own for each of its methods. What a connector adds to a
scheme, and what schemes that are used together have in common, is part of that scheme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_contracts, list_methods
from authscribe.model.definitions import Connector, Endpoint, Endpoints, Method, Scheme

_HEAD: Final = ("title", "summary", "docs")
"""Facts of a scheme that the document about it states of its connector."""


def isolate_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Catalogue:
    """Return the catalogue of a connector alone, or of a scheme with a connector of the same id."""
    if isinstance(definition, Connector):
        return _isolate(catalogue, definition, definition, [method.id for method in list_methods(definition)])
    facts = {key: getattr(definition, key) for key in _HEAD if key in definition.model_fields_set}
    connector = Connector(id=definition.id, scheme=definition.id, **facts)
    bare = definition.model_copy(update={key: Scheme.model_fields[key].default for key in _HEAD})
    owned = replace(catalogue, schemes=(bare,), connectors=(connector,))
    return _isolate(owned, connector, connector, [definition.id])


def align_definition(read: Catalogue, stated: Catalogue) -> Catalogue:
    """Return the only connector of a catalogue with the ids that an isolated one has.

    Methods with the same id correspond, and the others in order.
    """
    (connector,), (pattern,) = read.connectors, stated.connectors
    known = [method.id for method in list_methods(pattern)]
    found = [method.id for method in list_methods(connector)]
    missing = iter([name for name in known if name not in found])
    return _isolate(read, connector, pattern, [name if name in known else next(missing, name) for name in found])


def _isolate(catalogue: Catalogue, connector: Connector, pattern: Connector, ids: Sequence[str]) -> Catalogue:
    """Return a connector with schemes of its own, and with the form and the id of the pattern."""
    contracts = tuple(list_contracts(catalogue, connector))
    is_single = len(list_methods(pattern)) == 1
    schemes: list[Scheme] = []
    methods: list[Method] = []
    for name, method, contract in zip(ids, list_methods(connector), contracts, strict=False):
        own = tuple(_list_schemes(pattern.id if is_single and not schemes else f"{pattern.id}.{name}", contract))
        schemes += own
        # A title that only repeats the id is none: forms need one.
        title = method.title if method.title != name else None
        facts = {"id": name, "title": title, "schemes": tuple(scheme.id for scheme in own)}
        methods.append(method.model_copy(update=facts))
    whole = {
        "id": pattern.id,
        "scheme": schemes[0].id if pattern.scheme is not None else None,
        "methods": () if pattern.scheme is not None else tuple(methods),
        "parameters": (),
        "placements": (),
        "endpoints": _part_queries(Endpoints(base=contracts[0].endpoints.base)),
        "oauth": None,
    }
    return replace(catalogue, schemes=tuple(schemes), connectors=(connector.model_copy(update=whole),))


def _list_schemes(identifier: str, contract: Contract) -> Iterator[Scheme]:
    """Yield the first scheme of a method with everything that the method uses, and the others without it."""
    first, *others = contract.schemes
    endpoints = _part_queries(contract.endpoints.model_copy(update={"base": None}))
    effective = {key: getattr(contract, key) for key in ("required", "injected", "parameters", "placements")}
    facts = {**effective, "endpoints": endpoints, "oauth": contract.oauth, "token_request": contract.token_request}
    # What a scheme extends has been applied.
    facts["extends"] = None
    yield first.model_copy(update={**facts, "id": identifier})
    nothing = {key: Scheme.model_fields[key].default for key in facts}
    for number, scheme in enumerate(others, 2):
        yield scheme.model_copy(update={**nothing, "id": f"{identifier}.{number}"})


def _part_queries(endpoints: Endpoints) -> Endpoints:
    """Return the endpoints with the queries apart from the URLs: it is the same address."""
    stated = ((role, getattr(endpoints, role)) for role in Endpoints.model_fields)
    parts: dict[str, Any] = {role: _part_query(endpoint) for role, endpoint in stated if endpoint is not None}
    return Endpoints(**parts)


def _part_query(endpoint: Endpoint) -> Endpoint:
    url, _, query = endpoint.url.partition("?")
    pairs = [part.partition("=") for part in query.split("&")]
    parts = {unquote(name): unquote(value) for name, sign, value in pairs if sign}
    if endpoint.fallback is not None or len(parts) < len(pairs):
        return endpoint
    return endpoint.model_copy(update={"url": url, "query": {**parts, **endpoint.query}})
