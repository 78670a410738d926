"""Open the folders below a root folder without following symbolic links."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from types import TracebackType
from typing import Self

from authscribe.drift.disk import OPEN_FOLDER, describe_disk_error, refuse_path


class FolderTree:
    """Descriptors of the folders below a root folder, by path; each folder is opened once.

    Since each folder is opened from the one above it, no folder can be replaced by a symbolic link in the meantime.
    Errors name the root as `shown`. The tree closes all descriptors, including that of the root, when it is left.
    """

    def __init__(self, root: int | None, shown: str) -> None:
        self._descriptors = {"": root}
        self._shown = shown

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in self._descriptors.values():
            if descriptor is not None:
                os.close(descriptor)

    def show(self, path: str) -> str:
        """Return a path below the root as messages name it."""
        return f"{self._shown}/{path}"

    def find_parent(self, path: str) -> int | None:
        """Return the descriptor of the folder above `path`, or None if it does not exist.

        Raises DefinitionError, which names `path`, if something other than a folder is in the way.
        """
        return self._find(path.rpartition("/")[0], path)

    def create_parent(self, path: str) -> int:
        """Return the descriptor of the folder above `path`, which is created if it does not exist.

        Raises DefinitionError as `find_parent` does, and OSError if the disk refuses.
        """
        return self._create(path.rpartition("/")[0], path)

    def delete_empty_parents(self, path: str) -> None:
        """Delete the folders above `path` that are empty, except the root; raise OSError if the disk refuses."""
        folder = path.rpartition("/")[0]
        while folder:
            above, _, name = folder.rpartition("/")
            parent = self._descriptors[above]
            if parent is None:
                return
            try:
                os.rmdir(name, dir_fd=parent)
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    return
                raise
            descriptor = self._descriptors.pop(folder)
            if descriptor is not None:
                os.close(descriptor)
            folder = above

    def _find(self, folder: str, path: str) -> int | None:
        if folder not in self._descriptors:
            above, _, name = folder.rpartition("/")
            parent = self._find(above, path)
            self._descriptors[folder] = None if parent is None else self._open(parent, name, path)
        return self._descriptors[folder]

    def _create(self, folder: str, path: str) -> int:
        known = self._descriptors.get(folder)
        if known is not None:
            return known
        above, _, name = folder.rpartition("/")
        parent = self._create(above, path)
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
        descriptor = self._open(parent, name, path)
        if descriptor is None:
            raise FileNotFoundError(errno.ENOENT, "the folder was removed while it was used")
        self._descriptors[folder] = descriptor
        return descriptor

    def _open(self, parent: int, name: str, path: str) -> int | None:
        try:
            return os.open(name, OPEN_FOLDER, dir_fd=parent)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise refuse_path(self.show(path), f"'{name}' is not a plain folder") from None
            raise describe_disk_error(self.show(path), error, "read") from None
