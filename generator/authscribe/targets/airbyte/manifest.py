"""Plan declarative manifests of Airbyte connectors: their specifications, and the authenticators of their requests.

A manifest is complete but for its streams: the one in it shows how requests are authenticated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.encoders.language import Language
from authscribe.encoders.text import keep_web_address
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts, list_methods
from authscribe.model.definitions import Connector, Location, Method, Placement, Scheme
from authscribe.targets.airbyte.advanced_auth import build_advanced_auth
from authscribe.targets.airbyte.authenticators import Authentication, build_authentication
from authscribe.targets.airbyte.configuration import ConfiguredMethod, Json, configure_method, list_sent
from authscribe.targets.airbyte.specification import Alternative, Choice, build_specification, find_choice
from authscribe.targets.airbyte.templates import keep_fixed_value, spell_endpoint, spell_placement
from authscribe.targets.plan import AIRBYTE, PLACEHOLDER, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import locate_stubs

_VERSION: Final = "7.39.1"
"""Version of airbyte-cdk whose components a manifest uses."""

_SENT_KEYS: Final = {
    Location.HEADER: "request_headers",
    Location.QUERY: "request_parameters",
    Location.BODY: "request_body_json",
}


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    path = f"{AIRBYTE}/{locate_stubs(definition)}/manifest.yaml"
    yield PlannedFile(path, AIRBYTE, Language.YAML, _build_manifest(catalogue, definition), subject=definition.id)


AIRBYTE_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of a declarative manifest for each scheme and connector."""


def _build_manifest(catalogue: Catalogue, definition: Scheme | Connector) -> Json:
    alternatives = tuple(_list_alternatives(catalogue, definition))
    choice = find_choice(alternatives)
    return {
        "version": _VERSION,
        "type": "DeclarativeSource",
        **({"description": definition.summary} if definition.summary.strip() else {}),
        "check": {"type": "CheckStream", "stream_names": [PLACEHOLDER]},
        "streams": [_build_stream(alternatives, choice)],
        "spec": {
            "type": "Spec",
            **({"documentation_url": page} if (page := keep_web_address(definition.docs)) is not None else {}),
            "connection_specification": build_specification(definition.title, alternatives, choice),
            **_build_flow(alternatives, choice),
        },
    }


def _list_alternatives(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[Alternative]:
    methods: Sequence[Method | None] = list_methods(definition) if isinstance(definition, Connector) else (None,)
    for method, contract in zip(methods, list_contracts(catalogue, definition), strict=True):
        first, *others = contract.schemes
        identifier, title = (method.id, method.title) if method is not None else (first.id, None)
        own_title = first.title if not others else None
        yield Alternative(identifier, title or own_title or identifier, first.summary, configure_method(contract))


def _build_flow(alternatives: Sequence[Alternative], choice: Choice | None) -> Json:
    """Return the flow of the first method that has one; a specification has no place for others."""
    for number, alternative in enumerate(alternatives):
        flow = alternative.method.flow
        if flow is not None:
            value = choice.values[number] if choice is not None else ""
            return {"advanced_auth": build_advanced_auth(alternative.method, flow, choice, value)}
    return {}


def _build_stream(alternatives: Sequence[Alternative], choice: Choice | None) -> Json:
    """Return a stream without a path and records, whose requests are authenticated."""
    authentications = [build_authentication(each.method) for each in alternatives]
    requester = {
        "type": "HttpRequester",
        **_build_base(alternatives[0].method),
        "authenticator": _build_authenticator(authentications, choice),
        **_build_sent(alternatives, authentications),
    }
    extractor = {"type": "DpathExtractor", "field_path": []}
    return {
        "type": "DeclarativeStream",
        "name": PLACEHOLDER,
        "retriever": {
            "type": "SimpleRetriever",
            "requester": requester,
            "record_selector": {"type": "RecordSelector", "extractor": extractor},
        },
    }


def _build_base(method: ConfiguredMethod) -> Json:
    base = method.contract.endpoints.base
    address = spell_endpoint(method, base) if base is not None else None
    return {"url": address} if address is not None else {}


def _build_authenticator(authentications: Sequence[Authentication], choice: Choice | None) -> Json:
    if choice is None:
        return authentications[0].authenticator
    by_value = zip(choice.values, authentications, strict=True)
    return {
        "type": "SelectiveAuthenticator",
        "authenticator_selection_path": [*choice.path],
        "authenticators": {value: authentication.authenticator for value, authentication in by_value},
    }


def _build_sent(alternatives: Sequence[Alternative], authentications: Sequence[Authentication]) -> Json:
    """Return what requests carry beside the values that authenticators send; the first method with a slot counts."""
    sent: Json = {}
    for alternative, authentication in zip(alternatives, authentications, strict=True):
        for placement in alternative.method.contract.placements:
            names = list_sent(placement)
            if placement not in authentication.sent and alternative.method.has_all(names):
                value = spell_placement(alternative.method, placement)
                _add_sent(sent, placement, value if names else keep_fixed_value(value))
    return sent


def _add_sent(sent: Json, placement: Placement, value: str) -> None:
    """Add a value to a request, in a body at the path that the name is."""
    key = _SENT_KEYS.get(placement.location)
    if key is None or not placement.name.strip():
        return
    *objects, name = placement.name.split(".") if placement.location is Location.BODY else [placement.name]
    holder = sent.setdefault(key, {})
    for each in objects:
        inner = holder.setdefault(each, {})
        if not isinstance(inner, dict):
            return
        holder = inner
    holder.setdefault(name, value)
