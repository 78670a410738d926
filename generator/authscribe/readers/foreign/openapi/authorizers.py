"""Read where authorizers of Amazon's API Gateway expect credentials, which is an extension of security schemes.

See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from authscribe.model.draft import ListNode, MapNode, get_text
from authscribe.readers.foreign.tracking import TrackedMapping

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
    """Return location and name of each part of a request that an authorizer reads, if the caller fills it."""
    authorizer = scheme.peek(_AUTHORIZER)
    stated = authorizer.find("identitySource") if isinstance(authorizer, MapNode) else None
    texts = stated.items if isinstance(stated, ListNode) else (stated,)
    found = (_SOURCE.fullmatch(part.strip()) for text in texts for part in (get_text(text) or "").split(","))
    return tuple((_LOCATIONS[match["part"]], match["name"]) for match in found if match is not None)
