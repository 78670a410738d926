"""Sections, paragraphs and tables of a page: the same types for every markup language."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypeVar

from authscribe.findings.finding import Place
from authscribe.readers.pages.inline import NO_TEXT, InlineText


@dataclass(frozen=True, slots=True)
class Cell:
    """Plain text with its place: a table cell and the literals in it, or a literal of a paragraph.

    `bare` is the text of a table cell without superscripts, with its line breaks and with undefined substitutions as
    they are written; it shows whether the cell holds one name. `inline` is the text of a table cell with its markup.
    `remark` has the words about use and type beside the name in a table cell. `label` is the label in a table cell or
    in an item of a list if its text is a name that is derived from that. `aliases` has the other names of the setting
    that a table cell names.
    """

    text: str
    place: Place
    literals: tuple[str, ...] = ()
    bare: str = ""
    inline: InlineText = NO_TEXT
    remark: str = ""
    label: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Paragraph or list item as plain text; `marked` is the same text with its literals between backticks.

    `inline` is the text with all of its markup. `term` is the literal or strong text that an item begins with, apart
    from an article. A part of an item is a further paragraph or an inner item of it; `begins_list` is of an outermost
    list. A title is that of a section, or the label of an admonition, of a tab or of a block that can be opened. An
    include stands for the content of another file, which is not read; it has no text.
    """

    text: str
    marked: str
    place: Place
    literals: tuple[Cell, ...] = ()
    is_item: bool = False
    is_part: bool = False
    begins_list: bool = False
    is_title: bool = False
    is_label: bool = False
    is_include: bool = False
    term: Cell | None = None
    inline: InlineText = NO_TEXT

    def introduce(self) -> Paragraph:
        """Return the title as a sentence that introduces what follows, because it ends with a colon."""
        text, marked = self.text.rstrip(": "), self.marked.rstrip(": ")
        return replace(self, text=f"{text}:", marked=f"{marked}:", is_title=True)


@dataclass(frozen=True, slots=True)
class PageTable:
    """Table of a page; the header has a heading for each column, and is empty if there is none.

    `rows` has no rows of the header. A bulleted list can be read as a table, but not rewritten, and so can a table
    in HTML and a block of settings, the markup of which tells that those who set up a connection supply them.
    `tab_set` is the number of a set of tabs if one of them begins with the table, otherwise 0. A part of a table
    has the rows of one role only, and one that `omits_options` has none of the rows about options of a command. One
    that `shares_rows` has a row for each of several names in one, or aliases beside a name. The `use_by_default` of
    the settings is derived from their defaults.
    """

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    place: Place
    caption: str = ""
    is_list: bool = False
    is_html: bool = False
    is_settings: bool = False
    is_part: bool = False
    omits_options: bool = False
    shares_rows: bool = False
    use_by_default: bool = False
    tab_set: int = 0


@dataclass(frozen=True, slots=True)
class BrokenTable:
    """Markup that was meant to be a table, and the problem that the parser reports, with its own repair if any.

    An unclear table can be parsed, but not understood. One elsewhere is in another file, which is not read.
    """

    problem: str
    place: Place
    repair: str = ""
    is_unclear: bool = False
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Marker:
    """Comment addressed to authscribe, such as `authscribe:end`; `text` is the part after the colon."""

    text: str
    place: Place

    @property
    def name(self) -> str:
        """Return the first word, one of `MARKER_NAMES` unless it is misspelt."""
        return self.text.split()[0]


MARKER_NAMES: Final = ("begin", "end")
MARKER: Final = r"authscribe:(?=\w|[ \t]+(?:begin|end)\b)"
"""Beginning of a marker, as a regular expression, which a misspelt marker has as well, and prose has not."""

ARTICLE: Final = re.compile(r"(?:an?|the|your)\s+", re.IGNORECASE)
"""Word before the term of an item of a list, as in "Your **API key**"."""

Block: TypeAlias = Paragraph | PageTable | BrokenTable
ContentT = TypeVar("ContentT")

TAB_DIRECTIVES: Final = frozenset({"tab", "tab-item", "md-tab-item", "group-tab"})
"""Directives whose content is one of several tabs: those of sphinx-design, sphinx-tabs and sphinx-inline-tabs."""


def make_include(place: Place) -> Paragraph:
    """Return the paragraph that stands for the content of another file."""
    return Paragraph("", "", place, is_title=True, is_include=True)


def mark_tab(content: Iterable[ContentT], tab_set: int) -> Iterator[ContentT]:
    """Yield the content of a tab; a table that it begins with knows the number of the set of tabs."""
    is_first = True
    for item in content:
        is_outer = is_first and isinstance(item, PageTable) and not item.tab_set
        yield replace(item, tab_set=tab_set) if is_outer else item  # type: ignore[type-var]
        is_first = is_first and (isinstance(item, Marker) or (isinstance(item, Paragraph) and item.is_label))


def mark_list(content: Iterable[ContentT]) -> Iterator[ContentT]:
    """Yield the content of an outermost list; a paragraph that it begins with tells so."""
    is_first = True
    for item in content:
        yield replace(item, begins_list=True) if is_first and isinstance(item, Paragraph) else item
        is_first = False


@dataclass(frozen=True, slots=True)
class Section:
    """Section with its blocks and markers; the part of a page before any title is a section without a title."""

    title: Paragraph | None
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()
    markers: tuple[Marker, ...] = ()

    @classmethod
    def from_content(
        cls, title: Paragraph | None, content: Iterable[Block | Marker], sections: Iterable[Section]
    ) -> Section:
        """Return a section with blocks and markers told apart, each in the order of the content."""
        items = tuple(content)
        blocks = tuple(item for item in items if not isinstance(item, Marker))
        return cls(title, blocks, tuple(sections), tuple(item for item in items if isinstance(item, Marker)))


def list_markers(sections: Iterable[Section]) -> Iterator[Marker]:
    """Yield the markers of all sections, each section's own before those of the sections in it."""
    for section in sections:
        yield from section.markers
        yield from list_markers(section.sections)


@dataclass(frozen=True, slots=True)
class Region:
    """Lines between two markers, from `start` to before `end`, counted from 0."""

    begin: Marker
    start: int
    end: int


def pair_markers(markers: Iterable[Marker]) -> Iterator[Region | Marker]:
    """Yield the region between each pair of markers, and each marker that is misspelt or has no partner.

    The partner of a misspelt marker is not yielded.
    """
    begin: Marker | None = None
    follows_mistake = False
    for marker in markers:
        is_misspelt = marker.name not in MARKER_NAMES
        match marker.name:
            case "begin" if begin is None:
                begin = marker
            case "end" if begin is not None:
                yield Region(begin, begin.place.end_line, marker.place.line - 1)
                begin = None
            case "end" if follows_mistake:
                pass
            case _:
                yield marker
                begin = None if is_misspelt else begin
        follows_mistake = is_misspelt
    if begin is not None:
        yield begin


def remove_regions(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections without the blocks between markers: those are generated, not written by a person."""
    sections = tuple(sections)
    regions = [item for item in pair_markers(list_markers(sections)) if isinstance(item, Region)]
    return tuple(_remove_lines(section, regions) for section in sections) if regions else sections


def _remove_lines(section: Section, regions: Sequence[Region]) -> Section:
    """Return a section without the blocks in the regions, which are in the order of the page."""
    return replace(
        section,
        blocks=tuple(block for block in section.blocks if not _is_between(block.place.line, regions)),
        sections=tuple(_remove_lines(inner, regions) for inner in section.sections),
    )


def _is_between(line: int, regions: Sequence[Region]) -> bool:
    """Return whether a line, counted from 1, is in the last region that begins before it."""
    index = bisect_left(regions, line, key=lambda region: region.start)
    return index > 0 and line <= regions[index - 1].end
