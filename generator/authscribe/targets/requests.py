"""Describe OAuth, requests for tokens and those that verify credentials as plain data, the same in every target."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from authscribe.model.definitions import Endpoint, Endpoints, Model, OAuth, RequestContent, TokenRequest


def describe_request(request: RequestContent) -> dict[str, Any]:
    """Return everything that a request sends, and where its response has the token, without what is empty."""
    facts = {key: _describe(getattr(request, key)) for key in type(request).model_fields}
    stated = {key: value for key, value in facts.items() if value not in (None, {}, [])}
    return stated if "body" in stated else {key: value for key, value in stated.items() if key != "body_format"}


def list_request_facts(request: TokenRequest | None) -> dict[str, str]:
    """Return the facts of a request as texts, by their dotted paths; the items of lists are counted from 1."""
    return dict(_flatten(describe_request(request), ())) if request is not None else {}


def describe_verification(endpoints: Endpoints) -> dict[str, Any]:
    """Return what the request that verifies credentials sends besides its address; nothing about a plain GET."""
    request = endpoints.verification
    facts = describe_request(request) if request is not None else {}
    if facts.get("method") == "GET":
        del facts["method"]
    return {key: value for key, value in facts.items() if key not in Endpoint.model_fields}


def list_verification_facts(endpoints: Endpoints) -> dict[str, str]:
    """Return the same as texts, by their dotted paths."""
    return dict(_flatten(describe_verification(endpoints), ()))


def describe_oauth(oauth: OAuth | None) -> dict[str, Any]:
    """Return what is stated about OAuth, apart from the scopes that are requested and from what is usual."""
    return oauth.model_dump(mode="json", exclude={"scopes"}, exclude_defaults=True) if oauth is not None else {}


def list_oauth_facts(oauth: OAuth | None) -> dict[str, str]:
    """Return the same as texts, by their dotted paths."""
    return dict(_flatten(describe_oauth(oauth), ()))


def _describe(value: object) -> object:
    match value:
        case RequestContent():
            return describe_request(value)
        case Model():
            return value.model_dump(mode="json")
        case tuple():
            return [_describe(item) for item in value]
    return value


def _flatten(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    match value:
        case dict() if value or not path:
            for key, item in value.items():
                yield from _flatten(item, (*path, key))
        case list() if value:
            for number, item in enumerate(value, 1):
                yield from _flatten(item, (*path, str(number)))
        case _:
            yield ".".join(path), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
