"""Draft the definition of a connector from its manifest and its system."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.connectors.context import list_words
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.connectors.snapshot import Leaf, Snapshot
from authscribe.findings.finding import Place
from authscribe.model.definitions import Kind, Location
from authscribe.model.draft import DefinitionDraft, Entry, ListNode, MapNode, Node, Noun, ScalarNode, Value, get_text
from authscribe.model.platform import Platform, SystemFile

_HELD: Final = (Location.HEADER, Location.QUERY, Location.COOKIE, Location.BODY)
"""Locations whose values are held by a key of the system, in order of precedence."""
_BASIC: Final = (Location.BASIC_USERNAME, Location.BASIC_PASSWORD)


def draft_definition(
    snapshot: Snapshot,
    reader: ConnectorReader,
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
    slots = list_slots(snapshot, reader, known, values)
    entries = [
        _make_entry("id", identifier, place),
        _make_entry("scheme", scheme, place),
        _make_list_entry(
            "parameters", [_make_map(_make_entry("name", e.key, e.place)) for e in snapshot.parameters], place
        ),
        _make_list_entry("flags", [ScalarNode(flag, place) for flag in flags], place),
        _make_map_entry("endpoints", _draft_endpoints(snapshot, values), place),
        _make_map_entry("oauth", _draft_oauth(snapshot), place),
        _make_list_entry("placements", [_draft_placement(slot) for slot in select_slots(slots)], place),
    ]
    return DefinitionDraft(Noun.CONNECTOR, MapNode(tuple(entry for entry in entries if entry is not None), place))


def draft_scheme(
    identifier: str, kind: Kind | None, selector: Mapping[str, str], secrets: Collection[str], place: Place
) -> DefinitionDraft:
    """Return the definition of a scheme of which no more is known than what a connector uses."""
    entries = [
        _make_entry("id", identifier, place),
        _make_entry("kind", kind.value, place) if kind is not None else None,
        _make_map_entry("selector", (_make_entry(*item, place) for item in selector.items()), place),
        _make_list_entry("injected", [_make_map(_make_entry("name", name, place)) for name in secrets], place),
    ]
    return DefinitionDraft(Noun.SCHEME, MapNode(tuple(entry for entry in entries if entry is not None), place))


def _draft_endpoints(snapshot: Snapshot, values: Collection[Place]) -> Iterator[Entry]:
    for role, path in snapshot.layout.endpoints.items():
        setting = snapshot.find_setting(path)
        if setting is not None and (get_text(setting.node) or "").strip() and setting.node.place not in values:
            url = Entry("url", setting.place, setting.node)
            yield Entry(role, setting.place, MapNode((url,), setting.node.place))


def _draft_oauth(snapshot: Snapshot) -> Iterator[Entry]:
    for key, path in snapshot.layout.scope_lists.items():
        setting = snapshot.find_setting(path)
        words = tuple(_list_scopes(setting.node)) if setting is not None else ()
        if setting is not None and words:
            yield Entry(key, setting.place, ListNode(words, setting.node.place))


def _list_scopes(node: Node) -> Iterator[Node]:
    """Yield the texts of a list, or the words of a text."""
    if isinstance(node, ListNode):
        yield from (item for item in node.items if get_text(item) is not None)
    else:
        yield from (ScalarNode(word, node.place) for word in list_words(node))


class Slot(NamedTuple):
    """Place of a leaf in a request, its name there, and its value as a template of the definition format."""

    location: Location
    name: str
    leaf: Leaf
    template: str

    @property
    def key(self) -> tuple[Location, str]:
        """Return a key that is equal for slots that are one place of a request."""
        return self.location, self.name.lower()


def list_slots(
    snapshot: Snapshot, reader: ConnectorReader, known: Collection[str], values: Collection[Place]
) -> Iterator[Slot]:
    """Yield the slots that take part in authentication, without those of which a placement cannot hold the value.

    `known` are the names that a placement may refer to, and `values` the places of literal secrets.
    """
    slots = _SlotReader.from_platform(reader.platform, snapshot.leaves)
    for leaf in snapshot.leaves:
        place = slots.find(leaf)
        names = {reference.name for reference in leaf.references}
        if place is None or not isinstance(leaf.value, str) or not names <= set(known) or leaf.place in values:
            continue
        parts = reader.syntax.split_value(leaf.value, leaf.references)
        if parts is not None:
            yield Slot(*place, leaf, _write_template(parts))


def select_slots(slots: Iterable[Slot]) -> Iterator[Slot]:
    """Yield the slots that a definition holds: if several operations fill one, the first of them."""
    filled: set[tuple[Location, str]] = set()
    for slot in slots:
        if slot.key not in filled:
            filled.add(slot.key)
            yield slot


def _draft_placement(slot: Slot) -> MapNode:
    place = slot.leaf.place
    fields = [_make_entry("in", slot.location.value, place), _make_entry("value", slot.template, place)]
    return _make_map(*fields, *([_make_entry("name", slot.name, place)] if slot.name else []))


class _SlotReader(NamedTuple):
    """Slots of the systems of a platform, and the blocks of one system.

    `holders` are the keys that hold the values of a location by name, and `basic` the paths of the settings that
    announce HTTP basic authentication. `only_secrets` are the paths that hold a secret, or a parameter in its place.
    """

    holders: Mapping[Location, str]
    credentials: Mapping[tuple[str, ...], Location]
    url: tuple[str, ...]
    basic: Collection[str]
    blocks: Collection[str]
    only_secrets: Collection[str]
    is_basic: bool

    @classmethod
    def from_platform(cls, platform: Platform, leaves: Sequence[Leaf]) -> _SlotReader:
        """Return the slots that a platform profile states, for a system with these leaves."""
        layout = platform.system or SystemFile(path="system.json")
        slots, only_secrets = layout.slots, platform.credential_slots
        holders = {location: key for location in _HELD if (key := slots.find_holder(location)) is not None}
        others = {slots.split(location)[0] for location in (*_HELD, Location.PATH)}
        if layout.service is not None:
            # A program has other settings than those that authenticate it.
            others.add(layout.service.split(".")[0])
        settings = {(".".join(leaf.slot), leaf.value) for leaf in leaves if isinstance(leaf.value, str)}
        return cls(
            holders=holders,
            credentials={slots.split(location): location for location in _BASIC},
            url=slots.split(Location.PATH),
            basic=layout.basic,
            blocks={leaf.slot[0] for leaf in leaves if len(leaf.slot) > 1 and _holds_credential(leaf, only_secrets)}
            - others,
            only_secrets=only_secrets,
            is_basic=settings.issuperset(layout.basic.items()),
        )

    def find(self, leaf: Leaf) -> tuple[Location, str] | None:
        """Return the place of a leaf in a request, and its name there; None if it takes no part in authentication."""
        slot, path = leaf.slot, ".".join(leaf.slot)
        if not slot:
            return None
        if self.is_basic and slot in self.credentials:
            return self.credentials[slot], ""
        if slot[0] in self.blocks or (path in self.basic and not self.is_basic):
            return Location.BLOCK, path
        is_read = any(reference.kind is ReferenceKind.ENVIRONMENT for reference in leaf.references)
        if not is_read and not _holds_credential(leaf, self.only_secrets):
            return None
        return self._find_held(slot) or (Location.BLOCK, path)

    def _find_held(self, slot: tuple[str, ...]) -> tuple[Location, str] | None:
        for location, holder in self.holders.items():
            if holder in slot[:-1]:
                named = slot[slot.index(holder) + 1 :] if location is Location.BODY else slot[-1:]
                return location, ".".join(named)
        is_url = len(slot) == len(self.url) and all(
            part in (key, "{operation}") for part, key in zip(self.url, slot, strict=True)
        )
        return (Location.PATH, "") if is_url else None


def _holds_credential(leaf: Leaf, only_secrets: Collection[str]) -> bool:
    """Return whether a leaf holds a secret, or anything else that is filled in where only a secret may be."""
    return bool(leaf.secrets or (leaf.references and ".".join(leaf.slot) in only_secrets))


def _write_template(parts: Iterable[str | Reference]) -> str:
    """Return a value as a template of the definition format: `Bearer $SECRET(x)` gives `Bearer {x}`."""
    return "".join(_escape_braces(part) if isinstance(part, str) else f"{{{part.name}}}" for part in parts)


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
