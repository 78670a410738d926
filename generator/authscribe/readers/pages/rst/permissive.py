"""Let docutils accept every directive and role while a page is parsed.

Pages use directives and roles that docutils does not know, those of Sphinx for instance. They are found by look-ups
that are replaced for the time of one page; nothing is registered.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from operator import itemgetter
from typing import Final

from docutils import nodes, utils
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.directives.tables import CSVTable

from authscribe.model.wording import ENGLISH
from authscribe.readers.pages.sections import TAB_DIRECTIVES
from authscribe.readers.pages.wording.answers import read_optional

_VERBATIM_DIRECTIVES: Final = frozenset(
    {"code", "code-block", "code-cell", "sourcecode", "parsed-literal", "highlight", "literalinclude", "math",
     "toctree", "graphviz", "mermaid", "uml", "plantuml", "prompt", "productionlist", "jinja", "date", "raw"}
)  # fmt: skip
"""Directives whose content is not text of the page."""

_FUNCTION_DIRECTIVE: Final = re.compile(r"(?:(?:\w+:)?(?:auto)?(?:function|method|classmethod|staticmethod)|http:\w+)")
"""Directive of Sphinx for a function or an endpoint, which has parameters instead of settings."""

INCLUDE_DIRECTIVE: Final = "include"
"""Directive for another file, which is not read; it leaves raw text with the attribute `is_include`."""

DEFINITION_DIRECTIVES: Final = frozenset({"attr", "confval", "describe", "envvar", "option", "setting"})
"""Directives that define the name in their arguments, like an item of a definition list."""

_WORD: Final = re.compile(r"[\w.:/~+-]+")

MARKER_DIRECTIVE: Final = "authscribe-marker"
"""Directive that leaves a comment node of the same `rawsource`, with the arguments as text and an `end_line`."""


@contextmanager
def permit_unknown_names() -> Iterator[None]:
    """Make the look-ups of docutils find something for every name, and restore them afterwards.

    Also undo the roles that a page registers with the `role` directive, which docutils would keep for the next page.
    """
    # Through `vars`, because docutils has no public way to replace these look-ups and to restore them.
    directive_module, role_module = vars(directives), vars(roles)
    find_directive, find_role = directive_module["directive"], role_module["role"]
    registered_roles = dict(role_module["_roles"])

    def find_any_directive(name: str, language: object, document: nodes.document) -> tuple[object, list[object]]:
        if name == MARKER_DIRECTIVE:
            return _MarkerDirective, []
        if name == INCLUDE_DIRECTIVE:
            return _IncludeDirective, []
        if name in DEFINITION_DIRECTIVES:
            return _DefinitionDirective, []
        if is_verbatim(name):
            return _RawDirective if name == "raw" else _VerbatimDirective, []
        found = find_directive(name, language, document)[0] or _TransparentDirective
        return _LocatedCsvTable if found is CSVTable else found, []

    def find_any_role(name: str, language: object, line: int, reporter: object) -> tuple[object, list[object]]:
        return find_role(name, language, line, reporter)[0] or _apply_unknown_role, []

    directive_module["directive"], role_module["role"] = find_any_directive, find_any_role
    try:
        yield
    finally:
        directive_module["directive"], role_module["role"] = find_directive, find_role
        role_module["_roles"].clear()
        role_module["_roles"].update(registered_roles)


def is_verbatim(name: str) -> bool:
    """Return whether the content of a directive is no text of the page, but code or the description of a function."""
    return name in _VERBATIM_DIRECTIVES or _FUNCTION_DIRECTIVE.fullmatch(name) is not None


def describe_options(options: Mapping[str, str]) -> tuple[str, str]:
    """Return the remark that options of a directive such as `confval` stand for, and a default that is no word.

    That one can have markup, or characters that end a remark.
    """
    default = options.get("default") or ""
    is_word = _WORD.fullmatch(default) is not None
    parts = (options.get("type"), _read_use(options), f"default: {default}" if is_word else "")
    return ", ".join(filter(None, parts)), "" if is_word else default


def _read_use(options: Mapping[str, str]) -> str:
    """Return "required" or "optional" by an option such as `:required:` or `:required: false`; empty if none tells."""
    if "required" not in options:
        return ""
    is_optional = read_optional("required", options["required"] or "yes", ENGLISH)
    return "" if is_optional is None else "optional" if is_optional else "required"


def find_role_title(text: str) -> str:
    """Return the title in a role's text `title <target>`, without the marks `~` and `!` that Sphinx hides."""
    title, _, target = text.rpartition("<")
    is_titled = title and not title.endswith("\0") and target.find(">") == len(target) - 1 >= 0
    return (title.rstrip() if is_titled else text).lstrip("~!")


def _permit_all_options() -> defaultdict[str, Callable[[str], object]]:
    # Must not be empty: docutils reads options as content if a directive has none.
    return defaultdict(lambda: directives.unchanged, {"class": directives.unchanged})


class _VerbatimDirective(Directive):
    """Directive whose content is not text of the page."""

    has_content = True
    optional_arguments = 1000
    final_argument_whitespace = True
    option_spec = _permit_all_options()

    def run(self) -> list[nodes.Node]:
        """Return no nodes."""
        return []


class _RawDirective(_VerbatimDirective):
    """Directive for text in the language of an output, such as HTML."""

    def run(self) -> list[nodes.Node]:
        """Return a node without text, with its source."""
        node = nodes.raw("\n".join(self.content))
        node.line = self.lineno
        return [node]


class _DefinitionDirective(_VerbatimDirective):
    """Directive such as `confval`, whose options can tell the type, the use and the default of a setting."""

    def run(self) -> list[nodes.Node]:
        """Return the item of a definition list, with a remark and possibly the default as a paragraph."""
        name = " ".join(self.arguments)
        item = nodes.definition_list_item("", nodes.term("", "", nodes.literal(name, name)))
        remark, default = describe_options(self.options)
        item += [nodes.classifier("", remark)] if remark else []
        definition = nodes.definition()
        self.state.nested_parse(self.content, self.content_offset, definition)
        if default:
            text, _ = self.state.inline_text(f"Default: {default}", self.lineno)
            definition += nodes.paragraph("", "", *text)
            definition[-1].line = self.lineno
        item += definition
        item.line = self.lineno
        return [item]


class _IncludeDirective(_VerbatimDirective):
    """Directive for another file; one that shows it as code has no text of the page."""

    def run(self) -> list[nodes.Node]:
        """Return a node without text, or no nodes for code."""
        node = nodes.raw(is_include=True)
        node.line = self.lineno
        return [] if {"literal", "code"} & {*self.options} else [node]


class _TransparentDirective(_VerbatimDirective):
    """Unknown directive; its content is read as if it were not enclosed."""

    def run(self) -> list[nodes.Node]:
        """Return the content in a container, with the arguments as its title, as those of `dropdown` are."""
        container = nodes.container(is_tab=self.name in TAB_DIRECTIVES)
        if self.arguments:
            label = " ".join(self.arguments)
            container += nodes.title(label, "", nodes.Text(label))
            container[0].line = self.lineno
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


class _CommaDialect(csv.Dialect):
    """Form of the option `header` up to docutils 0.21, whatever the delimiter of the rows is."""

    delimiter = ","
    quotechar = '"'
    escapechar = "\\"
    doublequote = False
    skipinitialspace = True
    strict = True
    lineterminator = "\n"
    quoting = csv.QUOTE_MINIMAL


class _LocatedCsvTable(CSVTable):
    """Directive `csv-table` whose table has the line of the directive; docutils gives none before 0.23."""

    def process_header_option(self) -> tuple[list[object], int]:
        """Return the rows of the option `header` and their number of cells: in the form that gives more of these."""
        if "header" not in self.options:
            return [], 0
        dialects = (self.DocutilsDialect(self.options), _CommaDialect())
        found = [reading for dialect in dialects if (reading := self._read_header(dialect)) is not None]
        if not found:
            raise csv.Error("the header is not in the form of the rows")
        return max(found, key=itemgetter(1))

    def _read_header(self, dialect: csv.Dialect) -> tuple[list[object], int] | None:
        source = self.state_machine.get_source(self.lineno - 1)
        parse: Callable[..., tuple[list[object], int]] = self.parse_csv_data_into_rows
        try:
            return parse(self.options["header"].split("\n"), dialect, source)
        except csv.Error:
            return None

    def extend_short_rows_with_empty_cells(self, columns: int, parts: tuple[list[list[object]], ...]) -> None:
        """Give each record a field for each heading, but the header no heading for fields that a record has beyond."""
        headings = max(map(len, parts[0]), default=columns)
        super().extend_short_rows_with_empty_cells(headings, parts)

    def run(self) -> Sequence[nodes.table | nodes.system_message]:
        """Return the nodes of docutils, with the line."""
        found = super().run()
        for node in found:
            if isinstance(node, nodes.table):
                node.line = self.lineno
        return found


class _MarkerDirective(Directive):
    """Comment addressed to authscribe."""

    has_content = True
    optional_arguments = 1000
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return a comment with the lines that the marker takes up."""
        lines = tuple(takewhile(str.strip, self.block_text.split("\n")))
        marker = nodes.comment(MARKER_DIRECTIVE, " ".join(self.arguments), end_line=self.lineno + len(lines) - 1)
        marker.line = self.lineno
        return [marker]


def _apply_unknown_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: object, options: object = None, content: object = None
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return the title of an unknown role as plain text; the signature is that of docutils."""
    del name, lineno, inliner, options, content
    return [nodes.inline(rawtext, utils.unescape(find_role_title(text)))], []
