"""Views of the regions inside pages: tables of one part, sections of schemes and connectors, and the matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import (
    Contract,
    build_method_contract,
    build_scheme_contract,
    list_methods,
)
from authscribe.model.definitions import Connector, Scheme
from authscribe.targets.docs import (
    TableFile,
    build_connector_page,
    build_scheme_section,
    format_method_title,
    list_labeled_addresses,
)
from authscribe.targets.docs_tables import (
    PLACEMENT_COLUMNS,
    SETTING_COLUMNS,
    Column,
    DocsTable,
    build_contract_table,
    build_table,
    list_placement_rows,
    number_columns,
)
from authscribe.targets.requests import list_request_facts


class RegionPiece(NamedTuple):
    """Template with its view; the pieces of a region follow each other with an empty line between them."""

    template: str
    view: object


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

    Without that function, it is a part with secrets or parameters, whose columns depend on what there is to show.
    """

    columns: Mapping[str, Column]
    list_rows: Callable[[Contract], Sequence[tuple[str, ...]]] | None = None


class HeadingsError(Exception):
    """Error for a table that has another number of columns than there are headings."""

    def __init__(self, headings: int, columns: int) -> None:
        super().__init__(f"the number of headings is {headings}, and that of columns is {columns}")


_SETTINGS: Final = {name: column for name, column in SETTING_COLUMNS.items() if name != "origin"}
_ENDPOINTS: Final = number_columns(endpoint=Column("Endpoint", "20"), address=Column("Address", "50", "literal"))
_REQUEST: Final = number_columns(fact=Column("Fact", "20"), value=Column("Value", "50", "literal"))
_SCOPES: Final = number_columns(scope=Column("Scope", "20", "literal"))


def _list_endpoint_rows(contract: Contract) -> tuple[tuple[str, ...], ...]:
    return list_labeled_addresses(contract.endpoints)


def _list_request_rows(contract: Contract) -> tuple[tuple[str, ...], ...]:
    return tuple(list_request_facts(contract.token_request).items())


def _list_scope_rows(contract: Contract) -> tuple[tuple[str, ...], ...]:
    return tuple((scope,) for scope in (contract.oauth.scopes if contract.oauth else ()))


PARTS: Final[Mapping[str, Part]] = {
    "required": Part(_SETTINGS),
    "injected": Part(SETTING_COLUMNS),
    "parameters": Part(_SETTINGS),
    "placements": Part(PLACEMENT_COLUMNS, list_placement_rows),
    "endpoints": Part(_ENDPOINTS, _list_endpoint_rows),
    "request": Part(_REQUEST, _list_request_rows),
    "scopes": Part(_SCOPES, _list_scope_rows),
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


def build_scheme_region(catalogue: Catalogue, scheme: Scheme) -> Iterator[RegionPiece]:
    """Yield the section of a scheme, without its title."""
    yield RegionPiece("scheme-region", build_scheme_section(catalogue, scheme))


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
    used = {connector.id: {*connector.scheme_ids} for connector in connectors}
    every = {name for names in used.values() for name in names}
    schemes = schemes or [scheme for scheme in catalogue.schemes if scheme.id in every]
    columns = [Column("Connector", "30")]
    columns += (Column(scheme.title or scheme.id, "20", position=n) for n, scheme in enumerate(schemes, 1))
    rows = [
        (connector.title or connector.id, *("yes" if scheme.id in used[connector.id] else "" for scheme in schemes))
        for connector in connectors
    ]
    if rows and schemes:
        yield _show_table(DocsTable(tuple(columns), tuple(rows)), headings)


def _build_table(contract: Contract, part: str, options: TableOptions, *, has_origins: bool) -> Iterator[RegionPiece]:
    columns, list_rows = PARTS[part]
    table = (
        build_contract_table(contract, part, has_origins=has_origins)
        if list_rows is None
        else build_table(columns.values(), list_rows(contract))
    )
    if table is None or not table.rows:
        return
    if options.columns:
        table = table._replace(columns=tuple(columns[name] for name in options.columns))
    if options.order:
        index = columns[options.order].position
        table = table._replace(rows=tuple(sorted(table.rows, key=lambda row: (row[index].casefold(), row[index]))))
    yield _show_table(table, options.headings)


def _show_table(table: DocsTable, headings: Sequence[str]) -> RegionPiece:
    """Return the table with other headings, if there are any."""
    if headings:
        if len(headings) != len(table.columns):
            raise HeadingsError(len(headings), len(table.columns))
        columns = (column._replace(heading=word) for column, word in zip(table.columns, headings, strict=True))
        table = table._replace(columns=tuple(columns))
    return RegionPiece("table-file", TableFile(table))
