"""What the rules look at: one connector beside the scheme that it uses, and what the platform injects for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.connectors.snapshot import Leaf, Snapshot
from authscribe.findings.finding import Place
from authscribe.model.contract import list_platform_variables
from authscribe.model.definitions import Connector, Flag, Platform, Scheme
from authscribe.model.definitions import Kind as SchemeKind
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.placement_template import list_hole_names
from authscribe.resolve.resolver import Resolution

_LONGEST_SLOT: Final = 2
"""Parts of a slot by which a profile recognises a mechanism."""


@dataclass(frozen=True)
class ConnectorContext:
    """One connector under judgement; `scheme` is None where the manifest names none that is defined."""

    snapshot: Snapshot
    resolution: Resolution
    scheme: Scheme | None
    definition: Connector | None

    @property
    def name(self) -> str:
        """The connector's name, without its revision."""
        return self.snapshot.name

    @property
    def platform(self) -> Platform:
        """The profile in effect."""
        return self.resolution.catalogue.platform

    @cached_property
    def selector(self) -> dict[str, str]:
        """How the manifest names its scheme, such as `auth` and `auth_variant`."""
        return read_selector(self.snapshot, self.platform)

    @cached_property
    def auth(self) -> str | None:
        """The selector as one word: `oauth2/superoffice-ticket`; None where there is none."""
        return "/".join(self.selector.values()) or None

    @cached_property
    def secrets(self) -> Mapping[str, list[Reference]]:
        """The secrets in use, each with its places."""
        return self.snapshot.used(ReferenceKind.SECRET)

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """The injected secrets that the scheme lists."""
        return tuple(secret.name for secret in self.scheme.injected) if self.scheme else ()

    @cached_property
    def injected(self) -> tuple[str, ...]:
        """What the platform really injects for the scheme; where the profile does not say, what is listed."""
        names = self.scheme.names if self.scheme else (match_selector(self.selector, self.platform) or "",)
        return next((self.platform.injects[name] for name in names if name in self.platform.injects), self.listed)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """The flags that the manifest sets."""
        return tuple(flag for flag in self.platform.flags if self._is_set(flag.name))

    @cached_property
    def by_flag(self) -> dict[str, str]:
        """The secrets that the set flags inject, with the flag of each."""
        return {secret.name: flag.name for flag in self.flags for secret in flag.injected}

    @cached_property
    def declared(self) -> dict[str, Place]:
        """The parameters that the manifest declares, with their places."""
        return {entry.key: entry.place for entry in self.snapshot.parameters}

    @cached_property
    def placed(self) -> set[str] | None:
        """The names that belong into a request; None where nothing says so.

        The connector's definition comes first, then what it was scaffolded with, then the scheme.
        """
        stated = self.definition.placements if self.definition else ()
        if not stated and self.snapshot.chosen is not None:
            return set(self.snapshot.chosen)
        stated = stated or (self.scheme.placements if self.scheme else ())
        return {name for slot in stated for name in list_hole_names(slot.value)} if stated else None

    @property
    def selector_place(self) -> Place:
        """Where the manifest names the scheme, or the manifest."""
        for key in reversed(self.platform.selector_keys):
            entry = self.snapshot.setting(key)
            if entry is not None:
                return entry.node.place
        return self.snapshot.place

    def listed_place(self, name: str | None = None) -> Place:
        """Where the scheme lists an injected secret; without a name, where the scheme is defined."""
        assert self.scheme is not None  # noqa: S101 - asked for only beside a scheme
        node = self.resolution.schemes[self.scheme.id]
        injected = node.find("injected")
        for item in injected.items if isinstance(injected, ListNode) else ():
            found = item.find("name") if isinstance(item, MapNode) else None
            if found is not None and get_text(found) == name:
                return found.place
        identifier = node.find("id")
        return identifier.place if identifier is not None else node.place

    def slots(self, *path: str) -> tuple[Leaf, ...]:
        """The leaves of the systems that stand at this path."""
        return tuple(leaf for leaf in self.snapshot.leaves if leaf.slot == path)

    def _is_set(self, flag: str) -> bool:
        entry = self.snapshot.setting(flag)
        return entry is not None and isinstance(entry.node, ScalarNode) and entry.node.value is True


def create_context(snapshot: Snapshot, resolution: Resolution) -> ConnectorContext:
    """The connector beside its scheme.

    Where several schemes share a selector, its definition says which one it is, and otherwise the one that fits best
    what the connector does.
    """
    catalogue = resolution.catalogue
    definition = catalogue.find_connector(snapshot.name)
    wanted = read_selector(snapshot, catalogue.platform)
    candidates = [
        scheme
        for scheme in catalogue.schemes
        if (scheme.selector == wanted if wanted else scheme.kind is SchemeKind.NONE)
    ]
    if definition is not None:
        named = [scheme for scheme in candidates if scheme.id == definition.scheme]
        candidates = named or candidates
    used = set(snapshot.used(ReferenceKind.SECRET))
    filled = {entry.key for entry in snapshot.parameters} | list_platform_variables(catalogue)
    fits = [(_misfit(scheme, snapshot, used, filled, catalogue.platform), scheme.id, scheme) for scheme in candidates]
    return ConnectorContext(snapshot, resolution, min(fits)[2] if fits else None, definition)


def _misfit(
    scheme: Scheme, snapshot: Snapshot, used: set[str], filled: set[str], platform: Platform
) -> tuple[int, int, int, int]:
    """How badly a scheme fits: undeclared parameters, other mechanisms, secrets it lacks, secrets unused."""
    listed = {secret.name for secret in scheme.injected}
    others = [slot for slot, kinds, _ in find_mechanisms(snapshot.leaves, platform) if scheme.kind not in kinds]
    missing = {parameter.name for parameter in scheme.parameters} - filled
    return len(missing), len(others), len(used - listed), len(listed - used)


def find_mechanisms(leaves: Iterable[Leaf], platform: Platform) -> Iterable[tuple[str, tuple[SchemeKind, ...], Place]]:
    """The ways in which the systems authenticate, the kinds of schemes that do so, and where; each once."""
    first: dict[tuple[str, ...], Leaf] = {}
    for leaf in leaves:
        for length in range(1, min(len(leaf.slot), _LONGEST_SLOT) + 1):
            first.setdefault(leaf.slot[:length], leaf)
    for mechanism in platform.mechanisms:
        found = first.get(tuple(mechanism.slot.split(".")))
        if found is not None and mechanism.value in (None, found.value):
            shown = mechanism.slot if mechanism.value is None else f"{mechanism.slot}: {mechanism.value}"
            yield shown, mechanism.kinds, found.place


def read_selector(snapshot: Snapshot, platform: Platform) -> dict[str, str]:
    """What the manifest says under the platform's selector keys."""
    found = {}
    for key in platform.selector_keys:
        entry = snapshot.setting(key)
        value = get_text(entry.node) if entry is not None else None
        if value:
            found[key] = value
    return found


def match_selector(wanted: Mapping[str, str], platform: Platform) -> str | None:
    """The scheme that the platform calls by this selector, whether or not any source defines it."""
    return next((identifier for identifier, keys in platform.selectors.items() if keys == wanted), None)


def split_words(node: Node | None) -> tuple[str, ...]:
    """The texts of a list in a manifest; a lone text is split at blanks, as scopes are."""
    if isinstance(node, ListNode):
        return tuple(value for item in node.items if (value := get_text(item)) is not None)
    return tuple((get_text(node) or "").split())
