"""Build the fields of the generated classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.model.definitions import InjectedSecret, Lifetime, Parameter, Secret, Setting, Source
from authscribe.model.markup import describe_markup
from authscribe.model.patterns import find_common_pattern, is_match
from authscribe.model.spelling import list_stated_keys
from authscribe.model.validation import convert_text
from authscribe.targets.plan import PLACEHOLDERS
from authscribe.targets.python_views import FieldView

_TYPES: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_PYTHON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "array": (list,), "object": (dict,),
}  # fmt: skip


def build_injected_field(secret: InjectedSecret, optional: set[str]) -> FieldView:
    """Build the field of an injected secret; a copy of an optional secret is optional too."""
    extra: dict[str, object] = {"x-origin": secret.origin.source.value}
    if secret.origin.source is Source.COPIED and secret.origin.required is not None:
        extra["x-required"] = secret.origin.required
    if secret.lifetime not in (Lifetime.STATIC, Lifetime.UNKNOWN):
        extra["x-lifetime"] = secret.lifetime.value
    lacks_value = secret.may_be_omitted and _find_default(secret) is None
    return build_secret_field(secret, optional=lacks_value or secret.origin.required in optional, extra=extra)


def may_be_absent(secret: Secret) -> bool:
    """Return whether the field of a secret has no value by default; a default that may be secret is omitted."""
    has_default = _leave_out_placeholder(secret.default) is not None
    return (secret.may_be_omitted or has_default) and _find_default(secret) is None


def _find_default(secret: Secret) -> object:
    """Return the default of a field, if it may be shown and is of the field's type."""
    is_usable = secret.is_public and (isinstance(secret.default, str) or not secret.is_masked)
    return _leave_out_placeholder(secret.default) if is_usable else None


def _leave_out_placeholder(default: object) -> object:
    """Return a default, or None for one that the generated classes refuse."""
    return None if default in PLACEHOLDERS.values() else default


def build_secret_field(secret: Secret, *, optional: bool, extra: dict[str, object] | None = None) -> FieldView:
    """Build the field of a secret."""
    default = None if optional else _find_default(secret)
    field = _build_field(secret, default, extra or {}, is_secret=secret.is_masked)
    return field._replace(optional=optional, has_default=optional or default is not None)


def build_parameter_field(parameter: Parameter) -> FieldView:
    """Build the field of a parameter."""
    default = _leave_out_placeholder(parameter.default)
    has_default = default is not None
    return _build_field(parameter, default, {}, is_secret=False)._replace(
        optional=parameter.may_be_omitted and not has_default, has_default=has_default or parameter.may_be_omitted
    )


def _build_field(setting: Setting, default: object, extra: dict[str, object], *, is_secret: bool) -> FieldView:
    """Build a field whose type allows what a setting allows."""
    kind = "str" if is_secret else _TYPES.get(setting.type.value, setting.type.value)
    choices = () if is_secret else _list_choices(setting, kind, default)
    stated = {
        "enum": [*choices] if kind != "str" and choices else None,
        "pattern": _find_pattern(setting, default) if kind == "str" and not choices else None,
        # The format of a masked secret is `password`.
        "format": None if is_secret else setting.format,
        "examples": [setting.example] if setting.example is not None and setting.is_public else None,
        "deprecated": setting.deprecated or None,
    }
    return FieldView(
        wire=setting.name,
        attribute=setting.attribute,
        alias=_find_alias(setting),
        keys=list_stated_keys(setting),
        title=(setting.title or "").strip() or None,
        description=describe_markup(setting.description),
        is_secret=is_secret,
        type=kind,
        optional=False,
        has_default=False,
        default=default,
        choices=choices,
        extra={**extra, **{key: value for key, value in stated.items() if value is not None}},
    )


def _list_choices(setting: Setting, kind: str, default: object) -> tuple[str | int | float, ...]:
    """Return the allowed values; none if the default or one of them is not fit, which lint reports."""
    values = tuple(choice.value for choice in setting.shown_choices)
    is_closed = default in (None, *values) and all(is_of_type(value, kind) for value in values)
    return values if is_closed else ()


def _find_pattern(setting: Setting, default: object) -> str | None:
    """Return the pattern; none if a dialect does not know it or the default does not match it, which lint reports."""
    stated = setting.shown_pattern
    pattern = None if stated is None else find_common_pattern(stated)
    try:
        is_fit = pattern is None or not isinstance(default, str) or is_match(pattern, default)
    except TimeoutError:
        return None
    return pattern if is_fit else None


def is_of_type(value: object, name: str) -> bool:
    """Return whether a value is of the type that a field states by this name."""
    return isinstance(value, _PYTHON_TYPES[name]) and isinstance(value, bool) == (name == "bool")


def read_text(text: str, name: str) -> object:
    """Return a text of the environment as a field of the type with this name reads it; None if it refuses the text."""
    return convert_text(text, _PYTHON_TYPES[name][-1])


def _find_alias(setting: Setting) -> str | None:
    """Return the wire name if the attribute differs from it."""
    return None if setting.attribute == setting.name else setting.name
