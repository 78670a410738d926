"""Collect the status of every connector: read it, apply the rules, and find the drift that a run leaves at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from authscribe.build.build import BuildContext
from authscribe.build.files import GeneratedFile
from authscribe.catalogue.document import CATALOGUE_FOLDER
from authscribe.catalogue.links import Links
from authscribe.catalogue.matrix import Titles
from authscribe.catalogue.sections import build_sections
from authscribe.catalogue.status import ConnectorStatus
from authscribe.catalogue.target import plan_catalogue
from authscribe.connectors.usages import NameUsage, Role, list_usages
from authscribe.drift.drift import Drift, DriftState
from authscribe.findings.finding import Finding, Place, sort_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.scaffold_outdated import RULE as SCAFFOLD_OUTDATED
from authscribe.lint.codes import list_codes
from authscribe.lint.suppressions import apply_suppressions, list_suppressions
from authscribe.model import naming
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.spelling import Spelling
from authscribe.model.validation import validate
from authscribe.resolve.merge import locate_value
from authscribe.resolve.resolver import Resolution
from authscribe.runtime.progress import track_progress
from authscribe.targets.plan import PlannedFile
from authscribe.workspace.workspace import Workspace

if TYPE_CHECKING:
    from authscribe.connectors.context import ConnectorContext
    from authscribe.connectors.file_trees import ConnectorFolder
    from authscribe.connectors.reader import ConnectorReader

_CONNECTORS_FOLDER: Final = "connectors"
_SHOWN_DRIFTS: Final = (DriftState.EDITED, DriftState.ORPHANED)
"""Drift that a run leaves: what is changed or missing, it writes."""


class ObservedConnector(NamedTuple):
    """Connector as it was read: its definition, the place of its manifest, and its names.

    With several revisions, definition and place are those of the first, and the names are those of all.
    """

    connector: Connector
    place: Place
    names: tuple[NameUsage, ...]


class CollectedConnectors(NamedTuple):
    """Connectors that were read, by id, with all findings and the hashes of their files by lock key.

    `remarks` are findings about connectors that cannot be in the catalogue, since their names are not ids.
    """

    observed: Mapping[str, ObservedConnector]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    remarks: tuple[Finding, ...]


class Overview(NamedTuple):
    """Everything that the catalogue shows, apart from the drift of the other targets."""

    resolution: Resolution
    collected: CollectedConnectors
    links: Links
    scaffolds: Sequence[Finding]

    def plan(
        self, drifts: Iterable[Drift], files: Mapping[str, GeneratedFile], context: BuildContext
    ) -> Iterator[PlannedFile]:
        """Yield the files of the catalogue.

        `drifts` are those that the run leaves in the other targets, `files` are the outputs of these by path.
        """
        statuses = collect_statuses(
            self.collected, self.resolution, drifts=drifts, files=files, scaffolds=self.scaffolds
        )
        places = {identifier: locate_value(node, "id") for identifier, node in self.resolution.schemes.items()}
        catalogue = self.resolution.catalogue
        titles = Titles.from_schemes(catalogue.schemes)
        sections = build_sections(catalogue, statuses, titles, self.links, context)
        return plan_catalogue(catalogue, sections, titles, places, self.links)


def collect_overview(
    folders: Sequence[ConnectorFolder],
    workspace: Workspace,
    *,
    sources: Resolution,
    resolution: Resolution,
    values: Iterable[Finding],
    scaffolds: Sequence[Finding] = (),
) -> Overview:
    """Read and lint the connectors in the folders; `scaffolds` are the findings about their scaffolded files.

    `sources` holds the definitions of the sources, `resolution` also the connectors that the run adopts, and `values`
    are the findings about the values in definitions.
    """
    return Overview(
        resolution=resolution,
        collected=_collect_connectors(folders, sources, resolution, values, workspace),
        links=Links.from_workspace(workspace, folders, CATALOGUE_FOLDER),
        scaffolds=scaffolds,
    )


def _collect_connectors(
    folders: Sequence[ConnectorFolder],
    sources: Resolution,
    resolution: Resolution,
    values: Iterable[Finding],
    workspace: Workspace,
) -> CollectedConnectors:
    """Read and lint the connectors, as the command `lint` does.

    Suppressions apply even after their last day, so that the same definitions give the same catalogue on any day.
    """
    read = _read_connectors(folders, sources, resolution) if folders else CollectedConnectors({}, (), {}, ())
    findings = (*resolution.findings, *values, *read.findings)
    suppressions = list_suppressions(workspace.suppressions, resolution, list_codes)
    filtered = apply_suppressions(sort_findings(findings), suppressions, date.min, complete=False)
    return read._replace(findings=filtered.findings)


def _read_connectors(
    folders: Sequence[ConnectorFolder], sources: Resolution, resolution: Resolution
) -> CollectedConnectors:
    """Read and lint the connectors, with all findings about them."""
    # Imported here: most runs read no connectors.
    from authscribe.adopt import hash_files
    from authscribe.connectors.context import create_context
    from authscribe.connectors.reader import ConnectorReader
    from authscribe.lint.registry import lint_connector
    from authscribe.lint.revisions import Revision, check_revisions

    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    defined = {connector.id: connector for connector in resolution.catalogue.connectors}
    observed: dict[str, ObservedConnector] = {}
    findings: list[Finding] = []
    revisions: list[Revision] = []
    inputs: dict[str, str] = {}
    remarks: list[Finding] = []
    for folder in track_progress(folders, "reading connectors", len(folders)):
        context = create_context(reader.read(folder), sources)
        findings.extend(lint_connector(context))
        revisions.append(Revision.from_context(context))
        inputs |= hash_files(context.snapshot)
        if naming.is_id(context.name):
            connector = _observe(context, defined.get(context.name), reader)
            earlier = observed.get(context.name)
            observed[context.name] = connector if earlier is None else _merge_revisions(earlier, connector)
        else:
            remarks.append(report_bad_id(context.name, context.snapshot.place))
    findings.extend(check_revisions(revisions))
    return CollectedConnectors(observed, tuple(findings), inputs, tuple(remarks))


def collect_statuses(
    collected: CollectedConnectors,
    resolution: Resolution,
    *,
    drifts: Iterable[Drift],
    files: Mapping[str, GeneratedFile],
    scaffolds: Sequence[Finding],
) -> Iterator[ConnectorStatus]:
    """Yield the status of each connector, sorted by id; the arguments are those of `Overview.plan`."""
    defined = {connector.id: connector for connector in resolution.catalogue.connectors}
    connectors = {identifier: observed.connector for identifier, observed in collected.observed.items()} | defined
    drifts_by_id = _group_drifts(drifts, files, connectors.values())
    findings_by_id = _group_findings((*collected.findings, *scaffolds), resolution.catalogue, connectors)
    outdated_by_id = _group_outdated(scaffolds)
    for identifier, connector in sorted(connectors.items()):
        observed = collected.observed.get(identifier)
        yield ConnectorStatus(
            connector=connector,
            place=_find_place(identifier, collected, resolution),
            names=observed.names if observed is not None else None,
            findings=tuple(findings_by_id.get(identifier, ())),
            drifts=tuple(drifts_by_id.get(identifier, ())),
            outdated=tuple(outdated_by_id.get(identifier, ())),
        )


def _observe(context: ConnectorContext, defined: Connector | None, reader: ConnectorReader) -> ObservedConnector:
    connector = defined or _infer_definition(context, reader)
    names = list_usages(context.resolution.catalogue, connector, context)
    return ObservedConnector(connector, context.snapshot.place, tuple(names))


def _infer_definition(context: ConnectorContext, reader: ConnectorReader) -> Connector:
    """Return the definition that adopting the connector gives; one without methods if its scheme is unknown."""
    from authscribe.adopt import adopt_connector

    draft = adopt_connector(context, reader)
    connector = validate(draft.definitions[0].node, Connector)[0] if draft.definitions else None
    return connector or Connector(id=context.name)


def _merge_revisions(first: ObservedConnector, second: ObservedConnector) -> ObservedConnector:
    later = {(name.name, name.role): name for name in second.names}
    names = [_merge_usages(name, later.pop((name.name, name.role), None)) for name in first.names]
    return first._replace(names=(*names, *later.values()))


def _merge_usages(first: NameUsage, second: NameUsage | None) -> NameUsage:
    if second is None:
        return first
    is_used = None if first.role is Role.REQUIRED else bool(first.is_used or second.is_used)
    return first._replace(is_used=is_used, uses=(*first.uses, *second.uses))


def _find_place(identifier: str, collected: CollectedConnectors, resolution: Resolution) -> Place:
    """Return the place of the definition of a connector, or that of its manifest if no source defines it."""
    return resolution.locate_connector(identifier) or collected.observed[identifier].place


def _group_findings(
    findings: Iterable[Finding], catalogue: Catalogue, connectors: Mapping[str, Connector]
) -> dict[str, list[Finding]]:
    """Return the findings of each connector: those about it, and those about the schemes that it uses."""
    users = _list_users(catalogue, connectors.values())
    groups: dict[str, list[Finding]] = {}
    for finding in sort_findings(findings):
        owners = (finding.connector,) if finding.connector is not None else users.get(finding.scheme or "", ())
        for owner in owners:
            groups.setdefault(owner, []).append(finding)
    return groups


def _list_users(catalogue: Catalogue, connectors: Iterable[Connector]) -> dict[str, list[str]]:
    """Return the connectors that use each scheme, or one that extends it, by each name of the scheme."""
    users: dict[str, list[str]] = {}
    for connector in connectors:
        schemes = dict.fromkeys(name for method in list_methods(connector) for name in method.schemes)
        related = dict.fromkeys(base.id for name in schemes for base in _list_bases(catalogue, name))
        for scheme in related:
            users.setdefault(scheme, []).append(connector.id)
    return {name: users[scheme.id] for scheme in catalogue.schemes if scheme.id in users for name in scheme.all_ids}


def _list_bases(catalogue: Catalogue, name: str | None) -> Iterator[Scheme]:
    """Yield a scheme, and those that it extends, directly or not."""
    while name is not None and (scheme := catalogue.find_scheme(name)) is not None:
        yield scheme
        name = scheme.extends


def _group_drifts(
    drifts: Iterable[Drift], files: Mapping[str, GeneratedFile], connectors: Iterable[Connector]
) -> dict[str, list[Drift]]:
    """Return the drift at each connector, for the states that a run leaves."""
    left = [drift for drift in drifts if drift.state in _SHOWN_DRIFTS]
    # Most runs leave nothing, and spelling all names takes longer than comparing all files.
    owners = _list_owners(connectors) if left else {}
    groups: dict[str, list[Drift]] = {}
    for drift in left:
        subject = files[drift.path].subject if drift.path in files else None
        owner = subject or _find_owner(drift.path, owners)
        if owner is not None:
            groups.setdefault(owner, []).append(drift)
    return groups


def _list_owners(connectors: Iterable[Connector]) -> dict[str, str]:
    """Return the id of each connector by the names of its files and folders."""
    return {name: each.id for each in connectors for name in (naming.to_page(each.id), Spelling(each).module)}


def _group_outdated(scaffolds: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return the findings of each connector about scaffolded files that no longer match the definitions."""
    groups: dict[str, list[Finding]] = {}
    for finding in scaffolds:
        if finding.code == SCAFFOLD_OUTDATED.code and finding.connector is not None:
            groups.setdefault(finding.connector, []).append(finding)
    return groups


def _find_owner(path: str, owners: Mapping[str, str]) -> str | None:
    """Return the connector of an orphan, which no planned file names.

    Every target writes the files of a connector to `connectors/`, as a folder or file with the name of the connector.
    """
    parts = PurePosixPath(path).parts
    below = parts[parts.index(_CONNECTORS_FOLDER) + 1 :] if _CONNECTORS_FOLDER in parts else ()
    if not below:
        return None
    return owners.get(below[0]) or owners.get(PurePosixPath(below[0]).stem)
