"""Build the tables of the documentation: of secrets, parameters and placements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from authscribe.model.contract import Contract
from authscribe.model.definitions import InjectedSecret, Lifetime, Location, Parameter, Scheme, Secret, Setting, Source

LOCATIONS: Final = {
    Location.HEADER: "header",
    Location.QUERY: "query parameter",
    Location.PATH: "path",
    Location.COOKIE: "cookie",
    Location.BODY: "body",
    Location.BASIC_USERNAME: "basic authentication, username",
    Location.BASIC_PASSWORD: "basic authentication, password",
    Location.BLOCK: "platform setting",
}  # fmt: skip
"""Name of each location in a table."""

_UNREMARKABLE: Final = (Lifetime.STATIC, Lifetime.UNKNOWN)
_USUAL_TYPE: Final = "String"


class Column(NamedTuple):
    """Column of a table: its heading, its width in relation to the other columns, and its position in a row.

    The style of its texts is `literal`, `text` for words, or `markup` for words with the markup of definitions. An
    optional column is shown only if a row has a text for it.
    """

    heading: str
    width: str
    style: str = "text"
    position: int = 0
    is_optional: bool = False


class DocsRow(NamedTuple):
    """Row of a table of settings."""

    name: str
    description: str
    type: str
    required: str
    default: str
    choices: str
    origin: str


class PlacementRow(NamedTuple):
    """Row of a table of placements, which shows where a value goes in a request."""

    place: str
    name: str
    value: str
    fallback: str


class DocsTable(NamedTuple):
    """Table with the columns that it shows; a row can have texts for more of them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def number_columns(**columns: Column) -> dict[str, Column]:
    """Return the columns, named like the fields of a row and in their order, each with its position."""
    return {name: column._replace(position=index) for index, (name, column) in enumerate(columns.items())}


SETTING_COLUMNS: Final = number_columns(
    name=Column("Property", "20", "literal"),
    description=Column("Description", "30", "markup"),
    type=Column("Type", "10"),
    required=Column("Required", "10"),
    default=Column("Default", "15", "literal"),
    choices=Column("Allowed values", "20", "literal"),
    origin=Column("Origin", "20"),
)
"""Columns of a table of secrets or parameters; those of a `DocsRow`."""

PLACEMENT_COLUMNS: Final = number_columns(
    place=Column("Place", "20"),
    name=Column("Name", "20", "literal"),
    value=Column("Value", "30", "literal"),
    fallback=Column("Otherwise", "30", "literal", is_optional=True),
)
"""Columns of a table of placements; those of a `PlacementRow`."""


def build_required_table(scheme: Scheme) -> DocsTable | None:
    """Return the table of the scheme's required secrets, or None if it has none."""
    return build_settings_table(scheme.required)


def build_injected_table(scheme: Scheme) -> DocsTable | None:
    """Return the table of the scheme's injected secrets, or None if it has none."""
    return build_settings_table(scheme.injected, has_types=True)


def build_contract_table(contract: Contract, part: str, *, has_origins: bool) -> DocsTable | None:
    """Return the table of the required secrets, injected secrets or parameters, or None if there are none.

    `has_origins` tells whether the table of injected secrets shows their origins.
    """
    if part == "injected":
        return build_settings_table(contract.injected, has_types=True, has_origins=has_origins)
    if part == "required":
        return build_settings_table(contract.required)
    return build_settings_table(contract.parameters, has_types=True)


def list_placement_rows(contract: Contract) -> tuple[PlacementRow, ...]:
    """Return a row for each placement."""
    return tuple(PlacementRow(LOCATIONS[p.location], p.name, p.value, p.fallback or "") for p in contract.placements)


def build_table(columns: Iterable[Column], rows: Sequence[tuple[str, ...]]) -> DocsTable:
    """Return a table without the optional columns that are empty in all rows."""
    shown = (column for column in columns if not column.is_optional or any(row[column.position] for row in rows))
    return DocsTable(tuple(shown), tuple(rows))


def build_settings_table(
    settings: Sequence[Secret | Parameter],
    *,
    has_types: bool = False,
    has_choices: bool = False,
    has_origins: bool = False,
) -> DocsTable | None:
    """Return a table of settings, or None if there are none.

    It has the columns Type, Required and Default if they tell something: a type other than String, a setting that may
    be omitted, a default that may be shown. `has_choices` is whether it shows the allowed values, if there are any.
    """
    rows = tuple(_build_row(setting) for setting in settings)
    shown = {
        "type": has_types or any(row.type != _USUAL_TYPE for row in rows),
        "required": any(setting.optional for setting in settings),
        "default": any(row.default for row in rows),
        "choices": has_choices and any(row.choices for row in rows),
        "origin": has_origins,
    }
    columns = tuple(column for name, column in SETTING_COLUMNS.items() if shown.get(name, True))
    return DocsTable(columns, rows) if rows else None


def _build_row(setting: Secret | Parameter) -> DocsRow:
    return DocsRow(
        name=setting.name,
        description=setting.description,
        type=format_type(setting),
        required="No" if setting.optional else "Yes",
        default=format_default(setting),
        choices=", ".join(format_value(choice.value) for choice in setting.enum) if setting.is_public else "",
        origin=_format_origin(setting) if isinstance(setting, InjectedSecret) else "",
    )


def _format_origin(secret: InjectedSecret) -> str:
    origin, lifetime = secret.origin, secret.lifetime
    source = "" if origin.source is Source.UNKNOWN else origin.source.value
    source = f"{source} from {origin.required}" if origin.required else source
    return ", ".join(filter(None, (source, "" if lifetime in _UNREMARKABLE else lifetime.value)))


def format_type(setting: Setting) -> str:
    """Return the type of a setting as the documentation words it."""
    return setting.type_label or setting.type.value.capitalize()


def format_default(setting: Setting) -> str:
    """Return the default of a setting as text; empty if there is none to show."""
    return format_value(setting.default) if setting.is_public else ""


def format_value(value: object) -> str:
    """Return a value as text, in JSON unless it is a string; empty for None."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
