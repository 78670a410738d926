"""Look up many entries of the cache at once.

Looking up a thousand entries takes several times as long as reading their values from one place. So entries that most
runs ask for together are kept in bundles as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final

from authscribe.runtime import cache
from authscribe.runtime.groups import split_groups

_NOTHING: Final = b""
"""Content of no bundle, so that it counts as missing."""


def lookup_together(folder: Path, keys: Sequence[str]) -> dict[str, bytes]:
    """Return the entries under those of the keys that the cache has, given keys that most runs ask for in this order.

    Stores the bundles that are missing.
    """
    bundles = {_make_bundle_key(group): group for group in _split_keys(keys)}
    known: dict[str, bytes] = {}
    for bundle, content in cache.lookup(folder, tuple(bundles)).items():
        with suppress(*cache.BAD_FORM):
            known |= dict(_unpack(bundles[bundle], content))
    others = {bundle: group for bundle, group in bundles.items() if group[0] not in known}
    known |= cache.lookup(folder, [key for group in others.values() for key in group])
    complete = {bundle: group for bundle, group in others.items() if all(key in known for key in group)}
    if complete:
        cache.store(folder, ((bundle, _pack([known[key] for key in group])) for bundle, group in complete.items()))
    return known


def replace_entries(folder: Path, keys: Iterable[str], entries: Iterable[tuple[str, bytes]]) -> None:
    """Store entries that may replace others under some of the keys, given those of `lookup_together` in their order.

    The next lookup makes the bundles that may hold what they replace again.
    """
    new = dict(entries)
    outdated = (_make_bundle_key(group) for group in _split_keys(keys) if not new.keys().isdisjoint(group))
    cache.store(folder, chain(new.items(), ((bundle, _NOTHING) for bundle in outdated)))


def _make_bundle_key(keys: Iterable[str]) -> str:
    return f"{cache.make_key(keys)}/bundle"


def _split_keys(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield groups of about 16 keys, which are hexadecimal."""
    return split_groups(keys, lambda key: key.startswith("0"))


def _pack(values: Sequence[bytes]) -> bytes:
    """Return values in one: a line with their lengths, and the values themselves."""
    lengths = " ".join(str(len(value)) for value in values)
    return b"%s\n%s" % (lengths.encode(), b"".join(values))


def _unpack(keys: Iterable[str], content: bytes) -> Iterator[tuple[str, bytes]]:
    line, _, rest = content.partition(b"\n")
    lengths = tuple(map(int, line.split()))
    if sum(lengths) != len(rest):
        raise ValueError("a bundle that is not complete")
    start = 0
    for key, length in zip(keys, lengths, strict=True):
        yield key, rest[start : start + length]
        start += length
