"""Every text that a definition states is in the outputs for people, or is listed here as left out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from support import execute, run

SCHEME: Final = """
schemes:
  - id: s
    aliases: [alias-of-it]
    former_names: [former-name]
    title: TitleOfIt
    summary: "SummaryOne.\\n\\n SummaryTwo."
    notes: [NoteOne, NoteTwo]
    docs: https://docs.example/DocsPage
    kind: oauth2_authorization_code
    selector: {auth: SelectorValue}
    extras: {x: ExtraFact}
    required:
      - name: key
        title: KeyTitle
        description: KeyText
        type_label: KeyLabel
        example: KeyExample
        pattern: "^KeyPattern.+"
        group: KeyGroup
        prefix: KeyPrefix
        suffix: KeySuffix
        visible_when: {mode: [ModeDefault, ModeOther]}
      - {name: place, secret: "no", title: PlaceTitle, format: hostname, default: PlaceDefault}
    injected:
      - {name: made, title: MadeTitle, description: MadeText, origin: {source: derived, expression: MadeFrom}}
      - {name: copied, description: CopyText, origin: {source: copied, required: key}, lifetime: sliding}
    parameters:
      - name: mode
        title: ModeTitle
        description: ModeText
        enum: [{value: ModeDefault, label: ModeLabel}, {value: ModeOther}]
        default: ModeDefault
      - {name: items, type: array, title: ListTitle, example: [ListExample], default: [ListDefault]}
    placements:
      - {in: header, name: HeaderName, value: "HeaderValue {made}", fallback: "HeaderOther {copied}"}
      - {in: body, name: BodyName.Inner, value: "{mode}"}
    endpoints:
      authorize:
        {url: "https://${mode}.example/LoginPage", fallback: "https://x.example/LoginOther", query: {QueryKey: QueryValue}}
      token: {url: "https://x.example/TokenPage"}
    oauth:
      scopes: [ScopeOne]
      optional_scopes: [ScopeTwo]
      client_authentication: client_secret_basic
      response: {made: ResponseKey}
    token_request:
      headers: {RequestHeader: RequestValue}
      body: {BodyKey: [BodyItem, "${place}"]}
      fallbacks: {"${place}": BodyOther}
      steps: [{url: "https://x.example/StepPage", query: {StepKey: StepValue}}]
      token_path: PathOfToken.a
connectors:
  - {id: c, scheme: s, title: ConnectorTitle, summary: ConnectorText, notes: [ConnectorNote]}
"""

_OF_CONNECTOR: Final = {"ConnectorTitle", "ConnectorText", "ConnectorNote"}
_OF_SCHEME: Final = {
    "alias-of-it", "former-name", "SummaryOne", "SummaryTwo", "NoteOne", "NoteTwo", "DocsPage", "SelectorValue",
}  # fmt: skip
_NEVER: Final = {"ExtraFact", "KeyGroup", "KeyExample"}
"""What belongs to other systems, the layout of a form, and the example of what may be secret by its name."""

_IN_PAGES: Final = _NEVER | {"KeyTitle", "MadeTitle", "ModeTitle"}
"""What pages leave out, with titles beside descriptions: what reads a page would take them for a part of these."""
_SCHEMES_PAGE: Final = _IN_PAGES | _OF_CONNECTOR | {"alias-of-it", "former-name"}
_CONNECTOR_PAGE: Final = _IN_PAGES | _OF_SCHEME
LEFT_OUT: Final[Mapping[str, set[str]]] = {
    "docs/rst/authentication-schemes.rst": _SCHEMES_PAGE,
    "docs/markdown/authentication-schemes.md": _SCHEMES_PAGE,
    "docs/rst/connectors/c.rst": _CONNECTOR_PAGE,
    "docs/markdown/connectors/c.md": _CONNECTOR_PAGE,
    "catalogue/catalogue.json": _NEVER,
    "catalogue/index.html": _NEVER,
}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("facts")
    (folder / "s.yaml").write_text(SCHEME)
    targets = ("docs", "catalogue", "json-schema", "python-standalone")
    options = [part for target in targets for part in ("--target", target)]
    outcome = run("generate", "--source", "s.yaml", "--out-dir", "out", *options, cwd=folder)
    assert outcome.code == 0, outcome.stdout
    return folder / "out"


def list_texts() -> set[str]:
    return {*re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", SCHEME), "alias-of-it", "former-name"}


@pytest.mark.parametrize("path", LEFT_OUT)
def test_every_text_is_in_the_outputs_for_people(output: Path, path: str) -> None:
    text = html.unescape((output / path).read_text())
    assert {each for each in list_texts() if each not in text} == LEFT_OUT[path]


def test_classes_and_schemas_state_the_same_about_settings(output: Path) -> None:
    schema = json.loads((output / "json-schema/schemes/s.schema.json").read_text())
    settings = execute(output / "python-standalone/schemes/s.py")["SConfiguration"]
    found = settings.model_json_schema()["properties"]
    for name, facts in schema["properties"].items():
        for key in ("title", "description", "examples", "default", "pattern", "deprecated"):
            if key in facts:
                assert found[name][key] == facts[key], (name, key)
