"""Targets: one module for each kind of output; each plans files from the catalogue.

Adding a target is adding a module with its `plan` in parts, a folder of templates, and its line in `TARGETS`; another
package adds one by an entry point. The one target that is planned from what the others leave undone stands beside them
in `BUILT_IN`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, TypeVar

from authscribe import mistakes, plugins
from authscribe.files import GeneratedFile, PlannedFile
from authscribe.finding import DefinitionError, Place
from authscribe.models import Catalogue
from authscribe.targets import docs, python, sesam
from authscribe.targets.parts import CATALOGUE, Parts

FileT = TypeVar("FileT", PlannedFile, GeneratedFile)

TARGETS: Final[Mapping[str, Parts]] = {
    python.NAME: python.plan,
    docs.NAME: docs.plan,
    sesam.NAME: sesam.plan,
}

BUILT_IN: Final = (*TARGETS, CATALOGUE)


def names() -> tuple[str, ...]:
    """Every target there is: those of this package, then those of others."""
    return (*BUILT_IN, *(name for name in plugins.packages(plugins.Group.TARGETS) if name not in BUILT_IN))


def plan(catalogue: Catalogue, targets: Collection[str]) -> tuple[PlannedFile, ...]:
    """The files of these targets, sorted by path, but for those of the catalogue target; raises as its parts do."""
    each = (file for whole in parts(targets) for file in whole.each(catalogue))
    return distinct((*shared(catalogue, targets), *each))


def shared(catalogue: Catalogue, targets: Collection[str]) -> Iterator[PlannedFile]:
    """What these targets make of all definitions together, and everything that targets of other packages make.

    Raises DefinitionError when one of the latter fails.
    """
    for whole in parts(targets):
        yield from whole.shared(catalogue)
    for name in sorted(set(targets) - set(BUILT_IN)):
        yield from _planned(name, catalogue)


def distinct(files: Iterable[FileT]) -> tuple[FileT, ...]:
    """The files sorted by path; raises DefinitionError when a target of another package claims a path that is taken."""
    by_path: dict[str, FileT] = {}
    for file in sorted(files, key=lambda file: file.target not in BUILT_IN):
        taken = by_path.setdefault(file.path, file)
        if taken is not file:
            problem = f"'{file.path}' belongs to the target '{taken.target}' already"
            raise DefinitionError((mistakes.plugin_failed(file.target, problem, Place(file.target)),))
    return tuple(by_path[path] for path in sorted(by_path))


def parts(targets: Collection[str]) -> tuple[Parts, ...]:
    """The plans of those of the targets that are of this package."""
    return tuple(TARGETS[name] for name in TARGETS if name in targets)


def _planned(name: str, catalogue: Catalogue) -> Iterable[PlannedFile]:
    target = plugins.load(plugins.Group.TARGETS, name)
    with plugins.calling(name):
        if not callable(target):
            raise TypeError("a target is a function of the catalogue")
        files = tuple(target(catalogue))
        if not all(isinstance(file, PlannedFile) for file in files):
            raise TypeError("a target gives planned files")
        return files
