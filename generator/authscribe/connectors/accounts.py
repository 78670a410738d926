"""Account for the keys of a connector when a definition is begun from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.definition import Slot, select_slots
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Place
from authscribe.model.draft import (
    Entry,
    KeyOutcome,
    MapNode,
    Outcome,
    ScalarNode,
    count_keys,
    list_places,
    list_scalar_places,
    make_pointer,
    to_plain,
)
from authscribe.model.platform import ManifestFile

_NO_KEY: Final = "definitions have no key for it"
_FILLED: Final = "another operation fills the same place of a request with another value"
_UNDECLARED: Final = "it refers to a name that nothing declares"


def account_manifest(
    context: ConnectorContext, definition: MapNode, withheld: Collection[Place]
) -> Iterator[KeyOutcome]:
    """Yield the outcome of each key of the manifest.

    `definition` is that of the connector, and `withheld` are the places of values that may be secret.
    """
    layout, manifest = context.snapshot.layout, context.snapshot.manifest
    paths = {*context.selector, *_list_flags(context), *layout.system}
    held = set(list_places(definition))
    for path in (*layout.endpoints.values(), *layout.scope_lists.values()):
        setting = context.snapshot.find_setting(path)
        paths |= {path} if setting is not None and setting.place in held else set()
    read = {make_pointer(keys): make_pointer((*keys[:-1], key)) for keys, key in context.snapshot.misspelt_keys.items()}
    for entry in manifest.entries if manifest is not None else ():
        for outcome in _account_entry(entry, (entry.key,), paths, layout, withheld):
            yield outcome._replace(pointer=_restore_pointer(outcome.pointer, read))


def _restore_pointer(pointer: str, read: Mapping[str, str]) -> str:
    """Return a pointer with the keys as the manifest has them; `read` are pointers by those that were read for them."""
    for meant in sorted(read, key=len, reverse=True):
        if f"{pointer}/".startswith(f"{meant}/"):
            pointer = read[meant] + pointer.removeprefix(meant)
    return pointer


def _list_flags(context: ConnectorContext) -> Iterator[str]:
    """Yield the flags that the manifest sets or unsets."""
    for flag in context.platform.flags:
        setting = context.snapshot.find_setting(flag.name)
        if setting is not None and isinstance(setting.node, ScalarNode) and isinstance(setting.node.value, bool):
            yield flag.name


def _account_entry(
    entry: Entry, keys: tuple[str, ...], paths: Collection[str], layout: ManifestFile, withheld: Collection[Place]
) -> Iterator[KeyOutcome]:
    """Yield the outcome of an entry as a whole, or of those in it if the definition holds only some of them."""
    path = ".".join(keys)
    has_inner = any(each.startswith(f"{path}.") for each in (*paths, layout.parameters or ""))
    if entry.node.place in withheld:
        yield make_outcome(entry, keys, Outcome.WITHHELD)
    elif path in paths:
        yield make_outcome(entry, keys, Outcome.MAPPED)
    elif path == layout.parameters and isinstance(entry.node, MapNode):
        yield from _account_parameters(entry, entry.node, keys, layout)
    elif has_inner and isinstance(entry.node, MapNode):
        for inner in entry.node.entries:
            yield from _account_entry(inner, (*keys, inner.key), paths, layout, withheld)
    else:
        yield make_outcome(entry, keys, Outcome.LOST, _NO_KEY)


def _account_parameters(
    entry: Entry, node: MapNode, keys: tuple[str, ...], layout: ManifestFile
) -> Iterator[KeyOutcome]:
    """Yield the outcome of the declared names, and of what is declared about each beyond the usual."""
    yield KeyOutcome(make_pointer(keys), entry.place, Outcome.MAPPED, len(node.entries) + 1)
    for parameter in node.entries:
        if to_plain(parameter.node) == layout.declaration:
            continue
        for inner in parameter.node.entries if isinstance(parameter.node, MapNode) else ():
            yield make_outcome(inner, (*keys, parameter.key, inner.key), Outcome.LOST, _NO_KEY)


def make_outcome(entry: Entry, keys: tuple[str, ...], outcome: Outcome, reason: str = "") -> KeyOutcome:
    """Return the outcome of an entry and everything in it; reports quote no value that is not mapped."""
    values = tuple(list_scalar_places(entry.node)) if outcome is not Outcome.MAPPED else ()
    return KeyOutcome(make_pointer(keys), entry.place, outcome, count_keys(entry.node) + 1, reason, values)


def account_slots(leaves: Iterable[Leaf], slots: Iterable[Slot], withheld: Collection[Place]) -> Iterator[KeyOutcome]:
    """Yield the outcome of each value of a system that refers to a secret or is one; `slots` are all usable ones."""
    by_leaf = {slot.leaf.place: slot for slot in slots}
    held = {slot.key: slot.leaf.value for slot in select_slots(by_leaf.values())}
    for leaf in leaves:
        slot = by_leaf.get(leaf.place)
        if leaf.place in withheld:
            yield KeyOutcome(leaf.pointer, leaf.place, Outcome.WITHHELD, 1, values=(leaf.place,))
        elif slot is not None and held[slot.key] == leaf.value:
            yield KeyOutcome(leaf.pointer, leaf.place, Outcome.MAPPED, 1)
        elif leaf.secrets:
            reason = _UNDECLARED if slot is None else _FILLED
            yield KeyOutcome(leaf.pointer, leaf.place, Outcome.LOST, 1, reason, (leaf.place,))
