"""List the addresses of endpoints by role, the same in every target."""

from __future__ import annotations

from collections.abc import Iterator

from authscribe.model.definitions import Endpoint, Endpoints


def list_addresses(endpoints: Endpoints) -> dict[str, str]:
    """Return the URL of each stated endpoint, with its query, by role."""
    return {role: endpoint.addresses[0] for role, endpoint in _list_stated(endpoints)}


def list_fallback_addresses(endpoints: Endpoints) -> dict[str, str]:
    """Return the URLs that apply if a variable is absent, by role."""
    return {role: url for role, endpoint in _list_stated(endpoints) for url in endpoint.addresses[1:]}


def _list_stated(endpoints: Endpoints) -> Iterator[tuple[str, Endpoint]]:
    stated = ((role, getattr(endpoints, role)) for role in Endpoints.model_fields)
    return ((role, endpoint) for role, endpoint in stated if endpoint is not None)
