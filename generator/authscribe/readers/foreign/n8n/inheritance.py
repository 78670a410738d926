"""Merge the properties of a credential type with those of the types that it extends, as n8n does.

n8n (`getCredentialsProperties` and `mergeNodeProperties`) replaces a property by a later one of the same name in place,
and leaves out properties that are marked with `doNotInherit`. Types of n8n that those of other packages extend are
known here without their document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.cyclic_extends import report_cyclic_extends
from authscribe.findings.rules.too_large import report_many_inherited
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.draft import ListNode, MapNode, get_text, to_node
from authscribe.model.repetitions import Repetitions, count_nodes
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import parse_boolean

OAUTH1: Final = "oAuth1Api"
OAUTH2: Final = "oAuth2Api"
BASIC: Final = "httpBasicAuth"

KINDS: Final = {
    "httpDigestAuth": "http_digest", "httpHeaderAuth": "api_key", "httpQueryAuth": "api_key", "httpSslAuth": "mtls",
    "jwtAuth": "jwt", "aws": "aws_sigv4",
}  # fmt: skip
"""Kinds of types whose requests only n8n's code states."""

_WELL_KNOWN: Final = frozenset({OAUTH1, OAUTH2, BASIC, *KINDS})
"""Types of which it matters what extends them."""

_TEXT: Final = {"type": "string", "default": ""}
_URL: Final = {**_TEXT, "required": True}
_SECRET: Final = {**_URL, "typeOptions": {"password": True}}
_DYNAMIC: Final = "useDynamicClientRegistration"
_KNOWN_CLIENT: Final = {"displayOptions": {"show": {_DYNAMIC: [False]}}}
_USER: Final = {"displayOptions": {"show": {"grantType": ["authorizationCode", "pkce"], _DYNAMIC: [False]}}}
_GRANTS: Final = [{"value": value} for value in ("authorizationCode", "clientCredentials", "pkce")]
_BUILT_IN: Final[Mapping[str, tuple[dict[str, object], ...]]] = {
    OAUTH2: (
        {"name": _DYNAMIC, "type": "hidden", "default": False},
        {"name": "grantType", "type": "options", "options": _GRANTS, "default": "authorizationCode"},
        {"name": "serverUrl", **_URL, "displayOptions": {"show": {_DYNAMIC: [True]}}},
        {"name": "authUrl", **_URL, **_USER},
        {"name": "accessTokenUrl", **_URL, **_KNOWN_CLIENT},
        {"name": "clientId", **_URL, **_KNOWN_CLIENT},
        {"name": "clientSecret", **_SECRET, **_KNOWN_CLIENT},
        {"name": "scope", **_TEXT, **_KNOWN_CLIENT},
        {"name": "authQueryParameters", **_TEXT, **_USER},
        {
            "name": "authentication",
            "type": "options",
            "options": [{"value": "body"}, {"value": "header"}],
            "default": "header",
            **_KNOWN_CLIENT,
        },
    ),
    OAUTH1: (
        {"name": "authUrl", **_URL},
        {"name": "accessTokenUrl", **_URL},
        {"name": "consumerKey", **_SECRET},
        {"name": "consumerSecret", **_SECRET},
        {"name": "requestTokenUrl", **_URL},
    ),
    BASIC: (
        {"name": "user", **_TEXT},
        {"name": "password", **_TEXT, "typeOptions": {"password": True}},
    ),
}

_OF_ONE_PROVIDER: Final[Mapping[str, Mapping[str, dict[str, object]]]] = {
    "googleOAuth2Api": {
        "grantType": {"type": "hidden", "default": "authorizationCode"},
        "authUrl": {"type": "hidden", "default": "https://accounts.google.com/o/oauth2/v2/auth"},
        "accessTokenUrl": {"type": "hidden", "default": "https://oauth2.googleapis.com/token"},
        "authQueryParameters": {"type": "hidden", "default": "access_type=offline&prompt=consent"},
        "authentication": {"type": "hidden", "default": "body"},
    },
    "microsoftOAuth2Api": {
        "grantType": {"type": "hidden", "default": "authorizationCode"},
        "authUrl": {**_TEXT, "default": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"},
        "accessTokenUrl": {**_TEXT, "default": "https://login.microsoftonline.com/common/oauth2/v2.0/token"},
        "authQueryParameters": {"type": "hidden", "default": "response_mode=query"},
        "authentication": {"type": "hidden", "default": "body"},
    },
}
"""Types of n8n that extend the one for OAuth 2, with what all versions of them replace."""


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Well-known types among a type and its ancestors, its merged properties in order, and parents not known.

    Only the properties of a type that extends no other may have one name.
    """

    names: frozenset[str]
    properties: tuple[MapNode, ...]
    findings: tuple[Finding, ...] = ()


def find_ancestries(types: Mapping[str, MapNode]) -> dict[str, Ancestry | Finding]:
    """Return the ancestry of each type; for one in a circle, or that extends one, the finding about the circle.

    If types inherit too much, the finding about that is for all that extend others.
    """
    ancestries: dict[str, Ancestry | Finding] = {}
    merger = _Merger(types)
    for name in types:
        _resolve(name, merger, ancestries)
    if merger.excess is not None:
        ancestries |= dict.fromkeys((name for name, node in types.items() if _list_parents(node)), merger.excess)
    return ancestries


def _resolve(name: str, merger: _Merger, ancestries: dict[str, Ancestry | Finding]) -> None:
    """Add the ancestries of a type and of all types above it; a stack of its own, since chains may be long."""
    types = merger.types
    path: dict[str, Iterator[str]] = {}
    current: str | None = name if name not in ancestries else None
    while current is not None:
        parents = path.setdefault(current, iter(_list_parents(types[current])))
        parent = next((each for each in parents if each in types and each not in ancestries), None)
        if parent is None:
            path.pop(current)
            ancestries[current] = merger.merge(current, ancestries)
            current = next(reversed(path), None)
        elif parent in path:
            members = (*path,)[(*path,).index(parent) :]
            finding = report_cyclic_extends((*members, parent), _find_place(types[parent]))
            ancestries.update(dict.fromkeys(members, finding))
            for member in members:
                path.pop(member)
            current = next(reversed(path), None)
        else:
            current = parent


class _Merger:
    """Merger of types with those that they extend; `excess` is the finding that they inherit too much."""

    def __init__(self, types: Mapping[str, MapNode]) -> None:
        self.types = types
        self._names = Vocabulary(types)
        self._repetitions = Repetitions(len(types))
        self.excess: Finding | None = None

    def merge(self, name: str, ancestries: Mapping[str, Ancestry | Finding]) -> Ancestry | Finding:
        """Return the ancestry of a type of whose parents the ancestries are known."""
        node = self.types[name]
        properties: dict[str, MapNode] = {}
        names = _WELL_KNOWN & {name}
        findings: list[Finding] = []
        parents = _list_parents(node)
        for parent in parents:
            ancestry = self._limit(ancestries.get(parent) or _find_built_in(parent, node.place), node)
            if isinstance(ancestry, Finding):
                return ancestry
            if ancestry is None:
                findings.append(report_undeclared_name("credential type", parent, _find_place(node), self._names))
                ancestry = _assume_parent(node)
            if ancestry is None:
                continue
            names |= ancestry.names
            properties |= _index(ancestry.properties)
        if not parents:
            return Ancestry(names, tuple(list_properties(node)))
        properties |= _index(list_properties(node))
        return Ancestry(names, tuple(properties.values()), tuple(findings))

    def _limit(self, inherited: Ancestry | Finding | None, heir: MapNode) -> Ancestry | Finding | None:
        """Return what a type inherits, or a finding, the same one for all types, once it is too much."""
        if not isinstance(inherited, Ancestry) or self.excess is not None:
            return self.excess or inherited
        if not self._repetitions.add(sum(map(count_nodes, inherited.properties))):
            limit = self._repetitions.limit
            self.excess = report_many_inherited(_find_place(heir), limit=limit, noun="credential types")
        return self.excess or inherited


def _find_built_in(name: str, place: Place) -> Ancestry | None:
    known = OAUTH2 if name in _OF_ONE_PROVIDER else name
    if known not in _BUILT_IN:
        return None
    own = _OF_ONE_PROVIDER.get(name, {})
    properties = ({"name": each["name"], **own.get(str(each["name"]), each)} for each in _BUILT_IN[known])
    nodes = (to_node(declared, place) for declared in properties)
    return Ancestry(frozenset({known}), tuple(node for node in nodes if isinstance(node, MapNode)))


def _assume_parent(node: MapNode) -> Ancestry | None:
    """Return the type for OAuth 2 in place of an unknown parent of a type that states where it gets tokens."""
    names = {get_text(declared.find("name")) for declared in list_properties(node)}
    is_oauth2 = "accessTokenUrl" in names and "requestTokenUrl" not in names
    return _find_built_in(OAUTH2, node.place) if is_oauth2 else None


def list_properties(node: MapNode) -> Iterator[MapNode]:
    """Return the properties that a type declares itself."""
    items = node.find("properties")
    return (item for item in items.items if isinstance(item, MapNode)) if isinstance(items, ListNode) else iter(())


def _index(properties: Iterable[MapNode]) -> dict[str, MapNode]:
    """Return the properties that a type inherits or adds by name, the last of each name."""
    named = ((get_text(node.find("name")), node) for node in properties)
    return {name: node for name, node in named if name and parse_boolean(node.find("doNotInherit")) is not True}


def _list_parents(node: MapNode) -> tuple[str, ...]:
    return list_texts(node.find("extends"))


def _find_place(node: MapNode) -> Place:
    parents = node.find("extends")
    return parents.place if parents is not None else node.place
