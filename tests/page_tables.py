"""Write pages with tables of secrets, in every markup and style that authors use."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from authscribe.encoders.markdown import encode_markdown_cell, encode_markdown_code
from authscribe.encoders.rst import encode_rst_literal, encode_rst_markup
from authscribe.encoders.text import measure_width
from authscribe.model.definitions import InjectedSecret

EXAMPLES = int(os.environ.get("AUTHSCRIBE_EXAMPLES", "100"))
"""Pages that a test of a law tries; more, and for longer, on the desk of whoever changes how tables are rewritten."""
SECRETS = [
    InjectedSecret(name="alpha", description="The first."),
    InjectedSecret(name="beta", description="The second."),
    InjectedSecret(name="gamma", description="The third."),
]
Rows = Sequence[Sequence[str]]
HEADER = ("Property", "Description", "Type")
HEADINGS = {"name": "Property", "description": "Description", "type": "Type", "other": "Since"}
HEADINGS |= {"required": "Required", "default": "Default"}


@dataclass(frozen=True)
class Style:
    """Decisions of an author about a table."""

    columns: tuple[str, ...] = ("name", "description", "type")
    indent: str = ""
    caption: str = ""
    options: tuple[str, ...] = ()
    bullets: str = "*-"
    blank: str = " "
    empty: int = 0
    delimiter: str = ","
    is_quoted: bool = True
    pad: str = " "
    wrap: int = 1000
    fence: str = "```"
    has_bars: bool = True


def directive(name: str, style: Style, options: Sequence[str]) -> list[str]:
    caption = f" {style.caption}" if style.caption else ""
    return [f".. {name}::{caption}", *(f"   :{option}" for option in (*style.options, *options)), ""]


def wrapped(cell: str, style: Style) -> list[str]:
    return textwrap.wrap(cell, style.wrap, break_long_words=False, break_on_hyphens=False) or [""]


def bullets(rows: Rows, style: Style, indent: str) -> list[str]:
    lines: list[str] = []
    for row in rows:
        for index, cell in enumerate(row):
            outer = style.bullets[0] if index == 0 else " "
            mark = f"{indent}{outer}{style.blank}{style.bullets[1]}{style.blank}"
            first, *rest = wrapped(cell, style)
            lines += [f"{mark}{first}".rstrip(), *(" " * len(mark) + line for line in rest)]
        lines += [""] * style.empty
    return lines


def records(rows: Rows, style: Style, indent: str) -> list[str]:
    def quoted(cell: str) -> str:
        is_special = not cell or style.is_quoted or set(cell) & set(f'{style.delimiter}"\n')
        return '"' + cell.replace('"', '""') + '"' if is_special else cell

    cells = (["\n".join(wrapped(cell, style)) for cell in row] for row in rows)
    text = "\n".join(f"{style.delimiter}{style.blank}".join(map(quoted, row)) for row in cells)
    return [f"{indent}{line}" for line in text.split("\n")]


def list_table(rows: Rows, style: Style) -> list[str]:
    return [*directive("list-table", style, ("header-rows: 1",)), *bullets(rows, style, "   ")]


def csv_table(rows: Rows, style: Style) -> list[str]:
    head, *_ = records(rows, style, "")
    options = (f"header: {head}",) if style.empty else ("header-rows: 1",)
    delimiter = (f"delim: {style.delimiter}",) if style.delimiter != "," else ()
    return [*directive("csv-table", style, (*delimiter, *options)), *records(rows[style.empty :], style, "   ")]


def drawn(rows: Rows, style: Style) -> tuple[list[list[list[str]]], list[int]]:
    """Return the lines of each cell of each row, all as wide as the column."""
    cells = [[wrapped(cell, style) for cell in row] for row in rows]
    widths = [max(measure_width(line) for row in cells for line in row[column]) for column in range(len(rows[0]))]
    even = []
    for row in cells:
        height = max(map(len, row))
        even.append(
            [[padded(line, widths[i]) for line in (*cell, *[""] * (height - len(cell)))] for i, cell in enumerate(row)]
        )
    return even, widths


def padded(text: str, wide: int) -> str:
    return text + " " * (wide - measure_width(text))


def grid_table(rows: Rows, style: Style) -> list[str]:
    cells, widths = drawn(rows, style)
    border = "+" + "+".join("-" * (wide + 2 * len(style.pad)) for wide in widths) + "+"
    lines = [border]
    for number, row in enumerate(cells):
        lines += [f"|{style.pad}{f'{style.pad}|{style.pad}'.join(line)}{style.pad}|" for line in zip(*row, strict=True)]
        lines.append(border.replace("-", "=") if number == 0 else border)
    return [*directive("table", style, ()), *(f"   {line}" for line in lines)] if style.caption else lines


def simple_table(rows: Rows, style: Style) -> list[str]:
    cells, widths = drawn(rows, style)
    border = "  ".join("=" * wide for wide in widths)
    head, *body = [["  ".join(line).rstrip() for line in zip(*row, strict=True)] for row in cells]
    lines = [border, *head, border, *(line for row in body for line in (*row, *[""] * style.empty)), border]
    return [*directive("table", style, ()), *(f"   {line}" for line in lines)] if style.caption else lines


def pipe_table(rows: Rows, style: Style) -> list[str]:
    rows = [[cell.replace("|", "\\|") if "\\|" not in cell else cell for cell in row] for row in rows]
    widths = [max(measure_width(row[column]) for row in rows) if style.pad else 0 for column in range(len(rows[0]))]
    separator = f"{style.pad}|{style.pad}"
    before, after = (f"|{style.pad}", f"{style.pad}|") if style.has_bars else ("", "")
    head, *body = (
        before + separator.join(map(padded, row, map(max, widths, map(measure_width, row)))) + after for row in rows
    )
    ruler = before + separator.join(":" + "-" * max(wide - 1, 1) for wide in widths) + after
    return [line.rstrip() for line in (head, ruler, *body)]


def fenced(name: str, style: Style, options: Sequence[str], body: Sequence[str]) -> list[str]:
    caption = f" {style.caption}" if style.caption else ""
    stated = (*style.options, *options)
    lines = ["---", *stated, "---"] if style.empty else [*(f":{option}" for option in stated), ""]
    return [f"{style.fence}{{{name}}}{caption}", *lines, *body, style.fence]


def myst_list_table(rows: Rows, style: Style) -> list[str]:
    return fenced("list-table", style, ("header-rows: 1",), bullets(rows, style, ""))


def myst_csv_table(rows: Rows, style: Style) -> list[str]:
    delimiter = (f"delim: {style.delimiter}",) if style.delimiter != "," else ()
    return fenced("csv-table", style, ("header-rows: 1", *delimiter), records(rows, style, ""))


RST = {"list-table": list_table, "csv-table": csv_table, "grid": grid_table, "simple": simple_table}
MARKDOWN = {"pipe": pipe_table, "MyST list-table": myst_list_table, "MyST csv-table": myst_csv_table}
KINDS: Mapping[str, Callable[[Rows, Style], list[str]]] = {**RST, **MARKDOWN}
BEFORE = "Foo authentication\n==================\n\nProse with  two blanks.\n\nInjected secrets:\n\n"
AFTER = "\nMore prose, and\ttabs.\n\n* ``other``"
PLAIN = Style()


def page(kind: str, secrets: Sequence[InjectedSecret], style: Style = PLAIN) -> str:
    name, text = (
        (encode_rst_literal, encode_rst_markup) if kind in RST else (encode_markdown_code, encode_markdown_cell)
    )
    rows = [[HEADINGS[column] for column in style.columns]]
    for secret in secrets:
        facts = {
            "name": name(secret.name),
            "description": text(secret.description),
            "type": text(secret.type_label or "String"),
            "required": ("No" if secret.optional else "Yes"),
            "default": name(str(secret.default)) if secret.default else "",
            "other": f"of {secret.name.lower()}".replace("_", "-"),
        }
        rows.append([facts[column] for column in style.columns])
    lines = KINDS[kind](rows, style)
    return BEFORE + "\n".join(f"{style.indent}{line}" if line else "" for line in lines).rstrip("\n") + "\n" + AFTER


def path_of(kind: str) -> str:
    return "page.rst" if kind in RST else "page.md"
