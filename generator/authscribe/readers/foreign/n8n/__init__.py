"""Read n8n's credential types, as its packages ship them in `dist/types/credentials.json`.

The document is a list of types. Facts are those of https://github.com/n8n-io/n8n: the interfaces in `n8n-workflow`, how
the credentials helper merges `extends`, and what `n8n-core` sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding, Place, attribute_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.name_clash import report_id_clash
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, Entry, ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.n8n.credential import draft_credential
from authscribe.readers.foreign.n8n.inheritance import Ancestry, find_ancestries
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.shapes import find_wrong_lists
from authscribe.readers.foreign.tracking import TrackedMapping, collect_draft

_MISTAKEN: Final = "the type has a mistake"


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Return whether an item is a credential type: it is named like a node type, but has no connections."""
    return any(_is_credential_type(entry.node) for entry in node.entries if entry.key.isdecimal())


def draft(path: str, node: MapNode) -> Draft:
    """Return a connector and its schemes for each type; `node` holds the items of the list by their positions."""
    document = TrackedMapping(node)
    items = tuple(_read_types(document))
    document.leftovers()
    return collect_draft(path, items, document)


def _is_credential_type(node: Node) -> bool:
    if not isinstance(node, MapNode) or any(node.find(key) is not None for key in ("inputs", "outputs", "group")):
        return False
    has_names = all(get_text(node.find(key)) is not None for key in ("name", "displayName"))
    return has_names and isinstance(node.find("properties"), ListNode)


def _read_types(document: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    """Yield the definitions of each type and the findings about it; a type with a mistake is left out."""
    types = {name: entry for entry in document.node.entries if (name := _get_name(entry.node))}
    ancestries = find_ancestries({name: entry.node for name, entry in types.items() if isinstance(entry.node, MapNode)})
    used: dict[str, Entry] = {}
    for entry in document.node.entries:
        name = _get_name(entry.node)
        identifier = _make_id(name)
        mistakes = tuple(_find_mistakes(entry, name, identifier, used))
        if mistakes:
            document.lose(entry.key, _MISTAKEN)
            yield from mistakes
            continue
        used[identifier] = entry
        yield from _read_type(document.child(entry.key), identifier, ancestries[name])


def _read_type(
    declared: TrackedMapping, identifier: str, ancestry: Ancestry | Finding
) -> Iterator[DefinitionDraft | Finding]:
    mistakes = [*find_wrong_lists(declared, "properties"), *_find_wrong_parents(declared)]
    if isinstance(ancestry, Finding) or mistakes:
        mistakes += (ancestry,) if isinstance(ancestry, Finding) else ()
        declared.lose_all(_MISTAKEN)
        yield from mistakes
        return
    for item in draft_credential(declared, identifier, ancestry):
        yield item if isinstance(item, DefinitionDraft) else next(attribute_findings((item,), identifier))


def _find_wrong_parents(declared: TrackedMapping) -> Iterator[Finding]:
    node = declared.peek("extends")
    if isinstance(node, ListNode) and len(list_texts(node)) == len(node.items):
        return
    if node is not None:
        yield report_wrong_value("extends", node.place, "input should be a list of names")


def _get_name(node: Node) -> str:
    return (get_text(node.find("name")) or "") if isinstance(node, MapNode) else ""


def _make_id(name: str) -> str:
    """Return the words of a type's name: `githubOAuth2Api` gives `github-oauth2-api`."""
    words = naming.split_words(name.replace("OAuth", "Oauth").replace("oAuth", "oauth"))
    return "-".join(words)[:80].strip("-")


def _find_mistakes(entry: Entry, name: str, identifier: str, used: dict[str, Entry]) -> Iterator[Finding]:
    if not isinstance(entry.node, MapNode):
        yield report_not_a_mapping(entry.node.place, "a credential type")
    elif not name:
        yield report_missing_key("name", entry.node.place)
    elif not naming.is_id(identifier):
        yield report_bad_id(name, _locate_name(entry.node))
    elif identifier in used:
        other = used[identifier].node
        yield report_id_clash(name, _get_name(other), identifier, _locate_name(entry.node), _locate_name(other))


def _locate_name(node: Node) -> Place:
    name = node.find("name") if isinstance(node, MapNode) else None
    return (name or node).place
