"""Sections: what a reader of any markup language gives of a page, for others to find schemes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from authscribe.findings.finding import Place


@dataclass(frozen=True, slots=True)
class Cell:
    """Plain text with its place: that of a table cell with the literals in it, or a literal of a paragraph."""

    text: str
    place: Place
    literals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or list item as plain text; `marked` still has its literals between backticks."""

    text: str
    marked: str
    place: Place
    literals: tuple[Cell, ...] = ()
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table; the header is empty where it has none."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class BrokenTable:
    """Something that was meant to be a table."""

    problem: str
    place: Place


@dataclass(frozen=True, slots=True)
class Marker:
    """A comment for the tool, such as `authscribe:end`; `text` is what follows the colon."""

    text: str
    place: Place


Block: TypeAlias = Paragraph | PageTable | BrokenTable


@dataclass(frozen=True, slots=True)
class Section:
    """A section with what stands directly in it; the part of a page before any title has no title."""

    title: Paragraph | None
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()
    markers: tuple[Marker, ...] = ()

    @classmethod
    def from_content(
        cls, title: Paragraph | None, found: Iterable[Block | Marker], sections: Iterable[Section]
    ) -> Section:
        """A section of what a reader found in it."""
        items = tuple(found)
        blocks = tuple(item for item in items if not isinstance(item, Marker))
        return cls(title, blocks, tuple(sections), tuple(item for item in items if isinstance(item, Marker)))


def list_markers(sections: Iterable[Section]) -> Iterator[Marker]:
    """The comments for the tool, in their order."""
    for section in sections:
        yield from section.markers
        yield from list_markers(section.sections)
