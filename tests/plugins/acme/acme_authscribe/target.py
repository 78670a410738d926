"""Plan a target: one file with the environment variables of every scheme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authscribe.plugin_api import Catalogue, Language, PlannedFile, to_attribute, to_environment_variable


@dataclass(frozen=True)
class View:
    variables: tuple[str, ...]


def plan(catalogue: Catalogue) -> Iterator[PlannedFile]:
    names = (to_environment_variable(s.id, to_attribute(r.name)) for s in catalogue.schemes for r in s.required)
    yield PlannedFile("acme/variables.env", "acme", Language.TEXT, View(tuple(names)), "acme/variables.env.jinja")


def broken(catalogue: Catalogue) -> Iterator[PlannedFile]:
    yield from catalogue.no_such_thing


def greedy(catalogue: Catalogue) -> Iterator[PlannedFile]:
    yield PlannedFile("docs/rst/authentication-schemes.rst", "acme-greedy", Language.JSON, {})
