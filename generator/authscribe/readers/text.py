"""Sources as bytes: what every reader relies on is decided here, once.

Past this module a text is UTF-8 without a byte-order mark, with LF line ends and no control characters.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.empty_file import report_empty_file
from authscribe.findings.rules.not_utf_8 import report_not_utf8
from authscribe.findings.rules.syntax_error import report_merge_markers, report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.findings.rules.too_large import report_long_line, report_too_large
from authscribe.findings.rules.unreadable_file import report_unreadable_file

SIZE_LIMIT: Final = 8 * 1024 * 1024
"""Bytes; real pages and catalogues stay under a megabyte."""

DEPTH_LIMIT: Final = 64
"""Levels of lists and mappings; definitions need six."""

LINE_LENGTH_LIMIT: Final = 10_000
"""Characters in a line of a page; docutils reads none of a page with a longer one, and says so nowhere."""

_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_BRACKET: Final = re.compile(r"[\[\]{}]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MERGE_MARKERS: Final = tuple(re.compile(rf"^{mark}(?: .*)?$", re.MULTILINE) for mark in ("<{7}", "={7}", ">{7}"))
# What a page in Markdown shows as code; a fence that is never closed goes on to the end.
_FENCED: Final = re.compile(
    r"^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}).*?(?:\n {0,3}(?P=fence)[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)


class Source(NamedTuple):
    """A decoded source; with findings, its text must not be read."""

    path: str
    text: str
    findings: tuple[Finding, ...] = ()


class Refused(Exception):  # noqa: N818 - carries a finding; it is not an error of the program
    """Ends the parsing of a text that cannot be used; stays inside the readers."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_content(path: str, file: Path) -> bytes | Finding:
    """The bytes of a plain file, or the finding that says why they cannot be had; never waits for a pipe."""
    try:
        descriptor = os.open(file, _READ)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return report_unreadable_file(path, "it is not a plain file")
            if status.st_size > SIZE_LIMIT:
                return report_too_large(path, size=status.st_size, limit=SIZE_LIMIT)
            with open(descriptor, "rb", buffering=0, closefd=False) as stream:
                return stream.readall()
        finally:
            os.close(descriptor)
    except OSError as error:
        return report_unreadable_file(path, (error.strerror or type(error).__name__).lower())


def decode(path: str, data: bytes) -> Source:
    """The text of a source, or the one finding that says why it cannot be used."""
    if len(data) > SIZE_LIMIT:
        return Source(path, "", (report_too_large(path, size=len(data), limit=SIZE_LIMIT),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Source(path, "", (report_not_utf8(_place(path, data[: error.start])),))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Source(path, text, (report_empty_file(path),))
    control = _CONTROL.search(text)
    if control is not None:
        place = _place(path, text[: control.start()].encode())
        problem = f"control character U+{ord(control[0]):04X}"
        return Source(path, text, (report_syntax_error(place, "text", problem),))
    merge = _merge(path, text) if "<<<<<<<" in text else None
    return Source(path, text, (report_merge_markers(merge),) if merge is not None else ())


def _merge(path: str, text: str) -> Place | None:
    """Where the markers of a merge begin: all three lines of them, since one alone may underline a title.

    A page may show them as code: in reStructuredText that is indented, in Markdown it can be fenced.
    """
    is_markdown = path.lower().endswith(".md")
    outside = _FENCED.sub(lambda match: match[0].replace("<", " "), text) if is_markdown else text
    found = first = _MERGE_MARKERS[0].search(outside)
    # The sides of a merge may well begin a fence, so that its other markers count wherever they stand.
    for marker in _MERGE_MARKERS[1:]:
        found = marker.search(text, found.end()) if found is not None else None
    if first is None or found is None:
        return None
    line = text.count("\n", 0, first.start()) + 1
    return Place(path, line, 1, line, len(first[0]) + 1)


def check_length(path: str, text: str, *, lines: int) -> Finding | None:
    """What keeps a page from being read in time: more lines than the limit, or a line that is very long."""
    pieces = text.split("\n")
    if len(pieces) - 1 > lines:
        return report_too_large(path, size=len(pieces) - 1, limit=lines, unit="lines")
    longest = max(map(len, pieces))
    if longest > LINE_LENGTH_LIMIT:
        return report_long_line(_line_place(path, pieces, longest), length=longest, limit=LINE_LENGTH_LIMIT)
    return None


def mask_values(text: str, places: Iterable[Place]) -> str:
    """The text with an asterisk for each character at the places; everything keeps its line and column."""
    lines = text.split("\n")
    for place in places:
        for number in range(place.line, place.end_line + 1):
            line = lines[number - 1]
            start = place.column - 1 if number == place.line else 0
            end = place.end_column - 1 if number == place.end_line else len(line)
            lines[number - 1] = line[:start] + "*" * len(line[start:end]) + line[end:]
    return "\n".join(lines)


def check_depth(path: str, text: str) -> Finding | None:
    """A linear look before a parser that fails on deep nesting.

    Counts brackets wherever they stand, in quotes too: it may refuse a text in which very many are never
    closed, which no definition file resembles.
    """
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        for match in _BRACKET.finditer(line):
            depth = max(0, depth + (1 if match[0] in "[{" else -1))
            if depth > DEPTH_LIMIT:
                column = match.start() + 1
                return report_too_deep(Place(path, number, column, number, column + 1), limit=DEPTH_LIMIT)
    return None


def _line_place(path: str, lines: Sequence[str], length: int) -> Place:
    number = next(number for number, line in enumerate(lines, 1) if len(line) == length)
    return Place(path, number, 1, number, 2)


def _place(path: str, before: bytes) -> Place:
    """The place after `before`: lines end with LF, CRLF or CR; columns are characters."""
    lines = before.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Place(path, len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 2)
