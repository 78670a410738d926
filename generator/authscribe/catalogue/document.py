"""Shape of `catalogue.json`, which the page and the Sphinx extension read.

`authscribe schema catalogue` publishes it.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import Final, Literal

from authscribe.connectors.usages import Role
from authscribe.findings.finding import Severity
from authscribe.model.definitions import Kind, Lifetime, Location, Secrecy, Source, Stage
from authscribe.model.markup import Style
from authscribe.model.strict import StrictDataclass, strict_dataclass

CATALOGUE_FOLDER: Final = "catalogue"
"""Folder of the files of the catalogue in the output folder; relative links in them start here."""

_MARKED: Final = "with the markup of definitions; the parts are in `markup` of the document"


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


@strict_dataclass
class PlaceEntry(StrictDataclass):
    """Line of a file."""

    path: str = field(metadata={"description": "path of the file"})
    line: int = field(metadata={"description": "line, counted from 1"})
    href: str | None = field(metadata={"description": "link to the place; null if it cannot be linked"})


@strict_dataclass
class SourceEntry(PlaceEntry):
    """Place of a definition; a relative link starts at the folder of this document."""


@strict_dataclass
class OriginEntry(StrictDataclass):
    """Origin of the value of an injected secret."""

    source: Source = field(metadata={"description": "kind of origin"})
    required: str | None = field(metadata={"description": "required secret that is copied"})
    expression: str | None = field(metadata={"description": "how the value is computed, in the author's words"})


@strict_dataclass
class ChoiceEntry(StrictDataclass):
    """Allowed value of a setting."""

    value: str = field(metadata={"description": "the value, as documentation words it"})
    label: str | None = field(metadata={"description": "label for people; null if there is no other one"})


@strict_dataclass
class SettingEntry(StrictDataclass):
    """Secret or parameter; `origin` and `lifetime` are null if they are unknown."""

    name: str = field(metadata={"description": "name on the wire"})
    title: str | None = field(metadata={"description": "title for people"})
    description: str = field(metadata={"description": f"description for people, {_MARKED}"})
    type: str = field(metadata={"description": "type, as documentation words it"})
    optional: bool = field(metadata={"description": "whether it can be left out"})
    default: str | None = field(
        metadata={"description": "default, as documentation words it; null if there is none or it may be secret"}
    )
    example: str | None = field(
        metadata={"description": "example, as documentation words it; null if there is none or it may be secret"}
    )
    choices: tuple[ChoiceEntry, ...] = field(metadata={"description": "allowed values; empty if all are"})
    pattern: str | None = field(metadata={"description": "regular expression that the value matches"})
    format: str | None = field(metadata={"description": "format of a text, in the terms of JSON Schema"})
    prefix: str | None = field(metadata={"description": "text shown before the value in a form"})
    suffix: str | None = field(metadata={"description": "text shown after the value in a form"})
    conditions: dict[str, tuple[str, ...]] = field(
        metadata={"description": "values of other settings, with one of which each makes a form ask for it"}
    )
    secret: Secrecy | None = field(metadata={"description": "whether the value is secret; null for parameters"})
    origin: OriginEntry | None = field(metadata={"description": "origin of the value"})
    lifetime: Lifetime | None = field(metadata={"description": "how long the value is valid"})
    deprecated: bool = field(metadata={"description": "whether it is deprecated"})
    automated: bool = field(metadata={"description": "whether a program supplies it instead of a person"})
    hidden: bool = field(metadata={"description": "whether forms omit it"})


@strict_dataclass
class PlacementEntry(StrictDataclass):
    """Place in a request that carries a value."""

    location: Location = field(
        metadata={"description": "part of a request, or of the system block, that carries the value"}
    )
    location_title: str = field(metadata={"description": "the same in words"})
    name: str = field(metadata={"description": "name of the header, query parameter or key"})
    value: str = field(metadata={"description": "template of the value, in which `{name}` is a secret or parameter"})
    fallback: str | None = field(
        metadata={"description": "template used when a secret or parameter in `value` is absent; null if there is none"}
    )


_CONTRACT: Final = {
    "required": {"description": "secrets that the owner of a connector supplies"},
    "injected": {"description": "secrets that the platform puts into the system"},
    "parameters": {"description": "settings that are not secret"},
    "placements": {"description": "places in a request that carry the values"},
    "endpoints": {"description": "URLs by role"},
    "fallback_endpoints": {"description": "URLs used when a variable of the one in `endpoints` is absent, by role"},
    "verification": {
        "description": "facts of the request that verifies credentials besides its URL, by their dotted paths"
    },
    "token_request": {"description": "facts of the request for a token, by their dotted paths"},
    "scopes": {"description": "OAuth scopes that are requested"},
    "oauth": {"description": "other facts of OAuth, by their dotted paths"},
    "selector": {"description": "keys and values by which a manifest selects it"},
}
"""Descriptions of the fields that a scheme and a method of a connector share."""


@strict_dataclass
class SchemeEntry(StrictDataclass):
    """Scheme: how a kind of system authenticates."""

    id: str = field(metadata={"description": "id that everything else refers to"})
    title: str = field(metadata={"description": "title for people"})
    summary: str = field(metadata={"description": f"summary, one or two sentences, {_MARKED}"})
    notes: tuple[str, ...] = field(metadata={"description": f"notes, one item each, {_MARKED}"})
    kind: Kind = field(metadata={"description": "kind of authentication"})
    kind_title: str = field(metadata={"description": "the same in words"})
    status: Stage = field(metadata={"description": "stage of its life, such as `stable` or `deprecated`"})
    successor: str | None = field(metadata={"description": "id of its replacement, if it is deprecated"})
    docs: str | None = field(metadata={"description": "link to the documentation of the provider or platform"})
    aliases: tuple[str, ...] = field(metadata={"description": "other ids for it"})
    former_names: tuple[str, ...] = field(metadata={"description": "ids that it had in the past"})
    extends: str | None = field(metadata={"description": "scheme that it extends"})
    selector: dict[str, str] = field(metadata=_CONTRACT["selector"])
    required: tuple[SettingEntry, ...] = field(metadata=_CONTRACT["required"])
    injected: tuple[SettingEntry, ...] = field(metadata=_CONTRACT["injected"])
    parameters: tuple[SettingEntry, ...] = field(metadata=_CONTRACT["parameters"])
    placements: tuple[PlacementEntry, ...] = field(metadata=_CONTRACT["placements"])
    endpoints: dict[str, str] = field(metadata=_CONTRACT["endpoints"])
    fallback_endpoints: dict[str, str] = field(metadata=_CONTRACT["fallback_endpoints"])
    verification: dict[str, str] = field(metadata=_CONTRACT["verification"])
    token_request: dict[str, str] = field(metadata=_CONTRACT["token_request"])
    scopes: tuple[str, ...] = field(metadata=_CONTRACT["scopes"])
    oauth: dict[str, str] = field(metadata=_CONTRACT["oauth"])
    connectors: tuple[str, ...] = field(metadata={"description": "ids of the connectors that use it"})
    source: SourceEntry = field(metadata={"description": "place of the definition"})


# Repeats fields of a scheme: inherited ones would come before all others in the document.
@strict_dataclass
class MethodEntry(StrictDataclass):
    """One way in which a connector authenticates; the methods of a connector are alternatives."""

    id: str = field(metadata={"description": "id that everything else refers to"})
    title: str = field(metadata={"description": "title for people"})
    schemes: tuple[str, ...] = field(metadata={"description": "ids of its schemes"})
    kinds: tuple[Kind, ...] = field(metadata={"description": "kinds of its schemes"})
    required: tuple[SettingEntry, ...] = field(metadata=_CONTRACT["required"])
    injected: tuple[SettingEntry, ...] = field(metadata=_CONTRACT["injected"])
    parameters: tuple[SettingEntry, ...] = field(metadata=_CONTRACT["parameters"])
    placements: tuple[PlacementEntry, ...] = field(metadata=_CONTRACT["placements"])
    endpoints: dict[str, str] = field(metadata=_CONTRACT["endpoints"])
    fallback_endpoints: dict[str, str] = field(metadata=_CONTRACT["fallback_endpoints"])
    verification: dict[str, str] = field(metadata=_CONTRACT["verification"])
    token_request: dict[str, str] = field(metadata=_CONTRACT["token_request"])
    scopes: tuple[str, ...] = field(metadata=_CONTRACT["scopes"])
    oauth: dict[str, str] = field(metadata=_CONTRACT["oauth"])
    selector: dict[str, str] = field(metadata=_CONTRACT["selector"])


@strict_dataclass
class UseEntry(PlaceEntry):
    """Place that refers to a name."""


@strict_dataclass
class NameEntry(StrictDataclass):
    """Name of a secret, parameter or variable of a connector, with its spelling in each target."""

    name: str = field(metadata={"description": "name on the wire"})
    role: Role = field(metadata={"description": "role of the name"})
    python: str | None = field(metadata={"description": "attribute of the generated class"})
    environment: str | None = field(metadata={"description": "environment variable"})
    platform: str | None = field(metadata={"description": "spelling in templates of the platform"})
    used: bool | None = field(metadata={"description": "whether the connector uses it; null if that is unknown"})
    uses: tuple[UseEntry, ...] = field(metadata={"description": "places that use it"})


@strict_dataclass
class FindingEntry(StrictDataclass):
    """Finding about a connector; line 0 is the file as a whole."""

    code: str = field(metadata={"description": "code of the rule"})
    severity: Severity = field(metadata={"description": "severity of the finding"})
    message: str = field(metadata={"description": "description of the problem"})
    path: str = field(metadata={"description": "path of the file"})
    line: int = field(metadata={"description": "line, counted from 1"})
    column: int = field(metadata={"description": "column in characters, counted from 1"})
    href: str | None = field(metadata={"description": "link to the place; null if it cannot be linked"})


@strict_dataclass
class DriftEntry(StrictDataclass):
    """File that does not match the definitions."""

    state: ConnectorDrift = field(metadata={"description": "kind of difference"})
    path: str = field(metadata={"description": "path of the file"})


@strict_dataclass
class ConnectorEntry(StrictDataclass):
    """Connector: one integration, with its state."""

    id: str = field(metadata={"description": "id that everything else refers to"})
    title: str = field(metadata={"description": "title for people"})
    summary: str = field(metadata={"description": f"summary, one or two sentences, {_MARKED}"})
    notes: tuple[str, ...] = field(metadata={"description": f"notes, one item each, {_MARKED}"})
    docs: str | None = field(metadata={"description": "link to the documentation of the provider or platform"})
    status: Stage = field(metadata={"description": "stage of its life, such as `stable` or `deprecated`"})
    successor: str | None = field(metadata={"description": "id of its replacement, if it is deprecated"})
    flags: tuple[str, ...] = field(metadata={"description": "platform flags that are set"})
    methods: tuple[MethodEntry, ...] = field(metadata={"description": "ways to authenticate, one of which is chosen"})
    names: tuple[NameEntry, ...] = field(metadata={"description": "all names, with their spellings"})
    state: ConnectorState = field(metadata={"description": "worst state that applies; drift is worse than findings"})
    severity: Severity | None = field(metadata={"description": "severity of its worst finding; null without findings"})
    findings: tuple[FindingEntry, ...] = field(metadata={"description": "findings about it and about its schemes"})
    drifts: tuple[DriftEntry, ...] = field(metadata={"description": "its files that do not match the definitions"})
    badge: str = field(metadata={"description": "path of an SVG image, relative to the folder of this document"})
    source: SourceEntry = field(metadata={"description": "place of the definition"})


@strict_dataclass
class SpanEntry(StrictDataclass):
    """Part of a text, with one style."""

    text: str = field(metadata={"description": "text to show"})
    style: Style = field(metadata={"description": "style of the text"})
    href: str | None = field(metadata={"description": "target of a link: http, https or mailto; null for other styles"})


@strict_dataclass
class CatalogueDocument(StrictDataclass):
    """Catalogue of a workspace: all resolved schemes and connectors, with the state of each connector."""

    version: Literal[1] = field(metadata={"description": "version of this format"})
    platform: str = field(metadata={"description": "id of the platform profile"})
    schemes: tuple[SchemeEntry, ...] = field(metadata={"description": "all schemes, sorted by id"})
    connectors: tuple[ConnectorEntry, ...] = field(metadata={"description": "all connectors, sorted by id"})
    markup: dict[str, tuple[SpanEntry, ...]] = field(
        metadata={"description": "parts of each description, note and paragraph of a summary that has markup"}
    )
