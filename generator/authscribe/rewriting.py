"""Rewriting: the scheme tables inside a page that people wrote, made true to the catalogue, and nothing else in it.

A table keeps its directive, options, headings, columns, widths and indentation; a row that is true keeps its
bytes. What has been rewritten is read again: unless the page then says what the catalogue says, it is left alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from authscribe import encoders, mistakes, tables
from authscribe.draft import Draft
from authscribe.encoders import printable
from authscribe.files import Language
from authscribe.finding import Finding, Place
from authscribe.models import Catalogue, Parameter, Scheme, Secret
from authscribe.readers import markdown, pages, prose, rst
from authscribe.readers.pages import Marker, SchemeTable, Table
from authscribe.tables.layout import Cells, Layout, Row

_LINE_END: Final = re.compile(r"(\r\n|\r|\n)")
_CONTENT: Final = "table"
_KEYS: Final = ("scheme", "part")
_PARTS: Final = (prose.REQUIRED, prose.INJECTED)
_RST_SUFFIX: Final = ".rst"
_NAME: Final = re.compile(r"^(?P<open>\W*)(?P<name>.*?)(?P<close>\W*)$", re.DOTALL)

RenderTable = Callable[[Scheme, str, Language], str]
"""A new table of a scheme: its required or its injected secrets, in a language."""


@dataclass(frozen=True, slots=True)
class Rewritten:
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


def rewritten(path: str, text: str, catalogue: Catalogue, render: RenderTable) -> Rewritten:
    """The page with every scheme table as the catalogue has it; line ends and all other bytes stay."""
    page = _Page(path, text, catalogue, render)
    return page.rewritten()


class _Page:
    def __init__(self, path: str, text: str, catalogue: Catalogue, render: RenderTable) -> None:
        pieces = _LINE_END.split(text)
        self.path, self.text, self.catalogue, self.render = path, text, catalogue, render
        self.lines, self.ends = pieces[0::2], [*pieces[1::2], ""]
        self.findings: list[Finding] = []

    def rewritten(self) -> Rewritten:
        found = _read(self.path, _normal(self.text))
        self.findings += found.findings
        changes = [change for region in found.regions for change in self._region(region)]
        changes += [change for table in found.tables for change in self._table(table)]
        text = self._joined(changes)
        if text != self.text and not self.findings:
            self.findings.extend(self._untrue(text, found))
        return Rewritten(self.text if self.findings else text, tuple(self.findings))

    def _table(self, found: SchemeTable) -> Iterator[_Change]:
        scheme = _scheme(found.scheme, self.catalogue)
        if scheme is None:
            self.findings.append(self._unknown_scheme(found.scheme, found.table.place))
            return
        columns = prose.columns(cell.text for cell in found.table.header)
        settings = self._wanted(scheme, found, columns)
        if "name" not in columns or _says(found.table, columns) == _facts(settings, columns):
            return
        if not settings or not found.table.rows:
            problem = f"the scheme has no {found.role} secret any more" if not settings else "it has no row to go by"
            self.findings.append(mistakes.table_not_rewritten(found.table.place, problem, scheme.id))
            return
        layout = tables.layout_of(self.lines, found.table.place.line - 1, len(found.table.rows))
        if layout is None or any(len(row.cells) > len(columns) for row in layout.rows):
            problem = "it is laid out in a way that only its author knows"
            self.findings.append(mistakes.table_not_rewritten(found.table.place, problem, scheme.id))
            return
        rows = tuple(_rows(found.table, columns, layout, settings, self._encoders(found, columns, layout)))
        yield _Change(layout.start, layout.end, tuple(layout.written(rows)))

    def _wanted(
        self, scheme: Scheme, found: SchemeTable, columns: Sequence[str | None]
    ) -> tuple[Secret | Parameter, ...]:
        """What the table is to list: only what the scheme adds to the one that it extends, where it lists no more."""
        settings = _settings(scheme, found.role)
        base = _scheme(scheme.extends, self.catalogue) if scheme.extends else None
        inherited = {setting.name for setting in _settings(base, found.role)} if base else set()
        listed = {row.get("name") for row in _says(found.table, columns)}
        return settings if listed & inherited else tuple(s for s in settings if s.name not in inherited)

    def _encoders(self, found: SchemeTable, columns: Sequence[str | None], layout: Layout) -> _Encoders:
        is_rst = self._language(found.table.place) is Language.RST
        text = encoders.rst_text if is_rst else encoders.markdown_text
        name = encoders.rst_literal if is_rst else encoders.markdown_code
        return _Encoders(text, name, _mark(layout, columns.index("name")))

    def _language(self, place: Place) -> Language:
        """The language of what is there: a page in Markdown can hold reStructuredText."""
        is_rst = self.path.lower().endswith(_RST_SUFFIX)
        return Language.RST if is_rst else tables.language(self.lines[place.line - 1])

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
            return mistakes.unknown_reference("content", content, marker.place, (_CONTENT,))
        stated = dict(word.partition("=")[::2] for word in words)
        unknown = [key for key in stated if key not in _KEYS]
        if unknown:
            return mistakes.unknown_key(unknown[0], marker.place, _KEYS)
        missing = [key for key in _KEYS if not stated.get(key)]
        if missing:
            return mistakes.missing_key(missing[0], marker.place)
        scheme, part = _scheme(stated["scheme"], self.catalogue), stated["part"]
        if scheme is None:
            return self._unknown_scheme(stated["scheme"], marker.place)
        return (scheme, part) if part in _PARTS else mistakes.unknown_reference("part", part, marker.place, _PARTS)

    def _unknown_scheme(self, identifier: str, place: Place) -> Finding:
        known = [scheme.id for scheme in self.catalogue.schemes]
        return mistakes.unknown_reference("scheme", identifier, place, known)

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
        problem = "what would stand there would not be read as it is meant"
        after = _read(self.path, _normal(text))
        is_other = after.findings or len(after.tables) != len(before.tables)
        for index, table in enumerate(before.tables):
            if is_other or not self._is_true(after.tables[index]):
                yield mistakes.table_not_rewritten(table.table.place, problem, table.scheme)

    def _is_true(self, found: SchemeTable) -> bool:
        scheme = _scheme(found.scheme, self.catalogue)
        columns = prose.columns(cell.text for cell in found.table.header)
        settings = self._wanted(scheme, found, columns) if scheme else ()
        return "name" not in columns or _says(found.table, columns) == _facts(settings, columns)


@dataclass(frozen=True, slots=True)
class _Encoders:
    """How text and names are written in a page; `mark` is what stands around the names of this table."""

    text: Callable[[str], str]
    name: Callable[[str], str]
    mark: tuple[str, str] | None

    def marked(self, name: str) -> str:
        """As the other names of the table, where that is safe; otherwise as code."""
        if self.mark is None or not re.fullmatch(r"[\w-]*\w", name) or name.endswith("_"):
            return self.name(name)
        return f"{self.mark[0]}{name}{self.mark[1]}"


def _read(path: str, text: str) -> _Read:
    """What a page has for the tool, found as its reader finds it."""
    module = rst if path.lower().endswith(_RST_SUFFIX) else markdown
    sections = module.sections(path, text)
    if isinstance(sections, Draft):
        return _Read((), (), sections.findings)
    findings: list[Finding] = []
    regions = tuple(_regions(pages.markers(sections), findings))
    found = [item for item in pages.scheme_tables(sections) if not _is_inside(item, regions)]
    findings += [item for item in found if isinstance(item, Finding)]
    return _Read(regions, tuple(item for item in found if isinstance(item, SchemeTable)), tuple(findings))


def _regions(markers: Iterable[Marker], findings: list[Finding]) -> Iterator[_Region]:
    """The lines between each pair of markers; one without its partner is a finding."""
    begin: Marker | None = None
    for marker in markers:
        what = marker.text.split()[0]
        if (what == "begin") == (begin is not None):
            findings.append(mistakes.unpaired_marker(what, marker.place))
        elif begin is None:
            begin = marker
        else:
            yield _Region(begin, begin.place.end_line, marker.place.line - 1)
            begin = None
    if begin is not None:
        findings.append(mistakes.unpaired_marker("begin", begin.place))


def _is_inside(item: SchemeTable | Finding, regions: Iterable[_Region]) -> bool:
    place = item.place if isinstance(item, Finding) else item.table.place
    return any(region.start < place.line <= region.end for region in regions)


def _normal(text: str) -> str:
    """As readers get it: without a byte-order mark, with LF line ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _scheme(identifier: str, catalogue: Catalogue) -> Scheme | None:
    return next((s for s in catalogue.schemes if identifier in (s.id, *s.aliases, *s.former_names)), None)


def _settings(scheme: Scheme, role: str) -> tuple[Secret | Parameter, ...]:
    return scheme.required if role == prose.REQUIRED else scheme.injected


def _facts(settings: Iterable[Secret | Parameter], columns: Sequence[str | None]) -> list[dict[str, str]]:
    return [_fact(setting, columns) for setting in settings]


def _fact(setting: Secret | Parameter, columns: Sequence[str | None]) -> dict[str, str]:
    """What a row says, by the columns that tables of schemes have."""
    facts = {
        "name": setting.name,
        "description": _folded(setting.description),
        "type": setting.type_label or setting.type.value.capitalize(),
    }
    return {column: facts[column] for column in columns if column is not None}


def _says(table: Table, columns: Sequence[str | None]) -> list[dict[str, str]]:
    return [_row(table, columns, index) for index in range(len(table.rows))]


def _row(table: Table, columns: Sequence[str | None], index: int) -> dict[str, str]:
    """What a row of the page says; without a type it means a string, as its reader takes it."""
    cells = zip(columns, table.rows[index], strict=False)
    said = {column: _folded(cell.text) for column, cell in cells if column is not None}
    return {key: value or ("String" if key == "type" else "") for key, value in said.items()}


def _folded(text: str) -> str:
    return " ".join(printable(text).split())


def _rows(
    table: Table,
    columns: Sequence[str | None],
    layout: Layout,
    settings: Sequence[Secret | Parameter],
    encoded: _Encoders,
) -> Iterator[Row | Cells]:
    """The rows of the catalogue: those of the page as they are where they are true, else with what is true."""
    said = _says(table, columns)
    names = [row.get("name", "") for row in said]
    wanted = _in_order_of(names, settings)
    matcher = SequenceMatcher(None, names, [setting.name for setting in wanted], autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        for offset, setting in enumerate(wanted[start:end]):
            # What stands in the place of a name that is gone is that name, renamed.
            index = first + offset if tag in ("equal", "replace") and first + offset < last else None
            yield _written(setting, columns, said, layout, index, encoded)


def _in_order_of(names: Sequence[str], settings: Sequence[Secret | Parameter]) -> list[Secret | Parameter]:
    """The settings in the order of the page; a new one after the one that it follows in the catalogue."""
    known = {setting.name: setting for setting in settings}
    ordered = [known[name] for name in names if name in known]
    before: Secret | Parameter | None = None
    for setting in settings:
        if setting not in ordered:
            ordered.insert(ordered.index(before) + 1 if before is not None else 0, setting)
        before = setting
    return ordered


def _written(
    setting: Secret | Parameter,
    columns: Sequence[str | None],
    said: Sequence[Mapping[str, str]],
    layout: Layout,
    index: int | None,
    encoded: _Encoders,
) -> Row | Cells:
    facts = _fact(setting, columns)
    if index is not None and said[index] == facts:
        return layout.rows[index]
    cells: list[str] = []
    for position, column in enumerate(columns):
        # A row may have fewer cells than the table has columns.
        old = "".join(layout.rows[index].cells[position : position + 1]) if index is not None else ""
        if column is None or (index is not None and said[index].get(column) == facts[column]):
            cells.append(old)
        elif column == "name":
            cells.append(encoded.marked(facts[column]))
        else:
            cells.append(encoded.text(facts[column]))
    return tuple(cells)


def _mark(layout: Layout, column: int) -> tuple[str, str] | None:
    """What stands around the names of all rows, such as two backticks; None where they differ."""
    marks = set()
    for row in layout.rows:
        match = _NAME.match("".join(row.cells[column : column + 1]))
        marks.add((match["open"], match["close"]) if match else ("", ""))
    return marks.pop() if len(marks) == 1 else None
