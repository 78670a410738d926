"""Read a data format: documents with the key `acme` at the top."""

from __future__ import annotations

from authscribe.plugin_api import DefinitionDraft, Draft, MapNode, Noun, TrackedMapping, make_list, make_map


def recognises(path: str, node: MapNode) -> bool:
    return node.find("acme") is not None


def draft(path: str, node: MapNode) -> Draft:
    document = TrackedMapping(node)
    system = document.child("acme")
    name = system.take_text("system")
    if name is None:
        raise ValueError("an Acme document names its system")
    keys = [
        make_map(field.place, name=field.take_text("field"), extras=field.leftovers())
        for field in system.children("fields")
    ]
    scheme = make_map(
        node.place,
        id=name,
        kind="api_key",
        required=make_list(tuple(keys), node.place),
        extras=document.leftovers(),
    )
    return Draft(path, definitions=(DefinitionDraft(Noun.SCHEME, scheme),), key_outcomes=tuple(document.key_outcomes))
