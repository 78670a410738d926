"""Hold what the folder of one connector states, each piece with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.findings.finding import Finding, Place
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode, make_pointer
from authscribe.model.platform import ManifestFile


@dataclass(frozen=True, slots=True)
class Datatype:
    """Datatype of a manifest, with its own parameters, its parent and the template that it uses."""

    name: str
    place: Place
    template: str | None
    parameters: tuple[Entry, ...]
    parent: ScalarNode | None


class Leaf(NamedTuple):
    """Scalar in a template, with the keys that lead to it and the references in it.

    `path` leads to it from the root of the file, `slot` from its system: in a list of systems, `path` begins with an
    index.
    """

    path: tuple[str, ...]
    slot: tuple[str, ...]
    value: object
    place: Place
    references: tuple[Reference, ...]

    @property
    def system(self) -> tuple[str, ...]:
        """Return the path of the system that the leaf belongs to, since a file may contain several."""
        return self.path[: len(self.path) - len(self.slot)]

    @property
    def pointer(self) -> str:
        """Return the JSON pointer of the leaf (RFC 6901)."""
        return make_pointer(self.path)

    @property
    def secrets(self) -> tuple[Reference, ...]:
        """Return the references to secrets; most leaves have none at all."""
        if not self.references:
            return ()
        return tuple(reference for reference in self.references if reference.kind is ReferenceKind.SECRET)


@dataclass(frozen=True, slots=True)
class ConnectorTemplate:
    """Template of the system or of some datatypes, in JSON or YAML."""

    path: str
    place: Place
    text: str
    references: tuple[Reference, ...]
    datatypes: tuple[Datatype, ...] = ()
    is_yaml: bool = False

    def rename(self, names: Mapping[str, str]) -> ConnectorTemplate:
        """Return the template in which references have other names, given by their own."""
        return replace(self, references=_rename(self.references, names))

    def select_references(self, kind: ReferenceKind) -> Iterator[Reference]:
        """Yield the references of one kind, in the order of the text."""
        return (reference for reference in self.references if reference.kind is kind)


def _rename(references: Iterable[Reference], names: Mapping[str, str]) -> tuple[Reference, ...]:
    return tuple(reference._replace(name=names.get(reference.name, reference.name)) for reference in references)


@dataclass(frozen=True)
class Snapshot:
    """Contents of a connector's folder.

    `shown` is the folder as the user named it, `origin` that of its `ConnectorFolder`, `place` its manifest, and
    `layout` the keys that the platform gives it. `misspelt_keys` are those that `manifest` has in place of misspelt
    ones, by their paths; the misspelt ones are the values. `orphans` are the templates that the manifest does not name.
    `chosen` are the names that the system referred to when it was scaffolded; None if it was not. `is_placed_otherwise`
    is whether it was scaffolded with other placements than those of the definitions. `texts` holds the text of each
    file that was read, by its path in findings; `x` replaces the values of secrets that `pasted` reports.
    """

    name: str
    revision: str | None
    shown: str
    origin: str
    place: Place
    layout: ManifestFile
    manifest: MapNode | None
    misspelt_keys: Mapping[tuple[str, ...], str]
    system: ConnectorTemplate | None
    templates: tuple[ConnectorTemplate, ...]
    datatypes: tuple[Datatype, ...]
    parameters: tuple[Entry, ...]
    orphans: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    chosen: frozenset[str] | None
    is_placed_otherwise: bool
    findings: tuple[Finding, ...]
    pasted: tuple[Finding, ...]
    texts: Mapping[str, str] = field(repr=False)

    def rename(self, names: Mapping[str, str]) -> Snapshot:
        """Return the snapshot in which references and parameters have other names, given by their own."""
        parameters = (entry._replace(key=names.get(entry.key, entry.key)) for entry in self.parameters)
        return replace(
            self,
            system=self.system.rename(names) if self.system is not None else None,
            templates=tuple(template.rename(names) for template in self.templates),
            leaves=tuple(leaf._replace(references=_rename(leaf.references, names)) for leaf in self.leaves),
            parameters=tuple(parameters),
        )

    @property
    def all_templates(self) -> tuple[ConnectorTemplate, ...]:
        """Return the templates of the system and of the datatypes."""
        return (*((self.system,) if self.system else ()), *self.templates)

    @cached_property
    def secret_leaves(self) -> tuple[Leaf, ...]:
        """Return the leaves of the systems that refer to secrets."""
        return tuple(leaf for leaf in self.leaves if leaf.secrets)

    @property
    def parameters_key(self) -> str:
        """Return the key of the manifest under which parameters are declared."""
        return self.layout.parameters or "parameters"

    def find_setting(self, path: str) -> Entry | None:
        """Return the entry of the manifest at a dotted path of keys."""
        node: Node | None = self.manifest
        entry: Entry | None = None
        for key in path.split("."):
            if not isinstance(node, MapNode):
                return None
            entry = next((entry for entry in node.entries if entry.key == key), None)
            node = entry.node if entry else None
        return entry

    def find_endpoint(self, role: str) -> Entry | None:
        """Return the entry of the manifest with the URL of a role."""
        path = self.layout.endpoints.get(role)
        return self.find_setting(path) if path is not None else None

    def group_references(self, kind: ReferenceKind) -> Mapping[str, Sequence[Reference]]:
        """Return the references of one kind by name, in the order in which the templates contain them."""
        return self._references[kind]

    @cached_property
    def _references(self) -> Mapping[ReferenceKind, Mapping[str, Sequence[Reference]]]:
        grouped: dict[ReferenceKind, dict[str, list[Reference]]] = {kind: {} for kind in ReferenceKind}
        for template in self.all_templates:
            for reference in template.references:
                grouped[reference.kind].setdefault(reference.name, []).append(reference)
        return grouped
