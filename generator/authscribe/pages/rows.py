"""Compare the rows of a scheme table with the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final, NamedTuple, TypeAlias

from authscribe.encoders.prose import to_printable_spans
from authscribe.encoders.text import to_printable
from authscribe.model.credential_names import is_secret_name
from authscribe.model.definitions import Parameter, Secrecy, Secret, ValueType
from authscribe.model.draft import to_plain
from authscribe.model.markup import join_text
from authscribe.model.naming import split_words
from authscribe.model.wording import Wording
from authscribe.readers.pages.names import is_no_value, spell_as_name
from authscribe.readers.pages.sections import Cell, PageTable
from authscribe.readers.pages.setting_row import USE_COLUMNS, RowReader
from authscribe.readers.pages.wording.answers import mentions_use, read_optional
from authscribe.readers.pages.wording.types import find_type, unify_type
from authscribe.targets.docs_tables import format_type, format_value

RowSetting: TypeAlias = Secret | Parameter

_UNCOMPARED: Final = None
"""Fact that is not compared: a default or example that may be secret, or a title that no definition states."""


class NameRemark(NamedTuple):
    """Meaning of the words beside a name: whether the setting is optional, and its type, as far as they tell."""

    is_optional: bool | None
    type_name: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a scheme table as the reader of pages reads them.

    `labels` has the label for each name, if the table has labels in place of names. `marks_optional` tells that words
    such as "(optional)" stand beside the names of optional settings, and `marks_types` that types do.
    """

    reader: RowReader
    cells: tuple[tuple[Cell, ...], ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    marks_optional: bool = False
    marks_types: bool = False

    @classmethod
    def from_table(cls, table: PageTable, wording: Wording) -> Rows:
        """Return the rows of a table as a reader found it."""
        reader = RowReader.from_table(table, wording)
        if table.is_list:
            # A label of an item, such as "API Key", stands for the name.
            columns = tuple(None if column == "title" else column for column in reader.columns)
            reader = replace(reader, columns=columns)
        labels = {cell.text: cell.label for row in table.rows for cell in row if cell.label and not table.is_list}
        rows = cls(reader, table.rows, labels)
        remarks = [rows.read_name_remark(index) for index in range(len(table.rows))]
        marks_optional = any(remark.is_optional for remark in remarks)
        return replace(rows, marks_optional=marks_optional, marks_types=any(remark.type_name for remark in remarks))

    @property
    def columns(self) -> tuple[str | None, ...]:
        """Meaning of each column, None for an unknown one."""
        return self.reader.columns

    @property
    def answers(self) -> frozenset[int]:
        """Positions of the columns that tell which settings are required."""
        return frozenset(
            position for position, column in enumerate(self.columns) if USE_COLUMNS.get(column or "") == "optional"
        )

    @property
    def names(self) -> list[str]:
        """Name in each row; empty if the table has no column for names."""
        return [self.find_text(index, "name") for index in range(len(self.cells))]

    def find_text(self, index: int, column: str) -> str:
        """Return the text in a column of a row; empty if it is not there."""
        position = self.columns.index(column) if column in self.columns else len(self.columns)
        return "".join(_fold_blanks(cell.text) for cell in self.cells[index][position : position + 1])

    def spell_name(self, setting: RowSetting) -> str:
        """Return the name of a setting, or its label in a table of labels.

        A title is the label only if the name is derived from it: other words would name another setting.
        """
        if not self.labels:
            return setting.name
        title = _fold_blanks(setting.title or "")
        words = " ".join(split_words(setting.name)).capitalize()
        names = (spell_as_name(title), spell_as_name(title, is_whole=True))
        return title if setting.name in names else self.labels.get(setting.name, words)

    def find_spelt_name(self, index: int) -> str:
        """Return the name in a row, or the label in a table of labels."""
        name = self.find_text(index, "name")
        return self.labels.get(name, name)

    def are_up_to_date(self, settings: Iterable[RowSetting]) -> bool:
        """Return whether the rows list these settings, in any order; always true for a table without names."""
        if "name" not in self.columns:
            return True
        by_name = {setting.name: setting for setting in settings}
        if sorted(self.names) != sorted(by_name):
            return False
        return not any(self.find_outdated(index, by_name[name]) for index, name in enumerate(self.names))

    def find_outdated(self, index: int, setting: RowSetting) -> frozenset[int]:
        """Return the columns in which a row does not match a setting."""
        is_renamed = self.find_text(index, "name") != setting.name
        outdated = {
            position
            for position, (column, cell) in enumerate(zip_longest(self.columns, self.cells[index]))
            if column is not None and not self._matches(position, cell, setting, is_renamed=is_renamed)
        }
        answers = self.answers
        # A setting is optional if one of its cells makes it so.
        cells = ((position, cell) for position, cell in enumerate(self.cells[index]) if position in answers)
        is_optional = any(self.read_fact(position, cell, setting) for position, cell in cells)
        if is_optional == setting.optional:
            outdated -= answers
        elif setting.optional and answers - self.reader.conditional:
            # Where it is required stays open.
            outdated -= self.reader.conditional
        is_right = self.find_spelt_name(index) == self.spell_name(setting) and self.has_right_remark(index, setting)
        if "name" in self.columns and not is_right:
            outdated.add(self.columns.index("name"))
        return frozenset(outdated)

    def list_uses(self, *, is_usual: bool) -> list[bool | None]:
        """Return whether words make the setting in each row optional, as `is_usual` tells without any.

        None for a row that only people understand: with a default, or with other words such as "Optional in tests".
        """
        return [
            None if self._is_told_otherwise(row) else self.reader.is_optional(row, is_usual=is_usual)
            for row in self.cells
        ]

    def _is_told_otherwise(self, row: Sequence[Cell]) -> bool:
        is_mentioned = any(mentions_use(cell.text, self.reader.wording) for cell in row)
        return self.reader.read_remark(row) is None and (is_mentioned or self.reader.shows_default(row))

    def has_right_remark(self, index: int, setting: RowSetting) -> bool:
        """Return whether the words beside the name in a row are true of a setting."""
        row = self.cells[index]
        is_optional, type_name = self.read_name_remark(index)
        if is_optional is None and self.reader.find_note(row):
            is_optional = self.reader.read_remark(row)
        if is_optional is None:
            is_told = self.marks_optional and self.reader.read_remark(row) is None
            is_optional = False if is_told else setting.optional
        # Beside names with a type, one without it is that of a string, as the reader of pages takes it.
        type_name = type_name or (ValueType.STRING.value if self.marks_types else setting.type.value)
        return is_optional == setting.optional and type_name == setting.type.value

    def read_name_remark(self, index: int) -> NameRemark:
        """Return the meaning of the words beside the name in a row."""
        remark = self.reader.read_name_remark(self.cells[index])
        is_optional = read_optional("optional", remark.use, self.reader.wording)
        return NameRemark(None if self.reader.tells_use else is_optional, self.reader.find_type(remark.type))

    def read_fact(self, position: int, cell: Cell, setting: RowSetting) -> str:
        """Return the content of a cell in the row of a setting, in the form of `make_fact`."""
        column, text = self.columns[position], _fold_blanks(cell.text)
        if column == "type":
            # Without a type it is a string, as the reader of pages takes it.
            return unify_type(find_type(text, self.reader.wording) or text or ValueType.STRING.value)
        if column not in USE_COLUMNS:
            return text
        entry = self.reader.read_use(position, cell, setting.name, setting.type.value)
        return _fold_blanks(format_value(to_plain(entry.node))) if entry is not None else ""

    def _matches(self, position: int, cell: Cell | None, setting: RowSetting, *, is_renamed: bool) -> bool:
        fact = make_fact(self.columns[position] or "", setting)
        if fact is _UNCOMPARED:
            return not is_renamed
        return cell is not None and self.read_fact(position, cell, setting) == fact


def name_by_titles(table: PageTable, settings: Sequence[RowSetting]) -> PageTable:
    """Return a table in which a label that is the title of one setting stands for the name of that."""
    titles = Counter(setting.title for setting in settings)
    names = {setting.title: setting.name for setting in settings if titles[setting.title] == 1}

    def rename(cell: Cell) -> Cell:
        return replace(cell, text=names.get(cell.label, cell.text)) if cell.label else cell

    return replace(table, rows=tuple(tuple(map(rename, row)) for row in table.rows))


def make_fact(column: str, setting: RowSetting) -> str | None:
    """Return the content that a column must have in the row of a setting; `_UNCOMPARED` if it can be anything.

    It is empty for what a cell cannot express, such as a default of a single dash.
    """
    match column:
        case "name":
            return setting.name
        case "type":
            return unify_type(format_type(setting))
        case "required" | "optional":
            return format_value(setting.optional or None)
        case "default" | "example":
            value = setting.default if column == "default" else setting.example
            if is_secret_name(setting.name) or not setting.is_public:
                return _UNCOMPARED
            text = _fold_blanks(format_value(value))
            return "" if is_no_value(text, is_code=True) else text
        case "title":
            return _fold_blanks(setting.title) if setting.title else _UNCOMPARED
        case "secret":
            if isinstance(setting, Parameter) or setting.secret is Secrecy.UNKNOWN:
                return _UNCOMPARED
            return setting.secret.value
    return _read_description(setting)


def _read_description(setting: RowSetting) -> str:
    return join_text(to_printable_spans(setting.description))


def _fold_blanks(text: str) -> str:
    return " ".join(to_printable(text).split())
