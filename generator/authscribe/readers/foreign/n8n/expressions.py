"""Evaluate n8n's expressions as far as they are text and references, with the defaults of the properties.

A value that begins with `=` is a template, in which `{{ }}` holds JavaScript. Evaluated are literals, those with holes
as well, references to properties, `+`, comparisons, `&&`, `||`, `??`, `!`, `? :` and a few methods. A condition is
decided by the defaults of the properties in it, and whatever it does not choose may be anything; secrets and required
values are supplied. `String()`, `trim()`, and a `replace()` that removes something at the start or the end, such as a
slash, are taken to change nothing: they clean up what the owner may have typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from authscribe.model.draft import Value
from authscribe.model.placement_template import Hole
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.n8n.tokens import UnknownExpressionError, split_tokens, unquote

_BLOCK: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_HOLE: Final = re.compile(r"\$\{([^{}`]*)\}")
_WORDS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None, "undefined": None}
_DEPTH_LIMIT: Final = 40
_LENGTH_LIMIT: Final = 4_000
"""Characters of an expression, and of a value that it amounts to; real ones have 200."""
_AT_THE_EDGE: Final = re.compile(r"/(?:\^.*|.*\$)/[a-z]*", re.DOTALL)
_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "endsWith": str.endswith,
    "startsWith": str.startswith,
    "includes": str.__contains__,
}

_BASIC: Final = "basic "
SUPPLIED: Final = "\0"
"""Value of a property without a default where requests are sent: a secret or required value, or a token."""

Lookup: TypeAlias = Callable[[str], tuple[Value, bool]]
"""Return the default of a property or `SUPPLIED`, and whether nobody can change it."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Template that an expression amounts to, if the properties in `conditions` have their defaults.

    `is_basic` is set if the value is the word `Basic` and the template in Base64. `alternatives` are the value that it
    has with a property that the owner may leave empty, and the one that it has without.
    """

    template: FilledTemplate
    conditions: frozenset[str] = frozenset()
    is_basic: bool = False
    alternatives: tuple[Evaluation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Bytes of a template, or their Base64."""

    parts: _Parts
    is_base64: bool


_Parts: TypeAlias = "tuple[str | Hole | _Encoded, ...]"


@dataclass(frozen=True, slots=True)
class _Operand:
    """Part of an expression: its value by the defaults, its template, and the properties that it depends on.

    Of one that is not known, nothing else has a meaning. `alternatives` are as in an evaluation.
    """

    value: Value
    parts: _Parts
    names: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    is_known: bool = True
    alternatives: tuple[_Operand, ...] = ()

    @property
    def is_left_empty(self) -> bool:
        """Return whether it is a property without a default."""
        return self.is_known and not self.value and not self.conditions and len(self.parts) == len(self.names) == 1

    def join(self, other: _Operand) -> _Operand:
        """Return the text of this operand and another one."""
        return _Operand(
            _check_length(_to_text(self.value) + _to_text(other.value)),
            (*self.parts, *other.parts),
            self.names | other.names,
            self.conditions | other.conditions,
            self.is_known and other.is_known,
            self._join_alternatives(other),
        )

    def _join_alternatives(self, other: _Operand) -> tuple[_Operand, ...]:
        """Return the texts of the alternatives of one of the operands; none if both have alternatives."""
        if self.alternatives and not other.alternatives:
            return tuple(each.join(other) for each in self.alternatives)
        return () if self.alternatives else tuple(self.join(each) for each in other.alternatives)

    def depend_on(self, other: _Operand) -> _Operand:
        """Return this operand, chosen by the value of another one."""
        conditions = self.conditions | other.names | other.conditions
        alternatives = tuple(each.depend_on(other) for each in self.alternatives)
        return replace(
            self, conditions=conditions, is_known=self.is_known and other.is_known, alternatives=alternatives
        )

    def replace_empty(self, other: _Operand, condition: _Operand) -> _Operand:
        """Return this operand, which is used where the property in the condition is empty, with the other one."""
        chosen = self.follow(condition, other)
        is_certain = condition.is_left_empty and condition.names <= other.names
        has_alternative = is_certain and self.is_known and other.is_known and not self.alternatives
        return replace(chosen, alternatives=(replace(other, alternatives=()), self)) if has_alternative else chosen

    def follow(self, other: _Operand, rejected: _Operand) -> _Operand:
        """Return this operand, chosen because another one has a value or has none.

        That is certain for a value that is supplied, unless what is rejected holds something without it.
        """
        is_certain = other.value == SUPPLIED and rejected.names <= other.names
        return self.depend_on(replace(other, names=frozenset()) if is_certain else other)


def evaluate(source: str, lookup: Lookup) -> Evaluation | None:
    """Return what a value amounts to; None if an expression in it cannot be evaluated."""
    if not source.startswith("="):
        return Evaluation(FilledTemplate((source,) if source else ()))
    operands: list[_Operand] = []
    position = 1
    # Without this bound, each `{{` after the last end would be followed to the end of the text.
    for match in _BLOCK.finditer(source, 0, source.rfind("}}") + len("}}")):
        operands.append(_make_text(source[position : match.start()]))
        try:
            operands.append(_Parser(_check_length(match[1]), lookup).parse())
        except UnknownExpressionError:
            return None
        position = match.end()
    operands.append(_make_text(source[position:]))
    return _make_evaluation(operands)


def _make_evaluation(operands: Sequence[_Operand]) -> Evaluation | None:
    """Return what operands amount to; None if a part of them is encoded otherwise than for basic authentication."""
    parts = tuple(part for operand in operands for part in operand.parts if part)
    conditions = frozenset(name for operand in operands for name in operand.conditions)
    plain = _select_plain(parts)
    if len(plain) == len(parts):
        return Evaluation(FilledTemplate(plain), conditions, alternatives=_list_alternatives(operands))
    match parts:
        case (*words, _Encoded(parts=inner, is_base64=True)) if "".join(map(str, words)).lower() == _BASIC:
            template = _select_plain(inner)
            return (
                Evaluation(FilledTemplate(template), conditions, is_basic=True) if len(template) == len(inner) else None
            )
    return None


def _list_alternatives(operands: Sequence[_Operand]) -> tuple[Evaluation, ...]:
    """Return both alternatives of the only operand that has any; none if there are several."""
    positions = [index for index, operand in enumerate(operands) if operand.alternatives]
    if len(positions) != 1:
        return ()
    before, after = operands[: positions[0]], operands[positions[0] + 1 :]
    evaluations = [_make_evaluation((*before, each, *after)) for each in operands[positions[0]].alternatives]
    plain = tuple(each for each in evaluations if each is not None and not each.is_basic)
    return plain if len(plain) == len(evaluations) else ()


def _select_plain(parts: _Parts) -> tuple[str | Hole, ...]:
    return tuple(part for part in parts if not isinstance(part, _Encoded))


def _check_length(text: str) -> str:
    if len(text) > _LENGTH_LIMIT:
        raise UnknownExpressionError
    return text


def _make_text(value: Value) -> _Operand:
    text = _to_text(value)
    return _Operand(value, (text,) if text else ())


def _to_text(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


_UNKNOWN: Final = _Operand(None, (), is_known=False)
_BUFFER: Final = replace(_UNKNOWN)
_BTOA: Final = replace(_UNKNOWN)
_REG_EXP: Final = replace(_UNKNOWN)
_STRING: Final = replace(_UNKNOWN)
_NAMED: Final = {"Buffer": _BUFFER, "btoa": _BTOA, "RegExp": _REG_EXP, "String": _STRING}
"""Functions and classes that encode, and the classes of patterns and texts."""


class _Parser:
    """Recursive-descent parser that evaluates what it parses."""

    def __init__(self, source: str, lookup: Lookup) -> None:
        self._tokens = split_tokens(source)
        self._index = 0
        self._depth = 0
        self._lookup = lookup

    def parse(self) -> _Operand:
        """Return the operand that the whole source amounts to."""
        operand = self._parse_choice()
        if self._index < len(self._tokens) or not operand.is_known:
            raise UnknownExpressionError
        return operand

    def _parse_choice(self) -> _Operand:
        self._descend()
        condition = self._parse_or()
        if self._take("?"):
            first = self._parse_choice()
            self._expect(":")
            second = self._parse_choice()
            condition = first.follow(condition, second) if condition.value else second.replace_empty(first, condition)
        self._depth -= 1
        return condition

    def _parse_or(self) -> _Operand:
        left = self._parse_and()
        while (is_nullish := self._take("??")) or self._take("||"):
            right = self._parse_and()
            if left.value == SUPPLIED:
                left = left.follow(left, right)
            has_value = left.value is not None if is_nullish else bool(left.value)
            left = left if has_value else right.replace_empty(left, left)
        return left

    def _parse_and(self) -> _Operand:
        left = self._parse_comparison()
        while self._take("&&"):
            right = self._parse_comparison()
            left = right.follow(left, left) if left.value else left
        return left

    def _parse_comparison(self) -> _Operand:
        left = self._parse_sum()
        for operator, is_equal in (("===", True), ("==", True), ("!==", False), ("!=", False)):
            if self._take(operator):
                right = self._parse_sum()
                return _make_text((left.value == right.value) is is_equal).depend_on(left).depend_on(right)
        return left

    def _parse_sum(self) -> _Operand:
        left = self._parse_operand()
        while self._take("+"):
            left = left.join(self._parse_operand())
        return left

    def _parse_operand(self) -> _Operand:
        self._descend()
        if self._take("!"):
            operand = self._parse_operand()
            operand = _make_text(not operand.value).follow(operand, operand)
        elif self._take("("):
            operand = self._parse_choice()
            self._expect(")")
        else:
            operand = self._parse_atom()
        operand = self._parse_members(operand)
        self._depth -= 1
        return operand

    def _parse_members(self, operand: _Operand) -> _Operand:
        """Return the operand with the methods and indexes that follow it."""
        while True:
            if self._take("["):
                self._parse_choice()
                self._expect("]")
                operand = _UNKNOWN
            elif self._take("("):
                operand = _apply(operand, self._parse_arguments())
            else:
                match = self._peek()
                if match is None or match["member"] is None:
                    return operand
                self._index += 1
                arguments = self._parse_arguments() if self._take("(") else [_UNKNOWN]
                operand = _call(operand, match["member"], arguments)

    def _parse_arguments(self) -> list[_Operand]:
        arguments: list[_Operand] = []
        while not self._take(")"):
            arguments.append(self._parse_choice())
            if not self._take(","):
                self._expect(")")
                break
        return arguments

    def _parse_atom(self) -> _Operand:
        match = self._peek()
        self._index += 1
        if match is None or match["operator"] not in (None, "-") or match["member"]:
            raise UnknownExpressionError
        if match["text"]:
            return _make_text(unquote(match["text"][1:-1]))
        if match["template"]:
            return self._fill_template(match["template"][1:-1])
        if match["word"]:
            word = match["word"]
            return _make_text(_WORDS[word] if word in _WORDS else json.loads(word))
        if match["pattern"]:
            return replace(_UNKNOWN, value=match["pattern"])
        if match["operator"] or match["other"]:
            # A sign before a number, and `new` before a class.
            if match["other"] in (None, "new"):
                return self._parse_signed(is_class=match["other"] is not None)
            return _NAMED.get(match["other"], _UNKNOWN)
        name = match["name"] or match["double"] or match["single"] or ""
        value, is_constant = self._lookup(name)
        return _make_text(value) if is_constant else _Operand(value, (Hole(name),), frozenset({name}))

    def _fill_template(self, template: str) -> _Operand:
        """Return what a template literal amounts to; an unknown operand if an expression in it holds braces."""
        if "${" in _HOLE.sub("", template):
            return _UNKNOWN
        filled = _make_text("")
        for position, part in enumerate(_HOLE.split(template)):
            # Text and expressions take turns.
            filled = filled.join(self._evaluate_hole(part) if position % 2 else _make_text(unquote(part)))
        return filled

    def _evaluate_hole(self, source: str) -> _Operand:
        try:
            return _Parser(source, self._lookup).parse()
        except UnknownExpressionError:
            return _UNKNOWN

    def _parse_signed(self, *, is_class: bool) -> _Operand:
        self._descend()
        operand = self._parse_atom()
        self._depth -= 1
        return operand if is_class else _UNKNOWN

    def _peek(self) -> re.Match[str] | None:
        return self._tokens[self._index] if self._index < len(self._tokens) else None

    def _take(self, operator: str) -> bool:
        match = self._peek()
        is_next = match is not None and match["operator"] == operator
        self._index += is_next
        return is_next

    def _expect(self, operator: str) -> None:
        if not self._take(operator):
            raise UnknownExpressionError

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > _DEPTH_LIMIT:
            raise UnknownExpressionError


def _apply(function: _Operand, arguments: list[_Operand]) -> _Operand:
    """Return the result of a function or class; an unknown one for most of them."""
    match arguments:
        case [argument, *_] if function is _BTOA:
            return _encode(argument, is_base64=True)
        case [argument] if function is _STRING:
            return argument
        case [_Operand(value=str() as pattern, parts=(str(),)), *_] if function is _REG_EXP:
            return replace(_UNKNOWN, value=f"/{pattern}/")
    return _UNKNOWN


def _call(operand: _Operand, method: str, arguments: list[_Operand]) -> _Operand:
    """Return the result of a method; an unknown one for most methods."""
    match arguments:
        case [text, *_] if operand is _BUFFER and method == "from":
            return _encode(text, is_base64=False)
        case [_Operand(value="base64", is_known=True)] if method == "toString":
            return _complete(operand)
        case [] if method == "trim":
            return operand
        case [_Operand(value=str() as pattern, is_known=False), _Operand(value="", is_known=True)]:
            return operand if method == "replace" and _AT_THE_EDGE.fullmatch(pattern) else _UNKNOWN
        case [_Operand(value=str() as text, is_known=True)] if method in _TESTS:
            return _make_text(_TESTS[method](_to_text(operand.value), text)).depend_on(operand)
    return _UNKNOWN


def _encode(operand: _Operand, *, is_base64: bool) -> _Operand:
    return replace(operand, parts=(_Encoded(operand.parts, is_base64),), alternatives=())


def _complete(operand: _Operand) -> _Operand:
    """Return the Base64 of bytes; an unknown operand for anything else."""
    match operand.parts:
        case (_Encoded(parts=parts, is_base64=False),):
            return replace(operand, parts=(_Encoded(parts, is_base64=True),))
    return _UNKNOWN
