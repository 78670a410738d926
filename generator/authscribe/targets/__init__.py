"""Targets: one module for each kind of output; each plans files from the catalogue.

Adding a target is adding a module with `plan(catalogue)`, a folder of templates, and its line in `TARGETS`; another
package adds one by an entry point. The one target that is planned from what the others leave undone stands beside them
in `BUILT_IN`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from authscribe import mistakes, plugins
from authscribe.files import PlannedFile
from authscribe.finding import DefinitionError, Place
from authscribe.models import Catalogue
from authscribe.targets import catalogue as overview
from authscribe.targets import docs, python, sesam

Plan: TypeAlias = Callable[[Catalogue], Iterator[PlannedFile]]

TARGETS: Final[Mapping[str, Plan]] = {
    python.NAME: python.plan,
    docs.NAME: docs.plan,
    sesam.NAME: sesam.plan,
}

BUILT_IN: Final = (*TARGETS, overview.NAME)


def names() -> tuple[str, ...]:
    """Every target there is: those of this package, then those of others."""
    return (*BUILT_IN, *(name for name in plugins.packages(plugins.Group.TARGETS) if name not in BUILT_IN))


def plan(catalogue: Catalogue, targets: Collection[str]) -> tuple[PlannedFile, ...]:
    """The files of these targets, sorted by path, but for those of the catalogue target.

    Raises DefinitionError when a target of another package fails, or claims a path that is taken.
    """
    files: dict[str, PlannedFile] = {}
    for name in (*TARGETS, *sorted(set(targets) - set(BUILT_IN))):
        for file in _planned(name, catalogue) if name in targets else ():
            if file.path in files:
                problem = f"'{file.path}' belongs to the target '{files[file.path].target}' already"
                raise DefinitionError((mistakes.plugin_failed(name, problem, Place(name)),))
            files[file.path] = file
    return tuple(files[path] for path in sorted(files))


def _planned(name: str, catalogue: Catalogue) -> Iterable[PlannedFile]:
    if name in TARGETS:
        return TARGETS[name](catalogue)
    target = plugins.load(plugins.Group.TARGETS, name)
    with plugins.calling(name):
        if not callable(target):
            raise TypeError("a target is a function of the catalogue")
        files = tuple(target(catalogue))
        if not all(isinstance(file, PlannedFile) for file in files):
            raise TypeError("a target gives planned files")
        return files
