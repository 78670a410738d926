"""Command `init`: write a configuration and example definitions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote
from typing import Final

from authscribe.drift.disk import STAGING
from authscribe.runtime import package_files
from authscribe.workspace.configuration import FILE_NAME

_CONFIGURATION: Final = """\
# Files, folders or glob patterns with definitions, relative to this file.
sources = ["schemes/*.rst", "schemes/*.yaml", "schemes/connectors/*.yaml"]

# Output folder; managed entirely by authscribe.
out-dir = "output"
"""
_PLATFORM: Final = """
# Platform profile that connectors are made for.
platform = {platform}
"""
_TARGETS: Final = """
# Targets to generate, instead of those that the platform profile names.
targets = {targets}
"""
_DEFINITIONS: Final = ("authentication-schemes.rst", "refinements.yaml", "connectors/hubspot.yaml")


def write_starter(directory: Path, platform: str | None, targets: Sequence[str]) -> Iterator[str]:
    """Write each starter file that does not exist; yield a line for each, and the next step.

    The configuration names the platform and the targets that are given. Each file is complete or absent, since the
    next run keeps whatever there is.
    """
    for path, text in _list_files(platform, targets):
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(file):
            yield f"kept     {file.as_posix()}"
        else:
            _write_file(file, text)
            yield f"created  {file.as_posix()}"
    yield f"next: {_enter(directory)}authscribe generate"


def _write_file(file: Path, text: str) -> None:
    copy = file.with_name(f".{file.name}{STAGING}")
    # What a killed run left is replaced; a link in its place is not followed.
    copy.unlink(missing_ok=True)
    try:
        with copy.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        copy.rename(file)
    finally:
        copy.unlink(missing_ok=True)


def _enter(directory: Path) -> str:
    """Return the command that enters the folder, if it is another one."""
    return "" if directory.resolve() == Path.cwd().resolve() else f"cd {quote(directory.as_posix())} && "


def _list_files(platform: str | None, targets: Sequence[str]) -> Iterator[tuple[str, str]]:
    # A list of names in JSON is one in TOML, too.
    own_platform = _PLATFORM.format(platform=json.dumps(platform)) if platform is not None else ""
    own_targets = _TARGETS.format(targets=json.dumps(targets)) if targets else ""
    yield FILE_NAME, f"{_CONFIGURATION}{own_platform}{own_targets}"
    for name in _DEFINITIONS:
        yield f"schemes/{name}", (package_files.find_schemes_folder() / name).read_text(encoding="utf-8")
