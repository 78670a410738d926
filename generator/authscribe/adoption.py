"""Adoption: connectors as they lie on the disk become definitions beside those that people wrote."""

from __future__ import annotations

from collections.abc import Iterable

from authscribe import contract, lint, lock, mistakes, pipeline
from authscribe.connectors.definition import definition
from authscribe.connectors.reader import Reader
from authscribe.connectors.snapshot import Snapshot
from authscribe.connectors.trees import Folder
from authscribe.draft import Draft
from authscribe.finding import Finding, Severity
from authscribe.lint import credentials, secrets
from authscribe.lint.subject import Subject, subject
from authscribe.loading import Loaded
from authscribe.workspace import Workspace


def with_connectors(loaded: Loaded, folders: Iterable[Folder], workspace: Workspace) -> Loaded:
    """The sources and, as definitions beside them, connectors as they lie on the disk.

    A connector of which nobody knows how it authenticates gives the findings that say why.
    """
    resolution = pipeline.resolved(loaded, workspace)
    reader = Reader.of(resolution.catalogue.platform)
    drafts: list[Draft] = []
    remarks: list[Finding] = []
    texts, inputs = dict(loaded.texts), dict(loaded.inputs)
    for folder in folders:
        snapshot = reader.read(folder)
        texts |= snapshot.texts
        inputs |= hashes(snapshot)
        found = subject(snapshot, resolution)
        drafts.append(adopted(found, reader))
        # What cannot be read, or what nothing injects, is in no class and no stub.
        remarks.extend((*snapshot.findings, *secrets.used(found)))
    return Loaded((*loaded.drafts, *drafts), texts, inputs, tuple(remarks))


def hashes(snapshot: Snapshot) -> dict[str, str]:
    """The hashes of the files of a connector, for the lock; the same wherever the connector lies."""
    return {
        f"{snapshot.name}{path.removeprefix(snapshot.shown)}": lock.digest(text.encode())
        for path, text in snapshot.texts.items()
    }


def adopted(found: Subject, reader: Reader) -> Draft:
    """One connector as a definition, or the findings that say why it cannot be one."""
    snapshot, scheme = found.snapshot, found.scheme
    if scheme is None or snapshot.system is None:
        place = found.selector_place
        wrong = tuple(finding for finding in lint.findings(found) if finding.severity is Severity.ERROR)
        known = [known.id for known in found.resolution.catalogue.schemes]
        unknown = mistakes.unknown_reference("scheme", found.auth or "none", place, known)
        return Draft(place.path, findings=wrong or (unknown,))
    known_names = {*found.listed, *found.declared, *contract.variables(found.resolution.catalogue)}
    known_names |= {parameter.name for parameter in scheme.parameters}
    flags = tuple(flag.name for flag in found.flags)
    values = {finding.place for finding in credentials.literal(found)}
    made = definition(snapshot, reader.spelling, scheme=scheme.id, flags=flags, known=known_names, values=values)
    return Draft(snapshot.place.path, definitions=(made,))
