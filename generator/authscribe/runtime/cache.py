"""Keep results of earlier runs, each under a digest of everything that it depends on. Only this module uses SQLite.

A cache never changes a result and never fails a run: an entry that is damaged, unreadable, or in a folder that others
can write to counts as missing. Runs may share a cache, since SQLite writes a transaction completely or not at all.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ItemT = TypeVar("ItemT")
ValueT = TypeVar("ValueT")

BAD_FORM: Final = (ValueError, TypeError, KeyError, zlib.error)
"""Errors that an entry of another form may raise when it is parsed; it counts as missing."""

_DAMAGED: Final = (sqlite3.Error, UnicodeDecodeError)
"""Errors that a damaged file raises; messages of SQLite quote it, whatever its bytes are."""

_FILE: Final = "authscribe-cache-1.sqlite"
_SIZE_LIMIT: Final = 256 * 1024 * 1024
_DAYS: Final = 30
_DAY: Final = 24 * 60 * 60
_PATIENCE: Final = 2.0
"""Seconds to wait for another run that is writing to the cache."""
_BATCH: Final = 500
"""Number of keys in a query: asking for each alone takes twice as long."""
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, digest TEXT, day INTEGER, value BLOB) WITHOUT ROWID"
)


def find_default_folder() -> Path | None:
    """Return the folder for the user's caches on this system; None for a user without a home folder."""
    import platformdirs

    try:
        folder = platformdirs.user_cache_path("authscribe")
    except RuntimeError:
        return None
    # Older versions of platformdirs return `~/.cache` as it is.
    return folder if folder.is_absolute() else None


def make_key(parts: Iterable[bytes | str]) -> str:
    """Return a key: SHA-256 over the parts, each with its length, so that different lists have different keys."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(b"%d:" % len(content))
        whole.update(content)
    return whole.hexdigest()


def describe_settings(settings: DataclassInstance) -> str:
    """Return a text that has all values of settings, also those that `repr` leaves out, as a part of a key."""
    return repr(asdict(settings))


def list_tree(folder: Path, suffix: str = "") -> Iterator[bytes | str]:
    """Yield the relative path and the content or error of each file that `walk_tree` finds, as parts of a key."""
    for path in walk_tree(folder, suffix):
        if os.path.isfile(path):  # noqa: PTH113 - many files; a Path for each costs more
            yield path.removeprefix(str(folder))
            yield _read_file(path)


def walk_tree(folder: Path, suffix: str = "") -> Iterator[str]:
    """Yield the paths of everything but folders whose names end with the suffix, except bytecode, in a fixed order.

    Links are followed, each folder only once.
    """
    visited: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        folders[:] = [] if real in visited else sorted(name for name in folders if name != "__pycache__")
        visited.add(real)
        yield from (f"{place}/{name}" for name in sorted(names) if name.endswith(suffix))


def _read_file(path: str) -> bytes | str:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above; a buffer for each as well
            return file.read()
    except OSError as error:
        return error.strerror or type(error).__name__


def lookup(folder: Path, keys: Sequence[str]) -> dict[str, bytes]:
    """Return the entries under those of the keys that the cache has."""
    known: dict[str, bytes] = {}
    with suppress(*_DAMAGED, OSError):
        if not _is_private(folder):
            return known
        address = f"{(folder / _FILE).as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as database:
            for start in range(0, len(keys), _BATCH):
                batch = keys[start : start + _BATCH]
                marks = ", ".join("?" * len(batch))
                query = f"SELECT key, digest, value FROM entries WHERE key IN ({marks})"  # noqa: S608 - only marks
                known |= {
                    key: value
                    for key, seal, value in database.execute(query, batch)
                    if isinstance(value, bytes) and seal == _make_seal(key, value)
                }
    return known


def find_or_make(
    folder: Path,
    inputs: Mapping[str, ItemT],
    make: Callable[[Iterable[ItemT]], Iterable[ValueT]],
    dump: Callable[[ValueT], bytes],
    parse: Callable[[bytes], ValueT],
) -> tuple[ValueT, ...]:
    """Return a value for each input, in their order; store those that the cache does not have under their keys."""
    values: dict[str, ValueT] = {}
    for key, content in lookup(folder, tuple(inputs)).items():
        with suppress(*BAD_FORM):
            values[key] = parse(content)
    missing = {key: item for key, item in inputs.items() if key not in values}
    made = dict(zip(missing, make(missing.values()), strict=True))
    if made:
        store(folder, ((key, dump(value)) for key, value in made.items()))
    values |= made
    return tuple(values[key] for key in inputs)


def store(folder: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Store values under their keys, and delete entries that are older than 30 days or exceed the size limit."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(folder):
            _write_entries(folder / _FILE, entries)
    except sqlite3.OperationalError:
        return  # Busy, read-only, or the disk is full.
    except _DAMAGED:
        # The file is damaged; the next run creates a new one.
        with suppress(OSError):
            (folder / _FILE).unlink()
    except OSError:
        return


def _write_entries(file: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    today = int(time.time() // _DAY)
    rows = ((key, _make_seal(key, value), today, value) for key, value in entries)
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as database:
        # Most entries fit into such a page: with the default size, they take half as long again to read and to write.
        database.execute("PRAGMA page_size = 32768")
        database.execute("PRAGMA auto_vacuum = FULL")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN IMMEDIATE")
        database.execute(_TABLE)
        database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)
        _delete_old(database, today)
        _delete_oldest(database)
        database.execute("COMMIT")


def _delete_old(database: sqlite3.Connection, today: int) -> None:
    """Delete entries that are too old, once a day: looking for them takes longer than storing some others."""
    if _read_number(database, "PRAGMA user_version") != today:
        database.execute("DELETE FROM entries WHERE day < ?", (today - _DAYS,))
        database.execute(f"PRAGMA user_version = {today}")


def _delete_oldest(database: sqlite3.Connection) -> None:
    """Delete the oldest entries until half of the size limit is left, so that not every run has to delete some."""
    size = _read_number(database, "PRAGMA page_count") * _read_number(database, "PRAGMA page_size")
    if size > _SIZE_LIMIT:
        database.execute(
            "DELETE FROM entries WHERE key IN (SELECT key FROM (SELECT key, sum(length(value)) OVER "
            "(ORDER BY day DESC, key) AS so_far FROM entries) WHERE so_far > ?)",
            (_SIZE_LIMIT // 2,),
        )


def _read_number(database: sqlite3.Connection, query: str) -> int:
    (number,) = database.execute(query).fetchone()
    return int(number)


def _make_seal(key: str, value: bytes) -> str:
    """Return a digest that shows whether a value is complete and belongs to its key."""
    return make_key((key, value))


def _is_private(folder: Path) -> bool:
    """Return whether only this user can have written into the folder."""
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o002
