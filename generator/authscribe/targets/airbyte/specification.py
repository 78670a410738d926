"""Build connection specifications: JSON Schemas (draft 7) of the configurations of Airbyte connectors.

Settings that all methods of a connector have are its properties; those of single methods are in the alternatives of a
choice, with a property whose value tells the alternatives apart. See
https://docs.airbyte.com/platform/connector-development/connector-specification-reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count, takewhile
from typing import Final, NamedTuple

from authscribe.model.definitions import Secret, Setting
from authscribe.targets.airbyte.configuration import ConfigPath, ConfiguredMethod, Json

_DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_CHOOSING: Final = "auth_type"
_STRUCTURE: Final = frozenset({
    "type", "title", "description", "default", "const", "enum", "examples", "pattern", "format", "order", "group",
    "deprecated", "airbyte_secret", "airbyte_hidden", "properties", "required", "oneOf", "anyOf", "allOf", "not",
    "items", "$ref",
})  # fmt: skip
"""Keywords of a property that decide what is read from it; facts of other systems under these are left out."""


class Alternative(NamedTuple):
    """Method of a connector, with the texts of its alternative; `id` is the value that chooses it."""

    id: str
    title: str
    summary: str
    method: ConfiguredMethod


class Choice(NamedTuple):
    """Choice between methods, by the values of the property at a path."""

    path: ConfigPath
    values: tuple[str, ...]


class _Property(NamedTuple):
    path: ConfigPath
    schema: Json
    is_needed: bool


def find_choice(alternatives: Sequence[Alternative]) -> Choice | None:
    """Return how methods are chosen: by a parameter that has one value in each of them, or else by a new property."""
    if len(alternatives) < 2:
        return None
    listed = [_list_properties(each.method) for each in alternatives]
    folder = _find_common_folder(listed, _find_shared(listed))
    for each in listed[0].values():
        values = [_find_only_value(properties.get(each.path)) for properties in listed]
        if each.path[:-1] == folder and None not in values and len(set(values)) == len(values):
            return Choice(each.path, tuple(map(str, values)))
    taken = {path[len(folder)] for properties in listed for path in properties if path[: len(folder)] == folder}
    names = chain((_CHOOSING,), (f"{_CHOOSING}_{number}" for number in count(2)))
    name = next(name for name in names if name not in taken)
    return Choice((*folder, name), tuple(each.id for each in alternatives))


def build_specification(title: str | None, alternatives: Sequence[Alternative], choice: Choice | None) -> Json:
    """Return the schema of a connector's configuration."""
    schema: Json = {"$schema": _DIALECT, **_make_texts(title), "type": "object"}
    listed = [_list_properties(each.method) for each in alternatives]
    if choice is None:
        return schema | _build_object(listed[0].values())
    shared = _find_shared(listed)
    folder = choice.path[:-1]
    options = [
        _build_option(each, [p for p in properties.values() if p.path not in shared], choice, value)
        for each, properties, value in zip(alternatives, listed, choice.values, strict=True)
    ]
    schema |= _build_object([*shared.values(), *([_Property(folder, {}, is_needed=True)] if folder else [])])
    holder = schema
    for key in folder:
        holder = holder["properties"][key]
    holder |= {"type": "object", **({"title": "Authentication"} if folder else {}), "oneOf": options}
    return schema


def _build_option(alternative: Alternative, own: Iterable[_Property], choice: Choice, value: str) -> Json:
    """Return the schema of an alternative, whose first property is the one that chooses it."""
    depth = len(choice.path) - 1
    properties = [each._replace(path=each.path[depth:]) for each in own]
    if choice.path[depth:] not in {each.path for each in properties}:
        constant = {"type": "string", "const": value, "order": 0}
        properties.insert(0, _Property(choice.path[depth:], constant, is_needed=True))
    texts = _make_texts(alternative.title, alternative.summary)
    return {**texts, "type": "object", **_build_object(properties)}


def _make_texts(title: str | None, description: str = "") -> Json:
    texts = {"title": title, "description": description}
    return {key: text for key, text in texts.items() if text is not None and text.strip()}


def _build_object(properties: Iterable[_Property]) -> Json:
    """Return the keywords of an object with properties at these paths."""
    members: dict[str, list[_Property]] = {}
    for each in properties:
        members.setdefault(each.path[0], []).append(each._replace(path=each.path[1:]))
    needed = [key for key, inner in members.items() if any(each.is_needed for each in inner)]
    return {**({"required": needed} if needed else {}), "properties": {k: _build_member(v) for k, v in members.items()}}


def _build_member(inner: Sequence[_Property]) -> Json:
    if len(inner) == 1 and not inner[0].path:
        return inner[0].schema
    return {"type": "object", **_build_object(each for each in inner if each.path)}


def _list_properties(method: ConfiguredMethod) -> dict[ConfigPath, _Property]:
    paths = ((method.paths[name], setting) for name, setting in method.settings.items())
    return {path: _Property(path, build_property(each), not each.may_be_omitted) for path, each in paths}


def _find_shared(listed: Sequence[Mapping[ConfigPath, _Property]]) -> dict[ConfigPath, _Property]:
    """Return the properties that are the same in all methods."""
    first, *others = listed
    return {path: each for path, each in first.items() if all(other.get(path) == each for other in others)}


def _find_common_folder(
    listed: Sequence[Mapping[ConfigPath, _Property]], shared: Mapping[ConfigPath, _Property]
) -> ConfigPath:
    """Return the path of the innermost object with all properties that methods do not share."""
    folders = [path[:-1] for properties in listed for path in properties if path not in shared]
    parts = takewhile(lambda keys: len(set(keys)) == 1, zip(*folders, strict=False))
    return tuple(keys[0] for keys in parts)


def _find_only_value(each: _Property | None) -> str | None:
    value = each.schema.get("const") if each is not None else None
    return value if isinstance(value, str) else None


def build_property(setting: Setting) -> Json:
    """Return the schema of a setting; it never holds the value of a secret."""
    is_masked = isinstance(setting, Secret) and setting.is_masked
    choices = [choice.value for choice in setting.shown_choices]
    # A constant is its own default.
    is_constant = len(choices) == 1 and setting.default == choices[0] and not is_masked
    facts = {
        "type": setting.type.value,
        **_make_texts(setting.title, setting.description),
        **({"const": choices[0]} if is_constant else {"enum": choices or None}),
        "default": setting.default if not (is_masked or is_constant) and setting.is_public else None,
        "examples": [setting.example] if setting.example is not None and setting.is_public else None,
        "pattern": setting.shown_pattern,
        "format": setting.format,
        "order": setting.order,
        "group": setting.group,
        "airbyte_secret": is_masked or None,
        "airbyte_hidden": setting.hidden or None,
        "deprecated": setting.deprecated or None,
    }
    kept = {key: value for key, value in setting.extras.items() if key not in _STRUCTURE}
    return {**{key: value for key, value in facts.items() if value is not None}, **kept}
