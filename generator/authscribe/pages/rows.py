"""The rows of a scheme table in a page: what they say, and how they are made to say what the catalogue says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from authscribe.encoders.text import to_printable
from authscribe.model.definitions import Parameter, Secret
from authscribe.pages.tables.layout import CellTexts, SourceRow, TableLayout
from authscribe.readers.pages.sections import PageTable
from authscribe.readers.pages.wording import match_columns

RowSetting: TypeAlias = Secret | Parameter

_NAME: Final = re.compile(r"^(?P<open>\W*)(?P<name>.*?)(?P<close>\W*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CellEncoders:
    """How text and names are written in a page."""

    text: Callable[[str], str]
    name: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rows:
    """What each row says, by the columns that tables of schemes have."""

    columns: tuple[str | None, ...]
    said: tuple[Mapping[str, str], ...]

    @classmethod
    def from_table(cls, table: PageTable) -> Rows:
        """Those of a table as it is read."""
        columns = tuple(match_columns(cell.text for cell in table.header))
        return cls(columns, tuple(_said(columns, (cell.text for cell in row)) for row in table.rows))

    @property
    def names(self) -> list[str]:
        """What the rows are about; empty for one that does not say."""
        return [row.get("name", "") for row in self.said]

    def are_true(self, settings: Iterable[RowSetting]) -> bool:
        """Whether they say what the catalogue says of these; a table without names is none that could be false."""
        return "name" not in self.columns or list(self.said) == [_fact(setting, self.columns) for setting in settings]

    def rewritten(
        self, settings: Sequence[RowSetting], layout: TableLayout, encoders: CellEncoders
    ) -> Iterator[SourceRow | CellTexts]:
        """The rows of the catalogue: those of the page as they are where they are true, else with what is true."""
        writing = _RowWriter(self, layout, encoders, _mark(layout, self.columns.index("name")))
        wanted = _in_order_of(self.names, settings)
        matcher = SequenceMatcher(None, self.names, [setting.name for setting in wanted], autojunk=False)
        for tag, first, last, start, end in matcher.get_opcodes():
            for offset, setting in enumerate(wanted[start:end]):
                # What stands in the place of a name that is gone is that name, renamed.
                index = first + offset if tag in ("equal", "replace") and first + offset < last else None
                yield writing.row(setting, index)


def _said(columns: Iterable[str | None], cells: Iterable[str]) -> dict[str, str]:
    """What a row of the page says; without a type it means a string, as its reader takes it."""
    said = {column: _folded(text) for column, text in zip(columns, cells, strict=False) if column is not None}
    return {key: value or ("String" if key == "type" else "") for key, value in said.items()}


def _fact(setting: RowSetting, columns: Iterable[str | None]) -> dict[str, str]:
    """What a row has to say, by the columns that tables of schemes have."""
    facts = {
        "name": setting.name,
        "description": _folded(setting.description),
        "type": setting.type_label or setting.type.value.capitalize(),
    }
    return {column: facts[column] for column in columns if column is not None}


def _folded(text: str) -> str:
    return " ".join(to_printable(text).split())


def _in_order_of(names: Sequence[str], settings: Sequence[RowSetting]) -> list[RowSetting]:
    """The settings in the order of the page; a new one after the one that it follows in the catalogue."""
    known = {setting.name: setting for setting in settings}
    ordered = [known[name] for name in names if name in known]
    before: RowSetting | None = None
    for setting in settings:
        if setting not in ordered:
            ordered.insert(ordered.index(before) + 1 if before is not None else 0, setting)
        before = setting
    return ordered


@dataclass(frozen=True, slots=True)
class _RowWriter:
    """How rows are written in a page; `mark` is what stands around the names of this table."""

    rows: Rows
    layout: TableLayout
    encoders: CellEncoders
    mark: tuple[str, str] | None

    def row(self, setting: RowSetting, index: int | None) -> SourceRow | CellTexts:
        """The row of a setting, in the place of the one with this index."""
        columns = self.rows.columns
        facts = _fact(setting, columns)
        said = self.rows.said[index] if index is not None else {}
        if index is not None and said == facts:
            return self.layout.rows[index]
        cells = self.layout.rows[index].cells if index is not None else ()
        # A row may have fewer cells than the table has columns.
        old = ("".join(cells[position : position + 1]) for position in range(len(columns)))
        return tuple(self._cell(column, facts, said, text) for column, text in zip(columns, old, strict=True))

    def _cell(self, column: str | None, facts: Mapping[str, str], said: Mapping[str, str], old: str) -> str:
        if column is None or said.get(column) == facts[column]:
            return old
        return self._marked(facts[column]) if column == "name" else self.encoders.text(facts[column])

    def _marked(self, name: str) -> str:
        """As the other names of the table, where that is safe; otherwise as code."""
        if self.mark is None or not re.fullmatch(r"[\w-]*\w", name) or name.endswith("_"):
            return self.encoders.name(name)
        return f"{self.mark[0]}{name}{self.mark[1]}"


def _mark(layout: TableLayout, column: int) -> tuple[str, str] | None:
    """What stands around the names of all rows, such as two backticks; None where they differ."""
    marks = set()
    for row in layout.rows:
        match = _NAME.match("".join(row.cells[column : column + 1]))
        marks.add((match["open"], match["close"]) if match else ("", ""))
    return marks.pop() if len(marks) == 1 else None
