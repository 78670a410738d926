"""Views of the Python templates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

CONFIGURATION: Final = "configuration"
"""Argument of `inject` with the values that are copied."""


class DocstringModule(NamedTuple):
    """Module that contains only a docstring."""

    docstring: str


class FieldView(NamedTuple):
    """Field of a settings class; `alias` is the wire name if the attribute differs from it.

    `keys` are the names of the variable and the file, without the prefix, if they replace the derived ones. `choices`
    are the allowed values, if not all are. `extra` is what the JSON Schema of the field states besides; the class
    enforces its `enum` and `pattern`.
    """

    wire: str
    attribute: str
    alias: str | None
    title: str | None
    description: str
    is_secret: bool
    type: str
    optional: bool
    has_default: bool
    default: object = None
    keys: tuple[str, ...] = ()
    choices: tuple[str | int | float, ...] = ()
    extra: Mapping[str, object] = MappingProxyType({})

    @property
    def constant(self) -> str | int | float | None:
        """Return the only allowed value, or None."""
        return self.choices[0] if len(self.choices) == 1 else None

    @property
    def literals(self) -> tuple[str | int | float, ...]:
        """Return the allowed texts, which are the type of the field; other values are read from texts before."""
        return self.choices if self.type == "str" else ()

    @property
    def pattern(self) -> object:
        """Return the pattern of the text, or None."""
        return self.extra.get("pattern")

    @property
    def variable(self) -> str:
        """Return the environment variable without the prefix."""
        return self.keys[0] if self.keys else self.attribute.upper()


class Tag(NamedTuple):
    """Field with one possible value, which discriminates the members of a union."""

    name: str
    value: str


class ProtocolView(NamedTuple):
    """Protocol with a method for each secret of one origin; `parameter` is the argument of `inject` that has it."""

    parameter: str
    name: str
    docstring: str
    fields: tuple[FieldView, ...]


class Assignment(NamedTuple):
    """Source of a field in `inject`: an attribute of the configuration, or else a method of the `giver`.

    A copy `is_masked` if the text becomes a secret, and `is_unmasked` if the secret becomes a text.
    """

    attribute: str
    giver: str
    source: str
    is_optional: bool = False
    is_masked: bool = False
    is_unmasked: bool = False

    @property
    def is_called(self) -> bool:
        """Return whether the value comes from a protocol."""
        return self.giver != CONFIGURATION


class ProviderFacts(NamedTuple):
    """What one way to authenticate needs to know of its provider."""

    selector: Mapping[str, str]
    endpoints: Mapping[str, str]
    fallback_endpoints: Mapping[str, str]
    verification: Mapping[str, object]
    scopes: tuple[str, ...]
    oauth: Mapping[str, object]


class MethodView(NamedTuple):
    """Classes and `inject` function of one way to authenticate; `provider` is None if it is the only one.

    A placement is a location, a name, and one or two templates whose holes are attributes. `signed` and `client` are
    the kinds that placements alone cannot authenticate: because they are computed from a request, or because they are
    the client's task.
    """

    id: str
    configuration: str
    runtime: str
    inject: str
    tags: tuple[Tag, ...]
    required: tuple[FieldView, ...]
    injected: tuple[FieldView, ...]
    protocols: tuple[ProtocolView, ...]
    required_keys: Mapping[str, str]
    injected_keys: Mapping[str, str]
    required_names: Mapping[str, str]
    injected_names: Mapping[str, str]
    assignments: tuple[Assignment, ...]
    token_request: Mapping[str, object]
    placements: tuple[tuple[str, ...], ...]
    signed: tuple[str, ...]
    client: tuple[str, ...]
    provider: ProviderFacts | None

    @property
    def uses_configuration(self) -> bool:
        """Return whether `inject` copies any value from the configuration."""
        return any(not assignment.is_called for assignment in self.assignments)


class BaseModule(NamedTuple):
    """Module with the base of all settings; `has_keys` tells whether any variable or file has a chosen name."""

    docstring: str
    typing_names: tuple[str, ...]
    pydantic_names: tuple[str, ...]
    placeholder: str
    has_keys: bool


class ClassEntry(NamedTuple):
    """Class of a method in a table."""

    method: str
    name: str


class ClassTable(NamedTuple):
    """Table in which `load` finds the class of a method."""

    name: str
    classes: tuple[ClassEntry, ...]


class SettingsModule(NamedTuple):
    """Module of a scheme or connector; `provider` are the facts of the first method.

    It imports `base_names` from the module with the base, or contains the base itself if `is_standalone`. `load` finds
    the classes of a connector of the package in `tables`.
    """

    docstring: str
    typing_names: tuple[str, ...]
    pydantic_names: tuple[str, ...]
    base_names: tuple[str, ...]
    schemes: tuple[str, ...]
    provider: ProviderFacts
    env_prefix: str
    methods: tuple[MethodView, ...]
    tables: tuple[ClassTable, ...]
    placeholder: str
    has_keys: bool
    is_standalone: bool = False
    is_scaffolded: bool = False


class PackageModule(NamedTuple):
    """Module with `load`: the modules of the connectors, by all of their names."""

    modules: Mapping[str, str]


class UnionMember(NamedTuple):
    """Connector in a union: its only class, or the classes of its methods."""

    module: str
    only: str
    classes: tuple[str, ...]


class UnionView(NamedTuple):
    """Union of all connectors."""

    name: str
    connectors: tuple[UnionMember, ...]


class UnionModule(NamedTuple):
    """Module of the unions; `is_annotated` tells whether one needs a discriminator, at least between methods."""

    connectors: tuple[UnionMember, ...]
    is_union: bool
    is_annotated: bool
    unions: tuple[UnionView, ...]
