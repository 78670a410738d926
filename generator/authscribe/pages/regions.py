"""Read markers, and plan what the regions between them show: the contents, their keys and their mistakes.

A marker consists of words as in a shell: `table scheme=wave part=injected headings="Navn,Type"`. The first one names
the content, and each other one is a key with its value. A value with several words separates them as CSV does, so that
quotes in a quoted value enclose a word with a comma: `headings='"Navn, kort",Type'`.
"""

from __future__ import annotations

import csv
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.bad_marker import report_bad_marker
from authscribe.findings.rules.duplicate_key import report_duplicate_key
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.unpaired_marker import report_unpaired_marker
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.readers.pages.sections import MARKER_NAMES, Marker
from authscribe.targets.docs_regions import (
    PARTS,
    HeadingsError,
    RegionPiece,
    TableOptions,
    build_connector_region,
    build_connector_tables,
    build_matrix,
    build_scheme_region,
    build_scheme_table,
)

PieceT = TypeVar("PieceT")
_FoundT = TypeVar("_FoundT", Scheme, Connector)


class RegionRequest(NamedTuple):
    """Keys of a marker with their values, its place, and the catalogue that it refers to.

    Each method raises a DefinitionError with one finding if the value of a key is wrong.
    """

    values: Mapping[str, str]
    place: Place
    catalogue: Catalogue

    def list_words(self, key: str) -> tuple[str, ...]:
        """Return the words of a list; none if the marker does not have the key."""
        if key not in self.values:
            return ()
        try:
            words = next(csv.reader([self.values[key]], skipinitialspace=True, strict=True), [])
        except csv.Error:
            problem, remedy = (
                "a quotation mark is missing or misplaced",
                "put each word with a comma into double quotes",
            )
            raise DefinitionError((report_wrong_value(key, self.place, problem, remedy),)) from None
        if not all(map(str.strip, words or [""])):
            raise DefinitionError((report_wrong_value(key, self.place, "a word is empty"),))
        return tuple(words)

    def list_distinct_words(self, key: str) -> tuple[str, ...]:
        """Return the words of a list without repeated words."""
        words = self.list_words(key)
        repeated = [word for word, count in Counter(words).items() if count > 1]
        if repeated:
            raise DefinitionError((report_wrong_value(key, self.place, f"'{repeated[0]}' is repeated"),))
        return words

    def choose(self, noun: str, word: str, known: Iterable[str]) -> str:
        """Return one of the known words."""
        if word not in known:
            raise DefinitionError((report_unknown_reference(noun, word, self.place, known),))
        return word

    def find_scheme(self, name: str) -> Scheme:
        """Return the scheme with a name."""
        return self._require("scheme", name, self.catalogue.find_scheme(name), self.catalogue.schemes)

    def find_connector(self, name: str) -> Connector:
        """Return the connector with a name."""
        return self._require("connector", name, self.catalogue.find_connector(name), self.catalogue.connectors)

    def _require(self, noun: str, name: str, found: _FoundT | None, known: Iterable[_FoundT]) -> _FoundT:
        if found is None:
            raise DefinitionError((report_unknown_reference(noun, name, self.place, [item.id for item in known]),))
        return found


class RegionContent(NamedTuple, Generic[PieceT]):
    """Content of a region: what it shows, the keys of its marker, and a function that plans its pieces.

    A marker has exactly one of `subjects`, if there are any, each of `required`, and any of `optional`.
    """

    summary: str
    subjects: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    plan: Callable[[RegionRequest], Iterator[PieceT]]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all keys that a marker can have."""
        return (*self.subjects, *self.required, *self.optional)


def plan_region(
    marker: Marker, catalogue: Catalogue, contents: Mapping[str, RegionContent[PieceT]]
) -> tuple[PieceT, ...] | Finding:
    """Return what a region shows, which may be nothing, or a finding about a mistake in its marker."""
    try:
        name, pairs = _split_marker(marker)
        content = contents.get(name)
        if content is None:
            return report_unknown_reference("content", name, marker.place, contents)
        values = _check_keys(content, pairs, marker.place)
        return tuple(content.plan(RegionRequest(values, marker.place, catalogue)))
    except HeadingsError as error:
        return report_wrong_value("headings", marker.place, str(error), "write one heading for each column")
    except DefinitionError as error:
        return error.findings[0]


def report_lone_marker(marker: Marker) -> Finding:
    """Report a marker that is misspelt, or has no partner."""
    if marker.name not in MARKER_NAMES:
        return report_unknown_reference("marker", marker.name, marker.place, MARKER_NAMES)
    return report_unpaired_marker(marker.name, marker.place)


def _split_marker(marker: Marker) -> tuple[str, list[tuple[str, str]]]:
    """Return the name of the content, which may be empty, and the keys with their values."""
    try:
        name, *words = shlex.split(marker.text)[1:] or [""]
    except ValueError as error:
        raise DefinitionError((report_bad_marker(marker.place, str(error).lower()),)) from None
    pairs = [(key, value) for key, _, value in (word.partition("=") for word in words)]
    unclear = [word for word, (key, value) in zip(words, pairs, strict=True) if not (key and value)]
    if unclear:
        raise DefinitionError((report_bad_marker(marker.place, f"'{unclear[0]}' is not a key with a value"),))
    return name, pairs


def _check_keys(content: RegionContent[PieceT], pairs: Iterable[tuple[str, str]], place: Place) -> dict[str, str]:
    """Return the value of each key; raise a DefinitionError unless the content has exactly these keys."""
    values: dict[str, str] = {}
    for key, value in pairs:
        if key not in content.keys:
            raise DefinitionError((report_unknown_key(key, place, content.keys),))
        if key in values:
            raise DefinitionError((report_duplicate_key(key, place),))
        values[key] = value
    subjects = [key for key in content.subjects if key in values]
    if len(subjects) > 1:
        problem = f"the marker has '{subjects[0]}' as well"
        raise DefinitionError((report_wrong_value(subjects[1], place, problem, "remove one of the two"),))
    if content.subjects and not subjects:
        raise DefinitionError((report_missing_key(content.subjects[0], place, *content.subjects[1:]),))
    missing = [key for key in content.required if key not in values]
    if missing:
        raise DefinitionError((report_missing_key(missing[0], place),))
    return values


def _plan_table(request: RegionRequest) -> Iterator[RegionPiece]:
    values = request.values
    scheme = request.find_scheme(values["scheme"]) if "scheme" in values else None
    connector = request.find_connector(values["connector"]) if "connector" in values else None
    part = request.choose("part", values["part"], PARTS)
    known = PARTS[part].columns
    options = TableOptions(
        columns=tuple(request.choose("column", word, known) for word in request.list_distinct_words("columns")),
        order=request.choose("column", values["order"], known) if "order" in values else "",
        headings=request.list_words("headings"),
    )
    if scheme is not None:
        yield from build_scheme_table(request.catalogue, scheme, part, options)
    if connector is not None:
        yield from build_connector_tables(request.catalogue, connector, part, options)


def _plan_scheme(request: RegionRequest) -> Iterator[RegionPiece]:
    yield from build_scheme_region(request.catalogue, request.find_scheme(request.values["scheme"]))


def _plan_connector(request: RegionRequest) -> Iterator[RegionPiece]:
    yield from build_connector_region(request.catalogue, request.find_connector(request.values["connector"]))


def _plan_matrix(request: RegionRequest) -> Iterator[RegionPiece]:
    connectors = [request.find_connector(name) for name in request.list_distinct_words("connectors")]
    schemes = [request.find_scheme(name) for name in request.list_distinct_words("schemes")]
    yield from build_matrix(request.catalogue, connectors, schemes, request.list_words("headings"))


CONTENTS: Final[Mapping[str, RegionContent[RegionPiece]]] = {
    "table": RegionContent(
        summary="a table of one part of a scheme, or of a connector with the title of each method above its table",
        subjects=("scheme", "connector"),
        required=("part",),
        optional=("columns", "order", "headings"),
        plan=_plan_table,
    ),
    "scheme": RegionContent(
        summary="the section of a scheme, without its title",
        subjects=("scheme",),
        required=(),
        optional=(),
        plan=_plan_scheme,
    ),
    "connector": RegionContent(
        summary="the page of a connector, without its title",
        subjects=("connector",),
        required=(),
        optional=(),
        plan=_plan_connector,
    ),
    "matrix": RegionContent(
        summary="a table of connectors and the schemes that they use",
        subjects=(),
        required=(),
        optional=("connectors", "schemes", "headings"),
        plan=_plan_matrix,
    ),
}
"""Contents of regions by the names that markers use."""
