"""Recognise the tables and lists of settings that tell by themselves which of these are required."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from authscribe.model.wording import Wording
from authscribe.readers.pages.name_columns import find_name_column, find_secret_name, is_credential
from authscribe.readers.pages.names import find_row_flaws
from authscribe.readers.pages.sections import BrokenTable, Cell, PageTable, Paragraph
from authscribe.readers.pages.setting_row import RowReader
from authscribe.readers.pages.suppliers import divide_table
from authscribe.readers.pages.topics import Topic
from authscribe.readers.pages.use_remarks import asks_reader, says_required
from authscribe.readers.pages.wording.roles import leads_elsewhere, mentions_settings


def read_evident_table(
    table: PageTable | BrokenTable, before: Sequence[Paragraph], topic: Topic, wording: Wording
) -> PageTable | None:
    """Return a table with a secret that tells which settings are required, by a column or by remarks; None for others.

    It must not tell who supplies them, and the text before it must not be about anything else. Beside settings that
    remarks call required, those without a remark are optional, and have the word beside their names, unless their
    texts say otherwise. Texts such as "Enter your API key" call for all settings. In a table with clear names, one with
    a default is optional, too, if the table has a column of defaults, or if the topic is a connection.
    """
    if not isinstance(table, PageTable) or not find_secret_name(table, wording):
        return None
    last = before[-1].text if before and not table.is_settings else ""
    is_about_else = leads_elsewhere(last, wording) or (last.endswith(":") and not mentions_settings(last))
    index = find_name_column(table, wording)
    if is_about_else or index is None or divide_table(table, wording) is not None:
        return None
    reader = RowReader.from_table(table, wording)
    if reader.tells_use:
        return table
    rows = [(row, reader.read_remark(row)) for row in table.rows]
    told = (cell.text for row, use in rows if use is not None for cell in row[index : index + 1])
    # A remark about another setting, such as "This is optional.", is no evidence about secrets.
    is_told = any(map(is_credential, told))
    asked = (row for row, _ in rows if any(asks_reader(cell.text) for cell in row))
    is_asked = any(is_credential(cell.text) for row in asked for cell in row[index : index + 1])
    has_defaults = table.is_settings or topic.is_connection or ("default" in reader.columns and not table.is_list)
    if not is_told and not is_asked and (not has_defaults or any(find_row_flaws(table, index, wording))):
        return None
    others_are_optional = is_told and any(use is False for _, use in rows)
    marked = (
        (
            _mark_optional(row, index)
            if use is None and (others_are_optional or (has_defaults and reader.shows_default(row)))
            else row
        )
        for row, use in rows
    )
    return replace(table, rows=tuple(marked), use_by_default=not is_told and not is_asked)


def _mark_optional(row: tuple[Cell, ...], index: int) -> tuple[Cell, ...]:
    """Return a row with the word "optional" in the remark beside its name, which it may lack.

    A row remains as it is if one of its texts says that the setting is required.
    """
    if any(says_required(cell.text) for cell in row):
        return row
    names = (
        replace(cell, remark=", ".join(filter(None, (cell.remark, "optional")))) for cell in row[index : index + 1]
    )
    return (*row[:index], *names, *row[index + 1 :])
