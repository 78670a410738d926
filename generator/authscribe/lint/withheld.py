"""Locate the values of a connector that may be credentials, which reports and diffs must not show."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.leaves import find_entries
from authscribe.connectors.once import once_per_connector
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Lines, Place
from authscribe.lint.credentials import (
    QUOTED,
    RUN_TIME,
    SHORTEST,
    is_address,
    is_credential,
    is_literal,
)
from authscribe.lint.literals import (
    LITERAL_SECRET,
    check_literals,
    find_literal_password,
    find_resembled,
    has_literal_query,
    is_filler,
)
from authscribe.lint.placements import is_as_placed
from authscribe.model.credential_names import is_clear_credential
from authscribe.model.stand_ins import MISSPELT_USER_INFORMATION
from authscribe.readers.text import mask_texts

_WORD: Final = re.compile(r"[\w+/-]{8,}")


@once_per_connector
def locate_withheld(context: ConnectorContext) -> frozenset[Place]:
    """Return the places of literal credentials, and of other values that may contain one."""
    return frozenset(_list_withheld(_list_leaves(context), context))


def locate_withheld_in(lines: Lines, context: ConnectorContext) -> frozenset[Place]:
    """Return at least those of the places that are in these lines, and what else may be a credential in them.

    A report quotes few of all lines.
    """
    leaves = [leaf for leaf in _list_leaves(context) if _is_in(leaf.place, lines)]
    return frozenset((*_list_withheld(leaves, context), *_list_unread(lines, leaves, context)))


def _is_in(place: Place, lines: Lines) -> bool:
    """Return whether a part of a place is in these lines; values in YAML may have several."""
    path, first, _, last, _ = place
    return any((path, number) in lines for number in range(first, last + 1)) if first < last else (path, first) in lines


def is_withheld(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether the place of a leaf is one of them."""
    return leaf.place in _list_withheld((leaf,), context)


def _list_withheld(leaves: Iterable[Leaf], context: ConnectorContext) -> Iterator[Place]:
    yield from (finding.place for finding in check_literals(context) if finding.code == LITERAL_SECRET.code)
    yield from (leaf.place for leaf in leaves if _may_contain_credential(leaf, context))


def _list_leaves(context: ConnectorContext) -> tuple[Leaf, ...]:
    return (*context.snapshot.leaves, *context.manifest_leaves)


def mask_withheld(context: ConnectorContext) -> dict[str, str]:
    """Return the texts of a connector by their paths in findings, with these values masked.

    What else may be a credential is masked in files with mistakes and in the system, which may repeat keys.
    """
    snapshot = context.snapshot
    paths = {place.path for finding in snapshot.findings for place in finding.places}
    paths |= {snapshot.system.place.path} if snapshot.system is not None else set()
    split = {path: snapshot.texts[path].split("\n") for path in paths & snapshot.texts.keys()}
    lines = {(path, number): line for path, each in split.items() for number, line in enumerate(each, 1)}
    unread = _list_unread(lines, _list_leaves(context), context)
    return mask_texts(snapshot.texts, (*locate_withheld(context), *unread))


def _list_unread(lines: Lines, read: Iterable[Leaf], context: ConnectorContext) -> Iterator[Place]:
    """Yield the places in lines that may hold a credential, apart from those of the leaves that were read.

    These have one value of a repeated key only, and none of a file that cannot be parsed or that is no system.
    """
    places = sorted(leaf.place for leaf in read)
    for (path, number), line in lines.items():
        for leaf in find_entries(path, number, line):
            if not _is_among(leaf.place, places) and _may_be_credential(context.add_references(leaf), context):
                yield leaf.place


def _may_be_credential(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf of which only the last key is known may contain a credential."""
    is_free = not leaf.references and is_literal(str(leaf.value))
    return _may_contain_credential(leaf, context) or (is_free and leaf.slot[-1] in _list_credential_keys(context))


@once_per_connector
def _list_credential_keys(context: ConnectorContext) -> frozenset[str]:
    """Return the keys below which the system has a credential, or refers to one."""
    return frozenset(
        leaf.slot[-1]
        for leaf in context.snapshot.leaves
        if leaf.slot and ((leaf.secrets and not is_address(leaf, context)) or is_credential(leaf, context))
    )


def _is_among(place: Place, others: list[Place]) -> bool:
    """Return whether a place begins in one of these places, which are sorted and do not overlap."""
    start = (place.line, place.column)
    index = bisect_left(others, (place.path, *start), key=lambda each: each[:3])
    before = others[max(0, index - 1) : index + 1]
    return any(each.path == place.path and each[1:3] <= start < each[3:] for each in before)


def _may_contain_credential(leaf: Leaf, context: ConnectorContext) -> bool:
    if not isinstance(leaf.value, str):
        return False
    if find_literal_password(leaf.value, MISSPELT_USER_INFORMATION) or has_literal_query(leaf.value):
        return True
    if any(reference.literal >= SHORTEST for reference in leaf.references):
        return True
    if leaf.references:
        is_sent = bool(leaf.secrets) and not is_address(leaf, context)
        return (is_sent or is_credential(leaf, context)) and _has_literal_beside(leaf, context)
    is_free = is_literal(leaf.value) and find_resembled(leaf.value, context) is None
    return is_free and any(map(is_clear_credential, leaf.slot[-2:])) and not is_filler(leaf, context)


def _has_literal_beside(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a text beside the references of a leaf, other than one that placements state, may be a value."""
    parts = context.split_value(leaf)
    if parts is None or is_as_placed(leaf, context):
        return False
    text = "\0".join(part for part in parts if isinstance(part, str))
    quoted = (each for expression in RUN_TIME.findall(text) for each in QUOTED.findall(expression))
    return any(map(_resembles_value, _WORD.findall("\0".join((RUN_TIME.sub("\0", text), *quoted)))))


def _resembles_value(word: str) -> bool:
    """Return whether a long word has digits, unlike those that name a scheme or a parameter."""
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))
