"""Adoption: connectors as they lie on the disk become definitions beside those that people wrote."""

from __future__ import annotations

from collections.abc import Iterable

from authscribe.connectors.context import ConnectorContext, create_context
from authscribe.connectors.definition import draft_definition
from authscribe.connectors.file_trees import ConnectorFolder
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.snapshot import Snapshot
from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.lint.credentials import check_literals
from authscribe.lint.flags import check_flagged_secrets
from authscribe.lint.registry import lint_connector
from authscribe.lint.secrets import check_used_secrets
from authscribe.model.contract import platform_variables
from authscribe.model.draft import Draft
from authscribe.runtime.hashing import digest
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace


def adopt_connectors(loaded: LoadedSources, folders: Iterable[ConnectorFolder], workspace: Workspace) -> LoadedSources:
    """The sources and, as definitions beside them, connectors as they lie on the disk.

    A connector of which nobody knows how it authenticates gives the findings that say why.
    """
    resolution = resolve_sources(loaded, workspace)
    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    drafts: list[Draft] = []
    remarks: list[Finding] = []
    texts, inputs = dict(loaded.texts), dict(loaded.inputs)
    for folder in folders:
        snapshot = reader.read(folder)
        texts |= snapshot.texts
        inputs |= hash_files(snapshot)
        found = create_context(snapshot, resolution)
        drafts.append(adopt_connector(found, reader))
        # What cannot be read, or what nothing injects, is in no class and no stub.
        remarks.extend((*snapshot.findings, *check_used_secrets(found), *check_flagged_secrets(found)))
    return LoadedSources((*loaded.drafts, *drafts), texts, inputs, tuple(remarks))


def hash_files(snapshot: Snapshot) -> dict[str, str]:
    """The hashes of the files of a connector, for the lock; the same wherever the connector lies."""
    return {
        f"{snapshot.name}{path.removeprefix(snapshot.shown)}": digest(text.encode())
        for path, text in snapshot.texts.items()
    }


def adopt_connector(found: ConnectorContext, reader: ConnectorReader) -> Draft:
    """One connector as a definition, or the findings that say why it cannot be one."""
    snapshot, scheme = found.snapshot, found.scheme
    if scheme is None or snapshot.system is None:
        place = found.selector_place
        wrong = tuple(finding for finding in lint_connector(found) if finding.severity is Severity.ERROR)
        known = [known.id for known in found.resolution.catalogue.schemes]
        unknown = report_unknown_reference("scheme", found.auth or "none", place, known)
        return Draft(place.path, findings=wrong or (unknown,))
    known_names = {*found.listed, *found.declared, *platform_variables(found.resolution.catalogue)}
    known_names |= {parameter.name for parameter in scheme.parameters}
    flags = tuple(flag.name for flag in found.flags)
    values = {finding.place for finding in check_literals(found)}
    made = draft_definition(snapshot, reader.syntax, scheme=scheme.id, flags=flags, known=known_names, values=values)
    return Draft(snapshot.place.path, definitions=(made,))
