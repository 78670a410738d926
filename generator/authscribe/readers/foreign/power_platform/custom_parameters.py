"""Read the custom parameters of a Power Platform login, and the templates of its requests among them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from authscribe.model.draft import Entry, MapNode, Node, ScalarNode, Value
from authscribe.readers.foreign.literal_credentials import may_hold_credential
from authscribe.readers.foreign.tracking import TrackedMapping

CLIENT_SECRET: Final = "clientSecret"  # noqa: S105 - the name of a parameter
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_AUTHORIZATION: Final = "authorizationurlquerystringtemplate"
_BODY: Final = "tokenbodytemplate"
_OTHERS: Final = ("tokenurlquerystringtemplate", "refreshbodytemplate", "refreshurlquerystringtemplate")
REQUEST_TEMPLATES: Final = (_AUTHORIZATION, _BODY, *_OTHERS)
"""Custom parameters with the fields of requests, in lower case."""
_LONGEST_CONSTANT: Final = 200
"""Most characters of a text that others refer to: a short document could become a very long one."""


@dataclass(frozen=True, slots=True)
class CustomParameter:
    """Custom parameter of a login that has text for a value."""

    mapping: TrackedMapping
    value: ScalarNode

    @property
    def text(self) -> str:
        """Text of the value."""
        return str(self.value.value)


def find_custom(custom: TrackedMapping, *keys: str) -> CustomParameter | None:
    """Return the first custom parameter with one of these keys, which are in lower case."""
    for entry in custom.node.entries:
        value = _find_value(entry) if entry.key.lower() in keys else None
        if value is not None:
            return CustomParameter(custom.child(entry.key), value)
    return None


def list_constants(custom: TrackedMapping) -> dict[str, str]:
    """Return the texts of the custom parameters to which others may refer, by their keys in lower case.

    One that may be a credential, or hold one in an address, is not among them.
    """
    values = ((entry.key, _find_value(entry)) for entry in reversed(custom.node.entries))
    texts = ((key, value) for key, value in values if value is not None and not may_hold_credential(key, value))
    return {key.lower(): str(value.value) for key, value in texts if len(str(value.value)) <= _LONGEST_CONSTANT}


def _find_value(entry: Entry) -> ScalarNode | None:
    """Return the value of a custom parameter if it is text that is not blank."""
    value = entry.node.find("value") if isinstance(entry.node, MapNode) else None
    if isinstance(value, ScalarNode) and isinstance(value.value, str) and value.value.strip():
        return value
    return None


def replace_variables(text: str, value: Callable[[str], str]) -> str:
    """Return a text with each variable replaced by the result of `value` for its name."""
    return _VARIABLE.sub(lambda match: value(match[1]), text)


def list_variables(text: str) -> list[str]:
    """Return the variables in a text."""
    return _VARIABLE.findall(text)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """Requests for tokens as templates describe them: their fields, and those of the authorization request.

    `body` are the fields of the first one. `has_default` is set if there is no template for it, so that the platform
    sends its own fields, among them both credentials of the client, or only its id if it is public. With
    `has_challenge`, the platform adds a challenge to them (RFC 7636), and a client may have no secret.
    """

    fields: tuple[tuple[str, str], ...] = ()
    authorization: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, str], ...] = ()
    has_default: bool = True
    has_challenge: bool = False
    is_public: bool = False

    @classmethod
    def from_custom(cls, custom: TrackedMapping) -> TokenRequest:
        """Return the requests that the custom parameters of a login describe."""
        body = parse_template(custom, _BODY)
        others = (field for key in _OTHERS for field in parse_template(custom, key))
        return cls((*body, *others), parse_template(custom, _AUTHORIZATION), body, not body)

    @property
    def grant(self) -> str:
        """Grant of the first request; empty if no template states it."""
        return next((value for name, value in self.fields if name == "grant_type"), "")

    def uses(self, variable: str) -> bool:
        """Return whether any of the requests has a field with this variable."""
        if self.is_public and variable == CLIENT_SECRET:
            return False
        reference = f"{{{variable.lower()}}}"
        return self.has_default or any(reference in value.lower() for _, value in (*self.fields, *self.authorization))

    def to_facts(self) -> dict[str, Node | Value]:
        """Return what the templates tell about OAuth."""
        has_challenge = self.has_challenge or any(name == "code_challenge" for name, _ in self.authorization)
        sends_secret = self.has_challenge and not self.is_public
        has_secret = sends_secret or any(name == "client_secret" for name, _ in self.fields)
        return {
            "pkce": True if has_challenge else None,
            "client_authentication": "client_secret_post" if has_secret else None,
        }


def parse_template(custom: TrackedMapping, key: str) -> tuple[tuple[str, str], ...]:
    """Return the names and values in a template of a query or a form; the template is left."""
    template = find_custom(custom, key)
    return tuple(parse_qsl(template.text.lstrip("?"))) if template is not None else ()
