"""Find the names of one Nango provider: its fields, their wire names, and what its templates refer to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.model.naming import WIRE_NAME_LIMIT
from authscribe.model.nango import (
    ACCESS,
    CAPTURED_LISTS,
    CONNECTION,
    CREDENTIALS,
    GROUPS,
    INTEGRATION,
    REFRESH,
    RENEWING,
    VERBATIM_KEYS,
    VERIFICATION,
)
from authscribe.model.placement_template import is_response
from authscribe.readers.foreign.nango.templates import find_innermost, parse_parts, split_alternatives
from authscribe.readers.foreign.tracking import TrackedMapping, parse_boolean

_UNDECLARED: Final = re.compile(rf"({'|'.join((*GROUPS.values(), 'connection_config'))})\.([^\s(){{}}$,]+)")
_GROUPS_BY_REFERENCE: Final = {reference: group for group, reference in GROUPS.items()} | {CONNECTION: CONNECTION}
_SPELLINGS: Final = {"clientId": "client_id", "clientSecret": "client_secret"}
_STORED_TOKENS: Final = {
    f"{CREDENTIALS}.access_token": ACCESS,
    f"{CREDENTIALS}.token": ACCESS,
    f"{CREDENTIALS}.refresh_token": REFRESH,
    RENEWING: REFRESH,
}
"""Tokens by the references to them under the names by which Nango stores them."""

_STORED_RESPONSE: Final = re.compile(r"raw\..+|_cookies")
"""Credentials that Nango stores from the response that brought the token: its body and its cookies."""


class ProviderField(NamedTuple):
    """Setting of a provider; `name` is its wire name, and `entry` its declaration, if any.

    `is_captured` is set if Nango fills it in, `is_undeclared` if only templates name it, and `is_optional` if its mode
    can do without it.
    """

    group: str
    key: str
    name: str
    place: Place
    entry: Entry | None = None
    is_captured: bool = False
    is_undeclared: bool = False
    is_optional: bool = False

    @property
    def reference(self) -> str:
        """Name of the field in templates."""
        return f"{GROUPS[self.group]}.{self.key}"


class ProviderScope:
    """Names that the templates of a provider can refer to."""

    def __init__(self, fields: Iterable[ProviderField], tokens: Iterable[str]) -> None:
        self.fields = tuple(fields)
        entries = {(field.group, field.key): field.entry for field in self.fields}
        self._declarations = {key: entry.node for key, entry in entries.items() if entry is not None}
        self._names = {token: token for token in tokens}
        for field in self.fields:
            self._names[field.reference] = field.name
            if field.group == CONNECTION:
                self._names[f"connection_config.{field.key}"] = field.name
            if field.group == CREDENTIALS:
                self._names.setdefault(field.key, field.name)
        for spelling, key in _SPELLINGS.items():
            if key in self._names:
                self._names.setdefault(spelling, self._names[key])
        for reference, token in _STORED_TOKENS.items():
            if token in self._names:
                self._names.setdefault(reference, token)
        # The configuration of an integration counts among the credentials of each of its connections. Some providers
        # name their own fields without the group, as Nango does for credentials only.
        for field in self.fields:
            if field.group == INTEGRATION:
                self._names.setdefault(f"{CREDENTIALS}.{field.key}", field.name)
            self._names.setdefault(field.key, field.name)

    def find_declaration(self, group: str, key: str) -> MapNode | None:
        """Return what the provider declares about a field; None if it is not declared, or no more than a name."""
        node = self._declarations.get((group, key))
        return node if isinstance(node, MapNode) else None

    @cached_property
    def has_marks(self) -> bool:
        """Return whether the provider marks any of its credentials as secret; options of an assertion have no marks."""
        declared = (node for (group, _), node in self._declarations.items() if group == CREDENTIALS)
        return any(isinstance(node, MapNode) and parse_boolean(node.find("secret")) is True for node in declared)

    def find_name(self, expression: str) -> str | None:
        """Return the wire name that an expression refers to; None if it is more than a reference."""
        return self._names.get(expression)

    def to_placements(self, template: str) -> tuple[str, ...] | None:
        """Return the alternatives of a template with references as in placements, `{name}`.

        None if an expression is more than a reference.
        """
        return self._fill_all(template, "{{{}}}", lambda text: text.replace("{", "{{").replace("}", "}}"), 0)

    def to_urls(self, template: str, responses: int = 0) -> tuple[str, ...] | None:
        """Return the alternatives of a template with references as in endpoints, `${name}`.

        None if an expression is more than a reference. `responses` is the number of those that came before.
        """
        return self._fill_all(template, "${{{}}}", lambda text: text, responses)

    def _fill_all(
        self, template: str, reference: str, escape: Callable[[str], str], responses: int
    ) -> tuple[str, ...] | None:
        if "${" not in template:
            return (escape(template),)
        sides = [self._fill(side, reference, escape, responses) for side in split_alternatives(template)]
        filled = tuple(side for side in sides if side is not None)
        return filled if len(filled) == len(sides) else None

    def _fill(self, template: str, reference: str, escape: Callable[[str], str], responses: int) -> str | None:
        pieces: list[str] = []
        for part in parse_parts(template):
            if isinstance(part, str):
                pieces.append(escape(part))
                continue
            name = part.text if is_response(part.text, responses) else self.find_name(part.text)
            if name is None or {"{", "}"} & set(name):
                return None
            pieces.append(reference.format(name))
        return "".join(pieces)


def build_scope(
    provider: TrackedMapping, mode_fields: Iterable[str], tokens: Iterable[str], place: Place
) -> ProviderScope:
    """Return the scope of a provider: fields that it declares, that its mode asks for and that its templates name.

    Fields of the same name in two groups both get the name that they have in references, as in `credentials.key`.
    `place` is the place of the mode.
    """
    tokens = tuple(tokens)
    declared = tuple(_list_declared(provider))
    credentials = {field.key for field in declared if field.group == CREDENTIALS}
    added = [ProviderField(CREDENTIALS, key, key, place) for key in mode_fields if key not in credentials]
    uses = Counter([field.key for field in declared] + [field.key for field in added] + list(tokens))
    fields = [field._replace(name=field.reference) if uses[field.key] > 1 else field for field in declared] + added
    scope = ProviderScope(fields, tokens)
    undeclared = tuple(_find_undeclared(provider.node, scope))
    return ProviderScope((*fields, *undeclared), tokens) if undeclared else scope


def _list_declared(provider: TrackedMapping) -> Iterator[ProviderField]:
    for group in GROUPS:
        node = provider.peek(group)
        for entry in node.entries if isinstance(node, MapNode) else ():
            yield ProviderField(group, entry.key, entry.key, entry.place, entry)


def _find_undeclared(node: MapNode, scope: ProviderScope) -> Iterator[ProviderField]:
    """Yield a field for each reference to something that is not declared, at the place of the first one."""
    undeclared = [
        (match, place)
        for expression, place in _list_expressions(node)
        if scope.find_name(expression) is None and (match := _UNDECLARED.fullmatch(expression))
    ]
    # Most providers declare all that they refer to.
    if not undeclared:
        return
    captured = {
        name: item.place for key in CAPTURED_LISTS for item in _list_items(node.find(key)) if (name := get_text(item))
    }
    names = {field.name for field in scope.fields}
    seen: set[tuple[str, str]] = set()
    for match, place in undeclared:
        group, key = _GROUPS_BY_REFERENCE[match[1]], match[2]
        if (group, key) in seen or _is_part(key, group, scope):
            continue
        seen.add((group, key))
        is_captured = key in captured or (group == CREDENTIALS and _STORED_RESPONSE.fullmatch(key) is not None)
        field = ProviderField(group, key, key, captured.get(key, place), None, is_captured, not is_captured)
        yield field._replace(name=field.reference) if key in names else field
        names.add(key)


def _is_part(key: str, group: str, scope: ProviderScope) -> bool:
    """Return whether a reference is to a part of a value, as `credentials.privateKey.id` is."""
    # No name is longer, so that longer prefixes need not be looked up.
    words = key[:WIRE_NAME_LIMIT].split(".")[:-1]
    prefixes = accumulate(words, lambda before, word: f"{before}.{word}")
    return any(scope.find_name(f"{GROUPS[group]}.{prefix}") is not None for prefix in prefixes)


def _list_items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else ()


def _list_expressions(node: MapNode) -> Iterator[tuple[str, Place]]:
    """Yield every innermost expression that Nango fills in, in document order; the declared fields have none."""
    stack: list[Entry] = [entry for entry in reversed(node.entries) if entry.key not in GROUPS]
    while stack:
        key, _, item = stack.pop()
        if isinstance(item, MapNode):
            left = VERBATIM_KEYS if key == VERIFICATION else ()
            stack += [entry for entry in reversed(item.entries) if entry.key not in left]
        elif isinstance(item, ListNode):
            stack += (Entry(key, item.place, each) for each in reversed(item.items))
        elif isinstance(item.value, str) and "${" in item.value:
            for expression in find_innermost(item.value):
                yield expression, item.place
