"""Plan JSON Schemas (2020-12) of the settings that the owner of a connector supplies, for forms.

A property has the name on the wire, by which the generated configuration class accepts a value, too: it accepts all
values that a form has validated. Secrets are `writeOnly`. The methods of a connector are alternatives, told apart by
`method`. What a form asks for only in some cases is required in these cases; the class never requires it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from authscribe.encoders.json import encode_json
from authscribe.encoders.language import Language
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.not_carried_over import report_not_carried_into
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.places import Places
from authscribe.targets.plan import JSON_SCHEMA, PLACEHOLDER, PLACEHOLDERS, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.python_fields import is_of_type
from authscribe.targets.python_views import FieldView
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

_FORM_FACTS: Final = ("hidden", "automated", "group", "prefix", "suffix")
"""Facts about a form that the keywords of JSON Schema cannot state; validators may refuse others."""

_NO_KEYWORD: Final = "JSON Schema has no keyword for it"
_NO_CASE: Final = "it makes no case in which the schema can require the setting"

Json = dict[str, object]


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    document = _build_schema(definition, [*list_all_stubs(catalogue, definition)])
    path = f"{JSON_SCHEMA}/{locate_stubs(definition)}.schema.json"
    yield PlannedFile(path, JSON_SCHEMA, Language.JSON, document, subject=definition.id)


def _report_lost(catalogue: Catalogue, places: Places) -> Iterator[Finding]:
    """Yield a finding for each fact about a form that a schema does not hold, once for all that inherit it."""
    seen: set[tuple[Place, str]] = set()
    for definition in catalogue.definitions:
        is_scheme = isinstance(definition, Scheme)
        for stub in list_all_stubs(catalogue, definition):
            for key, place, reason in _list_lost_facts(stub, places):
                if (place, key) not in seen:
                    seen.add((place, key))
                    # Without the name of the setting, which its place shows, findings in large documents are joined.
                    finding = report_not_carried_into(JSON_SCHEMA, key, definition.id, reason, place)
                    ids = (definition.id, None) if is_scheme else (None, definition.id)
                    yield finding._replace(scheme=ids[0], connector=ids[1])


def _list_lost_facts(stub: Stub, places: Places) -> Iterator[tuple[str, Place, str]]:
    """Yield the key of each fact about a setting that is lost, its place, and the reason."""
    others = {each.setting.name: each for each in _list_settings(stub)}
    for each in others.values():
        lost = dict.fromkeys((key for key in _FORM_FACTS if getattr(each.setting, key)), _NO_KEYWORD)
        if each.setting.visible_when and _find_case(each, others) is None:
            lost["visible_when"] = _NO_CASE
        for key, reason in lost.items():
            yield key, places.locate_setting(stub.owners, each.setting, key), reason


JSON_SCHEMA_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition, _report_lost)
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


def _list_settings(stub: Stub) -> list[StubSetting]:
    """Return what the owner supplies, as a form shows it."""
    return sorted((*stub.required, *stub.parameters), key=_make_form_key)


def _build_object(stub: Stub, tags: dict[str, Json], required_tags: tuple[str, ...] = ()) -> Json:
    settings = _list_settings(stub)
    cases = _require_in_cases(settings)
    return {
        "type": "object",
        "properties": {**tags, **{each.setting.name: _build_property(each) for each in settings}},
        "required": [*required_tags, *(each.setting.name for each in settings if each.is_needed)],
        "additionalProperties": False,
        **({"allOf": cases} if cases else {}),
    }


def _require_in_cases(settings: Sequence[StubSetting]) -> list[Json]:
    """Return a subschema for each case in which more settings are required."""
    cases: dict[str, tuple[Json, list[str]]] = {}
    others = {each.setting.name: each for each in settings}
    for each in settings:
        case = _find_case(each, others)
        if case is not None:
            cases.setdefault(encode_json(case), (case, []))[1].append(each.setting.name)
    return [{"if": case, "then": {"required": names}} for case, names in cases.values()]


def _find_case(each: StubSetting, others: Mapping[str, StubSetting]) -> Json | None:
    """Return the schema of the objects in which a form asks for a setting and needs it; None if there is none.

    An object without a setting has the default of that setting, unless a form asks for that one only in some cases.
    No case depends on the value of a secret, which a schema must not show.
    """
    conditions = each.setting.conditions
    if not each.setting.is_needed_if_visible or not conditions:
        return None
    if not all(name in others and _are_values(values, others[name].field) for name, values in conditions.items()):
        return None
    stated = [
        name
        for name, values in conditions.items()
        if others[name].setting.visible_when or others[name].value not in values
    ]
    return {
        "properties": {name: {"enum": [*values]} for name, values in conditions.items()},
        **({"required": stated} if stated else {}),
    }


def _are_values(values: Sequence[object], field: FieldView) -> bool:
    """Return whether there are values, all of which a field may have and a schema may show."""
    return bool(values) and not field.is_secret and all(is_of_type(value, field.type) for value in values)


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
    if not any(choice.label for choice in setting.shown_choices):
        return {"enum": [*field.choices]}
    return {
        "oneOf": [
            {"const": choice.value, "title": choice.label or str(choice.value)} for choice in setting.shown_choices
        ]
    }


def _describe(text: str) -> Json:
    return {"description": text} if text.strip() else {}
