"""Find literals in a manifest of Airbyte that may be secrets: values in place of a credential."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.model.credential_names import is_clear_credential, may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.airbyte.templates import list_basic, list_literals
from authscribe.readers.foreign.literal_credentials import holds_credential, is_prose

_CREDENTIAL_KEYS: Final = frozenset(
    {"secret_key", "passphrase", "access_token_value", "assertion", "client_assertion", "tokens"}
)
"""Keys of credentials by Airbyte's schema of declarative components, beside those that their names tell."""
_SENT_PREFIXES: Final = ("request_", "refresh_request_", "$parameters", "$options")
_FLAT: Final = frozenset(
    {
        "additional_jwt_headers", "additional_jwt_payload", "refresh_request_headers", "request_headers",
        "request_parameters",
    }
)  # fmt: skip
"""Keys of mappings from the names of fields to their values; a mapping in place of a value is a component."""
FORM: Final = "request_body_data"
"""Key of the fields of a form, which may be one text: `user={{ config['user'] }}&scope=read`."""
_NESTED: Final = frozenset({"request_body", FORM, "request_body_json", "refresh_request_body"})
"""Keys of mappings with fields at every depth."""
_MINIMUM_LENGTH: Final = 6
"""In characters; shorter literals are fillers such as `x`."""


def list_literal_secrets(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of each literal in a credential of an authenticator, a request, a header or an address."""
    match node:
        case MapNode(entries=entries):
            has_fields = not _FLAT.isdisjoint(path[-1:]) or not _NESTED.isdisjoint(path)
            may_hold = (get_text(node.find("type")) or "").endswith("Authenticator") or _is_sent(path)
            for entry in entries:
                if entry.key == "connection_specification":
                    continue
                is_field = has_fields and is_literal_field(entry.key, entry.node)
                is_sent = is_field or (may_hold and has_literal_secret(entry.key, entry.node))
                text = get_text(entry.node) or ""
                if is_sent or _shows_credential(entry.key, text):
                    yield (*path, entry.key)
                else:
                    yield from list_literal_secrets(entry.node, (*path, entry.key))
        case ListNode(items=items):
            for position, item in enumerate(items):
                yield from list_literal_secrets(item, (*path, str(position)))


def _is_sent(path: tuple[str, ...]) -> bool:
    """Return whether a mapping is sent with requests: it is below such a key, at any depth."""
    return any(key.startswith(_SENT_PREFIXES) for key in path)


def has_literal_secret(key: str, node: Node) -> bool:
    """Return whether the key is for a credential and a value is a literal, or leaves one as an alternative."""
    if key not in _CREDENTIAL_KEYS and not is_clear_credential(key):
        return False
    nodes = node.items if isinstance(node, ListNode) else (node,)
    values = (each.value for each in nodes if isinstance(each, ScalarNode) and isinstance(each.value, str | int))
    return any(len(literal) >= _MINIMUM_LENGTH for value in values for literal in _list_secrets(str(value)))


def _shows_credential(key: str, text: str) -> bool:
    """Return whether a text is a form or an address with a credential in it."""
    return has_literal_fields(text) if key == FORM else holds_credential(text) and not is_prose(text)


def has_literal_fields(form: str) -> bool:
    """Return whether a form that is written as one text has a field like that."""
    return holds_credential(f"?{form}")


def is_literal_field(name: str, node: Node) -> bool:
    """Return whether a field of a request has the name of a credential and a literal for its value."""
    literals = list_literals(str(node.value)) if isinstance(node, ScalarNode) and node.value is not None else ()
    return any(may_be_credential(name, literal) for literal in literals)


def _list_secrets(value: str) -> Iterator[str]:
    """Yield the literals that a value may be, or that are the password in it, or a key in place of both sides."""
    yield from list_literals(value)
    for username, password in list_basic(value, {}):
        secret = username if password.is_blank else password
        if secret.is_literal:
            yield secret.parts[0]
