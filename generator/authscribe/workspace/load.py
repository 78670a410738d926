"""Load the sources of a run as drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache as cache_result
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place, sort_findings
from authscribe.findings.grouping import group_findings
from authscribe.model.draft import DRAFT_TYPES, Draft
from authscribe.model.wording import ENGLISH, Wording
from authscribe.readers.pasted_secrets import withhold_secrets
from authscribe.readers.registry import is_page, read_source, read_together
from authscribe.readers.text import SourceText, decode, mask_texts
from authscribe.resolve.known import NOTHING_KNOWN, KnownConnectors
from authscribe.resolve.secret_values import list_literal_credentials, list_secret_values
from authscribe.runtime import cache, pool
from authscribe.runtime.codec import dump_record, parse_record
from authscribe.runtime.installation import identify_build
from authscribe.runtime.lazy import LazyMapping
from authscribe.runtime.progress import track_progress
from authscribe.workspace.referenced_documents import ReadReferenced, ReferencedDocuments, make_file_reader
from authscribe.workspace.sources import SourceContents, SourceFile
from authscribe.workspace.workspace import Workspace

_MIN_ITEMS: Final = 10
"""Smallest number of pages for which another process pays."""


class LoadedSources(NamedTuple):
    """Sources of a run: their drafts, their texts for diagnostics, their hashes for the lock.

    Values that are known to be secret are masked in the texts. `remarks` are findings that do not keep anything from
    being generated. `has_references` is set if sources refer to files that are no sources, which are inputs as well.
    The connectors that are `known` are not in the drafts.
    """

    drafts: tuple[Draft, ...]
    texts: Mapping[str, str]
    inputs: Mapping[str, str]
    remarks: tuple[Finding, ...] = ()
    has_references: bool = False
    known: KnownConnectors = NOTHING_KNOWN

    def group(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings to report, sorted; of those about other systems' documents, one for each fact."""
        return group_findings(sort_findings(findings), {draft.path for draft in self.drafts if draft.is_foreign})


def load_workspace(workspace: Workspace, sources: Collection[SourceFile] | None = None) -> LoadedSources:
    """Read the sources of a workspace as `load_sources` does, or only those that are given."""
    return load_sources(
        workspace.sources if sources is None else sources,
        root=workspace.root,
        jobs=workspace.jobs,
        folder=workspace.cache,
        wording=workspace.configuration.wording,
        contents=workspace.contents,
    )


def load_sources(
    sources: Collection[SourceFile],
    *,
    root: Path | None = None,
    jobs: int = 1,
    folder: Path | None = None,
    wording: Wording = ENGLISH,
    contents: SourceContents | None = None,
) -> LoadedSources:
    """Read every source; one that cannot be read is a finding in its draft.

    Files inside of `root` to which sources refer are read as well. Reading a page costs as much as reading a hundred
    definitions: pages are taken from the cache in `folder` where it has them, and many others are shared among
    processes.
    """
    drafts: dict[SourceFile, Draft] = {}
    decoded: dict[SourceFile, SourceText] = {}
    inputs: dict[str, str] = {}
    contents = contents or SourceContents()
    for file in sources:
        data, sha256 = contents.read(file)
        if isinstance(data, Finding):
            drafts[file] = Draft(file.path, findings=(data,))
            continue
        inputs[file.key] = sha256
        decoded[file] = decode(file.path, data)
        if decoded[file].findings:
            drafts[file] = Draft(file.path, findings=decoded[file].findings)
    texts = {file.path: withhold_secrets(source.text) for file, source in decoded.items()}
    unread = [_UnreadSource(file, decoded[file].text, wording) for file in sources if file not in drafts]
    drafts |= _read_all(unread, jobs, folder)
    return combine_drafts(
        [drafts[file] for file in sources], texts, inputs, make_file_reader(root, sources, contents.referenced)
    )


def combine_drafts(
    drafts: Sequence[Draft], texts: Mapping[str, str], inputs: Mapping[str, str], read: ReadReferenced
) -> LoadedSources:
    """Return the drafts, each completed from those it belongs with, and texts without secret values.

    `read` reads files to which they refer.
    """
    referenced = ReferencedDocuments(read)
    completed = read_together(drafts, referenced.load)
    shown = {**texts, **referenced.texts}
    return LoadedSources(
        completed,
        _mask_when_needed(shown, completed),
        {**inputs, **referenced.inputs},
        has_references=bool(referenced.inputs),
    )


def _mask_when_needed(texts: Mapping[str, str], drafts: Sequence[Draft]) -> Mapping[str, str]:
    """Return the texts without secret values; only reports with findings quote any, and masking takes a while."""

    @cache_result
    def mask_all() -> dict[str, str]:
        from authscribe.resolve.unread_values import list_unread_values

        return mask_texts(texts, (*list_values(drafts), *list_unread_values(texts, drafts)))

    return LazyMapping(texts, lambda path: mask_all()[path])


class _UnreadSource(NamedTuple):
    """Source whose text has been read, but not understood yet."""

    file: SourceFile
    text: str
    wording: Wording

    @property
    def is_page(self) -> bool:
        """Return whether it is expensive to read."""
        return is_page(self.file.path, self.file.format)

    @property
    def key(self) -> str:
        """Return a cache key over everything that its draft depends on."""
        parts = (self.file.path, self.file.format or "", repr(self.wording), self.text)
        return cache.make_key(("page", identify_build(), *parts))


def _read_all(unread: Sequence[_UnreadSource], jobs: int, folder: Path | None) -> dict[SourceFile, Draft]:
    """Return the draft of each source; while other processes read pages, all else is read here."""
    pages = [each for each in unread if each.is_page]
    keys = {page.key: page.file for page in pages} if folder is not None else {}
    known = dict(_find_cached(keys, folder)) if folder is not None else {}
    fresh = [page for page in pages if page.file not in known]
    count = pool.count_processes(jobs, len(fresh), min_items=_MIN_ITEMS)
    with pool.map_batches(_read_batch, pool.split_batches(fresh, count), count) as results:
        read = known | {each.file: _read_draft(each) for each in unread if not each.is_page}
        drafts = track_progress(chain.from_iterable(results), "reading pages", len(fresh))
        read.update(zip((page.file for page in fresh), drafts, strict=True))
    if folder is not None and fresh:
        cache.store(folder, ((key, dump_record(read[file])) for key, file in keys.items() if file not in known))
    return read


def _read_batch(unread: Iterable[_UnreadSource]) -> list[Draft]:
    return list(map(_read_draft, unread))


def _read_draft(unread: _UnreadSource) -> Draft:
    return read_source(unread.file.path, unread.text, unread.file.format, wording=unread.wording)


def _find_cached(keys: Mapping[str, SourceFile], folder: Path) -> Iterator[tuple[SourceFile, Draft]]:
    """Yield the pages that earlier runs have read, by the keys of their drafts."""
    for key, content in cache.lookup(folder, list(keys)).items():
        with suppress(*cache.BAD_FORM):
            yield keys[key], parse_record(content, Draft, DRAFT_TYPES)


def list_values(drafts: Iterable[Draft]) -> Iterator[Place]:
    """Yield the places of values that may be secret: those of secrets in definitions, and those that readers met."""
    for draft in drafts:
        yield from (place for key in draft.key_outcomes for place in key.values)
        for definition in draft.definitions:
            yield from list_secret_values(definition.node)
        yield from (place for _, place in list_literal_credentials(draft))
