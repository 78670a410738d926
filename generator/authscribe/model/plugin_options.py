"""Check the options of plugins' targets, which are a dataclass whose defaults decide about the allowed values."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Any

from authscribe.model.name_kinds import NameRule
from authscribe.runtime import plugins
from authscribe.runtime.plugins import Group


def make_plugin_options(target: str, kind: Any) -> object:
    """Return the options of a plugin's target with their defaults.

    Raises DefinitionError at the line of the class if it is not a usable dataclass.
    """
    try:
        return _make_defaults(kind)
    except Exception:
        with plugins.blame_plugin(Group.TARGETS, target, plugins.locate_class(kind)):
            raise


def _make_defaults(kind: Any) -> object:
    if not is_dataclass(kind) or not callable(kind):
        raise TypeError("its options are not a dataclass")
    for entry in fields(kind):
        _check_option(entry)
    return kind()


def _check_option(entry: Field[Any]) -> None:
    """Raise TypeError for an option whose default does not tell which values users may set."""
    if entry.default is MISSING:
        raise TypeError(f"the option '{entry.name}' has no default")
    if not _is_usable(entry.default):
        raise TypeError(
            f"the default of the option '{entry.name}' is {_describe_type(entry.default)} instead of a text, a whole "
            "number, a Boolean, a tuple of texts or a member of a StrEnum"
        )
    if "rule" in entry.metadata and not (
        isinstance(entry.default, str) and isinstance(entry.metadata["rule"], NameRule)
    ):
        raise TypeError(f"the 'rule' of the option '{entry.name}' is not a NameRule for texts")


def _is_usable(default: object) -> bool:
    if isinstance(default, tuple):
        return type(default) is tuple and all(isinstance(item, str) for item in default)
    return type(default) in (str, int, bool) or isinstance(default, StrEnum)


def _describe_type(value: object) -> str:
    kinds = sorted({type(item).__name__ for item in value}) if isinstance(value, tuple) else ()
    return f"a {type(value).__name__}" + (f" of {', '.join(kinds)}" if kinds else "")
