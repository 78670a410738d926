"""Call the readers of other packages: by name, or for a source that no built-in format matches."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import PurePath
from typing import Protocol, runtime_checkable

from authscribe.findings.finding import DefinitionError
from authscribe.model.draft import Draft, MapNode
from authscribe.runtime import plugins


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

    def read(reader: object) -> Draft | None:
        is_wanted = name is not None or PurePath(path).suffix.lower() in getattr(reader, "SUFFIXES", ())
        return reader.read(path, text) if isinstance(reader, TextReader) and is_wanted else None

    return _ask_readers(path, name, read)


def read_plugin_document(path: str, node: MapNode, name: str | None) -> Draft | None:
    """Return the draft of a document from the reader `name`, or from the first one that recognises it, if any.

    If the reader cannot be loaded or fails, the draft has a finding that names it.
    """

    def read(reader: object) -> Draft | None:
        if not isinstance(reader, DocumentReader) or not (name is not None or reader.recognises(path, node)):
            return None
        return reader.draft(path, node)

    return _ask_readers(path, name, read)


def _ask_readers(path: str, name: str | None, read: Callable[[object], Draft | None]) -> Draft | None:
    """Return the first draft that `read` gets from the reader `name`, or from all readers in turn."""
    names = (name,) if name is not None else plugins.list_plugins(plugins.Group.READERS)
    for plugin in names:
        try:
            reader = plugins.load_plugin(plugins.Group.READERS, plugin)
            with plugins.blame_plugin(plugin):
                draft = read(reader)
        except DefinitionError as error:
            return Draft(path, findings=error.findings)
        if draft is not None:
            return draft
    return None
