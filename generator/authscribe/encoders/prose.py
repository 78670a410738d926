"""Functions that the encoders of prose share: of reStructuredText, Markdown and HTML."""

from __future__ import annotations

import re
from typing import Final

from authscribe.encoders.text import replace_unprintable
from authscribe.model.markup import Span, parse_markup, tidy_spans

# An underscore within a word is text; at the start or the end of one it can make a reference or emphasis.
LONE_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


def has_only_words(text: str) -> bool:
    """Return whether a text is only words of letters and digits, one blank apart, as most titles are.

    No encoder of prose changes such a text, and asking for that takes a tenth of looking for what to escape.
    """
    return all(map(str.isalnum, text.split(" ")))


def to_printable_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of a text with markup, in which each text is printable as `to_printable` makes it."""
    return tidy_spans(span._replace(text=replace_unprintable(span.text)) for span in parse_markup(text))
