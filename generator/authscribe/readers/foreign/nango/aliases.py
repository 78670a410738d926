"""Aliases of Nango: a provider that names another one takes all of its keys, and its own replace them whole.

The vendor merges in the order of the file (`packages/providers/lib/index.ts`), one level deep: a `proxy` of the
alias's own leaves nothing of the other's. An alias of an alias that stands later gets only what that one writes
itself; here it gets what was meant, and a finding says that there is a chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.alias_chain import report_alias_chain
from authscribe.findings.rules.cyclic_alias import report_cyclic_alias
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.model.draft import MapNode, Node, get_text

ALIAS: Final = "alias"


@dataclass(frozen=True, slots=True)
class Merged:
    """A provider with the keys of those that it is an alias of; each entry has its place where it was written."""

    node: MapNode
    own: frozenset[str]


def merge_aliases(providers: Mapping[str, MapNode]) -> dict[str, Merged | Finding]:
    """Each provider with what its alias gives it, or the finding that says why there is nothing to give.

    All providers that fail for one reason have the same finding.
    """
    done: dict[str, Merged | Finding] = {}
    for name in providers:
        _follow(name, providers, done)
    return {name: done[name] for name in providers}


def find_chains(providers: Mapping[str, MapNode], merged: Mapping[str, Merged | Finding]) -> Iterator[Finding]:
    """A warning for each alias of an alias that leads somewhere."""
    for name, node in providers.items():
        target = get_text(node.find(ALIAS))
        further = get_text(providers[target].find(ALIAS)) if target is not None and target in providers else None
        if target is not None and further is not None and isinstance(merged[name], Merged):
            yield report_alias_chain((name, target, further), _place(node))


def _follow(name: str, providers: Mapping[str, MapNode], done: dict[str, Merged | Finding]) -> None:
    """Goes from alias to alias until something is known, then merges all the way back."""
    path: dict[str, None] = {}
    current: str | None = name
    base: Merged | Finding | None = None
    while current is not None and base is None:
        if current in path:
            base = _cycle(tuple(path)[tuple(path).index(current) :], providers)
        elif current in done:
            base = done[current]
        else:
            path[current] = None
            current, base = _next(providers[current], providers)
    for step in reversed(path):
        base = done[step] = base if isinstance(base, Finding) else _over(base, providers[step])


def _next(node: MapNode, providers: Mapping[str, MapNode]) -> tuple[str | None, Finding | None]:
    alias = node.find(ALIAS)
    target = get_text(alias)
    if alias is not None and target is None:
        return None, report_wrong_value(ALIAS, alias.place, "input should be the name of a provider")
    if target is not None and target not in providers:
        return None, report_unknown_reference("provider", target, _place(node), providers)
    return target, None


def _over(base: Merged | None, node: MapNode) -> Merged:
    own = {entry.key: entry for entry in node.entries}
    inherited = base.node.entries if base is not None else ()
    keys = frozenset(own)
    kept = [own.pop(entry.key, entry) for entry in inherited]
    return Merged(node._replace(entries=(*kept, *own.values())), keys)


def _cycle(members: tuple[str, ...], providers: Mapping[str, MapNode]) -> Finding:
    """Told from the first name on, so that each member of the cycle has the same finding."""
    start = members.index(min(members))
    chain = (*members[start:], *members[: start + 1])
    return report_cyclic_alias(chain, _place(providers[chain[0]]))


def _place(node: MapNode) -> Place:
    found: Node | None = node.find(ALIAS)
    return found.place if found is not None else node.place
