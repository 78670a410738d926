"""History: the sources of a workspace as they were in a revision of its repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from authscribe import loading, lock, readers
from authscribe.connectors import mistakes, trees
from authscribe.connectors.trees import Tree
from authscribe.draft import Draft
from authscribe.finding import DefinitionError, Finding, Place
from authscribe.loading import Loaded
from authscribe.readers import source
from authscribe.workspace import Workspace


def load(revision: str, found: Workspace) -> Loaded:
    """What the configured sources hold in the revision; its places begin with the revision, as in `main:a.yaml`.

    Raises DefinitionError where the workspace lies in no repository, or that has no such revision.
    """
    repository = next((folder for folder in (found.root, *found.root.parents) if (folder / ".git").exists()), None)
    if repository is None:
        raise DefinitionError((mistakes.no_such_revision(str(found.root), revision),))
    tree = trees.revision_tree(repository, revision, revision)
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
        decoded = source.decode(shown, data)
        texts[shown], inputs[shown] = decoded.text, lock.digest(data)
        drafts.append(
            Draft(shown, findings=decoded.findings) if decoded.findings else readers.read(shown, decoded.text)
        )
    shipped = loading.load([file for file in found.sources if file.is_shipped])
    return loading.loaded((*drafts, *shipped.drafts), texts, inputs)


def _sources(tree: Tree, below: str, patterns: tuple[str, ...]) -> Iterator[str]:
    """The files that the patterns mean, as they mean files on the disk."""
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(f"/{pattern}" for pattern in patterns)
    for path in tree.paths(below.rstrip("/")):
        if PurePosixPath(path).suffix.lower() in readers.SUFFIXES and spec.match_file(path.removeprefix(below)):
            yield path


def is_path(argument: str, directory: Path) -> bool:
    """Whether an argument names files rather than a revision: something is there, or it is a pattern."""
    return (bool(argument) and (directory / argument).exists()) or any(character in argument for character in "*?[")
