"""Read the address of an API from the servers of an OpenAPI document, and resolve other addresses against it.

Relative addresses are references (RFC 3986 section 5.2) to the first server, which may itself be relative to the
document. Unless the document states its own address, its origin is a variable that the owner fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urljoin

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.credential_names import is_clear_credential, may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, Value, get_text, to_plain
from authscribe.model.openapi import ORIGIN
from authscribe.model.placement_template import list_variable_names
from authscribe.readers.foreign.openapi.descriptions import take_description
from authscribe.readers.foreign.openapi.requirements import list_operation_nodes, list_paths
from authscribe.readers.foreign.scheme_lists import (
    SchemeLists,
    SchemeSetting,
    find_credentials,
    make_undeclared_setting,
    mark_credential,
    take_default,
)
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, withhold_address

_VARIABLE: Final = re.compile(r"\$?\{{1,3}+\s*+([^{}\s](?:[^{}]*[^{}\s])?)\s*\}{1,3}")
"""Matches a variable; some write it as shells, Postman or Handlebars do: `${name}`, `{{ name }}`, `{{{name}}}`."""
_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*")
_ORIGIN_TEXT: Final = "The origin of the API, such as https://api.example.com."

_START: Final = re.compile(r"[a-z][a-z0-9+.-]*:(?P<authority>//)?|\$?\{+(?P<variable>[^{}]+)\}", re.IGNORECASE)
"""Matches the beginning of an address that is not relative: a scheme (RFC 3986 section 3.1), or a variable."""

_LOCAL: Final = re.compile(
    r"[^/]*://(?:[^/?#@]*@)?(?:(?:[^/?#:]+\.)?localhost|127(?:\.[0-9]+){3}|0\.0\.0\.0|\[::1?\])(?=[:/?#]|$)",
    re.IGNORECASE,
)
"""Matches the beginning of an address that leads to the computer on which it is used (RFC 6761 section 6.3)."""

_SERVERS: Final = "servers"
_LEADING_VARIABLE: Final = re.compile(r"\{[^{}]+\}")


@dataclass(frozen=True, slots=True)
class Server:
    """Address of an API, and the variables in it.

    `variables` are by name. `url` is the address that others are relative to, with variables as OpenAPI spells them;
    None if it does not count.
    """

    endpoint: MapNode | None = None
    variables: Mapping[str, SchemeSetting] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    url: str | None = None

    def resolve(self, address: str) -> str | None:
        """Return an address with its variables spelled `${name}`, among them names in braces that nothing declares.

        None if it is relative and no server counts, or if it begins with anything but an origin or a path: a bracket,
        with which neither begins (RFC 3986 appendix A), is that of a placeholder or an expression.
        """
        address = _VARIABLE.sub(self._spell_variable, address)
        start = _START.match(address)
        if start is not None and not start["authority"] and not self._knows(start["variable"]):
            return None
        if start is None:
            if self.url is None or address.startswith("["):
                return None
            address = resolve_reference(self.url, address)
        return _VARIABLE.sub(self._spell_variable, address)

    def _spell_variable(self, match: re.Match[str]) -> str:
        """Return a variable as `${name}`; words in braces that tell what belongs there are none."""
        is_variable = self._knows(match[1]) or _NAME.fullmatch(match[1]) is not None
        return f"${{{match[1]}}}" if is_variable else match[0]

    def _knows(self, variable: str | None) -> bool:
        return variable in self.variables or variable == ORIGIN

    def list_variables(self, endpoints: MapNode | None) -> tuple[SchemeSetting, ...]:
        """Return the variables in the addresses of endpoints, among them the origin of the document."""
        places = _list_places(endpoints)
        return tuple(self.variables.get(name) or _make_variable(name, place) for name, place in places.items())

    def find_undeclared(self, endpoints: MapNode | None) -> Iterator[Finding]:
        """Yield a finding for each variable in the addresses of endpoints that is not one of the server."""
        for name, place in _list_places(endpoints).items():
            if not self._knows(name):
                yield report_undeclared_name("server variable", name, place, self.variables)

    @property
    def credentials(self) -> tuple[SchemeSetting, ...]:
        """Variables in its address that certainly are credentials, and thus belong to every way to authenticate."""
        return tuple(variable for variable in self.variables.values() if variable.is_secret)

    def to_parameters(self, attributes: Mapping[str, str] | None) -> Node | Value:
        """Return the variables that are no credentials as a list of parameters.

        `attributes` are those of names that may share their class.
        """
        if self.endpoint is None:
            return None
        lists = SchemeLists(tuple(self.variables.values()), attributes=attributes)
        return lists.to_nodes(self.endpoint.place)["parameters"]


def _list_places(endpoints: MapNode | None) -> dict[str, Place]:
    """Return the first place of each variable in the addresses of endpoints."""
    places: dict[str, Place] = {}
    for entry in endpoints.entries if endpoints is not None else ():
        url = entry.node.find("url") if isinstance(entry.node, MapNode) else None
        for name in list_variable_names(get_text(url) or ""):
            places.setdefault(name, entry.node.place)
    return places


def _make_variable(name: str, place: Place) -> SchemeSetting:
    """Return the setting of a variable that the server does not have."""
    description = _ORIGIN_TEXT if name == ORIGIN else None
    is_secret = is_clear_credential(name)
    return make_undeclared_setting(ScalarNode(name, place), is_secret=is_secret, description=description)


def read_first_server(document: TrackedMapping) -> Server:
    """Return the first server of OpenAPI 3 with a public address, else the first one.

    The first server is the default one, but a relative one has no meaning without the URL of the document, which
    version 3.2 may state as `$self`, and one on the reader's own computer has none for others. Servers that all
    operations state alike are those of the document.
    """
    document_url = _find_document_url(document)
    stated = document.children(_SERVERS) or _list_common_servers(document.node)
    servers = tuple(server for server in stated if not withhold_address(server, "url"))
    public = tuple(server for server in servers if _is_public(_find_url(server, document_url)))
    server = _prefer_encrypted(public or servers)
    node = server.peek("url") if server is not None else None
    address = get_text(node)
    if server is None or node is None or address is None:
        return Server(url=document_url)
    url = _find_url(server, document_url)
    if url is None:
        return Server(url=resolve_reference(document_url, address))
    server.take("url")
    return _read_server(server, url, node.place)


def _find_url(server: TrackedMapping, document_url: str) -> str | None:
    """Return the absolute URL of a server; None if there is none, or if its origin is not known."""
    stated = get_text(server.peek("url"))
    # A URL may begin with a variable that holds the scheme.
    if stated is None or re.match(r"[a-z][a-z0-9+.-]*://|\{", stated, re.IGNORECASE):
        return stated
    url = resolve_reference(document_url, stated)
    return None if url.startswith(f"{{{ORIGIN}}}") else url


def _is_public(url: str | None) -> bool:
    return url is not None and _LOCAL.match(url) is None


def _list_common_servers(document: MapNode) -> tuple[TrackedMapping, ...]:
    """Return the servers that every operation states, itself or by its path; none if they differ."""
    stated = [
        operation.find(_SERVERS) or path.find(_SERVERS)
        for _, path in list_paths(document)
        for _, operation in list_operation_nodes(path)
    ]
    first = stated[0] if stated else None
    if not isinstance(first, ListNode):
        return ()
    plain = to_plain(first)
    if any(other is None or to_plain(other) != plain for other in stated):
        return ()
    return tuple(TrackedMapping(item) for item in first.items if isinstance(item, MapNode))


def _read_server(server: TrackedMapping, url: str, place: Place) -> Server:
    """Return a server with an absolute URL, and its variables."""
    variables = server.child("variables")
    declared = (
        read_variable(ScalarNode(entry.key, entry.place), variables.child(entry.key))
        for entry in variables.node.entries
        if isinstance(entry.node, MapNode)
    )
    return make_server(url, place, tuple(declared))


def make_server(url: str, place: Place, declared: Sequence[SchemeSetting]) -> Server:
    """Return a server with an absolute URL, in which variables are in braces."""
    names, used = Vocabulary(variable.wire for variable in declared), dict.fromkeys(_VARIABLE.findall(url))
    undeclared = [name for name in used if name not in names]
    others = (make_undeclared_setting(ScalarNode(name, place), is_secret=False) for name in undeclared)
    variables = (*declared, *others)
    # Other keys in addresses are those of projects and tenants.
    credentials = {name for name in find_credentials(variables) & used.keys() if is_clear_credential(name)}
    return Server(
        make_map(place, url=_VARIABLE.sub(r"${\1}", url)),
        {each.wire: _require_credential(each) if each.wire in credentials else each for each in variables},
        tuple(report_undeclared_name("server variable", name, place, names) for name in undeclared),
        _VARIABLE.sub(r"{\1}", url),
    )


def _require_credential(variable: SchemeSetting) -> SchemeSetting:
    """Return a variable as a secret; that it has an empty default, as the specification requires one, means nothing."""
    return replace(mark_credential(variable), is_optional=False)


def _find_document_url(document: TrackedMapping) -> str:
    stated = get_text(document.peek("$self")) or ""
    return stated if "://" in stated else f"{{{ORIGIN}}}"


def resolve_reference(base: str, reference: str) -> str:
    """Return what a reference leads to from a base (RFC 3986 section 5.2), which may begin with a variable."""
    variable = _LEADING_VARIABLE.match(base)
    if variable is None:
        return _join(base, reference)
    rest = base[variable.end() :]
    # A variable holds the scheme alone, or everything up to the path.
    stand_in = "https" if rest.startswith("://") else "https://stand-in.invalid"
    resolved = _join(f"{stand_in}{rest}", reference)
    return f"{variable[0]}{resolved.removeprefix(stand_in)}" if resolved.startswith(stand_in) else resolved


def _join(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        # Such as `//[`, which begins the address of a host in IPv6; nothing is relative to it.
        return reference


def _prefer_encrypted(servers: Sequence[TrackedMapping]) -> TrackedMapping | None:
    """Return the first server, or the one with the same URL and https, as for Swagger 2.0."""
    first_url = get_text(servers[0].peek("url")) or "" if servers else ""
    encrypted_url = f"https://{first_url.removeprefix('http://')}"
    encrypted = (server for server in servers if get_text(server.peek("url")) == encrypted_url)
    return next(encrypted, servers[0] if servers else None)


def read_variable(name: ScalarNode, variable: TrackedMapping) -> SchemeSetting:
    """Return the setting that a variable in the URL of a server stands for."""
    choices = _take_choices(variable)
    is_secret = may_be_credential(str(name.value), get_text(variable.peek("default")) or "")
    facts = make_map(
        name.place,
        description=take_description(variable),
        default=take_default(
            variable, "default", name=str(name.value), of_type="string", choices=choices, is_secret=is_secret
        ),
        enum=choices,
        extras=variable.leftovers(),
    )
    # An empty default cannot be told from none, but shows that nothing needs to be supplied.
    is_empty = get_text(variable.peek("default")) == ""
    return SchemeSetting(name, facts, is_secret=False, is_optional=is_empty)


def _take_choices(variable: TrackedMapping) -> ListNode | None:
    node = variable.peek("enum")
    values = node.items if isinstance(node, ListNode) else ()
    if not values or len(list_server_texts(node)) < len(values) or variable.take("enum") is None:
        return None
    return make_list(tuple(make_map(value.place, value=value) for value in values), variable.place)


def list_server_texts(node: Node | None) -> tuple[str, ...]:
    """Return the texts in a list, which may hold other values as well."""
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(text for item in items if (text := get_text(item)) is not None)
