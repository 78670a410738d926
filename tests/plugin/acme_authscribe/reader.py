"""A data format: documents with the key `acme` at the top."""

from __future__ import annotations

from authscribe.draft import Carried, DefinitionDraft, Draft, MapNode, Noun
from authscribe.readers.foreign import Reading, entries, listed


def recognises(path: str, node: MapNode) -> bool:
    return node.find("acme") is not None


def draft(path: str, node: MapNode) -> Draft:
    record: list[Carried] = []
    document = Reading(node, record)
    system = document.within("acme")
    name = system.text("system")
    if name is None:
        raise ValueError("an Acme document names its system")
    keys = [entries(field.place, name=field.text("field"), extras=field.rest()) for field in system.items("fields")]
    scheme = entries(
        node.place,
        id=name,
        kind="api_key",
        required=listed(tuple(keys), node.place),
        extras=document.rest(),
    )
    return Draft(path, definitions=(DefinitionDraft(Noun.SCHEME, scheme),), carried=tuple(record))
