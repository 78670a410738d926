"""Load plugins: readers, targets, rules and templates of other installed packages. Only this module uses entry points.

They are looked up only when a run needs something that is not built in, since the search takes longer than many runs.
"""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rule import Rule
from authscribe.findings.rules.plugin_failed import (
    report_plugin_ambiguous,
    report_plugin_failed,
    report_plugin_missing,
)
from authscribe.runtime.cache import list_tree, make_key

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


ItemT = TypeVar("ItemT")


class Group(StrEnum):
    """Group of entry points.

    A reader is a module with the functions of a built-in reader. A target is a `TargetPlan`, or a function that returns
    the planned files of a catalogue. A rule is a `Rule` with the code that the entry point has as its name. Templates
    are a package whose folder contains them.
    """

    READERS = "authscribe.readers"
    TARGETS = "authscribe.targets"
    RULES = "authscribe.rules"
    TEMPLATES = "authscribe.templates"


@cache
def list_plugins(group: Group) -> Mapping[str, str]:
    """Return the distribution of each plugin of the group by the plugin's name, sorted."""
    entries = sorted(_find_entries()[group], key=lambda entry: entry.name)
    return {entry.name: _get_distribution(entry) for entry in entries}


def load_plugin(group: Group, name: str) -> object:
    """Return the object that a plugin's entry point refers to.

    Raises DefinitionError if it cannot be imported, or if no package or several packages provide it.
    """
    entry = _find_entry(group, name)
    with blame_plugin(group, name):
        return entry.load()


def load_rule(code: str) -> Rule:
    """Return the rule of a plugin; raise DefinitionError if its entry point does not refer to a rule with this code."""
    rule = load_plugin(Group.RULES, code)
    if not isinstance(rule, Rule) or rule.code != code:
        raise DefinitionError((report_failure(Group.RULES, code, f"it is not a rule with the code '{code}'"),))
    return rule


def find_template_folder(name: str) -> Path:
    """Return the folder of a package with templates; raise DefinitionError if the plugin is not a package."""
    package = load_plugin(Group.TEMPLATES, name)
    if not isinstance(package, ModuleType) or package.__file__ is None:
        raise DefinitionError((report_failure(Group.TEMPLATES, name, "it is not a package with templates"),))
    return Path(package.__file__).parent


def find_target_template(path: str) -> Path | None:
    """Return the file of a template of a plugin's target; its path begins with the name of the target."""
    files = (folder / path for folder in list_template_folders(path.partition("/")[0]))
    return next((file for file in files if file.is_file()), None)


def list_template_folders(target: str) -> tuple[Path, ...]:
    """Return the folders in which the folder of a plugin's target, with its templates, can be; none for no plugin."""
    return _find_package(_find_entry(Group.TARGETS, target)) if target in list_plugins(Group.TARGETS) else ()


def suggest_package(group: Group, name: str) -> str:
    """Return what makes a plugin available that no installed package declares in the group, as an imperative."""
    from importlib import metadata

    others = (entry for entry in metadata.entry_points(name=name) if entry.group.startswith("authscribe."))
    for entry in others:
        return f"declare it in the entry point group '{group}' of {_get_distribution(entry)} instead of '{entry.group}'"
    return "install the package that adds it, in the environment of authscribe"


def identify_plugins() -> str:
    """Return a digest of the code of all plugins; empty if there are none."""
    entries = [entry for group in Group for entry in _find_entries()[group]]
    roots = {root for entry in entries for root in _list_roots(entry)}
    return make_key(part for root in sorted(roots) for part in (str(root), *_list_code(root))) if roots else ""


@contextmanager
def blame_plugin(group: Group, name: str, place: Place | None = None) -> Iterator[None]:
    """Turn whatever a plugin raises into a DefinitionError at the line of the plugin that the error came through.

    If it came through none, the error is at `place`, or else where the plugin is declared. What the plugin prints goes
    to standard error, since standard output is for reports.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except DefinitionError as error:
        check_findings(group, name, error.findings, place)
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
        found = _locate_error(error, _find_entry(group, name)) or place
        raise DefinitionError((report_failure(group, name, _describe_error(error), found),)) from None


def report_failure(group: Group, name: str, problem: str, place: Place | None = None) -> Finding:
    """Report a plugin that fails at a place, or else where it is declared; a place in a file becomes the whole line."""
    return report_plugin_failed(name, problem, _widen(place or _locate_declaration(_find_entry(group, name))))


def check_findings(group: Group, name: str, findings: Iterable[object], place: Place | None = None) -> None:
    """Raise DefinitionError at `place` unless a plugin reports findings of rules that it or authscribe has."""
    # Imported here: few plugins report anything.
    from authscribe.findings.registry import load_rules

    for finding in findings:
        if not isinstance(finding, Finding) or not isinstance(finding.place, Place):
            problem = f"it reports a {type(finding).__name__}, which is not a finding with a place"
            raise DefinitionError((report_failure(group, name, problem, place),))
        if finding.code in list_plugins(Group.RULES):
            load_rule(finding.code)
        elif finding.code not in load_rules():
            problem = (
                f"it reports the code '{finding.code}', which no rule has; an entry point in {Group.RULES} adds one"
            )
            raise DefinitionError((report_failure(group, name, problem, place),))


def trace_items(items: Iterable[ItemT], place: Place | None) -> Iterator[tuple[ItemT, Place | None]]:
    """Yield each item with the line of the generator that yields it; if there is no generator, with `place`.

    Raises TypeError for a single item: a named tuple, whose fields are no items.
    """
    if hasattr(items, "_fields"):
        raise TypeError(f"it returns one {type(items).__name__} instead of yielding it")
    frame = getattr(items, "gi_frame", None)
    for item in items:
        yield item, (mark_line(frame.f_code.co_filename, frame.f_lineno) if frame is not None else place)


def locate_class(kind: type) -> Place | None:
    """Return the line that begins a class of a plugin, or None."""
    with suppress(OSError, TypeError):
        return mark_line(inspect.getfile(kind), inspect.getsourcelines(kind)[1])
    return None


def mark_line(path: str, line: int) -> Place:
    """Return the place of a line of a plugin."""
    return Place(path, line, 1, line, 2)


def _widen(place: Place) -> Place:
    """Return the place of the text in a line without its indentation; of a file as a whole, the same place."""
    text = linecache.getline(place.path, place.line).rstrip()
    start = len(text) - len(text.lstrip()) + 1
    return place._replace(column=start, end_column=len(text) + 1) if text else place


def _find_entry(group: Group, name: str) -> EntryPoint:
    entries = [entry for entry in _find_entries()[group] if entry.name == name]
    if not entries:
        raise DefinitionError((report_plugin_missing(name),))
    if len(entries) > 1:
        raise DefinitionError((report_plugin_ambiguous(name, sorted(map(_get_distribution, entries))),))
    return entries[0]


@cache
def _find_entries() -> Mapping[Group, tuple[EntryPoint, ...]]:
    """Return the entry points of each group, looked up once: the environment does not change during a run."""
    from importlib import metadata

    installed = metadata.entry_points()
    return {group: tuple(installed.select(group=group.value)) for group in Group}


def _get_distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else ""


def _find_package(entry: EntryPoint) -> tuple[Path, ...]:
    """Return the folders of the package that an entry point names, or the file of the module."""
    with suppress(ImportError, ValueError):
        spec = find_spec(entry.module.partition(".")[0])
        if spec is not None:
            return tuple(map(Path, spec.submodule_search_locations or filter(None, (spec.origin,))))
    return ()


def _list_roots(entry: EntryPoint) -> set[Path]:
    """Return the folders and files at the top of a plugin's package and of its distribution."""
    if entry.dist is None:
        return set(_find_package(entry))
    # Scripts are outside, and bytecode of modules of all distributions is in one folder.
    tops = {file.parts[0] for file in entry.dist.files or ()} - {"..", "__pycache__"}
    return {*_find_package(entry), *(Path(str(entry.dist.locate_file(top))) for top in tops)}


def _list_code(root: Path) -> Iterator[bytes | str]:
    if root.is_file():
        yield root.read_bytes()
    yield from list_tree(root)


def _describe_error(error: BaseException) -> str:
    """Return an error and its first note on one line."""
    try:
        text = str(error)
    except Exception as other:  # noqa: BLE001 - a plugin may raise anything, even here
        text = f"it has no text, because of {type(other).__name__}"
    parts = (f"{type(error).__name__}: {text}".removesuffix(": "), *getattr(error, "__notes__", ())[:1])
    return " ".join("; ".join(parts).split())


def _locate_error(error: BaseException, entry: EntryPoint) -> Place | None:
    """Return the last line of a plugin, or of its templates, that an error came through."""
    # Imported here: most plugins work.
    import traceback

    roots = _list_roots(entry)
    frames = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno or 1))
    own = ((name, line) for name, line in reversed(frames) if any(Path(name).is_relative_to(root) for root in roots))
    return next((mark_line(name, line) for name, line in own), None)


def _locate_declaration(entry: EntryPoint) -> Place:
    """Return the place of an entry point in the metadata of its distribution, or else its name."""
    files = (entry.dist.files if entry.dist is not None else None) or ()
    for file in (Path(str(file.locate())) for file in files if file.name == "entry_points.txt"):
        with suppress(OSError):
            for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
                if [part.strip() for part in line.split("=", 1)] == [entry.name, entry.value]:
                    return mark_line(str(file), number)
    return Place(entry.name)
