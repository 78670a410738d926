"""Find the style of each column of a table: the markup and the words that its rows have in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from authscribe.model.definitions import Secrecy
from authscribe.model.draft import to_plain
from authscribe.pages.rows import NameRemark, Rows
from authscribe.pages.tables.layout import TableLayout
from authscribe.readers.pages.names import is_no_value
from authscribe.readers.pages.sections import Cell
from authscribe.readers.pages.setting_row import USE_COLUMNS
from authscribe.readers.pages.wording.answers import choose_answers, find_opposite, has_remark, is_multiple
from authscribe.readers.pages.wording.types import list_type_words

_NAME: Final = re.compile(r"^(?P<open>\W*)(?P<word>.*?)(?P<close>\W*)$", re.DOTALL)
_VALUE: Final = re.compile(r"^(?P<open>[`*]*)(?P<word>.*?)(?P<close>[`*]*)$", re.DOTALL)
_NOTE: Final = re.compile(r"\s*\[(?:\d+|#[\w-]*|\*|\w+)\]_$|\[\^[^\[\]\s]+\]$")
SAFE_WORD: Final = re.compile(r"[\w-]*[^\W_]")
"""Name or value that any markup can surround."""
SAFE_LABEL: Final = re.compile(rf"{SAFE_WORD.pattern}(?: {SAFE_WORD.pattern})*")
"""Label that any markup can surround."""


@dataclass(frozen=True, slots=True)
class OldCell:
    """Source of a cell of the page, and the text that it is read as."""

    source: str
    text: str

    @property
    def is_word(self) -> bool:
        """Whether the source is the text between marks, such as two backticks."""
        match = _NAME.match(_unescape(self.source))
        return match is not None and match["word"] == self.text

    @property
    def has_note(self) -> bool:
        """Whether nothing but a reference to a note follows the text and its marks."""
        return _NOTE.search(self.source) is not None and OldCell(_NOTE.sub("", self.source), self.text).is_word

    def rename(self, name: str) -> str | None:
        """Return the source with another name or label in it; None unless that is clear."""
        is_clear = SAFE_LABEL.fullmatch(name) is not None and self.source.count(self.text) == 1
        return self.source.replace(self.text, name) if is_clear else None


@dataclass(frozen=True, slots=True)
class ColumnStyle:
    """Style of a column: what it has in common in the rows of the page, as source text.

    `marks` is the markup before and after its names or values, if all have the same. `answers` tells how it makes a
    setting required (False) or optional (True), or its value public or secret, and `nothing` how it leaves out a value.
    `types` has the words for types, if they are in another language than English. `remarked` has a name for each
    meaning of the words beside names, if any name has such words.
    """

    marks: tuple[str, str] | None
    answers: tuple[str, str]
    nothing: str
    types: Mapping[str, str]
    remarked: Mapping[NameRemark, OldCell]

    @classmethod
    def from_cells(cls, rows: Rows, layout: TableLayout, position: int) -> ColumnStyle:
        """Return the style of the column at a position."""
        column = rows.columns[position]
        # A row may have fewer cells than the table has columns.
        cells = [
            (find_source(layout, index, position), cell)
            for index, row in enumerate(rows.cells)
            for cell in row[position : position + 1]
        ]
        blank = {source for source, cell in cells if is_no_value(cell.text, is_code=bool(cell.literals))}
        words = (
            OldCell(source, cell.label or cell.text)
            for source, cell in cells
            if column == "name" or source not in blank
        )
        is_answer = column == "secret" or (column is not None and USE_COLUMNS.get(column) == "optional")
        answers = _find_answers(rows, position, cells) if is_answer else ("", "")
        nothing = _find_most_common(source for source, _ in cells if source in blank)
        types = list_type_words((cell.text for _, cell in cells), rows.reader.wording) if column == "type" else {}
        marks = _find_marks(_NAME if column == "name" else _VALUE, words)
        remarked = _find_remarked(rows, cells) if column == "name" else {}
        return cls(marks, answers, nothing, types, remarked)


def _find_remarked(rows: Rows, cells: Iterable[tuple[str, Cell]]) -> dict[NameRemark, OldCell]:
    """Return the first name with each remark, and one without any, if some name has one."""
    found: dict[NameRemark, OldCell] = {}
    for index, (source, cell) in enumerate(cells):
        found.setdefault(rows.read_name_remark(index), OldCell(source, cell.label or cell.text))
    return found if any(cell.remark for row in rows.cells for cell in row) else {}


def _find_answers(rows: Rows, position: int, cells: Sequence[tuple[str, Cell]]) -> tuple[str, str]:
    """Return the sources that make a setting required, and optional; `cells` are those of the column."""
    wording = rows.reader.wording
    readings = ((source, cell.text, rows.reader.read_use(position, cell, "", "")) for source, cell in cells)
    clear = [
        (source, text, entry.key != "" and to_plain(entry.node) != Secrecy.NO)
        for source, text, entry in readings
        if entry is not None and not has_remark(text) and not is_multiple(text)
    ]
    heading = rows.reader.header[position].text
    no, yes = choose_answers(heading, wording)
    required, optional = (yes, no) if rows.columns[position] == "required" else (no, yes)
    opposite = partial(find_opposite, wording=wording, heading=heading)
    return (
        _find_answer(clear, opposite, wanted=False, usual=required),
        _find_answer(clear, opposite, wanted=True, usual=optional),
    )


def _find_answer(
    answers: Sequence[tuple[str, str, bool]], opposite: Callable[[str], str | None], *, wanted: bool, usual: str
) -> str:
    """Return the source that makes a setting optional, or required, in the words of a column.

    It is that of another row, or else the opposite of one, or else the usual word. `answers` has the source, text and
    meaning of each cell.
    """
    same = [source for source, _, is_optional in answers if is_optional == wanted]
    if same:
        return _find_most_common(same)
    words = ((source, text, opposite(text)) for source, text, _ in answers)
    found = [(source.replace(text, word, 1) if word else "") for source, text, word in words if word is not None]
    return _find_most_common(found) if found else usual


def _find_most_common(sources: Iterable[str]) -> str:
    """Return the most common of the sources, the first of several; empty if there are none."""
    counted = Counter(sources).most_common(1)
    return counted[0][0] if counted else ""


def _find_marks(pattern: re.Pattern[str], cells: Iterable[OldCell]) -> tuple[str, str] | None:
    """Return the markup before and after the word of all cells, such as two backticks; None if it differs.

    Markup such as a link or a role has more than that word between its ends.
    """
    marks: set[tuple[str, str] | None] = set()
    for cell in cells:
        match = pattern.match(cell.source)
        is_word = match is not None and _unescape(match["word"]) == cell.text
        marks.add((match["open"], match["close"]) if match is not None and is_word else None)
    return marks.pop() if len(marks) == 1 else None


def _unescape(source: str) -> str:
    return re.sub(r"\\(.)", r"\1", source)


def find_source(layout: TableLayout, index: int, position: int) -> str:
    """Return the source of a cell of the page; empty if its row is shorter."""
    return "".join(layout.rows[index].cells[position : position + 1])
