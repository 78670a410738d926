"""Compare what the templates of connectors use, beyond what their definitions state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from authscribe.changes.change import Change
from authscribe.changes.effects import BREAKS_OWNERS, COMPATIBLE, WEAKER
from authscribe.changes.facts import disables_verification
from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Place


def compare_contexts(
    old: Sequence[ConnectorContext], new: Sequence[ConnectorContext]
) -> Iterator[tuple[Change, Place]]:
    """Yield the changes of the connectors that both sides have, each with its place."""
    before = {context.name: context for context in old}
    for context in new:
        if context.name in before:
            yield from _compare_secrets(before[context.name], context)
            yield from _compare_verification(before[context.name], context)


def _compare_secrets(old: ConnectorContext, new: ConnectorContext) -> Iterator[tuple[Change, Place]]:
    provided = {*new.injected, *new.by_flag}
    for name in {**old.secrets, **new.secrets}:
        keys, subject = ("connectors", new.name, "secrets", name), f"connector '{new.name}': secret '{name}'"
        if name not in old.secrets:
            effect = COMPATIBLE if name in provided else BREAKS_OWNERS
            source = "which the platform injects" if name in provided else "which the owner must supply"
            message = f"{subject}, {source}, is used now"
            yield Change(keys, message, effect, None, name), new.secrets[name][0].place
        elif name not in new.secrets:
            yield Change(keys, f"{subject} is no longer used", COMPATIBLE, name, None), new.snapshot.place


def _compare_verification(old: ConnectorContext, new: ConnectorContext) -> Iterator[tuple[Change, Place]]:
    before = {leaf.path: leaf.value for leaf in old.snapshot.leaves}
    for leaf in new.snapshot.leaves:
        if leaf.slot and disables_verification(leaf.slot[-1], before.get(leaf.path), leaf.value):
            keys, slot = ("connectors", new.name, *leaf.path), ".".join(leaf.slot)
            message = f"connector '{new.name}': {slot} no longer verifies the other party"
            yield Change(keys, message, WEAKER, str(before.get(leaf.path)).lower(), str(leaf.value).lower()), leaf.place
