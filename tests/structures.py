"""Reduce generated files to their structure, as parsers of other projects see it: everything but the texts in them."""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any, Final
from xml.etree import ElementTree

import cmarkgfm
import docutils.nodes
import hcl2
import yaml
from cmarkgfm.cmark import Options
from dotenv import dotenv_values
from markdown_it import MarkdownIt
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from support import parse_rst

_LINKED: Final = frozenset({"http", "https", "mailto"})
_STYLES: Final = frozenset({"em", "strong", "code", "a", "emphasis", "literal", "reference"})
"""Elements that the markup of definitions may make within a text; which addresses they link is checked apart."""


class LiveLinkError(AssertionError):
    """Link whose address is neither a web nor a mail address."""


def check_link(address: str) -> None:
    """Raise LiveLinkError unless an address leads to a page or a mail address, also on a page read from the web."""
    # Browsers remove these characters from addresses (URL Standard, "basic URL parser").
    tidy = re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(0x21))))
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", tidy, re.IGNORECASE)
    if scheme is not None and scheme[1].lower() not in _LINKED:
        raise LiveLinkError(f"{address!a} is linked")


def find_structure(path: str, text: str) -> object:
    """Return the structure of a file by its name; raise LiveLinkError for a link that a text has made."""
    name = PurePosixPath(path).name
    for ending, read in _READERS.items():
        if name.endswith(ending):
            return read(text)
    raise AssertionError(f"no parser for {path}")


@lru_cache(maxsize=100)
def _read_python(text: str) -> object:
    # Most modules are the same for many texts.
    return _describe_python(ast.parse(text.encode("ascii")))


def _describe_python(value: object) -> object:
    match value:
        case ast.Constant():
            return type(value.value).__name__
        case ast.AST():
            return (type(value), *(_describe_python(getattr(value, name, None)) for name in value._fields))
        case list():
            return [*map(_describe_python, value)]
    return value


def _read_yaml(text: str) -> object:
    return [_describe_node(document) for document in yaml.compose_all(text, Loader=yaml.CSafeLoader)]


def _describe_node(node: Any) -> object:
    match node:
        case yaml.MappingNode():
            return {"map": [(_describe_node(key), _describe_node(value)) for key, value in node.value]}
        case yaml.SequenceNode():
            return [_describe_node(item) for item in node.value]
    return node.tag


def _read_json(text: str) -> object:
    return _describe_json(json.loads(text, object_pairs_hook=lambda pairs: {"map": pairs}))


def _describe_json(value: object) -> object:
    match value:
        case dict():
            return {"map": [_describe_json(item) for _, item in value["map"]]}
        case list():
            return [_describe_json(item) for item in value]
    return type(value).__name__


def _read_rst(text: str) -> object:
    # A role and a directive of Sphinx.
    page = text.replace(":ref:`", "`").replace(".. toctree::\n   :hidden:\n", ".. container::\n")
    stream = io.StringIO()
    document = parse_rst(page, warning_stream=stream)
    assert stream.getvalue() == ""
    for reference in document.findall(docutils.nodes.reference):
        check_link(reference.get("refuri", ""))
    return [*_describe_rst(document)]


def _describe_rst(node: docutils.nodes.Node) -> Iterator[object]:
    """Yield the elements below a node; a text of several paragraphs counts as one."""
    previous = ""
    for child in node.children:
        tag = child.tagname
        if tag in _STYLES or tag == "#text" or (tag == previous == "paragraph"):
            continue
        previous = tag
        yield (tag, *_describe_rst(child))


def _read_markdown(text: str) -> object:
    page = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    return _read_html(page), [*_list_myst_blocks(text)]


def _list_myst_blocks(text: str) -> Iterator[str]:
    """Yield the blocks and the inline elements that MyST finds, without the styles that a text may have."""
    for token in _MYST.parse(text):
        if token.type != "inline" and not token.type.startswith("paragraph"):
            yield token.type
        for child in token.children or ():
            if child.type == "link_open":
                check_link(str(child.attrs["href"]))
            elif child.type in _NOT_STYLES and child.content != _SEPARATOR:
                yield child.type


_NOT_STYLES: Final = frozenset(
    {"image", "myst_role", "math_inline", "math_inline_double", "footnote_ref", "html_inline", "hardbreak", "softbreak"}
)
_SEPARATOR: Final = "<!-- -->"
"""Comment by which encoders separate the scheme of an address from it."""


def _create_myst() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
    for plugin in (attrs_block_plugin, colon_fence_plugin, deflist_plugin, dollarmath_plugin, footnote_plugin,
                   front_matter_plugin, myst_block_plugin, myst_role_plugin, tasklists_plugin):  # fmt: skip
        parser.use(plugin)
    return parser


_MYST: Final = _create_myst()


class _Page(HTMLParser):
    """Elements of a page in their order, with the names of their attributes, and the structure of data in scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[object] = []
        self.is_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction", "xlink:href") and value != "data:,":
                check_link(value or "")
        self.is_data = ("type", "application/json") in attrs
        is_paragraph = tag == "p" and self.elements[-1:] == ["/p"]
        if is_paragraph:
            self.elements.pop()
        elif not (tag in _STYLES and {name for name, _ in attrs} <= {"href", "rel"}):
            self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _STYLES:
            self.elements.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self.is_data:
            # The keys of a document in a script are texts.
            self.elements.append(type(json.loads(data)).__name__)
            self.is_data = False

    def handle_comment(self, data: str) -> None:
        if f"<!--{data}-->" != _SEPARATOR:
            self.elements.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.elements.append(decl)

    def handle_pi(self, data: str) -> None:
        self.elements.append("instruction")

    def unknown_decl(self, data: str) -> None:
        self.elements.append("declaration")


def _read_html(text: str) -> object:
    page = _Page()
    page.feed(text)
    page.close()
    return page.elements


def _read_svg(text: str) -> object:
    return [(element.tag, *element.attrib) for element in ElementTree.fromstring(text).iter()]


def _read_dotenv(text: str) -> object:
    """Return the variables, and the decorators and dividers that env-spec finds in comments."""
    decorators = re.findall(r"^#[ \t]*(?:@(\w+)|(---|===))", text, flags=re.MULTILINE)
    return [*dotenv_values(stream=io.StringIO(text, newline=None))], decorators


def _read_hcl(text: str) -> object:
    return _describe_hcl(hcl2.loads(text))


def _describe_hcl(value: object) -> object:
    match value:
        case dict():
            # A quoted key is the label of a block, or else a key of a value.
            keys = (key if key[0] != '"' or isinstance(item, dict) else "" for key, item in value.items())
            return [*zip(keys, map(_describe_hcl, value.values()), strict=True)]
        case list():
            return [_describe_hcl(item) for item in value]
    return ""


def _read_nothing(text: str) -> object:
    return text


_READERS: Final[dict[str, Callable[[str], object]]] = {
    ".py": _read_python,
    ".py.typed": _read_nothing,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
    ".json": _read_json,
    ".authconfig": _read_json,
    ".rst": _read_rst,
    ".rst.inc": _read_rst,
    ".md": _read_markdown,
    ".md.inc": _read_markdown,
    ".html": _read_html,
    ".svg": _read_svg,
    ".tf": _read_hcl,
    ".env.example": _read_dotenv,
    ".env.schema": _read_dotenv,
    "authscribe.lock": lambda text: [*json.loads(text)],
    "py.typed": _read_nothing,
}
