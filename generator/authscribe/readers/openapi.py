"""OpenAPI: documents of version 2.0 (Swagger) to 3.2, and the ways to authenticate that they state.

Facts are those of the OpenAPI Specification 2.0, 3.0.4, 3.1.1 and 3.2.0 (https://spec.openapis.org/oas/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import chain, product
from pathlib import PurePath
from typing import Final

from authscribe import mistakes, naming
from authscribe.draft import Carried, DefinitionDraft, Draft, ListNode, MapNode, Node, Noun, ScalarNode, Value, text
from authscribe.finding import Finding, Place
from authscribe.forms import TEXT_LIMIT
from authscribe.readers import security
from authscribe.readers.foreign import Reading, entries, listed
from authscribe.readers.security import Component, Operation, Requirement, Unusable, Way
from authscribe.readers.settings import Lists, MethodId, Setting, default, method_id

COMPANION: Final = "apidefinition.swagger.json"
"""The name of the document of every Power Platform connector, in lower case: its folder is what has a name."""

_VERSIONS: Final = ("2.0", "3.0", "3.1", "3.2")
_KNOWN: Final = re.compile(r"2(?:\.0)?|3\.[012](?:\.[0-9]+(?:-.+)?)?")
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Share:
    """What a document has to say of its connector, where another document says the rest."""

    security: bool = True
    base: bool = True


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Whether the document says which version of OpenAPI, or of Swagger before it, it is written in."""
    return isinstance(_version(node), ScalarNode)


def draft(path: str, node: MapNode) -> Draft:
    """One connector, with a scheme for each security scheme and each flow in it.

    The requirements of the whole document are the connector's methods, and the schemes in one requirement are used
    together. Where the document has none, those of its operations count; where these have none either, every
    declared scheme is taken as a method. A scheme of OAuth with several flows is as many schemes of ours, since a
    flow has addresses and secrets of its own.
    """
    return draft_of_share(path, node, Share())


def draft_of_share(path: str, node: MapNode, share: Share) -> Draft:
    """The same for a document that says only its share; the rest of it is kept verbatim."""
    version = _version(node)
    if not isinstance(version, ScalarNode) or not _KNOWN.fullmatch(str(version.value)):
        return Draft(path, findings=(_unknown_version(node, version),))
    record: list[Carried] = []
    found = tuple(_definitions(path, Reading(node, record), share))
    return Draft(
        path,
        definitions=tuple(item for item in found if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in found if isinstance(item, Finding)),
        carried=tuple(record),
        document=node if PurePath(path).name.lower() == COMPANION else None,
    )


def _unknown_version(node: MapNode, version: Node | None) -> Finding:
    stated = str(version.value) if isinstance(version, ScalarNode) else ""
    return mistakes.unknown_value(_version_key(node), stated, version.place if version else node.place, _VERSIONS)


def _version_key(node: MapNode) -> str:
    return "openapi" if node.find("openapi") is not None else "swagger"


def _version(node: MapNode) -> Node | None:
    """YAML takes an unquoted version for a number."""
    return node.find(_version_key(node))


def _definitions(path: str, document: Reading, share: Share) -> Iterator[DefinitionDraft | Finding]:
    info = document.within("info")
    title = info.text("title")
    place = title.place if title is not None else document.place
    name = connector_name(path, str(title.value) if title is not None else "")
    identifier = naming.identifier(name)
    if not naming.is_id(identifier):
        yield mistakes.bad_id(name, place)
        return
    server = _server(document) if share.base else _Server()
    stated = _Security.of(document, identifier, server.names) if share.security else None
    yield from (*server.findings, *(stated.findings if stated is not None else ()))
    yield from (DefinitionDraft(Noun.SCHEME, node) for node in (stated.nodes() if stated is not None else ()))
    node = entries(
        place,
        id=ScalarNode(identifier, place),
        title=title,
        summary=_summary(info),
        docs=document.within("externalDocs").text("url"),
        **(stated.choice(place) if stated is not None else {}),
        parameters=server.parameters(stated.wires if stated is not None else ()),
        endpoints=entries(place, base=server.endpoint) if server.endpoint is not None else None,
        extras=document.rest(),
    )
    yield DefinitionDraft(Noun.CONNECTOR, node)


def connector_name(path: str, title: str) -> str:
    """What the connector of a document is called: the first name of which an id can be made."""
    file = PurePath(path)
    folder = file.parent.name if file.name.lower() == COMPANION else ""
    return next((name for name in (folder, title) if naming.identifier(name)), file.stem)


def _summary(info: Reading) -> ScalarNode | None:
    """The description, else the summary that versions from 3.1 on may have; text that is too long stays."""
    for key in ("description", "summary"):
        value = text(info.peek(key))
        if value is not None and value.strip() and len(value) <= TEXT_LIMIT:
            return info.text(key)
    return None


# Security


@dataclass(frozen=True, slots=True)
class _Method:
    """Ways that are used together: each a component with one of its ways."""

    ids: MethodId
    parts: tuple[tuple[Component, Way], ...]


@dataclass(frozen=True, slots=True)
class _Security:
    """What the document declares and asks for; `variables` are names that its schemes may not have as well."""

    api: str
    place: Place
    components: tuple[Component, ...]
    asked: tuple[Requirement, ...]
    variables: tuple[str, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, document: Reading, api: str, variables: tuple[str, ...]) -> _Security:
        found = tuple(security.components(document))
        components = tuple(item for item in found if isinstance(item, Component))
        unusable = tuple(item for item in found if isinstance(item, Unusable))
        root = security.requirements(document.peek("security"))
        own = tuple(security.operations(document.node))
        declared = {component.wire: component for component in components}
        stated = root or _each_once(requirement for one in own for requirement in one.asks)
        usable = tuple(requirement for requirement in stated if requirement.names <= declared.keys())
        asked = tuple(chain.from_iterable(_apart(requirement, declared) for requirement in usable))
        findings = (
            *(item.finding for item in unusable),
            *_undeclared(stated, declared.keys() | {item.wire for item in unusable}),
            *_differing(own, (*usable, *asked)),
            *_exclusive(_each_once(usable), declared),
        )
        if components and not any(requirement.names for requirement in asked):
            places = tuple(component.name.place for component in components)
            findings = (*findings, mistakes.security_never_asked_for(api, places))
            asked = (*asked, *(_alone(component) for component in components))
        return cls(api, document.place, components, asked, variables, findings)

    @property
    def wires(self) -> tuple[str, ...]:
        """The names of all secrets and parameters of its schemes."""
        return tuple(dict.fromkeys(self._wire(c, role) for c in self.components for role in sorted(c.roles)))

    def nodes(self) -> Iterator[MapNode]:
        """A scheme for each way of each component; one without authentication where a method is that."""
        ids = self._scheme_ids()
        beside = (*self.wires, *self.variables)
        for component in self.components:
            wanted = tuple(scope for asked in self.asked for scope in asked.scopes.get(component.wire, ()))
            wire = partial(self._wire, component)
            for way in component.ways:
                identifier = ids[component.wire, way.flow]
                yield security.scheme(component, way, identifier, wire=wire, asked=wanted, beside=beside)
        if any(not method.parts for method in self._methods()):
            yield entries(self.place, id=self._anonymous(), title="No authentication", kind=_NONE)

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
            entries(place, id=method.ids.method, schemes=ListNode(tuple(ScalarNode(i, place) for i in names), place))
            for method, names in zip(methods, used, strict=True)
        )
        return {"methods": ListNode(tuple(nodes), place)}

    def _anonymous(self) -> str:
        return f"{self.api}.{_NONE}" if self.components else self.api

    def _scheme_ids(self) -> dict[tuple[str, str], str]:
        taken = [MethodId(_NONE, f"{self.api}.{_NONE}")]
        ids: dict[tuple[str, str], str] = {}
        for component in self.components:
            for way in component.ways:
                taken.append(method_id(self.api, f"{component.wire}.{way.flow}".rstrip("."), taken))
                ids[component.wire, way.flow] = taken[-1].scheme
        return ids

    def _methods(self) -> Iterator[_Method]:
        by_name = {component.wire: component for component in self.components}
        taken: list[MethodId] = []
        for names in dict.fromkeys(tuple(requirement.scopes) for requirement in self.asked) or ((),):
            for ways in product(*(by_name[name].ways for name in names)):
                parts = tuple((by_name[name], way) for name, way in zip(names, ways, strict=True))
                label = "-".join(".".join(filter(None, (c.wire, way.flow))) for c, way in parts) or _NONE
                taken.append(method_id(self.api, label, taken))
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


def _name_of(component: Component, role: str) -> str:
    return role or component.wire


def _each_once(found: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Of requirements for the same schemes the first."""
    first: dict[frozenset[str], Requirement] = {}
    for requirement in found:
        first.setdefault(requirement.names, requirement)
    return tuple(first.values())


def _apart(asked: Requirement, declared: Mapping[str, Component]) -> Iterator[Requirement]:
    """The requirement; where schemes of it fill one part of a request, a requirement with each of them instead."""
    for names in product(*_rivals(asked, declared)):
        yield asked.of(names)


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
                yield mistakes.cannot_be_together(first, other, part, asked.places[other])


def _alone(component: Component) -> Requirement:
    return Requirement({component.wire: ()}, {component.wire: component.name.place}, component.name.place)


def _undeclared(stated: Iterable[Requirement], declared: AbstractSet[str]) -> Iterator[Finding]:
    places = {name: place for requirement in stated for name, place in requirement.places.items()}
    for name, place in places.items():
        if name not in declared:
            yield mistakes.undeclared_name("security scheme", name, place, declared)


def _differing(own: Sequence[Operation], asked: Iterable[Requirement]) -> Iterator[Finding]:
    """Operations that need no authentication, or one of the methods, are within what the connector can do."""
    known = {requirement.names for requirement in asked}
    differing = [
        one
        for one in own
        if one.asks and not any(requirement.names in known or not requirement.names for requirement in one.asks)
    ]
    if differing:
        yield mistakes.operations_ask_otherwise([one.name for one in differing], [one.place for one in differing])


# Servers


@dataclass(frozen=True, slots=True)
class _Server:
    """The address of the API, and what varies in it."""

    endpoint: MapNode | None = None
    variables: tuple[Setting, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.wire for variable in self.variables)

    def parameters(self, beside: tuple[str, ...]) -> Node | Value:
        """The variables as a list of parameters, in classes with the secrets `beside` them."""
        if self.endpoint is None:
            return None
        return Lists(self.variables, beside=beside).nodes(self.endpoint.place)["parameters"]


def _server(document: Reading) -> _Server:
    return _host(document) if document.peek("swagger") is not None else _first_server(document)


def _host(document: Reading) -> _Server:
    """Swagger 2.0: `host`, `basePath` and `schemes`; without `schemes`, that of the document, here taken as https."""
    if not re.fullmatch(r"[^/\s]+", text(document.peek("host")) or ""):
        return _Server()
    host, base = document.text("host"), document.text("basePath")
    schemes = _words(document.peek("schemes"))
    if len(schemes) == 1:
        document.take("schemes")
    scheme = "https" if "https" in schemes or not schemes else schemes[0]
    path = str(base.value).lstrip("/") if base is not None else ""
    url = f"{scheme}://{host.value if host is not None else ''}"
    return _Server(entries(host.place if host is not None else document.place, url=f"{url}/{path}" if path else url))


def _first_server(document: Reading) -> _Server:
    """OpenAPI 3: the first server; a relative address says nothing without that of the document."""
    server = _encrypted(document.items("servers"))
    url = server.peek("url") if server is not None else None
    if server is None or not isinstance(url, ScalarNode) or not isinstance(url.value, str):
        return _Server()
    if not re.match(r"[a-z]+://|\{", url.value):
        return _Server()
    server.take("url")
    declared = tuple(_variables(server.within("variables")))
    known = {variable.wire for variable in declared}
    undeclared = [name for name in dict.fromkeys(_VARIABLE.findall(url.value)) if name not in known]
    return _Server(
        entries(url.place, url=_VARIABLE.sub(r"${\1}", url.value)),
        (*declared, *(_undeclared_variable(name, url.place) for name in undeclared)),
        tuple(mistakes.undeclared_name("server variable", name, url.place, known) for name in undeclared),
    )


def _encrypted(servers: Sequence[Reading]) -> Reading | None:
    """The first server, with encryption where its address is stated with and without, as in Swagger 2.0."""
    first = text(servers[0].peek("url")) or "" if servers else ""
    wanted = f"https://{first.removeprefix('http://')}"
    return next((server for server in servers if text(server.peek("url")) == wanted), servers[0] if servers else None)


def _undeclared_variable(name: str, place: Place) -> Setting:
    facts = entries(place, extras=entries(place, undeclared=True))
    return Setting(ScalarNode(name, place), facts, is_secret=False)


def _variables(reading: Reading) -> Iterator[Setting]:
    for entry in reading.node.entries:
        if not isinstance(entry.node, MapNode):
            continue
        variable = reading.within(entry.key)
        choices = _choices(variable)
        facts = entries(
            entry.place,
            description=variable.text("description"),
            default=default(variable, "default", of_type="string", choices=choices, is_secret=False),
            enum=choices,
            extras=variable.rest(),
        )
        yield Setting(ScalarNode(entry.key, entry.place), facts, is_secret=False)


def _choices(variable: Reading) -> ListNode | None:
    node = variable.peek("enum")
    values = node.items if isinstance(node, ListNode) else ()
    if not values or len(_words(node)) < len(values):
        return None
    variable.take("enum")
    return listed(tuple(entries(value.place, value=value) for value in values), variable.place)


def _words(node: Node | None) -> tuple[str, ...]:
    """The texts in a list."""
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(word for item in items if (word := text(item)) is not None)
