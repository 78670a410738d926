"""Decide where missing entries go: beside their nearest neighbour in the order of the target."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple


class Group(NamedTuple):
    """Missing names that go after, or before, the entry of another name."""

    anchor: str
    is_after: bool
    names: tuple[str, ...]


def group_missing(order: Sequence[str], present: Container[str], missing: Container[str]) -> Iterator[Group]:
    """Yield the missing names with their neighbours: those at the beginning go before the first one that is present.

    At least one name of the order must be present.
    """
    first = next(index for index, name in enumerate(order) if name in present)
    leading = tuple(name for name in order[:first] if name in missing)
    if leading:
        yield Group(order[first], is_after=False, names=leading)
    anchor, names = order[first], list[str]()
    for name in (*order[first + 1 :], None):
        if name is not None and name in missing:
            names.append(name)
        elif name is None or name in present:
            if names:
                yield Group(anchor, is_after=True, names=tuple(names))
            anchor, names = name or anchor, []
