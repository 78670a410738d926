"""A data format: documents with the key `acme` at the top."""

from __future__ import annotations

from authscribe.plugin_api import DefinitionDraft, Draft, KeyOutcome, MapNode, Noun, TrackedMapping, make_list, make_map


def recognises(path: str, node: MapNode) -> bool:
    return node.find("acme") is not None


def draft(path: str, node: MapNode) -> Draft:
    record: list[KeyOutcome] = []
    document = TrackedMapping(node, record)
    system = document.within("acme")
    name = system.text("system")
    if name is None:
        raise ValueError("an Acme document names its system")
    keys = [make_map(field.place, name=field.text("field"), extras=field.rest()) for field in system.items("fields")]
    scheme = make_map(
        node.place,
        id=name,
        kind="api_key",
        required=make_list(tuple(keys), node.place),
        extras=document.rest(),
    )
    return Draft(path, definitions=(DefinitionDraft(Noun.SCHEME, scheme),), key_outcomes=tuple(record))
