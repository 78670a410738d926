"""Read Power Platform connectors: `apiProperties.json`, and the Swagger document beside it.

The format is that of https://learn.microsoft.com/connectors/custom-connectors/ and of the connectors in
https://github.com/microsoft/PowerPlatformConnectors. Custom connectors of Logic Apps are resources in Azure, which hold
both documents. The platform makes connections from `apiProperties.json`; it uses the security of the Swagger document
only to place a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.model import naming
from authscribe.model.draft import (
    DefinitionDraft,
    Draft,
    ListNode,
    MapNode,
    Node,
    Noun,
    ScalarNode,
    Value,
    get_text,
)
from authscribe.readers.foreign import openapi
from authscribe.readers.foreign.alternatives import EXCESS, find_excess
from authscribe.readers.foreign.connector_names import choose_names, report_names
from authscribe.readers.foreign.openapi.methods import list_alternatives
from authscribe.readers.foreign.openapi.references import Document, find_nothing
from authscribe.readers.foreign.power_platform.connection import (
    PROPERTIES,
    Connection,
    find_misplaced,
    find_misshapen,
    read_connections,
)
from authscribe.readers.foreign.power_platform.deployment import (
    is_deployment,
    list_custom_apis,
    list_names,
    read_template,
)
from authscribe.readers.foreign.power_platform.policies import read_policies, withhold_literals
from authscribe.readers.foreign.power_platform.scheme import PlatformContext, draft_scheme, find_contradictions
from authscribe.readers.foreign.scheme_lists import MethodIds, make_method_ids
from authscribe.readers.foreign.tracking import TrackedMapping, collect_draft, make_map

_FILE_NAME: Final = "apiproperties.json"
_SETTINGS_NAME: Final = "settings.json"
_SETTINGS_KEYS: Final = ("apiDefinition", "apiProperties", "connectorId")
"""Keys of the settings that the command-line tool `paconn` keeps beside the documents of a connector."""

_TYPICAL_KEYS: Final = (
    "connectionParameters",
    "connectionParameterSets",
    "iconBrandColor",
    "policyTemplateInstances",
)


def recognises(path: str, node: MapNode) -> bool:
    """Return whether the document is that of a connector's properties by name or shape, or the settings of its tool."""
    if _is_tool_settings(path, node) or is_deployment(node):
        return True
    properties = node.find("properties")
    if not isinstance(properties, MapNode):
        return False
    has_typical_key = any(properties.find(key) is not None for key in _TYPICAL_KEYS)
    return has_typical_key or PurePath(path).name.lower() == _FILE_NAME


def draft(path: str, node: MapNode) -> Draft:
    """Return one connector, named after its folder, with a method for each of its sets of parameters.

    If the user selects this format, the Swagger document of a connector arrives here as well. The settings of the
    vendor's tool for uploading define nothing.
    """
    if _is_tool_settings(path, node):
        return Draft(path)
    if PurePath(path).name.lower() == openapi.COMPANION:
        return openapi.draft(path, node)
    if is_deployment(node):
        return _draft_deployment(path, node)
    return _draft_properties(path, node, None, None)


def _is_tool_settings(path: str, node: MapNode) -> bool:
    return PurePath(path).name.lower() == _SETTINGS_NAME and any(node.find(key) is not None for key in _SETTINGS_KEYS)


def together(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return the drafts, reading the two documents of each connector again with knowledge of each other.

    If `apiProperties.json` asks for any parameter, it alone defines how the connector authenticates, since the platform
    makes connections from it; the Swagger document defines the name, the address, and the placement of a key. Beside
    properties that ask for no parameter, and by itself, a Swagger document is read as any other.
    """
    folders: dict[PurePath, dict[str, MapNode]] = {}
    representatives: dict[PurePath, str] = {}
    for draft in drafts:
        path = PurePath(draft.path)
        if draft.document is not None and path.name.lower() in (_FILE_NAME, openapi.COMPANION):
            folders.setdefault(path.parent, {})[path.name.lower()] = draft.document
            representatives.setdefault(path.parent, draft.path)
    documents = {path: tuple(folders[folder].values()) for folder, path in representatives.items()}
    candidates = [draft for draft in drafts if draft.path in documents or PurePath(draft.path).parent not in folders]
    names = choose_names(candidates, documents, lambda path: PurePath(path).parent)
    read = tuple(
        _read_again(draft, folders, names.get(_find_representative(draft, representatives))) for draft in drafts
    )
    return report_names(drafts, read, names)


def _find_representative(draft: Draft, representatives: Mapping[PurePath, str]) -> str:
    """Return the path of the draft that stands for all documents of a connector."""
    return representatives.get(PurePath(draft.path).parent, "")


def _read_again(draft: Draft, folders: Mapping[PurePath, Mapping[str, MapNode]], name: str | None) -> Draft:
    folder = folders.get(PurePath(draft.path).parent, {})
    properties, swagger = folder.get(_FILE_NAME), folder.get(openapi.COMPANION)
    is_alone = properties is None or swagger is None
    if draft.document is None or not folder or (is_alone and name is None):
        return draft
    if draft.document is properties:
        return _draft_properties(draft.path, properties, swagger, name)
    if draft.document is not swagger:
        return draft
    parts = _find_parts(properties, swagger) if properties is not None else openapi.DocumentParts()
    return openapi.draft_parts(draft.path, draft.document, parts, name=name)


def _find_parts(properties: MapNode, swagger: MapNode) -> openapi.DocumentParts:
    """Return the parts of a Swagger document that count beside the properties of its connector."""
    has_base = read_policies(properties.find("properties"), swagger).base is not None
    has_security = _have_parameters(_list_connections(TrackedMapping(properties)))
    return openapi.DocumentParts(security=not has_security, base_address=not has_base)


def _have_parameters(connections: Iterable[Connection]) -> bool:
    return any(connection.parameters for connection in connections)


def _list_connections(document: TrackedMapping) -> tuple[Connection, ...]:
    return tuple(read_connections(document))


def _draft_properties(path: str, node: MapNode, swagger: MapNode | None, name: str | None) -> Draft:
    document = TrackedMapping(node)
    title = _find_name(path, node, swagger)
    items = tuple(_draft_definitions(document, swagger, title, name or title))
    return Draft(
        path,
        definitions=tuple(item for item in items if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in items if isinstance(item, Finding)),
        key_outcomes=tuple(document.key_outcomes),
        document=node if PurePath(path).name.lower() == _FILE_NAME else None,
    )


def _draft_deployment(path: str, node: MapNode) -> Draft:
    """Return the draft of a template for Azure; what else it deploys may be anything, and is not kept."""
    template = read_template(node)
    items = [item for resource in list_custom_apis(template) for item in _draft_resource(path, resource)]
    if not template.is_finished:
        template.abandon("it is not a part of a connector")
    return collect_draft(path, items, template)


def _draft_resource(path: str, resource: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    """Yield the definitions of a resource, whose Swagger document counts as the one beside properties does."""
    swagger = resource.child(PROPERTIES).child("swagger")
    has_swagger = openapi.recognises(path, swagger.node)
    names = (*list_names(resource.node), openapi.name_connector(path, ""))
    name = next((each for each in names if naming.is_id(naming.make_id(each))), names[-1])
    if has_swagger:
        source = Document(path, swagger.node, find_nothing)
        yield from openapi.draft_definitions(source, swagger, _find_parts(resource.node, swagger.node), name)
    yield from _draft_definitions(resource, swagger.node if has_swagger else None, name, name)


def _draft_definitions(
    document: TrackedMapping, swagger: MapNode | None, title: str, name: str
) -> Iterator[DefinitionDraft | Finding]:
    identifier = naming.make_id(name)
    if not naming.is_id(identifier):
        yield report_bad_id(name, document.place)
        return
    connections = _list_connections(document)
    context = PlatformContext(
        identifier,
        read_policies(document.node.find("properties"), swagger),
        list_alternatives(swagger) if swagger is not None else (),
        connections,
        swagger is not None,
    )
    yield from (*find_misplaced(document), *find_misshapen(document))
    excess = find_excess(document.place, len(connections), context.count_shared())
    if excess is not None:
        document.abandon(EXCESS)
        yield excess
        return
    ids = tuple(_make_ids(identifier, connections))
    is_defined_by_swagger = swagger is not None and not _have_parameters(connections)
    if not is_defined_by_swagger:
        yield from _draft_schemes(connections, ids, context)
    base = context.policies.base
    withhold_literals(document.child("properties"))
    connector = make_map(
        document.place,
        id=identifier,
        title=title if swagger is None else None,
        **({} if is_defined_by_swagger else _draft_choice(connections, ids)),
        endpoints=make_map(base.place, base=base.to_endpoint(context.find_wire)) if base is not None else None,
        extras=document.leftovers(),
    )
    yield DefinitionDraft(Noun.CONNECTOR, connector)


def _draft_schemes(
    connections: Sequence[Connection], ids: Sequence[MethodIds], context: PlatformContext
) -> Iterator[DefinitionDraft | Finding]:
    schemes = [draft_scheme(connection, own.scheme, context) for connection, own in zip(connections, ids, strict=True)]
    yield from dict.fromkeys(finding for scheme in schemes for finding in scheme.findings)
    yield from find_contradictions(context)
    yield from (DefinitionDraft(Noun.SCHEME, scheme.node) for scheme in schemes)


def _find_name(path: str, node: MapNode, swagger: MapNode | None) -> str:
    """Return the name of the folder, as for the Swagger document; without a folder, the title or the owner."""
    if swagger is not None:
        info = swagger.find("info")
        title = get_text(info.find("title")) if isinstance(info, MapNode) else None
    else:
        properties = node.find("properties")
        title = get_text(properties.find("stackOwner")) if isinstance(properties, MapNode) else None
    # For this file name, the folder counts first.
    return openapi.name_connector(PurePath(path).with_name(openapi.COMPANION).as_posix(), title or "")


def _make_ids(connector_id: str, connections: Sequence[Connection]) -> Iterator[MethodIds]:
    """Yield ids for each connection; the scheme of an only connection has the id of the connector."""
    for ids in make_method_ids(connector_id, (connection.label for connection in connections)):
        yield ids if len(connections) > 1 else MethodIds(ids.method, connector_id)


def _draft_choice(connections: Sequence[Connection], ids: Sequence[MethodIds]) -> dict[str, Node | Value]:
    """Return the `scheme` or `methods` of the connector."""
    if len(ids) == 1:
        return {"scheme": ids[0].scheme}
    methods = (
        make_map(
            connection.place,
            id=own.method,
            title=connection.title,
            schemes=ListNode((ScalarNode(own.scheme, connection.place),), connection.place),
        )
        for connection, own in zip(connections, ids, strict=True)
    )
    return {"methods": ListNode(tuple(methods), connections[0].place)}
