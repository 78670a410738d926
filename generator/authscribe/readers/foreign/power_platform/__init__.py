"""Power Platform: connectors as `apiProperties.json` has them, and the Swagger document that lies beside it.

The format is that of https://learn.microsoft.com/connectors/custom-connectors/ and of the connectors in
https://github.com/microsoft/PowerPlatformConnectors. The platform makes connections from `apiProperties.json`; to it,
the security of the Swagger document only says where a key goes.
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
    text_of,
)
from authscribe.readers.foreign import openapi
from authscribe.readers.foreign.openapi.methods import find_first_components
from authscribe.readers.foreign.power_platform.connection import Connection, find_misshapen, read_connections
from authscribe.readers.foreign.power_platform.policies import Policies, read_policies
from authscribe.readers.foreign.power_platform.scheme import Surroundings, find_contradictions, make_scheme
from authscribe.readers.foreign.scheme_lists import MethodIds, make_method_ids
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_NAME: Final = "apiproperties.json"
_MARKS: Final = ("connectionParameters", "connectionParameterSets", "iconBrandColor", "policyTemplateInstances")


def recognises(path: str, node: MapNode) -> bool:
    """Whether the document has the name, or the shape, of the properties of a connector."""
    properties = node.find("properties")
    if not isinstance(properties, MapNode):
        return False
    return PurePath(path).name.lower() == _NAME or any(properties.find(key) is not None for key in _MARKS)


def draft(path: str, node: MapNode) -> Draft:
    """One connector, named after its folder; its sets of parameters are its methods.

    Where the format is asked for by name, the Swagger document of a connector comes here as well.
    """
    if PurePath(path).name.lower() == openapi.COMPANION:
        return openapi.draft(path, node)
    return _draft(path, node, None)


def together(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts, in which the two documents of each connector have been read in the light of each other.

    Where `apiProperties.json` asks for any parameter, it alone says how the connector authenticates, since the
    platform makes connections from it; the Swagger document says what the connector is called, where it is, and where
    a key goes. Beside properties that ask for nothing, and alone, a Swagger document is read as any other.
    """
    folders: dict[PurePath, dict[str, MapNode]] = {}
    for one in drafts:
        if one.document is not None:
            path = PurePath(one.path)
            folders.setdefault(path.parent, {})[path.name.lower()] = one.document
    return tuple(_beside(one, folders.get(PurePath(one.path).parent, {})) for one in drafts)


def _beside(one: Draft, folder: Mapping[str, MapNode]) -> Draft:
    properties, swagger = folder.get(_NAME), folder.get(openapi.COMPANION)
    if one.document is None or properties is None or swagger is None:
        return one
    if one.document is properties:
        return _draft(one.path, properties, swagger)
    inner = properties.find("properties")
    is_based = isinstance(inner, MapNode) and read_policies(inner).base is not None
    share = openapi.Share(security=not _asks(_connections(TrackedMapping(properties))), base=not is_based)
    return openapi.draft_share(one.path, swagger, share)


def _asks(found: Iterable[Connection]) -> bool:
    """Whether a connection asks for any parameter."""
    return any(connection.parameters for connection in found)


def _connections(document: TrackedMapping) -> tuple[Connection, ...]:
    return tuple(read_connections(document.child("properties")))


def _draft(path: str, node: MapNode, swagger: MapNode | None) -> Draft:
    document = TrackedMapping(node)
    found = tuple(_definitions(path, document, swagger))
    return Draft(
        path,
        definitions=tuple(item for item in found if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in found if isinstance(item, Finding)),
        key_outcomes=tuple(document.key_outcomes),
        document=node if PurePath(path).name.lower() == _NAME else None,
    )


def _definitions(path: str, document: TrackedMapping, swagger: MapNode | None) -> Iterator[DefinitionDraft | Finding]:
    name = _name(path, document.node, swagger)
    identifier = naming.make_id(name)
    if not naming.is_id(identifier):
        yield report_bad_id(name, document.place)
        return
    inner = document.node.find("properties")
    found = _connections(document)
    around = Surroundings(
        identifier,
        read_policies(inner) if isinstance(inner, MapNode) else Policies(),
        find_first_components(swagger) if swagger is not None else (),
        frozenset(name for connection in found for name in connection.parameters),
    )
    yield from find_misshapen(document.child("properties"))
    ids = tuple(_ids(identifier, found))
    is_told_elsewhere = swagger is not None and not _asks(found)
    if not is_told_elsewhere:
        yield from _schemes(found, ids, around)
    base = around.policies.base
    node = make_map(
        document.place,
        id=identifier,
        title=name if swagger is None else None,
        **({} if is_told_elsewhere else _choice(found, ids)),
        endpoints=make_map(base.place, base=base.address(around.wire)) if base is not None else None,
        extras=document.leftovers(),
    )
    yield DefinitionDraft(Noun.CONNECTOR, node)


def _schemes(
    found: Sequence[Connection], ids: Sequence[MethodIds], around: Surroundings
) -> Iterator[DefinitionDraft | Finding]:
    schemes = [make_scheme(one, taken.scheme, around) for one, taken in zip(found, ids, strict=True)]
    yield from dict.fromkeys(finding for one in schemes for finding in one.findings)
    yield from find_contradictions(found, around)
    yield from (DefinitionDraft(Noun.SCHEME, one.node) for one in schemes)


def _name(path: str, node: MapNode, swagger: MapNode | None) -> str:
    """That of the folder, as for the Swagger document; in no folder the best there is."""
    if swagger is not None:
        info = swagger.find("info")
        title = text_of(info.find("title")) if isinstance(info, MapNode) else None
    else:
        properties = node.find("properties")
        title = text_of(properties.find("stackOwner")) if isinstance(properties, MapNode) else None
    return openapi.name_connector(PurePath(path).with_name(openapi.COMPANION).as_posix(), title or "")


def _ids(identifier: str, found: Sequence[Connection]) -> Iterator[MethodIds]:
    """A connector with one way has one scheme, of its own name."""
    taken: list[MethodIds] = []
    for connection in found:
        chosen = make_method_ids(identifier, connection.label, taken)
        taken.append(chosen)
        yield chosen if len(found) > 1 else MethodIds(chosen.method, identifier)


def _choice(found: Sequence[Connection], ids: Sequence[MethodIds]) -> dict[str, Node | Value]:
    if len(ids) == 1:
        return {"scheme": ids[0].scheme}
    nodes = (
        make_map(
            one.place,
            id=taken.method,
            title=one.title,
            schemes=ListNode((ScalarNode(taken.scheme, one.place),), one.place),
        )
        for one, taken in zip(found, ids, strict=True)
    )
    return {"methods": ListNode(tuple(nodes), found[0].place)}
