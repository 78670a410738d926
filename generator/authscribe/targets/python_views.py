"""Views of the Python templates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class DocstringModule(NamedTuple):
    """Module that contains only a docstring."""

    docstring: str


class FieldView(NamedTuple):
    """Field of a settings class; `alias` is the wire name if the attribute differs from it.

    `constant` is the only allowed value; `choices` are the allowed values if there are several.
    """

    wire: str
    attribute: str
    alias: str | None
    description: str
    is_secret: bool
    type: str
    optional: bool
    has_default: bool
    default: object = None
    constant: str | None = None
    choices: tuple[str, ...] = ()
    extra: Mapping[str, str] = MappingProxyType({})


class Tag(NamedTuple):
    """Field with one possible value, which discriminates the members of a union."""

    name: str
    value: str


class Assignment(NamedTuple):
    """Source of a field in `inject`: what was obtained, or else the configuration."""

    attribute: str
    source: str
    is_obtained: bool


class MethodView(NamedTuple):
    """Classes and `inject` function of one way to authenticate."""

    configuration: str
    onboarding: str
    runtime: str
    inject: str
    tags: tuple[Tag, ...]
    required: tuple[FieldView, ...]
    injected: tuple[FieldView, ...]
    obtained: tuple[FieldView, ...]
    required_names: Mapping[str, str]
    injected_names: Mapping[str, str]
    assignments: tuple[Assignment, ...]

    @property
    def uses_configuration(self) -> bool:
        """Return whether `inject` copies any value from the configuration."""
        return any(not assignment.is_obtained for assignment in self.assignments)


class SettingsModule(NamedTuple):
    """Module of a scheme or connector."""

    docstring: str
    typing_names: tuple[str, ...]
    pydantic_names: tuple[str, ...]
    has_secrets: bool
    schemes: tuple[str, ...]
    selector: Mapping[str, str]
    endpoints: Mapping[str, str]
    scopes: tuple[str, ...]
    env_prefix: str
    methods: tuple[MethodView, ...]
    placeholder: str
    is_scaffolded: bool = False


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
