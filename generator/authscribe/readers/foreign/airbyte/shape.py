"""Recognize the documents of an Airbyte connector by their keys and file names."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from authscribe.model.draft import MapNode, get_text

SCHEMA: Final = "connection_specification"
SPECIFICATION: Final = "spec"
MANIFEST: Final = "manifest"
FILE_STEMS: Final = (SPECIFICATION, MANIFEST)


def is_airbyte(node: MapNode) -> bool:
    """Return whether a document is a connection specification or a declarative manifest."""
    keys = {entry.key for entry in node.entries}
    if get_text(node.find("type")) == "DeclarativeSource" or {"version", "check", "streams"} <= keys:
        return True
    spec = node.find(SPECIFICATION)
    return has_schema(node) or (isinstance(spec, MapNode) and has_schema(spec))


def has_schema(node: MapNode) -> bool:
    """Return whether a mapping is a specification: whether it has the schema of the settings."""
    return isinstance(node.find(SCHEMA) or node.find("connectionSpecification"), MapNode)


def is_part(path: str, node: MapNode) -> bool:
    """Return whether a document is a manifest, or a specification that may belong to one."""
    stem = PurePath(path).stem
    has_name = stem == MANIFEST or (stem == SPECIFICATION and node.find("streams") is None)
    return has_name and is_airbyte(node)
