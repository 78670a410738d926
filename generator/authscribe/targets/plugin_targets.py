"""Load the targets of other packages, and check whatever they return: a mistake in one is a finding, never a traceback.

The files of a target, and its templates, are in folders with its name. So no target can replace the files of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import PurePosixPath
from typing import Final, NoReturn

from authscribe.encoders.language import CustomLanguage, Language
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.naming import make_collision_key
from authscribe.model.places import Places
from authscribe.model.plugin_options import make_plugin_options
from authscribe.runtime import plugins
from authscribe.runtime.paths import is_safe_path
from authscribe.runtime.plugins import Group
from authscribe.targets.plan import PlannedFile, TargetPlan

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_DOCUMENTS: Final = (Language.JSON, Language.YAML)


@cache
def load_plan(name: str) -> TargetPlan:
    """Return the plan of a plugin's target, whose functions raise DefinitionError if anything in them fails.

    A function counts as a plan of the files about all definitions. Raises DefinitionError if there is no usable plan.
    """
    target = plugins.load_plugin(Group.TARGETS, name)
    plan = TargetPlan(target) if callable(target) else target
    if not isinstance(plan, TargetPlan):
        _fail(name, "it is neither a TargetPlan nor a function")
    if not _NAME.fullmatch(name):
        _fail(name, "the name of a target has only lower-case ASCII letters, digits and hyphens")
    if plan.options is not None:
        make_plugin_options(name, plan.options)
    return plan._replace(
        plan_shared=partial(_plan, name, plan.plan_shared),
        plan_scheme=partial(_plan, name, plan.plan_scheme),
        plan_connector=partial(_plan, name, plan.plan_connector),
        check=partial(_check, name, plan.check),
    )


def check_paths(files: Iterable[tuple[str, str]]) -> None:
    """Raise DefinitionError if of plugins' files, each a target and a path, two cannot be in one folder.

    Some file systems take paths that differ only in case for one.
    """
    targets: dict[str, str] = {}
    for target, path in files:
        key = make_collision_key(path)
        if key in targets:
            _fail(target, f"it plans '{path}' twice")
        targets[key] = target
    for path, target in targets.items():
        folder = next((str(each) for each in PurePosixPath(path).parents if str(each) in targets), None)
        if folder is not None:
            _fail(target, f"it plans '{folder}' as a file and as a folder")


def _plan(
    name: str,
    function: Callable[..., Iterable[PlannedFile]],
    catalogue: Catalogue,
    *definition: Scheme | Connector,
) -> Iterator[PlannedFile]:
    """Return the files that a function of a plugin plans; those about a definition have it as their subject."""
    place = _locate_function(function)
    with plugins.blame_plugin(Group.TARGETS, name, place):
        files = tuple(plugins.trace_items(function(catalogue, *definition), place))
    for file, line in files:
        problem = _find_problem(name, file)
        if problem is not None:
            _fail(name, problem, line)
    subject = definition[0].id if definition else None
    return (file._replace(subject=subject) if definition else file for file, _ in files)


def _check(
    name: str, function: Callable[[Catalogue, Places], Iterable[Finding]], catalogue: Catalogue, places: Places
) -> Iterator[Finding]:
    place = _locate_function(function)
    with plugins.blame_plugin(Group.TARGETS, name, place):
        findings = tuple(plugins.trace_items(function(catalogue, places), place))
    for finding, line in findings:
        plugins.check_findings(Group.TARGETS, name, (finding,), line)
    return (finding for finding, _ in findings)


def _find_problem(name: str, file: object) -> str | None:
    """Return what is wrong with a planned file, or None."""
    if not isinstance(file, PlannedFile):
        return f"it plans a {type(file).__name__} instead of a PlannedFile"
    if not _is_inside(file.path, name):
        return f"its output '{file.path}' is not in the folder '{name}'"
    if file.target != name:
        return f"its output '{file.path}' has the target '{file.target}' instead of '{name}'"
    language: object = file.language
    if not isinstance(language, Language | CustomLanguage):
        return f"its output '{file.path}' has no language"
    if file.template is None:
        is_document = file.language in _DOCUMENTS
        return None if is_document else f"its output '{file.path}' has no template, and is neither JSON nor YAML"
    if file.language is Language.JSON:
        return f"its output '{file.path}' is JSON, which no template makes"
    return None if _is_inside(file.template, name) else f"its template '{file.template}' is not in the folder '{name}'"


def _is_inside(path: object, folder: str) -> bool:
    return isinstance(path, str) and is_safe_path(path) and path.startswith(f"{folder}/")


def _locate_function(function: object) -> Place | None:
    code = getattr(function, "__code__", None)
    return plugins.mark_line(code.co_filename, code.co_firstlineno) if code is not None else None


def _fail(name: str, problem: str, place: Place | None = None) -> NoReturn:
    raise DefinitionError((plugins.report_failure(Group.TARGETS, name, problem, place),))
