"""Check that generated packages hand out their secrets and never show them."""

from __future__ import annotations

import importlib
import sys
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings
from support import forget

_EXAMPLES: dict[object, object] = {str: "x", int: 1, float: 1.5, bool: True, dict: {"x": 1}, list: ["x"]}


def check_masks(folder: Path) -> int:
    """Import every module of the package `connector_auth` in a folder; return how many secrets its classes mask."""
    sys.path.insert(0, str(folder))
    forget("connector_auth")
    try:
        counts = [_check_class(settings_class) for settings_class in _settings_classes(folder)]
    finally:
        sys.path.remove(str(folder))
        forget("connector_auth")
    assert counts
    return sum(counts)


def _settings_classes(folder: Path) -> Iterator[type[BaseSettings]]:
    for file in sorted(folder.rglob("*.py")):
        module = importlib.import_module(".".join(file.relative_to(folder).with_suffix("").parts))
        for item in vars(module).values():
            is_own = isinstance(item, type) and item.__module__ == module.__name__
            if is_own and issubclass(item, BaseSettings) and item.__name__ != "Settings":
                yield item


def _options(annotation: object) -> Iterator[object]:
    """Yield what an annotation allows, at every depth, outermost first."""
    yield annotation
    for inner in typing.get_args(annotation):
        yield from _options(inner)


def _example(wire: str, field: FieldInfo) -> object:
    extra = field.json_schema_extra
    pattern = extra.get("pattern") if isinstance(extra, dict) else None
    if isinstance(pattern, str):
        return _match(pattern)
    allowed = list(_options(field.annotation))
    if SecretStr in allowed:
        return f"CANARY-{wire}"
    literals = [typing.get_args(option)[0] for option in allowed if typing.get_origin(option) is typing.Literal]
    plain = (_EXAMPLES.get(typing.get_origin(option) or option) for option in allowed)
    return literals[0] if literals else next(example for example in plain if example is not None)


@cache
def _match(pattern: str) -> str:
    """Return the shortest text that matches a pattern; to explain why it is that one would take most of the time."""
    phases = settings(phases=[Phase.generate, Phase.shrink])
    return find(st.from_regex(pattern), lambda _: True, settings=phases)


def _check_class(settings_class: type[BaseSettings]) -> int:
    """Return how many secrets the class has, each of which it hands out and does not show."""
    fields = {field.serialization_alias or name: field for name, field in settings_class.model_fields.items()}
    given = {wire: _example(wire, field) for wire, field in fields.items()}
    settings = settings_class.model_validate(given)
    held = settings.secrets()
    assert held == {wire: given[wire] for wire in settings_class.SECRETS}, settings_class
    shown = (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()))
    assert "CANARY" not in "".join(shown), settings_class
    return len(held)
