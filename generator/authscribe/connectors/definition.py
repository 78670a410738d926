"""Draft the definition of a connector from its manifest and its system."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from authscribe.connectors.references import ReferenceKind, ReferenceSyntax
from authscribe.connectors.snapshot import Leaf, Snapshot
from authscribe.findings.finding import Place
from authscribe.model.definitions import Location
from authscribe.model.draft import DefinitionDraft, Entry, ListNode, MapNode, Node, Noun, ScalarNode, Value

ENDPOINTS: Final[Mapping[tuple[str, str], str]] = {
    ("oauth2", "login_url"): "authorize",
    ("oauth2", "token_url"): "token",
    ("oauth2", "identity_url"): "identity",
    ("oauth2", "jwks_uri"): "jwks",
    ("jwt", "login_url"): "login",
}
"""Roles of the addresses in a manifest, by their paths."""
SCOPES: Final = ("scopes", "optional_scopes")
"""Keys of the block `oauth2` that list scopes."""
_AUTHENTICATION: Final = "authentication"
_BASIC: Final = {"username": Location.BASIC_USERNAME, "password": Location.BASIC_PASSWORD}


def draft_definition(
    snapshot: Snapshot,
    syntax: ReferenceSyntax,
    *,
    identifier: str,
    scheme: str,
    flags: Collection[str],
    known: Collection[str],
    values: Collection[Place] = (),
) -> DefinitionDraft:
    """Return the connector's definition: scheme, parameters, flags, addresses, scopes and placements.

    `known` are the names that a placement may refer to, and `values` the places of literal secrets. Slots that refer to
    other names or contain such a value are left out, since a rule has reported them.
    """
    place = snapshot.place
    entries = [
        _make_entry("id", identifier, place),
        _make_entry("scheme", scheme, place),
        _make_list_entry(
            "parameters", [_make_map(_make_entry("name", e.key, e.place)) for e in snapshot.parameters], place
        ),
        _make_list_entry("flags", [ScalarNode(flag, place) for flag in flags], place),
        _make_map_entry("endpoints", _draft_endpoints(snapshot), place),
        _make_map_entry("oauth", _draft_oauth(snapshot), place),
        _make_list_entry("placements", list(_draft_placements(snapshot, syntax, known, values)), place),
    ]
    return DefinitionDraft(Noun.CONNECTOR, MapNode(tuple(entry for entry in entries if entry is not None), place))


def _draft_endpoints(snapshot: Snapshot) -> Iterator[Entry]:
    for path, role in ENDPOINTS.items():
        setting = snapshot.find_setting(*path)
        if setting is not None and isinstance(setting.node, ScalarNode):
            url = Entry("url", setting.place, setting.node)
            yield Entry(role, setting.place, MapNode((url,), setting.node.place))


def _draft_oauth(snapshot: Snapshot) -> Iterator[Entry]:
    for key in SCOPES:
        setting = snapshot.find_setting("oauth2", key)
        if setting is not None and isinstance(setting.node, ListNode):
            yield Entry(key, setting.place, setting.node)


def _draft_placements(
    snapshot: Snapshot, syntax: ReferenceSyntax, known: Collection[str], values: Collection[Place]
) -> Iterator[MapNode]:
    """Yield the slots that take part in authentication; if several operations fill one slot, the first of them."""
    is_basic = any(leaf.slot == (_AUTHENTICATION,) and leaf.value == "basic" for leaf in snapshot.leaves)
    blocks = {leaf.slot[0] for leaf in snapshot.leaves if leaf.secrets and len(leaf.slot) > 1} - {
        "headers", "operations",
    }  # fmt: skip
    filled: set[tuple[Location, str]] = set()
    for leaf in snapshot.leaves:
        slot = _find_slot(leaf, blocks, is_basic=is_basic)
        names = {reference.name for reference in leaf.references}
        if slot is None or not isinstance(leaf.value, str) or not names <= set(known) or leaf.place in values:
            continue
        location, name = slot
        if (location, name.lower()) not in filled:
            filled.add((location, name.lower()))
            fields = [
                _make_entry("in", location.value, leaf.place),
                _make_entry("value", _write_template(leaf, syntax), leaf.place),
            ]
            yield _make_map(*fields, *([_make_entry("name", name, leaf.place)] if name else []))


def _find_slot(leaf: Leaf, blocks: set[str], *, is_basic: bool) -> tuple[Location, str] | None:
    """Return the place of a leaf in a request; None if it takes no part in authentication."""
    slot = leaf.slot
    if not slot:
        return None
    if is_basic and len(slot) == 1 and slot[0] in _BASIC:
        return _BASIC[slot[0]], ""
    if slot == (_AUTHENTICATION,) and not is_basic:
        return Location.BLOCK, _AUTHENTICATION
    if slot[0] in blocks:
        return Location.BLOCK, ".".join(slot)
    if not leaf.secrets and not any(reference.kind is ReferenceKind.ENVIRONMENT for reference in leaf.references):
        return None
    if "headers" in slot[:-1]:
        return Location.HEADER, slot[-1]
    if "params" in slot[:-1]:
        return Location.QUERY, slot[-1]
    if "payload" in slot[:-1]:
        return Location.BODY, ".".join(slot[slot.index("payload") + 1 :])
    if slot[0] == "operations" and slot[-1] == "url":
        return Location.PATH, ""
    return Location.BLOCK, ".".join(slot)


def _write_template(leaf: Leaf, syntax: ReferenceSyntax) -> str:
    """Return the value as a template of the definition format: `Bearer $SECRET(x)` gives `Bearer {x}`."""
    value = str(leaf.value)
    parts: list[str] = []
    position = 0
    for match, reference in zip(syntax.pattern.finditer(value), leaf.references, strict=False):
        parts += [_escape_braces(value[position : match.start()]), f"{{{reference.name}}}"]
        position = match.end()
    return "".join((*parts, _escape_braces(value[position:])))


def _escape_braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _make_map(*entries: Entry) -> MapNode:
    return MapNode(entries, entries[0].place)


def _make_entry(key: str, value: Value, place: Place) -> Entry:
    return Entry(key, place, ScalarNode(value, place))


def _make_list_entry(key: str, items: Sequence[Node], place: Place) -> Entry | None:
    return Entry(key, place, ListNode(tuple(items), place)) if items else None


def _make_map_entry(key: str, entries: Iterator[Entry], place: Place) -> Entry | None:
    node = MapNode(tuple(entries), place)
    return Entry(key, place, node) if node.entries else None
