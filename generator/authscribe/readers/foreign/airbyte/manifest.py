"""Navigate a declarative manifest of Airbyte: components, what they refer to, and the authenticators of streams."""

from __future__ import annotations

import re
from collections import ChainMap, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeAlias

from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text, to_plain
from authscribe.readers.foreign.airbyte.addresses import ChosenValue, choose_value
from authscribe.readers.foreign.airbyte.literal_secrets import has_literal_secret, list_literal_secrets
from authscribe.readers.foreign.airbyte.templates import BasicPair, ConfigTemplate, list_basic, list_choices
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import MappingIndex, TrackedMapping

_STREAM_KEYS: Final = ("streams", "dynamic_streams")
_REQUESTERS: Final = ("requester", "creation_requester")
"""Keys of the requester of a stream; that of an asynchronous job creates the job."""
REFERENCE: Final = "$ref"
_OLD_REFERENCE: Final = re.compile(r"\*ref\(([^()]+)\)")
_PARAMETERS: Final = ("$parameters", "$options")
"""Keys of parameters; the second one, and references such as `*ref(a.b)`, are those of older manifests."""
TYPED_BODY: Final = "request_body"
_CHAIN_LIMIT: Final = 20
"""Components of which each refers to the next."""

NodePath: TypeAlias = tuple[str, ...]
"""Keys and positions that lead to a node from the root of its document."""

Parameters: TypeAlias = ChainMap[str, str]
"""Parameters that apply to a component: its own, then those of the components around it, the nearest first."""


@dataclass(frozen=True, slots=True)
class ManifestComponent:
    """Mapping of a manifest with the mappings that it refers to; the first one with a key counts."""

    manifest: Manifest
    mappings: tuple[TrackedMapping, ...]
    parameters: Parameters

    def find_owner(self, key: str) -> TrackedMapping | None:
        """Return the mapping that has the key."""
        return next((mapping for mapping in self.mappings if mapping.peek(key) is not None), None)

    def find_node(self, key: str) -> Node | None:
        """Return the node under the key, or the scalar that it refers to."""
        owner = self.find_owner(key)
        node = owner.peek(key) if owner is not None else None
        target = self.manifest.follow(node)
        return target if isinstance(target, ScalarNode) else node

    def find_literal(self, key: str) -> str | None:
        """Return the literal text under the key or in the parameter of this name; None for a template."""
        template = self.find_template(key)
        return template.parts[0] if template is not None and template.is_literal else None

    def find_template(self, key: str, known: tuple[str, ...] = ()) -> ConfigTemplate | None:
        """Return the template under the key; None if there is none, it is not understood, or it is a literal secret.

        Of a choice, it is the first alternative whose settings the specification declares.
        """
        node = self.find_node(key)
        template = self.manifest.choose_declared(self._list_choices(key, known), known)
        is_literal = template is not None and not template.names
        return None if is_literal and node is not None and has_literal_secret(key, node) else template

    def find_fallback(self, key: str) -> ConfigTemplate | None:
        """Return the next alternative of a choice whose settings are declared, for the first one without a value."""
        settings = self.manifest.settings.keys()
        declared = (choice for choice in self._list_choices(key) if choice.names and set(choice.names) <= settings)
        return next(islice(declared, 1, None), None)

    def _list_choices(self, key: str, known: tuple[str, ...] = ()) -> tuple[ConfigTemplate, ...]:
        node = self.find_node(key)
        value = get_text(node) if node is not None else self.parameters.get(key)
        return list_choices(value, self.parameters, known) if value is not None else ()

    def find_basic(self, key: str) -> BasicPair | None:
        """Return user name and password of the basic credentials under the key; None if a password is written there."""
        node = self.find_node(key)
        value = get_text(node)
        if node is None or value is None or has_literal_secret(key, node):
            return None
        return self.manifest.choose_basic(value, self.parameters)

    def choose_value(self, key: str) -> ChosenValue | None:
        """Return what the value under the key stands for while settings have their defaults."""
        value = get_text(self.find_node(key)) or self.parameters.get(key)
        return choose_value(value, self.parameters, self.manifest.settings) if value is not None else None

    def find_component(self, key: str) -> ManifestComponent | None:
        """Return the component under the key, written there or referred to."""
        node, owner = self.find_node(key), self.find_owner(key)
        if isinstance(node, MapNode) and owner is not None:
            return self.manifest.make_component(owner.child(key), self.parameters)
        target = _find_target(node)
        mapping = self.manifest.find_mapping(target) if target is not None else None
        return self.manifest.make_component(mapping, self.parameters) if mapping is not None else None

    def find_mapping(self, key: str) -> ManifestComponent | None:
        """Return the mapping written under the key; None if it refers to others, so that its keys are not all."""
        node = self.find_node(key)
        mapping = self.find_component(key) if isinstance(node, MapNode) else None
        return mapping if mapping is not None and len(mapping.mappings) == 1 else None

    def to_plain(self) -> object:
        """Return the plain values, without the references."""
        values: dict[str, object] = {}
        for mapping in self.mappings:
            for entry in mapping.node.entries:
                if entry.key != REFERENCE:
                    values.setdefault(entry.key, to_plain(entry.node))
        return values


class Manifest:
    """Document whose components refer to each other by `#/...`.

    `settings` are the declared ones with their defaults, if any; where a template leaves a choice, they decide.
    """

    def __init__(self, document: TrackedMapping, settings: Mapping[str, object] = MappingProxyType({})) -> None:
        self.document = document
        self.settings = settings
        self._index = MappingIndex()

    def prefer(self, settings: Mapping[str, object]) -> Manifest:
        """Return the manifest for a way to authenticate with these settings, which shares what has been found."""
        manifest = copy(self)
        manifest.settings = settings
        return manifest

    def choose_declared(
        self, templates: Sequence[ConfigTemplate], known: tuple[str, ...] = ()
    ) -> ConfigTemplate | None:
        """Return the first template whose settings are declared, else the first one."""
        declared = (
            template for template in templates if all(name in self.settings or name in known for name in template.names)
        )
        return next(declared, templates[0] if templates else None)

    def choose_basic(self, value: str, parameters: Mapping[str, str]) -> BasicPair | None:
        """Return the first pair of basic credentials in a value whose settings are declared, else the first one."""
        pairs = list_basic(value, parameters)
        declared = (pair for pair in pairs if all(name in self.settings for each in pair for name in each.names))
        return next(declared, pairs[0] if pairs else None)

    def follow(self, node: Node | None) -> Node | None:
        """Return what a node refers to, which may be another reference; the node itself if it is no reference."""
        for _ in range(_CHAIN_LIMIT):
            target = _find_target(node)
            following = self._find_node(target) if target is not None else None
            if following is None:
                return node
            node = following
        return None

    def make_component(self, mapping: TrackedMapping, outer: Parameters) -> ManifestComponent:
        """Return a mapping with the chain of mappings in the document that it refers to.

        `outer` are the parameters of the components around it; its own ones take precedence.
        """
        chain = [mapping]
        while len(chain) < _CHAIN_LIMIT:
            target = _find_target(chain[-1].peek(REFERENCE))
            following = self.find_mapping(target) if target is not None else None
            if following is None or any(following is known for known in chain):
                break
            chain.append(following)
        parameters = {key: value for link in reversed(chain) for key, value in _list_parameters(link.node)}
        return ManifestComponent(self, tuple(chain), _add_parameters(outer, parameters))

    def find_mapping(self, path: NodePath) -> TrackedMapping | None:
        """Return the mapping at a path; None if there is none."""
        mapping, rest = self.document, path
        while rest:
            key, *following = rest
            node = mapping.peek(key)
            if isinstance(node, MapNode):
                mapping = mapping.child(key)
            elif isinstance(node, ListNode) and following:
                items = mapping.children(key)
                position = int(following[0]) if following[0].isdecimal() else len(items)
                if position >= len(items):
                    return None
                mapping, following = items[position], following[1:]
            else:
                return None
            rest = tuple(following)
        return mapping

    def list_authenticators(self) -> tuple[ManifestComponent, ...]:
        """Return the authenticators of the streams, without duplicates."""
        authenticators: dict[str, ManifestComponent] = {}
        for path, outer in self._list_paths("authenticator"):
            mapping = self.find_mapping(path)
            if mapping is not None:
                # Streams often repeat an authenticator instead of referring to one.
                component = self.make_component(mapping, outer)
                authenticators.setdefault(repr(component.to_plain()), component)
        return tuple(authenticators.values())

    def walk_checked_first(self) -> Iterator[tuple[MapNode, Parameters]]:
        """Yield each mapping of the streams, and the parameters that apply to it.

        Those of the streams that Airbyte checks a connection with are first.
        """
        check = self.document.peek("check")
        names = list_texts(check.find("stream_names")) if isinstance(check, MapNode) else ()
        streams = tuple(self._list_streams())
        checked = [(path, node) for path, node in streams if self._find_name(node) in names]
        seen: set[NodePath] = set()
        for stream in (*checked, *streams):
            yield from ((node, parameters) for _, node, parameters in self._walk((stream,), seen))

    def list_in_streams(self, key: str) -> Iterator[Node | None]:
        """Yield what the components of streams have under a key, written there or referred to."""
        for _, node, _ in self._in_streams:
            if node.find(key) is not None:
                yield self.follow(node.find(key))

    def list_from_requesters(self, *keys: str) -> Iterator[Node | None]:
        """Yield what each component that makes requests of streams has at a path, or None."""
        for _, node, _ in self._in_streams:
            for entry in node.entries:
                if entry.key in _REQUESTERS:
                    found: Node | None = entry.node
                    for key in keys:
                        found = self._find_inherited(found, key)
                    yield self.follow(found)

    def _find_inherited(self, node: Node | None, key: str) -> Node | None:
        """Return what a mapping, or else one that it refers to, has under a key."""
        for _ in range(_CHAIN_LIMIT):
            node = self.follow(node)
            found = self._index.find(node, key) if isinstance(node, MapNode) else None
            target = _find_target(node.find(REFERENCE)) if isinstance(node, MapNode) else None
            if found is not None or target is None:
                return found
            node = self._find_node(target)
        return None

    def withhold_literal_secrets(self) -> None:
        """Withhold literals in place of a credential."""
        for secret_path in tuple(list_literal_secrets(self.document.node)):
            path = secret_path
            while (mapping := self.find_mapping(path[:-1])) is None:
                # No item can be taken by itself from a list that also holds scalars.
                path = path[:-1]
            mapping.withhold(path[-1])

    def _list_paths(self, key: str) -> Iterator[tuple[NodePath, Parameters]]:
        """Yield the paths of the mappings under a key in the components of streams, and the parameters around them."""
        for path, node, parameters in self._in_streams:
            for entry in node.entries:
                if entry.key == key:
                    target = _find_target(entry.node)
                    yield (*path, key) if target is None else target, parameters

    def _list_streams(self) -> Iterator[tuple[NodePath, Node]]:
        for entry in self.document.node.entries:
            if entry.key in _STREAM_KEYS:
                yield from _list_children((entry.key,), entry.node)

    def _find_name(self, node: Node | None) -> str | None:
        """Return the name of a stream, which may be written in what it refers to."""
        for _ in range(_CHAIN_LIMIT):
            named = node.find("name") if isinstance(node, MapNode) else None
            if named is not None:
                return get_text(named)
            target = _find_target(node.find(REFERENCE) if isinstance(node, MapNode) else node)
            node = self._find_node(target) if target is not None else None
        return None

    @cached_property
    def _in_streams(self) -> tuple[tuple[NodePath, MapNode, Parameters], ...]:
        """Each mapping of the streams, also those that are referred to, apart from schemas of records."""
        streams = (entry for entry in self.document.node.entries if entry.key in _STREAM_KEYS)
        return tuple(self._walk((((entry.key,), entry.node) for entry in streams), set()))

    def _walk(
        self, starts: Iterable[tuple[NodePath, Node]], seen: set[NodePath]
    ) -> Iterator[tuple[NodePath, MapNode, Parameters]]:
        """Yield each mapping from these nodes on that has not been `seen`, the nearest first, and its parameters.

        As in airbyte-cdk, the parameters beside a reference replace those of the mapping that it leads to.
        """
        nothing: dict[str, str] = {}
        queue = deque((path, node, Parameters(), nothing) for path, node in starts)
        while queue:
            path, node, outer, given = queue.popleft()
            # References may lead in a circle.
            if path in seen:
                continue
            seen.add(path)
            own = given or (dict(_list_parameters(node)) if isinstance(node, MapNode) else nothing)
            parameters = _add_parameters(outer, own)
            if isinstance(node, MapNode):
                yield path, node, parameters
            queue += ((*child, parameters, nothing) for child in _list_children(path, node))
            target = _find_target(node.find(REFERENCE) if isinstance(node, MapNode) else node)
            following = self._find_node(target) if target is not None else None
            if target is not None and following is not None:
                queue.append((target, following, outer, own))

    def _find_node(self, path: NodePath) -> Node | None:
        node: Node | None = self.document.node
        for key in path:
            if isinstance(node, MapNode):
                node = self._index.find(node, key)
            elif isinstance(node, ListNode) and key.isdecimal() and int(key) < len(node.items):
                node = node.items[int(key)]
            else:
                return None
        return node


def _list_children(path: NodePath, node: Node) -> list[tuple[NodePath, Node]]:
    match node:
        case MapNode(entries=entries):
            return [((*path, e.key), e.node) for e in entries if e.key not in ("authenticator", "schema_loader")]
        case ListNode(items=items):
            return [((*path, str(position)), item) for position, item in enumerate(items)]
    return []


def _find_target(node: Node | None) -> NodePath | None:
    """Return the path in a reference into the document (RFC 6901), which may be a mapping with nothing else."""
    if isinstance(node, MapNode) and [entry.key for entry in node.entries] == [REFERENCE]:
        node = node.entries[0].node
    value = get_text(node) or ""
    old = _OLD_REFERENCE.fullmatch(value)
    if old is not None:
        return tuple(old[1].split("."))
    if not value.startswith("#/"):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in value[2:].split("/"))


def _add_parameters(outer: Parameters, own: dict[str, str]) -> Parameters:
    # To copy those of many nested components would take the square of their number.
    return Parameters(own, *outer.maps[:_CHAIN_LIMIT]) if own else outer


def _list_parameters(node: MapNode) -> Iterator[tuple[str, str]]:
    """Yield the parameters that are text, apart from templates and literal secrets."""
    parameters = next((found for key in _PARAMETERS if isinstance(found := node.find(key), MapNode)), None)
    for entry in parameters.entries if parameters is not None else ():
        value = get_text(entry.node)
        if value is not None and "{{" not in value and not has_literal_secret(entry.key, entry.node):
            yield entry.key, value
