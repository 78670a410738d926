"""Report parts of a foreign document that have another shape than its format states.

Such a part is not read. Kept verbatim, it could disclose a secret, so that each one is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from authscribe.findings.finding import Finding
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode
from authscribe.readers.foreign.tracking import TrackedMapping


def find_wrong_lists(mapping: TrackedMapping, *keys: str) -> Iterator[Finding]:
    """Yield a finding for anything but a list of mappings under one of the keys."""
    for key in keys:
        node = mapping.peek(key)
        if isinstance(node, ListNode):
            others = (item for item in node.items if not isinstance(item, MapNode))
            yield from (report_not_a_mapping(item.place, f"an item of '{key}'") for item in others)
        elif _is_stated(node):
            yield report_wrong_value(key, (node or mapping).place, "input should be a list")


def find_wrong_mappings(mapping: TrackedMapping, *keys: str) -> Iterator[Finding]:
    """Yield a finding for anything but a mapping under one of the keys."""
    for key in keys:
        node = mapping.peek(key)
        if _is_stated(node) and not isinstance(node, MapNode):
            yield report_not_a_mapping((node or mapping).place, f"'{key}'")


def _is_stated(node: Node | None) -> bool:
    return node is not None and not (isinstance(node, ScalarNode) and node.value is None)
