"""Propose refinements of schemes as edits of definition files in YAML, which keep comments and all other lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from authscribe.connectors.context import ConnectorContext
from authscribe.encoders.yaml import encode_yaml_document, encode_yaml_string
from authscribe.findings.finding import Edit, Finding, Fix, Place
from authscribe.lint.renames import find_renamed_secrets
from authscribe.model.draft import ListNode, MapNode, Node, Noun, ScalarNode, get_text
from authscribe.readers.definition_file import is_definition_file
from authscribe.readers.syntax.yaml import parse_yaml

# Only blanks, commas and comments can stand between the last item and the closing bracket.
_CLOSING: Final = re.compile(r"[\s,]*[\]}]")
_FLOW_SIGN: Final = re.compile(r"[,\[\]{}]")
_REFINE: Final = Noun.REFINEMENT.value


class _Definitions(NamedTuple):
    """Definition file in YAML, with its tree."""

    path: str
    text: str
    node: MapNode


def attach_refinement(finding: Finding, context: ConnectorContext | None, texts: Mapping[str, str]) -> Finding:
    """Return the finding with the fix that states in a definition file what it asks for, if there is one.

    `context` is None for findings about definitions. `texts` are the YAML files that may be edited, by path.
    """
    facts = _find_facts(finding, context)
    if facts is None or finding.scheme is None:
        return finding
    fix = _propose(finding.scheme, facts, [each for item in texts.items() if (each := _parse(*item)) is not None])
    return finding._replace(fix=fix) if fix is not None else finding


@cache
def _parse(path: str, text: str) -> _Definitions | None:
    node, _ = parse_yaml(path, text)
    return _Definitions(path, text, node) if isinstance(node, MapNode) and is_definition_file(node) else None


def _propose(scheme: str, facts: Mapping[str, object], sources: Sequence[_Definitions]) -> Fix | None:
    edit = _insert(scheme, facts, sources)
    return Fix(f"refine scheme '{scheme}': {', '.join(facts)}", (edit,)) if edit is not None else None


def _find_facts(finding: Finding, context: ConnectorContext | None) -> Mapping[str, object] | None:
    name = finding.name or ""
    if finding.code == "suggested-extends":
        return {"extends": name}
    if finding.code == "header-not-secret":
        return {"remove": [name]}
    if finding.code == "secret-not-in-scheme" and context is not None:
        description = _find_description(name, context)
        return {"injected": [{"name": name, "description": description}]} if description else None
    if finding.code == "secret-renamed" and context is not None:
        return {"rename": {find_renamed_secrets(context)[name]: name}}
    return None


def _find_description(name: str, context: ConnectorContext) -> str | None:
    """Return how another scheme describes an injected secret; one without a description is no use to readers."""
    secrets = (secret for scheme in context.resolution.catalogue.schemes for secret in scheme.injected)
    return next((secret.description for secret in secrets if secret.name == name and secret.description), None)


def _insert(scheme: str, facts: Mapping[str, object], sources: Sequence[_Definitions]) -> Edit | None:
    """Return the edit of the file that refines the scheme, else of one that refines others, else of the first one."""
    refining = [(source, node) for source in sources if isinstance(node := source.node.find(_REFINE), ListNode)]
    for source, node in refining:
        for item in node.items:
            if isinstance(item, MapNode) and get_text(item.find("id")) == scheme:
                return _add_facts(source, item, facts)
    entry = {"id": scheme, **facts}
    for source, node in refining:
        return _append(source, node, [entry])
    return next((_append_list(source, entry) for source in sources if source.node.find(_REFINE) is None), None)


def _add_facts(source: _Definitions, item: MapNode, facts: Mapping[str, object]) -> Edit | None:
    """Return the edit that adds facts, all under one key, to a refinement; None if it states something else there."""
    for key, value in facts.items():
        node = item.find(key)
        if node is not None:
            return None if isinstance(node, ScalarNode) else _append(source, node, value)
    return _append(source, item, facts)


def _append(source: _Definitions, node: MapNode | ListNode, value: object) -> Edit:
    """Return the edit that adds a mapping to a mapping, or a list to a list, in the style of the collection."""
    lines = source.text.split("\n")
    if _is_flow(node, lines):
        children = _list_children(node)
        line, column = _find_flow_end(children[-1], lines) if children else _find_opening(node)
        added = f"{', ' if children else ''}{_write_flow(value)[1:-1]}"
        return Edit(Place(source.path, line, column, line, column), added)
    last = _find_last_line(node, lines)
    end = len(lines[last - 1]) + 1
    text = textwrap.indent(encode_yaml_document(value).rstrip("\n"), " " * _find_indent(node, lines))
    return Edit(Place(source.path, last, end, last, end), f"\n{text}")


def _append_list(source: _Definitions, entry: Mapping[str, object]) -> Edit:
    """Return the edit that adds the list of refinements at the end of a file."""
    lines = source.text.split("\n")
    text = encode_yaml_document({_REFINE: [entry]})
    end = len(lines[-1]) + 1
    return Edit(Place(source.path, len(lines), end, len(lines), end), f"\n{text.rstrip()}" if lines[-1] else text)


def _write_flow(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_write_flow(key)}: {_write_flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_write_flow, value)) + "]"
        case str():
            # These signs end a plain scalar in flow style only.
            return encode_yaml_string(value) if _FLOW_SIGN.search(value) else encode_yaml_document(value).strip()
    return encode_yaml_document(value).strip()


def _is_flow(node: Node, lines: Sequence[str]) -> bool:
    return not isinstance(node, ScalarNode) and lines[node.place.line - 1][node.place.column - 1 :][:1] in ("[", "{")


def _find_indent(node: MapNode | ListNode, lines: Sequence[str]) -> int:
    """Return the number of columns before the keys of a mapping, or before the dashes of a list, in block style."""
    if isinstance(node, MapNode):
        return node.entries[0].place.column - 1
    place = node.items[0].place
    return lines[place.line - 1][: place.column - 1].rfind("-")


def _list_children(node: Node) -> Sequence[Node]:
    if isinstance(node, MapNode):
        return [entry.node for entry in node.entries]
    return node.items if isinstance(node, ListNode) else ()


def _find_opening(node: Node) -> tuple[int, int]:
    """Return the line and the column after the bracket that opens a collection in flow style."""
    return node.place.line, node.place.column + 1


def _find_flow_end(node: Node, lines: Sequence[str]) -> tuple[int, int]:
    """Return the line and the column after a node inside of flow style."""
    if isinstance(node, ScalarNode):
        return node.place.end_line, node.place.end_column
    children = _list_children(node)
    line, column = _find_flow_end(children[-1], lines) if children else _find_opening(node)
    while (match := _CLOSING.match(lines[line - 1], column - 1)) is None:
        line, column = line + 1, 1
    return line, match.end() + 1


def _find_last_line(node: Node, lines: Sequence[str]) -> int:
    """Return the last line of a node, without blank lines and comments after it."""
    if _is_flow(node, lines):
        return _find_flow_end(node, lines)[0]
    children = _list_children(node)
    if children:
        return _find_last_line(children[-1], lines)
    ends_before = node.place.end_column == 1 and node.place.end_line > node.place.line
    last = node.place.end_line - 1 if ends_before else node.place.end_line
    while last > node.place.line and not lines[last - 1].strip():
        last -= 1
    return last
