"""Targets: one module for each kind of output; each plans files from the catalogue.

Adding a target is adding a module with `plan(catalogue)`, a folder of templates, and its line in `TARGETS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, TypeAlias

from authscribe.files import PlannedFile
from authscribe.models import Catalogue
from authscribe.targets import docs, python, sesam

Plan: TypeAlias = Callable[[Catalogue], Iterator[PlannedFile]]

TARGETS: Final[Mapping[str, Plan]] = {
    python.NAME: python.plan,
    docs.NAME: docs.plan,
    sesam.NAME: sesam.plan,
}


def plan(catalogue: Catalogue, targets: Collection[str]) -> tuple[PlannedFile, ...]:
    """The files of these targets, sorted by path; two targets that claim one path are a bug of ours."""
    files = {file.path: file for name in TARGETS if name in targets for file in TARGETS[name](catalogue)}
    return tuple(files[path] for path in sorted(files))
