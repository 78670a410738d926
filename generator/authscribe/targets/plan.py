"""Plans: the files that a target wants, before they are rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from authscribe.encoders.language import Language

if TYPE_CHECKING:
    # A run with nothing to do imports this module, but neither the models nor pydantic.
    from authscribe.model.definitions import Catalogue, Connector, Scheme


class PlannedFile(NamedTuple):
    """File that a target wants: its path, and the view from which its content is made.

    `path` is relative to the output folder, with forward slashes. `view` is the only variable of the template. Without
    a template, `view` is the content of a JSON document and consists of dataclasses, dictionaries, lists and scalars.
    `subject` is the id of the scheme or connector that the file is about; None if it is about all of them. A run about
    some of them still makes the files that are `is_always_planned`, since their own files need these.
    """

    path: str
    target: str
    language: Language
    view: object
    template: str | None = None
    subject: str | None = None
    is_always_planned: bool = False


PLACEHOLDER: Final = "REPLACE_ME"
"""Text in the place of a value that a person has to supply; the generated classes refuse it."""

CATALOGUE: Final = "catalogue"
"""Name of the catalogue target, which has no `TargetPlan`. Its module is imported only when it is needed."""


class TargetPlan(NamedTuple):
    """Functions that plan the files of a target, so that a run can plan only the files about some definitions.

    `plan_shared` plans the files about all definitions. The files of `plan_scheme` must depend only on the scheme and
    the platform, and those of `plan_connector` only on the connector, its schemes and the platform.
    """

    plan_shared: Callable[[Catalogue], Iterator[PlannedFile]]
    plan_scheme: Callable[[Catalogue, Scheme], Iterator[PlannedFile]]
    plan_connector: Callable[[Catalogue, Connector], Iterator[PlannedFile]]
