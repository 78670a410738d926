"""Read a connector: its manifest, the templates that the manifest names, and the references in them.

Whatever cannot be read becomes a finding of the snapshot. Nothing outside of the connector's folder is read.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from authscribe.connectors.expansion import TemplateExpander
from authscribe.connectors.file_trees import PLATFORM_STYLE, RECORD, ConnectorFolder, require_manifest
from authscribe.connectors.leaves import parse_leaves, parse_tree
from authscribe.connectors.references import Reference, ReferenceKind, ReferenceSyntax, split_delimiters
from authscribe.connectors.snapshot import ConnectorTemplate, Datatype, Leaf, Snapshot
from authscribe.connectors.template_language import ExpansionError, TemplateLanguage
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.manifest_missing import report_no_manifest
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.template_missing import report_template_missing
from authscribe.findings.rules.template_outside import report_template_outside
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.findings.suggestions import NEARLY_EQUAL, Vocabulary
from authscribe.model.draft import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    get_text,
    list_key_places,
    list_scalar_places,
)
from authscribe.model.platform import Platform, is_yaml_path
from authscribe.readers.hidden_characters import find_hidden_characters
from authscribe.readers.pasted_secrets import find_pasted_secrets, withhold_secrets
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.syntax.yaml import parse_yaml
from authscribe.readers.text import decode

_DATATYPE_KEYS: Final = (("template",), ("parameters",), ("parent",))
_HYPHENATED: Final = re.compile(r"[A-Za-z_]\w*(?:-\w+)+")
_DRIVE: Final = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class ConnectorReader:
    """Reader for the connectors of one platform."""

    syntax: ReferenceSyntax
    language: TemplateLanguage
    platform: Platform

    @classmethod
    def from_platform(cls, platform: Platform) -> ConnectorReader:
        """Return the reader for the references and the template language of a platform."""
        return cls(ReferenceSyntax.from_platform(platform.references), TemplateLanguage(platform.references), platform)

    def read(self, folder: ConnectorFolder) -> Snapshot:
        """Return the snapshot of a connector; never raises."""
        return _FolderReader(self, folder).read()

    @property
    def expander(self) -> TemplateExpander:
        """Return the expansion of the templates that are read."""
        return TemplateExpander(self.syntax, self.language, self.platform)


class _FolderReader:
    """One pass over a folder, which collects the texts that were read and the findings on the way."""

    def __init__(self, reader: ConnectorReader, folder: ConnectorFolder) -> None:
        self.reader = reader
        self.folder = folder
        self.layout = require_manifest(reader.platform, folder.shown)
        self.texts: dict[str, str] = {}
        self.findings: list[Finding] = []
        self.pasted: list[Finding] = []
        self.misspelt_keys: dict[tuple[str, ...], str] = {}
        self.meant_templates: set[str] = set()

    def read(self) -> Snapshot:
        place = Place(self.folder.show_path(self.layout.path))
        manifest = self._read_manifest(place)
        datatypes = tuple(self._read_datatypes(manifest))
        parameters = self._read_entries(_find(manifest, self.layout.parameters), f"`{self.layout.parameters}`")
        declared = {entry.key for entry in parameters}
        system, leaves = self._read_system(manifest, declared)
        by_path: dict[str, list[Datatype]] = {}
        for datatype in datatypes:
            if datatype.template is not None:
                by_path.setdefault(datatype.template, []).append(datatype)
        templates = tuple(self._read_templates(by_path, declared))
        named = {*by_path, *self._list_system_paths(manifest, system), *self.meant_templates}
        chosen, is_placed_otherwise = self._read_record(system)
        snapshot = Snapshot(
            name=self.folder.name,
            revision=self.folder.revision,
            shown=self.folder.shown,
            origin=self.folder.origin,
            place=place,
            layout=self.layout,
            manifest=manifest,
            misspelt_keys=self.misspelt_keys,
            system=system,
            templates=templates,
            datatypes=datatypes,
            parameters=parameters,
            orphans=tuple(self._find_orphans(manifest, named)),
            leaves=leaves,
            chosen=chosen,
            is_placed_otherwise=is_placed_otherwise,
            findings=(),
            pasted=tuple(self.pasted),
            texts=self.texts,
        )
        return replace(snapshot, findings=(*self.findings, *self.reader.expander.check(snapshot)))

    def _read_record(self, system: ConnectorTemplate | None) -> tuple[frozenset[str] | None, bool]:
        """Return the names that `scaffold` put into the system, and whether it was told how to place them.

        No names if the connector has no valid record.
        """
        data = self.folder.read(RECORD, Place(self.folder.show_path(RECORD)))
        if system is None or not isinstance(data, bytes):
            return None, False
        # Parsing with places would take a fifth of the time of linting a connector.
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            record = json.loads(decode(RECORD, data).text)
            is_told = record["header"] is not None or record["style"] != PLATFORM_STYLE
            return frozenset(dict(record["files"][system.path])), is_told
        return None, False

    def _read_manifest(self, place: Place) -> MapNode | None:
        missing = partial(report_no_manifest, self.folder.shown, self.layout.path)
        content = self._read_text(self.layout.path, place, missing)
        if content is None:
            return None
        parse = parse_yaml if is_yaml_path(self.layout.path) else parse_json
        node, findings = parse(place.path, content)
        self.findings.extend(findings)
        if node is not None and not isinstance(node, MapNode):
            self.findings.append(report_not_a_mapping(node.place, "the manifest"))
        paths = [tuple(path.split(".")) for path in self.reader.platform.manifest_paths]
        return self._correct_keys(node, paths) if isinstance(node, MapNode) else None

    def _correct_keys(self, manifest: MapNode, paths: Iterable[Sequence[str]], above: tuple[str, ...] = ()) -> MapNode:
        """Return the manifest with the keys that are meant instead of misspelt ones, so that each is one finding.

        Manifests have other keys as well, which are no mistakes. `paths` are those of the known ones, and `above` are
        the keys that lead to this mapping.
        """
        below: dict[str, list[Sequence[str]]] = {}
        for key, *rest in paths:
            below.setdefault(key, []).extend([rest] if rest else [])
        missing = Vocabulary(below.keys() - {entry.key for entry in manifest.entries})
        entries = (self._correct_key(entry, below, missing, above) for entry in manifest.entries)
        return manifest._replace(
            entries=tuple(
                (
                    entry._replace(node=self._correct_keys(entry.node, below[entry.key], (*above, entry.key)))
                    if below.get(entry.key) and isinstance(entry.node, MapNode)
                    else entry
                )
                for entry in entries
            )
        )

    def _correct_key(self, entry: Entry, known: Collection[str], missing: Vocabulary, above: tuple[str, ...]) -> Entry:
        meant = missing.find_nearest(entry.key, NEARLY_EQUAL) if entry.key not in known else None
        if meant is None:
            return entry
        self.findings.append(report_unknown_key(entry.key, entry.place, (meant,)))
        # Of several forms of one key, the first counts.
        is_first = self.misspelt_keys.setdefault((*above, meant), entry.key) == entry.key
        return entry._replace(key=meant) if is_first else entry

    def _read_text(self, path: str, place: Place, report_missing: Callable[[], Finding]) -> str | None:
        """Return the text of a file; None if it cannot be used."""
        shown = self.folder.show_path(path)
        data = self.folder.read(path, Place(shown) if place.line == 0 else place)
        if data is None or isinstance(data, Finding):
            self.findings.append(data or report_missing())
            return None
        decoded = decode(shown, data)
        if decoded.findings:
            self.findings.extend(decoded.findings)
            return None
        self.pasted.extend(find_pasted_secrets(shown, decoded.text))
        self.findings.extend(find_hidden_characters(shown, decoded.text))
        self.texts[shown] = withhold_secrets(decoded.text)
        return self.texts[shown]

    def _read_entries(self, node: Node | None, subject: str) -> tuple[Entry, ...]:
        """Return the entries of a mapping; none if there is none. `subject` is a noun phrase for it."""
        if node is not None and not isinstance(node, MapNode):
            self.findings.append(report_not_a_mapping(node.place, subject))
        return _list_entries(node)

    def _read_datatypes(self, manifest: MapNode | None) -> Iterator[Datatype]:
        key = self.layout.datatypes
        node = _find(manifest, key)
        if manifest is not None and key is not None and not isinstance(node, MapNode):
            missing = report_missing_key(key, manifest.place)
            self.findings.append(report_not_a_mapping(node.place, f"`{key}`") if node is not None else missing)
        for entry in _list_entries(node):
            if not isinstance(entry.node, MapNode):
                self.findings.append(report_not_a_mapping(entry.node.place, f"the datatype '{entry.key}'"))
                continue
            node = self._correct_keys(entry.node, _DATATYPE_KEYS, (key or "", entry.key))
            template = node.find("template")
            parent = node.find("parent")
            yield Datatype(
                name=entry.key,
                place=template.place if template else entry.place,
                template=_normalize(get_text(template)),
                parameters=self._read_entries(node.find("parameters"), f"`parameters` of the datatype '{entry.key}'"),
                parent=parent if isinstance(parent, ScalarNode) else None,
            )
            if template is None:
                self.findings.append(report_missing_key("template", entry.place))
            elif not get_text(template):
                self.findings.append(report_wrong_value("template", template.place, "input should be a path"))

    def _read_system(
        self, manifest: MapNode | None, declared: set[str]
    ) -> tuple[ConnectorTemplate | None, tuple[Leaf, ...]]:
        if manifest is None:
            return None, ()
        path, place = self._find_system(manifest)
        template = self._read_template(path, place, (), declared) if path is not None else None
        leaves = parse_leaves(template, self.reader.syntax) if template else ()
        problem = _find_no_system(template) if template and not any(leaf.slot for leaf in leaves) else None
        if problem is None:
            return template, leaves
        self.findings.append(problem)
        return None, ()

    def _find_system(self, manifest: MapNode) -> tuple[str | None, Place]:
        """Return the path of the system, and the place that states it; None if nothing does."""
        keys, system = self.layout.system, self.reader.platform.system
        if not keys:
            return system.path if system is not None else None, manifest.place
        key = next((key for key in keys if _find(manifest, key)), None)
        node = _find(manifest, key)
        if key is None or node is None:
            self.findings.append(report_missing_key(keys[0], manifest.place))
            return None, manifest.place
        path = _normalize(get_text(node))
        if path is None:
            self.findings.append(report_wrong_value(key, node.place, "input should be a path"))
        return path, node.place

    def _list_system_paths(self, manifest: MapNode | None, system: ConnectorTemplate | None) -> Iterator[str]:
        """Yield the paths of the system, read or not; without one, also that which a new connector has."""
        usual = self.reader.platform.system
        if system is not None:
            yield system.path
        elif usual is not None:
            yield usual.path
        for key in self.layout.system:
            path = _normalize(get_text(_find(manifest, key)))
            if path is not None:
                yield path

    def _read_templates(
        self, by_path: Mapping[str, Sequence[Datatype]], declared: set[str]
    ) -> Iterator[ConnectorTemplate]:
        for path, datatypes in by_path.items():
            template = self._read_template(path, datatypes[0].place, tuple(datatypes), declared)
            if template is not None:
                yield template

    def _read_template(
        self, path: str, place: Place, datatypes: tuple[Datatype, ...], declared: set[str]
    ) -> ConnectorTemplate | None:
        problem = _find_path_problem(path)
        if problem is not None:
            self.findings.append(report_template_outside(path, place, problem))
            name = PureWindowsPath(path).name  # of either style
            self.meant_templates.update(each for each in self._template_files if PurePosixPath(each).name == name)
            return None
        content = self._read_text(path, place, partial(self._report_missing, path, place))
        if content is None:
            return None
        shown = self.folder.show_path(path)
        variables = {variable.name for variable in self.reader.platform.variables}
        own = {entry.key for datatype in datatypes for entry in datatype.parameters}
        found = self._resolve_references(shown, content, declared, declared | variables | own)
        bound = self.reader.language.find_bound_names(content)
        references = tuple(each for each in found if each.kind is not ReferenceKind.VARIABLE or each.name not in bound)
        if is_yaml_path(path) and "#" in content:
            references = _drop_comments(references, content)
        return ConnectorTemplate(path, Place(shown), content, references, datatypes, is_yaml_path(path))

    def _report_missing(self, path: str, place: Place) -> Finding:
        """Report a template that is missing; one of nearly its name is the meant one, and no orphan."""
        # The folder, which most paths share, would make short names alike.
        by_name = {PurePosixPath(each).name: each for each in self._template_files}
        meant = by_name.get(Vocabulary(by_name).find_nearest(PurePosixPath(path).name, NEARLY_EQUAL) or "")
        if meant is not None:
            self.meant_templates.add(meant)
        return report_template_missing(path, place, meant)

    @cached_property
    def _template_files(self) -> tuple[str, ...]:
        """Return the paths of the templates in the folder that a new connector has for them."""
        path = self.reader.platform.system.path if self.reader.platform.system is not None else ""
        if "/" not in path:
            return ()
        folder, suffix = path.rpartition("/")[0], PurePosixPath(path).suffix
        return tuple(each for each in self.folder.list_files(folder) if each.endswith(suffix))

    def _resolve_references(self, path: str, content: str, declared: set[str], known: set[str]) -> Iterator[Reference]:
        """Yield the references in a text; those that are expressions as the names in them.

        An expression is one name, such as `wix-site-id`, if it is declared, or if it can be no subtraction of known
        names.
        """
        for reference in self.reader.syntax.find_references(path, content):
            if reference.kind is not ReferenceKind.EXPRESSION:
                yield reference
            elif reference.name in declared or _is_hyphenated(reference.name, known):
                yield Reference(ReferenceKind.VARIABLE, reference.name, reference.place)
            else:
                yield from self._split_expression(reference)

    def _split_expression(self, reference: Reference) -> Iterator[Reference]:
        start, end = split_delimiters(self.reader.platform.references.variable)
        try:
            names = self.reader.language.find_names(f"{start} {reference.name} {end}")
        except ExpansionError:
            return  # `TemplateExpander` reports it, with the line
        yield from (Reference(ReferenceKind.VARIABLE, name, reference.place) for name in sorted(names))

    def _find_orphans(self, manifest: MapNode | None, named: set[str]) -> Iterator[str]:
        """Yield the templates that nothing names, in the folder that a new connector has for them.

        If the datatypes cannot be read, it is unknown which ones these are.
        """
        if isinstance(_find(manifest, self.layout.datatypes), MapNode):
            yield from (path for path in self._template_files if path not in named)


def _is_hyphenated(expression: str, known: set[str]) -> bool:
    return _HYPHENATED.fullmatch(expression) is not None and not known.issuperset(expression.split("-"))


def _drop_comments(references: tuple[Reference, ...], text: str) -> tuple[Reference, ...]:
    """Return the references without those in comments of a YAML document; all of them if it cannot be parsed."""
    node, _ = parse_yaml("", text)
    if node is None:
        return references
    texts = sorted(place[1:] for place in (*list_scalar_places(node), *list_key_places(node)))
    starts = [(line, column) for line, column, _, _ in texts]

    def is_in_text(place: Place) -> bool:
        index = bisect_right(starts, (place.line, place.column)) - 1
        return index >= 0 and place[3:] <= texts[index][2:]

    return tuple(reference for reference in references if is_in_text(reference.place))


def _find_no_system(template: ConnectorTemplate) -> Finding | None:
    """Return the finding about a template that holds no system, such as an empty list."""
    node = parse_tree(template)
    systems = node.items if isinstance(node, ListNode) and node.items else (node,)
    if node is None or all(isinstance(system, MapNode) for system in systems):
        return None
    return report_not_a_mapping(node.place, "the system")


def _find(node: Node | None, path: str | None) -> Node | None:
    """Return the node at a dotted path below another one."""
    for key in path.split(".") if path is not None else ():
        node = node.find(key) if isinstance(node, MapNode) else None
    return node if path is not None else None


def _list_entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, MapNode) else ()


def _normalize(path: str | None) -> str | None:
    return path.removeprefix("./") if path else None


def _find_path_problem(path: str) -> str | None:
    """Return why a path of a manifest is refused, or None if it stays inside the folder."""
    if path.startswith("/") or "\\" in path or _DRIVE.match(path):
        return "it is not a relative path with forward slashes"
    return "it leaves the connector" if ".." in path.split("/") else None
