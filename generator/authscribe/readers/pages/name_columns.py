"""Find the column of names in a table, and reduce its cells to the names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from authscribe.model.credential_names import ends_as_credential, names_credential
from authscribe.model.naming import split_words
from authscribe.model.wording import Wording
from authscribe.readers.pages.names import (
    are_labels,
    clean_name,
    derive_names,
    find_name_flaw,
    is_command_option,
    is_label,
)
from authscribe.readers.pages.sections import Block, Cell, PageTable, Paragraph
from authscribe.readers.pages.shared_cells import separate_aliases, split_names, states_aliases
from authscribe.readers.pages.table_columns import match_table_columns
from authscribe.readers.pages.wording.answers import find_opposite, read_legend
from authscribe.readers.pages.wording.columns import match_columns
from authscribe.readers.pages.wording.roles import find_role, is_heading
from authscribe.readers.pages.wording.schemes import is_about_authentication

_SWITCHES: Final = frozenset({"allow", "disable", "enable", "has", "is", "require", "skip", "use", "verify"})
"""First words of the names of settings that turn something on or off."""

_OF_ACCESS: Final = frozenset({
    "access", "account", "api", "app", "auth", "bearer", "encryption", "master", "oauth", "personal", "private",
    "refresh", "secret", "security", "session", "shared", "signing", "ssh",
})  # fmt: skip
"""Words before `keys` and `tokens` in names of credentials: others, as in `primary_keys`, sort, identify or count."""
_WORD: Final = re.compile(r"\w")
_SEVERAL_FACTS: Final = re.compile(r"[\n,;/]")


def find_secret_name(table: PageTable, wording: Wording) -> str:
    """Return the first name in a table that is that of a secret; empty if there is none.

    A label such as "Passwords" is no name.
    """
    names = (name for name in list_names(table, wording) if name.literals or not is_label(name.text))
    return next((name.text for name in names if is_credential(name.text)), "")


def is_credential(name: str) -> bool:
    """Return whether a name is that of a credential itself, unlike `token_url`, `primary_keys` and `use_token`."""
    words = split_words(name)
    is_count = words[-1:] in (("keys",), ("tokens",)) and _OF_ACCESS.isdisjoint(words[-2:-1])
    is_other = is_count or is_command_option(name) or not _SWITCHES.isdisjoint(words[:1])
    return ends_as_credential(name) and names_credential(name) and not is_other


def list_names(table: PageTable, wording: Wording) -> Iterator[Cell]:
    """Yield the clear names in the column of names."""
    yield from (cell for cell in list_name_cells(table, wording) if find_name_flaw(cell) is None)


def list_name_cells(table: PageTable, wording: Wording) -> Iterator[Cell]:
    """Yield the cells of the column of names, if the table has one."""
    index = find_name_column(table, wording)
    yield from _list_column(table, index) if index is not None else ()


def _list_column(table: PageTable, index: int) -> list[Cell]:
    """Return the cells of a column."""
    return [cell for row in table.rows for cell in row[index : index + 1]]


def find_role_in_heading(table: PageTable, wording: Wording) -> str | None:
    """Return the role that the heading of the names gives to secrets, as in "Required secrets"."""
    index = find_name_column(table, wording)
    heading = table.header[index].text if index is not None else ""
    return find_role(heading, wording) if is_heading(heading, wording) else None


def names_secrets(table: PageTable, wording: Wording) -> bool:
    """Return whether the heading of the names, such as "Secret name", tells that they are those of secrets."""
    index = find_name_column(table, wording)
    return index is not None and is_about_authentication(table.header[index].text, wording)


def tells_defaults(table: PageTable, wording: Wording) -> bool:
    """Return whether columns tell both the use and the default of each name."""
    columns = match_table_columns(table, wording)
    return "default" in columns and ("required" in columns or "optional" in columns)


class Legend(NamedTuple):
    """Mark beside names in a table and its use, "required" or "optional"; `is_below` tells that it is the table's own.

    A legend right below a table is true of that one, even if it marks no name any more.
    """

    mark: str
    use: str
    is_below: bool = False


def find_legends(blocks: Sequence[Block]) -> dict[int, Legend]:
    """Return the legend of each table, by the index of that: the one right below it, or else the closest one above it.

    The one right below another table is that table's own.
    """
    legends: dict[int, Legend] = {}
    above: Legend | None = None
    for index, (before, block) in enumerate(zip((None, *blocks), blocks, strict=False)):
        found = read_legend(block.text) if isinstance(block, Paragraph) else None
        if found is None:
            legends |= {index: above} if isinstance(block, PageTable) and above is not None else {}
        elif isinstance(before, PageTable):
            legends[index - 1] = Legend(*found, is_below=True)
        else:
            above = Legend(*found)
    return legends


def _promote_header(table: PageTable, wording: Wording) -> PageTable:
    """Return a table without a header with its first row as one, if that has the headings of several columns."""
    if table.header or not table.rows:
        return table
    first, *rows = table.rows
    meanings = match_columns((cell.text for cell in first), wording)
    is_header = (
        "name" in meanings and len(meanings) - meanings.count(None) > 1 and not any(cell.literals for cell in first)
    )
    return replace(table, header=first, rows=tuple(rows)) if is_header else table


def clean_names(table: PageTable, wording: Wording, legend: Legend | None, lead_in: str) -> PageTable:
    """Return the table with nothing but names in its column of names, where that is clear.

    The lead-in can tell that several names in a row are those of one setting. Each name has the remark that its
    mark stands for, or the opposite one, if the table has such marks.
    """
    table = _promote_header(table, wording)
    index = find_name_column(table, wording)
    if index is None:
        return table
    mark, use = (legend.mark, legend.use) if legend is not None and _applies(legend, table, index) else ("", "")
    other = find_opposite(use, wording) or ""

    def clean(cell: Cell) -> Cell:
        name = clean_name(cell, wording)
        return replace(name, remark=name.remark or (use if mark in cell.text else other))

    table = _split_rows(table, index, wording, are_aliases=states_aliases(lead_in))
    cleaned = _drop_options(_change_names(table, index, partial(map, clean)), index)
    has_labels = "title" not in match_table_columns(cleaned, wording) and are_labels(_list_column(cleaned, index))
    return _change_names(cleaned, index, derive_names) if has_labels else cleaned


def _split_rows(table: PageTable, index: int, wording: Wording, *, are_aliases: bool) -> PageTable:
    """Return a table with a row for each of several names in one, unless a fact in that may be of one of them only.

    Names are those of one setting if they `are_aliases`, or if their heading, their row or their cell tells so.
    """
    columns = match_table_columns(table, wording)
    are_aliases = are_aliases or any(states_aliases(cell.text) for cell in table.header[index : index + 1])
    rows: list[tuple[Cell, ...]] = []
    for row in table.rows:
        are_stated = are_aliases or any(map(states_aliases, (cell.text for cell in row[index + 1 :])))
        cells = [separate_aliases(cell, are_stated=are_stated) for cell in row[index : index + 1]]
        is_shared = not any(map(_is_of_one, columns, row))
        names = split_names(cells[0]) if cells and is_shared and not cells[0].aliases else cells
        rows += [(*row[:index], name, *row[index + 1 :]) for name in names] or [row]
    has_aliases = any(cell.aliases for row in rows for cell in row[index : index + 1])
    shares_rows = has_aliases or len(rows) > len(table.rows)
    return replace(table, rows=tuple(rows), shares_rows=True) if shares_rows else table


def _is_of_one(column: str | None, cell: Cell) -> bool:
    """Return whether a cell in the row of several names has a value, or a use or type for each, as "yes, no" has."""
    if column in ("default", "example"):
        return _WORD.search(cell.text) is not None
    return column in ("required", "optional", "type") and _SEVERAL_FACTS.search(cell.bare or cell.text) is not None


def _drop_options(table: PageTable, index: int) -> PageTable:
    """Return a table without the rows of the options of a command if another row is that of a secret."""
    rows = [row for row in table.rows if not any(is_command_option(cell.text) for cell in row[index : index + 1])]
    others = replace(table, rows=tuple(rows), omits_options=True)
    is_mixed = len(rows) < len(table.rows) and any(is_credential(cell.text) for cell in _list_column(others, index))
    return others if is_mixed else table


def _change_names(table: PageTable, index: int, change: Callable[[list[Cell]], Iterator[Cell]]) -> PageTable:
    """Return the table with changed cells in its column of names; a row may end before that."""
    names = change(_list_column(table, index))
    rows = ((*row[:index], *islice(names, len(row[index : index + 1])), *row[index + 1 :]) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _applies(legend: Legend, table: PageTable, index: int) -> bool:
    """Return whether a legend is true of a table: it has the mark beside names, or nowhere if the legend is its own."""
    marked = {position for row in table.rows for position, cell in enumerate(row) if legend.mark in cell.text}
    return index in marked or (legend.is_below and not marked)


def find_name_column(table: PageTable, wording: Wording) -> int | None:
    """Return the index of the column of names; None if there is none."""
    columns = match_table_columns(table, wording)
    return columns.index("name") if "name" in columns else None
