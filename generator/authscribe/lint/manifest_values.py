"""Check that the settings of a manifest have values of the types that the platform reads."""

from __future__ import annotations

from collections.abc import Iterator

from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Finding
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_not_text, report_wrong_value
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode


def check_manifest_values(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each block, address, scope and option of the login that is of another type.

    Scopes may be a list, or one text. A value that is empty counts as missing.
    """
    layout, snapshot = context.snapshot.layout, context.snapshot
    lists = {*layout.scope_lists.values()}
    paths = {*layout.endpoints.values(), *lists, *(option.key for option in context.platform.login_options)}
    for block in sorted({path.rpartition(".")[0] for path in paths} - {""}):
        entry = snapshot.find_setting(block)
        if entry is not None and not isinstance(entry.node, MapNode):
            yield report_not_a_mapping(entry.node.place, f"`{block}`")
    for path in sorted(paths):
        entry = snapshot.find_setting(path)
        if entry is not None:
            yield from _check_words(path, entry.node) if path in lists else _check_text(path, entry.node)


def _check_text(path: str, node: Node) -> Iterator[Finding]:
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str | None):
        yield report_not_text(path, node.place)


def _check_words(path: str, node: Node) -> Iterator[Finding]:
    if isinstance(node, MapNode):
        yield report_wrong_value(path, node.place, "input should be a list of texts")
        return
    for item in node.items if isinstance(node, ListNode) else (node,):
        yield from _check_text(path, item)
