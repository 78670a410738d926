"""How the rows of a table lie in a page: which lines each takes, and how other rows are written in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

CellTexts: TypeAlias = tuple[str, ...]
"""The source text of each cell of a row; more than one line where the page has it so."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row as it stands in the page: its lines, all of them, and the source of its cells."""

    lines: tuple[str, ...]
    cells: CellTexts


class TableLayout(Protocol):
    """The rows of one table, without its header; `start` and `end` are the lines that `written` replaces."""

    @property
    def start(self) -> int:
        """The first line, counted from 0."""

    @property
    def end(self) -> int:
        """The line after the last one."""

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        """The rows in their order."""

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """The lines with these rows: those of the page as they are, others laid out as theirs are."""


@dataclass(frozen=True, slots=True)
class TableDirective:
    """A directive of reStructuredText or MyST: its name, its options, and the lines of its content."""

    name: str
    options: Mapping[str, str]
    content: int
    end: int


_DIRECTIVE: Final = re.compile(
    r"^[ \t>]*(?:[-*+][ \t]+)*"
    r"(?:\.\.[ \t]+(?:\|.+\|[ \t]+)?(?P<rst>[\w-]+)::|(?P<fence>`{3,}|~{3,}|:{3,})\{(?P<myst>[\w-]+)\})"
)
_OPTION: Final = re.compile(r"^[ \t>]*:(?P<name>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*$")
_YAML_OPTION: Final = re.compile(r"^[ \t>]*(?P<name>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*$")


def parse_directive(lines: Sequence[str], start: int) -> TableDirective | None:
    """The directive that begins at a line; of MyST, its options may stand between lines of three hyphens."""
    match = _DIRECTIVE.match(lines[start])
    if match is None:
        return None
    end = _block_end(lines, start) if match["fence"] is None else _fence_end(lines, start, match["fence"])
    is_yaml = match["fence"] is not None and start + 1 < end and lines[start + 1].strip(" \t>") == "---"
    pattern = _YAML_OPTION if is_yaml else _OPTION
    options: dict[str, str] = {}
    number = start + 1 + is_yaml
    while number < end and (option := pattern.match(lines[number])):
        options[option["name"]] = option["value"]
        number += 1
    return TableDirective((match["rst"] or match["myst"]).lower(), options, number + is_yaml, end)


def measure_indentation(line: str) -> int:
    """The blanks that a line begins with; a tab goes to the next multiple of eight, as docutils has it."""
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def count_trailing_blanks(lines: Sequence[str]) -> int:
    """How many lines without text there are at the end."""
    return next((count for count, line in enumerate(reversed(lines)) if line.strip()), 0)


def _block_end(lines: Sequence[str], start: int) -> int:
    """The line after a directive's block, which ends where something is indented no deeper; without blank lines."""
    outer = measure_indentation(lines[start])
    end = start + 1
    for number in range(start + 1, len(lines)):
        if lines[number].strip():
            if measure_indentation(lines[number]) <= outer:
                break
            end = number + 1
    return end


def _fence_end(lines: Sequence[str], start: int, fence: str) -> int:
    """The line after what stands between two fences, without blank lines."""
    closing = next(
        (number for number in range(start + 1, len(lines)) if lines[number].strip(" \t>").startswith(fence)), len(lines)
    )
    while closing > start + 1 and not lines[closing - 1].strip(" \t>"):
        closing -= 1
    return closing
