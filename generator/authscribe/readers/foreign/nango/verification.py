"""Read the request with which Nango verifies the credentials of a provider: `proxy.verification`."""

from __future__ import annotations

from typing import Final

from authscribe.model.draft import MapNode, Node, get_text
from authscribe.model.nango import BASE_OVERRIDE, VERIFICATION
from authscribe.model.placement_template import append_path
from authscribe.readers.foreign.body_formats import find_body_format
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.nango.scope import ProviderScope
from authscribe.readers.foreign.nango.token_requests import RequestReader
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_NOTHING: Final = ProviderScope((), ())
"""Scope of the values that Nango sends as they are; what looks like a reference there has no place in the models."""


def read_verification(proxy: TrackedMapping, scope: ProviderScope) -> MapNode | None:
    """Return the request that verifies credentials, whose address is below the base address.

    Nango tries several paths in turn; they are left, and so is a request without a known address.
    """
    verification = proxy.child(VERIFICATION)
    override = verification.peek(BASE_OVERRIDE)
    base, paths = get_text(override or proxy.peek("base_url")) or "", list_texts(verification.peek("endpoints"))
    if len(paths) != 1 or any(map(holds_credential, (base, *paths))):
        return None
    bases, path = scope.to_urls(base) or (), scope.to_urls(paths[0]) or ()
    if len(path) != 1 or not (0 < len(bases) < 3 and all(bases)):
        return None
    verification.take("endpoints")
    verification.take(BASE_OVERRIDE)
    url, *others = (append_path(each, path[0]) for each in bases)
    fallback = others[0] if others else None
    return make_map(verification.place, url=url, fallback=fallback, **_read_content(verification))


def _read_content(verification: TrackedMapping) -> dict[str, Node | None]:
    """Return what the request carries besides its address."""
    reader = RequestReader(_NOTHING)
    headers = reader.take_values(verification.child("headers"), is_text=True)
    body = reader.take_values(verification.child("data"))
    return {
        "method": verification.take_text("method"),
        "headers": headers,
        "body_format": find_body_format(headers, body),
        "body": body,
    }
