"""Account for a specification beside a manifest that has its own one, which counts in airbyte-cdk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.security_differs import report_sources_contradict
from authscribe.model.draft import Entry, ListNode, MapNode, Node, to_plain
from authscribe.readers.foreign.airbyte.advanced_auth import find_key
from authscribe.readers.foreign.airbyte.properties import has_secret
from authscribe.readers.foreign.airbyte.shape import SCHEMA
from authscribe.readers.foreign.tracking import TrackedMapping

_VALUE_KEYS: Final = ("default", "const")
"""Keys of a property that may hold the value of a secret."""


def compare_specifications(connector: str, own: TrackedMapping, second: TrackedMapping) -> Iterator[Finding]:
    """Take from the second specification what the own one states as well, and report a setting that only one has.

    Values of secrets are withheld.
    """
    schemas = own.peek(find_key(own, SCHEMA)), second.peek(find_key(second, SCHEMA))
    stated, others = (dict.fromkeys(_list_properties(schema)) for schema in schemas)
    different = next((name for name in (*stated, *others) if (name in stated) != (name in others)), None)
    if different is not None:
        here, there = (f"{'the' if different in names else 'no'} setting '{different}'" for names in (stated, others))
        yield report_sources_contradict(connector, here, own.place, there, second.place)
    spelled = (Entry(find_key(second, entry.key), entry.place, entry.node) for entry in own.node.entries)
    _take_equal(second, MapNode(tuple(spelled), own.place))


def _list_properties(node: Node | None) -> Iterator[str]:
    """Yield the names of the properties at every depth."""
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                if entry.key == "properties" and isinstance(entry.node, MapNode):
                    yield from (inner.key for inner in entry.node.entries)
                yield from _list_properties(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from _list_properties(item)


def _take_equal(second: TrackedMapping, own: Node | None) -> None:
    others = {entry.key: entry.node for entry in own.entries} if isinstance(own, MapNode) else {}
    for key in second.keys:
        node, other = second.peek(key), others.get(key)
        if key in _VALUE_KEYS and has_secret(second.node):
            second.withhold(key)
        elif node is not None and other is not None and to_plain(node) == to_plain(other) and not has_secret(node):
            second.take(key)
        elif isinstance(node, MapNode):
            _take_equal(second.child(key), other)
        else:
            items = other.items if isinstance(other, ListNode) else ()
            for position, child in enumerate(second.children(key)):
                _take_equal(child, items[position] if position < len(items) else None)
