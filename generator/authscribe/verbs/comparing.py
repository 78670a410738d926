"""The verb `diff`: what changed between two sets of definitions, and what of it breaks something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from authscribe import changes, history, loading, mistakes, pipeline, workspace
from authscribe.changes import Change
from authscribe.checks import value_place
from authscribe.draft import ListNode, MapNode, Node, text
from authscribe.finding import DefinitionError, Finding, Place, ordered
from authscribe.loading import Loaded
from authscribe.report.model import Report, exit_code
from authscribe.resolve import Resolution
from authscribe.verbs.output import WRONG_INPUT, Output, emit
from authscribe.workspace import Options


@dataclass(frozen=True, slots=True)
class Request:
    """Two sides, each a path as in the sources or a revision; without `new`, the sources as they are now."""

    old: str
    new: str | None = None


def run(options: Options, request: Request, output: Output) -> int:
    """Reports every change as a finding: a warning where it breaks something."""
    texts: dict[str, str] = {}
    try:
        old = _side(options, request.old, texts)
        new = _side(options, request.new, texts)
    except DefinitionError as error:
        emit(Report(verb="diff", findings=error.findings), texts, output)
        return WRONG_INPUT
    findings = tuple(_finding(change, old, new) for change in changes.between(old.catalogue, new.catalogue))
    report = Report(verb="diff", findings=ordered(findings))
    emit(report, texts, output)
    return exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _side(options: Options, argument: str | None, texts: dict[str, str]) -> Resolution:
    directory = Path.cwd()
    if argument is not None and history.is_path(argument, directory):
        options, argument = options._replace(sources=(argument,)), None
    found = workspace.find(options, directory)
    loaded: Loaded = loading.load(found.sources) if argument is None else history.load(argument, found)
    texts.update(loaded.texts)
    return pipeline.resolved(loaded, found)


def _finding(change: Change, old: Resolution, new: Resolution) -> Finding:
    place = _place(change.keys, new) or _place(change.keys, old) or Place("")
    users = changes.users(new.catalogue, change.keys)
    told = mistakes.breaking_change if change.is_breaking else mistakes.definition_changed
    return told(change.message, place, users)


def _place(keys: Sequence[str], resolution: Resolution) -> Place | None:
    """Where the last of the keys stands that is there; None where the definition is not."""
    noun, identifier, *rest = keys
    node: Node | None = (resolution.schemes if noun == "schemes" else resolution.connectors).get(identifier)
    place = None
    for key in ("id", *rest):
        if isinstance(node, MapNode):
            entry = next((entry for entry in node.entries if entry.key == key), None)
            place = entry.place if entry is not None else place
            node = node if key == "id" else entry.node if entry is not None else None
        elif isinstance(node, ListNode):
            maps = (item for item in node.items if isinstance(item, MapNode))
            node = next((item for item in maps if text(item.find("name")) == key), None)
            place = value_place(node, "name") if node is not None else place
    return place
