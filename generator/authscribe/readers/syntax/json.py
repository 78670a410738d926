"""Parse JSON (RFC 8259) with the place of every value.

The parser of the standard library keeps no places. This one is strict as well: no comments, no trailing commas.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.text import DEPTH_LIMIT, ParseError

# Characters in runs, since matching them one by one takes twice as long.
_STRING: Final = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
_NUMBER: Final = r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?"
# Every group may be empty, so that these match everywhere: an empty one is where a mistake begins.
_VALUE: Final = re.compile(rf"[ \t\n]*+({_STRING}|[{{\[]|{_NUMBER}|true|false|null|)")
_ENTRY: Final = re.compile(rf"[ \t\n]*+({_STRING}|)[ \t\n]*+(:|){_VALUE.pattern}")
_END: Final = re.compile(r"[ \t\n]*+([,\]}]|)")
_KEYWORDS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}
# For the many tuples of a document, this takes half the time of calling their classes.
_new_tuple: Final = tuple.__new__
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def parse_json(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the tree of a document, or None with the finding that tells why there is none.

    A duplicate key is a finding beside the tree; the last one counts, as for most parsers (RFC 8259, section 4).
    """
    parser = _JsonParser(path, text)
    try:
        node = parser.parse_document()
    except ParseError as error:
        return None, (error.finding,)
    return node, tuple(parser.findings)


class _JsonParser:
    """Recursive-descent parser of one text; `offset` is that of the next character to read."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.offset = 0
        self.findings: list[Finding] = []
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def parse_document(self) -> Node:
        node = self._parse_value(self._match(_VALUE), 1, 0)
        end = self._match(_END).start(1)
        if end != len(self.text):
            raise self._make_error(end, "unexpected text after the document")
        return node

    def _parse_value(self, match: re.Match[str], group: int, depth: int) -> Node:
        """Return the value whose first token is a group of a match."""
        token, start = match[group], match.start(group)
        self.offset = match.end()
        match token[:1]:
            case '"':
                return _new_tuple(ScalarNode, (self._decode_string(token, start), self._locate_token(token, start)))
            case "{" | "[" if depth > DEPTH_LIMIT:
                raise ParseError(report_too_deep(self._locate_token(token, start), limit=DEPTH_LIMIT))
            case "{":
                return MapNode(self._parse_entries(depth + 1), self._locate_collection(start))
            case "[":
                return ListNode(self._parse_items(depth + 1), self._locate_collection(start))
            case "":
                raise self._make_error(start, "expected a value")
        if token in _KEYWORDS:
            return ScalarNode(_KEYWORDS[token], self._locate_token(token, start))
        number = int(token) if token.lstrip("-").isdigit() else float(token)
        if not math.isfinite(number):
            raise self._make_error(start, "number out of range")
        return ScalarNode(number, self._locate_token(token, start))

    def _parse_items(self, depth: int) -> tuple[Node, ...]:
        """Return the items of a list whose opening bracket was read last."""
        items: list[Node] = []
        is_complete = self._take("]")
        while not is_complete:
            items.append(self._parse_value(self._match(_VALUE), 1, depth))
            is_complete = self._take_end("]")
        return tuple(items)

    def _parse_entries(self, depth: int) -> tuple[Entry, ...]:
        """Return the entries of an object whose opening bracket was read last; the last one of each key."""
        first: dict[str, Place] = {}
        entries: dict[str, Entry] = {}
        is_complete = self._take("}")
        while not is_complete:
            match = self._match(_ENTRY)
            token, start = match[1], match.start(1)
            if not token:
                raise self._make_error(start, "expected a string in double quotes with valid escapes")
            key, place = self._decode_string(token, start), self._locate_token(token, start)
            if not match[2]:
                raise self._make_error(match.start(2), "expected ':' after the key")
            entries[key] = _new_tuple(Entry, (key, place, self._parse_value(match, 3, depth)))
            if first.setdefault(key, place) is not place:
                self.findings.append(report_duplicate_key(key, place, first[key]))
            is_complete = self._take_end("}")
        return tuple(entries.values())

    def _decode_string(self, token: str, start: int) -> str:
        if "\\" not in token:
            return token[1:-1]
        value: str = json.loads(token)
        if _SURROGATE.search(value):
            raise self._make_error(start, "unpaired surrogate in an escape")
        return value

    def _take(self, bracket: str) -> bool:
        """Move on if the closing bracket is next, and return whether it is."""
        match = self._match(_END)
        is_next = match[1] == bracket
        if is_next:
            self.offset = match.end()
        return is_next

    def _take_end(self, bracket: str) -> bool:
        """Move on after an item, and return whether the closing bracket follows it instead of a comma."""
        if self.text.startswith(",", self.offset):  # as nearly always
            self.offset += 1
            return False
        match = self._match(_END)
        if match[1] not in (",", bracket):
            raise self._make_error(match.start(1), f"expected ',' or '{bracket}'")
        self.offset = match.end()
        return match[1] == bracket

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self.text, self.offset)
        assert match is not None  # noqa: S101 - every pattern matches everywhere
        return match

    def _make_error(self, start: int, problem: str) -> ParseError:
        after = self.text[start : start + 1]
        if self.text.startswith(("//", "/*", "#"), start):
            problem = "comments are not allowed"
        elif after in ("}", "]") and self.text[:start].rstrip(" \t\n").endswith(","):
            problem = f"trailing comma before '{after}'"
        line, column = self._find_position(start)
        place = Place(self.path, line, column, line, column + 1)
        return ParseError(report_syntax_error(place, "JSON", problem))

    def _locate_token(self, token: str, start: int) -> Place:
        # No token of JSON contains a line end.
        line, column = self._find_position(start)
        return _new_tuple(Place, (self.path, line, column, line, column + len(token)))

    def _locate_collection(self, start: int) -> Place:
        """Return the place from an opening bracket to the closing one, which was read last."""
        line, column = self._find_position(start)
        end_line, end_column = self._find_position(self.offset)
        return Place(self.path, line, column, end_line, end_column)

    def _find_position(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both counted from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1
