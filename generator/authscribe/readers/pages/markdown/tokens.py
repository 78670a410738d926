"""Find out which tokens of markdown-it belong together: labels and their content, tabs, terms and definitions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markdown_it.token import Token

from authscribe.readers.pages.markdown.directives import DIRECTIVE
from authscribe.readers.pages.sections import (
    TAB_DIRECTIVES,
)

# Tabs, admonitions and details of Material for MkDocs: a line with their label, and content that is indented.
LABEL: Final = re.compile(r"(?:===[!+]?|!!!\+?|\?\?\?\+?)[ \t]+(?=\S)(?:[\w -]*\"(?P<label>[^\n]*)\"|[^\n]*)")
_ALERT: Final = re.compile(r"(?P<mark>\[!\w+\])[ \t]*\n")
_TAB_BEGIN: Final = re.compile(r"<Tab(?:Item)?(?:\s[^<>]*)?>\s*\Z")
_NEXT_TAB: Final = re.compile(r"\s*</(Tab|TabItem)\s*>\s*<\1(?:\s[^<>]*)?>\s*")
_HEADING_ATTRIBUTES: Final = re.compile(r"(?<!\\)\{:?[ \t]*[#.][^{}]*\}[ \t]*\Z")
_DEFINITION: Final = ["dt_open", "inline", "dt_close", "dd_open", "paragraph_open", "inline", "paragraph_close"]
"""Tokens of a term and the first paragraph of its definition."""
_CODE_AFTER_LABEL: Final = 2
"""Distance from the text of a paragraph to the token after the paragraph."""


def find_end(tokens: Sequence[Token], position: int) -> int:
    """Return the index after the tokens that belong to the one at `position`: those of a table or note, for example."""
    kind = tokens[position].type
    if kind in ("table_open", "footnote_reference_open"):
        closing = kind.replace("open", "close")
        return next(index for index in range(position, len(tokens)) if tokens[index].type == closing) + 1
    if kind == "dt_open" and _is_definition(tokens, position):
        return position + len(_DEFINITION)
    if kind == "inline" and _labels_block(tokens, position):
        return position + _CODE_AFTER_LABEL + 1
    return position + (2 if kind == "heading_open" else 1)


def find_tab(tokens: Sequence[Token], position: int, tabs_end: int) -> int | None:
    """Return the index of the first token of the tab whose content begins at `position`, if one does.

    The tab before it, if any, ends at `tabs_end`.
    """
    token = tokens[position]
    match token.type:
        case "inline" if token.content.startswith("=") and _labels_block(tokens, position):
            return position - 1
        case "fence" | "colon_fence":
            directive = DIRECTIVE.fullmatch(token.info.strip())
            return position if directive is not None and directive["name"] in TAB_DIRECTIVES else None
        case "table_open":
            return _find_component(tokens, position, tabs_end)
    return None


def _find_component(tokens: Sequence[Token], position: int, tabs_end: int) -> int | None:
    """Return the index of the tags before a table if they begin a tab, such as `<TabItem>` in MDX.

    After a tab that ends at `tabs_end`, they must begin the next tab of the same set, or other tags be between them.
    """
    start = position
    while start > 0 and tokens[start - 1].type == "html_block":
        start -= 1
    text = "".join(token.content for token in tokens[start:position])
    begin = _TAB_BEGIN.search(text)
    if begin is None:
        return None
    return start if start != tabs_end or _NEXT_TAB.fullmatch(text) else position


def _labels_block(tokens: Sequence[Token], position: int) -> bool:
    """Return whether a paragraph is only the label of the code block after it, which is no code then."""
    after = position + _CODE_AFTER_LABEL
    is_code = after < len(tokens) and tokens[after].type == "code_block"
    return is_code and LABEL.fullmatch(tokens[position].content) is not None


def get_line(token: Token, offset: int) -> int:
    """Return the line of the page that a token begins in; its text begins after line `offset`."""
    return (token.map[0] if token.map else 0) + offset + 1


def remove_attributes(title: Token) -> Token:
    """Return a title without the id and classes in braces that many dialects allow after it."""
    *before, last = title.children or [title]
    match = _HEADING_ATTRIBUTES.search(title.content)
    if match is None or not last.content.endswith(match[0]):
        return title
    kept = last.copy(content=last.content.removesuffix(match[0]))
    return title.copy(content=title.content[: match.start()], children=[*before, kept])


def remove_alert(paragraph: Token) -> Token:
    """Return a paragraph without the mark of an alert of GitHub, such as `[!NOTE]`, in its first line."""
    match = _ALERT.match(paragraph.content)
    children = paragraph.children or []
    if match is None or not children or children[0].content != match["mark"]:
        return paragraph
    return paragraph.copy(content=paragraph.content[match.end() :], children=children[2:])


def _is_definition(tokens: Sequence[Token], position: int) -> bool:
    """Return whether a term has one definition, which begins with a paragraph."""
    if [token.type for token in tokens[position : position + len(_DEFINITION)]] != _DEFINITION:
        return False
    level = tokens[position].level
    closing = (index for index in range(position, len(tokens)) if tokens[index].type == "dd_close")
    end = next(index for index in closing if tokens[index].level == level)
    return tokens[end + 1].type != "dd_open"
