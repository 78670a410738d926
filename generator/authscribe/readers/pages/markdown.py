"""Scheme pages in Markdown: CommonMark with GitHub's tables, and MyST.

Only this module knows markdown-it.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from authscribe.findings.finding import Place
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.model.draft import Draft, MapNode, Node, ScalarNode
from authscribe.model.markup import Style
from authscribe.model.wording import ENGLISH, Wording
from authscribe.readers.pages.inline import Piece, encode_address, to_inline_text, to_marked_text, to_text
from authscribe.readers.pages.page_draft import draft_page
from authscribe.readers.pages.permissive import (
    DEFINITION_DIRECTIVES,
    INCLUDE_DIRECTIVE,
    VERBATIM_DIRECTIVES,
    find_role_title,
)
from authscribe.readers.pages.rst import LITERAL_REACH, parse_rst, parse_rst_lines
from authscribe.readers.pages.sections import (
    MARKER,
    TAB_DIRECTIVES,
    Block,
    BrokenTable,
    Cell,
    Marker,
    PageTable,
    Paragraph,
    Section,
    make_include,
    mark_list,
    mark_tab,
)
from authscribe.readers.text import DEPTH_LIMIT, LineCounter, ParseError, check_length

MARKDOWN_LINE_LIMIT: Final = 50_000
"""Lines of a page in Markdown."""

_FRONT_MATTER: Final = re.compile(
    r"\A(?:(?P<yaml>---\n.*?\n)(?:---|\.\.\.)|\+\+\+\n(?P<toml>.*?\n)\+\+\+"
    r"|---json\n(?P<fenced>\{.*?\})\n---|(?P<json>\{\n.*?\n\}))(?=\n|\Z)",
    re.DOTALL,
)
# Tabs, admonitions and details of Material for MkDocs: a line with their label, and content that is indented.
_LABEL: Final = re.compile(r"(?:===[!+]?|!!!\+?|\?\?\?\+?)[ \t]+(?=\S)(?:[\w -]*\"(?P<label>[^\n]*)\"|[^\n]*)")
_ADMONITION: Final = re.compile(r"[\w-]+[ \t]*(?:\[(?P<bracketed>.*)\]|[ \t](?P<plain>[^\[{].*))(?:\{.*\})?")
_ATTRIBUTES: Final = re.compile(r"\{:[^{}\n]*\}")
# Snippets of PyMdown, and the tags of other preprocessors.
_INCLUDE: Final = re.compile(r"-+8<-+ +\S.*|\{%-?\s*include\S*\s.*%\}|\{!.*!\}")
_ALERT: Final = re.compile(r"(?P<mark>\[!\w+\])[ \t]*\n")
_CONTENTS: Final = re.compile(r"\[\[_?toc_?\]\]|\[toc\]|\$\{toc\}", re.IGNORECASE)
"""Place of the table of contents."""
_MODULE: Final = re.compile(r"(?:(?:import|export)\b[^\n]*(?:\n|\Z))+")
"""Lines of JavaScript in MDX."""
_TAB_BEGIN: Final = re.compile(r"<Tab(?:Item)?(?:\s[^<>]*)?>\s*\Z")
_NEXT_TAB: Final = re.compile(r"\s*</(Tab|TabItem)\s*>\s*<\1(?:\s[^<>]*)?>\s*")
_DIRECTIVE: Final = re.compile(r"\{(?P<name>[\w:-]+)\}(?P<argument>.*)")
_TABLE_DIRECTIVES: Final = ("list-table", "csv-table")
_OPTIONS: Final = re.compile(r"\A(?:---\n(?P<yaml>.*?)\n---[ \t]*|(?P<fields>(?:[ \t]*:[\w-]+:[^\n]*\n)*))", re.DOTALL)
_HEADING_ATTRIBUTES: Final = re.compile(r"(?<!\\)\{:?[ \t]*[#.][^{}]*\}[ \t]*\Z")
# Inline tags of HTML only: any other tag, such as <your-token>, is text that the author wants to be read.
_TAG: Final = re.compile(
    r"</?(?P<name>a|abbr|b|br|code|del|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var)(?=[\s/>]).*>",
    re.IGNORECASE | re.DOTALL,
)
_COMPONENT: Final = re.compile(r"<[A-Z]\w*(?:\s[^<>]*)?/>")
"""Component of MDX or Vue without content, such as `<Badge text="new" />`."""
_CODE_ROLES: Final = ("code", "literal")
_LIST_DEPTHS: Final = {"list_item_open": 1, "list_item_close": -1, "dl_open": 1, "dl_close": -1}
_LISTS: Final = ("bullet_list_open", "ordered_list_open", "dl_open")
_DEFINITION: Final = ["dt_open", "inline", "dt_close", "dd_open", "paragraph_open", "inline", "paragraph_close"]
"""Tokens of a term and the first paragraph of its definition."""
_STYLES: Final = {"em": Style.EMPHASIS, "strong": Style.STRONG, "link": Style.LINK}
_AROUND_ROW: Final = re.compile(r"^[ \t>]*\|?|(?<!\\)\|[ \t]*$")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_HTML: Final = re.compile(
    rf"<!--\s*{MARKER}(?P<marker>.*?)-->|<!--.*?(?:-->|\Z)"
    r"|(?P<table><table\b.*?(?:(?P<closed></table\s*>)|\Z))"
    r"|<(?:h(?P<level>[1-6])|summary)\b[^<>]*>(?P<title>.{0,1000}?)</(?:h[1-6]|summary)\s*>"
    r"|<[A-Z]\w*\s(?:[^<>]*\s)?(?:title|label)=(?P<quote>[\"'])(?P<label>[^\"'<>]*)(?P=quote)[^<>]*>",
    re.DOTALL,
)
"""Parts of HTML: a marker, a table, a title, or a component of MDX with a label."""
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_MDX_SUFFIX: Final = ".mdx"
_DIRECTIVE_INDENT: Final = 3
_CODE_AFTER_LABEL: Final = 2
"""Distance from the text of a paragraph to the token after the paragraph."""


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
    body = _FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), text)
    try:
        section = _MarkdownConverter(path, text, wording).convert_page(body)
    except ParseError as error:
        return Draft(path, findings=(error.finding,))
    return (replace(section, title=_find_front_title(path, text)),)


def _find_front_title(path: str, text: str) -> Paragraph | None:
    """Return the title in the front matter of a page, if any."""
    front_matter = _FRONT_MATTER.match(text)
    if front_matter is None:
        return None
    tree = _parse_front_matter(path, front_matter)
    node = tree.find("title") if isinstance(tree, MapNode) else None
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        return None
    title = " ".join(node.value.split())
    return Paragraph(title, title, node.place) if title else None


def _parse_front_matter(path: str, match: re.Match[str]) -> Node | None:
    # Imported here: most pages have no front matter.
    from authscribe.readers.syntax.json import parse_json
    from authscribe.readers.syntax.toml import parse_toml
    from authscribe.readers.syntax.yaml import parse_yaml

    if match["yaml"] is not None:
        return parse_yaml(path, match["yaml"])[0]
    # Empty lines in the place of the line that only begins the front matter.
    if match["toml"] is not None:
        return parse_toml(path, f"\n{match['toml']}")[0]
    return parse_json(path, match["json"] or f"\n{match['fenced']}")[0]


@dataclass(slots=True)
class _OpenSection:
    """Section that is still being read: its level, and its content so far."""

    level: int
    title: Paragraph | None
    blocks: list[Block | Marker] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def close(self) -> Section:
        return Section.from_content(self.title, self.blocks, self.sections)


class _TabRun(NamedTuple):
    """Set of tabs so far: its number, and the index of the token after its last tab."""

    number: int = 0
    end: int = -1


class _MarkdownConverter:
    """Convert the tokens of markdown-it to sections, with the line and column of each piece of the text."""

    def __init__(self, path: str, text: str, wording: Wording) -> None:
        self.path = path
        self.wording = wording
        self.lines = text.split("\n")
        # The targets of links and footnotes, shared by the page and the texts inside its directives.
        self._references: dict[str, Any] = {}
        self._tab_sets = 0

    def convert_page(self, body: str) -> Section:
        """Return the page as one section without a title."""
        stack = [_OpenSection(0, None)]
        for block in self._convert_tokens(self._parse_tokens(body), 0):
            if isinstance(block, _OpenSection):
                _close_sections(stack, block.level)
                stack.append(block)
            else:
                stack[-1].blocks.append(block)
        _close_sections(stack, 1)
        return stack[0].close()

    def _parse_tokens(self, text: str) -> list[Token]:
        parser = MarkdownIt("commonmark").enable("table").use(colon_fence_plugin).use(myst_role_plugin)
        parser.use(deflist_plugin)
        # Footnotes keep their place instead of moving to the end of the page. An inline footnote, `^[...]`, is more
        # likely a regular expression.
        parser.use(footnote_plugin).disable(["footnote_tail", "footnote_inline"])
        return parser.parse(text, self._references)

    def _convert_tokens(
        self, tokens: Sequence[Token], offset: int, depth: int = 0
    ) -> Iterator[Block | Marker | _OpenSection]:
        """Yield paragraphs, tables, markers and the begin of each section.

        The text begins after line `offset`, within `depth` directives.
        """
        list_depth = 0
        position = 0
        tabs = _TabRun()
        while position < len(tokens):
            list_depth += _LIST_DEPTHS.get(tokens[position].type, 0)
            end = _find_end(tokens, position)
            # The inline token of the first paragraph is the second one of an item.
            is_part = list_depth > 1 or (list_depth == 1 and tokens[position - 2].type != "list_item_open")
            blocks = self._convert_group(tokens[position:end], offset, depth, is_item=list_depth > 0, is_part=is_part)
            if list_depth == 1 and any(token.type in _LISTS for token in tokens[max(position - 3, 0) : position]):
                blocks = mark_list(blocks)
            start = _find_tab(tokens, position, tabs.end)
            if start is not None:
                tabs = self._continue_tabs(tabs, start, end)
                blocks = mark_tab(blocks, tabs.number)
            yield from blocks
            position = end

    def _convert_group(
        self, tokens: Sequence[Token], offset: int, depth: int, *, is_item: bool, is_part: bool
    ) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the content of the tokens up to `_find_end`."""
        token = tokens[0]
        line = _get_line(token, offset)
        match token.type:
            case "dt_open" if len(tokens) > 1:
                yield self._convert_definition(tokens[1], tokens[5], offset)
            case "heading_open":
                title = self._convert_paragraph(_remove_attributes(tokens[1]), line)
                yield _OpenSection(int(token.tag[1:]), title)
            case "inline" if len(tokens) > 1:
                label = _LABEL.fullmatch(token.content)
                yield from self._convert_label(label["label"] if label is not None else "", line)
                yield from self._convert_inner(tokens[-1].content, _get_line(tokens[-1], offset) - 1, depth)
            case "inline" if _INCLUDE.fullmatch(token.content):
                yield make_include(self._find_place(token.content, line, 1))
            case "inline" if not self._is_hidden(token.content):
                paragraph = self._convert_paragraph(_remove_alert(token), line, is_item=is_item)
                yield replace(paragraph, is_part=is_part)
            case "table_open":
                yield self._convert_table(tokens, line, offset)
            case "fence" | "colon_fence":
                yield from self._convert_fence(token, line, depth)
            case "html_block":
                yield from self._convert_html(token, line)

    def _is_hidden(self, content: str) -> bool:
        """Return whether a paragraph is no text of the page, but attributes, a module, or the place of the contents."""
        is_module = self.path.lower().endswith(_MDX_SUFFIX) and _MODULE.fullmatch(content) is not None
        return is_module or any(pattern.fullmatch(content) for pattern in (_ATTRIBUTES, _CONTENTS))

    def _continue_tabs(self, tabs: _TabRun, start: int, end: int) -> _TabRun:
        """Return the set of a tab that takes up some tokens: that of the tab directly before it, or a new one."""
        is_next = start == tabs.end
        self._tab_sets += not is_next
        return _TabRun(tabs.number if is_next else self._tab_sets, end)

    def _convert_fence(self, token: Token, line: int, depth: int) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the content of a MyST directive: a table in the syntax of docutils, or any Markdown, but no code."""
        directive = _DIRECTIVE.fullmatch(token.info.strip())
        name = directive["name"] if directive is not None else ""
        if directive is not None and name in _TABLE_DIRECTIVES:
            yield from self._convert_table_directive(name, directive["argument"], token.content, line)
        elif name == INCLUDE_DIRECTIVE:
            yield make_include(self._find_place(self.lines[line - 1], line, 1))
        elif name == "eval-rst":
            yield from self._convert_rst(token.content, line)
        elif name not in VERBATIM_DIRECTIVES and (name or token.type == "colon_fence"):
            match = _OPTIONS.match(token.content) if name else None
            options = match[0] if match is not None else ""
            body = token.content[len(options) :]
            label = (directive["argument"] if directive is not None else _find_bracketed(token.info)).strip()
            item = _define_name(label, dict(_read_options(match)), body) if name in DEFINITION_DIRECTIVES else ""
            if item:
                above = options.count("\n") + len(body) - len(body.lstrip("\n"))
                yield from self._convert_name(label, item, line, line + above - 1, depth)
            else:
                yield from self._convert_label(label, line)
                yield from self._convert_inner("\n" * options.count("\n") + body, line, depth)

    def _convert_name(
        self, name: str, item: str, line: int, offset: int, depth: int
    ) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the item of a definition list that a directive at `line` stands for, with the place of its name."""
        for block in self._convert_inner(item, offset, depth):
            if isinstance(block, Paragraph) and block.begins_list and block.term is not None:
                place = self._find_place(name, line, 1)
                # Such directives that follow each other are like the items of one list.
                yield replace(block, place=place, term=replace(block.term, place=place), begins_list=False)
            else:
                yield block

    def _convert_inner(self, text: str, offset: int, depth: int) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the content of a directive, which begins after line `offset`."""
        # Each level is parsed once more with all that is in it, so that deep nesting takes quadratic time.
        if depth == DEPTH_LIMIT:
            place = Place(self.path, offset, 1, offset, len(self.lines[offset - 1]) + 1)
            raise ParseError(report_too_deep(place, limit=DEPTH_LIMIT))
        yield from self._convert_tokens(self._parse_tokens(text), offset, depth + 1)

    def _convert_label(self, text: str | None, line: int) -> Iterator[Paragraph]:
        """Yield the label of an admonition, of a tab or of a block that can be opened, if it has one."""
        label = " ".join((text or "").split())
        if label:
            yield Paragraph(label, label, self._find_place(label, line, 1), is_title=True, is_label=True)

    def _convert_html(self, token: Token, line: int) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the markers, titles, labels and tables of a block of HTML."""
        lines = LineCounter(token.content)
        for match in _HTML.finditer(token.content):
            first = line + lines.locate(match.start())[0] - 1
            title = " ".join(html.unescape(_ANY_TAG.sub(" ", match["title"] or "")).split())
            if match["marker"] is not None:
                yield self._locate_marker(match["marker"], first, first + match[0].count("\n"))
            elif match["table"] is not None:
                yield self._convert_html_table(match, first)
            elif match["level"] is not None and title:
                yield _OpenSection(int(match["level"]), Paragraph(title, title, self._find_place(title, first, 1)))
            elif match["level"] is None:
                yield from self._convert_label(html.unescape(match["label"] or "") or title, first)

    def _convert_html_table(self, match: re.Match[str], line: int) -> PageTable | BrokenTable:
        place = Place(self.path, line, 1, line, len(self.lines[line - 1]) + 1)
        # Imported here: most pages have no such tables.
        from authscribe.readers.pages.html_table import HTML_REPAIR, read_html_table

        if not match["closed"]:
            return BrokenTable("its HTML has empty lines, or does not end", place, HTML_REPAIR)
        return read_html_table(match["table"], place, self.wording)

    def _locate_marker(self, text: str, first: int, last: int) -> Marker:
        column = self.lines[first - 1].find("<!--") + 1
        end = self.lines[last - 1].find("-->") + len("-->") + 1
        return Marker(" ".join(text.split()), Place(self.path, first, column, last, end))

    def _convert_rst(self, content: str, line: int) -> Iterator[Block | Marker]:
        """Yield the content of an `eval-rst` directive, which begins after line `line`."""
        # After an empty line, for the cells of a csv-table, which docutils places in the first line.
        sections = parse_rst_lines(self.path, f"\n{content}", self.wording, self.lines, line - 1)
        if isinstance(sections, Draft):
            raise ParseError(sections.findings[0])
        yield from _list_content(sections)

    def _convert_table_directive(self, name: str, argument: str, content: str, line: int) -> Iterator[Block]:
        """Yield the table that docutils makes of a MyST directive at `line`.

        docutils wants the content indented, and apart from the options.
        """
        match = _OPTIONS.match(content)
        indent = " " * _DIRECTIVE_INDENT
        options = [f"{indent}:{option}: {value}" for option, value in _read_options(match)]
        body = content[match.end() :] if match else content
        inner = [f"{indent}{text}" if text else "" for text in body.split("\n")]
        source = "\n".join([f".. {name}::{argument.rstrip()}", *options, "", *inner, ""])
        sections = parse_rst(self.path, source, self.wording)
        place = Place(self.path, line, 1, line, len(self.lines[line - 1]) + 1)
        # The directive and an empty line are above the body there; the options may take up other lines here.
        shift = line + content.count("\n", 0, match.end() if match else 0) - len(options) - 2
        for block in () if isinstance(sections, Draft) else sections[0].blocks:
            if isinstance(block, PageTable):
                yield _move_table(block, place, shift)
            elif isinstance(block, BrokenTable):
                yield replace(block, place=place)

    def _convert_table(self, tokens: Sequence[Token], line: int, offset: int) -> PageTable:
        rows: list[list[Cell]] = []
        before = Place(self.path, line, 1, line, 1)
        for index, token in enumerate(tokens):
            match token.type:
                case "tr_open" if _ATTRIBUTES.fullmatch(self.lines[_get_line(token, offset) - 1].strip()):
                    # A line of attributes after the table, which CommonMark takes for a row.
                    break
                case "tr_open":
                    row_line = _get_line(token, offset)
                    before = Place(self.path, row_line, 1, row_line, 1)
                    rows.append([])
                case "th_open" | "td_open":
                    cell = self._convert_cell(tokens[index + 1], before.line, before.end_column)
                    before = cell.place
                    rows[-1].append(cell)
                case "tr_close" if len(rows) > 1:
                    rows[-1] += self._find_excess_cells(len(rows[0]), before)
        first_line = self.lines[line - 1]
        start = len(first_line) - len(first_line.lstrip()) + 1
        header, *body = map(tuple, rows)
        return PageTable(header, tuple(body), Place(self.path, line, start, line, len(first_line) + 1))

    def _find_excess_cells(self, columns: int, last: Place) -> Iterator[Cell]:
        """Yield the cells of a row after its last column, which are not shown.

        They come from a pipe within a literal, for instance: in a table it ends the cell there too.
        """
        row = _AROUND_ROW.sub("", self.lines[last.line - 1])
        for text in filter(str.strip, _PIPE.split(row)[columns:]):
            yield Cell(" ".join(text.split()), self._find_place(text, last.line, last.end_column))

    def _convert_cell(self, token: Token, line: int, column: int) -> Cell:
        literals = tuple(child.content for child in token.children or () if _is_code(child))
        pieces = tuple(_convert_pieces(token))
        place = self._find_place(token.content, line, column)
        return Cell(to_text(pieces), place, literals, _extract_bare_text(token), to_inline_text(pieces))

    def _convert_paragraph(self, token: Token, line: int, *, is_item: bool = False) -> Paragraph:
        place = self._find_place(token.content.split("\n", 1)[0], line, 1)
        literals = tuple(self._locate_literals(token, line))
        term = _find_term(token, place) if is_item else None
        pieces = tuple(_convert_pieces(token))
        return Paragraph(
            to_text(pieces),
            to_marked_text(pieces),
            place,
            literals,
            is_item=is_item,
            term=term,
            inline=to_inline_text(pieces),
        )

    def _convert_definition(self, term: Token, definition: Token, offset: int) -> Paragraph:
        """Return an item of a definition list as that of a bulleted list: its term, a colon and its text."""
        name = self._convert_paragraph(term, _get_line(term, offset), is_item=True)
        text = self._convert_paragraph(definition, _get_line(definition, offset), is_item=True)
        return replace(
            name,
            text=f"{name.text}: {text.text}",
            marked=f"{name.marked}: {text.marked}",
            literals=name.literals + text.literals,
            inline=name.inline.append(": ", text.inline),
        )

    def _locate_literals(self, token: Token, line: int) -> Iterator[Cell]:
        """Yield the code spans of a paragraph, each with its own place."""
        column = 1
        for child in token.children or ():
            source = f"{child.markup}{child.content}{child.markup}"
            place = self._find_literal(source, line, column) if child.type == "code_inline" else None
            if place is not None:
                line, column = place.line, place.end_column
                yield Cell(child.content, place)

    def _find_literal(self, source: str, line: int, column: int) -> Place | None:
        for number in range(line, min(line + LITERAL_REACH, len(self.lines) + 1)):
            start = self.lines[number - 1].find(source, column - 1 if number == line else 0)
            if start >= 0:
                return Place(self.path, number, start + 1, number, start + len(source) + 1)
        return None

    def _find_place(self, source: str, line: int, column: int) -> Place:
        """Return the place of a text in a line, at or after a column; an empty one at the column if it is not there."""
        # In a table the pipes of a cell are escaped in the page, but not in its token.
        for sought in (source.strip(), source.strip().replace("|", "\\|")):
            start = self.lines[line - 1].find(sought, column - 1) if sought else -1
            if start >= 0:
                return Place(self.path, line, start + 1, line, start + len(sought) + 1)
        return Place(self.path, line, column, line, column)


def _list_content(sections: Iterable[Section]) -> Iterator[Block | Marker]:
    """Yield the blocks and markers of sections, and those of the sections in each."""
    for section in sections:
        yield from (*section.blocks, *section.markers)
        yield from _list_content(section.sections)


def _read_options(match: re.Match[str] | None) -> list[tuple[str, str]]:
    """Return the names and values of the options at the beginning of a MyST directive."""
    stated = (match["yaml"] or match["fields"] or "") if match else ""
    parts = (option.strip().lstrip(":").partition(":") for option in stated.split("\n") if option.strip())
    return [(name.strip(), value.strip()) for name, _, value in parts]


def _define_name(name: str, options: Mapping[str, str], body: str) -> str:
    """Return the item of a definition list that a directive such as `confval` stands for; empty without a text."""
    remark = f" ({options['type']})" if options.get("type") else ""
    default = f"\n\nDefault: {options['default']}" if options.get("default") else ""
    definition = textwrap.indent(f"{body.rstrip()}{default}".lstrip("\n"), "  ")
    return f"`{name}`{remark}\n:{definition[1:]}" if name and definition else ""


def _find_bracketed(info: str) -> str:
    """Return the label of an admonition of Docusaurus, such as `note[Label]`."""
    match = _ADMONITION.fullmatch(info.strip())
    return match["bracketed"] or match["plain"] or "" if match is not None else ""


def _close_sections(stack: list[_OpenSection], level: int) -> None:
    """Close the open sections at `level` and deeper, each into the one around it."""
    while stack[-1].level >= level:
        section = stack.pop().close()
        stack[-1].sections.append(section)


def _find_end(tokens: Sequence[Token], position: int) -> int:
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


def _find_tab(tokens: Sequence[Token], position: int, tabs_end: int) -> int | None:
    """Return the index of the first token of the tab whose content begins at `position`, if one does.

    The tab before it, if any, ends at `tabs_end`.
    """
    token = tokens[position]
    match token.type:
        case "inline" if token.content.startswith("=") and _labels_block(tokens, position):
            return position - 1
        case "fence" | "colon_fence":
            directive = _DIRECTIVE.fullmatch(token.info.strip())
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
    return is_code and _LABEL.fullmatch(tokens[position].content) is not None


def _get_line(token: Token, offset: int) -> int:
    return (token.map[0] if token.map else 0) + offset + 1


def _move_table(table: PageTable, place: Place, shift: int) -> PageTable:
    """Return a table of a directive at its place in the page.

    Cells move down by `shift` lines, and to the left by the indentation that docutils wants.
    """

    def move_cell(cell: Cell) -> Cell:
        path, line, column, end_line, end_column = cell.place
        # The header of a csv-table can be an option.
        if line + shift <= place.line:
            return replace(cell, place=place)
        start, end = max(column - _DIRECTIVE_INDENT, 1), max(end_column - _DIRECTIVE_INDENT, 1)
        return replace(cell, place=Place(path, line + shift, start, end_line + shift, end))

    rows = tuple(tuple(map(move_cell, row)) for row in table.rows)
    return replace(table, header=tuple(map(move_cell, table.header)), rows=rows, place=place)


def _remove_attributes(title: Token) -> Token:
    """Return a title without the id and classes in braces that many dialects allow after it."""
    *before, last = title.children or [title]
    match = _HEADING_ATTRIBUTES.search(title.content)
    if match is None or not last.content.endswith(match[0]):
        return title
    kept = last.copy(content=last.content.removesuffix(match[0]))
    return title.copy(content=title.content[: match.start()], children=[*before, kept])


def _remove_alert(paragraph: Token) -> Token:
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


def _find_term(token: Token, place: Place) -> Cell | None:
    """Return the code or strong text that a list item begins with."""
    children = [child for child in token.children or () if child.content or child.type != "text"]
    if children and children[0].type == "strong_open":
        end = next((index for index, child in enumerate(children) if child.type == "strong_close"), 0)
        inner = children[1:end]
        pieces = [_convert_child(child).add(Style.STRONG) for child in inner]
        text = to_text(pieces)
        literals = (text,) if len(inner) == 1 and _is_code(inner[0]) else ()
        return Cell(text, place, literals, inline=to_inline_text(pieces))
    if children and _is_code(children[0]):
        return Cell(children[0].content, place, (children[0].content,))
    return None


def _is_code(token: Token) -> bool:
    return token.type == "code_inline" or (token.type == "myst_role" and token.meta["name"] in _CODE_ROLES)


def _extract_bare_text(token: Token) -> str:
    """Return the bare text of a cell; see `Cell`."""
    pieces: list[str] = []
    is_raised = False
    for child in token.children or ():
        tag = child.content.lower() if child.type == "html_inline" else ""
        if re.match(r"</?sup[\s>]", tag):
            is_raised = not tag.startswith("</")
        elif re.match(r"<br[\s/>]", tag):
            pieces.append("\n")
        elif not is_raised and not (child.type == "myst_role" and child.meta["name"] in ("sup", "superscript")):
            pieces.append(_convert_child(child).text)
    return "\n".join(filter(None, (" ".join(line.split()) for line in "".join(pieces).split("\n"))))


def _convert_pieces(token: Token) -> Iterator[Piece]:
    """Yield the pieces of a token."""
    open_marks: list[tuple[Style, str]] = []
    for child in token.children or ():
        name, _, part = child.type.rpartition("_")
        style = _STYLES.get(name)
        if style is None:
            yield _add_marks(_convert_child(child), open_marks)
        elif part == "close":
            open_marks.pop()
        else:
            address = encode_address(str(child.attrGet("href") or ""))
            open_marks.append((style, address))
            if style is Style.LINK and not address:
                yield Piece("", lost="link")


def _add_marks(piece: Piece, marks: Sequence[tuple[Style, str]]) -> Piece:
    """Return the piece with the styles and addresses around it."""
    for style, address in marks:
        if style is not Style.LINK:
            piece = piece.add(style)
        elif address:
            piece = piece.link(address)
    return piece


def _convert_child(token: Token) -> Piece:
    """Return the piece of a token inside a paragraph, without the styles around it."""
    if _is_code(token):
        return Piece(token.content, frozenset((Style.CODE,)))
    match token.type:
        case "text" | "text_special":
            return Piece(token.content)
        case "softbreak" | "hardbreak":
            return Piece(" ")
        case "html_inline":
            return _convert_tag(token.content)
        case "myst_role":
            return Piece(find_role_title(token.content), lost="role")
        case "footnote_ref":
            return Piece("", lost="footnote reference")
        case "image":
            return Piece("".join(piece.text for piece in _convert_pieces(token)), lost="image")
    return Piece("")


def _convert_tag(tag: str) -> Piece:
    """Return the visible part of an HTML tag or comment; the text between two tags is a token of its own."""
    match = _TAG.fullmatch(tag)
    if match is None and _COMPONENT.fullmatch(tag):
        return Piece("", lost="component")
    if match is None:
        return Piece("" if tag.startswith("<!--") else tag)
    if match["name"].lower() == "br":
        return Piece(" ")
    return Piece("", lost="" if tag.startswith("</") else "HTML tag")
