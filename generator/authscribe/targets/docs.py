"""The documentation target: the scheme tables and a page for each connector, in RST and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.model.contract import Contract, contract_of_method, methods_of, scheme_ids_of
from authscribe.model.definitions import (
    Catalogue,
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
from authscribe.targets.plan import PlannedFile, TargetPlan

DOCS: Final = "docs"
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
"""What each kind is called in a sentence."""

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
"""What each location is called in a table."""

_UNREMARKABLE: Final = (Lifetime.STATIC, Lifetime.UNKNOWN)


class Row(NamedTuple):
    """One row of a table of settings."""

    name: str
    description: str
    type: str
    origin: str = ""


class Table(NamedTuple):
    """A table of settings; `types` and `origins` say whether it has the columns Type and Origin."""

    rows: tuple[Row, ...]
    types: bool
    origins: bool = False


class Slot(NamedTuple):
    """One row of the table that says where values go in a request."""

    location: str
    name: str
    value: str


class Fact(NamedTuple):
    """A label and what it stands for, such as an address."""

    label: str
    value: str


class SchemeSection(NamedTuple):
    """A scheme on the page of all schemes."""

    id: str
    title: str
    kind: str
    status: str
    summary: tuple[str, ...]
    required: Table | None
    injected: Table | None
    notes: tuple[str, ...]


class SchemesPage(NamedTuple):
    """All schemes; without the line that says who wrote it where it is owned by a person."""

    sections: tuple[SchemeSection, ...]
    is_owned: bool = False


class TableFile(NamedTuple):
    """One table by itself, to be included in a page."""

    table: Table


class MethodSection(NamedTuple):
    """One way to authenticate on a connector's page."""

    title: str
    schemes: tuple[Fact, ...]
    required: Table | None
    injected: Table | None
    slots: tuple[Slot, ...]
    endpoints: tuple[Fact, ...]
    scopes: tuple[str, ...]


class ConnectorPage(NamedTuple):
    """A connector: what it needs, what is injected, where it goes.

    A scaffolded page stands alone; the others stand beside the page of schemes, and link to it.
    """

    id: str
    title: str
    status: str
    summary: tuple[str, ...]
    documentation: str | None
    flags: tuple[str, ...]
    parameters: Table | None
    methods: tuple[MethodSection, ...]
    notes: tuple[str, ...]
    is_scaffolded: bool = False


class IndexRow(NamedTuple):
    """A connector in the index."""

    id: str
    title: str
    schemes: tuple[Fact, ...]


class Index(NamedTuple):
    """All connectors."""

    rows: tuple[IndexRow, ...]


def _shared(catalogue: Catalogue) -> Iterator[PlannedFile]:
    for language, suffix in _FORMATS:
        if catalogue.schemes:
            yield plan_schemes_page(catalogue.schemes, language)
        if catalogue.connectors:
            yield _page(f"docs/{language.value}/connectors/index.{suffix}", language, "index", _index(catalogue))


def _scheme(catalogue: Catalogue, scheme: Scheme) -> Iterator[PlannedFile]:
    """The suffix `.inc` keeps the files out of the list of pages that Sphinx and others make of a folder."""
    del catalogue
    for language, suffix in _FORMATS:
        for part, table in (("required", build_required_table(scheme)), ("injected", build_injected_table(scheme))):
            if table is not None:
                path = f"docs/{language.value}/tables/{scheme.id}-{part}.{suffix}.inc"
                yield _page(path, language, "table-file", TableFile(table), subject=scheme.id)


def _connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    view = build_connector_page(catalogue, connector)
    for language, suffix in _FORMATS:
        path = f"docs/{language.value}/connectors/{connector.id}.{suffix}"
        yield _page(path, language, "connector", view, subject=connector.id)


DOCS_PLAN: Final = TargetPlan(_shared, _scheme, _connector)
"""The page of schemes, each table by itself, a page for each connector and their index."""


def plan_schemes_page(schemes: Iterable[Scheme], language: Language, *, is_owned: bool = False) -> PlannedFile:
    """The page of schemes, in RST or Markdown."""
    suffix = "rst" if language is Language.RST else "md"
    page = SchemesPage(tuple(_scheme_section(scheme) for scheme in schemes), is_owned)
    return _page(f"docs/{language.value}/authentication-schemes.{suffix}", language, "schemes", page)


def build_required_table(scheme: Scheme) -> Table | None:
    """The scheme's table of required secrets, None where it has none."""
    return _table(scheme.required, types=False)


def build_injected_table(scheme: Scheme) -> Table | None:
    """The scheme's table of injected secrets, None where it has none."""
    return _table(scheme.injected, types=True)


def _page(path: str, language: Language, template: str, view: object, subject: str | None = None) -> PlannedFile:
    suffix = "rst" if language is Language.RST else "md"
    return PlannedFile(path, DOCS, language, view, f"docs/{template}.{suffix}.jinja", subject)


def _scheme_section(scheme: Scheme) -> SchemeSection:
    return SchemeSection(
        id=scheme.id,
        title=scheme.title or scheme.id,
        kind=KINDS[scheme.kind],
        status=_status(scheme, "scheme"),
        summary=_paragraphs(scheme.summary),
        required=build_required_table(scheme),
        injected=build_injected_table(scheme),
        notes=scheme.notes,
    )


def build_connector_page(catalogue: Catalogue, connector: Connector) -> ConnectorPage:
    """What the page of a connector shows."""
    methods = [(method, contract_of_method(catalogue, connector, method)) for method in methods_of(connector)]
    parameters = {parameter.name: parameter for _, effective in methods for parameter in effective.parameters}
    return ConnectorPage(
        id=connector.id,
        title=connector.title or connector.id,
        status=_status(connector, "connector"),
        summary=_paragraphs(connector.summary),
        documentation=connector.docs,
        flags=connector.flags,
        parameters=_table(tuple(parameters.values()), types=True),
        methods=tuple(_method_section(method, effective) for method, effective in methods),
        notes=connector.notes,
    )


def _method_section(method: Method, effective: Contract) -> MethodSection:
    schemes = tuple(_named(scheme) for scheme in effective.schemes)
    return MethodSection(
        title=method.title or " and ".join(scheme.value for scheme in schemes),
        schemes=schemes,
        required=_table(effective.required, types=False),
        injected=_with_origins(effective.injected),
        slots=tuple(Slot(LOCATIONS[p.location], p.name, p.value) for p in effective.placements),
        endpoints=list_addresses(effective.endpoints),
        scopes=effective.oauth.scopes if effective.oauth else (),
    )


def _named(scheme: Scheme) -> Fact:
    return Fact(scheme.id, scheme.title or scheme.id)


def list_addresses(endpoints: Endpoints) -> tuple[Fact, ...]:
    """The addresses that are stated, each with its role."""
    return tuple(Fact(role, endpoint.url) for role in Endpoints.model_fields if (endpoint := getattr(endpoints, role)))


def _index(catalogue: Catalogue) -> Index:
    return Index(
        tuple(
            IndexRow(
                connector.id,
                connector.title or connector.id,
                tuple(_named(catalogue.scheme(name)) for name in scheme_ids_of(connector)),
            )
            for connector in catalogue.connectors
        )
    )


def _table(settings: Sequence[Secret | Parameter], *, types: bool) -> Table | None:
    rows = tuple(Row(setting.name, setting.description, type_title(setting)) for setting in settings)
    return Table(rows, types) if rows else None


def _with_origins(secrets: Sequence[InjectedSecret]) -> Table | None:
    """What is injected, and where each value comes from."""
    rows = tuple(Row(secret.name, secret.description, type_title(secret), _origin(secret)) for secret in secrets)
    return Table(rows, types=True, origins=True) if rows else None


def _origin(secret: InjectedSecret) -> str:
    origin, lifetime = secret.origin, secret.lifetime
    source = "" if origin.source is Source.UNKNOWN else origin.source.value
    where = f"{source} from {origin.required}" if origin.required else source
    return ", ".join(filter(None, (where, "" if lifetime in _UNREMARKABLE else lifetime.value)))


def type_title(setting: Setting) -> str:
    """How documentation words the type of a setting."""
    return setting.type_label or setting.type.value.capitalize()


def _status(definition: Definition, noun: str) -> str:
    if definition.status is Stage.STABLE:
        return ""
    successor = f"; use {definition.successor} instead" if definition.successor else ""
    return f"This {noun} is {definition.status.value}{successor}."


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(paragraph for paragraph in text.split("\n\n") if paragraph.strip())
