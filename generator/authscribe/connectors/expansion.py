"""Expanding templates as the platform does, before a connector is uploaded.

The second module that knows Jinja, since Jinja is the language of these templates. They come from strangers: only
what cannot call, repeat or load anything is expanded, in a sandbox, so that a small template stays small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from authscribe.connectors.spelling import delimiters
from authscribe.models import References

_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.Test, nodes.Not,
    nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.If, nodes.Concat, nodes.Add, nodes.Sub,
    nodes.Getattr, nodes.Getitem, nodes.List, nodes.Tuple,
)  # fmt: skip
_FILTERS: Final = frozenset(
    (
        "capitalize",
        "d",
        "default",
        "first",
        "float",
        "int",
        "last",
        "length",
        "lower",
        "string",
        "title",
        "trim",
        "upper",
    )
)
_SIMPLE: Final = r"\s*([A-Za-z_]\w*)\s*"
_NO_MATCH: Final = r"(?!)"


class Unexpandable(Exception):  # noqa: N818 - says why, with a line; the caller makes a finding of it
    """A template that cannot be expanded."""

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


@dataclass(frozen=True, slots=True)
class Language:
    """The language of templates on one platform."""

    environment: ImmutableSandboxedEnvironment
    simple: re.Pattern[str]
    other: re.Pattern[str]

    def names(self, text: str) -> set[str]:
        """The names that a template needs from outside; raises Unexpandable where it is no template."""
        return set(meta.find_undeclared_variables(self._parsed(text)))

    def expanded(self, text: str, values: Mapping[str, object]) -> str:
        """The text with every hole filled.

        A template with nothing but plain names, as almost all are, is filled without compiling it; the result is
        the same. Raises Unexpandable for what is no template, what is refused, and names without a value.
        """
        if not self.other.search(self.simple.sub("", text)):
            return self.simple.sub(lambda match: _value(values, match[1], text, match.start()), text)
        self._parsed(text)
        try:
            return self.environment.from_string(text).render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise Unexpandable(str(error)) from None

    def _parsed(self, text: str) -> nodes.Template:
        try:
            tree = self.environment.parse(text)
        except TemplateError as error:
            raise Unexpandable(str(error), getattr(error, "lineno", 1)) from None
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED) or (isinstance(node, nodes.Filter) and node.name not in _FILTERS):
                raise Unexpandable(f"'{type(node).__name__.lower()}' is not expanded", node.lineno)
        return tree


def _value(values: Mapping[str, object], name: str, text: str, offset: int) -> str:
    if name not in values:
        raise Unexpandable(f"'{name}' has no value", text.count("\n", 0, offset) + 1)
    return str(values[name])


@cache
def language(references: References) -> Language:
    """The language of a platform's templates; one for each profile, since an environment is costly."""
    variable = delimiters(references.variable)
    block = delimiters(references.block) if references.block else ("\0{%", "%}\0")
    comment = delimiters(references.comment) if references.comment else ("\0{#", "#}\0")
    environment = ImmutableSandboxedEnvironment(
        variable_start_string=variable[0],
        variable_end_string=variable[1],
        block_start_string=block[0],
        block_end_string=block[1],
        comment_start_string=comment[0],
        comment_end_string=comment[1],
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    starts = "|".join(re.escape(start) for start in (variable[0], block[0], comment[0]))
    return Language(
        environment,
        re.compile(re.escape(variable[0]) + _SIMPLE + re.escape(variable[1])),
        re.compile(starts or _NO_MATCH),
    )


def check_json(text: str) -> None:
    """Raises Unexpandable for an expanded text that is no JSON; the platform's own parser is as strict."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Unexpandable(error.msg[:1].lower() + error.msg[1:], error.lineno) from None
    except RecursionError:
        raise Unexpandable("it is nested too deeply") from None
