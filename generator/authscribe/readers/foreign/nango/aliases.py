"""Merge Nango's aliases: a provider that names another one gets all of its keys, apart from those that it has itself.

Nango merges in file order (`packages/providers/lib/index.ts`), one level deep: a `proxy` of the alias replaces the
whole `proxy` of the other provider. With Nango, an alias of an alias that follows later in the file gets only the keys
written there; here it gets all of them, and a finding reports the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.alias_chain import report_alias_chain
from authscribe.findings.rules.cyclic_alias import report_cyclic_alias
from authscribe.findings.rules.too_large import report_many_aliased
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.draft import MapNode, get_text
from authscribe.model.repetitions import Repetitions, count_nodes

ALIAS: Final = "alias"


@dataclass(frozen=True, slots=True)
class MergedProvider:
    """Provider with the keys that its alias gives it; each entry has the place at which it is written."""

    node: MapNode
    own_keys: frozenset[str]


def merge_aliases(providers: Mapping[str, MapNode]) -> dict[str, MergedProvider | Finding]:
    """Return each provider merged with its alias, or a finding with the reason why that is impossible.

    Providers that fail for the same reason have the same finding; if aliases get too much, all of them fail.
    """
    merged: dict[str, MergedProvider | Finding] = {}
    inherited = _Inheritance(providers)
    for name in providers:
        merged |= _follow_aliases(name, inherited, merged)
    if inherited.excess is not None:
        aliases = (name for name, node in providers.items() if node.find(ALIAS) is not None)
        merged |= dict.fromkeys(aliases, inherited.excess)
    return {name: merged[name] for name in providers}


def find_chains(providers: Mapping[str, MapNode], merged: Mapping[str, MergedProvider | Finding]) -> Iterator[Finding]:
    """Yield a warning for each usable alias of an alias that follows later in the file."""
    earlier: set[str] = set()
    for name, node in providers.items():
        earlier.add(name)
        target = get_text(node.find(ALIAS))
        later = providers.get(target) if target is not None and target not in earlier else None
        further = get_text(later.find(ALIAS)) if later is not None else None
        if target is not None and further is not None and isinstance(merged[name], MergedProvider):
            yield report_alias_chain((name, target, further), _find_place(node))


class _Inheritance:
    """Providers, and how much of others their aliases get; `excess` is the finding that it is too much."""

    def __init__(self, providers: Mapping[str, MapNode]) -> None:
        self.providers = providers
        self.names = Vocabulary(providers)
        self._repetitions = Repetitions(len(providers))
        self.excess: Finding | None = None

    def merge(self, base: MergedProvider | None, node: MapNode) -> MergedProvider | Finding:
        """Return a provider with the keys of the one that it is an alias of, unless aliases get too much."""
        if base is not None and self.excess is None and not self._repetitions.add(count_nodes(base.node)):
            self.excess = report_many_aliased(_find_place(node), limit=self._repetitions.limit)
        return self.excess or _merge(base, node)


def _follow_aliases(
    name: str, inherited: _Inheritance, merged: Mapping[str, MergedProvider | Finding]
) -> dict[str, MergedProvider | Finding]:
    """Go from alias to alias to a provider that is known, and return all that are merged on the way back."""
    path: dict[str, None] = {}
    current: str | None = name
    base: MergedProvider | Finding | None = None
    while current is not None and base is None:
        if current in path:
            base = _report_cycle(tuple(path)[tuple(path).index(current) :], inherited.providers)
        elif current in merged:
            base = merged[current]
        else:
            path[current] = None
            current, base = _find_target(inherited.providers[current], inherited.names)
    followed: dict[str, MergedProvider | Finding] = {}
    for step in reversed(path):
        node = inherited.providers[step]
        base = followed[step] = base if isinstance(base, Finding) else inherited.merge(base, node)
    return followed


def _find_target(node: MapNode, providers: Vocabulary) -> tuple[str | None, Finding | None]:
    alias = node.find(ALIAS)
    target = get_text(alias)
    if alias is not None and target is None:
        return None, report_wrong_value(ALIAS, alias.place, "input should be the name of a provider")
    if target is not None and target not in providers:
        return None, report_unknown_reference("provider", target, _find_place(node), providers)
    return target, None


def _merge(base: MergedProvider | None, node: MapNode) -> MergedProvider:
    own = {entry.key: entry for entry in node.entries}
    inherited = base.node.entries if base is not None else ()
    own_keys = frozenset(own)
    # An own entry has the position of the one that it replaces.
    entries = [own.pop(entry.key, entry) for entry in inherited]
    return MergedProvider(node._replace(entries=(*entries, *own.values())), own_keys)


def _report_cycle(members: tuple[str, ...], providers: Mapping[str, MapNode]) -> Finding:
    """Report a cycle from its first name in alphabetical order, so that each member has the same finding."""
    start = members.index(min(members))
    chain = (*members[start:], *members[: start + 1])
    return report_cyclic_alias(chain, _find_place(providers[chain[0]]))


def _find_place(node: MapNode) -> Place:
    alias = node.find(ALIAS)
    return alias.place if alias is not None else node.place
