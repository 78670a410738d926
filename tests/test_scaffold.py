from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import pytest
from support import ROOT, resolve, run, tree

from authscribe.connectors.file_trees import find_folders
from authscribe.connectors.reader import ConnectorReader
from authscribe.model.contract import COMPUTED_KINDS
from authscribe.model.definitions import Kind

SCHEMES = (
    "oauth2", "api_key", "tripletex", "superoffice", "jwt", "http_basic", "oauth2_client_credentials", "none",
)  # fmt: skip
CONFIGURATION = 'sources = ["schemes/*.rst", "schemes/*.yaml"]\nconnectors = ["connectors/*"]\n'


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Write a workspace with the project's own schemes and no connector."""
    folder = tmp_path / "desk"
    (folder / "schemes").mkdir(parents=True)
    for name in ("authentication-schemes.rst", "refinements.yaml", "common.yaml"):
        shutil.copy(ROOT / "schemes" / name, folder / "schemes" / name)
    (folder / "authscribe.toml").write_text(CONFIGURATION)
    (folder / "connectors").mkdir()
    return folder


def scaffold(desk: Path, name: str, scheme: str, *options: str) -> Path:
    outcome = run("scaffold", name, "--scheme", scheme, "--out-dir", "connectors", *options, cwd=desk)
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    return desk / "connectors" / name


@pytest.mark.parametrize("style", ["platform", "custom_auth"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scaffold_is_clean_and_works(desk: Path, scheme: str, style: str) -> None:
    arguments = ("scaffold", "acme", "--scheme", scheme, "--style", style, "--out-dir", "connectors")
    outcome = run(*arguments, cwd=desk)
    if style == "custom_auth" and scheme in ("tripletex", "http_basic", "oauth2_client_credentials"):
        assert outcome.code == 2
        assert "injects no access token to put into a header" in outcome.stdout
        assert not (desk / "connectors" / "acme").exists()
        return
    assert outcome.code == 0, outcome.stdout
    folder = desk / "connectors" / "acme"
    lint = run("lint", cwd=desk)
    assert lint.stdout == "no findings, 1 connector read\n"
    assert_expands(folder, desk)
    assert_constructs(folder)


@pytest.mark.parametrize("kind", sorted({*COMPUTED_KINDS, Kind.MTLS}))
def test_a_credential_that_proves_the_sender_otherwise_is_in_no_header(desk: Path, kind: Kind) -> None:
    secrets = [
        {"name": name, "origin": {"source": "copied", "required": name}} for name in ("access_key", "secret_key")
    ]
    scheme = {
        "id": "signed",
        "kind": kind.value,
        "selector": {"auth": "signed"},
        "required": [{"name": secret["name"]} for secret in secrets],
        "injected": secrets,
    }
    (desk / "schemes" / "signed.yaml").write_text(json.dumps({"schemes": [scheme]}))
    outcome = run("scaffold", "depot", "--scheme", "signed", cwd=desk)
    assert outcome.code == 0
    assert (
        "info[no-placement]: no placement puts the secrets of 'depot' into a request\n --> --scheme\n" in outcome.stdout
    )
    for name in ("system.json", "item.json"):
        assert not re.search("headers|access_key|secret_key", (desk / "depot" / "templates" / name).read_text())


KINDS_NAMES = (
    "api_key", "password", "token", "oauth_access_token", "oauth_client_id", "oauth_client_secret",
    "oauth_refresh_token",
)  # fmt: skip
PLACEMENTS = [
    {"in": "header", "name": "X-Key", "value": "Key {api_key}"},
    {"in": "query", "name": "site", "value": "{site-id}"},
    {"in": "path", "value": "{username}/items"},
    {"in": "cookie", "name": "session", "value": "{token}"},
    {"in": "body", "name": "login.password", "value": "{password}"},
    {"in": "basic_username", "value": "{username}/token"},
    {"in": "basic_password", "value": "{password}"},
    {"in": "block", "name": "oauth2.extra.headers.X-Id", "value": '{{"id": "{oauth_client_id}"}}'},
]
CLIENT = jinja2.Environment(
    variable_start_string="{{@", variable_end_string="@}}", block_start_string="{{%", block_end_string="%}}",
    comment_start_string="{#", comment_end_string="#}", undefined=jinja2.StrictUndefined, autoescape=False,
)  # fmt: skip
"""Template language of the platform's own client, which expands templates before it uploads them."""


@pytest.mark.parametrize("placements", [None, PLACEMENTS], ids=["usual", "own"])
@pytest.mark.parametrize("style", ["platform", "custom_auth"])
@pytest.mark.parametrize("kind", Kind)
def test_the_client_of_the_platform_expands_a_scaffold(
    tmp_path: Path, kind: Kind, style: str, placements: list[dict[str, str]] | None
) -> None:
    scheme = {
        "id": "s", "kind": kind,
        "required": [{"name": name} for name in KINDS_NAMES],
        "injected": [{"name": name, "origin": {"source": "copied", "required": name}} for name in KINDS_NAMES],
        "parameters": [{"name": name} for name in ("username", "token_url", "site-id", "unused")],
        "endpoints": {"token": {"url": "https://${subdomain}.example.com/token"}},
        "oauth": {"scopes": ["read"], "response": {"oauth_access_token": "access_token"}},
    }  # fmt: skip
    (tmp_path / "s.json").write_text(
        json.dumps({"schemes": [scheme | ({} if placements is None else {"placements": placements})]})
    )
    outcome = run("scaffold", "acme", "--scheme", "s", "--style", style, "--source", "s.json", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout
    folder = tmp_path / "acme"
    manifest, secrets, environment = (
        json.loads((folder / name).read_text()) for name in ("manifest.json", "secrets.json", "test-env.json")
    )
    assert "REPLACE_ME" not in json.dumps(manifest)
    values = {name: f"CANARY-{name}" for name in ("system", "datatype", "parent", *manifest["additional_parameters"])}
    datatypes = [datatype["template"] for datatype in manifest["datatypes"].values()]
    for path in (manifest["system-template"], *datatypes):
        expanded = CLIENT.from_string((folder / path).read_text()).render(values)
        json.loads(expanded)
        assert "REPLACE_ME" not in expanded
        # No hole of a placement is left; `{{ id }}` is for the running system.
        assert re.findall(r"(?<!{){[\w-]+}", expanded) == []
        assert set(re.findall(r"\$SECRET\((.*?)\)", expanded)) <= set(secrets)
        assert set(re.findall(r"\$ENV\((.*?)\)", expanded)) <= set(environment)


def test_client_credentials_are_those_of_a_real_connector(desk: Path, corpus: Path) -> None:
    """Compare with a connector whose provider names the client's identifier and addresses in its own words."""
    real = corpus / "connectors" / "powerofficego@main"
    own = scaffold(desk, "acme", "oauth2_client_credentials")
    spelled = {"application_key": "client_id", "base_url @}}/OAuth/Token": "token_url @}}"}
    text = (real / "templates" / "system.json").read_text()
    for word, other in spelled.items():
        text = text.replace(word, other)
    assert json.loads(text)["oauth2"] == json.loads((own / "templates" / "system.json").read_text())["oauth2"]
    manifests = [json.loads((folder / "manifest.json").read_text()) for folder in (real, own)]
    assert manifests[0]["auth"] == manifests[1]["auth"] == "api_key"


def assert_expands(folder: Path, desk: Path) -> None:
    platform = resolve(cwd=desk).catalogue.platform
    connector_reader = ConnectorReader.from_platform(platform)
    (connector,) = find_folders(str(folder), desk, platform)
    snapshot = connector_reader.read(connector)
    assert [template.path for template in snapshot.all_templates] == ["templates/system.json", "templates/item.json"]
    for template in snapshot.all_templates:
        json.loads(template.text)
        for text in connector_reader.expander.expand(snapshot, template):
            assert "{{@" not in text
            json.loads(text)


def assert_constructs(folder: Path) -> None:
    """Create the classes from the scaffold's own example when it is filled in, in a process without environment.

    The same variables as files in a folder, which is how Kubernetes and Compose mount secrets, give the same settings.
    """
    script = (
        "import auth, pathlib, dotenv, pydantic\n"
        "mounted = pathlib.Path('mounted')\n"
        "mounted.mkdir()\n"
        "for name, value in dotenv.dotenv_values('.env').items():\n"
        "    (mounted / name).write_text(value)\n"
        "for role in ('Configuration', 'Runtime'):\n"
        "    settings_class = getattr(auth, 'Acme' + role)\n"
        "    try:\n"
        "        settings_class.from_env(env_file='.env.example')\n"
        "        raise SystemExit('the example is accepted')\n"
        "    except pydantic.ValidationError as error:\n"
        "        assert set(settings_class.SECRETS.values()) <= {item['loc'][0] for item in error.errors()}\n"
        "    settings = settings_class.from_env(env_file='.env')\n"
        "    assert set(settings.secrets().values()) <= {'CANARY'}\n"
        "    assert settings_class.from_env(secrets_dir='mounted') == settings\n"
        "    print(sorted(settings.secrets()))\n"
    )
    (folder / ".env").write_text((folder / ".env.example").read_text().replace("REPLACE_ME", "CANARY"))
    finished = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    injected = json.loads((folder / "secrets.json").read_text())
    assert finished.stdout.splitlines()[1] == str(sorted(injected))


DEFAULTS = {
    "verify": ("boolean", True),
    "off": ("boolean", False),
    "retries": ("integer", 5),
    "zero": ("integer", 0),
    "share": ("number", 0.5),
    "tags": ("array", ["a", 1, None]),
    "none": ("array", []),
    "limits": ("object", {"a": {"b": [True]}}),
    "plain": ("string", "us"),
    "letters": ("string", "Łódź # 1"),
    "number": ("string", "007"),
    "blank": ("string", ""),
    "quoted": ("string", "it's"),
    "escaped": ("string", "a\\nb"),
    "filled": ("string", "${HOME}/x"),
    "dollar": ("string", "$HOME"),
    "accents": ("array", ["é", "it's"]),
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_example_gives_the_default_of_the_definition(tmp_path: Path, name: str) -> None:
    kind, default = DEFAULTS[name]
    write_scheme(tmp_path, [{"name": name, "type": kind, "default": default}])
    run("scaffold", "acme", "--scheme", "k", "--source", "s.yaml", cwd=tmp_path)
    assert construct(tmp_path / "acme", {"ACME_KEY": "x", "ACME_BASE_URL": "y"})[name] == default
    assert json.loads((tmp_path / "acme/test-env.json").read_text())[name] == default


def test_the_example_leaves_out_what_may_be_omitted(tmp_path: Path) -> None:
    parameters = [
        {"name": "note", "optional": True},
        {"name": "only", "enum": [{"value": "eu"}]},
        {"name": "region", "enum": [{"value": "eu"}, {"value": "us"}], "default": "us"},
    ]
    write_scheme(tmp_path, parameters, required=[{"name": "key"}, {"name": "spare", "optional": True}])
    run("scaffold", "acme", "--scheme", "k", "--source", "s.yaml", cwd=tmp_path)
    values = construct(tmp_path / "acme", {"ACME_KEY": "x", "ACME_BASE_URL": "y"})
    assert (values["note"], values["spare"], values["only"], values["region"]) == (None, None, "eu", "us")


def test_every_placeholder_is_named_in_one_error(tmp_path: Path) -> None:
    kinds = ("string", "integer", "number", "boolean", "array", "object")
    parameters: list[dict[str, object]] = [{"name": f"p_{kind}", "type": kind} for kind in kinds]
    parameters.append({"name": "region", "enum": [{"value": "eu"}, {"value": "us"}]})
    write_scheme(tmp_path, parameters)
    run("scaffold", "acme", "--scheme", "k", "--source", "s.yaml", cwd=tmp_path)
    refused = construct(tmp_path / "acme", {})
    assert set(refused) == {"key", "base_url", "region", *(f"p_{kind}" for kind in kinds)}
    by_placeholder = {name for name, message in refused.items() if message == "the placeholder is not replaced"}
    assert by_placeholder == {"key", "base_url", "p_string", "p_array", "p_object"}


def write_scheme(
    folder: Path, parameters: list[dict[str, object]], required: Sequence[dict[str, object]] = ({"name": "key"},)
) -> None:
    scheme = {
        "id": "k", "kind": "api_key", "required": required, "parameters": parameters,
        "injected": [{"name": "key", "origin": {"source": "copied", "required": "key"}}],
        "placements": [{"in": "header", "name": "X", "value": "{key}"}],
    }  # fmt: skip
    (folder / "s.yaml").write_text(json.dumps({"schemes": [scheme]}))


def construct(folder: Path, values: dict[str, str]) -> dict[str, Any]:
    """Return the fields of the configuration from a copy of the example, or the refusals by field."""
    lines = [line.partition("=") for line in (folder / ".env.example").read_text().splitlines()]
    (folder / ".env").write_text("".join(f"{name}={values.get(name, old)}\n" for name, _, old in lines))
    script = (
        "import json, auth, pydantic\n"
        "try:\n"
        "    found = auth.AcmeConfiguration.from_env(env_file='.env').model_dump(mode='json')\n"
        "except pydantic.ValidationError as error:\n"
        "    found = {item['loc'][0]: item['msg'] for item in error.errors()}\n"
        "print(json.dumps(found))\n"
    )
    finished = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def test_an_oauth2_manifest_has_what_the_client_of_the_platform_reads(tmp_path: Path) -> None:
    scheme = {
        "id": "oauth2", "kind": "oauth2_authorization_code",
        "required": [{"name": "client_id"}, {"name": "client_secret"}],
        "injected": [{"name": name} for name in ("oauth_access_token", "oauth_refresh_token", "oauth_client_id")],
        "parameters": [{"name": "token_url"}],
    }  # fmt: skip
    oauth = {"scopes": ["openid", "api"]}
    endpoints = {role: {"url": f"https://login.acme.dev/{role}"} for role in ("authorize", "token", "jwks")}
    for name, more in (("with", {"oauth": oauth, "endpoints": endpoints}), ("without", {})):
        (tmp_path / "s.yaml").write_text(json.dumps({"schemes": [scheme | more]}))
        outcome = run("scaffold", name, "--scheme", "oauth2", "--source", "s.yaml", cwd=tmp_path)
        assert outcome.code == 0, outcome.stdout
    manifests = {name: json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("with", "without")}
    assert manifests["with"]["oauth2"] == {
        "login_url": "https://login.acme.dev/authorize",
        "token_url": "https://login.acme.dev/token",
        "scopes": ["openid", "api"],
    }
    assert manifests["without"]["oauth2"]["scopes"] == ["REPLACE_ME"]


@pytest.mark.parametrize(("folder", "identifier"), [("acme", "acme"), ("Łódź Sync", "lodz-sync"), ("7up", "7up")])
def test_a_dot_is_the_current_folder(tmp_path: Path, folder: str, identifier: str) -> None:
    write_scheme(tmp_path, [])
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "README.md").write_text("Mine.\n")
    outcome = run("scaffold", ".", "--scheme", "k", "--source", "../s.yaml", cwd=tmp_path / folder)
    assert outcome.code == 0, outcome.stdout
    assert (tmp_path / folder / f"{identifier}.rst").exists()
    assert (tmp_path / folder / "README.md").read_text() == "Mine.\n"


def test_a_folder_without_a_name_in_ascii_is_one_finding(tmp_path: Path) -> None:
    write_scheme(tmp_path, [])
    (tmp_path / "中文").mkdir()
    outcome = run("scaffold", ".", "--scheme", "k", "--source", "../s.yaml", cwd=tmp_path / "中文")
    assert outcome.code == 2
    assert outcome.stdout.count("error[bad-id]") == 1
    assert not list((tmp_path / "中文").iterdir())


def test_a_second_run_writes_nothing_and_keeps_what_a_person_changed(desk: Path) -> None:
    folder = scaffold(desk, "acme", "api_key")
    (folder / "manifest.json").write_text('{"mine": true}\n')
    (folder / "auth.py").unlink()
    before = tree(folder)
    outcome = run("scaffold", "acme", "--scheme", "api_key", "--out-dir", "connectors", cwd=desk)
    assert outcome.code == 0
    assert "wrote        connectors/acme/auth.py" in outcome.stdout
    assert "kept         connectors/acme/manifest.json" in outcome.stdout
    after = tree(folder)
    assert {path: after[path] for path in before} == before
    assert set(after) - set(before) == {"auth.py"}
    again = run("scaffold", "acme", "--scheme", "api_key", "--out-dir", "connectors", cwd=desk)
    assert "wrote" not in again.stdout
    assert tree(folder) == after


def test_a_dry_run_writes_nothing(desk: Path) -> None:
    before = tree(desk)
    outcome = run("scaffold", "acme", "--scheme", "oauth2", "--dry-run", "--out-dir", "connectors", cwd=desk)
    assert outcome.code == 0
    assert "would write  connectors/acme/manifest.json" in outcome.stdout
    assert tree(desk) == before


def test_credential_files_are_ignored_and_hold_no_value(desk: Path) -> None:
    folder = scaffold(desk, "acme", "superoffice")
    ignored = (folder / ".gitignore").read_text().split()
    assert {".env", ".authconfig", "secrets.json"} <= set(ignored)
    assert set(json.loads((folder / "secrets.json").read_text()).values()) == {"REPLACE_ME"}
    assert set(json.loads((folder / ".authconfig").read_text()).values()) == {""}


def test_a_header_of_ones_own_carries_the_key(desk: Path) -> None:
    folder = scaffold(desk, "acme", "api_key", "--header", "X-Api-Key")
    system = json.loads((folder / "templates" / "system.json").read_text())
    assert system["headers"] == {"X-Api-Key": "$SECRET(api_key)"}
    assert run("lint", cwd=desk).stdout == "no findings, 1 connector read\n"


def test_check_says_which_files_no_longer_fit_and_touches_none(desk: Path) -> None:
    folder = scaffold(desk, "acme", "tripletex")
    assert run("generate", cwd=desk).code == 0
    assert run("check", cwd=desk).code == 0
    refinements = desk / "schemes" / "refinements.yaml"
    moved = (
        refinements.read_text()
        .replace("consumer_token\n", "customer_token\n")
        .replace("{consumer_token}", "{customer_token}")
    )
    refinements.write_text(moved)
    assert run("generate", cwd=desk).code == 0
    before = tree(folder)
    outcome = run("check", "--output-format", "json", cwd=desk)
    assert outcome.code == 1
    report: dict[str, Any] = json.loads(outcome.stdout)
    assert {finding["code"] for finding in report["findings"]} == {"scaffold-outdated", "secret-renamed"}
    found = [finding for finding in report["findings"] if finding["code"] == "scaffold-outdated"]
    outdated = {finding["path"].removeprefix("connectors/acme/"): finding for finding in found}
    assert set(outdated) == {
        ".authconfig", ".env.example", "acme.rst", "auth.py", "secrets.json", "templates/system.json",
    }  # fmt: skip
    for path, finding in outdated.items():
        assert finding["message"].endswith("'consumer_token' was removed, 'customer_token' was added")
        line = (folder / path).read_text().split("\n")[finding["line"] - 1]
        assert line[finding["column"] - 1 : finding["end_column"] - 1].lower().endswith("consumer_token")
    assert tree(folder) == before
    for path in outdated:
        text = (folder / path).read_text()
        text = text.replace("consumer_token", "customer_token").replace("CONSUMER_TOKEN", "CUSTOMER_TOKEN")
        (folder / path).write_text(text)
    assert run("generate", cwd=desk).code == 0
    assert run("check", cwd=desk).code == 0
