"""The verb `show`: one scheme or connector, where each fact came from, how each name is spelt and where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from authscribe.commands.output import Output
from authscribe.commands.query import VERSION, align_columns, answer_query, format_cell, read_contexts
from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.usages import NameUsage, list_usages
from authscribe.encoders.json import json_document
from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.model.contract import methods_of
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, json_pointer, text_of
from authscribe.resolve.resolver import Resolution
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.options import Options
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace


def run_show(name: str, options: Options, output: Output) -> int:
    """Writes the scheme and the connector of that name, each fact with its place."""
    return answer_query("show", options, output, lambda found, loaded: _shown(name, found, loaded, output))


def _shown(name: str, found: Workspace, loaded: LoadedSources, output: Output) -> str:
    resolution = resolve_sources(loaded, found, tolerant=True)
    definitions = [*_found(name, resolution)]
    subjects = _named(name, found, resolution)
    if not definitions and not subjects:
        known = (*resolution.schemes, *resolution.connectors)
        raise DefinitionError((report_unknown_reference("scheme or connector", name, Place(name), known),))
    inventories = tuple(_inventories(name, subjects, found, loaded, resolution))
    if output.format == "json":
        return json_document(
            {
                "version": VERSION,
                "definitions": [_document(*definition) for definition in definitions],
                "connectors": [shown.document() for shown in inventories],
            }
        )
    pages = [_page(what, node, model) for what, model, node in definitions]
    return "\n".join((*pages, *(_table(shown) for shown in inventories)))


def _named(name: str, found: Workspace, resolution: Resolution) -> tuple[ConnectorContext, ...]:
    """The connectors on the disk that a name or a path means; none where it means something else."""
    try:
        return tuple(read_contexts((name,), found, resolution))
    except DefinitionError:
        return ()


@dataclass(frozen=True, slots=True)
class _Inventory:
    """The names of one connector: as it is defined, or as it lies on the disk."""

    connector: str
    revision: str | None
    path: str | None
    auth: str | None
    scheme: str | None
    items: tuple[NameUsage, ...]

    def document(self) -> dict[str, JsonValue]:
        """For the JSON format; uses as `path:line:column`, each with its pointer."""
        return {
            "connector": self.connector,
            "revision": self.revision,
            "path": self.path,
            "auth": self.auth,
            "scheme": self.scheme,
            "names": [
                {
                    "name": item.name,
                    "role": item.role.value,
                    "python": item.python or None,
                    "environment": item.environment or None,
                    "platform": item.platform or None,
                    "used": item.is_used,
                    "uses": [{"place": str(use.place), "pointer": use.pointer} for use in item.uses],
                }
                for item in self.items
            ],
        }


def _inventories(
    name: str, subjects: Sequence[ConnectorContext], found: Workspace, loaded: LoadedSources, resolution: Resolution
) -> Iterator[_Inventory]:
    catalogue = resolution.catalogue
    defined = next((connector for connector in catalogue.connectors if connector.id == name), None)
    if defined is not None and not subjects:
        schemes = {scheme for method in methods_of(defined) for scheme in method.schemes}
        items = tuple(list_usages(catalogue, defined, None))
        yield _Inventory(defined.id, None, None, None, ", ".join(sorted(schemes)), items)
    for subject in subjects:
        connector = subject.definition or _adopted(subject, found, loaded)
        yield _Inventory(
            connector=subject.name,
            revision=subject.snapshot.revision,
            path=subject.snapshot.shown,
            auth=subject.auth,
            scheme=subject.scheme.id if subject.scheme else None,
            items=tuple(list_usages(catalogue, connector, subject)),
        )


def _adopted(subject: ConnectorContext, found: Workspace, loaded: LoadedSources) -> Connector:
    """The connector as a definition; raises DefinitionError with the findings that say why it cannot be one."""
    from authscribe.adopt import adopt_connector
    from authscribe.connectors.reader import ConnectorReader

    draft = adopt_connector(subject, ConnectorReader.of(subject.platform))
    grown = LoadedSources((*loaded.drafts, draft), loaded.texts, loaded.inputs)
    connectors = resolve_sources(grown, found, tolerant=True).catalogue.connectors
    return next(connector for connector in connectors if connector.id == subject.name)


def _table(shown: _Inventory) -> str:
    head = [part for part in (shown.revision and f"revision {shown.revision}", shown.path) if part]
    lines = [f"connector {shown.connector}" + (f" ({', '.join(head)})" if head else "")]
    lines.append(f"scheme {shown.scheme or 'unknown'}" + (f" ({shown.auth})" if shown.auth else ""))
    state = {True: "used", False: "unused", None: ""}
    rows = [["name", "role", "use", "python", "environment", "platform", "where"]]
    for item in shown.items:
        places = [str(use.place).removeprefix(f"{shown.path}/") for use in item.uses]
        where = [f"{place} {use.pointer or ''}".rstrip() for place, use in zip(places, item.uses, strict=True)]
        more = f" and {len(where) - 1} more" if len(where) > 1 else ""
        first = f"{where[0]}{more}" if where else ""
        rows.append([
            item.name, item.role.value, state[item.is_used], item.python, item.environment, item.platform, first,
        ])  # fmt: skip
    return "".join(f"{escape_terminal(line)}\n" for line in lines) + align_columns([["", *row] for row in rows])


def _found(name: str, resolution: Resolution) -> Iterator[tuple[str, BaseModel, MapNode]]:
    for scheme in resolution.catalogue.schemes:
        if name in (scheme.id, *scheme.aliases, *scheme.former_names):
            yield "scheme", scheme, resolution.schemes[scheme.id]
    for connector in resolution.catalogue.connectors:
        if connector.id == name:
            yield "connector", connector, resolution.connectors[connector.id]


def _document(what: str, model: BaseModel, node: MapNode) -> dict[str, JsonValue]:
    """The model, and for each fact that was written its place, by JSON pointer (RFC 6901)."""
    return {
        "what": what,
        "definition": model.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "places": {json_pointer(path): str(place) for path, _, place in _facts(node, ())},
    }


def _facts(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ScalarNode, Place]]:
    match node:
        case ScalarNode():
            yield path, node, node.place
        case ListNode(items=items):
            for index, item in enumerate(items):
                yield from _facts(item, (*path, str(index)))
        case MapNode(entries=entries):
            for entry in entries:
                yield from _facts(entry.node, (*path, entry.key))


def _page(what: str, node: MapNode, model: BaseModel) -> str:
    """The facts one below the other, each with its place."""
    identifier = model.id if isinstance(model, Scheme | Connector) else ""
    rows = [[_label(path, node), str(place), format_cell(fact.value)] for path, fact, place in _facts(node, ())]
    return f"{what} {escape_terminal(identifier)}\n" + align_columns([["", *row] for row in rows])


def _label(path: tuple[str, ...], node: Node) -> str:
    """A path for people: items of lists by their name where they have one."""
    parts: list[str] = []
    for key in path:
        if isinstance(node, ListNode):
            node = node.items[int(key)]
            name = text_of(node.find("name") or node.find("id")) if isinstance(node, MapNode) else None
            parts.append(name or key)
        elif isinstance(node, MapNode):
            node = node.find(key) or node
            parts.append(key)
    return ".".join(parts)
