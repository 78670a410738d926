"""Test the reader of OpenAPI documents: nothing of their security is lost, and the connector can be used."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import lossless
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from masks import check_masks
from support import case_id, find_cases, resolve, resolve_drafts, run

from authscribe.build.build import finish_files
from authscribe.findings.finding import DefinitionError
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Kind
from authscribe.model.draft import Draft, Outcome, get_text
from authscribe.readers.registry import read_source, read_together
from authscribe.targets.registry import plan_files

URL = "https://a.example/x"
FLOWS = {
    "authorizationCode": {"authorizationUrl": URL, "tokenUrl": URL, "scopes": {"r": "Read"}},
    "clientCredentials": {"tokenUrl": URL, "scopes": {"r": "Read", "w": "Write"}},
    "deviceAuthorization": {"deviceAuthorizationUrl": URL, "tokenUrl": URL, "scopes": {}},
}
SCHEMES = st.one_of(
    st.builds(
        lambda place, name: {"type": "apiKey", "in": place, "name": name},
        st.sampled_from(["header", "query", "cookie"]),
        st.sampled_from(["X-A", "X-B", "key"]),
    ),
    st.builds(
        lambda scheme: {"type": "http", "scheme": scheme},
        st.sampled_from(["basic", "Bearer", "digest", "hoba", "DPoP"]),
    ),
    st.just({"type": "mutualTLS", "x-note": "kept"}),
    st.just({"type": "openIdConnect", "openIdConnectUrl": URL}),
    st.lists(st.sampled_from(sorted(FLOWS)), min_size=1, unique=True).map(
        lambda names: {"type": "oauth2", "flows": {name: FLOWS[name] for name in names}}
    ),
)
NAMES = st.sampled_from(["key", "Key", "a-b", "a.b", "client_id", "none", "none.x", "\u6f22", "{x}", "class", "1"])
REQUIREMENTS = st.lists(
    st.dictionaries(NAMES, st.lists(st.sampled_from(["r", "w"]), max_size=2), max_size=3), max_size=3
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "openapi": st.sampled_from(["3.0.4", "3.1.1", "3.2.0"]),
        "info": st.fixed_dictionaries({"title": st.just("An API"), "version": st.just("1")}),
        "servers": st.sampled_from(
            [[], [{"url": "https://{key}.example", "variables": {"key": {"default": "x"}}}], [{"url": "https://{u}"}]]
        ),
        "components": st.fixed_dictionaries({"securitySchemes": st.dictionaries(NAMES, SCHEMES, max_size=5)}),
    },
    optional={
        "security": REQUIREMENTS,
        "paths": st.fixed_dictionaries(
            {"/a": st.fixed_dictionaries({"get": st.just({}) | REQUIREMENTS.map(lambda r: {"security": r})})}
        ),
    },
)


def read(document: object) -> Draft:
    return read_source("api.json", json.dumps(document))


def unaddressed(value: object) -> object:
    return value.replace("${", "{") if isinstance(value, str) else value


@settings(max_examples=300)
@given(DOCUMENTS)
def test_any_security_becomes_methods_that_resolve(document: dict[str, Any]) -> None:
    draft = read(document)
    try:
        catalogue = resolve_drafts(draft).catalogue
    except DefinitionError as error:
        # Two names that differ in case cannot be used together by anybody.
        codes = {finding.code for finding in error.findings}
        assert "name-clash" in codes
        assert codes <= {"name-clash", "undeclared-name", "no-placement", "security-differs"}
        return
    (connector,) = catalogue.connectors
    schemes = document["components"]["securitySchemes"]
    ways = {name: len(scheme.get("flows", "x")) for name, scheme in schemes.items()}
    assert len(catalogue.schemes) in (sum(ways.values()), sum(ways.values()) + 1)
    common = document.get("security", [])
    operation = document.get("paths", {}).get("/a", {}).get("get", {}).get("security", [])
    stated = [*common, *(r for r in operation if r or not any(common))]
    asked = [r for r in {frozenset(r): r for r in reversed(stated)}.values() if set(r) <= set(ways)]
    if operation and all(operation):
        # What is a part of others, and not accepted by the only operation, is no alternative.
        kept = {frozenset(), *map(frozenset, operation)}
        asked = [r for r in asked if frozenset(r) in kept or not any(set(r) < set(other) for other in asked)]
    usable = [names for r in asked for names in apart(together(r, schemes))]
    if any(usable):
        expected = {names: len(list(product(*(range(ways[name]) for name in names)))) for names in usable}
        assert len(list_methods(connector)) == sum(expected.values())
    dumped = [model.model_dump(mode="json", by_alias=True) for model in (*catalogue.schemes, connector)]
    known = {unaddressed(leaf) for _, leaf in lossless.scalars(dumped)}
    translated = {"apiKey", "http", "mutualTLS", "oauth2", "openIdConnect", "basic", "Bearer", "digest"}
    unknown = {path: leaf for path, leaf in lossless.scalars(document) if leaf not in known}
    withheld = {path for path in unknown if lossless.carrier(draft, path).outcome is Outcome.WITHHELD}
    assert {leaf for path, leaf in unknown.items() if path not in withheld} <= translated
    titles = {scheme.title for scheme in catalogue.schemes}
    assert set(ways) <= titles


def together(names: Iterable[str], schemes: dict[str, Any]) -> list[list[str]]:
    """Return the names by the part of a request that each fills, of which a request has one."""
    filled: dict[object, list[str]] = {}
    for name in names:
        filled.setdefault(part(schemes[name]) or name, []).append(name)
    return list(filled.values())


def apart(groups: list[list[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the first of each group, then each other one with the firsts of the other groups."""
    firsts = tuple(group[0] for group in groups)
    yield firsts
    for index, group in enumerate(groups):
        yield from ((*firsts[:index], name, *firsts[index + 1 :]) for name in group[1:])


def test_a_small_document_asks_for_few_methods() -> None:
    schemes = {f"{side}{n}": {"type": "apiKey", "in": "header", "name": f"X-{n}"} for n in range(30) for side in "ab"}
    document = {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "components": {"securitySchemes": schemes}}
    draft = read({**document, "security": [{name: [] for name in schemes}]})
    (connector,) = resolve_drafts(draft).catalogue.connectors
    assert len(connector.methods) == 31
    assert len([finding for finding in draft.findings if finding.code == "security-differs"]) == 30


def part(scheme: dict[str, Any]) -> tuple[str, str] | None:
    if scheme["type"] == "apiKey":
        return scheme["in"], scheme["name"].lower() if scheme["in"] == "header" else scheme["name"]
    is_sent = scheme["type"] in ("oauth2", "openIdConnect", "http")
    return ("header", "authorization") if is_sent else None


def test_the_document_of_the_corpus_is_read(corpus: Path) -> None:
    path = corpus / "catalogues/openapi/manifest-server.yaml"
    catalogue = resolve(path).catalogue
    (connector,) = catalogue.connectors
    (scheme,) = catalogue.schemes
    assert (connector.id, connector.title, connector.scheme) == ("manifest-server", "Manifest Server", scheme.id)
    assert (scheme.id, scheme.kind) == ("manifest-server.httpbearer", Kind.HTTP_BEARER)
    assert [placement.value for placement in scheme.placements] == ["Bearer {HTTPBearer}"]
    document = yaml.safe_load(path.read_text())
    known = {
        repr(leaf) for _, leaf in lossless.scalars([model.model_dump(mode="json") for model in (connector, scheme)])
    }
    assert [leaf for _, leaf in lossless.scalars(document) if repr(leaf) not in known] == ["http", "bearer"]


CASES = [folder for folder in find_cases("read") if (folder / "report.txt").read_text().startswith("schemes:")]


def test_what_is_generated_for_each_case_works(tmp_path: Path) -> None:
    assert len(CASES) > 8
    for folder in CASES:
        package = tmp_path / case_id(folder)
        planned = plan_files(resolve(folder / "in").catalogue, ("python", "sesam", "docs"))
        for file in finish_files(planned, ()):
            text = file.content.data.decode()
            if file.target == "sesam":
                json.loads(text)
            path = package / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        check_masks(package / "python")


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("#/components/securitySchemes/key", id="to itself"),
        pytest.param("#/components/securitySchemes/x~1y", id="to nothing"),
        pytest.param("https://other.example/api.yaml#/key", id="into another document"),
        pytest.param("#", id="to the whole document"),
        pytest.param("", id="to nowhere"),
    ],
)
def test_a_reference_that_cannot_be_followed_is_one_warning(reference: str) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "A", "version": "1"},
        "components": {"securitySchemes": {"key": {"$ref": reference}}},
        "security": [{"key": []}],
    }
    draft = read(document)
    assert [finding.code for finding in draft.findings] == ["undeclared-name"]
    (connector,) = resolve_drafts(draft).catalogue.connectors
    assert connector.scheme == "a"


def test_any_method_of_a_gateway_is_an_operation() -> None:
    document = {
        "swagger": "2.0",
        "info": {"title": "A", "version": "1"},
        "securityDefinitions": {name: {"type": "apiKey", "in": "header", "name": name} for name in ("one", "any")},
        "paths": {
            "/a": {"get": {"security": [{"one": []}]}},
            "/{proxy+}": {"x-amazon-apigateway-any-method": {"security": [{"any": []}]}},
        },
    }
    (connector,) = resolve_drafts(read(document)).catalogue.connectors
    assert [method.id for method in connector.methods] == ["one", "any"]


@pytest.mark.parametrize(
    ("security", "kind"),
    [
        pytest.param([{"key": []}], Kind.CUSTOM, id="something that is not declared"),
        pytest.param([{"key": []}, {}], Kind.NONE, id="nothing, as an alternative"),
        pytest.param([], Kind.NONE, id="nothing"),
    ],
)
def test_only_what_is_open_needs_no_authentication(security: list[dict[str, list[str]]], kind: Kind) -> None:
    document = {
        "openapi": "3.0.0",
        "info": {"title": "A", "version": "1"},
        "security": security,
    }
    draft = read(document)
    assert len(draft.findings) == sum(map(len, security))
    (scheme,) = resolve_drafts(draft).catalogue.schemes
    assert scheme.kind is kind


@pytest.mark.parametrize(
    ("asked", "operation", "chosen"),
    [
        pytest.param([{"good": [], "bad": []}], None, "a.none", id="with another"),
        pytest.param([{"bad": []}], None, "a.none", id="alone"),
        pytest.param([{"bad": []}, {"good": []}], None, "a.good", id="as an alternative"),
        pytest.param([{"good": [], "bad": []}], [{"bad": [], "good": []}], "a.none", id="in an operation too"),
        pytest.param(None, [{"good": [], "bad": []}], "a.none", id="in an operation only"),
    ],
)
def test_what_asks_for_a_mistaken_scheme_is_left_out(asked: object, operation: object, chosen: str) -> None:
    schemes = {"good": {"type": "http", "scheme": "bearer"}, "bad": {"type": "apiKye", "in": "header", "name": "X"}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "A", "version": "1"},
        "components": {"securitySchemes": schemes},
        "paths": {"/a": {"get": {} if operation is None else {"security": operation}}},
    }
    draft = read(document if asked is None else {**document, "security": asked})
    assert [finding.code for finding in draft.findings] == ["wrong-value"]
    valid = [item for item in draft.definitions if get_text(item.node.find("id")) != "a.bad"]
    catalogue = resolve_drafts(draft._replace(definitions=tuple(valid), findings=())).catalogue
    assert [connector.scheme for connector in catalogue.connectors] == [chosen]
    kinds = {scheme.id: scheme.kind for scheme in catalogue.schemes}
    assert kinds == {"a.good": Kind.HTTP_BEARER} | ({"a.none": Kind.CUSTOM} if chosen == "a.none" else {})


@pytest.mark.parametrize(("count", "kind"), [(2, Kind.API_KEY), (33, Kind.NONE)])
def test_a_body_with_many_keys_has_settings(count: int, kind: Kind) -> None:
    schema = {"properties": {f"app{number}_token": {"type": "string"} for number in range(count)}}
    operation = {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
    document = {"openapi": "3.1.0", "info": {"title": "A"}, "paths": {"/a": operation, "/b": operation}}
    assert {scheme.kind for scheme in resolve_drafts(read(document)).catalogue.schemes} == {kind}


def test_a_chain_of_references_is_followed() -> None:
    schemes = {f"s{number}": {"$ref": f"#/components/securitySchemes/s{number + 1}"} for number in range(10)}
    schemes |= {"s10": {"type": "http", "scheme": "bearer"}}
    document = {
        "openapi": "3.0.0",
        "info": {"title": "A"},
        "components": {"securitySchemes": schemes},
        "security": [{"s0": []}],
    }
    catalogue = resolve_drafts(read(document)).catalogue
    assert {scheme.kind for scheme in catalogue.schemes} == {Kind.HTTP_BEARER}
    assert catalogue.connectors[0].scheme == "a.s0"


@pytest.mark.parametrize(
    ("urls", "base"),
    [
        pytest.param(["http://a.example/{v}", "https://a.example/{v}"], "https://a.example/${v}", id="encrypted"),
        pytest.param(["http://a.example", "https://b.example"], "http://a.example", id="elsewhere"),
        pytest.param(["https://a.example", "http://a.example"], "https://a.example", id="first"),
    ],
)
def test_an_address_that_is_stated_with_encryption_too_is_taken_with_it(urls: list[str], base: str) -> None:
    servers = [{"url": url, "variables": {"v": {"default": "1"}} if "{" in url else {}} for url in urls]
    document = {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "servers": servers}
    (connector,) = resolve_drafts(read(document)).catalogue.connectors
    assert connector.endpoints.base is not None
    assert connector.endpoints.base.url == base
    assert [parameter.name for parameter in connector.parameters] == ["v"] * ("{v}" in urls[0])


def test_a_document_without_a_version_is_no_document_of_openapi(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("info: {title: A}\n")
    outcome = run("lint", "--source", "a.yaml", "--source-format", "openapi", cwd=tmp_path)
    assert outcome.code == 2
    assert "a.yaml:1:1" in outcome.stdout
    assert "missing key 'openapi'" in outcome.stdout


def write_api(folder: Path, reference: str) -> None:
    folder.mkdir()
    document = {
        "openapi": "3.1.0",
        "info": {"title": "A"},
        "components": {"securitySchemes": {"key": {"$ref": reference}}},
        "security": [{"key": []}],
    }
    (folder / "api.yaml").write_text(json.dumps(document))


def test_a_change_in_a_file_that_a_source_refers_to_is_noticed(tmp_path: Path) -> None:
    write_api(tmp_path / "w", "parts/key.yaml")
    part = tmp_path / "w/parts/key.yaml"
    part.parent.mkdir()
    part.write_text("{type: http, scheme: bearer}\n")
    arguments = ("--source", "api.yaml", "--out-dir", "out")
    assert run("generate", *arguments, cwd=tmp_path / "w").code == 0
    assert "parts/key.yaml" in json.loads((tmp_path / "w/out/authscribe.lock").read_text())["inputs"]
    assert run("check", *arguments, cwd=tmp_path / "w").code == 0
    part.write_text("{type: http, scheme: basic}\n")
    assert run("check", *arguments, cwd=tmp_path / "w").code == 1


@pytest.mark.parametrize(
    "reference",
    [
        "../key.yaml",
        "%2e%2e/key.yaml",
        "link.yaml",
        "loop.yaml",
        "nul%00.yaml",
        ".",
        "fifo.yaml",
        f"{'x' * 300}.yaml",
        "key.txt",
    ],
)
def test_nothing_but_a_document_inside_of_the_root_is_read(reference: str, tmp_path: Path) -> None:
    write_api(tmp_path / "w", reference)
    (tmp_path / "key.yaml").write_text("{type: http, scheme: bearer}\n")
    (tmp_path / "w/key.txt").write_text("{type: http, scheme\n")
    (tmp_path / "w/link.yaml").symlink_to(tmp_path / "key.yaml")
    (tmp_path / "w/loop.yaml").symlink_to(tmp_path / "w/loop.yaml")
    os.mkfifo(tmp_path / "w/fifo.yaml")
    outcome = run("lint", "--source", "api.yaml", "--output-format", "concise", cwd=tmp_path / "w")
    codes = re.findall(r"(?:warning|error|info)\[([a-z-]+)\]", outcome.stdout)
    assert sorted(codes) == ["no-connectors", "undeclared-name"], outcome.stdout + outcome.stderr


def test_the_ids_of_documents_of_one_title_do_not_depend_on_their_order() -> None:
    """Nor do they clash with the id or the module of another document, and copies of one document stay one connector."""
    titles = {
        "a/api.json": "API",
        "b/api.json": "API",
        "c/b-api.yaml": "b-api",
        "copy.json": "Same",
        "same.json": "Same",
        "dash.json": "My shop",
        "dot.json": "My.shop",
    }
    documents: dict[str, Any] = {path: {"openapi": "3.1.0", "info": {"title": title}} for path, title in titles.items()}
    documents["a/api.json"]["info"]["version"] = "2"
    sources = [read_source(path, json.dumps(document)) for path, document in documents.items()]
    for order in (sources, sources[::-1]):
        catalogue = resolve_drafts(*read_together(order)).catalogue
        ids = {"api-0622", "api-e62b", "b-api", "same", "dash", "dot"}
        assert {connector.id for connector in catalogue.connectors} == ids


@pytest.mark.parametrize("origin", ["https://a", "https://{v}", "{v}", "{v}://a", "{v}.a"])
@pytest.mark.parametrize(
    ("reference", "resolved"),
    [
        ("g", "/b/c/g"),
        ("./g", "/b/c/g"),
        ("g/", "/b/c/g/"),
        ("/g", "/g"),
        ("?y", "/b/c/d;p?y"),
        ("g?y", "/b/c/g?y"),
        (";x", "/b/c/;x"),
        ("g;x?y", "/b/c/g;x?y"),
        (".", "/b/c/"),
        ("..", "/b/"),
        ("../g", "/b/g"),
        ("../..", "/"),
        ("../../g", "/g"),
        ("../../../g", "/g"),
        ("/./g", "/g"),
        ("/../g", "/g"),
        ("g..", "/b/c/g.."),
        ("./g/.", "/b/c/g/"),
        ("g/../h", "/b/c/h"),
        ("g;x=1/../y", "/b/c/y"),
    ],
)
def test_a_relative_address_is_resolved_as_in_the_examples_of_rfc_3986(
    origin: str, reference: str, resolved: str
) -> None:
    """The base and the results are those of section 5.4, with other origins."""
    flows = {"clientCredentials": {"tokenUrl": reference, "scopes": {}}}
    document = {
        "openapi": "3.0.4",
        "info": {"title": "A"},
        "servers": [{"url": f"{origin}/b/c/d;p?q", "variables": {"v": {"default": "x"}}}],
        "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": flows}}},
        "security": [{"o": []}],
    }
    (scheme,) = resolve_drafts(read(document)).catalogue.schemes
    assert scheme.endpoints.token is not None
    assert scheme.endpoints.token.url == f"{origin.replace('{', '${')}{resolved}"
    assert [parameter.name for parameter in scheme.parameters] == ["client_id"] + ["v"] * ("{" in origin)


def test_a_title_that_no_id_can_be_made_of_gives_no_name() -> None:
    names = [read({"openapi": "3.1.0", "info": {"title": title}}) for title in ("COM1", "漢字", "Shop")]
    connectors = [connector.id for draft in names for connector in resolve_drafts(draft).catalogue.connectors]
    assert connectors == ["api", "api", "shop"]
