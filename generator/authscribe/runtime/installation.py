"""Identify the installation, and keep files where Python keeps the bytecode of this package.

Whoever can write there could change the package's code anyway, so that these files may be trusted like it, and even
executed. They are missing where Python must not write bytecode.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from authscribe.runtime import package_files
from authscribe.runtime.cache import list_tree, make_key, walk_tree

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_IDENTITY: Final = "build.digest"
_TICK: Final = 1_000_000_000
"""Nanoseconds in which a file may change twice and have the same stamp, with ample reserve."""


@cache
def identify_build() -> str:
    """Return a digest of the installation: code, templates, interpreter, and the versions of all distributions."""
    installed = {name for folder in filter(os.path.isdir, sys.path) for name in os.listdir(folder)}  # noqa: PTH208
    distributions = sorted(name for name in installed if name.endswith((".dist-info", ".egg-info")))
    return make_key((sys.version, *distributions, _identify_files()))


def read_kept(name: str) -> bytes:
    """Return the content of a file that was kept; raise OSError if there is none, and ValueError if it is damaged."""
    seal, _, content = _locate_kept(name).read_bytes().partition(b"\n")
    if seal.decode("ascii", "replace") != make_key((content,)):
        raise ValueError("a content that does not match its digest")
    return content


def keep(name: str, content: bytes) -> None:
    """Keep a file for later runs, if that is possible."""
    if sys.dont_write_bytecode:
        return
    file = _locate_kept(name)
    # Other runs must never see a part of the file.
    temporary = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        try:
            temporary.write_bytes(make_key((content,)).encode() + b"\n" + content)
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)


def _identify_files() -> str:
    """Return a digest of code and templates, which are only read if one of them may have changed."""
    now = time.time_ns()
    templates = package_files.find_templates_folder()
    stamps = {path: _find_stamp(path) for path in (*walk_tree(_PACKAGE, ".py"), *walk_tree(templates))}
    key = make_key((repr(stamps),))
    with suppress(OSError, ValueError):
        known, digest = read_kept(_IDENTITY).decode().split()
        if known == key:
            return digest
    digest = make_key((*list_tree(_PACKAGE, ".py"), *list_tree(templates)))
    if all(changed < now - _TICK for *_, changed in stamps.values()):
        keep(_IDENTITY, f"{key} {digest}".encode())
    return digest


def _find_stamp(path: str) -> tuple[int, ...]:
    """Return what changes with the content of a file; its last item is the time of the change in nanoseconds."""
    try:
        status = os.stat(path)  # noqa: PTH116 - many files; a Path for each costs more
    except OSError:
        return (0,)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _locate_kept(name: str) -> Path:
    folder = Path(importlib.util.cache_from_source(__file__)).parent
    return folder / f"{name}.{sys.implementation.cache_tag}"
