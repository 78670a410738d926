"""The verbs `list` and `show`: what the definitions say, and where each fact came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, JsonValue

from authscribe import commands, contract, encoders, mistakes, pipeline, workspace
from authscribe.commands import Output
from authscribe.draft import ListNode, MapNode, Node, ScalarNode, text
from authscribe.finding import DefinitionError, Place
from authscribe.models import Connector, Scheme
from authscribe.pipeline import Loaded, Selection
from authscribe.report.model import Report
from authscribe.resolve import Resolution
from authscribe.rules import RULES
from authscribe.targets import TARGETS
from authscribe.workspace import Options, Workspace

_WRONG_INPUT: Final = 2
_VERSION: Final = 1
Row = Mapping[str, JsonValue]


def list_(what: str, options: Options, output: Output) -> int:
    """Writes one row for each of `what`; a name first, so that the first column can be cut out."""
    return _answered("list", options, output, lambda found, loaded: _listed(what, found, loaded, output))


def show(name: str, options: Options, output: Output) -> int:
    """Writes the scheme and the connector of that name, each fact with its place."""
    return _answered("show", options, output, lambda found, loaded: _shown(name, found, loaded, output))


def _answered(verb: str, options: Options, output: Output, answer: Callable[[Workspace, Loaded], str]) -> int:
    """Writes the answer, or the findings that keep it from being given."""
    loaded = Loaded((), {}, {})
    try:
        found = workspace.find(options, Path.cwd())
        loaded = pipeline.load(found.sources)
        result = answer(found, loaded)
    except DefinitionError as error:
        commands.emit(Report(verb=verb, findings=error.findings), loaded.texts, output)
        return _WRONG_INPUT
    commands.write(result, output)
    return 0


def _listed(what: str, found: Workspace, loaded: Loaded, output: Output) -> str:
    rows = tuple(_LISTS[what](found, loaded))
    if output.format == "json":
        return encoders.json_document({"version": _VERSION, what: [dict(row) for row in rows]})
    return _columns([[_cell(value) for value in row.values()] for row in rows])


def _cell(value: JsonValue) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else "" if value is None else str(value)


def _columns(rows: Sequence[Sequence[str]]) -> str:
    """The rows with their columns aligned, safe to print."""
    safe = [[encoders.terminal(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in safe
    )


def _schemes(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    for scheme in pipeline.resolved(loaded, found).catalogue.schemes:
        yield {
            "id": scheme.id,
            "kind": scheme.kind.value,
            "title": scheme.title,
            "required": [secret.name for secret in scheme.required],
            "injected": [secret.name for secret in scheme.injected],
        }


def _connectors(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    for connector in pipeline.resolved(loaded, found).catalogue.connectors:
        yield {
            "id": connector.id,
            "schemes": list({name: None for m in contract.methods(connector) for name in m.schemes}),
            "title": connector.title,
        }


def _targets(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    del loaded
    for name in TARGETS:
        yield {"id": name, "enabled": "yes" if not found.targets or name in found.targets else "no"}


def _rules(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    del found, loaded
    for code in sorted(RULES):
        yield {"code": code, "severity": RULES[code].severity.value, "summary": RULES[code].summary}


def _inputs(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    for file in found.sources:
        yield {"path": file.path, "sha256": loaded.inputs.get(file.key)}


def _outputs(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    catalogue = pipeline.resolved(loaded, found).catalogue
    selection = Selection(found.targets or tuple(TARGETS))
    for file in pipeline.build(catalogue, found, selection):
        yield {"path": f"{found.shown_out_dir}/{file.path}", "target": file.target}


def _config(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    del loaded
    for key, value in found.configuration.model_dump(mode="json", by_alias=True).items():
        yield {"key": key, "value": value}
    yield {"key": "config-file", "value": found.config_file}


_LISTS: Final[Mapping[str, Callable[[Workspace, Loaded], Iterator[Row]]]] = {
    "connectors": _connectors,
    "schemes": _schemes,
    "targets": _targets,
    "rules": _rules,
    "inputs": _inputs,
    "outputs": _outputs,
    "config": _config,
}


def _shown(name: str, found: Workspace, loaded: Loaded, output: Output) -> str:
    resolution = pipeline.resolved(loaded, found)
    definitions = [*_found(name, resolution)]
    if not definitions:
        known = (*resolution.schemes, *resolution.connectors)
        raise DefinitionError((mistakes.unknown_reference("scheme or connector", name, Place(name), known),))
    if output.format == "json":
        return encoders.json_document(
            {"version": _VERSION, "definitions": [_document(*definition) for definition in definitions]}
        )
    return "\n".join(_page(what, node, model) for what, model, node in definitions)


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
        "places": {pointer: str(place) for pointer, _, place in _facts(node, "")},
    }


def _facts(node: Node, pointer: str) -> Iterator[tuple[str, ScalarNode, Place]]:
    match node:
        case ScalarNode():
            yield pointer, node, node.place
        case ListNode(items=items):
            for index, item in enumerate(items):
                yield from _facts(item, f"{pointer}/{index}")
        case MapNode(entries=entries):
            for entry in entries:
                yield from _facts(entry.node, f"{pointer}/{entry.key.replace('~', '~0').replace('/', '~1')}")


def _page(what: str, node: MapNode, model: BaseModel) -> str:
    """The facts one below the other, each with its place."""
    identifier = model.id if isinstance(model, Scheme | Connector) else ""
    rows = [[_label(pointer, node), str(place), _cell(fact.value)] for pointer, fact, place in _facts(node, "")]
    return f"{what} {encoders.terminal(identifier)}\n" + _columns([["", *row] for row in rows])


def _label(pointer: str, node: Node) -> str:
    """A pointer for people: items of lists by their name where they have one."""
    parts: list[str] = []
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, ListNode):
            node = node.items[int(key)]
            name = text(node.find("name") or node.find("id")) if isinstance(node, MapNode) else None
            parts.append(name or key)
        elif isinstance(node, MapNode):
            node = node.find(key) or node
            parts.append(key)
    return ".".join(parts)
