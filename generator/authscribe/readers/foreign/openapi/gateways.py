"""Read where gateways of Amazon and Google expect credentials, which are extensions of security schemes.

See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html and
https://cloud.google.com/endpoints/docs/openapi/openapi-extensions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from authscribe.model.draft import ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.tracking import TrackedMapping

GOOGLE: Final = "x-google-auth"
"""Extension of Google's gateways with all about tokens, for versions from 3.0 on."""
_AUTHORIZER: Final = "x-amazon-apigateway-authorizer"
NO_NAME: Final = "Unused"
"""Name of an API key that an authorizer does not look for: it looks for its identity sources."""
_SOURCE: Final = re.compile(r"(?:\$|method\.|route\.)request\.(?P<part>header|querystring)\.(?P<name>[\w-]{1,100})")
_LOCATIONS: Final[Mapping[str, str]] = {"header": "header", "querystring": "query"}


def has_authorizer(scheme: TrackedMapping, *types: str) -> bool:
    """Return whether a scheme states an authorizer of one of some types."""
    authorizer = scheme.peek(_AUTHORIZER)
    return isinstance(authorizer, MapNode) and get_text(authorizer.find("type")) in types


def list_identity_sources(scheme: TrackedMapping) -> tuple[tuple[str, str], ...]:
    """Return location and name of each part of a request that an authorizer reads and the caller fills, once each."""
    authorizer = scheme.peek(_AUTHORIZER)
    stated = authorizer.find("identitySource") if isinstance(authorizer, MapNode) else None
    texts = stated.items if isinstance(stated, ListNode) else (stated,)
    found = (_SOURCE.fullmatch(part.strip()) for text in texts for part in (get_text(text) or "").split(","))
    return tuple(dict.fromkeys((_LOCATIONS[match["part"]], match["name"]) for match in found if match is not None))


def has_issuer(scheme: TrackedMapping) -> bool:
    """Return whether a scheme states who issues the signed tokens that Google's gateways check."""
    return get_text(scheme.peek("x-google-issuer")) is not None or _get_google(scheme, "issuer") is not None


def find_token_place(scheme: TrackedMapping) -> tuple[str, str, str]:
    """Return location, name and prefix of a signed token: the first place that is stated, or the header of RFC 6750."""
    stated = scheme.peek("x-google-jwt-locations") or _get_google(scheme, "jwtLocations")
    items = stated.items if isinstance(stated, ListNode) else ()
    for item in items:
        for location in _LOCATIONS.values():
            name = get_text(item.find(location)) if isinstance(item, MapNode) else None
            if isinstance(item, MapNode) and name is not None:
                prefixes = (get_text(item.find(key)) for key in ("value_prefix", "valuePrefix"))
                return location, name, next(filter(None, prefixes), "")
    return "header", "Authorization", "Bearer "


def _get_google(scheme: TrackedMapping, key: str) -> Node | None:
    node = scheme.peek(GOOGLE)
    return node.find(key) if isinstance(node, MapNode) else None
