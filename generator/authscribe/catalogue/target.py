"""Plan the catalogue target: all schemes and connectors as one document, one page, and a badge for each connector.

This target alone shows more than the definitions: the status of each connector, which includes the drift that the
other targets leave. Hence it is planned after they have been compared with the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from authscribe.catalogue.document import CatalogueDocument, ConnectorEntry, SpanEntry
from authscribe.catalogue.entries import describe_scheme
from authscribe.catalogue.links import Links
from authscribe.catalogue.page import build_page
from authscribe.catalogue.summaries import ConnectorSummary, list_marked
from authscribe.encoders.language import Language
from authscribe.encoders.text import to_printable_spans
from authscribe.findings.finding import Place
from authscribe.model.catalogue import Catalogue
from authscribe.targets.plan import CATALOGUE, PlannedFile

CATALOGUE_FOLDER: Final = "catalogue"
"""Folder of the files in the output folder; relative links in them start here."""


def plan_catalogue(
    catalogue: Catalogue, connectors: Sequence[ConnectorSummary], places: Mapping[str, Place], links: Links
) -> Iterator[PlannedFile]:
    """Yield the document, the page that shows it, and a badge for each connector.

    `places` are those of the schemes by id. No file has a subject, so a run about a few names leaves the catalogue
    alone.
    """
    document = _build_document(catalogue, connectors, places, links)
    yield PlannedFile(f"{CATALOGUE_FOLDER}/catalogue.json", CATALOGUE, Language.JSON, document)
    yield PlannedFile(
        f"{CATALOGUE_FOLDER}/index.html",
        CATALOGUE,
        Language.HTML,
        build_page(document, connectors),
        "catalogue/page.html.jinja",
    )
    for connector in connectors:
        path = f"{CATALOGUE_FOLDER}/badges/{connector.id}.svg"
        yield PlannedFile(path, CATALOGUE, Language.HTML, connector.badge, "catalogue/badge.svg.jinja", is_common=True)


def _build_document(
    catalogue: Catalogue, connectors: Sequence[ConnectorSummary], places: Mapping[str, Place], links: Links
) -> CatalogueDocument:
    """Return all schemes and connectors, sorted by id as the arguments are; it holds no value of a secret."""
    users: dict[str, list[str]] = {}
    for connector in connectors:
        for scheme in connector.schemes:
            users.setdefault(scheme, []).append(connector.id)
    schemes = tuple(
        describe_scheme(catalogue, scheme, users.get(scheme.id, ()), links.link_place(places[scheme.id]))
        for scheme in catalogue.schemes
    )
    texts = {text for scheme in schemes for text in list_marked(scheme)}
    texts.update(text for connector in connectors for text in connector.marked)
    return CatalogueDocument(
        version=1,
        platform=catalogue.platform.id,
        schemes=schemes,
        # They are encoded already.
        connectors=cast("tuple[ConnectorEntry, ...]", tuple(connector.document for connector in connectors)),
        markup={text: tuple(_describe_spans(text)) for text in sorted(texts)},
    )


def _describe_spans(text: str) -> Iterator[SpanEntry]:
    return (SpanEntry(span.text, span.style, span.address or None) for span in to_printable_spans(text))
