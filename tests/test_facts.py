"""Score the readers of other systems' documents: tables of facts that the vendors' code or schema decides.

A table in `facts/` has a definition for each mode of a vendor's code. Its facts are written by hand, and complete: each
line is one fact, and a definition has no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from support import ROOT, resolve_drafts

from authscribe.model.definitions import (
    Catalogue,
    Connector,
    Endpoint,
    InjectedSecret,
    Parameter,
    Placement,
    Scheme,
    Secret,
    Stage,
    TokenRequest,
    ValueType,
)
from authscribe.readers.registry import read_source, read_together

TABLES = sorted((ROOT / "tests" / "facts").glob("*.yaml"))


def list_definitions() -> Iterator[Any]:
    for table in TABLES:
        for entry in yaml.safe_load_all(table.read_text()):
            yield pytest.param(entry, id=f"{table.stem}: {entry['about']}")


@pytest.mark.parametrize("entry", [*list_definitions()])
def test_every_fact_is_right(entry: dict[str, Any]) -> None:
    drafts = [read_source(path, text) for path, text in entry["files"].items()]
    resolution = resolve_drafts(*read_together(drafts))
    assert list(list_facts(resolution.catalogue)) == entry["facts"]
    assert [f"{finding.severity} {finding.code} {finding.name}" for finding in resolution.findings] == entry.get(
        "findings", []
    )


def list_facts(catalogue: Catalogue) -> Iterator[str]:
    """Yield every fact about authentication in a catalogue, one a line."""
    for scheme in catalogue.schemes:
        yield f"scheme {scheme.id}: {scheme.kind.value}"
        yield from (f"  {fact}" for fact in list_scheme_facts(scheme))
    for connector in catalogue.connectors:
        status = "" if connector.status is Stage.STABLE else f" {connector.status.value}"
        yield f"connector {connector.id}{status}: {', '.join(list_uses(connector))}"
        if connector.endpoints.base is not None:
            yield f"  base {show_endpoint(connector.endpoints.base)}"


def list_uses(connector: Connector) -> Iterator[str]:
    if connector.scheme is not None:
        yield connector.scheme
    yield from (f"{method.id} by {' and '.join(method.schemes)}" for method in connector.methods)


def list_scheme_facts(scheme: Scheme) -> Iterator[str]:
    yield from (f"asks {show_secret(secret)}" for secret in scheme.required)
    yield from (f"gets {show_injected(secret)}" for secret in scheme.injected)
    yield from (f"takes {show_parameter(parameter)}" for parameter in scheme.parameters)
    yield from (f"sends {show_placement(placement)}" for placement in scheme.placements)
    for role in type(scheme.endpoints).model_fields:
        endpoint = getattr(scheme.endpoints, role)
        if endpoint is not None:
            yield f"{role} {show_endpoint(endpoint)}"
    if scheme.oauth is not None:
        stated = scheme.oauth.model_dump(mode="json", exclude_defaults=True)
        yield from (f"oauth {key} {show_value(value)}" for key, value in stated.items())
    if scheme.token_request is not None:
        yield from (f"token {fact}" for fact in list_request_facts(scheme.token_request))


def list_request_facts(request: TokenRequest) -> Iterator[str]:
    stated = request.model_dump(mode="json", exclude_defaults=True)
    yield from (f"{key} {show_value(value)}" for key, value in stated.items())


def show_secret(secret: Secret) -> str:
    words = {"yes": "", "no": " in public", "unknown": " maybe in public"}
    return f"{secret.name}{words[secret.secret.value]}{show_form(secret)}"


def show_injected(secret: InjectedSecret) -> str:
    source = secret.origin.source.value
    origin = f"{secret.origin.required}" if source == "copied" else source
    return f"{secret.name} from {origin}{'' if secret.secret.value == 'yes' else ' in public'}"


def show_parameter(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {show_value(parameter.default)}"
    return f"{parameter.name}{show_form(parameter)}{default}"


def show_form(setting: Secret | Parameter) -> str:
    choices = "|".join(str(choice.value) for choice in setting.enum)
    of_type = f" as {setting.type.value}" if setting.type is not ValueType.STRING else ""
    hidden = " hidden" if setting.hidden else ""
    return f"{of_type}{f' of {choices}' if choices else ''}{' optionally' if setting.optional else ''}{hidden}"


def show_placement(placement: Placement) -> str:
    where = " ".join(filter(None, (placement.location.value, placement.name)))
    return f"{where}: {' || '.join(placement.templates)}"


def show_endpoint(endpoint: Endpoint) -> str:
    query = "&".join(f"{key}={value}" for key, value in endpoint.query.items())
    return " || ".join(filter(None, (f"{endpoint.url}{f'?{query}' if query else ''}", endpoint.fallback)))


def show_value(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={show_value(item)}" for key, item in value.items())
    return ",".join(map(show_value, value)) if isinstance(value, list) else str(value)
