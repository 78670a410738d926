"""Add entries and items to the mappings and lists of YAML files, beside those that are there and like them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from authscribe.drift.first_change import FirstChange
from authscribe.edits.lines import insert_lines
from authscribe.edits.yaml_text import YamlText
from authscribe.encoders.comments import encode_line_comment
from authscribe.encoders.yaml import encode_yaml_text
from authscribe.findings.finding import Edit, Finding, Place
from authscribe.findings.rules.not_synced import report_not_synced
from authscribe.model.credential_names import is_secret_name
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.name_kinds import NameKind
from authscribe.readers.syntax.yaml import parse_yaml
from authscribe.sync.connectors import Connectors
from authscribe.sync.placing import group_missing
from authscribe.sync.regions import StubRegion, find_regions, is_marker, renew_region
from authscribe.sync.update import Amendment, RegionEdit, prune
from authscribe.targets.stubs import Stub

Steps: TypeAlias = tuple[str | int, ...]
INDENT: Final = "  "
"""Indentation of lines below a key where the file shows none."""
_DEFAULT: Final = re.compile(r"\$\{\w+:?[-+][^}]|\$\{\{[^}]*(?:\|\||&&)")
"""Matches references of Compose and of GitHub with what counts instead of a missing value."""
_DEMAND: Final = re.compile(r"\$\{\w+:?\?")
_EXPRESSION: Final = re.compile(r"\$\{\{[^{}']*\}\}|\$\{\w+(?::?\?[^{}]*)?\}|\$\w+|REPLACE_ME")
"""Matches references of Compose and of GitHub without any text that may be a value."""

_DISABLED: Final = re.compile(r" *#[#\s]*(?:-\s+)?[\"']?(?P<name>[A-Za-z_][\w.-]*)[\"']?\s*(?:[:=].*)?")
"""Matches a comment that somebody makes an entry or item by removing the mark."""


class Container(NamedTuple):
    """Mapping or list that can hold entries of connectors: the entry of its key, and its path."""

    entry: Entry
    path: Steps

    @property
    def node(self) -> Node:
        """Return the mapping or list; null if it is empty."""
        return self.entry.node


class NewEntry(NamedTuple):
    """Entry or item to add: its name for reports, its lines without indentation, and the comment above it.

    `value` is what the lines are read as: the value of an entry, or the item.
    """

    name: str
    lines: tuple[str, ...]
    comment: str
    value: object


WriteRegion: TypeAlias = Callable[[Sequence[Stub]], Iterable[str]]
"""Function that writes the lines of a region about some methods, without indentation."""


class Spot(NamedTuple):
    """Place of new lines: the line after which they go, and whether that is after the part that they are beside.

    They have this indentation, and a comment above each of them if that part has one.
    """

    line: int
    indent: str
    has_comment: bool
    is_after: bool


def read_yaml(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the tree of a document; anchors, aliases and merge keys are no mistakes in files of other programs."""
    node, findings = parse_yaml(path, text)
    return node, () if node is not None else findings


class Planned(NamedTuple):
    """Regions of a file: the edits that renew them, the findings about them, and the methods in each container.

    `rest` is the document without what is between the markers.
    """

    edits: tuple[RegionEdit, ...]
    findings: tuple[Finding, ...]
    stubs: Mapping[Steps, tuple[Stub, ...]]
    rest: Node


def plan_regions(
    text: YamlText, node: Node, connectors: Connectors, containers: Mapping[Container, WriteRegion]
) -> Planned:
    """Plan the contents of the regions of a file, each of which is in one of the containers."""
    regions, mistakes = find_regions(text.path, text.text, connectors.catalogue, text.list_quoted_lines(node))
    edits: list[RegionEdit] = []
    findings = [*mistakes]
    stubs: dict[Steps, tuple[Stub, ...]] = {}
    for region in regions:
        container = _find_container(text, region, containers)
        if container is None:
            problem = "the markers are in no mapping or list with settings"
            findings.append(report_not_synced(region.region.begin.place, problem, "move both markers, or remove them"))
            continue
        stubs[container.path] = (*stubs.get(container.path, ()), *region.stubs)
        edit = renew_region(region, [*containers[container](region.stubs)], text.text)
        edits += () if edit is None else (edit,)
    return Planned(tuple(edits), tuple(findings), stubs, prune(node, [region.lines for region in regions]))


def _find_container(text: YamlText, region: StubRegion, containers: Iterable[Container]) -> Container | None:
    """Return the container that a region is in: the one whose key is indented less than the marker, next above it.

    There is none if a line between the markers, or the second one, is indented less than the first.
    """
    owned = text.lines[region.region.start : region.region.end + 1]
    if any(line.strip() and not line.startswith(region.indent) for line in owned):
        return None
    for number in range(region.region.begin.place.line - 1, 0, -1):
        line = text.lines[number - 1]
        content = line.lstrip(" ")
        if content and not content.startswith("#") and len(line) - len(content) < len(region.indent):
            return next((each for each in containers if each.entry.place.line == number), None)
    return None


def find_entry(node: Node | None, key: str) -> Entry | None:
    """Return the entry of a mapping with a key."""
    entries = node.entries if isinstance(node, MapNode) else ()
    return next((entry for entry in entries if entry.key == key), None)


def find_container(node: Node | None, key: str, path: Steps) -> Container | None:
    """Return the mapping or list of a key in the mapping with a path."""
    entry = find_entry(node, key)
    return Container(entry, (*path, key)) if entry is not None else None


def list_disabled(text: YamlText, container: Container, kind: NameKind, connectors: Connectors) -> Iterator[str]:
    """Yield the variables of the settings that comments of a mapping or list have in place of entries or items."""
    limit = container.entry.place.column
    for line in text.lines[container.entry.place.line :]:
        content = line.lstrip(" ")
        # Items of a list may be indented as far as its key.
        least = limit - content.startswith("-")
        if content and len(line) - len(content) < least and not content.startswith("#"):
            return
        match = _DISABLED.fullmatch(line)
        owned = connectors.identify(kind, match["name"]) if match is not None else None
        if owned is not None:
            yield owned.variable


def find_obstacle(text: YamlText, container: Container, *, has_own: bool) -> Finding | None:
    """Return why nothing can be added to a mapping or list, if that is so.

    `has_own` tells whether there is an entry or item of its own to add others to.
    """
    place = container.entry.place
    is_flow = text.is_flow(container.node)
    if text.is_shared(container.entry) or not (has_own or is_flow):
        return report_not_synced(
            place,
            f"the settings of '{container.entry.key}' are shared by an anchor or alias",
            "add the missing entries by hand",
        )
    if is_flow:
        return report_not_synced(
            place, f"'{container.entry.key}' is in flow style", "write it in block style, one entry a line"
        )
    return None


def find_spot(text: YamlText, part: Entry | Node, *, is_after: bool) -> Spot:
    """Return the place of new lines beside an entry or an item.

    They do not go between a comment and what it is about: below a comment, they go after the part instead of before it.
    """
    place = part.place
    before = text.lines[place.line - 1][: place.column - 1]
    # Keys after the dash of an item are indented as far as the first one.
    indent = " " * len(before) if isinstance(part, Entry) else before.removesuffix("-" + before.rpartition("-")[2])
    above = text.lines[place.line - 2] if place.line > 1 else ""
    has_comment = above.lstrip().startswith("#") and not is_marker(above)
    can_precede = not has_comment and (indent == before or not isinstance(part, Entry))
    if not is_after and can_precede:
        return Spot(place.line - 1, indent, has_comment, is_after=False)
    last = part.node if isinstance(part, Entry) else part
    return Spot(text.find_last_line(last), indent, has_comment, is_after=True)


def write_entries(text: YamlText, spot: Spot, entries: Sequence[NewEntry]) -> Edit:
    """Return the edit that adds entries at a place."""
    lines = [line for entry in entries for line in write_lines(entry, spot.indent, has_comment=spot.has_comment)]
    return insert_lines(text.path, text.lines, spot.line, lines)


def write_lines(entry: NewEntry, indent: str, *, has_comment: bool) -> Iterable[str]:
    """Yield the lines of an entry with their indentation."""
    if has_comment and entry.comment:
        yield from encode_line_comment(entry.comment, indent).split("\n")
    yield from (f"{indent}{line}" for line in entry.lines)


def plan_missing(
    text: YamlText,
    container: Container,
    parts: Mapping[str, Entry | Node],
    new: Mapping[str, NewEntry],
    missing: Collection[str],
) -> Iterator[Amendment | Finding]:
    """Yield the edits that add missing entries, or items, beside those that are there, or why that is impossible.

    All are known by the variables of their settings; `new` has them in the order of the target.
    """
    if missing and is_empty(container.node) and not text.is_shared(container.entry):
        yield _fill(text, container, [entry for variable, entry in new.items() if variable in missing])
        return
    own = {variable: part for variable, part in parts.items() if part.place >= container.node.place}
    obstacle = find_obstacle(text, container, has_own=bool(own)) if missing else None
    if obstacle is not None:
        yield obstacle
        return
    # What the target does not write can be the only one that is there.
    order = [*(variable for variable in own if variable not in new), *new]
    for group in group_missing(order, own, missing) if missing else ():
        anchor, entries = own[group.anchor], [new[variable] for variable in group.names]
        spot = find_spot(text, anchor, is_after=group.is_after)
        edit, change = write_entries(text, spot, entries), FirstChange(spot.line, "", entries[0].name, "entry")
        if isinstance(container.node, ListNode):
            position = next(index for index, item in enumerate(container.node.items) if item is anchor) + spot.is_after
            items = tuple(entry.value for entry in entries)
            yield Amendment(edit, change, container.path, items=items, position=position)
        else:
            yield Amendment(edit, change, container.path, {entry.name: entry.value for entry in entries})


def _fill(text: YamlText, container: Container, entries: Sequence[NewEntry]) -> Amendment:
    """Return the edit that gives entries or items to a key without a value."""
    place = container.entry.place
    spot = Spot(place.line, " " * (place.column - 1) + INDENT, has_comment=False, is_after=True)
    edit, change = write_entries(text, spot, entries), FirstChange(place.line, "", entries[0].name, "entry")
    is_list = entries[0].lines[0].startswith("- ")
    items, values = [entry.value for entry in entries], {entry.name: entry.value for entry in entries}
    return Amendment(edit, change, container.path[:-1], {container.entry.key: items if is_list else values})


def is_empty(node: Node) -> bool:
    """Return whether a key has no value."""
    return isinstance(node, ScalarNode) and node.value is None


def write_fact(key: str, value: object) -> str:
    """Return an entry of a mapping with a text or a truth value."""
    if isinstance(value, bool):
        return f"{key}: {'true' if value else 'false'}"
    return f"{key}: {encode_yaml_text(str(value))}"


def replace_name(text: YamlText, node: Node, old: str, new: str, *, is_needed: bool) -> tuple[str, str] | None:
    """Return the source and the text of a value with another name in it; None if the name is not in it.

    A value that also states a default, or that there must be a value although none `is_needed`, is about the old name.
    """
    value = get_text(node)
    if value is None or node.place.line != node.place.end_line:
        return None
    if _DEFAULT.search(value) or (not is_needed and _DEMAND.search(value)):
        return None
    # What is around the name stays: `PROD_` is the beginning of the new one, too.
    source, pattern = text.get_source(node), re.compile(rf"(?<![A-Za-z0-9]){re.escape(old)}(?![A-Za-z0-9])")
    if len(pattern.findall(source)) != len(pattern.findall(value)) or not pattern.search(value):
        return None
    return pattern.sub(new, source), pattern.sub(new, value)


def find_yaml_values(node: Node, connectors: Connectors) -> Iterator[Place]:
    """Yield the place of each text that may be the value of a secret, by the name of its key or before an equals sign.

    Expressions such as `${NAME}` and `${{ secrets.NAME }}`, and paths of files, hold no value.
    """
    if isinstance(node, ListNode):
        for item in node.items:
            name, _, value = (get_text(item) or "").partition("=")
            if value and _may_be_secret(name, value, connectors):
                yield item.place
            yield from find_yaml_values(item, connectors)
    for entry in node.entries if isinstance(node, MapNode) else ():
        if _may_be_secret(entry.key, get_text(entry.node) or "", connectors):
            yield entry.node.place
        yield from find_yaml_values(entry.node, connectors)


def _may_be_secret(name: str, value: str, connectors: Connectors) -> bool:
    if not value or _EXPRESSION.fullmatch(value):
        return False
    owned = connectors.identify(NameKind.ENV, name)
    setting = connectors.find_setting(owned) if owned is not None else None
    return setting.field.is_secret if setting is not None else is_secret_name(name)
