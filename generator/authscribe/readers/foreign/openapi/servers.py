"""Servers: the address of the API of an OpenAPI document, and what varies in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, Value, text_of
from authscribe.readers.foreign.scheme_lists import SchemeLists, SchemeSetting, take_default
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Server:
    """The address of the API, and what varies in it."""

    endpoint: MapNode | None = None
    variables: tuple[SchemeSetting, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables."""
        return tuple(variable.wire for variable in self.variables)

    def parameters(self, beside: tuple[str, ...]) -> Node | Value:
        """The variables as a list of parameters, in classes with the secrets `beside` them."""
        if self.endpoint is None:
            return None
        return SchemeLists(self.variables, other_names=beside).to_nodes(self.endpoint.place)["parameters"]


def find_server(document: TrackedMapping) -> Server:
    """The server that a document names, of several the first, in the words of its version."""
    return _host(document) if document.peek("swagger") is not None else _first_listed(document)


def _host(document: TrackedMapping) -> Server:
    """Swagger 2.0: `host`, `basePath` and `schemes`; without `schemes`, that of the document, here taken as https."""
    if not re.fullmatch(r"[^/\s]+", text_of(document.peek("host")) or ""):
        return Server()
    host, base = document.take_text("host"), document.take_text("basePath")
    schemes = _words(document.peek("schemes"))
    if len(schemes) == 1:
        document.take("schemes")
    scheme = "https" if "https" in schemes or not schemes else schemes[0]
    path = str(base.value).lstrip("/") if base is not None else ""
    url = f"{scheme}://{host.value if host is not None else ''}"
    return Server(make_map(host.place if host is not None else document.place, url=f"{url}/{path}" if path else url))


def _first_listed(document: TrackedMapping) -> Server:
    """OpenAPI 3: the first server; a relative address says nothing without that of the document."""
    server = _encrypted(document.children("servers"))
    url = server.peek("url") if server is not None else None
    if server is None or not isinstance(url, ScalarNode) or not isinstance(url.value, str):
        return Server()
    if not re.match(r"[a-z]+://|\{", url.value):
        return Server()
    server.take("url")
    declared = tuple(_variables(server.child("variables")))
    known = {variable.wire for variable in declared}
    undeclared = [name for name in dict.fromkeys(_VARIABLE.findall(url.value)) if name not in known]
    return Server(
        make_map(url.place, url=_VARIABLE.sub(r"${\1}", url.value)),
        (*declared, *(_undeclared_variable(name, url.place) for name in undeclared)),
        tuple(report_undeclared_name("server variable", name, url.place, known) for name in undeclared),
    )


def _encrypted(servers: Sequence[TrackedMapping]) -> TrackedMapping | None:
    """The first server, with encryption where its address is stated with and without, as in Swagger 2.0."""
    first = text_of(servers[0].peek("url")) or "" if servers else ""
    wanted = f"https://{first.removeprefix('http://')}"
    return next(
        (server for server in servers if text_of(server.peek("url")) == wanted), servers[0] if servers else None
    )


def _undeclared_variable(name: str, place: Place) -> SchemeSetting:
    facts = make_map(place, extras=make_map(place, undeclared=True))
    return SchemeSetting(ScalarNode(name, place), facts, is_secret=False)


def _variables(reading: TrackedMapping) -> Iterator[SchemeSetting]:
    for entry in reading.node.entries:
        if not isinstance(entry.node, MapNode):
            continue
        variable = reading.child(entry.key)
        choices = _choices(variable)
        facts = make_map(
            entry.place,
            description=variable.take_text("description"),
            default=take_default(variable, "default", of_type="string", choices=choices, is_secret=False),
            enum=choices,
            extras=variable.leftovers(),
        )
        yield SchemeSetting(ScalarNode(entry.key, entry.place), facts, is_secret=False)


def _choices(variable: TrackedMapping) -> ListNode | None:
    node = variable.peek("enum")
    values = node.items if isinstance(node, ListNode) else ()
    if not values or len(_words(node)) < len(values):
        return None
    variable.take("enum")
    return make_list(tuple(make_map(value.place, value=value) for value in values), variable.place)


def _words(node: Node | None) -> tuple[str, ...]:
    """The texts in a list."""
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(word for item in items if (word := text_of(item)) is not None)
