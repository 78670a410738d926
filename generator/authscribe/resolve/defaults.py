"""Check the defaults and the allowed values of settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.choice_type_differs import report_choice_of_another_type
from authscribe.findings.rules.default_not_allowed import report_default_not_allowed, report_default_of_another_type
from authscribe.model.definitions import Connector, Scheme, Setting, ValueType
from authscribe.model.draft import MapNode
from authscribe.resolve.merge import SETTING_LISTS, list_maps, locate_value

_TYPES: Final = {
    ValueType.STRING: str, ValueType.INTEGER: int, ValueType.NUMBER: int | float, ValueType.BOOLEAN: bool,
    ValueType.OBJECT: dict, ValueType.ARRAY: list,
}  # fmt: skip


def check_defaults(definition: Scheme | Connector, node: MapNode) -> Iterator[Finding]:
    """Yield a finding for each setting whose allowed values or default do not fit it.

    Both have the type of the setting, and a default is one of the allowed values.
    """
    for key in SETTING_LISTS if isinstance(definition, Scheme) else ("parameters",):
        settings: tuple[Setting, ...] = getattr(definition, key)
        if any(setting.default is not None or setting.enum for setting in settings):
            items = zip(settings, list_maps(node.find(key)), strict=True)
            yield from (finding for setting, item in items for finding in _check_setting(setting, item))


def _check_setting(setting: Setting, item: MapNode) -> Iterator[Finding]:
    choices = [choice.value for choice in setting.enum]
    pairs = zip(choices, list_maps(item.find("enum")), strict=True)
    wrong = next((node for choice, node in pairs if not _is_of_type(choice, setting.type)), None)
    if wrong is not None:
        yield report_choice_of_another_type(setting.name, setting.type.value, locate_value(wrong, "value"))
    elif setting.default is None:
        return
    elif not _is_of_type(setting.default, setting.type):
        yield report_default_of_another_type(setting.name, setting.type.value, locate_value(item, "default"))
    elif choices and setting.default not in choices:
        yield report_default_not_allowed(setting.name, locate_value(item, "default"))


def _is_of_type(value: object, expected: ValueType) -> bool:
    # Only in Python is a truth value also a number.
    return isinstance(value, _TYPES[expected]) and isinstance(value, bool) == (expected is ValueType.BOOLEAN)
