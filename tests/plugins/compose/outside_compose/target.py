"""Plan files for Compose: the secrets of each connector as files in a service, and its parameters as variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from authscribe.plugin_api import (
    Catalogue,
    Connector,
    Language,
    NameKind,
    NameRule,
    PlannedFile,
    Scheme,
    Stub,
    StubSetting,
    TargetPlan,
    list_stubs,
)

TARGET = "outside-compose"


FOLDER_RULE = NameRule(
    noun="folder",
    pattern=r"[A-Za-z0-9/._-]+",
    characters="ASCII letters, digits, slashes, periods, hyphens and underscores",
    source="POSIX.1-2017, section 3.282",
)


class Source(StrEnum):
    """Source of the value of a secret."""

    FILE = "file"
    ENVIRONMENT = "environment"


@dataclass(frozen=True)
class Options:
    """Options in the configuration."""

    source: Source = Source.FILE
    folder: str = field(
        default="./secrets",
        metadata={"rule": FOLDER_RULE},
    )


class ServiceSecret(NamedTuple):
    """Secret with its name, the file that it becomes, and its source: the kind of it, and a path or variable."""

    name: str
    comment: str
    file: str
    source: str
    place: str
    is_needed: bool


class ServiceVariable(NamedTuple):
    """Variable of a service."""

    name: str
    comment: str
    value: str


class View(NamedTuple):
    """File that gives a service its settings."""

    heading: str
    is_needed: bool
    has_optional: bool
    reader: str
    service: str
    secrets: tuple[ServiceSecret, ...]
    variables: tuple[ServiceVariable, ...]


def plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    """Yield a file for each method of a definition."""
    options = catalogue.get_options(TARGET, Options)
    for stub in list_stubs(catalogue, definition):
        path = f"{TARGET}/{stub.folder}/compose.yaml"
        yield PlannedFile(path, TARGET, Language.YAML, build_view(stub, options), f"{TARGET}/compose.yaml.jinja")


PLAN = TargetPlan(plan_scheme=plan_definition, plan_connector=plan_definition, options=Options)


def build_view(stub: Stub, options: Options) -> View:
    """Return the view of a method."""
    folder = 'secrets_dir="/run/secrets"' if stub.deployed else ""
    return View(
        heading=f"Settings of {stub.title}.",
        is_needed=stub.needs_any,
        has_optional=not stub.needs_all,
        reader=f"In the container, {stub.deployed_class}.from_env({folder}) reads them.",
        service=stub.spelling.definition.id,
        secrets=tuple(build_secret(stub, each, options) for each in stub.deployed),
        variables=tuple(
            ServiceVariable(stub.spell(NameKind.ENV, each), each.comment, each.choose_value())
            for each in stub.parameters
        ),
    )


def build_secret(stub: Stub, each: StubSetting, options: Options) -> ServiceSecret:
    """Return a secret with its names and its source."""
    file, variable = stub.spell(NameKind.FILE, each), stub.spell(NameKind.ENV, each)
    return ServiceSecret(
        name=stub.spell(NameKind.COMPOSE, each),
        comment=each.comment,
        file=file,
        source=options.source.value,
        place=f"{options.folder.rstrip('/')}/{file}" if options.source is Source.FILE else variable,
        is_needed=each.is_needed,
    )
