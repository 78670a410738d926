"""Check the values in definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from authscribe.findings.finding import Finding
from authscribe.lint.definition_addresses import check_endpoints
from authscribe.lint.definition_queries import check_queries
from authscribe.lint.definition_words import check_client_authentication, check_format
from authscribe.lint.renewal import check_scheme_renewal
from authscribe.lint.setting_patterns import check_limits
from authscribe.model.contract import (
    build_method_contract,
    build_scheme_contract,
    list_methods,
    list_platform_variables,
)
from authscribe.model.definitions import Connector, Scheme, Setting
from authscribe.model.draft import Draft, MapNode
from authscribe.resolve.attribution import attribute_to_definitions
from authscribe.resolve.merge import SETTING_LISTS, list_maps
from authscribe.resolve.resolver import Resolution


def check_definitions(resolution: Resolution, drafts: Iterable[Draft]) -> tuple[Finding, ...]:
    """Return the findings about the values in definitions, each once; they name the definitions that they are about.

    `drafts` are those from which the catalogue was resolved.
    """
    findings = tuple(dict.fromkeys(_check_all(resolution)))
    return attribute_to_definitions(findings, drafts, resolution.known.drafts)


def _check_all(resolution: Resolution) -> Iterator[Finding]:
    catalogue = resolution.catalogue
    always = list_platform_variables(catalogue)
    for scheme in catalogue.schemes:
        node = resolution.schemes[scheme.id]
        contract = build_scheme_contract(catalogue, scheme)
        yield from _check_settings(scheme, node)
        yield from check_client_authentication(scheme, node)
        yield from check_endpoints(scheme, node, (contract,), always)
        yield from check_queries(scheme, node, (contract,))
        yield from check_scheme_renewal(scheme, node)
    yield from resolution.known.value_findings
    for connector in catalogue.connectors:
        if connector.id in resolution.known.checked:
            continue
        node = resolution.connectors[connector.id]
        contracts = [build_method_contract(catalogue, connector, method) for method in list_methods(connector)]
        yield from _check_settings(connector, node)
        yield from check_client_authentication(connector, node)
        yield from check_endpoints(connector, node, contracts, always)
        yield from check_queries(connector, node, contracts)


def _check_settings(definition: Scheme | Connector, node: MapNode) -> Iterator[Finding]:
    for key in SETTING_LISTS:
        settings: tuple[Setting, ...] = getattr(definition, key, ())
        for setting, item in zip(settings, list_maps(node.find(key)), strict=True):
            yield from check_limits(setting, item)
            yield from check_format(setting, item)
