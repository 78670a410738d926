"""Withhold credentials that texts of foreign documents show: in sample requests and bodies, in cookies and in prose.

Nothing tells a live value from a dummy. What announces a value is the name before it; a value is told from a word by
its digits, unless it is in an address, where no word follows a name.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import chain
from typing import Final

from authscribe.findings.finding import Place
from authscribe.findings.rules.pasted_secret import report_shown_secrets
from authscribe.model.credential_names import (
    is_clear_credential,
    is_value_public,
    may_be_credential,
    may_be_live_credential,
)
from authscribe.model.draft import (
    Draft,
    Entry,
    KeyOutcome,
    ListNode,
    MapNode,
    Node,
    Outcome,
    ScalarNode,
    get_text,
    list_scalar_places,
)
from authscribe.model.stand_ins import USER_INFORMATION, is_dummy
from authscribe.readers.pasted_secrets import mask

_VALUE: Final = re.compile(r"(?<=[\s\"'`*\\=>:])(?!(?<=>)@)[\w+/.~@!#$%^-]{7,}[\w+/$!#^]={0,2}")
"""Matches what may be a value: not the host after a placeholder, as in `<password>@host`.

Without what is before it, most words in addresses would match, and to try each end of another word would take quadratic
time.
"""
_DIGIT: Final = re.compile("[0-9]")
_WORD: Final = re.compile(r"[^\W_]{8,}|[^\s/._-]{8,}")
_SHORTEST_TEXT: Final = 14
"""Fewest characters of a text with a name and a value."""
_LONGEST_START: Final = 100
"""Most characters before a value that are looked at."""
_START: Final = re.compile(
    r"""
    (?P<name> [a-z][\w-]* ) ["'`*\\]*
        (?: \s* (?: :(?=[\s"'`*\\]) | (?P<equals>=>?) ) | > | (?P<prose>\s+is\s) ) [\s"'`*\\]*
        (?: token \s+ )? $
    | \b (?P<scheme> bearer | basic ) \s+ $
    | \b cookie ["']? : \s* ["']? [\w.-]+ = $
    | \s (?: -u | --user ) \s+ ["']? [^\s:"']+ : $
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Matches what announces a value: a name, an authentication scheme, a cookie, and the user of curl."""
_QUERY_FIELD: Final = re.compile(
    r"""[?&](?P<name>[\w.-]+)=(?P<value>(?:[^]\s&#"'`<>()[]|\([^\s?&()]*\))+)(?<![.,:;*])"""
)
"""Matches a field in the query of an address (RFC 3986 section 3.4)."""
_CHOICES: Final = "enum"
_CONDITION: Final = "visible_when"


def withhold_shown(draft: Draft) -> Draft:
    """Return a draft with each value in its texts replaced by as many `x`, and one finding about all of them.

    Choices of which one shows a value, or is one by the name of its secret, are left out, and a default that is one of
    them: with a part masked, it would be another choice. A setting whose condition is about the value of a secret
    becomes optional instead.
    """
    texts = list(chain.from_iterable(_list_texts(definition.node) for definition in draft.definitions))
    # In a catalogue, most texts are there many times.
    shown = {text for text in {text for text, _ in texts} if _find_spans(text)}
    left_out = chain.from_iterable(_list_left_out(definition.node) for definition in draft.definitions)
    places = sorted({*(place for text, place in texts if text in shown), *left_out})
    if not places:
        return draft
    nodes = [_mask(definition.node, {*places}) for definition in draft.definitions]
    pairs = zip(draft.definitions, nodes, strict=True)
    hidden = (KeyOutcome("", place, Outcome.WITHHELD, 0, values=(place,)) for place in places)
    return draft._replace(
        definitions=tuple(definition._replace(node=node) for definition, node in pairs if isinstance(node, MapNode)),
        findings=(*draft.findings, report_shown_secrets(tuple(places))),
        key_outcomes=(*draft.key_outcomes, *hidden),
    )


def shows_credential(node: Node) -> bool:
    """Return whether a text in a value shows a credential."""
    return any(_find_spans(text) for text, _ in _list_texts(node))


def _list_texts(root: Node) -> Iterator[tuple[str, Place]]:
    """Yield the texts of a node that are long enough for a name and a value."""
    # Most nodes are scalars, which need not be put aside.
    remaining: list[Iterable[Node]] = [(root,)]
    while remaining:
        for node in remaining.pop():
            if isinstance(node, MapNode):
                remaining.append([entry.node for entry in node.entries])
            elif isinstance(node, ListNode):
                remaining.append(node.items)
            elif isinstance(node.value, str) and len(node.value) >= _SHORTEST_TEXT:
                yield node.value, node.place


def _list_left_out(definition: MapNode) -> Iterator[Place]:
    """Yield the place of each choice that may be a live credential, and of the values of secrets in conditions.

    They are facts about what the owner supplies.
    """
    required = _list_settings(definition, "required")
    settings = [*required, *_list_settings(definition, "parameters")]
    # Methods would take several times longer, and few settings have either.
    choices = [(secret, entry.node) for secret in required for entry in secret.entries if entry.key == _CHOICES]
    conditions = [entry.node for setting in settings for entry in setting.entries if entry.key == _CONDITION]
    for secret, node in choices:
        if get_text(secret.find("secret")) != "no":
            name = get_text(secret.find("name")) or ""
            values = _list_choices(node)
            yield from (value.place for value in values if may_be_live_credential(name, get_text(value) or ""))
    secrets = (*required, *_list_settings(definition, "injected")) if conditions else ()
    stated = ((get_text(secret.find("secret")), get_text(secret.find("name")) or "") for secret in secrets)
    hidden = {name for secrecy, name in stated if not is_value_public(secrecy, name)}
    for name, _, node in chain.from_iterable(node.entries for node in conditions if isinstance(node, MapNode)):
        yield from list_scalar_places(node) if name in hidden else ()


def _list_settings(definition: MapNode, role: str) -> list[MapNode]:
    listed = definition.find(role)
    return [item for item in listed.items if isinstance(item, MapNode)] if isinstance(listed, ListNode) else []


def _list_choices(node: Node) -> Iterator[Node]:
    """Yield the values of choices."""
    items = node.items if isinstance(node, ListNode) else ()
    values = (item.find("value") for item in items if isinstance(item, MapNode))
    return (value for value in values if value is not None)


def _is_withheld(entry: Entry, places: Container[Place]) -> bool:
    """Return whether an entry has choices, or the only one as a default, or conditions, that are left out."""
    if entry.key == _CONDITION:
        return any(place in places for place in list_scalar_places(entry.node))
    is_default = entry.key == "default" and isinstance(entry.node, ScalarNode)
    values = _list_choices(entry.node) if entry.key == _CHOICES else (entry.node,) if is_default else ()
    return any(value.place in places for value in values)


def _mask(node: Node, places: Container[Place]) -> Node:
    """Return a node without the values in its texts at these places, and without what is left out at them."""
    if isinstance(node, ListNode):
        return node._replace(items=tuple(_mask(item, places) for item in node.items))
    if isinstance(node, MapNode):
        kept = [entry for entry in node.entries if not _is_withheld(entry, places)]
        entries = [entry._replace(node=_mask(entry.node, places)) for entry in kept]
        if node.find(_CONDITION) is not None and _CONDITION not in {entry.key for entry in kept}:
            entries.append(Entry("optional", node.place, ScalarNode(value=True, place=node.place)))
        return node._replace(entries=tuple({entry.key: entry for entry in entries}.values()))
    if isinstance(node.value, str) and node.place in places:
        return node._replace(value=mask(node.value, _find_spans(node.value)))
    return node


def _find_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each value in a text, in order."""
    # Most texts have neither.
    spans = [*_find_values(text)] if _DIGIT.search(text) else []
    spans += _find_address_values(text) if "=" in text or "@" in text else ()
    return sorted(spans)


def _find_values(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each value with digits that something before it announces."""
    for match in _VALUE.finditer(text):
        if not _DIGIT.search(match[0]):
            continue
        start = _START.search(text, max(0, match.start() - _LONGEST_START), match.start())
        if start is not None and not is_dummy(match[0]) and _announces(start, match[0]):
            yield match.span()


def _find_address_values(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each password in an address, and of each field whose name is that of a credential only."""
    for match in USER_INFORMATION.finditer(text):
        if may_be_live_credential("password", match["password"] or ""):
            yield match.span("password")
    for match in _QUERY_FIELD.finditer(text):
        if is_clear_credential(match["name"]) and may_be_live_credential(match["name"], match["value"]):
            yield match.span("value")


def _announces(start: re.Match[str], value: str) -> bool:
    """Return whether what is before a value announces a credential that the value may be."""
    name = start["name"]
    if name is None:
        return start["scheme"] is None or _is_random(value)
    # A key in prose may be that of a table or a cache, and a word with digits in it may tell what a secret is.
    is_clear = start["equals"] is not None or (name.lower() != "key" and (start["prose"] is None or _is_mixed(value)))
    return is_clear and _is_random(value) and may_be_credential(name, value)


def _is_random(value: str) -> bool:
    """Return whether a value is no word, and no words with a number."""
    return any(map(_DIGIT.search, _WORD.findall(value)))


def _is_mixed(value: str) -> bool:
    return value.lower() != value and value.upper() != value
