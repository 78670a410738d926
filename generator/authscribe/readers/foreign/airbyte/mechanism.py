"""Describe how requests of an Airbyte connector are authenticated, and which keys of its manifest state that.

No key is taken before a method of the connector is known to use it; keys that are not taken are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.unread_expression import report_unread_expression
from authscribe.model.draft import MapNode, Node, ScalarNode, Value, get_text
from authscribe.readers.foreign.airbyte.addresses import Assumption
from authscribe.readers.foreign.airbyte.literal_secrets import is_literal_field
from authscribe.readers.foreign.airbyte.manifest import ManifestComponent
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map, parse_boolean

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

    `names` are the settings that it refers to, `sources` the keys of the manifest that state it, and `unread` the
    findings about addresses that are not understood. `is_selected` is set if the value of a setting selects it.
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
    assumptions: list[Assumption] = field(default_factory=list)
    unread: list[Finding] = field(default_factory=list)
    is_selected: bool = False

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

    def use_address(self, component: ManifestComponent, role: str, key: str) -> None:
        """Add the address under a key as the endpoint of a role, and note its settings and the key.

        One that holds a credential is withheld instead.
        """
        node, chosen = component.find_node(key), component.choose_value(key)
        if holds_credential(get_text(node) or ""):
            return
        if chosen is not None:
            self.names |= set(chosen.template.names)
            self.endpoints[role] = chosen.to_endpoint(self.place)
            if node is not None:
                self.assumptions += chosen.list_assumptions(key, node.place)
            if chosen.is_all:
                self.note(component, key)
        elif node is not None and get_text(node):
            self.unread.append(report_unread_expression(key, node.place))

    def use_basic(self, component: ManifestComponent, key: str) -> tuple[ConfigTemplate, ConfigTemplate] | None:
        """Return user name and password of the basic credentials under a key, and note their settings and the key.

        A key that leaves a choice is not noted, as above.
        """
        pair = component.find_basic(key)
        if pair is not None:
            self.names |= {name for template in pair for name in template.names}
            if all(template.is_all for template in pair):
                self.note(component, key)
        return pair

    def use_literal(self, component: ManifestComponent, key: str) -> str | None:
        """Return the literal text under a key, and note the key."""
        literal = component.find_literal(key)
        if literal is not None:
            self.note(component, key)
        return literal

    def use_flag(self, component: ManifestComponent, key: str) -> bool:
        """Return whether the value under a key is true, and note the key if it is."""
        is_set = parse_boolean(component.find_node(key)) is True
        if is_set:
            self.note(component, key)
        return is_set

    def use_mapping(self, component: ManifestComponent, key: str) -> MapNode | None:
        """Return the fields in the mapping under a key that are understood, and note them; None without any."""
        inner = component.find_mapping(key)
        if inner is None:
            return None
        keys = [entry.key for entry in inner.mappings[0].node.entries]
        values = {name: value for name in keys if (value := self._use_value(inner, name)) is not None}
        return make_plain_map(values, self.place)

    def _use_value(self, component: ManifestComponent, key: str) -> Node | Value:
        node = component.find_node(key)
        if isinstance(node, MapNode):
            return self.use_mapping(component, key)
        if node is not None and is_literal_field(key, node):
            return None
        if isinstance(node, ScalarNode) and isinstance(node.value, int | float):
            self.note(component, key)
            return node.value
        template = self.use_template(component, key)
        return template.to_url() if template is not None else None

    def note(self, component: ManifestComponent, *keys: str) -> None:
        """Note that the keys state a part of the mechanism."""
        owners = ((component.find_owner(key), key) for key in keys)
        self.sources += [(owner, key) for owner, key in owners if owner is not None]

    def note_type(self, component: ManifestComponent, name: str) -> None:
        """Note the type of a component whose place states as much."""
        if component.find_literal("type") == name:
            self.note(component, "type")

    def add_placement(self, location: str, name: str, value: str, fallback: str | None = None) -> None:
        """Add a placement; an empty name is left out."""
        self.placements.append(make_map(self.place, in_=location, name=name or None, value=value, fallback=fallback))

    def add_template(self, location: str, name: str, value: ConfigTemplate, fallback: ConfigTemplate | None) -> None:
        """Add a placement with a template, and with the one that counts while a setting in it has no value."""
        self.add_placement(
            location, name, value.to_placement(), fallback.to_placement() if fallback is not None else None
        )

    def add_basic(self, username: ConfigTemplate, password: ConfigTemplate) -> None:
        """Add the placements of a user name and a password, the mechanism being HTTP basic authentication."""
        self.kind = "http_basic"
        self.add_placement("basic_username", "", username.to_placement())
        self.add_placement("basic_password", "", password.to_placement())

    def add_placement_by_option(
        self, component: ManifestComponent, key: str, value: ConfigTemplate, fallback: ConfigTemplate | None = None
    ) -> bool:
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
        self.add_template(location, name if name is not None else ".".join(path), value, fallback)
        return True

    def add_obtained(self, name: str, source: str, lifetime: str | None = "expires") -> None:
        """Add a secret that the owner does not supply."""
        origin = make_map(self.place, source=source)
        secret = ObtainedSecret(ScalarNode(name, self.place), origin, MapNode((), self.place), lifetime)
        self.obtained.append(secret)
