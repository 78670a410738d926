"""Import docutils without the libraries for downloads, which its directives for tables import and never use here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

_DOWNLOADS: Final = "urllib.request"


@contextmanager
def defer_downloads() -> Iterator[None]:
    """Defer the import of `urlopen` to its first call: its libraries take half as long as docutils."""
    if _DOWNLOADS in sys.modules:
        yield
        return
    deferred = ModuleType(_DOWNLOADS)
    vars(deferred)["urlopen"] = _open_url
    sys.modules[_DOWNLOADS] = deferred
    try:
        yield
    finally:
        del sys.modules[_DOWNLOADS]


def _open_url(*arguments: Any, **options: Any) -> Any:
    from urllib.request import urlopen

    return urlopen(*arguments, **options)  # noqa: S310 - docutils would call the same function
