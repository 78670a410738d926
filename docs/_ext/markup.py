"""Pieces of reStructuredText: what the code says, encoded, as text, tables and sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from authscribe.encoders.rst import rst_literal, rst_text

Lines: TypeAlias = Iterator[str]


def table(head: tuple[str, ...], widths: tuple[int, ...], rows: Iterable[tuple[str, ...]]) -> Lines:
    """A list-table; cells are markup already."""
    yield from (".. list-table::", f"   :widths: {' '.join(map(str, widths))}", "   :header-rows: 1", "   :class: keys")
    yield ""
    for row in (head, *rows):
        for index, cell in enumerate(row):
            yield f"   {' ' if index else '*'} - {cell}".rstrip()
    yield ""


def section(title: str, label: str | None = None) -> Lines:
    """The title of a section of a page, with its label before it."""
    yield from (f".. _{label}:", "") if label else ()
    yield from (title, "-" * len(title), "")


def codes(values: Iterable[str]) -> str:
    """Each value as code, with commas between them."""
    return ", ".join(rst_literal(value) for value in values)


def sentence(text: object) -> str:
    """As a sentence: with a capital and a full stop."""
    line = " ".join(str(text or "").split())
    return line[:1].upper() + line[1:] + ("" if not line or line.endswith((".", ":", "?")) else ".")


def prose(text: str) -> str:
    """Text of the code as it is written there: what stands between backticks is code, all else is no markup."""
    parts = re.split(r"`+([^`]+)`+", text)
    return "".join(rst_literal(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    """Encoded, with the blanks at its ends, which an encoder takes away."""
    inner = text.strip()
    if not inner:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    # An address of mail, such as `REPO@REV`, would become a link.
    encoded = rst_text(inner).replace("@", "\\@")
    return f"{before}{encoded}{after}"
