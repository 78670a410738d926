"""The survey: connectors as they lie on the disk, judged by the rules, and what a run leaves undone at each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from authscribe import adoption, inventory, lint, mistakes, naming
from authscribe.connectors.reader import Reader
from authscribe.connectors.trees import Folder
from authscribe.draft import ListNode, MapNode, Node
from authscribe.drift import Drift, State
from authscribe.finding import Finding, Place, ordered
from authscribe.inventory import Item, Role
from authscribe.lint import judgement, templates
from authscribe.lint.subject import Subject, subject
from authscribe.lint.templates import Revision
from authscribe.models import Connector
from authscribe.resolve import Resolution
from authscribe.standing import Drifted, DriftState, Named, Noted, Standing, Standings
from authscribe.validation import validate
from authscribe.whereabouts import Whereabouts
from authscribe.workspace import Workspace

_OUTDATED: Final = "scaffold-outdated"
_FOLDER: Final = "connectors"
_LEFT: Final = {State.EDITED: DriftState.EDITED, State.ORPHANED: DriftState.ORPHANED}


@dataclass(frozen=True, slots=True)
class Observed:
    """A connector as a definition, its manifest, and its names; of several revisions the first says what it is."""

    connector: Connector
    place: Place
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the disk says: connectors by id, all findings, and the hashes of what was read.

    `remarks` are about connectors that cannot be in the catalogue.
    """

    observed: Mapping[str, Observed]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    remarks: tuple[Finding, ...]


def survey(folders: Iterable[Folder], sources: Resolution, resolution: Resolution, found: Workspace) -> Survey:
    """Reads and judges the connectors, as `lint` does.

    `sources` is what the sources say, `resolution` also holds the connectors that the run has adopted. What is
    suppressed is left out whatever the day, so that the same definitions give the same catalogue on any day.
    """
    reader = Reader.of(resolution.catalogue.platform)
    defined = {connector.id: connector for connector in resolution.catalogue.connectors}
    observed: dict[str, Observed] = {}
    findings: list[Finding] = list(resolution.findings)
    revisions: list[Revision] = []
    inputs: dict[str, str] = {}
    remarks: list[Finding] = []
    for folder in folders:
        judged = subject(reader.read(folder), sources)
        findings.extend(lint.findings(judged))
        revisions.append(Revision.of(judged))
        inputs |= adoption.hashes(judged.snapshot)
        if naming.is_id(judged.name):
            seen = _observed(judged, defined.get(judged.name), reader)
            earlier = observed.get(judged.name)
            observed[judged.name] = seen if earlier is None else _joined(earlier, seen)
        else:
            remarks.append(mistakes.bad_id(judged.name, judged.snapshot.place))
    findings.extend(templates.revisions(revisions))
    rules = tuple(judgement.stated(found.suppressions, resolution))
    left = judgement.suppressed(ordered(findings), rules, date.min, complete=False)
    return Survey(observed, left.findings, inputs, tuple(remarks))


def standings(
    seen: Survey,
    resolution: Resolution,
    whereabouts: Whereabouts,
    *,
    drifts: Iterable[Drift],
    subjects: Mapping[str, str | None],
    scaffolds: Sequence[Finding],
) -> Standings:
    """How each connector is doing, with what a run leaves: `drifts`, and scaffolded files that no longer fit.

    `subjects` says whom each output is about.
    """
    defined = {connector.id: connector for connector in resolution.catalogue.connectors}
    connectors = {identifier: found.connector for identifier, found in seen.observed.items()} | defined
    gone = _drifted(drifts, subjects, scaffolds, whereabouts, connectors)
    noted = _noted((*seen.findings, *scaffolds), resolution, connectors, whereabouts)
    return Standings(
        connectors=(
            Standing(
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


def _observed(judged: Subject, defined: Connector | None, reader: Reader) -> Observed:
    connector = defined or _as_defined(judged, reader)
    items = inventory.items(judged.resolution.catalogue, connector, judged)
    return Observed(connector, judged.snapshot.place, tuple(items))


def _as_defined(judged: Subject, reader: Reader) -> Connector:
    """The connector as a definition; one of which nobody knows how it authenticates has no methods."""
    drafted = adoption.adopted(judged, reader)
    connector = validate(drafted.definitions[0].node, Connector)[0] if drafted.definitions else None
    return connector or Connector(id=judged.name)


def _joined(first: Observed, second: Observed) -> Observed:
    """Two revisions: the names of both, with the uses of both."""
    later = {(item.name, item.role): item for item in second.items}
    items = [_both(item, later.pop((item.name, item.role), None)) for item in first.items]
    return replace(first, items=(*items, *later.values()))


def _both(first: Item, second: Item | None) -> Item:
    if second is None:
        return first
    is_used = None if first.role is Role.REQUIRED else bool(first.is_used or second.is_used)
    return replace(first, is_used=is_used, uses=(*first.uses, *second.uses))


def _place(identifier: str, seen: Survey, resolution: Resolution) -> Place:
    node = resolution.connectors.get(identifier)
    return _start(node) if node is not None else seen.observed[identifier].place


def _start(node: MapNode) -> Place:
    """Where a definition begins for its readers: at its id."""
    identifier = node.find("id")
    return identifier.place if identifier is not None else node.place


def _named(
    identifier: str, connector: Connector, seen: Survey, resolution: Resolution, whereabouts: Whereabouts
) -> Iterator[Named]:
    observed = seen.observed.get(identifier)
    items = observed.items if observed else tuple(inventory.items(resolution.catalogue, connector, None))
    for item in items:
        yield Named(item, tuple(whereabouts.where(use.place) for use in item.uses))


def _noted(
    findings: Iterable[Finding], resolution: Resolution, connectors: Collection[str], whereabouts: Whereabouts
) -> dict[str, list[Noted]]:
    """The findings of each connector: those that name it, and those that lie in its definition."""
    found = ordered(findings)
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
    whereabouts: Whereabouts,
    connectors: Iterable[str],
) -> dict[str, list[Drifted]]:
    owners = {spelt: name for name in connectors for spelt in (name, naming.module(name))}
    gone: dict[str, list[Drifted]] = {}
    for drift in drifts:
        owner = subjects.get(drift.path) or _owner(drift.path, owners)
        if owner is not None and drift.state in _LEFT:
            gone.setdefault(owner, []).append(Drifted(_LEFT[drift.state], drift.path))
    for finding in scaffolds:
        if finding.code == _OUTDATED and finding.connector is not None:
            path = whereabouts.where(finding.place).path
            gone.setdefault(finding.connector, []).append(Drifted(DriftState.OUTDATED, path))
    return gone


def _owner(path: str, owners: Mapping[str, str]) -> str | None:
    """Whom an output is about that no target produces any more: targets put it into `connectors`, under its id."""
    parts = PurePosixPath(path).parts
    below = parts[parts.index(_FOLDER) + 1 :] if _FOLDER in parts else ()
    if not below:
        return None
    return owners.get(below[0]) or owners.get(PurePosixPath(below[0]).stem)
