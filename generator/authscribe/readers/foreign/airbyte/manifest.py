"""A declarative manifest of Airbyte: its components, what they refer to, and the authenticators that streams use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, text_of, to_plain
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate, list_choices, list_literals
from authscribe.readers.foreign.tracking import TrackedMapping

_REFERENCE: Final = "$ref"
_PARAMETERS: Final = "$parameters"
_LONGEST_CHAIN: Final = 20
_SHORTEST: Final = 6
"""Characters; shorter literals in a credential's place are fillers such as `x`."""
_CREDENTIALS: Final = frozenset(
    {
        "api_token", "client_secret", "password", "refresh_token", "secret_key", "passphrase", "session_token",
        "access_token_value", "assertion", "client_assertion",
    }
)  # fmt: skip
_AUTHORISING: Final = frozenset({"authorization", "proxy-authorization"})

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A mapping of a manifest with those that it refers to: the keys of the first count."""

    manifest: Manifest
    readings: tuple[TrackedMapping, ...]
    parameters: Mapping[str, str]

    def owner(self, key: str) -> TrackedMapping | None:
        """The mapping that has the key."""
        return next((reading for reading in self.readings if reading.peek(key) is not None), None)

    def find(self, key: str) -> Node | None:
        """The node under the key."""
        owner = self.owner(key)
        return owner.peek(key) if owner is not None else None

    def literal(self, key: str) -> str | None:
        """The text under the key, also where it comes from the parameters; None where it is a template."""
        template = self.template(key)
        return template.parts[0] if template is not None and template.is_literal else None

    def template(self, key: str, known: tuple[str, ...] = ()) -> ConfigTemplate | None:
        """The template under the key; None where there is no such text, or it says more than references.

        Of several that it may be, the first whose settings the specification declares. None is a literal secret.
        """
        found = self.find(key)
        value = text_of(found) if found is not None else self.parameters.get(key)
        choices = list_choices(value, self.parameters, known) if value is not None else ()
        chosen = self.manifest.declared_first(choices, known)
        is_secret = chosen is not None and not chosen.names and found is not None and _has_literal_secret(key, found)
        return None if is_secret else chosen

    def inner(self, key: str) -> Component | None:
        """The component under a key of this one, written out or referred to."""
        node, owner = self.find(key), self.owner(key)
        if isinstance(node, MapNode) and owner is not None:
            return self.manifest.component(owner.child(key))
        target = _target(node)
        following = self.manifest.at(target) if target is not None else None
        return self.manifest.component(following) if following is not None else None

    def as_written(self) -> object:
        """The plain values, without which way they are reached."""
        found: dict[str, object] = {}
        for reading in self.readings:
            for entry in reading.node.entries:
                if entry.key != _REFERENCE:
                    found.setdefault(entry.key, to_plain(entry.node))
        return found


class Manifest:
    """A document whose components refer to each other by `#/...`."""

    def __init__(self, document: TrackedMapping, declared: AbstractSet[str] = frozenset()) -> None:
        """Nothing is read yet; `declared` are the settings that count where a template chooses between several."""
        self.document = document
        self.declared = declared

    def declared_first(self, found: Sequence[ConfigTemplate], known: tuple[str, ...] = ()) -> ConfigTemplate | None:
        """Of templates the first whose settings are declared, else the first."""
        fitting = (one for one in found if set(one.names) <= {*self.declared, *known})
        return next(fitting, found[0] if found else None)

    def component(self, reading: TrackedMapping) -> Component:
        """The mapping with what it refers to, as far as the chain goes within the document."""
        chain = [reading]
        while len(chain) < _LONGEST_CHAIN:
            target = _target(chain[-1].peek(_REFERENCE))
            following = self.at(target) if target is not None else None
            if following is None or any(following is known for known in chain):
                break
            chain.append(following)
        parameters = {key: value for link in reversed(chain) for key, value in _parameters(link.node)}
        return Component(self, tuple(chain), parameters)

    def at(self, path: Path) -> TrackedMapping | None:
        """The mapping at a path of keys and positions; None where there is none."""
        reading, rest = self.document, path
        while rest:
            key, *following = rest
            node = reading.peek(key)
            if isinstance(node, MapNode):
                reading = reading.child(key)
            elif isinstance(node, ListNode) and following:
                items = reading.children(key)
                position = int(following[0]) if following[0].isdecimal() else len(items)
                if position >= len(items):
                    return None
                reading, following = items[position], following[1:]
            else:
                return None
            rest = tuple(following)
        return reading

    def authenticators(self) -> tuple[Component, ...]:
        """Those that the streams use, each once."""
        found: dict[str, Component] = {}
        for path in self._used("authenticator"):
            reading = self.at(path)
            component = self.component(reading) if reading is not None else None
            if component is not None:
                found.setdefault(repr(component.as_written()), component)
        return tuple(found.values())

    def base_addresses(self) -> tuple[str, ...]:
        """The addresses that the requests of the streams begin with, each once."""
        found = (text_of(node.find("url_base")) for _, node in self._reached())
        return tuple(dict.fromkeys(address for address in found if address is not None))

    def sent(self, key: str) -> Iterator[Entry]:
        """What the requests of the streams send under `key`, by name; values as they are written."""
        for _, node in self._reached():
            found = node.find(key)
            yield from found.entries if isinstance(found, MapNode) else ()

    def _used(self, key: str) -> Iterator[Path]:
        """The paths of the mappings under `key` in whatever a stream is made of."""
        for path, node in self._reached():
            for entry in node.entries:
                if entry.key == key:
                    target = _target(entry.node)
                    yield (*path, key) if target is None else target

    def _reached(self) -> Iterator[tuple[Path, MapNode]]:
        """The mappings that the streams are made of, those that are referred to as well, but no schema of records."""
        root = self.document.node
        begin = (entry for entry in root.entries if entry.key in ("streams", "dynamic_streams"))
        waiting: deque[tuple[Path, Node]] = deque(((entry.key,), entry.node) for entry in begin)
        seen: set[Path] = set()
        while waiting:
            path, node = waiting.popleft()
            if path in seen:
                continue
            seen.add(path)
            if isinstance(node, MapNode):
                yield path, node
            waiting += _within(path, node)
            target = _target(node.find(_REFERENCE) if isinstance(node, MapNode) else node)
            following = _node_at(root, target) if target is not None else None
            if target is not None and following is not None:
                waiting.append((target, following))

    def withhold_literal_secrets(self) -> None:
        """Values that stand where a credential belongs are not kept."""
        for path, key in tuple(_literal_secrets((), self.document.node)):
            whole = (*path, key)
            while (reading := self.at(whole[:-1])) is None:
                # In a list of all sorts nothing can be taken by itself.
                whole = whole[:-1]
            reading.withhold(whole[-1])


def _within(path: Path, node: Node) -> list[tuple[Path, Node]]:
    match node:
        case MapNode(entries=found):
            return [((*path, e.key), e.node) for e in found if e.key not in ("authenticator", "schema_loader")]
        case ListNode(items=items):
            return [((*path, str(position)), item) for position, item in enumerate(items)]
    return []


def _target(node: Node | None) -> Path | None:
    """The path in a reference into the document (RFC 6901); the reference may be a mapping with nothing else."""
    if isinstance(node, MapNode) and [entry.key for entry in node.entries] == [_REFERENCE]:
        node = node.entries[0].node
    value = text_of(node)
    if value is None or not value.startswith("#/"):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in value[2:].split("/"))


def _node_at(root: Node, path: Path) -> Node | None:
    node: Node | None = root
    for key in path:
        if isinstance(node, MapNode):
            node = node.find(key)
        elif isinstance(node, ListNode) and key.isdecimal() and int(key) < len(node.items):
            node = node.items[int(key)]
        else:
            return None
    return node


def _parameters(node: MapNode) -> Iterator[tuple[str, str]]:
    parameters = node.find(_PARAMETERS)
    for entry in parameters.entries if isinstance(parameters, MapNode) else ():
        value = text_of(entry.node)
        if value is not None and "{{" not in value and not _has_literal_secret(entry.key, entry.node):
            yield entry.key, value


def _literal_secrets(path: Path, node: Node) -> Iterator[tuple[Path, str]]:
    """Literals in the credentials of an authenticator and of what is sent, and in headers that authorise."""
    match node:
        case MapNode(entries=found):
            is_credential = (text_of(node.find("type")) or "").endswith("Authenticator") or _is_sent(path)
            for entry in found:
                if is_credential and _has_literal_secret(entry.key, entry.node):
                    yield path, entry.key
                elif entry.key != "connection_specification":
                    yield from _literal_secrets((*path, entry.key), entry.node)
        case ListNode(items=items):
            for position, item in enumerate(items):
                yield from _literal_secrets((*path, str(position)), item)


def _is_sent(path: Path) -> bool:
    """Whether a mapping is sent: it stands under such a key, at whatever depth."""
    return any(key.startswith(("request_", "refresh_request_", _PARAMETERS)) for key in path)


def _has_literal_secret(key: str, node: Node) -> bool:
    """Whether a value under a key that is for a credential is a literal, or leaves one among what it may be."""
    value = node.value if isinstance(node, ScalarNode) else None
    if not isinstance(value, str | int) or (key not in _CREDENTIALS and key.lower() not in _AUTHORISING):
        return False
    return any(len(literal) >= _SHORTEST for literal in list_literals(str(value)))
