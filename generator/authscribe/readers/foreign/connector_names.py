"""Name the connectors of different documents apart that would get one id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.shared_id import report_shared_id
from authscribe.model import naming
from authscribe.model.draft import Draft, ListNode, MapNode, Node, Noun, ScalarNode, get_text, to_plain

_ID_KEYS: Final = ("id", "scheme", "methods")
"""Keys of a scheme or connector with its id, or with ids of its schemes."""
_LENGTH_LIMIT: Final = 70
"""Characters of an id that leave room for a mark or the id of a method: ids have at most 80."""


def choose_names(
    drafts: Sequence[Draft], documents: Mapping[str, Sequence[MapNode]], locate: Callable[[str], PurePath]
) -> dict[str, str]:
    """Return other names for connectors of different documents whose ids are equal or become one module.

    `documents` are those of each connector, by the path of its draft, and `locate` returns the path that tells them
    apart. A name consists of as many of the last parts of that path as are needed.
    """
    groups: dict[str, list[str]] = {}
    for draft in drafts:
        for identifier in _list_ids(draft):
            groups.setdefault(naming.to_module(identifier), []).append(draft.path)
    used = set(groups)
    names: dict[str, str] = {}
    for module, paths in groups.items():
        own = {path: locate(path) for path in paths if path in documents}
        if len(own) > 1 and not _are_copies([documents[path] for path in own]):
            chosen = _name_apart(module, own, used)
            used |= set(map(_to_module, chosen.values()))
            names |= chosen
    return names


def _list_ids(draft: Draft) -> Iterator[str]:
    """Yield the ids of the connectors of a draft."""
    ids = (get_text(definition.node.find("id")) for definition in draft.select(Noun.CONNECTOR))
    return (identifier for identifier in ids if identifier is not None)


def _to_module(name: str) -> str:
    return naming.to_module(naming.make_id(name))


def rename_connector(draft: Draft, name: str) -> Draft:
    """Return the draft of a document with one connector under another name, and its schemes and findings with it."""
    old = next(_list_ids(draft), "")
    move = partial(_move_id, old=old, new=naming.make_id(name))
    definitions = (each._replace(node=_move_ids(each.node, move)) for each in draft.definitions)
    findings = (finding._replace(connector=move(finding.connector or "") or None) for finding in draft.findings)
    return draft._replace(definitions=tuple(definitions), findings=tuple(findings))


def _move_ids(node: MapNode, move: Callable[[str], str]) -> MapNode:
    """Return a scheme or connector with its own id and those that it refers to under another name."""
    entries = (
        entry._replace(node=_move_all(entry.node, move)) if entry.key in _ID_KEYS else entry for entry in node.entries
    )
    return MapNode(tuple(entries), node.place)


def _move_all(node: Node, move: Callable[[str], str]) -> Node:
    match node:
        case ScalarNode(value=str() as value):
            return ScalarNode(move(value), node.place)
        case ListNode(items=items):
            return ListNode(tuple(_move_all(item, move) for item in items), node.place)
        case MapNode():
            entries = (
                entry._replace(node=_move_all(entry.node, move)) if entry.key == "schemes" else entry
                for entry in node.entries
            )
            return MapNode(tuple(entries), node.place)
    return node


def _move_id(identifier: str, *, old: str, new: str) -> str:
    """Return an id that begins with the old id of a connector with the new one; any other id as it is."""
    if identifier != old and not identifier.startswith(f"{old}."):
        return identifier
    moved = f"{new}{identifier.removeprefix(old)}"
    return moved if naming.is_id(moved) else f"{new[:_LENGTH_LIMIT]}.{naming.make_mark(identifier)}"


def report_names(before: Sequence[Draft], after: Sequence[Draft], paths: Collection[str]) -> tuple[Draft, ...]:
    """Return the drafts `after` those at the paths got other names, with a finding for each id that they shared."""
    shared: dict[str, dict[str, Place]] = {}
    for old, new in sorted(zip(before, after, strict=True), key=lambda pair: pair[0].path not in paths):
        for module, identifier, place in _list_moves(old, new):
            # A connector that keeps its id does not share it unless another one had to give it up.
            if old.path in paths or module in shared:
                shared.setdefault(module, {}).setdefault(identifier, place)
    reports = [_report_group(*group.items()) for group in shared.values()]
    findings = {finding.place.path: finding for finding in reports}
    return tuple(
        draft._replace(findings=(*draft.findings, findings[draft.path])) if draft.path in findings else draft
        for draft in after
    )


def _list_moves(old: Draft, new: Draft) -> Iterator[tuple[str, str, Place]]:
    """Yield the module of each connector of a draft, with its new id and its place."""
    nodes = (definition.node for definition in new.select(Noun.CONNECTOR))
    for before, after, node in zip(_list_ids(old), _list_ids(new), nodes, strict=False):
        yield naming.to_module(before), after, node.place


def _report_group(first: tuple[str, Place], *others: tuple[str, Place]) -> Finding:
    return report_shared_id(*first, others)


def _are_copies(groups: Iterable[Sequence[MapNode]]) -> bool:
    first, *others = ([to_plain(document) for document in documents] for documents in groups)
    return all(other == first for other in others)


def _name_apart(module: str, located: Mapping[str, PurePath], used: Collection[str]) -> dict[str, str]:
    """Return names that give a module of its own to each path."""
    parts = _strip_common_parts(located)
    for count in range(1, max(map(len, parts.values())) + 1):
        names = {key: "-".join(each[-count:]) for key, each in parts.items()}
        modules = set(map(_to_module, names.values()))
        if len(modules) == len(names) and all(map(_is_usable, names.values())) and modules.isdisjoint(used):
            return names
    return {key: f"{module[:_LENGTH_LIMIT]}-{naming.make_mark('/'.join(each))}" for key, each in parts.items()}


def _strip_common_parts(located: Mapping[str, PurePath]) -> dict[str, tuple[str, ...]]:
    """Return the parts of the paths below the folder of all, the same on every machine and in every revision."""
    # The path of a document in a revision begins with its name, as in `main:a.yaml`.
    parts = {key: PurePath(str(path).rpartition(":")[2]).parts for key, path in located.items()}
    levels = zip(*parts.values(), strict=False)
    common = sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))
    return {key: each[common:] for key, each in parts.items()}


def _is_usable(name: str) -> bool:
    identifier = naming.make_id(name)
    return naming.is_id(identifier) and len(identifier) <= _LENGTH_LIMIT
