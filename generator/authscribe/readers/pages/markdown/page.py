"""Scheme pages in Markdown: CommonMark with GitHub's tables, and MyST.

Only this package knows markdown-it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from authscribe.model.draft import Draft
from authscribe.model.wording import ENGLISH, Wording
from authscribe.readers.pages.markdown.converter import MarkdownConverter
from authscribe.readers.pages.markdown.front_matter import FRONT_MATTER, find_front_title
from authscribe.readers.pages.markdown.settings_block import fence_settings
from authscribe.readers.pages.page_draft import draft_page
from authscribe.readers.pages.sections import (
    Section,
)
from authscribe.readers.text import ParseError, check_length

MARKDOWN_LINE_LIMIT: Final = 50_000
"""Lines of a page in Markdown."""


def read_markdown(path: str, text: str, wording: Wording = ENGLISH) -> Draft:
    """Return the schemes of a page; never raises."""
    sections = parse_markdown(path, text, wording)
    return sections if isinstance(sections, Draft) else draft_page(path, sections, wording)


@lru_cache(maxsize=2)
def parse_markdown(path: str, text: str, wording: Wording = ENGLISH) -> tuple[Section, ...] | Draft:
    """Return the sections of a page, or a draft with the finding that tells why it cannot be read.

    The last two are remembered, for the reason that `parse_rst` states.
    """
    too_long = check_length(path, text, lines=MARKDOWN_LINE_LIMIT)
    if too_long is not None:
        return Draft(path, findings=(too_long,))
    # Empty lines in the place of the front matter keep the line numbers.
    body = FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), text)
    try:
        section = MarkdownConverter(path, text, wording).convert_page(fence_settings(body))
    except ParseError as error:
        return Draft(path, findings=(error.finding,))
    return (replace(section, title=find_front_title(path, text)),)
