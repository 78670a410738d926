"""Find the tables of secrets in a page, and the scheme that each belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authscribe.findings.finding import Finding
from authscribe.findings.rules.broken_table import report_broken_table
from authscribe.findings.rules.table_elsewhere import report_table_elsewhere
from authscribe.findings.rules.unclear_table import report_unclear_row, report_unclear_table, report_uneven_row
from authscribe.model.wording import Wording
from authscribe.readers.pages.introduced_tables import find_tables
from authscribe.readers.pages.name_columns import find_name_column
from authscribe.readers.pages.names import find_row_flaws
from authscribe.readers.pages.scheme_sections import find_scheme_id, join_secret_sections
from authscribe.readers.pages.sections import BrokenTable, PageTable, Section


@dataclass(frozen=True, slots=True)
class SchemeTable:
    """Table of a scheme's required or injected secrets, and the scheme as the page calls it.

    `is_optional` tells that the page calls all of its required secrets optional.
    """

    scheme: str
    role: str
    table: PageTable
    is_optional: bool = False


def find_scheme_tables(sections: Iterable[Section], wording: Wording) -> Iterator[SchemeTable | Finding]:
    """Yield the tables that hold a scheme's secrets, in their order, and a finding for each broken one."""
    for section in join_secret_sections(sections, wording):
        tables = find_tables(section, wording)
        scheme = find_scheme_id(section, wording) if tables else None
        if scheme is None:
            continue
        for table in tables:
            if table.role is None or table.is_elsewhere:
                continue
            if isinstance(table.table, BrokenTable):
                yield report_broken(table.table, str(scheme.value))
            else:
                yield from () if table.table.is_list else _check_rows(table.table, str(scheme.value), wording)
                yield SchemeTable(str(scheme.value), table.role, table.table, table.is_optional)


def _check_rows(table: PageTable, scheme: str, wording: Wording) -> Iterator[Finding]:
    """Yield a finding for each row with a text that is not clearly one secret; such a table must not be rewritten."""
    index = find_name_column(table, wording)
    if index is None:
        return
    for row, flaw in zip(table.rows, find_unclear_rows(table, index, scheme, wording), strict=True):
        if flaw is not None and any(cell.text for cell in row):
            yield flaw


def find_unclear_rows(table: PageTable, index: int, scheme: str, wording: Wording) -> Iterator[Finding | None]:
    """Yield for each row of a table of secrets the finding that it does not hold one secret, if that is so.

    `index` is that of the column of names.
    """
    columns = len(table.header)
    for row, flaw in zip(table.rows, find_row_flaws(table, index, wording), strict=True):
        # A cell without a heading is what a row has too many of.
        cells = (*(cell for cell in (*row[columns:], *row) if cell.text), *row)
        place = next((cell.place for cell in cells), table.place)
        if len(row) != columns:
            yield report_uneven_row(place, len(row), columns, scheme=scheme)
        elif flaw is not None:
            name = row[index]
            yield report_unclear_row(name.place if name.text else place, flaw, scheme=scheme)
        else:
            yield None


def report_broken(table: BrokenTable, scheme: str) -> Finding:
    """Report a table of secrets that cannot be read."""
    if table.is_elsewhere:
        return report_table_elsewhere(table.place, scheme=scheme)
    if table.is_unclear:
        return report_unclear_table(table.place, table.problem, scheme=scheme, repair=table.repair)
    return report_broken_table(table.place, table.problem, scheme=scheme, repair=table.repair)
