"""Build the tables of the documentation: of secrets, parameters and placements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from authscribe.model.contract import Contract
from authscribe.model.definitions import (
    InjectedSecret,
    Lifetime,
    Location,
    Parameter,
    Scheme,
    Secrecy,
    Secret,
    Setting,
    Source,
)
from authscribe.model.markup import Span, Style, format_markup, tidy_spans

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
# Nobody reads more values in a cell.
_MOST_CHOICES: Final = 50


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
    remarks: str
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
    choices=Column("Allowed values", "20", "markup"),
    remarks=Column("Remarks", "20", "markup"),
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
    has_details: bool = False,
    has_origins: bool = False,
) -> DocsTable | None:
    """Return a table of settings, or None if there are none.

    It has the columns Type, Required and Default if they tell something: a type other than String, a setting that may
    be omitted, a default that may be shown. With details, it also has the allowed values and remarks, if there are any,
    titles in place of missing descriptions, and no column of descriptions if there is neither. With origins, it also
    has those, if any are known.
    """
    rows = tuple(_build_row(setting, has_details=has_details) for setting in settings)
    shown = {
        "description": not has_details or any(row.description for row in rows),
        "type": has_types or any(row.type != _USUAL_TYPE for row in rows),
        "required": any(setting.may_be_omitted for setting in settings),
        "default": any(row.default for row in rows),
        "choices": any(row.choices for row in rows),
        "remarks": any(row.remarks for row in rows),
        "origin": has_origins and any(row.origin for row in rows),
    }
    columns = tuple(column for name, column in SETTING_COLUMNS.items() if shown.get(name, True))
    return DocsTable(columns, rows) if rows else None


def _build_row(setting: Secret | Parameter, *, has_details: bool) -> DocsRow:
    return DocsRow(
        name=setting.name,
        description=_describe(setting) if has_details else setting.description,
        type=format_type(setting),
        required="No" if setting.may_be_omitted else "Yes",
        default=format_default(setting),
        choices=_join_remarks(_list_shown_choices(setting), ", ") if has_details else "",
        remarks=_join_remarks(_list_remarks(setting), "; ") if has_details else "",
        origin=_format_origin(setting) if isinstance(setting, InjectedSecret) else "",
    )


Remark = tuple[Span, ...]


def _join_remarks(remarks: Iterable[Remark], separator: str) -> str:
    """Return remarks in the markup of definitions; empty if there are none."""
    spans = _join_spans(remarks, separator)
    return format_markup(tidy_spans(spans)) if spans else ""


def _join_spans(parts: Iterable[Remark], separator: str) -> list[Span]:
    return [span for part in parts for span in (Span(separator), *part)][1:]


def _describe(setting: Setting) -> str:
    """Return the description, or else the title: readers of the page would take both for one description."""
    return setting.description or format_markup(tidy_spans((Span(setting.title or ""),)))


def _quote(value: object) -> Span:
    text = format_value(value)
    return Span(text, Style.CODE) if text.strip() else Span("empty", Style.EMPHASIS)


def _list_shown_choices(setting: Setting) -> Iterator[Remark]:
    """Yield the allowed values with their labels, or the first ones and the number of the others."""
    choices = list_choices(setting)
    for index, (value, label) in enumerate(choices[:_MOST_CHOICES]):
        yield (_quote(value), *((Span(f" ({label})"),) if label else ()))
        if index + 1 == _MOST_CHOICES < len(choices):
            yield (Span(f"and {len(choices) - _MOST_CHOICES} more"),)


def _list_remarks(setting: Secret | Parameter) -> Iterator[Remark]:
    """Yield what a person who supplies the value needs to know, and no other column tells."""
    if setting.deprecated:
        yield (Span("deprecated"),)
    if isinstance(setting, Secret) and setting.secret is Secrecy.NO:
        yield (Span("not secret"),)
    if setting.automated:
        yield (Span("supplied by a program"),)
    if setting.hidden:
        yield (Span("not in forms"),)
    if setting.visible_when:
        words = "required if " if setting.is_needed_if_visible else "only if "
        yield (Span(words), *_join_spans(_list_conditions(setting), " and "))
    for words, value in (
        ("format", setting.format),
        ("matches", setting.shown_pattern),
        ("preceded by", setting.prefix),
        ("followed by", setting.suffix),
        ("for example", format_example(setting)),
    ):
        if value and value.strip():
            yield (Span(f"{words} "), _quote(value.strip()))


def _list_conditions(setting: Setting) -> Iterator[Remark]:
    for name, values in list_conditions(setting).items():
        yield (_quote(name), Span(" is "), *_join_spans(((_quote(value),) for value in values), " or "))


def _format_origin(secret: InjectedSecret) -> str:
    origin, lifetime = secret.origin, secret.lifetime
    source = "" if origin.source is Source.UNKNOWN else origin.source.value
    source = f"{source} from {origin.required}" if origin.required else source
    source = f"{source} ({origin.expression})" if origin.expression else source
    return ", ".join(filter(None, (source, "" if lifetime in _UNREMARKABLE else lifetime.value)))


def format_type(setting: Setting) -> str:
    """Return the type of a setting as the documentation words it."""
    return setting.type_label or setting.type.value.capitalize()


def format_default(setting: Setting) -> str:
    """Return the default of a setting as text; empty if there is none to show."""
    return format_value(setting.default) if setting.is_public else ""


def format_example(setting: Setting) -> str:
    """Return the example of a setting as text; empty if there is none to show."""
    return format_value(setting.example) if setting.is_public else ""


def list_conditions(setting: Setting) -> dict[str, tuple[str, ...]]:
    """Return the values of other settings as text, by their names, with one of which each makes a form ask for it."""
    return {name: tuple(map(format_value, values)) for name, values in setting.conditions.items()}


def list_choices(setting: Setting) -> tuple[tuple[str, str], ...]:
    """Return the allowed values that may be shown as text, each with its label if that is another text."""
    choices = setting.shown_choices
    return tuple((format_value(each.value), each.label if each.label != each.value else "") for each in choices)


def format_value(value: object) -> str:
    """Return a value as text, in JSON unless it is a string; empty for None."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
