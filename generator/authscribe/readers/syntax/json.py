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

_TOKEN: Final = re.compile(
    r"[ \t\n]*("
    # Characters in runs, since matching them one by one takes twice as long.
    r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
    r"|[{}\[\]:,]"
    r"|-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?"
    r"|true|false|null"
    # Matches wherever nothing else does, so that blanks before a mistake are not read again from each of them.
    r"|)"
)
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
    """Recursive-descent parser of one text; `index` is that of the next token to read."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.index = 0
        self.findings: list[Finding] = []
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._tokens, self._starts = _split_tokens(text)

    def parse_document(self) -> Node:
        node = self._parse_value(0)
        if self.index != len(self._tokens) - 1 or self._starts[-1] != len(self.text):
            raise self._make_error("unexpected text after the document")
        return node

    def _parse_value(self, depth: int) -> Node:
        index = self.index
        token = self._tokens[index]
        self.index += 1
        match token[:1]:
            case '"':
                return _new_tuple(ScalarNode, (self._decode_string(index), self._locate_token(index)))
            case "{" | "[" if depth > DEPTH_LIMIT:
                raise ParseError(report_too_deep(self._locate_token(index), limit=DEPTH_LIMIT))
            case "{":
                return MapNode(self._parse_entries(depth + 1), self._locate_collection(index))
            case "[":
                return ListNode(self._parse_items(depth + 1), self._locate_collection(index))
        if token in _KEYWORDS:
            return ScalarNode(_KEYWORDS[token], self._locate_token(index))
        if token[:1].isdigit() or token[:1] == "-":
            number = int(token) if token.lstrip("-").isdigit() else float(token)
            if math.isfinite(number):
                return ScalarNode(number, self._locate_token(index))
            self.index = index
            raise self._make_error("number out of range")
        self.index = index
        raise self._make_error("expected a value")

    def _parse_items(self, depth: int) -> tuple[Node, ...]:
        """Return the items of a list whose opening bracket was read last."""
        items: list[Node] = []
        is_complete = self._take("]")
        while not is_complete:
            items.append(self._parse_value(depth))
            is_complete = self._take_end("]")
        return tuple(items)

    def _parse_entries(self, depth: int) -> tuple[Entry, ...]:
        """Return the entries of an object whose opening bracket was read last; the last one of each key."""
        first: dict[str, Place] = {}
        entries: dict[str, Entry] = {}
        is_complete = self._take("}")
        while not is_complete:
            index = self.index
            if not self._tokens[index].startswith('"'):
                raise self._make_error("expected a string in double quotes with valid escapes")
            key = self._decode_string(index)
            place = self._locate_token(index)
            self.index += 1
            if not self._take(":"):
                raise self._make_error("expected ':' after the key")
            entries[key] = _new_tuple(Entry, (key, place, self._parse_value(depth)))
            if first.setdefault(key, place) is not place:
                self.findings.append(report_duplicate_key(key, place, first[key]))
            is_complete = self._take_end("}")
        return tuple(entries.values())

    def _decode_string(self, index: int) -> str:
        token = self._tokens[index]
        if "\\" not in token:
            return token[1:-1]
        value: str = json.loads(token)
        if _SURROGATE.search(value):
            self.index = index
            raise self._make_error("unpaired surrogate in an escape")
        return value

    def _take(self, token: str) -> bool:
        """Move on if the next token is this one, and return whether it is."""
        is_next = self._tokens[self.index] == token
        self.index += is_next
        return is_next

    def _take_end(self, bracket: str) -> bool:
        """Move on after an item, and return whether the closing bracket follows it instead of a comma."""
        token = self._tokens[self.index]
        if token not in (",", bracket):
            raise self._make_error(f"expected ',' or '{bracket}'")
        self.index += 1
        return token == bracket

    def _make_error(self, problem: str) -> ParseError:
        start = self._starts[self.index]
        before = self._tokens[self.index - 1] if self.index else ""
        if self.text.startswith(("//", "/*", "#"), start):
            problem = "comments are not allowed"
        elif before == "," and self._tokens[self.index] in ("}", "]"):
            problem = f"trailing comma before '{self._tokens[self.index]}'"
        line, column = self._find_position(start)
        place = Place(self.path, line, column, line, column + 1)
        return ParseError(report_syntax_error(place, "JSON", problem))

    def _locate_token(self, index: int) -> Place:
        # No token of JSON contains a line end.
        line, column = self._find_position(self._starts[index])
        return _new_tuple(Place, (self.path, line, column, line, column + len(self._tokens[index])))

    def _locate_collection(self, index: int) -> Place:
        """Return the place from an opening bracket to the token that was read last, which closes it."""
        line, column = self._find_position(self._starts[index])
        end_line, end_column = self._find_position(self._starts[self.index - 1] + 1)
        return Place(self.path, line, column, end_line, end_column)

    def _find_position(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both counted from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1


def _split_tokens(text: str) -> tuple[list[str], list[int]]:
    """Return the tokens of a text and their offsets, as far as it is JSON.

    The last token is empty. Its offset is the end of the text, or the place of the first error.
    """
    tokens: list[str] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(text):
        tokens.append(match[1])
        starts.append(match.start(1))
        if not match[1]:
            break
    return tokens, starts
