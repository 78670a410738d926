"""The cache: what earlier runs made, by a digest of everything that it depends on. The only module that knows SQLite.

A cache never changes a result and never fails a run: what is damaged, not ours or out of reach counts as not there.
Two runs may use one cache at once, since SQLite writes a transaction whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import cache as remembered
from pathlib import Path
from typing import Final

from authscribe.runtime import package_files

_FILE: Final = "authscribe-cache-1.sqlite"
_SIZE_LIMIT: Final = 256 * 1024 * 1024
_DAYS: Final = 30
_DAY: Final = 24 * 60 * 60
_PATIENCE: Final = 2.0
"""Seconds to wait for another run that is writing."""
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, digest TEXT, day INTEGER, value BLOB) WITHOUT ROWID"
)


def find_default_folder() -> Path:
    """Where caches of this user belong on this system."""
    import platformdirs

    return platformdirs.user_cache_path("authscribe")


def make_key(parts: Iterable[bytes | str]) -> str:
    """A key: SHA-256 over the parts, each with its length, so that no two lists of parts are alike."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(b"%d:" % len(content))
        whole.update(content)
    return whole.hexdigest()


def list_tree(folder: Path, suffix: str = "") -> Iterator[bytes | str]:
    """The names and contents of all files below a folder but bytecode, as parts of a key."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = f"{place}/{name}"
            if name.endswith(suffix) and os.path.isfile(path):  # noqa: PTH113 - many files; a Path for each costs more
                yield path.removeprefix(str(folder))
                yield Path(path).read_bytes()


@remembered
def identify_build() -> str:
    """A digest of the tool as it is installed: its code, its templates, the interpreter and what is beside it."""
    package = Path(__file__).resolve().parents[1]
    installed = {name for folder in filter(os.path.isdir, sys.path) for name in os.listdir(folder)}  # noqa: PTH208
    distributions = sorted(name for name in installed if name.endswith((".dist-info", ".egg-info")))
    return make_key(
        (sys.version, *distributions, *list_tree(package, ".py"), *list_tree(package_files.templates_folder()))
    )


def lookup(folder: Path, keys: Sequence[str]) -> dict[str, bytes]:
    """What is known under these keys."""
    known: dict[str, bytes] = {}
    with suppress(sqlite3.Error, OSError):
        if not _is_ours(folder):
            return known
        with closing(sqlite3.connect(f"{(folder / _FILE).as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as database:
            for key in keys:
                row = database.execute("SELECT digest, value FROM entries WHERE key = ?", (key,)).fetchone()
                if row is not None and isinstance(row[1], bytes) and row[0] == _seal(key, row[1]):
                    known[key] = row[1]
    return known


def store(folder: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Keeps what later runs may need, each under its key, and lets go of what is old or too much."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(folder):
            _write(folder / _FILE, entries)
    except sqlite3.OperationalError:
        return  # busy, read-only, or no room
    except sqlite3.DatabaseError:
        # It is damaged; the next run begins a new one.
        with suppress(OSError):
            (folder / _FILE).unlink()
    except OSError:
        return


def _write(file: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    today = int(time.time() // _DAY)
    rows = ((key, _seal(key, value), today, value) for key, value in entries)
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as database:
        database.execute("PRAGMA auto_vacuum = FULL")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN IMMEDIATE")
        database.execute(_TABLE)
        database.execute("DELETE FROM entries WHERE day < ?", (today - _DAYS,))
        database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)
        _shrink(database)
        database.execute("COMMIT")


def _shrink(database: sqlite3.Connection) -> None:
    """The oldest go first, down to half of what is allowed."""
    (size,) = database.execute("SELECT coalesce(sum(length(value)), 0) FROM entries").fetchone()
    if size > _SIZE_LIMIT:
        database.execute(
            "DELETE FROM entries WHERE key IN (SELECT key FROM (SELECT key, sum(length(value)) OVER "
            "(ORDER BY day DESC, key) AS so_far FROM entries) WHERE so_far > ?)",
            (_SIZE_LIMIT // 2,),
        )


def _seal(key: str, value: bytes) -> str:
    return make_key((key, value))


def _is_ours(folder: Path) -> bool:
    """Whether nobody but this user can have put something into the folder."""
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o002
