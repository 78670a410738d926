"""Encode text as reStructuredText."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Final

from authscribe.encoders.prose import LONE_UNDERSCORE, has_only_words, to_printable_spans
from authscribe.encoders.text import Encoded, encode_id, measure_width, remember, to_printable
from authscribe.model.markup import WEB_ADDRESS, Span, Style

_ENUMERATOR: Final = re.compile(r"(?P<label>[0-9]+|[a-zA-Z]|[ivxlcdm]+|[IVXLCDM]+|#)(?P<end>[.)])(?=\s|$)")
# docutils links any address of a scheme that it knows, such as `javascript` or `file`.
_SCHEME: Final = re.compile(r"(?i)(?<![a-z0-9.+-])(?!(?:https?|mailto):)([0-9.+-]*[a-z][a-z0-9.+-]*):(?=\S)")
# A bracket that is not escaped.
_BRACKET: Final = re.compile(r"(?<!\\)((?:\\\\)*)<")
_BREAK: Final = "\\ "
_LINE: Final = 9_000
"""Length of a line that docutils still accepts when it is indented: its limit is 10,000 characters."""
_LONG_LINE: Final = re.compile(rf"(?m)^( *(?:\* - |- |\* )?)\S.{{{_LINE},}}$")


@remember
def encode_rst_text(text: str) -> Encoded:
    """Return one line of prose in reStructuredText, which docutils reads as exactly `to_printable(text)`.

    docutils links only the web and mail addresses in it.
    """
    if has_only_words(text):
        return Encoded(text)
    return Encoded(_protect_end(_protect_start(_escape(to_printable(text)))))


@remember
def encode_rst_markup(text: str) -> Encoded:
    """Return one line of prose with the markup of a text, which docutils reads as `to_printable_spans(text)`."""
    return encode_rst_spans(to_printable_spans(text))


def encode_rst_spans(spans: Sequence[Span]) -> Encoded:
    """Return one line of prose with the markup of the spans, which `tidy_spans` has returned."""
    pieces: list[str] = []
    for before, span, after in zip((None, *spans), spans, (*spans[1:], None), strict=False):
        if span.style is Style.PLAIN:
            text = _escape(span.text)
            pieces.append(text if before else _protect_start(text))
        else:
            pieces += _separate_before(before, span), _encode_span(span), _separate_after(after)
    return Encoded(_protect_end("".join(pieces)))


def _separate_before(before: Span | None, span: Span) -> str:
    """Return the escaped blank, which adds no text, if markup cannot start right after the text before it."""
    is_plain = before is None or before.style is Style.PLAIN
    mark = before.text[-1] if before else ""
    return "" if is_plain and (not mark.strip() or (mark == "(" and span.text[0].isalnum())) else _BREAK


def _separate_after(after: Span | None) -> str:
    """Return the escaped blank if markup cannot end right before the text after it."""
    mark = after.text[0] if after else ""
    return "" if (after is None or after.style is Style.PLAIN) and (not mark.strip() or mark in ".,:;!?)") else _BREAK


def _encode_span(span: Span) -> str:
    match span.style:
        case Style.EMPHASIS:
            return f"*{_escape(span.text)}*"
        case Style.STRONG:
            return f"**{_escape(span.text)}**"
        case Style.LINK:
            return f"`{_escape(span.text)} <{_escape_address(span.address)}>`__"
    if "`" in span.text or span.text.endswith("\\"):
        # Between two backticks there are no escapes, unlike in the text of a role.
        return f":literal:`{_escape(span.text)}`"
    return f"``{span.text}``"


def _escape(text: str) -> str:
    escaped = LONE_UNDERSCORE.sub(r"\\_", re.sub(r"[\\*`|]", r"\\\g<0>", text))
    return _SCHEME.sub(r"\1\\:", escaped)


def _escape_address(address: str) -> str:
    return re.sub(r"[*_]", r"\\\g<0>", address)


def _protect_start(line: str) -> str:
    """Return a line that does not start like a list, a comment or any other block."""
    if line.strip("\\") == "":
        # A line of one repeated mark would be a transition; an escaped blank before it adds no text.
        return f"\\ {line}" if line else ""
    enumerator = _ENUMERATOR.match(line)
    if enumerator is not None and line[0] != "#":
        return f"{enumerator['label']}\\{line[enumerator.start('end') :]}"
    return line if line[0].isalnum() or line[0] == "\\" else f"\\{line}"


def _protect_end(line: str) -> str:
    """Return a line that does not introduce a literal block."""
    return f"{line[:-1]}\\:" if line.endswith("::") else line


@remember
def encode_rst_literal(text: str) -> Encoded:
    """Return an inline literal, or escaped prose for a text that cannot be one."""
    line = to_printable(text)
    if line != text or not line or "`" in line or line.endswith("\\"):
        return encode_rst_text(text)
    return Encoded(f"``{line}``")


def encode_rst_link(address: str) -> Encoded:
    """Return a link that shows the host of a web address, or a literal for any other text."""
    match = WEB_ADDRESS.fullmatch(address)
    if match is None:
        return encode_rst_literal(address)
    return Encoded(f"`{match['host']} <{_escape_address(address)}>`__")


def encode_rst_reference(text: str, prefix: str, target: str) -> Encoded:
    """Return a cross-reference of Sphinx that shows a text; its label is a prefix followed by an id."""
    # Sphinx takes an address in angle brackets for the label, from the first bracket that is not escaped.
    title = _BRACKET.sub(r"\1\\<", encode_rst_text(text))
    return Encoded(f":ref:`{title} <{prefix}{encode_id(target)}>`")


def encode_rst_title(text: str, adornment: str) -> Encoded:
    """Return a section title with its underline, which docutils wants to be as wide as the title."""
    title = encode_rst_text(text)
    return Encoded(f"{title}\n{adornment * max(1, measure_width(title))}")


def wrap_rst_lines(text: str) -> str:
    """Return a text in which docutils accepts the lines of paragraphs and items, unless a word is that long."""
    return _LONG_LINE.sub(_wrap_line, text)


def _wrap_line(line: re.Match[str]) -> str:
    indent = " " * len(line[1])
    return textwrap.fill(line[0], _LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
