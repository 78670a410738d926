"""Compare Power Platform connectors of the corpus with their documents as another parser reads them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lossless import scalars
from masks import check_masks
from support import ROOT, resolve, resolve_drafts

from authscribe.build.build import finish_files
from authscribe.encoders.yaml import encode_yaml_document
from authscribe.findings.finding import Severity
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector, Scheme, Secrecy
from authscribe.model.draft import Draft, Outcome, make_pointer
from authscribe.model.naming import make_id
from authscribe.readers.registry import read_source, read_together
from authscribe.resolve.export import export_definitions
from authscribe.targets.registry import plan_files
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import LoadedSources, load_sources
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import find_workspace

FOLDER = "catalogues/power-platform"
NOT_JSON = {"SigningHub/apiProperties.json", "PUG Gamified Engagement/apiDefinition.swagger.json"}
PLAIN_TYPES = {"string": "string", "int": "integer", "bool": "boolean"}
# What the models say in words of their own; another test looks at each.
TRANSLATED = ("/type", "/flow", "/constraints/required", "/constraints/hidden", "/host", "/basePath", "/schemes/0")


@dataclass(frozen=True)
class Read:
    loaded: LoadedSources
    catalogue: Catalogue
    documents: dict[str, Any]


@cache
def read(folder: Path) -> Read:
    """Read the corpus once, since that takes a second; what is not JSON is left out of the catalogue."""
    workspace = find_workspace(Options(sources=(str(folder),), out_dir="out"), ROOT)
    loaded = load_sources(workspace.sources)
    good = loaded._replace(drafts=tuple(draft for draft in loaded.drafts if not errors(draft)))
    files = [file for file in sorted(folder.glob("*/*.json")) if file.relative_to(folder).as_posix() not in NOT_JSON]
    documents = {str(file): json.loads(file.read_bytes().decode("utf-8-sig")) for file in files}
    return Read(loaded, resolve_sources(good, workspace).catalogue, documents)


def errors(draft: Draft) -> list[str]:
    return [finding.code for finding in draft.findings if finding.severity is Severity.ERROR]


@pytest.fixture
def platform(corpus: Path) -> Read:
    return read(corpus / FOLDER)


def leaves(value: object) -> Iterator[tuple[str, object]]:
    return ((make_pointer(path), scalar) for path, scalar in scalars(value))


def connector_of(found: Read, path: str) -> Connector:
    name = make_id(Path(path).parent.name)
    return next(connector for connector in found.catalogue.connectors if connector.id == name)


def schemes_of(found: Read, connector: Connector) -> list[Scheme]:
    return [found.catalogue.get_scheme(name) for method in list_methods(connector) for name in method.schemes]


def connections(properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the sets of parameters by name, and under an empty name the parameters outside that repeat no set."""
    sets = (properties.get("connectionParameterSets") or {}).get("values", [])
    yield from ((one["name"], one["parameters"]) for one in sets)
    outside = properties.get("connectionParameters")
    if outside and outside not in [one["parameters"] for one in sets]:
        yield "", outside


def test_every_connector_is_read_and_every_other_file_has_one_finding(corpus: Path, platform: Read) -> None:
    folder = corpus / FOLDER
    wrong = {
        Path(draft.path).relative_to(folder).as_posix(): errors(draft)
        for draft in platform.loaded.drafts
        if errors(draft)
    }
    assert wrong == {path: ["syntax-error"] for path in NOT_JSON}
    names = {make_id(path.name) for path in folder.iterdir()} - {"signinghub"}
    assert {connector.id for connector in platform.catalogue.connectors} == names
    assert len(names) == 100


def test_every_value_of_every_document_is_found_again(platform: Read) -> None:
    outcomes = Counter(key.outcome for draft in platform.loaded.drafts for key in draft.key_outcomes)
    assert (outcomes[Outcome.LOST], outcomes[Outcome.WITHHELD]) == (0, 4)
    withheld = {
        draft.path: [key.pointer for key in draft.key_outcomes if key.outcome is Outcome.WITHHELD]
        for draft in platform.loaded.drafts
    }
    missing = []
    for path, document in platform.documents.items():
        connector = connector_of(platform, path)
        models = [connector, *schemes_of(platform, connector)]
        dumped = [model.model_dump(mode="json", by_alias=True) for model in models]
        known = {json.dumps(value) for _, value in leaves(dumped)}
        # Variables are written ${login:name} in an address of ours; all else of it stays.
        for pointer, value in leaves(document):
            if json.dumps(value) not in known and not is_said_otherwise(pointer, value, connector, models):
                missing.append((path, pointer))
        missing = [(where, pointer) for where, pointer in missing if pointer not in withheld[where]]
    assert missing == []


def is_said_otherwise(pointer: str, value: object, connector: Connector, models: list[Any]) -> bool:
    base = connector.endpoints.base
    if pointer in ("/host", "/basePath", "/schemes/0"):
        return base is not None and str(value).strip("/") in base.url
    if pointer.endswith(TRANSLATED):
        return pointer.startswith(("/properties/connectionParameter", "/securityDefinitions"))
    if "/scopes/" in pointer:
        return set(str(value).split()) <= {scope for m in models if m.oauth is not None for scope in m.oauth.scopes}
    addresses = [getattr(m.endpoints, role) for m in models for role in type(m.endpoints).model_fields]
    text = str(value)
    return "{" in text and any(a is not None and shape(a.url) == shape(text) for a in addresses)


def shape(address: str) -> list[str]:
    """Return the fixed parts of an address."""
    return [part.partition("}")[2] for part in f"}}{address}".replace("${", "{").split("{")]


def test_every_parameter_is_a_setting_of_its_own_with_its_secrecy(platform: Read) -> None:
    count: Counter[str] = Counter()
    for path, document in platform.documents.items():
        if not path.endswith("apiProperties.json"):
            continue
        connector = connector_of(platform, path)
        schemes = {scheme.extras.get("name", ""): scheme for scheme in schemes_of(platform, connector)}
        for label, parameters in connections(document["properties"]):
            scheme = schemes[label]
            required = {secret.name: secret for secret in scheme.required}
            injected = {secret.name: secret for secret in scheme.injected}
            plain = {parameter.name: parameter for parameter in scheme.parameters}
            for name, parameter in parameters.items():
                count[parameter["type"]] += 1
                constraints = (parameter.get("uiDefinition") or {}).get("constraints", {})
                is_optional = str(constraints.get("required", "true")).lower() == "false"
                if parameter["type"] == "securestring":
                    assert required[name].secret is Secrecy.YES
                    assert injected[name].origin.required == name
                    assert required[name].optional is is_optional
                elif parameter["type"] == "oauthSetting":
                    assert injected[name].origin.required is None
                else:
                    assert plain[name].type.value == PLAIN_TYPES[parameter["type"]]
                    assert plain[name].optional is is_optional
                    assert plain[name].hidden is (str(constraints.get("hidden", "false")).lower() == "true")
    assert count == {"securestring": 69, "string": 63, "oauthSetting": 40}


def test_every_key_of_a_swagger_document_goes_where_it_says(platform: Read) -> None:
    placed = 0
    for path, document in platform.documents.items():
        if not path.endswith("apiDefinition.swagger.json"):
            continue
        schemes = schemes_of(platform, connector_of(platform, path))
        slots = {(p.location.value, p.name): p.value for scheme in schemes for p in scheme.placements}
        for definition in document.get("securityDefinitions", {}).values():
            if definition["type"] == "apiKey":
                assert (definition["in"], definition["name"]) in slots, path
                placed += 1
            elif definition["type"] == "basic":
                assert {location for location, _ in slots} >= {"basic_username", "basic_password"}
    assert placed == 30


def test_the_order_of_the_documents_does_not_matter(corpus: Path) -> None:
    folder = corpus / FOLDER / "AzureADApplications"
    files = sorted(folder.iterdir())
    forwards, backwards = resolve(*files), resolve(*reversed(files))
    assert forwards.catalogue == backwards.catalogue
    (connector,) = forwards.catalogue.connectors
    assert connector.title == "Azure AD App Registrations"


def test_a_conversion_gives_the_same_connectors_back(platform: Read) -> None:
    folders = sorted({Path(path).parent for path in platform.documents})
    for folder in folders:
        drafts = [draft for draft in platform.loaded.drafts if Path(draft.path).parent == folder and not errors(draft)]
        back = read_source("back.yaml", encode_yaml_document(export_definitions(drafts).document))
        assert back.findings == ()
        there = resolve_drafts(*drafts).catalogue
        again = resolve_drafts(back).catalogue
        assert (again.schemes, again.connectors) == (there.schemes, there.connectors)


def test_no_value_of_a_secret_is_in_a_draft_or_in_what_a_report_shows(platform: Read) -> None:
    hidden = 0
    for path, document in platform.documents.items():
        for pointer, value in leaves(document):
            if pointer.endswith("/clientSecret"):
                hidden += 1
                assert f'"clientSecret": {json.dumps(value)}' not in platform.loaded.texts[path]
    assert hidden == 3


def test_all_generated_modules_are_typed_and_mask_their_secrets(
    platform: Read, tmp_path: Path, check_types: Callable[[Path], None]
) -> None:
    for file in finish_files(plan_files(platform.catalogue, ("python", "sesam")), ()):
        text = file.content.data.decode()
        if file.target == "sesam":
            json.loads(text)
            continue
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    check_types(tmp_path / "python")
    check_masks(tmp_path / "python")


@given(
    st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1, max_size=3, unique=True),
    st.lists(
        st.sampled_from(
            [
                {"username": {"type": "string"}, "password": {"type": "securestring"}},
                {"pin": {"type": "securestring"}},
                {"token": {"type": "oauthSetting"}, "token:clientSecret": {"type": "securestring"}},
            ]
        ),
        max_size=3,
    ),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_no_set_takes_the_key_of_another(
    keys: list[str], others: list[dict[str, Any]], is_required: bool, random: Random
) -> None:
    """Whatever sets there are, and whether the document requires its keys or only declares them."""
    sets: list[dict[str, Any]] = [*({f"{key}_key": {"type": "securestring"}} for key in keys), *others]
    random.shuffle(sets)
    values = [{"name": f"set {index}", "parameters": parameters} for index, parameters in enumerate(sets)]
    swagger: dict[str, Any] = {
        "swagger": "2.0",
        "info": {"title": "A"},
        "securityDefinitions": {f"{key} key": {"type": "apiKey", "in": "header", "name": f"X-{key}"} for key in keys},
    }
    if is_required:
        swagger["security"] = [{f"{key} key": []} for key in keys]
    documents = {
        "A/apiProperties.json": {"properties": {"connectionParameterSets": {"values": values}}},
        "A/apiDefinition.swagger.json": swagger,
    }
    drafts = read_together([read_source(path, json.dumps(document)) for path, document in documents.items()])
    for scheme in resolve_drafts(*drafts).catalogue.schemes:
        own = {secret.name for secret in scheme.required}
        placed = {placement.name: placement.value for placement in scheme.placements if placement.name.startswith("X-")}
        assert placed == {f"X-{key}": f"{{{key}_key}}" for key in keys if f"{key}_key" in own}
