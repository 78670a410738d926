"""Keep workflows of GitHub Actions up to date: the secrets of `workflow_call`, and each `env` by its variables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from authscribe.drift.first_change import FirstChange
from authscribe.edits.lines import insert_lines
from authscribe.edits.yaml_text import YamlText
from authscribe.encoders.github import make_reference
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.not_synced import report_not_synced
from authscribe.findings.rules.unplaced_secret import report_unplaced_secret
from authscribe.model.definitions import Connector
from authscribe.model.draft import Entry, MapNode, Node, get_text, to_plain
from authscribe.model.name_kinds import NameKind
from authscribe.sync.connectors import Connectors, Key, Owned, Share, take_inventory
from authscribe.sync.context import Context
from authscribe.sync.given_values import check_values, list_references, refers_to_plain
from authscribe.sync.update import Amendment, Format, Plan
from authscribe.sync.workflow_entries import WorkflowSetting, list_environment, list_secrets, write_call, write_secret
from authscribe.sync.workflow_scopes import Scope, is_in_step, list_passed, list_scopes, list_texts
from authscribe.sync.yaml_entries import (
    INDENT,
    Container,
    NewEntry,
    WriteRegion,
    find_container,
    find_spot,
    find_yaml_values,
    is_empty,
    list_disabled,
    plan_missing,
    plan_regions,
    read_yaml,
    replace_name,
    write_fact,
)
from authscribe.targets.github_actions import build_secret
from authscribe.targets.stubs import Stub

_CALL: Final = ("on", "workflow_call")


class _Held(NamedTuple):
    """Settings of a connector in one mapping, by their variables."""

    container: Container
    entries: Mapping[str, Entry]


def plan_workflow(path: str, text: str, node: Node, context: Context) -> Plan:
    """Plan the entries that the mappings of a workflow lack, and the facts of known secrets that are wrong."""
    return _Planner(YamlText(path, text), context.connectors).plan(node)


class _Planner:
    """Planner for one file; `inputs` are its inputs, and `owned` the variables of regions by the paths of mappings.

    `members` are the ids of the connectors of which any `env` has a setting, `holders` those of the connectors of which
    the file has any secret, and `unplaced` those of which a finding tells that it has none.
    """

    def __init__(self, text: YamlText, connectors: Connectors) -> None:
        self.text, self.connectors = text, connectors
        self.amendments: list[Amendment] = []
        self.findings: list[Finding] = []
        self.remarks: list[Finding] = []
        self.inputs: Collection[str] = ()
        self.owned: dict[tuple[str | int, ...], set[str]] = {}
        self.holders: set[str] = set()
        self.unplaced: set[str] = set()
        self.members: Collection[str] = ()

    def plan(self, node: Node) -> Plan:
        inputs = find_container(_find_call(node), "inputs", ())
        self.inputs = {entry.key for entry in _list_entries(inputs)} if inputs is not None else ()
        regions = plan_regions(self.text, node, self.connectors, self._list_containers(node))
        self.findings += regions.findings
        for path, stubs in regions.stubs.items():
            self.owned[path] = {variable for stub in stubs for variable in list_environment(stub, ())}
        self._update(regions.rest)
        amendments = () if self.findings else tuple(self.amendments)
        return Plan(amendments, regions.edits, tuple(self.findings), tuple(dict.fromkeys(self.remarks)))

    def _list_containers(self, node: Node) -> dict[Container, WriteRegion]:
        """Return the mappings that regions can be in, with the functions that write these."""
        environments = (container for scope in list_scopes(node) for container in scope.containers)
        containers: dict[Container, WriteRegion] = dict.fromkeys(environments, self._write_environment)
        call = find_container(_find_call(node), "secrets", _CALL)
        return containers if call is None else {**containers, call: write_call}

    def _write_environment(self, stubs: Sequence[Stub]) -> Iterator[str]:
        settings = {name: each for stub in stubs for name, each in list_environment(stub, ()).items()}
        for setting in settings.values():
            yield from self._write_reference(setting).lines

    def _update(self, node: Node) -> None:
        """Plan the entries by keys of a document without regions."""
        call = find_container(_find_call(node), "secrets", _CALL)
        if call is not None:
            self._update_call(call)
        workflow, *jobs = scopes = [*list_scopes(node)]
        for container in (*(each for scope in scopes for each in scope.containers), *list_passed(node)):
            self.remarks += check_values(self.text, container.entry, self.connectors, NameKind.GITHUB)
        outer, inner = self._list_keys(workflow), [key for job in jobs for key in self._list_keys(job)]
        shared, *passed = ([*self._list_passed(scope)] for scope in scopes)
        self.holders = self._find_holders([*shared, *chain(*passed), *self._list_secret_keys(scopes)])
        self.members = {owned.connector.id for owned in self._identify([*outer, *inner])}
        given = [self._list_variables(shared), self._list_owned_variables()]
        below = self._list_variables([*inner, *chain(*passed)])
        added = self._update_environment(workflow, {}, [*given, below], self.holders)
        given.append(self._list_variables(outer) | added)
        around: dict[str, list[Key]] = {}
        for key in outer:
            for owned in self._identify([key]):
                around.setdefault(owned.connector.id, []).append(key)
        for job, own in zip(jobs, passed, strict=True):
            holders = self._find_holders([*own, *self._list_keys(job)])
            self._update_environment(job, around, [*given, self._list_variables(own)], holders)

    def _list_passed(self, scope: Scope) -> Iterator[Key]:
        """Yield the names of settings that a scope passes on in another way than as their variables."""
        for text in list_texts(scope):
            if self.connectors.identify(NameKind.ENV, text.variable) is None:
                for name in list_references(text.value, NameKind.GITHUB):
                    yield Key(NameKind.GITHUB, name, text.place)

    def _list_variables(self, keys: Iterable[Key]) -> set[str]:
        """Return the variables of the settings that have these names."""
        return {owned.variable for owned in self._identify(keys)}

    def _list_secret_keys(self, scopes: Iterable[Scope]) -> Iterator[Key]:
        """Yield the names of the variables that may hold secrets."""
        entries = (entry for scope in scopes for each in scope.containers for entry in _list_entries(each))
        yield from (Key(NameKind.ENV, entry.key, entry.place) for entry in entries if not _is_plain(entry))

    def _find_holders(self, keys: Iterable[Key]) -> set[str]:
        """Return the ids of the connectors whose secrets have some of these names."""
        return {owned.connector.id for owned in self._identify(keys) if self._is_secret(owned)}

    def _identify(self, keys: Iterable[Key]) -> Iterator[Owned]:
        found = (self.connectors.identify(key.kind, key.name) for key in keys)
        yield from (owned for owned in found if owned is not None)

    def _is_secret(self, owned: Owned) -> bool:
        setting = self.connectors.find_setting(owned)
        return setting is not None and setting.field.is_secret

    def _list_keys(self, scope: Scope) -> list[Key]:
        return [
            Key(NameKind.ENV, entry.key, entry.place)
            for container in scope.containers
            for entry in _list_entries(container)
        ]

    def _update_call(self, container: Container) -> None:
        entries = _list_entries(container)
        keys = [Key(NameKind.GITHUB, entry.key, entry.place) for entry in entries]
        inventory = take_inventory(self.connectors, keys, list_secrets)
        self.remarks += inventory.remarks
        disabled = self._list_disabled(NameKind.GITHUB, [container])
        for share in inventory.shares:
            held = self._locate(share.connector, NameKind.GITHUB, container)
            for variable, entry in held.entries.items():
                if variable in share.entries:
                    self._correct(entry, (*container.path, entry.key), build_secret(share.entries[variable].each))
            new = {variable: write_secret(setting) for variable, setting in share.entries.items()}
            around = self.owned.get(container.path, set()) | _select_optional(disabled, share)
            self._add_missing(new, held, share.entries.keys() - held.entries.keys() - around)

    def _update_environment(
        self,
        scope: Scope,
        around: Mapping[str, Sequence[Key]],
        given: Sequence[Collection[str]],
        holders: Collection[str],
    ) -> set[str]:
        """Plan the variables of a scope, and return those that it gets, or has under misspelt names.

        `around` are the keys around the scope by the ids of their connectors, and `given` variables that it does not
        need. All scopes share them, so none may take the time to go through them. The scope has secrets of the
        connectors `holders`; of others that have theirs elsewhere in the file, it needs no more than it has.
        """
        keys = self._list_keys(scope)
        own = dict.fromkeys(owned.connector.id for owned in self._identify(keys))
        outer = chain.from_iterable(around.get(identifier, ()) for identifier in own)
        inventory = take_inventory(self.connectors, keys, list_environment, outer, self.members)
        self.remarks += inventory.remarks
        disabled = self._list_disabled(NameKind.ENV, scope.containers)
        added = {variable for _, variable in inventory.misspelt if variable is not None}
        for share in inventory.shares:
            if share.connector.id in self.holders and share.connector.id not in holders:
                continue
            located = (self._locate(share.connector, NameKind.ENV, container) for container in scope.containers)
            held = [each for each in located if each.entries]
            parts = (*(each.entries for each in held), *given)
            missing = {variable for variable in share.entries if not any(variable in part for part in parts)}
            missing -= _select_optional(disabled, share)
            added |= self._add_variables(share, held, missing) if held and missing else set()
        return added

    def _add_variables(
        self, share: Share[WorkflowSetting], held: Sequence[_Held], missing: Collection[str]
    ) -> set[str]:
        """Plan the missing variables of a scope beside those of the same secrecy, and return them.

        Secrets go nowhere else: what has only parameters need not authenticate.
        """
        present = {variable: entry for each in reversed(held) for variable, entry in each.entries.items()}
        added: set[str] = set()
        for is_secret in (True, False):
            wanted = {each for each in missing if share.entries[each].each.field.is_secret is is_secret}
            alike = [self._select(each, share.connector, is_secret=is_secret) for each in held]
            if not wanted:
                continue
            if is_secret and not any(alike):
                self._report_unplaced(share, held[0], wanted)
                continue
            if not any(alike):
                alike = [{*each.entries} for each in held]
            places = _choose_fullest(held, alike)
            if not places:
                problem = f"'{min(wanted)}' is missing, and several steps have settings of '{share.connector.id}'"
                step = next(each for each, own in zip(held, alike, strict=True) if own).container.entry
                self.findings.append(report_not_synced(step.place, problem, "add the missing entries by hand"))
            for each in places:
                # The same variables in another mapping can be those of another environment.
                examples = {**each.entries, **present, **each.entries}
                new = {name: self._write_variable(it, examples, share) for name, it in share.entries.items()}
                self._add_missing(new, each, wanted)
            added |= wanted
        return added

    def _report_unplaced(self, share: Share[WorkflowSetting], held: _Held, wanted: Collection[str]) -> None:
        """Report the first needed secret of a connector of which the file has none, once for all scopes."""
        needed = next((it for name, it in share.entries.items() if name in wanted and it.is_needed), None)
        if needed is not None and share.connector.id not in self.holders | self.unplaced:
            self.unplaced.add(share.connector.id)
            first = next(iter(held.entries.values()))
            where = "`env` of the step or job"
            self.remarks.append(report_unplaced_secret(needed.name, first.place, share.connector.id, where))

    def _select(self, held: _Held, connector: Connector, *, is_secret: bool) -> set[str]:
        """Return the variables of a mapping that hold secrets, or those that do not."""
        secrets = {
            variable
            for variable, entry in held.entries.items()
            if self._is_secret(Owned(connector, variable)) and not _is_plain(entry)
        }
        return secrets if is_secret else held.entries.keys() - secrets

    def _list_disabled(self, kind: NameKind, containers: Iterable[Container]) -> set[str]:
        """Return the variables of the settings that are commented out."""
        return {name for each in containers for name in list_disabled(self.text, each, kind, self.connectors)}

    def _list_owned_variables(self) -> set[str]:
        """Return the variables of the regions in all environments."""
        call = (*_CALL, "secrets")
        return {variable for path, variables in self.owned.items() if path != call for variable in variables}

    def _locate(self, connector: Connector, kind: NameKind, container: Container) -> _Held:
        """Return the entries of a connector in a mapping."""
        entries: dict[str, Entry] = {}
        for entry in _list_entries(container):
            owned = self.connectors.identify(kind, entry.key)
            if owned is not None and owned.connector is connector:
                entries.setdefault(owned.variable, entry)
        return _Held(container, entries)

    def _add_missing(self, new: Mapping[str, NewEntry], held: _Held, missing: Collection[str]) -> None:
        """Plan the missing entries of a mapping."""
        for planned in plan_missing(self.text, held.container, held.entries, new, missing):
            if isinstance(planned, Finding):
                self.findings.append(planned)
            else:
                self.amendments.append(planned)

    def _write_variable(
        self, setting: WorkflowSetting, present: Mapping[str, Entry], share: Share[WorkflowSetting]
    ) -> NewEntry:
        """Return the entry of a variable, whose value is like that of another one of the same kind."""
        for variable, entry in present.items():
            other = share.entries.get(variable)
            if other is None or other.each.field.is_secret != setting.each.field.is_secret:
                continue
            if setting.each.field.is_secret and _is_plain(entry):
                continue
            is_needed = setting.each.is_needed
            value = replace_name(self.text, entry.node, other.name, setting.name, is_needed=is_needed)
            if value is not None:
                source, text = value
                return NewEntry(setting.variable, (f"{setting.variable}: {source}",), setting.each.comment, text)
        return self._write_reference(setting)

    def _write_reference(self, setting: WorkflowSetting) -> NewEntry:
        is_input = setting.name in self.inputs
        context = "secrets" if setting.each.field.is_secret else "inputs" if is_input else "vars"
        reference = make_reference(context, setting.name)
        return NewEntry(setting.variable, (f"{setting.variable}: {reference}",), setting.each.comment, reference)

    def _correct(self, entry: Entry, path: tuple[str | int, ...], facts: Mapping[str, object]) -> None:
        """Plan the edits of a secret: whether it is required, and a description if there is none."""
        if entry.node.place < entry.place or not (is_empty(entry.node) or isinstance(entry.node, MapNode)):
            return
        stated = to_plain(entry.node)
        stated = stated if isinstance(stated, dict) else {}
        right = {"description": stated.get("description", facts.get("description")), "required": facts["required"]}
        added: dict[str, object] = {}
        for key, value in right.items():
            if value == stated.get(key, False if key == "required" else None):
                continue
            node = entry.node.find(key) if isinstance(entry.node, MapNode) else None
            if node is None:
                added[key] = value
            else:
                self._replace(node, entry.key, path, {key: value})
        if added:
            self._add_facts(entry, path, added)

    def _replace(self, node: Node, name: str, path: tuple[str | int, ...], fact: Mapping[str, object]) -> None:
        ((key, value),) = fact.items()
        start, end = self.text.find_start(node.place), self.text.find_end(node.place)
        new = write_fact(key, value)
        edit = self.text.replace(start, end, new.removeprefix(f"{key}: "))
        old = f"{name}: {key}: {self.text.get_source(node)}"
        change = FirstChange(node.place.line, old, f"{name}: {new}", "fact")
        self.amendments.append(Amendment(edit, change, path, fact))

    def _add_facts(self, entry: Entry, path: tuple[str | int, ...], facts: Mapping[str, object]) -> None:
        """Plan facts that a secret lacks: in its mapping, or below its name."""
        written = [write_fact(key, value) for key, value in facts.items()]
        change = FirstChange(entry.place.line, "", f"{entry.key}: {written[0]}", "fact")
        node = entry.node
        if isinstance(node, MapNode) and self.text.is_flow(node):
            edit = self.text.insert_into_flow(node, written)
        elif isinstance(node, MapNode):
            spot = find_spot(self.text, node.entries[-1], is_after=True)
            edit = insert_lines(
                self.text.path, self.text.lines, spot.line, [f"{spot.indent}{each}" for each in written]
            )
        else:
            indent = " " * (entry.place.column - 1) + INDENT
            lines = [f"{indent}{each}" for each in written]
            edit = insert_lines(self.text.path, self.text.lines, entry.place.line, lines)
            self.amendments.append(Amendment(edit, change, path[:-1], {entry.key: dict(facts)}))
            return
        self.amendments.append(Amendment(edit, change, path, facts))


def _choose_fullest(held: Sequence[_Held], alike: Sequence[Collection[str]]) -> tuple[_Held, ...]:
    """Return the mappings with the most variables of a kind; `alike` are those of each. None if that is unclear.

    It is clear for the mapping around all steps, and for steps with the same variables.
    """
    most = max(map(len, alike))
    fullest = [(each, own) for each, own in zip(held, alike, strict=True) if len(own) == most]
    first, variables = fullest[0]
    if not is_in_step(first.container):
        return (first,)
    return tuple(each for each, _ in fullest) if all(own == variables for _, own in fullest) else ()


def _list_entries(container: Container) -> Sequence[Entry]:
    return container.node.entries if isinstance(container.node, MapNode) else ()


def _is_plain(entry: Entry) -> bool:
    """Return whether an entry refers to a configuration variable: `reference-differs` reports it for a secret."""
    return refers_to_plain(get_text(entry.node) or "")


def _select_optional(variables: Iterable[str], share: Share[WorkflowSetting]) -> set[str]:
    """Return the variables of optional settings."""
    return {name for name in variables if name in share.entries and not share.entries[name].is_needed}


def _find_call(node: Node) -> Node | None:
    trigger = node.find("on") if isinstance(node, MapNode) else None
    return trigger.find("workflow_call") if isinstance(trigger, MapNode) else None


def find_workflow_values(text: str, node: Node, context: Context) -> Iterator[Place]:
    """Yield the place of each value that may be secret."""
    del text
    yield from find_yaml_values(node, context.connectors)


WORKFLOW_FORMAT: Final = Format(read_yaml, plan_workflow, find_workflow_values)
"""Workflows of GitHub Actions."""
