"""Markup within texts for people, in a small part of CommonMark.

A summary, note or description can hold code between backticks, `*emphasis*`, `**strong text**` and links to web and
mail addresses. A backslash before one of the characters that mark them makes it a part of the text. Whatever does not
match exactly is text: a single asterisk, `snake_case`, `<b>`, `[x]` without an address.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

# The characters of RFC 3986, without the few that end or change a link in reStructuredText or Markdown.
WEB_ADDRESS: Final = re.compile(r"https?://(?P<host>[A-Za-z0-9.-]+(:[0-9]+)?)([/?#][A-Za-z0-9._~:/?#@!$&*+,=%-]*)?")
_MAIL_ADDRESS: Final = r"mailto:[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
_TARGET: Final = re.compile(rf"\((?P<address>{WEB_ADDRESS.pattern}|{_MAIL_ADDRESS})\)")
_ESCAPE: Final = re.compile(r"\\([\\`*\[\]])")
_TOKEN: Final = re.compile(rf"{_ESCAPE.pattern}|`+|\*+|[\[\]]")
_MARK: Final = re.compile(r"[\\`*\[\]]")
_OTHER_ESCAPE: Final = re.compile(r"(\\\\)|\\([!-)+-/:-@^_{-~])")
"""Matches an escape of CommonMark that texts here do not have, or an escaped backslash."""
_BACKTICKS: Final = re.compile(r"`+")
_PARAGRAPH_END: Final = re.compile(r"(\n\s*\n)")
_BEFORE_EMPHASIS: Final = "({\"'-\u2013\u2014:,;"
_AFTER_EMPHASIS: Final = ")}\"'-\u2013\u2014:,;.!?"
_FIRST_IN_EMPHASIS: Final = "(\"'"
_NOT_PLAIN: Final = "`"
"""Stands for the characters of another span, beside which emphasis is not possible."""


class Style(StrEnum):
    """Style of a span of text."""

    PLAIN = "plain"
    """Text without markup."""
    CODE = "code"
    """Text to be typed or read verbatim."""
    EMPHASIS = "emphasis"
    """Emphasised text."""
    STRONG = "strong"
    """Strongly emphasised text."""
    LINK = "link"
    """Text that is linked to an address."""


class Span(NamedTuple):
    """Part of a text with one style; `address` is the target of a link: http, https or mailto."""

    text: str
    style: Style = Style.PLAIN
    address: str = ""


def parse_markup(text: str) -> tuple[Span, ...]:
    """Return the spans of a text, without two of one style side by side, in linear time.

    Markup does not extend beyond a paragraph.
    """
    if not _MARK.search(text):
        return (Span(text),) if text else ()
    # At odd positions are the empty lines between two paragraphs.
    parts = enumerate(_PARAGRAPH_END.split(text))
    return merge_spans(span for i, part in parts for span in ((Span(part),) if i % 2 else _MarkupParser(part).parse()))


def join_text(spans: Iterable[Span]) -> str:
    """Return the text of the spans."""
    return "".join([span.text for span in spans])


def get_plain_text(text: str) -> str:
    """Return a text without its markup."""
    return join_text(parse_markup(text))


def read_commonmark(text: str) -> str:
    """Return a text of CommonMark without the escapes that texts here do not have; one with code stays as it is."""
    return text if "`" in text else _OTHER_ESCAPE.sub(lambda match: match[1] or match[2], text)


def describe_markup(text: str) -> str:
    """Return a text for places that show no markup: code stays between backticks, an address follows its link."""
    return "".join(map(_describe_span, parse_markup(text)))


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text that are not blank."""
    return tuple(paragraph for paragraph in text.split("\n\n") if paragraph.strip())


def format_markup(spans: Sequence[Span]) -> str:
    """Return the text that is parsed as these spans, which `tidy_spans` has returned.

    It has no escapes unless they are needed.
    """
    bare = "".join([format_span(span, span.text) for span in spans])
    if parse_markup(bare) == (*spans,):
        return bare
    return "".join([format_span(span, _MARK.sub(r"\\\g<0>", span.text)) for span in spans])


def tidy_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans on one line, with only the markup that a text can hold.

    Each run of blanks becomes one, outside of markup where it is at the end of a span.
    """
    pieces: list[Span] = []
    for span in spans:
        core = " ".join(span.text.split())
        starts_blank, ends_blank = span.text[:1].isspace(), span.text[-1:].isspace()
        if starts_blank and pieces and not pieces[-1].text.endswith(" "):
            pieces.append(Span(" "))
        if core:
            pieces.append(span._replace(text=core))
        if core and ends_blank:
            pieces.append(Span(" "))
    if pieces and pieces[-1] == Span(" "):
        pieces.pop()
    return _drop_impossible(merge_spans(pieces))


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans that are not empty, with neighbours of one style as one."""
    merged: list[Span] = []
    texts: list[str] = []
    for span in spans:
        if not span.text:
            continue
        if merged and merged[-1][1:] == span[1:]:
            texts.append(span.text)
            continue
        if merged:
            merged[-1] = merged[-1]._replace(text="".join(texts))
        merged.append(span)
        texts = [span.text]
    if merged:
        merged[-1] = merged[-1]._replace(text="".join(texts))
    return tuple(merged)


def slice_spans(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    """Return the part of the spans from position `start` to before `end` of their text."""
    parts: list[Span] = []
    position = 0
    for span in spans:
        parts.append(span._replace(text=span.text[max(start - position, 0) : max(end - position, 0)]))
        position += len(span.text)
    return merge_spans(parts)


class _MarkupParser:
    """Parser of one paragraph; each character is looked at a fixed number of times, whatever the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [*_TOKEN.finditer(text)]
        self.next_marks = [*_list_next_marks(self.tokens)]
        self.fences: dict[int, list[int]] = {}
        # Code can end with a backslash, so that each run of backticks counts, also after one.
        for fence in _BACKTICKS.finditer(text):
            self.fences.setdefault(len(fence[0]), []).append(fence.start())

    def parse(self) -> Iterator[Span]:
        """Yield the spans of the paragraph, some of which may be plain neighbours."""
        position = 0
        for index, token in enumerate(self.tokens):
            found = self._read_span(index) if token.start() >= position else None
            if found is not None:
                span, end = found
                yield Span(self.text[position : token.start()])
                yield span
                position = end
        yield Span(self.text[position:])

    def _read_span(self, index: int) -> tuple[Span, int] | None:
        """Return the span that a token begins and the position of its end; None if the token is text."""
        token = self.tokens[index]
        match token[0][0]:
            case "\\":
                return Span(token[1]), token.end()
            case "`":
                return self._read_code(token)
            case "*":
                return self._read_emphasis(token, self.next_marks[index])
            case "[":
                return self._read_link(token, self.next_marks[index])
        return None

    def _read_code(self, token: re.Match[str]) -> tuple[Span, int] | None:
        starts = self.fences.get(len(token[0]), [])
        following = bisect_left(starts, token.end())
        if following == len(starts):
            return None
        end = starts[following]
        code = " ".join(self.text[token.end() : end].split())
        return (Span(code, Style.CODE), end + len(token[0])) if code else None

    def _read_emphasis(self, token: re.Match[str], closing: re.Match[str] | None) -> tuple[Span, int] | None:
        if closing is None or closing[0] != token[0] or len(token[0]) > len("**"):
            return None
        text = self._unescape(token.end(), closing.start())
        if not _can_emphasize(self._get_before(token), text, self.text[closing.end() : closing.end() + 1]):
            return None
        return Span(text, Style.EMPHASIS if token[0] == "*" else Style.STRONG), closing.end()

    def _read_link(self, token: re.Match[str], closing: re.Match[str] | None) -> tuple[Span, int] | None:
        target = _TARGET.match(self.text, closing.end()) if closing is not None and closing[0] == "]" else None
        if closing is None or target is None:
            return None
        span = Span(self._unescape(token.end(), closing.start()), Style.LINK, target["address"])
        if not _can_link(self._get_before(token), span):
            return None
        return span, target.end()

    def _get_before(self, token: re.Match[str]) -> str:
        return self.text[max(token.start() - 1, 0) : token.start()]

    def _unescape(self, start: int, end: int) -> str:
        return _ESCAPE.sub(r"\1", self.text[start:end])


def _list_next_marks(tokens: Sequence[re.Match[str]]) -> list[re.Match[str] | None]:
    """Return the next token after each one that is not an escape."""
    following: list[re.Match[str] | None] = []
    mark: re.Match[str] | None = None
    for token in reversed(tokens):
        following.append(mark)
        mark = mark if token[0][0] == "\\" else token
    return following[::-1]


def _can_emphasize(before: str, text: str, after: str) -> bool:
    """Return whether a text can be emphasised between two characters, which are empty at the ends of a paragraph.

    Stricter than CommonMark, so that patterns such as `*.example.com/*` and `2*3*4` are text.
    """
    return (
        (text[:1].isalnum() or text[:1] in (*_FIRST_IN_EMPHASIS,))
        and not text[-1:].isspace()
        and (not before.strip() or before in _BEFORE_EMPHASIS)
        and (not after.strip() or after in _AFTER_EMPHASIS)
    )


def is_address(text: str) -> bool:
    """Return whether a text can be linked to this address."""
    return _TARGET.fullmatch(f"({text})") is not None


def _can_link(before: str, span: Span) -> bool:
    """Return whether a text can be linked: an exclamation mark before it would make it an image in CommonMark."""
    return before != "!" and bool(span.text) and span.text.strip() == span.text and span.text != span.address


def _drop_impossible(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans without emphasis and links that a text cannot hold at their places."""
    kept: list[Span] = []
    for index, span in enumerate(spans):
        before = _get_edge(kept[-1], -1) if kept else ""
        after = _get_edge(spans[index + 1], 0) if index + 1 < len(spans) else ""
        is_possible = True
        if span.style in (Style.EMPHASIS, Style.STRONG):
            is_possible = _can_emphasize(before, span.text, after)
        elif span.style is Style.LINK:
            is_possible = _can_link(before, span) and is_address(span.address)
        kept.append(span if is_possible else Span(span.text))
    return merge_spans(kept)


def _get_edge(span: Span, index: int) -> str:
    return span.text[index] if span.style is Style.PLAIN else _NOT_PLAIN


def format_span(span: Span, text: str) -> str:
    """Return the markup of a span in CommonMark; `text` is its text with the escapes that it needs outside of code."""
    match span.style:
        case Style.CODE:
            return fence_code(span.text)
        case Style.EMPHASIS:
            return f"*{text}*"
        case Style.STRONG:
            return f"**{text}**"
        case Style.LINK:
            return f"[{text}]({span.address})"
    return text


def fence_code(text: str) -> str:
    """Return a text between runs of backticks that are longer than those in it (CommonMark, section 6.1)."""
    fence = "`" * (max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    blank = " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def _describe_span(span: Span) -> str:
    match span.style:
        case Style.CODE:
            return fence_code(span.text)
        case Style.LINK:
            return f"{span.text} ({span.address.removeprefix('mailto:')})"
    return span.text
