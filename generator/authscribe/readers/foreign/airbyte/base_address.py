"""Find the base address of an Airbyte connector among those of its streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from authscribe.model.draft import MapNode, get_text
from authscribe.readers.foreign.airbyte.addresses import ChosenValue, choose_value
from authscribe.readers.foreign.airbyte.manifest import Manifest, Parameters
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate


# Many authenticators of one manifest may ask for it.
@lru_cache(maxsize=1)
def find_base_address(manifest: Manifest) -> ChosenValue | None:
    """Return the base address of the streams; None if there is none.

    If streams have different ones, that of the stream counts with which Airbyte checks a connection. Later manifests
    may have the whole address of each stream instead: the base address is the folder that these have in common.
    """
    nodes = tuple(manifest.walk_checked_first())
    base = next(_choose_addresses(manifest, nodes, "url_base"), None)
    wholes = tuple(_choose_addresses(manifest, nodes, "url")) if base is None else ()
    return _find_common_folder(wholes) if wholes else base


def _choose_addresses(
    manifest: Manifest, nodes: Sequence[tuple[MapNode, Parameters]], key: str
) -> Iterator[ChosenValue]:
    for node, parameters in nodes:
        value = get_text(manifest.follow(node.find(key)))
        chosen = choose_value(value, parameters, manifest.settings) if value is not None else None
        if chosen is not None and (chosen.template.names or chosen.template.is_literal):
            yield chosen


def _find_common_folder(addresses: Sequence[ChosenValue]) -> ChosenValue:
    """Return the first address without what it does not have in common with the others on its host."""
    first, *others = (address.template.to_url().split("/") for address in addresses)
    # The scheme and the host are the first three parts of an address.
    near = [other for other in others if other[:3] == first[:3] and other != first]
    if not near:
        return addresses[0]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(first, *near, strict=False))
    return replace(addresses[0], template=ConfigTemplate(("/".join(parts[0] for parts in shared),)), fallback=None)
