"""Define what a change between two catalogues is, and word its values."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Final, NamedTuple

from authscribe.changes.effects import Effect
from authscribe.model.credential_names import is_secret_name
from authscribe.model.definitions import (
    Choice,
    Endpoint,
    InjectedSecret,
    Model,
    Placement,
    RequestStep,
    Secret,
    Setting,
    Source,
)
from authscribe.model.stated_values import VALUE_KEYS, may_be_value
from authscribe.model.strict import Suppression

OPEN_KEYS: Final = ("visible_when", "extras")
"""Facts of a setting that may contain a value of it or of another one."""
_SHOWN: Final = 80
"""Most characters of a value that a message shows."""


class Change(NamedTuple):
    """Difference between two catalogues; `keys` is its path, such as `schemes`, `oauth2`, `injected`, `ticket`.

    `old` and `new` are the values as text: None where there is none, or where it may be the value of a secret.
    """

    keys: tuple[str, ...]
    message: str
    effect: Effect
    old: str | None = None
    new: str | None = None


def is_confidential(setting: Setting) -> bool:
    """Return whether a value of the setting may be secret, so that no report shows it; a name can tell that too."""
    return setting.is_masked if isinstance(setting, Secret) else is_secret_name(setting.name)


def list_value_keys(*versions: Setting) -> tuple[str, ...]:
    """Return the facts that may contain a value of a setting in any of its versions."""
    patterns = ("pattern" for each in versions if may_be_value("pattern", each.pattern))
    return (*VALUE_KEYS, *OPEN_KEYS, *patterns)


def is_obtained(setting: Setting) -> bool:
    """Return whether somebody must log in for the value."""
    return isinstance(setting, InjectedSecret) and setting.origin.source is Source.ONBOARDING


def describe_value(value: object) -> str | None:
    """Return a value as a message shows it; None for one that states nothing."""
    if value is None or value in ("", (), {}):
        return None
    text = _spell(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _spell(value: object) -> str:
    match value:
        case StrEnum() | str():
            return f"'{value}'"
        case Choice():
            return f"{_spell(value.value)} ({value.label})" if value.label else _spell(value.value)
        case Suppression():
            return f"{_spell(value.rule)} ({value.reason}{f', until {value.until}' if value.until else ''})"
        case Endpoint() | RequestStep():
            return _spell(value.url)
        case Placement():
            templates = " or ".join(map(_spell, value.templates))
            return " ".join(part for part in (value.location, value.name and f"'{value.name}'", templates) if part)
        case tuple():
            return ", ".join(map(_spell, value))
    return json.dumps(value, default=_to_plain, ensure_ascii=False)


def _to_plain(value: object) -> object:
    """Return a part of a platform as plain data, without the values that the secrets of a flag may have."""
    if not isinstance(value, Model):
        return str(value)
    withheld = list_value_keys(value) if isinstance(value, Setting) else ()
    stated = (field for field in type(value).model_fields if field in value.model_fields_set)
    return {field: getattr(value, field) for field in stated if field not in withheld}


def describe_step(old: str | None, new: str | None) -> str:
    """Return both values as `old -> new`; where they look the same, what differs is withheld."""
    if old == new:
        return "changed (withheld, since it may contain a secret)"
    return f"{old or 'not set'} -> {new or 'not set'}"
