"""Check that the document of each definition is read back as the definition, apart from the facts that are named."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from foreign_facts import state_facts
from round_trips import check_losses
from stub_files import build_stubs
from support import ROOT, read_yaml, resolve_drafts

from authscribe.changes.documents import read_document
from authscribe.changes.read_back import account_targets
from authscribe.findings.finding import Place
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Scheme
from authscribe.model.draft import MapNode, Outcome
from authscribe.readers.registry import read_source, read_together
from authscribe.resolve.resolver import Resolution

_SETTINGS = ("required", "injected", "parameters")
_NODE = MapNode((), Place("x"))


class Balance(NamedTuple):
    """Number of definitions, number of those that lose nothing, and the kinds of facts that only the documents have."""

    definitions: int
    whole: int
    added: Counter[str]


def check_documents(catalogue: Catalogue, target: str) -> Balance:
    """Check that each fact of each definition is read back from its document, or is named; and that no other is named.

    Every text is parsed in its own syntax, and everything that is read is resolved as the sources of a run are.
    """
    named = list_named(catalogue, target)
    texts = build_stubs(catalogue, target)
    whole, added = 0, Counter[str]()
    definitions = (*catalogue.schemes, *catalogue.connectors)
    for definition in definitions:
        stated, read = read_document(catalogue, definition, target)
        assert read is not None, definition.id
        lost = named["schemes" if isinstance(definition, Scheme) else "connectors", definition.id]
        added.update(map(classify_pointer, check_losses(stated, read, lost)))
        whole += not lost
    for path, text in texts.items():
        resolve_drafts(read_source(path, text))
    return Balance(len(definitions), whole, added)


def list_named(catalogue: Catalogue, target: str) -> dict[tuple[str, ...], list[str]]:
    """Return the pointers of the facts that a target does not carry, by the noun and the id of the definition."""
    nodes = defaultdict[str, MapNode](lambda: _NODE)
    named: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key in account_targets(Resolution(catalogue, (), nodes, nodes, {}), [target]):
        if key.outcome.outcome is not Outcome.MAPPED:
            named[key.owner].append(key.outcome.pointer)
    return named


def classify_pointer(pointer: str) -> str:
    """Return the kind of a fact: its pointer without the definition and the names that the definition chooses."""
    _, _, _, key, *inner = pointer.split("/")
    if key in _SETTINGS:
        return "/".join((key, *inner[1:2]))
    return "extras" if "extras" in (key, *inner) else "/".join((key, *inner[:1]))


def is_about_setting(kind: str) -> bool:
    """Return whether a kind of facts is about secrets or parameters."""
    return kind.split("/")[0] in _SETTINGS


def change_facts(facts: dict[str, Any], changes: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return facts with other values at these paths."""
    changed = dict(facts)
    for (key, *rest), value in changes.items():
        changed[key] = change_facts(changed.get(key, {}), {tuple(rest): value}) if rest else value
    return changed


def list_rows(table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the documents in a table of facts that were written by hand, and the facts, by their name."""
    yield from read_yaml(ROOT / "tests/facts" / f"{table}.yaml").items()


def read_row(row: dict[str, Any]) -> Catalogue:
    """Return the catalogue of the documents of a row."""
    sources = [read_source(path, json.dumps(document)) for path, document in row["documents"].items()]
    return resolve_drafts(*read_together(sources)).catalogue


def restate_facts(catalogue: Catalogue, target: str) -> dict[str, Any]:
    """Return the facts about each connector as its document states them, by the id."""
    texts = build_stubs(catalogue, target)
    facts = {}
    for connector in catalogue.connectors:
        (path,) = (path for path in texts if f"/connectors/{connector.id}" in path)
        again = resolve_drafts(read_source(path, texts[path])).catalogue
        facts[connector.id] = state_facts(again, again.connectors[0])
    return facts
