"""Compute facts about a connector for which several rules ask once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from authscribe.connectors.context import ConnectorContext

_Fact = TypeVar("_Fact")


def once_per_connector(compute: Callable[[ConnectorContext], _Fact]) -> Callable[[ConnectorContext], _Fact]:
    """Return a function whose result is computed only once for each connector."""

    @wraps(compute)
    def find(context: ConnectorContext) -> _Fact:
        if compute not in context.facts:
            context.facts[compute] = compute(context)
        return cast("_Fact", context.facts[compute])

    return find
