"""Find the files that are distributed with the tool, in the installed package or in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_PLATFORMS: Final = "platforms"


def find_templates_folder() -> Path:
    """Return the folder of the built-in templates."""
    return _find_folder("templates")


def find_schemes_folder() -> Path:
    """Return the folder of the built-in definitions."""
    return _find_folder("schemes")


def list_platform_files() -> tuple[Path, ...]:
    """Return the files with the platform profiles; each is named after its profile."""
    return tuple(sorted((find_schemes_folder() / _PLATFORMS).glob("*.yaml")))


def read_default_platform() -> str:
    """Return the id of the platform profile of runs that state none."""
    return (find_schemes_folder() / _PLATFORMS / "default.txt").read_text(encoding="utf-8").strip()


def list_platforms() -> tuple[str, ...]:
    """Return the ids of the platform profiles, the default one first."""
    default = read_default_platform()
    return (default, *(file.stem for file in list_platform_files() if file.stem != default))


def _find_folder(name: str) -> Path:
    """Return a folder that a wheel has inside the package, and a checkout beside `generator/`."""
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / name
