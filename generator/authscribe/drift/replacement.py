"""Replace files that people own, so that each file is always complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from authscribe.drift.disk import OPEN_FOLDER, OPEN_NEW, STAGING, describe_disk_error
from authscribe.drift.run_lock import lock_folder


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Replace files; each is either old or new, always complete, and keeps its permissions.

    A symbolic link is kept, and the file that it leads to is replaced. All new contents are written beside the files
    before any file is replaced. Raises DefinitionError if the disk refuses, if a file is read-only, or if another run
    uses its folder.
    """
    files = {Path(os.path.realpath(path)): (path, content) for path, content in contents.items()}
    with ExitStack() as stack:
        for folder in sorted({real.parent for real in files}):
            stack.enter_context(_lock_folder(folder))
        copies = {
            real: stack.enter_context(_stage_file(path, real, content)) for real, (path, content) in files.items()
        }
        for real, copy in copies.items():
            try:
                os.replace(copy, real)  # noqa: PTH105 - beside the other calls on the same file
            except OSError as error:
                raise describe_disk_error(str(files[real][0]), error) from None


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    try:
        descriptor = os.open(folder, OPEN_FOLDER)
    except OSError as error:
        raise describe_disk_error(str(folder), error) from None
    try:
        lock_folder(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _stage_file(path: Path, real: Path, content: bytes) -> Iterator[Path]:
    """Provide a file with the new content beside the old one; a file that a killed run left is replaced."""
    copy = real.with_name(f".{real.name}{STAGING}")
    try:
        # Replacing a file needs permission for its folder only; one that is read-only must be respected too.
        os.close(os.open(real, os.O_WRONLY | os.O_CLOEXEC))
        copy.unlink(missing_ok=True)
        with os.fdopen(os.open(copy, OPEN_NEW, 0o600), "wb") as stream:
            stream.write(content)
        shutil.copymode(real, copy)
    except OSError as error:
        with suppress(OSError):
            copy.unlink(missing_ok=True)
        raise describe_disk_error(str(path), error) from None
    try:
        yield copy
    finally:
        with suppress(OSError):
            copy.unlink(missing_ok=True)
