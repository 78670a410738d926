"""Command `show`: one scheme or connector, the place of each fact, and the spelling and uses of each name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel, JsonValue

from authscribe.commands.invocation import Definitions, read_definitions, run_answering
from authscribe.commands.name_table import list_names
from authscribe.commands.output import Output
from authscribe.commands.query import VERSION, align_columns, format_cell, read_contexts
from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.selection import select_folders
from authscribe.connectors.usages import NameUsage, list_usages
from authscribe.drift.recorded import recall_connectors
from authscribe.encoders.json import encode_json_document
from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text, make_pointer
from authscribe.model.stated_values import may_be_value
from authscribe.report.model import Verb
from authscribe.resolve.resolver import Resolution
from authscribe.resolve.secret_values import SECRET_ROLES, list_secret_values
from authscribe.workspace.command_options import Options
from authscribe.workspace.resolve import require_definitions
from authscribe.workspace.workspace import Workspace


class ShowRequest(NamedTuple):
    """Scheme or connector to show, and whether to show the spelling of its names instead of its facts."""

    name: str
    names: bool


def run_show(request: ShowRequest, options: Options, output: Output) -> int:
    """Write the scheme and the connector of that name: each fact with its place, or the names in each target."""
    return run_answering(Verb.SHOW, output, lambda: _show(request, options, output))


def _show(request: ShowRequest, options: Options, output: Output) -> str:
    name = request.name
    with read_definitions(options) as definitions:
        resolution = definitions.resolve(tolerant=True)
        named = [*_find_definitions(name, resolution)]
        contexts = _find_connectors(name, definitions.workspace, resolution)
        if not named and not contexts:
            raise DefinitionError((_report_unknown(name, definitions.workspace, resolution.catalogue),))
        if request.names:
            return _show_names([model for _, model, _ in named], contexts, definitions, resolution, output)
        inventories = tuple(_list_inventories(name, contexts, definitions, resolution))
    if output.format == "json":
        return encode_json_document(
            {
                "version": VERSION,
                "definitions": [_to_document(*definition) for definition in named],
                "connectors": [inventory.to_document() for inventory in inventories],
            }
        )
    pages = [_format_definition(noun, node, model) for noun, model, node in named]
    return "\n".join((*pages, *(_format_inventory(inventory) for inventory in inventories)))


def _show_names(
    named: Sequence[Scheme | Connector],
    contexts: Sequence[ConnectorContext],
    definitions: Definitions,
    resolution: Resolution,
    output: Output,
) -> str:
    """Return the names of the definitions, and of the connectors on disk that have none."""
    found = [*(context.definition or _adopt(context, definitions) for context in contexts), *named]
    shown = {(type(each), each.id): each for each in found}.values()
    tables = [list_names(resolution.catalogue, each) for each in shown]
    if output.format == "json":
        return encode_json_document({"version": VERSION, "names": [table.to_document() for table in tables]})
    return "\n".join(table.format() for table in tables)


def _find_connectors(name: str, workspace: Workspace, resolution: Resolution) -> tuple[ConnectorContext, ...]:
    """Return the connectors on disk that a name or a path stands for; none where it is neither."""
    try:
        return tuple(read_contexts((name,), workspace, resolution))
    except DefinitionError:
        return ()


def _report_unknown(name: str, workspace: Workspace, catalogue: Catalogue) -> Finding:
    """Report a name that no definition and no connector on disk has; raises DefinitionError without definitions."""
    require_definitions(catalogue, workspace)
    folders = select_folders((), recall_connectors((), workspace), catalogue.platform).folders
    known = (*catalogue.names, *(folder.name for folder in folders))
    return report_unknown_reference("scheme or connector", name, Place(name), known)


@dataclass(frozen=True, slots=True)
class _Inventory:
    """Names of one connector, as it is defined or as it lies on disk."""

    connector: str
    revision: str | None
    path: str | None
    auth: str | None
    scheme: str | None
    usages: tuple[NameUsage, ...]

    def to_document(self) -> dict[str, JsonValue]:
        """Return the document for the JSON format; places are `path:line:column`, each with its pointer."""
        return {
            "connector": self.connector,
            "revision": self.revision,
            "path": self.path,
            "auth": self.auth,
            "scheme": self.scheme,
            "names": [
                {
                    "name": usage.name,
                    "role": usage.role.value,
                    "python": usage.python or None,
                    "environment": usage.environment or None,
                    "platform": usage.platform or None,
                    "used": usage.is_used,
                    "uses": [{"place": str(use.place), "pointer": use.pointer} for use in usage.uses],
                }
                for usage in self.usages
            ],
        }


def _list_inventories(
    name: str, contexts: Sequence[ConnectorContext], definitions: Definitions, resolution: Resolution
) -> Iterator[_Inventory]:
    catalogue = resolution.catalogue
    defined = catalogue.find_connector(name)
    if defined is not None and not contexts:
        schemes = ", ".join(sorted(defined.scheme_ids))
        yield _Inventory(defined.id, None, None, None, schemes, tuple(list_usages(catalogue, defined, None)))
    for context in contexts:
        connector = context.definition or _adopt(context, definitions)
        yield _Inventory(
            connector=context.name,
            revision=context.snapshot.revision,
            path=context.snapshot.shown,
            auth=context.auth,
            scheme=context.scheme_id,
            usages=tuple(list_usages(catalogue, connector, context)),
        )


def _adopt(context: ConnectorContext, definitions: Definitions) -> Connector:
    """Return the connector as a definition; raises DefinitionError with the findings that say why it cannot be one."""
    from authscribe.adopt import adopt_connector
    from authscribe.connectors.reader import ConnectorReader

    draft = adopt_connector(context, ConnectorReader.from_platform(context.platform))
    loaded = definitions.loaded._replace(drafts=(*definitions.loaded.drafts, draft))
    connectors = definitions._replace(loaded=loaded).resolve(tolerant=True).catalogue.connectors
    return next(connector for connector in connectors if connector.id == context.name)


def _format_inventory(inventory: _Inventory) -> str:
    head = [part for part in (inventory.revision and f"revision {inventory.revision}", inventory.path) if part]
    lines = [f"connector {inventory.connector}" + (f" ({', '.join(head)})" if head else "")]
    lines.append(f"scheme {inventory.scheme or 'unknown'}" + (f" ({inventory.auth})" if inventory.auth else ""))
    state = {True: "used", False: "unused", None: ""}
    rows = [["name", "role", "use", "python", "environment", "platform", "where"]]
    for usage in inventory.usages:
        places = [str(use.place).removeprefix(f"{inventory.path}/") for use in usage.uses]
        where = [f"{place} {use.pointer or ''}".rstrip() for place, use in zip(places, usage.uses, strict=True)]
        more = f" and {len(where) - 1} more" if len(where) > 1 else ""
        first = f"{where[0]}{more}" if where else ""
        rows.append([
            usage.name, usage.role.value, state[usage.is_used], usage.python, usage.environment, usage.platform, first,
        ])  # fmt: skip
    return "".join(f"{escape_terminal(line)}\n" for line in lines) + align_columns([["", *row] for row in rows])


def _find_definitions(name: str, resolution: Resolution) -> Iterator[tuple[str, Scheme | Connector, MapNode]]:
    scheme = resolution.catalogue.find_scheme(name)
    if scheme is not None and scheme.id in resolution.schemes:
        yield "scheme", scheme, resolution.schemes[scheme.id]
    connector = resolution.catalogue.find_connector(name)
    if connector is not None:
        yield "connector", connector, resolution.connectors[connector.id]


def _to_document(noun: str, model: BaseModel, node: MapNode) -> dict[str, JsonValue]:
    """Return the model, and the place of each fact that was written, by JSON pointer (RFC 6901)."""
    return {
        "what": noun,
        "definition": _dump_public(model),
        "places": {make_pointer(path): str(place) for path, _, place in _list_facts(node, ())},
    }


def _dump_public(model: BaseModel) -> dict[str, JsonValue]:
    """Return a definition as JSON, without the values of secrets that may not be shown."""
    document: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for role in SECRET_ROLES:
        for item, setting in zip(document.get(role, ()), getattr(model, role, ()), strict=True):
            for key in [] if setting.is_public else [key for key in item if may_be_value(key, item[key])]:
                del item[key]
    return document


def _list_facts(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ScalarNode, Place]]:
    match node:
        case ScalarNode():
            yield path, node, node.place
        case ListNode(items=items):
            for index, item in enumerate(items):
                yield from _list_facts(item, (*path, str(index)))
        case MapNode(entries=entries):
            for entry in entries:
                yield from _list_facts(entry.node, (*path, entry.key))


def _format_definition(noun: str, node: MapNode, model: BaseModel) -> str:
    """Return the facts one below the other, each with its place; values of secrets are hidden."""
    identifier = model.id if isinstance(model, Scheme | Connector) else ""
    hidden = {*list_secret_values(node)}
    rows = [
        [_format_path(path, node), str(place), "(hidden)" if place in hidden else format_cell(fact.value)]
        for path, fact, place in _list_facts(node, ())
    ]
    return f"{noun} {escape_terminal(identifier)}\n" + align_columns([["", *row] for row in rows])


def _format_path(path: tuple[str, ...], node: Node) -> str:
    """Return a path for people: items of lists by their names, where they have one."""
    parts: list[str] = []
    for key in path:
        if isinstance(node, ListNode):
            node = node.items[int(key)]
            name = get_text(node.find("name") or node.find("id")) if isinstance(node, MapNode) else None
            parts.append(name or key)
        elif isinstance(node, MapNode):
            node = node.find(key) or node
            parts.append(key)
    return ".".join(parts)
