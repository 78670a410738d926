"""What a manifest says about how requests are authenticated, and which of its keys say so.

Nothing of it is taken before some way of the connector is known to use it; what is not taken stays in the manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import MapNode, ScalarNode
from authscribe.readers.foreign.airbyte.manifest import Component
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
class Mechanism:
    """How requests are authenticated, with the keys of the manifest that say so."""

    place: Place
    kind: str
    names: set[str] = field(default_factory=set)
    placements: list[MapNode] = field(default_factory=list)
    endpoints: dict[str, MapNode] = field(default_factory=dict)
    oauth: MapNode | None = None
    token_request: MapNode | None = None
    obtained: list[ObtainedSecret] = field(default_factory=list)
    said: list[tuple[TrackedMapping, str]] = field(default_factory=list)

    def take(self) -> None:
        """What the manifest says of it is mapped."""
        for reading, key in self.said:
            reading.take(key)

    def template(self, component: Component | None, key: str, known: tuple[str, ...] = ()) -> ConfigTemplate | None:
        """The template under a key, with the settings that it refers to; the key is then said.

        A key that leaves a choice is not, so that what else it may be stays in the manifest.
        """
        found = component.template(key, known) if component is not None else None
        if component is not None and found is not None:
            self.names |= set(found.names) - set(known)
            if found.is_all:
                self.say(component, key)
        return found

    def literal(self, component: Component | None, key: str) -> str | None:
        """The literal text under a key, which is then said."""
        found = component.literal(key) if component is not None else None
        if component is not None and found is not None:
            self.say(component, key)
        return found

    def mapping(self, component: Component, key: str) -> MapNode | None:
        """The templates in a mapping under a key, which are then said; all or, where one is not understood, none."""
        node = component.find(key)
        inner = component.inner(key) if isinstance(node, MapNode) else None
        if inner is None or len(inner.readings) > 1:
            return None
        keys = [entry.key for entry in inner.readings[0].node.entries]
        values = {name: inner.template(name) for name in keys}
        if any(value is None for value in values.values()):
            return None
        said = {name: value.to_placement() for name in keys if (value := self.template(inner, name)) is not None}
        return make_plain_map(dict(said), self.place)

    def say(self, component: Component, *keys: str) -> None:
        """The keys are part of what this says."""
        owners = ((component.owner(key), key) for key in keys)
        self.said += [(owner, key) for owner, key in owners if owner is not None]

    def say_type(self, component: Component, name: str) -> None:
        """The type of a component that says no more than where it stands."""
        if component.literal("type") == name:
            self.say(component, "type")

    def place_value(self, location: str, name: str, value: str) -> None:
        """The value goes into a part of each request."""
        self.placements.append(make_map(self.place, in_=location, name=name or None, value=value))

    def place_by_option(self, component: Component, key: str, value: ConfigTemplate) -> bool:
        """Puts a value where a request option says; whether there is one that can be understood."""
        option = component.inner(key)
        location = _LOCATIONS.get(option.literal("inject_into") or "") if option is not None else None
        if option is None or location is None:
            return False
        name = option.literal("field_name")
        path = list_texts(option.find("field_path"))
        if name is None and not path and location != "path":
            return False
        self.say(option, "inject_into", "field_name" if name is not None else "field_path")
        self.say_type(option, "RequestOption")
        self.place_value(location, name if name is not None else ".".join(path), value.to_placement())
        return True

    def obtain(self, name: str, source: str, lifetime: str | None = "expires") -> None:
        """A secret that nobody supplies."""
        origin = make_map(self.place, source=source)
        self.obtained.append(ObtainedSecret(ScalarNode(name, self.place), origin, MapNode((), self.place), lifetime))
