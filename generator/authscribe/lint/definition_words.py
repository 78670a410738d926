"""Check the words in definitions of which others than authscribe keep the list, which may grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.wrong_value import report_unknown_value
from authscribe.model.client_authentication import STRENGTHS
from authscribe.model.definitions import Connector, Scheme, Setting
from authscribe.model.draft import MapNode
from authscribe.resolve.merge import locate_value

_FORMATS: Final = (
    # JSON Schema 2020-12, Validation section 7.3.
    "date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri",
    "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference", "uri-template",
    "uuid",
    # OpenAPI Format Registry.
    "base64url", "binary", "byte", "char", "commonmark", "decimal", "decimal128", "double", "double-int", "float",
    "html", "http-date", "int8", "int16", "int32", "int64", "media-range", "password", "uint8", "uint16", "uint32",
    "uint64", "unixtime",
    # server.json of MCP.
    "filepath",
)  # fmt: skip


def check_format(setting: Setting, node: MapNode) -> Iterator[Finding]:
    """Yield a finding if no standard has the format of a setting."""
    yield from _check_word("format", setting.format, node, _FORMATS)


def check_client_authentication(definition: Scheme | Connector, node: MapNode) -> Iterator[Finding]:
    """Yield a finding if a method of client authentication is neither registered nor a URI (RFC 7591 section 2)."""
    oauth = node.find("oauth")
    method = definition.oauth.client_authentication if definition.oauth is not None else None
    if isinstance(oauth, MapNode) and ":" not in (method or ""):
        yield from _check_word("client_authentication", method, oauth, tuple(map(str, STRENGTHS)))


def _check_word(key: str, word: str | None, node: MapNode, known: Iterable[str]) -> Iterator[Finding]:
    """Yield a warning about an unknown word: other programs ignore it, unless they know more than we do."""
    if word is not None and word not in known:
        yield report_unknown_value(key, word, locate_value(node, key), known)._replace(severity=Severity.WARNING)
