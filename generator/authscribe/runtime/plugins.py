"""Load plugins: readers, targets and templates of other installed packages. Only this module uses entry points.

They are looked up only when a run needs something that is not built in, since the search takes longer than many runs.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.plugin_failed import (
    report_plugin_ambiguous,
    report_plugin_failed,
    report_plugin_missing,
)

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Group(StrEnum):
    """Group of entry points.

    A reader is a module with the functions of a built-in reader. A target is a function that returns the planned
    files of a catalogue. Templates are a package whose folder contains them.
    """

    READERS = "authscribe.readers"
    TARGETS = "authscribe.targets"
    TEMPLATES = "authscribe.templates"


def list_plugins(group: Group) -> dict[str, str]:
    """Return the distribution of each plugin of the group by the plugin's name, sorted."""
    entries = sorted(_find_entries()[group], key=lambda entry: entry.name)
    return {entry.name: entry.dist.name if entry.dist is not None else "" for entry in entries}


def load_plugin(group: Group, name: str) -> object:
    """Return the object that a plugin's entry point refers to.

    Raises DefinitionError if it cannot be imported, or if no package or several packages provide it.
    """
    entries = [entry for entry in _find_entries()[group] if entry.name == name]
    if len(entries) != 1:
        raise DefinitionError((report_plugin_ambiguous(name) if entries else report_plugin_missing(name),))
    with blame_plugin(name):
        return entries[0].load()


def find_template_folder(name: str) -> Path:
    """Return the folder of a package with templates; raise DefinitionError if the plugin is not a package."""
    package = load_plugin(Group.TEMPLATES, name)
    if not isinstance(package, ModuleType) or package.__file__ is None:
        raise DefinitionError((report_plugin_failed(name, "it is not a package with templates", Place(name)),))
    return Path(package.__file__).parent


@contextmanager
def blame_plugin(name: str) -> Iterator[None]:
    """Turn whatever a plugin raises into a DefinitionError at the line that raised it."""
    try:
        yield
    except DefinitionError:
        raise
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        frame = traceback.extract_tb(error.__traceback__)[-1]
        line = frame.lineno or 1
        problem = f"{type(error).__name__}: {error}"
        raise DefinitionError((report_plugin_failed(name, problem, Place(frame.filename, line, 1, line, 2)),)) from None


@cache
def _find_entries() -> Mapping[Group, tuple[EntryPoint, ...]]:
    """Return the entry points of each group, looked up once: the environment does not change during a run."""
    from importlib import metadata

    installed = metadata.entry_points()
    return {group: tuple(installed.select(group=group.value)) for group in Group}
