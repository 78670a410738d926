"""Divide a table of required and injected secrets by the columns that tell who supplies each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from authscribe.model.wording import Wording
from authscribe.readers.pages.names import DASHES, find_name_flaw
from authscribe.readers.pages.sections import BrokenTable, Cell, PageTable
from authscribe.readers.pages.table_columns import match_table_columns
from authscribe.readers.pages.wording.answers import read_optional
from authscribe.readers.pages.wording.roles import INJECTED, REQUIRED
from authscribe.readers.pages.wording.suppliers import asks_for_supplier, find_supplier


class Supplies(NamedTuple):
    """Columns of a table that tell who supplies the secrets, and the roles in each row; none if they are unclear."""

    columns: tuple[int, ...]
    roles: tuple[frozenset[str], ...]


def divide_table(table: PageTable, wording: Wording) -> dict[str, PageTable] | BrokenTable | None:
    """Return the parts of a table by role, or the problem of a row that has none.

    None if no column tells, or if the table has no names.
    """
    meanings = match_table_columns(table, wording)
    supplies = _read_named(table, meanings, wording) or _read_marked(table, meanings, wording)
    if supplies is None or "name" not in meanings:
        return None
    unclear = next((index for index, roles in enumerate(supplies.roles) if not roles), None)
    if unclear is not None:
        return _report_row(table, supplies.columns[-1], table.rows[unclear], meanings.index("name"))
    parts = ((role, _select_rows(table, supplies, role)) for role in (REQUIRED, INJECTED))
    return {role: part for role, part in parts if part.rows}


def _read_named(table: PageTable, meanings: Sequence[str | None], wording: Wording) -> Supplies | None:
    """Return what a column such as "Supplied by" tells; None if not one of its cells names who does."""
    for index, cell in enumerate(table.header):
        found = tuple(_find_role(row, index, wording) for row in table.rows)
        is_told = any(found) if asks_for_supplier(cell.text) else len({*found}) > 1 and all(found)
        if meanings[index] is None and is_told:
            return Supplies((index,), found)
    return None


def _find_role(row: Sequence[Cell], index: int, wording: Wording) -> frozenset[str]:
    roles = (find_supplier(cell.text, wording) for cell in row[index : index + 1])
    return frozenset(role for role in roles if role is not None)


def _read_marked(table: PageTable, meanings: Sequence[str | None], wording: Wording) -> Supplies | None:
    """Return what a column "Injected" with answers tells, beside one such as "Required" or alone."""
    own = [find_supplier(cell.text, wording) for cell in table.header]
    if INJECTED not in own or meanings[own.index(INJECTED)] is not None:
        return None
    injected = own.index(INJECTED)
    required = own.index(REQUIRED) if REQUIRED in own else None
    columns = tuple(index for index in (required, injected) if index is not None)
    return Supplies(columns, tuple(frozenset(_list_marked(row, injected, required, wording)) for row in table.rows))


def _list_marked(row: Sequence[Cell], injected: int, required: int | None, wording: Wording) -> Iterator[str]:
    """Yield the roles that the answers in a row give to its secret."""
    is_injected = _read_answer(row, injected, wording)
    is_required = _read_answer(row, required, wording) if required is not None else is_injected is False
    if is_injected is None or is_required is None:
        return
    yield from (REQUIRED,) if is_required else ()
    yield from (INJECTED,) if is_injected else ()


def _read_answer(row: Sequence[Cell], index: int, wording: Wording) -> bool | None:
    """Return the answer in a cell, no for an empty one; None if it is unclear."""
    text = "".join(cell.text for cell in row[index : index + 1])
    return False if DASHES.fullmatch(text) else read_optional("optional", text, wording)


def _select_rows(table: PageTable, supplies: Supplies, role: str) -> PageTable:
    """Return the rows of a role, without the columns that tell it."""

    def drop_columns(row: Sequence[Cell]) -> tuple[Cell, ...]:
        return tuple(cell for index, cell in enumerate(row) if index not in supplies.columns)

    rows = (row for row, roles in zip(table.rows, supplies.roles, strict=True) if role in roles)
    return replace(table, header=drop_columns(table.header), rows=tuple(map(drop_columns, rows)), is_part=True)


def _report_row(table: PageTable, column: int, row: Sequence[Cell], name: int) -> BrokenTable:
    """Return the problem of the row of a secret that nobody is told to supply."""
    heading = table.header[column].text
    names = (cell.text for cell in row[name : name + 1] if find_name_flaw(cell) is None)
    secret = next((f"the secret '{text}'" for text in names), "each secret")
    places = (cell.place for cell in (*row[column : column + 1], *row))
    return BrokenTable(
        f"the column '{heading}' does not tell who supplies {secret}",
        next(places, table.place),
        f"state in the column '{heading}' whether the owner or the platform supplies {secret}",
        is_unclear=True,
    )
