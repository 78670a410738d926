"""Read the row of a secret: its name, description and type, and the columns about its use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias, TypeVar

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.unknown_type import report_unknown_type
from authscribe.model.credential_names import is_secret_name
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode, to_node, to_plain
from authscribe.model.wording import Wording
from authscribe.readers.pages.inline import InlineText
from authscribe.readers.pages.names import DASHES, is_no_value, is_null, is_prose
from authscribe.readers.pages.sections import Cell, PageTable
from authscribe.readers.pages.table_columns import match_table_columns
from authscribe.readers.pages.use_remarks import UseRemark, find_default, find_use, mentions_default, read_remark
from authscribe.readers.pages.wording.answers import has_remark, is_use_word, read_optional, read_use_beside_default
from authscribe.readers.pages.wording.columns import (
    find_conditional_use,
    find_use_beside_default,
    is_remark_heading,
    is_row_number,
    is_secrecy_heading,
)
from authscribe.readers.pages.wording.types import TYPES, find_type, is_kind_of_string

ItemT = TypeVar("ItemT")


class Loss(NamedTuple):
    """Markup of a text that definitions cannot hold, as nouns."""

    place: Place
    nouns: tuple[str, ...]


class DerivedName(NamedTuple):
    """Name that is derived from a label."""

    place: Place
    name: str
    label: str


Remark: TypeAlias = Finding | Loss | DerivedName

USE_COLUMNS: Final[Mapping[str, str]] = {
    "required": "optional",
    "optional": "optional",
    "title": "title",
    "default": "default",
    "example": "example",
    "secret": "secret",
}
"""Key of a setting that each column about its use sets."""

_ALIASES: Final = "Aliases"
"""Extra that holds other names of a setting."""
_QUOTED: Final = re.compile(r"(?P<mark>[\"'])(?P<text>[^\"']*)(?P=mark)")
_CONTAINERS: Final = {"array": list, "object": dict}
_VALUES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "integer": int, "number": (int, float), "boolean": bool, **_CONTAINERS
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reader of the rows of one table.

    `columns` has the meaning of each column, None for any other one. `marks` has the columns in which settings are
    marked as required, so that an empty cell means the opposite, and whether nothing else is said there, so that a dash
    does, too. A `conditional` column, such as "Required for cloud", tells the use in some cases only: a setting is
    required if it is in all of them.
    """

    header: tuple[Cell, ...]
    columns: tuple[str | None, ...]
    marks: Mapping[int, bool]
    conditional: frozenset[int]
    wording: Wording

    @classmethod
    def from_table(cls, table: PageTable, wording: Wording) -> RowReader:
        """Return the reader for a table."""
        found = _match_use_column(table, match_table_columns(table, wording), wording)
        conditional = _find_conditional(table, found, wording)
        secrecy = _find_secrecy(table, found, wording)
        columns = tuple(conditional.get(index, secrecy.get(index, column)) for index, column in enumerate(found))
        asked = [index for index, column in enumerate(columns) if column == "required"]
        read = ((index, _read_marks(table.rows, index, wording)) for index in asked)
        marks = {index: False not in answers for index, answers in read if True in answers}
        return cls(table.header, columns, marks, frozenset(conditional), wording)

    @property
    def tells_use(self) -> bool:
        """Whether a column tells which secrets are optional."""
        return any(USE_COLUMNS.get(column or "") == "optional" for column in self.columns)

    def read_remark(self, row: Sequence[Cell]) -> bool | None:
        """Return whether a remark makes a setting optional: beside the name, or at an end of a note or description.

        The word can also stand in the column of defaults. None without a remark, or if a column tells.
        """
        cells = [*zip(self.columns, row, strict=False)]
        defaults = (index for index, column in enumerate(self.columns[: len(row)]) if column == "default")
        stated = (self._split_default(index, row[index])[0] for index in defaults)
        texts = (find_use(cell.text, self.wording) for column, cell in cells if column == "description")
        words = (self.read_name_remark(row).use, *stated, self.find_note(row), *texts)
        remarks = (read_optional("optional", word, self.wording) for word in words if word and not self.tells_use)
        return next(remarks, None)

    def is_optional(self, row: Sequence[Cell], *, is_usual: bool) -> bool:
        """Return whether words make a setting optional, as `is_usual` tells without any; false if a column tells."""
        remark = self.read_remark(row)
        return is_usual and not self.tells_use if remark is None else remark

    def find_note(self, row: Sequence[Cell]) -> str:
        """Return the word about the use at an end of a cell in a column such as "Notes" beside the description."""
        cells = zip(self.header, self.columns, row, strict=False)
        texts = (cell.text for heading, column, cell in cells if column is None and is_remark_heading(heading.text))
        return next(filter(None, (find_use(text, self.wording) for text in texts)), "")

    def read_name_remark(self, row: Sequence[Cell]) -> UseRemark:
        """Return the words about use and type beside the name; a column about the type counts instead of these."""
        texts = (cell.remark for column, cell in zip(self.columns, row, strict=False) if column == "name")
        remark = next((read_remark(text, self.wording) for text in texts), None) or UseRemark()
        return remark._replace(type="") if "type" in self.columns else remark

    def read_entries(self, row: Sequence[Cell]) -> Iterator[Entry | Remark]:
        """Yield the entries of a secret; its aliases and columns of any other meaning are its extras."""
        row = self._withhold_values(row)
        extras = [
            Entry(_ALIASES, cell.place, ScalarNode(", ".join(cell.aliases), cell.place)) for cell in row if cell.aliases
        ]
        found: set[str] = set()
        facts = {column: cell.text for column, cell in zip(self.columns, row, strict=True) if column is not None}
        name = facts.get("name", "")
        type_name = self.find_type(facts.get("type", "") or self.read_name_remark(row).type)
        for index, (heading, column, cell) in enumerate(zip(self.header, self.columns, row, strict=True)):
            value = ScalarNode(cell.text, cell.place)
            if column == "type":
                yield from _read_type(cell, self.wording)
            elif column == "description":
                yield from write_text(column, heading.place, cell.inline, cell.place)
            elif column is not None and column not in USE_COLUMNS:
                yield Entry(column, heading.place, value)
                yield from self._read_label(heading, cell)
            else:
                entry = self.read_use(index, cell, name, type_name)
                is_use = USE_COLUMNS.get(column or "") == "optional"
                is_more = entry is None or index in self.conditional or (is_use and has_remark(cell.text))
                if is_more and cell.text and not is_row_number(heading.text):
                    extras.append(Entry(heading.text, heading.place, value))
                if entry is not None and entry.key and entry.key not in found:
                    found.add(entry.key)
                    yield entry
        yield from () if "default" in self.columns else self._read_stated_default(row, name, type_name)
        yield from _read_type(Cell(self.read_name_remark(row).type, row[0].place), self.wording)
        if extras:
            yield Entry("extras", extras[0].place, MapNode(tuple(extras), extras[0].place))

    def _withhold_values(self, row: Sequence[Cell]) -> Sequence[Cell]:
        """Return a row with an empty default and example if a column tells that its value is secret."""
        cells = [*zip(self.columns, row, strict=True)]
        if not any(column == "secret" and self._is_called_secret(cell) for column, cell in cells):
            return row
        return [Cell("", cell.place) if column in ("default", "example") else cell for column, cell in cells]

    def _is_called_secret(self, cell: Cell) -> bool:
        return read_optional("optional", cell.text, self.wording) is True

    def _read_label(self, heading: Cell, cell: Cell) -> Iterator[Entry | Remark]:
        """Yield the label that a name is derived from, as the title unless a column has that."""
        if cell.label:
            yield DerivedName(cell.place, cell.text, cell.label)
            if "title" not in self.columns:
                yield Entry("title", heading.place, ScalarNode(cell.label, cell.place))

    def _read_stated_default(self, row: Sequence[Cell], name: str, type_name: str) -> Iterator[Entry]:
        """Yield the default that the description of a setting states, unless it may be a secret."""
        for column, cell in zip(self.columns, row, strict=True):
            stated = find_default(cell.inline) if column == "description" else None
            if stated is not None and not is_secret_name(name):
                value = _read_value(Cell(stated, cell.place, (stated,)), type_name)
                yield from () if value is None else (Entry("default", cell.place, value),)

    def shows_default(self, row: Sequence[Cell]) -> bool:
        """Return whether a column, or the description, tells the default of a setting, be it that there is no value."""
        return any(
            (column == "default" and self._is_default(index, cell))
            or (column == "description" and mentions_default(cell.text))
            for index, (column, cell) in enumerate(zip(self.columns, row, strict=False))
        )

    def _is_default(self, index: int, cell: Cell) -> bool:
        _, default = self._split_default(index, cell)
        is_code = bool(default.literals)
        return not is_no_value(default.text, is_code=is_code) or is_null(default.text, is_code=is_code)

    def _split_default(self, index: int, cell: Cell) -> tuple[str, Cell]:
        """Return the word about the use in a cell of a default, such as "(required)", and the cell without it.

        It is the whole text, unless the heading is one such as "Required/Default". It is empty without one.
        """
        word = cell.text.strip("()[]<>*_. ")
        if is_use_word(word, self.wording):
            return word, Cell("", cell.place)
        column = find_use_beside_default(self.header[index].text)
        # Unlike a tick, "N/A" is no answer.
        is_nothing = is_no_value(cell.text, is_code=False) and any(map(str.isalnum, cell.text))
        if column is None or is_nothing or cell.literals == (cell.text,):
            return "", cell
        use, default = read_use_beside_default(column, cell.text, self.wording) or ("", cell.text)
        return use, replace(cell, text=default, literals=cell.literals if default else ())

    def find_type(self, text: str) -> str:
        """Return the type that a cell names, or its own words for an unknown one."""
        return find_type(text, self.wording) or text.lower()

    def read_use(self, index: int, cell: Cell, name: str, type_name: str) -> Entry | None:
        """Return what the cell of a column tells about the use of a setting, None if that is unclear.

        The entry has no key if there is nothing to tell: a setting is required, has no default, or has one that may be
        a secret. Nothing but an answer makes a setting with the name of a secret public.
        """
        column = self.columns[index]
        nothing = Entry("", cell.place, ScalarNode(None, cell.place))
        if column in ("required", "optional"):
            is_optional = self._read_answer(index, column, cell.text)
            if is_optional is None:
                return None
            return Entry("optional", cell.place, ScalarNode(value=True, place=cell.place)) if is_optional else nothing
        if column == "secret":
            if is_secret_name(name) and DASHES.fullmatch(cell.text):
                return nothing
            answer = "yes" if self._is_called_secret(cell) else "no"
            return Entry("secret", cell.place, ScalarNode(answer, cell.place))
        if column == "title":
            return Entry("title", cell.place, ScalarNode(cell.text, cell.place)) if cell.text else nothing
        if column is None:
            return None
        if column == "default":
            _, cell = self._split_default(index, cell)
        if is_no_value(cell.text, is_code=bool(cell.literals)) or is_secret_name(name):
            return nothing
        value = _read_value(cell, type_name)
        return Entry(column, cell.place, value) if value is not None else None

    def _read_answer(self, index: int, column: str, text: str) -> bool | None:
        """Return whether a cell makes a setting optional; None if it is unclear, as a dash beside yes and no is."""
        if not DASHES.fullmatch(text):
            return read_optional(column, text, self.wording)
        is_unclear = text and column == "required" and not self.marks.get(index)
        return None if is_unclear else index in self.marks


def _match_use_column(table: PageTable, columns: Sequence[str | None], wording: Wording) -> tuple[str | None, ...]:
    """Return the columns, one of which tells what is required if its cells do, such as "mandatory" below "Presence"."""
    if not table.rows or {"required", "optional"} & {*columns}:
        return tuple(columns)
    own = (index for index, column in enumerate(columns) if column is None)
    asked = next((index for index in own if all(_is_use_cell(row, index, wording) for row in table.rows)), None)
    return tuple("required" if index == asked else column for index, column in enumerate(columns))


def _find_secrecy(table: PageTable, columns: Sequence[str | None], wording: Wording) -> dict[int, str]:
    """Return the column that tells which values are secret, by its heading and the answers of all cells."""
    for index, cell in enumerate(table.header):
        if columns[index] is None and is_secrecy_heading(cell.text):
            texts = [cell.text for row in table.rows for cell in row[index : index + 1]]
            answers = [read_optional("optional", text, wording) for text in texts if not DASHES.fullmatch(text)]
            if True in answers and None not in answers:
                return {index: "secret"}
    return {}


def _find_conditional(table: PageTable, columns: Sequence[str | None], wording: Wording) -> dict[int, str]:
    """Return the meaning of each column that tells the use in some cases only, by all of its cells.

    One such as "Required (Cloud)" is conditional beside another one, such as "Required (Server)".
    """
    found: dict[int, str] = {}
    for index, (cell, column) in enumerate(zip(table.header, columns, strict=True)):
        meaning = find_conditional_use(cell.text, wording) if column is None else None
        texts = [cell.text for row in table.rows for cell in row[index : index + 1] if not DASHES.fullmatch(cell.text)]
        if meaning is not None and texts and None not in (read_optional(meaning, text, wording) for text in texts):
            found[index] = meaning
    beside = (index for index, column in enumerate(columns) if column in ("required", "optional"))
    return found | {index: str(columns[index]) for index in beside if found and "(" in table.header[index].text}


def _is_use_cell(row: Sequence[Cell], index: int, wording: Wording) -> bool:
    return any(is_use_word(cell.text, wording) for cell in row[index : index + 1])


def _read_marks(rows: Iterable[Sequence[Cell]], index: int, wording: Wording) -> set[bool]:
    """Return whether the cells of a column that are not empty mark a setting as required, each answer once."""
    texts = {cell.text for row in rows for cell in row[index : index + 1] if not DASHES.fullmatch(cell.text)}
    return {read_optional("required", text, wording) is False for text in texts}


def _read_value(cell: Cell, type_name: str) -> Node | None:
    """Return a value of a type, in JSON unless it is a string; None for a text that is not only such a value."""
    if cell.literals != (cell.text,) and (cell.literals or is_prose(cell.text)):
        return None
    if type_name not in _VALUES:
        quoted = _QUOTED.fullmatch(cell.text)
        return ScalarNode(quoted["text"] if quoted is not None else cell.text, cell.place)
    # Imported here: most pages have no such values.
    from authscribe.readers.syntax.json import parse_json

    text = cell.text if type_name in _CONTAINERS else cell.text.lower()
    node, findings = parse_json(cell.place.path, text)
    if node is None or findings:
        return None
    value = to_plain(node)
    is_value = isinstance(value, _VALUES[type_name]) and (type_name == "boolean") == isinstance(value, bool)
    return to_node(value, cell.place) if is_value else None


def _read_type(cell: Cell, wording: Wording) -> Iterator[Entry | Finding]:
    """Yield the type of a secret, with the page's own label unless it is the usual one."""
    if not cell.text:
        return
    translated = find_type(cell.text, wording)
    if translated is not None:
        yield Entry("type", cell.place, ScalarNode(translated, cell.place))
        return
    type_name = cell.text.lower()
    if type_name in TYPES:
        yield Entry("type", cell.place, ScalarNode(type_name, cell.place))
    elif not is_kind_of_string(type_name):
        yield report_unknown_type(cell.text, cell.place, [name.capitalize() for name in TYPES])
    if type_name not in TYPES or cell.text != type_name.capitalize():
        yield Entry("type_label", cell.place, ScalarNode(cell.text, cell.place))


def write_text(key: str, place: Place, inline: InlineText, text_place: Place) -> Iterator[Entry | Remark]:
    """Yield the entry of a text with its markup, and what is lost of that."""
    yield Entry(key, place, ScalarNode(inline.format(), text_place))
    if inline.lost:
        yield Loss(text_place, inline.lost)


def separate_remarks(items: Iterable[ItemT | Remark]) -> tuple[list[ItemT], list[Remark]]:
    """Return the items that are not remarks, and the remarks."""
    results: list[ItemT] = []
    remarks: list[Remark] = []
    for item in items:
        if isinstance(item, Remark):
            remarks.append(item)
        else:
            results.append(item)
    return results, remarks
