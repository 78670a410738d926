"""Definition files: lists of definitions under `schemes`, `refine`, `connectors` and `platforms`."""

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
    """Return whether every top-level key is one of a definition file, so that no other format needs to be asked."""
    return all(entry.key in _NOUNS or _is_ignored(entry.key) for entry in node.entries)


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Return whether a top-level key is one of a definition file, or resembles one."""
    keys = [entry.key for entry in node.entries if not _is_ignored(entry.key)]
    return not keys or any(get_close_matches(key, _NOUNS, n=1) for key in keys)


def draft(path: str, node: MapNode) -> Draft:
    """Return the definitions in a document."""
    items = [item for entry in node.entries for item in _read_list(entry)]
    return Draft(
        path,
        definitions=tuple(item for item in items if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in items if isinstance(item, Finding)),
    )


def _read_list(entry: Entry) -> Iterator[DefinitionDraft | Finding]:
    """Yield the definitions under a top-level key, and a finding for each value that is not one."""
    if _is_ignored(entry.key):
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


def _is_ignored(key: str) -> bool:
    """Return whether a key is for other tools: editors read `$schema`, and `x-` marks extensions as in OpenAPI."""
    return key == _SCHEMA_KEY or key.startswith("x-")
