"""What the Python templates see."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Docstring(NamedTuple):
    """A module that holds nothing else."""

    docstring: str


class FieldView(NamedTuple):
    """One field of a settings class; `alias` is the wire name where the attribute is spelt otherwise.

    `constant` is the one value that is allowed; `choices` are several.
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
    """A field with one possible value, by which a union is told apart."""

    name: str
    value: str


class Assignment(NamedTuple):
    """Where `inject` takes the value of one field from."""

    attribute: str
    source: str
    is_obtained: bool


class MethodView(NamedTuple):
    """The classes and the function of one way to authenticate."""

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
        """Whether anything that is injected is copied from what the owner supplies."""
        return any(not assignment.is_obtained for assignment in self.assignments)


class SettingsModule(NamedTuple):
    """The module of a scheme or connector."""

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
    is_scaffolded: bool = False


class Member(NamedTuple):
    """A connector in the union: its one class, or the classes of its methods."""

    module: str
    only: str
    classes: tuple[str, ...]


class Union(NamedTuple):
    """A union over all connectors."""

    name: str
    connectors: tuple[Member, ...]


class UnionModule(NamedTuple):
    """The module of the unions; `is_annotated` says whether one needs a discriminator, if only between methods."""

    connectors: tuple[Member, ...]
    is_union: bool
    is_annotated: bool
    unions: tuple[Union, ...]
