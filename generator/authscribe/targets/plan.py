"""Files on their way to the disk, one type for each state: planned, rendered, generated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from authscribe.encoders.language import Language

if TYPE_CHECKING:
    # A run with nothing to do knows planned files, and does without the models and pydantic.
    from authscribe.model.definitions import Catalogue, Connector, Scheme


class PlannedFile(NamedTuple):
    """A file that a target wants: where, and what goes into it.

    `path` is relative to the output folder, with forward slashes. `subject` is the id of the scheme or
    connector that the file is about, None for a file about all of them. `view` is the one value that the
    template sees; without a template it is a JSON document (dataclasses, dictionaries, lists and scalars).
    """

    path: str
    target: str
    language: Language
    view: object
    template: str | None = None
    subject: str | None = None


CATALOGUE: Final = "catalogue"
"""The name of the target that has no parts; a run that does not touch it need not import it, which costs much."""


class TargetPlan(NamedTuple):
    """A plan in parts, so that the files about one definition can be made without those about others.

    The files about a scheme depend on the scheme and the platform, those about a connector also on the schemes that
    it uses, and on nothing else in the catalogue.
    """

    shared: Callable[[Catalogue], Iterator[PlannedFile]]
    scheme: Callable[[Catalogue, Scheme], Iterator[PlannedFile]]
    connector: Callable[[Catalogue, Connector], Iterator[PlannedFile]]

    def __call__(self, catalogue: Catalogue) -> Iterator[PlannedFile]:
        """The whole plan."""
        yield from self.shared(catalogue)
        yield from self.each(catalogue)

    def each(self, catalogue: Catalogue) -> Iterator[PlannedFile]:
        """The files about one definition each."""
        for scheme in catalogue.schemes:
            yield from self.scheme(catalogue, scheme)
        for connector in catalogue.connectors:
            yield from self.connector(catalogue, connector)
