"""Plan JSON Schemas (2020-12) of the settings that the owner of a connector supplies, for forms.

A property has the name on the wire, by which the generated configuration class accepts a value, too: it accepts all
values that a form has validated. Secrets are `writeOnly`. The methods of a connector are alternatives, told apart by
`method`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.encoders.language import Language
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector, Scheme
from authscribe.targets.plan import JSON_SCHEMA, PLACEHOLDER, PLACEHOLDERS, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import (
    Stub,
    StubSetting,
    find_title,
    list_all_stubs,
    locate_stubs,
)

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TYPES: Final = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def _match_word(word: str) -> str:
    """Return a pattern for a word in any letter case, with hyphens and underscores anywhere."""
    return "[_-]*".join(("", *(f"[{letter.lower()}{letter.upper()}]" for letter in word), ""))


_UNSET: Final = "|".join(("<[^<>]*>", _match_word("changeme"), _match_word(re.sub("_", "", PLACEHOLDER))))
_PLACEHOLDER_PATTERN: Final = rf"^\s*(?:{_UNSET})\s*$"
"""Pattern of the texts that generated classes refuse as secrets."""

_PLACEHOLDER: Final = "Placeholder"
"""Name of the definition with that pattern; no method has a capital in its id."""

Json = dict[str, object]


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    document = _build_schema(definition, [*list_all_stubs(catalogue, definition)])
    path = f"{JSON_SCHEMA}/{locate_stubs(definition)}.schema.json"
    yield PlannedFile(path, JSON_SCHEMA, Language.JSON, document, subject=definition.id)


JSON_SCHEMA_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of a JSON document for each scheme and connector."""


def _build_schema(definition: Scheme | Connector, stubs: list[Stub]) -> Json:
    has_secrets = any(each.field.is_secret for stub in stubs for each in stub.required)
    shared: dict[str, Json] = {_PLACEHOLDER: {"pattern": _PLACEHOLDER_PATTERN}} if has_secrets else {}
    tags: dict[str, Json] = {"scheme" if isinstance(definition, Scheme) else "connector": {"const": definition.id}}
    head = {"$schema": _DIALECT, "title": find_title(definition), **_describe(definition.summary)}
    if isinstance(definition, Scheme) or len(stubs) == 1:
        return {**head, **_build_object(stubs[0], tags), **({"$defs": shared} if shared else {})}
    methods = {
        method.id: {
            **({"title": method.title} if method.title else {}),
            **_build_object(stub, {**tags, "method": {"const": method.id}}, ("method",)),
        }
        for method, stub in zip(list_methods(definition), stubs, strict=True)
    }
    return {**head, "oneOf": [{"$ref": f"#/$defs/{name}"} for name in methods], "$defs": {**methods, **shared}}


def _build_object(stub: Stub, tags: dict[str, Json], required_tags: tuple[str, ...] = ()) -> Json:
    settings = sorted((*stub.required, *stub.parameters), key=_make_form_key)
    return {
        "type": "object",
        "properties": {**tags, **{each.setting.name: _build_property(each) for each in settings}},
        "required": [*required_tags, *(each.setting.name for each in settings if each.is_needed)],
        "additionalProperties": False,
    }


def _make_form_key(each: StubSetting) -> tuple[bool, int]:
    """Return a key that sorts settings as a form shows them: those without a position come last."""
    order = each.setting.order
    return (order is None, order or 0)


def _build_property(each: StubSetting) -> Json:
    setting, field = each
    facts = {
        "title": setting.title,
        "type": _TYPES.get(field.type, field.type),
        "description": field.description.strip() or None,
        "default": each.value,
        "examples": [setting.example] if setting.example is not None and setting.is_public else None,
        "format": setting.format,
        "pattern": field.pattern,
        "deprecated": True if setting.deprecated else None,
        **(_limit_values(each) or _exclude_placeholders(each)),
    }
    return {key: value for key, value in facts.items() if value is not None}


def _exclude_placeholders(each: StubSetting) -> Json:
    """Return the keys that make a form refuse the placeholders that the class refuses."""
    field = each.field
    if field.is_secret:
        return {"writeOnly": True, "minLength": 1, "not": {"$ref": f"#/$defs/{_PLACEHOLDER}"}}
    placeholder = PLACEHOLDERS.get(field.type)
    return {"not": {"const": placeholder}} if placeholder is not None else {}


def _limit_values(each: StubSetting) -> Json:
    """Return the key with the allowed values, and with labels if there are any; no key if the class accepts others."""
    setting, field = each
    if not field.choices:
        return {}
    if not any(choice.label for choice in setting.enum):
        return {"enum": [*field.choices]}
    return {"oneOf": [{"const": choice.value, "title": choice.label or str(choice.value)} for choice in setting.enum]}


def _describe(text: str) -> Json:
    return {"description": text} if text.strip() else {}
