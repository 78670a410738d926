"""Encode values as Python source code."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from authscribe.encoders.text import Encoded, remember
from authscribe.model.naming import KEYWORDS

PYTHON_LINE: Final = 88
"""Columns of generated Python; the line length of black."""


def encode_python_literal(value: object) -> Encoded:
    """Return a Python literal in ASCII on one line; raise TypeError for a value that has none."""
    match value:
        case str():
            return _encode_string(value)
        case None | bool() | int():
            return Encoded(repr(value))
        case float() if math.isfinite(value):
            # black writes exponents without a plus sign.
            return Encoded(repr(value).replace("e+", "e"))
        case tuple():
            items = "".join(f"{encode_python_literal(item)}, " for item in value)
            return Encoded(f"({items.rstrip() if len(value) == 1 else items.removesuffix(', ')})")
        case list():
            return Encoded(f"[{', '.join(encode_python_literal(item) for item in value)}]")
        case dict():
            pairs = (f"{encode_python_literal(key)}: {encode_python_literal(item)}" for key, item in value.items())
            return Encoded(f"{{{', '.join(pairs)}}}")
    raise TypeError(f"{type(value).__name__} has no literal")


def encode_python_assignment(
    value: str | Mapping[str, object] | tuple[object, ...], before: str, after: str = ""
) -> Encoded:
    """Return code that ends with a literal, on one line or, if that is too long, on several as black lays it out.

    `before` is the code before the literal, with the indentation of the line; `after` follows the literal.
    """
    flat = f"{before}{encode_python_literal(value)}{after}"
    if len(flat) <= PYTHON_LINE or not value:
        return Encoded(flat)
    if isinstance(value, str):
        return _explode(f"{before}(", [encode_python_literal(value)], f"){after}", comma=False)
    indent = f"{_get_indent(before)}    "
    if isinstance(value, tuple):
        return _explode(f"{before}(", [_encode_item(item, indent, ",") for item in value], f"){after}", comma=True)
    comma = "," if len(value) > 1 else ""
    pairs = [_encode_item(item, f"{indent}{encode_python_literal(key)}: ", comma) for key, item in value.items()]
    return _explode(f"{before}{{", pairs, f"}}{after}", comma=bool(comma))


def encode_python_call(arguments: Sequence[object], before: str, after: str = "") -> Encoded:
    """Return a call with literals, on one line or, if that is too long, on several as black lays it out.

    `before` is the called expression, with the indentation of the line; `after` follows the call.
    """
    items = [encode_python_literal(argument) for argument in arguments]
    joined = ", ".join(items)
    flat = f"{before}({joined}){after}"
    if len(flat) <= PYTHON_LINE:
        return Encoded(flat)
    fits_one_line = len(_get_indent(before)) + 4 + len(joined) <= PYTHON_LINE
    return _explode(f"{before}(", [joined] if fits_one_line else items, f"){after}", comma=not fits_one_line)


def encode_python_import(names: Iterable[str], before: str) -> Encoded:
    """Return an import of names, laid out as black does; `before` is the code before the names."""
    encoded = [encode_python_name(name) for name in names]
    flat = f"{before}{', '.join(encoded)}"
    return Encoded(flat) if len(flat) <= PYTHON_LINE else _explode(f"{before}(", encoded, ")", comma=True)


def _explode(head: str, items: Sequence[str], tail: str, *, comma: bool) -> Encoded:
    """Return the items, each on a line of its own; black adds no comma after some items that stand alone."""
    indent = _get_indent(head)
    lines = [f"{indent}    {item}{',' if comma else ''}" for item in items]
    return Encoded("\n".join((head, *lines, f"{indent}{tail}")))


def _encode_item(item: object, before: str, after: str) -> str:
    """Return an item without the indentation of its first line and what follows it; it may need several lines."""
    if isinstance(item, tuple | dict):
        return encode_python_assignment(item, before, after).lstrip(" ").removesuffix(after)
    return f"{before.lstrip(' ')}{encode_python_literal(item)}"


def _get_indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


@remember
def encode_python_name(text: str) -> Encoded:
    """Return a Python identifier in ASCII; raise ValueError for any other text, which would be a bug of authscribe."""
    if not text.isascii() or not text.isidentifier() or text in KEYWORDS:
        raise ValueError(f"{text!a} is not an identifier")
    return Encoded(text)


@remember
def _encode_string(text: str) -> Encoded:
    """Return a literal with the quotes that black prefers."""
    if '"' in text:
        return Encoded(ascii(text))
    return Encoded(f'"{text.encode("unicode_escape").decode("ascii")}"')
