"""Render the names that plugins may import, with their signatures and docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING
from enum import Enum
from functools import cached_property
from typing import Final

from pydantic import BaseModel
from sphinx.pycode import ModuleAnalyzer

from authscribe import plugin_api
from authscribe.encoders.rst import encode_rst_literal
from markup import Lines, escape_prose, render_section, render_table, to_sentence

_GROUPS: Final = {
    "Targets": ("authscribe.targets", "authscribe.model.contract", "authscribe.model.places"),
    "Names": ("authscribe.model.name_kinds", "authscribe.model.naming", "authscribe.model.spelling"),
    "Languages": ("authscribe.encoders", "authscribe.model.placement_template"),
    "Definitions": (
        "authscribe.model.catalogue",
        "authscribe.model.definitions",
        "authscribe.model.platform",
        "authscribe.model.strict",
        "authscribe.model.target_options",
    ),
    "Findings": ("authscribe.findings",),
    "Sources": ("authscribe.model.draft", "authscribe.readers"),
}
"""Titles of the sections, each with the beginnings of the modules whose names it has."""


def render_plugin_api() -> Lines:
    """Yield a section for each group of names, with a paragraph and tables for each name."""
    homes = {name: _find_home(name) for name in plugin_api.__all__}
    for title, prefixes in _GROUPS.items():
        yield from render_section(title)
        for name, home in homes.items():
            if home.startswith(prefixes):
                yield from _render_name(name, home)


def _find_item(name: str) -> object:
    """Return what a name stands for; of a function with a cache, the function."""
    return inspect.unwrap(vars(plugin_api)[name])


def _find_home(name: str) -> str:
    """Return the module that defines a name; a constant knows only the modules that have it."""
    item = _find_item(name)
    if inspect.isclass(item) or inspect.isfunction(item):
        return item.__module__
    modules = ("authscribe.targets.plan", "authscribe.model.draft")
    return next(module for module in modules if ("", name) in _read_attributes(module))


def _render_name(name: str, home: str) -> Lines:
    item = _find_item(name)
    yield from (f".. _plugin-api-{name.lower()}:" if inspect.isclass(item) else "", "", name, "~" * len(name), "")
    if inspect.isfunction(item):
        yield from (".. code-block:: python", "", f"   {name}{_read_signature(item)}", "")
    documentation = inspect.getdoc(item) if inspect.isclass(item) or inspect.isfunction(item) else None
    yield from _render_paragraphs(documentation or " ".join(_read_attributes(home).get(("", name), ())))
    if inspect.isclass(item) and issubclass(item, Enum):
        yield from _render_members(item)
    elif inspect.isclass(item):
        yield from _render_fields(item)
        yield from _render_methods(item)


def _render_paragraphs(text: str) -> Lines:
    for paragraph in text.split("\n\n"):
        yield from (escape_prose(" ".join(paragraph.split())), "")


def _render_members(item: type[Enum]) -> Lines:
    texts = _read_attributes(item.__module__)
    rows = [
        (encode_rst_literal(member.name), escape_prose(" ".join(texts.get((item.__name__, member.name), ()))))
        for member in item
    ]
    yield from render_table(("Member", "Meaning"), (35, 65), tuple(rows))


def _render_fields(item: type) -> Lines:
    """Yield a table of the fields that a class adds to those of its base; models describe theirs."""
    rows = [
        (encode_rst_literal(name), _render_type(hint), _render_default(item, name), _describe(item, name))
        for name, hint in vars(item).get("__annotations__", {}).items()
        if not name.startswith(("_", "model_"))
    ]
    if any(meaning for *_, meaning in rows):
        yield from render_table(("Field", "Type", "Default", "Meaning"), (20, 32, 13, 35), tuple(rows))
    elif rows:
        yield from render_table(("Field", "Type", "Default"), (30, 50, 20), tuple(row[:3] for row in rows))


def _render_type(hint: object) -> str:
    """Return an annotation as the code has it; named tuples wrap theirs."""
    return encode_rst_literal(str(getattr(hint, "__forward_arg__", hint)))


def _render_default(item: type, name: str) -> str:
    """Return the default of a field of a model, a named tuple or a dataclass."""
    if issubclass(item, BaseModel):
        field = item.model_fields[name]
        return "required" if field.is_required() else _render_value(field.default)
    defaults = getattr(item, "_field_defaults", {})
    inner = getattr(item, "__dataclass_fields__", {}).get(name)
    default = inner.default if inner is not None else defaults.get(name, MISSING)
    return "required" if default is MISSING else _render_value(default)


def _render_value(value: object) -> str:
    """Return a plain value as it is, and the name of the function or type of any other."""
    if isinstance(value, Enum):
        return encode_rst_literal(str(value))
    is_plain = isinstance(value, str | int | float | tuple | dict | None) and not hasattr(value, "_fields")
    return encode_rst_literal(repr(value) if is_plain else getattr(value, "__name__", type(value).__name__))


def _describe(item: type, name: str) -> str:
    if issubclass(item, BaseModel):
        return escape_prose(to_sentence(item.model_fields[name].description))
    field = getattr(item, "__dataclass_fields__", {}).get(name)
    return escape_prose(to_sentence(field.metadata.get("description"))) if field is not None else ""


def _render_methods(item: type) -> Lines:
    """Yield a table of the public properties and methods that a class adds to those of its base."""
    rows = [
        (encode_rst_literal(_sign(name, function)), escape_prose(" ".join((inspect.getdoc(function) or "").split())))
        for name, function in _list_functions(item)
    ]
    if rows:
        yield from render_table(("Property or method", "Meaning"), (42, 58), tuple(rows))


def _list_functions(item: type) -> Iterator[tuple[str, Callable[..., object] | property]]:
    for name, member in vars(item).items():
        if name.startswith("_"):
            continue
        if isinstance(member, cached_property):
            yield name, property(member.func)
        elif inspect.isfunction(member) or isinstance(member, property):
            yield name, member


def _sign(name: str, function: Callable[..., object] | property) -> str:
    if isinstance(function, property):
        return f"{name} -> {_read_signature(function.fget).return_annotation}" if function.fget else name
    signature = _read_signature(function)
    return f"{name}{signature.replace(parameters=tuple(signature.parameters.values())[1:])}"


class _Annotation(str):
    """Part of a signature that is shown without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def _read_signature(function: Callable[..., object]) -> inspect.Signature:
    signature = inspect.signature(function)
    parameters = [
        each.replace(annotation=_Annotation(each.annotation), default=_name_function(each.default))
        for each in signature.parameters.values()
    ]
    return signature.replace(parameters=parameters, return_annotation=_Annotation(signature.return_annotation))


def _name_function(default: object) -> object:
    """Return the name of a function, whose own text has its address, and any other default as it is."""
    return _Annotation(default.__name__) if inspect.isfunction(default) else default


def _read_attributes(module: str) -> dict[tuple[str, str], list[str]]:
    """Return the string literals below the constants and members of a module."""
    return ModuleAnalyzer.for_module(module).find_attr_docs()
