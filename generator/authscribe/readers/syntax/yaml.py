"""YAML, read by the rules of YAML 1.2. The only module that knows PyYAML.

PyYAML supplies events; scalars are typed here, since its own rules are those of YAML 1.1, where `NO` is false
and `12:30:45` a number. Tags are refused. Aliases and merge keys, which definitions of ours do without, are followed as
long as the document stays of a size that somebody could have written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.findings.rules.unsupported_yaml import report_unsupported_yaml
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.text import DEPTH_LIMIT, Refused, check_depth

_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,300}")
_OCTAL: Final = re.compile(r"0o[0-7]{1,300}")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]{1,300}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS: Final[dict[str, Value]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

REPEATED_LIMIT: Final = 100_000
"""How many nodes of a document may be there because an alias repeats them."""


@dataclass(slots=True)
class _Events:
    """The events of one document with the place of each; refuses what no document may have.

    `unusual` says where something first stands that definitions of ours do without. `anchored` are the nodes that an
    alias may repeat, with their size and height. So far the document has `size` nodes, `repeated` of them by aliases;
    `deepest` is how deep those nest that were read last.
    """

    path: str
    events: Iterator[yaml.Event]
    findings: list[Finding] = field(default_factory=list)
    unusual: Finding | None = None
    anchored: dict[str, tuple[Node, int, int]] = field(default_factory=dict)
    size: int = 0
    repeated: int = 0
    deepest: int = 0

    def next(self) -> yaml.Event:
        event = next(self.events)
        if getattr(event, "anchor", None) is not None:
            self.unusual = self.unusual or report_unsupported_yaml(self.place(event), "anchors and aliases")
        if getattr(event, "tag", None) is not None:
            raise Refused(report_unsupported_yaml(self.place(event), "tags", "remove the tag"))
        return event

    def place(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return Place(self.path)
        return Place(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def parse_yaml(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """The document as a tree, or None with the findings that say why there is none.

    With a tree there is at most one finding: the first thing in it that definitions of ours do without.
    """
    deep = _too_deep(path, text)
    if deep is not None:
        return None, (deep,)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = _Events(path, yaml.parse(text, Loader=loader))
    try:
        node = _document(events)
    except Refused as refused:
        return None, (refused.finding,)
    except yaml.MarkedYAMLError as error:
        problem = (error.problem or "the text cannot be parsed").lower()
        return None, (report_syntax_error(_mark_place(path, error), "YAML", problem),)
    except yaml.YAMLError:
        return None, (report_syntax_error(Place(path), "YAML", "character not allowed"),)
    if events.findings:
        return None, tuple(events.findings)
    return node, (events.unusual,) if events.unusual is not None else ()


def _mark_place(path: str, error: yaml.MarkedYAMLError) -> Place:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Place(path)
    return Place(path, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


def _too_deep(path: str, text: str) -> Finding | None:
    """Besides brackets, indentation nests; PyYAML's C code fails on both."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) - len(line.lstrip(" -?:")) > 8 * DEPTH_LIMIT:
            return report_too_deep(Place(path, number, 1, number, 2), limit=DEPTH_LIMIT)
    return check_depth(path, text)


def _document(events: _Events) -> Node | None:
    events.next()  # the stream starts
    if isinstance(events.next(), yaml.StreamEndEvent):
        return None
    node = _node(events, events.next(), 0)
    events.next()  # the document ends
    following = events.next()
    if not isinstance(following, yaml.StreamEndEvent):
        raise Refused(
            report_unsupported_yaml(
                events.place(following), "several documents in one file", "move each document into its own file"
            )
        )
    return node


def _node(events: _Events, event: yaml.Event, depth: int) -> Node:
    place = events.place(event)
    if depth > DEPTH_LIMIT:
        raise Refused(report_too_deep(place, limit=DEPTH_LIMIT))
    anchor: str | None = getattr(event, "anchor", None)
    if anchor is not None and isinstance(event, yaml.AliasEvent):
        return _repeated(events, anchor, place, depth)
    events.size += 1
    if depth > events.deepest:
        events.deepest = depth
    if anchor is None:
        return _written(events, event, place, depth)
    size, deepest = events.size - 1, events.deepest
    events.deepest = depth
    node = _written(events, event, place, depth)
    events.anchored[anchor] = (node, events.size - size, events.deepest - depth)
    events.deepest = max(deepest, events.deepest)
    return node


def _repeated(events: _Events, anchor: str, place: Place, depth: int) -> Node:
    """The node that an alias stands for; there is none within that very node."""
    if anchor not in events.anchored:
        raise Refused(report_syntax_error(place, "YAML", "this alias has no anchor before it"))
    node, size, height = events.anchored[anchor]
    events.size += size
    events.repeated += size
    events.deepest = max(events.deepest, depth + height)
    if depth + height > DEPTH_LIMIT:
        raise Refused(report_too_deep(place, limit=DEPTH_LIMIT))
    if events.repeated > REPEATED_LIMIT:
        raise Refused(report_unsupported_yaml(place, "aliases that expand to a very large document"))
    return node


def _written(events: _Events, event: yaml.Event, place: Place, depth: int) -> Node:
    if isinstance(event, yaml.ScalarEvent):
        plain = event.implicit[0] and not event.style
        return ScalarNode(_typed(event.value) if plain else event.value, place)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(item := events.next(), yaml.SequenceEndEvent):
            items.append(_node(events, item, depth + 1))
        return ListNode(tuple(items), place)
    return MapNode(tuple(_entries(events, depth + 1)), place)


def _entries(events: _Events, depth: int) -> Iterator[Entry]:
    first: dict[str, Place] = {}
    merged: list[MapNode] = []
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        place = events.place(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise Refused(report_unsupported_yaml(place, "lists and mappings as keys", "use text as the key"))
        if event.anchor is not None:
            events.anchored[event.anchor] = (ScalarNode(event.value, place), 1, 0)
        is_merge = event.value == "<<" and not event.style
        # The entries of a mapping that is taken in stand beside those that take it in.
        node = _node(events, events.next(), depth - is_merge)
        if is_merge:
            events.unusual = events.unusual or report_unsupported_yaml(place, "merge keys")
            merged += _mappings(node)
            continue
        if event.value in first:
            events.findings.append(report_duplicate_key(event.value, place, first[event.value]))
            continue
        first[event.value] = place
        yield Entry(event.value, place, node)
    for entry in (entry for mapping in merged for entry in mapping.entries):
        if entry.key not in first:
            first[entry.key] = entry.place
            yield entry


def _mappings(node: Node) -> tuple[MapNode, ...]:
    """What a merge key takes in: a mapping, or several, of which the first counts."""
    items = node.items if isinstance(node, ListNode) else (node,)
    found = tuple(item for item in items if isinstance(item, MapNode))
    if len(found) < len(items):
        raise Refused(report_not_a_mapping(node.place, "the value of a merge key"))
    return found


def _typed(value: str) -> Value:
    """The value of a plain scalar in the core schema of YAML 1.2 (section 10.3.2); what is out of range stays text."""
    if value in _WORDS:
        return _WORDS[value]
    for pattern, base in ((_INTEGER, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(value):
            return int(value, base)
    return float(value) if _FLOAT.fullmatch(value) and math.isfinite(float(value)) else value
