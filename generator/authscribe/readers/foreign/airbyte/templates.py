"""Read values of Airbyte's manifests: text in which `{{ config['a']['b'] }}` is the value of the setting `a.b`.

By `or`, by a condition and by a default, a value leaves a choice; manifests use it for a setting that was renamed. A
value that is more than text and references to settings is not understood, and callers keep it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from jinja2 import nodes

from authscribe.readers.foreign.airbyte.expressions import (
    Interpreter,
    NotUnderstoodError,
    Parts,
    divide_template,
    join_operands,
    parse_template,
)


@dataclass(frozen=True, slots=True)
class ConfigTemplate:
    """Text and names of settings in turn: `parts` begins and ends with text, which may be empty.

    `is_all` is False if the value leaves a choice, of which this is one alternative.
    """

    parts: Parts
    is_all: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Settings that it refers to."""
        return self.parts[1::2]

    @property
    def is_literal(self) -> bool:
        """True for text without any setting."""
        return not self.names and bool(self.parts[0].strip())

    @property
    def is_blank(self) -> bool:
        """True for no more than white space."""
        return not self.names and not self.is_literal

    def prepend(self, text: str) -> ConfigTemplate:
        """Return the template with text before it."""
        first, *others = self.parts
        return ConfigTemplate((f"{text}{first}", *others), self.is_all)

    def rename(self, names: Mapping[str, str]) -> ConfigTemplate:
        """Return the template with other names for some settings."""
        parts = (names.get(part, part) if index % 2 else part for index, part in enumerate(self.parts))
        return ConfigTemplate(tuple(parts), self.is_all)

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


BasicPair: TypeAlias = tuple[ConfigTemplate, ConfigTemplate]
"""User name and password."""


def list_choices(value: str, parameters: Mapping[str, str], known: tuple[str, ...] = ()) -> tuple[ConfigTemplate, ...]:
    """Return the templates that a value may be, the preferred one first; none if it is not understood.

    Of a choice, alternatives without any setting are left out. `known` are names other than `config` that can be
    referred to, such as `session_token`.
    """
    try:
        template = divide_template(value)
        interpreter = Interpreter(parameters, known, template.named)
        operands = [interpreter.list_alternatives(node) for node in template.operands]
        alternatives = join_operands([_drop_literals(operand) for operand in operands])
    except (NotUnderstoodError, RecursionError):
        return ()
    is_all = all(len(operand) == 1 for operand in operands)
    return tuple(ConfigTemplate(parts, is_all) for parts in alternatives if not has_braces(parts))


def list_basic(value: str, parameters: Mapping[str, str]) -> tuple[BasicPair, ...]:
    """Return user name and password of a header like `Basic {{ (a ~ ':' ~ b) | base64encode }}` (RFC 7617).

    A choice leaves several of them, the preferred one first; any other value has none.
    """
    try:
        template = divide_template(value)
        match [*_list_joined(template.operands)]:
            case [
                nodes.TemplateData(data=scheme) | nodes.Const(value=str() as scheme),
                nodes.Filter(node=nodes.Expr() as pair, name="base64encode"),
            ]:
                alternatives = Interpreter(parameters, named=template.named).list_alternatives(pair)
                is_all = len(alternatives) == 1
                pairs = tuple(_divide_pair(parts, is_all=is_all) for parts in alternatives)
                return pairs if scheme.strip().lower() == "basic" else ()
    except (NotUnderstoodError, RecursionError):
        return ()
    return ()


def _list_joined(operands: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield the operands, and in place of those that are joined in an expression these."""
    for operand in operands:
        match operand:
            case nodes.Concat(nodes=inner):
                yield from inner
            case nodes.Add(left=first, right=second):
                yield from (first, second)
            case _:
                yield operand


def _divide_pair(parts: Parts, *, is_all: bool) -> BasicPair:
    """Return user name and password, which the first colon parts; without one, all of it is the user name."""
    for position in range(0, len(parts), 2):
        first, colon, second = parts[position].partition(":")
        if colon:
            username = ConfigTemplate((*parts[:position], first), is_all)
            return username, ConfigTemplate((second, *parts[position + 1 :]), is_all)
    return ConfigTemplate(parts, is_all), ConfigTemplate(("",), is_all)


def list_literals(value: str) -> tuple[str, ...]:
    """Return the texts without any setting that a value, or one of the expressions in it, may be.

    A value that Jinja cannot parse is a literal as a whole: it may be a secret that merely looks like a template.
    """
    try:
        template = divide_template(value)
        outputs = (output for output in parse_template(value).find_all(nodes.Output))
        inner = [node for output in outputs for node in output.nodes]
    except (NotUnderstoodError, RecursionError):
        return (value,)
    interpreter = Interpreter(None, named=template.named)
    choices = (node for node in template.operands if isinstance(node, nodes.CondExpr))
    expressions = [node for node in dict.fromkeys((*choices, *inner)) if not isinstance(node, nodes.TemplateData)]
    return (
        tuple(text for node in expressions for text in _list_literals(node, interpreter)) if expressions else (value,)
    )


def has_braces(parts: Parts) -> bool:
    """Return whether text in a template could be taken for a reference itself."""
    return any(braces in text for text in parts[::2] for braces in ("{{", "}}"))


def _list_literals(expression: nodes.Expr, interpreter: Interpreter) -> list[str]:
    try:
        alternatives = interpreter.list_alternatives(expression)
    except (NotUnderstoodError, RecursionError):
        return []
    return [parts[0] for parts in alternatives if len(parts) == 1]


def _drop_literals(alternatives: list[Parts]) -> list[Parts]:
    """Return the alternatives of a choice that refer to a setting."""
    return [parts for parts in alternatives if len(parts) > 1] if len(alternatives) > 1 else alternatives
