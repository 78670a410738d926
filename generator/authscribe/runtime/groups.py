"""Divide items into groups that stay the same if others are added or removed elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

ItemT = TypeVar("ItemT")


def split_groups(items: Iterable[ItemT], begins: Callable[[ItemT], bool]) -> Iterator[tuple[ItemT, ...]]:
    """Yield groups of items that follow each other: each item that `begins` accepts is the first of a group.

    So one item more or less changes one group, or two of them.
    """
    group: list[ItemT] = []
    for item in items:
        if group and begins(item):
            yield tuple(group)
            group = []
        group.append(item)
    if group:
        yield tuple(group)
