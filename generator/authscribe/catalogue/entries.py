"""Describe schemes and connectors as entries of the catalogue document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from authscribe.catalogue.document import (
    ChoiceEntry,
    ConnectorDrift,
    ConnectorEntry,
    ConnectorState,
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
from authscribe.catalogue.links import LinkedPlace, Links
from authscribe.catalogue.status import ConnectorStatus
from authscribe.connectors.usages import NameUsage, list_usages
from authscribe.encoders.text import keep_web_address
from authscribe.findings.finding import Finding, Severity
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import build_method_contract, build_scheme_contract, list_methods
from authscribe.model.definitions import (
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
from authscribe.targets.addresses import list_addresses, list_fallback_addresses
from authscribe.targets.docs import KINDS, format_method_title
from authscribe.targets.docs_tables import (
    LOCATIONS,
    format_default,
    format_example,
    format_type,
    list_choices,
    list_conditions,
)
from authscribe.targets.requests import list_oauth_facts, list_request_facts, list_verification_facts


class ShownStatus(NamedTuple):
    """Status of a connector with linked places; `names` is None if they follow from its definition alone."""

    state: ConnectorState
    severity: Severity | None
    findings: tuple[FindingEntry, ...]
    drifts: tuple[DriftEntry, ...]
    source: SourceEntry
    names: tuple[NameEntry, ...] | None


def show_status(status: ConnectorStatus, links: Links) -> ShownStatus:
    """Return the status of a connector as the catalogue shows it."""
    return ShownStatus(
        state=status.state,
        severity=status.severity,
        findings=tuple(_describe_findings(status.findings, links)),
        drifts=tuple(_describe_drifts(status, links)),
        source=_describe_source(links.link_place(status.place)),
        names=None if status.names is None else tuple(_describe_name(usage, links) for usage in status.names),
    )


def describe_scheme(catalogue: Catalogue, scheme: Scheme, users: Sequence[str], place: LinkedPlace) -> SchemeEntry:
    """Return the entry of a scheme, which the connectors `users` use."""
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
        docs=keep_web_address(scheme.docs),
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
        verification=list_verification_facts(contract.endpoints),
        token_request=list_request_facts(contract.token_request),
        scopes=contract.oauth.scopes if contract.oauth else (),
        oauth=list_oauth_facts(contract.oauth),
        connectors=tuple(users),
        source=_describe_source(place),
    )


def describe_connector(catalogue: Catalogue, connector: Connector, status: ShownStatus) -> ConnectorEntry:
    """Return the entry of a connector, which depends only on it, its schemes, the platform and its status."""
    names = status.names
    return ConnectorEntry(
        id=connector.id,
        title=connector.title or connector.id,
        summary=connector.summary,
        notes=connector.notes,
        docs=keep_web_address(connector.docs),
        status=connector.status,
        successor=connector.successor,
        flags=connector.flags,
        methods=tuple(_describe_method(catalogue, connector, method) for method in list_methods(connector)),
        names=tuple(_list_names(catalogue, connector)) if names is None else names,
        state=status.state,
        severity=status.severity,
        findings=status.findings,
        drifts=status.drifts,
        badge=f"badges/{connector.id}.svg",
        source=status.source,
    )


def _describe_method(catalogue: Catalogue, connector: Connector, method: Method) -> MethodEntry:
    contract = build_method_contract(catalogue, connector, method)
    return MethodEntry(
        id=method.id,
        title=format_method_title(method, contract),
        schemes=method.schemes,
        kinds=contract.kinds,
        required=tuple(map(_describe_setting, contract.required)),
        injected=tuple(map(_describe_setting, contract.injected)),
        parameters=tuple(map(_describe_setting, contract.parameters)),
        placements=tuple(map(_describe_placement, contract.placements)),
        endpoints=list_addresses(contract.endpoints),
        fallback_endpoints=list_fallback_addresses(contract.endpoints),
        verification=list_verification_facts(contract.endpoints),
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
        optional=setting.may_be_omitted,
        default=format_default(setting) or None,
        example=format_example(setting) or None,
        choices=tuple(ChoiceEntry(value=value, label=label or None) for value, label in list_choices(setting)),
        pattern=setting.shown_pattern,
        format=setting.format,
        prefix=setting.prefix,
        suffix=setting.suffix,
        conditions=list_conditions(setting),
        secret=setting.secret if isinstance(setting, Secret) else None,
        origin=_describe_origin(setting),
        lifetime=_find_lifetime(setting),
        deprecated=setting.deprecated,
        automated=setting.automated,
        hidden=setting.hidden,
    )


def _describe_origin(setting: Secret | Parameter) -> OriginEntry | None:
    if not isinstance(setting, InjectedSecret) or setting.origin.source is Source.UNKNOWN:
        return None
    origin = setting.origin
    return OriginEntry(source=origin.source, required=origin.required, expression=origin.expression)


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


def _describe_source(place: LinkedPlace) -> SourceEntry:
    return SourceEntry(path=place.path, line=place.line, href=place.href)


def _list_names(catalogue: Catalogue, connector: Connector) -> Iterator[NameEntry]:
    """Yield the names of a connector of which no template has been read."""
    return (_make_name(usage, ()) for usage in list_usages(catalogue, connector, None))


def _describe_name(usage: NameUsage, links: Links) -> NameEntry:
    return _make_name(usage, tuple(_describe_use(links.link_place(use.place)) for use in usage.uses))


def _make_name(usage: NameUsage, uses: tuple[UseEntry, ...]) -> NameEntry:
    return NameEntry(
        name=usage.name,
        role=usage.role,
        python=usage.python or None,
        environment=usage.environment or None,
        platform=usage.platform or None,
        used=usage.is_used,
        uses=uses,
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
