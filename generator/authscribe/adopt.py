"""Adopt connectors on disk as definitions, in addition to those that people wrote."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from authscribe.connectors.context import ConnectorContext, create_context
from authscribe.connectors.definition import draft_definition
from authscribe.connectors.file_trees import ConnectorFolder
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.snapshot import Snapshot
from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.lint.credentials import check_literals
from authscribe.lint.registry import check_injection, lint_connector
from authscribe.model import naming
from authscribe.model.contract import list_platform_variables
from authscribe.model.definitions import NO_AUTHENTICATION
from authscribe.model.draft import DefinitionDraft, Draft
from authscribe.resolve import merge
from authscribe.resolve.conflicts import find_conflicts
from authscribe.runtime.hashing import digest
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace


def adopt_connectors(loaded: LoadedSources, folders: Iterable[ConnectorFolder], workspace: Workspace) -> LoadedSources:
    """Return the sources and the connectors in these folders.

    A connector whose scheme is unknown, or whose name another one has, gives a draft with the findings that explain
    why. Of several revisions of a connector, the first is adopted; one whose name is not an id is only a remark.
    """
    resolution = resolve_sources(loaded, workspace)
    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    drafts: list[Draft] = []
    remarks: list[Finding] = []
    texts, inputs = dict(loaded.texts), dict(loaded.inputs)
    adopted: dict[str, Snapshot] = {}
    for folder in folders:
        snapshot = reader.read(folder)
        texts |= snapshot.texts
        inputs |= hash_files(snapshot)
        context = create_context(snapshot, resolution)
        earlier = adopted.setdefault(snapshot.name, snapshot)
        if not naming.is_id(snapshot.name):
            remarks.append(report_bad_id(snapshot.name, snapshot.place))
        elif earlier is snapshot:
            drafts.append(adopt_connector(context, reader))
        elif earlier.origin != snapshot.origin:
            clash = report_duplicate_name(snapshot.name, snapshot.place, earlier.place)
            drafts.append(Draft(snapshot.place.path, findings=(clash,)))
        # Classes and stubs lack what cannot be read and what nothing injects.
        remarks.extend((*snapshot.findings, *check_injection(context)))
    return LoadedSources((*loaded.drafts, *drafts), texts, inputs, tuple(remarks))


def hash_files(snapshot: Snapshot) -> dict[str, str]:
    """Return the hashes of a connector's files for the lock, which do not depend on where the connector is."""
    return {
        f"{snapshot.name}/{PurePosixPath(path).relative_to(snapshot.shown)}": digest(text.encode())
        for path, text in snapshot.texts.items()
    }


def adopt_connector(context: ConnectorContext, reader: ConnectorReader) -> Draft:
    """Return a draft with the definition of a connector, or with the findings that explain why there is none."""
    snapshot, scheme = context.snapshot, context.scheme
    catalogue = context.resolution.catalogue
    if snapshot.system is None or (scheme is None and (context.auth or context.secrets)):
        place = context.selector_place
        errors = tuple(finding for finding in lint_connector(context) if finding.severity is Severity.ERROR)
        known = [scheme.id for scheme in catalogue.schemes]
        unknown = report_unknown_reference("scheme", context.auth or NO_AUTHENTICATION.id, place, known)
        return Draft(place.path, findings=errors or (unknown,))
    known_names = {*context.listed, *context.declared, *list_platform_variables(catalogue)}
    known_names |= {parameter.name for parameter in scheme.parameters} if scheme is not None else set()
    flags = tuple(flag.name for flag in context.flags)
    values = {finding.place for finding in check_literals(context)}
    definition = draft_definition(
        snapshot,
        reader,
        identifier=context.definition.id if context.definition is not None else snapshot.name,
        scheme=scheme.id if scheme is not None else NO_AUTHENTICATION.id,
        flags=flags,
        known=known_names,
        values=values,
    )
    return Draft(snapshot.place.path, definitions=(_omit_stated(definition, context),))


def _omit_stated(definition: DefinitionDraft, context: ConnectorContext) -> DefinitionDraft:
    """Return the definition of a connector without the facts that its written definition states otherwise.

    What people wrote decides; `lint` reports how the connector differs from it.
    """
    if context.definition is None:
        return definition
    written = context.resolution.connectors[context.definition.id]
    differing = {conflict.path[0] for conflict in find_conflicts(written, definition.node)}
    if context.definition.methods:
        differing.add("scheme")
    return definition._replace(node=merge.drop_keys(definition.node, differing))
