"""The parts of a plan: what a target makes of all definitions together, and what of each one by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from authscribe.files import PlannedFile
from authscribe.models import Catalogue, Connector, Scheme

CATALOGUE: Final = "catalogue"
"""The name of the target that has no parts; a run that does not touch it need not import it, which costs much."""


class Parts(NamedTuple):
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
