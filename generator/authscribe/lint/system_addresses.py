"""Compare the addresses of systems with those of the connector's definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.snapshot import Leaf
from authscribe.lint.addresses import blank_holes, is_reported_host, normalize_address, parse_host
from authscribe.model.definitions import Endpoint

URL_PATTERN: Final = "url_pattern"
"""Setting of a system with the address that its requests begin with."""
_PATH: Final = "%s"
"""Part of the address that the path of a request replaces."""
_HOLE: Final = "\0"
_STATEMENT: Final = "{%"


def find_other_address(
    slot: Sequence[str], endpoint: Endpoint, context: ConnectorContext, is_same: Callable[[str], bool]
) -> Leaf | None:
    """Return the address of a system that is not that of the definition; None if any system has that one.

    An address whose host is unknown or chosen by statements may be any, and `hard-coded-host` reports others. A program
    that the platform itself runs has an address of its own.
    """
    if any(parse_host(each) is None for each in endpoint.addresses):
        return None
    leaves = context.find_leaves(*slot)
    found = [leaf for leaf in leaves if isinstance(leaf.value, str) and not context.is_in_service(leaf)]
    for leaf in found:
        address = str(leaf.value)
        host = parse_host(address)
        if host is None or _STATEMENT in address or is_reported_host(host) or is_same(address):
            return None
    return next(iter(found), None)


def may_be_base(address: str, base: Endpoint) -> bool:
    """Return whether an address may be the base address.

    What is filled in later may be anything, and a system or its requests may add to the path.
    """
    own = _split(address)
    return any(_begin_alike(own, _split(each)) for each in (base.url, *base.addresses))


def _split(address: str) -> list[str]:
    """Return the host and the parts of the path of an address, in which each hole is a NUL, the last one `%s`."""
    start, path, _ = blank_holes(normalize_address(address)).partition(_PATH)
    _, _, rest = re.split("[?#]", start + _HOLE * bool(path), maxsplit=1)[0].partition("://")
    host, *parts = rest.rstrip("/").split("/")
    return [host.rpartition("@")[2].lower(), *parts]


def _begin_alike(one: list[str], other: list[str]) -> bool:
    """Return whether the parts of two addresses can be the same as far as both have any.

    What one of them fills in may be several parts, after which nothing is known.
    """
    for own, its in zip(one, other, strict=False):
        if own != its and _HOLE in (own, its):
            return True
        if not _can_equal(own, its):
            return False
    return True


def _can_equal(one: str, other: str) -> bool:
    """Return whether two parts are equal with something for each hole: of two with any, only the ends count."""
    if _HOLE not in one or _HOLE not in other:
        return _matches(one, other) or _matches(other, one)
    (first, _, _), (its_first, _, _) = one.partition(_HOLE), other.partition(_HOLE)
    (_, _, last), (_, _, its_last) = one.rpartition(_HOLE), other.rpartition(_HOLE)
    begins_alike = first.startswith(its_first) or its_first.startswith(first)
    return begins_alike and (last.endswith(its_last) or its_last.endswith(last))


def _matches(template: str, text: str) -> bool:
    """Return whether a text is the template with something for each hole; takes linear time."""
    first, *inner = template.split(_HOLE)
    if not inner:
        return template == text
    last, position = inner.pop(), len(first)
    for part in inner:
        position = text.find(part, position) + len(part)
        if position < len(part):
            return False
    return text.startswith(first) and text.endswith(last) and len(text) - position >= len(last)
