"""Draft the methods of a connector: match what an OpenAPI document requires with what it declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.security_differs import (
    report_logins_ask_otherwise,
    report_operations_ask_otherwise,
    report_parameters_taken,
    report_security_never_asked_for,
)
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.findings.suggestions import Vocabulary
from authscribe.model import naming
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.foreign.openapi.key_parts import group_parts
from authscribe.readers.foreign.openapi.parameter_credentials import list_parameter_schemes
from authscribe.readers.foreign.openapi.references import Document, find_nothing
from authscribe.readers.foreign.openapi.requirements import (
    Operation,
    RequiredSecurity,
    RequirementIndex,
    SecurityRequirement,
    find_unfollowed_paths,
    read_requirements,
)
from authscribe.readers.foreign.openapi.rivals import find_excessive, find_exclusive, separate_rivals
from authscribe.readers.foreign.openapi.scheme import make_scheme
from authscribe.readers.foreign.openapi.security_schemes import (
    DeclaredSecurity,
    SecurityScheme,
    UnusableScheme,
    find_misplaced,
    list_security_schemes,
)
from authscribe.readers.foreign.openapi.servers import Server
from authscribe.readers.foreign.openapi.variants import SchemeVariant
from authscribe.readers.foreign.scheme_lists import MethodIds, SchemeLists, make_method_ids
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
        declared = DeclaredSecurity.from_document(document, source, server)
        required = RequiredSecurity.from_document(source)
        is_stated = declared.schemes or declared.unusable or _names_scheme(required.alternatives)
        parameters = () if is_stated else list_parameter_schemes(source)
        if parameters:
            declared, required = DeclaredSecurity(parameters), RequiredSecurity(_require_parameters(parameters))
        findings = (
            *declared.list_findings(),
            *find_misplaced(document),
            *(find_unfollowed_paths(source) if not required.is_common else ()),
            *_find_taken(api_id, parameters),
            *_find_mistakes(declared, required),
        )
        requirements = tuple(_list_satisfiable(required.list_needed(declared.by_name.keys()), declared))
        if declared.schemes and not _is_asked_for(declared, required):
            findings = (*findings, report_security_never_asked_for(api_id, declared.schemes[0].name.place))
            together = (_require(*parts) for parts in group_parts(declared.schemes))
            requirements = (*requirements, *_list_satisfiable(together, declared))
        shared = _list_shared(requirements, declared.by_name)
        return cls(
            api_id,
            document.place,
            declared.schemes,
            declared.mistaken,
            requirements,
            required.scopes,
            server,
            ambiguous=frozenset((*shared, *_list_reserved(declared.schemes, server))),
            findings=findings,
            is_known=bool(requirements) or not _names_scheme(required.alternatives),
        )

    def spell_attributes(self) -> Mapping[str, str]:
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
                variables = (*self.server.credentials, *self.server.list_variables(variant.endpoints))
                yield make_scheme(
                    scheme, variant, identifier, wire=wire, scopes=self.scopes.get(scheme.wire, ()),
                    attributes=attributes, variables=tuple(dict.fromkeys(variables)),
                )  # fmt: skip
        if not self.schemes and self.mistaken:
            return
        yield from (scheme.to_node(ids[scheme.wire, ""]) for scheme in self.mistaken)
        if not self.is_known:
            yield make_map(self.place, id=self._make_fallback_id(), kind="custom")
        elif any(not method.parts for method in self._list_methods()):
            yield self._draft_open(attributes)

    def _draft_open(self, attributes: Mapping[str, str]) -> MapNode:
        """Return the scheme of requests without authentication, or with credentials in the address alone."""
        identifier, credentials = self._make_fallback_id(), self.server.credentials
        if not credentials:
            return make_map(self.place, id=identifier, title="No authentication", kind=_NONE)
        kind = "api_key" if len(credentials) == 1 else "custom"
        lists = SchemeLists(credentials, attributes=attributes).to_nodes(self.place)
        return make_map(self.place, id=identifier, kind=kind, **lists)

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


def _list_reserved(schemes: Sequence[SecurityScheme], server: Server) -> Iterator[tuple[str, str]]:
    """Yield each scheme with the key of each name that a variable of an address has."""
    endpoints = (variant.endpoints for scheme in schemes for variant in scheme.variants)
    names = (variable.wire for each in endpoints for variable in server.list_variables(each))
    reserved = frozenset(map(naming.make_collision_key, (*server.variables, *names)))
    for scheme in schemes:
        yield from ((scheme.wire, key) for key in _list_keys(scheme) if key in reserved)


def _list_keys(scheme: SecurityScheme) -> Iterator[str]:
    """Yield the keys of the names of a scheme."""
    return (naming.make_collision_key(_find_name(scheme, role)) for role in scheme.roles)


def _names_scheme(requirements: Iterable[SecurityRequirement]) -> bool:
    """Return whether any requirement names a scheme, rather than none, as for calls without authentication."""
    return any(requirement.names for requirement in requirements)


def _list_satisfiable(
    requirements: Iterable[SecurityRequirement], declared: DeclaredSecurity
) -> Iterator[SecurityRequirement]:
    """Yield the requirements that name only schemes that can be used, with rivals apart."""
    by_name = declared.by_name
    for required in requirements:
        if required.names <= by_name.keys():
            yield from separate_rivals(required, by_name)


def _is_asked_for(declared: DeclaredSecurity, required: RequiredSecurity) -> bool:
    """Return whether a requirement can be satisfied, or could be without the mistake in a scheme."""
    mistaken = {scheme.wire for scheme in declared.mistaken}
    return _names_scheme(
        each
        for each in required.alternatives
        if each.names <= declared.by_name.keys() or not each.names.isdisjoint(mistaken)
    )


def _require(*schemes: SecurityScheme) -> SecurityRequirement:
    """Return a requirement for schemes together."""
    places = {scheme.wire: scheme.name.place for scheme in schemes}
    return SecurityRequirement(dict.fromkeys(places, ()), places, schemes[0].name.place)


def _require_parameters(parameters: Sequence[SecurityScheme]) -> tuple[SecurityRequirement, ...]:
    """Return a requirement for parameters together; each is an alternative if no operation requires any of them."""
    is_required = any(not variant.optional for parameter in parameters for variant in parameter.variants)
    return (_require(*parameters),) if is_required else tuple(map(_require, parameters))


def _find_taken(api_id: str, parameters: Sequence[SecurityScheme]) -> Iterator[Finding]:
    """Yield a finding if parameters are taken for credentials."""
    if parameters:
        yield report_parameters_taken(api_id, [scheme.wire for scheme in parameters], parameters[0].name.place)


def _find_mistakes(declared: DeclaredSecurity, required: RequiredSecurity) -> Iterator[Finding]:
    """Yield a finding for each contradiction between what is required and what is declared."""
    by_name = declared.by_name
    known = by_name.keys() | {scheme.wire for scheme in declared.unusable}
    usable = tuple(each for each in required.alternatives if each.names <= by_name.keys())
    yield from _find_undeclared(required.alternatives, known)
    yield from _find_differing(declared, required)
    yield from find_exclusive(usable, by_name)
    yield from find_excessive(usable, by_name)


def _find_undeclared(requirements: Iterable[SecurityRequirement], declared: AbstractSet[str]) -> Iterator[Finding]:
    if "" in declared:
        return  # nobody knows which schemes there are
    places = {name: place for requirement in requirements for name, place in requirement.places.items()}
    known = Vocabulary(declared)
    for name, place in places.items():
        if name not in known:
            yield report_undeclared_name("security scheme", name, place, known)


def _find_differing(declared: DeclaredSecurity, required: RequiredSecurity) -> Iterator[Finding]:
    """Yield a finding for the operations whose requirements replace those of the document, and one for the logins.

    An operation that accepts one of the document's requirements, a part of one, or no authentication, is not among
    them, nor is one that cannot be used at all.
    """
    common = (*required.common, *_list_satisfiable(required.common, declared))
    names = declared.by_name.keys()
    usable = [
        operation
        for operation in required.operations
        if not operation.is_open and any(each.names <= names for each in operation.requirements)
    ]
    differing = _list_refusing(usable, common) if required.is_common else []
    logins = [each for each in _list_refusing(usable, required.alternatives) if each.is_login]
    others = [operation for operation in differing if operation not in logins]
    if others:
        yield report_operations_ask_otherwise(*_describe_operations(others))
    if logins:
        yield report_logins_ask_otherwise(*_describe_operations(logins))


def _list_refusing(operations: Iterable[Operation], known: Iterable[SecurityRequirement]) -> list[Operation]:
    """Return the operations that accept none of the known requirements, nor a part of one."""
    index = RequirementIndex(known)
    return [each for each in operations if not any(index.has(required.names) for required in each.requirements)]


def _describe_operations(operations: Sequence[Operation]) -> tuple[list[str], list[Place]]:
    return [operation.name for operation in operations], [operation.place for operation in operations]
