"""Encode text as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.encoders.prose import LONE_UNDERSCORE, has_only_words, to_printable_spans
from authscribe.encoders.text import Encoded, remember, to_printable
from authscribe.model.markup import WEB_ADDRESS, Span, Style, format_span, read_commonmark

# GitHub links addresses of these two schemes, too; those of `xmpp` whatever characters are escaped.
_FTP: Final = re.compile(r"(?i)(?<=ftp):(?=//)")
# HTML, links to anything but web and mail addresses or pages nearby, and what GitHub links.
_LIVE: Final = (
    r"(?i)<(?!https?://|mailto:|!-- -->)[a-z/!?]"
    r"|\]\s*[(:]\s*+(?!<?(?:https?://|mailto:)|[#/.?]|[\w%-]+(?:[/.#?)\s]|$))"
    r"|ftp://|xmpp:(?!<!-- -->)"
)
_ESCAPED: Final = re.compile(r"\\[!-/:-@\[-`{-~]")
_XMPP: Final = re.compile(r"(?i)(?<=xmpp:)(?=\S)")
# Addresses that GitHub links extend to the next blank or `<`, so that a backslash or backtick would be a part of them.
_ADDRESS: Final = re.compile(r"(?i)(?:://|www\.)\S*")
_NOTHING: Final = "<!-- -->"
"""Ends an address, and shows nothing."""


@remember
def encode_markdown_text(text: str) -> Encoded:
    """Return one line of prose in Markdown (CommonMark and GitHub's tables), shown as `to_printable(text)`.

    GitHub links only the web and mail addresses in it.
    """
    if has_only_words(text):
        return Encoded(text)
    return _protect(_escape(to_printable(text)))


@remember
def encode_markdown_markup(text: str) -> Encoded:
    """Return one line of prose with the markup of a text, shown as `to_printable_spans(text)`."""
    return _protect("".join(_encode_spans(to_printable_spans(text))))


@remember
def encode_markdown_cell(text: str) -> Encoded:
    """Return the content of a table cell with the markup of a text, shown as `to_printable_spans(text)`."""
    return encode_markdown_cell_spans(to_printable_spans(text))


def encode_markdown_cell_spans(spans: Sequence[Span]) -> Encoded:
    """Return the content of a table cell with the markup of the spans, which `tidy_spans` has returned.

    A pipe ends a cell of GitHub's tables even within code.
    """
    encoded = _encode_spans(spans)
    cells = (
        text.replace("|", "\\|") if span.style is Style.CODE else text
        for span, text in zip(spans, encoded, strict=True)
    )
    return _protect("".join(cells))


@remember
def encode_commonmark(text: str) -> Encoded:
    """Return a text that may be CommonMark of several lines, with nothing live in it but web and mail addresses.

    It stays as it is unless it has HTML, other links, or backslashes that CommonMark would take for escapes; then it
    has only the markup that texts of definitions can hold.
    """
    if re.search(_LIVE, _ESCAPED.sub("", text)) or read_commonmark(text) != text:
        return Encoded("\n".join(map(encode_markdown_markup, text.split("\n"))))
    return Encoded(text)


def _encode_spans(spans: Sequence[Span]) -> Iterator[str]:
    """Yield the markup of each span; what follows an address without a blank does not become a part of it."""
    before = ""
    for span in spans:
        encoded = _encode_span(span)
        word = before.rpartition(" ")[2]
        yield f"{_NOTHING}{encoded}" if span.style is not Style.PLAIN and _ADDRESS.search(word) else encoded
        before = encoded


def _encode_span(span: Span) -> str:
    # Between angle brackets, no character of an address can end the link.
    return format_span(span._replace(address=f"<{span.address}>"), _escape(span.text))


def _escape(text: str) -> str:
    escaped = LONE_UNDERSCORE.sub(r"\\_", re.sub(r"[\\`|*\[\]<>&~$]", r"\\\g<0>", text))
    escaped = _ADDRESS.sub(lambda match: match[0].replace("\\<", f"{_NOTHING}\\<"), _FTP.sub(r"\:", escaped))
    return _XMPP.sub(_NOTHING, escaped)


def _protect(line: str) -> Encoded:
    """Return a line that does not start like a block or end like the attributes of one."""
    # Beyond CommonMark: MyST's directives, comments and labels, and the blocks of Python-Markdown and kramdown.
    line = re.sub(r"^(?:[-+#=:%!/{]|\((?=.*\)=$))", r"\\\g<0>", line)
    # Braces at the end of a heading could be its id or classes, as in kramdown and attr_list.
    line = re.sub(r"\{(?=:?[ \t]*[#.][^{}]*\}$)", r"\\{", line)
    return Encoded(re.sub(r"^([0-9]+)([.)])", r"\1\\\2", line))


@remember
def encode_markdown_code(text: str) -> Encoded:
    """Return a code span, or escaped prose for a text that cannot be one in a table cell."""
    line = to_printable(text)
    if line != text or not line or "`" in line or "|" in line:
        return encode_markdown_text(text)
    return Encoded(f"`{line}`")


def encode_markdown_link(address: str) -> Encoded:
    """Return a link that shows the host of a web address, or a code span for any other text."""
    match = WEB_ADDRESS.fullmatch(address)
    return Encoded(f"[{match['host']}](<{address}>)") if match is not None else encode_markdown_code(address)
