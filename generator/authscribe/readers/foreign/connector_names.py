"""Name the connectors of different documents apart that would get one id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.shared_id import report_shared_id
from authscribe.model import naming
from authscribe.model.draft import Draft, MapNode, Noun, get_text, to_plain

_LENGTH_LIMIT: Final = 70
"""Characters of an id that leave room for a mark: ids have at most 80."""


def choose_names(
    drafts: Sequence[Draft], documents: Mapping[str, Sequence[MapNode]], locate: Callable[[str], PurePath]
) -> dict[str, str]:
    """Return other names for the connectors that share their id with that of different documents.

    `documents` are those of each connector, by the path of its draft, and `locate` returns the path that tells them
    apart. A name consists of as many of the last parts of that path as are needed.
    """
    groups: dict[str, list[str]] = {}
    for draft in drafts:
        identifier = find_connector_id(draft)
        if identifier is not None:
            groups.setdefault(identifier, []).append(draft.path)
    used = set(groups)
    names: dict[str, str] = {}
    for identifier, paths in groups.items():
        own = {path: locate(path) for path in paths if path in documents}
        if len(own) > 1 and not _are_copies([documents[path] for path in own]):
            chosen = _name_apart(identifier, own, used)
            used |= set(map(naming.make_id, chosen.values()))
            names |= chosen
    return names


def find_connector_id(draft: Draft) -> str | None:
    """Return the id of the first connector of a draft."""
    return next((get_text(definition.node.find("id")) for definition in draft.select(Noun.CONNECTOR)), None)


def report_names(before: Sequence[Draft], after: Sequence[Draft], paths: Collection[str]) -> tuple[Draft, ...]:
    """Return the drafts `after` those at the paths got other names, with a finding for each id that they shared."""
    shared: dict[str, list[Draft]] = {}
    for old, new in zip(before, after, strict=True):
        identifier = find_connector_id(old)
        if old.path in paths and identifier is not None and find_connector_id(new) is not None:
            shared.setdefault(identifier, []).append(new)
    findings = {group[0].path: _report_group(identifier, *group) for identifier, group in shared.items()}
    return tuple(
        draft._replace(findings=(*draft.findings, findings[draft.path])) if draft.path in findings else draft
        for draft in after
    )


def _report_group(identifier: str, first: Draft, *others: Draft) -> Finding:
    renamed = [(find_connector_id(draft) or "", _find_place(draft)) for draft in others]
    return report_shared_id(identifier, find_connector_id(first) or "", _find_place(first), renamed)


def _find_place(draft: Draft) -> Place:
    return next(draft.select(Noun.CONNECTOR)).node.place


def _are_copies(groups: Iterable[Sequence[MapNode]]) -> bool:
    first, *others = ([to_plain(document) for document in documents] for documents in groups)
    return all(other == first for other in others)


def _name_apart(identifier: str, located: Mapping[str, PurePath], used: Collection[str]) -> dict[str, str]:
    """Return names that give an id of its own to each path."""
    for count in range(1, max(len(path.parts) for path in located.values()) + 1):
        names = {key: "-".join(path.parts[-count:]) for key, path in located.items()}
        ids = set(map(naming.make_id, names.values()))
        if len(ids) == len(names) and all(map(naming.is_id, ids)) and ids.isdisjoint(used):
            return names
    return {key: f"{identifier[:_LENGTH_LIMIT]}-{naming.make_mark(key)}" for key in located}
