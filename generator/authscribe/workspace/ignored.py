"""Find out what git ignores, by the `.gitignore` files of a repository.

The ignore rules of a user or a clone are not read, since a run must have the same sources on every machine.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_RULES: Final = ".gitignore"
_GIT: Final = ".git"


class IgnoreRules:
    """Ignore rules of the repository that contains a folder; without a repository, nothing is ignored.

    Folders are absolute paths without a slash at the end. There may be thousands of files, and a `Path` for each would
    take most of the time.
    """

    def __init__(self, folder: Path) -> None:
        root = next((each for each in (folder, *folder.parents) if (each / _GIT).exists()), None)
        self._root = None if root is None else str(root).rstrip("/")
        self._rules: dict[str, tuple[tuple[str, GitIgnoreSpec], ...]] = {}
        self._ignored: dict[str, bool] = {}

    def is_ignored(self, file: str) -> bool:
        """Return whether git ignores a file: a rule matches it, or a folder that contains it."""
        if self._root is None:
            return False
        folder, _, name = os.path.abspath(file).rpartition("/")  # noqa: PTH100 - keeps links
        is_inside = f"{folder}/".startswith(f"{self._root}/")
        return is_inside and (self._is_folder_ignored(folder) or self._matches(folder, name))

    def _is_folder_ignored(self, folder: str) -> bool:
        if folder == self._root:
            return False
        if folder not in self._ignored:
            parent, _, name = folder.rpartition("/")
            self._ignored[folder] = name == _GIT or self._is_folder_ignored(parent) or self._matches(parent, f"{name}/")
        return self._ignored[folder]

    def _matches(self, folder: str, name: str) -> bool:
        """Return whether the rules of the nearest folder that has one for a name in `folder` ignore it."""
        for start, spec in self._list_rules(folder):
            verdict = spec.check_file(f"{folder}/{name}".removeprefix(start)).include
            if verdict is not None:
                return verdict
        return False

    def _list_rules(self, folder: str) -> tuple[tuple[str, GitIgnoreSpec], ...]:
        """Return the rules for names in a folder, the nearest first, each after the folder that it is relative to."""
        if folder not in self._rules:
            file = Path(folder, _RULES)
            own = ((f"{folder}/", _parse_rules(file)),) if file.is_file() else ()
            outer = () if folder == self._root else self._list_rules(folder.rpartition("/")[0])
            self._rules[folder] = (*own, *outer)
        return self._rules[folder]


def _parse_rules(file: Path) -> GitIgnoreSpec:
    # Imported here: most repositories have few such files, and a run on named sources needs none.
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8", errors="replace").splitlines())
