"""Connectors that an earlier run has resolved and checked, given the same schemes: a run need not do so again."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.model.definitions import Connector
from authscribe.model.draft import Draft, MapNode, get_text
from authscribe.resolve.repetitions import Use


class KnownConnector(NamedTuple):
    """Resolved connector, the place of its id, and what it repeats of schemes and of itself.

    `sha256` is what `Catalogue.identify` returns for it.
    """

    connector: Connector
    sha256: str
    start: Place
    uses: tuple[Use, ...]


class KnownConnectors(NamedTuple):
    """Known connectors by id, and the findings about them; none of their names is that of another connector.

    `drafts` has those of their sources by path, which are read when they are needed. `checked` are the ids of those
    whose values have been checked, with `value_findings` as the result.
    """

    connectors: Mapping[str, KnownConnector]
    findings: tuple[Finding, ...]
    checked: AbstractSet[str]
    value_findings: tuple[Finding, ...]
    drafts: Mapping[str, Draft]

    @property
    def names(self) -> dict[str, str]:
        """Return the id behind each name."""
        return {name: identifier for identifier, each in self.connectors.items() for name in each.connector.all_ids}

    def get_node(self, identifier: str) -> MapNode:
        """Return the definition of a connector as its source states it."""
        definitions = self.drafts[self.connectors[identifier].start.path].definitions
        return next(each.node for each in definitions if get_text(each.node.find("id")) == identifier)


NOTHING_KNOWN: Final = KnownConnectors({}, (), frozenset(), (), {})
