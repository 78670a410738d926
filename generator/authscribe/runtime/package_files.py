"""Find the files that are distributed with the tool, in the installed package or in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def find_templates_folder() -> Path:
    """Return the folder of the built-in templates."""
    return _find_folder("templates")


def find_schemes_folder() -> Path:
    """Return the folder of the built-in definitions."""
    return _find_folder("schemes")


def _find_folder(name: str) -> Path:
    """Return a folder that a wheel has inside the package, and a checkout beside `generator/`."""
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / name
