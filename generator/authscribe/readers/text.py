"""Read and decode sources, and check the limits that every reader relies on.

Decoded text has no byte-order mark, LF line ends only, and no control characters.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.empty_file import report_empty_file
from authscribe.findings.rules.not_utf_8 import report_not_utf8
from authscribe.findings.rules.syntax_error import report_merge_markers, report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.findings.rules.too_large import report_long_line, report_too_large
from authscribe.findings.rules.unreadable_file import report_unreadable_file
from authscribe.runtime.descriptors import read_all
from authscribe.runtime.word_search import contains

SIZE_LIMIT: Final = 8 * 1024 * 1024
"""Bytes; real pages and catalogues stay under a megabyte."""

DEPTH_LIMIT: Final = 64
"""Levels of lists and mappings, or of directives in Markdown; definitions need six."""

LINE_LENGTH_LIMIT: Final = 10_000
"""Characters in a line of a page; docutils reads nothing of a page with a longer line, and does not document that."""

_READ_FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_BRACKET: Final = re.compile(r"[\[\]{}]")
_VISIBLE: Final = re.compile(r"[^\n]")
_QUOTES: Final = ("'", '"')
_CONTROL_CHARACTERS: Final = bytes((*range(9), 11, 12, *range(14, 32), 127))
"""All of ASCII that no text may contain: those except tab, line feed and carriage return."""
_MERGE_MARKERS: Final = tuple(rf"(?m)^{mark}(?: .*)?$" for mark in ("<{7}", "={7}", ">{7}"))
# Fenced code in Markdown (CommonMark, section 4.5); a fence that is never closed extends to the end of the page.
_FENCED: Final = r"(?ms)^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}).*?(?:\n {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"


class SourceText(NamedTuple):
    """Decoded text of a source; if there are findings, the text must not be read."""

    path: str
    text: str
    findings: tuple[Finding, ...] = ()


class ParseError(Exception):
    """Finding that ends the parsing of a text; never leaves the readers."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class LineCounter:
    """Counter of the lines of a text, in time linear in its length for any number of ascending offsets."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1
        self._start = 0

    def locate(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1 on, of an offset that is not before the last one."""
        newline = self._text.rfind("\n", self._offset, offset)
        if newline >= 0:
            self._line += self._text.count("\n", self._offset, offset)
            self._start = newline + 1
        self._offset = offset
        return self._line, offset - self._start + 1


def read_content(path: str, file: Path | str) -> bytes | Finding:
    """Return the bytes of a regular file, or the finding that tells why they cannot be read.

    Never waits, not even for a pipe.
    """
    try:
        descriptor = os.open(file, _READ_FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return report_unreadable_file(path, "it is not a regular file")
            if status.st_size > SIZE_LIMIT:
                return report_too_large(path, size=status.st_size, limit=SIZE_LIMIT)
            return read_all(descriptor, status.st_size)
        finally:
            os.close(descriptor)
    except OSError as error:
        return report_unreadable_file(path, (error.strerror or type(error).__name__).lower())


def decode(path: str, data: bytes) -> SourceText:
    """Return the text of a source; if it cannot be used, one finding tells why."""
    if len(data) > SIZE_LIMIT:
        return SourceText(path, "", (report_too_large(path, size=len(data), limit=SIZE_LIMIT),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return SourceText(path, "", (report_not_utf8(_locate_end(path, data[: error.start])),))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        return SourceText(path, text, (report_empty_file(path),))
    # As a pattern, they would take several times as long to search.
    if len(data.translate(None, _CONTROL_CHARACTERS)) < len(data):
        start = next(offset for offset, byte in enumerate(data) if byte in _CONTROL_CHARACTERS)
        problem = f"control character U+{data[start]:04X}"
        return SourceText(path, text, (report_syntax_error(_locate_end(path, data[:start]), "text", problem),))
    merge = _find_merge_markers(path, text) if contains(text, "<<<<<<<") else None
    return SourceText(path, text, (report_merge_markers(merge),) if merge is not None else ())


def _find_merge_markers(path: str, text: str) -> Place | None:
    """Return the place of the first merge marker, if all three are there: one alone may underline a title.

    Markers that a page shows as code do not count: in reStructuredText that is indented, in Markdown it can be fenced.
    """
    is_markdown = path.lower().endswith((".md", ".markdown", ".mdx"))
    outside = re.sub(_FENCED, lambda match: match[0].replace("<", " "), text) if is_markdown else text
    last = first = re.search(_MERGE_MARKERS[0], outside)
    # Either side of a merge may open a fence, so the other two markers count inside of fences as well.
    for marker in _MERGE_MARKERS[1:]:
        last = re.compile(marker).search(text, last.end()) if last is not None else None
    if first is None or last is None:
        return None
    line = text.count("\n", 0, first.start()) + 1
    return Place(path, line, 1, line, len(first[0]) + 1)


def check_length(path: str, text: str, *, lines: int) -> Finding | None:
    """Return a finding for a page that takes too long to read: it has more than `lines` lines, or a very long one."""
    split = text.split("\n")
    if len(split) - 1 > lines:
        return report_too_large(path, size=len(split) - 1, limit=lines, unit="lines")
    length = max(map(len, split))
    if length > LINE_LENGTH_LIMIT:
        number = next(number for number, line in enumerate(split, 1) if len(line) == length)
        return report_long_line(Place(path, number, 1, number, 2), length=length, limit=LINE_LENGTH_LIMIT)
    return None


def mask_values(text: str, places: Iterable[Place]) -> str:
    """Return the text with an asterisk for each character at the places; lines and columns stay the same.

    Quotation marks around a value stay, too.
    """
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    parts: list[str] = []
    done = 0
    for place in sorted(place for place in places if place.line):
        start = max(done, starts[place.line - 1] + place.column - 1)
        end = max(start, min(starts[place.end_line - 1] + place.end_column - 1, starts[place.end_line] - 1))
        value = text[start:end]
        quote = value[:1] if len(value) > 1 and value[0] in _QUOTES and value[0] == value[-1] else ""
        inner = value[len(quote) : len(value) - len(quote)]
        parts += text[done:start], quote, _VISIBLE.sub("*", inner), quote
        done = end
    return "".join((*parts, text[done:]))


def mask_texts(texts: Mapping[str, str], places: Iterable[Place]) -> dict[str, str]:
    """Return the texts by their paths, with the places in them masked."""
    by_path: dict[str, list[Place]] = {}
    for place in places:
        by_path.setdefault(place.path, []).append(place)
    return {path: mask_values(text, by_path[path]) if path in by_path else text for path, text in texts.items()}


def check_depth(path: str, text: str) -> Finding | None:
    """Return a finding for a text with more than `DEPTH_LIMIT` nested brackets, which parsers may fail on.

    Brackets count everywhere, in quotes too, so that one pass is enough. A text in which very many brackets are never
    closed may be refused although it is valid.
    """
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return None
    depth = 0
    for match in _BRACKET.finditer(text):
        depth = max(0, depth + (1 if match[0] in "[{" else -1))
        if depth > DEPTH_LIMIT:
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            return report_too_deep(Place(path, line, column, line, column + 1), limit=DEPTH_LIMIT)
    return None


def _locate_end(path: str, before: bytes) -> Place:
    """Return the place after `before`, whose lines end with LF, CRLF or CR."""
    lines = before.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Place(path, len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 2)
