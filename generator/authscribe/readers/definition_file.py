"""The layout of a definition file: lists of definitions under the keys of `Noun`."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.draft import DefinitionDraft, Draft, Entry, ListNode, MapNode, Noun

_NOUNS: Final = {noun.value: noun for noun in Noun}
_SCHEMA_KEY: Final = "$schema"


def is_definition_file(node: MapNode) -> bool:
    """Whether every key at the top is one of ours, so that no other format need be asked."""
    return all(entry.key in _NOUNS or _is_beside(entry.key) for entry in node.entries)


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Whether a key at the top is one of ours, or was meant to be."""
    keys = [entry.key for entry in node.entries if not _is_beside(entry.key)]
    return not keys or any(get_close_matches(key, _NOUNS, n=1) for key in keys)


def draft(path: str, node: MapNode) -> Draft:
    """The definitions in a document."""
    found = [item for entry in node.entries for item in _section(entry)]
    return Draft(
        path,
        definitions=tuple(item for item in found if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in found if isinstance(item, Finding)),
    )


def _section(entry: Entry) -> Iterator[DefinitionDraft | Finding]:
    if _is_beside(entry.key):
        return
    noun = _NOUNS.get(entry.key)
    if noun is None:
        yield report_unknown_key(entry.key, entry.place, _NOUNS)
    elif not isinstance(entry.node, ListNode):
        yield report_wrong_value(entry.key, entry.node.place, "input should be a list")
    else:
        for item in entry.node.items:
            if isinstance(item, MapNode):
                yield DefinitionDraft(noun, item)
            else:
                yield report_not_a_mapping(item.place, f"an entry of '{entry.key}'")


def _is_beside(key: str) -> bool:
    return key == _SCHEMA_KEY or key.startswith("x-")
