"""The layout of a definition file: lists of definitions under the keys of `Noun`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe import mistakes
from authscribe.draft import DefinitionDraft, Draft, Entry, ListNode, MapNode, Node, Noun
from authscribe.finding import Finding

_NOUNS: Final = {noun.value: noun for noun in Noun}
_SCHEMA_KEY: Final = "$schema"


def draft(path: str, node: Node | None, findings: tuple[Finding, ...]) -> Draft:
    """The definitions in a parsed document; a document that did not parse has none, only its findings."""
    if node is None or findings:
        return Draft(path, findings=findings)
    if not isinstance(node, MapNode):
        return Draft(path, findings=(mistakes.not_a_mapping(node.place, "a definition file"),))
    if not node.entries:
        return Draft(path, findings=(mistakes.empty_file(path),))
    found = [item for entry in node.entries for item in _section(entry)]
    return Draft(
        path,
        definitions=tuple(item for item in found if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in found if isinstance(item, Finding)),
    )


def _section(entry: Entry) -> Iterator[DefinitionDraft | Finding]:
    if entry.key == _SCHEMA_KEY or entry.key.startswith("x-"):
        return
    noun = _NOUNS.get(entry.key)
    if noun is None:
        yield mistakes.unknown_key(entry.key, entry.place, _NOUNS)
    elif not isinstance(entry.node, ListNode):
        yield mistakes.wrong_value(entry.key, entry.node.place, "input should be a list")
    else:
        for item in entry.node.items:
            if isinstance(item, MapNode):
                yield DefinitionDraft(noun, item)
            else:
                yield mistakes.not_a_mapping(item.place, f"an entry of '{entry.key}'")
