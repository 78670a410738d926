"""Readers: one module for each input format; each turns a text into a draft and cannot fail.

Adding a format is adding a module with `read(path, text) -> Draft` and its line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import PurePath
from typing import Final

from authscribe import mistakes
from authscribe.draft import Draft

READERS: Final[Mapping[str, str]] = {
    ".rst": "authscribe.readers.rst",
    ".md": "authscribe.readers.markdown",
    ".yaml": "authscribe.readers.yaml",
    ".yml": "authscribe.readers.yaml",
    ".json": "authscribe.readers.json",
    ".toml": "authscribe.readers.toml",
}
"""The module for each suffix; imported when the first such file is read, since some cost a lot."""

SUFFIXES: Final = tuple(READERS)


def read(path: str, text: str) -> Draft:
    """What the text says, read as its suffix promises; never raises."""
    module = READERS.get(PurePath(path).suffix.lower())
    if module is None:
        return Draft(path, findings=(mistakes.unknown_format(path, SUFFIXES),))
    draft: Draft = import_module(module).read(path, text)
    return draft
