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
    """Ignore rules of the repository that contains a folder; without a repository, nothing is ignored."""

    def __init__(self, folder: Path) -> None:
        self._root = next((each for each in (folder, *folder.parents) if (each / _GIT).exists()), None)
        self._specs: dict[Path, GitIgnoreSpec | None] = {}
        self._ignored: dict[Path, bool] = {}

    def is_ignored(self, file: Path) -> bool:
        """Return whether git ignores a file: a rule matches it, or a folder that contains it."""
        if self._root is None:
            return False
        path = Path(os.path.abspath(file))  # noqa: PTH100 - keeps links
        if not path.is_relative_to(self._root):
            return False
        return self._is_folder_ignored(path.parent) or self._matches(path, "")

    def _is_folder_ignored(self, folder: Path) -> bool:
        if folder == self._root:
            return False
        if folder not in self._ignored:
            self._ignored[folder] = (
                folder.name == _GIT or self._is_folder_ignored(folder.parent) or self._matches(folder, "/")
            )
        return self._ignored[folder]

    def _matches(self, path: Path, end: str) -> bool:
        """Return whether the rules of the nearest folder that has one for the path ignore it."""
        for folder in path.parents:
            spec = self._read_spec(folder)
            verdict = spec.check_file(f"{path.relative_to(folder).as_posix()}{end}").include if spec else None
            if verdict is not None or folder == self._root:
                return bool(verdict)
        return False

    def _read_spec(self, folder: Path) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            file = folder / _RULES
            self._specs[folder] = _parse_rules(file) if file.is_file() else None
        return self._specs[folder]


def _parse_rules(file: Path) -> GitIgnoreSpec:
    # Imported here: most repositories have few such files, and a run on named sources needs none.
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8", errors="replace").splitlines())
