"""Build the output files of a catalogue: plan them, render and format them, and cache the result.

A catalogue is built in parts: one scheme, or one connector with the schemes that it uses. The files of a part depend
only on the part and the `BuildContext`. So any process can build a part, and the cache can keep its files under a
digest of both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache as cached
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.build import file_cache
from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.build.formatting import format_file
from authscribe.build.syntax import check_syntax
from authscribe.build.templates import Templates, locate_plugin_template, render_file
from authscribe.encoders.comments import encode_line_comment
from authscribe.encoders.json import iter_json
from authscribe.encoders.language import Language
from authscribe.encoders.yaml import encode_yaml_document
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.runtime import cache, plugins, pool
from authscribe.runtime.installation import identify_build
from authscribe.runtime.progress import track_progress
from authscribe.targets.plan import GENERATED, PlannedFile
from authscribe.targets.registry import is_plugin, plan_part, plan_shared, select_part, sort_files

_MIN_ITEMS: Final = 100
"""Number of parts from which an additional process saves time."""


class BuildContext(NamedTuple):
    """Targets, template folders, number of processes and cache folder of a build.

    `key` is a digest of the targets, the templates, the plugins and the installation.
    """

    targets: tuple[str, ...]
    templates: tuple[Path, ...]
    jobs: int = 1
    cache: Path | None = None
    key: str = ""


def create_context(
    targets: Iterable[str], templates: tuple[Path, ...], *, jobs: int, folder: Path | None
) -> BuildContext:
    """Return the context of a run, with a cache in `folder`."""
    names = tuple(targets)
    if folder is None:
        return BuildContext(names, templates, jobs)
    trees = (part for each in templates for part in cache.list_tree(each))
    key = cache.make_key((identify_build(), plugins.identify_plugins(), *names, "", *trees))
    return BuildContext(names, templates, jobs, folder, key)


class BuiltFiles(NamedTuple):
    """Files that were built: those of each part by its key, and those about all definitions."""

    parts: Mapping[str, tuple[GeneratedFile, ...]]
    shared: tuple[GeneratedFile, ...]

    def sort(self) -> tuple[GeneratedFile, ...]:
        """Return all files sorted by path; raise DefinitionError if two of a plugin cannot be in one folder."""
        return sort_files((*self.shared, *chain.from_iterable(self.parts.values())))


def build_parts(
    catalogue: Catalogue, definitions: Mapping[str, Scheme | Connector], names: Sequence[str], context: BuildContext
) -> BuiltFiles:
    """Return the files of the parts about these definitions, which are given by key, and those about all definitions.

    The number of processes affects neither the files nor their order. Raises DefinitionError with the first mistake in
    a user's template, or in a target of a plugin.
    """
    known = file_cache.load_files(
        context.cache, definitions, lambda definition: _build_part(select_part(catalogue, definition), context)
    )
    missing = {key: select_part(catalogue, each) for key, each in definitions.items() if key not in known}

    count = pool.count_processes(context.jobs, len(missing), min_items=_MIN_ITEMS)
    batches = pool.split_batches([*missing.values()], count)
    with pool.map_batches(partial(_build_batch, context=context), batches, count) as results:
        # Other processes are at work on the parts in the meantime.
        shared = [file for file in plan_shared(catalogue, context.targets) if _is_wanted(file, names)]
        shared_files = _finish_shared(shared, context)
        parts = list(track_progress(chain.from_iterable(results), "building files", len(missing)))

    built = dict(zip(missing, parts, strict=True))
    file_cache.store_files(context.cache, built)
    return BuiltFiles(known | built, tuple(shared_files))


def key_definitions(
    catalogue: Catalogue, names: Sequence[str], context: BuildContext
) -> dict[str, Scheme | Connector]:
    """Return the definition of each part by the key of the part in the cache.

    If there is none, the keys are numbers: making others takes time.
    """
    definitions = [each for each in catalogue.definitions if not names or each.id in names]
    if context.cache is None:
        return {str(number): definition for number, definition in enumerate(definitions)}
    return dict(zip(file_cache.make_keys(catalogue, definitions, context.key), definitions, strict=True))


def _finish_shared(planned: Sequence[PlannedFile], context: BuildContext) -> Iterable[GeneratedFile]:
    """Return the files about all definitions; many of them show little or nothing of these, and seldom change."""
    finish = partial(finish_files, template_folders=context.templates)
    if context.cache is None:
        return tuple(finish(planned))
    # Views of plugins may consist of anything, so that no key can be made from them; ours consist of tuples.
    others = tuple(finish(file for file in planned if is_plugin(file.target)))
    inputs = {cache.make_key((context.key, json.dumps(file))): file for file in planned if not is_plugin(file.target)}
    known = file_cache.load_files(context.cache, inputs, lambda file: finish((file,)))
    missing = {key: file for key, file in inputs.items() if key not in known}
    built = tuple(finish(missing.values()))
    file_cache.store_files(context.cache, {key: (file,) for key, file in zip(missing, built, strict=True)})
    return (*others, *chain.from_iterable(known.values()), *built)


def finish_files(
    planned: Iterable[PlannedFile], template_folders: tuple[Path, ...]
) -> Iterator[GeneratedFile]:
    """Yield each planned file with its final bytes; templates in `template_folders` replace built-in ones."""
    templates = _load_templates(template_folders)
    common: dict[tuple[str, str | None, object], GeneratedFile] = {}
    for file in planned:
        with _blame_target(file):
            finished = _finish_file(file, templates, common)
        yield finished


def _finish_file(
    file: PlannedFile, templates: Templates, common: dict[tuple[str, str | None, object], GeneratedFile]
) -> GeneratedFile:
    """Return a file with its final bytes, those of an equal one if it is common."""
    key = (file.target, file.template, file.view)
    if file.is_common and key in common:
        return common[key]._replace(path=file.path, subject=file.subject)
    finished = build_document(file) if file.template is None else format_file(render_file(file, templates))
    if file.is_common:
        common[key] = finished
    return finished


def _blame_target(file: PlannedFile) -> AbstractContextManager[None]:
    """Turn whatever the view or the template of a plugin's file raises into a DefinitionError."""
    if not is_plugin(file.target):
        return nullcontext()
    return plugins.blame_plugin(plugins.Group.TARGETS, file.target, locate_plugin_template(file.template))


def build_document(planned: PlannedFile) -> GeneratedFile:
    """Return the file of a JSON or YAML document, which needs neither a template nor a formatter.

    Raises an exception for a view of a plugin that the language cannot hold.
    """
    pieces = _iter_yaml(planned) if planned.language is Language.YAML else iter_json(planned.view)
    try:
        content = Content.from_pieces(piece.encode() for piece in pieces)
        if is_plugin(planned.target):
            check_syntax(planned.language, content.data.decode())
    except Exception as error:
        error.add_note(f"while encoding {planned.path}")
        raise
    return GeneratedFile(planned.path, planned.target, content, subject=planned.subject)


def _is_wanted(file: PlannedFile, names: Sequence[str]) -> bool:
    return not names or file.subject in names or file.is_always_planned


def _iter_yaml(planned: PlannedFile) -> Iterator[str]:
    if not planned.is_scaffolded:
        yield f"{encode_line_comment(GENERATED)}\n"
    yield encode_yaml_document(planned.view)


def _build_batch(parts: Sequence[Catalogue], *, context: BuildContext) -> list[tuple[GeneratedFile, ...]]:
    return [_build_part(part, context) for part in parts]


def _build_part(part: Catalogue, context: BuildContext) -> tuple[GeneratedFile, ...]:
    planned = plan_part(part, context.targets)
    return tuple(finish_files(planned, context.templates))


@cached
def _load_templates(folders: tuple[Path, ...]) -> Templates:
    """Return the templates, compiled once in each process: that takes as long as building ten connectors."""
    return Templates(folders)
