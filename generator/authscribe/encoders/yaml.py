"""Writing definitions: YAML that people can edit, the same in every reader of YAML 1.1 and 1.2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.encoders.text import Encoded


def yaml_string(text: str) -> Encoded:
    """A double-quoted YAML scalar in ASCII (YAML 1.2, section 5.7), the same in every reader."""
    return Encoded('"' + "".join(map(_yaml_character, text)) + '"')


def _yaml_character(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code < 0x7F:
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""What some reader takes for a truth value or for nothing, in whatever case."""

_LIMIT: Final = 100
"""Characters beyond which a text is no plain scalar: some tools fold those."""


def yaml_document(value: object) -> str:
    """The value (dictionaries, lists, scalars) in block style, keys in the order given, with a final newline.

    Raises TypeError for what YAML has no scalar for.
    """
    return "\n".join(_block(value, "")) + "\n"


def _block(value: object, indent: str) -> Iterator[str]:
    match value:
        case dict() if value:
            for key, item in value.items():
                yield from _entry(f"{indent}{_scalar(str(key))}:", item, f"{indent}  ")
        case list() if value:
            for item in value:
                yield from _item(item, indent)
        case _:
            yield f"{indent}{_flow(value)}"


def _entry(head: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from _block(value, indent)
    elif isinstance(value, str) and _fits_a_block(value):
        yield f"{head} |-"
        yield from (f"{indent}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{head} {_flow(value)}"


def _item(item: object, indent: str) -> Iterator[str]:
    """An item of a list begins in the line of its dash."""
    if isinstance(item, str):
        yield from _entry(f"{indent}-", item, f"{indent}  ")
        return
    first, *rest = _block(item, f"{indent}  ")
    yield f"{indent}- {first[len(indent) + 2 :]}"
    yield from rest


def _flow(value: object) -> str:
    match value:
        case dict():
            return "{}"
        case list():
            return "[]"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return repr(value)
        case float():
            # YAML 1.1 knows a number with an exponent by its point.
            return re.sub(r"^(-?[0-9]+)e", r"\1.0e", repr(value))
        case str():
            return _scalar(value)
    raise TypeError(f"{type(value).__name__} has no scalar")


def _scalar(text: str) -> str:
    is_plain = len(text) <= _LIMIT and _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if is_plain else yaml_string(text)


def _fits_a_block(text: str) -> bool:
    """Whether a literal block gives the text back: nothing that a reader or an editor would change in it."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and bool(lines[-1])
        and bool(lines[0])
        and not lines[0].startswith(" ")
    )
