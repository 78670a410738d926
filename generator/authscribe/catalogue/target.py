"""Plan the catalogue target: all schemes and connectors as one document, one page, and a badge for each connector.

This target alone shows more than the definitions: the status of each connector, which includes the drift that the
other targets leave. Hence it is planned after they have been compared with the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from authscribe.catalogue.badge import build_badge
from authscribe.catalogue.document import (
    CatalogueDocument,
    ConnectorDrift,
    ConnectorEntry,
    DriftEntry,
    FindingEntry,
    MethodEntry,
    NameEntry,
    OriginEntry,
    PlacementEntry,
    SchemeEntry,
    SettingEntry,
    SourceEntry,
    SpanEntry,
    UseEntry,
)
from authscribe.catalogue.links import LinkedPlace, Links
from authscribe.catalogue.page import build_page
from authscribe.catalogue.status import ConnectorStatus
from authscribe.connectors.usages import NameUsage
from authscribe.encoders.language import Language
from authscribe.encoders.text import is_web_address, to_printable, to_printable_spans
from authscribe.findings.finding import Finding, Place
from authscribe.model.contract import build_method_contract, build_scheme_contract, list_methods
from authscribe.model.definitions import (
    Catalogue,
    Connector,
    InjectedSecret,
    Lifetime,
    Method,
    Parameter,
    Placement,
    Scheme,
    Secret,
    Source,
)
from authscribe.model.markup import Style, join_text, split_paragraphs
from authscribe.targets.addresses import list_addresses, list_fallback_addresses
from authscribe.targets.docs import KINDS, LOCATIONS, format_default, format_type
from authscribe.targets.plan import CATALOGUE, PlannedFile
from authscribe.targets.requests import list_oauth_facts, list_request_facts

CATALOGUE_FOLDER: Final = "catalogue"
"""Folder of the files in the output folder; relative links in them start here."""


def plan_catalogue(
    catalogue: Catalogue, statuses: Iterable[ConnectorStatus], places: Mapping[str, Place], links: Links
) -> Iterator[PlannedFile]:
    """Yield the document, the page that shows it, and a badge for each connector.

    `places` are those of the schemes by id. No file has a subject, so a run about a few names leaves the catalogue
    alone.
    """
    document = build_document(catalogue, statuses, places, links)
    yield PlannedFile(f"{CATALOGUE_FOLDER}/catalogue.json", CATALOGUE, Language.JSON, document)
    yield PlannedFile(
        f"{CATALOGUE_FOLDER}/index.html",
        CATALOGUE,
        Language.HTML,
        build_page(document),
        "catalogue/page.html.jinja",
    )
    for connector in document.connectors:
        path = f"{CATALOGUE_FOLDER}/{connector.badge}"
        badge = build_badge(connector)
        yield PlannedFile(path, CATALOGUE, Language.HTML, badge, "catalogue/badge.svg.jinja", is_common=True)


def build_document(
    catalogue: Catalogue, statuses: Iterable[ConnectorStatus], places: Mapping[str, Place], links: Links
) -> CatalogueDocument:
    """Return all schemes and connectors, sorted by id as the arguments are; it holds no value of a secret."""
    connectors = tuple(_describe_connector(catalogue, status, links) for status in statuses)
    users: dict[str, list[str]] = {}
    for connector in connectors:
        for scheme in dict.fromkeys(name for method in connector.methods for name in method.schemes):
            users.setdefault(scheme, []).append(connector.id)
    schemes = tuple(
        _describe_scheme(catalogue, scheme, users.get(scheme.id, ()), links.link_place(places[scheme.id]))
        for scheme in catalogue.schemes
    )
    return CatalogueDocument(
        version=1,
        platform=catalogue.platform.id,
        schemes=schemes,
        connectors=connectors,
        markup=dict(_describe_markup((*schemes, *connectors))),
    )


def _describe_markup(entries: Iterable[SchemeEntry | ConnectorEntry]) -> Iterator[tuple[str, tuple[SpanEntry, ...]]]:
    """Yield each text that is not shown as it is written, once, with its parts."""
    for text in sorted({text for entry in entries for text in _list_texts(entry)}):
        spans = to_printable_spans(text)
        if any(span.style is not Style.PLAIN for span in spans) or join_text(spans) != to_printable(text):
            yield text, tuple(SpanEntry(span.text, span.style, span.address or None) for span in spans)


def _list_texts(entry: SchemeEntry | ConnectorEntry) -> Iterator[str]:
    yield from split_paragraphs(entry.summary)
    yield from entry.notes
    contracts = (entry,) if isinstance(entry, SchemeEntry) else entry.methods
    for contract in contracts:
        for setting in (*contract.required, *contract.injected, *contract.parameters):
            yield setting.description


def _describe_scheme(catalogue: Catalogue, scheme: Scheme, users: Sequence[str], place: LinkedPlace) -> SchemeEntry:
    contract = build_scheme_contract(catalogue, scheme)
    return SchemeEntry(
        id=scheme.id,
        title=scheme.title or scheme.id,
        summary=scheme.summary,
        notes=scheme.notes,
        kind=scheme.kind,
        kind_title=KINDS[scheme.kind],
        status=scheme.status,
        successor=scheme.successor,
        docs=_keep_web_address(scheme.docs),
        aliases=scheme.aliases,
        former_names=scheme.former_names,
        extends=scheme.extends,
        selector=scheme.selector,
        required=tuple(map(_describe_setting, contract.required)),
        injected=tuple(map(_describe_setting, contract.injected)),
        parameters=tuple(map(_describe_setting, contract.parameters)),
        placements=tuple(map(_describe_placement, contract.placements)),
        endpoints=list_addresses(contract.endpoints),
        fallback_endpoints=list_fallback_addresses(contract.endpoints),
        token_request=list_request_facts(contract.token_request),
        scopes=contract.oauth.scopes if contract.oauth else (),
        oauth=list_oauth_facts(contract.oauth),
        connectors=tuple(users),
        source=_describe_source(place),
    )


def _describe_connector(catalogue: Catalogue, status: ConnectorStatus, links: Links) -> ConnectorEntry:
    connector = status.connector
    return ConnectorEntry(
        id=connector.id,
        title=connector.title or connector.id,
        summary=connector.summary,
        notes=connector.notes,
        docs=_keep_web_address(connector.docs),
        status=connector.status,
        successor=connector.successor,
        flags=connector.flags,
        methods=tuple(_describe_method(catalogue, connector, method) for method in list_methods(connector)),
        names=tuple(_describe_name(usage, links) for usage in status.names),
        state=status.state,
        severity=status.severity,
        findings=tuple(_describe_findings(status.findings, links)),
        drifts=tuple(_describe_drifts(status, links)),
        badge=f"badges/{connector.id}.svg",
        source=_describe_source(links.link_place(status.place)),
    )


def _describe_method(catalogue: Catalogue, connector: Connector, method: Method) -> MethodEntry:
    contract = build_method_contract(catalogue, connector, method)
    titles = " and ".join(scheme.title or scheme.id for scheme in contract.schemes)
    return MethodEntry(
        id=method.id,
        title=method.title or titles,
        schemes=method.schemes,
        kinds=contract.kinds,
        required=tuple(map(_describe_setting, contract.required)),
        injected=tuple(map(_describe_setting, contract.injected)),
        parameters=tuple(map(_describe_setting, contract.parameters)),
        placements=tuple(map(_describe_placement, contract.placements)),
        endpoints=list_addresses(contract.endpoints),
        fallback_endpoints=list_fallback_addresses(contract.endpoints),
        token_request=list_request_facts(contract.token_request),
        scopes=contract.oauth.scopes if contract.oauth else (),
        oauth=list_oauth_facts(contract.oauth),
        selector=contract.selector,
    )


def _describe_setting(setting: Secret | Parameter) -> SettingEntry:
    return SettingEntry(
        name=setting.name,
        title=setting.title,
        description=setting.description,
        type=format_type(setting),
        optional=setting.optional,
        default=format_default(setting) or None,
        secret=setting.secret if isinstance(setting, Secret) else None,
        origin=_describe_origin(setting),
        lifetime=_find_lifetime(setting),
        deprecated=setting.deprecated,
    )


def _describe_origin(setting: Secret | Parameter) -> OriginEntry | None:
    if not isinstance(setting, InjectedSecret) or setting.origin.source is Source.UNKNOWN:
        return None
    return OriginEntry(source=setting.origin.source, required=setting.origin.required)


def _find_lifetime(setting: Secret | Parameter) -> Lifetime | None:
    if not isinstance(setting, InjectedSecret) or setting.lifetime is Lifetime.UNKNOWN:
        return None
    return setting.lifetime


def _describe_placement(placement: Placement) -> PlacementEntry:
    return PlacementEntry(
        location=placement.location,
        location_title=LOCATIONS[placement.location],
        name=placement.name,
        value=placement.value,
        fallback=placement.fallback,
    )


def _keep_web_address(page: str | None) -> str | None:
    """Return the address of a page, or None if it is not a web address and so cannot be a link."""
    return page if page is not None and is_web_address(page) else None


def _describe_source(place: LinkedPlace) -> SourceEntry:
    return SourceEntry(path=place.path, line=place.line, href=place.href)


def _describe_name(usage: NameUsage, links: Links) -> NameEntry:
    return NameEntry(
        name=usage.name,
        role=usage.role,
        python=usage.python or None,
        environment=usage.environment or None,
        platform=usage.platform or None,
        used=usage.is_used,
        uses=tuple(_describe_use(links.link_place(use.place)) for use in usage.uses),
    )


def _describe_use(place: LinkedPlace) -> UseEntry:
    return UseEntry(path=place.path, line=place.line, href=place.href)


def _describe_findings(findings: Iterable[Finding], links: Links) -> list[FindingEntry]:
    """Return the findings, sorted by the places that readers see."""
    entries = [_describe_finding(finding, links.link_place(finding.place)) for finding in findings]
    return sorted(entries, key=lambda entry: (entry.path, entry.line, entry.column, entry.code, entry.message))


def _describe_finding(finding: Finding, place: LinkedPlace) -> FindingEntry:
    return FindingEntry(
        code=finding.code,
        severity=finding.severity,
        message=finding.message,
        path=place.path,
        line=place.line,
        column=place.column,
        href=place.href,
    )


def _describe_drifts(status: ConnectorStatus, links: Links) -> Iterator[DriftEntry]:
    for drift in status.drifts:
        yield DriftEntry(state=ConnectorDrift(drift.state.value), path=drift.path)
    for finding in status.outdated:
        yield DriftEntry(state=ConnectorDrift.OUTDATED, path=links.link_place(finding.place).path)
