"""Test with real pages and connectors, which are not part of the project; the facts about them are stated here."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, forget, resolve, run

from authscribe.build.templates import Templates, render_file
from authscribe.connectors.file_trees import find_folders
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.references import ReferenceKind
from authscribe.encoders.json import encode_json_document
from authscribe.encoders.language import Language
from authscribe.model.contract import Contract, build_method_contract, list_methods
from authscribe.model.definitions import Source
from authscribe.model.draft import Noun
from authscribe.model.platform import Platform
from authscribe.readers.pages.rst.page import read_rst
from authscribe.targets.docs import TableFile
from authscribe.targets.docs_tables import build_injected_table, build_required_table
from authscribe.targets.plan import PlannedFile
from authscribe.targets.platform_files import Document, build_system

SEED = "seed/authentication-schemes.rst"
REQUIRED = {
    "oauth2": ["client_id", "client_secret"],
    "api_key": ["api_key"],
    "tripletex": ["consumer_key", "employee_token"],
    "superoffice": ["client_id", "client_secret"],
    "jwt": ["api_key"],
}
INJECTED = {
    "oauth2": {
        "oauth_access_token": (Source.ONBOARDING, None),
        "oauth_client_id": (Source.COPIED, "client_id"),
        "oauth_client_secret": (Source.COPIED, "client_secret"),
        "oauth_refresh_token": (Source.ONBOARDING, None),
    },
    "api_key": {"api_key": (Source.COPIED, "api_key")},
    "tripletex": {
        "consumer_key": (Source.COPIED, "consumer_key"),
        "employee_token": (Source.COPIED, "employee_token"),
    },
    "superoffice": {"so_ticket": (Source.UNKNOWN, None), "SO-Apptoken": (Source.COPIED, "client_secret")},
    "jwt": {"jwt_access_token": (Source.ONBOARDING, None), "jwt_refresh_token": (Source.ONBOARDING, None)},
}


def test_the_page_has_five_schemes(corpus: Path) -> None:
    catalogue = resolve(corpus / SEED).catalogue
    schemes = {scheme.id: scheme for scheme in catalogue.schemes}
    assert {name: [s.name for s in scheme.required] for name, scheme in schemes.items()} == REQUIRED
    assert {
        name: {s.name: (s.origin.source, s.origin.required) for s in scheme.injected}
        for name, scheme in schemes.items()
    } == INJECTED
    assert {s.type.value for scheme in catalogue.schemes for s in scheme.injected} == {"string"}


def test_each_name_points_at_its_cell(corpus: Path) -> None:
    text = (corpus / SEED).read_text()
    lines = text.split("\n")
    draft = read_rst(SEED, text)
    names = [
        setting.find("name")
        for definition in draft.select(Noun.SCHEME)
        for part in ("required", "injected")
        for setting in getattr(definition.node.find(part), "items", ())
    ]
    assert len(names) == 8 + 11
    for name in names:
        place = name.place
        assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == f"``{name.value}``"
        assert place.column == 8


def test_the_ten_tables_come_out_byte_for_byte(corpus: Path) -> None:
    page = (corpus / SEED).read_text() + "\n"
    originals = re.findall(r"\.\. list-table::\n(?:   .*\n|\n(?=   ))+", page)
    catalogue = {scheme.id: scheme for scheme in resolve(corpus / SEED).catalogue.schemes}
    order = ("oauth2", "api_key", "tripletex", "superoffice", "jwt")
    tables = [table(catalogue[name]) for name in order for table in (build_required_table, build_injected_table)]
    templates = Templates()
    rendered = []
    for table in tables:
        assert table is not None
        planned = PlannedFile("t", "docs", Language.RST, TableFile(table), "docs/table-file.rst.jinja")
        rendered.append(render_file(planned, templates).text)
    assert len(originals) == 10
    assert rendered == originals


@pytest.mark.parametrize(
    "page", ["connector-config-file", "connector-manifest", "hubspot", "secrets", "webcrm-connector"]
)
def test_a_page_about_something_else_is_silent(corpus: Path, page: str) -> None:
    draft = read_rst(page, (corpus / "docs" / f"{page}.rst").read_text())
    assert draft.definitions == ()
    assert draft.findings == ()


def test_the_second_copy_of_the_injected_tables_is_read(corpus: Path) -> None:
    draft = read_rst("page", (corpus / "docs" / "connector-contract.rst").read_text())
    assert draft.findings == ()
    found = {
        getattr(definition.node.find("id"), "value", ""): [
            getattr(setting.find("name"), "value", "")
            for setting in getattr(definition.node.find("injected"), "items", ())
        ]
        for definition in draft.select(Noun.SCHEME)
    }
    assert found == {"oauth2": list(INJECTED["oauth2"]), "tripletex": ["consumer_token", "employee_token"]}


def test_every_generated_module_of_the_page_works(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run("generate", "--source", str(corpus / SEED), "--out-dir", "out", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout
    for target in ("python", "docs", "sesam"):
        assert (tmp_path / "out" / target).is_dir()
    monkeypatch.syspath_prepend(tmp_path / "out/python")
    forget("connector_auth")
    for name in REQUIRED:
        namespace = vars(importlib.import_module(f"connector_auth.schemes.{name}"))
        stem = name.replace("_", " ").title().replace(" ", "")
        for role, names in (("Configuration", REQUIRED[name]), ("Runtime", list(INJECTED[name]))):
            settings = namespace[f"{stem}{role}"].model_validate({key: f"CANARY-{key}" for key in names})
            assert settings.secrets() == {key: f"CANARY-{key}" for key in names}
            for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
                assert "CANARY" not in shown
    forget("connector_auth")


def authentication_part(system: dict[str, object]) -> dict[str, object]:
    """Return the authentication of a system: the blocks, the basic pair, and the headers that hold references."""
    part = {
        key: system[key] for key in ("authentication", "username", "password", "oauth2", "tripletex") if key in system
    }
    headers = system.get("headers")
    if isinstance(headers, dict):
        kept = {name: value for name, value in headers.items() if re.search(r"\$(SECRET|ENV)\(", str(value))}
        part |= {"headers": kept} if kept else {}
    return part


def build_stub(contract: Contract, platform: Platform) -> Document:
    assert platform.system is not None
    return build_system(platform.system, contract, platform)


@pytest.mark.parametrize(
    ("snapshot", "scheme"),
    [
        pytest.param("hubspot@main", None, id="hubspot"),
        pytest.param("wave@main", None, id="wave"),
        pytest.param("superoffice@main", "oauth2", id="superoffice on OAuth2"),
        pytest.param("tripletex@main", None, id="tripletex"),
        pytest.param("webcrm@playground", None, id="webcrm"),
        pytest.param("freshteam@main", None, id="freshteam"),
        pytest.param("zendesk@main", None, id="zendesk"),
        pytest.param("wix@main", None, id="wix"),
        pytest.param("membercare@playground", None, id="membercare"),
        pytest.param("chargebee@playground", None, id="chargebee"),
        pytest.param("shopify@main", None, id="shopify"),
    ],
)
def test_the_stub_equals_the_authentication_of_the_real_connector(
    corpus: Path, snapshot: str, scheme: str | None
) -> None:
    real = json.loads((corpus / "connectors" / snapshot / "templates" / "system.json").read_text("utf-8-sig"))
    catalogue = resolve("schemes/*.rst", "schemes/*.yaml", "schemes/connectors/*.yaml").catalogue
    name = snapshot.partition("@")[0]
    connector = next(connector for connector in catalogue.connectors if connector.id == name)
    if scheme is not None:
        connector = connector.model_copy(update={"scheme": scheme, "placements": (), "flags": ()})
    (method,) = list_methods(connector)
    fragment = build_stub(build_method_contract(catalogue, connector, method), catalogue.platform)
    expected = authentication_part(real)
    if name == "shopify":
        expected = {"headers": real["operations"]["customer-list"]["headers"]}
    assert fragment == expected
    assert json.loads(encode_json_document(fragment)) == expected


def test_the_ticket_headers_are_those_of_every_operation(corpus: Path) -> None:
    folder = corpus / "connectors" / "superoffice@playground" / "templates"
    real = json.loads((folder / "system.json").read_text("utf-8-sig"))
    catalogue = resolve("schemes/*.rst", "schemes/*.yaml", "schemes/connectors/*.yaml").catalogue
    connector = next(connector for connector in catalogue.connectors if connector.id == "superoffice")
    (method,) = list_methods(connector)
    fragment = build_stub(build_method_contract(catalogue, connector, method), catalogue.platform)
    headers = [operation.get("headers", {}) for operation in real["operations"].values()]
    credentials = [{name: value for name, value in h.items() if "$SECRET(" in value} for h in headers]
    carrying = [found for found in credentials if found]
    assert carrying
    assert all(found == fragment["headers"] for found in carrying)


def connector_facts(report: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the facts of a lint report about each connector, in the words of the corpus."""
    codes = {
        "secret-not-in-scheme": ("not_in_scheme",),
        "secret-by-flag": ("not_in_scheme",),
        "secret-not-injectable": ("not_in_scheme", "not_injectable"),
        "auth-missing": ("not_in_scheme", "not_injectable"),
        "secret-renamed": ("not_in_scheme",),
        "secret-unused": ("scheme_unused", "injected_unused"),
        "scheme-secret-not-injected": ("scheme_unused",),
        "header-not-secret": ("scheme_unused",),
        "injected-secret-unused": ("injected_unused",),
        "flag-secret-unused": ("injected_unused",),
        "anonymous-receiver": ("injected_unused",),
        "variable-undeclared": ("undeclared",),
        "platform-variable-undeclared": ("undeclared",),
        "parameter-unused": ("declared_unused",),
        "unrenderable-name": ("declared_unused",),
        "template-missing": ("missing_tpl",),
        "template-orphaned": ("orphan_tpl",),
        "raw-environment-value": ("raw_env",),
        "parameter-shadowed": ("collide",),
        "secret-in-url": ("secret_in_url",),
    }
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    folders = {}
    for connector in report["connectors"]:
        key = (connector["connector"], connector["revision"])
        folders[connector["path"]] = key
        facts[key] = {"auth": connector["auth"], "secrets": set(connector["secrets"])}
    for finding in report["findings"]:
        places = [finding["path"], *(label["path"] for label in finding["labels"])]
        folder = next((f for f in folders if any(path.startswith(f"{f}/") for path in places)), None)
        for word in codes.get(finding["code"], ()) if folder else ():
            facts[folders[folder]].setdefault(word, set()).add(finding["name"])
            if finding["code"] == "secret-renamed":
                listed = re.search(r"lists '([^']+)'", finding["message"])
                assert listed
                facts[folders[folder]].setdefault("scheme_unused", set()).add(listed[1])
    return facts


def lint_report(corpus: Path, *arguments: str, cwd: Path) -> dict[str, Any]:
    outcome = run("lint", *arguments, "--output-format", "json", cwd=cwd)
    assert outcome.stderr == ""
    document = json.loads(outcome.stdout)
    assert isinstance(document, dict)
    return document


def test_the_facts_of_every_snapshot_are_found_and_no_others(corpus: Path, tmp_path: Path) -> None:
    report = lint_report(corpus, "--source", str(corpus / SEED), str(corpus / "connectors"), cwd=tmp_path)
    lines = (corpus / "connectors" / "expected.jsonl").read_text().splitlines()
    expected = {
        (line.pop("c"), line.pop("b")): {
            key: set(value) if isinstance(value, list) else value for key, value in line.items()
        }
        for line in map(json.loads, lines)
    }
    # Its flag is needed for the address of the platform's API, which the templates use, so it is not reported.
    expected["superoffice", "playground"]["injected_unused"].discard("service_jwt")
    assert connector_facts(report) == expected


def test_a_rename_is_suggested_and_a_header_told_from_a_secret(corpus: Path, tmp_path: Path) -> None:
    report = lint_report(corpus, "--source", str(corpus / SEED), str(corpus / "connectors"), cwd=tmp_path)
    renames = [finding for finding in report["findings"] if finding["code"] == "secret-renamed"]
    assert [(f["connector"], f["name"]) for f in renames] == [("tripletex", "consumer_token")]
    assert renames[0]["help"] == "rename 'consumer_key' to 'consumer_token' in the scheme"
    assert not [finding for finding in report["findings"] if "did you mean" in finding["help"]]
    headers = [finding for finding in report["findings"] if finding["code"] == "header-not-secret"]
    assert [(f["connector"], f["name"]) for f in headers] == [("superoffice", "SO-Apptoken")]


def test_expansion_gives_json_or_the_missing_file(corpus: Path) -> None:
    catalogue = resolve(corpus / SEED).catalogue
    connector_reader = ConnectorReader.from_platform(catalogue.platform)
    broken = {}
    for folder in find_folders("connectors", corpus, catalogue.platform):
        snapshot = connector_reader.read(folder)
        errors = {finding.code: finding.name for finding in snapshot.findings if finding.code != "duplicate-key"}
        if errors:
            broken[f"{snapshot.name}@{snapshot.revision}"] = errors
            continue
        for template in snapshot.all_templates:
            for text in connector_reader.expander.expand(snapshot, template):
                json.loads(text)
                assert "{{@" not in text
    assert broken == {"chargebee@playground": {"template-missing": "templates/customer-collect.json"}}


def test_filling_names_is_what_jinja_does(corpus: Path) -> None:
    platform = resolve(corpus / SEED).catalogue.platform
    connector_reader = ConnectorReader.from_platform(platform)
    for folder in find_folders("connectors", corpus, platform):
        snapshot = connector_reader.read(folder)
        for template in snapshot.all_templates:
            values = {
                name: f"<{name}>" for name in ("system", "datatype", *snapshot.group_references(ReferenceKind.VARIABLE))
            }
            compiled = connector_reader.language.environment.from_string(template.text)
            assert connector_reader.language.compile(template.text)(values) == compiled.render(values)


@pytest.mark.parametrize(
    "snapshot",
    ["hubspot@main", "wave@main", "superoffice@main", "tripletex@main", "webcrm@playground", "freshteam@main",
     "zendesk@main", "wix@main", "membercare@playground", "powerofficego@main"],
)  # fmt: skip
def test_a_connector_on_the_disk_gives_its_own_stub(corpus: Path, tmp_path: Path, snapshot: str) -> None:
    folder = corpus / "connectors" / snapshot
    sources = [part for path in ("authentication-schemes.rst", "refinements.yaml", "common.yaml")
               for part in ("--source", str(ROOT / "schemes" / path))]  # fmt: skip
    outcome = run("generate", *sources, "--connectors", str(folder), "--out-dir", "out", "--exit-zero", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout
    name = snapshot.partition("@")[0]
    made = json.loads((tmp_path / "out/sesam/connectors" / name / "system.json").read_text())
    real = json.loads((folder / "templates" / "system.json").read_text("utf-8-sig"))
    assert made == authentication_part(real)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8-sig"))
    module = (tmp_path / "out/python/connector_auth/connectors" / f"{name}.py").read_text()
    for fact in (*manifest.get("additional_parameters", {}), *manifest.get("oauth2", {}).get("scopes", ())):
        assert f'"{fact}"' in module or re.search(rf"^    {re.escape(fact)}: ", module, re.MULTILINE), fact
    for page in ("rst", "markdown"):
        assert list((tmp_path / "out/docs" / page / "connectors").glob(f"{name}.*"))


def test_two_pages_with_different_secrets_conflict_once(corpus: Path, tmp_path: Path) -> None:
    sources = ("--source", str(corpus / SEED), "--source", str(corpus / "docs" / "connector-contract.rst"))
    report = lint_report(corpus, *sources, cwd=tmp_path)
    conflicts = [finding for finding in report["findings"] if finding["code"] == "conflicting-definitions"]
    assert [conflict["name"] for conflict in conflicts] == ["tripletex"]
    assert [label["message"] for label in conflicts[0]["labels"]] == [
        "injected: consumer_token, employee_token",
        "injected: consumer_key, employee_token",
    ]


def test_the_page_is_left_alone_by_itself(corpus: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.rst"
    page.write_bytes((corpus / SEED).read_bytes())
    outcome = run("docs", "page.rst", "--source", "page.rst", cwd=tmp_path)
    assert outcome.code == 0
    assert outcome.stdout.endswith("0 of 1 page changed\n")
    assert page.read_bytes() == (corpus / SEED).read_bytes()


def test_a_renamed_secret_changes_two_rows_of_the_page(corpus: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.rst"
    page.write_bytes((corpus / SEED).read_bytes())
    (tmp_path / "r.yaml").write_text("refine:\n  - id: tripletex\n    rename: {consumer_key: consumer_token}\n")
    arguments = ("docs", "page.rst", "--source", "page.rst", "--source", "r.yaml")
    check = run(*arguments, cwd=tmp_path, env={"AUTHSCRIBE_CHECK": "1"})
    assert check.code == 1
    assert [line[2] for line in check.stdout.splitlines() if "consumer_" in line and line[2:3] in "+-"] == [*"-+-+"]
    assert page.read_bytes() == (corpus / SEED).read_bytes()
    assert run(*arguments, cwd=tmp_path).code == 0
    assert page.read_bytes() == (corpus / SEED).read_bytes().replace(b"* - ``consumer_key``", b"* - ``consumer_token``")
    assert run(*arguments, "--check", cwd=tmp_path).code == 0


@pytest.mark.parametrize("page", ["connector-manifest.rst", "connector-config-file.rst", "secrets.rst", "hubspot.rst"])
def test_other_tables_are_left_alone(corpus: Path, tmp_path: Path, page: str) -> None:
    (tmp_path / page).write_bytes((corpus / "docs" / page).read_bytes())
    outcome = run("docs", page, "--config", str(ROOT / "authscribe.toml"), cwd=tmp_path)
    assert outcome.code == 0
    assert (tmp_path / page).read_bytes() == (corpus / "docs" / page).read_bytes()


def test_only_two_of_six_tables_belong_to_schemes(corpus: Path, tmp_path: Path) -> None:
    page = "connector-contract.rst"
    original = (corpus / "docs" / page).read_text()
    (tmp_path / page).write_text(original)
    assert run("docs", page, "--config", str(ROOT / "authscribe.toml"), cwd=tmp_path).code == 0
    changed = [
        number
        for number, (old, new) in enumerate(
            zip(original.split("\n"), (tmp_path / page).read_text().split("\n"), strict=True), 1
        )
        if old != new
    ]
    # The tables of oauth2 and of Tripletex are in lines 370 to 408; what they list stays, what they say follows.
    assert changed == [378, 387, 406]
