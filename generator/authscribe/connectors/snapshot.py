"""A snapshot: what the folder of one connector says, as it stands there, each piece with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.findings.finding import Finding, Place
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode, make_pointer


@dataclass(frozen=True, slots=True)
class Datatype:
    """One datatype of a manifest: its name, its own parameters, its parent, and the template it uses."""

    name: str
    place: Place
    template: str | None
    parameters: tuple[Entry, ...]
    parent: ScalarNode | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scalar in a template: the keys that lead to it, and the references in it.

    The slot is the path in its system: a list of systems adds a number in front.
    """

    path: tuple[str, ...]
    slot: tuple[str, ...]
    value: object
    place: Place
    references: tuple[Reference, ...]

    @property
    def pointer(self) -> str:
        """The JSON pointer (RFC 6901)."""
        return make_pointer(self.path)


@dataclass(frozen=True, slots=True)
class Template:
    """A template that the manifest names: for the system, or for some datatypes."""

    path: str
    place: Place
    text: str
    references: tuple[Reference, ...]
    datatypes: tuple[Datatype, ...] = ()

    def of(self, kind: ReferenceKind) -> Iterator[Reference]:
        """The references of one kind, in the order of the text."""
        return (reference for reference in self.references if reference.kind is kind)


@dataclass(frozen=True)
class Snapshot:
    """All that a connector's folder says.

    `place` is the manifest; `chosen` is what its system referred to when it was scaffolded.
    """

    name: str
    revision: str | None
    shown: str
    place: Place
    manifest: MapNode | None
    system: Template | None
    templates: tuple[Template, ...]
    datatypes: tuple[Datatype, ...]
    parameters: tuple[Entry, ...]
    orphans: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    chosen: frozenset[str] | None
    findings: tuple[Finding, ...]
    texts: Mapping[str, str] = field(repr=False)

    @property
    def all_templates(self) -> tuple[Template, ...]:
        """The system's template and those of the datatypes."""
        return (*((self.system,) if self.system else ()), *self.templates)

    def setting(self, *keys: str) -> Entry | None:
        """The entry of the manifest at a path of keys."""
        node: Node | None = self.manifest
        entry: Entry | None = None
        for key in keys:
            if not isinstance(node, MapNode):
                return None
            entry = next((entry for entry in node.entries if entry.key == key), None)
            node = entry.node if entry else None
        return entry

    def used(self, kind: ReferenceKind) -> dict[str, list[Reference]]:
        """The names of one kind that templates refer to, with every place, in the order in which they are met."""
        found: dict[str, list[Reference]] = {}
        for template in self.all_templates:
            for reference in template.of(kind):
                found.setdefault(reference.name, []).append(reference)
        return found
