"""Find the column of names in a table, and reduce its cells to the names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from authscribe.model.credential_names import is_secret_name
from authscribe.model.naming import split_words
from authscribe.model.wording import Wording
from authscribe.readers.pages.names import clean_name, find_name_flaw, is_label
from authscribe.readers.pages.sections import Block, Cell, PageTable, Paragraph
from authscribe.readers.pages.wording.answers import find_opposite, read_legend
from authscribe.readers.pages.wording.columns import match_columns
from authscribe.readers.pages.wording.roles import (
    find_role,
    is_heading,
)
from authscribe.readers.pages.wording.schemes import (
    is_about_authentication,
)


def find_secret_name(table: PageTable, wording: Wording) -> str:
    """Return the first name in a table that is that of a secret; empty if there is none.

    The last word decides: `access_token_url` is no secret. A label such as "Passwords" is no name.
    """
    names = (name for name in list_names(table, wording) if name.literals or not is_label(name.text))
    return next((name.text for name in names if any(map(is_secret_name, split_words(name.text)[-1:]))), "")


def list_names(table: PageTable, wording: Wording) -> Iterator[Cell]:
    """Yield the clear names in the column of names."""
    yield from (cell for cell in list_name_cells(table, wording) if find_name_flaw(cell) is None)


def list_name_cells(table: PageTable, wording: Wording) -> Iterator[Cell]:
    """Yield the cells of the column of names, if the table has one."""
    index = find_name_column(table, wording)
    yield from (cell for row in table.rows for cell in row[index : index + 1]) if index is not None else ()


def find_role_in_heading(table: PageTable, wording: Wording) -> str | None:
    """Return the role that the heading of the names gives to secrets, as in "Required secrets"."""
    index = find_name_column(table, wording)
    heading = table.header[index].text if index is not None else ""
    return find_role(heading, wording) if is_heading(heading, wording) else None


def names_secrets(table: PageTable, wording: Wording) -> bool:
    """Return whether the heading of the names, such as "Secret name", tells that they are those of secrets."""
    index = find_name_column(table, wording)
    return index is not None and is_about_authentication(table.header[index].text, wording)


def find_legend(blocks: Iterable[Block]) -> tuple[str, str] | None:
    """Return the mark beside names that the prose explains, and its meaning."""
    legends = (read_legend(block.text) for block in blocks if isinstance(block, Paragraph))
    return next(filter(None, legends), None)


def clean_names(table: PageTable, wording: Wording, legend: tuple[str, str] | None) -> PageTable:
    """Return the table with nothing but names in its column of names, where that is clear.

    Each name has the remark that its mark stands for, or the opposite one, if the table has such marks.
    """
    index = find_name_column(table, wording)
    if index is None:
        return table
    cells = list_name_cells(table, wording)
    mark, use = legend if legend is not None and any(legend[0] in cell.text for cell in cells) else ("", "")
    other = find_opposite(use, wording) or ""

    def clean(cell: Cell) -> Cell:
        name = clean_name(cell, wording)
        return replace(name, remark=name.remark or (use if mark in cell.text else other))

    rows = ((*row[:index], *map(clean, row[index : index + 1]), *row[index + 1 :]) for row in table.rows)
    return replace(table, rows=tuple(rows))


def find_name_column(table: PageTable, wording: Wording) -> int | None:
    """Return the index of the column of names; None if there is none."""
    columns = match_columns((cell.text for cell in table.header), wording)
    return columns.index("name") if "name" in columns else None
