"""Keep workflows of GitHub Actions up to date: the secrets of `workflow_call`, and each `env` by its variables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.drift.first_change import FirstChange
from authscribe.edits.lines import insert_lines
from authscribe.edits.yaml_text import YamlText
from authscribe.encoders.github import make_reference
from authscribe.findings.finding import Finding, Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text, to_plain
from authscribe.model.name_kinds import NameKind
from authscribe.sync.connectors import Connectors, Key, Share, list_served, take_inventory
from authscribe.sync.context import Context
from authscribe.sync.given_values import check_values, refers_to_plain
from authscribe.sync.update import Amendment, Format, Plan
from authscribe.sync.yaml_entries import (
    INDENT,
    Container,
    NewEntry,
    WriteRegion,
    find_entry,
    find_spot,
    find_yaml_values,
    is_empty,
    plan_missing,
    plan_regions,
    read_yaml,
    replace_name,
    write_fact,
)
from authscribe.targets.github_actions import build_secret
from authscribe.targets.stubs import Stub, StubSetting

_CALL: Final = ("on", "workflow_call")
_PASSED: Final = ("with", "secrets")


class _Setting(NamedTuple):
    """Setting with its names in a workflow."""

    each: StubSetting
    variable: str
    name: str

    @property
    def is_needed(self) -> bool:
        """Whether a class needs a value."""
        return self.each.is_needed


class _Scope(NamedTuple):
    """`env` mappings of the workflow itself, or of one job with its steps."""

    containers: tuple[Container, ...]


def plan_workflow(path: str, text: str, node: Node, context: Context) -> Plan:
    """Plan the entries that the mappings of a workflow lack, and the facts of known secrets that are wrong."""
    return _Planner(YamlText(path, text), context.connectors).plan(node)


class _Planner:
    """Planner for one file; `inputs` are its inputs, and `owned` the variables of regions by the paths of mappings."""

    def __init__(self, text: YamlText, connectors: Connectors) -> None:
        self.text, self.connectors = text, connectors
        self.amendments: list[Amendment] = []
        self.findings: list[Finding] = []
        self.remarks: list[Finding] = []
        self.inputs: Collection[str] = ()
        self.owned: dict[tuple[str | int, ...], set[str]] = {}

    def plan(self, node: Node) -> Plan:
        inputs = _find_container(_find_call(node), "inputs", ())
        self.inputs = {entry.key for entry in _list_entries(inputs)} if inputs is not None else ()
        regions = plan_regions(self.text, node, self.connectors, self._list_containers(node))
        self.findings += regions.findings
        for path, stubs in regions.stubs.items():
            self.owned[path] = {variable for stub in stubs for variable in _list_environment(stub, ())}
        self._update(regions.rest)
        amendments = () if self.findings else tuple(self.amendments)
        return Plan(amendments, regions.edits, tuple(self.findings), tuple(dict.fromkeys(self.remarks)))

    def _list_containers(self, node: Node) -> dict[Container, WriteRegion]:
        """Return the mappings that regions can be in, with the functions that write these."""
        environments = (container for scope in _list_scopes(node) for container in scope.containers)
        containers: dict[Container, WriteRegion] = dict.fromkeys(environments, self._write_environment)
        call = _find_container(_find_call(node), "secrets", _CALL)
        return containers if call is None else {**containers, call: _write_call}

    def _write_environment(self, stubs: Sequence[Stub]) -> Iterator[str]:
        settings = {name: each for stub in stubs for name, each in _list_environment(stub, ()).items()}
        for setting in settings.values():
            yield from self._write_reference(setting).lines

    def _update(self, node: Node) -> None:
        """Plan the entries by keys of a document without regions."""
        call = _find_container(_find_call(node), "secrets", _CALL)
        if call is not None:
            self._update_call(call)
        workflow, *jobs = scopes = [*_list_scopes(node)]
        for container in (*(each for scope in scopes for each in scope.containers), *_list_passed(node)):
            self.remarks += check_values(self.text, container.entry, self.connectors, NameKind.GITHUB)
        inner = self._list_variables(key for job in jobs for key in self._list_keys(job))
        outer = self._list_keys(workflow)
        given = self._update_environment(workflow, [], inner)
        for job in jobs:
            self._update_environment(job, outer, given)

    def _list_variables(self, keys: Iterable[Key]) -> set[str]:
        """Return the variables of the settings that have these names."""
        found = (self.connectors.identify(key.kind, key.name) for key in keys)
        return {owned.variable for owned in found if owned is not None}

    def _list_keys(self, scope: _Scope) -> list[Key]:
        return [
            Key(NameKind.ENV, entry.key, entry.place)
            for container in scope.containers
            for entry in _list_entries(container)
        ]

    def _update_call(self, container: Container) -> None:
        entries = _list_entries(container)
        keys = [Key(NameKind.GITHUB, entry.key, entry.place) for entry in entries]
        inventory = take_inventory(self.connectors, keys, _list_secrets)
        self.remarks += inventory.remarks
        for share in inventory.shares:
            present = self._locate(share, NameKind.GITHUB, [container])
            for variable, (_, entry) in present.items():
                if variable in share.entries:
                    self._correct(entry, (*container.path, entry.key), build_secret(share.entries[variable].each))
            new = {variable: _write_secret(setting) for variable, setting in share.entries.items()}
            self._add_missing(
                new, present, share.entries.keys() - present.keys() - self.owned.get(container.path, set())
            )

    def _update_environment(self, scope: _Scope, outer: Sequence[Key], given: Collection[str]) -> set[str]:
        """Plan the variables of a scope, and return those that it gets.

        `outer` are the keys around the scope, and `given` variables that it does not need.
        """
        inventory = take_inventory(self.connectors, [*self._list_keys(scope), *outer], _list_environment)
        self.remarks += inventory.remarks
        around = {*self._list_variables(outer), *given, *self._list_owned_variables()}
        added: set[str] = set()
        for share in inventory.shares:
            present = self._locate(share, NameKind.ENV, scope.containers)
            missing = share.entries.keys() - present.keys() - around
            if present and missing:
                new = {name: self._write_variable(each, present, share) for name, each in share.entries.items()}
                self._add_missing(new, _choose_fullest(present), missing)
                added |= missing
        return added

    def _list_owned_variables(self) -> set[str]:
        """Return the variables of the regions in all environments."""
        call = (*_CALL, "secrets")
        return {variable for path, variables in self.owned.items() if path != call for variable in variables}

    def _locate(
        self, share: Share[_Setting], kind: NameKind, containers: Iterable[Container]
    ) -> dict[str, tuple[Container, Entry]]:
        """Return the entries of a connector that are there, with their mappings, by their variables."""
        found: dict[str, tuple[Container, Entry]] = {}
        for container in containers:
            for entry in _list_entries(container):
                owned = self.connectors.identify(kind, entry.key)
                if owned is not None and owned.connector is share.connector:
                    found.setdefault(owned.variable, (container, entry))
        return found

    def _add_missing(
        self,
        new: Mapping[str, NewEntry],
        present: Mapping[str, tuple[Container, Entry]],
        missing: Collection[str],
    ) -> None:
        """Plan the missing entries of a mapping; all that is present is in one mapping."""
        container = next(iter(present.values()))[0]
        parts = {variable: entry for variable, (_, entry) in present.items()}
        for planned in plan_missing(self.text, container, parts, new, missing):
            if isinstance(planned, Finding):
                self.findings.append(planned)
            else:
                self.amendments.append(planned)

    def _write_variable(
        self, setting: _Setting, present: Mapping[str, tuple[Container, Entry]], share: Share[_Setting]
    ) -> NewEntry:
        """Return the entry of a variable, whose value is like that of another one of the same kind."""
        for variable, (_, entry) in present.items():
            other = share.entries.get(variable)
            if other is None or other.each.field.is_secret != setting.each.field.is_secret:
                continue
            if setting.each.field.is_secret and refers_to_plain(get_text(entry.node) or ""):
                continue  # `reference-differs` reports it
            is_needed = setting.each.is_needed
            value = replace_name(self.text, entry.node, other.name, setting.name, is_needed=is_needed)
            if value is not None:
                source, text = value
                return NewEntry(setting.variable, (f"{setting.variable}: {source}",), setting.each.comment, text)
        return self._write_reference(setting)

    def _write_reference(self, setting: _Setting) -> NewEntry:
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


def _choose_fullest(present: Mapping[str, tuple[Container, Entry]]) -> dict[str, tuple[Container, Entry]]:
    """Return the entries that are in the mapping with the most of them, the first of several."""
    counts: dict[tuple[str | int, ...], int] = {}
    for container, _ in present.values():
        counts[container.path] = counts.get(container.path, 0) + 1
    fullest = max(counts, key=counts.__getitem__)
    return {variable: found for variable, found in present.items() if found[0].path == fullest}


def _list_entries(container: Container) -> Sequence[Entry]:
    return container.node.entries if isinstance(container.node, MapNode) else ()


def _list_secrets(stub: Stub, present: Collection[str]) -> dict[str, _Setting]:
    settings = _list_environment(stub, present)
    return {variable: setting for variable, setting in settings.items() if setting.each.field.is_secret}


def _list_environment(stub: Stub, present: Collection[str]) -> dict[str, _Setting]:
    settings = (
        _Setting(each, stub.spell(NameKind.ENV, each), stub.spell(NameKind.GITHUB, each))
        for each in list_served(stub, present)
    )
    return {setting.variable: setting for setting in settings}


def _write_secret(setting: _Setting) -> NewEntry:
    facts = build_secret(setting.each)
    lines = (f"{setting.name}:", *(f"{INDENT}{write_fact(key, value)}" for key, value in facts.items()))
    return NewEntry(setting.name, lines, "", facts)


def _write_call(stubs: Sequence[Stub]) -> Iterator[str]:
    settings = {name: each for stub in stubs for name, each in _list_secrets(stub, ()).items()}
    for setting in settings.values():
        yield from _write_secret(setting).lines


def _find_call(node: Node) -> Node | None:
    trigger = node.find("on") if isinstance(node, MapNode) else None
    return trigger.find("workflow_call") if isinstance(trigger, MapNode) else None


def _find_container(node: Node | None, key: str, path: tuple[str | int, ...]) -> Container | None:
    entry = find_entry(node, key)
    return Container(entry, (*path, key)) if entry is not None else None


def _list_scopes(node: Node) -> Iterator[_Scope]:
    """Yield the scope of the workflow, then those of its jobs."""
    own = _find_container(node, "env", ())
    yield _Scope((own,) if own is not None else ())
    jobs = find_entry(node, "jobs")
    for job in jobs.node.entries if jobs is not None and isinstance(jobs.node, MapNode) else ():
        yield _Scope(tuple(_list_job_environments(job)))


def _list_passed(node: Node) -> Iterator[Container]:
    """Yield the mappings of inputs and secrets that jobs pass to the workflows that they call."""
    jobs = find_entry(node, "jobs")
    for job in jobs.node.entries if jobs is not None and isinstance(jobs.node, MapNode) else ():
        for key in _PASSED:
            found = _find_container(job.node, key, ("jobs", job.key))
            if found is not None:
                yield found


def _list_job_environments(job: Entry) -> Iterator[Container]:
    path: tuple[str | int, ...] = ("jobs", job.key)
    own = _find_container(job.node, "env", path)
    if own is not None:
        yield own
    steps = find_entry(job.node, "steps")
    items = steps.node.items if steps is not None and isinstance(steps.node, ListNode) else ()
    for position, step in enumerate(items):
        found = _find_container(step, "env", (*path, "steps", position))
        if found is not None:
            yield found


def find_workflow_values(text: str, node: Node, context: Context) -> Iterator[Place]:
    """Yield the place of each value that may be secret."""
    del text
    yield from find_yaml_values(node, context.connectors)


WORKFLOW_FORMAT: Final = Format(read_yaml, plan_workflow, find_workflow_values)
"""Workflows of GitHub Actions."""
