"""The shape of `catalogue.json`, which is published as a schema and read by the page and by the Sphinx extension."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from authscribe.connectors.usages import Role
from authscribe.findings.finding import Severity
from authscribe.model.definitions import Kind, Lifetime, Location, Secrecy, Source, Stage
from authscribe.model.strict import StrictDataclass

VERSION: Final = 1


class ConnectorState(StrEnum):
    """Worst state that applies to a connector; drift is worse than findings."""

    CLEAN = "clean"
    FINDINGS = "findings"
    DRIFT = "drift"


class ConnectorDrift(StrEnum):
    """Kind of difference between a file of a connector and the definitions after a run.

    `edited` and `orphaned` are about outputs, `outdated` is about a scaffolded file.
    """

    EDITED = "edited"
    ORPHANED = "orphaned"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class PlaceEntry(StrictDataclass):
    """A line of a file."""

    path: str = field(metadata={"description": "the file"})
    line: int = field(metadata={"description": "its line, counted from 1"})
    href: str | None = field(metadata={"description": "link to the place, where the files are published"})


@dataclass(frozen=True, slots=True)
class SourceEntry(PlaceEntry):
    """Where something is defined; a relative link starts at the folder of this document."""


@dataclass(frozen=True, slots=True)
class OriginEntry(StrictDataclass):
    """Where the value of an injected secret comes from."""

    source: Source = field(metadata={"description": "the kind of place that the value comes from"})
    required: str | None = field(metadata={"description": "the required secret that is copied"})


@dataclass(frozen=True, slots=True)
class SettingEntry(StrictDataclass):
    """A secret or a parameter; `secret` is null for parameters, `origin` and `lifetime` where nobody said."""

    name: str = field(metadata={"description": "the name on the wire"})
    title: str | None = field(metadata={"description": "what people call it"})
    description: str = field(metadata={"description": "what it is, for people"})
    type: str = field(metadata={"description": "the type, as documentation words it"})
    optional: bool = field(metadata={"description": "whether it may be left out"})
    secret: Secrecy | None = field(metadata={"description": "whether the value is secret; null for parameters"})
    origin: OriginEntry | None = field(metadata={"description": "where the value comes from"})
    lifetime: Lifetime | None = field(metadata={"description": "how long the value is good for"})
    deprecated: bool = field(metadata={"description": "whether it is on its way out"})


@dataclass(frozen=True, slots=True)
class PlacementEntry(StrictDataclass):
    """Where a value goes in a request; `{name}` in `value` is a secret or a parameter."""

    location: Location = field(
        metadata={"description": "the part of a request, or of the block, that carries the value"}
    )
    location_title: str = field(metadata={"description": "the same, for people"})
    name: str = field(metadata={"description": "header, parameter or key"})
    value: str = field(metadata={"description": "template; {name} is a secret or parameter"})


@dataclass(frozen=True, slots=True)
class SchemeEntry(StrictDataclass):
    """How a kind of system authenticates."""

    id: str = field(metadata={"description": "the name by which everything refers to it"})
    title: str = field(metadata={"description": "what people call it"})
    summary: str = field(metadata={"description": "what it is, in a sentence or two"})
    notes: tuple[str, ...] = field(metadata={"description": "remarks, one item each"})
    kind: Kind = field(metadata={"description": "how a system authenticates by it"})
    kind_title: str = field(metadata={"description": "the same, for people"})
    status: Stage = field(metadata={"description": "how far it has come"})
    successor: str | None = field(metadata={"description": "what to use instead of a deprecated one"})
    docs: str | None = field(metadata={"description": "link to the provider's or platform's own page"})
    aliases: tuple[str, ...] = field(metadata={"description": "other ids that mean it"})
    former_names: tuple[str, ...] = field(metadata={"description": "ids that it had once"})
    extends: str | None = field(metadata={"description": "the scheme that it continues"})
    selector: dict[str, str] = field(metadata={"description": "how the platform spells it in a manifest"})
    required: tuple[SettingEntry, ...] = field(
        metadata={"description": "secrets that the owner of a connector supplies"}
    )
    injected: tuple[SettingEntry, ...] = field(
        metadata={"description": "secrets that the platform puts into the system"}
    )
    parameters: tuple[SettingEntry, ...] = field(metadata={"description": "settings that are not secret"})
    placements: tuple[PlacementEntry, ...] = field(metadata={"description": "where the values go"})
    endpoints: dict[str, str] = field(metadata={"description": "the addresses that it talks to"})
    scopes: tuple[str, ...] = field(metadata={"description": "the scopes that are asked for"})
    connectors: tuple[str, ...] = field(metadata={"description": "the connectors that use it"})
    source: SourceEntry = field(metadata={"description": "where it is written"})


# Lists what a scheme lists as well: a base class for that would put its keys before all others of the document.
@dataclass(frozen=True, slots=True)
class MethodEntry(StrictDataclass):
    """One way in which a connector authenticates; its methods are alternatives."""

    id: str = field(metadata={"description": "the name by which everything refers to it"})
    title: str = field(metadata={"description": "what people call it"})
    schemes: tuple[str, ...] = field(metadata={"description": "the schemes"})
    kinds: tuple[Kind, ...] = field(metadata={"description": "the kinds of its schemes"})
    required: tuple[SettingEntry, ...] = field(
        metadata={"description": "secrets that the owner of a connector supplies"}
    )
    injected: tuple[SettingEntry, ...] = field(
        metadata={"description": "secrets that the platform puts into the system"}
    )
    parameters: tuple[SettingEntry, ...] = field(metadata={"description": "settings that are not secret"})
    placements: tuple[PlacementEntry, ...] = field(metadata={"description": "where the values go"})
    endpoints: dict[str, str] = field(metadata={"description": "the addresses that it talks to"})
    scopes: tuple[str, ...] = field(metadata={"description": "the scopes that are asked for"})
    selector: dict[str, str] = field(metadata={"description": "how the platform spells it in a manifest"})


@dataclass(frozen=True, slots=True)
class UseEntry(PlaceEntry):
    """A place that refers to a name."""


@dataclass(frozen=True, slots=True)
class NameEntry(StrictDataclass):
    """A name of a connector, and how each target spells it; `used` is null where nothing is known of its use."""

    name: str = field(metadata={"description": "the name on the wire"})
    role: Role = field(metadata={"description": "what the name is"})
    python: str | None = field(metadata={"description": "the attribute of the generated class"})
    environment: str | None = field(metadata={"description": "the environment variable"})
    platform: str | None = field(metadata={"description": "how the platform spells it"})
    used: bool | None = field(metadata={"description": "whether the connector uses it; null where nobody knows"})
    uses: tuple[UseEntry, ...] = field(metadata={"description": "where it is used"})


@dataclass(frozen=True, slots=True)
class FindingEntry(StrictDataclass):
    """What a rule says of a connector; line 0 stands for the file as a whole."""

    code: str = field(metadata={"description": "the code of the rule"})
    severity: Severity = field(metadata={"description": "how much it weighs"})
    message: str = field(metadata={"description": "what is wrong"})
    path: str = field(metadata={"description": "the file"})
    line: int = field(metadata={"description": "its line, counted from 1"})
    column: int = field(metadata={"description": "its column, in characters, counted from 1"})
    href: str | None = field(metadata={"description": "link to the place, where the files are published"})


@dataclass(frozen=True, slots=True)
class DriftEntry(StrictDataclass):
    """A file that is not as the definitions have it."""

    state: ConnectorDrift = field(metadata={"description": "what kind of difference it is"})
    path: str = field(metadata={"description": "the file"})


@dataclass(frozen=True, slots=True)
class ConnectorEntry(StrictDataclass):
    """One integration, and how it is doing."""

    id: str = field(metadata={"description": "the name by which everything refers to it"})
    title: str = field(metadata={"description": "what people call it"})
    summary: str = field(metadata={"description": "what it is, in a sentence or two"})
    notes: tuple[str, ...] = field(metadata={"description": "remarks, one item each"})
    docs: str | None = field(metadata={"description": "link to the provider's or platform's own page"})
    status: Stage = field(metadata={"description": "how far it has come"})
    successor: str | None = field(metadata={"description": "what to use instead of a deprecated one"})
    flags: tuple[str, ...] = field(metadata={"description": "flags of the platform that are set"})
    methods: tuple[MethodEntry, ...] = field(
        metadata={"description": "the ways to authenticate, one of which is chosen"}
    )
    names: tuple[NameEntry, ...] = field(metadata={"description": "every name, with its spellings"})
    state: ConnectorState = field(
        metadata={"description": "drift before findings; only errors and warnings count as findings"}
    )
    findings: tuple[FindingEntry, ...] = field(metadata={"description": "what the rules say of it"})
    drifts: tuple[DriftEntry, ...] = field(
        metadata={"description": "its files that are not as the definitions have them"}
    )
    badge: str = field(metadata={"description": "an SVG image, relative to the folder of this document"})
    source: SourceEntry = field(metadata={"description": "where it is written"})

    @property
    def faults(self) -> int:
        """How many findings count: errors and warnings."""
        return sum(finding.severity is not Severity.INFO for finding in self.findings)


@dataclass(frozen=True, slots=True)
class CatalogueDocument(StrictDataclass):
    """Every scheme and every connector of a workspace, resolved, with how each connector is doing."""

    version: Literal[1] = field(metadata={"description": "the version of this format"})
    platform: str = field(metadata={"description": "the platform profile that it is made for"})
    schemes: tuple[SchemeEntry, ...] = field(metadata={"description": "the schemes"})
    connectors: tuple[ConnectorEntry, ...] = field(metadata={"description": "the connectors"})
