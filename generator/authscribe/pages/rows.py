"""Compare the rows of a scheme table with the catalogue, and write the rows that differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from authscribe.encoders.text import to_printable
from authscribe.model.definitions import Parameter, Secret
from authscribe.pages.markup import CellReader, MarkupLostError, carry_markup
from authscribe.pages.tables.layout import CellTexts, SourceRow, TableLayout
from authscribe.readers.pages.sections import PageTable
from authscribe.readers.pages.wording import match_columns

RowSetting: TypeAlias = Secret | Parameter

Facts: TypeAlias = Mapping[str, str]
"""Contents of a row by the meaning of its columns: `name`, `description` and `type`."""

_TOP: Final = ""
"""Name of no setting: the place before the first row."""
_NAME: Final = re.compile(r"^(?P<open>\W*)(?P<name>.*?)(?P<close>\W*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CellEncoders:
    """Encoders of a markup language: one for prose, one for names."""

    text: Callable[[str], str]
    name: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a scheme table: the meaning of each column, None for an unknown one, and the facts in each row."""

    columns: tuple[str | None, ...]
    facts: tuple[Facts, ...]

    @classmethod
    def from_table(cls, table: PageTable) -> Rows:
        """Return the rows of a table as a reader found it."""
        columns = tuple(match_columns(cell.text for cell in table.header))
        return cls(columns, tuple(_read_facts(columns, (cell.text for cell in row)) for row in table.rows))

    @property
    def names(self) -> list[str]:
        """Name in each row; empty if the table has no column for names."""
        return [facts.get("name", "") for facts in self.facts]

    def are_up_to_date(self, settings: Iterable[RowSetting]) -> bool:
        """Return whether the rows list these settings, in any order; always true for a table without names."""
        if "name" not in self.columns:
            return True
        expected = [_make_facts(setting, self.columns) for setting in settings]
        return sorted(self.facts, key=_get_name) == sorted(expected, key=_get_name)

    def rewrite(
        self, settings: Sequence[RowSetting], layout: TableLayout, encoders: CellEncoders, reader: CellReader
    ) -> Iterator[SourceRow | CellTexts]:
        """Yield a row for each setting: that of the page if it is up to date, otherwise the texts of new cells.

        Raises MarkupLostError if the new text of a cell cannot keep the markup of the old one.
        """
        writer = _RowWriter(self, layout, encoders, reader, _find_name_marks(layout, self.columns.index("name")), [])
        ordered = _keep_page_order(self.names, settings)
        matcher = SequenceMatcher(None, self.names, [setting.name for setting in ordered], autojunk=False)
        for tag, first, last, start, end in matcher.get_opcodes():
            for offset, setting in enumerate(ordered[start:end]):
                # A name in the place of one that is gone is that one renamed: its row keeps its other cells.
                index = first + offset if tag in ("equal", "replace") and first + offset < last else None
                yield writer.write_row(setting, index)
        if writer.lost:
            raise MarkupLostError(writer.lost)


def _get_name(facts: Facts) -> str:
    return facts["name"]


def _read_facts(columns: Iterable[str | None], cells: Iterable[str]) -> Facts:
    """Return the facts in a row of the page; without a type it is a string, as the reader of pages takes it."""
    facts = {column: _fold_blanks(text) for column, text in zip(columns, cells, strict=False) if column is not None}
    return {column: text or ("String" if column == "type" else "") for column, text in facts.items()}


def _make_facts(setting: RowSetting, columns: Iterable[str | None]) -> Facts:
    """Return the facts that a row about the setting must have in these columns."""
    facts = {
        "name": setting.name,
        "description": _fold_blanks(setting.description),
        "type": setting.type_label or setting.type.value.capitalize(),
    }
    return {column: facts[column] for column in columns if column is not None}


def _fold_blanks(text: str) -> str:
    return " ".join(to_printable(text).split())


def _keep_page_order(names: Sequence[str], settings: Sequence[RowSetting]) -> list[RowSetting]:
    """Return the settings in the order of the page; a new one follows the one before it in the catalogue."""
    by_name = {setting.name: setting for setting in settings}
    on_page = {*names}
    new_after: dict[str, list[RowSetting]] = {_TOP: []}
    before = _TOP
    for setting in settings:
        if setting.name in on_page:
            before = setting.name
        else:
            new_after.setdefault(before, []).append(setting)
    ordered = new_after[_TOP]
    for name in filter(by_name.__contains__, names):
        ordered += [by_name[name], *new_after.pop(name, ())]
    return ordered


@dataclass(frozen=True, slots=True)
class _OldCell:
    """Source of a cell of the page, and the text that it is read as."""

    source: str
    text: str

    @property
    def is_word(self) -> bool:
        """Whether the source is the text between marks, such as two backticks."""
        match = _NAME.match(re.sub(r"\\(.)", r"\1", self.source))
        return match is not None and match["name"] == self.text


@dataclass(frozen=True, slots=True)
class _RowWriter:
    """Writer of rows; `name_marks` is the markup before and after the names of the table, if all have the same.

    `lost` collects the markup that new cells could not keep.
    """

    rows: Rows
    layout: TableLayout
    encoders: CellEncoders
    reader: CellReader
    name_marks: tuple[str, str] | None
    lost: list[str]

    def write_row(self, setting: RowSetting, index: int | None) -> SourceRow | CellTexts:
        """Return the row of a setting, which takes the place of the row with this index, if any."""
        columns = self.rows.columns
        facts = _make_facts(setting, columns)
        page_facts = self.rows.facts[index] if index is not None else {}
        if index is not None and page_facts == facts:
            return self.layout.rows[index]
        cells = self.layout.rows[index].cells if index is not None else ()
        # A row may have fewer cells than the table has columns.
        texts = ("".join(cells[position : position + 1]) for position in range(len(columns)))
        # A row in the place of another one does not continue its text, unless that is much the same.
        is_same = bool(page_facts) and (page_facts["name"] == facts["name"] or _is_similar(page_facts, facts))
        return tuple(
            (
                text
                if column is None or page_facts.get(column) == facts[column]
                else self._write_cell(
                    column, facts[column], _OldCell(text, page_facts.get(column, "")), is_same=is_same
                )
            )
            for column, text in zip(columns, texts, strict=True)
        )

    def _write_cell(self, column: str, new: str, old: _OldCell, *, is_same: bool) -> str:
        """Return the source of a cell with a new text, and with the markup of the old one if its row is the same."""
        if column == "name":
            self.lost.extend((old.source,) if is_same and not old.is_word else ())
            return self._write_name(new)
        if not is_same:
            return self.encoders.text(new)
        if column == "type" and old.is_word and new.isalpha():
            return re.sub(re.escape(old.text), new, old.source)
        try:
            return carry_markup(old.source, old.text, new, self.reader, self.encoders.text)
        except MarkupLostError as error:
            self.lost.extend(error.sources)
            return old.source

    def _write_name(self, name: str) -> str:
        """Return the name with the markup of the table's other names if that is safe, otherwise as code."""
        if self.name_marks is None or not re.fullmatch(r"[\w-]*\w", name) or name.endswith("_"):
            return self.encoders.name(name)
        return f"{self.name_marks[0]}{name}{self.name_marks[1]}"


def _is_similar(before: Facts, after: Facts) -> bool:
    """Return whether most words of two descriptions are the same."""
    words, other_words = (facts.get("description", "").split() for facts in (before, after))
    return bool(words) and SequenceMatcher(None, words, other_words, autojunk=False).ratio() > 1 / 2


def _find_name_marks(layout: TableLayout, column: int) -> tuple[str, str] | None:
    """Return the markup before and after the names of all rows, such as two backticks; None if it differs."""
    marks = set()
    for row in layout.rows:
        match = _NAME.match("".join(row.cells[column : column + 1]))
        marks.add((match["open"], match["close"]) if match else ("", ""))
    return marks.pop() if len(marks) == 1 else None
