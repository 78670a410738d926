"""Compare what the templates of connectors use, beyond what their definitions state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from authscribe.changes.change import Change, describe_step, describe_value
from authscribe.changes.effects import BREAKS_OWNERS, COMPATIBLE, WEAKER, judge_address
from authscribe.changes.facts import disables_verification
from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Place
from authscribe.lint.addresses import is_cleartext, parse_host, show_address
from authscribe.lint.credentials import ADDRESS_KEYS


def compare_contexts(
    old: Sequence[ConnectorContext], new: Sequence[ConnectorContext]
) -> Iterator[tuple[Change, Place]]:
    """Yield the changes of the connectors that both sides have, each with its place."""
    before = {context.name: context for context in old}
    for context in new:
        if context.name in before:
            yield from _compare_secrets(before[context.name], context)
            yield from _compare_verification(before[context.name], context)
            yield from _compare_addresses(before[context.name], context)


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


def _compare_addresses(old: ConnectorContext, new: ConnectorContext) -> Iterator[tuple[Change, Place]]:
    """Yield the changes of addresses to which requests go; those with secrets in them are placements.

    Of the addresses of single requests, only the first one counts that moves from one host to another, or in the same
    way from an encrypted connection to one in clear.
    """
    before = {leaf.path: leaf for leaf in old.snapshot.leaves}
    moves: set[tuple[tuple[str | None, bool], ...]] = set()
    for leaf in sorted(new.snapshot.leaves, key=lambda leaf: len(leaf.slot)):
        earlier = before.get(leaf.path, leaf._replace(value="", references=()))
        sides = (str(earlier.value), str(leaf.value))
        move = tuple((parse_host(side), is_cleartext(side)) for side in sides)
        is_address = bool(leaf.slot) and leaf.slot[-1] in ADDRESS_KEYS and any(host for host, _ in move)
        if not is_address or sides[0] == sides[1] or earlier.secrets or leaf.secrets:
            continue
        effect = judge_address(*sides)
        if (effect.is_weaker and move not in moves) or (len(leaf.slot) == 1 and sides[0]):
            moves.add(move)
            shown = [describe_value(show_address(side)) for side in sides]
            message = f"connector '{new.name}': {'.'.join(leaf.slot)} {describe_step(*shown)}"
            yield Change(("connectors", new.name, *leaf.path), message, effect, *shown), leaf.place
