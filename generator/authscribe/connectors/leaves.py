"""List the scalars of a template, each with the references in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from sys import maxsize
from typing import Final

from authscribe.connectors.branches import list_readings
from authscribe.connectors.references import Reference, ReferenceSyntax
from authscribe.connectors.snapshot import ConnectorTemplate, Leaf
from authscribe.findings.finding import Finding, Place
from authscribe.model.draft import ListNode, MapNode, Node
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.syntax.yaml import parse_yaml

_ENTRY: Final = re.compile(
    r"""(?<![\w.-])(?P<key>[\w.-]++)["']?\s*+[:=]\s*+"""
    r"""(?P<value>"(?:[^"\\]|\\.)*+"?|'[^']*+'?|[^\s"'{}\[\],][^"'{}\[\],]*+)"""
)
_BEYOND: Final = (maxsize, 0)
"""Line and column after every place."""


def parse_leaves(template: ConnectorTemplate, syntax: ReferenceSyntax) -> tuple[Leaf, ...]:
    """Return the scalars of a template; none if it is not JSON, even with its holes masked.

    If it is JSON only with one branch of each condition, the scalars of all branches are returned.
    """
    references = tuple(sorted(template.references, key=lambda reference: reference.place))
    node = parse_tree(template)
    if node is not None or template.is_yaml:
        return tuple(list_leaves(node, references)) if node is not None else ()
    leaves: dict[tuple[tuple[str, ...], Place], Leaf] = {}
    for number, text in enumerate(list_readings(template.text, syntax)):
        node, findings = parse_json(template.place.path, text)
        read = list_leaves(node, references) if node is not None else ()
        leaves |= {(leaf.path, leaf.place): leaf for leaf in read}
        # Branches with the same key hide each other.
        if number == 0 and leaves and not findings:
            break
    return tuple(sorted(leaves.values(), key=lambda leaf: leaf.place))


def parse_tree(template: ConnectorTemplate) -> Node | None:
    """Return the tree of a template, which is not parsed again for its fixes; None if it cannot be parsed."""
    return _parse(template.place.path, template.text, is_yaml=template.is_yaml)[0]


def find_repeated_keys(template: ConnectorTemplate) -> tuple[Finding, ...]:
    """Return a finding for each repeated key of a template in JSON; none if conditions choose one of the two."""
    node, findings = _parse(template.place.path, template.text, is_yaml=template.is_yaml)
    return findings if node is not None else ()


@lru_cache(maxsize=4)
def _parse(path: str, text: str, *, is_yaml: bool) -> tuple[Node | None, tuple[Finding, ...]]:
    parse = parse_yaml if is_yaml else parse_json
    return parse(path, text)


def list_leaves(root: Node, references: tuple[Reference, ...]) -> list[Leaf]:
    """Return the scalars of a document in its order, each with those of the sorted references that are in it."""
    leaves: list[Leaf] = []
    starts = [*(reference.place[1:3] for reference in references), _BEYOND]
    _add_leaves(leaves, (), root, references, starts)
    return leaves


# A function within the one above would refer to itself, and keep the leaves of all connectors in memory.
def _add_leaves(
    leaves: list[Leaf],
    path: tuple[str, ...],
    node: Node,
    references: tuple[Reference, ...],
    starts: list[tuple[int, int]],
) -> None:
    if isinstance(node, MapNode):
        for key, _, inner in node.entries:
            _add_leaves(leaves, (*path, key), inner, references, starts)
    elif isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            _add_leaves(leaves, (*path, str(index)), item, references, starts)
    else:
        value, place = node
        first = last = bisect_left(starts, place[1:3])
        while starts[last] < place[3:]:
            last += 1
        slot = path[1:] if path and path[0].isdigit() else path
        # For many leaves, this takes half the time of calling their class.
        leaves.append(tuple.__new__(Leaf, (path, slot, value, place, references[first:last])))


def find_entries(path: str, number: int, line: str) -> Iterator[Leaf]:
    """Yield what a line seems to have as entries of mappings, whether or not the file can be parsed.

    Of the keys that lead to an entry, only its own is known. The references in the values are left out.
    """
    for match in _ENTRY.finditer(line):
        value, slot = match["value"].strip("\"'"), (match["key"],)
        place = Place(path, number, match.start("value") + 1, number, match.end("value") + 1)
        yield Leaf(slot, slot, value, place, ())
