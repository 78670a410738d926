"""The methods of a connector: what an OpenAPI document asks for, met with what it declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import chain, product
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rules.security_differs import (
    report_cannot_be_together,
    report_operations_ask_otherwise,
    report_security_never_asked_for,
)
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.model import naming
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.foreign.openapi.components import Component, Unusable, Way, list_components
from authscribe.readers.foreign.openapi.requirements import Operation, Requirement, list_operations, read_alternatives
from authscribe.readers.foreign.openapi.scheme import make_scheme
from authscribe.readers.foreign.scheme_lists import MethodIds, make_method_ids
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class _Method:
    """Ways that are used together: each a component with one of its ways."""

    ids: MethodIds
    parts: tuple[tuple[Component, Way], ...]


@dataclass(frozen=True, slots=True)
class Security:
    """What the document declares and asks for; `variables` are names that its schemes may not have as well.

    Where all that it asks for is declared nowhere, or has a mistake, it is not known how to authenticate; there is a
    way all the same.
    """

    api: str
    place: Place
    components: tuple[Component, ...]
    mistaken: tuple[Unusable, ...]
    asked: tuple[Requirement, ...]
    variables: tuple[str, ...]
    findings: tuple[Finding, ...]
    is_known: bool

    @classmethod
    def of(cls, document: TrackedMapping, api: str, variables: tuple[str, ...]) -> Security:
        """That of a document."""
        found = tuple(list_components(document))
        usable = tuple(item for item in found if isinstance(item, Component))
        unusable = tuple(item for item in found if isinstance(item, Unusable))
        root = read_alternatives(document.peek("security"))
        own = tuple(list_operations(document.node))
        declared = {component.wire: component for component in usable}
        stated = root or _each_once(requirement for one in own for requirement in one.asks)
        mistaken = tuple(item for item in unusable if item.finding.severity is Severity.ERROR)
        wrong = {item.wire for item in mistaken}
        # What names a mistaken scheme is asked for all the same, and cannot be used without it.
        spoilt = tuple(requirement for requirement in stated if requirement.names & wrong)
        known = tuple(requirement for requirement in stated if requirement.names <= declared.keys())
        asked = tuple(chain.from_iterable(_apart(requirement, declared) for requirement in known))
        findings = (
            *(item.finding for item in unusable),
            *_undeclared(stated, declared.keys() | {item.wire for item in unusable}),
            *_differing(own, (*known, *asked, *spoilt)),
            *_exclusive(_each_once(known), declared),
        )
        if usable and not any(requirement.names for requirement in (*asked, *spoilt)):
            places = tuple(component.name.place for component in usable)
            findings = (*findings, report_security_never_asked_for(api, places))
            asked = (*asked, *(_alone(component) for component in usable))
        is_known = bool(asked) or not any(requirement.names for requirement in stated)
        return cls(api, document.place, usable, mistaken, asked, variables, findings, is_known)

    @property
    def wires(self) -> tuple[str, ...]:
        """The names of all secrets and parameters of its schemes."""
        return tuple(dict.fromkeys(self._wire(c, role) for c in self.components for role in sorted(c.roles)))

    def nodes(self) -> Iterator[MapNode]:
        """A scheme for each way of each component; one without authentication where a method is that.

        What has a mistake is a scheme as well, to be left out by itself; where there is nothing else, it stays in the
        connector, which would otherwise seem to be open to everybody.
        """
        ids = self._scheme_ids()
        beside = (*self.wires, *self.variables)
        for component in self.components:
            wanted = tuple(scope for asked in self.asked for scope in asked.scopes.get(component.wire, ()))
            wire = partial(self._wire, component)
            for way in component.ways:
                identifier = ids[component.wire, way.flow]
                yield make_scheme(component, way, identifier, wire=wire, asked=wanted, beside=beside)
        if not self.components and self.mistaken:
            return
        yield from (item.node(ids[item.wire, ""]) for item in self.mistaken)
        if not self.is_known:
            yield make_map(self.place, id=self._anonymous(), kind="custom")
        elif any(not method.parts for method in self._methods()):
            yield make_map(self.place, id=self._anonymous(), title="No authentication", kind=_NONE)

    def choice(self, place: Place) -> dict[str, Node | Value]:
        """The connector's `scheme` or `methods`."""
        ids = self._scheme_ids()
        methods = tuple(self._methods())
        used = [
            [ids[component.wire, way.flow] for component, way in method.parts] or [self._anonymous()]
            for method in methods
        ]
        if len(methods) == 1 and len(used[0]) == 1:
            return {"scheme": used[0][0]}
        nodes = (
            make_map(place, id=method.ids.method, schemes=ListNode(tuple(ScalarNode(i, place) for i in names), place))
            for method, names in zip(methods, used, strict=True)
        )
        return {"methods": ListNode(tuple(nodes), place)}

    def _anonymous(self) -> str:
        return f"{self.api}.{_NONE}" if self.components else self.api

    def _scheme_ids(self) -> dict[tuple[str, str], str]:
        taken = [MethodIds(_NONE, f"{self.api}.{_NONE}")]
        ids: dict[tuple[str, str], str] = {}
        ways = [(component.wire, way.flow) for component in self.components for way in component.ways]
        for wire, flow in (*ways, *((item.wire, "") for item in self.mistaken)):
            taken.append(make_method_ids(self.api, f"{wire}.{flow}".rstrip("."), taken))
            ids[wire, flow] = taken[-1].scheme
        return ids

    def _methods(self) -> Iterator[_Method]:
        by_name = {component.wire: component for component in self.components}
        taken: list[MethodIds] = []
        for names in dict.fromkeys(tuple(requirement.scopes) for requirement in self.asked) or ((),):
            for ways in product(*(by_name[name].ways for name in names)):
                parts = tuple((by_name[name], way) for name, way in zip(names, ways, strict=True))
                label = "-".join(".".join(filter(None, (c.wire, way.flow))) for c, way in parts) or _NONE
                taken.append(make_method_ids(self.api, label, taken))
                yield _Method(taken[-1], parts)

    def _wire(self, component: Component, role: str) -> str:
        """The component's name for what it is about, the role for all else; both where one alone would be ambiguous."""
        name = _name_of(component, role)
        if naming.collision_key(name) not in self._ambiguous(component):
            return name
        return f"{component.wire}.{role or 'value'}"

    def _ambiguous(self, component: Component) -> frozenset[str]:
        """The names of what may stand in one class with the values of a component."""
        together = {name for asked in self.asked if component.wire in asked.scopes for name in asked.scopes}
        others = (other for other in self.components if other.wire in together and other is not component)
        names = (*self.variables, *(_name_of(other, role) for other in others for role in other.roles))
        return frozenset(naming.collision_key(name) for name in names)


def find_first_components(document: MapNode) -> tuple[Component, ...]:
    """What the first alternative of the document asks for; all that it declares where it asks for nothing of that."""
    declared = {item.wire: item for item in list_components(TrackedMapping(document)) if isinstance(item, Component)}
    for requirement in read_alternatives(document.find("security")) or ():
        chosen = tuple(declared[name] for name in requirement.scopes if name in declared)
        if chosen:
            return chosen
    return tuple(declared.values())


def _name_of(component: Component, role: str) -> str:
    return role or component.wire


def _each_once(found: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Of requirements for the same schemes the first."""
    first: dict[frozenset[str], Requirement] = {}
    for requirement in found:
        first.setdefault(requirement.names, requirement)
    return tuple(first.values())


def _apart(asked: Requirement, declared: Mapping[str, Component]) -> Iterator[Requirement]:
    """The requirement; where schemes of it fill one part of a request, a requirement with each of them instead.

    Each stands with the first of all others: with every combination, a small document could ask for millions.
    """
    rivals = _rivals(asked, declared)
    firsts = [first for first, *_ in rivals]
    yield asked.of(firsts)
    for index, (_, *others) in enumerate(rivals):
        for other in others:
            yield asked.of([*firsts[:index], other, *firsts[index + 1 :]])


def _rivals(asked: Requirement, declared: Mapping[str, Component]) -> list[list[str]]:
    """The schemes of a requirement, together with those that fill the same part of a request."""
    found: list[list[str]] = []
    for name in asked.scopes:
        parts = declared[name].parts
        rivals = next((group for group in found if not declared[group[0]].parts.isdisjoint(parts)), None)
        if rivals is None:
            found.append([name])
        else:
            rivals.append(name)
    return found


def _exclusive(usable: Iterable[Requirement], declared: Mapping[str, Component]) -> Iterator[Finding]:
    for asked in usable:
        for first, *others in _rivals(asked, declared):
            for other in others:
                part = min(declared[first].parts & declared[other].parts)
                yield report_cannot_be_together(first, other, part, asked.places[other])


def _alone(component: Component) -> Requirement:
    return Requirement({component.wire: ()}, {component.wire: component.name.place}, component.name.place)


def _undeclared(stated: Iterable[Requirement], declared: AbstractSet[str]) -> Iterator[Finding]:
    places = {name: place for requirement in stated for name, place in requirement.places.items()}
    for name, place in places.items():
        if name not in declared:
            yield report_undeclared_name("security scheme", name, place, declared)


def _differing(own: Sequence[Operation], asked: Iterable[Requirement]) -> Iterator[Finding]:
    """Operations that need no authentication, or one of the methods, are within what the connector can do."""
    known = {requirement.names for requirement in asked}
    differing = [
        one
        for one in own
        if one.asks and not any(requirement.names in known or not requirement.names for requirement in one.asks)
    ]
    if differing:
        yield report_operations_ask_otherwise([one.name for one in differing], [one.place for one in differing])
