"""A definition with hostile texts gives files of the same structure as one with harmless texts, in every language.

Each text is in every field of a scheme and of its connector, unless the field refuses it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import yaml
from hostile_texts import ALL, TEXTS
from structures import find_structure
from support import resolve_drafts, run, tree

from authscribe.build.audit import check_bytes, check_grammar
from authscribe.build.build import finish_files
from authscribe.build.templates import Templates, render_file
from authscribe.encoders.language import Language
from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Model, Scheme
from authscribe.readers.registry import read_source
from authscribe.targets.plan import PLACEHOLDER
from authscribe.targets.registry import TARGETS, plan_files

TEMPLATES = Templates()

DEFINITION = yaml.safe_load("""\
schemes:
  - &scheme
    id: &id twin
    title: TEXT
    summary: TEXT
    notes: [TEXT, TEXT]
    selector: {TEXT: TEXT}
    kind: oauth2_client_credentials
    extras: {TEXT: [TEXT]}
    required:
      - {name: key, description: TEXT}
      - &secret
        name: TEXT1
        names: {python: secret, env: SECRET, file: secret.txt, kubernetes: secret, compose: secret, hcl: secret, github: SECRET, mcp: secret}
        title: TEXT
        description: TEXT
        type_label: TEXT
        format: TEXT
        group: TEXT
        prefix: TEXT
        suffix: TEXT
        visible_when: {TEXT: TEXT}
        extras: {TEXT: TEXT}
      - {name: user, secret: "no", description: TEXT, example: TEXT, default: TEXT}
    injected:
      - {name: key, description: TEXT, origin: {source: copied, required: key}}
      - {name: token, description: TEXT, origin: {source: derived, expression: TEXT}}
    parameters: &parameters
      - {name: text, title: TEXT, description: TEXT, default: TEXT, example: TEXT}
      - {name: choice, description: TEXT, default: TEXT, enum: [{value: TEXT, label: TEXT}, {value: TEXT2, label: TEXT}]}
      - {name: object, type: object, description: TEXT, default: {TEXT: TEXT, b: [TEXT]}, example: {TEXT: TEXT}}
      - {name: array, type: array, default: [TEXT, TEXT]}
      - {name: number, type: number, default: 1.5, description: TEXT}
    placements:
      - {in: header, name: X-TEXT, value: "TEXT {key}", fallback: TEXT}
      - {in: query, name: TEXT, value: "{key}TEXT"}
    endpoints: &endpoints
      token: {url: https://example.com/TEXT, fallback: https://example.org/TEXT, query: {TEXT: TEXT}}
      base: {url: TEXT}
    oauth: &oauth
      scopes: [TEXT, TEXT3]
      optional_scopes: [TEXT]
      scope_separator: TEXT
      client_authentication: TEXT
      response: {token: TEXT}
    token_request:
      method: TEXT
      headers: {X-Test: TEXT}
      query: {TEXT: TEXT}
      basic: {username: TEXT, password: TEXT}
      body: {TEXT: TEXT}
      fallbacks: {}
      token_path: TEXT
      refresh_token_path: TEXT
      expires_in_path: TEXT
      expires_at_path: TEXT
      steps: [{url: https://example.com/TEXT, headers: {X-Test: TEXT}, body: [TEXT]}]
      refresh: {query: {x: TEXT}}
connectors:
  - id: *id
    title: TEXT
    summary: TEXT
    notes: [TEXT]
    methods: [{id: one, title: TEXT, schemes: [*id]}]
    parameters:
      - {name: own, title: TEXT, description: TEXT, default: TEXT, example: TEXT}
    placements:
      - {in: header, name: X-TEXT, value: "TEXT {key}", fallback: TEXT}
    endpoints: *endpoints
    oauth: *oauth
    suppressions: [{rule: unknown-format, reason: TEXT}]
    extras: {TEXT: TEXT}
""")
NO_TEXTS = {
    "id", "aliases", "former_names", "names", "status", "successor", "kind", "extends", "scheme", "schemes", "in", "rule", "type", "lifetime",
    "source", "secret", "order", "optional", "hidden", "automated", "deprecated", "pkce", "rotates_refresh_token", "body_format", "flags",
    "docs", "pattern",
}  # fmt: skip
"""Keys that hold no text but an id, a name with a grammar, a flag, a pattern, an address or a word of a list."""
SELECTIVE = ("airbyte", "nango")
"""Targets whose formats cannot hold every text, so that they leave some out; their files must still be readable."""
HARMLESS = "word"

Place = tuple[str | int, ...]


def list_places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the place of each line of a JSON document with an indentation; a key is on the line of its value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield place
    for key, item in items:
        yield from list_places(item, (*place, key))
    if items:
        yield place


def fill(value: Any, text: str, harmless: set[Place], place: Place = ()) -> Any:
    """Return a definition with the text in all places but the harmless ones and those within them."""
    text = HARMLESS if place in harmless else text
    match value:
        case dict():
            keys = {key: HARMLESS if (*place, key) in harmless else text for key in value}
            return {
                key.replace("TEXT", keys[key]): fill(item, text, harmless, (*place, key)) for key, item in value.items()
            }
        case list():
            return [fill(item, text, harmless, (*place, number)) for number, item in enumerate(value)]
        case str():
            return value.replace("TEXT", text)
    return value


class Twin(NamedTuple):
    """Definition with a text in all fields that take it, and the places that do not."""

    source: str
    catalogue: Catalogue
    refused: frozenset[Place]


@cache
def make_twin(text: str) -> Twin:
    """Return the definition with a text in every place that does not refuse it."""
    places = [*list_places(DEFINITION)]
    # In addresses, the first is a variable. No variable of a process can hold the second, so stubs leave it out. The
    # generated classes refuse the third.
    special = {"endpoints": ("${",), "default": ("\0", PLACEHOLDER), "enum": ("\0", PLACEHOLDER)}
    marked = {key for key, marks in special.items() if any(mark in text for mark in marks)}
    harmless = {place for place in places if marked.intersection(place)}
    while True:
        source = json.dumps(fill(DEFINITION, text, harmless), indent=0)
        try:
            return Twin(source, resolve_drafts(read_source("t.json", source)).catalogue, frozenset(harmless))
        except DefinitionError as error:
            found = {places[finding.place.line - 1] for finding in error.findings}
            assert not found <= harmless, (text, error.findings)
            harmless |= found


def build(text: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file about a twin; Python as the templates make it, before black."""
    planned = [file for file in plan_files(make_twin(text).catalogue, TARGETS) if not file.is_always_planned]
    for file in (file for file in planned if file.language is Language.PYTHON):
        yield file.path, render_file(file, TEMPLATES).text
    for made in finish_files((file for file in planned if file.language is not Language.PYTHON), ()):
        yield made.path, made.content.data.decode()


@cache
def find_harmless_structures() -> dict[str, object]:
    return {path: find_structure(path, text) for path, text in build(HARMLESS)}


def check_text(text: str) -> None:
    """Raise AssertionError for a file whose structure differs from that of the harmless twin."""
    expected = find_harmless_structures()
    found = dict(build(text))
    assert found.keys() == expected.keys()
    for path, content in found.items():
        if path.endswith(".py"):
            check_bytes(content.encode())
            check_grammar(content.encode())
        structure = find_structure(path, content)
        assert path.partition("/")[0] in SELECTIVE or structure == expected[path], path


@pytest.mark.parametrize("topic", TEXTS)
def test_no_text_changes_the_structure_of_a_file(topic: str) -> None:
    for text in TEXTS[topic]:
        check_text(text)


def test_every_field_of_a_definition_holds_the_texts() -> None:
    filled = {key for place in list_places(DEFINITION) for key in place}
    models = [Scheme, Connector]
    for model in models:
        for name, field in model.model_fields.items():
            inner = [*list_types(field.annotation)]
            assert inner or {field.alias or name} <= filled | NO_TEXTS, (model, name)
            models += [item for item in inner if item not in models]
    assert len(models) > 10


def list_types(annotation: object) -> Iterator[type[Model]]:
    """Yield the models within an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from list_types(inner)


def test_almost_all_texts_reach_all_fields() -> None:
    places = {place for place in list_places(DEFINITION) if place}
    refused = sum(len(make_twin(text).refused) for text in ALL)
    assert len(ALL) >= 380
    assert refused < 0.05 * len(ALL) * len(places)


SUFFIXES = (".py", ".yaml", ".yml", ".json", ".rst", ".md", ".tf", ".env.example", ".html")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_text_without_an_encoder_is_noticed(suffix: str, tmp_path: Path) -> None:
    files = chain(build(HARMLESS), build_catalogue(tmp_path, [HARMLESS]).items())
    path, content = next((path, text) for path, text in files if path.endswith(suffix) and HARMLESS in text)
    expected = find_structure(path, content)
    noticed = sum(is_noticed(path, content.replace(HARMLESS, text), expected) for text in ALL[::3])
    assert noticed >= 3


def is_noticed(path: str, content: str, expected: object) -> bool:
    try:
        return find_structure(path, content) != expected
    except Exception:  # noqa: BLE001 - parsers raise what they want
        return True


def build_catalogue(folder: Path, texts: Sequence[str]) -> dict[str, str]:
    """Return the files of the catalogue about the twins, which only a run can build."""
    sources = [make_twin(text).source.replace('"twin"', f'"twin{number}"') for number, text in enumerate(texts)]
    return run_catalogue(folder, sources)


def run_catalogue(folder: Path, sources: Sequence[str]) -> dict[str, str]:
    (folder / "in").mkdir()
    for number, source in enumerate(sources):
        (folder / "in" / f"{number}.json").write_text(source)
    # Without these targets, the catalogue shows the state of the files of all default ones.
    (folder / "authscribe.toml").write_text('sources = ["in"]\nout-dir = "out"\ntargets = ["docs", "catalogue"]\n')
    outcome = run("generate", "--exit-zero", cwd=folder)
    assert outcome.code == 0, outcome.stdout
    return {path: content.decode() for path, content in tree(folder / "out").items()}


def test_no_text_changes_the_structure_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "hostile").mkdir()
    (tmp_path / "harmless").mkdir()
    hostile = build_catalogue(tmp_path / "hostile", ALL)
    harmless = build_catalogue(tmp_path / "harmless", [HARMLESS] * len(ALL))
    assert hostile.keys() == harmless.keys()
    for path, content in hostile.items():
        if path.startswith("catalogue/"):
            found = find_structure(path, content)
            # The document lists findings and spans, whose number depends on the texts.
            assert path.endswith(".json") or found == find_structure(path, harmless[path]), path


def test_no_address_of_documentation_is_linked_unless_it_is_on_the_web(tmp_path: Path) -> None:
    definitions = (
        {
            "schemes": [{"id": f"s{number}", "docs": text}],
            "connectors": [{"id": f"c{number}", "scheme": f"s{number}", "docs": text}],
        }
        for number, text in enumerate(ALL)
        if text.isprintable()
    )
    files = run_catalogue(tmp_path, [*map(json.dumps, definitions)])
    assert sum("javascript:" in content for content in files.values()) > 10
    for path, content in files.items():
        find_structure(path, content)
