"""The survey: connectors as they lie on the disk, judged by the rules, and what a run leaves undone at each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from authscribe.adopt import adopt_connector, hash_files
from authscribe.catalogue.links import Links
from authscribe.catalogue.status import ConnectorDrift, ConnectorStatus, ConnectorStatuses, Drifted, Named, Noted
from authscribe.catalogue.target import CATALOGUE_FOLDER, plan_catalogue
from authscribe.connectors.context import ConnectorContext, create_context
from authscribe.connectors.file_trees import Folder
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.usages import NameUsage, Role, list_usages
from authscribe.drift.compare import Drift, DriftState
from authscribe.findings.finding import Finding, Place, sort_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.lint.registry import lint_connector, load_rules
from authscribe.lint.suppressions import apply_suppressions, list_suppressions
from authscribe.lint.templates import Revision, check_revisions
from authscribe.model import naming
from authscribe.model.definitions import Connector
from authscribe.model.draft import ListNode, MapNode, Node
from authscribe.model.validation import validate
from authscribe.resolve.resolver import Resolution
from authscribe.runtime.progress import track_progress
from authscribe.targets.plan import PlannedFile
from authscribe.workspace.workspace import Workspace

_OUTDATED: Final = "scaffold-outdated"
_FOLDER: Final = "connectors"
_LEFT: Final = {DriftState.EDITED: ConnectorDrift.EDITED, DriftState.ORPHANED: ConnectorDrift.ORPHANED}


@dataclass(frozen=True, slots=True)
class Observed:
    """A connector as a definition, its manifest, and its names; of several revisions the first says what it is."""

    connector: Connector
    place: Place
    items: tuple[NameUsage, ...]


@dataclass(frozen=True, slots=True)
class CollectedConnectors:
    """What the disk says: connectors by id, all findings, and the hashes of what was read.

    `remarks` are about connectors that cannot be in the catalogue.
    """

    observed: Mapping[str, Observed]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    remarks: tuple[Finding, ...]


def collect_connectors(
    folders: Iterable[Folder], sources: Resolution, resolution: Resolution, found: Workspace
) -> CollectedConnectors:
    """Reads and judges the connectors, as `lint` does.

    `sources` is what the sources say, `resolution` also holds the connectors that the run has adopted. What is
    suppressed is left out whatever the day, so that the same definitions give the same catalogue on any day.
    """
    reader = ConnectorReader.of(resolution.catalogue.platform)
    defined = {connector.id: connector for connector in resolution.catalogue.connectors}
    observed: dict[str, Observed] = {}
    findings: list[Finding] = list(resolution.findings)
    revisions: list[Revision] = []
    inputs: dict[str, str] = {}
    remarks: list[Finding] = []
    for folder in folders:
        judged = create_context(reader.read(folder), sources)
        findings.extend(lint_connector(judged))
        revisions.append(Revision.of(judged))
        inputs |= hash_files(judged.snapshot)
        if naming.is_id(judged.name):
            seen = _observed(judged, defined.get(judged.name), reader)
            earlier = observed.get(judged.name)
            observed[judged.name] = seen if earlier is None else _joined(earlier, seen)
        else:
            remarks.append(report_bad_id(judged.name, judged.snapshot.place))
    findings.extend(check_revisions(revisions))
    rules = list_suppressions(found.suppressions, resolution, load_rules)
    left = apply_suppressions(sort_findings(findings), rules, date.min, complete=False)
    return CollectedConnectors(observed, left.findings, inputs, tuple(remarks))


def collect_statuses(
    seen: CollectedConnectors,
    resolution: Resolution,
    whereabouts: Links,
    *,
    drifts: Iterable[Drift],
    subjects: Mapping[str, str | None],
    scaffolds: Sequence[Finding],
) -> ConnectorStatuses:
    """How each connector is doing, with what a run leaves: `drifts`, and scaffolded files that no longer fit.

    `subjects` says whom each output is about.
    """
    defined = {connector.id: connector for connector in resolution.catalogue.connectors}
    connectors = {identifier: found.connector for identifier, found in seen.observed.items()} | defined
    gone = _drifted(drifts, subjects, scaffolds, whereabouts, connectors)
    noted = _noted((*seen.findings, *scaffolds), resolution, connectors, whereabouts)
    return ConnectorStatuses(
        connectors=(
            ConnectorStatus(
                connector=connector,
                where=whereabouts.where(_place(identifier, seen, resolution)),
                names=tuple(_named(identifier, connector, seen, resolution, whereabouts)),
                findings=tuple(noted.get(identifier, ())),
                drifts=tuple(gone.get(identifier, ())),
            )
            for identifier, connector in sorted(connectors.items())
        ),
        schemes={name: whereabouts.where(_start(node)) for name, node in resolution.schemes.items()},
    )


def _observed(judged: ConnectorContext, defined: Connector | None, reader: ConnectorReader) -> Observed:
    connector = defined or _as_defined(judged, reader)
    items = list_usages(judged.resolution.catalogue, connector, judged)
    return Observed(connector, judged.snapshot.place, tuple(items))


def _as_defined(judged: ConnectorContext, reader: ConnectorReader) -> Connector:
    """The connector as a definition; one of which nobody knows how it authenticates has no methods."""
    drafted = adopt_connector(judged, reader)
    connector = validate(drafted.definitions[0].node, Connector)[0] if drafted.definitions else None
    return connector or Connector(id=judged.name)


def _joined(first: Observed, second: Observed) -> Observed:
    """Two revisions: the names of both, with the uses of both."""
    later = {(item.name, item.role): item for item in second.items}
    items = [_both(item, later.pop((item.name, item.role), None)) for item in first.items]
    return replace(first, items=(*items, *later.values()))


def _both(first: NameUsage, second: NameUsage | None) -> NameUsage:
    if second is None:
        return first
    is_used = None if first.role is Role.REQUIRED else bool(first.is_used or second.is_used)
    return replace(first, is_used=is_used, uses=(*first.uses, *second.uses))


def _place(identifier: str, seen: CollectedConnectors, resolution: Resolution) -> Place:
    node = resolution.connectors.get(identifier)
    return _start(node) if node is not None else seen.observed[identifier].place


def _start(node: MapNode) -> Place:
    """Where a definition begins for its readers: at its id."""
    identifier = node.find("id")
    return identifier.place if identifier is not None else node.place


def _named(
    identifier: str, connector: Connector, seen: CollectedConnectors, resolution: Resolution, whereabouts: Links
) -> Iterator[Named]:
    observed = seen.observed.get(identifier)
    items = observed.items if observed else tuple(list_usages(resolution.catalogue, connector, None))
    for item in items:
        yield Named(item, tuple(whereabouts.where(use.place) for use in item.uses))


def _noted(
    findings: Iterable[Finding], resolution: Resolution, connectors: Collection[str], whereabouts: Links
) -> dict[str, list[Noted]]:
    """The findings of each connector: those that name it, and those that lie in its definition."""
    found = sort_findings(findings)
    is_loose = any(finding.connector not in connectors for finding in found)
    by_line = {line: name for name, node in resolution.connectors.items() for line in _lines(node)} if is_loose else {}
    noted: dict[str, list[Noted]] = {}
    for finding in found:
        owner = finding.connector if finding.connector in connectors else by_line.get(_line(finding.place))
        if owner is not None:
            noted.setdefault(owner, []).append(Noted(finding, whereabouts.where(finding.place)))
    return {owner: sorted(its, key=_order) for owner, its in noted.items()}


def _order(noted: Noted) -> tuple[str, int, int, str, str]:
    where = noted.where
    return (where.path, where.line, where.column, noted.finding.code, noted.finding.message)


def _lines(node: Node) -> Iterator[tuple[str, int]]:
    """The lines on which the parts of a definition stand."""
    yield _line(node.place)
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _lines(item)
    if isinstance(node, MapNode):
        for entry in node.entries:
            yield _line(entry.place)
            yield from _lines(entry.node)


def _line(place: Place) -> tuple[str, int]:
    return place.path, place.line


def _drifted(
    drifts: Iterable[Drift],
    subjects: Mapping[str, str | None],
    scaffolds: Iterable[Finding],
    whereabouts: Links,
    connectors: Iterable[str],
) -> dict[str, list[Drifted]]:
    owners = {spelt: name for name in connectors for spelt in (name, naming.to_module(name))}
    gone: dict[str, list[Drifted]] = {}
    for drift in drifts:
        owner = subjects.get(drift.path) or _owner(drift.path, owners)
        if owner is not None and drift.state in _LEFT:
            gone.setdefault(owner, []).append(Drifted(_LEFT[drift.state], drift.path))
    for finding in scaffolds:
        if finding.code == _OUTDATED and finding.connector is not None:
            path = whereabouts.where(finding.place).path
            gone.setdefault(finding.connector, []).append(Drifted(ConnectorDrift.OUTDATED, path))
    return gone


def _owner(path: str, owners: Mapping[str, str]) -> str | None:
    """Whom an output is about that no target produces any more: targets put it into `connectors`, under its id."""
    parts = PurePosixPath(path).parts
    below = parts[parts.index(_FOLDER) + 1 :] if _FOLDER in parts else ()
    if not below:
        return None
    return owners.get(below[0]) or owners.get(PurePosixPath(below[0]).stem)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything about the connectors of a run, but what it leaves undone."""

    resolution: Resolution
    seen: CollectedConnectors
    whereabouts: Links
    scaffolds: Sequence[Finding]

    def plan(self, left: Iterable[Drift], subjects: Mapping[str, str | None]) -> Iterator[PlannedFile]:
        """The files of the catalogue target; `subjects` says whom each output of the other targets is about."""
        standings = collect_statuses(
            self.seen,
            self.resolution,
            self.whereabouts,
            drifts=left,
            subjects=subjects,
            scaffolds=self.scaffolds,
        )
        return plan_catalogue(self.resolution.catalogue, standings)


def collect_overview(
    folders: Sequence[Folder],
    found: Workspace,
    *,
    sources: Resolution,
    resolution: Resolution,
    scaffolds: Sequence[Finding] = (),
) -> Overview:
    """Reads and judges the connectors in the folders; `scaffolds` is what is said of their scaffolded files."""
    return Overview(
        resolution=resolution,
        seen=collect_connectors(
            track_progress(folders, "reading connectors", len(folders)), sources, resolution, found
        ),
        whereabouts=Links.of(found, folders, CATALOGUE_FOLDER),
        scaffolds=scaffolds,
    )
