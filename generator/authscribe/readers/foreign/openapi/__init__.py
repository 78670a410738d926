"""OpenAPI: documents of version 2.0 (Swagger) to 3.2, and the ways to authenticate that they state.

Facts are those of the OpenAPI Specification 2.0, 3.0.4, 3.1.1 and 3.2.0 (https://spec.openapis.org/oas/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.wrong_value import report_unknown_value
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, MapNode, Node, Noun, ScalarNode, text_of
from authscribe.model.strict import TEXT_LIMIT
from authscribe.readers.foreign.openapi.methods import Security
from authscribe.readers.foreign.openapi.servers import Server, find_server
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

COMPANION: Final = "apidefinition.swagger.json"
"""The name of the document of every Power Platform connector, in lower case: its folder is what has a name."""

_VERSIONS: Final = ("2.0", "3.0", "3.1", "3.2")
_KNOWN: Final = re.compile(r"2(?:\.0)?|3\.[012](?:\.[0-9]+(?:-.+)?)?")


@dataclass(frozen=True, slots=True)
class Share:
    """What a document has to say of its connector, where another document says the rest."""

    security: bool = True
    base: bool = True


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Whether the document says which version of OpenAPI, or of Swagger before it, it is written in."""
    return isinstance(_version(node), ScalarNode)


def draft(path: str, node: MapNode) -> Draft:
    """One connector, with a scheme for each security scheme and each flow in it.

    The requirements of the whole document are the connector's methods, and the schemes in one requirement are used
    together. Where the document has none, those of its operations count; where these have none either, every
    declared scheme is taken as a method. A scheme of OAuth with several flows is as many schemes of ours, since a
    flow has addresses and secrets of its own.
    """
    return draft_share(path, node, Share())


def draft_share(path: str, node: MapNode, share: Share) -> Draft:
    """The same for a document that says only its share; the rest of it is kept verbatim."""
    version = _version(node)
    if not isinstance(version, ScalarNode) or not _KNOWN.fullmatch(str(version.value)):
        return Draft(path, findings=(_unknown_version(node, version),))
    document = TrackedMapping(node)
    found = tuple(_definitions(path, document, share))
    return Draft(
        path,
        definitions=tuple(item for item in found if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in found if isinstance(item, Finding)),
        key_outcomes=tuple(document.key_outcomes),
        document=node if PurePath(path).name.lower() == COMPANION else None,
    )


def _unknown_version(node: MapNode, version: Node | None) -> Finding:
    if version is None:
        return report_missing_key("openapi", node.place)
    stated = str(version.value) if isinstance(version, ScalarNode) else ""
    return report_unknown_value(_version_key(node), stated, version.place, _VERSIONS)


def _version_key(node: MapNode) -> str:
    return "openapi" if node.find("openapi") is not None else "swagger"


def _version(node: MapNode) -> Node | None:
    """YAML takes an unquoted version for a number."""
    return node.find(_version_key(node))


def _definitions(path: str, document: TrackedMapping, share: Share) -> Iterator[DefinitionDraft | Finding]:
    info = document.child("info")
    title = info.take_text("title")
    place = title.place if title is not None else document.place
    name = name_connector(path, str(title.value) if title is not None else "")
    identifier = naming.make_id(name)
    if not naming.is_id(identifier):
        yield report_bad_id(name, place)
        return
    server = find_server(document) if share.base else Server()
    stated = Security.of(document, identifier, server.names) if share.security else None
    yield from (*server.findings, *(stated.findings if stated is not None else ()))
    yield from (DefinitionDraft(Noun.SCHEME, node) for node in (stated.nodes() if stated is not None else ()))
    node = make_map(
        place,
        id=ScalarNode(identifier, place),
        title=title,
        summary=_summary(info),
        docs=document.child("externalDocs").take_text("url"),
        **(stated.choice(place) if stated is not None else {}),
        parameters=server.parameters(stated.wires if stated is not None else ()),
        endpoints=make_map(place, base=server.endpoint) if server.endpoint is not None else None,
        extras=document.leftovers(),
    )
    yield DefinitionDraft(Noun.CONNECTOR, node)


def name_connector(path: str, title: str) -> str:
    """What the connector of a document is called: the first name of which an id can be made."""
    file = PurePath(path)
    folder = file.parent.name if file.name.lower() == COMPANION else ""
    return next((name for name in (folder, title) if naming.make_id(name)), file.stem)


def _summary(info: TrackedMapping) -> ScalarNode | None:
    """The description, else the summary that versions from 3.1 on may have; text that is too long stays."""
    for key in ("description", "summary"):
        value = text_of(info.peek(key))
        if value is not None and value.strip() and len(value) <= TEXT_LIMIT:
            return info.take_text(key)
    return None
