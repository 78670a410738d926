"""Encode values as HCL, the language of Terraform."""

from __future__ import annotations

import math
import re
from typing import Final

from authscribe.encoders.text import Encoded
from authscribe.model.name_kinds import NAME_KINDS, NameKind, find_problem

_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
# A template begins with `${` or `%{`. Not every parser knows the escape by two marks, but all know that by a number.
_SPECIAL: Final = re.compile(r'[$%](?=\{)|["\\]|[^ -~]')


def is_hcl_safe(value: object) -> bool:
    """Return whether HCL can hold a value: no text in it has NUL or a surrogate."""
    match value:
        case str():
            return re.search("[\0\ud800-\udfff]", value) is None
        case dict():
            return all(map(is_hcl_safe, (*value.keys(), *value.values())))
        case list() | tuple():
            return all(map(is_hcl_safe, value))
    return True


def encode_hcl_literal(value: object) -> Encoded:
    """Return a literal in ASCII on one line; raise TypeError for a value that has none.

    Raise ValueError for a text with NUL or a surrogate. Terraform normalizes texts to NFC.
    """
    match value:
        case str():
            return _encode_string(value)
        case None:
            return Encoded("null")
        case bool():
            return Encoded("true" if value else "false")
        case int():
            return Encoded(repr(value))
        case float() if math.isfinite(value):
            return Encoded(repr(value))
        case list() | tuple():
            return Encoded(f"[{', '.join(map(encode_hcl_literal, value))}]")
        case dict():
            pairs = (f"{_encode_string(str(key))} = {encode_hcl_literal(item)}" for key, item in value.items())
            return Encoded(f"{{ {', '.join(pairs)} }}" if value else "{}")
    raise TypeError(f"{type(value).__name__} has no literal")


def encode_hcl_name(text: str) -> Encoded:
    """Return the name of a Terraform variable; raise ValueError for any other text, which would be a bug."""
    if find_problem(NAME_KINDS[NameKind.HCL], text) is not None:
        raise ValueError(f"{text!a} is not the name of a Terraform variable")
    return Encoded(text)


def _encode_string(text: str) -> Encoded:
    if not is_hcl_safe(text):
        raise ValueError(f"{text!a} cannot be in HCL")
    return Encoded(f'"{_SPECIAL.sub(_escape, text)}"')


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _ESCAPES.get(match[0]) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
