"""Summarise connectors for the files of the catalogue, and keep the summaries in the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import starmap
from typing import Final, NamedTuple

from authscribe.build import file_cache
from authscribe.build.build import BuildContext
from authscribe.catalogue.badge import Badge, BadgeHalf, StateLabel, build_badge, list_states
from authscribe.catalogue.compact import compact_entry
from authscribe.catalogue.document import ConnectorEntry, SchemeEntry
from authscribe.catalogue.entries import ShownStatus, describe_connector, show_status
from authscribe.catalogue.links import Links
from authscribe.catalogue.status import ConnectorStatus
from authscribe.encoders.json import EncodedJson, encode_json
from authscribe.encoders.text import to_printable, to_printable_spans
from authscribe.model.catalogue import Catalogue
from authscribe.model.markup import Style, join_text, split_paragraphs
from authscribe.runtime import cache
from authscribe.runtime.codec import dump_record, parse_record
from authscribe.targets.registry import select_part


class ConnectorSummary(NamedTuple):
    """Everything that the files of the catalogue show of a connector.

    `search` are the words by which a search finds it, in lower case, and `marked` its texts with markup. `document` is
    its entry in the document, and `facts` is its data on the page.
    """

    id: str
    title: str
    state: str
    stage: str
    schemes: tuple[str, ...]
    kinds: tuple[str, ...]
    states: tuple[StateLabel, ...]
    search: str
    badge: Badge
    marked: tuple[str, ...]
    document: EncodedJson
    facts: EncodedJson


_SUMMARY_TYPES: Final = (StateLabel, Badge, BadgeHalf)


def summarize_connectors(
    catalogue: Catalogue, statuses: Iterable[ConnectorStatus], links: Links, context: BuildContext
) -> tuple[ConnectorSummary, ...]:
    """Return a summary of each connector, taken from the cache if an earlier run made it from the same facts."""
    shown = [(select_part(catalogue, status.connector), show_status(status, links)) for status in statuses]
    if context.cache is None:
        return tuple(starmap(_summarize, shown))
    keys = file_cache.make_keys(catalogue, (part for part, _ in shown), context.key)
    return cache.find_or_make(
        context.cache,
        {cache.make_key((key, repr(pair[1]))): pair for key, pair in zip(keys, shown, strict=True)},
        partial(starmap, _summarize),
        _dump_summary,
        _parse_summary,
    )


def list_marked(entry: SchemeEntry | ConnectorEntry) -> Iterator[str]:
    """Yield the texts of an entry that are not shown as they are written, since they have markup."""
    for text in _list_texts(entry):
        spans = to_printable_spans(text)
        if any(span.style is not Style.PLAIN for span in spans) or join_text(spans) != to_printable(text):
            yield text


def _dump_summary(summary: ConnectorSummary) -> bytes:
    """Return the JSON of a summary, and behind it a line with everything else."""
    *shown, document, facts = summary
    return b"".join((document, facts, b"\n", dump_record((*shown, len(document)))))


def _parse_summary(content: bytes) -> ConnectorSummary:
    texts, _, record = content.rpartition(b"\n")
    *shown, size = parse_record(record, tuple, _SUMMARY_TYPES)
    return ConnectorSummary._make((*shown, EncodedJson(texts[:size]), EncodedJson(texts[size:])))


def _summarize(part: Catalogue, status: ShownStatus) -> ConnectorSummary:
    (connector,) = part.connectors
    entry = describe_connector(part, connector, status)
    schemes = tuple(dict.fromkeys(name for method in entry.methods for name in method.schemes))
    titles = {scheme.id: scheme.title or scheme.id for scheme in part.schemes}
    states = list_states(entry)
    return ConnectorSummary(
        id=entry.id,
        title=entry.title,
        state=entry.state.value,
        stage=entry.status.value,
        schemes=schemes,
        kinds=tuple(dict.fromkeys(kind.value for method in entry.methods for kind in method.kinds)),
        states=states,
        search=" ".join(dict.fromkeys(_list_search_words(entry, schemes, titles))),
        badge=build_badge(entry),
        marked=tuple(dict.fromkeys(list_marked(entry))),
        document=EncodedJson.from_text(encode_json(entry)),
        facts=EncodedJson.from_text(
            encode_json(compact_entry(entry) | {"states": [state._asdict() for state in states]}, indent=None)
        ),
    )


def _list_search_words(connector: ConnectorEntry, schemes: Sequence[str], titles: Mapping[str, str]) -> Iterator[str]:
    texts = [connector.id, connector.title, *schemes, *(titles[name] for name in schemes)]
    texts += [*(name.name for name in connector.names), *(finding.code for finding in connector.findings)]
    return (text.lower() for text in texts)


def _list_texts(entry: SchemeEntry | ConnectorEntry) -> Iterator[str]:
    yield from split_paragraphs(entry.summary)
    yield from entry.notes
    contracts = (entry,) if isinstance(entry, SchemeEntry) else entry.methods
    for contract in contracts:
        for setting in (*contract.required, *contract.injected, *contract.parameters):
            yield setting.description
