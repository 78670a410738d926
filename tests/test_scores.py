"""Score the readers of other systems, fact by fact, by tables that were made by hand.

Each entry of `tests/scores/FORMAT.yaml` is a document with the facts that it states, one per line, and the reason why:
the schema or the vendor's code that decides. Facts about an account are nobody's here: every document is made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign_facts import check_account
from support import read_yaml, resolve

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector, Parameter, Scheme, Secret, Setting, Source
from authscribe.readers.registry import read_source
from authscribe.targets.requests import describe_verification

TABLES = sorted((Path(__file__).parent / "scores").glob("*.yaml"))
ENTRIES = [(table.stem, entry) for table in TABLES for entry in read_yaml(table)]
FEWEST = 25


def describe(catalogue: Catalogue) -> Iterator[str]:
    """Yield the facts of a catalogue, one per line."""
    for connector in catalogue.connectors:
        yield from describe_connector(catalogue, connector)


def describe_connector(catalogue: Catalogue, connector: Connector) -> Iterator[str]:
    methods = list_methods(connector)
    for key, endpoint in connector.endpoints:
        if endpoint is not None:
            yield f"{connector.id} {key} {endpoint.url}"
    for setting in connector.parameters:
        yield f"{connector.id} {describe_setting(setting)}"
    for method in methods:
        for name in method.schemes:
            scheme = catalogue.get_scheme(name)
            yield f"{method.id if len(methods) > 1 else connector.id}: {scheme.kind.value}"
            yield from (f"  {fact}" for fact in describe_scheme(scheme))


def describe_scheme(scheme: Scheme) -> Iterator[str]:
    yield from map(describe_setting, (*scheme.required, *scheme.parameters))
    for secret in scheme.injected:
        if secret.origin.source is not Source.COPIED:
            expression = f" by {secret.origin.expression}" if secret.origin.expression else ""
            public = " public" if not secret.is_masked else ""
            yield f"{secret.origin.source.value} {secret.name}{public}{expression}{describe_names(secret)}"
    for placement in scheme.placements:
        yield f"send {' '.join(filter(None, (placement.location.value, placement.name)))} = {placement.value}"
    for role, endpoint in scheme.endpoints:
        if endpoint is not None:
            query = "".join(f" &{key}={value}" for key, value in endpoint.query.items())
            fallback = f" or {endpoint.fallback}" if endpoint.fallback is not None else ""
            yield f"{role} {endpoint.url}{fallback}{query}"
    verification = describe_verification(scheme.endpoints)
    yield from (f"verification {key} {json.dumps(value)}" for key, value in verification.items())
    if scheme.oauth is not None:
        yield from (f"oauth {key} {value}" for key, value in scheme.oauth.model_dump(exclude_unset=True).items())
    if scheme.token_request is not None:
        stated = scheme.token_request.model_dump(mode="json", exclude_unset=True)
        yield from (f"request {key} {json.dumps(value)}" for key, value in stated.items())


def describe_setting(setting: Setting) -> str:
    """Return what is known of a setting that somebody supplies, apart from its texts."""
    noun = "parameter"
    if isinstance(setting, Secret):
        noun = {"yes": "secret", "no": "public", "unknown": "unclear"}[setting.secret.value]
    words = [noun, setting.name]
    words += [setting.type.value] if setting.type.value != "string" else []
    words += [word for word in ("optional", "hidden", "automated", "deprecated") if getattr(setting, word)]
    words += ["= " + json.dumps(setting.default)] if setting.default is not None else []
    words += ["one of " + ", ".join(str(choice.value) for choice in setting.enum)] if setting.enum else []
    words += ["when " + json.dumps(setting.visible_when)] if setting.visible_when else []
    assert isinstance(setting, Secret | Parameter)
    return " ".join(words) + describe_names(setting)


def describe_names(setting: Setting) -> str:
    return f" as {setting.names.env}" if setting.names.env is not None else ""


@pytest.mark.parametrize(("format_name", "entry"), ENTRIES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_fact_is_right(tmp_path: Path, format_name: str, entry: dict[str, Any]) -> None:
    assert entry["because"]
    document = tmp_path / entry.get("file", "document.yaml")
    document.write_text(
        json.dumps(entry["document"])
        if document.suffix == ".json"
        else yaml.safe_dump(entry["document"], sort_keys=False)
    )
    draft = read_source(str(document), document.read_text(), format_name)
    assert [finding.code for finding in draft.findings] == entry.get("findings", [])
    catalogue = resolve(document).catalogue
    assert list(describe(catalogue)) == entry["facts"].splitlines()
    check_account((draft,), catalogue, entry.get("lost", ()))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_a_table_has_enough_definitions(table: Path) -> None:
    assert len([entry for name, entry in ENTRIES if name == table.stem]) >= FEWEST
