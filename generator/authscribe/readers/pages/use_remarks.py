"""Read remarks about the use and type of a secret, such as "(string, optional)"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from authscribe.model.markup import Span, Style, join_text
from authscribe.model.wording import Wording
from authscribe.readers.pages.inline import InlineText
from authscribe.readers.pages.wording.answers import is_use_word, read_optional
from authscribe.readers.pages.wording.patterns import NOUNS
from authscribe.readers.pages.wording.types import TYPES, find_type

_AT_AN_END: Final = (
    re.compile(
        r"\s*(?:\(([^()]*)\)|\[([^\[\]]*)\]|(?!recommended:)(\w+)(?:[.:]\s|\s[-\u2013\u2014]\s|[.:]?\s*$))",
        re.IGNORECASE,
    ),
    re.compile(
        r".*(?:\(([^()]*)\)\.?|(?:\n\n|[.!?]\s+)(?:(?:this|it)(?: \w+)? is )?((?:not )?\w+)\.?)\s*$",
        re.DOTALL | re.IGNORECASE,
    ),
)
"""Match a text with a remark at its start, such as "Optional. The tenant", and at its end, such as "It is optional"."""


_DEFAULT: Final = re.compile(r"\bdefault(?:s to| value(?: is|:)| is| ?=|:)\s*", re.IGNORECASE)
_PLAIN_DEFAULT: Final = re.compile(
    r"\"([^\"]+)\"|(true|false|-?\d+(?:\.\d+)?)(?=[.;)\s]*(?:$|[;)\n]|\.\s))", re.IGNORECASE
)
_AFTER_DEFAULT: Final = re.compile(r"\s*(?:$|[.;)\n])")
_NO_NEWS: Final = re.compile(
    r"no default|sensitive|secret|confidential|write-only|forces new resource|(?:min|max): \d+", re.IGNORECASE
)
"""Words in remarks, as in "(required, sensitive)", that tell nothing about the use or the type of a secret."""
_REQUEST: Final = re.compile(
    r"(?:please )?(?:copy|enter|fill in|input|insert|paste|provide|specify|supply|type(?: in)?) (?:the|your)\b"
    r"(?!.*\b(?:any|empty|if|only|unless|when)\b)",
    re.IGNORECASE | re.DOTALL,
)
"""Match the beginning of a text that asks the reader for a value in all cases."""
_DEMAND: Final = re.compile(
    r"\b(?:(?:always|is|are) (?:required|mandatory)|must (?:be )?(?:given|provided?|set|specif(?:ied|y)))\b"
    r"(?!,? (?:for|if|only|unless|when)\b)",
    re.IGNORECASE,
)
"""Match a statement that a setting is required, without a condition that follows."""


_LEFT_OUT: Final = re.compile(
    rf"(?:^|[.;(\n] *)(?:this|it) is an optional {NOUNS}\b"
    r"|(?:^(?!(?:neither|no|none|not)\b)(?:[\w-]+ ){0,4}|[.;,(\n] *(?:(?:and|but|it|that|this|which) ){0,2})"
    r"(?:can|may) be (?:left (?:blank|empty|out|unset)|omitted)\b"
    r"|(?:^|[.;,(\n] *)if (?:it is )?(?:(?:not|none is|un)[ -]?(?:given|provided|set|specified|supplied)|omitted"
    r"|left (?:blank|empty|out|unset))\b"
    r"(?![^.]{0,200}?\b(?:abort|cannot|denied|error|exception|fail|invalid|not work|rais|refus|reject|throw)\w*)",
    re.IGNORECASE,
)
"""Match a statement that the setting itself may be left out, or what applies if it is, unless that is an error."""
_OPTIONAL: Final = "optional"
_RECOMMENDED: Final = re.compile(r"recommended\s*(?:,|$)", re.IGNORECASE)


class UseRemark(NamedTuple):
    """Words in parentheses about the use and the type of a secret, such as "(string, optional)"."""

    use: str = ""
    type: str = ""


def read_remark(text: str, wording: Wording) -> UseRemark | None:
    """Return the remark in these words; None if one of them is about something else."""
    words = [word for part in re.split(r"[,;]", text) if (word := part.strip()) and not _NO_NEWS.fullmatch(word)]
    uses = [word for word in words if is_use_word(word, wording)]
    types = [word for word in words if word.lower() in TYPES or find_type(word, wording) is not None]
    if len(uses) + len(types) < len(words) or len(uses) > 1 or len(types) > 1:
        return None
    return UseRemark("".join(uses), "".join(types))


def find_default(description: InlineText) -> str | None:
    """Return the default that a description states, as in "Defaults to `eu`.", if it is clearly one value.

    It is a literal, a value in quotation marks, a number or a truth value.
    """
    text, literals = join_text(description.spans), dict(_locate_literals(description.spans))
    for start, end in _list_paragraphs(text):
        # A paragraph after the first one that begins with a literal is the item of another setting.
        if start and start in literals:
            continue
        for match in _DEFAULT.finditer(text, start, end):
            literal = literals.get(match.end(), "")
            if literal and _AFTER_DEFAULT.match(text, match.end() + len(literal)):
                return literal
            plain = _PLAIN_DEFAULT.match(text, match.end())
            if plain is not None:
                return plain[1] or plain[2]
    return None


def _locate_literals(spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    """Yield each literal of a text with its offset."""
    offset = 0
    for span in spans:
        if span.style is Style.CODE:
            yield offset, span.text
        offset += len(span.text)


def _list_paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the first character and the end of each paragraph of a text."""
    end = -2
    for paragraph in text.split("\n\n"):
        end += 2 + len(paragraph)
        yield end - len(paragraph.lstrip()), end


def mentions_default(text: str) -> bool:
    """Return whether a text tells that a setting has a default, such as "Default value is None."."""
    return _DEFAULT.search(text) is not None


def says_required(text: str) -> bool:
    """Return whether a text says anywhere that a setting is required, as in "The host, which must be set."."""
    return _DEMAND.search(text) is not None


def asks_reader(text: str) -> bool:
    """Return whether a text asks the reader for a value in all cases, as "Enter your API key." does."""
    return _REQUEST.match(text) is not None


def find_use(text: str, wording: Wording) -> str:
    """Return the word about the use of a secret in a remark at an end of its description; empty without one.

    A text such as "Optional name of the proxy" begins with it. Further words, as in "(optional, on Linux only)", leave
    a setting optional, but can restrict that one is required. One that can be left out is optional.
    """
    matches = (match for pattern in _AT_AN_END if (match := pattern.match(text)) is not None)
    remarks = [(words, read_remark(words, wording)) for words in (match[match.lastindex or 0] for match in matches)]
    stated = (remark.use for _, remark in remarks if remark is not None and remark.use)
    # As in "(one of: a, b, optional)", the word can also be the last one.
    parts = (part for words, _ in remarks for part in re.split(r"[,;]\s*", words)[-1:])
    optional = filter(None, (find_leading_use(words, wording) for words in (text, *(words for words, _ in remarks))))
    last = (part for part in parts if is_use_word(part, wording))
    left_out = (_OPTIONAL,) if _LEFT_OUT.search(text) else ()
    return next(chain(stated, optional, last, left_out), "")


def find_leading_use(text: str, wording: Wording) -> str:
    """Return the first word of a text if it is one such as "optional", as in "optional, on Linux only", or nothing.

    What is "recommended" is optional, unlike a setting of "Recommended length".
    """
    first = re.split("[, ]", text, maxsplit=1)[0]
    is_optional = is_use_word(first, wording) and read_optional("optional", first, wording)
    return first if is_optional else _OPTIONAL if _RECOMMENDED.match(text) else ""
