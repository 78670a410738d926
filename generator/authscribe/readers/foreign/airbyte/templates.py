"""Read values of Airbyte's manifests: text in which `{{ config['a']['b'] }}` is the value of the setting `a.b`.

Airbyte renders these values with Jinja, so Jinja's own parser reads them:
https://docs.airbyte.com/platform/connector-development/config-based/advanced-topics/string-interpolation. By `or`, by
a condition and by a default, a value leaves a choice; manifests use it for a setting that was renamed. A value that is
more than text and references to settings is not understood, and callers keep it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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

_Parts: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfigTemplate:
    """Text and names of settings in turn: `parts` begins and ends with text, which may be empty.

    `is_all` is False if the value leaves a choice, of which this is one alternative.
    """

    parts: _Parts
    is_all: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Settings that it refers to."""
        return self.parts[1::2]

    @property
    def is_literal(self) -> bool:
        """True for text without any setting."""
        return not self.names and bool(self.parts[0].strip())

    def to_placement(self) -> str:
        """Return the value of a placement: `Bearer {token}`."""
        escaped = (text.replace("{", "{{").replace("}", "}}") for text in self.parts[::2])
        return self._fill(escaped, "{%s}")

    def to_url(self) -> str:
        """Return the address of an endpoint: `https://${subdomain}.example.com`."""
        return self._fill(self.parts[::2], "${%s}")

    def _fill(self, texts: Iterable[str], reference: str) -> str:
        references = (*(reference % name for name in self.names), "")
        return "".join(map("".join, zip(texts, references, strict=True)))


def parse_value(value: str, parameters: Mapping[str, str]) -> ConfigTemplate | None:
    """Return the template that a value is; None if it leaves a choice or is not understood."""
    choices = list_choices(value, parameters)
    return choices[0] if choices and choices[0].is_all else None


def list_choices(value: str, parameters: Mapping[str, str], known: tuple[str, ...] = ()) -> tuple[ConfigTemplate, ...]:
    """Return the templates that a value may be, the preferred one first; none if it is not understood.

    Of a choice, alternatives without any setting are left out. `known` are names other than `config` that can be
    referred to, such as `session_token`.
    """
    interpreter = _Interpreter(parameters, known)
    try:
        operands = [interpreter.list_alternatives(node) for node in _list_nodes(_parse_template(value))]
        alternatives = _join_operands([_drop_literals(operand) for operand in operands])
    except (_NotUnderstoodError, RecursionError):
        return ()
    is_all = all(len(operand) == 1 for operand in operands)
    return tuple(ConfigTemplate(parts, is_all) for parts in alternatives if not _has_braces(parts))


def list_literals(value: str) -> tuple[str, ...]:
    """Return the texts without any setting that a value, or one of the expressions in it, may be.

    A value that Jinja cannot parse is a literal as a whole: it may be a secret that merely looks like a template.
    """
    try:
        outputs = tuple(_parse_template(value).find_all(nodes.Output))
    except (_NotUnderstoodError, RecursionError):
        return (value,)
    expressions = [node for output in outputs for node in output.nodes if not isinstance(node, nodes.TemplateData)]
    return tuple(text for node in expressions for text in _list_literals(node)) if expressions else (value,)


class _NotUnderstoodError(Exception):
    """Raised for a value that is more than text and references to settings."""


def _parse_template(value: str) -> nodes.Template:
    if not any(mark in value for mark in _MARKS):
        # Jinja drops one newline at the end.
        return nodes.Template([nodes.Output([nodes.TemplateData(value.removesuffix("\n"))])])
    if len(value) > _LENGTH_LIMIT:
        raise _NotUnderstoodError
    try:
        return _ENVIRONMENT.parse(value)
    # Numbers may have more digits than Python allows (ValueError), or exceed a float.
    except (TemplateSyntaxError, ValueError, OverflowError):
        raise _NotUnderstoodError from None


def _list_nodes(template: nodes.Template) -> list[nodes.Node]:
    """Return the text, expressions and statements of a template in turn."""
    return [node for part in template.body for node in (part.nodes if isinstance(part, nodes.Output) else [part])]


def _list_literals(expression: nodes.Expr) -> list[str]:
    try:
        alternatives = _Interpreter(None).list_alternatives(expression)
    except (_NotUnderstoodError, RecursionError):
        return []
    return [parts[0] for parts in alternatives if len(parts) == 1]


def _drop_literals(alternatives: list[_Parts]) -> list[_Parts]:
    """Return the alternatives of a choice that refer to a setting."""
    return [parts for parts in alternatives if len(parts) > 1] if len(alternatives) > 1 else alternatives


def _join_operands(operands: list[list[_Parts]]) -> list[_Parts]:
    """Return each combination of alternatives of operands that are written one after the other."""
    if prod(map(len, operands)) > _ALTERNATIVE_LIMIT:
        raise _NotUnderstoodError
    return [_join_parts(combination) for combination in product(*operands)]


def _join_parts(operands: Iterable[_Parts]) -> _Parts:
    joined = [""]
    for first, *others in operands:
        joined[-1] += first
        joined += others
    return tuple(joined)


def _has_braces(parts: _Parts) -> bool:
    """Return whether text in a template could be taken for a reference itself."""
    return any(braces in text for text in parts[::2] for braces in ("{{", "}}"))


@dataclass(frozen=True, slots=True)
class _SettingReference:
    """SchemeSetting or parameter, by the keys that lead to it."""

    source: str
    keys: tuple[str, ...] = ()


def _extend_reference(value: _Parts | _SettingReference, key: str) -> _SettingReference:
    if not isinstance(value, _SettingReference):
        raise _NotUnderstoodError
    return replace(value, keys=(*value.keys, key))


@dataclass(frozen=True, slots=True)
class _Interpreter:
    """Interpreter of Jinja's expressions; each method raises _NotUnderstoodError.

    Without `parameters` every parameter is empty: its value is not written in the expression.
    """

    parameters: Mapping[str, str] | None
    known: tuple[str, ...] = ()

    def list_alternatives(self, expression: nodes.Node) -> list[_Parts]:
        """Return what an expression may be, the preferred alternative first."""
        return [self._to_parts(value) for value in self._evaluate(expression)]

    def _evaluate(self, node: nodes.Node) -> list[_Parts | _SettingReference]:
        match node:
            case nodes.Or(left=first, right=second):
                return [*self._evaluate(first), *self._evaluate(second)]
            # The condition itself does not matter, and may be anything.
            case nodes.CondExpr(expr1=first, expr2=second):
                # Without an `else` the value is undefined, which renders as nothing.
                return [*self._evaluate(first), *(self._evaluate(second) if second is not None else [("",)])]
            case nodes.Call(
                node=nodes.Getattr(node=owner, attr="get"), args=[key, *default], dyn_args=None, dyn_kwargs=None
            ):  # fmt: skip
                return [*self._evaluate_item(owner, key), *self._evaluate_default(default)]
            case nodes.Filter(node=nodes.Expr() as tested, name="default" | "d", args=[default, *_]):
                return [*self._evaluate(tested), *self._evaluate_default([default])]
            case nodes.Add(left=first, right=second):
                return [*self._join([first, second])]
            case nodes.Concat(nodes=operands):
                return [*self._join(operands)]
        return self._evaluate_operand(node)

    def _evaluate_operand(self, node: nodes.Node) -> list[_Parts | _SettingReference]:
        match node:
            case nodes.TemplateData(data=text):
                return [(text,)]
            # An escape may be a control character, or a surrogate that no file can hold.
            case nodes.Const(value=str() as text) if text.isprintable():
                return [(text,)]
            case nodes.Name(name="config" | "parameters" as source):
                return [_SettingReference(source)]
            case nodes.Name(name=name) if name in self.known:
                return [("", name, "")]
            case nodes.Getitem(node=owner, arg=key):
                return self._evaluate_item(owner, key)
            # Jinja prefers an attribute to an item: `config.items` is a method.
            case nodes.Getattr(node=owner, attr=name) if not hasattr(dict, name):
                return self._evaluate_item(owner, nodes.Const(name))
        raise _NotUnderstoodError

    def _evaluate_item(self, owner: nodes.Node, key: nodes.Node) -> list[_Parts | _SettingReference]:
        match key:
            # A placement can refer to no name with braces.
            case nodes.Const(value=str() as name) if name.isprintable() and name and not {"{", "}"} & set(name):
                return [_extend_reference(value, name) for value in self._evaluate(owner)]
        raise _NotUnderstoodError

    def _evaluate_default(self, default: list[nodes.Expr]) -> list[_Parts | _SettingReference]:
        """Return the alternatives of a default; none for an empty one, as an absent setting is empty as well."""
        match default:
            case [] | [nodes.Const(value=None | "")] | [nodes.Dict(items=[])]:
                return []
            case [node]:
                return self._evaluate(node)
        raise _NotUnderstoodError

    def _join(self, operands: Iterable[nodes.Node]) -> list[_Parts]:
        return _join_operands([self.list_alternatives(operand) for operand in operands])

    def _to_parts(self, value: _Parts | _SettingReference) -> _Parts:
        if not isinstance(value, _SettingReference):
            return value
        name = ".".join(value.keys)
        if value.source == "config" and name:
            return "", name, ""
        text = self.parameters.get(name) if self.parameters is not None else ""
        if not name or text is None:
            raise _NotUnderstoodError
        return (text,)
