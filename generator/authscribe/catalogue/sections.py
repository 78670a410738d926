"""Build the catalogue in sections: connectors that follow each other, with their part of each file.

A later run takes sections of which nothing has changed from the cache as they are, and the other connectors of a
section in which one has changed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.build import file_cache
from authscribe.build.build import BuildContext, finish_files
from authscribe.catalogue.badge import StateLabel
from authscribe.catalogue.document import CATALOGUE_FOLDER
from authscribe.catalogue.entries import ShownStatus, show_status
from authscribe.catalogue.links import Links
from authscribe.catalogue.matrix import MatrixRows, Titles
from authscribe.catalogue.status import ConnectorStatus
from authscribe.catalogue.summaries import ConnectorSummary, DescribedConnector, summarize_connector
from authscribe.encoders.html import HtmlJson, RenderedHtml
from authscribe.encoders.json import EncodedItems
from authscribe.encoders.language import Language
from authscribe.encoders.packed import PackedText
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector
from authscribe.runtime import cache
from authscribe.runtime.codec import dump_record, parse_record
from authscribe.runtime.groups import split_groups
from authscribe.targets.plan import CATALOGUE, PlannedFile
from authscribe.targets.registry import select_part

PAGE: Final = f"{CATALOGUE_FOLDER}/index.html"
"""Path of the page in the output folder."""

_PARTS: Final = ("catalogue/rows.html.jinja", "catalogue/facts.html.jinja")
"""Templates of the parts of the page that show a section."""
_SIZE: Final = 16
"""Number of connectors in a section, on average: a run after a change reads all sections, and makes one of them."""
_BATCH: Final = 64
"""Number of sections whose connectors are in memory at once."""


class Section(NamedTuple):
    """Connectors that follow each other, with everything that the files of the catalogue show of them.

    `marked` are their texts with markup, `document` are their entries in the document, `rows` is their part of the
    matrix, and `facts` is their data on the page.
    """

    connectors: tuple[ConnectorSummary, ...]
    marked: tuple[str, ...]
    document: EncodedItems
    rows: RenderedHtml
    facts: RenderedHtml


class PanelData(NamedTuple):
    """Data about a connector for the details panel of the script, without empty values."""

    id: str
    data: HtmlJson


class _PagePart(NamedTuple):
    """View of the templates for the parts of the page that show a section."""

    rows: MatrixRows
    facts: tuple[PanelData, ...]


class _Subject(NamedTuple):
    """Connector to describe; `key` is that of its part of the catalogue, and empty without a cache."""

    key: str
    catalogue: Catalogue
    connector: Connector
    status: ShownStatus

    @property
    def key_parts(self) -> tuple[str, str]:
        """Return everything that its description depends on, as parts of a key."""
        return self.key, repr(self.status)


def build_sections(
    catalogue: Catalogue, statuses: Iterable[ConnectorStatus], titles: Titles, links: Links, context: BuildContext
) -> tuple[Section, ...]:
    """Return all connectors in sections, in the order of the statuses."""
    groups = tuple(_split_subjects(_list_subjects(catalogue, statuses, links, context)))
    make = partial(_make_sections, titles=titles, context=context)
    if context.cache is None:
        return tuple(make(groups))
    columns = repr(titles)
    inputs = {_make_section_key(columns, group): group for group in groups}
    return cache.find_or_make(context.cache, inputs, make, _dump_section, _parse_section)


def list_connectors(sections: Iterable[Section]) -> Iterator[ConnectorSummary]:
    """Yield all connectors, sorted by id."""
    return (connector for section in sections for connector in section.connectors)


def _list_subjects(
    catalogue: Catalogue, statuses: Iterable[ConnectorStatus], links: Links, context: BuildContext
) -> Iterator[_Subject]:
    shown = [(status.connector, show_status(status, links)) for status in statuses]
    connectors = [connector for connector, _ in shown]
    keys = file_cache.make_keys(catalogue, connectors, context.key) if context.cache is not None else [""] * len(shown)
    return (_Subject(key, catalogue, *each) for key, each in zip(keys, shown, strict=True))


def _split_subjects(subjects: Iterable[_Subject]) -> Iterator[tuple[_Subject, ...]]:
    """Yield groups of subjects; ids alone decide where a group begins."""
    return split_groups(subjects, lambda subject: zlib.crc32(subject.connector.id.encode()) % _SIZE == 0)


def _make_section_key(columns: str, subjects: Iterable[_Subject]) -> str:
    return cache.make_key((columns, *chain.from_iterable(subject.key_parts for subject in subjects)))


def _make_sections(groups: Iterable[tuple[_Subject, ...]], titles: Titles, context: BuildContext) -> Iterator[Section]:
    remaining = iter(groups)
    while batch := tuple(islice(remaining, _BATCH)):
        described = iter(_describe_subjects(chain.from_iterable(batch), context.cache))
        for group in batch:
            yield _join_connectors(tuple(islice(described, len(group))), titles, context)


def _describe_subjects(subjects: Iterable[_Subject], folder: Path | None) -> Iterable[DescribedConnector]:
    """Return the description of each connector, taken from the cache if an earlier run made it from the same facts."""
    if folder is None:
        return map(_describe_subject, subjects)
    return cache.find_or_make(
        folder,
        {cache.make_key(subject.key_parts): subject for subject in subjects},
        partial(map, _describe_subject),
        _dump_described,
        _parse_described,
    )


def _describe_subject(subject: _Subject) -> DescribedConnector:
    return summarize_connector(select_part(subject.catalogue, subject.connector), subject.status)


def _join_connectors(described: Sequence[DescribedConnector], titles: Titles, context: BuildContext) -> Section:
    summaries = tuple(each.summary for each in described)
    facts = tuple(PanelData(each.summary.id, HtmlJson(each.facts)) for each in described)
    rows, data = _render_parts(_PagePart(MatrixRows(summaries, titles), facts), context)
    return Section(
        connectors=summaries,
        marked=tuple(dict.fromkeys(text for each in described for text in each.marked)),
        document=EncodedItems.from_items(each.document for each in described),
        rows=rows,
        facts=data,
    )


def _render_parts(view: _PagePart, context: BuildContext) -> Iterator[RenderedHtml]:
    """Yield each part of the page as HTML."""
    planned = (PlannedFile(PAGE, CATALOGUE, Language.HTML, view, template) for template in _PARTS)
    finished = finish_files(planned, context.templates)
    # A template that prints nothing gives an empty line.
    return (RenderedHtml.from_text(file.content.data.decode().removeprefix("\n")) for file in finished)


def _dump_described(connector: DescribedConnector) -> bytes:
    """Return a line with the facts, one with the data of the page, and the entry of the document behind them."""
    record = dump_record((connector.summary, connector.marked)).decode()
    return PackedText.from_text("\n".join((record, connector.facts, connector.document)))


def _parse_described(content: bytes) -> DescribedConnector:
    record, facts, document = PackedText(content).text.split("\n", 2)
    summary, marked = parse_record(record.encode(), tuple, (ConnectorSummary, StateLabel))
    return DescribedConnector(summary, marked, document, facts)


def _dump_section(section: Section) -> bytes:
    """Return the packed texts of a section, and behind them a line with everything else."""
    connectors, marked, *texts = section
    record = dump_record((connectors, marked, tuple(map(len, texts))))
    return b"".join((*texts, b"\n", record))


def _parse_section(content: bytes) -> Section:
    texts, _, record = content.rpartition(b"\n")
    connectors, marked, sizes = parse_record(record, tuple, (ConnectorSummary, StateLabel))
    document, rows, facts = sizes
    return Section(
        connectors,
        marked,
        EncodedItems(texts[:document]),
        RenderedHtml(texts[document : document + rows]),
        RenderedHtml(texts[document + rows : document + rows + facts]),
    )
