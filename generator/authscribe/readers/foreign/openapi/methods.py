"""Draft the methods of a connector: match what an OpenAPI document requires with what it declares."""

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
    report_parameters_taken,
    report_security_never_asked_for,
)
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.findings.suggestions import Vocabulary
from authscribe.model import naming
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.foreign.alternatives import find_excess
from authscribe.readers.foreign.openapi.parameter_credentials import list_parameter_schemes
from authscribe.readers.foreign.openapi.references import Document, find_nothing
from authscribe.readers.foreign.openapi.requirements import (
    Operation,
    SecurityRequirement,
    find_unfollowed_paths,
    list_operations,
    read_requirements,
)
from authscribe.readers.foreign.openapi.scheme import make_scheme
from authscribe.readers.foreign.openapi.security_schemes import (
    SecurityScheme,
    UnusableScheme,
    find_misplaced,
    list_security_schemes,
)
from authscribe.readers.foreign.openapi.servers import Server
from authscribe.readers.foreign.openapi.variants import SchemeVariant
from authscribe.readers.foreign.scheme_lists import MethodIds, make_method_ids
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class _SecurityMethod:
    """Security schemes that are used together, each in one of its variants."""

    ids: MethodIds
    parts: tuple[tuple[SecurityScheme, SchemeVariant], ...]


@dataclass(frozen=True, slots=True)
class ApiSecurity:
    """Security of an API: the schemes that can be used, those with mistakes, and what is required.

    `scopes` are those of each requirement that names a scheme, by its name. `server` has the variables in addresses,
    whose names no value of a scheme may have. `ambiguous` has the name of a scheme with the collision key of each name
    that something else may have as well. `is_known` is False if all schemes
    that are required are undeclared or have mistakes, so that only the existence of a method is known.
    """

    api_id: str
    place: Place
    schemes: tuple[SecurityScheme, ...]
    mistaken: tuple[UnusableScheme, ...]
    requirements: tuple[SecurityRequirement, ...]
    scopes: Mapping[str, Sequence[Sequence[ScalarNode]]]
    server: Server
    ambiguous: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]
    is_known: bool

    @classmethod
    def from_document(cls, document: TrackedMapping, source: Document, api_id: str, server: Server) -> ApiSecurity:
        """Return the security of the API that a document describes."""
        listed = tuple(list_security_schemes(document, source, server))
        unusable = tuple(item for item in listed if isinstance(item, UnusableScheme))
        operations = tuple(list_operations(source))
        asked = read_requirements(document.peek("security")) or ()
        is_asked = _names_scheme(asked)
        everywhere = asked if is_asked else (*asked, *chain.from_iterable(each.requirements for each in operations))
        parameters = () if listed or _names_scheme(everywhere) else list_parameter_schemes(source)
        if parameters:
            everywhere = (_require(*parameters),)
        schemes = (*(item for item in listed if isinstance(item, SecurityScheme)), *parameters)
        declared = {scheme.wire: scheme for scheme in schemes}
        stated = everywhere if is_asked else _drop_duplicates(everywhere)
        mistaken = tuple(scheme for scheme in unusable if scheme.finding.severity is Severity.ERROR)
        mistaken_names = {scheme.wire for scheme in mistaken}
        # A requirement with a mistaken scheme counts as one that cannot be satisfied without it.
        spoilt = tuple(requirement for requirement in stated if requirement.names & mistaken_names)
        usable = tuple(requirement for requirement in stated if requirement.names <= declared.keys())
        requirements = tuple(chain.from_iterable(_separate_rivals(requirement, declared) for requirement in usable))
        findings = (
            *({scheme.finding.message: scheme.finding for scheme in reversed(unusable)}.values()),
            *find_misplaced(document),
            *chain.from_iterable(scheme.findings for scheme in schemes),
            *(find_unfollowed_paths(source) if not is_asked else ()),
            *_find_taken(api_id, parameters),
            *_find_undeclared(stated, declared.keys() | {scheme.wire for scheme in unusable}),
            *_find_differing(operations, (*usable, *requirements, *spoilt)),
            *_find_exclusive(_drop_duplicates(usable), declared),
            *_find_excessive(_drop_duplicates(usable), declared),
        )
        if schemes and not _names_scheme((*requirements, *spoilt)):
            findings = (*findings, report_security_never_asked_for(api_id, schemes[0].name.place))
            requirements = (*requirements, *(_require(scheme) for scheme in schemes))
        is_known = bool(requirements) or not _names_scheme(stated)
        ambiguous = frozenset((*_list_shared(requirements, declared), *_list_reserved(schemes, server)))
        scopes = _collect_scopes(everywhere)
        return cls(
            api_id, document.place, schemes, mistaken, requirements, scopes, server, ambiguous, findings, is_known
        )

    def spell_attributes(self) -> dict[str, str]:
        """Return the attributes of all names that occur in the API, as `naming.spell_apart` does."""
        names = (self._name_value(scheme, role) for scheme in self.schemes for role in scheme.roles)
        endpoints = (variant.endpoints for scheme in self.schemes for variant in scheme.variants)
        variables = (variable.wire for each in endpoints for variable in self.server.list_variables(each))
        return naming.spell_apart((*names, *self.server.variables, *variables))

    def draft_schemes(self) -> Iterator[MapNode]:
        """Yield a scheme for each variant of each security scheme, and one without authentication if it is a method.

        A mistaken scheme is drafted as well, so that it can be left out by itself. If there is no other, it stays in
        the connector, which would otherwise look as if it were open to everybody.
        """
        ids, attributes = self._make_scheme_ids(), self.spell_attributes()
        for scheme in self.schemes:
            wire = partial(self._name_value, scheme)
            for variant in scheme.variants:
                identifier = ids[scheme.wire, variant.flow]
                variables = self.server.list_variables(variant.endpoints)
                yield make_scheme(
                    scheme, variant, identifier, wire=wire, scopes=self.scopes.get(scheme.wire, ()),
                    attributes=attributes, variables=variables,
                )  # fmt: skip
        if not self.schemes and self.mistaken:
            return
        yield from (scheme.to_node(ids[scheme.wire, ""]) for scheme in self.mistaken)
        if not self.is_known:
            yield make_map(self.place, id=self._make_fallback_id(), kind="custom")
        elif any(not method.parts for method in self._list_methods()):
            yield make_map(self.place, id=self._make_fallback_id(), title="No authentication", kind=_NONE)

    def draft_choice(self, place: Place) -> dict[str, Node | Value]:
        """Return the `scheme` or `methods` of the connector."""
        ids = self._make_scheme_ids()
        methods = self._list_methods()
        used = [
            [ids[scheme.wire, variant.flow] for scheme, variant in method.parts] or [self._make_fallback_id()]
            for method in methods
        ]
        if len(methods) == 1 and len(used[0]) == 1:
            return {"scheme": used[0][0]}
        nodes = (
            make_map(place, id=method.ids.method, schemes=ListNode(tuple(ScalarNode(i, place) for i in names), place))
            for method, names in zip(methods, used, strict=True)
        )
        return {"methods": ListNode(tuple(nodes), place)}

    def _make_fallback_id(self) -> str:
        """Return the id of the scheme without authentication, or of the unknown one."""
        return f"{self.api_id}.{_NONE}" if self.schemes else self.api_id

    def _make_scheme_ids(self) -> dict[tuple[str, str], str]:
        """Return the id for each scheme and flow."""
        variants = [(scheme.wire, variant.flow) for scheme in self.schemes for variant in scheme.variants]
        keys = (*variants, *((scheme.wire, "") for scheme in self.mistaken))
        # One id is reserved for the scheme without authentication.
        ids = make_method_ids(self.api_id, (f"{wire}.{flow}".rstrip(".") for wire, flow in keys), (_NONE,))
        return {key: each.scheme for key, each in zip(keys, ids, strict=True)}

    def _list_methods(self) -> tuple[_SecurityMethod, ...]:
        by_name = {scheme.wire: scheme for scheme in self.schemes}
        alternatives = dict.fromkeys(tuple(required.scopes) for required in self.requirements) or ((),)
        listed = [
            tuple(zip((by_name[name] for name in names), variants, strict=True))
            for names in alternatives
            for variants in product(*(by_name[name].variants for name in names))
        ]
        ids = make_method_ids(self.api_id, map(_label_method, listed))
        return tuple(_SecurityMethod(each, parts) for each, parts in zip(ids, listed, strict=True))

    def _name_value(self, scheme: SecurityScheme, role: str) -> str:
        """Return the scheme's name for the credential itself, the role for any other value, both if ambiguous."""
        name = _find_name(scheme, role)
        if (scheme.wire, naming.make_collision_key(name)) not in self.ambiguous:
            return name
        return f"{scheme.wire}.{role or 'value'}"


def list_alternatives(document: MapNode) -> tuple[tuple[SecurityScheme, ...], ...]:
    """Return the declared schemes of each requirement of a document; all declared schemes if there is none."""
    listed = list_security_schemes(TrackedMapping(document), Document("", document, find_nothing), Server())
    declared = {scheme.wire: scheme for scheme in listed if isinstance(scheme, SecurityScheme)}
    alternatives = (
        tuple(declared[name] for name in requirement.scopes if name in declared)
        for requirement in read_requirements(document.find("security")) or ()
    )
    return tuple(filter(None, alternatives)) or ((tuple(declared.values()),) if declared else ())


def _collect_scopes(requirements: Iterable[SecurityRequirement]) -> dict[str, list[tuple[ScalarNode, ...]]]:
    """Return the scopes of each requirement that names a scheme, by the name of the scheme."""
    scopes: dict[str, list[tuple[ScalarNode, ...]]] = {}
    for name, listed in chain.from_iterable(requirement.scopes.items() for requirement in requirements):
        scopes.setdefault(name, []).append(listed)
    return scopes


def _find_name(scheme: SecurityScheme, role: str) -> str:
    return role or scheme.wire


def _label_method(parts: Sequence[tuple[SecurityScheme, SchemeVariant]]) -> str:
    labels = (".".join(filter(None, (scheme.wire, variant.flow))) for scheme, variant in parts)
    return "-".join(labels) or _NONE


def _list_shared(
    requirements: Iterable[SecurityRequirement], declared: Mapping[str, SecurityScheme]
) -> Iterator[tuple[str, str]]:
    """Yield each scheme with the key of each name that a scheme has with which it is required together."""
    for requirement in requirements:
        owners: dict[str, set[str]] = {}
        for name in requirement.scopes:
            for key in _list_keys(declared[name]):
                owners.setdefault(key, set()).add(name)
        yield from ((name, key) for key, names in owners.items() if len(names) > 1 for name in names)


def _list_reserved(schemes: Iterable[SecurityScheme], server: Server) -> Iterator[tuple[str, str]]:
    """Yield each scheme with the key of each name that a variable of the server has."""
    reserved = frozenset(map(naming.make_collision_key, server.variables))
    for scheme in schemes:
        yield from ((scheme.wire, key) for key in _list_keys(scheme) if key in reserved)


def _list_keys(scheme: SecurityScheme) -> Iterator[str]:
    """Yield the keys of the names of a scheme."""
    return (naming.make_collision_key(_find_name(scheme, role)) for role in scheme.roles)


def _drop_duplicates(requirements: Iterable[SecurityRequirement]) -> tuple[SecurityRequirement, ...]:
    """Return the first of the requirements that name the same schemes."""
    first: dict[frozenset[str], SecurityRequirement] = {}
    for requirement in requirements:
        first.setdefault(requirement.names, requirement)
    return tuple(first.values())


def _separate_rivals(
    requirement: SecurityRequirement, declared: Mapping[str, SecurityScheme]
) -> Iterator[SecurityRequirement]:
    """Yield a requirement; if some of its schemes fill the same part of a request, one with each of them instead.

    Each is combined with the first of all other schemes: with every combination, a small document could lead to
    millions. Over the limit, only the first of all are combined.
    """
    rivals = _group_rivals(requirement, declared)
    firsts = [first for first, *_ in rivals]
    yield requirement.select(firsts)
    if _find_excess(requirement, rivals) is not None:
        return
    for index, (_, *others) in enumerate(rivals):
        for other in others:
            yield requirement.select([*firsts[:index], other, *firsts[index + 1 :]])


def _group_rivals(requirement: SecurityRequirement, declared: Mapping[str, SecurityScheme]) -> list[list[str]]:
    """Return the schemes of a requirement, grouped by the part of a request that they fill."""
    groups: list[list[str]] = []
    positions: dict[str, int] = {}
    for name in requirement.scopes:
        parts = declared[name].parts
        known = [positions[part] for part in parts if part in positions]
        if known:
            groups[min(known)].append(name)
        else:
            positions |= dict.fromkeys(parts, len(groups))
            groups.append([name])
    return groups


def _find_exclusive(
    requirements: Iterable[SecurityRequirement], declared: Mapping[str, SecurityScheme]
) -> Iterator[Finding]:
    """Yield a finding for each two schemes that are required together and fill the same part of a request."""
    for requirement in requirements:
        for first, *others in _group_rivals(requirement, declared):
            for other in others:
                part = min(declared[first].parts & declared[other].parts)
                yield report_cannot_be_together(first, other, part, requirement.places[other])


def _find_excessive(
    requirements: Iterable[SecurityRequirement], declared: Mapping[str, SecurityScheme]
) -> Iterator[Finding]:
    """Yield a finding for each requirement that stands for too many alternatives."""
    for requirement in requirements:
        excess = _find_excess(requirement, _group_rivals(requirement, declared))
        yield from (excess,) if excess is not None else ()


def _find_excess(requirement: SecurityRequirement, rivals: Sequence[Sequence[str]]) -> Finding | None:
    """Return a finding if each of the rivals, as an alternative, would be combined with too many schemes."""
    return find_excess(requirement.place, len(requirement.scopes) - len(rivals) + 1, len(rivals))


def _names_scheme(requirements: Iterable[SecurityRequirement]) -> bool:
    """Return whether any requirement names a scheme, rather than none, as for calls without authentication."""
    return any(requirement.names for requirement in requirements)


def _require(*schemes: SecurityScheme) -> SecurityRequirement:
    """Return a requirement for schemes together."""
    places = {scheme.wire: scheme.name.place for scheme in schemes}
    return SecurityRequirement(dict.fromkeys(places, ()), places, schemes[0].name.place)


def _find_taken(api_id: str, parameters: Sequence[SecurityScheme]) -> Iterator[Finding]:
    """Yield a finding if parameters are taken for credentials."""
    if parameters:
        yield report_parameters_taken(api_id, [scheme.wire for scheme in parameters], parameters[0].name.place)


def _find_undeclared(requirements: Iterable[SecurityRequirement], declared: AbstractSet[str]) -> Iterator[Finding]:
    if "" in declared:
        return  # nobody knows which schemes there are
    places = {name: place for requirement in requirements for name, place in requirement.places.items()}
    known = Vocabulary(declared)
    for name, place in places.items():
        if name not in known:
            yield report_undeclared_name("security scheme", name, place, known)


def _find_differing(operations: Sequence[Operation], requirements: Iterable[SecurityRequirement]) -> Iterator[Finding]:
    """Yield a finding for the operations that no method can be used for.

    An operation that may be used without authentication, or with one of the methods, is not among them.
    """
    known = {frozenset[str](), *(requirement.names for requirement in requirements)}
    differing = [
        operation
        for operation in operations
        if operation.requirements and not any(required.names in known for required in operation.requirements)
    ]
    if differing:
        names = [operation.name for operation in differing]
        yield report_operations_ask_otherwise(names, [operation.place for operation in differing])
