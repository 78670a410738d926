"""Replace pages that people own, each completely or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from authscribe.drift.directory import OPEN_FOLDER, OPEN_NEW, STAGING, describe_disk_error, hold


def replace_pages(contents: Mapping[Path, bytes]) -> None:
    """Replaces files that a person owns: each is old or new and never half, and keeps its permissions.

    A link stays a link. None is touched before all new contents are on the disk; raises DefinitionError when the
    disk refuses, or a file is not to be written, or another run is at work in its folder.
    """
    files = {Path(os.path.realpath(path)): (path, content) for path, content in contents.items()}
    with ExitStack() as stack:
        for folder in sorted({real.parent for real in files}):
            stack.enter_context(_held(folder))
        copies = {real: stack.enter_context(_staged(path, real, content)) for real, (path, content) in files.items()}
        for real, copy in copies.items():
            try:
                os.replace(copy, real)  # noqa: PTH105 - beside the other calls on the same file
            except OSError as error:
                raise describe_disk_error(str(files[real][0]), error) from None


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    try:
        descriptor = os.open(folder, OPEN_FOLDER)
    except OSError as error:
        raise describe_disk_error(str(folder), error) from None
    try:
        hold(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _staged(path: Path, real: Path, content: bytes) -> Iterator[Path]:
    """The new content beside the file; what is left of it, also by a killed run, is removed."""
    copy = real.with_name(f".{real.name}{STAGING}")
    try:
        # The folder may allow what the file itself forbids.
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
