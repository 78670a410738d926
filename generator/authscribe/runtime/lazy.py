"""Make values when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class LazyMapping(Mapping[KeyT, ValueT]):
    """Mapping with these keys, in their order, whose values are made one by one, each at most once."""

    def __init__(self, keys: Iterable[KeyT], make: Callable[[KeyT], ValueT]) -> None:
        self._keys = dict.fromkeys(keys)
        self._make = make
        self._made: dict[KeyT, ValueT] = {}

    def __getitem__(self, key: KeyT) -> ValueT:
        if key not in self._made:
            if key not in self._keys:
                raise KeyError(key)
            self._made[key] = self._make(key)
        return self._made[key]

    def __iter__(self) -> Iterator[KeyT]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys
