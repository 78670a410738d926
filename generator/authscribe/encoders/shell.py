"""Encode values for shells and environment files."""

from __future__ import annotations

import re

from authscribe.encoders.text import Encoded


def encode_variable(text: str) -> Encoded:
    """The name of an environment variable, as POSIX has it; raises ValueError for everything else."""
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", text):
        raise ValueError(f"{text!a} is not the name of a variable")
    return Encoded(text)


def is_shell_safe(text: str) -> bool:
    """Whether single quotes are enough to keep a value as it is in a shell and in an environment file."""
    return text.isprintable() and not set(text) & set("'\\")


def shell_string(text: str) -> Encoded:
    """A value for a shell or an environment file; raises ValueError for what single quotes cannot hold."""
    if not is_shell_safe(text):
        raise ValueError(f"{text!a} cannot be quoted")
    return Encoded(text if re.fullmatch(r"[A-Za-z0-9_.:/-]+", text) else f"'{text}'")
