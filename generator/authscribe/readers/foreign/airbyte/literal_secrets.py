"""Find literals in a manifest of Airbyte that may be secrets: values in place of a credential."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.airbyte.templates import list_literals

_CREDENTIAL_KEYS: Final = frozenset(
    {
        "api_token", "client_secret", "password", "refresh_token", "secret_key", "passphrase", "session_token",
        "access_token_value", "assertion", "client_assertion",
    }
)  # fmt: skip
_CREDENTIAL_HEADERS: Final = frozenset({"authorization", "proxy-authorization"})
_SENT_PREFIXES: Final = ("request_", "refresh_request_", "$parameters")
_MINIMUM_LENGTH: Final = 6
"""In characters; shorter literals are fillers such as `x`."""


def list_literal_secrets(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of each literal in a credential of an authenticator, of a request or of a header."""
    match node:
        case MapNode(entries=entries):
            may_hold = (get_text(node.find("type")) or "").endswith("Authenticator") or _is_sent(path)
            for entry in entries:
                if may_hold and has_literal_secret(entry.key, entry.node):
                    yield (*path, entry.key)
                elif entry.key != "connection_specification":
                    yield from list_literal_secrets(entry.node, (*path, entry.key))
        case ListNode(items=items):
            for position, item in enumerate(items):
                yield from list_literal_secrets(item, (*path, str(position)))


def _is_sent(path: tuple[str, ...]) -> bool:
    """Return whether a mapping is sent with requests: it is below such a key, at any depth."""
    return any(key.startswith(_SENT_PREFIXES) for key in path)


def has_literal_secret(key: str, node: Node) -> bool:
    """Return whether the key is for a credential and the value is a literal, or leaves one as an alternative."""
    value = node.value if isinstance(node, ScalarNode) else None
    is_credential = key in _CREDENTIAL_KEYS or key.lower() in _CREDENTIAL_HEADERS
    if not isinstance(value, str | int) or not is_credential:
        return False
    return any(len(literal) >= _MINIMUM_LENGTH for literal in list_literals(str(value)))
