"""Compare two catalogues fact by fact, and state what each change does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias, TypeVar

from authscribe.changes.change import Change
from authscribe.changes.edit import Edit
from authscribe.changes.effects import BREAKS_BOTH, BREAKS_DEVELOPERS, COMPATIBLE, DOCUMENTATION
from authscribe.changes.facts import list_edits
from authscribe.changes.generated_code import judge_code, judge_platforms
from authscribe.changes.renames import (
    ROLES,
    SettingRenames,
    find_definition_renames,
    find_setting_renames,
    rename_definitions,
    rename_settings,
)
from authscribe.changes.verdicts import Audience
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import build_method_contract, list_methods
from authscribe.model.definitions import Connector, Definition
from authscribe.model.platform import Platform

_DefinitionT = TypeVar("_DefinitionT", bound=Definition)
Users: TypeAlias = dict[tuple[str, str], set[str]]
"""Connectors that use each scheme, by `schemes` and its id, or set each flag, by `flags` and its name."""

_JUDGED_ALONE: Final = 100
"""Changes of a definition that are judged one by one at most: each takes as long as generating its code."""


class _Catalogues(NamedTuple):
    """New catalogue with the schemes of both sides: `both` has the new ones of those that differ, `former` the old."""

    both: Catalogue
    former: Catalogue

    def differ_for(self, definition: Definition) -> bool:
        """Return whether a connector inherits from a scheme that differs."""
        sides = ([side.find_scheme(name) for name in _list_schemes(definition)] for side in self)
        return any(old != new for old, new in zip(*sides, strict=True))


def _list_schemes(definition: Definition) -> Sequence[str]:
    return definition.scheme_ids if isinstance(definition, Connector) else ()


def compare_catalogues(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """Yield every change: those of the platform, of schemes and of connectors, each sorted by id."""
    schemes = find_definition_renames(old.schemes, new.schemes)
    connectors = find_definition_renames(old.connectors, new.connectors)
    renamed = rename_definitions(old, schemes, connectors)
    known = {scheme.id for scheme in new.schemes}
    kept = (scheme for scheme in renamed.schemes if scheme.id not in known)
    both = replace(new, schemes=(*new.schemes, *kept))
    before = {scheme.id: scheme for scheme in renamed.schemes}
    former = replace(both, schemes=tuple(before.get(scheme.id, scheme) for scheme in both.schemes))
    sides = _Catalogues(both, former)
    yield from _compare_platforms(renamed, new)
    yield from _compare_definitions("schemes", schemes, renamed.schemes, new.schemes, sides)
    yield from _compare_definitions("connectors", connectors, renamed.connectors, new.connectors, sides)


def index_users(catalogues: Iterable[Catalogue]) -> Users:
    """Return the connectors that use each scheme, or set each flag, in one of the catalogues."""
    users: Users = {}
    for connector in (connector for catalogue in catalogues for connector in catalogue.connectors):
        add_user(users, connector.id, connector.scheme_ids, connector.flags)
    return users


def add_user(users: Users, connector: str, schemes: Iterable[str], flags: Iterable[str]) -> None:
    """Add a connector to the users of these schemes and flags."""
    for key in (*(("schemes", scheme) for scheme in schemes), *(("flags", flag) for flag in flags)):
        users.setdefault(key, set()).add(connector)


def find_affected(users: Mapping[tuple[str, str], set[str]], keys: Sequence[str]) -> set[str]:
    """Return the connectors that a change affects: the connector itself, or the users of a scheme, flag or platform."""
    match keys:
        case ["connectors", connector, *_]:
            return {connector}
        case ["schemes", scheme, *_]:
            return users.get(("schemes", scheme), set())
        case ["platforms", _, "flags", flag, *_]:
            return users.get(("flags", flag), set())
    return set().union(*users.values())


def _compare_platforms(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """Yield the changes of the platform; those of its flags with what they break of the new connectors."""
    keys, name = ("platforms", new.platform.id), f"platform '{new.platform.id}'"
    for edit in list_edits(keys, name, new, old.platform, new.platform):
        apply = edit.apply
        changed = apply(old.platform) if apply is not None else old.platform
        broken = judge_platforms(new, old.platform, changed) if isinstance(changed, Platform) else frozenset[Audience]()
        yield _add_broken(edit, broken)


def _compare_definitions(
    key: str, renames: Mapping[str, str], old: Sequence[_DefinitionT], new: Sequence[_DefinitionT], sides: _Catalogues
) -> Iterator[Change]:
    before, after = ({definition.id: definition for definition in side} for side in (old, new))
    former = {identifier: name for name, identifier in renames.items()}
    for identifier in sorted(before.keys() | after.keys()):
        keys, noun = (key, identifier), key.removesuffix("s")
        name = f"{noun} '{identifier}'"
        if identifier in former:
            message = f"{noun} '{former[identifier]}' was renamed to '{identifier}'"
            yield Change((*keys, "id"), message, BREAKS_BOTH, former[identifier], identifier)
        if identifier not in after:
            yield Change(keys, f"{name} was removed", BREAKS_BOTH, identifier, None)
        elif identifier not in before:
            yield Change(keys, f"{name} was added", COMPATIBLE, None, identifier)
        elif before[identifier] != after[identifier]:
            definition = _leave_name(before[identifier], after[identifier], former.get(identifier))
            yield from _compare_definition(keys, name, sides, definition, after[identifier])


def _leave_name(old: _DefinitionT, new: _DefinitionT, former: str | None) -> _DefinitionT:
    """Return the old definition with its former id in the lists of names in which the new one has it."""
    lists = {key: getattr(old, key) for key in ("aliases", "former_names") if former in getattr(new, key)}
    return old.model_copy(update={key: (*names, former) for key, names in lists.items()})


def _compare_definition(
    keys: tuple[str, ...], name: str, sides: _Catalogues, old: _DefinitionT, new: _DefinitionT
) -> Iterator[Change]:
    """Yield the changes of a definition; what generated code tells about all of them is divided among them."""
    both = sides.both
    before, after = _complete(both, old, new), _complete(both, new, old)
    renames = find_setting_renames(before, after)
    yield from _report_renames(keys, name, renames)
    renamed = rename_settings(before, renames)
    edits = list_edits(keys, name, both, renamed, after)
    if edits and sides.differ_for(new):
        own = {edit.change.keys for edit in edits}
        completed = rename_settings(_complete(sides.former, old, new), renames)
        actual = list_edits(keys, name, both, completed, after, sides.former)
        edits, renamed = [edit for edit in actual if edit.change.keys in own], completed
    if not any(edit.apply for edit in edits):
        yield from (edit.change for edit in edits)
        return
    broken = judge_code(both, renamed, after)
    are_few = len(edits) <= _JUDGED_ALONE
    alone = [
        judge_code(both, renamed, edit.apply(renamed)) & broken if edit.apply and are_few else frozenset[Audience]()
        for edit in edits
    ]
    # Several changes may break together what none of them breaks alone, and very many are not judged one by one: the
    # first one tells.
    rest = broken - frozenset[Audience]().union(*alone)
    first = next(index for index, edit in enumerate(edits) if edit.apply)
    for index, edit in enumerate(edits):
        yield _add_broken(edit, alone[index] | rest if index == first else alone[index])


def _complete(both: Catalogue, definition: _DefinitionT, other: _DefinitionT) -> _DefinitionT:
    """Return a connector that states what all of its methods inherit and one of the two versions overrides."""
    if not isinstance(definition, Connector) or not isinstance(other, Connector):
        return definition
    contracts = [build_method_contract(both, definition, method) for method in list_methods(definition)]
    shared = {
        parameter.name: parameter
        for parameter in contracts[0].parameters
        if all(parameter in contract.parameters for contract in contracts)
    }
    own = {parameter.name: shared.get(parameter.name, parameter) for parameter in definition.parameters}
    inherited = {parameter.name: shared[parameter.name] for parameter in other.parameters if parameter.name in shared}
    return definition.model_copy(update={"parameters": tuple({**own, **inherited}.values())})


def _add_broken(edit: Edit, broken: frozenset[Audience]) -> Change:
    return edit.change._replace(effect=edit.change.effect.join(DOCUMENTATION._replace(breaks=broken)))


def _report_renames(keys: tuple[str, ...], owner: str, renames: SettingRenames) -> Iterator[Change]:
    for (old, new), roles in renames.pairs.items():
        nouns = " and ".join(ROLES[role] for role in roles).replace("secret and injected", "and injected")
        effect = BREAKS_DEVELOPERS if roles == ("injected",) else BREAKS_BOTH
        message = f"{nouns} '{old}' of {owner} was renamed to '{new}'"
        yield Change((*keys, roles[0], new), message, effect, old, new)
