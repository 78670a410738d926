"""Parts of patterns that several kinds of prose share.

They are English; a wording adds words of other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from authscribe.readers.pages.wording.spelling import correct_spelling

_SENTENCE_END: Final = re.compile(r"(?<=[.!?:;])\s+")
CREDENTIAL: Final = r"\b(?:secret|credential|token|key|password)"
CREDENTIALS: Final = rf"{CREDENTIAL}s?\b"
SUPPLIED: Final = (
    r"(?:provided|supplied|given|entered|set|configured|filled in|added|specified|uploaded|maintained|furnished)"
)
NOUNS: Final = (
    r"(?:secret|credential|token|key|password|propert(?:y|ie)|parameter|setting|field|value|variable|input|option"
    r"|argument|attribute|configuration|data|detail|information|item|entr(?:y|ie)|name|id)s?"
)
_NEVER: Final = r"(?!)"


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, with the spelling of the words that are recognised corrected."""
    return _SENTENCE_END.split(correct_spelling(text.strip()))


def compile_any(*patterns: str) -> re.Pattern[str]:
    """Return a pattern for each text that matches one of the patterns; case is ignored."""
    return re.compile("|".join(patterns), re.IGNORECASE)


def join_words(words: Iterable[str]) -> str:
    """Return a pattern for any of the words or phrases, without groups that capture; without words, for nothing."""
    spelt = (
        r"\s+".join(map(re.escape, word.removesuffix("*").split())) + r"\w*" * word.endswith("*") for word in words
    )
    return f"(?:{'|'.join(spelt) or _NEVER})"
