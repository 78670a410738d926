"""The names of one provider: its fields, what they are called on the wire, and what its templates refer to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, text_of
from authscribe.readers.foreign.nango.modes import ACCESS, REFRESH
from authscribe.readers.foreign.nango.templates import Expression, find_innermost, parse_parts
from authscribe.readers.foreign.tracking import TrackedMapping

CREDENTIALS: Final = "credentials"
_ASSERTION: Final = "assertion_option"
_INTEGRATION: Final = "integration_config"
GROUPS: Final[Mapping[str, str]] = {
    CREDENTIALS: "credentials",
    _ASSERTION: "assertionOption",
    "connection_config": "connectionConfig",
    _INTEGRATION: "integrationConfig",
}
"""The groups of fields, and what each is called in a reference."""

SUPPLIED: Final = (CREDENTIALS, _ASSERTION)
"""The groups in which a field may be secret without saying so; an assertion is signed with a key among its options."""

_UNDECLARED: Final = re.compile(rf"({'|'.join((*GROUPS.values(), 'connection_config'))})\.([^\s(){{}}$,]+)")
_SPELLINGS: Final = {"clientId": "client_id", "clientSecret": "client_secret"}
_STORED: Final = {"access_token": ACCESS, "token": ACCESS, "refresh_token": REFRESH}
"""What a mode obtains, by the names under which the vendor stores it among the credentials."""

_ANSWER: Final = re.compile(r"raw\..+|_cookies")
"""What the vendor stores of the answer that brought the token: its body, and the cookies that it sets."""

_CAPTURED: Final = (
    "connection_configuration",
    "redirect_uri_metadata",
    "refresh_token_response_metadata",
    "token_response_metadata",
    "webhook_response_metadata",
)
"""SchemeLists of names that the vendor fills itself: from answers, callbacks and scripts."""


@dataclass(frozen=True, slots=True)
class Field:
    """A setting of a provider; `name` is its wire name, `entry` is absent where nothing declares it.

    `is_captured` says that the vendor fills it, `is_undeclared` that only a template names it.
    """

    group: str
    key: str
    name: str
    place: Place
    entry: Entry | None = None
    is_captured: bool = False
    is_undeclared: bool = False

    @property
    def reference(self) -> str:
        """How templates refer to it."""
        return f"{GROUPS[self.group]}.{self.key}"


class Scope:
    """What the templates of a provider can name, by reference."""

    def __init__(self, fields: Iterable[Field], tokens: Iterable[str]) -> None:
        self.fields = tuple(fields)
        self._names = {token: token for token in tokens}
        for field in self.fields:
            self._names[field.reference] = field.name
            if field.group == "connection_config":
                self._names[f"connection_config.{field.key}"] = field.name
            if field.group == CREDENTIALS:
                self._names.setdefault(field.key, field.name)
        for spelling, key in _SPELLINGS.items():
            if key in self._names:
                self._names.setdefault(spelling, self._names[key])
        for key, token in _STORED.items():
            if token in self._names:
                self._names.setdefault(f"{CREDENTIALS}.{key}", token)
        # What the integration is configured with counts among the credentials of each of its connections.
        for field in self.fields:
            if field.group == _INTEGRATION:
                self._names.setdefault(f"{CREDENTIALS}.{field.key}", field.name)

    def name(self, expression: str) -> str | None:
        """The wire name that an expression stands for; None where it is more than a reference."""
        return self._names.get(expression)

    def value(self, template: str) -> str | None:
        """The template as a placement has it: `{name}`; None where an expression is more than a reference."""
        return self._filled(template, "{{{}}}", lambda text: text.replace("{", "{{").replace("}", "}}"))

    def address(self, template: str) -> str | None:
        """The template as an endpoint has it: `${name}`; None where an expression is more than a reference."""
        return self._filled(template, "${{{}}}", lambda text: text)

    def _filled(self, template: str, hole: str, literal: Callable[[str], str]) -> str | None:
        pieces: list[str] = []
        for part in parse_parts(template):
            name = self.name(part.text) if isinstance(part, Expression) else None
            if isinstance(part, Expression) and (name is None or set("{}") & set(name)):
                return None
            pieces.append(literal(part) if isinstance(part, str) else hole.format(name))
        return "".join(pieces)


def build_scope(provider: TrackedMapping, standard: Iterable[str], tokens: Iterable[str], place: Place) -> Scope:
    """The scope of a provider: fields that it declares, that its mode asks for, that its templates name.

    Where two groups have a field of one name, both are called as references are: `credentials.key`. `place` is
    where the mode is stated.
    """
    tokens = tuple(tokens)
    declared = tuple(_declared(provider))
    present = {field.key for field in declared if field.group == CREDENTIALS}
    asked = [Field(CREDENTIALS, key, key, place) for key in standard if key not in present]
    taken = Counter([field.key for field in declared] + [field.key for field in asked] + list(tokens))
    fields = [replace(field, name=field.reference) if taken[field.key] > 1 else field for field in declared] + asked
    return Scope((*fields, *_undeclared(provider.node, Scope(fields, tokens))), tokens)


def _declared(provider: TrackedMapping) -> Iterator[Field]:
    for group in GROUPS:
        node = provider.peek(group)
        for entry in node.entries if isinstance(node, MapNode) else ():
            yield Field(group, entry.key, entry.key, entry.place, entry)


def _undeclared(node: MapNode, scope: Scope) -> Iterator[Field]:
    """A field for each thing that a template refers to and nothing declares, where it is named first."""
    captured = {name: item.place for key in _CAPTURED for item in _items(node.find(key)) if (name := text_of(item))}
    names = {field.name for field in scope.fields}
    groups = {reference: group for group, reference in GROUPS.items()} | {"connection_config": "connection_config"}
    found: dict[tuple[str, str], None] = {}
    for expression, place in _expressions(node):
        match = _UNDECLARED.fullmatch(expression)
        if match is None or scope.name(expression) is not None:
            continue
        group, key = groups[match[1]], match[2]
        if (group, key) in found or _is_part(key, group, scope):
            continue
        found[group, key] = None
        is_captured = key in captured or (group == CREDENTIALS and _ANSWER.fullmatch(key) is not None)
        field = Field(group, key, key, captured.get(key, place), None, is_captured, not is_captured)
        yield replace(field, name=field.reference) if key in names else field
        names.add(key)


def _is_part(key: str, group: str, scope: Scope) -> bool:
    """Whether a reference is to a part of a value: `credentials.privateKey.id`."""
    whole = accumulate(key.split(".")[:-1], lambda before, word: f"{before}.{word}")
    return any(scope.name(f"{GROUPS[group]}.{prefix}") is not None for prefix in whole)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else ()


def _expressions(node: MapNode) -> Iterator[tuple[str, Place]]:
    """Every innermost expression of the provider, but for what its fields say of themselves."""
    waiting: list[Node] = [entry.node for entry in reversed(node.entries) if entry.key not in GROUPS]
    while waiting:
        item = waiting.pop()
        match item:
            case ScalarNode(value=str() as value) if "${" in value:
                for expression in find_innermost(value):
                    yield expression, item.place
            case ListNode(items=items):
                waiting += reversed(items)
            case MapNode(entries=entries):
                waiting += [entry.node for entry in reversed(entries)]
