"""Write reStructuredText: tables, sections, and text from the code, which is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from authscribe.encoders.rst import encode_rst_literal, encode_rst_text

Lines: TypeAlias = Iterator[str]


def render_table(head: tuple[str, ...], widths: tuple[int, ...], rows: Iterable[tuple[str, ...]]) -> Lines:
    """Yield a list-table; the cells must already be valid markup."""
    yield from (".. list-table::", f"   :widths: {' '.join(map(str, widths))}", "   :header-rows: 1", "   :class: keys")
    yield ""
    for row in (head, *rows):
        for index, cell in enumerate(row):
            yield f"   {' ' if index else '*'} - {cell}".rstrip()
    yield ""


def render_section(title: str, label: str | None = None) -> Lines:
    """Yield a section title, preceded by its label if there is one."""
    yield from (f".. _{label}:", "") if label else ()
    yield from (title, "-" * len(title), "")


def join_literals(values: Iterable[str]) -> str:
    """Return the values as literals, separated by commas."""
    return ", ".join(encode_rst_literal(value) for value in values)


def to_sentence(text: object) -> str:
    """Return the text as one line that starts with a capital and ends with a full stop; "" for None."""
    line = " ".join(str(text or "").split())
    return line[:1].upper() + line[1:] + ("" if not line or line.endswith((".", ":", "?")) else ".")


def escape_prose(text: str) -> str:
    """Return text from a docstring or help text as markup.

    Words between single or double backticks become literals; everything else is escaped.
    """
    parts = re.split(r"`+([^`]+)`+", text)
    return "".join(encode_rst_literal(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    """Return the text escaped, with the spaces at both ends, which the encoder strips."""
    inner = text.strip()
    if not inner:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    # docutils turns anything like a mail address into a link, and `REPO@REV` looks like one.
    encoded = encode_rst_text(inner).replace("@", "\\@")
    return f"{before}{encoded}{after}"
