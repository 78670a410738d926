"""Draft the connector of an Airbyte document, and its schemes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.unread_expression import report_assumed_condition
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, Entry, MapNode, Noun, ScalarNode, get_text
from authscribe.readers.foreign.airbyte.addresses import Assumption
from authscribe.readers.foreign.airbyte.advanced_auth import OAuthFlow, find_key
from authscribe.readers.foreign.airbyte.auth_specification import read_flow_condition, read_flow_of
from authscribe.readers.foreign.airbyte.authenticators import find_unknown_types
from authscribe.readers.foreign.airbyte.base_address import BaseAddress, find_base_address, find_unread_address
from authscribe.readers.foreign.airbyte.manifest import Manifest
from authscribe.readers.foreign.airbyte.methods import AuthMethod, declare_names, read_methods
from authscribe.readers.foreign.airbyte.scheme import draft_scheme
from authscribe.readers.foreign.airbyte.second_specification import compare_specifications
from authscribe.readers.foreign.airbyte.shape import FILE_STEMS, SCHEMA, SPECIFICATION, has_schema
from authscribe.readers.foreign.airbyte.specification import list_defaults, list_only_values
from authscribe.readers.foreign.alternatives import EXCESS
from authscribe.readers.foreign.tracking import TrackedMapping, collect_draft, make_list, make_map

_COMMON_FOLDERS: Final = frozenset({"src", "main", "resources", "integration_tests", "unit_tests"})
"""Folders that every Airbyte connector has, which therefore name none."""


@dataclass(frozen=True, slots=True)
class _ConnectorSources:
    """Documents of a connector, and the parts of them that define it."""

    document: TrackedMapping
    spec: TrackedMapping
    schema: TrackedMapping
    separate_spec: TrackedMapping | None
    identifier: ScalarNode

    @property
    def place(self) -> Place:
        return self.identifier.place


def draft_connector(path: str, node: MapNode, separate_spec: TrackedMapping | None = None) -> Draft:
    """Return the connector of a document, with a scheme for each way to authenticate.

    `separate_spec` is the document with the specification beside this one, if there is one.
    """
    document = TrackedMapping(node)
    manifest = Manifest(document)
    manifest.withhold_literal_secrets()
    has_own = has_schema(document.node) or has_schema(document.child(SPECIFICATION).node)
    whole = document if has_own else separate_spec or document
    spec = whole if has_schema(whole.node) else whole.child(SPECIFICATION)
    schema = spec.child(find_key(spec, SCHEMA))
    name = _find_name(path, has_settings=has_schema(spec.node)) or get_text(schema.peek("title"))
    identifier = naming.make_id(name or PurePath(path).stem)
    if not naming.is_id(identifier):
        return Draft(path, findings=(report_bad_id(identifier, node.place),))
    # The id comes from the path: its place is the beginning of the file.
    id_node = ScalarNode(identifier, Place(path, 1, 1, 1, 2))
    second = separate_spec if has_own else None
    contradictions = tuple(compare_specifications(identifier, spec, second)) if second is not None else ()
    sources = _ConnectorSources(document, spec, schema, separate_spec, id_node)
    # Before the leftovers are kept: looking into an empty mapping takes it.
    findings = (*contradictions, *find_unknown_types(manifest))
    return collect_draft(path, (*findings, *_draft_definitions(sources, manifest)), document)


def _find_name(path: str, *, has_settings: bool) -> str | None:
    """Return the name of a connector: that of its file, or of the nearest folder that tells connectors apart.

    A manifest without settings gets a name of its own: a file beside it may define the connector.
    """
    file = PurePath(path)
    if file.stem not in FILE_STEMS:
        return file.stem
    folders = (part for part in reversed(file.parts[:-1]) if part not in _COMMON_FOLDERS)
    name = next((part for part in folders if naming.make_id(part)), None)
    return name if has_settings or name is None else f"{name}-{file.stem}"


def _draft_definitions(sources: _ConnectorSources, manifest: Manifest) -> Iterator[DefinitionDraft | Finding]:
    condition = read_flow_condition(sources.spec, sources.schema)
    methods = read_methods(str(sources.identifier.value), sources.schema, manifest, condition)
    if isinstance(methods, Finding):
        for each in filter(None, (sources.document, sources.separate_spec)):
            each.abandon(EXCESS)
        yield methods
        return
    authorised = tuple(method for method in methods if method.has_flow)
    flow = read_flow_of(condition, _list_common_defaults(authorised)) if authorised else None
    title = sources.schema.peek("title")
    base = find_base_address(manifest.prefer(_list_common_defaults(methods)))
    if base is not None:
        methods = declare_names(methods, base.chosen, base.place)
    for method in methods:
        scheme = draft_scheme(method, flow if method.has_flow else None, title, sources.place)
        yield DefinitionDraft(Noun.SCHEME, scheme)
    unread = find_unread_address(manifest) if base is None else None
    findings = (unread, *_report_addresses(methods, base, flow))
    yield from dict.fromkeys(finding for finding in findings if finding is not None)
    yield DefinitionDraft(Noun.CONNECTOR, _make_connector(sources, methods, base))


def _report_addresses(
    methods: tuple[AuthMethod, ...], base: BaseAddress | None, flow: OAuthFlow | None
) -> Iterator[Finding]:
    """Yield a finding for each address that is another one if settings have other values, or is not understood."""
    if base is not None:
        yield from _report_open(base.chosen.list_assumptions(base.key, base.place), methods)
    if flow is not None:
        yield from _report_open(flow.assumptions, tuple(method for method in methods if method.has_flow))
    for method in methods:
        for mechanism in method.mechanisms:
            yield from (*mechanism.unread, *_report_open(mechanism.assumptions, (method,)))


def _report_open(assumptions: Iterable[Assumption], methods: tuple[AuthMethod, ...]) -> Iterator[Finding]:
    fixed = _list_fixed(methods)
    defaults = _list_common_defaults(methods)
    for key, conditions, place in assumptions:
        if not conditions <= fixed:
            has_defaults = all(defaults.get(name) is not None for name in conditions - fixed)
            yield report_assumed_condition(key, conditions - fixed, place, has_defaults=has_defaults)


def _list_fixed(methods: tuple[AuthMethod, ...]) -> set[str]:
    """Return the settings that can have only one value, which is the same in all methods."""
    first, *others = (list_only_values(method.settings) for method in methods)
    return {name for name, value in first.items() if value is not None and all(o.get(name) == value for o in others)}


def _make_connector(sources: _ConnectorSources, methods: tuple[AuthMethod, ...], base: BaseAddress | None) -> MapNode:
    place = sources.place
    nodes = tuple(
        make_map(
            place,
            id=method.ids.method,
            title=method.title,
            schemes=make_list((ScalarNode(method.ids.scheme, place),), place),
        )
        for method in methods
    )
    is_single = len(methods) == 1
    return make_map(
        place,
        id=sources.identifier,
        title=sources.schema.take_text("title"),
        summary=sources.document.take_text("description"),
        docs=sources.spec.take_text(find_key(sources.spec, "documentation_url")),
        scheme=sources.identifier if is_single else None,
        methods=None if is_single else make_list(nodes, place),
        endpoints=None if base is None else make_map(place, base=base.chosen.to_endpoint(place)),
        extras=_keep_leftovers(sources),
    )


def _list_common_defaults(methods: tuple[AuthMethod, ...]) -> dict[str, object]:
    """Return the default of each setting by its name; None if it has none, or another one in another method."""
    common: dict[str, object] = {}
    for method in methods:
        for name, default in list_defaults(method.settings).items():
            common[name] = default if common.get(name, default) == default else None
    return common


def _keep_leftovers(sources: _ConnectorSources) -> MapNode | None:
    """Return what is left over; that of a separate specification is put where a manifest would have it.

    Beside a specification of the manifest's own, it is put under the name of its file.
    """
    own = sources.document.leftovers()
    separate = sources.separate_spec.leftovers() if sources.separate_spec is not None else None
    entries = own.entries if own is not None else ()
    if separate is not None:
        has_own = sources.document.peek(SPECIFICATION) is not None
        key = PurePath(separate.place.path).name if has_own else SPECIFICATION
        entries = (*entries, Entry(key, separate.place, separate))
    return MapNode(entries, sources.place) if entries else None
