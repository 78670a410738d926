"""Reading a connector: its manifest, the templates that the manifest names, and every reference in them.

What could not be understood is part of the snapshot. Nothing outside the folder is read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from authscribe.connectors.file_trees import MANIFEST, RECORD, Folder
from authscribe.connectors.references import Reference, ReferenceKind, ReferenceSyntax, from_platform, split_delimiters
from authscribe.connectors.snapshot import Datatype, Leaf, Snapshot, Template
from authscribe.connectors.template_language import TemplateLanguage, Unexpandable, check_json
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.manifest_missing import report_no_manifest
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.template_missing import report_template_missing
from authscribe.findings.rules.template_not_json import report_template_not_json
from authscribe.findings.rules.template_outside import report_template_outside
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.definitions import Platform
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.text import decode

TEMPLATES: Final = "templates"
_SYSTEM_KEYS: Final = ("system-template", "system_template")
_DRIVE: Final = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class ConnectorReader:
    """Reads connectors of one platform."""

    spelling: ReferenceSyntax
    language: TemplateLanguage
    platform: Platform

    @classmethod
    def of(cls, platform: Platform) -> ConnectorReader:
        """The reader for the references of this platform."""
        return cls(from_platform(platform.references), TemplateLanguage(platform.references), platform)

    def read(self, folder: Folder) -> Snapshot:
        """The snapshot of a connector; never raises."""
        return _Reading(self, folder).snapshot()


class _Reading:
    """One folder being read."""

    def __init__(self, reader: ConnectorReader, folder: Folder) -> None:
        self.reader = reader
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.findings: list[Finding] = []

    def snapshot(self) -> Snapshot:
        place = Place(self.folder.path(MANIFEST))
        manifest = self._manifest(place)
        datatypes = tuple(self._datatypes(manifest))
        parameters = _entries(_find(manifest, "additional_parameters"))
        declared = {entry.key for entry in parameters}
        system, leaves = self._system(manifest, declared)
        by_path: dict[str, list[Datatype]] = {}
        for datatype in datatypes:
            if datatype.template is not None:
                by_path.setdefault(datatype.template, []).append(datatype)
        templates = tuple(self._templates(by_path, declared))
        named = {*by_path, *((system.path,) if system else ()), *(self._system_paths(manifest))}
        result = Snapshot(
            name=self.folder.name,
            revision=self.folder.revision,
            shown=self.folder.shown,
            place=place,
            manifest=manifest,
            system=system,
            templates=templates,
            datatypes=datatypes,
            parameters=parameters,
            orphans=tuple(self._orphans(named)) if manifest else (),
            leaves=leaves,
            chosen=self._chosen(system),
            findings=(),
            texts=self.texts,
        )
        self.findings.extend(self._expansions(result))
        return replace(result, findings=tuple(self.findings))

    def _chosen(self, system: Template | None) -> frozenset[str] | None:
        data = self.folder.read(RECORD, Place(self.folder.path(RECORD)))
        if system is None or not isinstance(data, bytes):
            return None
        node, _ = parse_json(RECORD, decode(RECORD, data).text)
        names = _find(_find(node, "files"), system.path)
        return frozenset(entry.key for entry in names.entries) if isinstance(names, MapNode) else None

    def _manifest(self, place: Place) -> MapNode | None:
        content = self._text(MANIFEST, place)
        if content is None:
            self.findings.append(report_no_manifest(self.folder.shown))
        if not isinstance(content, str):
            return None
        node, findings = parse_json(place.path, content)
        self.findings.extend(findings)
        if node is not None and not isinstance(node, MapNode):
            self.findings.append(report_not_a_mapping(node.place, "a manifest"))
        return node if isinstance(node, MapNode) else None

    def _text(self, path: str, place: Place) -> str | bool | None:
        """The text of a file; None where there is none, False where a finding says what is wrong."""
        shown = self.folder.path(path)
        data = self.folder.read(path, Place(shown) if place.line == 0 else place)
        if data is None:
            return None
        if isinstance(data, Finding):
            self.findings.append(data)
            return False
        decoded = decode(shown, data)
        if decoded.findings:
            self.findings.extend(decoded.findings)
            return False
        self.texts[shown] = decoded.text
        return decoded.text

    def _datatypes(self, manifest: MapNode | None) -> Iterator[Datatype]:
        for entry in _entries(_find(manifest, "datatypes")):
            if not isinstance(entry.node, MapNode):
                self.findings.append(report_not_a_mapping(entry.node.place, f"the datatype '{entry.key}'"))
                continue
            template = entry.node.find("template")
            parent = entry.node.find("parent")
            yield Datatype(
                name=entry.key,
                place=template.place if template else entry.place,
                template=_normal(get_text(template)),
                parameters=_entries(entry.node.find("parameters")),
                parent=parent if isinstance(parent, ScalarNode) else None,
            )
            if template is None:
                self.findings.append(report_missing_key("template", entry.place))
            elif not get_text(template):
                self.findings.append(report_wrong_value("template", template.place, "input should be a path"))

    def _system_paths(self, manifest: MapNode | None) -> Iterator[str]:
        for key in _SYSTEM_KEYS:
            path = _normal(get_text(_find(manifest, key)))
            if path is not None:
                yield path

    def _system(self, manifest: MapNode | None, declared: set[str]) -> tuple[Template | None, tuple[Leaf, ...]]:
        key = next((key for key in _SYSTEM_KEYS if _find(manifest, key)), None)
        if manifest is None or key is None:
            if manifest is not None:
                self.findings.append(report_missing_key(_SYSTEM_KEYS[0], manifest.place))
            return None, ()
        node = _find(manifest, key)
        path = _normal(get_text(node))
        if node is not None and path is None:
            self.findings.append(report_wrong_value(key, node.place, "input should be a path"))
        template = self._template(path, node.place, (), declared) if node and path else None
        return template, parse_leaves(template, self.reader.spelling) if template else ()

    def _templates(self, by_path: Mapping[str, Sequence[Datatype]], declared: set[str]) -> Iterator[Template]:
        for path, datatypes in by_path.items():
            template = self._template(path, datatypes[0].place, tuple(datatypes), declared)
            if template is not None:
                yield template

    def _template(
        self, path: str, place: Place, datatypes: tuple[Datatype, ...], declared: set[str]
    ) -> Template | None:
        problem = _outside(path)
        if problem is not None:
            self.findings.append(report_template_outside(path, place, problem))
            return None
        content = self._text(path, place)
        if content is None:
            self.findings.append(report_template_missing(path, place))
        if not isinstance(content, str):
            return None
        shown = self.folder.path(path)
        references = tuple(self._references(shown, content, declared))
        return Template(path, Place(shown), content, references, datatypes)

    def _references(self, path: str, content: str, declared: set[str]) -> Iterator[Reference]:
        for reference in self.reader.spelling.references(path, content):
            if reference.kind is not ReferenceKind.EXPRESSION:
                yield reference
            elif reference.name in declared:
                # A declared name that Jinja would take for an expression, such as `wix-site-id`.
                yield Reference(ReferenceKind.VARIABLE, reference.name, reference.place)
            else:
                yield from self._in_expression(reference)

    def _in_expression(self, reference: Reference) -> Iterator[Reference]:
        start, end = split_delimiters(self.reader.platform.references.variable)
        try:
            names = self.reader.language.names(f"{start} {reference.name} {end}")
        except Unexpandable:
            return  # `_expansions` says so, with the line
        yield from (Reference(ReferenceKind.VARIABLE, name, reference.place) for name in sorted(names))

    def _orphans(self, named: set[str]) -> Iterator[str]:
        return (path for path in self.folder.files(TEMPLATES) if path.endswith(".json") and path not in named)

    def _expansions(self, snapshot: Snapshot) -> Iterator[Finding]:
        for template in snapshot.all_templates:
            if not all(reference.name.isidentifier() for reference in template.of(ReferenceKind.VARIABLE)):
                continue  # a rule says what is wrong with the name
            try:
                for each in expand_template(self.reader, snapshot, template):
                    check_json(each)
            except Unexpandable as error:
                place = Place(template.place.path, error.line, 1, error.line, 2)
                yield report_template_not_json(template.path, place, error.problem)


def expand_template(reader: ConnectorReader, snapshot: Snapshot, template: Template) -> Iterator[str]:
    """The texts that the platform makes of a template, one for each datatype; raises Unexpandable."""
    values = _values(reader.platform, snapshot, template)
    return (reader.language.expanded(template.text, each) for each in values)


def parse_leaves(template: Template, holes: ReferenceSyntax) -> tuple[Leaf, ...]:
    """The scalars of a template; none where it is no JSON even with something in place of each hole."""
    node, _ = parse_json(template.place.path, template.text)
    if node is None:
        node, _ = parse_json(template.place.path, holes.masked(template.text))
    references = sorted(template.references, key=lambda reference: reference.place)
    return tuple(_leaves(node, (), references)) if node is not None else ()


def _leaves(node: Node, path: tuple[str, ...], references: Sequence[Reference]) -> Iterator[Leaf]:
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                yield from _leaves(entry.node, (*path, entry.key), references)
        case ListNode(items=items):
            for index, item in enumerate(items):
                yield from _leaves(item, (*path, str(index)), references)
        case ScalarNode(value=value, place=place):
            start, end = (place.line, place.column), (place.end_line, place.end_column)
            first = bisect_left(references, start, key=_position)
            last = bisect_left(references, end, key=_position)
            slot = path[1:] if path and path[0].isdigit() else path
            yield Leaf(path, slot, value, place, tuple(references[first:last]))


def _position(reference: Reference) -> tuple[int, int]:
    return reference.place.line, reference.place.column


def _values(platform: Platform, snapshot: Snapshot, template: Template) -> Iterator[dict[str, object]]:
    """What the platform fills a template with, once for each datatype that uses it.

    What nobody declares becomes the empty string, as on the platform; a rule reports it.
    """
    used = {reference.name for reference in template.of(ReferenceKind.VARIABLE)}
    shared: dict[str, object] = dict.fromkeys(used, "")
    filled = (*(variable.name for variable in platform.variables), *(entry.key for entry in snapshot.parameters))
    shared |= {name: platform.references.environment.replace("{name}", name) for name in filled}
    shared["system"] = snapshot.name
    if not template.datatypes:
        yield shared
    for datatype in template.datatypes:
        own = {entry.key: entry.node.value for entry in datatype.parameters if isinstance(entry.node, ScalarNode)}
        parent = datatype.parent.value if datatype.parent else ""
        yield {**shared, "parent": parent, **own, "datatype": datatype.name}


def _find(node: Node | None, key: str) -> Node | None:
    return node.find(key) if isinstance(node, MapNode) else None


def _entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, MapNode) else ()


def _normal(path: str | None) -> str | None:
    return path.removeprefix("./") if path else None


def _outside(path: str) -> str | None:
    """Why a path of a manifest cannot be one inside the folder."""
    if path.startswith("/") or "\\" in path or _DRIVE.match(path):
        return "it is not relative to the connector, with forward slashes"
    return "it leaves the connector" if ".." in PurePosixPath(path).parts else None
