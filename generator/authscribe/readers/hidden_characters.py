"""Find characters in a text that hide something from its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.hidden_character import report_hidden_character

# Without width: spaces, hyphens, operators, fillers and tags. Changing direction: marks, embeddings and isolates.
# Joiners are a part of some scripts and of emoji, but not beside ASCII.
_HIDDEN: Final = (
    "[\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0\U000e0000-\U000e01ef"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])"
)


def find_hidden_characters(path: str, text: str) -> tuple[Finding, ...]:
    """Return a finding for each line with a hidden character, in the order of the text."""
    return () if text.isascii() else tuple(_find_in_lines(path, text))


def _find_in_lines(path: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.split("\n"), start=1):
        match = None if line.isascii() else re.search(_HIDDEN, line)
        if match is not None:
            column = match.start() + 1
            yield report_hidden_character(match[0], Place(path, number, column, number, column + 1))
