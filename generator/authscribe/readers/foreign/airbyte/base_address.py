"""Find the base address of an Airbyte connector among those of its streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.unread_expression import report_unread_expression
from authscribe.model.draft import MapNode, get_text
from authscribe.readers.foreign.airbyte.addresses import ChosenValue, choose_value
from authscribe.readers.foreign.airbyte.manifest import Manifest, Parameters
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate
from authscribe.readers.foreign.literal_credentials import holds_credential

_BASE: Final = "url_base"
_WHOLE: Final = "url"


@dataclass(frozen=True, slots=True)
class BaseAddress:
    """Base address of a connector, and the key and the place of the value that states it."""

    chosen: ChosenValue
    key: str
    place: Place


# Many authenticators of one manifest may ask for it.
@lru_cache(maxsize=1)
def find_base_address(manifest: Manifest) -> BaseAddress | None:
    """Return the base address of the streams; None if there is none.

    If streams have different ones, that of the stream counts with which Airbyte checks a connection. Later manifests
    may have the whole address of each stream instead: the base address is the folder that these have in common.
    """
    nodes = tuple(manifest.walk_checked_first())
    base = next(_choose_addresses(manifest, nodes, _BASE), None)
    wholes = tuple(_choose_addresses(manifest, nodes, _WHOLE)) if base is None else ()
    return _find_common_folder(wholes) if wholes else base


def find_unread_address(manifest: Manifest) -> Finding | None:
    """Return a finding about the first address of the streams that is not understood, if there is one.

    One that is withheld is understood.
    """
    for node, _ in manifest.walk_checked_first():
        for key in (_BASE, _WHOLE):
            value = manifest.follow(node.find(key))
            if value is not None and get_text(value) and not holds_credential(get_text(value) or ""):
                return report_unread_expression(key, value.place)
    return None


def _choose_addresses(
    manifest: Manifest, nodes: Sequence[tuple[MapNode, Parameters]], key: str
) -> Iterator[BaseAddress]:
    for node, parameters in nodes:
        value = manifest.follow(node.find(key))
        text = get_text(value) or ""
        chosen = choose_value(text, parameters, manifest.settings) if text and not holds_credential(text) else None
        if value is not None and chosen is not None and (chosen.template.names or chosen.template.is_literal):
            yield BaseAddress(chosen, key, value.place)


def _find_common_folder(addresses: Sequence[BaseAddress]) -> BaseAddress:
    """Return the first address without what it does not have in common with the others on its host."""
    first, *others = (address.chosen.template.to_url().split("/") for address in addresses)
    # The scheme and the host are the first three parts of an address.
    near = [other for other in others if other[:3] == first[:3] and other != first]
    if not near:
        return addresses[0]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(first, *near, strict=False))
    folder = ConfigTemplate(("/".join(parts[0] for parts in shared),))
    return replace(addresses[0], chosen=replace(addresses[0].chosen, template=folder, fallback=None))
