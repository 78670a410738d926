"""Parse the values of a configuration file, with a finding for each that the format does not allow.

They are parsed by hand: a run with nothing to do reads the configuration and nothing else, and pydantic would cost it
more than all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from authscribe.encoders.text import is_web_address
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode
from authscribe.model.name_kinds import NameRule, find_problem
from authscribe.model.strict import TEXT_LIMIT

ItemT = TypeVar("ItemT")
Parse: TypeAlias = Callable[[str, Node], object]
"""Function that returns the value under a key, or raises WrongValueError."""

_HOLES: Final = ("path", "line")


class WrongValueError(Exception):
    """Raised for a value that the format does not allow; carries the findings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} findings")


def parse_keys(
    node: MapNode,
    keys: Mapping[str, Parse],
    report: Callable[[str, Place, Iterable[str]], Finding] = report_unknown_key,
) -> dict[str, object]:
    """Return the value of each key by the name of its field; raises WrongValueError with every mistake."""
    values: dict[str, object] = {}
    findings: list[Finding] = []
    for entry in node.entries:
        parse = keys.get(entry.key)
        if parse is None:
            findings.append(report(entry.key, entry.place, keys))
            continue
        try:
            values[entry.key.replace("-", "_")] = parse(entry.key, entry.node)
        except WrongValueError as error:
            findings += error.findings
    if findings:
        raise WrongValueError(findings)
    return values


def parse_text(key: str, node: Node) -> str:
    """Return a text, which may be empty."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        if len(node.value) > TEXT_LIMIT:
            raise refuse(key, node, f"input is longer than {TEXT_LIMIT:,} characters")
        if "\0" in node.value:
            # No path can contain it.
            raise refuse(key, node, "input should not contain NUL")
        return node.value
    raise refuse(key, node, "input should be a string")


def parse_filled(key: str, node: Node) -> str:
    """Return a text with at least one character."""
    text = parse_text(key, node)
    if not text:
        raise refuse(key, node, "input should not be empty")
    return text


def parse_ruled(key: str, node: Node, rule: NameRule) -> str:
    """Return a text that obeys the rule of a platform."""
    text = parse_text(key, node)
    problem = find_problem(rule, text)
    if problem is not None:
        raise refuse(key, node, f"'{text}' {problem}; use {rule.characters}")
    return text


def parse_date(key: str, node: Node) -> date:
    """Return a date, which stands as a text."""
    try:
        return date.fromisoformat(parse_text(key, node))
    except ValueError:
        raise refuse(key, node, "input should be a date such as 2027-06-30") from None


def parse_address(key: str, node: Node) -> str:
    """Return an address with holes for the path and the line of a source."""
    address = parse_text(key, node)
    if not is_web_address(re.sub(r"[{}]", "", address)):
        raise refuse(key, node, "input should be an address that begins with https:// or http://")
    holes = re.findall(r"\{([^{}]*)\}", address)
    if "path" not in holes or not set(holes) <= set(_HOLES) or re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", address)):
        raise refuse(key, node, "input should contain {path}, may contain {line}, and must not contain other braces")
    return address


def parse_texts(key: str, node: Node) -> tuple[str, ...]:
    """Return a list of texts."""
    return tuple(parse_items(key, node, parse_text))


def parse_paths(key: str, node: Node) -> tuple[str, ...]:
    """Return a list of paths, none of which is empty."""
    return tuple(parse_items(key, node, parse_filled))


def parse_items(key: str, node: Node, parse: Callable[[str, Node], ItemT]) -> Iterator[ItemT]:
    """Yield each item of a list; raises WrongValueError with the mistakes of all items."""
    if not isinstance(node, ListNode):
        raise refuse(key, node, "input should be a list")
    findings: list[Finding] = []
    for item in node.items:
        try:
            yield parse(key, item)
        except WrongValueError as error:
            findings += error.findings
    if findings:
        raise WrongValueError(findings)


def parse_table(key: str, node: Node, keys: Mapping[str, Parse]) -> dict[str, object]:
    """Return the values of a table by the names of their fields."""
    return parse_keys(require_table(key, node), keys)


def require_table(key: str, node: Node) -> MapNode:
    """Return the node of a table."""
    if not isinstance(node, MapNode):
        raise refuse(key, node, "input should be a table")
    return node


def parse_phrases(key: str, node: Node) -> tuple[str, ...]:
    """Return a list of words and phrases."""
    return tuple(parse_items(key, node, _parse_phrase))


def _parse_phrase(key: str, node: Node) -> str:
    """Return a word or phrase; a star is allowed at its end only."""
    phrase = parse_text(key, node)
    if not re.fullmatch(r"[^*]*\w[^*]*\*?", phrase):
        raise refuse(key, node, "input should be a word or phrase, with `*` at its end only")
    return phrase


def parse_scalar(key: str, node: Node, kind: type[bool | int], noun: str) -> object:
    """Return a boolean or a number; `noun` names it in the message."""
    if isinstance(node, ScalarNode) and type(node.value) is kind:
        return node.value
    raise refuse(key, node, f"input should be {noun}")


def parse_member(key: str, node: Node, members: type[StrEnum]) -> StrEnum:
    """Return the member of an enumeration that has this value."""
    try:
        return members(parse_text(key, node))
    except ValueError:
        allowed = " or ".join(f"'{member}'" for member in members)
        raise refuse(key, node, f"input should be {allowed}") from None


def refuse(key: str, node: Node, problem: str) -> WrongValueError:
    """Return the error about a value, to be raised."""
    return WrongValueError((report_wrong_value(key, node.place, problem),))
