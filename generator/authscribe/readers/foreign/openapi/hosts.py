"""Read the address of an API from a Swagger document of version 2.0, which has one host.

Microsoft's extension `x-ms-parameterized-host` states a host with parameters, for which its tools ask when a client is
made (https://github.com/Azure/autorest/blob/main/docs/extensions/readme.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.model.draft import get_text
from authscribe.model.openapi import ORIGIN
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.openapi.references import Document
from authscribe.readers.foreign.openapi.servers import (
    Server,
    list_server_texts,
    make_server,
    read_first_server,
    read_variable,
    resolve_reference,
)
from authscribe.readers.foreign.scheme_lists import SchemeSetting
from authscribe.readers.foreign.tracking import TrackedMapping, parse_boolean, withhold_address

_TEMPLATE: Final = "x-ms-parameterized-host"
_PARAMETER_KEYS: Final = ("in", "required", "type")
"""Keys of a parameter that are the same for all in a host."""
_UNKNOWN_URL: Final = f"{{{ORIGIN}}}"
_UNKNOWN: Final = Server(url=_UNKNOWN_URL)
_HOST: Final = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?P<host>(?:\[[0-9a-f:.]+\]|[^/\s?#\[\]])[^/\s?#\[\]]*)(?P<path>/[^\s?#]*)?",
    re.IGNORECASE,
)
"""Matches a host; brackets are only around addresses of IPv6 (RFC 3986 section 3.2.2), and else mark placeholders."""


def find_server(document: TrackedMapping, source: Document) -> Server:
    """Return the first server that a document of any version names."""
    if document.peek("swagger") is None:
        return read_first_server(document)
    template = document.child(_TEMPLATE)
    return _read_host(document) if template.peek("hostTemplate") is None else _read_template(template, document, source)


def _read_host(document: TrackedMapping) -> Server:
    """Return the server at `host`; some write its scheme and a path into it, and even credentials."""
    node, path = document.peek("host"), get_text(document.peek("basePath")) or ""
    text = (get_text(node) or "").strip()
    host = _HOST.fullmatch(text)
    if holds_credential(f"://{text}{path}"):
        document.withhold("host")
        document.withhold("basePath")
        return _UNKNOWN
    if node is None or host is None:
        return Server(url=resolve_reference(_UNKNOWN_URL, path))
    document.take("host")
    scheme = (host["scheme"] or _take_scheme(document)).lower()
    return make_server(f"{scheme}://{host['host']}{_join_paths(host['path'], _take_path(document))}", node.place, ())


def _read_template(template: TrackedMapping, document: TrackedMapping, source: Document) -> Server:
    """Return the server at a host with parameters; one of them holds the scheme if `useSchemePrefix` is false."""
    if withhold_address(template, "hostTemplate"):
        return _UNKNOWN
    node = template.take_text("hostTemplate")
    holds_scheme = parse_boolean(template.peek("useSchemePrefix")) is False
    template.take_boolean("useSchemePrefix")
    prefix = "" if holds_scheme else f"{_take_scheme(document)}://"
    host = str(node.value) if node is not None else ""
    place = (node or template).place
    return make_server(
        f"{prefix}{_join_paths(host, _take_path(document))}", place, tuple(_read_parameters(template, source))
    )


def _read_parameters(template: TrackedMapping, source: Document) -> Iterator[SchemeSetting]:
    """Yield the parameters of a host; those that cannot be found are reported as variables without a declaration."""
    for declared in template.children("parameters"):
        target = source.follow(declared.node)
        parameter = declared if target is None or target[0] is declared.node else TrackedMapping(target[0])
        name = parameter.take_text("name")
        if name is not None:
            for key in _PARAMETER_KEYS:
                parameter.take(key)
            yield read_variable(name, parameter)


def _join_paths(start: str | None, path: str) -> str:
    """Return a path, or an address that may end with one, followed by another path."""
    return f"{(start or '').rstrip('/')}/{path}" if path else start or ""


def _take_path(document: TrackedMapping) -> str:
    path = document.take_text("basePath")
    return str(path.value).lstrip("/") if path is not None else ""


def _take_scheme(document: TrackedMapping) -> str:
    """Return the scheme; without any, the one by which the document was retrieved applies, taken to be https."""
    schemes = list_server_texts(document.peek("schemes"))
    if len(schemes) == 1:
        document.take("schemes")
    return "https" if "https" in schemes or not schemes else schemes[0]
