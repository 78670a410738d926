"""Evaluate the expressions in Airbyte's values as far as they are text and references to settings.

Airbyte renders these values with Jinja, so Jinja's own parser reads them:
https://docs.airbyte.com/platform/connector-development/config-based/advanced-topics/string-interpolation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from math import prod
from typing import Final, TypeAlias

from jinja2 import Environment, TemplateSyntaxError, nodes

_ENVIRONMENT: Final = Environment()  # noqa: S701 - it parses, and renders nothing
_MARKS: Final = ("{{", "{%", "{#")
_LENGTH_LIMIT: Final = 4000
"""Characters of a template, for each of which Jinja may need microseconds; real templates have 200."""
_ALTERNATIVE_LIMIT: Final = 16
"""Alternatives of a value; real ones have two."""

_KEEPING: Final = frozenset({"string", "trim", "urlencode", "strip", "lstrip", "rstrip"})
"""Filters and methods that change how a value is written, but not which value it is."""

Parts: TypeAlias = tuple[str, ...]
"""Text and names of settings in turn; the first and the last are text, which may be empty."""


class NotUnderstoodError(Exception):
    """Raised for a value that is more than text and references to settings."""


@dataclass(frozen=True, slots=True)
class ParsedTemplate:
    """Text and expressions of a template in turn, and the expressions that it names before by `{% set %}`."""

    operands: tuple[nodes.Node, ...]
    named: Mapping[str, nodes.Node]


# Each way to authenticate reads the templates that all of them share.
@lru_cache(maxsize=1024)
def parse_template(value: str) -> nodes.Template:
    """Return the syntax tree of a value, which nobody changes; raises NotUnderstoodError if it is not a template."""
    if not any(mark in value for mark in _MARKS):
        # Jinja drops one newline at the end.
        return nodes.Template([nodes.Output([nodes.TemplateData(value.removesuffix("\n"))])])
    if len(value) > _LENGTH_LIMIT:
        raise NotUnderstoodError
    try:
        return _ENVIRONMENT.parse(value)
    # Numbers may have more digits than Python allows (ValueError), or exceed a float.
    except (TemplateSyntaxError, ValueError, OverflowError):
        raise NotUnderstoodError from None


def divide_template(value: str) -> ParsedTemplate:
    """Return the parts of a template; raises NotUnderstoodError if it is not one."""
    named: dict[str, nodes.Node] = {}
    operands: list[nodes.Node] = []
    for part in parse_template(value).body:
        match part:
            case nodes.Assign(target=nodes.Name(name=name), node=expression):
                named[name] = expression
            case _:
                operands += _list_operands(part)
    return ParsedTemplate(tuple(operands), named)


def _list_operands(part: nodes.Node) -> list[nodes.Node]:
    """Return the text and expressions in a part of a template; a statement with conditions becomes one expression."""
    match part:
        case nodes.Output(nodes=inner):
            return [*map(_spell_number, inner)]
        case nodes.If(elif_=others, else_=last):
            tested = [part, *others]
            # Several cases without any other are all that there are.
            choice: nodes.Expr = _concatenate(last or (tested.pop().body if others else ()))
            for branch in reversed(tested):
                choice = nodes.CondExpr(branch.test, _concatenate(branch.body), choice)
            return [choice]
    return [part]


def _concatenate(parts: Sequence[nodes.Node]) -> nodes.Concat:
    return nodes.Concat([operand for part in parts for operand in _list_operands(part)])


def join_operands(operands: list[list[Parts]]) -> list[Parts]:
    """Return each combination of alternatives of operands that are written one after the other."""
    if prod(map(len, operands)) > _ALTERNATIVE_LIMIT:
        raise NotUnderstoodError
    return [_join_parts(combination) for combination in product(*operands)]


def _join_parts(operands: Iterable[Parts]) -> Parts:
    joined = [""]
    for first, *others in operands:
        joined[-1] += first
        joined += others
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class SettingReference:
    """SchemeSetting or parameter, by the keys that lead to it."""

    source: str
    keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the setting or parameter."""
        return ".".join(self.keys)


Alternative: TypeAlias = Parts | SettingReference


def _find_change(name: str, args: Sequence[nodes.Expr]) -> Callable[[str], str]:
    """Return what a filter or method does to a text; it never makes the text longer."""
    match name, args:
        case "lower", []:
            return str.lower
        case "replace", [nodes.Const(value=str() as removed), nodes.Const(value="")]:
            return lambda text: text.replace(removed, "")
    raise NotUnderstoodError


def _extend_reference(value: Alternative, key: str) -> SettingReference:
    if not isinstance(value, SettingReference):
        raise NotUnderstoodError
    return replace(value, keys=(*value.keys, key))


def _list_pairs(table: nodes.Dict) -> dict[object, nodes.Expr]:
    """Return the expressions in a table by their constant keys."""
    return {pair.key.value: pair.value for pair in table.items if isinstance(pair.key, nodes.Const)}


def _spell_number(node: nodes.Node) -> nodes.Node:
    """Return an integer, where it becomes text, as that text; any other expression as it is."""
    match node:
        case nodes.Const(value=int() as number) if not isinstance(number, bool):
            return nodes.Const(str(number))
    return node


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Interpreter of Jinja's expressions; each method raises NotUnderstoodError.

    Without `parameters` every parameter is empty: its value is not written in the expression. `known` are names other
    than `config` that can be referred to, and `named` the expressions that the template has named.
    """

    parameters: Mapping[str, str] | None
    known: tuple[str, ...] = ()
    named: Mapping[str, nodes.Node] = field(default_factory=dict)

    def list_alternatives(self, expression: nodes.Node) -> list[Parts]:
        """Return what an expression may be, the preferred alternative first."""
        return [self._to_parts(value) for value in self.evaluate(expression)]

    def prefers_first(self, test: nodes.Node, first: list[Alternative]) -> bool:  # noqa: ARG002 - for other orders
        """Return whether `first`, the value if the test of a condition is met, is preferred to the other one."""
        return True

    def find_key(self, key: nodes.Node) -> object:  # noqa: ARG002 - as above
        """Return the value of a key by which a table is searched; None if it is not known."""
        return None

    def keeps_changed_settings(self) -> bool:
        """Return whether a setting may stand for its value in lower case, or for what is left if a text is removed."""
        return False

    def evaluate(self, node: nodes.Node) -> list[Alternative]:
        """Return what an expression may be, where a setting may also be a part of another one."""
        match node:
            case nodes.Or(left=first, right=second):
                return [*self.evaluate(first), *self.evaluate(second)]
            # The condition need not be understood, and may be anything.
            case nodes.CondExpr(test=test, expr1=first, expr2=second):
                # Without an `else` the value is undefined, which renders as nothing.
                met, unmet = self.evaluate(first), self.evaluate(second) if second is not None else [("",)]
                return [*met, *unmet] if self.prefers_first(test, met) else [*unmet, *met]
            case nodes.Call(
                node=nodes.Getattr(node=owner, attr="get"), args=[key, *default], dyn_args=None, dyn_kwargs=None
            ):  # fmt: skip
                return self._evaluate_get(owner, key, default)
            case nodes.Filter(node=nodes.Expr() as tested, name="default" | "d", args=[default, *_]):
                return [*self.evaluate(tested), *self._evaluate_default([default])]
            case nodes.Filter(node=nodes.List(items=items), name="join", args=[nodes.Const(value=str()) as separator]):
                joined = (part for item in items for part in (separator, item))
                return [*self._join([*joined][1:])]
            case nodes.Add(left=first, right=second):
                return [*self._join([first, second])]
            case nodes.Concat(nodes=operands):
                return [*self._join(map(_spell_number, operands))]
            case nodes.Filter(node=nodes.Expr() as changed, name=name, args=args) | nodes.Call(
                node=nodes.Getattr(node=changed, attr=name), args=args
            ):
                return self._evaluate_change(changed, name, args)
        return self._evaluate_operand(node)

    def _evaluate_change(self, expression: nodes.Node, name: str, args: Sequence[nodes.Expr]) -> list[Alternative]:
        """Return what is left of the alternatives of an expression after a filter or a method of this name."""
        if name in _KEEPING:
            return self.evaluate(expression)
        change = _find_change(name, args)
        return [self._change_texts(value, change) for value in self.evaluate(expression)]

    def _evaluate_operand(self, node: nodes.Node) -> list[Alternative]:
        match node:
            case nodes.TemplateData(data=text):
                return [(text,)]
            # An escape may be a control character, or a surrogate that no file can hold.
            case nodes.Const(value=str() as text) if text.isprintable():
                return [(text,)]
            case nodes.Name(name="config" | "parameters" | "options" as source):
                return [SettingReference(source)]
            case nodes.Name(name=name) if name in self.known:
                return [("", name, "")]
            case nodes.Name(name=name) if name in self.named:
                # Names that refer to each other could make a short text a very long one.
                return replace(self, named={}).evaluate(self.named[name])
            case nodes.Getitem(node=owner, arg=key):
                return self._evaluate_item(owner, key)
            # Jinja prefers an attribute to an item: `config.items` is a method.
            case nodes.Getattr(node=owner, attr=name) if not hasattr(dict, name):
                return self._evaluate_item(owner, nodes.Const(name))
        raise NotUnderstoodError

    def _evaluate_item(self, owner: nodes.Node, key: nodes.Node) -> list[Alternative]:
        if isinstance(owner, nodes.Name) and owner.name in self.named:
            return replace(self, named={}).evaluate(nodes.Getitem(self.named[owner.name], key, "load"))
        if isinstance(owner, nodes.Dict):
            return self._look_up(owner, key)
        match key:
            # A placement can refer to no name with braces.
            case nodes.Const(value=str() as name) if name.isprintable() and name and not {"{", "}"} & set(name):
                return [_extend_reference(value, name) for value in self.evaluate(owner)]
        raise NotUnderstoodError

    def _evaluate_get(self, owner: nodes.Node, key: nodes.Node, default: list[nodes.Expr]) -> list[Alternative]:
        """Return the value under a key and the default, which is preferred for a table without the key."""
        found, other = self._evaluate_item(owner, key), self._evaluate_default(default)
        table = self.named.get(owner.name) if isinstance(owner, nodes.Name) else owner
        is_missing = isinstance(table, nodes.Dict) and self.find_key(key) not in _list_pairs(table)
        return [*other, *found] if is_missing else [*found, *other]

    def _look_up(self, table: nodes.Dict, key: nodes.Node) -> list[Alternative]:
        """Return the values of a table; if the key is known, its value, and another one as there is a choice."""
        values = _list_pairs(table)
        chosen = self.find_key(key)
        others = [value for name, value in values.items() if name != chosen]
        ordered = [values[chosen], *others[:1]] if chosen in values else others
        return [alternative for value in ordered for alternative in self.evaluate(value)]

    def _evaluate_default(self, default: list[nodes.Expr]) -> list[Alternative]:
        """Return the alternatives of a default; none for an empty one, as an absent setting is empty as well."""
        match default:
            case [] | [nodes.Const(value=None | "")] | [nodes.Dict(items=[])]:
                return []
            case [node]:
                return self.evaluate(_spell_number(node))
        raise NotUnderstoodError

    def _change_texts(self, value: Alternative, change: Callable[[str], str]) -> Alternative:
        is_text = not isinstance(value, SettingReference) and len(value) == 1
        if not is_text and not self.keeps_changed_settings():
            raise NotUnderstoodError
        if isinstance(value, SettingReference):
            return value
        return tuple(part if index % 2 else change(part) for index, part in enumerate(value))

    def _join(self, operands: Iterable[nodes.Node]) -> list[Parts]:
        return join_operands([self.list_alternatives(operand) for operand in operands])

    def _to_parts(self, value: Alternative) -> Parts:
        if not isinstance(value, SettingReference):
            return value
        if value.source == "config" and value.name:
            return "", value.name, ""
        text = self.parameters.get(value.name) if self.parameters is not None else ""
        if not value.name or text is None:
            raise NotUnderstoodError
        return (text,)
