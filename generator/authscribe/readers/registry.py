"""Readers: one module for each input format; each turns a source into a draft and cannot fail.

Markup has a module with `read(path, text) -> Draft`. A data format has a module with `recognises(path, node)` and
`draft(path, node)`, whatever syntax its documents are in. Adding one is adding the module and its line here; another
package adds one by an entry point. Its markup says in `SUFFIXES` which files it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Final, Protocol, TypeAlias

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.empty_file import report_empty_file
from authscribe.findings.rules.unknown_content import report_unknown_content
from authscribe.findings.rules.unknown_format import report_unknown_format
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model.draft import Draft, MapNode, Node
from authscribe.readers import definition_file
from authscribe.readers.definition_file import is_definition_file
from authscribe.readers.plugin_readers import read_plugin_document, read_plugin_text
from authscribe.runtime import plugins

ReadPage: TypeAlias = Callable[[str, str], Draft]
ParseSyntax: TypeAlias = Callable[[str, str], tuple[Node | None, tuple[Finding, ...]]]


class DataFormat(Protocol):
    """The module of a data format."""

    def recognises(self, path: str, node: MapNode, /) -> bool:
        """Return whether the document is in this format."""

    def draft(self, path: str, node: MapNode, /) -> Draft:
        """Return the definitions in the document."""


def _load_rst() -> ReadPage:
    from authscribe.readers.pages.rst import read_rst

    return read_rst


def _load_markdown() -> ReadPage:
    from authscribe.readers.pages.markdown import read_markdown

    return read_markdown


def _load_nango() -> DataFormat:
    from authscribe.readers.foreign import nango

    return nango


def _load_airbyte() -> DataFormat:
    from authscribe.readers.foreign import airbyte

    return airbyte


def _load_meltano() -> DataFormat:
    from authscribe.readers.foreign import meltano

    return meltano


def _load_power_platform() -> DataFormat:
    from authscribe.readers.foreign import power_platform

    return power_platform


def _load_openapi() -> DataFormat:
    from authscribe.readers.foreign import openapi

    return openapi


def _load_yaml() -> ParseSyntax:
    from authscribe.readers.syntax.yaml import parse_yaml

    return parse_yaml


def _load_json() -> ParseSyntax:
    from authscribe.readers.syntax.json import parse_json

    return parse_json


def _load_toml() -> ParseSyntax:
    from authscribe.readers.syntax.toml import parse_toml

    return parse_toml


MARKUP: Final[Mapping[str, Callable[[], ReadPage]]] = {"rst": _load_rst, "markdown": _load_markdown}
"""The reader of each markup language; imported when the first such page is read, since some cost a lot."""

DATA: Final[Mapping[str, Callable[[], DataFormat]]] = {
    "nango": _load_nango,
    "airbyte": _load_airbyte,
    "meltano": _load_meltano,
    "power-platform": _load_power_platform,
    "openapi": _load_openapi,
    "definitions": lambda: definition_file,
}
"""The module of each data format, in the order in which they are asked whether they recognise a document."""

SOURCE_FORMATS: Final = (*MARKUP, *DATA)

_OWN: Final = "definitions"
_REPEATED: Final = "duplicate-key"

_SYNTAXES: Final[Mapping[str, Callable[[], ParseSyntax]]] = {
    ".yaml": _load_yaml,
    ".yml": _load_yaml,
    ".json": _load_json,
    ".toml": _load_toml,
}
_PAGES: Final[Mapping[str, str]] = {".rst": "rst", ".md": "markdown"}

SOURCE_SUFFIXES: Final = (*_PAGES, *_SYNTAXES)


def read_source(path: str, text: str, source_format: str | None = None) -> Draft:
    """What the text says; never raises.

    The format is `source_format`, one of `names()`; without it, it is known by the suffix and by the content. A key
    that stands twice is refused in a definition of ours; in a document of another system the last one counts, as it
    does there, and the finding is a warning. Aliases of YAML are refused in a definition of ours alone.
    """
    suffix = PurePath(path).suffix.lower()
    markup = _markup(path, source_format)
    if markup in MARKUP:
        return MARKUP[markup]()(path, text)
    other = source_format if source_format not in DATA else None
    if other is not None or (suffix not in _SYNTAXES and source_format is None):
        draft = read_plugin_text(path, text, other)
        if draft is not None or other is None:
            return draft or Draft(path, findings=(report_unknown_format(path, SOURCE_SUFFIXES),))
    node, findings = parse_document(path, text)
    if node is None:
        return Draft(path, findings=findings)
    if not isinstance(node, MapNode):
        return Draft(path, findings=(report_not_a_mapping(node.place, "the definition file"),))
    if not node.entries:
        return Draft(path, findings=(report_empty_file(path),))
    return _document(path, node, source_format, findings)


def is_page(path: str, source_format: str | None = None) -> bool:
    """Whether a source is a page in one of `MARKUP`."""
    return _markup(path, source_format) in MARKUP


def _markup(path: str, source_format: str | None) -> str:
    return source_format or _PAGES.get(PurePath(path).suffix.lower(), "")


def format_names() -> tuple[str, ...]:
    """Every format there is: those of this package, then those of others."""
    return (
        *SOURCE_FORMATS,
        *(name for name in plugins.list_plugins(plugins.Group.READERS) if name not in SOURCE_FORMATS),
    )


def _document(path: str, node: MapNode, source_format: str | None, repeated: tuple[Finding, ...]) -> Draft:
    name = source_format or detect_format(path, node)
    if repeated and name == _OWN:
        return Draft(path, findings=repeated)
    repeated = tuple(finding for finding in repeated if finding.code == _REPEATED)
    if name is not None and name in DATA:
        return _warned(DATA[name]().draft(path, node), repeated)
    found = read_plugin_document(path, node, name)
    return _warned(found, repeated) if found else Draft(path, findings=(report_unknown_content(path, format_names()),))


def read_together(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts, in which documents about one thing have been read in the light of each other; never raises."""
    if not any(draft.document is not None for draft in drafts):
        return tuple(drafts)
    # Imported where a draft needs them: each costs as much as a small run.
    from authscribe.readers.foreign import airbyte, power_platform

    found = airbyte.together(power_platform.together(tuple(drafts)))
    return tuple(
        after if after is before else _warned(after, (f for f in before.findings if f.code == _REPEATED))
        for before, after in zip(drafts, found, strict=True)
    )


def _warned(draft: Draft, findings: Iterable[Finding]) -> Draft:
    return draft._replace(findings=(*(f._replace(severity=Severity.WARNING) for f in findings), *draft.findings))


def parse_document(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """The tree of a document in the syntax that its suffix promises, else in YAML; or why there is none."""
    syntax = _SYNTAXES.get(PurePath(path).suffix.lower(), _SYNTAXES[".yaml"])
    return syntax()(path, text)


def detect_format(path: str, node: MapNode) -> str | None:
    """The data format that knows this document; None where none does."""
    if is_definition_file(node):
        return _OWN
    return next((name for name, load in DATA.items() if load().recognises(path, node)), None)
