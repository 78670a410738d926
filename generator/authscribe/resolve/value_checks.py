"""Check each definition by itself, whatever other definitions state about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.model.definitions import Connector, Model, Scheme
from authscribe.model.draft import Draft, Noun
from authscribe.model.platform import Platform
from authscribe.model.validation import validate
from authscribe.resolve.collection import check_drafts
from authscribe.resolve.merge import REFINEMENT_KEYS, drop_keys

_MODELS: Final[Mapping[Noun, type[Model]]] = {
    Noun.SCHEME: Scheme,
    Noun.REFINEMENT: Scheme,
    Noun.CONNECTOR: Connector,
    Noun.PLATFORM: Platform,
}


def check_values(drafts: Iterable[Draft]) -> Iterator[Finding]:
    """Yield the findings about keys and values that the format does not allow in a definition."""
    drafts = tuple(drafts)
    yield from check_drafts(drafts)
    for definition in (definition for draft in drafts for definition in draft.definitions):
        is_refinement = definition.noun is Noun.REFINEMENT
        node = drop_keys(definition.node, REFINEMENT_KEYS) if is_refinement else definition.node
        yield from validate(node, _MODELS[definition.noun])[1]
