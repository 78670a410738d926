"""Find the format of a body of which a foreign document states no more than the headers beside it."""

from __future__ import annotations

from authscribe.model.draft import MapNode, ScalarNode, get_text
from authscribe.model.media_types import FORM_TYPE


def find_body_format(headers: MapNode | None, body: MapNode | None) -> ScalarNode | None:
    """Return the format in which axios, the client of Nango and n8n, sends a body: JSON unless its type is a form."""
    if body is None:
        return None
    entries = headers.entries if headers is not None else ()
    types = (get_text(entry.node) or "" for entry in entries if entry.key.lower() == "content-type")
    is_form = any(text.partition(";")[0].strip().lower() == FORM_TYPE for text in types)
    return ScalarNode("form" if is_form else "json", body.place)
