"""Keep the `server.json` of MCP servers up to date: their environment variables and the variables of their remotes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from authscribe.drift.first_change import FirstChange
from authscribe.edits.json_text import JsonText
from authscribe.findings.finding import Edit, Finding, Place
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.model.credential_names import is_secret_name
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text, to_plain
from authscribe.model.name_kinds import NameKind
from authscribe.readers.syntax.json import parse_json
from authscribe.sync.connectors import Connectors, Key, Owned, Share, list_served, take_inventory
from authscribe.sync.context import Context
from authscribe.sync.placing import group_missing
from authscribe.sync.update import Amendment, Format, Plan
from authscribe.targets.mcp import build_input
from authscribe.targets.stubs import Stub

_VARIABLES: Final = "environmentVariables"
_VALUE: Final = "value"
_VALUES: Final = (_VALUE, "default")
_FIXED: Final = ("isRequired", "default", "choices")
"""Facts that do not matter for a variable with a fixed value."""

_TEMPLATE: Final = re.compile(r"(?:\w+ )?\{\w+\}|REPLACE_ME|")
"""Values that are no secrets: a variable with a word before it, such as `Bearer`, or no value at all."""

Steps = tuple[str | int, ...]


class _Variable(NamedTuple):
    """Variable of a package."""

    name: str
    input: Mapping[str, object]
    is_needed: bool


class _Package(NamedTuple):
    """List of environment variables of a package, the path of the list, and its items by their names."""

    node: ListNode
    path: Steps
    named: tuple[tuple[str, int, MapNode, Place], ...]


def plan_server(path: str, text: str, node: Node, context: Context) -> Plan:
    """Plan the variables that packages lack, and the facts of known variables that are wrong."""
    return _Planner(JsonText(path, text), context.connectors).plan(node)


class _Planner:
    """Planner for one file."""

    def __init__(self, text: JsonText, connectors: Connectors) -> None:
        self.text, self.connectors = text, connectors
        self.amendments: list[Amendment] = []
        self.findings: list[Finding] = []
        self.remarks: list[Finding] = []

    def plan(self, node: Node) -> Plan:
        members: dict[str, Share[_Variable]] = {}
        for package in _list_packages(node):
            keys = [Key(NameKind.ENV, name, place) for name, _, _, place in package.named]
            inventory = take_inventory(self.connectors, keys, _list_variables)
            self.remarks += inventory.remarks
            for share in inventory.shares:
                members.setdefault(share.connector.id, share)
                self._update_package(package, share)
        for path, variables in _list_remote_variables(node):
            for entry in variables.entries:
                self._update_remote(entry, (*path, entry.key), members.values())
        amendments = () if self.findings else tuple(self.amendments)
        return Plan(amendments, findings=tuple(self.findings), remarks=tuple(self.remarks))

    def _update_package(self, package: _Package, share: Share[_Variable]) -> None:
        """Plan the variables of one connector in a package."""
        present: dict[str, int] = {}
        places: dict[str, Place] = {}
        for name, position, item, place in package.named:
            owned = self.connectors.identify(NameKind.ENV, name)
            if owned is None or owned.connector is not share.connector:
                continue
            if owned.variable in present:
                self.findings.append(report_duplicate_key(name, place, places[owned.variable]))
                continue
            present[owned.variable], places[owned.variable] = position, place
            self._correct(item, (*package.path, position), name, self._find_input(owned, share))
        missing = share.entries.keys() - present.keys()
        for group in group_missing([*share.entries], present, missing):
            position = present[group.anchor] + group.is_after
            items = [{"name": share.entries[each].name, **share.entries[each].input} for each in group.names]
            written = [{key: self.text.dump(value) for key, value in item.items()} for item in items]
            beside = present[group.anchor]
            edit = self.text.insert_items(package.node, beside, written, is_after=group.is_after)
            change = FirstChange(edit.place.line, "", share.entries[group.names[0]].name, "entry")
            self.amendments.append(Amendment(edit, change, package.path, items=tuple(items), position=position))

    def _find_input(self, owned: Owned, share: Share[_Variable]) -> Mapping[str, object]:
        """Return the facts of a setting; one that the file needs not have is described like the others."""
        if owned.variable in share.entries:
            return share.entries[owned.variable].input
        setting = self.connectors.find_setting(owned)
        return build_input(setting) if setting is not None else {}

    def _update_remote(self, entry: Entry, path: Steps, members: Iterable[Share[_Variable]]) -> None:
        """Plan the facts of a variable of a remote server, if exactly one connector of the file has it."""
        named = ((share, self.connectors.map_names(share.connector, NameKind.MCP)) for share in members)
        found = [
            Owned(share.connector, names[entry.key])
            for share, names in named
            if entry.key in names and names[entry.key] in share.entries
        ]
        setting = self.connectors.find_setting(found[0]) if len(found) == 1 else None
        if setting is not None and isinstance(entry.node, MapNode):
            self._correct(entry.node, path, entry.key, build_input(setting))

    def _correct(self, item: MapNode, path: Steps, name: str, facts: Mapping[str, object]) -> None:
        """Plan the edits that correct wrong facts of an item, and add those that it lacks."""
        added: dict[str, object] = {}
        for key, value in _list_corrections(item, facts):
            node = item.find(key)
            if node is None:
                added[key] = value
            else:
                self._replace(node, path, name, (key, value))
        if added:
            edit = self.text.insert_entries(item, {key: self.text.dump(value) for key, value in added.items()})
            key, value = next(iter(added.items()))
            self.amendments.append(Amendment(edit, self._describe(edit, name, "", key, value), path, added))

    def _replace(self, node: Node, path: Steps, name: str, fact: tuple[str, object]) -> None:
        key, value = fact
        start, end = self.text.find_start(node.place), self.text.find_end(node.place)
        edit = self.text.replace(start, end, self.text.dump(value))
        old = self.text.dump(to_plain(node))
        self.amendments.append(Amendment(edit, self._describe(edit, name, old, key, value), path, {key: value}))

    def _describe(self, edit: Edit, name: str, old: str, key: str, value: object) -> FirstChange:
        new = f"{name}: {key} {self.text.dump(value)}"
        return FirstChange(edit.place.line, f"{name}: {key} {old}" if old else "", new, "fact")


def _list_corrections(item: MapNode, facts: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield each fact that is wrong in an item, or missing, with its right value.

    A variable that somebody takes for a secret stays one. A description or a format that is narrower than a text stays
    as it is.
    """
    stated = {entry.key: to_plain(entry.node) for entry in item.entries}
    right = {
        "description": stated.get("description", facts.get("description")),
        "isRequired": facts.get("isRequired", False),
        "isSecret": facts.get("isSecret", False) or stated.get("isSecret", False),
        "format": facts.get("format", _keep_text_format(stated.get("format"))),
        "default": facts.get("default", stated.get("default")),
        "choices": facts.get("choices", stated.get("choices")),
    }
    for key, value in right.items():
        implied = {"isRequired": False, "isSecret": False}.get(key)
        if value != stated.get(key, implied) and not (_VALUE in stated and key in _FIXED):
            yield key, value


def _keep_text_format(stated: object) -> object:
    """Return the format of a text: the stated one, unless that is for other values."""
    return "string" if stated in ("number", "boolean") else stated


def _list_variables(stub: Stub, present: Collection[str]) -> dict[str, _Variable]:
    names = {stub.spell(NameKind.ENV, each): each for each in list_served(stub, present)}
    return {name: _Variable(name, build_input(each), each.is_needed) for name, each in names.items()}


def _list_packages(node: Node) -> Iterator[_Package]:
    """Yield the environment variables of each package that has any with names."""
    packages = node.find("packages") if isinstance(node, MapNode) else None
    for index, package in enumerate(packages.items if isinstance(packages, ListNode) else ()):
        variables = package.find(_VARIABLES) if isinstance(package, MapNode) else None
        if isinstance(variables, ListNode):
            named = tuple(_list_named(variables))
            if named:
                yield _Package(variables, ("packages", index, _VARIABLES), named)


def _list_named(node: ListNode) -> Iterator[tuple[str, int, MapNode, Place]]:
    """Yield the items of a list that have a name, with their positions and the places of the names."""
    for position, item in enumerate(node.items):
        name = item.find("name") if isinstance(item, MapNode) else None
        text = get_text(name)
        if isinstance(item, MapNode) and name is not None and text is not None:
            yield text, position, item, name.place


def _list_remote_variables(node: Node) -> Iterator[tuple[Steps, MapNode]]:
    """Yield the variables of each remote server and of its headers, with their paths."""
    remotes = node.find("remotes") if isinstance(node, MapNode) else None
    for index, remote in enumerate(remotes.items if isinstance(remotes, ListNode) else ()):
        path: Steps = ("remotes", index)
        if not isinstance(remote, MapNode):
            continue
        headers = remote.find("headers")
        items = headers.items if isinstance(headers, ListNode) else ()
        holders = [(path, remote), *(((*path, "headers", number), item) for number, item in enumerate(items))]
        for holder_path, holder in holders:
            variables = holder.find("variables") if isinstance(holder, MapNode) else None
            if isinstance(variables, MapNode):
                yield (*holder_path, "variables"), variables


def find_server_values(text: str, node: Node, context: Context) -> Iterator[Place]:
    """Yield the place of each value of an input that is secret, or has such a name."""
    del text, context
    yield from _find_values(node, "")


def _find_values(node: Node, name: str) -> Iterator[Place]:
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _find_values(item, name)
    if not isinstance(node, MapNode):
        return
    own = get_text(node.find("name")) or name
    is_secret = is_secret_name(own) or _is_secret(node)
    for entry in node.entries:
        if is_secret and entry.key in _VALUES and not _TEMPLATE.fullmatch(get_text(entry.node) or ""):
            yield entry.node.place
        yield from _find_values(entry.node, entry.key)


def _is_secret(node: MapNode) -> bool:
    stated = node.find("isSecret")
    return isinstance(stated, ScalarNode) and stated.value is True


SERVER_FORMAT: Final = Format(parse_json, plan_server, find_server_values)
"""`server.json` of the MCP registry."""
