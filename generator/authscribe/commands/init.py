"""Command `init`: write a configuration and example definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from authscribe.runtime import package_files
from authscribe.workspace.configuration import FILE_NAME

_CONFIGURATION: Final = """\
# Files, folders or glob patterns with definitions, relative to this file.
sources = ["schemes/*.rst", "schemes/*.yaml", "schemes/connectors/*.yaml"]

# Output folder; managed entirely by authscribe.
out-dir = "output"
"""
_DEFINITIONS: Final = ("authentication-schemes.rst", "refinements.yaml", "connectors/hubspot.yaml")


def write_starter(directory: Path) -> Iterator[str]:
    """Write each starter file that does not exist; yield a line for each, and the next step."""
    for path, text in _list_files():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with file.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except FileExistsError:
            yield f"kept     {file.as_posix()}"
        else:
            yield f"created  {file.as_posix()}"
    yield "next: authscribe generate"


def _list_files() -> Iterator[tuple[str, str]]:
    yield FILE_NAME, _CONFIGURATION
    for name in _DEFINITIONS:
        yield f"schemes/{name}", (package_files.find_schemes_folder() / name).read_text(encoding="utf-8")
