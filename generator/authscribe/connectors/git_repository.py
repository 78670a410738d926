"""Read a revision of a git repository from its object store. This is the only module that imports dulwich.

Git itself is not run, and neither the working copy nor hooks or configured commands are used: the configuration of a
stranger's repository can name programs.
"""

from __future__ import annotations

import re
import stat
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from dulwich.config import ConfigFile
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob, Commit, ShaFile, Tag
from dulwich.objectspec import parse_ref
from dulwich.refs import Ref, check_ref_format
from dulwich.repo import Repo, UnsupportedExtension, UnsupportedVersion

from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.no_such_connector import report_no_such_connector
from authscribe.findings.rules.no_such_revision import report_ambiguous_revision, report_no_such_revision
from authscribe.findings.rules.unreadable_repository import report_damaged_repository, report_unsupported_format

_EXTENSIONS: Final = (b"extensions",)
_OBJECT_FORMAT: Final = "objectformat"
_KNOWN_VALUES: Final = {"refstorage": ("files",), _OBJECT_FORMAT: ("sha1", "sha256")}
_HARMLESS: Final = (
    "compatobjectformat", "noop", "noop-v1", "partialclone", "preciousobjects", "relativeworktrees", "worktreeconfig",
)  # fmt: skip
"""Extensions that do not change how a commit is read."""

# The grammar of gitrevisions(7), without dates, searches and paths.
_REVISION: Final = re.compile(r"(?P<base>[^~^]+)(?P<steps>(?:~\d*|\^(?:\d+|\{(?:commit)?\})?)*)", re.ASCII)
_STEP: Final = re.compile(r"(?P<sign>[~^])(?P<count>\d*)(?P<peel>\{(?:commit)?\})?", re.ASCII)
_LOG_ENTRY: Final = re.compile(r"(?P<reference>.*)@\{(?P<number>\d+)\}", re.ASCII)
_EARLIER_BRANCH: Final = re.compile(r"@\{-(?P<number>[1-9]\d*)\}", re.ASCII)
_UPSTREAM: Final = re.compile(r"(?P<branch>.*)@\{u(?:pstream)?\}", re.IGNORECASE)
_HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.IGNORECASE)
_SHORT_HASH: Final = re.compile(r"(?:.+-\d+-g)?(?P<digits>[0-9a-f]{4,63})", re.IGNORECASE)
"""Abbreviated hash, alone or at the end of the output of `git describe`."""
_CHECKOUT: Final = re.compile(rb"checkout: moving from (?P<branch>\S+) to ")
_HEAD: Final = Ref(b"HEAD")
_BRANCHES: Final = b"refs/heads/"


class CommitContent(NamedTuple):
    """Plain files and links of a commit; `fetch` returns at most the given number of bytes of a file.

    `fetch` raises FileNotFoundError for a file whose content the repository does not have.
    """

    files: frozenset[str]
    links: frozenset[str]
    fetch: Callable[[str, int], bytes]


def read_commit(folder: Path, revision: str, shown: str) -> CommitContent:
    """Return the files below `folder` in a revision of the repository that contains it, by their paths in the folder.

    Raises DefinitionError, which names `shown`, if no repository contains the folder, if it cannot be read, or if it
    has no such revision.
    """
    folder = folder.resolve()
    root = find_repository(folder)
    if root is None:
        raise DefinitionError((report_no_such_connector(shown),))
    try:
        with ExitStack() as stack:
            repository = stack.enter_context(_Repository(str(root)))
            commit = _find_commit(repository, revision, shown)
            content = _list_content(repository, commit, folder.relative_to(root).as_posix())
            # The files of the repository are open as long as somebody can read from it.
            weakref.finalize(content.fetch, stack.pop_all().close)
        return content
    except DefinitionError:
        raise
    except UnsupportedVersion as error:
        raise DefinitionError((report_unsupported_format(shown, f"version {error.version} of the format"),)) from None
    except UnsupportedExtension as error:
        raise DefinitionError((report_unsupported_format(shown, f"the extension '{error.args[0]}'"),)) from None
    except Exception:  # noqa: BLE001 - dulwich raises whatever its parsers raise for a damaged repository
        raise DefinitionError((report_damaged_repository(shown),)) from None


def find_repository(folder: Path) -> Path | None:
    """Return the nearest folder at or above `folder` that is a working copy or a bare repository; None without one."""
    return next(filter(_is_repository, (folder, *folder.parents)), None)


def _is_repository(folder: Path) -> bool:
    return (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())


class _Repository(Repo):
    """Repository that may have any extension which does not change how a commit is read; dulwich refuses some."""

    def get_config(self) -> ConfigFile:
        """Return the configuration, with no extension but the format of objects; raise UnsupportedExtension."""
        config = super().get_config()
        extensions = [(name.decode(), value.decode()) for name, value in config.items(_EXTENSIONS)]
        for name, value in extensions:
            if name.lower() not in _HARMLESS and value not in _KNOWN_VALUES.get(name.lower(), ()):
                raise UnsupportedExtension(f"{name}={value}")
        if extensions:
            del config[_EXTENSIONS]
        for name, value in extensions:
            if name.lower() == _OBJECT_FORMAT:
                config.set(_EXTENSIONS, name, value)
        return config


def _list_content(repository: Repo, commit: Commit, below: str) -> CommitContent:
    store = repository.object_store
    prefix = "" if below == "." else f"{below}/"
    entries = {
        path.removeprefix(prefix): entry
        for entry in iter_tree_contents(store, commit.tree)
        if (path := entry.path.decode("utf-8", "replace")).startswith(prefix)
    }

    def fetch(name: str, limit: int) -> bytes:
        try:
            blob = store[entries[name].sha]
        except KeyError:
            raise FileNotFoundError(name) from None
        return blob.data[:limit] if isinstance(blob, Blob) else b""

    return CommitContent(
        frozenset(name for name, entry in entries.items() if stat.S_ISREG(entry.mode)),
        frozenset(name for name, entry in entries.items() if stat.S_ISLNK(entry.mode)),
        fetch,
    )


# Revisions


class _AmbiguousHashError(Exception):
    """Raised for an abbreviated hash that several commits have."""


def _find_commit(repository: Repo, revision: str, shown: str) -> Commit:
    """Return the commit that a revision names; raises DefinitionError if there is none, or more than one."""
    match = _REVISION.fullmatch(revision)
    try:
        if match is None:
            raise KeyError(revision)
        commit = _peel(repository, _find_object(repository, match["base"]))
        for step in _STEP.finditer(match["steps"]):
            commit = _follow_step(repository, commit, step)
    except (KeyError, ValueError, IndexError):
        is_shallow = bool(repository.get_shallow())
        raise DefinitionError((report_no_such_revision(shown, revision, is_shallow=is_shallow),)) from None
    except _AmbiguousHashError:
        raise DefinitionError((report_ambiguous_revision(shown, revision),)) from None
    return commit


def _follow_step(repository: Repo, commit: Commit, step: re.Match[str]) -> Commit:
    """Return the ancestor that `~3` or `^2` leads to; raises IndexError or KeyError if there is none."""
    if step["peel"]:
        return commit
    count = int(step["count"] or 1)
    if step["sign"] == "^":
        return _peel(repository, repository[commit.parents[count - 1]]) if count else commit
    for _ in range(count):
        commit = _peel(repository, repository[commit.parents[0]])
    return commit


def _peel(repository: Repo, item: ShaFile) -> Commit:
    """Return a commit, or the commit of a tag; raises ValueError for any other object."""
    while isinstance(item, Tag):
        item = repository[item.object[1]]
    if not isinstance(item, Commit):
        raise ValueError(item.type_name)
    return item


def _find_object(repository: Repo, name: str) -> ShaFile:
    """Return the object that the first part of a revision names, by the rules of git and in its order."""
    if match := _LOG_ENTRY.fullmatch(name):
        reference = _find_reference(repository, match["reference"] or _find_branch(repository).decode())
        return repository[_find_logged(repository, reference, int(match["number"]))]
    if match := _EARLIER_BRANCH.fullmatch(name):
        return _find_object(repository, _find_earlier_branch(repository, int(match["number"])))
    if match := _UPSTREAM.fullmatch(name):
        return repository[repository.refs[_find_upstream(repository, match["branch"])]]
    if _HASH.fullmatch(name):
        return repository[name.lower().encode()]
    try:
        return repository[repository.refs[_find_reference(repository, name)]]
    except KeyError:
        return _find_abbreviated(repository, name)


def _find_reference(repository: Repo, name: str) -> Ref:
    """Return the full name of a branch, tag or other reference; raises KeyError if there is none."""
    name = "HEAD" if name == "@" else name
    if not check_ref_format(Ref(_BRANCHES + name.encode())):
        raise KeyError(name)
    return parse_ref(repository.refs, name.encode())


def _find_branch(repository: Repo) -> Ref:
    """Return the full name of the current branch; `HEAD` if none is checked out."""
    names, _ = repository.refs.follow(_HEAD)
    return Ref(names[-1]) if names else _HEAD


def _find_logged(repository: Repo, reference: Ref, number: int) -> bytes:
    """Return the hash that a reference had a number of changes ago; raises IndexError if its log is shorter."""
    if number == 0:
        return bytes(repository.refs[reference])
    log = list(repository.read_reflog(reference))[::-1]
    return bytes(log[number].new_sha if number < len(log) else log[number - 1].old_sha)


def _find_earlier_branch(repository: Repo, number: int) -> str:
    """Return the branch or commit that was checked out a number of checkouts ago; raises IndexError if none was."""
    matches = (_CHECKOUT.match(entry.message) for entry in repository.read_reflog(_HEAD))
    return [match["branch"].decode() for match in matches if match][-number]


def _find_upstream(repository: Repo, name: str) -> Ref:
    """Return the reference that tracks the upstream of a branch; raises KeyError if none is configured."""
    branch = _BRANCHES + name.encode() if name not in ("", "@", "HEAD") else _find_branch(repository)
    section = (b"branch", branch.removeprefix(_BRANCHES))
    config = repository.get_config()
    remote, merge = config.get(section, b"remote"), config.get(section, b"merge")
    return Ref(merge if remote == b"." else b"refs/remotes/%s/%s" % (remote, merge.removeprefix(_BRANCHES)))


def _find_abbreviated(repository: Repo, name: str) -> Commit:
    """Return the only commit, or the commit of the only tag, whose hash begins with these digits."""
    match = _SHORT_HASH.fullmatch(name)
    if match is None:
        raise KeyError(name)
    start = match["digits"].lower().encode()
    objects = [repository[found] for found in set(repository.object_store.iter_prefix(start))]
    commits = {_peel(repository, item).id: item for item in objects if isinstance(item, Commit | Tag)}
    if len(commits) > 1:
        raise _AmbiguousHashError
    return _peel(repository, next(iter(commits.values()), None) or repository[start])
