"""Select the source lines that findings point at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from authscribe.findings.finding import DefinitionError, Files, Finding, Lines


def select_lines(findings: Iterable[Finding], texts: Mapping[str, str]) -> Lines:
    """Return the lines of these texts that the findings point at, also by their labels."""
    places = {place for finding in findings for place in finding.places}
    split = {path: texts[path].split("\n") for path in {place.path for place in places} & set(texts)}
    return {
        (place.path, place.line): split[place.path][place.line - 1]
        for place in places
        if 1 <= place.line <= len(split.get(place.path, ()))
    }


@contextmanager
def quoting(texts: Mapping[str, str], sources: Files) -> Iterator[None]:
    """Add the lines of these texts, and these sources, to any DefinitionError raised inside."""
    try:
        yield
    except DefinitionError as error:
        error.lines = {**select_lines(error.findings, texts), **error.lines}
        error.sources = {**sources, **error.sources}
        raise
