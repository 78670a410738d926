"""The Sesam target: the authentication part of `system.json`, and the files that hold the secrets' names.

References are spelt as the platform profile says; no file ever holds a value (`REPLACE_ME` stands for one).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.encoders.language import Language
from authscribe.model.contract import Contract, contract_of_method, contract_of_scheme, methods_of, spell_variable
from authscribe.model.definitions import Catalogue, Connector, Location, Placement, Platform, Scheme
from authscribe.model.placement_template import fill_template
from authscribe.targets.plan import PlannedFile, TargetPlan

SESAM: Final = "sesam"
OPERATION: Final = "list"
_UNSET: Final = "REPLACE_ME"


def _shared(catalogue: Catalogue) -> Iterator[PlannedFile]:
    del catalogue
    yield from ()


def _scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    effective = contract_of_scheme(catalogue, scheme)
    yield from _documents(f"sesam/schemes/{scheme.id}", scheme.id, effective, catalogue.platform)


def _connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    methods = methods_of(connector)
    for method in methods:
        folder = f"sesam/connectors/{connector.id}" + (f"/{method.id}" if len(methods) > 1 else "")
        effective = contract_of_method(catalogue, connector, method)
        yield from _documents(folder, connector.id, effective, catalogue.platform)


SESAM_PLAN: Final = TargetPlan(_shared, _scheme, _connector)
"""Four JSON documents for each scheme, and for each method of each connector."""


def build_system_fragment(effective: Contract, platform: Platform) -> dict[str, object]:
    """The part of a system's configuration that authenticates it: references in their placements, no values."""
    fragment: dict[str, object] = {}
    for slot in effective.placements:
        _put(fragment, _path(slot), _value(slot, effective, platform))
        if slot.location in (Location.BASIC_USERNAME, Location.BASIC_PASSWORD):
            fragment["authentication"] = "basic"
    return fragment


def build_stubs(effective: Contract) -> Mapping[str, object]:
    """The files beside a connector that name its secrets and parameters; none holds a value."""
    return {
        "secrets.json": {secret.name: _UNSET for secret in effective.injected},
        ".authconfig": {secret.name: "" for secret in effective.required},
        "test-env.json": {"node-env": "test"} | {p.name: p.default or "" for p in effective.parameters},
    }


def _documents(folder: str, subject: str, effective: Contract, platform: Platform) -> Iterator[PlannedFile]:
    documents = {"system.json": build_system_fragment(effective, platform), **build_stubs(effective)}
    for name, document in documents.items():
        yield PlannedFile(f"{folder}/{name}", SESAM, Language.JSON, document, subject=subject)


def _path(slot: Placement) -> tuple[str, ...]:
    """Where in a system's configuration a placement goes; requests are made by the operations of the system."""
    match slot.location:
        case Location.HEADER:
            return ("headers", slot.name)
        case Location.COOKIE:
            return ("headers", "Cookie")
        case Location.BASIC_USERNAME:
            return ("username",)
        case Location.BASIC_PASSWORD:
            return ("password",)
        case Location.QUERY:
            return ("operations", OPERATION, "params", slot.name)
        case Location.PATH:
            return ("operations", OPERATION, "url")
        case Location.BODY:
            return ("operations", OPERATION, "payload", *slot.name.split("."))
        case Location.BLOCK:
            return tuple(slot.name.split("."))


def _value(slot: Placement, effective: Contract, platform: Platform) -> str:
    references = platform.references
    secrets = {secret.name for secret in effective.injected}

    def reference(name: str) -> str:
        if name in secrets:
            return references.secret.replace("{name}", name)
        return spell_variable(platform, name)

    value = fill_template(slot.value, reference)
    return f"{slot.name}={value}" if slot.location is Location.COOKIE else value


def _put(document: dict[str, object], path: tuple[str, ...], value: str) -> None:
    """Sets the value at the path; two cookies share one header, as RFC 6265 writes it."""
    for key in path[:-1]:
        inner = document.setdefault(key, {})
        if not isinstance(inner, dict):
            inner = document[key] = {}
        document = inner
    earlier = document.get(path[-1])
    document[path[-1]] = f"{earlier}; {value}" if isinstance(earlier, str) and path[-1] == "Cookie" else value
