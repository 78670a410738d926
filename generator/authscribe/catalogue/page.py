"""Build the view of the catalogue page, which its template renders, from the catalogue document.

Users can replace the template, so the names of the fields are public, unlike those of the classes.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.catalogue.compact import compact_entry
from authscribe.catalogue.document import CatalogueDocument, ConnectorState, PlacementEntry, SchemeEntry
from authscribe.catalogue.matrix import MatrixColumn, MatrixRows, Titles
from authscribe.catalogue.sections import Section, list_connectors
from authscribe.catalogue.summaries import ConnectorSummary
from authscribe.encoders.html import RenderedHtml
from authscribe.model.markup import split_paragraphs
from authscribe.runtime import package_files

_MAX_HORIZONTAL_TITLES: Final = 10
"""Largest number of columns with horizontal titles; with more, they are rotated to save width."""

_STATE_LABELS: Final = {
    ConnectorState.CLEAN: "clean",
    ConnectorState.FINDINGS: "with findings",
    ConnectorState.DRIFT: "with drift",
}


class FilterOption(NamedTuple):
    """Option of a filter; the label includes the number of connectors that it leaves."""

    value: str
    label: str


class PageFilter(NamedTuple):
    """Filter of the matrix by one property of connectors; `name` is its key in the URL of the page."""

    name: str
    label: str
    every: str
    choices: tuple[FilterOption, ...]


class KeyFigure(NamedTuple):
    """Number at the top of the page, with the target of its link."""

    number: str
    label: str
    target: str


class ConnectorLink(NamedTuple):
    """Title of a connector, with the target of its link."""

    title: str
    target: str


class SchemeCard(NamedTuple):
    """Scheme below the matrix."""

    id: str
    title: str
    kind: str
    status: str
    is_stable: bool
    successor: str | None
    summary: tuple[str, ...]
    notes: tuple[str, ...]
    required: tuple[str, ...]
    injected: tuple[str, ...]
    parameters: tuple[str, ...]
    placements: tuple[PlacementEntry, ...]
    endpoints: tuple[tuple[str, str], ...]
    selector: tuple[str, ...]
    other_names: tuple[str, ...]
    docs: str | None
    source: str
    source_link: str | None
    filter_target: str
    users: tuple[ConnectorLink, ...]


class CataloguePage(NamedTuple):
    """Whole page; `titles`, `markup` and the facts are for the script, `policy` allows only its own script and style.

    `rendered_rows` are all `rows` as HTML, and `rendered_facts` is the data about all connectors. Both can be iterated
    over once: for all connectors together they would take much memory.
    """

    platform: str
    figures: tuple[KeyFigure, ...]
    filters: tuple[PageFilter, ...]
    layout: str
    caption: str
    columns: tuple[MatrixColumn, ...]
    rows: MatrixRows
    rendered_rows: Iterator[RenderedHtml]
    cards: tuple[SchemeCard, ...]
    titles: Mapping[str, Mapping[str, str]]
    markup: Mapping[str, object]
    rendered_facts: Iterator[RenderedHtml]
    style: str
    script: str
    policy: str


def build_page(document: CatalogueDocument, sections: Sequence[Section], titles: Titles) -> CataloguePage:
    """Return the view of the page for a catalogue document and its sections, which the document may leave out."""
    folder = package_files.find_templates_folder() / "catalogue"
    style_sheet = (folder / "page.css").read_text(encoding="utf-8").strip("\n")
    connectors = tuple(list_connectors(sections))
    columns = titles.list_columns()
    style = f"{style_sheet}\n:root {{ --columns: {len(columns)}; }}"
    script = (folder / "page.js").read_text(encoding="utf-8").strip("\n")
    return CataloguePage(
        platform=document.platform,
        figures=tuple(_list_figures(document, connectors)),
        filters=tuple(_list_filters(titles, connectors)),
        layout="few" if len(columns) <= _MAX_HORIZONTAL_TITLES else "many",
        caption=f"Connectors by {'schemes' if titles.are_schemes_columns else 'kinds'}",
        columns=columns,
        rows=MatrixRows(connectors, titles),
        rendered_rows=(section.rows for section in sections),
        cards=tuple(_build_cards(document, connectors)),
        titles=titles._asdict(),
        markup={text: [compact_entry(span) for span in spans] for text, spans in document.markup.items()},
        rendered_facts=(section.facts for section in sections),
        style=style,
        script=script,
        policy=_build_policy(style, script),
    )


def _build_policy(style: str, script: str) -> str:
    """Return a Content Security Policy (Level 3) that allows only this style, this script, and images in data URLs."""
    texts = {"script-src": script, "style-src": style}
    rules = [f"{rule} 'sha256-{_hash_element(text)}'" for rule, text in texts.items()]
    return "; ".join(("default-src 'none'", *rules, "img-src data:", "base-uri 'none'", "form-action 'none'"))


def _hash_element(text: str) -> str:
    """Return the SHA-256 of an element in Base64; its content includes the line ends that the template adds."""
    return base64.b64encode(hashlib.sha256(f"\n{text}\n".encode()).digest()).decode()


def _list_figures(document: CatalogueDocument, connectors: Sequence[ConnectorSummary]) -> Iterator[KeyFigure]:
    states = Counter(connector.state for connector in connectors)
    yield _build_figure(len(connectors), "connector", "#connectors")
    yield _build_figure(len(document.schemes), "scheme", "#schemes")
    for state in ConnectorState:
        yield KeyFigure(f"{states[state]:,}", _STATE_LABELS[state], f"#state={state.value}")


def _build_figure(count: int, noun: str, target: str) -> KeyFigure:
    return KeyFigure(f"{count:,}", noun if count == 1 else f"{noun}s", target)


def _list_filters(titles: Titles, connectors: Sequence[ConnectorSummary]) -> Iterator[PageFilter]:
    schemes = Counter(name for connector in connectors for name in connector.schemes)
    kinds = Counter(kind for connector in connectors for kind in connector.kinds)
    states = Counter(connector.state for connector in connectors)
    stages = Counter(connector.stage for connector in connectors)
    yield PageFilter("scheme", "Scheme", "All schemes", _list_options(titles.schemes, schemes))
    yield PageFilter("kind", "Kind", "All kinds", _list_options(titles.kinds, kinds))
    yield PageFilter("state", "State", "Any state", _list_options({s.value: s.value for s in ConnectorState}, states))
    yield PageFilter(
        "status", "Status", "Any status", _list_options({stage: stage for stage in sorted(stages)}, stages)
    )


def _list_options(titles: Mapping[str, str], counts: Mapping[str, int]) -> tuple[FilterOption, ...]:
    return tuple(FilterOption(value, f"{title} ({counts.get(value, 0)})") for value, title in titles.items())


def _build_cards(document: CatalogueDocument, connectors: Sequence[ConnectorSummary]) -> Iterator[SchemeCard]:
    titles = {connector.id: connector.title for connector in connectors}
    for scheme in document.schemes:
        yield SchemeCard(
            id=scheme.id,
            title=scheme.title,
            kind=scheme.kind_title,
            status=scheme.status.value,
            is_stable=scheme.status.value == "stable",
            successor=scheme.successor,
            summary=split_paragraphs(scheme.summary),
            notes=scheme.notes,
            required=tuple(secret.name for secret in scheme.required),
            injected=tuple(secret.name for secret in scheme.injected),
            parameters=tuple(parameter.name for parameter in scheme.parameters),
            placements=scheme.placements,
            endpoints=tuple(scheme.endpoints.items()),
            selector=tuple(f"{key}: {value}" for key, value in scheme.selector.items()),
            other_names=(*scheme.aliases, *scheme.former_names),
            docs=scheme.docs,
            source=_format_place(scheme),
            source_link=scheme.source.href,
            filter_target=f"#scheme={scheme.id}",
            users=tuple(ConnectorLink(titles[name], f"#connector={name}") for name in scheme.connectors),
        )


def _format_place(scheme: SchemeEntry) -> str:
    return f"{scheme.source.path}:{scheme.source.line}"
