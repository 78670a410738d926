"""Call the readers of other packages: by name, or for a source that no built-in format matches."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import PurePath
from typing import NoReturn, Protocol, runtime_checkable

from authscribe.findings.finding import DefinitionError, Place
from authscribe.model.draft import DefinitionDraft, Draft, ListNode, MapNode, ScalarNode
from authscribe.runtime import plugins
from authscribe.runtime.plugins import Group


@runtime_checkable
class TextReader(Protocol):
    """Reader of a text format; `SUFFIXES` lists the file suffixes that it reads, such as `(".ini",)`."""

    SUFFIXES: Collection[str]

    def read(self, path: str, text: str, /) -> Draft:
        """Return the definitions in the text; mistakes in it are findings of the draft."""


@runtime_checkable
class DocumentReader(Protocol):
    """Reader of a data format, whose documents are in YAML, JSON or TOML."""

    def recognises(self, path: str, node: MapNode, /) -> bool:
        """Return whether the document is in this format."""

    def draft(self, path: str, node: MapNode, /) -> Draft:
        """Return the definitions in the document; mistakes in it are findings of the draft."""


def read_plugin_text(path: str, text: str, name: str | None) -> Draft | None:
    """Return the draft of a text from the reader `name`, or from the first one for its suffix, if there is any.

    If the reader cannot be loaded or fails, the draft has a finding that names it.
    """

    def read(reader: object) -> object:
        is_wanted = name is not None or PurePath(path).suffix.lower() in getattr(reader, "SUFFIXES", ())
        return reader.read(path, text) if isinstance(reader, TextReader) and is_wanted else None

    return _ask_readers(path, name, read)


def read_plugin_document(path: str, node: MapNode, name: str | None) -> Draft | None:
    """Return the draft of a document from the reader `name`, or from the first one that recognises it, if any.

    If the reader cannot be loaded or fails, the draft has a finding that names it.
    """

    def read(reader: object) -> object:
        if not isinstance(reader, DocumentReader) or not (name is not None or reader.recognises(path, node)):
            return None
        return reader.draft(path, node)

    return _ask_readers(path, name, read)


def _ask_readers(path: str, name: str | None, read: Callable[[object], object]) -> Draft | None:
    """Return the first draft that `read` gets from the reader `name`, or from all readers in turn."""
    names = (name,) if name is not None else plugins.list_plugins(Group.READERS)
    for plugin in names:
        try:
            draft = _ask_reader(plugin, read)
        except DefinitionError as error:
            return Draft(path, findings=error.findings)
        if draft is not None:
            return draft
    return None


def _ask_reader(name: str, read: Callable[[object], object]) -> Draft | None:
    """Return the draft that `read` gets from a reader; raise DefinitionError if the reader fails."""
    reader = plugins.load_plugin(Group.READERS, name)
    if not isinstance(reader, TextReader | DocumentReader):
        _fail(name, "it has neither SUFFIXES and read(), nor recognises() and draft()")
    with plugins.blame_plugin(Group.READERS, name):
        draft = read(reader)
        if draft is None:
            return None
        if not isinstance(draft, Draft):
            _fail(name, f"it returns a {type(draft).__name__} instead of a Draft")
        if not all(map(_is_definition, draft.definitions)):
            _fail(name, "a definition in its draft is not a tree of nodes with places")
        plugins.check_findings(Group.READERS, name, draft.findings)
        return draft


def _is_definition(definition: object) -> bool:
    match definition:
        case DefinitionDraft(node=MapNode() as node):
            return _is_tree(node)
    return False


def _is_tree(node: object) -> bool:
    """Return whether all values in a tree are nodes with places, and texts, numbers, Booleans or null."""
    match node:
        case MapNode(entries=entries, place=Place()):
            return all(_is_tree(entry.node) for entry in entries)
        case ListNode(items=items, place=Place()):
            return all(map(_is_tree, items))
        case ScalarNode(value=str() | int() | float() | None, place=Place()):
            return True
    return False


def _fail(name: str, problem: str) -> NoReturn:
    raise DefinitionError((plugins.report_failure(Group.READERS, name, problem),))
