"""Command `diff`: what changed between two sets of definitions, and which changes break users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from authscribe.commands.invocation import Definitions, read_definitions, run_reporting
from authscribe.commands.output import Output
from authscribe.connectors.file_trees import Tree, open_revision
from authscribe.findings.finding import DefinitionError, Finding, Place, sort_findings
from authscribe.findings.rules.breaking_change import report_breaking_change
from authscribe.findings.rules.definition_changed import report_definition_changed
from authscribe.findings.rules.no_such_connector import report_no_such_revision
from authscribe.findings.source_lines import quoting, select_lines
from authscribe.model.draft import Draft, ListNode, MapNode, Node, get_text
from authscribe.readers.registry import SOURCE_SUFFIXES, read_source
from authscribe.readers.text import decode
from authscribe.report.model import Report, Verb
from authscribe.resolve.changes import Change, compare_catalogues, find_affected
from authscribe.resolve.checks import locate_value
from authscribe.resolve.resolver import Resolution
from authscribe.runtime.hashing import digest
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import LoadedSources, combine_drafts, load_sources
from authscribe.workspace.workspace import Workspace, find_workspace


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """Two sides, each a path as in the sources or a revision; without `new`, the sources as they are now."""

    old: str
    new: str | None = None


def run_diff(options: Options, request: DiffRequest, output: Output) -> int:
    """Report every change as a finding: a warning where it breaks users."""
    return run_reporting(Verb.DIFF, output, lambda: _compare(options, request))


def _compare(options: Options, request: DiffRequest) -> Report:
    before = _read_side(options, request.old)
    with quoting(before.loaded.texts, before.workspace.files):
        old = before.resolve()
        after = _read_side(options, request.new)
        with quoting(after.loaded.texts, after.workspace.files):
            new = after.resolve()
    changes = compare_catalogues(old.catalogue, new.catalogue)
    findings = sort_findings(_report_change(change, old, new) for change in changes)
    texts = {**before.loaded.texts, **after.loaded.texts}
    files = {**before.workspace.files, **after.workspace.files}
    return Report(verb=Verb.DIFF, findings=findings, lines=select_lines(findings, texts), sources=files)


def _read_side(options: Options, argument: str | None) -> Definitions:
    if argument is not None and not is_path(argument, Path.cwd()):
        workspace = find_workspace(options, Path.cwd())
        return Definitions(workspace, load_revision(argument, workspace))
    if argument is not None:
        options = options._replace(sources=(argument,))
    with read_definitions(options) as definitions:
        return definitions


def is_path(argument: str, directory: Path) -> bool:
    """Return whether an argument names files rather than a revision: something is there, or it is a pattern."""
    return (bool(argument) and (directory / argument).exists()) or any(character in argument for character in "*?[")


def load_revision(revision: str, workspace: Workspace) -> LoadedSources:
    """Read the configured sources as they are in a revision; their places begin with it, as in `main:a.yaml`.

    Raises DefinitionError where the workspace lies in no repository, or the repository has no such revision.
    """
    from authscribe.connectors.git_repository import find_repository

    root = workspace.root.resolve()
    repository = find_repository(root)
    if repository is None:
        raise DefinitionError((report_no_such_revision(str(root), revision),))
    tree = open_revision(repository, revision, revision)
    below = root.relative_to(repository).as_posix()
    drafts: list[Draft] = []
    texts: dict[str, str] = {}
    inputs: dict[str, str] = {}
    for path in _list_sources(tree, "" if below == "." else f"{below}/", workspace.configuration.sources):
        shown = f"{revision}:{path}"
        data = tree.read(path, Place(shown))
        if isinstance(data, Finding) or data is None:
            drafts.append(Draft(shown, findings=(data,) if data is not None else ()))
            continue
        decoded = decode(shown, data)
        texts[shown], inputs[shown] = decoded.text, digest(data)
        wording = workspace.configuration.wording
        draft = Draft(shown, findings=decoded.findings)
        drafts.append(draft if decoded.findings else read_source(shown, decoded.text, wording=wording))
    shipped = load_sources([file for file in workspace.sources if file.is_shipped])
    return combine_drafts((*drafts, *shipped.drafts), texts, inputs)


def _list_sources(tree: Tree, below: str, patterns: tuple[str, ...]) -> Iterator[str]:
    """Yield the files of a revision that the patterns match, by the same rules as files on disk."""
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(f"/{pattern}" for pattern in patterns)
    for path in tree.list_paths(below.rstrip("/")):
        if PurePosixPath(path).suffix.lower() in SOURCE_SUFFIXES and spec.match_file(path.removeprefix(below)):
            yield path


def _report_change(change: Change, old: Resolution, new: Resolution) -> Finding:
    place = _find_place(change.keys, new) or _find_place(change.keys, old) or Place("")
    users = find_affected(new.catalogue, change.keys)
    report = report_breaking_change if change.is_breaking else report_definition_changed
    return report(change.message, place, users)


def _find_place(keys: Sequence[str], resolution: Resolution) -> Place | None:
    """Return the place of the deepest of the keys that exists; None where the definition does not."""
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
            node = next((item for item in maps if get_text(item.find("name")) == key), None)
            place = locate_value(node, "name") if node is not None else place
    return place
