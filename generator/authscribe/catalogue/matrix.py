"""Build the matrix of the catalogue page: a row for each connector, a column for each scheme or kind.

Users can replace the templates, so the names of the fields are public, unlike those of the classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.catalogue.badge import StateLabel
from authscribe.catalogue.summaries import ConnectorSummary
from authscribe.model.definitions import Kind, Scheme
from authscribe.targets.docs import KINDS

_MAX_SCHEME_COLUMNS: Final = 100
"""Largest number of schemes with a column each; catalogues of other systems may define one for each connector."""


class MatrixColumn(NamedTuple):
    """Column of the matrix, with the target of the link in its title."""

    title: str
    target: str


class MatrixRow(NamedTuple):
    """Connector in the matrix; the script filters by `state`, `status`, `search`, `schemes` and `kinds`."""

    id: str
    title: str
    target: str
    subtitle: str
    state: str
    states: tuple[StateLabel, ...]
    status: str
    is_stable: bool
    search: str
    schemes: str
    kinds: str
    cells: tuple[bool, ...]


class Titles(NamedTuple):
    """Titles of all schemes by id, and of their kinds, which begin with a capital, in the order of `Kind`."""

    schemes: Mapping[str, str]
    kinds: Mapping[str, str]

    @classmethod
    def from_schemes(cls, schemes: Iterable[Scheme]) -> Titles:
        """Return the titles of all schemes of a catalogue."""
        titles = {scheme.id: (scheme.kind, scheme.title or scheme.id) for scheme in schemes}
        used = {kind for kind, _ in titles.values()}
        return cls(
            schemes={name: title for name, (_, title) in titles.items()},
            kinds={kind.value: f"{KINDS[kind][:1].upper()}{KINDS[kind][1:]}" for kind in Kind if kind in used},
        )

    @property
    def are_schemes_columns(self) -> bool:
        """Return whether each scheme has a column, or else each kind."""
        return len(self.schemes) <= _MAX_SCHEME_COLUMNS

    @property
    def columns(self) -> Mapping[str, str]:
        """Return the titles of the columns."""
        return self.schemes if self.are_schemes_columns else self.kinds

    def list_columns(self) -> tuple[MatrixColumn, ...]:
        """Return the columns with their links."""
        prefix = "#scheme-" if self.are_schemes_columns else "#kind="
        return tuple(MatrixColumn(title, f"{prefix}{name}") for name, title in self.columns.items())


class MatrixRows:
    """Rows of connectors, each of which is built when it is read: the built-in page has them as HTML."""

    def __init__(self, connectors: Sequence[ConnectorSummary], titles: Titles) -> None:
        self._connectors = connectors
        self._titles = titles

    def __len__(self) -> int:
        """Return the number of connectors."""
        return len(self._connectors)

    def __iter__(self) -> Iterator[MatrixRow]:
        """Yield the row of each connector."""
        return (_build_row(connector, self._titles) for connector in self._connectors)


def _build_row(connector: ConnectorSummary, titles: Titles) -> MatrixRow:
    marked = connector.schemes if titles.are_schemes_columns else connector.kinds
    return MatrixRow(
        id=connector.id,
        title=connector.title,
        target=f"#connector={connector.id}",
        subtitle=", ".join(titles.columns[name] for name in marked) or "unknown",
        state=connector.state,
        states=connector.states,
        status=connector.stage,
        is_stable=connector.stage == "stable",
        search=connector.search,
        schemes=" ".join(connector.schemes),
        kinds=" ".join(connector.kinds),
        cells=tuple(name in marked for name in titles.columns),
    )
