"""Edit YAML texts in place: entries and items are added as lines, and every other character stays as it is.

Texts have LF line ends, as the readers return them; nodes are those that `readers.syntax.yaml` parsed from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from authscribe.edits.placed_text import PlacedText
from authscribe.findings.finding import Edit
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode

_FLOW_END: Final = re.compile(r"(?:[\s,]|(?<=\s)#[^\n]*)*[\]}]")
_BLOCK_SCALAR: Final = ("|", ">")


class YamlText(PlacedText):
    """Text of one YAML document."""

    @cached_property
    def lines(self) -> Sequence[str]:
        """Return the lines of the text."""
        return self.text.split("\n")

    def get_source(self, node: Node) -> str:
        """Return the text of a scalar as it is written."""
        return self.text[self.find_start(node.place) : self.find_end(node.place)]

    def is_flow(self, node: Node) -> bool:
        """Return whether a list or a mapping is between brackets."""
        return not isinstance(node, ScalarNode) and self.text.startswith(("[", "{"), self.find_start(node.place))

    def is_shared(self, entry: Entry) -> bool:
        """Return whether the value of an entry is an alias, or has an anchor."""
        return entry.node.place < entry.place or self.text.startswith("&", self.find_start(entry.node.place))

    def find_last_line(self, node: Node) -> int:
        """Return the last line of a node, counted from 1, without empty lines after it."""
        line = self.find_position(self._find_end_offset(node))[0]
        first = node.place.line
        if self._is_block_scalar(node):
            line -= 1
        while line > first and not self.lines[line - 1].strip():
            line -= 1
        return line

    def list_quoted_lines(self, node: Node) -> set[int]:
        """Return the lines of all scalars that have several lines; no comment can be in them."""
        if isinstance(node, ScalarNode):
            return {*range(node.place.line, node.place.end_line)} if node.place.end_line > node.place.line else set()
        inner = node.items if isinstance(node, ListNode) else [entry.node for entry in node.entries]
        return {line for each in inner for line in self.list_quoted_lines(each)}

    def insert_into_flow(self, node: MapNode, entries: Sequence[str]) -> Edit:
        """Return the edit that adds entries at the end of a mapping between brackets."""
        if node.entries:
            end = self._find_end_offset(node.entries[-1].node)
            return self.replace(end, end, "".join(f", {entry}" for entry in entries))
        start = self.find_start(node.place) + 1
        return self.replace(start, start, ", ".join(entries))

    def _is_block_scalar(self, node: Node) -> bool:
        start = self.find_start(node.place)
        return (
            isinstance(node, ScalarNode) and node.place.end_column == 1 and self.text.startswith(_BLOCK_SCALAR, start)
        )

    def _find_end_offset(self, node: Node) -> int:
        """Return the offset at which the content of a node ends."""
        if isinstance(node, ScalarNode):
            return self.find_end(node.place)
        start = self.find_start(node.place)
        inner = [*node.items] if isinstance(node, ListNode) else [entry.node for entry in node.entries]
        # What a merge key or an alias adds is elsewhere.
        ends = [self._find_end_offset(each) for each in inner if each.place >= node.place]
        keys = [self.find_end(entry.place) for entry in node.entries] if isinstance(node, MapNode) else []
        end = max((*ends, *(key for key in keys if key >= start)), default=start + 1)
        if not self.is_flow(node):
            return end
        match = _FLOW_END.match(self.text, end)
        return match.end() if match is not None else end
