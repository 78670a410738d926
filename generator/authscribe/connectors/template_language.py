"""Expand templates as the platform does, before a connector is uploaded.

The language of these templates is Jinja. Connectors come from strangers, so only constructs that cannot call, repeat or
load anything are expanded, and in a sandbox: a small template stays small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, TypeAlias

from authscribe.connectors.references import RESERVED, split_delimiters, split_fallback
from authscribe.model.platform import References
from authscribe.runtime.word_search import contains

if TYPE_CHECKING:
    from jinja2 import Template, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment


Expand: TypeAlias = Callable[[Mapping[str, object]], str]

_ALLOWED: Final = frozenset(
    (
        "Template", "Output", "TemplateData", "Name", "Const", "Filter", "Test", "Not", "And", "Or", "Compare",
        "Operand", "CondExpr", "If", "Concat", "Add", "Sub", "Getattr", "Getitem", "List", "Tuple",
    )
)  # fmt: skip
"""Jinja nodes that templates may consist of, by class name."""
_FILTERS: Final = frozenset(
    (
        "capitalize", "d", "default", "first", "float", "int", "last", "length", "lower", "string", "title", "trim",
        "upper",
    )
)  # fmt: skip


class ExpansionError(Exception):
    """Raised when a template cannot be expanded; the caller turns it into a finding."""

    def __init__(self, problem: str, line: int = 1, column: int = 1) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.column = column


@dataclass(frozen=True)
class TemplateLanguage:
    """Template language of one platform."""

    references: References

    def find_names(self, text: str) -> set[str]:
        """Return the names that a template needs from outside; raises ExpansionError if it is not a valid template."""
        from jinja2 import meta

        return set(meta.find_undeclared_variables(self._parse(text)))

    def find_bound_names(self, text: str) -> set[str]:
        """Return the names that statements of a template bind, as loops and macros do; none if it is not valid."""
        if self.references.block is None or not contains(text, self._delimiters[1][0]):
            return set()
        # Imported here, since most templates have no statements.
        from jinja2 import TemplateError, nodes

        try:
            tree = self.environment.parse(text)
        except TemplateError:
            return set()
        macros = {macro.name for macro in tree.find_all(nodes.Macro)}
        return macros | {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}

    def compile(self, text: str) -> Expand:
        """Return the function that fills every hole of a text with values by their names.

        Raises ExpansionError for an invalid template and an unsupported construct; the function does for a name without
        a value.
        """
        # Nearly all templates hold only plain names. Filling those directly gives the same as compiling the template,
        # and is all that there is to a language without statements.
        parts = self._plain_name.split(text)
        if self.references.block is None or not self._starts.search("".join(parts[::2])):
            return partial(self._fill, text, parts, [split_fallback(name)[0] for name in parts[1::2]])
        self._parse(text)
        with _raise_as_expansion_errors():
            return partial(_render, self.environment.from_string(text))

    def _fill(self, text: str, parts: Sequence[str], names: Sequence[str], values: Mapping[str, object]) -> str:
        """Return a text, split at its plain names, with their values."""
        filled = [*parts]
        try:
            filled[1::2] = [str(values[name]) for name in names]
        except KeyError as error:
            match = next(
                match for match in self._plain_name.finditer(text) if split_fallback(match[1])[0] not in values
            )
            line = text.count("\n", 0, match.start()) + 1
            raise ExpansionError(f"'{error.args[0]}' has no value", line) from None
        return "".join(filled)

    def _parse(self, text: str) -> nodes.Template:
        from jinja2 import TemplateError, nodes

        try:
            tree = self.environment.parse(text)
        except TemplateError as error:
            raise ExpansionError(str(error), getattr(error, "lineno", 1)) from None
        for node in tree.find_all(nodes.Node):
            known = type(node).__name__ in _ALLOWED
            if not known or (isinstance(node, nodes.Filter) and node.name not in _FILTERS):
                raise ExpansionError(f"'{type(node).__name__.lower()}' is not supported", node.lineno)
        return tree

    @cached_property
    def environment(self) -> ImmutableSandboxedEnvironment:
        """Return a Jinja environment with the platform's delimiters and without any globals."""
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        variable, block, comment = self._delimiters
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
        return environment

    @cached_property
    def _delimiters(self) -> tuple[tuple[str, str], ...]:
        """Return the delimiters of variables, statements and comments."""
        # NUL is refused in every text, so these delimiters of what a platform does not have never match.
        references = self.references
        return (
            split_delimiters(references.variable),
            split_delimiters(references.block) if references.block else ("\0{%", "%}\0"),
            split_delimiters(references.comment) if references.comment else ("\0{#", "#}\0"),
        )

    @cached_property
    def _plain_name(self) -> re.Pattern[str]:
        start, end = self._delimiters[0]
        if self.references.block is None:
            return re.compile(rf"{re.escape(start)}\s*(.+?)\s*{re.escape(end)}")
        words = "|".join(sorted(RESERVED))
        return re.compile(rf"{re.escape(start)}\s*(?!(?:{words})\b)([A-Za-z_]\w*)\s*{re.escape(end)}")

    @cached_property
    def _starts(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(start) for start, _ in self._delimiters))


def _render(template: Template, values: Mapping[str, object]) -> str:
    with _raise_as_expansion_errors():
        return template.render(values)


@contextmanager
def _raise_as_expansion_errors() -> Iterator[None]:
    from jinja2 import TemplateError

    try:
        yield
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise ExpansionError(str(error)) from None


def is_plain_json(text: str) -> bool:
    """Return whether an expanded text is valid JSON without repeated keys; the platform's own parser is as strict."""
    try:
        _PLAIN_JSON.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse_repeated_keys(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("duplicate key")


_PLAIN_JSON: Final = json.JSONDecoder(object_pairs_hook=_refuse_repeated_keys)
