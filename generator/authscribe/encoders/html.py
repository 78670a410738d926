"""Encode text for HTML and SVG."""

from __future__ import annotations

import re
from typing import Final

from authscribe.encoders.json import encode_json
from authscribe.encoders.packed import PackedText
from authscribe.encoders.prose import to_printable_spans
from authscribe.encoders.text import Encoded, TidyLines, is_web_address, to_printable
from authscribe.model.markup import Span, Style

_HTML_REFERENCES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_RELATIVE: Final = re.compile(r"#[A-Za-z0-9_.%=&-]*|(?!/)(?:[A-Za-z0-9_.~%@+,-]*/)*[A-Za-z0-9_.~%@+,-]+")


class HtmlJson(Encoded):
    """JSON document that `encode_html_json` has made."""

    __slots__ = ()


class RenderedHtml(PackedText):
    """Lines of HTML that a template has rendered."""

    __slots__ = ()


def encode_html_text(text: str) -> Encoded:
    """Return text between tags of HTML or SVG, shown as `to_printable(text)`.

    Only character references that XML defines too are used.
    """
    return Encoded(to_printable(text).translate(_HTML_REFERENCES))


def encode_html_markup(text: str) -> Encoded:
    """Return text between tags of HTML with the markup of a text, shown as `to_printable_spans(text)`."""
    return Encoded("".join(map(_encode_span, to_printable_spans(text))))


def _encode_span(span: Span) -> str:
    text = span.text.translate(_HTML_REFERENCES)
    match span.style:
        case Style.CODE:
            return f"<code>{text}</code>"
        case Style.EMPHASIS:
            return f"<em>{text}</em>"
        case Style.STRONG:
            return f"<strong>{text}</strong>"
        case Style.LINK:
            return f'<a href={encode_html_attribute(span.address)} rel="noreferrer">{text}</a>'
    return text


def encode_html_attribute(value: str | int) -> Encoded:
    """Return the value of an attribute with its quotes."""
    return Encoded(f'"{encode_html_text(str(value))}"')


def encode_html_link(address: str) -> Encoded:
    """Return the value of `href` with its quotes: a web address, a relative path or a place on the page.

    Raise ValueError for any other text, such as an address that would run a script.
    """
    if not _RELATIVE.fullmatch(address) and not is_web_address(address):
        raise ValueError(f"{address!a} is not linked")
    return encode_html_attribute(address)


def encode_html_json(value: object) -> HtmlJson:
    """Return a JSON document for a script element: in ASCII, without characters that could end the element.

    A document that this function has made stays as it is.
    """
    if isinstance(value, HtmlJson):
        return value
    text = encode_json(value, indent=None)
    return HtmlJson(re.sub("[<>&]", lambda match: f"\\u{ord(match[0]):04x}", text))


def encode_html_part(part: RenderedHtml) -> TidyLines:
    """Return lines of HTML that another template has rendered, as they are."""
    return TidyLines(part.text)


def encode_html_raw(text: str) -> Encoded:
    """Return a script or style of authscribe as the content of its element.

    Raise ValueError if it could end the element (HTML Standard, "Restrictions for contents of script elements").
    """
    if re.search("<(?:/|!--|script)", text, re.IGNORECASE):
        raise ValueError("the text would end its element")
    return Encoded(text)
