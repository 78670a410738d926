"""Text functions that all encoders share, and the type that they return.

There is one encoder for each place that takes text, and no general one on purpose: each language and each kind of place
has its own grammar. Encoders return `Encoded`, and templates can print nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Self

from authscribe.model import naming

_UNPRINTABLE: Final = r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
_MISLEADING: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)

remember: Final = lru_cache(maxsize=1024)
"""Cache for encoders of text that is repeated, such as the description of a scheme that many connectors use."""


class Encoded(str):
    """Text that is safe to print in the language that it was encoded for."""

    __slots__ = ()


class TidyLines(Encoded):
    """Whole lines that are formatted already: without trailing spaces and empty lines, and with a final line end."""

    __slots__ = ()

    def __str__(self) -> Self:
        """Return the lines as they are: Jinja makes a text of everything that it prints."""
        return self


def to_printable(text: str) -> str:
    """Return the text on one line.

    Each run of white space becomes one blank. Control characters, bidirectional formatting characters, surrogates and
    noncharacters become U+FFFD.
    """
    return " ".join(replace_unprintable(text).split())


def replace_unprintable(text: str) -> str:
    """Return the text with U+FFFD for control characters, surrogates and characters that reorder text."""
    # Most texts are printable, and asking for that costs a tenth of the search.
    return text if text.isprintable() else re.sub(_UNPRINTABLE, "\ufffd", text)


def keep_web_address(text: str | None) -> str | None:
    """Return a text, or None if it is not a web address and so must not become a link."""
    return text if text is not None and is_web_address(text) else None


def measure_width(text: str) -> int:
    """Return the columns of a text as docutils counts them for titles and drawn tables.

    A wide or fullwidth character (Unicode Standard Annex #11) takes two columns, every other one takes one, and a
    combining character takes one less than that. A terminal may show the text narrower.
    """
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def escape_terminal(text: str) -> str:
    """Return the text as a terminal or log can show it.

    Characters that are invisible, move the cursor or change the direction of text are replaced by their escapes.
    """
    return _MISLEADING.sub(lambda match: ascii(match[0])[1:-1], text)


def is_web_address(text: str) -> bool:
    """Return whether the text is an http or https address (RFC 3986) that can be linked without changes."""
    return re.fullmatch(r"https?://[A-Za-z0-9\[][^\s\"'<>\\^`{|}\x00-\x20\x7f-\xa0]*", text, re.ASCII) is not None


def encode_id(text: str) -> Encoded:
    """Return an id, or the page of one, which is safe in every language; raise ValueError for any other text."""
    if not naming.is_id(text.removeprefix("_")):
        raise ValueError(f"{text!a} is not an id")
    return Encoded(text)
