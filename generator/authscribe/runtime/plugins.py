"""Plugins: readers, targets and templates of packages that are installed beside this one.

The only module that knows entry points. They are looked up when something is asked for that this package does not
have, since the search alone costs more than many a run.
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
    """The groups of entry points, and what an entry of each names.

    A reader is a module like those in `authscribe.readers`; a target is a function like `plan` of those in
    `authscribe.targets`; templates are a package whose folder holds them.
    """

    READERS = "authscribe.readers"
    TARGETS = "authscribe.targets"
    TEMPLATES = "authscribe.templates"


def list_plugins(group: Group) -> dict[str, str]:
    """The name of each plugin of the group, sorted, with the distribution that brings it."""
    found = sorted(_entries()[group], key=lambda entry: entry.name)
    return {entry.name: entry.dist.name if entry.dist is not None else "" for entry in found}


def load_plugin(group: Group, name: str) -> object:
    """What the plugin of this name is; raises DefinitionError when it cannot be imported, or two packages bring it."""
    found = [entry for entry in _entries()[group] if entry.name == name]
    if len(found) != 1:
        raise DefinitionError((report_plugin_ambiguous(name) if found else report_plugin_missing(name),))
    with blame_plugin(name):
        return found[0].load()


def find_template_folder(name: str) -> Path:
    """The folder of a package with templates; raises DefinitionError when it is no package."""
    package = load_plugin(Group.TEMPLATES, name)
    if not isinstance(package, ModuleType) or package.__file__ is None:
        raise DefinitionError((report_plugin_failed(name, "it is not a package with templates", Place(name)),))
    return Path(package.__file__).parent


@contextmanager
def blame_plugin(name: str) -> Iterator[None]:
    """Whatever a plugin raises becomes one finding, with the last line of it that was run."""
    try:
        yield
    except DefinitionError:
        raise
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; it is shown as its finding
        frame = traceback.extract_tb(error.__traceback__)[-1]
        line = frame.lineno or 1
        problem = f"{type(error).__name__}: {error}"
        raise DefinitionError((report_plugin_failed(name, problem, Place(frame.filename, line, 1, line, 2)),)) from None


@cache
def _entries() -> Mapping[Group, tuple[EntryPoint, ...]]:
    """The entry points of this environment, looked up once: it does not change while a run lasts."""
    from importlib import metadata

    installed = metadata.entry_points()
    return {group: tuple(installed.select(group=group.value)) for group in Group}
