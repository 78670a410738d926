"""Describe how requests of an Airbyte connector are authenticated, and which keys of its manifest state that.

No key is taken before a method of the connector is known to use it; keys that are not taken are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import MapNode, ScalarNode
from authscribe.readers.foreign.airbyte.manifest import ManifestComponent
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map

_LOCATIONS: Final[Mapping[str, str]] = {
    "header": "header",
    "request_parameter": "query",
    "body_data": "body",
    "body_json": "body",
    "path": "path",
}


@dataclass(slots=True)
class AuthMechanism:
    """Mechanism by which requests are authenticated, built up while its component is read.

    `names` are the settings that it refers to, and `sources` the keys of the manifest that state it.
    """

    place: Place
    kind: str
    names: set[str] = field(default_factory=set)
    placements: list[MapNode] = field(default_factory=list)
    endpoints: dict[str, MapNode] = field(default_factory=dict)
    oauth: MapNode | None = None
    token_request: MapNode | None = None
    obtained: list[ObtainedSecret] = field(default_factory=list)
    sources: list[tuple[TrackedMapping, str]] = field(default_factory=list)

    def take_sources(self) -> None:
        """Take the keys that state the mechanism from the manifest."""
        for mapping, key in self.sources:
            mapping.take(key)

    def use_template(
        self, component: ManifestComponent, key: str, known: tuple[str, ...] = ()
    ) -> ConfigTemplate | None:
        """Return the template under a key, and note its settings and the key.

        A key that leaves a choice is not noted, so that its other alternatives are kept in the manifest.
        """
        template = component.find_template(key, known)
        if template is not None:
            self.names |= set(template.names) - set(known)
            if template.is_all:
                self.note(component, key)
        return template

    def use_literal(self, component: ManifestComponent, key: str) -> str | None:
        """Return the literal text under a key, and note the key."""
        literal = component.find_literal(key)
        if literal is not None:
            self.note(component, key)
        return literal

    def use_mapping(self, component: ManifestComponent, key: str) -> MapNode | None:
        """Return the templates in the mapping under a key, and note them; None if one of them is not understood."""
        node = component.find_node(key)
        inner = component.find_component(key) if isinstance(node, MapNode) else None
        # The keys of a mapping that refers to others are not all of its keys.
        if inner is None or len(inner.mappings) > 1:
            return None
        names = [entry.key for entry in inner.mappings[0].node.entries]
        if any(inner.find_template(name) is None for name in names):
            return None
        templates = {name: self.use_template(inner, name) for name in names}
        values = {name: value.to_url() for name, value in templates.items() if value is not None}
        return make_plain_map(dict(values), self.place)

    def note(self, component: ManifestComponent, *keys: str) -> None:
        """Note that the keys state a part of the mechanism."""
        owners = ((component.find_owner(key), key) for key in keys)
        self.sources += [(owner, key) for owner, key in owners if owner is not None]

    def note_type(self, component: ManifestComponent, name: str) -> None:
        """Note the type of a component whose place states as much."""
        if component.find_literal("type") == name:
            self.note(component, "type")

    def add_placement(self, location: str, name: str, value: str) -> None:
        """Add a placement; an empty name is left out."""
        self.placements.append(make_map(self.place, in_=location, name=name or None, value=value))

    def add_placement_by_option(self, component: ManifestComponent, key: str, value: ConfigTemplate) -> bool:
        """Add a placement as a request option states, and return whether there is one that is understood."""
        option = component.find_component(key)
        location = _LOCATIONS.get(option.find_literal("inject_into") or "") if option is not None else None
        if option is None or location is None:
            return False
        name = option.find_literal("field_name")
        path = list_texts(option.find_node("field_path"))
        if name is None and not path and location != "path":
            return False
        self.note(option, "inject_into", "field_name" if name is not None else "field_path")
        self.note_type(option, "RequestOption")
        self.add_placement(location, name if name is not None else ".".join(path), value.to_placement())
        return True

    def add_obtained(self, name: str, source: str, lifetime: str | None = "expires") -> None:
        """Add a secret that the owner does not supply."""
        origin = make_map(self.place, source=source)
        secret = ObtainedSecret(ScalarNode(name, self.place), origin, MapNode((), self.place), lifetime)
        self.obtained.append(secret)
