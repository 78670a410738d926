"""History: the sources of a workspace as they were in a revision of its repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from authscribe.commands.output import Output, emit_report
from authscribe.connectors.file_trees import Tree, open_revision
from authscribe.findings.finding import DefinitionError, Finding, Place, sort_findings
from authscribe.findings.rules.breaking_change import report_breaking_change
from authscribe.findings.rules.definition_changed import report_definition_changed
from authscribe.findings.rules.no_such_connector import report_no_such_revision
from authscribe.model.draft import Draft, ListNode, MapNode, Node, text_of
from authscribe.readers.registry import SOURCE_SUFFIXES, read_source
from authscribe.readers.text import decode
from authscribe.report.exit_codes import WRONG_INPUT, choose_exit_code
from authscribe.report.model import Report
from authscribe.resolve.changes import Change, compare_catalogues, find_affected
from authscribe.resolve.checks import locate_value
from authscribe.resolve.resolver import Resolution
from authscribe.runtime.hashing import digest
from authscribe.workspace.load import LoadedSources, combine_drafts, load_sources
from authscribe.workspace.options import Options
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace, find_workspace


def load_revision(revision: str, found: Workspace) -> LoadedSources:
    """What the configured sources hold in the revision; its places begin with the revision, as in `main:a.yaml`.

    Raises DefinitionError where the workspace lies in no repository, or that has no such revision.
    """
    repository = next((folder for folder in (found.root, *found.root.parents) if (folder / ".git").exists()), None)
    if repository is None:
        raise DefinitionError((report_no_such_revision(str(found.root), revision),))
    tree = open_revision(repository, revision, revision)
    below = found.root.relative_to(repository).as_posix()
    drafts: list[Draft] = []
    texts: dict[str, str] = {}
    inputs: dict[str, str] = {}
    for path in _sources(tree, "" if below == "." else f"{below}/", found.configuration.sources):
        shown = f"{revision}:{path}"
        data = tree.read(path, Place(shown))
        if isinstance(data, Finding) or data is None:
            drafts.append(Draft(shown, findings=(data,) if data is not None else ()))
            continue
        decoded = decode(shown, data)
        texts[shown], inputs[shown] = decoded.text, digest(data)
        drafts.append(Draft(shown, findings=decoded.findings) if decoded.findings else read_source(shown, decoded.text))
    shipped = load_sources([file for file in found.sources if file.is_shipped])
    return combine_drafts((*drafts, *shipped.drafts), texts, inputs)


def _sources(tree: Tree, below: str, patterns: tuple[str, ...]) -> Iterator[str]:
    """The files that the patterns mean, as they mean files on the disk."""
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(f"/{pattern}" for pattern in patterns)
    for path in tree.paths(below.rstrip("/")):
        if PurePosixPath(path).suffix.lower() in SOURCE_SUFFIXES and spec.match_file(path.removeprefix(below)):
            yield path


def is_path(argument: str, directory: Path) -> bool:
    """Whether an argument names files rather than a revision: something is there, or it is a pattern."""
    return (bool(argument) and (directory / argument).exists()) or any(character in argument for character in "*?[")


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """Two sides, each a path as in the sources or a revision; without `new`, the sources as they are now."""

    old: str
    new: str | None = None


def run_diff(options: Options, request: DiffRequest, output: Output) -> int:
    """Reports every change as a finding: a warning where it breaks something."""
    texts: dict[str, str] = {}
    try:
        old = _side(options, request.old, texts)
        new = _side(options, request.new, texts)
    except DefinitionError as error:
        emit_report(Report(verb="diff", findings=error.findings), texts, output)
        return WRONG_INPUT
    findings = tuple(_finding(change, old, new) for change in compare_catalogues(old.catalogue, new.catalogue))
    report = Report(verb="diff", findings=sort_findings(findings))
    emit_report(report, texts, output)
    return choose_exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _side(options: Options, argument: str | None, texts: dict[str, str]) -> Resolution:
    directory = Path.cwd()
    if argument is not None and is_path(argument, directory):
        options, argument = options._replace(sources=(argument,)), None
    found = find_workspace(options, directory)
    loaded: LoadedSources = load_sources(found.sources) if argument is None else load_revision(argument, found)
    texts.update(loaded.texts)
    return resolve_sources(loaded, found)


def _finding(change: Change, old: Resolution, new: Resolution) -> Finding:
    place = _place(change.keys, new) or _place(change.keys, old) or Place("")
    users = find_affected(new.catalogue, change.keys)
    told = report_breaking_change if change.is_breaking else report_definition_changed
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
            node = next((item for item in maps if text_of(item.find("name")) == key), None)
            place = locate_value(node, "name") if node is not None else place
    return place
