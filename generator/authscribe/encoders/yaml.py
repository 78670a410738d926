"""Encode values as YAML that people can edit, and that parsers of YAML 1.1 and 1.2 read alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.encoders.text import Encoded


def encode_yaml_string(text: str) -> Encoded:
    """Return a double-quoted scalar in ASCII (YAML 1.2, section 5.7), which every parser reads alike."""
    return Encoded('"' + "".join(map(_escape_character, text)) + '"')


def _escape_character(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code < 0x7F:
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_PLAIN_TEXT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_RESERVED_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Words that some parsers take for a truth value or null, in upper or lower case."""

_PLAIN_LIMIT: Final = 100
"""Characters of a plain scalar; some tools fold longer ones."""


def encode_yaml_text(text: str) -> Encoded:
    """Return a scalar that every parser takes for this text, with quotes only if it needs them."""
    is_plain = (
        len(text) <= _PLAIN_LIMIT and _PLAIN_TEXT.fullmatch(text) is not None and text.lower() not in _RESERVED_WORDS
    )
    return Encoded(text) if is_plain else encode_yaml_string(text)


def encode_compose_text(text: str) -> Encoded:
    """Return a scalar with `$$` for each `$`, so that Compose inserts no variable (Compose Specification)."""
    return encode_yaml_text(text.replace("$", "$$"))


def encode_yaml_document(value: object) -> str:
    """Return dictionaries, lists and scalars in block style, keys in the order given, with a final newline.

    Raise TypeError for any other value.
    """
    return "\n".join(_write_block(value, "")) + "\n"


def _write_block(value: object, indent: str) -> Iterator[str]:
    match value:
        case dict() if value:
            for key, item in value.items():
                yield from _write_entry(f"{indent}{encode_yaml_text(str(key))}:", item, f"{indent}  ")
        case list() if value:
            for item in value:
                yield from _write_item(item, indent)
        case _:
            yield f"{indent}{_encode_flow(value)}"


def _write_entry(head: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from _write_block(value, indent)
    elif isinstance(value, str) and _fits_literal_block(value):
        yield f"{head} |-"
        yield from (f"{indent}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{head} {_encode_flow(value)}"


def _write_item(item: object, indent: str) -> Iterator[str]:
    """Yield the lines of an item, the first one after its dash."""
    if isinstance(item, str):
        yield from _write_entry(f"{indent}-", item, f"{indent}  ")
        return
    first, *rest = _write_block(item, f"{indent}  ")
    yield f"{indent}- {first[len(indent) + 2 :]}"
    yield from rest


def _encode_flow(value: object) -> str:
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
            # YAML 1.1 takes a number with an exponent for text unless it has a point.
            return re.sub(r"^(-?[0-9]+)e", r"\1.0e", repr(value))
        case str():
            return encode_yaml_text(value)
    raise TypeError(f"a value of type {type(value).__name__} is not a dictionary, list, text, number, Boolean or None")


def _fits_literal_block(text: str) -> bool:
    """Return whether a literal block preserves the text: no parser or editor would change anything in it."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and bool(lines[-1])
        and bool(lines[0])
        and not lines[0].startswith(" ")
    )
