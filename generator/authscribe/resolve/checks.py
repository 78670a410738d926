"""Checks of a whole catalogue: names that work in every target, references that exist, slots filled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.bad_template import report_bad_template
from authscribe.findings.rules.clashing_placements import report_clashing_placements
from authscribe.findings.rules.copied_from_nothing import report_copied_from_nothing
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.name_clash import report_name_clash
from authscribe.findings.rules.no_placement import report_no_placement
from authscribe.findings.rules.reserved_name import report_reserved_name
from authscribe.findings.rules.scheme_or_methods import report_scheme_or_methods
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.unknown_secrecy import report_unknown_secrecy
from authscribe.findings.rules.unusable_name import report_unusable_name
from authscribe.model import naming
from authscribe.model.contract import Contract, contract_of_method, contract_of_scheme, methods_of, platform_variables
from authscribe.model.definitions import (
    Catalogue,
    Connector,
    InjectedSecret,
    Parameter,
    Placement,
    Scheme,
    Secrecy,
    Secret,
    Setting,
    Source,
)
from authscribe.model.draft import MapNode, text_of
from authscribe.model.placement_template import Hole, parse_template, slot_of
from authscribe.resolve import merge


def check_duplicates(definition: MapNode) -> Iterator[Finding]:
    """Names that stand twice in one list of a definition, before merging by name could hide them."""
    for key in (*merge.SETTING_LISTS, "methods"):
        first: dict[str, Place] = {}
        for item in merge.list_maps(definition.find(key)):
            name = text_of(item.find("id" if key == "methods" else "name"))
            if name is None:
                continue
            place = locate_value(item, "id" if key == "methods" else "name")
            if name in first:
                yield report_duplicate_name(name, place, first[name])
            first.setdefault(name, place)


def locate_value(node: MapNode, key: str) -> Place:
    """Where the value under `key` stands; where the mapping stands when it has none."""
    found = node.find(key)
    return found.place if found is not None else node.place


def check_catalogue(
    catalogue: Catalogue, schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode]
) -> Iterator[Finding]:
    """Everything that is wrong or worth saying once each definition is valid by itself."""
    yield from _module_clashes(schemes)
    yield from _module_clashes(connectors)
    for scheme in catalogue.schemes:
        yield from _scheme(catalogue, scheme, schemes[scheme.id])
    for connector in catalogue.connectors:
        yield from _connector(catalogue, connector, connectors[connector.id], schemes)


def _module_clashes(nodes: Mapping[str, MapNode]) -> Iterator[Finding]:
    """Ids that would become one module, class or environment prefix."""
    first: dict[str, str] = {}
    for identifier, node in nodes.items():
        place = locate_value(node, "id")
        spelt = naming.module_name(identifier)
        if not spelt:
            yield report_bad_id(identifier, place)
        elif spelt in first:
            other = first[spelt]
            yield report_name_clash(identifier, other, spelt, place, locate_value(nodes[other], "id"))
        first.setdefault(spelt, identifier)


def _scheme(catalogue: Catalogue, scheme: Scheme, node: MapNode) -> Iterator[Finding]:
    effective = contract_of_scheme(catalogue, scheme)
    yield from _names(effective, (node,))
    yield from _origins(scheme, node)
    yield from _secrecy((*scheme.required, *scheme.injected), (node,))
    yield from _placements(catalogue, effective, node, (node,))
    if scheme.successor is not None and catalogue.find_scheme(scheme.successor) is None:
        place = locate_value(node, "successor")
        yield report_unknown_reference("scheme", scheme.successor, place, [s.id for s in catalogue.schemes])


def _connector(
    catalogue: Catalogue, connector: Connector, node: MapNode, schemes: Mapping[str, MapNode]
) -> Iterator[Finding]:
    if (connector.scheme is None) == (not connector.methods):
        yield report_scheme_or_methods(connector.id, locate_value(node, "id"))
        return
    unknown = tuple(_unknown_schemes(connector, node, schemes))
    yield from unknown
    yield from _unknown_flags(catalogue, node)
    if unknown:
        return
    for method in methods_of(connector):
        effective = contract_of_method(catalogue, connector, method)
        nodes = (node, *(schemes[name] for name in method.schemes))
        yield from _names(effective, nodes)
        yield from _placements(catalogue, effective, node, nodes)
        if effective.injected and not effective.placements:
            yield report_no_placement(connector.id, locate_value(node, "id"))


def _unknown_schemes(connector: Connector, node: MapNode, schemes: Mapping[str, MapNode]) -> Iterator[Finding]:
    if connector.scheme is not None and connector.scheme not in schemes:
        yield report_unknown_reference("scheme", connector.scheme, locate_value(node, "scheme"), schemes)
    for method in merge.list_maps(node.find("methods")):
        for item in getattr(method.find("schemes"), "items", ()):
            name = text_of(item)
            if name is not None and name not in schemes:
                yield report_unknown_reference("scheme", name, item.place, schemes)


def _unknown_flags(catalogue: Catalogue, node: MapNode) -> Iterator[Finding]:
    known = [flag.name for flag in catalogue.platform.flags]
    for item in getattr(node.find("flags"), "items", ()):
        name = text_of(item)
        if name is not None and name not in known:
            yield report_unknown_reference("flag", name, item.place, known)


def _names(effective: Contract, nodes: Sequence[MapNode]) -> Iterator[Finding]:
    """Names that cannot be spelt, and names that two fields of one class would share."""
    reported: set[Finding] = set()
    for settings in (
        (*effective.required, *effective.parameters),
        (*effective.injected, *effective.parameters),
    ):
        for finding in chain(_spelling(settings, nodes), _clashes(settings, nodes)):
            if finding not in reported:
                reported.add(finding)
                yield finding


def _spelling(settings: Iterable[Setting], nodes: Sequence[MapNode]) -> Iterator[Finding]:
    for setting in settings:
        if not naming.is_wire_name(setting.name):
            yield report_unusable_name(setting.name, _name_place(nodes, setting), "is not one printable line")
            continue
        problem = naming.attribute_problem(setting.attribute)
        if not setting.attribute:
            yield report_unusable_name(setting.name, _name_place(nodes, setting), "has no ASCII letter or digit")
        elif problem is not None:
            yield report_reserved_name(setting.name, setting.attribute, _name_place(nodes, setting), problem)


def _clashes(settings: Iterable[Setting], nodes: Sequence[MapNode]) -> Iterator[Finding]:
    """Names that differ in case alone are one name too, unless an attribute has been chosen that tells them apart."""
    first: dict[str, Setting] = {}
    for setting in settings:
        folded = () if setting.names.python else (naming.collision_key(setting.name),)
        for key in (f"attribute {setting.attribute}", *folded):
            other = first.setdefault(key, setting)
            if other is not setting:
                shown = setting.attribute if key.startswith("attribute ") else key
                yield report_name_clash(
                    setting.name, other.name, shown, _name_place(nodes, setting), _name_place(nodes, other)
                )
                break


def _name_place(nodes: Sequence[MapNode], setting: Setting) -> Place:
    """Where the setting's name stands: in the list of its own type in the first node that has it."""
    match setting:
        case InjectedSecret():
            keys = ("injected",)
        case Secret():
            keys = ("required",)
        case Parameter():
            keys = ("parameters",)
        case _:
            keys = ("",)
    for node in nodes:
        for item in chain.from_iterable(merge.list_maps(node.find(key)) for key in keys):
            if text_of(item.find("name")) == setting.name:
                return locate_value(item, "name")
    return locate_value(nodes[0], "flags")


def _origins(scheme: Scheme, node: MapNode) -> Iterator[Finding]:
    known = {secret.name for secret in scheme.required}
    for secret in scheme.injected:
        source = secret.origin.required
        if source is not None and source not in known:
            place = _origin_place(node, secret)
            yield report_unknown_reference("required secret", source, place, known)
        elif source is None and secret.origin.source is Source.COPIED and not known:
            yield report_copied_from_nothing(secret.name, _name_place((node,), secret))


def _origin_place(node: MapNode, secret: InjectedSecret) -> Place:
    for item in merge.list_maps(node.find("injected")):
        origin = item.find("origin")
        if text_of(item.find("name")) == secret.name and isinstance(origin, MapNode):
            return locate_value(origin, "required")
    return _name_place((node,), secret)


def _secrecy(secrets: Iterable[Secret], nodes: Sequence[MapNode]) -> Iterator[Finding]:
    for secret in secrets:
        if secret.secret is Secrecy.UNKNOWN:
            yield report_unknown_secrecy(secret.name, _name_place(nodes, secret))


def _placements(
    catalogue: Catalogue, effective: Contract, node: MapNode, nodes: Sequence[MapNode]
) -> Iterator[Finding]:
    """Placement templates that do not parse, name something unknown, or fill one slot twice."""
    own = merge.list_maps(node.find("placements"))
    known = [setting.name for setting in (*effective.injected, *effective.parameters)]
    known += sorted(platform_variables(catalogue))
    filled: set[str] = set()
    for index, placement in enumerate(effective.placements):
        place = locate_value(own[index], "value") if index < len(own) else locate_value(nodes[0], "id")
        yield from _template(placement, place, known)
        filling = slot_of(placement.location.value, placement.name)
        if filling in filled:
            yield report_clashing_placements(filling, place)
        filled.add(filling)


def _template(placement: Placement, place: Place, known: Sequence[str]) -> Iterator[Finding]:
    name = placement.name or placement.location.value
    try:
        parts = parse_template(placement.value)
    except ValueError as error:
        yield report_bad_template(name, place, str(error))
        return
    for part in parts:
        if isinstance(part, Hole) and part.name not in known:
            yield report_unknown_reference("secret or parameter", part.name, place, known)
