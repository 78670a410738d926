"""Connectors that an earlier run has resolved and checked, given the same schemes: a run need not do so again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.model.definitions import Connector
from authscribe.model.draft import MapNode
from authscribe.resolve.repetitions import Use


class KnownConnector(NamedTuple):
    """Resolved connector, the place of its id, and what it repeats of schemes and of itself."""

    connector: Connector
    start: Place
    uses: tuple[Use, ...]


def _read_nothing(identifier: str) -> MapNode:
    raise KeyError(identifier)


class KnownConnectors(NamedTuple):
    """Known connectors by id, and the findings about them; none of their names is that of another connector.

    `read` returns the definition of one as its source states it. `checked` are the ids of those whose values have been
    checked, with `value_findings` as the result.
    """

    connectors: Mapping[str, KnownConnector] = MappingProxyType({})
    findings: tuple[Finding, ...] = ()
    checked: AbstractSet[str] = frozenset()
    value_findings: tuple[Finding, ...] = ()
    read: Callable[[str], MapNode] = _read_nothing

    @property
    def names(self) -> dict[str, str]:
        """Return the id behind each name."""
        return {name: identifier for identifier, each in self.connectors.items() for name in each.connector.all_ids}


NOTHING_KNOWN: Final = KnownConnectors()
