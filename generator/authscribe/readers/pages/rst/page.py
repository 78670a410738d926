"""Scheme pages in reStructuredText.

docutils parses them, and does nothing else: no transforms, no configuration files, no included files, no printed
messages. Only this package knows docutils.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from copy import copy
from functools import cache, lru_cache
from typing import Final

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Parser

from authscribe.findings.finding import Place
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.findings.rules.too_large import report_slow_markup
from authscribe.model.draft import Draft
from authscribe.model.wording import ENGLISH, Wording
from authscribe.readers.pages.page_draft import draft_page
from authscribe.readers.pages.rst.converter import RstConverter
from authscribe.readers.pages.rst.effort import SlowMarkupError, make_inliner, remember_columns
from authscribe.readers.pages.rst.permissive import MARKER_DIRECTIVE, permit_unknown_names
from authscribe.readers.pages.sections import (
    MARKER,
    Section,
)
from authscribe.readers.text import DEPTH_LIMIT, check_length

RST_LINE_LIMIT: Final = 12_000
"""Lines of a page in reStructuredText; docutils takes more than linear time in their number."""
_SETTINGS: Final = {
    "_disable_config": True,
    "doctitle_xform": False,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "halt_level": 5,
    "report_level": 5,
    "smart_quotes": False,
    "pep_references": False,
    "rfc_references": False,
}
_MARKER: Final = re.compile(
    rf"^(?P<before>[ \t]*(?:(?:[-+*]|\w+[.)]|#\.)[ \t]+)*\.\.[ \t]+){MARKER}(?P<text>.*)$",
    re.MULTILINE,
)
# docutils ends a line at these characters as well, and would count other lines than editors do.
_EXTRA_LINE_ENDS: Final = str.maketrans("\x85\u2028\u2029", "   ")


def read_rst(path: str, text: str, wording: Wording = ENGLISH) -> Draft:
    """Return the schemes of a page; never raises, and leaves docutils as it found it."""
    sections = parse_rst(path, text, wording)
    return sections if isinstance(sections, Draft) else draft_page(path, sections, wording)


@lru_cache(maxsize=2)
def parse_rst(path: str, text: str, wording: Wording = ENGLISH) -> tuple[Section, ...] | Draft:
    """Return the sections of a page, or a draft with the finding that tells why it cannot be read.

    `docs` reads a page before and after its change, each as a page and as a source: the last two are remembered.
    """
    too_long = check_length(path, text, lines=RST_LINE_LIMIT)
    if too_long is not None:
        return Draft(path, findings=(too_long,))
    return parse_rst_lines(path, text, wording, text.split("\n"), 0)


def parse_rst_lines(
    path: str, text: str, wording: Wording, lines: Sequence[str], offset: int
) -> tuple[Section, ...] | Draft:
    """Return the sections of a text that begins after `offset` of the lines of its page, as `parse_rst` does."""
    try:
        document = _parse_nodes(_replace_markers(text.translate(_EXTRA_LINE_ENDS)))
        if isinstance(document, str):
            return Draft(path, findings=(report_syntax_error(Place(path), "reStructuredText", document),))
        _move_nodes(document, offset)
        return (RstConverter(path, lines, wording).convert_page(document),)
    except SlowMarkupError as error:
        line = error.line + offset
        return Draft(path, findings=(report_slow_markup(Place(path, line, 1, line, 2)),))
    except RecursionError:
        return Draft(path, findings=(report_too_deep(Place(path), limit=DEPTH_LIMIT),))


def _replace_markers(text: str) -> str:
    """Return the text with directives in place of marker comments: docutils tells the lines of a directive only.

    A marker within a literal block stays a part of that block.
    """
    return _MARKER.sub(lambda match: f"{match['before']}{MARKER_DIRECTIVE}:: {match['text']}", text)


def _parse_nodes(text: str) -> nodes.document | str:
    """Return the document, or a description of the failure: docutils raises undocumented errors on crafted pages."""
    settings = copy(_make_settings())
    settings.warning_stream = io.StringIO()
    document = utils.new_document("page", settings)
    with permit_unknown_names(), remember_columns():
        try:
            Parser(inliner=make_inliner()).parse(text, document)
        except (RecursionError, SlowMarkupError):
            raise
        except Exception as error:  # noqa: BLE001 - see above
            return f"docutils fails with {type(error).__name__}"
    return document


@cache
def _make_settings() -> frontend.Values:
    """Return the settings of each parse, which are copied: making them takes longer than parsing a short page."""
    settings = frontend.get_default_settings(Parser)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    return settings


def _move_nodes(document: nodes.document, offset: int) -> None:
    """Add an offset to all line numbers in a document."""
    for node in document.findall(nodes.Element) if offset else ():
        node.line = node.line + offset if node.line is not None else None
        for key in {"line", "end_line"} & node.attributes.keys():
            node[key] += offset
