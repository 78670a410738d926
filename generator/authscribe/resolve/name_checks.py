"""Check that every target can spell the names of a catalogue, and that it spells no two alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.name_clash import report_id_clash, report_name_clash
from authscribe.findings.rules.refused_name import report_refused_name
from authscribe.findings.rules.reserved_name import report_reserved_name
from authscribe.findings.rules.shared_name import report_shared_name
from authscribe.findings.rules.unusable_name import report_unusable_name
from authscribe.model import naming
from authscribe.model.contract import Contract
from authscribe.model.definitions import Setting
from authscribe.model.draft import MapNode
from authscribe.model.name_kinds import (
    MODULE_RULE,
    NAME_KINDS,
    OBJECT_RULE,
    NameKind,
    NameRule,
    find_prefix_problem,
    find_problem,
    fold_name,
    is_accepted_everywhere,
)
from authscribe.model.spelling import Spelling, list_stated_keys, spell_part
from authscribe.resolve.merge import locate_value
from authscribe.resolve.setting_places import SettingPlaces

_DERIVED_KINDS = tuple(kind for kind in NameKind if kind is not NameKind.PYTHON)

_SHARED_KINDS = tuple(kind for kind, rule in NAME_KINDS.items() if rule.is_shared)
_APART = (NameKind.ENV, NameKind.GITHUB)
"""Those of them whose derived names differ from all others in more than their case."""
_OWN_RULES = {NameKind.PYTHON: MODULE_RULE, NameKind.KUBERNETES: OBJECT_RULE}
"""Rules of the names that a definition has itself; its other names are beginnings of the names of its settings."""


def check_modules(spellings: Iterable[Spelling], nodes: Mapping[str, MapNode]) -> Iterator[Finding]:
    """Report ids and names that would become one Python module, class or environment prefix."""
    first: dict[str, str] = {}
    for spelling in spellings:
        identifier, module = spelling.definition.id, spelling.module
        if not module and spelling.definition.names.python is None:
            yield report_bad_id(identifier, _locate_own_name(nodes[identifier], NameKind.PYTHON))
        elif module in first:
            other = first[module]
            places = _locate_own_name(nodes[identifier], NameKind.PYTHON), locate_value(nodes[other], "id")
            yield report_id_clash(identifier, other, module, *places)
        first.setdefault(module, identifier)


def check_definition_names(spelling: Spelling, node: MapNode) -> Iterator[Finding]:
    """Report names of a scheme or connector that a platform refuses."""
    for key, rule, spelt, problem in _judge_definition_names(spelling):
        if problem is not None:
            place = _locate_own_name(node, key)
            noun = rule.noun if key in _OWN_RULES else f"beginning of each {rule.noun}"
            remedy = f"set `names: {{{key.value}: ...}}` to another name; use {rule.characters}"
            yield report_refused_name(spelling.definition.id, noun, spelt, place, problem, remedy)


def _judge_definition_names(spelling: Spelling) -> Iterator[tuple[NameKind, NameRule, str, str | None]]:
    """Yield each stated name: its key, its rule, its spelling and the problem with it."""
    for key in map(NameKind, spelling.definition.names.model_fields_set):
        rule, name = _OWN_RULES.get(key, NAME_KINDS[key]), spelling.get_own_name(key)
        yield key, rule, name, find_problem(rule, name) if key in _OWN_RULES else find_prefix_problem(rule, name)


def check_names(contract: Contract, spelling: Spelling, places: SettingPlaces) -> Iterator[Finding]:
    """Report names of settings that no target can use, and names that two settings would share."""
    groups = ((*contract.required, *contract.parameters), (*contract.injected, *contract.parameters))
    clashes = (_check_clashes(settings, spelling, places) for settings in groups)
    # Parameters are in both groups, and may have the name of a secret that is required and injected.
    yield from keep_distinct(chain(_check_attributes(contract.settings, places), *clashes))


def keep_distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first of the findings with one rule, place and message, which may differ in their advice."""
    reported: dict[tuple[str, Place, str], Finding] = {}
    for finding in findings:
        reported.setdefault((finding.code, finding.place, finding.message), finding)
    yield from reported.values()


def _check_attributes(settings: Iterable[Setting], places: SettingPlaces) -> Iterator[Finding]:
    for setting in settings:
        attribute = setting.attribute
        problem = naming.find_attribute_problem(attribute)
        if not naming.is_wire_name(setting.name):
            yield report_unusable_name(setting.name, places.locate_name(setting), "is not one printable line")
        elif not attribute and setting.names.python is None:
            yield report_unusable_name(setting.name, places.locate_name(setting), "has no ASCII letter or digit")
        elif problem is not None:
            place = places.locate_stated_name(setting, NameKind.PYTHON)
            yield report_reserved_name(setting.name, attribute, place, problem)


def check_spelt_names(settings: Iterable[Setting], spelling: Spelling, places: SettingPlaces) -> Iterator[Finding]:
    """Report names of settings that a platform refuses with the prefixes of their definition."""
    refused = {key for key, _, _, problem in _judge_definition_names(spelling) if problem is not None}
    is_derived, prefix = spelling.is_derived, spelling.get_prefix(NameKind.ENV)
    for setting in settings:
        variable = prefix + setting.attribute.upper()
        if setting.names.model_fields_set or not is_derived or not is_accepted_everywhere(variable):
            yield from _check_platform_names(setting, spelling, places, refused)


def _check_platform_names(
    setting: Setting, spelling: Spelling, places: SettingPlaces, refused: Collection[NameKind]
) -> Iterator[Finding]:
    """Report names that a platform refuses; of those that are derived from one cause, only the first.

    `refused` are the kinds of which the definition states a refused name, which is reported there.
    """
    has_prefix = NameKind.ENV not in refused
    is_derivable = has_prefix and naming.find_attribute_problem(setting.attribute) is None
    for kind in _DERIVED_KINDS:
        rule, stated = NAME_KINDS[kind], getattr(setting.names, kind)
        if kind in refused or (stated is None and not is_derivable):
            continue
        is_whole = has_prefix or not spelling.get_prefix(kind)
        spelt, problem = _judge_name(rule, spelling.spell(kind, setting) if is_whole else None, stated)
        if problem is not None:
            is_derivable = is_derivable and stated is not None and kind is not NameKind.ENV
            place = places.locate_stated_name(setting, kind)
            remedy = f"set `names: {{{kind.value}: ...}}` to another name; use {rule.characters}"
            yield report_refused_name(setting.name, rule.noun, spelt, place, problem, remedy)


def _judge_name(rule: NameRule, spelt: str | None, stated: str | None) -> tuple[str, str | None]:
    """Return what has a problem, and the problem: the stated part alone, if no prefix would help, or the whole name."""
    problem = find_problem(rule, rule.convert("X") + stated) if stated is not None else None
    if stated is not None and (problem is not None or spelt is None):
        return stated, problem
    name = spelt or ""
    return name, find_problem(rule, name)


def _check_clashes(settings: Iterable[Setting], spelling: Spelling, places: SettingPlaces) -> Iterator[Finding]:
    """Names that differ only in case collide as well, unless a chosen attribute tells them apart."""
    settings = tuple(settings)
    # Derived names are as distinct as the attributes.
    kinds = _DERIVED_KINDS if any(setting.names.model_fields_set for setting in settings) else ()
    first: dict[tuple[str, str], Setting] = {}
    for setting in settings:
        # One class would read both from the same name, whatever their attributes.
        namesake = first.setdefault(("wire", setting.name), setting)
        if namesake is not setting:
            yield report_duplicate_name(setting.name, places.locate_name(setting), places.locate_name(namesake))
            continue
        for kind, namespace, identity, spelt in _list_identities(setting, spelling, kinds):
            other = first.setdefault((namespace, identity), setting)
            if other is not setting:
                place, other_place = (places.locate_stated_name(each, kind) for each in (setting, other))
                yield report_name_clash(setting.name, other.name, spelt, place, other_place, kind.value)
                break


def _list_identities(
    setting: Setting, spelling: Spelling, kinds: Iterable[NameKind]
) -> Iterator[tuple[NameKind, str, str, str]]:
    """Yield each name that no other setting may have: its kind, its namespace, its key there, and the name."""
    attribute = setting.attribute
    yield NameKind.PYTHON, "attribute", attribute, attribute
    if setting.names.python is None:
        key = naming.make_collision_key(setting.name)
        yield NameKind.PYTHON, "name", key, key
    for kind in kinds:
        spelt = spelling.spell(kind, setting)
        yield kind, kind.value, fold_name(NAME_KINDS[kind], spelt), spelt
    # The classes read variables and files under the same names.
    for key in (list_stated_keys(setting) or (attribute,)) if kinds else ():
        yield NameKind.ENV, "key", key.casefold(), spelling.get_prefix(NameKind.ENV) + key


def check_shared_names(
    spellings: Sequence[Spelling], nodes: Mapping[str, MapNode], list_settings: Callable[[Spelling], Iterable[Setting]]
) -> Iterator[Finding]:
    """Report each pair of definitions that share a name, unless they state the same beginning of it."""
    reported: set[tuple[str, str]] = set()
    for kind, rule, spelt, pair in _find_shared_names(spellings, list_settings):
        if pair not in reported:
            reported.add(pair)
            places = (locate_value(nodes[owner], "id") for owner in pair)
            yield report_shared_name(pair, rule.noun, spelt, kind.value, *places)


def _find_shared_names(
    spellings: Sequence[Spelling], list_settings: Callable[[Spelling], Iterable[Setting]]
) -> Iterator[tuple[NameKind, NameRule, str, tuple[str, str]]]:
    """Yield each shared name with the later and the first of its owners."""
    objects: dict[str, str] = {}
    for spelling in spellings:
        spelt, owner = spelling.kubernetes_object, spelling.definition.id
        if objects.setdefault(spelt, owner) != owner:
            yield NameKind.KUBERNETES, OBJECT_RULE, spelt, (owner, objects[spelt])
    nested = _select_nested(spellings)
    for kind in _SHARED_KINDS:
        first: dict[str, tuple[str, str]] = {}
        rule = NAME_KINDS[kind]
        for prefix, spelling in ((spelling.get_prefix(kind), spelling) for spelling in nested):
            for setting in list_settings(spelling):
                spelt = prefix + spell_part(kind, setting)
                other = first.setdefault(fold_name(rule, spelt), (prefix, spelling.definition.id))
                if other[0] != prefix:
                    yield kind, rule, spelt, (spelling.definition.id, other[1])


def _select_nested(spellings: Iterable[Spelling]) -> list[Spelling]:
    """Return the definitions that have a prefix which begins with one of another definition, and those others.

    Only they can share a name: if two prefixes begin one name, one of them begins the other. The order is kept.
    """
    prefixes = [(_fold_prefixes(spelling), spelling) for spelling in spellings]
    nested: set[str] = set()
    outer: list[str] = []
    for key in sorted(chain.from_iterable(keys for keys, _ in prefixes)):
        while outer and not key.startswith(outer[-1]):
            outer.pop()
        nested |= {key, outer[-1]} if outer else set()
        outer.append(key)
    return [spelling for keys, spelling in prefixes if not nested.isdisjoint(keys)]


def _fold_prefixes(spelling: Spelling) -> set[str]:
    """Return the prefixes of a definition for all kinds that connectors share, without regard to case."""
    kinds = _APART if spelling.is_derived else _SHARED_KINDS
    return {spelling.get_prefix(kind).casefold() for kind in kinds}


def _locate_own_name(node: MapNode, kind: NameKind) -> Place:
    """Return the place of the name that a definition states for a kind, or else that of its id."""
    names = node.find("names")
    is_stated = isinstance(names, MapNode) and names.find(kind.value) is not None
    return locate_value(names, kind.value) if is_stated and isinstance(names, MapNode) else locate_value(node, "id")
