"""Readers of other packages: asked only for what none of ours knows, or by name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import PurePath
from typing import Protocol, runtime_checkable

from authscribe.findings.finding import DefinitionError
from authscribe.model.draft import Draft, MapNode
from authscribe.runtime import plugins


@runtime_checkable
class Markup(Protocol):
    """A reader of texts; `SUFFIXES` says of which files, such as `(".ini",)`."""

    SUFFIXES: Collection[str]

    def read(self, path: str, text: str) -> Draft:
        """What the text says; mistakes in it are findings of the draft."""


@runtime_checkable
class Data(Protocol):
    """A reader of documents in YAML, JSON or TOML."""

    def recognises(self, path: str, node: MapNode) -> bool:
        """Whether a document is of this format."""

    def draft(self, path: str, node: MapNode) -> Draft:
        """What the document says."""


def read_plugin_text(path: str, text: str, name: str | None) -> Draft | None:
    """What the reader called `name`, else one that reads this suffix, makes of a text; None where there is none."""

    def read(reader: object) -> Draft | None:
        is_wanted = name is not None or PurePath(path).suffix.lower() in getattr(reader, "SUFFIXES", ())
        return reader.read(path, text) if isinstance(reader, Markup) and is_wanted else None

    return _first(path, name, read)


def read_plugin_document(path: str, node: MapNode, name: str | None) -> Draft | None:
    """What the reader called `name`, else one that recognises it, makes of a document; None where there is none."""

    def read(reader: object) -> Draft | None:
        if not isinstance(reader, Data) or not (name is not None or reader.recognises(path, node)):
            return None
        return reader.draft(path, node)

    return _first(path, name, read)


def _first(path: str, name: str | None, read: Callable[[object], Draft | None]) -> Draft | None:
    """The first draft that a reader gives, or one with the finding that says why it fails."""
    chosen = (name,) if name is not None else plugins.list_plugins(plugins.Group.READERS)
    for plugin in chosen:
        try:
            reader = plugins.load_plugin(plugins.Group.READERS, plugin)
            with plugins.blame_plugin(plugin):
                draft = read(reader)
        except DefinitionError as error:
            return Draft(path, findings=error.findings)
        if draft is not None:
            return draft
    return None
