"""Rewrite the scheme tables of a page that people wrote, and nothing else in it.

A table keeps its directive, options, headings, columns, widths and indentation, and a row that is up to date keeps its
bytes. The result is read again: unless the page then matches the catalogue, it is left as it was.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from authscribe.encoders.language import Language
from authscribe.encoders.markdown import encode_markdown_cell_spans, encode_markdown_code
from authscribe.encoders.rst import encode_rst_literal, encode_rst_spans
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rules.table_not_rewritten import report_table_not_rewritten
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.rules.use_not_shown import report_use_not_shown
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Scheme
from authscribe.model.draft import Draft
from authscribe.model.wording import ENGLISH, Wording
from authscribe.pages.markup import CellReader, MarkupLostError
from authscribe.pages.regions import CONTENTS, plan_region, report_lone_marker
from authscribe.pages.row_writer import CellEncoders, UnclearCellError, write_rows
from authscribe.pages.rows import Rows, RowSetting, name_by_titles
from authscribe.pages.tables.layout import parse_directive
from authscribe.pages.tables.registry import detect_language, find_form_obstacle, parse_layout
from authscribe.readers.pages.markdown.page import parse_markdown
from authscribe.readers.pages.rst.page import parse_rst
from authscribe.readers.pages.scheme_tables import SchemeTable, find_scheme_tables
from authscribe.readers.pages.sections import Marker, Region, list_markers, pair_markers, remove_regions
from authscribe.readers.pages.wording.roles import REQUIRED
from authscribe.readers.registry import read_source
from authscribe.targets.docs_regions import RegionPiece

_LINE_END: Final = re.compile(r"(\r\n|\r|\n)")
_RST_SUFFIX: Final = ".rst"
_ENCODERS: Final = {
    Language.RST: CellEncoders(encode_rst_spans, encode_rst_literal),
    Language.MARKDOWN: CellEncoders(encode_markdown_cell_spans, encode_markdown_code),
}

RenderRegion = Callable[[Sequence[RegionPiece], Language], str]
"""Function that renders the pieces of a region in a language; the text has no empty lines at its ends."""


@dataclass(frozen=True, slots=True)
class RewrittenPage:
    """Page with up-to-date tables, or with its old text and the findings that tell why it cannot be rewritten.

    `remarks` are about tables that cannot show what the definitions tell.
    """

    text: str
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """New lines for those from `start` to before `end`, counted from 0, and the place of their table, if any."""

    start: int
    end: int
    lines: tuple[str, ...]
    table: Place | None = None


@dataclass(frozen=True, slots=True)
class _PageContents:
    """Regions of a page, the scheme tables outside of them, and the findings about both."""

    regions: tuple[Region, ...]
    tables: tuple[SchemeTable, ...]
    findings: tuple[Finding, ...]
    is_readable: bool = True


def rewrite_page(
    path: str, text: str, catalogue: Catalogue, render: RenderRegion, wording: Wording = ENGLISH
) -> RewrittenPage:
    """Return the page with every scheme table as in the catalogue; line ends and all other bytes stay.

    With any finding, the text is the old one. `render` makes the text between markers.
    """
    return _PageRewriter(path, text, catalogue, render, wording).rewrite()


def has_tables_or_markers(path: str, text: str, wording: Wording) -> bool | None:
    """Return whether a page has scheme tables, broken ones included, or markers; None if it cannot be read."""
    contents = _read_contents(path, _normalize(text), wording)
    if not contents.is_readable:
        return None
    return bool(contents.regions or contents.tables or contents.findings)


class _PageRewriter:
    """Rewriter of one page, whose lines and line ends are kept apart."""

    def __init__(self, path: str, text: str, catalogue: Catalogue, render: RenderRegion, wording: Wording) -> None:
        pieces = _LINE_END.split(text)
        self.path, self.text, self.catalogue, self.render, self.wording = path, text, catalogue, render, wording
        self.lines, self.ends = pieces[0::2], [*pieces[1::2], ""]

    def rewrite(self) -> RewrittenPage:
        contents = self._read_contents(self.text)
        rewritten = [item for part in _group_tables(contents.tables) for item in self._rewrite_part(part)]
        items = [*map(self._renew_region, contents.regions), *rewritten]
        findings = [*contents.findings, *(item for item in items if isinstance(item, Finding))]
        changes = [item for item in items if isinstance(item, _Change)]
        text = self._apply_changes(changes)
        after = contents
        # An outdated table with the same text is checked as well: its change might have had no effect.
        if (rewritten or text != self.text) and not findings:
            after = self._read_contents(text)
            findings += self._check_result(text, changes, contents, after)
        if findings:
            return RewrittenPage(self.text, tuple(findings))
        return RewrittenPage(text, (), tuple(self._find_unshown(contents, after)))

    def _read_contents(self, text: str) -> _PageContents:
        """Return the contents of the page with this text, in which titles of settings stand for their names."""
        contents = _read_contents(self.path, _normalize(text), self.wording)
        return replace(contents, tables=tuple(map(self._name_by_titles, contents.tables)))

    def _name_by_titles(self, table: SchemeTable) -> SchemeTable:
        scheme = self.catalogue.find_scheme(table.scheme)
        settings = _get_settings(scheme, table.role) if scheme is not None else ()
        return replace(table, table=name_by_titles(table.table, settings))

    def _rewrite_part(self, tables: Sequence[SchemeTable]) -> Iterator[_Change | Finding]:
        """Yield what brings the tables of one part of a scheme up to date, or a finding if that is unclear.

        A setting stays in the table that lists it. Only tables that list the same settings list all of them.
        """
        first = tables[0]
        scheme = self.catalogue.find_scheme(first.scheme)
        if scheme is None:
            # A list is not rewritten, and may be about something that needs no definition.
            for table in tables:
                if not table.table.is_list:
                    yield self._report_unknown_scheme(table.scheme, table.table.place)
            return
        shares = _share_settings(scheme, tables, self.catalogue, self.wording)
        if shares.obstacle is not None:
            problem, repair = shares.obstacle
            yield report_table_not_rewritten(first.table.place, problem, scheme.id, repair=repair)
            return
        for table, rows, settings in zip(tables, shares.rows, shares.settings, strict=True):
            change = self._rewrite_table(table, rows, scheme, settings)
            if change is not None:
                yield change

    def _rewrite_table(
        self, table: SchemeTable, rows: Rows, scheme: Scheme, settings: Sequence[RowSetting]
    ) -> _Change | Finding | None:
        """Return the change that makes a table list the settings, if any is needed, or a finding without one."""
        place, role = table.table.place, table.role
        if rows.are_up_to_date(settings):
            return None
        if not settings:
            is_gone = not _get_settings(scheme, role)
            problem = f"the scheme no longer has {role} secrets" if is_gone else "none of its rows would be left"
            return report_table_not_rewritten(place, problem, scheme.id)
        if not table.table.rows:
            return report_table_not_rewritten(place, "it has no row to copy the layout from", scheme.id)
        obstacle = find_form_obstacle(table.table)
        if obstacle is not None:
            problem, repair = obstacle
            return report_table_not_rewritten(place, problem, scheme.id, repair=repair)
        layout = parse_layout(self.lines, place.line - 1, len(table.table.rows))
        if layout is None or any(len(row.cells) > len(rows.columns) for row in layout.rows):
            return report_table_not_rewritten(place, "its layout is not supported", scheme.id)
        language = self._detect_language(place)
        is_rst = language is Language.RST or parse_directive(self.lines, place.line - 1) is not None
        reader = CellReader.from_page(_normalize(self.text), Language.RST if is_rst else language)
        try:
            new_rows = tuple(write_rows(rows, settings, layout, _ENCODERS[language], reader))
        except MarkupLostError as error:
            return report_table_not_rewritten(place, f"the markup {error} would be lost", scheme.id)
        except UnclearCellError as error:
            return report_table_not_rewritten(place, f"{error} is unclear", scheme.id)
        return _Change(layout.start, layout.end, tuple(layout.write_rows(new_rows)), place)

    def _renew_region(self, region: Region) -> _Change | Finding:
        """Return the change that renews the lines between two markers, indented as the first one is."""
        place = region.begin.place
        pieces = plan_region(region.begin, self.catalogue, CONTENTS)
        if isinstance(pieces, Finding):
            return pieces
        text = self.render(pieces, self._detect_language(place)) if pieces else ""
        # Blanks in place of a bullet, but not of the marks of a quotation, which every line of it has.
        indent = re.sub(r"[^ \t>]", " ", self.lines[place.line - 1][: place.column - 1])
        lines = ("", *text.split("\n"), "") if text else ("",)
        return _Change(region.start, region.end, tuple(f"{indent}{line}".rstrip(" \t") for line in lines))

    def _report_unknown_scheme(self, name: str, place: Place) -> Finding:
        return report_unknown_reference("scheme", name, place, [scheme.id for scheme in self.catalogue.schemes])

    def _detect_language(self, place: Place) -> Language:
        """Return the language at a place: a page in Markdown can contain reStructuredText."""
        is_rst = self.path.lower().endswith(_RST_SUFFIX)
        return Language.RST if is_rst else detect_language(self.lines[place.line - 1])

    def _apply_changes(self, changes: Iterable[_Change]) -> str:
        pieces: list[str] = []
        position = 0
        for change in sorted(changes, key=lambda change: change.start):
            pieces += self._join_lines(position, change.start)
            pieces += map(str.__add__, change.lines, self._choose_line_ends(change))
            if change.end == len(self.lines) and change.lines:
                # The page ends without a line end, and goes on to do so.
                pieces[-1] = change.lines[-1]
            position = change.end
        return "".join((*pieces, *self._join_lines(position, len(self.lines))))

    def _choose_line_ends(self, change: _Change) -> Iterator[str]:
        """Yield the line end of each new line: that of the line it replaces, otherwise that of the line before it."""
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

    def _join_lines(self, start: int, end: int) -> list[str]:
        return [line + ending for line, ending in zip(self.lines[start:end], self.ends[start:end], strict=True)]

    def _find_unshown(self, before: _PageContents, after: _PageContents) -> Iterator[Finding]:
        """Yield a remark, at its place before the changes, about each table that shows a wrong use after them."""
        for old, table in zip(before.tables, after.tables, strict=True):
            scheme = self.catalogue.find_scheme(table.scheme)
            rows = Rows.from_table(table.table, self.wording)
            settings = _get_settings(scheme, table.role) if scheme is not None and not rows.answers else ()
            shown = dict(zip(rows.names, rows.list_uses(is_usual=table.is_optional), strict=True))
            for is_optional in (True, False):
                # A setting of another table has no entry.
                wrong = (each for each in settings if shown.get(each.name) is (not is_optional))
                names = [setting.name for setting in wrong if setting.optional == is_optional]
                if names and scheme is not None:
                    yield report_use_not_shown(old.table.place, names, scheme.id, is_optional=is_optional)

    def _check_result(
        self, text: str, changes: Iterable[_Change], before: _PageContents, after: _PageContents
    ) -> Iterator[Finding]:
        """Yield a finding for each table that does not match the catalogue after the changes, or is no longer there.

        As a source, the page must not have other mistakes than before; if it has, each changed table is a cause.
        """
        mistakes = self._list_mistakes(text, after) - self._list_mistakes(self.text, before)
        is_other = bool(after.findings or mistakes) or len(after.tables) != len(before.tables)
        outdated = set() if is_other else self._list_outdated(after) | self._list_unmarked(before, after)
        changed = {change.table for change in changes if change.table is not None}
        for index, table in enumerate(before.tables):
            if index in outdated or (is_other and (not changed or table.table.place in changed)):
                problem = "the new text would be read as something else"
                yield report_table_not_rewritten(table.table.place, problem, table.scheme)

    def _list_outdated(self, contents: _PageContents) -> set[int]:
        """Return the indexes of the tables that do not match the catalogue."""
        indexes: set[int] = set()
        positions = {id(table): index for index, table in enumerate(contents.tables)}
        for tables in _group_tables(contents.tables):
            scheme = self.catalogue.find_scheme(tables[0].scheme)
            shares = _share_settings(scheme, tables, self.catalogue, self.wording) if scheme else _Shares((), ())
            for table, rows, settings in zip(tables, shares.rows, shares.settings, strict=False):
                if shares.obstacle or not rows.are_up_to_date(settings):
                    indexes.add(positions[id(table)])
        return indexes

    def _list_unmarked(self, before: _PageContents, after: _PageContents) -> set[int]:
        """Return the indexes of the tables that no longer tell by marks or words beside names what is optional.

        Prose that explains marks explains nothing without them.
        """
        pairs = zip(before.tables, after.tables, strict=True)
        rows = ([Rows.from_table(table.table, self.wording) for table in pair] for pair in pairs)
        return {
            index
            for index, ((old, new), table) in enumerate(zip(rows, after.tables, strict=True))
            if old.marks_optional and not new.marks_optional and self._lists_optional(table)
        }

    def _lists_optional(self, table: SchemeTable) -> bool:
        """Return whether one of the settings that a table lists is optional."""
        scheme = self.catalogue.find_scheme(table.scheme)
        names = Rows.from_table(table.table, self.wording).names
        return scheme is not None and any(
            setting.optional and setting.name in names for setting in _get_settings(scheme, table.role)
        )

    def _list_mistakes(self, text: str, contents: _PageContents) -> Counter[tuple[str, str]]:
        """Return the errors of the page as a source, with the number of each; duplicates count once for each list."""
        draft = read_source(self.path, _normalize(text), wording=self.wording)
        mistakes = Counter((item.code, item.message) for item in draft.findings if item.severity is Severity.ERROR)
        for tables in _group_tables(contents.tables):
            names = [name for table in tables for name in Rows.from_table(table.table, self.wording).names if name]
            mistakes["duplicate-name", f"{tables[0].scheme} {tables[0].role}"] = int(len({*names}) < len(names))
        return mistakes


def _group_tables(tables: Iterable[SchemeTable]) -> Iterator[tuple[SchemeTable, ...]]:
    """Yield the tables of each part of each scheme, in the order of the page."""
    groups: dict[tuple[str, str], list[SchemeTable]] = {}
    for table in tables:
        groups.setdefault((table.scheme, table.role), []).append(table)
    yield from map(tuple, groups.values())


@dataclass(frozen=True, slots=True)
class _Shares:
    """Rows of each table of one part of a scheme, and the settings that each must list.

    `obstacle` is the problem and its repair if a person must decide about the right table of a setting.
    """

    rows: tuple[Rows, ...]
    settings: tuple[tuple[RowSetting, ...], ...]
    obstacle: tuple[str, str] | None = None


def _share_settings(scheme: Scheme, tables: Sequence[SchemeTable], catalogue: Catalogue, wording: Wording) -> _Shares:
    """Return the settings of a part of a scheme by the table that lists them.

    A single table lists all of them, and so do tables that list the same names, such as a translated one. Beside a
    table of optional secrets, each new secret belongs into the only table of those, or of the other ones.
    """
    rows = tuple(Rows.from_table(table.table, wording) for table in tables)
    listed = [{*own.names} for own in rows if "name" in own.columns]
    names = {name for own in listed for name in own}
    settings = _select_settings(scheme, tables[0].role, names, catalogue)
    kinds = [None if own.reader.tells_use else table.is_optional for own, table in zip(rows, tables, strict=True)]
    if True not in kinds and all(own == names for own in listed):
        return _Shares(rows, (settings,) * len(rows))
    listing: dict[str, list[int]] = {}
    for index, own in enumerate(listed):
        for name in own:
            listing.setdefault(name, []).append(index)
    homes = {setting.name: listing.get(setting.name) or _choose_homes(setting, kinds) for setting in settings}
    shares = tuple(
        tuple(setting for setting in settings if index in homes[setting.name]) for index in range(len(tables))
    )
    return _Shares(rows, shares, _find_obstacle(settings, homes, kinds))


def _choose_homes(setting: RowSetting, kinds: Sequence[bool | None]) -> list[int]:
    """Return the index of the only table for new optional settings, or for required ones, if that is clear."""
    fitting = [index for index, kind in enumerate(kinds) if kind == setting.optional]
    return fitting if True in kinds and len(fitting) == 1 else []


def _find_obstacle(
    settings: Iterable[RowSetting], homes: Mapping[str, Sequence[int]], kinds: Sequence[bool | None]
) -> tuple[str, str] | None:
    """Return the problem and its repair if settings belong into no table, or into another one, as far as is clear."""
    homeless = ", ".join(f"'{setting.name}'" for setting in settings if not homes[setting.name])
    if homeless:
        problem = f"the right one of {len(kinds)} tables for {homeless} is unclear"
        return problem, f"add a row for {homeless} to the right table by hand"
    misplaced = ", ".join(
        f"'{setting.name}'"
        for setting in settings
        if True in kinds and any(kinds[index] == (not setting.optional) for index in homes[setting.name])
    )
    problem = f"{misplaced} is not in the right one of the tables of required and of optional secrets"
    return (problem, f"move the row for {misplaced} to the other table by hand") if misplaced else None


def _read_contents(path: str, text: str, wording: Wording) -> _PageContents:
    """Return the contents of a page as the reader of its markup language finds them."""
    parse = parse_rst if path.lower().endswith(_RST_SUFFIX) else parse_markdown
    sections = parse(path, text, wording)
    if isinstance(sections, Draft):
        return _PageContents((), (), sections.findings, is_readable=False)
    pairs = [*pair_markers(list_markers(sections))]
    items = [
        *(report_lone_marker(marker) for marker in pairs if isinstance(marker, Marker)),
        *find_scheme_tables(remove_regions(sections), wording),
    ]
    return _PageContents(
        regions=tuple(item for item in pairs if isinstance(item, Region)),
        tables=tuple(item for item in items if isinstance(item, SchemeTable)),
        findings=tuple(item for item in items if isinstance(item, Finding)),
    )


def _normalize(text: str) -> str:
    """Return the text as readers get it: without a byte-order mark, with LF line ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _get_settings(scheme: Scheme, role: str) -> tuple[RowSetting, ...]:
    return scheme.required if role == REQUIRED else scheme.injected


def _select_settings(scheme: Scheme, role: str, names: Collection[str], catalogue: Catalogue) -> tuple[RowSetting, ...]:
    """Return the settings that the tables with these names must list.

    Tables that list no inherited name keep to those that the scheme adds to the one that it extends.
    """
    settings = _get_settings(scheme, role)
    base = catalogue.find_scheme(scheme.extends) if scheme.extends else None
    inherited = {setting.name for setting in _get_settings(base, role)} if base else set()
    return settings if inherited & {*names} else tuple(s for s in settings if s.name not in inherited)
