"""Where the files that travel with the tool lie: in the installed package, or in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def templates_folder() -> Path:
    """The folder of the built-in templates."""
    return _folder("templates")


def schemes_folder() -> Path:
    """The folder of the shipped definitions."""
    return _folder("schemes")


def _folder(name: str) -> Path:
    """In a wheel the folders lie inside the package; in a checkout, beside `generator/`."""
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / name
