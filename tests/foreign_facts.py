"""State the facts about a connector of another system in a form that a table written by hand can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from support import resolve_drafts

from authscribe.encoders.yaml import encode_yaml_document
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector, Endpoint, Endpoints, Scheme, Secret, Setting
from authscribe.model.draft import Draft, Outcome
from authscribe.readers.registry import read_source
from authscribe.resolve.export import export_definitions
from authscribe.targets.requests import describe_verification


def check_account(drafts: Sequence[Draft], catalogue: Catalogue, lost: Sequence[str] = ()) -> None:
    """Check that only these keys are reported as lost, and that the definitions made of the rest give the catalogue."""
    keys = (key for draft in drafts for key in draft.key_outcomes)
    assert [key.pointer for key in keys if key.outcome is Outcome.LOST] == [*lost]
    again = read_source("again.yaml", encode_yaml_document(export_definitions(drafts).document))
    restored = resolve_drafts(again).catalogue
    assert (restored.schemes, restored.connectors) == (catalogue.schemes, catalogue.connectors)


def state_facts(catalogue: Catalogue, connector: Connector) -> dict[str, Any]:
    """Return everything that the connector and its schemes state about authentication, without what is empty.

    A name is followed by `?` if it may be omitted. An address is followed by its fixed query, and by `||` and its
    fallback, as is the template of a placement.
    """
    methods = {
        method.id: [_state_scheme(catalogue.get_scheme(name)) for name in method.schemes]
        for method in list_methods(connector)
    }
    facts = {
        "methods": {name: schemes[0] if len(schemes) == 1 else schemes for name, schemes in methods.items()},
        "parameters": _list_names(connector.parameters),
        "endpoints": _state_endpoints(connector.endpoints),
    }
    if not connector.methods:
        (facts["scheme"],) = facts.pop("methods").values()
    return _drop_empty(facts)


def state_details(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """Return type, choices, default and visibility of a setting of the schemes, without what is usual."""
    settings = (setting for scheme in catalogue.schemes for setting in (*scheme.required, *scheme.parameters))
    stated = next(setting for setting in settings if setting.name == name).model_dump(
        mode="json", exclude_defaults=True
    )
    return {
        key: stated[key] for key in ("type", "type_label", "enum", "default", "hidden", "visible_when") if key in stated
    }


def _state_scheme(scheme: Scheme) -> dict[str, Any]:
    oauth = scheme.oauth.model_dump(mode="json", exclude_defaults=True) if scheme.oauth is not None else {}
    request = scheme.token_request
    return _drop_empty(
        {
            "kind": scheme.kind.value,
            "required": _list_names(scheme.required),
            "parameters": _list_names(scheme.parameters),
            "obtained": _list_names([secret for secret in scheme.injected if secret.origin.required is None]),
            "sends": {f"{p.location.value} {p.name}".strip(): " || ".join(p.templates) for p in scheme.placements},
            "endpoints": _state_endpoints(scheme.endpoints),
            "verification": describe_verification(scheme.endpoints),
            "oauth": oauth,
            "request": request.model_dump(mode="json", exclude_unset=True) if request is not None else {},
        }
    )


def _list_names(settings: tuple[Setting, ...] | list[Any]) -> list[str]:
    return [_state_name(setting) for setting in settings]


def _state_name(setting: Setting) -> str:
    """Return the name; that of a credential whose secrecy is not stated ends with an exclamation mark."""
    secrecy = {"unknown": "!", "no": " (public)"}.get(setting.secret.value, "") if isinstance(setting, Secret) else ""
    return f"{setting.name}{'?' if setting.optional else ''}{secrecy}"


def _state_endpoints(endpoints: Endpoints) -> dict[str, str]:
    found = {role: getattr(endpoints, role) for role in type(endpoints).model_fields}
    return {role: _state_endpoint(endpoint) for role, endpoint in found.items() if endpoint is not None}


def _state_endpoint(endpoint: Endpoint) -> str:
    query = "&".join(f"{name}={value}" for name, value in endpoint.query.items())
    fallback = f" || {endpoint.fallback}" if endpoint.fallback is not None else ""
    return f"{endpoint.url}{'?' if query else ''}{query}{fallback}"


def _drop_empty(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value not in ([], {}, "")}
