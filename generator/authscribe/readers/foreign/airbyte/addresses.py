"""Choose the address that a value of Airbyte's manifests stands for, among those that it leaves open.

Many providers have one address for each region or environment. The value of an endpoint then depends on a setting, and
its default decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from jinja2 import nodes

from authscribe.findings.finding import Place
from authscribe.model.draft import MapNode
from authscribe.readers.foreign.airbyte.expressions import (
    Alternative,
    Interpreter,
    NotUnderstoodError,
    Parts,
    SettingReference,
    divide_template,
    join_operands,
)
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate, has_braces
from authscribe.readers.foreign.tracking import make_map

_COMPARISONS: Final[Mapping[str, Callable[[object, object], bool]]] = {
    "eq": lambda value, other: value == other,
    "ne": lambda value, other: value != other,
    "in": lambda value, other: isinstance(other, tuple) and value in other,
    "notin": lambda value, other: isinstance(other, tuple) and value not in other,
}


class Assumption(NamedTuple):
    """Key of an address that is right only while the settings in `conditions` have their defaults."""

    key: str
    conditions: frozenset[str]
    place: Place


@dataclass(frozen=True, slots=True)
class ChosenValue:
    """Template that a value stands for, and the one that counts while a setting in it has no value.

    `is_all` is False if the value leaves another choice, or changes the value of a setting. `conditions` are the
    settings whose defaults have decided between alternatives.
    """

    template: ConfigTemplate
    fallback: ConfigTemplate | None
    is_all: bool
    conditions: frozenset[str] = frozenset()

    def rename(self, names: Mapping[str, str]) -> ChosenValue:
        """Return the value with other names for some settings."""
        fallback = self.fallback.rename(names) if self.fallback is not None else None
        conditions = frozenset(names.get(name, name) for name in self.conditions)
        return ChosenValue(self.template.rename(names), fallback, self.is_all, conditions)

    def list_assumptions(self, key: str, place: Place) -> tuple[Assumption, ...]:
        """Return what the value under a key assumes, if anything."""
        return (Assumption(key, self.conditions, place),) if self.conditions else ()

    def show_fallback(self) -> str | None:
        """Return the fallback as the value of a placement."""
        return self.fallback.to_placement() if self.fallback is not None else None

    def to_endpoint(self, place: Place, query: MapNode | None = None) -> MapNode:
        """Return the address as an endpoint, with a fixed query."""
        fallback = self.fallback.to_url() if self.fallback is not None else None
        return make_map(place, url=self.template.to_url(), query=query, fallback=fallback)


def choose_value(
    value: str, parameters: Mapping[str, str], settings: Mapping[str, object], known: tuple[str, ...] = ()
) -> ChosenValue | None:
    """Return what a value stands for if all settings have their defaults; None if it is not understood.

    `settings` are the declared ones with their defaults, if any; an alternative that needs no other is preferred, and
    one that is empty is not. `known` are those that a value can refer to without `config`.
    """
    try:
        template = divide_template(value)
        interpreter = _DefaultsInterpreter(parameters, known, template.named, settings)
        alternatives = join_operands([interpreter.list_alternatives(node) for node in template.operands])
    except (NotUnderstoodError, RecursionError):
        return None
    usable = [ConfigTemplate(_strip(parts)) for parts in dict.fromkeys(alternatives) if not has_braces(parts)]
    if not usable:
        return None
    if usable[0].is_blank:
        # No test is known to be met, and nothing is left for that case: the first value is the usual one.
        usable.reverse()
    chosen, *others = sorted(usable, key=lambda each: (not set(each.names) <= settings.keys(), each.is_blank))
    conditions = interpreter.trace.conditions - set(chosen.names) if others else frozenset[str]()
    # An alternative that another setting decides on is not what counts while a setting has no value.
    fallbacks = () if conditions else (other for other in others if set(other.names) < set(chosen.names))
    fallback = next(iter(fallbacks), None)
    is_all = len(others) == (fallback is not None) and not interpreter.trace.has_changed_settings
    return ChosenValue(chosen, fallback, is_all, frozenset(conditions))


def _strip(parts: Parts) -> Parts:
    """Return a template without white space around it, which statements before it leave, and without quotes.

    As airbyte-cdk does, a rendered value in quotes is read as a literal of Python.
    """
    stripped = _map_ends(parts, str.lstrip, str.rstrip)
    quote = stripped[0][:1]
    if quote in ("'", '"') and stripped[-1].endswith(quote) and "".join(stripped[::2]).count(quote) == 2:
        return _map_ends(stripped, lambda text: text[1:], lambda text: text[:-1])
    return stripped


def _map_ends(parts: Parts, begin: Callable[[str], str], end: Callable[[str], str]) -> Parts:
    first, *others = parts
    changed = [begin(first), *others]
    changed[-1] = end(changed[-1])
    return tuple(changed)


@dataclass(slots=True)
class _Trace:
    """Settings that have decided something while a value was evaluated, and whether any was changed.

    `results` are those of the expressions so far, by id and by whether names could be used; None if not understood.
    """

    conditions: set[str] = field(default_factory=set)
    has_changed_settings: bool = False
    results: dict[tuple[int, bool], tuple[nodes.Node, list[Alternative] | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _DefaultsInterpreter(Interpreter):
    """Interpreter that prefers what the defaults of the settings lead to, and traces which settings decide."""

    settings: Mapping[str, object] = field(default_factory=dict)
    trace: _Trace = field(default_factory=_Trace)

    def evaluate(self, node: nodes.Node) -> list[Alternative]:
        """Return what an expression may be; each is evaluated once, however many tests contain it."""
        key = id(node), bool(self.named)
        if key not in self.trace.results:
            try:
                self.trace.results[key] = node, Interpreter.evaluate(self, node)
            except NotUnderstoodError:
                self.trace.results[key] = node, None
        _, result = self.trace.results[key]
        if result is None:
            raise NotUnderstoodError
        return result

    def prefers_first(self, test: nodes.Node, first: list[Alternative]) -> bool:
        """Return whether the defaults meet the test, or else whether the first value has a setting in it.

        A test whether a setting has a value, with this setting as the first value, prefers the setting.
        """
        names = {name for value in first for name in _list_names(value)}
        if self._find_tested(test) & names:
            return True
        self.trace.conditions |= self._find_declared(test)
        decided = self._decide(test)
        return bool(names) if decided is None else decided

    def find_key(self, key: nodes.Node) -> object:
        """Return the value of a key while its setting has the default."""
        self.trace.conditions |= self._find_declared(key)
        return self._find_value(key)

    def keeps_changed_settings(self) -> bool:
        """Return True: an address with the setting as it is tells more than none."""
        self.trace.has_changed_settings = True
        return True

    def _find_declared(self, expression: nodes.Node) -> set[str]:
        """Return the declared settings anywhere in an expression."""
        inner = (expression, *expression.find_all((nodes.Getitem, nodes.Getattr, nodes.Call)))
        return {name for node in inner for name in self._find_tested(node)} & self.settings.keys()

    def _decide(self, test: nodes.Node) -> bool | None:
        """Return whether the defaults meet a test; None if it is not known."""
        match test:
            case nodes.Compare(expr=tested, ops=[nodes.Operand(op=op, expr=other)]) if op in _COMPARISONS:
                value, against = self._find_value(tested), self._find_value(other)
                return None if value is None or against is None else _COMPARISONS[op](value, against)
            case nodes.Not(node=inner):
                decided = self._decide(inner)
                return None if decided is None else not decided
        return bool(self._find_value(test)) if self._find_tested(test) else None

    def _find_tested(self, test: nodes.Node) -> set[str]:
        """Return the settings that a test asks a value of."""
        try:
            return {name for value in self.evaluate(test) for name in _list_names(value)}
        except NotUnderstoodError:
            return set()

    def _find_value(self, node: nodes.Node) -> object:
        """Return a constant, or the default of a setting; None if there is none."""
        match node:
            case nodes.Const(value=value):
                return value
            case nodes.List(items=items) | nodes.Tuple(items=items):
                return tuple(item.value for item in items if isinstance(item, nodes.Const))
        try:
            values = self.evaluate(node)
        except NotUnderstoodError:
            return None
        known = (self._find_default(value) for value in values)
        return next((value for value in known if value is not None), None)

    def _find_default(self, value: Alternative) -> object:
        match value:
            case SettingReference(name=name) | ("", name, ""):
                return self.settings.get(name)
        return value[0] if len(value) == 1 else None


def _list_names(value: Alternative) -> tuple[str, ...]:
    return (value.name,) if isinstance(value, SettingReference) else value[1::2]
