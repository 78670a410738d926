"""Build the output files of a catalogue: plan them, render and format them, and cache the result.

A catalogue is built in parts: one scheme, or one connector with the schemes that it uses. The files of a part depend
only on the part and the `BuildContext`. So any process can build a part, and the cache can keep its files under a
digest of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache as cached
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.build import file_cache
from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.build.formatting import format_file
from authscribe.build.templates import Templates, render_file
from authscribe.encoders.comments import encode_line_comment
from authscribe.encoders.json import iter_json
from authscribe.encoders.language import Language
from authscribe.encoders.yaml import encode_yaml_document
from authscribe.model.contract import list_scheme_ids
from authscribe.model.definitions import Catalogue
from authscribe.runtime import cache, plugins, pool
from authscribe.runtime.progress import track_progress
from authscribe.targets.plan import GENERATED, PlannedFile
from authscribe.targets.registry import plan_shared, select_plans, sort_files

_MIN_ITEMS: Final = 100
"""Number of parts from which an additional process saves time."""


class BuildContext(NamedTuple):
    """Targets, template folders, number of processes and cache folder of a build.

    Paths of the user's templates are shown relative to `root`. `key` is a digest of the targets, the templates and the
    installation.
    """

    targets: tuple[str, ...]
    templates: tuple[Path, ...]
    root: Path
    jobs: int = 1
    cache: Path | None = None
    key: str = ""


def create_context(
    targets: Iterable[str], templates: tuple[Path, ...], root: Path, *, jobs: int, folder: Path | None
) -> BuildContext:
    """Return the context of a run, with a cache in `folder`.

    If plugins are installed, the cache is not used, since changes of their code would not be noticed.
    """
    names = tuple(targets)
    if folder is None or any(plugins.list_plugins(group) for group in plugins.Group):
        return BuildContext(names, templates, root, jobs)
    trees = (part for each in templates for part in cache.list_tree(each))
    key = cache.make_key((cache.identify_build(), *names, "", *trees))
    return BuildContext(names, templates, root, jobs, folder, key)


def build_files(catalogue: Catalogue, names: Sequence[str], context: BuildContext) -> tuple[GeneratedFile, ...]:
    """Return the files of the catalogue, or only those about the definitions called `names`, sorted by path.

    The number of processes affects neither the files nor their order. Raises DefinitionError with the first mistake in
    a user's template, or in a target of a plugin.
    """
    parts = [part for part in _split_catalogue(catalogue) if not names or _get_id(part) in names]
    keys = file_cache.make_keys(parts, context.key) if context.cache is not None else [""] * len(parts)
    known = file_cache.load_files(context.cache, keys) if context.cache is not None else {}
    missing = [part for part, key in zip(parts, keys, strict=True) if key not in known]

    count = pool.count_processes(context.jobs, len(missing), min_items=_MIN_ITEMS)
    batches = pool.split_batches(missing, count)
    with pool.map_batches(partial(_build_batch, context=context), batches, count) as results:
        # Other processes are at work on the parts in the meantime.
        shared = [file for file in plan_shared(catalogue, context.targets) if _is_wanted(file, names)]
        shared_files = list(finish_files(shared, context.templates, context.root))
        built = list(track_progress(chain.from_iterable(results), "building files", len(missing)))

    if context.cache is not None and built:
        file_cache.store_files(context.cache, (key for key in keys if key not in known), built)
    return sort_files((*shared_files, *chain.from_iterable(known.values()), *chain.from_iterable(built)))


def finish_files(
    planned: Iterable[PlannedFile], template_folders: tuple[Path, ...], root: Path
) -> Iterator[GeneratedFile]:
    """Yield each planned file with its final bytes; templates in `template_folders` replace built-in ones."""
    templates = _load_templates(template_folders, root)
    common: dict[tuple[str | None, object], GeneratedFile] = {}
    for file in planned:
        if file.is_common and (file.template, file.view) in common:
            yield common[file.template, file.view]._replace(path=file.path, subject=file.subject)
            continue
        finished = build_document(file) if file.template is None else format_file(render_file(file, templates))
        if file.is_common:
            common[file.template, file.view] = finished
        yield finished


def build_document(planned: PlannedFile) -> GeneratedFile:
    """Return the file of a JSON or YAML document, which needs neither a template nor a formatter."""
    pieces = _iter_yaml if planned.language is Language.YAML else iter_json
    try:
        content = Content.from_pieces(piece.encode() for piece in pieces(planned.view))
    except Exception as error:
        error.add_note(f"while encoding {planned.path}")
        raise
    return GeneratedFile(planned.path, planned.target, content, subject=planned.subject)


def _is_wanted(file: PlannedFile, names: Sequence[str]) -> bool:
    return not names or file.subject in names or file.is_always_planned


def _iter_yaml(value: object) -> Iterator[str]:
    yield f"{encode_line_comment(GENERATED)}\n{encode_yaml_document(value)}"


def _split_catalogue(catalogue: Catalogue) -> Iterator[Catalogue]:
    for scheme in catalogue.schemes:
        yield replace(catalogue, schemes=(scheme,), connectors=())
    for connector in catalogue.connectors:
        schemes = tuple(map(catalogue.get_scheme, list_scheme_ids(connector)))
        yield replace(catalogue, schemes=schemes, connectors=(connector,))


def _get_id(part: Catalogue) -> str:
    (definition,) = part.connectors or part.schemes
    return definition.id


def _build_batch(parts: Sequence[Catalogue], *, context: BuildContext) -> list[tuple[GeneratedFile, ...]]:
    return [_build_part(part, context) for part in parts]


def _build_part(part: Catalogue, context: BuildContext) -> tuple[GeneratedFile, ...]:
    planned = _plan_part(part, context.targets)
    return tuple(finish_files(planned, context.templates, context.root))


def _plan_part(part: Catalogue, targets: tuple[str, ...]) -> Iterator[PlannedFile]:
    for plan in select_plans(targets):
        for connector in part.connectors:
            yield from plan.plan_connector(part, connector)
        if not part.connectors:
            for scheme in part.schemes:
                yield from plan.plan_scheme(part, scheme)


@cached
def _load_templates(folders: tuple[Path, ...], root: Path) -> Templates:
    """Return the templates, compiled once in each process: that takes as long as building ten connectors."""
    return Templates(folders, root)
