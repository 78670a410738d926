"""The shape of `catalogue.json`, which is published as a schema and read by the page and by the Sphinx extension."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from authscribe.closed import Model
from authscribe.finding import Severity
from authscribe.inventory import Role
from authscribe.models import Kind, Lifetime, Location, Secrecy, Source, Stage
from authscribe.standing import DriftState, State

VERSION: Final = 1


class SourceEntry(Model):
    """Where something is defined; a relative link starts at the folder of this document."""

    path: str = Field(description="the file")
    line: int = Field(description="its line, counted from 1")
    href: str | None = Field(description="link to the place, where the files are published")


class OriginEntry(Model):
    """Where the value of an injected secret comes from."""

    source: Source = Field(description="the kind of place that the value comes from")
    required: str | None = Field(description="the required secret that is copied")


class SettingEntry(Model):
    """A secret or a parameter; `secret` is null for parameters, `origin` and `lifetime` where nobody said."""

    name: str = Field(description="the name on the wire")
    title: str | None = Field(description="what people call it")
    description: str = Field(description="what it is, for people")
    type: str = Field(description="the type, as documentation words it")
    optional: bool = Field(description="whether it may be left out")
    secret: Secrecy | None = Field(description="whether the value is secret; null for parameters")
    origin: OriginEntry | None = Field(description="where the value comes from")
    lifetime: Lifetime | None = Field(description="how long the value is good for")
    deprecated: bool = Field(description="whether it is on its way out")


class PlacementEntry(Model):
    """Where a value goes in a request; `{name}` in `value` is a secret or a parameter."""

    location: Location = Field(description="the part of a request, or of the block, that carries the value")
    location_title: str = Field(description="the same, for people")
    name: str = Field(description="header, parameter or key")
    value: str = Field(description="template; {name} is a secret or parameter")


class SchemeEntry(Model):
    """How a kind of system authenticates."""

    id: str = Field(description="the name by which everything refers to it")
    title: str = Field(description="what people call it")
    summary: str = Field(description="what it is, in a sentence or two")
    notes: tuple[str, ...] = Field(description="remarks, one item each")
    kind: Kind = Field(description="how a system authenticates by it")
    kind_title: str = Field(description="the same, for people")
    status: Stage = Field(description="how far it has come")
    successor: str | None = Field(description="what to use instead of a deprecated one")
    docs: str | None = Field(description="link to the provider's or platform's own page")
    aliases: tuple[str, ...] = Field(description="other ids that mean it")
    former_names: tuple[str, ...] = Field(description="ids that it had once")
    extends: str | None = Field(description="the scheme that it continues")
    selector: dict[str, str] = Field(description="how the platform spells it in a manifest")
    required: tuple[SettingEntry, ...] = Field(description="the secrets that the owner of a connector supplies")
    injected: tuple[SettingEntry, ...] = Field(description="the secrets that the platform puts into the system")
    parameters: tuple[SettingEntry, ...] = Field(description="settings that are not secret")
    placements: tuple[PlacementEntry, ...] = Field(description="where the values go")
    endpoints: dict[str, str] = Field(description="the addresses that it talks to")
    scopes: tuple[str, ...] = Field(description="the scopes that are asked for")
    connectors: tuple[str, ...] = Field(description="the connectors that use it")
    source: SourceEntry = Field(description="where it is written")


class MethodEntry(Model):
    """One way in which a connector authenticates; its methods are alternatives."""

    id: str = Field(description="the name by which everything refers to it")
    title: str = Field(description="what people call it")
    schemes: tuple[str, ...] = Field(description="the schemes")
    kinds: tuple[Kind, ...] = Field(description="the kinds of its schemes")
    required: tuple[SettingEntry, ...] = Field(description="the secrets that the owner of a connector supplies")
    injected: tuple[SettingEntry, ...] = Field(description="the secrets that the platform puts into the system")
    parameters: tuple[SettingEntry, ...] = Field(description="settings that are not secret")
    placements: tuple[PlacementEntry, ...] = Field(description="where the values go")
    endpoints: dict[str, str] = Field(description="the addresses that it talks to")
    scopes: tuple[str, ...] = Field(description="the scopes that are asked for")
    selector: dict[str, str] = Field(description="how the platform spells it in a manifest")


class UseEntry(Model):
    """A place that refers to a name."""

    path: str = Field(description="the file")
    line: int = Field(description="its line, counted from 1")
    href: str | None = Field(description="link to the place, where the files are published")


class NameEntry(Model):
    """A name of a connector, and how each target spells it; `used` is null where nothing is known of its use."""

    name: str = Field(description="the name on the wire")
    role: Role = Field(description="what the name is")
    python: str | None = Field(description="the attribute of the generated class")
    environment: str | None = Field(description="the environment variable")
    platform: str | None = Field(description="how the platform spells it")
    used: bool | None = Field(description="whether the connector uses it; null where nobody knows")
    uses: tuple[UseEntry, ...] = Field(description="where it is used")


class FindingEntry(Model):
    """What a rule says of a connector; line 0 stands for the file as a whole."""

    code: str = Field(description="the code of the rule")
    severity: Severity = Field(description="how much it weighs")
    message: str = Field(description="what is wrong")
    path: str = Field(description="the file")
    line: int = Field(description="its line, counted from 1")
    column: int = Field(description="its column, in characters, counted from 1")
    href: str | None = Field(description="link to the place, where the files are published")


class DriftEntry(Model):
    """A file that is not as the definitions have it."""

    state: DriftState = Field(description="what kind of difference it is")
    path: str = Field(description="the file")


class ConnectorEntry(Model):
    """One integration, and how it is doing."""

    id: str = Field(description="the name by which everything refers to it")
    title: str = Field(description="what people call it")
    summary: str = Field(description="what it is, in a sentence or two")
    notes: tuple[str, ...] = Field(description="remarks, one item each")
    docs: str | None = Field(description="link to the provider's or platform's own page")
    status: Stage = Field(description="how far it has come")
    successor: str | None = Field(description="what to use instead of a deprecated one")
    flags: tuple[str, ...] = Field(description="flags of the platform that are set")
    methods: tuple[MethodEntry, ...] = Field(description="the ways to authenticate, one of which is chosen")
    names: tuple[NameEntry, ...] = Field(description="every name, with its spellings")
    state: State = Field(description="drift before findings; only errors and warnings count as findings")
    findings: tuple[FindingEntry, ...] = Field(description="what the rules say of it")
    drifts: tuple[DriftEntry, ...] = Field(description="its files that are not as the definitions have them")
    badge: str = Field(description="an SVG image, relative to the folder of this document")
    source: SourceEntry = Field(description="where it is written")

    @property
    def faults(self) -> int:
        """How many findings count: errors and warnings."""
        return sum(finding.severity is not Severity.INFO for finding in self.findings)


class CatalogueDocument(Model):
    """Every scheme and every connector of a workspace, resolved, with how each connector is doing."""

    version: Literal[1] = Field(description="the version of this format")
    platform: str = Field(description="the platform profile that it is made for")
    schemes: tuple[SchemeEntry, ...] = Field(description="the schemes")
    connectors: tuple[ConnectorEntry, ...] = Field(description="the connectors")
