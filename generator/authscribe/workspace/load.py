"""Loading: the sources of a run become drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding
from authscribe.model.draft import Draft, dump_draft, parse_draft
from authscribe.readers.registry import is_page, read_source, read_together
from authscribe.readers.text import decode, mask_values, read_content
from authscribe.runtime import cache, pool
from authscribe.runtime.hashing import digest
from authscribe.runtime.progress import track_progress
from authscribe.workspace.sources import SourceFile

_WORTH: Final = 10
"""The least number of pages for which another process pays."""


class LoadedSources(NamedTuple):
    """The sources of a run: their drafts, their texts for diagnostics, their hashes for the lock.

    What a reader knows to be the value of a secret is masked in the texts.

    `remarks` are findings that do not keep anything from being generated.
    """

    drafts: tuple[Draft, ...]
    texts: Mapping[str, str]
    inputs: Mapping[str, str]
    remarks: tuple[Finding, ...] = ()


def load_sources(sources: Collection[SourceFile], *, jobs: int = 1, folder: Path | None = None) -> LoadedSources:
    """Reads every source; what cannot be read is a finding in its draft.

    To read a page costs as much as to read a hundred definitions: pages are taken from the cache in `folder` where it
    knows them, and many others are read by several processes.
    """
    drafts: dict[SourceFile, Draft] = {}
    texts: dict[str, str] = {}
    inputs: dict[str, str] = {}
    for file in sources:
        data = read_content(file.path, file.file)
        if isinstance(data, Finding):
            drafts[file] = Draft(file.path, findings=(data,))
            continue
        inputs[file.key] = digest(data)
        decoded = decode(file.path, data)
        texts[file.path] = decoded.text
        if decoded.findings:
            drafts[file] = Draft(file.path, findings=decoded.findings)
    unread = [_Unread(file, texts[file.path]) for file in sources if file not in drafts]
    drafts |= _read_all(unread, jobs, folder)
    return combine_drafts([drafts[file] for file in sources], texts, inputs)


def combine_drafts(drafts: Sequence[Draft], texts: Mapping[str, str], inputs: Mapping[str, str]) -> LoadedSources:
    """What has been read, one in the light of the other, with no value of a secret in the texts."""
    found = read_together(drafts)
    return LoadedSources(found, {**texts, **dict(_masked(found, texts))}, inputs)


class _Unread(NamedTuple):
    """A source and its text."""

    file: SourceFile
    text: str

    @property
    def is_page(self) -> bool:
        """Whether it costs much to read."""
        return is_page(self.file.path, self.file.format)

    @property
    def key(self) -> str:
        """All that its draft depends on."""
        return cache.make_key(("page", cache.identify_build(), self.file.path, self.file.format or "", self.text))


def _read_all(unread: Sequence[_Unread], jobs: int, folder: Path | None) -> dict[SourceFile, Draft]:
    """The draft of each source; when other processes read pages, all else is read here in the meantime."""
    pages = [each for each in unread if each.is_page]
    keys = {page.key: page.file for page in pages} if folder is not None else {}
    known = dict(_known(keys, folder)) if folder is not None else {}
    fresh = [page for page in pages if page.file not in known]
    count = pool.count_processes(jobs, len(fresh), worth=_WORTH)
    with pool.map_batches(_drafts, pool.split_batches(fresh, count), count) as results:
        read = known | {each.file: _draft(each) for each in unread if not each.is_page}
        drafts = track_progress(chain.from_iterable(results), "reading pages", len(fresh))
        read.update(zip((page.file for page in fresh), drafts, strict=True))
    if folder is not None and fresh:
        cache.store(folder, ((key, dump_draft(read[file])) for key, file in keys.items() if file not in known))
    return read


def _drafts(unread: Iterable[_Unread]) -> list[Draft]:
    return list(map(_draft, unread))


def _draft(unread: _Unread) -> Draft:
    return read_source(unread.file.path, unread.text, unread.file.format)


def _known(keys: Mapping[str, SourceFile], folder: Path) -> Iterator[tuple[SourceFile, Draft]]:
    """The pages as earlier runs have read them, by the keys of their drafts."""
    for key, content in cache.lookup(folder, list(keys)).items():
        with suppress(ValueError, TypeError, KeyError):
            yield keys[key], parse_draft(keys[key].path, content)


def _masked(drafts: Iterable[Draft], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The texts of sources in which a reader met values that no report may show, without those values."""
    for found in drafts:
        values = [place for carried in found.carried for place in carried.values]
        if values:
            yield found.path, mask_values(texts[found.path], values)
