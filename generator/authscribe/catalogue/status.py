"""Status of a connector, which the catalogue shows beside its definition."""

from __future__ import annotations

from dataclasses import dataclass

from authscribe.catalogue.document import ConnectorState
from authscribe.connectors.usages import NameUsage
from authscribe.drift.compare import Drift
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.model.definitions import Connector


@dataclass(frozen=True, slots=True)
class ConnectorStatus:
    """Connector with its names, its findings, and the drift that a run leaves at it.

    `place` is that of its definition. `outdated` are findings about scaffolded files that no longer match the
    definitions; `findings` includes them.
    """

    connector: Connector
    place: Place
    names: tuple[NameUsage, ...]
    findings: tuple[Finding, ...]
    drifts: tuple[Drift, ...]
    outdated: tuple[Finding, ...]

    @property
    def state(self) -> ConnectorState:
        """Return the worst state that applies; infos do not count as findings."""
        if self.drifts or self.outdated:
            return ConnectorState.DRIFT
        if any(finding.severity is not Severity.INFO for finding in self.findings):
            return ConnectorState.FINDINGS
        return ConnectorState.CLEAN
