"""Status of a connector, which the catalogue shows beside its definition."""

from __future__ import annotations

from typing import Final, NamedTuple

from authscribe.catalogue.document import ConnectorState
from authscribe.connectors.usages import NameUsage
from authscribe.drift.drift import Drift
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.model.definitions import Connector

_SEVERITIES: Final = tuple(Severity)
"""All severities, the most severe first."""


class ConnectorStatus(NamedTuple):
    """Connector with its names, its findings, and the drift that a run leaves at it.

    `place` is that of its definition. `names` is None if none of its files has been read. `outdated` are findings about
    scaffolded files that no longer match the definitions; `findings` includes them.
    """

    connector: Connector
    place: Place
    names: tuple[NameUsage, ...] | None
    findings: tuple[Finding, ...]
    drifts: tuple[Drift, ...]
    outdated: tuple[Finding, ...]

    @property
    def state(self) -> ConnectorState:
        """Return the worst state that applies."""
        if self.drifts or self.outdated:
            return ConnectorState.DRIFT
        return ConnectorState.FINDINGS if self.findings else ConnectorState.CLEAN

    @property
    def severity(self) -> Severity | None:
        """Return the severity of the worst finding, or None if there is none."""
        return min((finding.severity for finding in self.findings), key=_SEVERITIES.index, default=None)
