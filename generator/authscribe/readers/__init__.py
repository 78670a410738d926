"""Readers: one module for each input format; each turns a source into a draft and cannot fail.

Markup has a module with `read(path, text) -> Draft`. A data format has a module with `recognises(path, node)` and
`draft(path, node)`, whatever syntax its documents are in. Adding one is adding the module and its line here; another
package adds one by an entry point. Its markup says in `SUFFIXES` which files it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import PurePath
from typing import Final

from authscribe import mistakes, plugins
from authscribe.draft import Draft, MapNode, Node
from authscribe.finding import Finding, Severity
from authscribe.readers import external, layout

MARKUP: Final[Mapping[str, str]] = {
    "rst": "authscribe.readers.rst",
    "markdown": "authscribe.readers.markdown",
}
"""The module for each markup language; imported when the first such page is read, since some cost a lot."""

DATA: Final[Mapping[str, str]] = {
    "nango": "authscribe.readers.nango",
    "airbyte": "authscribe.readers.airbyte",
    "meltano": "authscribe.readers.meltano",
    "power-platform": "authscribe.readers.power_platform",
    "openapi": "authscribe.readers.openapi",
    "definitions": "authscribe.readers.layout",
}
"""The module for each data format, in the order in which they are asked whether they know a document."""

FORMATS: Final = (*MARKUP, *DATA)

_TOGETHER: Final = ("power-platform", "airbyte")
"""The data formats in which several documents are about one connector; each module has `together(drafts)`."""

_OWN: Final = "definitions"
_REPEATED: Final = "duplicate-key"

_SYNTAXES: Final[Mapping[str, str]] = {
    ".yaml": "authscribe.readers.yaml",
    ".yml": "authscribe.readers.yaml",
    ".json": "authscribe.readers.json",
    ".toml": "authscribe.readers.toml",
}
_PAGES: Final[Mapping[str, str]] = {".rst": "rst", ".md": "markdown"}

SUFFIXES: Final = (*_PAGES, *_SYNTAXES)


def read(path: str, text: str, source_format: str | None = None) -> Draft:
    """What the text says; never raises.

    The format is `source_format`, one of `names()`; without it, it is known by the suffix and by the content. A key
    that stands twice is refused in a definition of ours; in a document of another system the last one counts, as it
    does there, and the finding is a warning. Aliases of YAML are refused in a definition of ours alone.
    """
    suffix = PurePath(path).suffix.lower()
    markup = _markup(path, source_format)
    if markup in MARKUP:
        page: Draft = import_module(MARKUP[markup]).read(path, text)
        return page
    other = source_format if source_format not in DATA else None
    if other is not None or (suffix not in _SYNTAXES and source_format is None):
        draft = external.of_text(path, text, other)
        if draft is not None or other is None:
            return draft or Draft(path, findings=(mistakes.unknown_format(path, SUFFIXES),))
    node, findings = parsed(path, text)
    if node is None:
        return Draft(path, findings=findings)
    if not isinstance(node, MapNode):
        return Draft(path, findings=(mistakes.not_a_mapping(node.place, "a definition file"),))
    if not node.entries:
        return Draft(path, findings=(mistakes.empty_file(path),))
    return _document(path, node, source_format, findings)


def is_page(path: str, source_format: str | None = None) -> bool:
    """Whether a source is a page in one of `MARKUP`."""
    return _markup(path, source_format) in MARKUP


def _markup(path: str, source_format: str | None) -> str:
    return source_format or _PAGES.get(PurePath(path).suffix.lower(), "")


def names() -> tuple[str, ...]:
    """Every format there is: those of this package, then those of others."""
    return (*FORMATS, *(name for name in plugins.packages(plugins.Group.READERS) if name not in FORMATS))


def _document(path: str, node: MapNode, source_format: str | None, repeated: tuple[Finding, ...]) -> Draft:
    name = source_format or recognised(path, node)
    if repeated and name == _OWN:
        return Draft(path, findings=repeated)
    repeated = tuple(finding for finding in repeated if finding.code == _REPEATED)
    if name is not None and name in DATA:
        draft: Draft = import_module(DATA[name]).draft(path, node)
        return _warned(draft, repeated)
    found = external.of_document(path, node, name)
    return _warned(found, repeated) if found else Draft(path, findings=(mistakes.unknown_content(path, names()),))


def together(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts, in which documents about one thing have been read in the light of each other; never raises."""
    if not any(draft.document is not None for draft in drafts):
        return tuple(drafts)
    found = tuple(drafts)
    for name in _TOGETHER:
        found = import_module(DATA[name]).together(found)
    return tuple(
        after if after is before else _warned(after, (f for f in before.findings if f.code == _REPEATED))
        for before, after in zip(drafts, found, strict=True)
    )


def _warned(draft: Draft, findings: Iterable[Finding]) -> Draft:
    return draft._replace(findings=(*(f._replace(severity=Severity.WARNING) for f in findings), *draft.findings))


def parsed(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """The tree of a document in the syntax that its suffix promises, else in YAML; or why there is none."""
    syntax = _SYNTAXES.get(PurePath(path).suffix.lower(), _SYNTAXES[".yaml"])
    found: tuple[Node | None, tuple[Finding, ...]] = import_module(syntax).parse(path, text)
    return found


def recognised(path: str, node: MapNode) -> str | None:
    """The data format that knows this document; None where none does."""
    if layout.is_ours(node):
        return _OWN
    return next((name for name, module in DATA.items() if import_module(module).recognises(path, node)), None)
