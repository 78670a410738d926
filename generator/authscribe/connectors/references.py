"""How a platform spells references in templates: patterns made from its profile, and what they find in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.definitions import References

_NAME: Final = "{name}"
_WORD: Final = r"[^()\s\"'\\]+"
_QUOTE: Final = r"\\?['\"]"
_STRING: Final = r'"(?:[^"\\\n]|\\.)*"'
_SECRET, _CALL, _ENVIRONMENT, _VARIABLE, _BLOCK, _COMMENT = (
    "secret", "call", "environment", "variable", "block", "comment",
)  # fmt: skip


RESERVED: Final = frozenset(
    ("and", "else", "false", "False", "if", "in", "is", "none", "None", "not", "or", "true", "True")
)
"""Words that the language of templates keeps for itself."""


class ReferenceKind(StrEnum):
    """What a reference refers to; an expression is read by `expansion`."""

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


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: its kind, the name it refers to, and where it stands."""

    kind: ReferenceKind
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class ReferenceSyntax:
    """All references of a platform as one pattern, and what must be put out of the way to read the text around them.

    Few texts hold a call, and a search for calls takes longer; `call` says which do.
    """

    pattern: re.Pattern[str]
    without_calls: re.Pattern[str]
    call: str
    holes: re.Pattern[str]

    def find_references(self, path: str, text: str) -> Iterator[Reference]:
        """Every reference in the text, in its order."""
        pattern = self.pattern if self.call in text else self.without_calls
        line, counted = 1, 0
        for match in pattern.finditer(text):
            start, end = match.span()
            group = match.lastgroup or _COMMENT
            line += text.count("\n", counted, start)
            counted = start
            kind, name = _KINDS[group], match[group].strip()
            if group == _BLOCK:
                # Of the statements only conditions refer to anything; others are not expanded.
                condition, _, name = name.partition(" ")
                kind = kind if condition in ("if", "elif") else None
            elif group == _VARIABLE and name.isidentifier() and name not in RESERVED:
                kind = ReferenceKind.VARIABLE
            if kind is not None:
                column = start - text.rfind("\n", 0, start)
                last = line + text.count("\n", start, end)
                end_column = end - text.rfind("\n", 0, end)
                yield Reference(kind, name, Place(path, line, column, last, end_column))

    def mask_holes(self, text: str) -> str:
        """The text with each hole that stands outside of a string replaced, so that every place stays.

        A variable becomes a string, a statement or comment becomes blanks.
        """
        return self.holes.sub(_masked, text)


def from_platform(references: References) -> ReferenceSyntax:
    """The spelling that a platform profile states."""
    around = {
        group: split_delimiters(template)
        for group, template in (
            (_COMMENT, references.comment),
            (_BLOCK, references.block),
            (_VARIABLE, references.variable),
        )
        if template is not None
    }
    # One that is not closed before the next begins is none, or it would hide all references up to the next end.
    holes = [
        f"{re.escape(start)}[-+]?(?P<{group}>(?:(?!{re.escape(start)}).)*?)[-+]?{re.escape(end)}"
        for group, (start, end) in around.items()
    ]
    names = [
        _pattern(references.secret, f"(?P<{_SECRET}>{_WORD})"),
        _pattern(references.environment, f"(?P<{_ENVIRONMENT}>{_WORD})"),
    ]
    all_but_calls = [*holes, *names]
    calls: list[str] = []
    if references.call is not None:
        start, end = (part.replace("'", _QUOTE) for part in _around(references.call))
        calls.append(rf"(?<![\w.]){start}(?P<{_CALL}>{_WORD}){end}")
    return ReferenceSyntax(
        pattern=re.compile("|".join((*all_but_calls, *calls)), re.DOTALL),
        without_calls=re.compile("|".join(all_but_calls), re.DOTALL),
        call=split_delimiters(references.call)[0].rstrip("'") if references.call else "\0",
        holes=re.compile("|".join((_STRING, *holes)), re.DOTALL),
    )


def split_delimiters(template: str) -> tuple[str, str]:
    """What stands before and after the name: `{{@ {name} @}}` gives `{{@` and `@}}`."""
    start, _, end = template.partition(_NAME)
    return start.strip(), end.strip()


def _pattern(template: str, name: str) -> str:
    start, end = _around(template)
    return f"{start}{name}{end}"


def _around(template: str) -> tuple[str, str]:
    start, _, end = template.partition(_NAME)
    return re.escape(start), re.escape(end)


def _masked(match: re.Match[str]) -> str:
    found = match[0]
    if match.lastgroup is None:
        return found
    return f'"{"_" * (len(found) - 2)}"' if match.lastgroup == _VARIABLE else re.sub(r"\S", " ", found)
