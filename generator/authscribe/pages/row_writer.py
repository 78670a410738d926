"""Write the rows of a scheme table that differ from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from authscribe.encoders.prose import to_printable_spans
from authscribe.model.definitions import Secrecy
from authscribe.model.markup import Span, merge_spans
from authscribe.pages.column_styles import SAFE_LABEL, SAFE_WORD, ColumnStyle, OldCell, find_source
from authscribe.pages.markup import CellReader, MarkupLostError, carry_markup
from authscribe.pages.rows import NameRemark, Rows, RowSetting, make_fact
from authscribe.pages.tables.layout import CellTexts, SourceRow, TableLayout
from authscribe.readers.pages.names import is_no_value, is_prose
from authscribe.readers.pages.setting_row import USE_COLUMNS
from authscribe.readers.pages.wording.answers import change_least_number, find_opposite, has_remark
from authscribe.readers.pages.wording.types import unify_type
from authscribe.targets.docs_tables import format_type

_TOP: Final = ""
"""Name of no setting: the place before the first row."""


class UnclearCellError(Exception):
    """Cells whose meaning or whose new text is unclear, as a noun phrase."""


@dataclass(frozen=True, slots=True)
class CellEncoders:
    """Encoders of a markup language: one for prose with its markup, one for names."""

    text: Callable[[Sequence[Span]], str]
    name: Callable[[str], str]


def write_rows(
    rows: Rows, settings: Sequence[RowSetting], layout: TableLayout, encoders: CellEncoders, reader: CellReader
) -> Iterator[SourceRow | CellTexts]:
    """Yield a row for each setting: that of the page if it is up to date, otherwise the texts of new cells.

    Raises MarkupLostError if the new text of a cell cannot keep the markup of the old one, and UnclearCellError
    if the meaning of an outdated cell, or the text of a new one, is unclear.
    """
    styles = tuple(ColumnStyle.from_cells(rows, layout, position) for position in range(len(rows.columns)))
    writer = _RowWriter(rows, layout, encoders, reader, styles)
    ordered = _keep_page_order(rows.names, settings)
    matcher = SequenceMatcher(None, rows.names, [setting.name for setting in ordered], autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        for offset, setting in enumerate(ordered[start:end]):
            # A name in the place of one that is gone is that one renamed: its row keeps its other cells.
            index = first + offset if tag in ("equal", "replace") and first + offset < last else None
            yield writer.write_row(setting, index)
    if writer.unclear:
        raise UnclearCellError(f"the meaning of {', '.join(writer.unclear)}")
    if writer.undecided:
        raise UnclearCellError(f"the case that requires {', '.join(dict.fromkeys(writer.undecided))}")
    if writer.lost:
        raise MarkupLostError(writer.lost)


def _make_spans(column: str, setting: RowSetting, fact: str) -> tuple[Span, ...]:
    """Return the content of a cell with its markup: only descriptions have some."""
    return to_printable_spans(setting.description) if column == "description" else merge_spans((Span(fact),))


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
class _RowWriter:
    """Writer of rows.

    `lost` collects the markup that new cells could not keep, `unclear` the texts whose meaning is unclear,
    and `undecided` the names of settings that are required in unclear cases.
    """

    rows: Rows
    layout: TableLayout
    encoders: CellEncoders
    reader: CellReader
    styles: tuple[ColumnStyle, ...]
    lost: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

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
            self.rows.find_text(index, "description"), make_fact("description", setting) or ""
        )
        return tuple(
            (
                find_source(self.layout, index, position)
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
                return self._write_remarked(position, setting) or self._write_spelt_name(position, setting)
            case "required" | "optional":
                return self._write_answer(position, setting)
            case "secret":
                return self.styles[position].answers[fact == Secrecy.YES]
            case "default" | "example":
                return self._write_value(position, fact) if fact else style.nothing
            case "type":
                return self._write_marked(position, self._spell_type(position, setting), SAFE_WORD)
        return self.encoders.text(_make_spans(column, setting, fact or ""))

    def _update_cell(self, position: int, setting: RowSetting, index: int) -> str:
        """Return the source of an outdated cell with its new text, and with its markup."""
        column, fact = self.rows.columns[position], make_fact(self.rows.columns[position] or "", setting) or ""
        source = find_source(self.layout, index, position)
        if column == "name":
            return self._update_name(position, setting, index, OldCell(source, self.rows.find_spelt_name(index)))
        old = OldCell(source, self.rows.find_text(index, column or ""))
        if column in USE_COLUMNS and self._is_unclear(position, setting, index):
            self.unclear.append(f"'{old.text}'")
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

    def _update_name(self, position: int, setting: RowSetting, index: int, old: OldCell) -> str:
        """Return the source of an outdated name, which keeps notes, and the words beside it as far as they are true."""
        remark = self.rows.read_name_remark(index)
        note = self.rows.reader.find_note(self.rows.cells[index])
        if note and not self.rows.has_right_remark(index, setting):
            # The cell with the note is the author's own.
            self.unclear.append(f"'{note}'")
        if remark.is_optional is None and not remark.type_name and not old.has_note:
            self.lost.extend(() if old.is_word else (old.source,))
            return self._write_cell(position, setting)
        kept = old.rename(self.rows.spell_name(setting)) if self.rows.has_right_remark(index, setting) else None
        new = kept or self._write_remarked(position, setting) or self._change_use(setting, index, old)
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
        return next((cell.rename(self.rows.spell_name(setting)) for cell in cells if cell is not None), None)

    def _change_use(self, setting: RowSetting, index: int, old: OldCell) -> str | None:
        """Return the source of a name with the opposite word about the use beside it; None unless that is clear."""
        reader = self.rows.reader
        use = reader.read_name_remark(self.rows.cells[index]).use
        other = find_opposite(use, reader.wording) if use else None
        is_clear = other and old.text == self.rows.spell_name(setting) and old.source.count(use) == 1
        return old.source.replace(use, other or "") if is_clear else None

    def _spell_type(self, position: int, setting: RowSetting) -> str:
        """Return the type of a setting in the language and the case of the column."""
        label = unify_type(format_type(setting))
        return self.styles[position].types.get(label.lower(), label)

    def _is_unclear(self, position: int, setting: RowSetting, index: int) -> bool:
        cells = self.rows.cells[index][position : position + 1]
        reader = self.rows.reader
        is_answer = USE_COLUMNS.get(self.rows.columns[position] or "") == "optional"
        return any(
            reader.read_use(position, cell, setting.name, setting.type.value) is None
            or (is_answer and has_remark(cell.text))
            for cell in cells
        )

    def _write_answer(self, position: int, setting: RowSetting) -> str:
        """Return whether a setting is required; nothing tells in which cases an optional one is."""
        reader = self.rows.reader
        is_unclear = setting.optional and position in reader.conditional
        if is_unclear and reader.conditional.issuperset(self.rows.answers):
            self.undecided.append(f"'{setting.name}'")
        return "" if is_unclear else self.styles[position].answers[setting.optional]

    def _write_spelt_name(self, position: int, setting: RowSetting) -> str:
        """Return the name, or in a table of labels the label, with the markup of the others."""
        name = self.rows.spell_name(setting)
        return self._write_marked(position, name, SAFE_LABEL) if self.rows.labels else self._write_name(position, name)

    def _write_marked(self, position: int, text: str, safe: re.Pattern[str]) -> str:
        """Return a text with the markup that all others in the column have, if that is safe."""
        marks = self.styles[position].marks
        return f"{marks[0]}{text}{marks[1]}" if marks and safe.fullmatch(text) else self.encoders.text((Span(text),))

    def _write_name(self, position: int, name: str) -> str:
        """Return the name with the markup of the table's other names if that is safe, otherwise as code."""
        marks = self.styles[position].marks
        return f"{marks[0]}{name}{marks[1]}" if marks and SAFE_WORD.fullmatch(name) else self.encoders.name(name)

    def _write_value(self, position: int, text: str) -> str:
        """Return a default or example with the markup of the others in the column, as code if there are none."""
        if self.styles[position].marks != ("", ""):
            return self._write_name(position, text)
        is_plain = not is_no_value(text, is_code=False) and not is_prose(text)
        return self.encoders.text((Span(text),)) if is_plain else self.encoders.name(text)


def _is_similar(before: str, after: str) -> bool:
    """Return whether most words of two descriptions are the same."""
    words, other_words = before.split(), after.split()
    return bool(words) and SequenceMatcher(None, words, other_words, autojunk=False).ratio() > 1 / 2
