"""Expressions in Airbyte's templates, as far as they refer to settings: `config['a'] or config.get('b', {}).get('c')`.

By `or`, by a condition and by a default an expression leaves a choice, which manifests do where a setting had another
name once. Filters, functions and arithmetic are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

# Quoted text without escapes, which mean something else than they look like.
_QUOTED: Final = r"'[^'\\]*'|\"[^\"\\]*\""
_TOKEN: Final = re.compile(rf"\s*({_QUOTED}|[A-Za-z_]\w*|\S)", re.DOTALL)
_BRACKETS: Final[Mapping[str, int]] = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_LONGEST: Final = 200
_DEEPEST: Final = 20
_MOST: Final = 16
"""Tokens of an expression, brackets in brackets, and meanings: real ones stay far below."""

Parts: TypeAlias = tuple[str, ...]
"""Text and names of settings, in turn, from text to text."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an expression may be, the preferred first; more than one, and not all of it, only where it is a choice."""

    alternatives: tuple[Parts, ...]
    is_choice: bool = False


def parse_expression(expression: str, parameters: Mapping[str, str]) -> Meaning | None:
    """What an expression may be: of a choice what refers to a setting; None where any part of it is not understood."""
    parser = _Parser(expression, parameters)
    try:
        found = parser.whole()
    except _NotUnderstoodError:
        return None
    return Meaning(tuple(one for one in found if len(one) > 1 or not parser.is_choice), parser.is_choice)


def list_expression_literals(expression: str) -> tuple[str, ...]:
    """The texts without any setting that an expression may be; none where any part of it is not understood."""
    try:
        found = _Parser(expression, None).whole()
    except _NotUnderstoodError:
        return ()
    return tuple(one[0] for one in found if len(one) == 1)


class _NotUnderstoodError(Exception):
    """The expression says more than this language."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A setting or a parameter, by the keys that lead to it."""

    source: str
    path: tuple[str, ...] = ()


class _Parser:
    """Reads an expression once, from left to right; each method raises _NotUnderstoodError.

    Without `parameters`, every parameter is empty: what it says does not stand in the expression.
    """

    def __init__(self, expression: str, parameters: Mapping[str, str] | None) -> None:
        self.tokens: list[str] = _TOKEN.findall(expression)
        self.parameters = parameters
        self.position = 0
        self.depth = 0
        self.is_choice = False

    def whole(self) -> list[Parts]:
        """The parts of everything that the expression may be."""
        if len(self.tokens) > _LONGEST:
            raise _NotUnderstoodError
        found = [self._parts(one) for one in self._conditional()]
        self._ask(self.position == len(self.tokens))
        return found

    def _conditional(self) -> list[Parts | _Value]:
        found = self._either()
        if not self._accept("if"):
            return found
        self.is_choice = True
        self._skip_condition()
        return found + (self._conditional() if self._accept("else") else [])

    def _skip_condition(self) -> None:
        depth = 0
        while self.position < len(self.tokens):
            word = self.tokens[self.position]
            depth += _BRACKETS.get(word, 0)
            if depth < 0 or (depth == 0 and word == "else"):
                return
            self.position += 1

    def _either(self) -> list[Parts | _Value]:
        found = self._joined()
        while self._accept("or"):
            self.is_choice = True
            found += self._joined()
        return found

    def _joined(self) -> list[Parts | _Value]:
        found = self._operand()
        while self._accept("+") or self._accept("~"):
            following = [self._parts(one) for one in self._operand()]
            before = [self._parts(one) for one in found]
            self._ask(len(before) * len(following) <= _MOST)
            found = [(*a[:-1], a[-1] + b[0], *b[1:]) for a in before for b in following]
        return found

    def _operand(self) -> list[Parts | _Value]:
        word = self._next()
        found: list[Parts | _Value]
        if word == "(":
            self.depth += 1
            self._ask(self.depth <= _DEEPEST)
            found = self._conditional()
            self._ask(self._accept(")"))
            self.depth -= 1
        elif word in ("config", "parameters"):
            found = [_Value(word)]
        else:
            found = [(_unquoted(word),)]
        return self._steps(found)

    def _steps(self, found: list[Parts | _Value]) -> list[Parts | _Value]:
        """The same with the keys that follow, each of the value before it."""
        while True:
            default: list[Parts | _Value] = []
            if self._accept("["):
                key = _unquoted(self._next())
                self._ask(self._accept("]"))
            elif self._accept("."):
                key = self._next()
                self._ask(key.isidentifier())
                if key == "get":
                    key, default = self._got()
            else:
                return found
            self._ask(bool(key) and all(isinstance(one, _Value) for one in found))
            found = [*(replace(one, path=(*one.path, key)) for one in found if isinstance(one, _Value)), *default]

    def _got(self) -> tuple[str, list[Parts | _Value]]:
        """The key and the default in a call of `get`; an empty default says nothing, as what is absent is empty too."""
        self._ask(self._accept("("))
        key = _unquoted(self._next())
        default: list[Parts | _Value] = []
        if self._accept(","):
            if self._accept("{"):
                self._ask(self._accept("}"))
            elif not (self._accept("None") or self._accept("''") or self._accept('""')):
                self.is_choice = True
                default = self._conditional()
        self._ask(self._accept(")"))
        return key, default

    def _parts(self, one: Parts | _Value) -> Parts:
        if not isinstance(one, _Value):
            return one
        name = ".".join(one.path)
        self._ask(bool(name))
        if one.source == "config":
            return "", name, ""
        value = self.parameters.get(name) if self.parameters is not None else ""
        if value is None:
            raise _NotUnderstoodError
        return (value,)

    def _next(self) -> str:
        self._ask(self.position < len(self.tokens))
        self.position += 1
        return self.tokens[self.position - 1]

    def _accept(self, token: str) -> bool:
        is_next = self.position < len(self.tokens) and self.tokens[self.position] == token
        self.position += is_next
        return is_next

    def _ask(self, is_so: bool) -> None:  # noqa: FBT001 - the one thing that it is about
        if not is_so:
            raise _NotUnderstoodError


def _unquoted(token: str) -> str:
    if len(token) < 2 or token[0] not in "'\"":
        raise _NotUnderstoodError
    return token[1:-1]
