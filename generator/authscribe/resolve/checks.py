"""Check a catalogue: names are usable in every target, references exist, and each slot is filled once."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.copied_from_nothing import report_copied_from_nothing
from authscribe.findings.rules.copied_type_differs import report_copied_type_differs
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.no_placement import report_no_placement
from authscribe.findings.rules.scheme_or_methods import report_scheme_or_methods
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.unknown_secrecy import report_unknown_secrecy, report_unstated_secrecy
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import (
    Contract,
    build_method_contract,
    build_scheme_contract,
    list_contracts,
    list_methods,
)
from authscribe.model.definitions import Connector, Scheme, Secrecy, Secret, Setting, Source, ValueType
from authscribe.model.draft import MapNode, Node, get_text
from authscribe.model.spelling import Spelling
from authscribe.resolve import merge
from authscribe.resolve.defaults import check_defaults
from authscribe.resolve.merge import locate_value
from authscribe.resolve.name_checks import (
    check_definition_names,
    check_modules,
    check_names,
    check_shared_names,
    check_spelt_names,
    keep_distinct,
)
from authscribe.resolve.platform_checks import check_platform_names
from authscribe.resolve.reference_checks import check_conditions, check_response, list_injected_names
from authscribe.resolve.setting_places import SettingPlaces
from authscribe.resolve.template_checks import (
    check_default_placements,
    check_placements,
    check_slots,
    check_token_request,
)

_NAME_KEYS: Final = {**dict.fromkeys(merge.SETTING_LISTS, "name"), "methods": "id"}
"""Keys of a definition whose lists have items with names, each with the key of the name."""


def check_duplicates(definition: MapNode) -> Iterator[Finding]:
    """Report repeated names in a list of a definition, before merging by name hides them."""
    for entry in definition.entries:
        if entry.key in _NAME_KEYS:
            yield from _check_items(merge.list_maps(entry.node), _NAME_KEYS[entry.key])


def _check_items(items: Iterable[MapNode], name_key: str) -> Iterator[Finding]:
    first: dict[str, Node] = {}
    for node in (item.find(name_key) for item in items):
        name = get_text(node)
        if node is not None and name is not None and first.setdefault(name, node) is not node:
            yield report_duplicate_name(name, node.place, first[name].place)


class _CheckedScheme(NamedTuple):
    """Scheme that has been checked: its node, its contract without any connector, and whether it has no errors."""

    node: MapNode
    contract: Contract
    is_sound: bool


def check_catalogue(
    catalogue: Catalogue,
    schemes: Mapping[str, MapNode],
    connectors: Mapping[str, MapNode],
    known: Container[str] = (),
    foreign: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield the findings about a catalogue whose definitions are each valid on their own.

    Connectors whose ids are `known` have been checked already. `foreign` are the paths of documents of other systems.
    """
    names = Vocabulary(schemes)
    yield from check_modules(_spell_all(catalogue, catalogue.schemes), schemes)
    yield from check_modules(_spell_all(catalogue, catalogue.connectors), connectors)
    checked: dict[str, _CheckedScheme] = {}
    for scheme in catalogue.schemes:
        node, contract = schemes[scheme.id], build_scheme_contract(catalogue, scheme)
        findings = tuple(_check_scheme(catalogue, scheme, contract, node, names))
        is_sound = all(finding.severity is not Severity.ERROR for finding in findings)
        checked[scheme.id] = _CheckedScheme(node, contract, is_sound)
        yield from findings
        yield from _check_secrecy(scheme, SettingPlaces((node,)), foreign)
        yield from check_conditions(contract.settings, node, foreign)
    for connector in catalogue.connectors:
        if connector.id not in known:
            yield from _check_connector(catalogue, connector, connectors[connector.id], checked, names, foreign)


def check_definitions_together(
    catalogue: Catalogue, schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode]
) -> Iterator[Finding]:
    """Yield the findings about names that definitions share; the catalogue has no errors."""

    def list_settings(spelling: Spelling) -> Iterator[Setting]:
        for contract in list_contracts(catalogue, spelling.definition):
            yield from contract.settings

    yield from check_shared_names([*_spell_all(catalogue, catalogue.schemes)], schemes, list_settings)
    yield from check_shared_names([*_spell_all(catalogue, catalogue.connectors)], connectors, list_settings)


def _spell_all(catalogue: Catalogue, definitions: Iterable[Scheme | Connector]) -> Iterator[Spelling]:
    return (Spelling(definition, catalogue.conventions) for definition in definitions)


def _check_scheme(
    catalogue: Catalogue, scheme: Scheme, contract: Contract, node: MapNode, known: Vocabulary
) -> Iterator[Finding]:
    """Report mistakes in a scheme; `known` are the ids of all schemes."""
    places, spelling = SettingPlaces((node,)), Spelling(scheme, catalogue.conventions)
    yield from check_definition_names(spelling, node)
    yield from check_defaults(scheme, node)
    yield from _check_origins(scheme, places)
    yield from check_spelt_names(contract.settings, spelling, places)
    yield from _check_settings(catalogue, contract, spelling, places)
    yield from check_placements(catalogue, contract, node)
    yield from check_default_placements(catalogue, scheme, node)
    yield from check_token_request(catalogue, contract, node)
    yield from check_response(list_injected_names(catalogue, (scheme,)), node)
    if scheme.successor is not None and catalogue.find_scheme(scheme.successor) is None:
        place = locate_value(node, "successor")
        yield report_unknown_reference("scheme", scheme.successor, place, known)


def _check_connector(
    catalogue: Catalogue,
    connector: Connector,
    node: MapNode,
    checked: Mapping[str, _CheckedScheme],
    known: Vocabulary,
    foreign: Collection[str],
) -> Iterator[Finding]:
    """Report mistakes in a connector; `known` are the ids of all schemes, which are `checked`."""
    if (connector.scheme is None) == (not connector.methods):
        yield report_scheme_or_methods(connector.id, locate_value(node, "id"))
        return
    yield from check_defaults(connector, node)
    unknown = tuple(_check_scheme_ids(connector, node, known))
    yield from unknown
    yield from _check_flags(catalogue, node)
    if unknown:
        return
    yield from check_definition_names(Spelling(connector, catalogue.conventions), node)
    schemes = (catalogue.get_scheme(name) for method in list_methods(connector) for name in method.schemes)
    yield from check_response(list_injected_names(catalogue, schemes), node)
    if any(parameter.visible_when for parameter in connector.parameters):
        settings = [each for contract in list_contracts(catalogue, connector) for each in contract.settings]
        yield from check_conditions(settings, node, foreign)
    # Methods differ in the names that they know, and so in the advice only.
    yield from keep_distinct(_check_methods(catalogue, connector, node, checked))


def _check_methods(
    catalogue: Catalogue, connector: Connector, node: MapNode, checked: Mapping[str, _CheckedScheme]
) -> Iterator[Finding]:
    """Yield the mistakes in the methods of a connector; what these have in common is reported for each of them.

    Mistakes in a scheme are reported there: of the facts of a scheme with errors, none is reported here.
    """
    spelling = Spelling(connector, catalogue.conventions)
    adds_settings = bool(connector.parameters or connector.placements or connector.flags)
    for method in list_methods(connector):
        schemes = [checked[name] for name in method.schemes]
        # Most connectors use one scheme as it is.
        is_combined = adds_settings or len(schemes) > 1
        contract = build_method_contract(catalogue, connector, method) if is_combined else schemes[0].contract
        if connector.placements:
            yield from check_placements(catalogue, contract, node)
        if contract.lacks_placements:
            yield report_no_placement(connector.id, locate_value(node, "id"))
        if all(scheme.is_sound for scheme in schemes):
            places = SettingPlaces((node, *(scheme.node for scheme in schemes)))
            yield from check_spelt_names(contract.settings, spelling, places)
            if is_combined:
                yield from _check_settings(catalogue, contract, spelling, places)


def _check_settings(
    catalogue: Catalogue, contract: Contract, spelling: Spelling, places: SettingPlaces
) -> Iterator[Finding]:
    """Report settings and placements of a contract that do not go together."""
    yield from check_names(contract, spelling, places)
    yield from check_platform_names(contract, catalogue.platform, places)
    yield from _check_copies(contract, places)
    yield from check_slots(contract, places.nodes[0])


def _check_scheme_ids(connector: Connector, node: MapNode, known: Vocabulary) -> Iterator[Finding]:
    if connector.scheme is not None and connector.scheme not in known:
        yield report_unknown_reference("scheme", connector.scheme, locate_value(node, "scheme"), known)
    for method in merge.list_maps(node.find("methods")):
        for item in getattr(method.find("schemes"), "items", ()):
            name = get_text(item)
            if name is not None and name not in known:
                yield report_unknown_reference("scheme", name, item.place, known)


def _check_flags(catalogue: Catalogue, node: MapNode) -> Iterator[Finding]:
    known = Vocabulary(flag.name for flag in catalogue.platform.flags)
    for item in getattr(node.find("flags"), "items", ()):
        name = get_text(item)
        if name is not None and name not in known:
            yield report_unknown_reference("flag", name, item.place, known)


def _check_origins(scheme: Scheme, places: SettingPlaces) -> Iterator[Finding]:
    known = Vocabulary(secret.name for secret in scheme.required)
    for secret in scheme.injected:
        source = secret.origin.required
        if source is not None and source not in known:
            yield report_unknown_reference("required secret", source, places.locate_origin(secret), known)
        elif source is None and secret.origin.source is Source.COPIED:
            yield report_copied_from_nothing(secret.name, places.locate_source(secret), known)


def _check_copies(contract: Contract, places: SettingPlaces) -> Iterator[Finding]:
    """Report copies that no conversion makes fit: only texts are converted, between secrets and other values."""
    required = {secret.name: secret for secret in contract.required}
    for secret in contract.injected:
        source = required.get(secret.origin.required or "")
        if source is not None and not _can_copy(source, secret):
            kinds = _describe_values(secret), _describe_values(source)
            yield report_copied_type_differs(secret.name, kinds[0], source.name, kinds[1], places.locate_name(secret))


def _can_copy(source: Secret, target: Secret) -> bool:
    types = source.value_type, target.value_type
    return types[0] is types[1] or types == (ValueType.INTEGER, ValueType.NUMBER)


def _describe_values(secret: Secret) -> str:
    return "a secret" if secret.is_masked else f"of type {secret.type.value}"


def _check_secrecy(scheme: Scheme, places: SettingPlaces, foreign: Collection[str]) -> Iterator[Finding]:
    for secret in (*scheme.required, *scheme.injected):
        if secret.secret is Secrecy.UNKNOWN:
            place = places.locate_name(secret)
            if place.path in foreign:
                yield report_unstated_secrecy(secret.name, scheme.id, place)
            else:
                yield report_unknown_secrecy(secret.name, place)
