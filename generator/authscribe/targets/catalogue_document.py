"""The shape of `catalogue.json`, which is published as a schema and read by the page and by the Sphinx extension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field

from authscribe.finding import Severity
from authscribe.inventory import Role
from authscribe.models import Kind, Lifetime, Location, Secrecy, Source, Stage
from authscribe.standing import DriftState, State

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """Where something is defined; a relative link starts at the folder of this document."""

    path: Annotated[str, Field(description="the file")]
    line: Annotated[int, Field(description="its line, counted from 1")]
    href: Annotated[str | None, Field(description="link to the place, where the files are published")]


@dataclass(frozen=True, slots=True)
class OriginEntry:
    """Where the value of an injected secret comes from."""

    source: Annotated[Source, Field(description="the kind of place that the value comes from")]
    required: Annotated[str | None, Field(description="the required secret that is copied")]


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """A secret or a parameter; `secret` is null for parameters, `origin` and `lifetime` where nobody said."""

    name: Annotated[str, Field(description="the name on the wire")]
    title: Annotated[str | None, Field(description="what people call it")]
    description: Annotated[str, Field(description="what it is, for people")]
    type: Annotated[str, Field(description="the type, as documentation words it")]
    optional: Annotated[bool, Field(description="whether it may be left out")]
    secret: Annotated[Secrecy | None, Field(description="whether the value is secret; null for parameters")]
    origin: Annotated[OriginEntry | None, Field(description="where the value comes from")]
    lifetime: Annotated[Lifetime | None, Field(description="how long the value is good for")]
    deprecated: Annotated[bool, Field(description="whether it is on its way out")]


@dataclass(frozen=True, slots=True)
class PlacementEntry:
    """Where a value goes in a request; `{name}` in `value` is a secret or a parameter."""

    location: Annotated[Location, Field(description="the part of a request, or of the block, that carries the value")]
    location_title: Annotated[str, Field(description="the same, for people")]
    name: Annotated[str, Field(description="header, parameter or key")]
    value: Annotated[str, Field(description="template; {name} is a secret or parameter")]


@dataclass(frozen=True, slots=True)
class SchemeEntry:
    """How a kind of system authenticates."""

    id: Annotated[str, Field(description="the name by which everything refers to it")]
    title: Annotated[str, Field(description="what people call it")]
    summary: Annotated[str, Field(description="what it is, in a sentence or two")]
    notes: Annotated[tuple[str, ...], Field(description="remarks, one item each")]
    kind: Annotated[Kind, Field(description="how a system authenticates by it")]
    kind_title: Annotated[str, Field(description="the same, for people")]
    status: Annotated[Stage, Field(description="how far it has come")]
    successor: Annotated[str | None, Field(description="what to use instead of a deprecated one")]
    docs: Annotated[str | None, Field(description="link to the provider's or platform's own page")]
    aliases: Annotated[tuple[str, ...], Field(description="other ids that mean it")]
    former_names: Annotated[tuple[str, ...], Field(description="ids that it had once")]
    extends: Annotated[str | None, Field(description="the scheme that it continues")]
    selector: Annotated[dict[str, str], Field(description="how the platform spells it in a manifest")]
    required: Annotated[tuple[SettingEntry, ...], Field(description="secrets that the owner of a connector supplies")]
    injected: Annotated[tuple[SettingEntry, ...], Field(description="secrets that the platform puts into the system")]
    parameters: Annotated[tuple[SettingEntry, ...], Field(description="settings that are not secret")]
    placements: Annotated[tuple[PlacementEntry, ...], Field(description="where the values go")]
    endpoints: Annotated[dict[str, str], Field(description="the addresses that it talks to")]
    scopes: Annotated[tuple[str, ...], Field(description="the scopes that are asked for")]
    connectors: Annotated[tuple[str, ...], Field(description="the connectors that use it")]
    source: Annotated[SourceEntry, Field(description="where it is written")]


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """One way in which a connector authenticates; its methods are alternatives."""

    id: Annotated[str, Field(description="the name by which everything refers to it")]
    title: Annotated[str, Field(description="what people call it")]
    schemes: Annotated[tuple[str, ...], Field(description="the schemes")]
    kinds: Annotated[tuple[Kind, ...], Field(description="the kinds of its schemes")]
    required: Annotated[tuple[SettingEntry, ...], Field(description="secrets that the owner of a connector supplies")]
    injected: Annotated[tuple[SettingEntry, ...], Field(description="secrets that the platform puts into the system")]
    parameters: Annotated[tuple[SettingEntry, ...], Field(description="settings that are not secret")]
    placements: Annotated[tuple[PlacementEntry, ...], Field(description="where the values go")]
    endpoints: Annotated[dict[str, str], Field(description="the addresses that it talks to")]
    scopes: Annotated[tuple[str, ...], Field(description="the scopes that are asked for")]
    selector: Annotated[dict[str, str], Field(description="how the platform spells it in a manifest")]


@dataclass(frozen=True, slots=True)
class UseEntry:
    """A place that refers to a name."""

    path: Annotated[str, Field(description="the file")]
    line: Annotated[int, Field(description="its line, counted from 1")]
    href: Annotated[str | None, Field(description="link to the place, where the files are published")]


@dataclass(frozen=True, slots=True)
class NameEntry:
    """A name of a connector, and how each target spells it; `used` is null where nothing is known of its use."""

    name: Annotated[str, Field(description="the name on the wire")]
    role: Annotated[Role, Field(description="what the name is")]
    python: Annotated[str | None, Field(description="the attribute of the generated class")]
    environment: Annotated[str | None, Field(description="the environment variable")]
    platform: Annotated[str | None, Field(description="how the platform spells it")]
    used: Annotated[bool | None, Field(description="whether the connector uses it; null where nobody knows")]
    uses: Annotated[tuple[UseEntry, ...], Field(description="where it is used")]


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """What a rule says of a connector; line 0 stands for the file as a whole."""

    code: Annotated[str, Field(description="the code of the rule")]
    severity: Annotated[Severity, Field(description="how much it weighs")]
    message: Annotated[str, Field(description="what is wrong")]
    path: Annotated[str, Field(description="the file")]
    line: Annotated[int, Field(description="its line, counted from 1")]
    column: Annotated[int, Field(description="its column, in characters, counted from 1")]
    href: Annotated[str | None, Field(description="link to the place, where the files are published")]


@dataclass(frozen=True, slots=True)
class DriftEntry:
    """A file that is not as the definitions have it."""

    state: Annotated[DriftState, Field(description="what kind of difference it is")]
    path: Annotated[str, Field(description="the file")]


@dataclass(frozen=True, slots=True)
class ConnectorEntry:
    """One integration, and how it is doing."""

    id: Annotated[str, Field(description="the name by which everything refers to it")]
    title: Annotated[str, Field(description="what people call it")]
    summary: Annotated[str, Field(description="what it is, in a sentence or two")]
    notes: Annotated[tuple[str, ...], Field(description="remarks, one item each")]
    docs: Annotated[str | None, Field(description="link to the provider's or platform's own page")]
    status: Annotated[Stage, Field(description="how far it has come")]
    successor: Annotated[str | None, Field(description="what to use instead of a deprecated one")]
    flags: Annotated[tuple[str, ...], Field(description="flags of the platform that are set")]
    methods: Annotated[tuple[MethodEntry, ...], Field(description="the ways to authenticate, one of which is chosen")]
    names: Annotated[tuple[NameEntry, ...], Field(description="every name, with its spellings")]
    state: Annotated[State, Field(description="drift before findings; only errors and warnings count as findings")]
    findings: Annotated[tuple[FindingEntry, ...], Field(description="what the rules say of it")]
    drifts: Annotated[tuple[DriftEntry, ...], Field(description="its files that are not as the definitions have them")]
    badge: Annotated[str, Field(description="an SVG image, relative to the folder of this document")]
    source: Annotated[SourceEntry, Field(description="where it is written")]

    @property
    def faults(self) -> int:
        """How many findings count: errors and warnings."""
        return sum(finding.severity is not Severity.INFO for finding in self.findings)


@dataclass(frozen=True, slots=True)
class CatalogueDocument:
    """Every scheme and every connector of a workspace, resolved, with how each connector is doing."""

    version: Annotated[Literal[1], Field(description="the version of this format")]
    platform: Annotated[str, Field(description="the platform profile that it is made for")]
    schemes: Annotated[tuple[SchemeEntry, ...], Field(description="the schemes")]
    connectors: Annotated[tuple[ConnectorEntry, ...], Field(description="the connectors")]
