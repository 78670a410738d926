"""Encoders: how text becomes part of a file, one function for each place that takes text.

There is no general clean-up on purpose: each language and each kind of place has its own grammar. What an
encoder returns is `Encoded`, and templates can print nothing else.
"""

from __future__ import annotations

import json
import keyword
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Final

from authscribe import naming

PYTHON_LINE: Final = 88
"""Columns of generated Python."""

_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MISLEADING: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ENUMERATOR: Final = re.compile(r"(?P<label>[0-9]+|[a-zA-Z]|[ivxlcdm]+|[IVXLCDM]+|#)(?P<end>[.)])(?=\s|$)")
# Of the characters of RFC 3986, without the few that end or change a link in one of the two languages.
_WEB_ADDRESS: Final = re.compile(r"https?://(?P<host>[A-Za-z0-9.-]+(:[0-9]+)?)([/?#][A-Za-z0-9._~:/?#@!$&*+,=%-]*)?")
_LONE_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_HTML_REFERENCES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_RELATIVE: Final = re.compile(r"#[A-Za-z0-9_.%=&-]*|(?!/)(?:[A-Za-z0-9_.~%@+,-]*/)*[A-Za-z0-9_.~%@+,-]+")


_remembered: Final = lru_cache(maxsize=1024)
"""For encoders of text that comes again, such as all that there is to say about a scheme that connectors share."""


class Encoded(str):
    """Text that is right in the language it was encoded for."""

    __slots__ = ()


def printable(text: str) -> str:
    """One line: runs of white space become one blank, control characters and those that turn text around U+FFFD."""
    # Most texts are printable, which costs a tenth of searching for what is not.
    shown = text if text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)
    return " ".join(shown.split())


def terminal(text: str) -> str:
    """Text as a terminal or log may show it: what would move the cursor or turn the text is shown as an escape."""
    return _MISLEADING.sub(lambda match: ascii(match[0])[1:-1], text)


def is_web_address(text: str) -> bool:
    """Whether `text` is an http or https address (RFC 3986) that can be linked as it is."""
    return re.fullmatch(r"https?://[A-Za-z0-9\[][^\s\"'<>\\^`{|}\x00-\x20\x7f-\xa0]*", text, re.ASCII) is not None


def json_document(value: object) -> str:
    """A JSON document in ASCII, keys in the order given, with a final newline; dataclasses are objects."""
    return "".join(json_pieces(value))


def json_pieces(value: object) -> Iterator[str]:
    """The same in pieces: of an outermost dataclass, what stands in its tuples comes one by one."""
    if not is_dataclass(value):
        yield f"{_json(value)}\n"
        return
    between = "{"
    for field in fields(value):
        inner = getattr(value, field.name)
        yield f"{between}\n  {_json(field.name)}: "
        yield from _json_items(inner) if isinstance(inner, tuple) and inner else (_indented(_json(inner), 2),)
        between = ","
    yield "\n}\n"


def _json_items(items: Iterable[object]) -> Iterator[str]:
    between = "["
    for item in items:
        yield f"{between}\n    {_indented(_json(item), 4)}"
        between = ","
    yield "\n  ]"


def _json(value: object, indent: int | None = 2) -> str:
    # Imported here since reports escape their texts by this module, also those of runs with nothing to do.
    from pydantic_core import to_json

    text = to_json(value, indent=indent)
    if text.isascii() and b"\x7f" not in text:
        return text.decode("ascii")
    return re.sub("[^\x00-\x7e]+", lambda match: json.dumps(match[0])[1:-1], text.decode())


def _indented(text: str, columns: int) -> str:
    """Strings of JSON have no line ends."""
    return text.replace("\n", f"\n{' ' * columns}")


def python_literal(value: object) -> Encoded:
    """A Python literal in ASCII on one line; raises TypeError for what has none."""
    match value:
        case str():
            return _python_string(value)
        case None | bool() | int():
            return Encoded(repr(value))
        case float() if math.isfinite(value):
            # As black writes exponents.
            return Encoded(repr(value).replace("e+", "e"))
        case tuple():
            items = "".join(f"{python_literal(item)}, " for item in value)
            return Encoded(f"({items.rstrip() if len(value) == 1 else items.removesuffix(', ')})")
        case list():
            return Encoded(f"[{', '.join(python_literal(item) for item in value)}]")
        case dict():
            pairs = (f"{python_literal(key)}: {python_literal(item)}" for key, item in value.items())
            return Encoded(f"{{{', '.join(pairs)}}}")
    raise TypeError(f"{type(value).__name__} has no literal")


def python_assignment(value: str | Mapping[str, object] | tuple[object, ...], before: str, after: str = "") -> Encoded:
    """A line that ends with a literal, or several as black lays it out where one would be too long.

    `before` is what stands before the literal, with the indentation of the line; `after` follows it.
    """
    flat = f"{before}{python_literal(value)}{after}"
    if len(flat) <= PYTHON_LINE or not value:
        return Encoded(flat)
    if isinstance(value, str):
        return _exploded(f"{before}(", [python_literal(value)], f"){after}", comma=False)
    if isinstance(value, tuple):
        return _exploded(f"{before}(", [python_literal(item) for item in value], f"){after}", comma=True)
    pairs = [f"{python_literal(key)}: {python_literal(item)}" for key, item in value.items()]
    return _exploded(f"{before}{{", pairs, f"}}{after}", comma=len(pairs) > 1)


def python_call(arguments: Sequence[object], before: str, after: str = "") -> Encoded:
    """A call with literals, on one line, or as black lays it out where that would be too long.

    `before` is what is called, with the indentation of the line; `after` follows the call.
    """
    items = [python_literal(argument) for argument in arguments]
    together = ", ".join(items)
    flat = f"{before}({together}){after}"
    if len(flat) <= PYTHON_LINE:
        return Encoded(flat)
    is_short = len(_indent(before)) + 4 + len(together) <= PYTHON_LINE
    return _exploded(f"{before}(", [together] if is_short else items, f"){after}", comma=not is_short)


def python_import(names: Iterable[str], before: str) -> Encoded:
    """An import of names, laid out as black does."""
    spelt = [python_name(name) for name in names]
    flat = f"{before}{', '.join(spelt)}"
    return Encoded(flat) if len(flat) <= PYTHON_LINE else _exploded(f"{before}(", spelt, ")", comma=True)


def _exploded(head: str, items: Sequence[str], tail: str, *, comma: bool) -> Encoded:
    """Each item on a line of its own; black sets no comma behind some that stand alone."""
    indent = _indent(head)
    lines = [f"{indent}    {item}{',' if comma else ''}" for item in items]
    return Encoded("\n".join((head, *lines, f"{indent}{tail}")))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def identifier(text: str) -> Encoded:
    """An id, which is safe as it is in every language; raises ValueError for everything else."""
    if not naming.is_id(text):
        raise ValueError(f"{text!a} is not an id")
    return Encoded(text)


def variable(text: str) -> Encoded:
    """The name of an environment variable, as POSIX has it; raises ValueError for everything else."""
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", text):
        raise ValueError(f"{text!a} is not the name of a variable")
    return Encoded(text)


def is_shell_safe(text: str) -> bool:
    """Whether single quotes are enough to keep a value as it is in a shell and in an environment file."""
    return text.isprintable() and not set(text) & set("'\\")


def shell(text: str) -> Encoded:
    """A value for a shell or an environment file; raises ValueError for what single quotes cannot hold."""
    if not is_shell_safe(text):
        raise ValueError(f"{text!a} cannot be quoted")
    return Encoded(text if re.fullmatch(r"[A-Za-z0-9_.:/-]+", text) else f"'{text}'")


@_remembered
def python_name(text: str) -> Encoded:
    """A Python identifier in ASCII; raises ValueError for everything else, which would be a mistake of ours."""
    if not text.isascii() or not text.isidentifier() or keyword.iskeyword(text):
        raise ValueError(f"{text!a} is not an identifier")
    return Encoded(text)


@_remembered
def _python_string(text: str) -> Encoded:
    """With the quotes that black prefers."""
    if '"' in text:
        return Encoded(ascii(text))
    return Encoded(f'"{text.encode("unicode_escape").decode("ascii")}"')


def yaml_string(text: str) -> Encoded:
    """A double-quoted YAML scalar in ASCII (YAML 1.2, section 5.7), the same in every reader."""
    return Encoded('"' + "".join(map(_yaml_character, text)) + '"')


def _yaml_character(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code < 0x7F:
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@_remembered
def rst_text(text: str) -> Encoded:
    """One line of prose in reStructuredText, of which docutils makes exactly `printable(text)`."""
    line = re.sub(r"[\\*`|]", r"\\\g<0>", printable(text))
    line = _LONE_UNDERSCORE.sub(r"\\_", line)
    if line.strip("\\") == "":
        # A line of nothing but one mark would be a transition; an escaped blank is no text.
        return Encoded(f"\\ {line}" if line else "")
    if line.endswith("::"):
        line = f"{line[:-1]}\\:"
    enumerator = _ENUMERATOR.match(line)
    if enumerator is not None and line[0] != "#":
        return Encoded(f"{enumerator['label']}\\{line[enumerator.start('end') :]}")
    return Encoded(line if line[0].isalnum() or line[0] == "\\" else f"\\{line}")


@_remembered
def rst_literal(text: str) -> Encoded:
    """An inline literal; escaped prose where the text cannot be one."""
    line = printable(text)
    if line != text or not line or "`" in line or line.endswith("\\"):
        return rst_text(text)
    return Encoded(f"``{line}``")


def rst_link(address: str) -> Encoded:
    """A link that shows the host of a web address; a literal where the text is none."""
    match = _WEB_ADDRESS.fullmatch(address)
    if match is None:
        return rst_literal(address)
    target = re.sub(r"[*_]", r"\\\g<0>", address)
    return Encoded(f"`{match['host']} <{target}>`__")


def rst_title(text: str, adornment: str) -> Encoded:
    """A section title with its underline, as wide as a terminal shows the title."""
    title = rst_text(text)
    return Encoded(f"{title}\n{adornment * max(1, _columns(title))}")


def _columns(text: str) -> int:
    """Columns as docutils counts them: wide characters are two, combining ones none."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


@_remembered
def markdown_text(text: str) -> Encoded:
    """One line of prose in Markdown (CommonMark, and tables of GitHub), shown as `printable(text)`."""
    line = re.sub(r"[\\`|*\[\]<>&~$]", r"\\\g<0>", printable(text))
    line = _LONE_UNDERSCORE.sub(r"\\_", line)
    line = re.sub(r"^[-+#=]", r"\\\g<0>", line)
    # What could be the id or the class of a heading.
    line = re.sub(r"\{(?=:?[ \t]*[#.][^{}]*\}$)", r"\\{", line)
    return Encoded(re.sub(r"^([0-9]+)([.)])", r"\1\\\2", line))


@_remembered
def markdown_code(text: str) -> Encoded:
    """A code span; escaped prose where the text cannot be one in a table cell."""
    line = printable(text)
    if line != text or not line or "`" in line or "|" in line:
        return markdown_text(text)
    return Encoded(f"`{line}`")


def markdown_link(address: str) -> Encoded:
    """A link that shows the host of a web address; a code span where the text is none."""
    match = _WEB_ADDRESS.fullmatch(address)
    return Encoded(f"[{match['host']}](<{address}>)") if match is not None else markdown_code(address)


def html_text(text: str) -> Encoded:
    """Text between tags of HTML or SVG, shown as `printable(text)`; the references are those that XML has as well."""
    return Encoded(printable(text).translate(_HTML_REFERENCES))


def html_attribute(value: str | int) -> Encoded:
    """The value of an attribute with its quotes."""
    return Encoded(f'"{html_text(str(value))}"')


def html_link(address: str) -> Encoded:
    """The value of `href` with its quotes: a web address, a relative path or a place on the page.

    Raises ValueError for everything else, such as an address that would run a script.
    """
    if not is_web_address(address) and not _RELATIVE.fullmatch(address):
        raise ValueError(f"{address!a} is not linked")
    return html_attribute(address)


def html_json(value: object) -> Encoded:
    """A JSON document for a script element: in ASCII, and without the characters that could end the element."""
    text = _json(value, indent=None)
    return Encoded(re.sub("[<>&]", lambda match: f"\\u{ord(match[0]):04x}", text))


def html_raw(text: str) -> Encoded:
    """Our own script or style, as the content of its element; raises ValueError where it could end the element."""
    if re.search("<(?:/|!--|script)", text, re.IGNORECASE):
        raise ValueError("the text would end its element")
    return Encoded(text)
