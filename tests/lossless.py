"""Compare what a reader made of a foreign document with the document as another parser reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel
from support import resolve

from authscribe.model.catalogue import Catalogue
from authscribe.model.draft import Draft, KeyOutcome, Outcome, make_pointer
from authscribe.readers.registry import read_source

Leaf = tuple[tuple[str, ...], str]
# What the models call what a manifest of Airbyte has.
_SAID_AS = {
    "ApiKeyAuthenticator": "api_key",
    "BasicHttpAuthenticator": "http_basic",
    "BearerAuthenticator": "http_bearer",
    "JwtAuthenticator": "jwt",
    "LegacySessionTokenAuthenticator": "two_step",
    "NoAuth": "none",
    "OAuthAuthenticator": "oauth2_",
    "SelectiveAuthenticator": "methods",
    "SessionTokenAuthenticator": "two_step",
    "oauth2.0": "oauth2_authorization_code",
    "oauth1.0": "oauth1",
    "request_parameter": "query",
    "{{ config.get('credentials', {}).get('client_id') }}": "{credentials.client_id}",
    "{{ config['credentials']['email'] + '/token' }}": "{credentials.email}/token",
}
_WITHOUT_FACTS = {"HttpRequester", "RequestOption", "Bearer", "ApiKey"}
"""Types of components that say where something is used, which is in the models by the place that it has there."""


def raw(path: Path) -> object:
    """Return the document with every scalar as text, so that no parser's idea of types comes in."""
    if path.suffix == ".json":
        return json.loads(path.read_text("utf-8-sig"))
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


def scalars(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield every scalar in a document, with the keys and positions that lead to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, (*path, str(key)))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from scalars(item, (*path, str(position)))
    else:
        yield path, value


def leaves(value: object) -> Iterator[Leaf]:
    """Yield every scalar as text."""
    return ((path, written(scalar)) for path, scalar in scalars(value))


def written(value: object) -> str:
    """Return a scalar as text, the same for every parser."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read(path: Path) -> tuple[Draft, Catalogue]:
    """Return the draft of a document, and the catalogue of it alone."""
    return read_source(str(path), path.read_text("utf-8-sig")), resolve(path).catalogue


def carrier(draft: Draft, path: tuple[str, ...]) -> KeyOutcome:
    """Return the one entry of the record that covers a leaf."""
    above = {make_pointer(path[:length]) for length in range(1, len(path) + 1)}
    (found,) = [carried for carried in draft.key_outcomes if carried.pointer in above]
    return found


def said(catalogue: Catalogue) -> list[str]:
    """Return every key and scalar in the schemes and connectors of a catalogue."""
    models: tuple[BaseModel, ...] = (*catalogue.schemes, *catalogue.connectors)
    return [text for model in models for text in _texts(model.model_dump(mode="json", by_alias=True))]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield written(value)


def kept_as_it_stands(draft: Draft, document: object, catalogue: Catalogue) -> list[Leaf]:
    """Return the leaves that the record calls kept, but that no `extras` has under the same key."""
    extras = [
        leaf
        for model in (*catalogue.schemes, *catalogue.connectors)
        for holder in (model, *_settings(model))
        for leaf in leaves(holder.model_dump(mode="json")["extras"])
    ]
    known = {(_key(path), value) for path, value in extras}
    return [
        (path, value)
        for path, value in leaves(document)
        if carrier(draft, path).outcome is Outcome.KEPT and (_key(path), value) not in known
    ]


def _key(path: tuple[str, ...]) -> str:
    """Return the last key of a path that is not a position in a list."""
    named = [part for part in path if not part.isdecimal()]
    return named[-1].partition("[")[0] if named else ""


def _settings(model: BaseModel) -> tuple[BaseModel, ...]:
    lists = (getattr(model, name, ()) for name in ("required", "injected", "parameters"))
    return tuple(setting for settings in lists for setting in settings)


def unsaid(draft: Draft, document: object, catalogue: Catalogue) -> list[Leaf]:
    """Return the leaves that the record calls mapped, but that no model contains, in Airbyte's words or in its own."""
    shown = "\n".join(said(catalogue))
    return [
        (path, value)
        for path, value in leaves(document)
        if carrier(draft, path).outcome is Outcome.MAPPED
        and path[-1] not in ("airbyte_secret", "use_profile_assertion")
        and value not in _WITHOUT_FACTS
        and not any(spelling in shown for spelling in _spellings(value))
    ]


def _spellings(value: str) -> Iterator[str]:
    """Yield the forms that a value of a manifest may have in the models."""
    yield _SAID_AS.get(value, value)
    yield from ("\n".join(value.split(separator)) for separator in (" ", ","))
    plain = (
        value.replace("{{ ", "{{")
        .replace(" }}", "}}")
        .replace("']['", ".")
        .replace("config.", "config['")
        .replace("{{session_token", "{{config['session_token")
    )
    for opening in ("{", "${"):
        yield plain.replace("{{config['", opening).replace("']}}", "}").replace("}}", "}").strip("/")
