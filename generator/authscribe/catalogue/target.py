"""The catalogue target: everything about every connector as one document, one page, and a badge for each.

The only target that sees more than the definitions: how each connector is doing, among others what the other targets
leave undone. Hence it is planned after they have been compared with the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.catalogue.badge import make_badge
from authscribe.catalogue.document import (
    CatalogueDocument,
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
    UseEntry,
)
from authscribe.catalogue.links import Where
from authscribe.catalogue.page import build_page
from authscribe.catalogue.status import ConnectorStatus, ConnectorStatuses, Drifted, Named, Noted
from authscribe.encoders.language import Language
from authscribe.encoders.text import is_web_address
from authscribe.model.contract import build_method_contract, build_scheme_contract, list_methods
from authscribe.model.definitions import (
    Catalogue,
    Connector,
    Endpoints,
    InjectedSecret,
    Lifetime,
    Method,
    Parameter,
    Placement,
    Scheme,
    Secret,
    Source,
)
from authscribe.targets.docs import KINDS, LOCATIONS, format_type, list_addresses
from authscribe.targets.plan import CATALOGUE, PlannedFile

CATALOGUE_NAME: Final = CATALOGUE
CATALOGUE_FOLDER: Final = "catalogue"
"""Where the files lie in the output folder; relative links in them start here."""


def plan_catalogue(catalogue: Catalogue, standings: ConnectorStatuses) -> Iterator[PlannedFile]:
    """The document, the page that shows it, and a badge for each connector.

    All are about the whole catalogue: a run about a few names leaves them alone.
    """
    found = build_document(catalogue, standings)
    yield PlannedFile(f"{CATALOGUE_FOLDER}/catalogue.json", CATALOGUE_NAME, Language.JSON, found)
    yield PlannedFile(
        f"{CATALOGUE_FOLDER}/index.html", CATALOGUE_NAME, Language.HTML, build_page(found), "catalogue/page.html.jinja"
    )
    for connector in found.connectors:
        path = f"{CATALOGUE_FOLDER}/{connector.badge}"
        yield PlannedFile(path, CATALOGUE_NAME, Language.HTML, make_badge(connector), "catalogue/badge.svg.jinja")


def build_document(catalogue: Catalogue, standings: ConnectorStatuses) -> CatalogueDocument:
    """What there is to say about all schemes and connectors, sorted by id; no secret's value is known here."""
    connectors = tuple(_connector(catalogue, standing) for standing in standings.connectors)
    users: dict[str, list[str]] = {}
    for connector in connectors:
        for scheme in dict.fromkeys(name for method in connector.methods for name in method.schemes):
            users.setdefault(scheme, []).append(connector.id)
    return CatalogueDocument(
        version=1,
        platform=catalogue.platform.id,
        schemes=tuple(
            _scheme(catalogue, scheme, users.get(scheme.id, ()), standings.schemes[scheme.id])
            for scheme in catalogue.schemes
        ),
        connectors=connectors,
    )


def _scheme(catalogue: Catalogue, scheme: Scheme, users: Sequence[str], where: Where) -> SchemeEntry:
    effective = build_scheme_contract(catalogue, scheme)
    return SchemeEntry(
        id=scheme.id,
        title=scheme.title or scheme.id,
        summary=scheme.summary,
        notes=scheme.notes,
        kind=scheme.kind,
        kind_title=KINDS[scheme.kind],
        status=scheme.status,
        successor=scheme.successor,
        docs=_address(scheme.docs),
        aliases=scheme.aliases,
        former_names=scheme.former_names,
        extends=scheme.extends,
        selector=scheme.selector,
        required=tuple(map(_setting, effective.required)),
        injected=tuple(map(_setting, effective.injected)),
        parameters=tuple(map(_setting, effective.parameters)),
        placements=tuple(map(_placement, effective.placements)),
        endpoints=_endpoints(effective.endpoints),
        scopes=effective.oauth.scopes if effective.oauth else (),
        connectors=tuple(users),
        source=_source(where),
    )


def _connector(catalogue: Catalogue, standing: ConnectorStatus) -> ConnectorEntry:
    connector = standing.connector
    return ConnectorEntry(
        id=connector.id,
        title=connector.title or connector.id,
        summary=connector.summary,
        notes=connector.notes,
        docs=_address(connector.docs),
        status=connector.status,
        successor=connector.successor,
        flags=connector.flags,
        methods=tuple(_method(catalogue, connector, method) for method in list_methods(connector)),
        names=tuple(map(_name, standing.names)),
        state=standing.state,
        findings=tuple(map(_finding, standing.findings)),
        drifts=tuple(map(_drift, standing.drifts)),
        badge=f"badges/{connector.id}.svg",
        source=_source(standing.where),
    )


def _method(catalogue: Catalogue, connector: Connector, method: Method) -> MethodEntry:
    effective = build_method_contract(catalogue, connector, method)
    titles = " and ".join(scheme.title or scheme.id for scheme in effective.schemes)
    return MethodEntry(
        id=method.id,
        title=method.title or titles,
        schemes=method.schemes,
        kinds=effective.kinds,
        required=tuple(map(_setting, effective.required)),
        injected=tuple(map(_setting, effective.injected)),
        parameters=tuple(map(_setting, effective.parameters)),
        placements=tuple(map(_placement, effective.placements)),
        endpoints=_endpoints(effective.endpoints),
        scopes=effective.oauth.scopes if effective.oauth else (),
        selector=effective.selector,
    )


def _setting(setting: Secret | Parameter) -> SettingEntry:
    return SettingEntry(
        name=setting.name,
        title=setting.title,
        description=setting.description,
        type=format_type(setting),
        optional=setting.optional,
        secret=setting.secret if isinstance(setting, Secret) else None,
        origin=_origin(setting),
        lifetime=_lifetime(setting),
        deprecated=setting.deprecated,
    )


def _origin(setting: Secret | Parameter) -> OriginEntry | None:
    if not isinstance(setting, InjectedSecret) or setting.origin.source is Source.UNKNOWN:
        return None
    return OriginEntry(source=setting.origin.source, required=setting.origin.required)


def _lifetime(setting: Secret | Parameter) -> Lifetime | None:
    if not isinstance(setting, InjectedSecret) or setting.lifetime is Lifetime.UNKNOWN:
        return None
    return setting.lifetime


def _placement(placement: Placement) -> PlacementEntry:
    return PlacementEntry(
        location=placement.location,
        location_title=LOCATIONS[placement.location],
        name=placement.name,
        value=placement.value,
    )


def _endpoints(endpoints: Endpoints) -> dict[str, str]:
    return {fact.label: fact.value for fact in list_addresses(endpoints)}


def _address(page: str | None) -> str | None:
    """The link to somebody's page; what is no web address cannot be followed, and is left out."""
    return page if page is not None and is_web_address(page) else None


def _source(where: Where) -> SourceEntry:
    return SourceEntry(path=where.path, line=where.line, href=where.href)


def _name(named: Named) -> NameEntry:
    item = named.item
    return NameEntry(
        name=item.name,
        role=item.role,
        python=item.python or None,
        environment=item.environment or None,
        platform=item.platform or None,
        used=item.is_used,
        uses=tuple(UseEntry(path=use.path, line=use.line, href=use.href) for use in named.uses),
    )


def _finding(noted: Noted) -> FindingEntry:
    finding, where = noted.finding, noted.where
    return FindingEntry(
        code=finding.code,
        severity=finding.severity,
        message=finding.message,
        path=where.path,
        line=where.line,
        column=where.column,
        href=where.href,
    )


def _drift(drifted: Drifted) -> DriftEntry:
    return DriftEntry(state=drifted.state, path=drifted.path)
