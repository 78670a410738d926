"""Encode values for environment files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from authscribe.encoders.shell import is_variable_safe
from authscribe.encoders.text import Encoded

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/-]+")
_TYPES: Final = {
    # The type `number` of varlock rounds long numbers, and takes `1x` for 1.
    "int": "string(matches=regex('^[-+]?[0-9]+$'))",
    "float": "string(matches=regex('^[-+]?([0-9]*[.])?[0-9]+([eE][-+]?[0-9]+)?$'))",
    "bool": "boolean",
}


def is_dotenv_safe(text: str) -> bool:
    """Return whether an environment file preserves a value: python-dotenv replaces `${name}` between all quotes."""
    return "${" not in text and is_variable_safe(text)


def encode_dotenv_value(text: str) -> Encoded:
    """Return a value that python-dotenv reads back, as the generated classes do; raise ValueError if none does.

    The value has single quotes wherever they preserve it, since shells and other readers take it literally, too.
    """
    if not is_dotenv_safe(text):
        raise ValueError(f"{text!a} cannot be in an environment file")
    if _PLAIN.fullmatch(text):
        return Encoded(text)
    if _has_tidy_lines(text) and re.search(r"['\r]|\\\\|\\\Z", text) is None:
        return Encoded(f"'{text}'")
    escaped = re.sub(r'[\\"]', r"\\\g<0>", text).replace("\r", "\\r").replace("\n", "\\n")
    return Encoded(f'"{escaped}"')


def is_env_spec_safe(text: str) -> bool:
    """Return whether a schema for env-spec preserves a value: single quotes know no escape but that of a quote."""
    return is_variable_safe(text) and _has_tidy_lines(text) and re.search(r"\r|\\'|\\\Z", text) is None


def encode_env_spec_value(text: str) -> Encoded:
    """Return a value that varlock reads back; raise ValueError if none does.

    It has quotes, since varlock takes a plain `5` or `true` for another value than the text.
    """
    if not is_env_spec_safe(text):
        raise ValueError(f"{text!a} cannot be in a schema for env-spec")
    escaped = text.replace("'", "\\'")
    return Encoded(f"'{escaped}'")


def _has_tidy_lines(text: str) -> bool:
    """Return whether a text has no line ends that files are tidied of: blanks before them, and repeated empty lines."""
    return "\n\n\n" not in text and all(line == line.rstrip() for line in text.split("\n")[:-1])


def encode_env_spec_type(name: str, choices: Sequence[str] = ()) -> Encoded:
    """Return the type of a variable in env-spec by that of a field in Python; a structure is a text there, in JSON."""
    if choices and not any(re.search(r"[^ -~]|['\\]", choice) for choice in choices):
        return Encoded("enum({})".format(", ".join(f"'{choice}'" for choice in choices)))
    return Encoded(_TYPES.get(name, "string"))
