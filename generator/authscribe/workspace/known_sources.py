"""Keep what a run finds out about sources that hold nothing but connectors, so that later runs need not read them.

Nothing else depends on a connector, and a connector depends only on the configuration and on all other sources: the
context. So the cache keeps the resolved connectors of such a source, with the findings about them, under its content.
They are valid as long as the context is the same. All other sources are read in each run.

A source is not kept if one of its connectors may have to do with another one: if both state one id, if one replaces the
other, or if a finding about it has labels, which show other places. Neither is one that has facts from other files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.findings.finding import FINDING_TYPES, DefinitionError, Finding, Place
from authscribe.findings.source_lines import quoting
from authscribe.model.definitions import Connector
from authscribe.model.draft import Draft, Noun, get_text
from authscribe.model.validation import encode_node
from authscribe.readers.pasted_secrets import withhold_secrets
from authscribe.readers.registry import read_source
from authscribe.readers.text import decode
from authscribe.resolve.known import KnownConnector, KnownConnectors
from authscribe.resolve.merge import locate_value
from authscribe.resolve.names import index_names
from authscribe.resolve.repetitions import Use, list_uses
from authscribe.resolve.resolver import Resolution
from authscribe.runtime import cache, plugins
from authscribe.runtime.bundles import lookup_together, replace_entries
from authscribe.runtime.codec import dump_record, parse_record
from authscribe.runtime.installation import identify_build
from authscribe.runtime.lazy import LazyMapping
from authscribe.workspace.load import LoadedSources, load_workspace
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.sources import SourceFile
from authscribe.workspace.workspace import Workspace


class _StoredConnector(NamedTuple):
    """Everything about a known connector except for its definition."""

    sha256: str
    start: Place
    uses: tuple[Use, ...]


class _StoredSource(NamedTuple):
    """Connectors of a source in a context, the findings about them, and those about values if they are known.

    The definition of each connector follows on a line of its own: a text inside of another one takes longer to read.
    """

    context: str
    connectors: tuple[_StoredConnector, ...]
    findings: tuple[Finding, ...]
    value_findings: tuple[Finding, ...] | None


class _KnownSource(NamedTuple):
    """What the cache has of a source, with its resolved connectors."""

    file: SourceFile
    stored: _StoredSource
    connectors: tuple[KnownConnector, ...]


_STORED_TYPES: Final = (_StoredConnector, Use, *FINDING_TYPES)


def resolve_changes(workspace: Workspace) -> tuple[LoadedSources, Resolution]:
    """Load and resolve the sources, without reading again those that are known; the result is the same.

    Raises DefinitionError with every mistake in the sources.
    """
    folder = _find_folder(workspace)
    if folder is not None:
        loaded = _load_unknown(workspace, folder)
        # A report of mistakes has the findings about all sources up to the stage that finds them.
        with suppress(DefinitionError):
            return loaded, resolve_sources(loaded, workspace)
    loaded = load_workspace(workspace)
    with quoting(loaded.texts, workspace.files):
        return loaded, resolve_sources(loaded, workspace)


def _find_folder(workspace: Workspace) -> Path | None:
    """Return the folder of the cache, unless the run may leave out schemes on which connectors depend."""
    return None if workspace.keep_going else workspace.cache


# Recall


def _load_unknown(workspace: Workspace, folder: Path) -> LoadedSources:
    """Load the sources that are not known, or all of them if they do not fit the known ones."""
    known = _find_known(workspace, folder)
    loaded = load_workspace(workspace, [file for file in workspace.sources if file.path not in known])
    if not known:
        return loaded
    context = _identify_context(workspace, loaded)
    is_valid = not loaded.has_references and all(source.stored.context == context for source in known.values())
    if not is_valid or _have_common_names(known.values(), loaded.drafts):
        return load_workspace(workspace)
    return _join(known, loaded, workspace)


def _find_known(workspace: Workspace, folder: Path) -> dict[str, _KnownSource]:
    """Return the sources of which the cache has the content, by path."""
    files = {_make_key(file, workspace): file for file in workspace.sources}
    known = {}
    for key, value in lookup_together(folder, tuple(files)).items():
        with suppress(*cache.BAD_FORM):
            known[files[key].path] = _parse_source(files[key], value)
    return known


def _make_key(file: SourceFile, workspace: Workspace) -> str:
    content = workspace.contents.read(file).sha256
    return cache.make_key(("connectors", identify_build(), file.path, file.format or "", content))


def _parse_source(file: SourceFile, value: bytes) -> _KnownSource:
    record, *definitions = value.split(b"\n")
    stored = parse_record(record, _StoredSource, _STORED_TYPES)
    connectors = map(Connector.model_validate_json, definitions)
    known = (KnownConnector(connector, *each) for connector, each in zip(connectors, stored.connectors, strict=True))
    return _KnownSource(file, stored, tuple(known))


def _identify_context(workspace: Workspace, loaded: LoadedSources) -> str:
    """Return a digest of everything on which connectors depend, except for other connectors."""
    paths = {draft.path for draft in loaded.drafts if not _has_only_connectors(draft)}
    sources = ((file.path, loaded.inputs.get(file.key, "")) for file in workspace.sources if file.path in paths)
    settings = cache.describe_settings(workspace.configuration), workspace.platform
    return cache.make_key((plugins.identify_plugins(), *settings, *chain.from_iterable(sources)))


def _has_only_connectors(draft: Draft) -> bool:
    is_plain = not (draft.is_page or draft.key_outcomes or draft.document)
    return is_plain and {definition.noun for definition in draft.definitions} == {Noun.CONNECTOR}


def _have_common_names(known: Iterable[_KnownSource], drafts: Iterable[Draft]) -> bool:
    names = Counter(name for source in known for each in source.connectors for name in each.connector.all_ids)
    names.update(name for draft in drafts for name in _list_names(draft))
    return names.total() > len(names)


def _list_names(draft: Draft) -> Iterator[str]:
    """Yield every name of a connector in a draft."""
    for definition in draft.select(Noun.CONNECTOR):
        yield from index_names({get_text(definition.node.find("id")) or "": definition.node})[0]


def _join(known: Mapping[str, _KnownSource], loaded: LoadedSources, workspace: Workspace) -> LoadedSources:
    """Return the loaded sources with the known ones, whose texts and drafts are read only if somebody asks for them."""
    files = [source.file for source in known.values()]
    checked = [source for source in known.values() if source.stored.value_findings is not None]

    def read_text(path: str) -> str:
        return withhold_secrets(_decode(known[path].file, workspace)) if path in known else loaded.texts[path]

    return loaded._replace(
        texts=LazyMapping((*loaded.texts, *known), read_text),
        inputs={**loaded.inputs, **{file.key: workspace.contents.read(file).sha256 for file in files}},
        known=KnownConnectors(
            connectors={each.connector.id: each for source in known.values() for each in source.connectors},
            findings=tuple(finding for source in known.values() for finding in source.stored.findings),
            checked={each.connector.id for source in checked for each in source.connectors},
            value_findings=tuple(finding for source in checked for finding in source.stored.value_findings or ()),
            drafts=LazyMapping(known, lambda path: _read_draft(known[path].file, workspace)),
        ),
    )


def _read_draft(file: SourceFile, workspace: Workspace) -> Draft:
    return read_source(file.path, _decode(file, workspace), file.format, wording=workspace.configuration.wording)


def _decode(file: SourceFile, workspace: Workspace) -> str:
    data = workspace.contents.read(file).data
    return decode(file.path, data).text if isinstance(data, bytes) else ""


# Store


def store_sources(
    workspace: Workspace, loaded: LoadedSources, resolution: Resolution, value_findings: Sequence[Finding] | None
) -> None:
    """Store what a run has found out about sources that are not known, if it has a cache.

    `value_findings` are the findings about values in definitions; None if the run did not look for them.
    """
    folder = _find_folder(workspace)
    # Files to which sources refer may be deleted, and are no part of the context.
    if folder is None or loaded.has_references:
        return
    context = _identify_context(workspace, loaded)
    groups = _group_by_path(resolution.findings)
    value_groups = None if value_findings is None else _group_by_path(value_findings)
    files = {file.path: file for file in workspace.sources}

    def dump(path: str, identifiers: Iterable[str]) -> bytes:
        source = _StoredSource(
            context=context,
            connectors=tuple(_describe(identifier, resolution) for identifier in identifiers),
            findings=tuple(groups.get(path, ())),
            value_findings=None if value_groups is None else tuple(value_groups.get(path, ())),
        )
        definitions = (encode_node(resolution.connectors[identifier]) for identifier in identifiers)
        return b"\n".join((dump_record(source), *map(str.encode, definitions)))

    unstored = _list_unstored(loaded, resolution, value_findings).items()
    if unstored:
        # A source has the same key in another context.
        keys = {path: _make_key(file, workspace) for path, file in files.items()}
        replace_entries(folder, keys.values(), ((keys[path], dump(path, each)) for path, each in unstored))


def _group_by_path(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.place.path, []).append(finding)
    return groups


def _describe(identifier: str, resolution: Resolution) -> _StoredConnector:
    catalogue, node = resolution.catalogue, resolution.connectors[identifier]
    sha256 = catalogue.identify(catalogue.get_connector(identifier))
    return _StoredConnector(sha256, locate_value(node, "id"), tuple(list_uses(node)))


def _list_unstored(
    loaded: LoadedSources, resolution: Resolution, value_findings: Sequence[Finding] | None
) -> dict[str, list[str]]:
    """Return the ids of the connectors in each source that can be kept, and of which the cache lacks something."""
    known = resolution.known
    ids = {draft.path: list(_list_ids(draft)) for draft in loaded.drafts}
    statements = Counter(chain.from_iterable(ids.values()))
    unstored = {draft.path: ids[draft.path] for draft in loaded.drafts if _has_only_connectors(draft)}
    if value_findings is not None:
        for identifier in known.connectors.keys() - known.checked:
            unstored.setdefault(known.connectors[identifier].start.path, []).append(identifier)
    together = set(_list_mentioned_together((*resolution.findings, *(value_findings or ())), resolution))
    return {
        path: identifiers
        for path, identifiers in unstored.items()
        if path not in together
        and all(statements[each] < 2 and _is_independent(each, path, resolution) for each in identifiers)
    }


def _list_ids(draft: Draft) -> Iterator[str]:
    return (get_text(definition.node.find("id")) or "" for definition in draft.select(Noun.CONNECTOR))


def _list_mentioned_together(findings: Iterable[Finding], resolution: Resolution) -> Iterator[str]:
    """Yield each path that a finding mentions beside another place, and that of a connector with findings elsewhere."""
    for finding in findings:
        if finding.labels:
            yield from (place.path for place in finding.places)
        start = resolution.locate_connector(finding.connector) if finding.connector is not None else None
        if start is not None and start.path != finding.place.path:
            yield start.path


def _is_independent(identifier: str, path: str, resolution: Resolution) -> bool:
    """Return whether a connector is at this path, and is replaced by no other one."""
    connector, start = resolution.catalogue.find_connector(identifier), resolution.locate_connector(identifier)
    is_there = start is not None and start.path == path
    return is_there and connector is not None and connector.successor is None
