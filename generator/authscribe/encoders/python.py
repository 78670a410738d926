"""Encode values as Python source code."""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from authscribe.encoders.text import Encoded, remember

PYTHON_LINE: Final = 88
"""Columns of generated Python."""


def python_literal(value: object) -> Encoded:
    """A Python literal in ASCII on one line; raises TypeError for what has none."""
    match value:
        case str():
            return _python_string(value)
        case None | bool() | int():
            return Encoded(repr(value))
        case float() if math.isfinite(value):
            # As black writes exponents.
            return Encoded(repr(value).replace("e+", "e"))
        case tuple():
            items = "".join(f"{python_literal(item)}, " for item in value)
            return Encoded(f"({items.rstrip() if len(value) == 1 else items.removesuffix(', ')})")
        case list():
            return Encoded(f"[{', '.join(python_literal(item) for item in value)}]")
        case dict():
            pairs = (f"{python_literal(key)}: {python_literal(item)}" for key, item in value.items())
            return Encoded(f"{{{', '.join(pairs)}}}")
    raise TypeError(f"{type(value).__name__} has no literal")


def python_assignment(value: str | Mapping[str, object] | tuple[object, ...], before: str, after: str = "") -> Encoded:
    """A line that ends with a literal, or several as black lays it out where one would be too long.

    `before` is what stands before the literal, with the indentation of the line; `after` follows it.
    """
    flat = f"{before}{python_literal(value)}{after}"
    if len(flat) <= PYTHON_LINE or not value:
        return Encoded(flat)
    if isinstance(value, str):
        return _exploded(f"{before}(", [python_literal(value)], f"){after}", comma=False)
    if isinstance(value, tuple):
        return _exploded(f"{before}(", [python_literal(item) for item in value], f"){after}", comma=True)
    pairs = [f"{python_literal(key)}: {python_literal(item)}" for key, item in value.items()]
    return _exploded(f"{before}{{", pairs, f"}}{after}", comma=len(pairs) > 1)


def python_call(arguments: Sequence[object], before: str, after: str = "") -> Encoded:
    """A call with literals, on one line, or as black lays it out where that would be too long.

    `before` is what is called, with the indentation of the line; `after` follows the call.
    """
    items = [python_literal(argument) for argument in arguments]
    together = ", ".join(items)
    flat = f"{before}({together}){after}"
    if len(flat) <= PYTHON_LINE:
        return Encoded(flat)
    is_short = len(_indent(before)) + 4 + len(together) <= PYTHON_LINE
    return _exploded(f"{before}(", [together] if is_short else items, f"){after}", comma=not is_short)


def python_import(names: Iterable[str], before: str) -> Encoded:
    """An import of names, laid out as black does."""
    spelt = [python_name(name) for name in names]
    flat = f"{before}{', '.join(spelt)}"
    return Encoded(flat) if len(flat) <= PYTHON_LINE else _exploded(f"{before}(", spelt, ")", comma=True)


def _exploded(head: str, items: Sequence[str], tail: str, *, comma: bool) -> Encoded:
    """Each item on a line of its own; black sets no comma behind some that stand alone."""
    indent = _indent(head)
    lines = [f"{indent}    {item}{',' if comma else ''}" for item in items]
    return Encoded("\n".join((head, *lines, f"{indent}{tail}")))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


@remember
def python_name(text: str) -> Encoded:
    """A Python identifier in ASCII; raises ValueError for everything else, which would be a mistake of ours."""
    if not text.isascii() or not text.isidentifier() or keyword.iskeyword(text):
        raise ValueError(f"{text!a} is not an identifier")
    return Encoded(text)


@remember
def _python_string(text: str) -> Encoded:
    """With the quotes that black prefers."""
    if '"' in text:
        return Encoded(ascii(text))
    return Encoded(f'"{text.encode("unicode_escape").decode("ascii")}"')
