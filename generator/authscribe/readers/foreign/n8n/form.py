"""Hold the form of a credential type, in which several properties may have one name, each under other conditions.

n8n keeps those of a type that extends no other, and shows and uses the one whose conditions hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from authscribe.model.draft import MapNode, ScalarNode, Value, get_text
from authscribe.readers.foreign.n8n.conditions import read_conditions, unite_conditions
from authscribe.readers.foreign.n8n.properties import CredentialProperty
from authscribe.readers.foreign.n8n.ways import Way
from authscribe.readers.foreign.tracking import TrackedMapping


@dataclass(frozen=True, slots=True)
class CredentialForm:
    """Properties of a credential type by name; those of one name are alternatives."""

    alternatives: Mapping[str, tuple[CredentialProperty, ...]]

    @classmethod
    def from_nodes(cls, nodes: Iterable[MapNode], own: Iterable[TrackedMapping]) -> CredentialForm:
        """Return the form with these properties; the keys of those in `own` count for the type that declares them."""
        tracked = {id(each.node): each for each in own}
        groups: dict[str, list[CredentialProperty]] = {}
        for node in nodes:
            name = node.find("name")
            if isinstance(name, ScalarNode) and get_text(name):
                declared = tracked.get(id(node)) or TrackedMapping(node)
                groups.setdefault(str(name.value), []).append(CredentialProperty(name, declared))
        values = {name: _list_values(group) for name, group in groups.items()}
        made = {name: tuple(_set_conditions(each, values) for each in group) for name, group in groups.items()}
        return cls({name: group if _is_conditional(group[0]) else group[:1] for name, group in made.items()})

    def list_properties(self) -> Iterator[CredentialProperty]:
        """Yield all properties."""
        for group in self.alternatives.values():
            yield from group

    def find_constants(self, way: Way) -> dict[str, Value]:
        """Return the values that nobody can change in a way to authenticate, with those that make it."""
        constants = {name: group[0].default for name, group in self.alternatives.items() if _is_constant(group)}
        constants |= way
        chosen = {name: self._list_shown(name, constants) for name, group in self.alternatives.items() if group[1:]}
        return {name: group[0].default for name, group in chosen.items() if _is_constant(group)} | constants

    def select(self, constants: Mapping[str, Value]) -> dict[str, CredentialProperty]:
        """Return the property of each name that the form shows with these constants.

        Where they leave several, it is one that is secret, else the one for the defaults.
        """
        defaults = {name: group[0].default for name, group in self.alternatives.items() if not group[1:]}
        defaults |= constants
        return {name: self._choose(name, constants, defaults) for name in self.alternatives}

    def list_deciding(self, constants: Mapping[str, Value]) -> Iterator[str]:
        """Yield the names of the properties that decide which one of several the form shows."""
        for name, group in self.alternatives.items():
            if group[1:]:
                shown = self._list_shown(name, constants)
                yield from (key for each in shown if shown[1:] for key in each.conditions)

    def _choose(self, name: str, constants: Mapping[str, Value], defaults: Mapping[str, Value]) -> CredentialProperty:
        shown = self._list_shown(name, constants)
        if not shown[1:]:
            return (*shown, *self.alternatives[name])[0]
        secret = tuple(each for each in shown if each.is_secret)
        chosen = (*secret, *self._list_shown(name, defaults), *shown)[0]
        conditions = unite_conditions(each.conditions for each in shown)
        return replace(chosen, conditions=conditions, has_other_conditions=True)

    def _list_shown(self, name: str, constants: Mapping[str, Value]) -> tuple[CredentialProperty, ...]:
        group = self.alternatives[name]
        return tuple(each for each in group if each.find_open_conditions(constants) is not None)


def _set_conditions(declared: CredentialProperty, values: Mapping[str, tuple[Value, ...]]) -> CredentialProperty:
    conditions = read_conditions(declared.declared.peek("displayOptions"), values)
    return replace(declared, conditions=conditions.values, has_other_conditions=not conditions.is_complete)


def _list_values(group: Sequence[CredentialProperty]) -> tuple[Value, ...]:
    """Return all values that properties of one name can have; none if those of any of them are not known."""
    values = [each.list_values() for each in group]
    return tuple(dict.fromkeys(value for each in values for value in each)) if all(values) else ()


def _is_conditional(declared: CredentialProperty) -> bool:
    return bool(declared.conditions) or declared.has_other_conditions


def _is_constant(group: tuple[CredentialProperty, ...]) -> bool:
    """Return whether there is one property only, which is a constant that is no secret."""
    return len(group) == 1 and group[0].is_constant and not group[0].is_secret
