"""Summarise a connector for the files of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from authscribe.catalogue.badge import StateLabel, list_states, name_methods
from authscribe.catalogue.compact import compact_entry
from authscribe.catalogue.document import ConnectorEntry, SchemeEntry
from authscribe.catalogue.entries import ShownStatus, describe_connector
from authscribe.encoders.html import encode_html_json
from authscribe.encoders.json import encode_json
from authscribe.encoders.prose import to_printable_spans
from authscribe.encoders.text import to_printable
from authscribe.model.catalogue import Catalogue
from authscribe.model.markup import Style, join_text, split_paragraphs


class ConnectorSummary(NamedTuple):
    """Facts about a connector that the page shows outside of the details panel.

    `methods` is how it authenticates, in words. `search` are the words by which a search finds it, in lower case.
    """

    id: str
    title: str
    state: str
    stage: str
    schemes: tuple[str, ...]
    kinds: tuple[str, ...]
    states: tuple[StateLabel, ...]
    search: str
    methods: str


class DescribedConnector(NamedTuple):
    """Everything that the files of the catalogue show of a connector.

    `marked` are its texts with markup, `document` is its entry in the document, and `facts` is its data on the page.
    """

    summary: ConnectorSummary
    marked: tuple[str, ...]
    document: str
    facts: str


def summarize_connector(part: Catalogue, status: ShownStatus) -> DescribedConnector:
    """Return everything that the catalogue shows of the connector of a part."""
    (connector,) = part.connectors
    entry = describe_connector(part, connector, status)
    schemes = tuple(dict.fromkeys(name for method in entry.methods for name in method.schemes))
    titles = {scheme.id: scheme.title or scheme.id for scheme in part.schemes}
    states = list_states(entry)
    summary = ConnectorSummary(
        id=entry.id,
        title=entry.title,
        state=entry.state.value,
        stage=entry.status.value,
        schemes=schemes,
        kinds=tuple(dict.fromkeys(kind.value for method in entry.methods for kind in method.kinds)),
        states=states,
        search=" ".join(dict.fromkeys(_list_search_words(entry, schemes, titles))),
        methods=name_methods(entry),
    )
    facts = compact_entry(entry) | {"states": [state._asdict() for state in states]}
    return DescribedConnector(
        summary, tuple(dict.fromkeys(list_marked(entry))), encode_json(entry, indent=None), encode_html_json(facts)
    )


def list_marked(entry: SchemeEntry | ConnectorEntry) -> Iterator[str]:
    """Yield the texts of an entry that are not shown as they are written, since they have markup."""
    for text in _list_texts(entry):
        spans = to_printable_spans(text)
        if any(span.style is not Style.PLAIN for span in spans) or join_text(spans) != to_printable(text):
            yield text


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
