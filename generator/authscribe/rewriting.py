"""Rewriting: the scheme tables inside a page that people wrote, made true to the catalogue, and nothing else in it.

A table keeps its directive, options, headings, columns, widths and indentation; a row that is true keeps its
bytes. What has been rewritten is read again: unless the page then says what the catalogue says, it is left alone.
"""

from __future__ import annotations

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
from authscribe.readers.pages import SchemeTable, Table
from authscribe.tables.layout import Cells, Layout, Row

_LINE_END: Final = re.compile(r"(\r\n|\r|\n)")
_MARKER: Final = re.compile(
    r"^(?P<before>[ \t>]*)(?:\.\.[ \t]+|<!--[ \t]*)authscribe:(?P<what>begin|end)\b(?P<rest>[^\n]*?)(?:-->)?[ \t]*$"
)
_SETTING: Final = re.compile(r"(scheme|part)=([\w.-]+)")
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


def rewritten(path: str, text: str, catalogue: Catalogue, render: RenderTable) -> Rewritten:
    """The page with every scheme table as the catalogue has it; line ends and all other bytes stay."""
    page = _Page(path, text, catalogue, render)
    return page.rewritten()


class _Page:
    def __init__(self, path: str, text: str, catalogue: Catalogue, render: RenderTable) -> None:
        pieces = _LINE_END.split(text)
        self.path, self.text, self.catalogue, self.render = path, text, catalogue, render
        self.lines, self.ends = pieces[0::2], [*pieces[1::2], ""]
        self.language = Language.RST if path.lower().endswith(_RST_SUFFIX) else Language.MARKDOWN
        self.findings: list[Finding] = []

    def rewritten(self) -> Rewritten:
        found = _tables(self.path, _normal(self.text))
        if isinstance(found, Draft):
            return Rewritten(self.text, found.findings)
        regions = tuple(self._regions())
        changes = [change for region in regions if (change := self._region(*region)) is not None]
        taken = [range(start, end) for start, end, _ in regions]
        for table in found:
            if not any(table.table.place.line - 1 in region for region in taken):
                changes += self._table(table)
        text = self._joined(changes)
        if text != self.text and not self.findings:
            self.findings.extend(self._untrue(text, found))
        return Rewritten(self.text if self.findings else text, tuple(self.findings))

    def _table(self, found: SchemeTable) -> Iterator[_Change]:
        scheme = _scheme(found.scheme, self.catalogue)
        if scheme is None:
            known = [scheme.id for scheme in self.catalogue.schemes]
            self.findings.append(mistakes.unknown_reference("scheme", found.scheme, found.table.place, known))
            return
        columns = [prose.column(cell.text) for cell in found.table.header]
        settings = self._wanted(scheme, found, columns)
        if "name" not in columns or _says(found.table, columns) == _facts(settings, columns):
            return
        if not settings or not found.table.rows:
            problem = f"the scheme has no {found.role} secret any more" if not settings else "it has no row to go by"
            self.findings.append(mistakes.table_not_rewritten(found.table.place, problem, scheme.id))
            return
        layout = tables.layout_of(self.lines, found.table.place.line - 1, len(found.table.rows))
        if layout is None or any(len(row.cells) != len(columns) for row in layout.rows):
            problem = "it is laid out in a way that only its author knows"
            self.findings.append(mistakes.table_not_rewritten(found.table.place, problem, scheme.id))
            return
        rows = tuple(_rows(found.table, columns, layout, settings, self._encoders(layout)))
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

    def _encoders(self, layout: Layout) -> _Encoders:
        text = encoders.rst_text if self.language is Language.RST else encoders.markdown_text
        name = encoders.rst_literal if self.language is Language.RST else encoders.markdown_code
        return _Encoders(text, name, _mark(layout))

    def _regions(self) -> Iterator[tuple[int, int, re.Match[str]]]:
        """The lines between each pair of markers; a marker without its partner is a finding."""
        begin: tuple[int, re.Match[str]] | None = None
        for number, line in enumerate(self.lines):
            match = _MARKER.match(line)
            if match is None:
                continue
            place = Place(self.path, number + 1, len(match["before"]) + 1, number + 1, len(line) + 1)
            if (match["what"] == "begin") == (begin is not None):
                self.findings.append(mistakes.unpaired_marker(match["what"], place))
            elif begin is None:
                begin = (number, match)
            else:
                yield begin[0] + 1, number, begin[1]
                begin = None
        if begin is not None:
            number = begin[0] + 1
            place = Place(self.path, number, 1, number, len(self.lines[begin[0]]) + 1)
            self.findings.append(mistakes.unpaired_marker("begin", place))

    def _region(self, start: int, end: int, match: re.Match[str]) -> _Change | None:
        stated = dict(_SETTING.findall(match["rest"]))
        place = Place(self.path, start, len(match["before"]) + 1, start, match.end() + 1)
        scheme = _scheme(stated.get("scheme", ""), self.catalogue)
        if scheme is None:
            known = [scheme.id for scheme in self.catalogue.schemes]
            self.findings.append(mistakes.unknown_reference("scheme", stated.get("scheme", ""), place, known))
            return None
        part = stated.get("part", "")
        if part not in (prose.REQUIRED, prose.INJECTED):
            parts = (prose.REQUIRED, prose.INJECTED)
            self.findings.append(mistakes.unknown_reference("part", part, place, parts))
            return None
        table = self.render(scheme, part, self.language) if _settings(scheme, part) else ""
        lines = tuple(f"{match['before']}{line}".rstrip(" \t") for line in table.rstrip("\n").split("\n"))
        return _Change(start, end, ("", *lines, "") if table else ("",))

    def _joined(self, changes: Iterable[_Change]) -> str:
        """The page with the changes in it; new lines end as the line before them does."""
        pieces: list[str] = []
        position = 0
        for change in sorted(changes, key=lambda change: change.start):
            pieces += self._lines(position, change.start)
            end = self.ends[change.start - 1] or "\n"
            pieces += [f"{line}{end}" for line in change.lines]
            if change.end == len(self.lines) and pieces:
                pieces[-1] = pieces[-1].removesuffix(end)
            position = change.end
        return "".join((*pieces, *self._lines(position, len(self.lines))))

    def _lines(self, start: int, end: int) -> list[str]:
        return [line + ending for line, ending in zip(self.lines[start:end], self.ends[start:end], strict=True)]

    def _untrue(self, text: str, before: Sequence[SchemeTable]) -> Iterator[Finding]:
        """The tables that still do not say what the catalogue says, or that are no such tables any more."""
        problem = "what would stand there would not be read as it is meant"
        read = _tables(self.path, _normal(text))
        after = () if isinstance(read, Draft) else read
        # Regions between markers may bring tables of their own.
        for table in before if len(after) < len(before) else ():
            yield mistakes.table_not_rewritten(table.table.place, problem, table.scheme)
        for table in after:
            scheme = _scheme(table.scheme, self.catalogue)
            columns = [prose.column(cell.text) for cell in table.table.header]
            settings = self._wanted(scheme, table, columns) if scheme else ()
            if "name" in columns and _says(table.table, columns) != _facts(settings, columns):
                yield mistakes.table_not_rewritten(table.table.place, problem, table.scheme)


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


def _tables(path: str, text: str) -> tuple[SchemeTable, ...] | Draft:
    """The scheme tables of a page, found as its reader finds them."""
    module = rst if path.lower().endswith(_RST_SUFFIX) else markdown
    sections = module.sections(path, text)
    return sections if isinstance(sections, Draft) else tuple(pages.scheme_tables(sections))


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
        old = layout.rows[index].cells[position] if index is not None else ""
        if column is None or (index is not None and said[index].get(column) == facts[column]):
            cells.append(old)
        elif column == "name":
            cells.append(encoded.marked(facts[column]))
        else:
            cells.append(encoded.text(facts[column]))
    return tuple(cells)


def _mark(layout: Layout) -> tuple[str, str] | None:
    """What stands around the names of all rows, such as two backticks; None where they differ."""
    marks = set()
    for row in layout.rows:
        match = _NAME.match(row.cells[0])
        marks.add((match["open"], match["close"]) if match else ("", ""))
    return marks.pop() if len(marks) == 1 else None
