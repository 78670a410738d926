"""Encoders: how text becomes part of a file, one function for each place that takes text.

There is no general clean-up on purpose: each language and each kind of place has its own grammar. What an
encoder returns is `Encoded`, and templates can print nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from authscribe.model import naming

_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MISLEADING: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
# Of the characters of RFC 3986, without the few that end or change a link in one of the two languages.
WEB_ADDRESS: Final = re.compile(r"https?://(?P<host>[A-Za-z0-9.-]+(:[0-9]+)?)([/?#][A-Za-z0-9._~:/?#@!$&*+,=%-]*)?")
LONE_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


remember: Final = lru_cache(maxsize=1024)
"""For encoders of text that comes again, such as all that there is to say about a scheme that connectors share."""


class Encoded(str):
    """Text that is right in the language it was encoded for."""

    __slots__ = ()


def to_printable(text: str) -> str:
    """One line: runs of white space become one blank, control characters and those that turn text around U+FFFD."""
    # Most texts are printable, which costs a tenth of searching for what is not.
    shown = text if text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)
    return " ".join(shown.split())


def measure_width(text: str) -> int:
    """Return the columns of a text as docutils counts them for titles and drawn tables.

    A wide or fullwidth character (Unicode Standard Annex #11) takes two columns, every other one takes one, and a
    combining character takes one less than that. A terminal may show the text narrower.
    """
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def escape_terminal(text: str) -> str:
    """Text as a terminal or log may show it: what would move the cursor or turn the text is shown as an escape."""
    return _MISLEADING.sub(lambda match: ascii(match[0])[1:-1], text)


def is_web_address(text: str) -> bool:
    """Whether `text` is an http or https address (RFC 3986) that can be linked as it is."""
    return re.fullmatch(r"https?://[A-Za-z0-9\[][^\s\"'<>\\^`{|}\x00-\x20\x7f-\xa0]*", text, re.ASCII) is not None


def encode_id(text: str) -> Encoded:
    """An id, which is safe as it is in every language; raises ValueError for everything else."""
    if not naming.is_id(text):
        raise ValueError(f"{text!a} is not an id")
    return Encoded(text)
