"""Plan the catalogue target: all schemes and connectors as one document, one page, and a badge for each connector.

This target alone shows more than the definitions: the status of each connector, which includes the drift that the
other targets leave. Hence it is planned after they have been compared with the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from authscribe.catalogue.badge import build_badge
from authscribe.catalogue.document import CATALOGUE_FOLDER, CatalogueDocument, ConnectorEntry, SpanEntry
from authscribe.catalogue.entries import describe_scheme
from authscribe.catalogue.links import Links
from authscribe.catalogue.matrix import Titles
from authscribe.catalogue.page import build_page
from authscribe.catalogue.sections import PAGE, Section, list_connectors
from authscribe.catalogue.summaries import list_marked
from authscribe.encoders.language import Language
from authscribe.encoders.prose import to_printable_spans
from authscribe.findings.finding import Place
from authscribe.model.catalogue import Catalogue
from authscribe.targets.plan import CATALOGUE, PlannedFile


def plan_catalogue(
    catalogue: Catalogue, sections: Sequence[Section], titles: Titles, places: Mapping[str, Place], links: Links
) -> Iterator[PlannedFile]:
    """Yield the document, the page that shows it, and a badge for each connector.

    `places` are those of the schemes by id. No file has a subject, so a run about a few names leaves the catalogue
    alone.
    """
    document = _build_document(catalogue, sections, places, links)
    yield PlannedFile(f"{CATALOGUE_FOLDER}/catalogue.json", CATALOGUE, Language.JSON, document)
    page = build_page(document, sections, titles)
    yield PlannedFile(PAGE, CATALOGUE, Language.HTML, page, "catalogue/page.html.jinja")
    for connector in list_connectors(sections):
        path = f"{CATALOGUE_FOLDER}/badges/{connector.id}.svg"
        badge = build_badge(connector.methods, connector.states)
        yield PlannedFile(path, CATALOGUE, Language.HTML, badge, "catalogue/badge.svg.jinja", is_common=True)


def _build_document(
    catalogue: Catalogue, sections: Sequence[Section], places: Mapping[str, Place], links: Links
) -> CatalogueDocument:
    """Return all schemes and connectors, sorted by id as the arguments are; it holds no value of a secret."""
    users: dict[str, list[str]] = {}
    for connector in list_connectors(sections):
        for scheme in connector.schemes:
            users.setdefault(scheme, []).append(connector.id)
    schemes = tuple(
        describe_scheme(catalogue, scheme, users.get(scheme.id, ()), links.link_place(places[scheme.id]))
        for scheme in catalogue.schemes
    )
    texts = {text for scheme in schemes for text in list_marked(scheme)}
    texts.update(text for section in sections for text in section.marked)
    return CatalogueDocument(
        version=1,
        platform=catalogue.platform.id,
        schemes=schemes,
        # They are encoded already.
        connectors=cast("tuple[ConnectorEntry, ...]", tuple(section.document for section in sections)),
        markup={text: tuple(_describe_spans(text)) for text in sorted(texts)},
    )


def _describe_spans(text: str) -> Iterator[SpanEntry]:
    spans = to_printable_spans(text)
    return (SpanEntry(text=span.text, style=span.style, href=span.address or None) for span in spans)
