"""Find the references in templates, by the patterns that a platform profile states."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache, partial
from typing import Final, NamedTuple, TypeAlias

from authscribe.findings.finding import Place
from authscribe.model.platform import References
from authscribe.readers.text import LineCounter
from authscribe.runtime.word_search import contains

_NAME: Final = "{name}"
_WORD: Final = r"[^()\s\"'\\]+?"
_END: Final = r"(?=[()\s\"'\\]|$)"
_QUOTE: Final = r"\\?['\"]"
_FALLBACK: Final = re.compile(r"^([A-Za-z_][\w.-]*?)\s*(:[-=?+]|\|\|?)\s*(.*)$", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:u00([2-7][0-9A-Fa-f])|.)", re.DOTALL)
_ESCAPE_LENGTH: Final = len("\\u0024")
_STRING: Final = r'"(?:[^"\\\n]|\\.)*"'
_OPENING: Final = re.compile(r"\{\{-?\s*\Z")
_CLOSING: Final = re.compile(r"\s*-?\}\}")
_SECRET, _CALL, _ENVIRONMENT, _VARIABLE, _BLOCK, _COMMENT = (
    "secret", "call", "environment", "variable", "block", "comment",
)  # fmt: skip
# For the many references of a template, this takes half the time of calling their classes.
_new_tuple: Final = tuple.__new__


RESERVED: Final = frozenset(
    ("and", "else", "false", "False", "if", "in", "is", "none", "None", "not", "or", "true", "True")
)
"""Words of the template language that cannot be names."""


class ReferenceKind(StrEnum):
    """Kind of a reference; the names in an expression are found by `template_language`."""

    SECRET = "secret"  # noqa: S105 - a kind of reference
    VARIABLE = "variable"
    ENVIRONMENT = "environment"
    EXPRESSION = "expression"


_KINDS: Final[Mapping[str, ReferenceKind | None]] = {
    _COMMENT: None,
    _SECRET: ReferenceKind.SECRET,
    _CALL: ReferenceKind.SECRET,
    _ENVIRONMENT: ReferenceKind.ENVIRONMENT,
    _VARIABLE: ReferenceKind.EXPRESSION,
    _BLOCK: ReferenceKind.EXPRESSION,
}


class Reference(NamedTuple):
    """Reference in a template, to the name of a secret, variable or environment value.

    `literal` is the number of characters of the literal beside the name that counts while the name has no value.
    """

    kind: ReferenceKind
    name: str
    place: Place
    literal: int = 0


_Content: TypeAlias = tuple[ReferenceKind, str, str]
"""Kind and name of a reference, and the literal that counts while the name has no value."""


@dataclass(frozen=True)
class ReferenceSyntax:
    """Patterns that find the references of a platform, and the holes that have to be masked to parse the text.

    `forms` are the forms of references, each as a text that it contains and its pattern; of two that begin at the same
    place, the first counts. `can_name` tells which names a variable can have without being an expression.
    """

    forms: tuple[tuple[str, str], ...]
    holes: re.Pattern[str]
    can_name: Callable[[str], bool]

    @cached_property
    def _read_name(self) -> Callable[[str, str], _Content | None]:
        """Return the function that reads what a group matched, as kind, name and literal; few names fill most holes."""
        return lru_cache(maxsize=1024)(partial(_read_name, self.can_name))

    @classmethod
    def from_platform(cls, references: References) -> ReferenceSyntax:
        """Return the syntax that a platform profile states."""
        delimiters = {
            group: split_delimiters(template)
            for group, template in (
                (_COMMENT, references.comment),
                (_BLOCK, references.block),
                (_VARIABLE, references.variable),
            )
            if template is not None
        }
        # A hole that is not closed before the next one begins is not a hole. Otherwise it would hide every reference up
        # to the next closing delimiter.
        forms = [
            (start, f"{re.escape(start)}[-+]?(?P<{group}>(?:(?!{re.escape(start)})(?s:.))*?)[-+]?{re.escape(end)}")
            for group, (start, end) in delimiters.items()
        ]
        holes = [pattern for _, pattern in forms]
        for group, template in ((_SECRET, references.secret), (_ENVIRONMENT, references.environment)):
            forms.append((split_delimiters(template)[0], _make_pattern(template, f"(?P<{group}>{_WORD})")))
        if references.call is not None:
            start, _, end = references.call.partition(_NAME)
            needle = start.rstrip("' ")
            opening, closing = (re.escape(part).replace("'", _QUOTE) for part in (start.removeprefix(needle), end))
            # The assertion comes after what it is about: `re` finds the beginning of a pattern only without one.
            word = rf"{re.escape(needle)}(?<![\w.]{re.escape(needle)})"
            forms.append((needle, rf"{word}{opening}(?P<{_CALL}>{_WORD}){closing}"))
        return cls(
            forms=tuple(forms),
            holes=re.compile("|".join((_STRING, *holes)), re.DOTALL),
            can_name=references.can_name,
        )

    def find_references(self, path: str, text: str) -> Iterator[Reference]:
        """Yield the references in the text, in order; characters of them may be escaped as in JSON."""
        unescaped = _unescape(text)
        lines = LineCounter(text)
        for start, end, (kind, name, literal) in self._find_spans(unescaped.text):
            line, column = lines.locate(unescaped.find_offset(start))
            place = _new_tuple(Place, (path, line, column, *lines.locate(unescaped.find_offset(end))))
            yield _new_tuple(Reference, (kind, name, place, len(literal)))

    def split_value(self, value: str, references: Sequence[Reference]) -> tuple[str | Reference, ...] | None:
        """Return the text of a scalar and its references, in order; None if templates compute a part of it.

        An expression at run time that consists of one call is a reference.
        """
        spans = tuple(self._find_spans(value))
        contents = (content for _, _, content in spans)
        if len(spans) != len(references) or not all(map(_is_reference, contents, references)):
            return None
        parts: list[str | Reference] = []
        position = 0
        for (start, end, _), reference in zip(spans, references, strict=True):
            opening, closing = _OPENING.search(value, position, start), _CLOSING.match(value, end)
            if opening is None or closing is None:
                opening = closing = None
            parts += value[position : opening.start() if opening else start], reference
            position = closing.end() if closing else end
        return *parts, value[position:]

    def _find_spans(self, text: str) -> Iterator[tuple[int, int, _Content]]:
        """Yield the start, the end and the content of each reference in a text without escapes, in order."""
        # Most texts contain one form, and searching for it alone takes a tenth of the time.
        patterns = [pattern for needle, pattern in self.forms if contains(text, needle)]
        for match in re.finditer("|".join(patterns), text) if patterns else ():
            group = match.lastgroup or _COMMENT
            content = self._read_name(group, match[group])
            if content is not None:
                yield match.start(), match.end(), content

    def find_statements(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the start, the end and the first word of each statement outside of strings."""
        for match in self.holes.finditer(text):
            if match.lastgroup == _BLOCK:
                yield *match.span(), match[_BLOCK].split(maxsplit=1)[0] if match[_BLOCK].strip() else ""

    def mask_holes(self, text: str) -> str:
        """Return the text with the holes outside of strings replaced by JSON of the same length.

        A variable becomes a string, a statement or comment becomes blanks; every place stays the same.
        """
        return self.holes.sub(_mask_hole, text)


def _read_name(can_name: Callable[[str], bool], group: str, text: str) -> _Content | None:
    """Return the content of a hole; None if it refers to nothing."""
    kind, name = _KINDS[group], text.strip()
    if group == _BLOCK:
        # Only conditions refer to names; other statements are not expanded.
        condition, _, name = name.partition(" ")
        kind = kind if condition in ("if", "elif") else None
    elif group == _VARIABLE and can_name(name) and name not in RESERVED:
        kind = ReferenceKind.VARIABLE
    if kind is None:
        return None
    return (kind, name, "") if kind is ReferenceKind.EXPRESSION else (kind, *split_fallback(name))


class _UnescapedText(NamedTuple):
    """Text without escapes, and the offsets in it at which there was one."""

    text: str
    escapes: list[int]

    def find_offset(self, offset: int) -> int:
        """Return the offset in the text with the escapes."""
        return offset + (_ESCAPE_LENGTH - 1) * bisect_left(self.escapes, offset)


def _unescape(text: str) -> _UnescapedText:
    """Replace the escapes of printable ASCII characters in strings of JSON (RFC 8259 section 7).

    A quotation mark or a backslash stays escaped: otherwise the string would be another one.
    """
    escapes: list[int] = []

    def replace(match: re.Match[str]) -> str:
        if match[1] is None or chr(int(match[1], 16)) in '"\\':
            return match[0]
        escapes.append(match.start() - (_ESCAPE_LENGTH - 1) * len(escapes))
        return chr(int(match[1], 16))

    return _UnescapedText(_ESCAPE.sub(replace, text) if contains(text, "\\u00") else text, escapes)


def split_fallback(text: str) -> tuple[str, str]:
    """Return a name and the literal that counts while it has no value: `A:-b`, as in a shell, gives `A` and `b`."""
    # Few texts have an operator.
    match = _FALLBACK.match(text) if ":" in text or "|" in text else None
    return (match[1], match[3]) if match is not None else (text, "")


def _is_reference(content: _Content, reference: Reference) -> bool:
    """Return whether a reference is all of a content; a declared name may look like an expression."""
    kind, name, _ = content
    return kind is not ReferenceKind.EXPRESSION or name == reference.name


def split_delimiters(template: str) -> tuple[str, str]:
    """Return the text before and after the name: `{{@ {name} @}}` gives `{{@` and `@}}`."""
    start, _, end = template.partition(_NAME)
    return start.strip(), end.strip()


def _make_pattern(template: str, name: str) -> str:
    start, end = _escape_delimiters(template)
    # Without a closing delimiter, a name ends where no more character of one follows.
    return f"{start}{name}{end or _END}"


def _escape_delimiters(template: str) -> tuple[str, str]:
    start, _, end = template.partition(_NAME)
    return re.escape(start), re.escape(end)


def _mask_hole(match: re.Match[str]) -> str:
    text = match[0]
    if match.lastgroup is None:  # a string
        return text
    return f'"{"_" * (len(text) - 2)}"' if match.lastgroup == _VARIABLE else re.sub(r"\S", " ", text)
