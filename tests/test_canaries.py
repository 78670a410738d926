"""No value of a secret gets from an input into an output, a report, the cache or an error, in any encoding.

Values are where definitions, pages, documents of other systems, connectors, the environment and environment files can
hold them. `convert` is left out for definitions, which it copies, and for Meltano, whose placeholder for a secret it
copies. What definitions declare as not secret is shown: that proves that the search finds what is there.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from support import run, tree

from authscribe.targets.registry import BUILT_IN

PUBLIC = "Shown-Region-7/x y"


def make_token(number: int) -> str:
    """Return a value in the form of a GitHub token, which is recognised wherever it stands."""
    return f"ghp_{number:02}aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z4"


def make_value(number: int) -> str:
    """Return a value without a form, which only its place makes a secret."""
    return f"Zq{number:02}/Kx+wV un&recognisable"


def make_sample(number: int) -> str:
    """Return a value without a form, which only the text before it announces."""
    return f"Zq{number:02}Kx9wVu7TbR3e"


def make_canary(number: int) -> str:
    make = make_token if number < SLOTS else make_value if number < SAMPLES else make_sample
    return make(number)


SLOTS = 50
"""Number of the first canary in a place for secrets only; before it are those in texts."""
SAMPLES = 80
"""Number of the first canary in a sample of a request."""
COUNT = 103

DEFINITIONS = f"""\
# A comment with {make_token(1)}.
schemes:
  - id: key
    kind: oauth2_client_credentials
    title: Title {make_token(2)}
    summary: Summary {make_token(3)}
    notes: ["Note {make_token(4)}"]
    docs: https://example.com/?key={make_token(5)}
    extras: {{x: {make_token(6)}}}
    required:
      - {{name: api_key, default: "{make_value(50)}", example: "{make_value(51)}", description: "Text {make_token(7)}"}}
      - {{name: client_secret, default: "{make_value(52)}"}}
      - {{name: other, secret: "yes", example: "{make_value(53)}", default: "{make_value(54)}", pattern: '^(?:{make_sample(100)})+$'}}
      - {{name: unsure, secret: unknown, default: "{make_value(55)}", enum: [{{value: "{make_value(61)}"}}]}}
      - {{name: region, secret: "no", default: "{PUBLIC}"}}
    injected:
      - {{name: access_token, default: "{make_value(56)}", example: "{make_value(57)}"}}
    parameters:
      - {{name: p, description: "{make_token(8)}", default: "{make_token(9)}", example: "{make_token(10)}"}}
    placements:
      - {{in: header, name: Authorization, value: "Bearer {make_token(11)}"}}
    endpoints:
      token: {{url: "https://example.com/{make_token(12)}", query: {{x: "{make_token(13)}"}}}}
    token_request: {{headers: {{X-Key: "{make_token(14)}"}}, body: {{x: "{make_token(15)}"}}}}
connectors:
  - {{id: c, scheme: key, title: "{make_token(16)}", extras: {{x: "{make_token(17)}"}}}}
"""
RST = f"""\
Page
====

Text with {make_token(20)}.

Pages
-----

For connectors that use ``pages`` authentication (API key), as in ``{make_token(21)}``.

Required secrets:

.. list-table::
   :header-rows: 1

   * - Property
     - Description
     - Default
   * - api_key
     - The key, such as {make_token(22)}
     - {make_value(60)}
"""
MARKDOWN = f"""\
# Page {make_token(23)}

## Marks

For connectors that use `marks` authentication (API key). <!-- {make_token(24)} -->

Required secrets:

| Property | Description | Default |
| --- | --- | --- |
| api_key | Such as `{make_token(25)}` | |
"""
POSTMAN = {
    "info": {"name": "postman", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
    "auth": {"type": "bearer", "bearer": [{"key": "token", "value": make_value(62)}]},
    "item": [{"request": {"method": "GET", "url": "https://example.com", "header": [{"key": "X-Api-Key", "value": make_value(63)}]}}],
}  # fmt: skip
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "openapi", "version": "1", "x-client-secret": make_value(75), "description":
        f"Send `Authorization: Bearer {make_sample(80)}`, or the password is {make_sample(81)}.\n"
        f"    curl -u me:{make_sample(82)} 'https://me:{make_sample(83)}@example.com/?api_key={make_sample(84)}'"},
    "apiToken": make_value(76),
    "defaults": {"headers": {"X-Api-Key": make_value(77)}, "credentials": {"value": make_value(78)}},
    "components": {
        "securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "K", "description": f"K-Token: {make_sample(85)}"}},
        "schemas": {"AccessToken": {"type": "string", "example": make_value(79)}},
    },
    "paths": {"/a": {"get": {
        "x-codeSamples": [{"lang": "Python", "source": f'Client(api_key="{make_sample(86)}")'}],
        "responses": {"200": {
            "description": f"Set-Cookie: session={make_sample(87)}",
            "content": {"text/xml": {"example": f"<a><password>{make_sample(88)}</password></a>"}},
        }},
    }}},
}  # fmt: skip
POWER_PLATFORM = {"properties": {
    "publisher": "p", "clientSecret": make_value(59),
    "connectionParameters": {"key": {"type": "securestring", "uiDefinition": {"tooltip": f"Such as token={make_sample(89)}"}}},
    "policyTemplateInstances": [{"templateId": "setqueryparameter", "parameters": {
        "x-ms-apimTemplateParameter.name": "code", "x-ms-apimTemplateParameter.value": make_value(58)}}],
}}  # fmt: skip
MELTANO = {
    "plugin_type": "extractors", "name": "tap-m", "namespace": "tap_m", "variant": "v",
    "settings": [{"name": "password", "kind": "password", "sensitive": True, "value": make_value(64), "placeholder": make_value(65),
                  "description": f"Such as token={make_sample(90)}"}],
}  # fmt: skip
N8N = [
    {"name": "n", "displayName": "N", "properties": [
        {"displayName": "K", "name": "k", "type": "string", "typeOptions": {"password": True}, "default": make_value(66),
         "placeholder": f"https://example.com/?api_key={make_sample(91)}", "hint": f"Authorization: Bearer {make_sample(92)}"},
    ]},
]  # fmt: skip
NANGO = {"nango": {"display_name": "Nango", "auth_mode": "API_KEY", "credentials": {"apiKey": {
    "type": "string", "title": f"Key, token: {make_sample(93)}", "example": f"Bearer {make_sample(94)}"}}}}  # fmt: skip
AIRBYTE = {
    "documentationUrl": f"https://example.com/?access_token={make_sample(95)}",
    "connectionSpecification": {"type": "object", "properties": {"key": {
        "type": "string", "airbyte_secret": True, "description": f"The password is {make_sample(96)}.", "examples": [f"token={make_sample(97)}"]}}},
}  # fmt: skip
MCP = {
    "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json", "name": "io.example/mcp",
    "description": f"curl -u me:{make_sample(98)}",
    "packages": [{"registryType": "npm", "identifier": "mcp", "environmentVariables": [
        {"name": "KEY", "isSecret": True, "description": f"Set API_KEY={make_sample(99)}"}]}],
}  # fmt: skip
SYSTEM = {
    "_id": "c", "type": "system:rest", "url_pattern": f"https://example.com/%s?token={make_token(30)}",
    "headers": {"Authorization": f"Bearer {make_token(31)}", "X-Api-Key": make_value(67),
                "X-Beside": f"$SECRET(access_token){make_value(74)}"},
    "oauth2": {"client_secret": make_value(68), "client_id": "$ENV(client_id)"}, "password": make_value(69),
}  # fmt: skip
ENVIRONMENT = {"API_KEY": make_value(70), "C_API_KEY": make_value(71), "GITHUB_TOKEN": make_token(32)}
MELTANO_PATH = "in/meltano.json"
FOREIGN = (MELTANO_PATH, "in/postman.json", "in/n8n.json", "in/openapi.json", "in/power.json", "in/nango.json",
           "in/airbyte.json", "in/server.json")  # fmt: skip
"""Paths of the documents of other systems."""
USAGE_ERRORS = (
    (make_token(35),), ("explain", make_token(36)), ("lint", f"--{make_token(37)}"), ("lint", "--jobs", make_token(38)),
    ("explain", f"api_key={make_sample(101)}"), ("lint", "--jobs", f"https://a.example/?token={make_sample(102)}"),
)  # fmt: skip
"""Commands with arguments that they refuse."""
FORMATS = ("text", "concise", "json", "github", "gitlab", "sarif", "junit")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    files = {
        "in/definitions.yaml": DEFINITIONS,
        "in/page.rst": RST,
        "in/page.md": MARKDOWN,
        "in/postman.json": json.dumps(POSTMAN),
        "in/openapi.json": json.dumps(OPENAPI),
        "in/power.json": json.dumps(POWER_PLATFORM),
        MELTANO_PATH: json.dumps(MELTANO),
        "in/n8n.json": json.dumps(N8N),
        "in/nango.json": json.dumps(NANGO),
        "in/airbyte.json": json.dumps(AIRBYTE),
        "in/server.json": json.dumps(MCP),
        "connectors/c/manifest.json": json.dumps({"auth": "key", "system_template": "system.json", "datatypes": {}}),
        "connectors/c/system.json": json.dumps(SYSTEM),
        ".env": f"API_KEY='{make_value(72)}'\n",
        "in/.env.example": f"API_KEY='{make_value(73)}'\n# {make_token(33)}\n",
        "in/broken.yaml": f"schemes: [{{id: a, title: {make_token(34)}]\n",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def spell(value: str) -> Iterator[bytes]:
    """Yield the forms in which a value may be hidden in a text."""
    yield value.encode()
    yield value[::-1].encode()
    yield quote(value, safe="").encode()
    yield quote(value, safe="/").encode()
    yield json.dumps(value)[1:-1].encode()
    for skipped in range(3):
        # Base64 of the value after some other bytes, without the characters that depend on its neighbours.
        encoded = base64.b64encode(b"\0" * skipped + value.encode()).rstrip(b"=")
        yield encoded[2 * skipped : -2]
        yield encoded[2 * skipped : -2].replace(b"+", b"-").replace(b"/", b"_")


def unpack(content: bytes) -> bytes:
    """Return a content with what is compressed in it."""
    parts = [content]
    for match in re.finditer(rb"x[\x01\x9c]", content):
        try:
            parts.append(zlib.decompressobj().decompress(content[match.start() :]))
        except zlib.error:
            continue
    return b"\0".join(parts)


@cache
def spell_all() -> tuple[tuple[int, frozenset[bytes]], ...]:
    """Return the number of each canary with its forms."""
    return tuple((number, frozenset(spell(make_canary(number)))) for number in range(COUNT))


def find_values(content: bytes) -> list[int]:
    """Return the numbers of the canaries in a content."""
    whole = unpack(content)
    return [number for number, forms in spell_all() if any(form in whole for form in forms)]


def list_commands() -> Iterator[tuple[str, ...]]:
    paths = ("in/definitions.yaml", "in/page.rst", "in/page.md", *FOREIGN)
    sources = tuple(argument for path in paths for argument in ("--source", path))
    targets = tuple(f"--target={name}" for name in BUILT_IN)
    for name in FORMATS:
        report = ("--output-format", name)
        yield "generate", *sources, "--out-dir", f"out-{name}", "--keep-going", "--connectors", "connectors", *targets, *report
        yield "check", *sources, "--out-dir", f"out-{name}", "--keep-going", *targets, *report
        yield "check", "--source", "in/broken.yaml", "--out-dir", "nowhere", *report
        yield "lint", "connectors/c", *sources, *report
    yield "lint", "connectors/c", *sources, "--fix", "--unsafe-fixes", "--diff"
    yield "docs", *sources, "in", "--check", "--diff"
    yield "sync", *sources, "in/.env.example", "--check", "--diff"
    for name in ("yaml", "json", "rst", "markdown"):
        for path in ("in/page.rst", *FOREIGN):
            if path != MELTANO_PATH:
                yield "convert", path, "--to", name
    yield "diff", "in/definitions.yaml", "in/page.rst"
    yield "show", "key", *sources
    yield "show", "key", *sources, "--output-format", "json"
    yield "list", "schemes", *sources
    yield from USAGE_ERRORS


def test_no_value_of_a_secret_gets_out(workspace: Path, tmp_path: Path) -> None:
    inputs = set(tree(workspace))
    environment = {**ENVIRONMENT, "AUTHSCRIBE_CACHE_DIR": str(tmp_path)}
    for command in list_commands():
        outcome = run(*command, cwd=workspace, env=environment)
        assert ("Usage" in outcome.stderr) == (command in USAGE_ERRORS), command
        assert find_values((outcome.stdout + outcome.stderr).encode()) == [], command
    written = {path: content for path, content in tree(workspace).items() if path not in inputs}
    cached = tree(tmp_path)
    assert len(written) > 100
    assert cached
    for path, content in (written | cached).items():
        assert find_values(content) == [], path
    assert any(PUBLIC.encode() in content for content in written.values())


@pytest.mark.parametrize("number", [1, 50, 80])
def test_the_search_finds_every_form_of_a_value(number: int) -> None:
    value = make_canary(number).encode()
    for form in (value, value[::-1], base64.b64encode(b"user:" + value), quote(value, safe="").encode()):
        assert find_values(b"before" + form + b"after") == [number]
        assert find_values(b"\0" + zlib.compress(form * 9)) == [number]
