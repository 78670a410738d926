"""Compare the addresses of systems with the base address of the connector's definition."""

from __future__ import annotations

from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.snapshot import Leaf
from authscribe.lint.addresses import blank_holes, is_reported_host, parse_host
from authscribe.model.definitions import Endpoint

URL_PATTERN: Final = "url_pattern"
"""Setting of a system with the address that its requests begin with."""
_PATH: Final = "%s"
"""Part of the address that the path of a request replaces."""


def find_other_address(base: Endpoint, context: ConnectorContext) -> Leaf | None:
    """Return the address of a system that is not that of the definition; None if any system has that one.

    What is filled in later may be anything, and a system or its requests may add to the path.
    """
    found = [leaf for leaf in context.find_leaves(URL_PATTERN) if isinstance(leaf.value, str)]
    for leaf in found:
        host = parse_host(str(leaf.value))
        if host is None or is_reported_host(host) or _is_same(str(leaf.value), base):
            return None
    return next(iter(found), None)


def _is_same(address: str, base: Endpoint) -> bool:
    own = _split(address)
    return any(_begin_alike(own, _split(each)) for each in (base.url, *base.addresses))


def _split(address: str) -> list[str]:
    """Return the host and the parts of the path of an address, in which each hole is a NUL."""
    start, _, _ = blank_holes(address).partition(_PATH)
    _, _, rest = start.partition("?")[0].partition("://")
    host, *path = rest.rstrip("/").split("/")
    return [host.rpartition("@")[2].lower(), *path]


def _begin_alike(one: list[str], other: list[str]) -> bool:
    """Return whether the parts of two addresses can be the same as far as both have any."""
    return all(_can_equal(*pair) for pair in zip(one, other, strict=False))


def _can_equal(one: str, other: str) -> bool:
    return _matches(one, other) or _matches(other, one)


def _matches(template: str, text: str) -> bool:
    """Return whether a text is the template with something for each hole; takes linear time."""
    first, *inner = template.split("\0")
    if not inner:
        return template == text
    last, position = inner.pop(), len(first)
    for part in inner:
        position = text.find(part, position) + len(part)
        if position < len(part):
            return False
    return text.startswith(first) and text.endswith(last) and len(text) - position >= len(last)
