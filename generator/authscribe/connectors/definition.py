"""A connector as a definition: what its manifest and its system say, in the layout of the definition format."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from authscribe.connectors.references import ReferenceKind, ReferenceSyntax
from authscribe.connectors.snapshot import Leaf, Snapshot
from authscribe.findings.finding import Place
from authscribe.model.definitions import Location
from authscribe.model.draft import DefinitionDraft, Entry, ListNode, MapNode, Node, Noun, ScalarNode, Value

_ENDPOINTS: Final[Mapping[tuple[str, str], str]] = {
    ("oauth2", "login_url"): "authorize",
    ("oauth2", "token_url"): "token",
    ("oauth2", "identity_url"): "identity",
    ("oauth2", "jwks_uri"): "jwks",
    ("jwt", "login_url"): "login",
}
_AUTHENTICATION: Final = "authentication"
_BASIC: Final = {"username": Location.BASIC_USERNAME, "password": Location.BASIC_PASSWORD}


def draft_definition(
    snapshot: Snapshot,
    syntax: ReferenceSyntax,
    *,
    scheme: str,
    flags: Collection[str],
    known: Collection[str],
    values: Collection[Place] = (),
) -> DefinitionDraft:
    """The connector as somebody would have written it: scheme, parameters, flags, addresses, scopes, placements.

    `known` are the names that a placement may refer to, `values` the places where a secret's value stands by itself;
    a slot that refers to another name or holds such a value is left out, since a rule has reported it.
    """
    place = snapshot.place
    entries = [
        _entry("id", snapshot.name, place),
        _entry("scheme", scheme, place),
        _list_entry("parameters", [_map(_entry("name", e.key, e.place)) for e in snapshot.parameters], place),
        _list_entry("flags", [ScalarNode(flag, place) for flag in flags], place),
        _map_entry("endpoints", _endpoints(snapshot), place),
        _map_entry("oauth", _oauth(snapshot), place),
        _list_entry("placements", list(_placements(snapshot, syntax, known, values)), place),
    ]
    return DefinitionDraft(Noun.CONNECTOR, MapNode(tuple(entry for entry in entries if entry is not None), place))


def _endpoints(snapshot: Snapshot) -> Iterator[Entry]:
    for path, role in _ENDPOINTS.items():
        found = snapshot.find_setting(*path)
        if found is not None and isinstance(found.node, ScalarNode):
            url = Entry("url", found.place, found.node)
            yield Entry(role, found.place, MapNode((url,), found.node.place))


def _oauth(snapshot: Snapshot) -> Iterator[Entry]:
    for key in ("scopes", "optional_scopes"):
        found = snapshot.find_setting("oauth2", key)
        if found is not None and isinstance(found.node, ListNode):
            yield Entry(key, found.place, found.node)


def _placements(
    snapshot: Snapshot, syntax: ReferenceSyntax, known: Collection[str], values: Collection[Place]
) -> Iterator[MapNode]:
    """The slots that authenticate, each once: the first operation that fills a slot stands for all."""
    is_basic = any(leaf.slot == (_AUTHENTICATION,) and leaf.value == "basic" for leaf in snapshot.leaves)
    blocks = {leaf.slot[0] for leaf in snapshot.leaves if _has_secret(leaf) and len(leaf.slot) > 1} - {
        "headers", "operations",
    }  # fmt: skip
    filled: set[tuple[Location, str]] = set()
    for leaf in snapshot.leaves:
        slot = _slot(leaf, blocks, is_basic=is_basic)
        names = {reference.name for reference in leaf.references}
        if slot is None or not isinstance(leaf.value, str) or not names <= set(known) or leaf.place in values:
            continue
        location, name = slot
        if (location, name.lower()) not in filled:
            filled.add((location, name.lower()))
            fields = [_entry("in", location.value, leaf.place), _entry("value", _value(leaf, syntax), leaf.place)]
            yield _map(*fields, *([_entry("name", name, leaf.place)] if name else []))


def _slot(leaf: Leaf, blocks: set[str], *, is_basic: bool) -> tuple[Location, str] | None:
    """Where a leaf is in a request, if it takes part in authentication."""
    slot = leaf.slot
    if not slot:
        return None
    if is_basic and len(slot) == 1 and slot[0] in _BASIC:
        return _BASIC[slot[0]], ""
    if slot == (_AUTHENTICATION,) and not is_basic:
        return Location.BLOCK, _AUTHENTICATION
    if slot[0] in blocks:
        return Location.BLOCK, ".".join(slot)
    if not _has_secret(leaf) and not any(reference.kind is ReferenceKind.ENVIRONMENT for reference in leaf.references):
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


def _has_secret(leaf: Leaf) -> bool:
    return any(reference.kind is ReferenceKind.SECRET for reference in leaf.references)


def _value(leaf: Leaf, syntax: ReferenceSyntax) -> str:
    """The value as a template of the definition format: `Bearer $SECRET(x)` gives `Bearer {x}`."""
    value = str(leaf.value)
    parts: list[str] = []
    position = 0
    for match, reference in zip(syntax.pattern.finditer(value), leaf.references, strict=False):
        parts += [_braces(value[position : match.start()]), f"{{{reference.name}}}"]
        position = match.end()
    return "".join((*parts, _braces(value[position:])))


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _map(*entries: Entry) -> MapNode:
    return MapNode(entries, entries[0].place)


def _entry(key: str, value: Value, place: Place) -> Entry:
    return Entry(key, place, ScalarNode(value, place))


def _list_entry(key: str, items: Sequence[Node], place: Place) -> Entry | None:
    return Entry(key, place, ListNode(tuple(items), place)) if items else None


def _map_entry(key: str, entries: Iterator[Entry], place: Place) -> Entry | None:
    found = tuple(entries)
    return Entry(key, place, MapNode(found, place)) if found else None
