"""Find the credentials that an OpenAPI document states as parameters of its operations, instead of security schemes.

Properties of the body of a request are parameters as well. Version 3 ignores a header parameter called `Authorization`;
a document that has no other word for the credential means it nevertheless.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from authscribe.findings.finding import Place
from authscribe.model import naming
from authscribe.model.credential_names import (
    ends_as_credential,
    is_clear_key,
    is_credential_header,
    is_key_in_path,
    names_credential,
)
from authscribe.model.draft import ListNode, MapNode, ScalarNode, get_text
from authscribe.model.placement_template import find_slot
from authscribe.readers.foreign.openapi.key_parts import find_owner
from authscribe.readers.foreign.openapi.key_templates import is_template_name
from authscribe.readers.foreign.openapi.references import Document
from authscribe.readers.foreign.openapi.request_bodies import RequestBodies
from authscribe.readers.foreign.openapi.requirements import list_operation_nodes, list_paths
from authscribe.readers.foreign.openapi.security_schemes import SecurityScheme
from authscribe.readers.foreign.openapi.stated_prefixes import find_prefix
from authscribe.readers.foreign.openapi.variants import RequestSlot, SchemeVariant
from authscribe.readers.foreign.tracking import parse_boolean

_LOCATIONS: Final[Mapping[str, str]] = {
    "header": "header", "query": "query", "cookie": "cookie", "path": "path", "formData": "body",
}  # fmt: skip
"""Parts of a request by the words of parameters."""
_RESOURCES: Final = ("path", "body")
"""Parts of a request that have the identifiers of what it is about."""
_EXPLAINING_KEYS: Final = ("description", "example", "x-example", "default")


@dataclass(frozen=True, slots=True)
class _Parameter:
    """Parameter of a request that is called like a credential, as one place of the document states it.

    Two that fill the same part of a request are equal, since the case of a header does not count. `prefix` is the text
    before the credential.
    """

    slot: str
    location: str = field(compare=False)
    name: str = field(compare=False)
    prefix: str = field(compare=False)


class _Stated(NamedTuple):
    """Parameter of a request, or property of its body, with the place of its name and the node that describes it."""

    location: str
    name: str
    place: Place
    node: MapNode
    is_required: bool

    @property
    def slot(self) -> tuple[str, str]:
        """Location and name, which tell it apart."""
        return self.location, self.name


def list_parameter_schemes(source: Document) -> tuple[SecurityScheme, ...]:
    """Return a scheme for each parameter that is called like a credential and that most operations have.

    In a path or a body, those of a single resource do not count: a token there may be that of an invitation, and the
    secret of a webhook its own. If most operations have none, headers that certainly are keys count, if operations on
    several resources require them. A parameter is optional if no operation requires it. Of several with one name, such
    as in the header and in the query, the first counts.
    """
    bodies = RequestBodies()
    listed = tuple(_list_operations(source))
    operations = [dict(_list_credentials(bodies, *operation)) for operation in listed]
    resources: defaultdict[_Parameter, set[str]] = defaultdict(set)
    for (_, path, *_), parameters in zip(listed, operations, strict=True):
        for parameter in parameters:
            resources[parameter].add(_find_resource(path))
    counts = Counter(parameter for parameters in operations for parameter in parameters)
    required = {
        parameter for parameters in operations for parameter, (_, is_required) in parameters.items() if is_required
    }
    places = {parameter: place for parameters in reversed(operations) for parameter, (place, _) in parameters.items()}
    prefixes = {each: each.prefix for parameters in reversed(operations) for each in parameters if each.prefix}
    several = {parameter for parameter, paths in resources.items() if len(paths) > 1}
    common = [
        parameter
        for parameter, count in counts.items()
        if 2 * count > len(operations) and (parameter in several or parameter.location not in _RESOURCES)
    ]
    certain = (each for each in counts if each in several & required and each.location == "header")
    common = common or [each for each in certain if is_clear_key(each.name)]
    by_name = {parameter.name: parameter for parameter in reversed(common)}
    return tuple(
        _make_scheme(parameter, prefixes.get(parameter, ""), places[parameter], is_optional=parameter not in required)
        for parameter in common
        if by_name[parameter.name] is parameter
    )


def _list_operations(source: Document) -> Iterator[tuple[Document, str, MapNode, MapNode]]:
    """Yield each operation with its document, after its path."""
    for path, node in list_paths(source.root):
        target = source.follow(node)
        if target is not None:
            yield from ((target[1], path, target[0], operation) for _, operation in list_operation_nodes(target[0]))


def _find_resource(path: str) -> str:
    """Return a path without the parameters at its end, which tell one resource from others of its kind."""
    *parents, last = path.rstrip("/").split("/")
    while parents and last.startswith("{"):
        last = parents.pop()
    return "/".join((*parents, last))


def _list_credentials(
    bodies: RequestBodies, source: Document, path: str, *nodes: MapNode
) -> Iterator[tuple[_Parameter, tuple[Place, bool]]]:
    """Yield the credentials among the parameters of a path and an operation, with place and whether it is required.

    The identifier beside a credential belongs to it, such as `app_id` beside `app_key`.
    """
    stated = (*_list_parameters(source, *nodes), *_list_body(bodies, source, nodes[-1]))
    befores = {each.name: path.partition(f"{{{each.name}}}")[0] for each in stated if f"{{{each.name}}}" in path}
    credentials = {each.slot for each in stated if _is_credential(each.name, each.location, befores)}
    owners = {find_owner(name) for _, name in credentials}
    for location, name, place, node, is_required in stated:
        is_beside = location not in _RESOURCES and _is_identifier(name) and find_owner(name) in owners
        if (location, name) in credentials or is_beside:
            slot, prefix = find_slot(location, name), ""
            if location == "path":
                prefix = _find_path_prefix(befores[name])
                slot += prefix
            elif location == "header" and is_credential_header(name):
                prefix = _find_prefix(node)
            yield _Parameter(slot, location, name, prefix), (place, is_required)


def _list_parameters(source: Document, *nodes: MapNode) -> Iterator[_Stated]:
    """Yield each parameter that can be placed."""
    lists = (node.find("parameters") for node in nodes)
    items = (item for each in lists if isinstance(each, ListNode) for item in each.items)
    for target in filter(None, map(source.follow, items)):
        parameter = target[0]
        location, name = _LOCATIONS.get(get_text(parameter.find("in")) or ""), parameter.find("name")
        wire = get_text(name) or ""
        if isinstance(name, ScalarNode) and location is not None and is_template_name(wire):
            yield _Stated(location, wire, name.place, parameter, parse_boolean(parameter.find("required")) is True)


def _list_body(bodies: RequestBodies, source: Document, operation: MapNode) -> Iterator[_Stated]:
    """Yield each key in an operation's body that can be placed."""
    for (name, place, node), is_required in bodies.list_keys(source, operation):
        if isinstance(node, MapNode) and is_template_name(name):
            yield _Stated("body", name, place, node, is_required)


def _find_path_prefix(before: str) -> str:
    """Return the text before a parameter in its segment of a path, as in `bot{token}`."""
    prefix = before.rpartition("/")[2]
    return prefix if is_template_name(prefix) else ""


def _find_prefix(parameter: MapNode) -> str:
    """Return the word before the credential that the description of a parameter states, or its example shows."""
    schema = parameter.find("schema")
    nodes = (parameter, *((schema,) if isinstance(schema, MapNode) else ()))
    texts = (get_text(node.find(key)) for key in _EXPLAINING_KEYS for node in nodes)
    return next((prefix for text in texts if text is not None and (prefix := find_prefix(text)) is not None), "")


def _is_credential(name: str, location: str, befores: Mapping[str, str]) -> bool:
    """Return whether a parameter is called like one credential; a name in the plural is that of a list.

    `befores` has the path before each parameter in it.
    """
    if location == "path":
        return name in befores and is_key_in_path(name, befores[name])
    if location == "body":
        return is_clear_key(name)
    is_called_so = names_credential(name) and ends_as_credential(name) and not name.lower().endswith("s")
    return is_credential_header(name) or is_called_so


def _is_identifier(name: str) -> bool:
    words = naming.split_words(name)
    return len(words) > 1 and words[-1] == "id"


def _make_scheme(parameter: _Parameter, prefix: str, place: Place, *, is_optional: bool) -> SecurityScheme:
    slots = (RequestSlot(parameter.location, parameter.name, "", f"{prefix}{{}}"),)
    variant = SchemeVariant("api_key", ("",), slots=slots, optional=("",) if is_optional else ())
    return SecurityScheme(ScalarNode(parameter.name, place), (variant,))
