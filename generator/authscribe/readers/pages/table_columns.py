"""Find the meaning of each column of a table, by its heading and its cells."""

from __future__ import annotations

from collections.abc import Sequence

from authscribe.model.wording import Wording
from authscribe.readers.pages.names import is_command_option, is_plain_name
from authscribe.readers.pages.sections import Cell, PageTable
from authscribe.readers.pages.wording.columns import match_columns


def match_table_columns(table: PageTable, wording: Wording) -> list[str | None]:
    """Return the meaning of each column, as `match_columns` does for headings.

    Labels in the first of two columns with headings for names, as in "Name" and "Key", are titles. Options of a command
    in it, as in "Option" and "Variable", are no names.
    """
    headings = [cell.text for cell in table.header]
    meanings = match_columns(headings, wording)
    if "name" not in meanings or "title" in meanings:
        return meanings
    first = meanings.index("name")
    others = (index for index, meaning in enumerate(meanings) if meaning is None)
    second = next((index for index in others if match_columns([headings[index]], wording) == ["name"]), None)
    has_options = any(is_command_option(cell.text) for row in table.rows for cell in row[first : first + 1])
    is_first_name = not has_options and not _has_labels(table.rows, first)
    if second is not None and not is_first_name and _has_names(table.rows, second):
        meanings[first], meanings[second] = None if has_options else "title", "name"
    return meanings


def _has_labels(rows: Sequence[Sequence[Cell]], index: int) -> bool:
    """Return whether a column has labels, such as "API key", and no literals."""
    cells = [cell for row in rows for cell in row[index : index + 1]]
    return not any(cell.literals for cell in cells) and not all(is_plain_name(cell.text) for cell in cells)


def _has_names(rows: Sequence[Sequence[Cell]], index: int) -> bool:
    """Return whether each cell of a column is a literal, or a name without blanks."""
    cells = [cell for row in rows for cell in row[index : index + 1]]
    return all(cell.literals or is_plain_name(cell.text) for cell in cells)
