"""Plan environment files with every variable that the classes read: `.env.example`, and `.env.schema` for env-spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Final, NamedTuple

from authscribe.encoders.dotenv import is_dotenv_safe, is_env_spec_safe
from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.targets.plan import DOTENV, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import Stub, StubSetting, choose_decisive, list_stubs

EXAMPLE: Final = ".env.example"
EXAMPLE_TEMPLATE: Final = "dotenv/example.env.jinja"


class Variable(NamedTuple):
    """Variable of an environment file: the value to begin with, the default for env-spec, and its traits there."""

    name: str
    comment: str
    value: str
    default: str
    type: str
    choices: tuple[str, ...]
    is_needed: bool
    is_sensitive: bool


class Section(NamedTuple):
    """Variables of one origin."""

    title: str
    variables: tuple[Variable, ...]


class EnvironmentFile(NamedTuple):
    """File with all variables that the classes of a definition read."""

    heading: str
    sections: tuple[Section, ...]
    is_scaffolded: bool = False


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    for stub in list_stubs(catalogue, definition):
        view = build_environment_file(stub)
        for name, template in ((EXAMPLE, EXAMPLE_TEMPLATE), (".env.schema", "dotenv/schema.env.jinja")):
            path = f"{DOTENV}/{stub.folder}/{name}"
            yield PlannedFile(path, DOTENV, Language.DOTENV, view, template, definition.id)


DOTENV_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of two environment files for each scheme, and for each method of each connector."""


def build_environment_file(stub: Stub) -> EnvironmentFile:
    """Return the view of an environment file; a required and an injected secret may share a variable."""
    required, injected, parameters = (
        _group_by_variable(stub, settings) for settings in (stub.required, stub.injected, stub.parameters)
    )
    shared = {name: [*required.pop(name), *injected.pop(name)] for name in [*required] if name in injected}
    sections = {
        f"Secrets that the owner supplies, for {stub.method.configuration}": required,
        "Secrets that the owner supplies and the platform injects, for both": shared,
        f"Secrets that the platform injects, for {stub.method.runtime}": injected,
        "Parameters, for both": parameters,
    }
    views = (
        Section(title, tuple(starmap(_build_variable, group.items()))) for title, group in sections.items() if group
    )
    return EnvironmentFile(f"Settings of {stub.title}.", tuple(views))


def _group_by_variable(stub: Stub, settings: Iterable[StubSetting]) -> dict[str, list[StubSetting]]:
    groups: dict[str, list[StubSetting]] = {}
    for each in settings:
        groups.setdefault(stub.spell(NameKind.ENV, each), []).append(each)
    return groups


def _build_variable(name: str, sharing: Sequence[StubSetting]) -> Variable:
    decisive = choose_decisive(sharing)
    default = decisive.choose_default(is_env_spec_safe)
    return Variable(
        name=name,
        comment=sharing[0].comment,
        value=decisive.choose_value(is_dotenv_safe),
        default=default,
        type=decisive.field.type,
        choices=decisive.choices,
        is_needed=decisive.is_needed and not default,
        # A default that may be shown is no secret, and varlock refuses short ones.
        is_sensitive=not default and any(each.field.is_secret for each in sharing),
    )
