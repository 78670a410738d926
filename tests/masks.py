"""Run by tests: imports every module below a folder and shows that each class in it masks its secrets."""

from __future__ import annotations

import importlib
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings


def settings_classes(folder: Path) -> Iterator[type[BaseSettings]]:
    sys.path.insert(0, str(folder))
    for file in sorted(folder.rglob("*.py")):
        module = importlib.import_module(".".join(file.relative_to(folder).with_suffix("").parts))
        for item in vars(module).values():
            is_own = isinstance(item, type) and item.__module__ == module.__name__
            if is_own and issubclass(item, BaseSettings) and item.__name__ != "_Settings":
                yield item


def value(wire: str, annotation: object) -> object:
    options = (annotation, *typing.get_args(annotation))
    if SecretStr in (*options, *(inner for option in options for inner in typing.get_args(option))):
        return f"CANARY-{wire}"
    literals = [
        item for option in options if typing.get_origin(option) is typing.Literal for item in typing.get_args(option)
    ]
    return literals[0] if literals else {int: 1, bool: True}.get(annotation, "x")


def check(settings_class: type[BaseSettings]) -> None:
    fields = {field.serialization_alias or name: field for name, field in settings_class.model_fields.items()}
    given = {wire: value(wire, field.annotation) for wire, field in fields.items()}
    settings = settings_class.model_validate(given)
    held = settings.secrets()
    assert held == {wire: given[wire] for wire in settings_class.SECRETS}, settings_class
    shown = (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()))
    assert "CANARY" not in "".join(shown), settings_class


if __name__ == "__main__":
    classes = list(settings_classes(Path(sys.argv[1])))
    for settings_class in classes:
        check(settings_class)
    sys.exit(not classes)
