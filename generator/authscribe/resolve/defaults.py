"""Check the defaults and the allowed values of settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.default_not_allowed import report_default_not_allowed, report_default_of_another_type
from authscribe.model.definitions import Connector, Scheme, Setting, ValueType
from authscribe.model.draft import MapNode
from authscribe.resolve.merge import SETTING_LISTS, list_maps, locate_value

_TYPES: Final = {
    ValueType.STRING: str, ValueType.INTEGER: int, ValueType.NUMBER: int | float, ValueType.BOOLEAN: bool,
    ValueType.OBJECT: dict, ValueType.ARRAY: list,
}  # fmt: skip


def check_defaults(definition: Scheme | Connector, node: MapNode) -> Iterator[Finding]:
    """Yield a finding for each default that has another type than its setting, or is not one of the allowed values."""
    for key in SETTING_LISTS if isinstance(definition, Scheme) else ("parameters",):
        settings: tuple[Setting, ...] = getattr(definition, key)
        if any(setting.default is not None for setting in settings):
            items = zip(settings, list_maps(node.find(key)), strict=True)
            yield from (finding for setting, item in items for finding in _check_default(setting, item))


def _check_default(setting: Setting, item: MapNode) -> Iterator[Finding]:
    if setting.default is None:
        return
    place = locate_value(item, "name")
    if not _fits_type(setting):
        yield report_default_of_another_type(setting.name, setting.type.value, place)
    elif setting.enum and setting.default not in [choice.value for choice in setting.enum]:
        yield report_default_not_allowed(setting.name, place)


def _fits_type(setting: Setting) -> bool:
    # Only in Python is a truth value also a number.
    is_truth = isinstance(setting.default, bool)
    return isinstance(setting.default, _TYPES[setting.type]) and is_truth == (setting.type is ValueType.BOOLEAN)
