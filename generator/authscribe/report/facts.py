"""Hold the facts that a report has beside its findings: about connectors, and about changes."""

from __future__ import annotations

from dataclasses import dataclass, field

from authscribe.changes.verdicts import Audience, Verdict
from authscribe.model.strict import StrictDataclass


@dataclass(frozen=True, slots=True)
class ConnectorFacts(StrictDataclass):
    """Connector as it was read, without any judgement; names as on the wire, in the order of use."""

    connector: str = field(metadata={"description": "name of the connector"})
    revision: str | None = field(metadata={"description": "revision that was read, if it is in a repository"})
    path: str = field(metadata={"description": "path of the connector"})
    auth: str | None = field(metadata={"description": "scheme as the manifest spells it"})
    scheme: str | None = field(metadata={"description": "id of that scheme"})
    listed: tuple[str, ...] = field(metadata={"description": "secrets that the scheme lists as injected"})
    injected: tuple[str, ...] = field(metadata={"description": "secrets that the platform injects"})
    flags: tuple[str, ...] = field(metadata={"description": "flags that are set"})
    secrets: tuple[str, ...] = field(metadata={"description": "secrets that the connector uses"})
    declared: tuple[str, ...] = field(metadata={"description": "parameters that the connector declares"})
    variables: tuple[str, ...] = field(metadata={"description": "variables that the connector uses"})


@dataclass(frozen=True, slots=True)
class ChangeFacts(StrictDataclass):
    """Difference between two sets of definitions, with what it does."""

    verdict: Verdict = field(metadata={"description": "most serious verdict on the change"})
    breaks: tuple[Audience, ...] = field(metadata={"description": "people whom it breaks"})
    needs_login: bool = field(metadata={"description": "whether people must log in again"})
    message: str = field(metadata={"description": "description of the change"})
    pointer: str = field(
        metadata={"description": "fact that changed, as a JSON pointer (RFC 6901) whose list items are names"}
    )
    old: str | None = field(metadata={"description": "old value; null if there was none, or if it may be secret"})
    new: str | None = field(metadata={"description": "new value; null if there is none, or if it may be secret"})
    path: str = field(metadata={"description": "path of the file"})
    line: int | None = field(metadata={"description": "line, counted from 1; null for the file as a whole"})
    connectors: tuple[str, ...] = field(metadata={"description": "connectors that it affects"})
