"""Parse YAML by the rules of YAML 1.2, with the place of every value. Only this module knows PyYAML.

PyYAML supplies events. Scalars are typed here, because PyYAML's own rules are those of YAML 1.1, where `NO` is false
and `12:30:45` is a number. Tags are refused. Aliases and merge keys, which authscribe's own definitions must not use,
are followed as long as the document keeps a size that a person could have written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.findings.rules.unsupported_yaml import report_unsupported_yaml
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.text import DEPTH_LIMIT, ParseError, check_depth

_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,300}")
_OCTAL: Final = re.compile(r"0o[0-7]{1,300}")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]{1,300}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_NUMBER_STARTS: Final = frozenset("+-.0123456789")
_KEYWORDS: Final[dict[str, Value]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

_NodeEvent: TypeAlias = Any
"""Event of a node or an alias; in the types of PyYAML, the first have no tag."""

# Every key and node is a tuple with a place, another tuple: this takes half the time of calling their classes.
_new_tuple: Final = tuple.__new__

REPEATED_LIMIT: Final = 100_000
"""How many nodes of a document may be there because an alias repeats them."""

_INDENT_LIMIT: Final = 8 * DEPTH_LIMIT
"""Columns of indentation; PyYAML's parser in C fails on deep nesting, by brackets and by indentation."""


def parse_yaml(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the tree of a document, or None with the findings that tell why there is none.

    Beside a tree there is at most one finding: the first anchor, alias or merge key, which authscribe's own definitions
    must not use.
    """
    too_deep = _check_nesting(path, text)
    if too_deep is not None:
        return None, (too_deep,)
    parser = _YamlParser(path, text)
    try:
        node = parser.parse_document()
    except ParseError as error:
        return None, (error.finding,)
    except yaml.YAMLError as error:
        return None, (_report_error(path, error),)
    if parser.duplicate_keys:
        return None, tuple(parser.duplicate_keys)
    return node, (parser.unusual,) if parser.unusual is not None else ()


def find_yaml_mistake(path: str, text: str) -> Finding | None:
    """Return the first syntax error or duplicate key, or None; documents, tags and aliases may be any.

    A text that is nested too deeply for the parser counts as correct.
    """
    if _check_nesting(path, text) is not None:
        return None
    try:
        documents = yaml.compose_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return next((found for each in documents for found in _find_duplicate_keys(path, each)), None)
    except yaml.YAMLError as error:
        return _report_error(path, error)


def _find_duplicate_keys(path: str, document: yaml.Node) -> Iterator[Finding]:
    """Yield a finding for each scalar that is a key again; aliases can make a document that contains itself."""
    remaining, seen = [document], set()
    while remaining:
        node = remaining.pop()
        if node in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(node)
        if isinstance(node, yaml.SequenceNode):
            remaining += node.value
            continue
        keys = set()
        for key, value in node.value:
            remaining += (key, value)
            name = (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else key
            if name in keys:
                yield report_duplicate_key(key.value, _locate_mark(path, key.start_mark))
            keys.add(name)


def _check_nesting(path: str, text: str) -> Finding | None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _INDENT_LIMIT and len(line) - len(line.lstrip(" -?:")) > _INDENT_LIMIT:
            return report_too_deep(Place(path, number, 1, number, 2), limit=DEPTH_LIMIT)
    return check_depth(path, text)


def _report_error(path: str, error: yaml.YAMLError) -> Finding:
    if not isinstance(error, yaml.MarkedYAMLError):
        return report_syntax_error(Place(path), "YAML", "character not allowed")
    place = _locate_mark(path, error.problem_mark or error.context_mark)
    return report_syntax_error(place, "YAML", (error.problem or "the text cannot be parsed").lower())


def _locate_mark(path: str, mark: yaml.Mark | None) -> Place:
    if mark is None:
        return Place(path)
    return Place(path, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


class _AnchoredNode(NamedTuple):
    """Node that an alias can repeat, with the number of nodes in it and the levels below it."""

    node: Node
    size: int
    height: int


class _YamlParser:
    """Parser of one document; raises ParseError for content that no document may have.

    `unusual` is the first thing that authscribe's own definitions must not use.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.duplicate_keys: list[Finding] = []
        self.unusual: Finding | None = None
        # Asked directly: `yaml.parse` checks for each event whether there is one, which takes as long as parsing.
        self._next_event: Callable[[], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text).get_event
        self._anchored: dict[str, _AnchoredNode] = {}
        # The nodes of the document so far, and how many of them aliases repeat.
        self._size = 0
        self._repeated = 0
        # The depth of the deepest node since the begin of the anchored node that is being parsed.
        self._deepest = 0

    def parse_document(self) -> Node | None:
        """Return the tree of the document; None if there is no document."""
        self._next_event()  # the stream starts
        if isinstance(self._next_event(), yaml.StreamEndEvent):
            return None
        node = self._parse_node(self._next_event(), 0)
        self._next_event()  # the document ends
        event = self._next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            raise ParseError(
                report_unsupported_yaml(
                    self._locate(event), "several documents in one file", "move each document into its own file"
                )
            )
        return node

    def _check_event(self, event: _NodeEvent, place: Place) -> None:
        """Report an anchor or alias once, and raise ParseError for a tag."""
        if event.anchor is not None:
            self.unusual = self.unusual or report_unsupported_yaml(place, "anchors and aliases")
        if getattr(event, "tag", None) is not None:
            raise ParseError(report_unsupported_yaml(place, "tags", "remove the tag"))

    def _locate(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return Place(self.path)
        return _new_tuple(Place, (self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1))

    def _parse_node(self, event: _NodeEvent, depth: int) -> Node:
        place = self._locate(event)
        if depth > DEPTH_LIMIT:
            raise ParseError(report_too_deep(place, limit=DEPTH_LIMIT))
        # Every alias has an anchor, so that nearly all nodes need no further check.
        if event.anchor is not None or event.tag is not None:
            return self._parse_marked(event, place, depth)
        self._size += 1
        if depth > self._deepest:
            self._deepest = depth
        # Most nodes are scalars: they need no further call.
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.implicit[0] and not event.style
            return _new_tuple(ScalarNode, (_convert_scalar(event.value) if is_plain else event.value, place))
        if isinstance(event, yaml.MappingStartEvent):
            return MapNode(self._parse_entries(depth + 1), place)
        items: list[Node] = []
        while not isinstance(item := self._next_event(), yaml.SequenceEndEvent):
            items.append(self._parse_node(item, depth + 1))
        return ListNode(tuple(items), place)

    def _parse_marked(self, event: _NodeEvent, place: Place, depth: int) -> Node:
        """Return the node of an alias or of an event with an anchor."""
        self._check_event(event, place)
        anchor: str = event.anchor
        if isinstance(event, yaml.AliasEvent):
            return self._repeat_node(anchor, place, depth)
        size, deepest = self._size, self._deepest
        self._deepest = depth
        event.anchor = None
        node = self._parse_node(event, depth)
        self._anchored[anchor] = _AnchoredNode(node, self._size - size, self._deepest - depth)
        self._deepest = max(deepest, self._deepest)
        return node

    def _repeat_node(self, anchor: str, place: Place, depth: int) -> Node:
        """Return the node of an alias; within the anchored node itself, the anchor is not known yet."""
        if anchor not in self._anchored:
            raise ParseError(report_syntax_error(place, "YAML", "this alias has no anchor before it"))
        node, size, height = self._anchored[anchor]
        self._size += size
        self._repeated += size
        self._deepest = max(self._deepest, depth + height)
        if depth + height > DEPTH_LIMIT:
            raise ParseError(report_too_deep(place, limit=DEPTH_LIMIT))
        if self._repeated > REPEATED_LIMIT:
            raise ParseError(report_unsupported_yaml(place, "aliases that expand to a very large document"))
        return node

    def _parse_entries(self, depth: int) -> tuple[Entry, ...]:
        """Return the entries of a mapping, then those that merge keys add, which never replace one that is there."""
        entries: dict[str, Entry] = {}
        merged: list[MapNode] = []
        while not isinstance(event := self._next_event(), yaml.MappingEndEvent):
            place = self._locate(event)
            is_usual = isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None
            key = event.value if is_usual else self._parse_key(event, place)
            is_merge = key == "<<" and not event.style
            # The entries of a merged mapping are on the level of those of this one.
            node = self._parse_node(self._next_event(), depth - is_merge)
            if is_merge:
                self.unusual = self.unusual or report_unsupported_yaml(place, "merge keys")
                merged += _list_merged(node)
            elif key in entries:
                self.duplicate_keys.append(report_duplicate_key(key, place, entries[key].place))
            else:
                entries[key] = _new_tuple(Entry, (key, place, node))
        for entry in (entry for mapping in merged for entry in mapping.entries):
            entries.setdefault(entry.key, entry)
        return tuple(entries.values())

    def _parse_key(self, event: _NodeEvent, place: Place) -> str:
        """Return a key with an anchor; raise ParseError for any other that is more than text."""
        self._check_event(event, place)
        anchor: str = event.anchor
        if not isinstance(event, yaml.ScalarEvent):
            raise ParseError(report_unsupported_yaml(place, "lists and mappings as keys", "use text as the key"))
        self._anchored[anchor] = _AnchoredNode(ScalarNode(event.value, place), 1, 0)
        return str(event.value)


def _list_merged(node: Node) -> tuple[MapNode, ...]:
    """Return the mappings under a merge key, one or several, of which the first counts."""
    items = node.items if isinstance(node, ListNode) else (node,)
    mappings = tuple(item for item in items if isinstance(item, MapNode))
    if len(mappings) < len(items):
        raise ParseError(report_not_a_mapping(node.place, "the value of a merge key"))
    return mappings


def _convert_scalar(text: str) -> Value:
    """Return the value of a plain scalar by the core schema (YAML 1.2, section 10.3.2).

    Numbers out of range stay text.
    """
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    for pattern, base in ((_INTEGER, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(text):
            return int(text, base)
    return float(text) if _FLOAT.fullmatch(text) and math.isfinite(float(text)) else text
