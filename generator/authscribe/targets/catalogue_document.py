"""The shape of `catalogue.json`, which is published as a schema and read by the page and by the Sphinx extension."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from authscribe.finding import Severity
from authscribe.inventory import Role
from authscribe.models import Kind, Lifetime, Location, Model, Secrecy, Source, Stage
from authscribe.standing import DriftState, State

VERSION: Final = 1


class SourceEntry(Model):
    """Where something is defined; a relative link starts at the folder of this document."""

    path: str
    line: int
    href: str | None


class OriginEntry(Model):
    """Where the value of an injected secret comes from."""

    source: Source
    required: str | None


class SettingEntry(Model):
    """A secret or a parameter; `secret` is null for parameters, `origin` and `lifetime` where nobody said."""

    name: str
    title: str | None
    description: str
    type: str
    optional: bool
    secret: Secrecy | None
    origin: OriginEntry | None
    lifetime: Lifetime | None
    deprecated: bool


class PlacementEntry(Model):
    """Where a value goes in a request; `{name}` in `value` is a secret or a parameter."""

    location: Location
    location_title: str
    name: str
    value: str


class SchemeEntry(Model):
    """How a kind of system authenticates."""

    id: str
    title: str
    summary: str
    notes: tuple[str, ...]
    kind: Kind
    kind_title: str
    status: Stage
    successor: str | None
    docs: str | None
    aliases: tuple[str, ...]
    former_names: tuple[str, ...]
    extends: str | None
    selector: dict[str, str]
    required: tuple[SettingEntry, ...]
    injected: tuple[SettingEntry, ...]
    parameters: tuple[SettingEntry, ...]
    placements: tuple[PlacementEntry, ...]
    endpoints: dict[str, str]
    scopes: tuple[str, ...]
    connectors: tuple[str, ...] = Field(description="the connectors that use it")
    source: SourceEntry


class MethodEntry(Model):
    """One way in which a connector authenticates; its methods are alternatives."""

    id: str
    title: str
    schemes: tuple[str, ...]
    kinds: tuple[Kind, ...]
    required: tuple[SettingEntry, ...]
    injected: tuple[SettingEntry, ...]
    parameters: tuple[SettingEntry, ...]
    placements: tuple[PlacementEntry, ...]
    endpoints: dict[str, str]
    scopes: tuple[str, ...]
    selector: dict[str, str]


class UseEntry(Model):
    """A place that refers to a name."""

    path: str
    line: int
    href: str | None


class NameEntry(Model):
    """A name of a connector, and how each target spells it; `used` is null where nothing is known of its use."""

    name: str
    role: Role
    python: str | None
    environment: str | None
    platform: str | None
    used: bool | None
    uses: tuple[UseEntry, ...]


class FindingEntry(Model):
    """What a rule says of a connector; line 0 stands for the file as a whole."""

    code: str
    severity: Severity
    message: str
    path: str
    line: int
    column: int
    href: str | None


class DriftEntry(Model):
    """A file that is not as the definitions have it."""

    state: DriftState
    path: str


class ConnectorEntry(Model):
    """One integration, and how it is doing."""

    id: str
    title: str
    summary: str
    notes: tuple[str, ...]
    docs: str | None
    status: Stage
    successor: str | None
    flags: tuple[str, ...]
    methods: tuple[MethodEntry, ...]
    names: tuple[NameEntry, ...]
    state: State = Field(description="drift before findings; only errors and warnings count as findings")
    findings: tuple[FindingEntry, ...]
    drifts: tuple[DriftEntry, ...]
    badge: str = Field(description="an SVG image, relative to the folder of this document")
    source: SourceEntry

    @property
    def faults(self) -> int:
        """How many findings count: errors and warnings."""
        return sum(finding.severity is not Severity.INFO for finding in self.findings)


class CatalogueDocument(Model):
    """Every scheme and every connector of a workspace, resolved, with how each connector is doing."""

    version: Literal[1]
    platform: str
    schemes: tuple[SchemeEntry, ...]
    connectors: tuple[ConnectorEntry, ...]
