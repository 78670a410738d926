"""Plan the documentation: scheme tables, and a page for each connector, in RST and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, list_methods
from authscribe.model.definitions import (
    Connector,
    Definition,
    Endpoints,
    InjectedSecret,
    Kind,
    Lifetime,
    Location,
    Method,
    Parameter,
    Scheme,
    Secret,
    Setting,
    Source,
    Stage,
)
from authscribe.model.markup import split_paragraphs
from authscribe.model.naming import to_page
from authscribe.targets.addresses import list_addresses, list_fallback_addresses
from authscribe.targets.plan import DOCS, PlannedFile, TargetPlan
from authscribe.targets.requests import list_oauth_facts, list_request_facts

_FORMATS: Final = ((Language.RST, "rst"), (Language.MARKDOWN, "md"))

KINDS: Final = {
    Kind.NONE: "no authentication",
    Kind.API_KEY: "API key",
    Kind.HTTP_BASIC: "HTTP Basic (RFC 7617)",
    Kind.HTTP_BEARER: "HTTP Bearer (RFC 6750)",
    Kind.HTTP_DIGEST: "HTTP Digest (RFC 7616)",
    Kind.OAUTH2_AUTHORIZATION_CODE: "OAuth 2.0 authorization code",
    Kind.OAUTH2_CLIENT_CREDENTIALS: "OAuth 2.0 client credentials",
    Kind.OAUTH2_PASSWORD: "OAuth 2.0 password",
    Kind.OAUTH2_REFRESH: "OAuth 2.0 refresh token",
    Kind.OAUTH2_DEVICE: "OAuth 2.0 device authorization (RFC 8628)",
    Kind.OAUTH2_JWT_BEARER: "OAuth 2.0 JWT bearer (RFC 7523)",
    Kind.OAUTH2_TOKEN_EXCHANGE: "OAuth 2.0 token exchange (RFC 8693)",
    Kind.OAUTH1: "OAuth 1.0 (RFC 5849)",
    Kind.JWT: "JWT from a login request",
    Kind.TWO_STEP: "token from a login request",
    Kind.SIGNATURE_HMAC: "HMAC request signature",
    Kind.SIGNATURE_HTTP: "HTTP message signature (RFC 9421)",
    Kind.AWS_SIGV4: "AWS Signature Version 4",
    Kind.MTLS: "mutual TLS (RFC 8705)",
    Kind.OPENID_CONNECT: "OpenID Connect",
    Kind.APP_INSTALL: "app installation",
    Kind.CUSTOM: "custom",
}
"""Name of each kind in a sentence."""

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


class LabeledValue(NamedTuple):
    """Label and its value, such as a role and its URL."""

    label: str
    value: str


class SchemeSection(NamedTuple):
    """Section about a scheme on the page of all schemes."""

    id: str
    title: str
    kind: str
    status: str
    summary: tuple[str, ...]
    required: DocsTable | None
    injected: DocsTable | None
    notes: tuple[str, ...]


class SchemesPage(NamedTuple):
    """Page of all schemes; a page that a person owns lacks the note that it is generated."""

    sections: tuple[SchemeSection, ...]
    is_owned: bool = False


class TableFile(NamedTuple):
    """File with one table, to be included in a page."""

    table: DocsTable


class MethodSection(NamedTuple):
    """Section about one way to authenticate on a connector's page."""

    title: str
    schemes: tuple[LabeledValue, ...]
    required: DocsTable | None
    injected: DocsTable | None
    placements: DocsTable | None
    endpoints: tuple[LabeledValue, ...]
    request: tuple[LabeledValue, ...]
    scopes: tuple[str, ...]
    oauth: tuple[LabeledValue, ...]


class ConnectorPage(NamedTuple):
    """Page of a connector: its secrets, parameters, placements and URLs.

    A scaffolded page does not link to the page of schemes, which is not beside it. In a region of another page, there
    are no links either, and no section titles.
    """

    id: str
    title: str
    status: str
    summary: tuple[str, ...]
    documentation: str | None
    flags: tuple[str, ...]
    parameters: DocsTable | None
    methods: tuple[MethodSection, ...]
    notes: tuple[str, ...]
    is_scaffolded: bool = False
    is_region: bool = False


class IndexRow(NamedTuple):
    """Row of a connector in the index."""

    id: str
    page: str
    title: str
    schemes: tuple[LabeledValue, ...]


class Index(NamedTuple):
    """Index of all connectors."""

    rows: tuple[IndexRow, ...]


def _plan_shared(catalogue: Catalogue) -> Iterator[PlannedFile]:
    index = _build_index(catalogue)
    for language, suffix in _FORMATS:
        if catalogue.schemes:
            yield plan_schemes_page(catalogue.schemes, language)
        if index.rows:
            yield plan_page(f"docs/{language.value}/connectors/index.{suffix}", language, "index", index)


def _plan_scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    """Plan a file for each table; Sphinx and others do not take files with the suffix `.inc` for pages."""
    del catalogue
    for language, suffix in _FORMATS:
        for part, table in (("required", build_required_table(scheme)), ("injected", build_injected_table(scheme))):
            if table is not None:
                path = f"docs/{language.value}/tables/{scheme.id}-{part}.{suffix}.inc"
                yield plan_page(path, language, "table-file", TableFile(table), subject=scheme.id)


def _plan_connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    view = build_connector_page(catalogue, connector)
    for language, suffix in _FORMATS:
        path = f"docs/{language.value}/connectors/{to_page(connector.id)}.{suffix}"
        yield plan_page(path, language, "connector", view, subject=connector.id)


DOCS_PLAN: Final = TargetPlan(_plan_shared, _plan_scheme, _plan_connector)
"""Plan of the page of schemes, a file for each table, a page for each connector, and their index."""


def plan_schemes_page(schemes: Iterable[Scheme], language: Language, *, is_owned: bool = False) -> PlannedFile:
    """Return the page of schemes in RST or Markdown."""
    suffix = "rst" if language is Language.RST else "md"
    page = SchemesPage(tuple(build_scheme_section(scheme) for scheme in schemes), is_owned)
    return plan_page(f"docs/{language.value}/authentication-schemes.{suffix}", language, "schemes", page)


def build_required_table(scheme: Scheme) -> DocsTable | None:
    """Return the table of the scheme's required secrets, or None if it has none."""
    return _build_table(scheme.required)


def build_injected_table(scheme: Scheme) -> DocsTable | None:
    """Return the table of the scheme's injected secrets, or None if it has none."""
    return _build_table(scheme.injected, has_types=True)


def build_contract_table(contract: Contract, part: str, *, has_origins: bool) -> DocsTable | None:
    """Return the table of the required secrets, injected secrets or parameters, or None if there are none.

    `has_origins` tells whether the table of injected secrets shows their origins.
    """
    if part == "injected":
        return _build_table(contract.injected, has_types=True, has_origins=has_origins)
    return _build_table(contract.required) if part == "required" else _build_table(contract.parameters, has_types=True)


def plan_page(path: str, language: Language, template: str, view: object, subject: str | None = None) -> PlannedFile:
    """Return a file in RST or Markdown, with the template of that language."""
    suffix = "rst" if language is Language.RST else "md"
    return PlannedFile(path, DOCS, language, view, f"docs/{template}.{suffix}.jinja", subject)


def build_scheme_section(scheme: Scheme) -> SchemeSection:
    """Return the view of a scheme's section."""
    return SchemeSection(
        id=scheme.id,
        title=scheme.title or scheme.id,
        kind=KINDS[scheme.kind],
        status=_format_status(scheme, "scheme"),
        summary=split_paragraphs(scheme.summary),
        required=build_required_table(scheme),
        injected=build_injected_table(scheme),
        notes=scheme.notes,
    )


def build_connector_page(catalogue: Catalogue, connector: Connector) -> ConnectorPage:
    """Return the view of a connector's page."""
    methods = [(method, build_method_contract(catalogue, connector, method)) for method in list_methods(connector)]
    parameters = {parameter.name: parameter for _, contract in methods for parameter in contract.parameters}
    return ConnectorPage(
        id=connector.id,
        title=connector.title or connector.id,
        status=_format_status(connector, "connector"),
        summary=split_paragraphs(connector.summary),
        documentation=connector.docs,
        flags=connector.flags,
        parameters=_build_table(tuple(parameters.values()), has_types=True),
        methods=tuple(_build_method_section(method, contract) for method, contract in methods),
        notes=connector.notes,
    )


def _build_method_section(method: Method, contract: Contract) -> MethodSection:
    schemes = tuple(_label_scheme(scheme) for scheme in contract.schemes)
    placements = list_placement_rows(contract)
    return MethodSection(
        title=format_method_title(method, contract),
        schemes=schemes,
        required=_build_table(contract.required),
        injected=_build_table(contract.injected, has_types=True, has_origins=True),
        placements=build_table(PLACEMENT_COLUMNS.values(), placements) if placements else None,
        endpoints=list_labeled_addresses(contract.endpoints),
        request=tuple(LabeledValue(*fact) for fact in list_request_facts(contract.token_request).items()),
        scopes=contract.oauth.scopes if contract.oauth else (),
        oauth=tuple(LabeledValue(*fact) for fact in list_oauth_facts(contract.oauth).items()),
    )


def format_method_title(method: Method, contract: Contract) -> str:
    """Return the title of a method, by default those of its schemes."""
    return method.title or " and ".join(_label_scheme(scheme).value for scheme in contract.schemes)


def list_placement_rows(contract: Contract) -> tuple[PlacementRow, ...]:
    """Return a row for each placement."""
    return tuple(PlacementRow(LOCATIONS[p.location], p.name, p.value, p.fallback or "") for p in contract.placements)


def build_table(columns: Iterable[Column], rows: Sequence[tuple[str, ...]]) -> DocsTable:
    """Return a table without the optional columns that are empty in all rows."""
    shown = (column for column in columns if not column.is_optional or any(row[column.position] for row in rows))
    return DocsTable(tuple(shown), tuple(rows))


def _label_scheme(scheme: Scheme) -> LabeledValue:
    return LabeledValue(scheme.id, scheme.title or scheme.id)


def list_labeled_addresses(endpoints: Endpoints) -> tuple[LabeledValue, ...]:
    """Return the stated URLs, each with its role; that of a fallback follows the URL that it replaces."""
    fallbacks = list_fallback_addresses(endpoints)
    return tuple(
        LabeledValue(label, url)
        for role, address in list_addresses(endpoints).items()
        for label, url in ((role, address), (f"{role}, otherwise", fallbacks.get(role)))
        if url is not None
    )


def _build_index(catalogue: Catalogue) -> Index:
    return Index(
        tuple(
            IndexRow(
                connector.id,
                to_page(connector.id),
                connector.title or connector.id,
                tuple(_label_scheme(catalogue.get_scheme(name)) for name in connector.scheme_ids),
            )
            for connector in catalogue.connectors
        )
    )


def _build_table(
    settings: Sequence[Secret | Parameter], *, has_types: bool = False, has_origins: bool = False
) -> DocsTable | None:
    """Return a table of settings, or None if there are none.

    It has the columns Type, Required and Default if they tell something: a type other than String, a setting that may
    be omitted, a default that may be shown.
    """
    rows = tuple(_build_row(setting) for setting in settings)
    shown = {
        "type": has_types or any(row.type != _USUAL_TYPE for row in rows),
        "required": any(setting.optional for setting in settings),
        "default": any(row.default for row in rows),
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


def _format_status(definition: Definition, noun: str) -> str:
    if definition.status is Stage.STABLE:
        return ""
    successor = f"; use {definition.successor} instead" if definition.successor else ""
    return f"This {noun} is {definition.status.value}{successor}."
