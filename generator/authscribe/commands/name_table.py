"""Answer `show --names`: the spelling of every name of a scheme or connector in each target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.commands.query import align_columns
from authscribe.connectors.usages import list_roles
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_contracts
from authscribe.model.definitions import Connector, DefinitionNames, Names, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.model.spelling import Spelling

_NONE: Final = "-"


class NameRow(NamedTuple):
    """Name with its spelling of each kind; `stated` are the kinds whose spelling the definition states."""

    name: str
    role: str
    spellings: dict[str, str]
    stated: tuple[str, ...]

    def to_document(self) -> dict[str, object]:
        """Return the row for the JSON format."""
        return {"name": self.name, "role": self.role, "spellings": {**self.spellings}, "stated": [*self.stated]}


class NameTable(NamedTuple):
    """Names of a definition itself, most of which are the beginnings of those of its secrets and parameters."""

    own: NameRow
    settings: tuple[NameRow, ...]

    def to_document(self) -> dict[str, object]:
        """Return the table for the JSON format."""
        return {**self.own.to_document(), "settings": [row.to_document() for row in self.settings]}

    def format(self) -> str:
        """Return the table as text, with a hyphen where the definition has no name of its own."""
        rows = (
            [row.name, row.role, *(row.spellings.get(kind) or _NONE for kind in NameKind)]
            for row in (self.own, *self.settings)
        )
        return align_columns([["", *row] for row in (["name", "role", *NameKind], *rows)])


def list_names(catalogue: Catalogue, definition: Scheme | Connector) -> NameTable:
    """Return the names of a definition, and those of its secrets and parameters in all its methods."""
    spelling = Spelling(definition, catalogue.conventions)
    own = {kind.value: spelling.get_own_name(kind) for kind in map(NameKind, type(definition.names).model_fields)}
    noun = "scheme" if isinstance(definition, Scheme) else "connector"
    rows = (row for contract in list_contracts(catalogue, definition) for row in _list_rows(contract, spelling))
    distinct = {(row.name, row.role, *row.spellings.values()): row for row in rows}
    return NameTable(NameRow(definition.id, noun, own, _list_stated(definition.names)), tuple(distinct.values()))


def _list_rows(contract: Contract, spelling: Spelling) -> Iterator[NameRow]:
    for role, setting in list_roles(contract):
        spellings = {kind.value: spelling.spell(kind, setting) for kind in NameKind}
        yield NameRow(setting.name, role.value, spellings, _list_stated(setting.names))


def _list_stated(names: Names | DefinitionNames) -> tuple[str, ...]:
    return tuple(names.model_dump(exclude_none=True))
