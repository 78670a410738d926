"""Targets: one module for each kind of output; each plans files from the catalogue.

Adding a target is adding a module with its `plan` in parts, a folder of templates, and its line in `TARGETS`; another
package adds one by an entry point. The one target that is planned from what the others leave undone stands beside them
in `BUILT_IN`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, Protocol, TypeVar

from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.plugin_failed import report_plugin_failed
from authscribe.model.definitions import Catalogue
from authscribe.runtime import plugins
from authscribe.targets.docs import DOCS, DOCS_PLAN
from authscribe.targets.plan import CATALOGUE, PlannedFile, TargetPlan
from authscribe.targets.python import PYTHON, PYTHON_PLAN
from authscribe.targets.sesam import SESAM, SESAM_PLAN


class _OutputFile(Protocol):
    """A file of a target in any state."""

    @property
    def path(self) -> str: ...
    @property
    def target(self) -> str: ...


FileT = TypeVar("FileT", bound=_OutputFile)

TARGETS: Final[Mapping[str, TargetPlan]] = {
    PYTHON: PYTHON_PLAN,
    DOCS: DOCS_PLAN,
    SESAM: SESAM_PLAN,
}

BUILT_IN: Final = (*TARGETS, CATALOGUE)


def target_names() -> tuple[str, ...]:
    """Every target there is: those of this package, then those of others."""
    return (*BUILT_IN, *(name for name in plugins.list_plugins(plugins.Group.TARGETS) if name not in BUILT_IN))


def plan_files(catalogue: Catalogue, targets: Collection[str]) -> tuple[PlannedFile, ...]:
    """The files of these targets, sorted by path, but for those of the catalogue target; raises as its parts do."""
    each = (file for whole in select_plans(targets) for file in whole.each(catalogue))
    return distinct_files((*plan_shared(catalogue, targets), *each))


def plan_shared(catalogue: Catalogue, targets: Collection[str]) -> Iterator[PlannedFile]:
    """What these targets make of all definitions together, and everything that targets of other packages make.

    Raises DefinitionError when one of the latter fails.
    """
    for whole in select_plans(targets):
        yield from whole.shared(catalogue)
    for name in sorted(set(targets) - set(BUILT_IN)):
        yield from _planned(name, catalogue)


def distinct_files(files: Iterable[FileT]) -> tuple[FileT, ...]:
    """The files sorted by path; raises DefinitionError when a target of another package claims a path that is taken."""
    by_path: dict[str, FileT] = {}
    for file in sorted(files, key=lambda file: file.target not in BUILT_IN):
        taken = by_path.setdefault(file.path, file)
        if taken is not file:
            problem = f"its output '{file.path}' already belongs to the target '{taken.target}'"
            raise DefinitionError((report_plugin_failed(file.target, problem, Place(file.target)),))
    return tuple(by_path[path] for path in sorted(by_path))


def select_plans(targets: Collection[str]) -> tuple[TargetPlan, ...]:
    """The plans of those of the targets that are of this package."""
    return tuple(TARGETS[name] for name in TARGETS if name in targets)


def _planned(name: str, catalogue: Catalogue) -> Iterable[PlannedFile]:
    target = plugins.load_plugin(plugins.Group.TARGETS, name)
    with plugins.blame_plugin(name):
        if not callable(target):
            raise TypeError("a target is a function of the catalogue")
        files = tuple(target(catalogue))
        if not all(isinstance(file, PlannedFile) for file in files):
            raise TypeError("a target gives planned files")
        return files
