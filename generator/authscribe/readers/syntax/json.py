"""JSON with the place of every value (RFC 8259); strict: no comments, no duplicate keys."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.text import DEPTH_LIMIT, Refused

_TOKEN: Final = re.compile(
    r"[ \t\n]*("
    r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
    r"|[{}\[\]:,]"
    r"|-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?"
    r"|true|false|null"
    r")"
)
_VALUES: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def parse_json(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """The document as a tree, or None with the finding that says why there is none.

    A key that stands twice is a finding beside the tree, in which the last one counts, as for other parsers.
    """
    parser = _Parser(path, text)
    try:
        node = parser.document()
    except Refused as refused:
        return None, (refused.finding,)
    return node, tuple(parser.findings)


class _Parser:
    """One pass over the tokens of the text; `index` is the next one to read."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.index = 0
        self.findings: list[Finding] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._tokens, self._starts = _tokens(text)

    def document(self) -> Node:
        node = self._value(0)
        if self.index != len(self._tokens) - 1 or self._starts[-1] != len(self.text):
            raise self._error("unexpected text after the document")
        return node

    def _value(self, depth: int) -> Node:
        index = self.index
        token = self._tokens[index]
        self.index += 1
        match token[:1]:
            case '"':
                return ScalarNode(self._text(index), self._scalar_place(index))
            case "{" | "[" if depth > DEPTH_LIMIT:
                raise Refused(report_too_deep(self._scalar_place(index), limit=DEPTH_LIMIT))
            case "{":
                entries = {entry.key: entry for entry in self._entries(depth + 1)}
                return MapNode(tuple(entries.values()), self._place(index))
            case "[":
                items = tuple(self._items(depth + 1))
                return ListNode(items, self._place(index))
        if token in _VALUES:
            return ScalarNode(_VALUES[token], self._scalar_place(index))
        if token[:1].isdigit() or token[:1] == "-":
            number = int(token) if token.lstrip("-").isdigit() else float(token)
            if math.isfinite(number):
                return ScalarNode(number, self._scalar_place(index))
            self.index = index
            raise self._error("number out of range")
        self.index = index
        raise self._error("expected a value")

    def _items(self, depth: int) -> Iterator[Node]:
        if self._take("]"):
            return
        while True:
            yield self._value(depth)
            if self._take("]"):
                return
            if not self._take(","):
                raise self._error("expected ',' or ']'")

    def _entries(self, depth: int) -> Iterator[Entry]:
        first: dict[str, Place] = {}
        if self._take("}"):
            return
        while True:
            index = self.index
            if not self._tokens[index].startswith('"'):
                raise self._error("expected a string in double quotes with valid escapes")
            key = self._text(index)
            place = self._scalar_place(index)
            self.index += 1
            if not self._take(":"):
                raise self._error("expected ':' after the key")
            node = self._value(depth)
            if key in first:
                self.findings.append(report_duplicate_key(key, place, first[key]))
            first.setdefault(key, place)
            yield Entry(key, place, node)
            if self._take("}"):
                return
            if not self._take(","):
                raise self._error("expected ',' or '}'")

    def _text(self, index: int) -> str:
        token = self._tokens[index]
        if "\\" not in token:
            return token[1:-1]
        value: str = json.loads(token)
        if _SURROGATE.search(value):
            self.index = index
            raise self._error("unpaired surrogate in an escape")
        return value

    def _take(self, token: str) -> bool:
        found = self._tokens[self.index] == token
        self.index += found
        return found

    def _error(self, problem: str) -> Refused:
        start = self._starts[self.index]
        before = self._tokens[self.index - 1] if self.index else ""
        if self.text.startswith(("//", "/*", "#"), start):
            problem = "comments are not allowed"
        elif before == "," and self._tokens[self.index] in ("}", "]"):
            problem = f"trailing comma before '{self._tokens[self.index]}'"
        line, column = self._line_and_column(start)
        place = Place(self.path, line, column, line, column + 1)
        return Refused(report_syntax_error(place, "JSON", problem))

    def _scalar_place(self, index: int) -> Place:
        """A token never goes over a line end."""
        line, column = self._line_and_column(self._starts[index])
        return Place(self.path, line, column, line, column + len(self._tokens[index]))

    def _place(self, index: int) -> Place:
        """From a bracket to the one that was read last."""
        line, column = self._line_and_column(self._starts[index])
        end_line, end_column = self._line_and_column(self._starts[self.index - 1] + 1)
        return Place(self.path, line, column, end_line, end_column)

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        index = bisect_right(self._lines, offset) - 1
        return index + 1, offset - self._lines[index] + 1


def _tokens(text: str) -> tuple[list[str], list[int]]:
    """The tokens with their offsets, as far as the text is JSON; then one that is nothing, where it ends or fails."""
    tokens: list[str] = []
    starts: list[int] = []
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() != position:
            break
        tokens.append(match[1])
        starts.append(match.start(1))
        position = match.end()
    rest = text[position:]
    starts.append(position + len(rest) - len(rest.lstrip(" \t\n")))
    return [*tokens, ""], starts
