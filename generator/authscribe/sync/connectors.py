"""Find out which connectors a file is about, by the names of settings in it, and which settings it lacks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.unclear_method import report_unclear_method
from authscribe.findings.rules.unknown_entry import report_unknown_entry
from authscribe.findings.suggestions import NEARLY_EQUAL, Vocabulary
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector
from authscribe.model.name_kinds import NameKind
from authscribe.model.spelling import Spelling
from authscribe.targets.stubs import Stub, StubSetting, list_stubs


class Entry(Protocol):
    """What a target writes about a setting."""

    @property
    def is_needed(self) -> bool:
        """Whether a class needs a value."""


_NEAR: Final = 0.8
"""Least similarity (`difflib.SequenceMatcher.ratio`) of a name to the one that it was."""

EntryT = TypeVar("EntryT", bound=Entry)
ListEntries: TypeAlias = Callable[[Stub, Collection[str]], Mapping[str, EntryT]]
"""Function that lists the entries of a method, by their variables, for a file that has some of the variables."""


class Key(NamedTuple):
    """Name of a setting in a file, as one of its kinds of names, and its place."""

    kind: NameKind
    name: str
    place: Place


class Owned(NamedTuple):
    """Setting of a connector; its environment variable identifies it in all kinds of names."""

    connector: Connector
    variable: str


class Share(NamedTuple, Generic[EntryT]):
    """Entries that a file must have about a connector, by their variables, in the order of the target."""

    connector: Connector
    entries: Mapping[str, EntryT]


class Inventory(NamedTuple, Generic[EntryT]):
    """Shares of the connectors of a file, and the findings about its keys, which keep nothing from being done.

    `misspelt` are the settings of which some keys are misspelt forms: the ids of their connectors, and their variables.
    """

    shares: tuple[Share[EntryT], ...]
    remarks: tuple[Finding, ...]
    misspelt: Collection[tuple[str, str | None]]


class Connectors:
    """Connectors by the beginnings of the names of their settings; facts are collected when they are asked for.

    `is_hidden` tells whether somebody has suppressed a finding.
    """

    def __init__(self, catalogue: Catalogue, is_hidden: Callable[[Finding], bool] = lambda _: False) -> None:
        self.catalogue, self.is_hidden = catalogue, is_hidden
        self._prefixes: dict[NameKind, dict[str, list[Connector]]] = {}
        self._stubs: dict[str, tuple[Stub, ...]] = {}
        self._variables: dict[tuple[str, NameKind], dict[str, str]] = {}
        self._names: dict[tuple[str, NameKind], dict[str, str]] = {}
        self._settings: dict[str, dict[str, StubSetting]] = {}
        self._folded: dict[tuple[str, NameKind], dict[str, str]] = {}
        self._identified: dict[tuple[NameKind, str], Owned | None] = {}

    def list_stubs(self, connector: Connector) -> tuple[Stub, ...]:
        """Return the facts of each method of a connector that has any setting."""
        if connector.id not in self._stubs:
            self._stubs[connector.id] = tuple(list_stubs(self.catalogue, connector))
        return self._stubs[connector.id]

    def identify(self, kind: NameKind, name: str) -> Owned | None:
        """Return the setting with a name, if there is one; of several connectors, that with the longest prefix.

        Lower case counts as well: generated classes read a file in any case.
        """
        key = (kind, name)
        if key not in self._identified:
            self._identified[key] = self._identify_folded(kind, name.casefold())
        return self._identified[key]

    def find_owner(self, kind: NameKind, name: str) -> Connector | None:
        """Return the connector whose prefix begins a name, the longest of several; an empty prefix begins none."""
        folded = name.casefold()
        return next((each for each in self._list_candidates(kind, folded) if self._fold_prefix(each, kind)), None)

    def find_setting(self, owned: Owned) -> StubSetting | None:
        """Return a setting with its field; of a required and an injected one with one variable, the injected one."""
        identifier = owned.connector.id
        if identifier not in self._settings:
            self._settings[identifier] = {}
            for stub in self.list_stubs(owned.connector):
                for each in (*stub.injected, *stub.required, *stub.parameters):
                    self._settings[identifier].setdefault(stub.spell(NameKind.ENV, each), each)
        return self._settings[identifier].get(owned.variable)

    def map_names(self, connector: Connector, kind: NameKind) -> Mapping[str, str]:
        """Return the variable of each setting of a connector by its name of a kind."""
        key = (connector.id, kind)
        if key not in self._variables:
            self._variables[key] = {
                stub.spell(kind, each): stub.spell(NameKind.ENV, each)
                for stub in self.list_stubs(connector)
                for each in list_settings(stub)
            }
        return self._variables[key]

    def spell(self, owned: Owned, kind: NameKind) -> str:
        """Return the name of a setting of a kind."""
        key = (owned.connector.id, kind)
        if key not in self._names:
            names = self.map_names(owned.connector, kind)
            self._names[key] = {variable: name for name, variable in names.items()}
        return self._names[key][owned.variable]

    def spell_prefix(self, connector: Connector, kind: NameKind) -> str:
        """Return the beginning of the names of a connector's settings."""
        return Spelling(connector, self.catalogue.conventions).get_prefix(kind)

    def _identify_folded(self, kind: NameKind, folded: str) -> Owned | None:
        for connector in self._list_candidates(kind, folded):
            variable = self._fold_names(connector, kind).get(folded)
            if variable is not None:
                return Owned(connector, variable)
        return None

    def _fold_names(self, connector: Connector, kind: NameKind) -> Mapping[str, str]:
        key = (connector.id, kind)
        if key not in self._folded:
            names = self.map_names(connector, kind)
            self._folded[key] = {name.casefold(): variable for name, variable in names.items()}
        return self._folded[key]

    def _list_candidates(self, kind: NameKind, folded: str) -> Iterator[Connector]:
        """Yield the connectors whose prefix begins a folded name, those with the longest prefix first."""
        if kind not in self._prefixes:
            self._prefixes[kind] = {}
            for connector in self.catalogue.connectors:
                self._prefixes[kind].setdefault(self._fold_prefix(connector, kind), []).append(connector)
        prefixes = self._prefixes[kind]
        longest = max(map(len, prefixes), default=0)
        for end in range(min(len(folded), longest), -1, -1):
            yield from prefixes.get(folded[:end], ())

    def _fold_prefix(self, connector: Connector, kind: NameKind) -> str:
        return self.spell_prefix(connector, kind).casefold()


def list_settings(stub: Stub) -> tuple[StubSetting, ...]:
    """Return all settings of a method."""
    return (*stub.required, *stub.injected, *stub.parameters)


def list_served(stub: Stub, present: Collection[str]) -> tuple[StubSetting, ...]:
    """Return the settings of the classes that a file serves: the runtime class, unless it has what only the other has.

    The settings of both classes come last.
    """
    injected, required = (
        {stub.spell(NameKind.ENV, each) for each in settings} for settings in (stub.injected, stub.required)
    )
    serves_owner = bool((required - injected) & {*present})
    serves_runtime = bool((injected - required) & {*present}) or not serves_owner
    secrets = {
        stub.spell(NameKind.ENV, each): each
        for each in (*(stub.deployed if serves_runtime else ()), *(stub.required if serves_owner else ()))
    }
    return (*secrets.values(), *stub.parameters)


def take_inventory(
    connectors: Connectors,
    keys: Sequence[Key],
    list_entries: ListEntries[EntryT],
    around: Iterable[Key] = (),
    members: Collection[str] = (),
) -> Inventory[EntryT]:
    """Return what a file, or a part of one, with these keys must have.

    A connector is one of the file's if one of its settings is there. Of its methods, those count whose settings are
    there; what only the others need is not for this file. Nor is a setting whose name is there misspelt: its value is,
    too. The settings of a part are also those `around` it, and `members` are the ids of the connectors that other parts
    have.
    """
    present: dict[str, dict[str, Key]] = {}
    owners: dict[str, Connector] = {}
    for key in (*keys, *around):
        found = connectors.identify(key.kind, key.name)
        if found is not None:
            owners[found.connector.id] = found.connector
            present.setdefault(found.connector.id, {}).setdefault(found.variable, key)
    shares: list[Share[EntryT]] = []
    unknown = [*_list_unknown(connectors, keys, present, members)]
    remarks = [finding for finding, _ in unknown]
    misspelt = {meant for _, meant in unknown}
    for connector in owners.values():
        variables, stubs = present[connector.id], connectors.list_stubs(connector)
        used = _choose_stubs(stubs, variables, list_entries)
        if used:
            entries = _merge_entries(used, variables, list_entries)
            needed = {name: each for name, each in entries.items() if (connector.id, name) not in misspelt}
            shares.append(Share(connector, needed))
        else:
            first = next(iter(variables.values()))
            remarks.append(
                report_unclear_method(first.name, first.place, connector.id, [stub.method.id for stub in stubs])
            )
    return Inventory(tuple(shares), tuple(remarks), misspelt)


def _merge_entries(
    stubs: Sequence[Stub], present: Collection[str], list_entries: ListEntries[EntryT]
) -> dict[str, EntryT]:
    """Return the entries of several methods; one that they share is described by the first of them."""
    entries: dict[str, EntryT] = {}
    for stub in stubs:
        for variable, entry in list_entries(stub, present).items():
            entries.setdefault(variable, entry)
    return entries


def _list_unknown(
    connectors: Connectors, keys: Iterable[Key], present: Mapping[str, Collection[str]], members: Collection[str]
) -> Iterator[tuple[Finding, tuple[str, str | None]]]:
    """Yield a finding for each key that begins like those of a connector, but is not a setting of it.

    Beside it are the id of the connector and the variable of which the key is a misspelt form, if it is one. If the
    finding is suppressed, it is none: another program reads it.

    `present` are the variables that are there by the ids of their connectors: only another one can be meant. Of a
    connector that is neither there nor one of `members`, only a key that is nearly one of its settings counts: it may
    be a former name.
    """
    absent: dict[tuple[str, NameKind], Vocabulary] = {}
    for key in keys:
        known = connectors.identify(key.kind, key.name)
        owner = connectors.find_owner(key.kind, key.name) if known is None else None
        if owner is None:
            continue
        prefix, variables = connectors.spell_prefix(owner, key.kind), present.get(owner.id, ())
        if (owner.id, key.kind) not in absent:
            spelt = connectors.map_names(owner, key.kind)
            absent[owner.id, key.kind] = Vocabulary(
                name.removeprefix(prefix) for name, variable in spelt.items() if variable not in variables
            )
        names = absent[owner.id, key.kind]
        if variables or owner.id in members or names.find_nearest(key.name[len(prefix) :], _NEAR) is not None:
            finding = report_unknown_entry(key.name, key.place, owner.id, prefix, names)
            meant = names.find_nearest(key.name[len(prefix) :], NEARLY_EQUAL)
            is_misspelt = meant is not None and not connectors.is_hidden(finding)
            variable = connectors.map_names(owner, key.kind).get(f"{prefix}{meant}") if is_misspelt else None
            yield finding, (owner.id, variable)


def _choose_stubs(
    stubs: Sequence[Stub], present: Collection[str], list_entries: ListEntries[EntryT]
) -> tuple[Stub, ...]:
    """Return the methods that a file uses; none if that is unclear.

    A method is used unless another one has more of the settings that are there. Several methods with the same ones are
    used only as far as nothing that they need is missing.
    """
    covered = [{stub.spell(NameKind.ENV, each) for each in list_settings(stub)} & {*present} for stub in stubs]
    chosen: list[Stub] = []
    for index, own in enumerate(covered):
        rivals = [stub for stub, other in zip(stubs, covered, strict=True) if other == own]
        if not own or any(own < other for other in covered) or own in covered[:index]:
            continue
        complete = [stub for stub in rivals if _is_complete(list_entries(stub, present), present)]
        if len(rivals) > 1 and not complete:
            return ()
        chosen += complete or rivals
    return tuple(chosen)


def _is_complete(entries: Mapping[str, Entry], present: Collection[str]) -> bool:
    return all(variable in present for variable, entry in entries.items() if entry.is_needed)
