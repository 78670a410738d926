"""JSON with the place of every value (RFC 8259); strict: no comments, no duplicate keys."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from authscribe import mistakes
from authscribe.draft import Draft, Entry, ListNode, MapNode, Node, ScalarNode, Value
from authscribe.finding import Finding, Place
from authscribe.readers import layout
from authscribe.readers.source import DEPTH_LIMIT, Refused

_BLANK: Final = re.compile(r"[ \t\n]*")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_WORD: Final = re.compile(r"true|false|null")
_VALUES: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def read(path: str, text: str) -> Draft:
    """The definitions of a JSON file; never raises."""
    return layout.draft(path, *parse(path, text))


def parse(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
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
    """One pass over the text; `position` is the next character to read."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.position = 0
        self.findings: list[Finding] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> Node:
        self._skip()
        node = self._value(0)
        self._skip()
        if self.position != len(self.text):
            raise self._error("something follows the document")
        return node

    def _value(self, depth: int) -> Node:
        start = self.position
        if depth > DEPTH_LIMIT:
            raise Refused(mistakes.too_deep(self._place(start), limit=DEPTH_LIMIT))
        match self.text[start : start + 1]:
            case "{":
                entries = {entry.key: entry for entry in self._entries(depth + 1)}
                return MapNode(tuple(entries.values()), self._place(start))
            case "[":
                items = tuple(self._items(depth + 1))
                return ListNode(items, self._place(start))
            case '"':
                return ScalarNode(self._string(), self._place(start))
        return ScalarNode(self._number_or_word(), self._place(start))

    def _items(self, depth: int) -> Iterator[Node]:
        self.position += 1
        self._skip()
        if self._take("]"):
            return
        while True:
            self._skip()
            yield self._value(depth)
            self._skip()
            if self._take("]"):
                return
            if not self._take(","):
                raise self._error("a comma or ']' is missing")

    def _entries(self, depth: int) -> Iterator[Entry]:
        first: dict[str, Place] = {}
        self.position += 1
        self._skip()
        if self._take("}"):
            return
        while True:
            self._skip()
            start = self.position
            key = self._string()
            place = self._place(start)
            self._skip()
            if not self._take(":"):
                raise self._error("a colon is missing after the key")
            self._skip()
            node = self._value(depth)
            if key in first:
                self.findings.append(mistakes.duplicate_key(key, place, first[key]))
            first.setdefault(key, place)
            yield Entry(key, place, node)
            self._skip()
            if self._take("}"):
                return
            if not self._take(","):
                raise self._error("a comma or '}' is missing")

    def _string(self) -> str:
        match = _STRING.match(self.text, self.position)
        if match is None:
            raise self._error("text in double quotes is expected here, with valid escapes")
        value: str = json.loads(match[0])
        if _SURROGATE.search(value):
            raise self._error("an escape is half of a surrogate pair")
        self.position = match.end()
        return value

    def _number_or_word(self) -> Value:
        word = _WORD.match(self.text, self.position)
        if word is not None:
            self.position = word.end()
            return _VALUES[word[0]]
        number = _NUMBER.match(self.text, self.position)
        if number is None:
            raise self._error("a value is expected here")
        self.position = number.end()
        return float(number[0]) if number[1] or number[2] else int(number[0])

    def _skip(self) -> None:
        match = _BLANK.match(self.text, self.position)
        if match is not None:
            self.position = match.end()

    def _take(self, character: str) -> bool:
        found = self.text.startswith(character, self.position)
        self.position += found
        return found

    def _error(self, problem: str) -> Refused:
        place = self._place(self.position, self.position + 1)
        return Refused(mistakes.syntax_error(place, "JSON", problem))

    def _place(self, start: int, end: int | None = None) -> Place:
        line, column = self._line_and_column(start)
        end_line, end_column = self._line_and_column(self.position if end is None else end)
        return Place(self.path, line, column, end_line, end_column)

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        index = bisect_right(self._lines, offset) - 1
        return index + 1, offset - self._lines[index] + 1
