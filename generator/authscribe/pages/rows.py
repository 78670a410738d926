"""Compare the rows of a scheme table with the catalogue, and write the rows that differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import partial
from itertools import zip_longest
from typing import Final, NamedTuple, TypeAlias

from authscribe.encoders.text import to_printable, to_printable_spans
from authscribe.model.credential_names import is_secret_name
from authscribe.model.definitions import Parameter, Secret, ValueType
from authscribe.model.draft import to_plain
from authscribe.model.markup import Span, join_text, merge_spans
from authscribe.model.wording import Wording
from authscribe.pages.markup import CellReader, MarkupLostError, carry_markup
from authscribe.pages.tables.layout import CellTexts, SourceRow, TableLayout
from authscribe.readers.pages.names import is_no_value
from authscribe.readers.pages.sections import Cell, PageTable
from authscribe.readers.pages.setting_row import USE_COLUMNS, RowReader
from authscribe.readers.pages.wording.answers import (
    change_least_number,
    choose_answers,
    find_opposite,
    has_remark,
    is_multiple,
    read_optional,
)
from authscribe.readers.pages.wording.types import find_type, list_type_words
from authscribe.targets.docs_tables import format_type, format_value

RowSetting: TypeAlias = Secret | Parameter

_TOP: Final = ""
"""Name of no setting: the place before the first row."""
_NAME: Final = re.compile(r"^(?P<open>\W*)(?P<word>.*?)(?P<close>\W*)$", re.DOTALL)
_VALUE: Final = re.compile(r"^(?P<open>[`*]*)(?P<word>.*?)(?P<close>[`*]*)$", re.DOTALL)
_NOTE: Final = re.compile(r"\s*\[(?:\d+|#[\w-]*|\*|\w+)\]_$|\[\^[^\[\]\s]+\]$")
_SAFE_WORD: Final = re.compile(r"[\w-]*[^\W_]")
_UNCOMPARED: Final = None
"""Fact about a default or example that is not compared, since it may be secret."""


class UnclearCellError(Exception):
    """Outdated cells whose meaning is unclear."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(", ".join(f"'{text}'" for text in texts))


@dataclass(frozen=True, slots=True)
class CellEncoders:
    """Encoders of a markup language: one for prose with its markup, one for names."""

    text: Callable[[Sequence[Span]], str]
    name: Callable[[str], str]


class NameRemark(NamedTuple):
    """Meaning of the words beside a name: whether the setting is optional, and its type, as far as they tell."""

    is_optional: bool | None
    type_name: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a scheme table as the reader of pages reads them.

    `marks_optional` tells that words such as "(optional)" stand beside the names of optional settings, and
    `marks_types` that types do.
    """

    reader: RowReader
    cells: tuple[tuple[Cell, ...], ...]
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
        rows = cls(reader, table.rows)
        remarks = [rows.read_name_remark(index) for index in range(len(table.rows))]
        marks_optional = any(remark.is_optional for remark in remarks)
        return replace(rows, marks_optional=marks_optional, marks_types=any(remark.type_name for remark in remarks))

    @property
    def columns(self) -> tuple[str | None, ...]:
        """Meaning of each column, None for an unknown one."""
        return self.reader.columns

    @property
    def names(self) -> list[str]:
        """Name in each row; empty if the table has no column for names."""
        return [self.find_text(index, "name") for index in range(len(self.cells))]

    def find_text(self, index: int, column: str) -> str:
        """Return the text in a column of a row; empty if it is not there."""
        position = self.columns.index(column) if column in self.columns else len(self.columns)
        return "".join(_fold_blanks(cell.text) for cell in self.cells[index][position : position + 1])

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
        answers = {
            position for position, column in enumerate(self.columns) if USE_COLUMNS.get(column or "") == "optional"
        }
        # A setting is optional if one of its cells makes it so.
        cells = ((position, cell) for position, cell in enumerate(self.cells[index]) if position in answers)
        is_optional = any(self.read_fact(position, cell, setting) for position, cell in cells)
        outdated -= answers if is_optional == setting.optional else set()
        if "name" in self.columns and not self.has_right_remark(index, setting):
            outdated.add(self.columns.index("name"))
        return frozenset(outdated)

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
            return (find_type(text, self.reader.wording) or "").capitalize() or text or "String"
        if column not in USE_COLUMNS:
            return text
        entry = self.reader.read_use(position, cell, setting.name, setting.type.value)
        return _fold_blanks(format_value(to_plain(entry.node))) if entry is not None else ""

    def _matches(self, position: int, cell: Cell | None, setting: RowSetting, *, is_renamed: bool) -> bool:
        fact = make_fact(self.columns[position] or "", setting)
        if fact is _UNCOMPARED:
            return not is_renamed
        return cell is not None and self.read_fact(position, cell, setting) == fact

    def rewrite(
        self, settings: Sequence[RowSetting], layout: TableLayout, encoders: CellEncoders, reader: CellReader
    ) -> Iterator[SourceRow | CellTexts]:
        """Yield a row for each setting: that of the page if it is up to date, otherwise the texts of new cells.

        Raises MarkupLostError if the new text of a cell cannot keep the markup of the old one, and UnclearCellError
        if the meaning of an outdated cell is unclear.
        """
        styles = tuple(_ColumnStyle.from_cells(self, layout, position) for position in range(len(self.columns)))
        writer = _RowWriter(self, layout, encoders, reader, styles)
        ordered = _keep_page_order(self.names, settings)
        matcher = SequenceMatcher(None, self.names, [setting.name for setting in ordered], autojunk=False)
        for tag, first, last, start, end in matcher.get_opcodes():
            for offset, setting in enumerate(ordered[start:end]):
                # A name in the place of one that is gone is that one renamed: its row keeps its other cells.
                index = first + offset if tag in ("equal", "replace") and first + offset < last else None
                yield writer.write_row(setting, index)
        if writer.unclear:
            raise UnclearCellError(writer.unclear)
        if writer.lost:
            raise MarkupLostError(writer.lost)


def make_fact(column: str, setting: RowSetting) -> str | None:
    """Return the content that a column must have in the row of a setting; `_UNCOMPARED` if it may be secret.

    It is empty for what a cell cannot express, such as a default of a single dash.
    """
    match column:
        case "name":
            return setting.name
        case "type":
            return format_type(setting)
        case "required" | "optional":
            return format_value(setting.optional or None)
        case "default" | "example":
            value = setting.default if column == "default" else setting.example
            if is_secret_name(setting.name) or (value is not None and not setting.is_public):
                return _UNCOMPARED
            text = _fold_blanks(format_value(value))
            return "" if is_no_value(text, is_code=True) else text
    return _fold_blanks(setting.title or "") if column == "title" else _read_description(setting)


def _read_description(setting: RowSetting) -> str:
    return join_text(to_printable_spans(setting.description))


def _make_spans(column: str, setting: RowSetting, fact: str) -> tuple[Span, ...]:
    """Return the content of a cell with its markup: only descriptions have some."""
    return to_printable_spans(setting.description) if column == "description" else merge_spans((Span(fact),))


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
        match = _NAME.match(_unescape(self.source))
        return match is not None and match["word"] == self.text

    @property
    def has_note(self) -> bool:
        """Whether nothing but a reference to a note follows the text and its marks."""
        return _NOTE.search(self.source) is not None and _OldCell(_NOTE.sub("", self.source), self.text).is_word

    def rename(self, name: str) -> str | None:
        """Return the source with another name in it; None unless that is clear."""
        is_clear = _SAFE_WORD.fullmatch(name) is not None and self.source.count(self.text) == 1
        return self.source.replace(self.text, name) if is_clear else None


@dataclass(frozen=True, slots=True)
class _ColumnStyle:
    """Style of a column: what it has in common in the rows of the page, as source text.

    `marks` is the markup before and after its names or values, if all have the same. `answers` tells how it makes a
    setting required (False) or optional (True), and `nothing` how it leaves out a value. `types` has the
    words for types, if they are in another language than English. `remarked` has a name for each meaning of the words
    beside names, if any name has such words.
    """

    marks: tuple[str, str] | None
    answers: tuple[str, str]
    nothing: str
    types: Mapping[str, str]
    remarked: Mapping[NameRemark, _OldCell]

    @classmethod
    def from_cells(cls, rows: Rows, layout: TableLayout, position: int) -> _ColumnStyle:
        """Return the style of the column at a position."""
        column = rows.columns[position]
        # A row may have fewer cells than the table has columns.
        cells = [
            (_find_source(layout, index, position), cell)
            for index, row in enumerate(rows.cells)
            for cell in row[position : position + 1]
        ]
        blank = {source for source, cell in cells if is_no_value(cell.text, is_code=bool(cell.literals))}
        words = (_OldCell(source, cell.text) for source, cell in cells if column == "name" or source not in blank)
        is_answer = column is not None and USE_COLUMNS.get(column) == "optional"
        answers = _find_answers(rows, position, cells) if is_answer else ("", "")
        nothing = _find_most_common(source for source, _ in cells if source in blank)
        types = list_type_words((cell.text for _, cell in cells), rows.reader.wording) if column == "type" else {}
        marks = _find_marks(_NAME if column == "name" else _VALUE, words)
        remarked = _find_remarked(rows, cells) if column == "name" else {}
        return cls(marks, answers, nothing, types, remarked)


def _find_remarked(rows: Rows, cells: Iterable[tuple[str, Cell]]) -> dict[NameRemark, _OldCell]:
    """Return the first name with each remark, and one without any, if some name has one."""
    found: dict[NameRemark, _OldCell] = {}
    for index, (source, cell) in enumerate(cells):
        found.setdefault(rows.read_name_remark(index), _OldCell(source, cell.text))
    return found if any(cell.remark for row in rows.cells for cell in row) else {}


def _find_answers(rows: Rows, position: int, cells: Sequence[tuple[str, Cell]]) -> tuple[str, str]:
    """Return the sources that make a setting required, and optional; `cells` are those of the column."""
    wording = rows.reader.wording
    readings = ((source, cell.text, rows.reader.read_use(position, cell, "", "")) for source, cell in cells)
    clear = [
        (source, text, entry.key != "")
        for source, text, entry in readings
        if entry is not None and not has_remark(text) and not is_multiple(text)
    ]
    heading = rows.reader.header[position].text
    no, yes = choose_answers(heading, wording)
    required, optional = (no, yes) if rows.columns[position] == "optional" else (yes, no)
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
    return _find_most_common(source.replace(text, word, 1) for source, text, word in words if word is not None) or usual


@dataclass(frozen=True, slots=True)
class _RowWriter:
    """Writer of rows.

    `lost` collects the markup that new cells could not keep, `unclear` the texts whose meaning is unclear.
    """

    rows: Rows
    layout: TableLayout
    encoders: CellEncoders
    reader: CellReader
    styles: tuple[_ColumnStyle, ...]
    lost: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def write_row(self, setting: RowSetting, index: int | None) -> SourceRow | CellTexts:
        """Return the row of a setting, which takes the place of the row with this index, if any."""
        positions = range(len(self.rows.columns))
        if index is None:
            return tuple(self._write_cell(position, setting) for position in positions)
        outdated = self.rows.find_outdated(index, setting)
        if not outdated:
            return self.layout.rows[index]
        # A row in the place of another one does not continue its text, unless that is much the same.
        is_same = self.rows.find_text(index, "name") == setting.name or _is_similar(
            self.rows.find_text(index, "description"), _read_description(setting)
        )
        return tuple(
            (
                _find_source(self.layout, index, position)
                if position not in outdated
                else self._update_cell(position, setting, index) if is_same else self._write_cell(position, setting)
            )
            for position in positions
        )

    def _write_cell(self, position: int, setting: RowSetting) -> str:
        """Return the source of a cell that does not continue the text of another one."""
        column = self.rows.columns[position]
        if column is None:
            return ""
        fact, style = make_fact(column, setting), self.styles[position]
        match column:
            case "name":
                return self._write_remarked(position, setting) or self._write_name(position, setting.name)
            case "required" | "optional":
                return style.answers[setting.optional]
            case "default" | "example":
                return self._write_value(position, fact) if fact else style.nothing
            case "type":
                return self.encoders.text((Span(self._spell_type(position, setting)),))
        return self.encoders.text(_make_spans(column, setting, fact or ""))

    def _update_cell(self, position: int, setting: RowSetting, index: int) -> str:
        """Return the source of an outdated cell with its new text, and with its markup."""
        column, fact = self.rows.columns[position], make_fact(self.rows.columns[position] or "", setting) or ""
        old = _OldCell(_find_source(self.layout, index, position), self.rows.find_text(index, column or ""))
        if column == "name":
            return self._update_name(position, setting, index, old)
        if column in USE_COLUMNS and self._is_unclear(position, setting, index):
            self.unclear.append(old.text)
        cardinality = change_least_number(old.text, is_optional=setting.optional) if column == "required" else None
        if cardinality is not None:
            return old.source.replace(old.text, cardinality, 1)
        if column in USE_COLUMNS and column != "title":
            return self._write_cell(position, setting)
        fact = self._spell_type(position, setting) if column == "type" else fact
        if column == "type" and old.is_word and fact.isalpha():
            return re.sub(re.escape(old.text), fact, old.source)
        try:
            spans = _make_spans(column or "", setting, fact)
            return carry_markup(old.source, old.text, spans, self.reader, self.encoders.text)
        except MarkupLostError as error:
            self.lost.extend(error.sources)
            return old.source

    def _update_name(self, position: int, setting: RowSetting, index: int, old: _OldCell) -> str:
        """Return the source of an outdated name, which keeps notes, and the words beside it as far as they are true."""
        remark = self.rows.read_name_remark(index)
        note = self.rows.reader.find_note(self.rows.cells[index])
        if note and not self.rows.has_right_remark(index, setting):
            # The cell with the note is the author's own.
            self.unclear.append(note)
        if remark.is_optional is None and not remark.type_name and not old.has_note:
            self.lost.extend(() if old.is_word else (old.source,))
            return self._write_cell(position, setting)
        kept = old.rename(setting.name) if self.rows.has_right_remark(index, setting) else None
        new = kept or self._write_remarked(position, setting)
        self.lost.extend(() if new else (old.source,))
        return new or old.source

    def _write_remarked(self, position: int, setting: RowSetting) -> str | None:
        """Return the name with the words beside it as in another row, if the table has such words and one that fits."""
        remarked = self.styles[position].remarked
        # A required setting may have no words beside its name; where a column tells the use, no setting has.
        is_told = setting.optional and not self.rows.reader.tells_use
        kinds = (True,) if is_told else (setting.optional, None)
        types = (setting.type.value, "")
        cells = (remarked.get(NameRemark(kind, name)) for kind in kinds for name in types)
        return next((cell.rename(setting.name) for cell in cells if cell is not None), None)

    def _spell_type(self, position: int, setting: RowSetting) -> str:
        """Return the type of a setting in the language of the column."""
        words = self.styles[position].types if setting.type_label is None else {}
        return words.get(setting.type.value) or format_type(setting)

    def _is_unclear(self, position: int, setting: RowSetting, index: int) -> bool:
        cells = self.rows.cells[index][position : position + 1]
        reader = self.rows.reader
        is_answer = USE_COLUMNS.get(self.rows.columns[position] or "") == "optional"
        return any(
            reader.read_use(position, cell, setting.name, setting.type.value) is None
            or (is_answer and has_remark(cell.text))
            for cell in cells
        )

    def _write_name(self, position: int, name: str) -> str:
        """Return the name with the markup of the table's other names if that is safe, otherwise as code."""
        marks = self.styles[position].marks
        return f"{marks[0]}{name}{marks[1]}" if marks and _SAFE_WORD.fullmatch(name) else self.encoders.name(name)

    def _write_value(self, position: int, text: str) -> str:
        """Return a default or example with the markup of the others in the column, as code if there are none."""
        if self.styles[position].marks != ("", ""):
            return self._write_name(position, text)
        return self.encoders.name(text) if is_no_value(text, is_code=False) else self.encoders.text((Span(text),))


def _is_similar(before: str, after: str) -> bool:
    """Return whether most words of two descriptions are the same."""
    words, other_words = before.split(), after.split()
    return bool(words) and SequenceMatcher(None, words, other_words, autojunk=False).ratio() > 1 / 2


def _find_most_common(sources: Iterable[str]) -> str:
    """Return the most common of the sources, the first of several; empty if there are none."""
    counted = Counter(sources).most_common(1)
    return counted[0][0] if counted else ""


def _find_marks(pattern: re.Pattern[str], cells: Iterable[_OldCell]) -> tuple[str, str] | None:
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


def _find_source(layout: TableLayout, index: int, position: int) -> str:
    return "".join(layout.rows[index].cells[position : position + 1])
