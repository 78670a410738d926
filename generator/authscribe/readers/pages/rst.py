"""reStructuredText pages. The only module that knows docutils.

docutils is used as a parser and nothing else: no transforms, no configuration files, no files included, no
messages printed. Directives and roles that it does not know (those of Sphinx, for instance) are looked up
permissively while a page is read, and never registered.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Final

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Directive, Parser, directives, roles

from authscribe.findings.finding import Place
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.model.draft import Draft
from authscribe.readers.pages.scheme_tables import draft_page
from authscribe.readers.pages.sections import Block, BrokenTable, Cell, Marker, PageTable, Paragraph, Section
from authscribe.readers.text import DEPTH_LIMIT, check_length

RST_LINE_LIMIT: Final = 12_000
"""Lines of a page in reStructuredText; docutils takes more than linear time in their number."""

SUBSTITUTION_LIMIT: Final = 200
"""Characters of what a substitution stands for; a page may refer to it at every fourth character."""

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
VERBATIM: Final = frozenset(
    {"code", "code-block", "code-cell", "sourcecode", "parsed-literal", "highlight", "literalinclude", "math",
     "toctree", "graphviz", "mermaid", "uml", "plantuml", "prompt", "productionlist", "jinja", "date", "raw",
     "include"}
)  # fmt: skip
"""Directives whose content is no text of the page."""

_MARKER: Final = re.compile(
    r"^(?P<before>[ \t]*(?:(?:[-+*]|\w+[.)]|#\.)[ \t]+)*\.\.[ \t]+)authscribe:(?P<text>(?:begin|end)\b.*)$",
    re.MULTILINE,
)
_MARKER_DIRECTIVE: Final = "authscribe-marker"
# Docutils ends a line at these as well, and then counts other lines than everybody else.
_LINE_ENDS: Final = str.maketrans("\x85\u2028\u2029", "   ")
_TABLE_BEGIN: Final = re.compile(r"\.\.[ \t]+(\|.+\|[ \t]+)?(list-|csv-)?table::|\+[-+]+\+$|=[=\s]+=$", re.IGNORECASE)
_TABLE_ERROR: Final = re.compile(r"list-table|csv-table|malformed table|\"table\" directive", re.IGNORECASE)
_ELSEWHERE: Final = "File and URL access deactivated"
_NOTE: Final = "\0"
"""What stands for a reference to a note until its text is put together; no text has it."""
_TABLE_PREFIX: Final = re.compile(
    r"^(?:Error parsing content block for|Error with CSV data in)?\s*(?:the )?\"[\w-]+\" directive:?\s*"
)


def read_rst(path: str, text: str) -> Draft:
    """The schemes of a page; never raises, and leaves docutils as it found it."""
    found = parse_rst(path, text)
    return found if isinstance(found, Draft) else draft_page(path, found)


def parse_rst(path: str, text: str) -> tuple[Section, ...] | Draft:
    """The sections of a page, or a draft with the finding that says why there are none."""
    refused = check_length(path, text, lines=RST_LINE_LIMIT)
    if refused is not None:
        return Draft(path, findings=(refused,))
    try:
        document = _parse(_with_marker_directives(text.translate(_LINE_ENDS)))
        if isinstance(document, str):
            return Draft(path, findings=(report_syntax_error(Place(path), "reStructuredText", document),))
        return (_RstConverter(path, text).section(document),)
    except RecursionError:
        return Draft(path, findings=(report_too_deep(Place(path), limit=DEPTH_LIMIT),))


def _with_marker_directives(text: str) -> str:
    """The text with directives in the place of comments for the tool: docutils says where a directive stands.

    What looks like such a comment in a literal block stays a part of that block.
    """
    return _MARKER.sub(lambda match: f"{match['before']}{_MARKER_DIRECTIVE}:: {match['text']}", text)


def _parse(text: str) -> nodes.document | str:
    """The document, or in words how docutils failed: some crafted pages make it raise what it should not."""
    settings = frontend.get_default_settings(Parser)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    settings.warning_stream = io.StringIO()
    document = utils.new_document("page", settings)
    with _permissive():
        try:
            Parser().parse(text, document)
        except RecursionError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            return f"docutils fails with {type(error).__name__}"
    return document


@contextmanager
def _permissive() -> Iterator[None]:
    """Look-ups that always find something, for the time of one page; also undoes what a page registers."""
    # Through `vars`, because docutils has no public way to ask for this and to take it back again.
    names, registry = vars(directives), vars(roles)
    directive, role, registered = names["directive"], registry["role"], dict(registry["_roles"])

    def any_directive(name: str, language: object, document: nodes.document) -> tuple[object, list[object]]:
        if name == _MARKER_DIRECTIVE:
            return _MarkerDirective, []
        if name in VERBATIM:
            return _Verbatim, []
        return directive(name, language, document)[0] or _Transparent, []

    def any_role(name: str, language: object, line: int, reporter: object) -> tuple[object, list[object]]:
        return role(name, language, line, reporter)[0] or _plain_role, []

    names["directive"], registry["role"] = any_directive, any_role
    try:
        yield
    finally:
        names["directive"], registry["role"] = directive, role
        registry["_roles"].clear()
        registry["_roles"].update(registered)


def _any_option() -> defaultdict[str, Callable[[str], object]]:
    """A specification that knows every option; it must not be empty, or docutils reads options as content."""
    return defaultdict(lambda: directives.unchanged, {"class": directives.unchanged})


class _Verbatim(Directive):
    """A directive whose content is no text of the page."""

    has_content = True
    optional_arguments = 1000
    final_argument_whitespace = True
    option_spec = _any_option()

    def run(self) -> list[nodes.Node]:
        """Leaves nothing."""
        return []


class _MarkerDirective(Directive):
    """A comment for the tool."""

    has_content = True
    optional_arguments = 1000
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Leaves a comment that knows its lines."""
        lines = tuple(takewhile(str.strip, self.block_text.split("\n")))
        marker = nodes.comment(_MARKER_DIRECTIVE, " ".join(self.arguments), end_line=self.lineno + len(lines) - 1)
        marker.line = self.lineno
        return [marker]


class _Transparent(_Verbatim):
    """A directive of somebody else's: what it encloses is read as if it stood there by itself."""

    def run(self) -> list[nodes.Node]:
        """Leaves what it encloses."""
        container = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


def _plain_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: object, options: object = None, content: object = None
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """A role of somebody else's: `title <target>` reads as its title, everything else as it stands."""
    del name, lineno, inliner, options, content
    return [nodes.inline(rawtext, utils.unescape(role_title(text)))], []


def role_title(text: str) -> str:
    """What a reader sees of a role's text: the title before a target, without the marks for how to show it."""
    titled = re.fullmatch(r"(.+?)\s*(?<!\x00)<[^<>]*>", text, re.DOTALL)
    return (titled[1] if titled else text).lstrip("~!")


class _RstConverter:
    """From the nodes of docutils to sections; finds the line and column of each piece in the text."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")

    def section(self, node: nodes.Element) -> Section:
        """The section with its blocks, and the sections in it."""
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        return Section.from_blocks(
            self._title(title) if title is not None else None,
            self._blocks(node, is_item=False),
            map(self.section, _sections(node)),
        )

    def _blocks(self, node: nodes.Element, *, is_item: bool) -> Iterator[Block | Marker]:
        for child in node.children:
            match child:
                case nodes.table():
                    yield self._table(child)
                case nodes.paragraph() | nodes.rubric():
                    yield self._paragraph(child, is_item=is_item)
                case nodes.system_message():
                    yield from self._broken_table(child)
                case nodes.comment() if child.rawsource == _MARKER_DIRECTIVE:
                    yield self._marker(child)
                case nodes.section() | nodes.title() | nodes.literal_block() | nodes.comment():
                    continue
                case nodes.Element():
                    yield from self._blocks(child, is_item=is_item or isinstance(child, nodes.list_item))

    def _marker(self, node: nodes.comment) -> Marker:
        line, end = _line(node), int(node["end_line"])
        column = self.lines[line - 1].find("..") + 1
        return Marker(node.astext(), Place(self.path, line, column, end, len(self.lines[end - 1].rstrip()) + 1))

    def _title(self, node: nodes.Element) -> Paragraph:
        # docutils reports the line below a title's text.
        text = _plain(node)
        line = max((node.line or 1) - 1, 1)
        return Paragraph(
            text, _marked(node), self._place(node.rawsource, line, 1) or Place(self.path, line, 1, line, 2)
        )

    def _paragraph(self, node: nodes.TextElement, *, is_item: bool) -> Paragraph:
        line = _line(node)
        place = self._place(node.rawsource, line, 1) or Place(self.path, line, 1, line, 2)
        return Paragraph(_plain(node), _marked(node), place, tuple(self._literals(node, place)), is_item=is_item)

    def _literals(self, node: nodes.Element, place: Place) -> Iterator[Cell]:
        """The literals of a paragraph, each with its own place."""
        line, column = place.line, place.column
        for literal in _literal_nodes(node):
            text = literal.astext()
            found = self._place(f"``{text}``", line, column, reach=50) or self._place(
                f"`{text}`", line, column, reach=50
            )
            if found is not None:
                line, column = found.line, found.end_column
                yield Cell(text, found)

    def _table(self, node: nodes.table) -> PageTable:
        start = self._table_line(node)
        cursor = Place(self.path, start, 1, start, 1)
        header: list[Cell] = []
        rows: list[tuple[Cell, ...]] = []
        for row in node.findall(nodes.row):
            cells: list[Cell] = []
            for entry in row.children:
                if isinstance(entry, nodes.entry):
                    cell = self._cell(entry, cursor)
                    cursor = cell.place
                    cells.append(cell)
            if isinstance(row.parent, nodes.thead) and not header:
                header = cells
            else:
                rows.append(tuple(cells))
        column = len(self.lines[start - 1]) - len(self.lines[start - 1].lstrip()) + 1
        place = Place(self.path, start, column, start, len(self.lines[start - 1]) + 1)
        return PageTable(tuple(header), tuple(rows), place)

    def _table_line(self, node: nodes.table) -> int:
        """The line of the directive where there is one: docutils gives that of a cell or of the last line."""
        first = next((_line(paragraph) for paragraph in node.findall(nodes.paragraph)), 0)
        line = min(max(node.line or first or 1, 1), len(self.lines))
        for number in range(line, 0, -1):
            text = self.lines[number - 1].strip()
            if _TABLE_BEGIN.match(text):
                above = self.lines[number - 2].strip() if number > 1 else ""
                if not re.match(r"\+[-+=]+\+$|\|.*\|$|=[=\s]+=$", above):
                    return number
        return line

    def _cell(self, node: nodes.entry, before: Place) -> Cell:
        paragraphs = [child for child in node.children if not isinstance(child, nodes.system_message)]
        text = "\n\n".join(filter(None, (_plain(child) for child in paragraphs)))
        first = next((child for child in paragraphs if isinstance(child, nodes.paragraph)), None)
        if first is None or not text:
            return Cell(text, Place(self.path, before.end_line, before.end_column, before.end_line, before.end_column))
        literals = tuple(_plain(literal) for paragraph in paragraphs for literal in _literal_nodes(paragraph))
        return Cell(text, self._cell_place(first, before), literals)

    def _cell_place(self, paragraph: nodes.paragraph, before: Place) -> Place:
        """Where docutils says when the text is there; a csv-table says line 1, so search on from the cell before."""
        line = _line(paragraph)
        if line >= before.end_line:
            column = before.end_column if line == before.end_line else 1
            place = self._place(paragraph.rawsource, line, column, reach=1)
            if place is not None:
                return place
        place = self._place(paragraph.rawsource, before.end_line, before.end_column, reach=500)
        return place or before

    def _place(self, raw: str, line: int, column: int, reach: int = 3) -> Place | None:
        """The first place of the raw text's first line at or after the line and column, within `reach` lines."""
        sought = raw.split("\n", 1)[0].strip()
        for number in range(line, min(line + reach, len(self.lines) + 1)):
            found = self.lines[number - 1].find(sought, column - 1 if number == line else 0)
            if found >= 0 and sought:
                return Place(self.path, number, found + 1, number, found + len(sought) + 1)
        return None

    def _broken_table(self, node: nodes.system_message) -> Iterator[BrokenTable]:
        message = node.children[0].astext() if node.children else ""
        if node["level"] >= 2 and _TABLE_ERROR.search(message):
            line = min(max(int(node.get("line", 1)), 1), len(self.lines))
            text = self.lines[line - 1]
            problem = " ".join(_TABLE_PREFIX.sub("", message).split()).rstrip(".")
            if problem.startswith(_ELSEWHERE):
                problem = "its rows are in another file, which is not read"
            place = Place(self.path, line, len(text) - len(text.lstrip()) + 1, line, len(text) + 1)
            yield BrokenTable(problem[:1].lower() + problem[1:], place)


def _sections(node: nodes.Element) -> Iterator[nodes.section]:
    """The sections directly below this one, also those inside other elements."""
    for child in node.children:
        if isinstance(child, nodes.section):
            yield child
        elif isinstance(child, nodes.Element):
            yield from _sections(child)


def _line(node: nodes.Element) -> int:
    return node.line or 1


def _literal_nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    return node.findall(lambda child: isinstance(child, nodes.literal | nodes.title_reference))


def _plain(node: nodes.Node) -> str:
    """The text that a reader sees, on one line; messages of docutils are no part of it."""
    return _text(_pieces(node, mark=""))


def _marked(node: nodes.Node) -> str:
    return _text(_pieces(node, mark="`"))


def _text(pieces: str) -> str:
    """On one line, without references to notes and the blank that each of them must have before it."""
    *before, last = pieces.split(_NOTE)
    return " ".join("".join((*map(str.rstrip, before), last)).split())


def _pieces(node: nodes.Node, *, mark: str) -> str:
    match node:
        case nodes.Text():
            return str(node.astext())
        case nodes.system_message() | nodes.comment():
            return ""
        case nodes.footnote_reference():
            return _NOTE
        case nodes.citation_reference():
            # Unlike that of a note, its label is a word of the sentence.
            return f"[{node.astext()}]"
        case nodes.image():
            return str(node.get("alt", ""))
        case nodes.substitution_reference():
            return _substituted(node, mark=mark)
        case nodes.literal() | nodes.title_reference():
            return f"{mark}{node.astext()}{mark}"
        case nodes.Element():
            inner = "".join(_pieces(child, mark=mark) for child in node.children)
            return f"{inner} " if isinstance(node, nodes.paragraph | nodes.list_item) else inner
    return ""


def _substituted(node: nodes.substitution_reference, *, mark: str) -> str:
    """What the page says in short that a substitution stands for; its name where it says that elsewhere or not.

    Looks at each definition once, however many references there are.
    """
    name = str(node.astext())
    document = node.document
    if document is None:
        return name
    spelt = document.substitution_names.get(nodes.fully_normalize_name(name), name)
    definition = document.substitution_defs.get(name, document.substitution_defs.get(spelt))
    if definition is None:
        return name
    known = f"authscribe-text{mark}"
    if known not in definition:
        definition[known] = _defined(definition, mark=mark)
    return str(definition[known]) or name


def _defined(definition: nodes.substitution_definition, *, mark: str) -> str:
    """What stands for each reference to a definition; nothing where that refers to others, or is long."""
    if definition.next_node(nodes.substitution_reference) is not None:
        return ""
    text = _pieces(definition, mark=mark)
    return text if len(text) <= SUBSTITUTION_LIMIT else ""
