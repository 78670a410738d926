"""Check the files of a connector, and compare several revisions of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.draft import ScalarNode

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
    for path in context.snapshot.orphans:
        yield report_template_orphaned(path, Place(f"{context.snapshot.shown}/{path}"), context.name)


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


@dataclass(frozen=True, slots=True)
class Revision:
    """Contract of one revision of a connector, for comparison with other revisions."""

    name: str
    origin: str
    place: Place
    auth: str | None
    secrets: frozenset[str]
    parameters: frozenset[str]

    @classmethod
    def from_context(cls, context: ConnectorContext) -> Revision:
        """Return the contract of a connector."""
        return cls(
            name=context.name,
            origin=context.snapshot.origin,
            place=context.selector_place,
            auth=context.auth,
            secrets=frozenset(context.secrets),
            parameters=frozenset(context.declared),
        )


REVISIONS_DISAGREE: Final = Rule(
    code="revisions-disagree",
    severity=Severity.WARNING,
    summary="revisions of a connector with different contracts",
    why=(
        "Two revisions of a connector use different schemes, secrets or parameters. An installation that moves from "
        "one to the other cannot log in until its owner supplies what is new."
    ),
    wrong=cleandoc("""
        main: "Authorization": "Bearer $SECRET(api_key)"
        prod: "Authorization": "Bearer $SECRET(jwt)"
        """),
    right=cleandoc("""
        main: "Authorization": "Bearer $SECRET(api_key)"
        prod: "Authorization": "Bearer $SECRET(api_key)"
        """),
)


def report_revisions_disagree(place: Place, first: Place, connector: str, difference: str) -> Finding:
    """Report a revision of a connector whose contract differs from that of the revision at `first`."""
    return REVISIONS_DISAGREE.finding(
        place,
        f"this revision of '{connector}' has a different contract: {difference}",
        "align the revisions before both are in use",
        labels=(Label(first, "the other revision"),),
        connector=connector,
    )


def check_revisions(revisions: Iterable[Revision]) -> Iterator[Finding]:
    """Yield a finding for each revision whose contract differs from that of the connector's first one."""
    first: dict[str, Revision] = {}
    for revision in revisions:
        other = first.setdefault(revision.origin, revision)
        difference = _find_difference(other, revision)
        if difference is not None:
            yield report_revisions_disagree(revision.place, other.place, revision.name, difference)


def _find_difference(first: Revision, second: Revision) -> str | None:
    if first.auth != second.auth:
        schemes = (f"'{auth}'" if auth is not None else "none" for auth in (second.auth, first.auth))
        return "its scheme is {}, not {}".format(*schemes)
    for noun, ours, theirs in (
        ("secret", first.secrets, second.secrets),
        ("parameter", first.parameters, second.parameters),
    ):
        names = [f"'{name}'" for name in sorted(ours ^ theirs)]
        if names:
            return f"only one of them has the {noun}{'s' * (len(names) > 1)} {', '.join(names)}"
    return None
