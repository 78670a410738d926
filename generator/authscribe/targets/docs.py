"""Plan the documentation: scheme tables, and a page for each connector, in RST and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, build_method_contract, build_scheme_contract, list_methods
from authscribe.model.definitions import (
    Connector,
    Definition,
    Endpoints,
    Kind,
    Method,
    Parameter,
    Scheme,
    Stage,
)
from authscribe.model.markup import split_paragraphs
from authscribe.model.naming import to_page
from authscribe.targets.addresses import list_addresses, list_fallback_addresses
from authscribe.targets.docs_tables import (
    PLACEMENT_COLUMNS,
    DocsTable,
    build_injected_table,
    build_required_table,
    build_settings_table,
    build_table,
    list_placement_rows,
)
from authscribe.targets.plan import DOCS, PlannedFile, TargetPlan
from authscribe.targets.requests import list_oauth_facts, list_request_facts, list_verification_facts

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


class LabeledValue(NamedTuple):
    """Label and its value, such as a role and its URL."""

    label: str
    value: str


class ContractFacts(NamedTuple):
    """Facts of a scheme, or of one way to authenticate with a connector, as they follow each other on a page."""

    required: DocsTable | None
    injected: DocsTable | None
    parameters: DocsTable | None = None
    placements: DocsTable | None = None
    endpoints: tuple[LabeledValue, ...] = ()
    request: tuple[LabeledValue, ...] = ()
    scopes: tuple[str, ...] = ()
    oauth: tuple[LabeledValue, ...] = ()

    @property
    def has_lists(self) -> bool:
        """Return whether there are lists, which would go on with the notes behind them unless words stand between."""
        return bool(self.endpoints or self.request or self.scopes or self.oauth)


class SchemeSection(NamedTuple):
    """Section about a scheme on the page of all schemes."""

    id: str
    title: str
    kind: str
    status: str
    summary: tuple[str, ...]
    documentation: str | None
    selector: tuple[str, ...]
    contract: ContractFacts
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
    contract: ContractFacts


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
            yield plan_schemes_page((build_scheme_section(catalogue, scheme) for scheme in catalogue.schemes), language)
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


def plan_schemes_page(sections: Iterable[SchemeSection], language: Language, *, is_owned: bool = False) -> PlannedFile:
    """Return the page of schemes in RST or Markdown."""
    suffix = "rst" if language is Language.RST else "md"
    page = SchemesPage(tuple(sections), is_owned)
    return plan_page(f"docs/{language.value}/authentication-schemes.{suffix}", language, "schemes", page)


def plan_page(path: str, language: Language, template: str, view: object, subject: str | None = None) -> PlannedFile:
    """Return a file in RST or Markdown, with the template of that language."""
    suffix = "rst" if language is Language.RST else "md"
    return PlannedFile(path, DOCS, language, view, f"docs/{template}.{suffix}.jinja", subject)


def build_scheme_section(catalogue: Catalogue, scheme: Scheme) -> SchemeSection:
    """Return the view of a scheme's section with everything about the scheme."""
    contract = build_scheme_contract(catalogue, scheme)
    return _build_section(scheme, _list_contract_facts(contract, contract.parameters))._replace(
        documentation=scheme.docs,
        selector=tuple(f"{key}: {value}" for key, value in scheme.selector.items()),
    )


def build_source_section(scheme: Scheme) -> SchemeSection:
    """Return the view of a scheme's section with only what is read from a page that is a source."""
    return _build_section(scheme, ContractFacts(build_required_table(scheme), build_injected_table(scheme)))


def _build_section(scheme: Scheme, contract: ContractFacts) -> SchemeSection:
    return SchemeSection(
        id=scheme.id,
        title=scheme.title or scheme.id,
        kind=KINDS[scheme.kind],
        status=_format_status(scheme, "scheme"),
        summary=split_paragraphs(scheme.summary),
        documentation=None,
        selector=(),
        contract=contract,
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
        parameters=build_settings_table(tuple(parameters.values()), has_types=True, has_details=True),
        methods=tuple(_build_method_section(method, contract) for method, contract in methods),
        notes=connector.notes,
    )


def _build_method_section(method: Method, contract: Contract) -> MethodSection:
    return MethodSection(
        title=format_method_title(method, contract),
        schemes=tuple(_label_scheme(scheme) for scheme in contract.schemes),
        # The parameters of all methods have one table at the top of the page.
        contract=_list_contract_facts(contract, parameters=()),
    )


def _list_contract_facts(contract: Contract, parameters: Sequence[Parameter]) -> ContractFacts:
    placements = list_placement_rows(contract)
    return ContractFacts(
        required=build_settings_table(contract.required, has_details=True),
        injected=build_settings_table(contract.injected, has_types=True, has_details=True, has_origins=True),
        parameters=build_settings_table(parameters, has_types=True, has_details=True),
        placements=build_table(PLACEMENT_COLUMNS.values(), placements) if placements else None,
        endpoints=list_labeled_addresses(contract.endpoints),
        request=tuple(LabeledValue(*fact) for fact in list_request_facts(contract.token_request).items()),
        scopes=contract.oauth.scopes if contract.oauth else (),
        oauth=tuple(LabeledValue(*fact) for fact in list_oauth_facts(contract.oauth).items()),
    )


def format_method_title(method: Method, contract: Contract) -> str:
    """Return the title of a method, by default those of its schemes."""
    return method.title or " and ".join(_label_scheme(scheme).value for scheme in contract.schemes)


def _label_scheme(scheme: Scheme) -> LabeledValue:
    return LabeledValue(scheme.id, scheme.title or scheme.id)


def list_labeled_addresses(endpoints: Endpoints) -> tuple[LabeledValue, ...]:
    """Return the stated URLs, each with its role; that of a fallback follows the URL that it replaces.

    The facts of the request that verifies credentials follow its URL, the last one.
    """
    fallbacks = list_fallback_addresses(endpoints)
    addresses = tuple(
        LabeledValue(label, url)
        for role, address in list_addresses(endpoints).items()
        for label, url in ((role, address), (f"{role}, otherwise", fallbacks.get(role)))
        if url is not None
    )
    facts = list_verification_facts(endpoints).items()
    return (*addresses, *(LabeledValue(f"verification, {path}", value) for path, value in facts))


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


def _format_status(definition: Definition, noun: str) -> str:
    if definition.status is Stage.STABLE:
        return ""
    successor = f"; use {definition.successor} instead" if definition.successor else ""
    return f"This {noun} is {definition.status.value}{successor}."
