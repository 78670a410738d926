"""Standings: how each connector is doing, which is what the catalogue shows beside its definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from authscribe.catalogue.links import Where
from authscribe.connectors.usages import NameUsage
from authscribe.findings.finding import Finding, Severity
from authscribe.model.definitions import Connector


class ConnectorState(StrEnum):
    """How a connector is doing, in one word; the worst comes last."""

    CLEAN = "clean"
    FINDINGS = "findings"
    DRIFT = "drift"


class ConnectorDrift(StrEnum):
    """What is not as the definitions have it after a run: an output, or a scaffolded file that no longer fits."""

    EDITED = "edited"
    ORPHANED = "orphaned"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Noted:
    """A finding, with its place as readers see it."""

    finding: Finding
    where: Where


@dataclass(frozen=True, slots=True)
class Drifted:
    """A file of a connector that is not as the definitions have it."""

    state: ConnectorDrift
    path: str


@dataclass(frozen=True, slots=True)
class Named:
    """A name of a connector, with the places of its uses as readers see them."""

    item: NameUsage
    uses: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class ConnectorStatus:
    """A connector, where it is defined, and everything that is to be said about it."""

    connector: Connector
    where: Where
    names: tuple[Named, ...]
    findings: tuple[Noted, ...]
    drifts: tuple[Drifted, ...]

    @property
    def faults(self) -> int:
        """How many findings count: errors and warnings."""
        return sum(noted.finding.severity is not Severity.INFO for noted in self.findings)

    @property
    def state(self) -> ConnectorState:
        """The worst of what there is."""
        if self.drifts:
            return ConnectorState.DRIFT
        return ConnectorState.FINDINGS if self.faults else ConnectorState.CLEAN


@dataclass(frozen=True, slots=True)
class ConnectorStatuses:
    """All connectors, sorted by id, each made when it is asked for; and where each scheme is defined."""

    connectors: Iterator[ConnectorStatus]
    schemes: dict[str, Where]
