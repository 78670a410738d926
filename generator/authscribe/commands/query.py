"""Lay out the answers of `list` and `show`, and read the connectors that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from authscribe.encoders.text import escape_terminal
from authscribe.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pydantic import JsonValue

    from authscribe.connectors.context import ConnectorContext
    from authscribe.resolve.resolver import Resolution

VERSION: Final = 1
"""The version of the JSON documents of `list` and `show`."""


def read_contexts(arguments: Sequence[str], workspace: Workspace, resolution: Resolution) -> Iterator[ConnectorContext]:
    """Read the connectors on disk that the arguments name, each beside its scheme."""
    from authscribe.connectors.context import create_context
    from authscribe.connectors.reader import ConnectorReader
    from authscribe.connectors.selection import select_folders
    from authscribe.drift.recorded import recall_connectors

    platform = resolution.catalogue.platform
    reader = ConnectorReader.from_platform(platform)
    for folder in select_folders(arguments, recall_connectors(arguments, workspace), platform).require():
        yield create_context(reader.read(folder), resolution)


def format_cell(value: JsonValue) -> str:
    """Return a value as one cell of a table."""
    return ", ".join(str(item) for item in value) if isinstance(value, list) else "" if value is None else str(value)


def align_columns(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows with their columns aligned, safe to print on a terminal."""
    safe = [[escape_terminal(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in safe
    )
