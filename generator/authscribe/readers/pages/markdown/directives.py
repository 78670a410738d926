"""Read the directives of MyST and the labels of admonitions."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Draft
from authscribe.model.wording import Wording
from authscribe.readers.pages.markdown.settings_block import SETTINGS_DIRECTIVE, read_settings
from authscribe.readers.pages.rst.page import parse_rst
from authscribe.readers.pages.rst.permissive import describe_options
from authscribe.readers.pages.sections import BrokenTable, Cell, PageTable

_ADMONITION: Final = re.compile(r"[\w-]+[ \t]*(?:\[(?P<bracketed>.*)\]|[ \t](?P<plain>[^\[{].*))(?:\{.*\})?")
DIRECTIVE: Final = re.compile(r"\{(?P<name>[\w:-]+)\}(?P<argument>.*)")
TABLE_DIRECTIVES: Final = ("list-table", "csv-table", SETTINGS_DIRECTIVE)
OPTIONS: Final = re.compile(r"\A(?:---\n(?P<yaml>.*?)\n---[ \t]*|(?P<fields>(?:[ \t]*:[\w-]+:[^\n]*\n)*))", re.DOTALL)
_DIRECTIVE_INDENT: Final = 3


def read_options(match: re.Match[str] | None) -> list[tuple[str, str]]:
    """Return the names and values of the options at the beginning of a MyST directive."""
    stated = (match["yaml"] or match["fields"] or "") if match else ""
    parts = (option.strip().lstrip(":").partition(":") for option in stated.split("\n") if option.strip())
    return [(name.strip(), value.strip()) for name, _, value in parts]


def define_name(name: str, options: Mapping[str, str], body: str) -> str:
    """Return the item of a definition list that a directive such as `confval` stands for; empty without a text."""
    parts, value = describe_options(options)
    remark = f" ({parts})" if parts else ""
    default = f"\n\nDefault: {value}" if value else ""
    definition = textwrap.indent(f"{body.rstrip()}{default}".lstrip("\n"), "  ")
    return f"`{name}`{remark}\n:{definition[1:]}" if name and definition else ""


def find_bracketed(info: str) -> str:
    """Return the label of an admonition of Docusaurus, such as `note[Label]`."""
    match = _ADMONITION.fullmatch(info.strip())
    return match["bracketed"] or match["plain"] or "" if match is not None else ""


def convert_table_directive(
    name: str, argument: str, content: str, place: Place, wording: Wording
) -> Iterator[PageTable | BrokenTable]:
    """Yield the table that docutils makes of a MyST directive at a place of the page, or that of a block of settings.

    docutils wants the content indented, and apart from the options.
    """
    if name == SETTINGS_DIRECTIVE:
        yield read_settings(argument, content, place)
        return
    match = OPTIONS.match(content)
    indent = " " * _DIRECTIVE_INDENT
    options = [f"{indent}:{option}: {value}" for option, value in read_options(match)]
    body = content[match.end() :] if match else content
    inner = [f"{indent}{text}" if text else "" for text in body.split("\n")]
    source = "\n".join([f".. {name}::{argument.rstrip()}", *options, "", *inner, ""])
    sections = parse_rst(place.path, source, wording)
    # The directive and an empty line are above the body there; the options may take up other lines here.
    shift = place.line + content.count("\n", 0, match.end() if match else 0) - len(options) - 2
    for block in () if isinstance(sections, Draft) else sections[0].blocks:
        if isinstance(block, PageTable):
            yield _move_table(block, place, shift)
        elif isinstance(block, BrokenTable):
            yield replace(block, place=place)


def _move_table(table: PageTable, place: Place, shift: int) -> PageTable:
    """Return a table of a directive at its place in the page.

    Cells move down by `shift` lines, and to the left by the indentation that docutils wants.
    """

    def move_cell(cell: Cell) -> Cell:
        path, line, column, end_line, end_column = cell.place
        # The header of a csv-table can be an option.
        if line + shift <= place.line:
            return replace(cell, place=place)
        start, end = max(column - _DIRECTIVE_INDENT, 1), max(end_column - _DIRECTIVE_INDENT, 1)
        return replace(cell, place=Place(path, line + shift, start, end_line + shift, end))

    rows = tuple(tuple(map(move_cell, row)) for row in table.rows)
    return replace(table, header=tuple(map(move_cell, table.header)), rows=rows, place=place)
