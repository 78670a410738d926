"""Bring one file up to date: apply the edits that its format plans, and check what has become of it.

After the edits, the file must be read as the old document with the intended entries, and nothing else. Values that may
be secret are masked in the texts that reports show.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from authscribe.drift.first_change import FirstChange
from authscribe.edits.apply import apply_edits
from authscribe.findings.finding import Edit, Finding, Place
from authscribe.findings.rules.not_synced import report_not_synced
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, to_plain
from authscribe.readers.text import decode, mask_values
from authscribe.sync.context import Context

_NOTHING: Final[Mapping[str, object]] = {}


class Amendment(NamedTuple):
    """Edit of a document: entries that it sets in the mapping at a path, or items that it inserts into the list there.

    Indexes in the path, and the position of the first new item, are those before all edits.
    """

    edit: Edit
    change: FirstChange
    path: tuple[str | int, ...] = ()
    values: Mapping[str, object] = _NOTHING
    items: tuple[object, ...] = ()
    position: int = 0


class RegionEdit(NamedTuple):
    """Edit of all lines between two markers, and the number of lines after it."""

    edit: Edit
    change: FirstChange
    length: int


class Plan(NamedTuple):
    """Edits that bring a file up to date, or the findings that tell why it cannot be changed.

    `remarks` are findings about parts that are left as they are; they keep nothing from being changed.
    """

    amendments: tuple[Amendment, ...] = ()
    regions: tuple[RegionEdit, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()


class Format(NamedTuple):
    """Kind of file: functions that parse it, plan its update, and find the values that may be secret.

    `read` returns the findings of a text that cannot be used. Texts are decoded ones, as the readers return them.
    """

    read: Callable[[str, str], tuple[Node | None, tuple[Finding, ...]]]
    plan: Callable[[str, str, Node, Context], Plan]
    find_values: Callable[[str, Node, Context], Iterable[Place]]


class UpdatedFile(NamedTuple):
    """File after its update: its new bytes, its old and new text for reports, and the first change, if there is any."""

    content: bytes
    shown_before: str
    shown_after: str
    change: FirstChange | None = None
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()


def update_file(path: str, data: bytes, form: Format, context: Context) -> UpdatedFile:
    """Return a file with the entries that its connectors need; it must be one that can be decoded."""
    text = decode(path, data).text
    node, findings = form.read(path, text)
    if node is None or findings:
        # What cannot be parsed cannot be masked: no report quotes any line of it.
        return UpdatedFile(data, blank_lines(text), "", findings=findings)
    shown = _mask(text, node, form, context)
    plan = form.plan(path, text, node, context)
    edits: tuple[Amendment | RegionEdit, ...] = (*plan.amendments, *plan.regions)
    if plan.findings or not edits:
        return UpdatedFile(data, shown, shown, findings=plan.findings, remarks=plan.remarks)
    content = apply_edits(data, _join_insertions(each.edit for each in edits))
    new_text = decode(path, content).text
    new_node, mistakes = form.read(path, new_text)
    if new_node is None or mistakes or not _is_as_planned(node, new_node, plan):
        problem = mistakes[0].message if mistakes else "the new text would be read as something else"
        obstacle = report_not_synced(min(each.edit.place for each in edits), problem, "make the change by hand")
        return UpdatedFile(data, shown, shown, findings=(obstacle,), remarks=plan.remarks)
    first = min((each.change for each in edits), key=lambda change: change.line)
    return UpdatedFile(content, shown, _mask(new_text, new_node, form, context), first, remarks=plan.remarks)


def blank_lines(text: str) -> str:
    """Return as many empty lines as a text has lines."""
    return "\n" * text.count("\n")


def _join_insertions(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits with one for each place, since edits must not overlap."""
    texts: dict[Place, str] = {}
    for edit in edits:
        texts[edit.place] = texts.get(edit.place, "") + edit.text
    return [Edit(place, text) for place, text in texts.items()]


def _mask(text: str, node: Node, form: Format, context: Context) -> str:
    return mask_values(text, form.find_values(text, node, context))


def _is_as_planned(before: Node, after: Node, plan: Plan) -> bool:
    """Return whether a document is the old one with the amendments, apart from what is between markers."""
    old_lines, new_lines = _list_lines(plan)
    # Aliases share nodes: each place in the document needs values of its own.
    expected = json.loads(_freeze(to_plain(prune(before, old_lines))))
    facts = [amendment for amendment in plan.amendments if not amendment.items]
    insertions = sorted((each for each in plan.amendments if each.items), key=lambda each: each.position)
    # Positions are those before all edits, so the last ones are inserted first.
    for amendment in (*facts, *reversed(insertions)):
        _amend(expected, amendment)
    return _freeze(expected) == _freeze(to_plain(prune(after, new_lines)))


def _list_lines(plan: Plan) -> tuple[list[range], list[range]]:
    """Return the lines of the regions before and after all edits, counted from 1."""
    edits: tuple[Amendment | RegionEdit, ...] = (*plan.amendments, *plan.regions)
    old: list[range] = []
    new: list[range] = []
    for region in plan.regions:
        place = region.edit.place
        shift = sum(
            each.edit.text.count("\n") - (each.edit.place.end_line - each.edit.place.line)
            for each in edits
            if each.edit.place < place
        )
        old.append(range(place.line, place.end_line))
        new.append(range(place.line + shift, place.line + shift + region.length))
    return old, new


def prune(node: Node, lines: Sequence[range]) -> Node:
    """Return a tree without the entries and items that begin on some lines; what is then empty is null."""
    if not lines or isinstance(node, ScalarNode):
        return node
    if isinstance(node, ListNode):
        items = tuple(prune(item, lines) for item in node.items if not _is_among(item.place, lines))
        return node._replace(items=items) if items else ScalarNode(None, node.place)
    entries = (each._replace(node=prune(each.node, lines)) for each in node.entries if not _is_among(each.place, lines))
    kept = tuple(entries)
    return MapNode(kept, node.place) if kept else ScalarNode(None, node.place)


def _is_among(place: Place, lines: Sequence[range]) -> bool:
    return any(place.line in each for each in lines)


def _amend(document: Any, amendment: Amendment) -> None:
    """Add the entries or items of an amendment to a document."""
    container = document
    for step in amendment.path:
        container = container[step]
    if amendment.items:
        container[amendment.position : amendment.position] = amendment.items
    else:
        container.update(amendment.values)


def _freeze(document: object) -> str:
    """Return a text that is equal for equal documents; unlike in Python, true is not 1 there."""
    return json.dumps(document, sort_keys=True)
