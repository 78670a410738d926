"""Adopt connectors on disk as definitions, in addition to those that people wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from authscribe.connectors.accounts import account_manifest, account_slots
from authscribe.connectors.context import ConnectorContext, create_context, find_mechanisms, match_selector
from authscribe.connectors.definition import draft_definition, draft_scheme, list_slots
from authscribe.connectors.file_trees import ConnectorFolder
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.snapshot import Snapshot
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.lint.addresses import show_address
from authscribe.lint.registry import check_injection, lint_connector
from authscribe.lint.withheld import locate_withheld, mask_withheld
from authscribe.model import naming
from authscribe.model.catalogue import NO_AUTHENTICATION
from authscribe.model.contract import list_platform_variables
from authscribe.model.definitions import Kind
from authscribe.model.draft import DefinitionDraft, Draft, get_text
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
        inputs |= hash_files(snapshot)
        context = create_context(snapshot, resolution)
        texts |= mask_withheld(context)
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
    flags = tuple(flag.name for flag in context.flags)
    definition = draft_definition(
        snapshot,
        reader,
        identifier=context.definition.id if context.definition is not None else snapshot.name,
        scheme=scheme.id if scheme is not None else NO_AUTHENTICATION.id,
        flags=flags,
        known=list_placeable(context),
        values=locate_withheld(context),
    )
    return Draft(snapshot.place.path, definitions=(_omit_stated(definition, context),))


def list_placeable(context: ConnectorContext) -> set[str]:
    """Return the names to which the placements of a connector may refer, apart from the secrets of its flags."""
    parameters = context.scheme.parameters if context.scheme is not None else ()
    variables = list_platform_variables(context.resolution.catalogue)
    return {*context.listed, *context.declared, *variables, *(parameter.name for parameter in parameters)}


def begin_definitions(context: ConnectorContext, reader: ConnectorReader) -> Draft:
    """Return a draft with the definition of a connector as its folder states it, and the outcome of each key.

    The draft has the scheme, too, if no source defines it. If the system cannot be read, it has the findings only.
    """
    snapshot, place = context.snapshot, context.snapshot.place
    if not naming.is_id(snapshot.name):
        return Draft(place.path, findings=(report_bad_id(snapshot.name, place),))
    if snapshot.system is None:
        return Draft(place.path, findings=snapshot.findings)
    scheme = _begin_scheme(context) if context.scheme is None and (context.auth or context.secrets) else None
    scheme_id = get_text(scheme.node.find("id")) if scheme is not None else None
    known = {*list_placeable(context), *(context.secrets if scheme is not None else context.by_flag)}
    withheld = locate_withheld(context).union(_list_credentials(context))
    definition = draft_definition(
        snapshot,
        reader,
        identifier=snapshot.name,
        scheme=scheme_id or context.scheme_id or NO_AUTHENTICATION.id,
        flags=tuple(flag.name for flag in context.flags),
        known=known,
        values=withheld,
    )
    slots = list_slots(snapshot, reader, known, withheld)
    outcomes = (*account_manifest(context, definition.node, withheld), *account_slots(snapshot.leaves, slots, withheld))
    definitions = (scheme, definition) if scheme is not None else (definition,)
    return Draft(place.path, definitions=definitions, findings=snapshot.findings, key_outcomes=outcomes)


def _list_credentials(context: ConnectorContext) -> Iterator[Place]:
    """Yield the places of the URLs in the manifest that contain a credential."""
    for role in context.snapshot.layout.endpoints:
        entry = context.snapshot.find_endpoint(role)
        address = get_text(entry.node) if entry is not None else None
        if entry is not None and address is not None and show_address(address) != address:
            yield entry.node.place


def _begin_scheme(context: ConnectorContext) -> DefinitionDraft:
    """Return the scheme that the manifest names, with the secrets that the templates use."""
    selector, snapshot = context.selector, context.snapshot
    known = match_selector(selector, context.platform)
    identifier = known or naming.make_id(context.auth or f"{snapshot.name}-auth")
    if context.resolution.catalogue.find_scheme(identifier) is not None:
        identifier = f"{snapshot.name}-{identifier}"
    others = context.by_flag.keys() | context.parameters_as_secrets
    secrets = [name for name in context.secrets if name not in others]
    return draft_scheme(identifier, _find_kind(known, context), selector, secrets, context.selector_place)


def _find_kind(scheme: str | None, context: ConnectorContext) -> Kind | None:
    """Return the kind of a scheme by its id on the platform, or by how the system authenticates; None if unclear."""
    kinds = dict.fromkeys(
        kind for _, kinds, _ in find_mechanisms(context.snapshot.leaves, context.platform) for kind in kinds
    )
    if Kind.OAUTH2_AUTHORIZATION_CODE in kinds and context.snapshot.find_endpoint("authorize") is not None:
        return Kind.OAUTH2_AUTHORIZATION_CODE
    if scheme is not None and scheme in set(Kind):
        return Kind(scheme)
    return next(iter(kinds)) if len(kinds) == 1 else None


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
