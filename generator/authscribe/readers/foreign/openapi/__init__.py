"""Read OpenAPI documents of version 2.0 (Swagger) to 3.2, and how they authenticate.

Facts are those of the OpenAPI Specification 2.0, 3.0.4, 3.1.1 and 3.2.0 (https://spec.openapis.org/oas/).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.wrong_value import report_unknown_value
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, MapNode, Node, Noun, ScalarNode, get_text
from authscribe.model.strict import TEXT_LIMIT
from authscribe.readers.foreign.connector_names import choose_names, report_names
from authscribe.readers.foreign.openapi.descriptions import take_description
from authscribe.readers.foreign.openapi.hosts import find_server
from authscribe.readers.foreign.openapi.literal_values import withhold_values
from authscribe.readers.foreign.openapi.methods import ApiSecurity
from authscribe.readers.foreign.openapi.references import (
    Document,
    FindDocument,
    find_nothing,
    list_references,
    resolve_path,
)
from authscribe.readers.foreign.openapi.servers import Server
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

COMPANION: Final = "apidefinition.swagger.json"
"""File name, in lower case, of the document of every Power Platform connector: only its folder tells it apart."""

_VERSIONS: Final = ("2.0", "3.0", "3.1", "3.2")
_KNOWN_VERSION: Final = re.compile(r"2(?:\.0)?|3\.[012](?:\.[0-9]+(?:-.+)?)?")


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """Parts of a document that count for its connector; another document may define the rest."""

    security: bool = True
    base_address: bool = True


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Return whether the document states its version of OpenAPI, or of Swagger before it."""
    return isinstance(_find_version(node), ScalarNode)


def draft(path: str, node: MapNode) -> Draft:
    """Return one connector, with a scheme for each security scheme and each flow in it.

    The requirements of the whole document become the methods of the connector; the schemes in one requirement are used
    together. If the document has none, those of its operations count; if these have none either, every declared
    scheme is a method. A security scheme with several OAuth flows becomes several schemes, since each flow has
    addresses and secrets of its own.
    """
    return draft_parts(path, node, DocumentParts())


def draft_parts(
    path: str, node: MapNode, parts: DocumentParts, find: FindDocument = find_nothing, name: str | None = None
) -> Draft:
    """Return the draft of a document of which only some parts count; the rest is kept verbatim.

    `find` finds the documents to which it refers, and `name` replaces the name of its connector.
    """
    version = _find_version(node)
    if not isinstance(version, ScalarNode) or not _KNOWN_VERSION.fullmatch(str(version.value)):
        return Draft(path, findings=(_report_version(node, version),))
    document = TrackedMapping(node, is_judged=True)
    items = tuple(draft_definitions(Document(path, node, find), document, parts, name))
    return Draft(
        path,
        definitions=tuple(item for item in items if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in items if isinstance(item, Finding)),
        key_outcomes=tuple(document.key_outcomes),
        document=node,
    )


def together(drafts: Sequence[Draft], load: FindDocument) -> tuple[Draft, ...]:
    """Return the drafts, reading documents again that refer to others or share their title with others.

    `load` finds documents that are not among the drafts. Documents that are parts of others define nothing by
    themselves.
    """
    own = {draft.path: draft.document for draft in drafts if draft.document is not None and _is_api(draft)}
    documents = {posixpath.normpath(draft.path): draft.document for draft in drafts if draft.document is not None}

    def find_document(origin: str, path: str) -> MapNode | None:
        return documents.get(path) or load(origin, path)

    names = choose_names(drafts, {path: (own[path],) for path in own}, lambda path: PurePath(path).with_suffix(""))
    references = {path: tuple(dict.fromkeys(list_references(document))) for path, document in own.items()}
    parts = frozenset(_list_parts(references, documents))

    def read_again(draft: Draft) -> Draft:
        if draft.path in names or references.get(draft.path):
            return draft_parts(draft.path, own[draft.path], DocumentParts(), find_document, names.get(draft.path))
        is_part = draft.document is not None and not draft.definitions and posixpath.normpath(draft.path) in parts
        return draft._replace(findings=()) if is_part else draft

    read = tuple(map(read_again, drafts))
    return report_names(drafts, read, names)


def _is_api(draft: Draft) -> bool:
    """Return whether a draft is that of an OpenAPI document with a name of its own."""
    is_companion = PurePath(draft.path).name.lower() == COMPANION
    return draft.document is not None and not is_companion and recognises(draft.path, draft.document)


def _list_parts(references: Mapping[str, Sequence[str]], documents: Mapping[str, MapNode]) -> Iterator[str]:
    """Yield the paths of all documents to which the ones with these references lead, also by way of others."""
    waiting = [(origin, reference) for origin, listed in references.items() for reference in listed]
    seen: set[str] = set()
    while waiting:
        path = resolve_path(*waiting.pop())
        if path is not None and path not in seen:
            seen.add(path)
            yield path
            waiting += [(path, other) for other in list_references(documents[path])] if path in documents else []


def _report_version(node: MapNode, version: Node | None) -> Finding:
    if version is None:
        return report_missing_key("openapi", node.place)
    stated = str(version.value) if isinstance(version, ScalarNode) else ""
    return report_unknown_value(_find_version_key(node), stated, version.place, _VERSIONS)


def _find_version_key(node: MapNode) -> str:
    return "openapi" if node.find("openapi") is not None else "swagger"


def _find_version(node: MapNode) -> Node | None:
    """Return the version, which is a number in YAML if it is not quoted."""
    return node.find(_find_version_key(node))


def draft_definitions(
    source: Document, document: TrackedMapping, parts: DocumentParts, name: str | None = None
) -> Iterator[DefinitionDraft | Finding]:
    """Yield the definitions in a document, which may be a part of another one, and findings about it."""
    withhold_values(document)
    info = document.child("info")
    title = info.take_text("title")
    place = title.place if title is not None else document.place
    name = name or name_connector(source.path, str(title.value) if title is not None else "")
    identifier = naming.make_id(name)
    if not naming.is_id(identifier):
        yield report_bad_id(name, place)
        return
    server = find_server(document, source) if parts.base_address else Server()
    security = ApiSecurity.from_document(document, source, identifier, server) if parts.security else None
    yield from (*server.findings, *(security.findings if security is not None else ()))
    schemes = security.draft_schemes() if security is not None else ()
    yield from (DefinitionDraft(Noun.SCHEME, scheme) for scheme in schemes)
    connector = make_map(
        place,
        id=ScalarNode(identifier, place),
        title=title,
        summary=_take_summary(info),
        docs=document.child("externalDocs").take_text("url"),
        **(security.draft_choice(place) if security is not None else {}),
        parameters=server.to_parameters(security.spell_attributes() if security is not None else None),
        endpoints=make_map(place, base=server.endpoint) if server.endpoint is not None else None,
        extras=document.leftovers(),
    )
    yield DefinitionDraft(Noun.CONNECTOR, connector)


def name_connector(path: str, title: str) -> str:
    """Return the name of a document's connector: the first name of which a usable id can be made.

    Candidates are the folder of a Power Platform connector, the title, and the name of the file.
    """
    file = PurePath(path)
    folder = file.parent.name if file.name.lower() == COMPANION else ""
    return next((name for name in (folder, title) if naming.is_id(naming.make_id(name))), file.stem)


def _take_summary(info: TrackedMapping) -> ScalarNode | None:
    """Take the description or, from version 3.1 on, the summary; text over the limit is left."""
    for key in ("description", "summary"):
        value = get_text(info.peek(key))
        if value is not None and value.strip() and len(value) <= TEXT_LIMIT:
            return take_description(info, key)
    return None
