"""Rewriting: the scheme tables inside a page that people wrote, made true to the catalogue, and nothing else in it.

A table keeps its directive, options, headings, columns, widths and indentation; a row that is true keeps its
bytes. What has been rewritten is read again: unless the page then says what the catalogue says, it is left alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from authscribe.encoders.language import Language
from authscribe.encoders.markdown import markdown_code, markdown_text
from authscribe.encoders.rst import rst_literal, rst_text
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.table_not_rewritten import report_table_not_rewritten
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.unpaired_marker import report_unpaired_marker
from authscribe.model.definitions import Catalogue, Scheme
from authscribe.model.draft import Draft
from authscribe.pages.rows import Encoders, Rows, RowSetting
from authscribe.pages.tables.registry import detect_language, parse_layout
from authscribe.readers.pages.markdown import parse_markdown
from authscribe.readers.pages.rst import parse_rst
from authscribe.readers.pages.scheme_tables import SchemeTable, find_scheme_tables
from authscribe.readers.pages.sections import Marker, list_markers
from authscribe.readers.pages.wording import INJECTED, REQUIRED

_LINE_END: Final = re.compile(r"(\r\n|\r|\n)")
_CONTENT: Final = "table"
_KEYS: Final = ("scheme", "part")
_PARTS: Final = (REQUIRED, INJECTED)
_RST_SUFFIX: Final = ".rst"
_ENCODERS: Final = {
    Language.RST: Encoders(rst_text, rst_literal),
    Language.MARKDOWN: Encoders(markdown_text, markdown_code),
}

RenderTable = Callable[[Scheme, str, Language], str]
"""A new table of a scheme: its required or its injected secrets, in a language."""


@dataclass(frozen=True, slots=True)
class RewrittenPage:
    """A page with its tables brought in line; the text is the old one where findings say why it could not be."""

    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines of a page, from `start` to before `end`, and what belongs there."""

    start: int
    end: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Region:
    """The lines between two markers, counted from 0; `end` is that of the second one."""

    begin: Marker
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Read:
    """What a page has for the tool: regions, the tables outside of them, and what is wrong with it."""

    regions: tuple[_Region, ...]
    tables: tuple[SchemeTable, ...]
    findings: tuple[Finding, ...]


def rewrite_page(path: str, text: str, catalogue: Catalogue, render: RenderTable) -> RewrittenPage:
    """The page with every scheme table as the catalogue has it; line ends and all other bytes stay."""
    page = _Page(path, text, catalogue, render)
    return page.rewritten()


class _Page:
    def __init__(self, path: str, text: str, catalogue: Catalogue, render: RenderTable) -> None:
        pieces = _LINE_END.split(text)
        self.path, self.text, self.catalogue, self.render = path, text, catalogue, render
        self.lines, self.ends = pieces[0::2], [*pieces[1::2], ""]
        self.findings: list[Finding] = []

    def rewritten(self) -> RewrittenPage:
        found = _read(self.path, _normal(self.text))
        self.findings += found.findings
        changes = [change for region in found.regions for change in self._region(region)]
        changes += [change for table in found.tables for change in self._table(table)]
        text = self._joined(changes)
        if text != self.text and not self.findings:
            self.findings.extend(self._untrue(text, found))
        return RewrittenPage(self.text if self.findings else text, tuple(self.findings))

    def _table(self, found: SchemeTable) -> Iterator[_Change]:
        scheme = _scheme(found.scheme, self.catalogue)
        if scheme is None:
            self.findings.append(self._unknown_scheme(found.scheme, found.table.place))
            return
        rows = Rows.of(found.table)
        settings = _wanted(scheme, found.role, rows, self.catalogue)
        if rows.are_true(settings):
            return
        if not settings or not found.table.rows:
            problem = (
                f"the scheme no longer has {found.role} secrets"
                if not settings
                else "it has no row to copy the layout from"
            )
            self.findings.append(report_table_not_rewritten(found.table.place, problem, scheme.id))
            return
        layout = parse_layout(self.lines, found.table.place.line - 1, len(found.table.rows))
        if layout is None or any(len(row.cells) > len(rows.columns) for row in layout.rows):
            problem = "its layout is not supported"
            self.findings.append(report_table_not_rewritten(found.table.place, problem, scheme.id))
            return
        true = tuple(rows.rewritten(settings, layout, _ENCODERS[self._language(found.table.place)]))
        yield _Change(layout.start, layout.end, tuple(layout.written(true)))

    def _language(self, place: Place) -> Language:
        """The language of what is there: a page in Markdown can hold reStructuredText."""
        is_rst = self.path.lower().endswith(_RST_SUFFIX)
        return Language.RST if is_rst else detect_language(self.lines[place.line - 1])

    def _region(self, region: _Region) -> Iterator[_Change]:
        """What belongs between two markers, as deep as the first one."""
        place = region.begin.place
        stated = self._stated(region.begin)
        if isinstance(stated, Finding):
            self.findings.append(stated)
            return
        scheme, part = stated
        table = self.render(scheme, part, self._language(place)) if _settings(scheme, part) else ""
        before = re.sub(r"[^ \t>]", " ", self.lines[place.line - 1][: place.column - 1])
        lines = ("", *table.rstrip("\n").split("\n"), "") if table else ("",)
        yield _Change(region.start, region.end, tuple(f"{before}{line}".rstrip(" \t") for line in lines))

    def _stated(self, marker: Marker) -> tuple[Scheme, str] | Finding:
        """The scheme and the part that a marker names, or why it names none."""
        content, *words = marker.text.split()[1:] or [""]
        if content != _CONTENT:
            return report_unknown_reference("content", content, marker.place, (_CONTENT,))
        stated = dict(word.partition("=")[::2] for word in words)
        unknown = [key for key in stated if key not in _KEYS]
        if unknown:
            return report_unknown_key(unknown[0], marker.place, _KEYS)
        missing = [key for key in _KEYS if not stated.get(key)]
        if missing:
            return report_missing_key(missing[0], marker.place)
        scheme, part = _scheme(stated["scheme"], self.catalogue), stated["part"]
        if scheme is None:
            return self._unknown_scheme(stated["scheme"], marker.place)
        return (scheme, part) if part in _PARTS else report_unknown_reference("part", part, marker.place, _PARTS)

    def _unknown_scheme(self, identifier: str, place: Place) -> Finding:
        known = [scheme.id for scheme in self.catalogue.schemes]
        return report_unknown_reference("scheme", identifier, place, known)

    def _joined(self, changes: Iterable[_Change]) -> str:
        """The page with the changes in it."""
        pieces: list[str] = []
        position = 0
        for change in sorted(changes, key=lambda change: change.start):
            pieces += self._lines(position, change.start)
            pieces += map(str.__add__, change.lines, self._ends(change))
            if change.end == len(self.lines) and change.lines:
                pieces[-1] = change.lines[-1]
            position = change.end
        return "".join((*pieces, *self._lines(position, len(self.lines))))

    def _ends(self, change: _Change) -> Iterator[str]:
        """How each line of a change ends: as the one in its place did, a new one as the line before it does."""
        end = self.ends[change.start - 1] or "\n"
        old = self.ends[change.start : change.end]
        if {*old} <= {end, ""}:
            yield from itertools.repeat(end, len(change.lines))
            return
        matcher = SequenceMatcher(None, self.lines[change.start : change.end], change.lines, autojunk=False)
        for _, first, last, start, stop in matcher.get_opcodes():
            for index in range(first, first + stop - start):
                end = (old[index] if index < last else "") or end
                yield end

    def _lines(self, start: int, end: int) -> list[str]:
        return [line + ending for line, ending in zip(self.lines[start:end], self.ends[start:end], strict=True)]

    def _untrue(self, text: str, before: _Read) -> Iterator[Finding]:
        """The tables that still do not say what the catalogue says, or that are no such tables any more."""
        problem = "the new text would be read as something else"
        after = _read(self.path, _normal(text))
        is_other = after.findings or len(after.tables) != len(before.tables)
        for index, table in enumerate(before.tables):
            if is_other or not self._is_true(after.tables[index]):
                yield report_table_not_rewritten(table.table.place, problem, table.scheme)

    def _is_true(self, found: SchemeTable) -> bool:
        scheme = _scheme(found.scheme, self.catalogue)
        rows = Rows.of(found.table)
        return rows.are_true(_wanted(scheme, found.role, rows, self.catalogue) if scheme else ())


def _read(path: str, text: str) -> _Read:
    """What a page has for the tool, found as its reader finds it."""
    parse = parse_rst if path.lower().endswith(_RST_SUFFIX) else parse_markdown
    sections = parse(path, text)
    if isinstance(sections, Draft):
        return _Read((), (), sections.findings)
    findings: list[Finding] = []
    regions = tuple(_regions(list_markers(sections), findings))
    found = [item for item in find_scheme_tables(sections) if not _is_inside(item, regions)]
    findings += [item for item in found if isinstance(item, Finding)]
    return _Read(regions, tuple(item for item in found if isinstance(item, SchemeTable)), tuple(findings))


def _regions(markers: Iterable[Marker], findings: list[Finding]) -> Iterator[_Region]:
    """The lines between each pair of markers; one without its partner is a finding."""
    begin: Marker | None = None
    for marker in markers:
        what = marker.text.split()[0]
        if (what == "begin") == (begin is not None):
            findings.append(report_unpaired_marker(what, marker.place))
        elif begin is None:
            begin = marker
        else:
            yield _Region(begin, begin.place.end_line, marker.place.line - 1)
            begin = None
    if begin is not None:
        findings.append(report_unpaired_marker("begin", begin.place))


def _is_inside(item: SchemeTable | Finding, regions: Iterable[_Region]) -> bool:
    place = item.place if isinstance(item, Finding) else item.table.place
    return any(region.start < place.line <= region.end for region in regions)


def _normal(text: str) -> str:
    """As readers get it: without a byte-order mark, with LF line ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _scheme(identifier: str, catalogue: Catalogue) -> Scheme | None:
    return catalogue.find_scheme(identifier)


def _settings(scheme: Scheme, role: str) -> tuple[RowSetting, ...]:
    return scheme.required if role == REQUIRED else scheme.injected


def _wanted(scheme: Scheme, role: str, rows: Rows, catalogue: Catalogue) -> tuple[RowSetting, ...]:
    """What a table is to list: only what the scheme adds to the one that it extends, where it lists no more."""
    settings = _settings(scheme, role)
    base = _scheme(scheme.extends, catalogue) if scheme.extends else None
    inherited = {setting.name for setting in _settings(base, role)} if base else set()
    return settings if inherited & {*rows.names} else tuple(s for s in settings if s.name not in inherited)
