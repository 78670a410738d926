"""Limit how often connectors repeat the schemes that they use, and themselves in their methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.too_large import report_many_used
from authscribe.model.draft import MapNode, get_text
from authscribe.model.repetitions import Repetitions, count_nodes
from authscribe.resolve.merge import list_maps
from authscribe.resolve.names import list_scheme_references

_ONCE: Final = ("methods", "extras")
"""Keys of a connector that its methods do not repeat."""


class Use(NamedTuple):
    """Use of a scheme by a connector, or one more method of it, which repeats so many keys and values of its own.

    `scheme` is the name that the connector states; None for a method.
    """

    scheme: str | None
    place: Place
    repeated: int = 0


def list_uses(connector: MapNode) -> Iterator[Use]:
    """Yield the uses of a connector: each reference to a scheme, and then each method after the first."""
    yield from (Use(get_text(node) or "", node.place) for node in list_scheme_references(connector))
    methods = list_maps(connector.find("methods"))[1:]
    if methods:
        own = sum(count_nodes(entry.node) for entry in connector.entries if entry.key not in _ONCE)
        yield from (Use(None, method.place, own) for method in methods)


def check_repetitions(schemes: Mapping[str, MapNode], uses: Sequence[Use]) -> Iterator[Finding]:
    """Report the first use that makes connectors repeat too much: of schemes, and of themselves in their methods."""
    repetitions = Repetitions(sum(use.scheme is not None for use in uses))
    used: set[str] = set()
    # Only schemes that are repeated are counted.
    count = cache(lambda scheme: count_nodes(schemes[scheme]))
    for use in uses:
        scheme = use.scheme or ""
        if not repetitions.add(use.repeated + (count(scheme) if scheme in used else 0)):
            yield report_many_used(use.place, limit=repetitions.limit)
            return
        if scheme in schemes:
            used.add(scheme)
