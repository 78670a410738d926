"""Test the catalogue document: its facts about connectors, its schema, and that it settles in one run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support import CASES, ROOT, authscribe, run, tree

SCHEME = """\
schemes:
  - id: key
    kind: api_key
    selector: {auth: api_key}
    required: [{name: api_key}]
    injected: [{name: api_key, origin: {source: copied, required: api_key}}]
"""
ACME = "connectors:\n  - {id: acme, scheme: key, placements: [{in: header, name: X-Key, value: '{api_key}'}]}\n"
SYSTEM = """\
{"_id": "x", "type": "system:rest", "url_pattern": "https://api.example.com/%s",
 "headers": {"X-Key": "$SECRET(api_key)"}}
"""


def workspace(folder: Path, *, definitions: str = SCHEME + ACME, config: str = "", connector: bool = True) -> Path:
    """Write a workspace with one scheme, and the connector `acme` on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "s.yaml").write_text(definitions)
    settings = f'sources = ["s.yaml"]\n{config}'
    if connector:
        settings = f'connectors = ["connectors/*"]\n{settings}'
        templates = folder / "connectors/acme/templates"
        templates.mkdir(parents=True)
        (templates.parent / "manifest.json").write_text(
            '{"auth": "api_key", "datatypes": {}, "system-template": "templates/system.json"}'
        )
        (templates / "system.json").write_text(SYSTEM)
    (folder / "authscribe.toml").write_text(settings)
    return folder


def catalogue(folder: Path, out: str = "output") -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / out / "catalogue/catalogue.json").read_text())
    return document


def connector(folder: Path, identifier: str = "acme") -> dict[str, Any]:
    (found,) = (entry for entry in catalogue(folder)["connectors"] if entry["id"] == identifier)
    assert isinstance(found, dict)
    return found


def test_the_document_follows_its_schema(tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(run("schema", "catalogue", cwd=ROOT).stdout)
    documents = sorted(CASES.glob("**/out/**/catalogue/catalogue.json"))
    documents.append(ROOT / "output/catalogue/catalogue.json")
    assert len(documents) > 3
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), *map(str, documents)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
    broken = tmp_path / "broken.json"
    broken.write_text(documents[-1].read_text().replace('"badge":', '"badges":', 1))
    finished = subprocess.run([*command[:5], str(broken)], capture_output=True, text=True, check=False)
    assert finished.returncode == 1


def test_a_connector_without_faults_is_clean_and_its_uses_are_known(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    assert run("generate", cwd=desk).code == 0
    assert run("check", cwd=desk).code == 0
    found = connector(desk)
    assert (found["state"], found["findings"], found["drifts"]) == ("clean", [], [])
    (injected,) = (name for name in found["names"] if name["role"] == "injected")
    assert injected["used"] is True
    assert injected["uses"] == [
        {
            "path": "connectors/acme/templates/system.json",
            "line": 2,
            "href": "../../connectors/acme/templates/system.json",
        }
    ]
    assert found["source"] == {"path": "s.yaml", "line": 8, "href": "../../s.yaml"}


def test_the_uses_of_a_connector_without_a_folder_are_unknown(tmp_path: Path) -> None:
    desk = workspace(tmp_path, connector=False)
    assert run("generate", cwd=desk).code == 0
    assert {name["used"] for name in connector(desk)["names"]} == {None}


def test_a_connector_that_no_source_defines_is_in_the_catalogue_as_well(tmp_path: Path) -> None:
    desk = workspace(tmp_path, definitions=SCHEME)
    assert run("generate", cwd=desk).code == 0
    found = connector(desk)
    assert [method["schemes"] for method in found["methods"]] == [["key"]]
    assert found["source"]["path"] == "connectors/acme/manifest.json"
    assert catalogue(desk)["schemes"][0]["connectors"] == ["acme"]
    assert (desk / "output/sesam/connectors/acme/system.json").exists()


def test_a_connector_of_an_unknown_scheme_shows_why(tmp_path: Path) -> None:
    desk = workspace(tmp_path, definitions=SCHEME)
    (desk / "connectors/acme/manifest.json").write_text(
        '{"auth": "api_kex", "datatypes": {}, "system-template": "templates/system.json"}'
    )
    assert run("generate", cwd=desk).code == 2
    assert run("generate", "--keep-going", cwd=desk).code == 1
    found = connector(desk)
    assert (found["methods"], found["state"]) == ([], "findings")
    assert "unknown-scheme" in {finding["code"] for finding in found["findings"]}


def test_two_revisions_are_one_connector(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    (desk / "connectors/acme").rename(desk / "connectors/acme@main")
    shutil.copytree(desk / "connectors/acme@main", desk / "connectors/acme@prod")
    system = desk / "connectors/acme@prod/templates/system.json"
    system.write_text(SYSTEM.replace("api_key", "other"))
    assert run("generate", cwd=desk).code == 1
    found = connector(desk)
    uses = {name["name"]: [use["path"] for use in name["uses"]] for name in found["names"] if name["used"]}
    assert uses == {
        "api_key": ["connectors/acme@main/templates/system.json"],
        "other": ["connectors/acme@prod/templates/system.json"],
    }
    assert "revisions-disagree" in {finding["code"] for finding in found["findings"]}


def test_an_edited_file_is_drift_until_it_is_overwritten(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    assert run("generate", cwd=desk).code == 0
    clean = tree(desk / "output")
    stub = desk / "output/sesam/connectors/acme/system.json"
    stub.write_text("{}\n")
    assert run("generate", cwd=desk).code == 1
    assert connector(desk)["drifts"] == [{"state": "edited", "path": "sesam/connectors/acme/system.json"}]
    assert connector(desk)["state"] == "drift"
    settled = tree(desk / "output")
    outcome = run("check", "--output-format", "json", cwd=desk)
    drifts = json.loads(outcome.stdout)["drifts"]
    assert [drift["path"] for drift in drifts] == ["output/sesam/connectors/acme/system.json"]
    assert run("generate", "--target", "catalogue", cwd=desk).code == 0
    assert run("generate", "--target", "catalogue", "--force", cwd=desk).code == 0
    assert tree(desk / "output") == settled
    assert run("generate", "--force", cwd=desk).code == 0
    assert run("check", cwd=desk).code == 0
    assert tree(desk / "output") == clean | {".authscribe-backup/sesam/connectors/acme/system.json": b"{}\n"}


def test_an_orphan_is_drift_until_it_is_pruned(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    one = SCHEME.replace("id: key", "id: other").replace("schemes:\n", "").replace("auth: api_key", "auth: other")
    two = "connectors:\n  - {id: acme, methods: [{id: a, schemes: [key]}, {id: b, schemes: [other]}]}\n"
    (desk / "s.yaml").write_text(SCHEME + one + two)
    assert run("generate", cwd=desk).code in (0, 1)
    (desk / "s.yaml").write_text(SCHEME + one + ACME)
    assert run("generate", cwd=desk).code == 1
    drifts = connector(desk)["drifts"]
    assert {drift["state"] for drift in drifts} == {"orphaned"}
    assert "sesam/connectors/acme/a/system.json" in {drift["path"] for drift in drifts}
    assert run("generate", "--prune", cwd=desk).code == 0
    assert run("check", cwd=desk).code == 0
    assert connector(desk)["state"] == "clean"


def test_a_target_of_the_run_alone_leaves_no_orphans(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    options = ("--target", "catalogue", "--target", "terraform")
    assert run("generate", *options, cwd=desk).code == 0
    assert run("check", *options, cwd=desk).code == 0


def test_a_scaffolded_file_that_no_longer_fits_is_drift(tmp_path: Path) -> None:
    desk = workspace(tmp_path, definitions=SCHEME, connector=False, config='connectors = ["*-connector"]\n')
    outcome = run("scaffold", "acme", "--scheme", "key", "--header", "X-Key", cwd=desk)
    assert outcome.code == 0, outcome.stdout
    (made,) = (path.parent for path in desk.rglob("authscribe.scaffold.json"))
    (desk / "authscribe.toml").write_text(f'sources = ["s.yaml"]\nconnectors = ["{made.relative_to(desk)}"]\n')
    assert run("generate", cwd=desk).code == 0
    assert connector(desk)["drifts"] == []
    (desk / "s.yaml").write_text(
        SCHEME.replace("name: api_key", "name: new_key").replace("required: api_key", "required: new_key")
    )
    assert run("generate", cwd=desk).code == 1
    assert {drift["state"] for drift in connector(desk)["drifts"]} == {"outdated"}
    assert connector(desk)["state"] == "drift"


def test_suppressed_findings_are_left_out_on_any_day(tmp_path: Path) -> None:
    rule = '[[suppress]]\nrule = "secret-unused"\nreason = "known"\nuntil = 2001-01-01\n'
    desk = workspace(tmp_path, config=rule)
    (desk / "connectors/acme/templates/system.json").write_text(SYSTEM.replace("$SECRET(api_key)", "x"))
    assert run("generate", cwd=desk).code == 0
    assert "secret-unused" not in {finding["code"] for finding in connector(desk)["findings"]}


PROVIDERS = """\
wave: {auth_mode: TELEPATHY}
surf: {alias: wave, display_name: Surf}
calm: {auth_mode: API_KEY, proxy: {base_url: https://x.example, headers: {x-key: '${apiKey}'}}}
"""
SWAGGER = """\
{"openapi": "3.0.0", "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
 "security": [{"key": []}], "openapi": "3.0.0", "paths": {}, "info": {"title": "Wave"}}
"""


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        pytest.param(
            "providers.yaml",
            PROVIDERS,
            {"wave": ["unknown-mode"], "surf": ["unknown-mode"], "calm": []},
            id="many-connectors-in-a-document",
        ),
        pytest.param("openapi.json", SWAGGER, {"wave": ["duplicate-key"]}, id="one-connector"),
    ],
)
def test_findings_of_a_reader_are_those_of_their_connectors(
    tmp_path: Path, name: str, text: str, shown: dict[str, list[str]]
) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "authscribe.toml").write_text(f'sources = ["{name}"]\ntargets = ["catalogue"]\n')
    assert run("generate", cwd=tmp_path).code == 0
    entries = {entry["id"]: entry for entry in catalogue(tmp_path)["connectors"]}
    assert {key: [finding["code"] for finding in entry["findings"]] for key, entry in entries.items()} == shown
    for key, codes in shown.items():
        label = ElementTree.parse(tmp_path / f"output/catalogue/badges/{key}.svg").getroot().get("aria-label") or ""
        assert label.endswith(", clean") is (not codes)
        assert (entries[key]["state"] == "clean") is (not codes)


def test_a_suppression_covers_the_finding_of_a_reader(tmp_path: Path) -> None:
    (tmp_path / "providers.yaml").write_text(PROVIDERS)
    rule = '[[suppress]]\nrule = "unknown-mode"\nconnector = "surf"\nreason = "known"\n'
    (tmp_path / "authscribe.toml").write_text(
        f'sources = ["providers.yaml"]\ntargets = ["catalogue"]\nconnectors = []\n{rule}'
    )
    assert run("generate", cwd=tmp_path).code == 0
    states = {entry["id"]: entry["state"] for entry in catalogue(tmp_path)["connectors"]}
    assert states == {"wave": "findings", "surf": "clean", "calm": "clean"}
    report = json.loads(run("lint", "--output-format", "json", cwd=tmp_path).stdout)
    assert [(finding["code"], finding["connector"]) for finding in report["findings"]] == [("unknown-mode", "wave")]


def test_a_finding_about_a_scheme_concerns_each_connector_that_uses_it(tmp_path: Path) -> None:
    region = "parameters: [{name: region, default: us, enum: [{value: eu}]}]"
    schemes = f"  - {{id: base, kind: api_key, {region}}}\n  - {{id: heir, extends: base}}\n"
    connectors = "connectors: [{id: a, scheme: base}, {id: b, scheme: heir}, {id: c, scheme: key}]\n"
    desk = workspace(tmp_path, definitions=SCHEME + schemes + connectors, connector=False)
    assert run("generate", "--target", "catalogue", cwd=desk).code == 0
    found = {key: {finding["code"] for finding in connector(desk, key)["findings"]} for key in "abc"}
    assert found == {"a": {"default-not-allowed"}, "b": {"default-not-allowed"}, "c": {"no-placement"}}
    assert [connector(desk, key)["severity"] for key in "abc"] == ["warning", "warning", "info"]


def test_a_connector_that_is_left_out_shows_its_errors(tmp_path: Path) -> None:
    desk = workspace(tmp_path, definitions=SCHEME + ACME.replace("scheme: key", "scheme: key, colour: red"))
    assert run("generate", "--keep-going", "--target", "catalogue", cwd=desk).code == 1
    assert {finding["code"] for finding in connector(desk)["findings"]} >= {"unknown-key", "left-out"}
    assert connector(desk)["severity"] == "error"


@pytest.mark.parametrize("where", ["here", "somewhere/else"])
def test_the_place_of_the_workspace_does_not_matter(tmp_path: Path, where: str) -> None:
    desk = workspace(tmp_path / where)
    elsewhere = tmp_path / "cwd"
    elsewhere.mkdir()
    assert run("generate", cwd=desk).code == 0
    first = tree(desk / "output")
    outcome = run("check", "--config", str(desk / "authscribe.toml"), cwd=elsewhere)
    assert outcome.code == 0, outcome.stdout
    assert not any(str(tmp_path).encode() in content for content in first.values())


def test_the_seed_of_hashes_does_not_matter(tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        desk = workspace(tmp_path / seed)
        (desk / "connectors/acme/templates/system.json").write_text(SYSTEM.replace("api_key", "a b c d e"))
        assert authscribe("generate", cwd=desk, env={"PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland"}).code == 0
        assert connector(desk)["findings"]
        written.append(tree(desk / "output"))
    assert written[0] == written[1]


def test_without_a_configuration_nothing_is_linked(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    out = tmp_path / "out"
    outcome = run(
        "generate", "--source", str(desk / "s.yaml"), "--connectors", str(desk / "connectors"), "--out-dir", str(out), cwd=ROOT,
    )  # fmt: skip
    assert outcome.code in (0, 1), outcome.stdout
    text = (out / "catalogue/catalogue.json").read_text()
    assert str(tmp_path) not in text
    assert "authscribe.toml" not in text
    assert '"href": "' not in text


def test_no_value_of_a_secret_is_in_any_output(tmp_path: Path) -> None:
    case = CASES / "lint" / "literal_secrets" / "in"
    shutil.copytree(case, tmp_path / "desk")
    (tmp_path / "desk/authscribe.toml").write_text('sources = ["s.yaml"]\nconnectors = ["c"]\n')
    assert b"CANARY" in b"".join(tree(tmp_path / "desk/c").values())
    assert run("generate", cwd=tmp_path / "desk").code == 0
    (found,) = catalogue(tmp_path / "desk")["connectors"]
    assert [finding["code"] for finding in found["findings"]].count("literal-secret") == 6
    written = b"".join(tree(tmp_path / "desk/output").values())
    assert b"CANARY" not in written
    assert b"hunter2" not in written
    adopted = run("generate", "--connectors", "c", "--out-dir", "adopted", cwd=tmp_path / "desk")
    assert adopted.code == 0, adopted.stdout
    assert b"CANARY" not in b"".join(tree(tmp_path / "desk/adopted").values())


def test_every_output_is_listed_with_its_target(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    assert run("generate", cwd=desk).code == 0
    listed = run("list", "outputs", "--output-format", "json", cwd=desk)
    rows = {row["path"]: row["target"] for row in json.loads(listed.stdout)["outputs"]}
    assert set(rows) == {f"output/{path}" for path in tree(desk / "output")} - {"output/authscribe.lock"}
    assert rows["output/catalogue/catalogue.json"] == "catalogue"


def test_the_policy_of_the_page_is_about_its_own_script_and_style(tmp_path: Path) -> None:
    desk = workspace(tmp_path)
    assert run("generate", cwd=desk).code == 0
    text = (desk / "output/catalogue/index.html").read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    for element in ("script", "style"):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{element}-src &#39;sha256-{digest}&#39;" in policy
    assert policy.startswith("default-src &#39;none&#39;;")
    assert "unsafe" not in policy


def test_a_page_template_of_a_user_gets_the_same_view(tmp_path: Path) -> None:
    desk = workspace(tmp_path, config='templates = ["mine"]\n')
    (desk / "mine/catalogue").mkdir(parents=True)
    (desk / "mine/catalogue/page.html.jinja").write_text(
        "<% for row in view.rows %>\n<p title=<< row.id | attribute >>><< row.title | text >></p>\n<% endfor %>\n"
    )
    assert run("generate", cwd=desk).code == 0
    assert (desk / "output/catalogue/index.html").read_text() == '<p title="acme">acme</p>\n'


def test_a_row_template_of_a_user_is_a_part_of_the_page(tmp_path: Path) -> None:
    desk = workspace(tmp_path, config='templates = ["mine"]\n')
    own = desk / "mine/catalogue/rows.html.jinja"
    own.parent.mkdir(parents=True)
    own.write_text("<% for row in view.rows %>\n<tr><td><< row.title | text >></td></tr>\n<% endfor %>\n")
    assert run("generate", cwd=desk).code == 0
    page = (desk / "output/catalogue/index.html").read_text()
    assert '<tbody role="rowgroup" id="rows">\n<tr><td>acme</td></tr>\n</tbody>' in page
    own.write_text("\n<< view.rows >>\n")
    outcome = run("generate", "--output-format", "concise", cwd=desk)
    assert outcome.code == 2
    assert outcome.stdout.startswith("mine/catalogue/rows.html.jinja:2:1: error[template-error]")


def many_connectors(count: int) -> dict[str, Any]:
    return {
        "schemes": [{"id": "a", "kind": "api_key"}, {"id": "b", "kind": "none"}],
        "connectors": [{"id": f"c{i:02}", "title": f"C {i}", "scheme": "ab"[i % 2]} for i in range(count)],
    }


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "nothing": lambda document: None,
    "a connector": lambda document: document["connectors"][30].update(title="New"),
    "a connector more": lambda document: document["connectors"].append({"id": "c30a", "scheme": "a"}),
    "the first connector less": lambda document: document["connectors"].pop(0),
    "all other connectors less": lambda document: document["connectors"].__delitem__(slice(1, None)),
    "a text with markup": lambda document: document["connectors"][9].update(summary="Ask *them*."),
    "a title of a scheme": lambda document: document["schemes"][0].update(title="Key"),
    "a column more": lambda document: document["schemes"].append({"id": "c", "kind": "http_basic"}),
    "other columns": lambda document: document["schemes"].extend({"id": f"s{i}", "kind": "jwt"} for i in range(99)),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_catalogue_from_the_cache_has_the_bytes_of_a_new_one(tmp_path: Path, name: str) -> None:
    document = many_connectors(60)
    desk = workspace(tmp_path, definitions=json.dumps(document), config='targets = ["catalogue"]\n', connector=False)
    assert run("generate", "--cache-dir", "cache", cwd=desk).code == 0
    EDITS[name](document)
    (desk / "s.yaml").write_text(json.dumps(document))
    assert run("generate", "--cache-dir", "cache", "--prune", cwd=desk).code == 0
    made = tree(desk / "output")
    shutil.rmtree(desk / "output")
    assert run("generate", "--no-cache", cwd=desk).code == 0
    assert tree(desk / "output") == made


@pytest.mark.parametrize(
    ("count", "caption", "targets"),
    [
        pytest.param(100, "Connectors by schemes", [f"#scheme-s{i}" for i in range(100)], id="schemes"),
        pytest.param(101, "Connectors by kinds", ["#kind=api_key", "#kind=http_bearer"], id="kinds"),
    ],
)
def test_many_schemes_are_grouped_by_kind(tmp_path: Path, count: int, caption: str, targets: list[str]) -> None:
    kinds = ["http_bearer" if i % 2 else "api_key" for i in range(count)]
    schemes = [{"id": f"s{i}", "kind": kind} for i, kind in enumerate(kinds)]
    connectors = [{"id": f"c{i}", "scheme": f"s{i}"} for i in range(count)]
    document = {"schemes": schemes, "connectors": connectors}
    desk = workspace(tmp_path, definitions=json.dumps(document), config='targets = ["catalogue"]\n', connector=False)
    assert run("generate", cwd=desk).code == 0
    text = (desk / "output/catalogue/index.html").read_text()
    assert f'aria-label="{caption}"' in text
    titles = dict(re.findall(r'class="column"><a href="([^"]*)">(.*?)</a>', text))
    columns = list(titles)
    assert sorted(columns) == sorted(targets)
    rows = dict(re.findall(r'data-id="c(\d+)"(.*?)</tr>', text, re.DOTALL))
    for i, kind in enumerate(kinds):
        cells = re.findall(r'<td role="cell">(.*?)</td>', rows[str(i)])
        marked = [column for column, cell in zip(columns, cells, strict=True) if cell]
        assert marked == [f"#scheme-s{i}" if count == 100 else f"#kind={kind}"]
        # A narrow screen has no columns, and this instead.
        assert f'<span class="sub">{titles[marked[0]]}</span>' in rows[str(i)]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["a"], "auth: a, clean"),
        (["a", "b"], "auth: a or b, clean"),
        (["a", "b", "c"], "auth: 3 methods, clean"),
        (["a+b"], "auth: a+b, clean"),
    ],
)
def test_a_badge_says_how_a_connector_authenticates(tmp_path: Path, names: list[str], shown: str) -> None:
    schemes = [{"id": name, "kind": "none"} for name in ("a", "b", "c")]
    methods = [{"id": f"m{i}", "schemes": name.split("+")} for i, name in enumerate(names)]
    (tmp_path / "s.json").write_text(json.dumps({"schemes": schemes, "connectors": [{"id": "x", "methods": methods}]}))
    outcome = run("generate", "--source", "s.json", "--out-dir", "out", "--target", "catalogue", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout
    image = ElementTree.fromstring((tmp_path / "out/catalogue/badges/x.svg").read_text())
    assert image.get("aria-label") == image.findtext("{http://www.w3.org/2000/svg}title") == shown


def test_a_wrong_source_url_is_refused(tmp_path: Path) -> None:
    for address in (
        "ftp://x/{path}",
        "{path}",
        "https://x/",
        "https://x/{path}{revision}",
        "https://x/{path",
        "javascript:{path}",
    ):
        desk = workspace(tmp_path / re.sub(r"\W", "", address), config=f'source-url = "{address}"\n', connector=False)
        outcome = run("check", cwd=desk)
        assert outcome.code == 2
        assert "error[wrong-value]: invalid value for 'source-url'" in outcome.stdout
