"""Plan files for Compose: the secrets of each connector as files in a service, and its parameters as variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.model.target_options import ComposeOptions, SecretSource
from authscribe.targets.plan import COMPOSE, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import Stub, StubSetting, list_stubs


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


class ComposeFile(NamedTuple):
    """File that gives a service its settings.

    `is_needed` tells whether the class needs any of the secrets, and `has_optional` whether it does without any.
    """

    heading: str
    is_needed: bool
    has_optional: bool
    reader: str
    service: str
    secrets: tuple[ServiceSecret, ...]
    variables: tuple[ServiceVariable, ...]


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    for stub in list_stubs(catalogue, definition):
        view = _build_file(stub, catalogue.options.compose)
        path = f"{COMPOSE}/{stub.folder}/compose.yaml"
        yield PlannedFile(path, COMPOSE, Language.YAML, view, "compose/compose.yaml.jinja", definition.id)


COMPOSE_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of a Compose file for each scheme, and for each method of each connector."""


def _build_file(stub: Stub, options: ComposeOptions) -> ComposeFile:
    folder = 'secrets_dir="/run/secrets"' if stub.deployed else ""
    return ComposeFile(
        heading=f"Settings of {stub.title}.",
        is_needed=stub.needs_any,
        has_optional=not stub.needs_all,
        reader=f"In the container, {stub.deployed_class}.from_env({folder}) reads them.",
        service=stub.spelling.definition.id,
        secrets=tuple(build_service_secret(stub, each, options) for each in stub.deployed),
        variables=tuple(
            ServiceVariable(stub.spell(NameKind.ENV, each), each.comment, each.choose_value())
            for each in stub.parameters
        ),
    )


def build_service_secret(stub: Stub, each: StubSetting, options: ComposeOptions) -> ServiceSecret:
    """Return a secret of a method with its names and its source."""
    file = stub.spell(NameKind.FILE, each)
    is_file = options.source is SecretSource.FILE
    return ServiceSecret(
        name=stub.spell(NameKind.COMPOSE, each),
        comment=each.comment,
        file=file,
        source=options.source.value,
        place=f"{options.folder.rstrip('/')}/{file}" if is_file else stub.spell(NameKind.ENV, each),
        is_needed=each.is_needed,
    )
