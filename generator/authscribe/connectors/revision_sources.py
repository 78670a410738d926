"""Read the configured sources as they are in a revision of the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath

from authscribe.connectors.file_trees import Tree, open_revision
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.no_such_revision import report_no_repository
from authscribe.model.draft import Draft
from authscribe.readers.pasted_secrets import withhold_secrets
from authscribe.readers.registry import SOURCE_SUFFIXES, read_source
from authscribe.readers.text import decode
from authscribe.runtime.hashing import digest
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import LoadedSources, combine_drafts, load_workspace
from authscribe.workspace.patterns import compile_patterns, list_patterns_inside
from authscribe.workspace.referenced_documents import ReadReferenced
from authscribe.workspace.sources import SourceFile
from authscribe.workspace.workspace import Workspace


def load_revision(revision: str, workspace: Workspace, options: Options) -> LoadedSources:
    """Read the sources of a run as they are in a revision; their places begin with it, as in `main:a.yaml`.

    Those of other repositories, such as submodules, have no such revision, and are read as they are now.

    Raises DefinitionError where the workspace lies in no repository, or the repository has no such revision.
    """
    repository = require_repository(workspace, revision)
    tree = open_revision(repository, revision, revision)
    folder = workspace.root.resolve().relative_to(repository).as_posix()
    below = "" if folder == "." else f"{folder}/"
    drafts: list[Draft] = []
    texts: dict[str, str] = {}
    inputs: dict[str, str] = {}
    for path in _list_sources(tree, _list_patterns(repository, workspace, options)):
        shown = f"{revision}:{path}"
        data = tree.read(path, Place(shown))
        if isinstance(data, Finding) or data is None:
            drafts.append(Draft(shown, findings=(data,) if data is not None else ()))
            continue
        decoded = decode(shown, data)
        texts[shown], inputs[shown] = withhold_secrets(decoded.text), digest(data)
        wording = workspace.configuration.wording
        draft = Draft(shown, findings=decoded.findings)
        drafts.append(
            draft if decoded.findings else read_source(shown, decoded.text, options.source_format, wording=wording)
        )
    others = load_workspace(workspace, _select_others(workspace.sources, repository))
    texts |= others.texts
    inputs |= others.inputs
    return combine_drafts((*drafts, *others.drafts), texts, inputs, _make_reader(tree, revision, below))


def _select_others(sources: Iterable[SourceFile], repository: Path) -> list[SourceFile]:
    """Return the sources that a repository does not have: those that authscribe ships, or another repository has."""
    from authscribe.connectors.git_repository import find_repository

    @cache
    def find(folder: Path) -> Path | None:
        return find_repository(folder.resolve())

    return [file for file in sources if file.is_shipped or find(Path(file.file).parent) != repository]


def require_repository(workspace: Workspace, revision: str) -> Path:
    """Return the root of the repository that contains a workspace; raises DefinitionError if there is none."""
    from authscribe.connectors.git_repository import find_repository

    repository = find_repository(workspace.root.resolve())
    if repository is None:
        raise DefinitionError((report_no_repository(revision),))
    return repository


def _make_reader(tree: Tree, revision: str, below: str) -> ReadReferenced:
    """Return a function that reads the files of a revision to which sources refer."""

    def read(_origin: str, shown: str) -> tuple[str, bytes] | None:
        path = shown.removeprefix(f"{revision}:")
        data = tree.read(path, Place(shown)) if path.startswith(below) else None
        return (shown, data) if isinstance(data, bytes) else None

    return read


def _list_patterns(repository: Path, workspace: Workspace, options: Options) -> list[str]:
    """Return the patterns of the sources, those of the command line or of the configuration, in a repository."""
    if options.sources:
        return list_patterns_inside(repository, Path.cwd(), options.sources)
    return list_patterns_inside(repository, workspace.root, workspace.configuration.sources)


def _list_sources(tree: Tree, patterns: Sequence[str]) -> Iterator[str]:
    """Yield the files of a revision that the patterns match, by the same rules as files on disk."""
    is_listed = compile_patterns(patterns)
    for path in tree.list_paths(""):
        is_source = PurePosixPath(path).suffix.lower() in SOURCE_SUFFIXES
        if path in patterns or (is_source and is_listed(path)):
            yield path
