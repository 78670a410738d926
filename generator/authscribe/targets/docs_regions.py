"""Views of the regions inside pages: tables of one part, sections of schemes and connectors, and the matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.model.contract import (
    Contract,
    build_method_contract,
    build_scheme_contract,
    list_methods,
    list_scheme_ids,
)
from authscribe.model.definitions import Catalogue, Connector, Scheme
from authscribe.targets.docs import (
    PLACEMENT_COLUMNS,
    Column,
    ColumnTable,
    DocsRow,
    DocsTable,
    TableFile,
    build_column_table,
    build_connector_page,
    build_contract_table,
    build_scheme_section,
    format_method_title,
    list_addresses,
    list_columns,
    list_placement_rows,
)


class RegionPiece(NamedTuple):
    """Template with its view; the pieces of a region follow each other with an empty line between them."""

    template: str
    view: object


class ColumnsView(NamedTuple):
    """View of a table of any columns."""

    table: ColumnTable


class HeadingView(NamedTuple):
    """View of a line above a table, which is no section title."""

    title: str
    is_region: bool = True


class TableOptions(NamedTuple):
    """Columns of a table in their order, the column that sorts the rows, and the headings; empty for the defaults."""

    columns: tuple[str, ...] = ()
    order: str = ""
    headings: tuple[str, ...] = ()


class Part(NamedTuple):
    """Part of a scheme or connector that a table can show: its columns, and a function that lists the rows.

    Without that function, it is a part with secrets or parameters, which all have the same table on generated pages.
    """

    columns: Mapping[str, Column]
    list_rows: Callable[[Contract], Sequence[Mapping[str, str]]] | None = None


class HeadingsError(Exception):
    """Error for a table that has another number of columns than there are headings."""

    def __init__(self, headings: int, columns: int) -> None:
        super().__init__(f"the number of headings is {headings}, and that of columns is {columns}")


_SETTING: Final = {
    "name": Column("Property", "20", is_literal=True),
    "description": Column("Description", "30"),
    "type": Column("Type", "10"),
    "required": Column("Required", "10"),
    "default": Column("Default", "15", is_literal=True),
}
_INJECTED: Final = {**_SETTING, "origin": Column("Origin", "20")}
_ENDPOINT: Final = {"endpoint": Column("Endpoint", "20"), "address": Column("Address", "50", is_literal=True)}


def _list_endpoint_rows(contract: Contract) -> tuple[dict[str, str], ...]:
    return tuple({"endpoint": role, "address": url} for role, url in list_addresses(contract.endpoints))


def _list_scope_rows(contract: Contract) -> tuple[dict[str, str], ...]:
    return tuple({"scope": scope} for scope in (contract.oauth.scopes if contract.oauth else ()))


PARTS: Final[Mapping[str, Part]] = {
    "required": Part(_SETTING),
    "injected": Part(_INJECTED),
    "parameters": Part(_SETTING),
    "placements": Part(PLACEMENT_COLUMNS, list_placement_rows),
    "endpoints": Part(_ENDPOINT, _list_endpoint_rows),
    "scopes": Part({"scope": Column("Scope", "20", is_literal=True)}, _list_scope_rows),
}
"""Parts of a scheme or connector by their names, with their columns; the Sphinx extension has the same parts."""


def build_scheme_table(catalogue: Catalogue, scheme: Scheme, part: str, options: TableOptions) -> Iterator[RegionPiece]:
    """Yield the table of a part of a scheme, if it has the part; raises HeadingsError."""
    yield from _build_table(build_scheme_contract(catalogue, scheme), part, options, has_origins=False)


def build_connector_tables(
    catalogue: Catalogue, connector: Connector, part: str, options: TableOptions
) -> Iterator[RegionPiece]:
    """Yield the table of a part for each method that has the part, below its title if the connector has several.

    Raises HeadingsError.
    """
    methods = list_methods(connector)
    for method in methods:
        contract = build_method_contract(catalogue, connector, method)
        pieces = [*_build_table(contract, part, options, has_origins=True)]
        if pieces and len(methods) > 1:
            yield RegionPiece("heading-region", HeadingView(format_method_title(method, contract)))
        yield from pieces


def build_scheme_region(scheme: Scheme) -> Iterator[RegionPiece]:
    """Yield the section of a scheme, without its title."""
    yield RegionPiece("scheme-region", build_scheme_section(scheme))


def build_connector_region(catalogue: Catalogue, connector: Connector) -> Iterator[RegionPiece]:
    """Yield the page of a connector, without its title."""
    yield RegionPiece("connector-body", build_connector_page(catalogue, connector)._replace(is_region=True))


def build_matrix(
    catalogue: Catalogue, connectors: Sequence[Connector], schemes: Sequence[Scheme], headings: Sequence[str]
) -> Iterator[RegionPiece]:
    """Yield the matrix of connectors and schemes, if there are any; none of either selects all that are in use.

    Raises HeadingsError.
    """
    connectors = connectors or catalogue.connectors
    used = {connector.id: {*list_scheme_ids(connector)} for connector in connectors}
    every = {name for names in used.values() for name in names}
    schemes = schemes or [scheme for scheme in catalogue.schemes if scheme.id in every]
    columns = {"connector": Column("Connector", "30")}
    columns |= {f"scheme {scheme.id}": Column(scheme.title or scheme.id, "20") for scheme in schemes}
    rows = [
        {"connector": connector.title or connector.id}
        | {f"scheme {scheme.id}": "yes" if scheme.id in used[connector.id] else "" for scheme in schemes}
        for connector in connectors
    ]
    table = build_column_table(columns, rows) if schemes else None
    yield from _show_table(table, headings)


def _build_table(contract: Contract, part: str, options: TableOptions, *, has_origins: bool) -> Iterator[RegionPiece]:
    columns, list_rows = PARTS[part]
    if list_rows is not None:
        shown = options.columns or tuple(columns)
        table = build_column_table(
            {name: columns[name] for name in shown}, _sort_rows(list_rows(contract), options.order)
        )
        yield from _show_table(table, options.headings)
    else:
        settings = build_contract_table(contract, part, has_origins=has_origins)
        if settings is not None:
            yield from _show_settings(settings, columns, options)


def _show_settings(table: DocsTable, columns: Mapping[str, Column], options: TableOptions) -> Iterator[RegionPiece]:
    """Yield a table of settings: as in every generated page unless columns or headings are chosen."""
    rows = _sort_rows([row._asdict() for row in table.rows], options.order)
    if options.columns or options.headings:
        shown = options.columns or list_columns(table)
        yield from _show_table(build_column_table({name: columns[name] for name in shown}, rows), options.headings)
    else:
        yield RegionPiece("table-file", TableFile(table._replace(rows=tuple(DocsRow(**row) for row in rows))))


def _sort_rows(rows: Sequence[Mapping[str, str]], column: str) -> Sequence[Mapping[str, str]]:
    """Return the rows sorted by a column, or as they are defined if there is none to sort by."""
    return sorted(rows, key=lambda row: (row[column].casefold(), row[column])) if column else rows


def _show_table(table: ColumnTable | None, headings: Sequence[str]) -> Iterator[RegionPiece]:
    if table is None:
        return
    if headings:
        if len(headings) != len(table.columns):
            raise HeadingsError(len(headings), len(table.columns))
        columns = (column._replace(heading=word) for column, word in zip(table.columns, headings, strict=True))
        table = table._replace(columns=tuple(columns))
    yield RegionPiece("columns-region", ColumnsView(table))
