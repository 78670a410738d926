"""Read descriptions, which OpenAPI takes for CommonMark."""

from __future__ import annotations

from authscribe.model.draft import ScalarNode
from authscribe.model.markup import read_commonmark
from authscribe.readers.foreign.tracking import TrackedMapping


def take_description(mapping: TrackedMapping, key: str = "description") -> ScalarNode | None:
    """Take the text under `key` as definitions spell it; None if it is blank or no text."""
    node = mapping.take_text(key)
    return ScalarNode(read_commonmark(str(node.value)), node.place) if node is not None else None
