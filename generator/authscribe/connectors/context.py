"""Put a connector beside its scheme, its definition and its platform, as rules look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from authscribe.connectors.leaves import list_leaves, parse_leaves
from authscribe.connectors.placed_leaves import LeafIndex, PlacedLeaf
from authscribe.connectors.references import Reference, ReferenceKind, ReferenceSyntax
from authscribe.connectors.snapshot import ConnectorTemplate, Leaf, Snapshot
from authscribe.findings.finding import Place
from authscribe.findings.rules.template_not_json import RULE as TEMPLATE_NOT_JSON
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_placements, list_platform_variables
from authscribe.model.definitions import Connector, Location, Parameter, Placement, Scheme, Setting
from authscribe.model.definitions import Kind as SchemeKind
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.placement_template import list_hole_names
from authscribe.model.platform import Flag, Platform, Slots
from authscribe.resolve.resolver import Resolution

_LONGEST_SLOT: Final = 2
"""Parts of the longest slot by which a profile identifies a mechanism."""


@dataclass(frozen=True)
class ConnectorContext:
    """Connector with everything that a rule needs; `scheme` is None if the manifest names none that is defined."""

    snapshot: Snapshot
    resolution: Resolution
    scheme: Scheme | None
    definition: Connector | None

    @property
    def name(self) -> str:
        """Return the connector's name, without its revision."""
        return self.snapshot.name

    @property
    def platform(self) -> Platform:
        """Return the platform profile in effect."""
        return self.resolution.catalogue.platform

    @property
    def scheme_id(self) -> str | None:
        """Return the id of the scheme."""
        return self.scheme.id if self.scheme is not None else None

    @cached_property
    def selector(self) -> dict[str, str]:
        """Return the keys by which the manifest names its scheme, such as `auth` and `auth_variant`."""
        return read_selector(self.snapshot, self.platform)

    @cached_property
    def auth(self) -> str | None:
        """Return the selector as one word, such as `oauth2/superoffice-ticket`; None if there is none."""
        return "/".join(self.selector.values()) or None

    @cached_property
    def secrets(self) -> Mapping[str, Sequence[Reference]]:
        """Return the references to each secret in use."""
        return self.snapshot.group_references(ReferenceKind.SECRET)

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """Return the injected secrets that the scheme lists."""
        return tuple(secret.name for secret in self.scheme.injected) if self.scheme else ()

    @cached_property
    def injected(self) -> tuple[str, ...]:
        """Return the secrets that the platform injects for the scheme; if the profile has none, the listed ones."""
        names = self.scheme.all_ids if self.scheme else (match_selector(self.selector, self.platform) or "",)
        return next((self.platform.injects[name] for name in names if name in self.platform.injects), self.listed)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """Return the flags that the manifest sets."""
        return tuple(flag for flag in self.platform.flags if self._is_set(flag.name))

    @cached_property
    def by_flag(self) -> dict[str, str]:
        """Return the flag for each secret that the set flags inject."""
        return {secret.name: flag.name for flag in self.flags for secret in flag.injected}

    @cached_property
    def declared(self) -> dict[str, Place]:
        """Return the place of each parameter that the manifest declares."""
        return {entry.key: entry.place for entry in self.snapshot.parameters}

    @cached_property
    def is_complete(self) -> bool:
        """Return whether every template could be read, so that a name which none of them uses has no use."""
        snapshot = self.snapshot
        read = {template.path for template in snapshot.all_templates}
        are_read = snapshot.system is not None and all(datatype.template in read for datatype in snapshot.datatypes)
        return are_read and all(finding.code != TEMPLATE_NOT_JSON.code for finding in snapshot.findings)

    @cached_property
    def unprovided(self) -> frozenset[str]:
        """Return the secrets in use that neither the scheme nor any flag of the platform provides."""
        flagged = {secret.name for flag in self.platform.flags for secret in flag.injected}
        return frozenset(self.secrets.keys() - {*self.listed, *self.injected, *flagged})

    @cached_property
    def parameters_as_secrets(self) -> frozenset[str]:
        """Return the parameters and variables that a template reads as secrets, which nothing injects."""
        variables = {variable.name for variable in self.platform.variables}
        return self.unprovided & (variables | self.declared.keys())

    @cached_property
    def secrets_as_variables(self) -> frozenset[str]:
        """Return the secrets of the system that a template reads as variables or environment values."""
        filled = {variable.name for variable in self.platform.variables} | self.declared.keys()
        filled |= {parameter.key for datatype in self.snapshot.datatypes for parameter in datatype.parameters}
        kinds = (ReferenceKind.VARIABLE, ReferenceKind.ENVIRONMENT)
        read = {name for kind in kinds for name in self.snapshot.group_references(kind)}
        return frozenset(read & {*self.listed, *self.injected, *self.by_flag} - filled)

    @cached_property
    def placed(self) -> set[str] | None:
        """Return the names that belong in a request; None if nothing states them.

        The placements of the connector's definition come first, then the record of its scaffold, then the placements
        of the scheme.
        """
        placements = self.definition.placements if self.definition else ()
        if not placements and self.snapshot.chosen is not None:
            return set(self.snapshot.chosen)
        placements = placements or (self.scheme.placements if self.scheme else ())
        names = {name for placement in placements for name in list_hole_names(*placement.templates)}
        return names if placements else None

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """Return where definitions put the values of the connector: its own, else those of its scheme or of the kind.

        None apply to a connector that was scaffolded with placements of its own.
        """
        if self.definition is not None and self.definition.placements:
            placements = self.definition.placements
        elif self.scheme is None or self.snapshot.is_placed_otherwise:
            return ()
        else:
            placements = list_placements(self.resolution.catalogue, self.scheme)
        return (*map(self._place_cookie, placements), *self._list_basic(placements))

    def _place_cookie(self, placement: Placement) -> Placement:
        """Return a cookie as the header that holds all of them (RFC 6265 section 5.4), if systems have no other place.

        Any other placement stays as it is.
        """
        if placement.location is not Location.COOKIE:
            return placement
        holder, _, header = self.slots.cookie.rpartition(".")
        if holder != self.slots.find_holder(Location.HEADER):
            return placement
        value, *fallback = (f"{placement.name}={template}" for template in placement.templates)
        changes = {"location": Location.HEADER, "name": header, "value": value, "fallback": next(iter(fallback), None)}
        return placement.model_copy(update=changes)

    def _list_basic(self, placements: Iterable[Placement]) -> Iterator[Placement]:
        """Yield the settings that announce basic authentication, if placements need it."""
        system = self.platform.system
        is_basic = any(each.location in (Location.BASIC_USERNAME, Location.BASIC_PASSWORD) for each in placements)
        for name, value in system.basic.items() if system is not None and is_basic else ():
            yield Placement.model_validate({"in": Location.BLOCK, "name": name, "value": value})

    @property
    def has_stated_placements(self) -> bool:
        """Return whether a definition states the placements, and not the platform for all schemes of a kind."""
        is_own = self.definition is not None and bool(self.definition.placements)
        return is_own or (self.scheme is not None and bool(self.scheme.placements))

    @cached_property
    def placed_leaves(self) -> tuple[PlacedLeaf, ...]:
        """Return the values of the systems for whose places there are placements.

        A system that obtains its credentials itself sends those, and the secrets in a request of its own.
        """
        placed = self.leaf_index.find_placed(self.placements) if self.placements else ()
        return tuple(each for each in placed if not self.list_obtained(each.leaf))

    @cached_property
    def leaf_index(self) -> LeafIndex:
        """Return the values of the systems by their places."""
        return LeafIndex(self.snapshot.leaves, self.slots)

    def split_value(self, leaf: Leaf) -> tuple[str | Reference, ...] | None:
        """Return the text and the references of a leaf; None if templates compute a part of its value."""
        return self._syntax.split_value(str(leaf.value), leaf.references)

    def add_references(self, leaf: Leaf) -> Leaf:
        """Return the leaf with the references in its value."""
        return leaf._replace(references=tuple(self._syntax.find_references(leaf.place.path, str(leaf.value))))

    @cached_property
    def _syntax(self) -> ReferenceSyntax:
        return ReferenceSyntax.from_platform(self.platform.references)

    @property
    def selector_place(self) -> Place:
        """Return the place where the manifest names the scheme; if it names none, the manifest."""
        for key in reversed(self.platform.selector_keys):
            entry = self.snapshot.find_setting(key)
            if entry is not None:
                return entry.node.place
        return self.snapshot.place

    @cached_property
    def headers_key(self) -> str | None:
        """Return the key of a system that holds the headers of requests."""
        return self.slots.find_holder(Location.HEADER)

    @cached_property
    def path_key(self) -> str:
        """Return the key of a system that holds the address of a request."""
        return self.slots.split(Location.PATH)[-1]

    @cached_property
    def query_key(self) -> str | None:
        """Return the key of a system that holds the query parameters of requests."""
        return self.slots.find_holder(Location.QUERY)

    @cached_property
    def body_key(self) -> str | None:
        """Return the key of a system that holds the fields in the bodies of requests."""
        return self.slots.find_holder(Location.BODY)

    @property
    def slots(self) -> Slots:
        """Return where values go in a system."""
        return self.platform.system.slots if self.platform.system is not None else Slots()

    def list_parameters(self) -> Iterator[Parameter]:
        """Yield the parameters that the scheme and the definition of the connector state."""
        for definition in (self.scheme, self.definition):
            yield from definition.parameters if definition is not None else ()

    def can_name(self, name: str) -> bool:
        """Return whether a template can refer to a parameter by name."""
        return self.platform.references.can_name(self.platform.spell_name(name))

    def locate_scheme(self) -> Place:
        """Return the place where the scheme is defined; there must be a scheme."""
        identifier = self._scheme_node.find("id")
        return identifier.place if identifier is not None else self._scheme_node.place

    def locate_listed(self, name: str) -> Place:
        """Return the place where the scheme lists an injected secret; there must be a scheme."""
        injected = self._scheme_node.find("injected")
        for item in injected.items if isinstance(injected, ListNode) else ():
            node = item.find("name") if isinstance(item, MapNode) else None
            if node is not None and get_text(node) == name:
                return node.place
        return self.locate_scheme()

    def parse_template(self, template: ConnectorTemplate) -> tuple[Leaf, ...]:
        """Return the scalars of a template of datatypes, which is parsed only once."""
        if template.path not in self._parsed:
            self._parsed[template.path] = parse_leaves(template, self._syntax)
        return self._parsed[template.path]

    @cached_property
    def manifest_leaves(self) -> tuple[Leaf, ...]:
        """Return the scalars of the manifest; none if it could not be read."""
        manifest = self.snapshot.manifest
        return tuple(list_leaves(manifest, ())) if manifest is not None else ()

    @cached_property
    def _parsed(self) -> dict[str, tuple[Leaf, ...]]:
        return {}

    def find_leaves(self, *path: str) -> tuple[Leaf, ...]:
        """Return the leaves at this path in the systems."""
        return tuple(leaf for leaf in self.snapshot.leaves if leaf.slot == path)

    def is_in_service(self, leaf: Leaf) -> bool:
        """Return whether a leaf belongs to a system that is a program which the platform itself runs."""
        return bool(self._services) and leaf.system in self._services

    @cached_property
    def _services(self) -> frozenset[tuple[str, ...]]:
        service = self.platform.system.service if self.platform.system is not None else None
        return self._find_systems(service) if service is not None else frozenset()

    def list_obtained(self, leaf: Leaf) -> tuple[str, ...]:
        """Return the variables at run time with what the system of a leaf obtains itself, such as a token."""
        return tuple(name for name, systems in self._obtaining.items() if leaf.system in systems)

    @cached_property
    def _obtaining(self) -> dict[str, frozenset[tuple[str, ...]]]:
        """Return the systems that obtain the value of each variable."""
        obtained = self.platform.system.obtained if self.platform.system is not None else {}
        return {variable: self._find_systems(path) for path, variable in obtained.items()}

    def _find_systems(self, path: str) -> frozenset[tuple[str, ...]]:
        """Return the paths of the systems that have something at a dotted path."""
        keys = tuple(path.split("."))
        return frozenset(leaf.system for leaf in self.snapshot.leaves if leaf.slot[: len(keys)] == keys)

    @cached_property
    def facts(self) -> dict[object, object]:
        """Return what was found out about the connector so far, by the function that found it."""
        return {}

    @property
    def _scheme_node(self) -> MapNode:
        assert self.scheme is not None  # noqa: S101 - callers have checked
        return self.resolution.schemes[self.scheme.id]

    def _is_set(self, flag: str) -> bool:
        entry = self.snapshot.find_setting(flag)
        return entry is not None and isinstance(entry.node, ScalarNode) and entry.node.value is True


def create_context(snapshot: Snapshot, resolution: Resolution) -> ConnectorContext:
    """Return the connector with its scheme.

    If several schemes share the selector, the definition decides between them; without a definition, the scheme that
    fits the connector's templates best is chosen.
    """
    catalogue = resolution.catalogue
    definition = catalogue.find_connector(snapshot.name)
    selector = read_selector(snapshot, catalogue.platform)
    candidates = [
        scheme
        for scheme in catalogue.schemes
        if (scheme.selector == selector if selector else scheme.kind is SchemeKind.NONE)
    ]
    if definition is not None:
        candidates = [scheme for scheme in candidates if scheme.id == definition.scheme] or candidates

    def rank(scheme: Scheme) -> tuple[tuple[int, ...], str]:
        return _rank(scheme, _restore_names(snapshot, catalogue, scheme, definition), catalogue), scheme.id

    chosen = min(candidates, key=rank) if len(candidates) > 1 else next(iter(candidates), None)
    return ConnectorContext(_restore_names(snapshot, catalogue, chosen, definition), resolution, chosen, definition)


def _restore_names(
    snapshot: Snapshot, catalogue: Catalogue, scheme: Scheme | None, definition: Connector | None
) -> Snapshot:
    """Return the snapshot with the names of the definitions instead of the platform's spelling of them."""
    platform = catalogue.platform
    if platform.names is None:
        return snapshot
    settings: list[Setting] = [secret for flag in platform.flags for secret in flag.injected]
    settings += definition.parameters if definition is not None else ()
    settings += (*scheme.required, *scheme.injected, *scheme.parameters) if scheme is not None else ()
    names = (*list_platform_variables(catalogue), *(setting.name for setting in settings))
    return snapshot.rename({platform.spell_name(name): name for name in names})


def _rank(scheme: Scheme, snapshot: Snapshot, catalogue: Catalogue) -> tuple[int, int, int, int]:
    """Return how badly a scheme fits: undeclared parameters, other mechanisms, missing secrets, unused secrets."""
    used = set(snapshot.group_references(ReferenceKind.SECRET))
    filled = {entry.key for entry in snapshot.parameters} | list_platform_variables(catalogue)
    listed = {secret.name for secret in scheme.injected}
    others = [
        slot for slot, kinds, _ in find_mechanisms(snapshot.leaves, catalogue.platform) if scheme.kind not in kinds
    ]
    missing = {parameter.name for parameter in scheme.parameters} - filled
    return len(missing), len(others), len(used - listed), len(listed - used)


def find_mechanisms(leaves: Iterable[Leaf], platform: Platform) -> Iterator[tuple[str, tuple[SchemeKind, ...], Place]]:
    """Yield each mechanism by which the systems authenticate, the kinds of schemes that use it, and its place."""
    first: dict[tuple[str, ...], Leaf] = {}
    for each in leaves:
        for length in range(1, min(len(each.slot), _LONGEST_SLOT) + 1):
            first.setdefault(each.slot[:length], each)
    for mechanism in platform.mechanisms:
        leaf = first.get(tuple(mechanism.slot.split(".")))
        if leaf is not None and mechanism.value in (None, leaf.value):
            shown = mechanism.slot if mechanism.value is None else f"{mechanism.slot}: {mechanism.value}"
            yield shown, mechanism.kinds, leaf.place


def read_selector(snapshot: Snapshot, platform: Platform) -> dict[str, str]:
    """Return the values of the platform's selector keys in the manifest."""
    selector = {}
    for key in platform.selector_keys:
        entry = snapshot.find_setting(key)
        value = get_text(entry.node) if entry is not None else None
        if value:
            selector[key] = value
    return selector


def match_selector(selector: Mapping[str, str], platform: Platform) -> str | None:
    """Return the id of the scheme that this selector names on the platform, whether or not a source defines it."""
    return next((identifier for identifier, keys in platform.selectors.items() if keys == selector), None)


def list_words(node: Node | None) -> tuple[str, ...]:
    """Return the texts of a list in a manifest; a single text is split at blanks, as scopes are."""
    if isinstance(node, ListNode):
        return tuple(value for item in node.items if (value := get_text(item)) is not None)
    return tuple((get_text(node) or "").split())
