"""Types for the source text of tables: the lines of each row, and the directives around tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

CellTexts: TypeAlias = tuple[str, ...]
"""Source text of each cell of a row, with the line breaks that the page has in it."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Row of a page: all of its lines, and the source text of its cells."""

    lines: tuple[str, ...]
    cells: CellTexts


class TableLayout(Protocol):
    """Layout of one table, which can write other rows in place of its own; the header is not one of them."""

    @property
    def start(self) -> int:
        """First line that `write_rows` replaces, counted from 0."""

    @property
    def end(self) -> int:
        """Line after the last one that `write_rows` replaces."""

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        """Rows of the page, in their order."""

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """Return the lines of these rows: rows of the page as they are, new ones laid out like those."""


@dataclass(frozen=True, slots=True)
class TableDirective:
    """Directive of reStructuredText or MyST; its content is the lines from `content` to before `end`.

    In a quotation, each of its lines begins with as many marks, `quotes`, as the first one.
    """

    name: str
    options: Mapping[str, str]
    content: int
    end: int
    quotes: int = 0

    def split_indent(self, line: str) -> tuple[str, str]:
        """Return the blanks and marks of quotations before the text of a line, which may begin with such a mark."""
        match = re.match(rf"(?:[ \t]*>){{0,{self.quotes}}}[ \t]*", line)
        end = match.end() if match is not None else 0
        return line[:end], line[end:]


_DIRECTIVE: Final = re.compile(
    r"^(?P<quotes>[ \t>]*)(?:[-*+][ \t]+)*"
    r"(?:\.\.[ \t]+(?:\|.+\|[ \t]+)?(?P<rst>[\w-]+)::|(?P<fence>`{3,}|~{3,}|:{3,})\{(?P<myst>[\w-]+)\})"
)
_OPTION: Final = re.compile(r"^[ \t>]*:(?P<name>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*$")
_YAML_OPTION: Final = re.compile(r"^[ \t>]*(?P<name>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*$")


def parse_directive(lines: Sequence[str], start: int) -> TableDirective | None:
    """Return the directive that begins at a line, if there is one.

    The options of a MyST directive can also be between two lines of three hyphens.
    """
    match = _DIRECTIVE.match(lines[start])
    if match is None:
        return None
    end = _find_block_end(lines, start) if match["fence"] is None else _find_fence_end(lines, start, match["fence"])
    is_yaml = match["fence"] is not None and start + 1 < end and lines[start + 1].strip(" \t>") == "---"
    pattern = _YAML_OPTION if is_yaml else _OPTION
    options: dict[str, str] = {}
    number = start + 1 + is_yaml
    while number < end and (option := pattern.match(lines[number])):
        options[option["name"]] = option["value"]
        number += 1
    name, quotes = (match["rst"] or match["myst"]).lower(), match["quotes"].count(">")
    return TableDirective(name, options, number + is_yaml, end, quotes)


def measure_indentation(line: str) -> int:
    """Return the columns of blanks that a line begins with; as in docutils, tab stops are eight columns apart."""
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def count_trailing_blanks(lines: Sequence[str]) -> int:
    """Return the number of lines without text at the end."""
    return next((count for count, line in enumerate(reversed(lines)) if line.strip()), 0)


def _find_block_end(lines: Sequence[str], start: int) -> int:
    """Return the line after the last line with text in the block of a directive, which is indented deeper than it."""
    outer = measure_indentation(lines[start])
    end = start + 1
    for number in range(start + 1, len(lines)):
        if lines[number].strip():
            if measure_indentation(lines[number]) <= outer:
                break
            end = number + 1
    return end


def _find_fence_end(lines: Sequence[str], start: int, fence: str) -> int:
    """Return the line after the last line with text between two fences."""
    closing = next(
        (number for number in range(start + 1, len(lines)) if lines[number].strip(" \t>").startswith(fence)), len(lines)
    )
    while closing > start + 1 and not lines[closing - 1].strip(" \t>"):
        closing -= 1
    return closing
