"""A value that may be a live credential is withheld where nothing but a name marks it; ordinary values are kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support import Outcome, run

LIVE = "Zq{}/Kx+wV un&recognisable"
ORDINARY = ("https://example.com/{}/token", "YOUR_KEY_{}", "${{KEY_{}}}", "<key {}>", "~/keys/key{}.pem")


def make_nango(name: str, value: str, number: int) -> dict[str, Any]:
    field = {"type": "string", "title": "Ferry", "default_value": value}
    provider = {"display_name": "Ferry", "auth_mode": "NONE", "connection_config": {f"{name}_{number}_key": field}}
    return {f"ferry{number}": {**provider, "berth": {f"{name}_key": value}}}


def make_airbyte(name: str, value: str, number: int) -> dict[str, Any]:
    properties = {f"{name}_{number}_key": {"type": "string", "title": "Key", "default": value}}
    specification = {"type": "object", "properties": properties, "berth": {f"{name}_key": value}}
    return {"connectionSpecification": {"$schema": "http://json-schema.org/draft-07/schema#", **specification}}


def make_meltano(name: str, value: str, number: int) -> dict[str, Any]:
    settings = [{"name": f"{name}_{number}_key", "value": value, "berth": {f"{name}_key": value}}]
    settings.append({"name": f"other_{number}_key", "berth": [{"name": f"{name}_key", "value": value}]})
    return {"name": f"tap-ferry{number}", "namespace": "tap_ferry", "settings": settings}


def make_mcp(name: str, value: str, number: int) -> dict[str, Any]:
    declared = {"name": f"{name}_{number}_key", "default": value, "berth": {f"{name}_key": value}}
    variables = {f"{name}_{number}_token": {"default": value}}
    header = {"name": "X-Berth", "value": f"{{{name}_{number}_token}}", "variables": variables}
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-10-17/server.schema.json",
        "name": f"io.example/ferry{number}",
        "description": "Ferry",
        "version": "1.0.0",
        "packages": [
            {
                "registryType": "npm",
                "identifier": "ferry",
                "transport": {"type": "stdio"},
                "environmentVariables": [declared],
            }
        ],
        "remotes": [{"type": "sse", "url": "https://example.com", "headers": [header]}],
    }


def make_n8n(name: str, value: str, number: int) -> list[Any]:
    declared = {"name": f"{name}{number}Key", "displayName": "Key", "type": "string", "default": value}
    extra = {**declared, "berth": {f"{name}_key": value}}
    return [{"name": f"ferry{number}Api", "displayName": "Ferry API", "properties": [extra]}]


FORMATS = {
    "providers.yaml": make_nango,
    "spec.json": make_airbyte,
    "plugin.yml": make_meltano,
    "server.json": make_mcp,
    "credentials.json": make_n8n,
}


@pytest.mark.parametrize("file", FORMATS)
def test_only_values_that_may_be_live_are_withheld(file: str, tmp_path: Path) -> None:
    values = [text.format(number) for number, text in enumerate((LIVE, *ORDINARY))]
    for number, value in enumerate(values):
        (tmp_path / file).write_text(json.dumps(FORMATS[file]("berth", value, number)))
        converted = run("convert", file, "--to", "json", cwd=tmp_path)
        assert converted.code == 0
        assert (json.dumps(value)[1:-1] in converted.stdout) is (number > 0)
        assert ("may be the value of a secret" in converted.stderr) is (number == 0)
        assert LIVE.format(0) not in converted.stderr


def convert_note(file: str, text: str, folder: Path) -> Outcome:
    """Convert a document with a note of an unknown key."""
    document = FORMATS[file]("berth", "", 0)
    keys = {"providers.yaml": "ferry0", "spec.json": "connectionSpecification", "credentials.json": 0}
    part = document[keys[file]] if file in keys else document
    part["note"] = text
    (folder / file).write_text(json.dumps(document))
    return run("convert", file, "--to", "json", cwd=folder)


@pytest.mark.parametrize("file", FORMATS)
def test_only_the_values_in_prose_are_withheld(file: str, tmp_path: Path) -> None:
    text = "Ask https://keeper:qwertzui@a.example/?api_key=Zqkxwvab&page=1 or ?api_key={key} for berths."
    converted = convert_note(file, text, tmp_path)
    assert (
        "Ask https://keeper:xxxxxxxx@a.example/?api_key=xxxxxxxx&page=1 or ?api_key={key} for berths"
        in converted.stdout
    )
    assert [line for line in converted.stderr.splitlines() if line.startswith("info[")] == [
        "info[pasted-secret]: 1 text shows a value that may be a credential, which is withheld"
    ]
    assert "qwertzui" not in converted.stderr


@pytest.mark.parametrize("file", FORMATS)
def test_an_address_with_a_template_is_withheld_as_a_whole(file: str, tmp_path: Path) -> None:
    converted = convert_note(file, "https://{{ config['berth'] }}.a.example/?api_key=Zq07Kxwvab", tmp_path)
    assert "a.example" not in converted.stdout
    assert "Zq07Kxwvab" not in converted.stderr
    assert "may be the value of a secret" in converted.stderr


@pytest.mark.parametrize("file", FORMATS)
def test_a_default_with_a_credential_is_withheld_as_a_whole(file: str, tmp_path: Path) -> None:
    document = re.sub("(?i)key|token", "dock", json.dumps(FORMATS[file]("berth", "", 0)))
    text = "host=ferry password=Zq07Kxwvab"
    for key in ("default", "value", "default_value"):
        document = document.replace(f'"{key}": ""', f'"{key}": "{text}"')
    (tmp_path / file).write_text(document)
    converted = run("convert", file, "--to", "json", cwd=tmp_path)
    assert '"default"' not in converted.stdout
    assert "Zq07Kxwvab" not in converted.stdout + converted.stderr
    assert "may be the value of a secret" in converted.stderr


HARMLESS = (
    "See https://a.example/?access_token=TOKEN. Or mongodb+srv://<user>:<password>@cluster0.ferry.example",
    "At https://a.example/?api_key=:apiKey&token=[token]&secret=%(secret)s&password=$(PASSWORD)",
    "{{ 'Bearer ' ~ config['key2'] }} {{$credentials.oauth2Token}} ${connectionConfig.token2}",
    "The token is OAuth2-Bearer v2. API key: 32-character string, SHA-256. Key: sha256sum of 20260101",
)


@pytest.mark.parametrize("file", FORMATS)
@pytest.mark.parametrize("text", HARMLESS)
def test_placeholders_and_words_in_prose_are_kept(file: str, text: str, tmp_path: Path) -> None:
    converted = convert_note(file, text, tmp_path)
    assert json.dumps(text)[1:-1] in converted.stdout
    assert "pasted-secret" not in converted.stderr


# The names of schemes, scopes and schemas are chosen; the last one is an address in prose.
FLOW = {"authorizationUrl": "https://a.example", "scopes": {"write:public_key": "ferry.read"}}
CHOSEN: dict[str, dict[str, Any]] = {
    "scopes of an operation": {"paths": {"/a": {"get": {"security": [{"access_token": ["ferry.read"]}]}}}},
    "scope": {"components": {"securitySchemes": {"l": {"type": "oauth2", "flows": {"implicit": FLOW}}}}},
    "schema of a discriminator": {
        "components": {
            "schemas": {"A": {"discriminator": {"propertyName": "a", "mapping": {"password": "ferry.read"}}}}
        }
    },
    "only choice": {"components": {"schemas": {"FilterKey": {"type": "string", "enum": ["ferry.read"]}}}},
    "address": {"paths": {"/a": {"get": {"description": "Ask https://a.example?tag_keys=ferry1&x=1 for ferry.read"}}}},
}


@pytest.mark.parametrize("document", CHOSEN.values(), ids=CHOSEN)
def test_a_value_below_a_chosen_name_of_openapi_is_kept(document: dict[str, Any], tmp_path: Path) -> None:
    schemas = document.get("components", {})
    components = {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Ferry"}}, **schemas}
    text = {"openapi": "3.1.0", "info": {"title": "Ferry", "version": "1"}, **document, "components": components}
    (tmp_path / "ferry.json").write_text(json.dumps(text))
    converted = run("convert", "ferry.json", "--to", "json", cwd=tmp_path)
    assert "ferry.read" in converted.stdout
    assert "may be the value of a secret" not in converted.stderr
