"""Check the files of a connector: every template is used, and datatypes have proper parents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.model.draft import ScalarNode, get_text

TEMPLATE_ORPHANED: Final = Rule(
    code="template-orphaned",
    severity=Severity.WARNING,
    summary="template that no datatype uses",
    why="No datatype uses this template. People read and fix it in the belief that it matters.",
    wrong='"role": {"template": "templates/user.json"}',
    right='"role": {"template": "templates/role.json"}',
)


def report_template_orphaned(path: str, place: Place, connector: str) -> Finding:
    """Report a template that the manifest does not name."""
    return TEMPLATE_ORPHANED.finding(
        place,
        f"no datatype uses the template '{path}'",
        "name it in the manifest, or delete it",
        connector=connector,
        name=path,
    )


def check_orphaned(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each template that the manifest does not name."""
    folder = context.snapshot.place.path.removesuffix(context.snapshot.layout.path)
    for path in context.snapshot.orphans:
        yield report_template_orphaned(path, Place(f"{folder}{path}"), context.name)


CYCLIC_PARENT: Final = Rule(
    code="cyclic-parent",
    severity=Severity.ERROR,
    summary="datatype that is its own ancestor",
    why=(
        "The children of a datatype are read for each entity of its parent. A datatype that is its own ancestor never "
        "receives anything to read."
    ),
    wrong=cleandoc("""
        "invoice": {"parent": "line", ...},
        "line": {"parent": "invoice", ...}
        """),
    right=cleandoc("""
        "invoice": {...},
        "line": {"parent": "invoice", ...}
        """),
)


def report_cyclic_parent(chain: Sequence[str], place: Place, connector: str) -> Finding:
    """Report a datatype that is its own ancestor; `chain` begins and ends with it."""
    return CYCLIC_PARENT.finding(
        place,
        f"the datatype '{chain[0]}' is its own ancestor: {' -> '.join(chain)}",
        "remove one `parent` from the circle",
        connector=connector,
        name=chain[0],
    )


def check_parents(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each parent that is no datatype of the connector."""
    known = {datatype.name for datatype in context.snapshot.datatypes}
    for datatype in context.snapshot.datatypes:
        parent = get_text(datatype.parent)
        if datatype.parent is not None and parent and parent not in known:
            finding = report_unknown_reference("datatype", parent, datatype.parent.place, known)
            yield finding._replace(connector=context.name)


def check_cycles(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each cycle of parents."""
    parents = {datatype.name: datatype.parent for datatype in context.snapshot.datatypes}
    visited: set[str] = set()
    for name in parents:
        chain: list[str] = []
        current: str | None = name
        while current in parents and current not in visited:
            visited.add(current)
            chain.append(current)
            parent = parents[current]
            current = parent.value if isinstance(parent, ScalarNode) and isinstance(parent.value, str) else None
            if current in chain and parent is not None:
                cycle = [*chain[chain.index(current) :], current]
                yield report_cyclic_parent(cycle, parent.place, context.name)
