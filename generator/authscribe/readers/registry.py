"""Read sources: find the reader for a source's format, and return its draft.

A page format has a function `(path, text, wording) -> Draft`. A data format has a module that is a `DocumentReader`,
whichever syntax its documents are in. To add a format, add its module, a loader below and a line in `PAGE_FORMATS` or
`DATA_FORMATS`. Packages can add formats through an entry point; they are asked after the formats listed here.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import PurePath
from typing import Final, TypeAlias

from authscribe.findings.finding import Finding, Place, Severity, attribute_findings
from authscribe.findings.rules.empty_file import report_empty_file
from authscribe.findings.rules.unknown_content import report_unknown_content
from authscribe.findings.rules.unknown_format import report_unknown_format
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model.draft import Draft, Entry, KeyOutcome, ListNode, MapNode, Node, Noun, Outcome, get_text
from authscribe.model.wording import ENGLISH, Wording
from authscribe.readers import definition_file
from authscribe.readers.definition_file import is_definition_file
from authscribe.readers.hidden_characters import find_hidden_characters
from authscribe.readers.pasted_secrets import find_pasted_secrets, withhold_secrets
from authscribe.readers.plugin_readers import DocumentReader, read_plugin_document, read_plugin_text
from authscribe.runtime import plugins

ReadPage: TypeAlias = Callable[[str, str, Wording], Draft]
LoadDocument: TypeAlias = Callable[[str, str], MapNode | None]
ParseSyntax: TypeAlias = Callable[[str, str], tuple[Node | None, tuple[Finding, ...]]]

# Each format is imported when its first source is read: docutils, markdown-it and PyYAML cost as much as a small run.


def _load_rst() -> ReadPage:
    from authscribe.readers.pages.rst.page import read_rst

    return read_rst


def _load_markdown() -> ReadPage:
    from authscribe.readers.pages.markdown.page import read_markdown

    return read_markdown


def _load_nango() -> DocumentReader:
    from authscribe.readers.foreign import nango

    return nango


def _load_airbyte() -> DocumentReader:
    from authscribe.readers.foreign import airbyte

    return airbyte


def _load_meltano() -> DocumentReader:
    from authscribe.readers.foreign import meltano

    return meltano


def _load_power_platform() -> DocumentReader:
    from authscribe.readers.foreign import power_platform

    return power_platform


def _load_openapi() -> DocumentReader:
    from authscribe.readers.foreign import openapi

    return openapi


def _load_mcp() -> DocumentReader:
    from authscribe.readers.foreign import mcp

    return mcp


def _load_n8n() -> DocumentReader:
    from authscribe.readers.foreign import n8n

    return n8n


def _load_postman() -> DocumentReader:
    from authscribe.readers.foreign import postman

    return postman


def _load_definitions() -> DocumentReader:
    return definition_file


def _load_yaml() -> ParseSyntax:
    from authscribe.readers.syntax.yaml import parse_yaml

    return parse_yaml


def _load_json() -> ParseSyntax:
    from authscribe.readers.syntax.json import parse_json

    return parse_json


def _load_toml() -> ParseSyntax:
    from authscribe.readers.syntax.toml import parse_toml

    return parse_toml


PAGE_FORMATS: Final[Mapping[str, Callable[[], ReadPage]]] = {"rst": _load_rst, "markdown": _load_markdown}
"""The loader of each markup language of pages."""

_DEFINITIONS: Final = "definitions"

DATA_FORMATS: Final[Mapping[str, Callable[[], DocumentReader]]] = {
    "nango": _load_nango,
    "airbyte": _load_airbyte,
    "meltano": _load_meltano,
    "power-platform": _load_power_platform,
    "openapi": _load_openapi,
    "mcp": _load_mcp,
    "n8n": _load_n8n,
    "postman": _load_postman,
    _DEFINITIONS: _load_definitions,
}
"""The loader of each data format, in the order in which they are asked whether they recognise a document."""

_LIST_FORMATS: Final = ("n8n",)
"""Data formats whose documents are lists: their readers get a mapping from positions to items."""

_POSTMAN_MARKS: Final = ("_postman_", "schema.getpostman.com/", "schema.postman.com/")

SOURCE_FORMATS: Final = (*PAGE_FORMATS, *DATA_FORMATS)

_PAGE_SUFFIXES: Final = {".rst": "rst", ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown"}

_SYNTAXES: Final[Mapping[str, Callable[[], ParseSyntax]]] = {
    ".yaml": _load_yaml,
    ".yml": _load_yaml,
    ".json": _load_json,
    ".toml": _load_toml,
}
"""The loader of the parser for each suffix of documents."""

SOURCE_SUFFIXES: Final = (*_PAGE_SUFFIXES, *_SYNTAXES)

_DUPLICATE_KEY: Final = "duplicate-key"
_TEXT_CODES: Final = ("pasted-secret", "hidden-character")
"""Codes of findings about the text of a source, whatever a reader makes of it."""


def list_formats() -> tuple[str, ...]:
    """Return the name of every format: the built-in ones, then those of installed packages."""
    installed = plugins.list_plugins(plugins.Group.READERS)
    return (*SOURCE_FORMATS, *(name for name in installed if name not in SOURCE_FORMATS))


def is_page(path: str, source_format: str | None = None) -> bool:
    """Return whether a source is a page in one of `PAGE_FORMATS`."""
    return _find_page_format(path, source_format) is not None


def read_source(path: str, text: str, source_format: str | None = None, *, wording: Wording = ENGLISH) -> Draft:
    """Return the draft of a source; never raises.

    `source_format` is one of `list_formats()`; without it, suffix and content decide. A duplicate key is an error in
    authscribe's own definitions. In a document of another system the last of the duplicates counts, as it does there,
    and the finding is a warning. YAML aliases are refused in authscribe's own definitions only. Hidden characters in
    the text are findings, and so are values of secrets, which do not get into the draft. `wording` is that of pages.
    """
    pasted = find_pasted_secrets(path, text)
    found = (*pasted, *find_hidden_characters(path, text))
    draft = _read_text(path, withhold_secrets(text) if pasted else text, source_format, wording)
    return draft._replace(findings=(*found, *draft.findings)) if found else draft


def _read_text(path: str, text: str, source_format: str | None, wording: Wording) -> Draft:
    page_format = _find_page_format(path, source_format)
    if page_format is not None:
        return PAGE_FORMATS[page_format]()(path, text, wording)
    if source_format is None and _get_suffix(path) not in _SYNTAXES:
        draft = read_plugin_text(path, text, None)
        return draft if draft is not None else Draft(path, findings=(report_unknown_format(path, SOURCE_SUFFIXES),))
    if source_format is not None and source_format not in DATA_FORMATS:
        draft = read_plugin_text(path, text, source_format)
        if draft is not None:
            return draft
    return _read_document(path, text, source_format)


def parse_document(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Parse a document in the syntax that its suffix names, YAML for any other suffix.

    Return its tree, or None with the findings that tell why there is none.
    """
    load = _SYNTAXES.get(_get_suffix(path), _load_yaml)
    return load()(path, text)


def detect_format(path: str, node: MapNode | ListNode) -> str | None:
    """Return the built-in data format that recognises a document, if any."""
    if isinstance(node, ListNode):
        items = index_items(node)
        return next((name for name in _LIST_FORMATS if DATA_FORMATS[name]().recognises(path, items)), None)
    # Checked first, so that authscribe's own definitions do not load the readers of other systems.
    if is_definition_file(node):
        return _DEFINITIONS
    names = (name for name in DATA_FORMATS if name not in _LIST_FORMATS)
    return next((name for name in names if DATA_FORMATS[name]().recognises(path, node)), None)


def read_together(drafts: Sequence[Draft], load: LoadDocument | None = None) -> tuple[Draft, ...]:
    """Return the drafts after reading documents about one connector in the light of each other; never raises.

    `load` loads a document that is not among them: the one at a path to which the one at another path refers.
    """
    completed = tuple(drafts)
    # Imported only if a draft needs them: each costs as much as a small run.
    if any(draft.document is not None for draft in drafts):
        completed = _complete(completed, load)
    if any(draft.is_titled for draft in drafts):
        from authscribe.readers.foreign import postman

        completed = postman.together(completed)
    return completed


def _complete(drafts: tuple[Draft, ...], load: LoadDocument | None) -> tuple[Draft, ...]:
    """Return the drafts after reading again those whose documents need others."""
    from authscribe.readers.foreign import airbyte, openapi, power_platform
    from authscribe.readers.foreign.openapi.references import find_nothing

    drafts_after = airbyte.together(power_platform.together(openapi.together(drafts, load or find_nothing)))
    return tuple(
        after if after is before else _finish_again(after, before.findings)
        for before, after in zip(drafts, drafts_after, strict=True)
    )


def _finish_again(draft: Draft, previous: tuple[Finding, ...]) -> Draft:
    """Return the finished draft of a document that is read again, with the findings about its text."""
    finished = _finish_document(draft, previous)
    found = (finding for finding in previous if finding.code in _TEXT_CODES)
    return finished._replace(findings=tuple(dict.fromkeys((*found, *finished.findings))))


def _get_suffix(path: str) -> str:
    return PurePath(path).suffix.lower()


def _find_page_format(path: str, source_format: str | None) -> str | None:
    name = source_format or _PAGE_SUFFIXES.get(_get_suffix(path))
    return name if name in PAGE_FORMATS else None


def _read_document(path: str, text: str, source_format: str | None) -> Draft:
    node, findings = parse_document(path, text)
    if node is None or (findings and _may_hold_values(text)):
        return Draft(path, findings=findings, key_outcomes=tuple(_withhold_text(path, text)))
    if isinstance(node, ListNode):
        name = source_format or detect_format(path, node)
        if name in _LIST_FORMATS:
            return _finish_document(DATA_FORMATS[name]().draft(path, index_items(node)), findings)
    if not isinstance(node, MapNode):
        return Draft(path, findings=(report_not_a_mapping(node.place, "the definition file"),))
    if not node.entries:
        return Draft(path, findings=(report_empty_file(path),))
    name = source_format or detect_format(path, node)
    if name == _DEFINITIONS and findings:
        return Draft(path, findings=findings)
    if name is not None and name in DATA_FORMATS:
        draft: Draft | None = DATA_FORMATS[name]().draft(path, node)
    else:
        draft = read_plugin_document(path, node, name)
    if draft is None:
        return Draft(path, findings=(report_unknown_content(path, list_formats()),), document=node)
    if name == _DEFINITIONS:
        # A part of a document of another system may resemble a definition file.
        return draft if draft.definitions else draft._replace(document=node)
    return _finish_document(draft, findings)


def _may_hold_values(text: str) -> bool:
    """Return whether a text is one of Postman's, in which any value may be a live credential."""
    return any(mark in text for mark in _POSTMAN_MARKS)


def _withhold_text(path: str, text: str) -> Iterator[KeyOutcome]:
    """Yield the outcome that keeps reports from quoting a text, if it may hold values that nobody can tell apart."""
    if _may_hold_values(text):
        lines = text.split("\n")
        place = Place(path, 1, 1, len(lines), len(lines[-1]) + 1)
        yield KeyOutcome("", place, Outcome.WITHHELD, 0, values=(place,))


def index_items(node: ListNode) -> MapNode:
    """Return a list as a mapping from positions to items, whose JSON pointers are the same."""
    return MapNode(tuple(Entry(str(index), item.place, item) for index, item in enumerate(node.items)), node.place)


def _finish_document(draft: Draft, syntax_findings: Iterable[Finding]) -> Draft:
    """Return the draft of a document of another system without the credentials that its texts show.

    Its duplicate keys are warnings, and its findings name their connectors.
    """
    from authscribe.readers.foreign.shown_credentials import withhold_shown

    draft = withhold_shown(draft)
    duplicates = (finding for finding in syntax_findings if finding.code == _DUPLICATE_KEY)
    warnings = (finding._replace(severity=Severity.WARNING) for finding in duplicates)
    return draft._replace(findings=tuple(_name_connectors((*warnings, *draft.findings), draft)))


def _name_connectors(findings: Iterable[Finding], draft: Draft) -> Iterator[Finding]:
    """Yield the findings, each with the only connector of its document, or the last one that begins before it."""
    connectors = (definition.node for definition in draft.select(Noun.CONNECTOR))
    starts = sorted((node.place, get_text(node.find("id")) or "") for node in connectors)
    for finding in findings:
        index = 1 if len(starts) == 1 else bisect(starts, finding.place, key=itemgetter(0))
        yield from attribute_findings((finding,), starts[index - 1][1]) if index else (finding,)
