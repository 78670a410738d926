"""Making: the catalogue becomes files, part by part: planned, rendered, formatted.

A part is one definition with the schemes that it uses. What is made of a part depends on the part and the `Means`
alone, which is why parts can be made in any process, and kept under a digest of the two.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache as remembered
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.build import formatting
from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.build.templates import Templates, render_file
from authscribe.model.contract import methods_of
from authscribe.model.definitions import Catalogue, Model
from authscribe.runtime import cache, plugins, pool
from authscribe.runtime.hashing import digest
from authscribe.runtime.progress import track_progress
from authscribe.targets.plan import PlannedFile
from authscribe.targets.registry import distinct_files, plan_shared, select_plans

_MIN_ITEMS: Final = 100
"""The least number of parts for which another process pays."""


class BuildContext(NamedTuple):
    """With what files are made: targets, folders of templates, processes, and a cache with the key of all of these."""

    targets: tuple[str, ...]
    templates: tuple[Path, ...]
    root: Path
    jobs: int = 1
    cache: Path | None = None
    key: str = ""


def create_context(
    chosen: Iterable[str], templates: tuple[Path, ...], root: Path, *, jobs: int, folder: Path | None
) -> BuildContext:
    """The means of a run; without a cache where code or templates of other packages take part, which nobody watches."""
    names = tuple(chosen)
    if folder is None or any(plugins.list_plugins(group) for group in plugins.Group):
        return BuildContext(names, templates, root, jobs)
    trees = (part for each in templates for part in cache.list_tree(each))
    key = cache.make_key((cache.identify_build(), *names, "", *trees))
    return BuildContext(names, templates, root, jobs, folder, key)


def build_files(catalogue: Catalogue, names: Sequence[str], made_with: BuildContext) -> tuple[GeneratedFile, ...]:
    """The files about all of the catalogue, or only those about the definitions called `names`, sorted by path.

    The same files in the same order, however many processes make them. Raises DefinitionError with the first mistake
    in a template of the user's own, or in a target of another package.
    """
    parts = [part for part in _parts(catalogue) if not names or _identifier(part) in names]
    keys = _keys(parts, made_with)
    known = dict(_known(keys, made_with))
    unknown = [part for part, key in zip(parts, keys, strict=True) if key not in known]
    count = pool.count_processes(made_with.jobs, len(unknown), min_items=_MIN_ITEMS)
    work = partial(_made, made_with=made_with)
    with pool.map_batches(work, pool.split_batches(unknown, count), count) as results:
        shared = plan_shared(catalogue, made_with.targets)
        wanted = (file for file in shared if not names or file.subject in names)
        files = [*finish_files(wanted, made_with.templates, made_with.root), *chain.from_iterable(known.values())]
        fresh = list(track_progress(chain.from_iterable(results), "making files", len(unknown)))
    if made_with.cache is not None and fresh:
        new = (key for key in keys if key not in known)
        cache.store(made_with.cache, ((key, _packed(made)) for key, made in zip(new, fresh, strict=True)))
    return distinct_files((*files, *chain.from_iterable(fresh)))


def finish_files(planned: Iterable[PlannedFile], folders: tuple[Path, ...], root: Path) -> Iterator[GeneratedFile]:
    """Planned files, rendered with the templates in these folders before ours, and formatted."""
    templates = _templates(folders, root)
    return (formatting.format_file(render_file(file, templates)) for file in planned)


def _parts(catalogue: Catalogue) -> Iterator[Catalogue]:
    for scheme in catalogue.schemes:
        yield replace(catalogue, schemes=(scheme,), connectors=())
    for connector in catalogue.connectors:
        used = dict.fromkeys(name for method in methods_of(connector) for name in method.schemes)
        yield replace(catalogue, schemes=tuple(map(catalogue.scheme, used)), connectors=(connector,))


def _identifier(part: Catalogue) -> str:
    (definition,) = part.connectors or part.schemes
    return definition.id


def _made(parts: Sequence[Catalogue], *, made_with: BuildContext) -> list[tuple[GeneratedFile, ...]]:
    """The files of each part."""
    return [tuple(_anew(part, made_with)) for part in parts]


def _keys(parts: Sequence[Catalogue], made_with: BuildContext) -> list[str]:
    """A key for each part, under which nothing is ever known without a cache."""
    if made_with.cache is None:
        return [""] * len(parts)
    said: dict[int, str] = {}
    return [cache.make_key((made_with.key, *_key(part, said))) for part in parts]


def _known(keys: Sequence[str], made_with: BuildContext) -> Iterator[tuple[str, tuple[GeneratedFile, ...]]]:
    """What earlier runs have made, by its key."""
    if made_with.cache is None:
        return
    for key, value in cache.lookup(made_with.cache, keys).items():
        # Whoever can write into the cache can write anything; it must not end the run for all that.
        with suppress(ValueError, TypeError, zlib.error):
            yield key, tuple(_unpacked(value))


def _key(part: Catalogue, said: dict[int, str]) -> Iterator[str]:
    """All that the part says; what is not set has its default, and some makers ask what is set.

    Parts share their platform and many a scheme, which are in `said` by their identity.
    """
    yield "connector" if part.connectors else "scheme"
    models: tuple[Model, ...] = (part.platform, *part.schemes, *part.connectors)
    for model in models:
        if id(model) not in said:
            said[id(model)] = model.model_dump_json(exclude_unset=True)
        yield said[id(model)]


def _anew(part: Catalogue, made_with: BuildContext) -> Iterator[GeneratedFile]:
    for plan in select_plans(made_with.targets):
        planned = [file for connector in part.connectors for file in plan.connector(part, connector)]
        if not part.connectors:
            planned = [file for scheme in part.schemes for file in plan.scheme(part, scheme)]
        yield from finish_files(planned, made_with.templates, made_with.root)


@remembered
def _templates(folders: tuple[Path, ...], root: Path) -> Templates:
    """Compiled once in each process, since that costs as much as making the files of ten connectors."""
    return Templates(folders, root)


def _packed(files: Sequence[GeneratedFile]) -> bytes:
    """What is said of each file on a line of JSON, then their contents as they are held."""
    rows = [
        (file.path, file.target, file.template, file.subject, content.sha256, content.is_packed, len(content.held))
        for file in files
        for content in (file.content,)
    ]
    return b"".join((json.dumps(rows).encode(), b"\n", *(file.content.held for file in files)))


def _unpacked(value: bytes) -> Iterator[GeneratedFile]:
    """What was packed; raises ValueError, TypeError or zlib.error for anything else."""
    rows, _, contents = value.partition(b"\n")
    start = 0
    for path, target, template, subject, sha256, is_packed, size in json.loads(rows):
        content = Content(contents[start : start + size], sha256, is_packed)
        if digest(content.data) != sha256:
            raise ValueError("a content is not what its digest says")
        start += size
        yield GeneratedFile(path, target, content, template, subject)
