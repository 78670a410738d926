"""Find literals in a foreign document that may be credentials, in addresses and at any depth."""

from __future__ import annotations

from collections.abc import Callable

from authscribe.model.credential_names import may_be_credential, may_be_live_credential
from authscribe.model.draft import ListNode, Node, ScalarNode, find_value_name, get_text
from authscribe.model.stand_ins import REFERENCE, list_fields, list_literal_users


def holds_credential(address: str) -> bool:
    """Return whether an address has a literal before its host or in its query that may be a credential.

    What is in braces refers to a value elsewhere.
    """
    if "@" not in address and "?" not in address:
        return False
    has_user = any(map(any, list_literal_users(address)))
    return has_user or any("{" not in value and may_be_credential(name, value) for name, value in list_fields(address))


def is_prose(text: str) -> bool:
    """Return whether a text is more than one word, and thus no address: `withhold_shown` masks single values in it.

    Blanks in references, such as `{{ config['shop'] }}`, do not count.
    """
    return len(REFERENCE.sub("", text).split(maxsplit=1)) > 1


def may_hold_credential(name: str, node: Node) -> bool:
    """Return whether a value may be a literal credential, or hold one in an address or at a depth."""
    return bool(list_credential_paths(name, node))


def list_credential_paths(name: str, node: Node) -> list[tuple[str, ...]]:
    """Return the path of each literal in a value that may be a credential or an address with one."""
    return _list_paths(name, node, lambda name, text: may_be_credential(name, text) or holds_credential(text))


def may_be_live(name: str, node: Node) -> bool:
    """Return whether a value may be a credential that somebody uses, or hold one."""
    return bool(list_live_paths(name, node))


def list_live_paths(name: str, node: Node) -> list[tuple[str, ...]]:
    """Return the path of each literal that may be a credential that somebody uses, or an address with one."""
    return _list_paths(name, node, lambda name, text: may_be_live_credential(name, text) or _holds_live(text))


def _holds_live(address: str) -> bool:
    if ("@" not in address and "?" not in address) or is_prose(address):
        return False
    has_password = any(password for _, password in list_literal_users(address))
    return has_password or any(may_be_live_credential(name, value) for name, value in list_fields(address))


def _list_paths(name: str, node: Node, is_found: Callable[[str, str], bool]) -> list[tuple[str, ...]]:
    # Nearly nothing is found, so that a list costs less than a generator for each node.
    if isinstance(node, ScalarNode):
        return [()] if is_found(name, get_text(node) or "") else []
    if isinstance(node, ListNode):
        items = enumerate(node.items)
        return [(str(position), *path) for position, item in items for path in _list_paths(name, item, is_found)]
    return [
        (key, *path)
        for key, _, item in node.entries
        for path in _list_paths(find_value_name(name, node) if key == "value" else key, item, is_found)
    ]
