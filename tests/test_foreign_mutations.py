"""Change documents of other systems at random: a reader never raises, and accounts for every key."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator

import lossless
from hypothesis import given
from hypothesis import strategies as st
from support import find_cases, read_yaml, resolve_drafts

from authscribe.findings.finding import DefinitionError, Place
from authscribe.model.draft import Draft, MapNode, make_pointer, to_node, to_plain
from authscribe.readers.foreign import airbyte, mcp, meltano, n8n, postman


def as_mapping(document: object) -> object:
    """Return a document as its reader gets it: a list as a mapping from positions to items."""
    return {str(index): item for index, item in enumerate(document)} if isinstance(document, list) else document


READERS = {
    "airbyte": airbyte.draft,
    "meltano": meltano.draft,
    "mcp": mcp.draft,
    "n8n": n8n.draft,
    "postman": postman.draft,
}
DOCUMENTS = [
    (format_name, json.dumps(as_mapping(read_yaml(path)), default=str))
    for format_name in READERS
    for folder in find_cases(f"read/{format_name}")
    for path in sorted((folder / "in").rglob("*.*"))
]
ODD = [
    None, [], {}, "", "x", 1, True, 2.5, ["a", {}], [[1], [2]], {"a": "b"}, "#/definitions/selected", "{{",
    "{{ config['x'] }}", "\u00e9\n", {"$ref": "#/streams/0"}, {"$ref": "#/definitions/loop"}, "a" * 90,
]  # fmt: skip


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from paths(item, (*path, position))


def changed(document: dict[str, object], where: float, value: object) -> None:
    found = list(paths(document))
    path = found[int(where * len(found))]
    inner: object = document
    for key in path[:-1]:
        inner = inner[key]  # a mapping or a list, as the path says
    inner[path[-1]] = copy.deepcopy(value)


def accounted(draft: Draft, document: dict[str, object]) -> list[str]:
    """Return pointers to the values that are in no entry of the record, or in more than one."""
    known = [key.pointer for key in draft.key_outcomes]
    wrong = []
    for path in paths(document):
        above = {make_pointer(str(key) for key in path[:length]) for length in range(1, len(path) + 1)}
        below = make_pointer(map(str, path)) + "/"
        if sum(entry in above for entry in known) != 1 and not any(entry.startswith(below) for entry in known):
            wrong.append(below)
    return wrong


@given(
    st.sampled_from(DOCUMENTS),
    st.lists(st.tuples(st.floats(0, 0.999), st.sampled_from(ODD)), min_size=0, max_size=3),
)
def test_any_value_at_any_place_is_read(source: tuple[str, str], changes: list[tuple[float, object]]) -> None:
    format_name, text = source
    document = json.loads(text)
    for where, value in changes:
        changed(document, where, value)
    node = to_node(document, Place("d", 1, 1, 1, 2))
    assert isinstance(node, MapNode)
    draft = READERS[format_name]("acme.yaml", node)
    for definition in draft.definitions:
        json.dumps(to_plain(definition.node))
    if not draft.findings:
        assert accounted(draft, document) == []
        assert untold(format_name, draft, document) == []


def untold(format_name: str, draft: Draft, document: dict[str, object]) -> list[lossless.Leaf]:
    """Return the leaves that the record calls kept or mapped, but that the catalogue does not have."""
    try:
        catalogue = resolve_drafts(draft).catalogue
    except DefinitionError:
        return []
    mapped = lossless.unsaid(draft, document, catalogue) if format_name == "airbyte" else []
    return [*mapped, *lossless.kept_as_it_stands(draft, document, catalogue)]
