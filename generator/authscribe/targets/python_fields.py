"""Build the fields of the generated classes."""

from __future__ import annotations

from typing import Final

from authscribe.model.definitions import InjectedSecret, Parameter, Secret, Setting, Source
from authscribe.model.markup import describe_markup
from authscribe.model.spelling import list_stated_keys
from authscribe.targets.plan import PLACEHOLDERS
from authscribe.targets.python_views import FieldView

_TYPES: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def build_injected_field(secret: InjectedSecret, optional: set[str]) -> FieldView:
    """Build the field of an injected secret; a copy of an optional secret is optional too."""
    extra = {"x-origin": secret.origin.source.value}
    if secret.origin.source is Source.COPIED and secret.origin.required is not None:
        extra["x-required"] = secret.origin.required
    lacks_value = secret.optional and _find_default(secret) is None
    return build_secret_field(secret, optional=lacks_value or secret.origin.required in optional, extra=extra)


def may_be_absent(secret: Secret) -> bool:
    """Return whether the field of a secret has no value by default; a default that may be secret is omitted."""
    has_default = _leave_out_placeholder(secret.default) is not None
    return (secret.optional or has_default) and _find_default(secret) is None


def _find_default(secret: Secret) -> object:
    """Return the default of a field, if it may be shown and is of the field's type."""
    is_usable = secret.is_public and (isinstance(secret.default, str) or not secret.is_masked)
    return _leave_out_placeholder(secret.default) if is_usable else None


def _leave_out_placeholder(default: object) -> object:
    """Return a default, or None for one that the generated classes refuse."""
    return None if default in PLACEHOLDERS.values() else default


def build_secret_field(secret: Secret, *, optional: bool, extra: dict[str, str] | None = None) -> FieldView:
    """Build the field of a secret."""
    default = None if optional else _find_default(secret)
    return FieldView(
        wire=secret.name,
        attribute=secret.attribute,
        alias=_find_alias(secret),
        keys=list_stated_keys(secret),
        description=describe_markup(secret.description),
        is_secret=secret.is_masked,
        type="str" if secret.is_masked else _TYPES.get(secret.type.value, secret.type.value),
        optional=optional,
        has_default=optional or default is not None,
        default=default,
        extra=extra or {},
    )


def build_parameter_field(parameter: Parameter) -> FieldView:
    """Build the field of a parameter; if its default is not an allowed value, which lint reports, any value is."""
    texts = tuple(choice.value for choice in parameter.enum if isinstance(choice.value, str))
    default = _leave_out_placeholder(parameter.default)
    is_closed = len(texts) == len(parameter.enum) and default in (None, *texts)
    choices = texts if is_closed else ()
    has_default = default is not None
    return FieldView(
        wire=parameter.name,
        attribute=parameter.attribute,
        alias=_find_alias(parameter),
        keys=list_stated_keys(parameter),
        description=describe_markup(parameter.description),
        is_secret=False,
        type=_TYPES.get(parameter.type.value, parameter.type.value),
        optional=parameter.optional and not has_default,
        has_default=has_default or parameter.optional,
        default=default,
        constant=choices[0] if len(choices) == 1 else None,
        choices=choices if len(choices) > 1 else (),
    )


def _find_alias(setting: Setting) -> str | None:
    """Return the wire name if the attribute differs from it."""
    return None if setting.attribute == setting.name else setting.name
