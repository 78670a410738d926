"""Rules about the files of a connector, and about several revisions of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.draft import ScalarNode

TEMPLATE_ORPHANED: Final = Rule(
    code="template-orphaned",
    severity=Severity.WARNING,
    summary="a template that nothing names",
    why="No datatype uses this template. It is read and repaired by people who believe that it matters.",
    wrong="templates/role.json, which the manifest does not name",
    right='"role": {"template": "templates/role.json"}',
)


def report_template_orphaned(path: str, place: Place, connector: str) -> Finding:
    """A template that no part of the manifest names."""
    return TEMPLATE_ORPHANED.finding(
        place,
        f"no datatype uses the template '{path}'",
        "name it in the manifest, or delete it",
        connector=connector,
        name=path,
    )


def check_orphaned(subject: ConnectorContext) -> Iterator[Finding]:
    """Each template that the manifest does not name."""
    for path in subject.snapshot.orphans:
        yield report_template_orphaned(path, Place(f"{subject.snapshot.shown}/{path}"), subject.name)


CYCLIC_PARENT: Final = Rule(
    code="cyclic-parent",
    severity=Severity.ERROR,
    summary="a datatype that is its own ancestor",
    why=(
        "The children of a datatype are read for each entity of its parent. A datatype that is its own ancestor "
        "never gets anything to read."
    ),
    wrong=('"invoice": {"parent": "line", ...},\n' '"line": {"parent": "invoice", ...}'),
    right=('"invoice": {...},\n' '"line": {"parent": "invoice", ...}'),
)


def report_cyclic_parent(chain: Sequence[str], place: Place, connector: str) -> Finding:
    """A datatype that is its own ancestor."""
    return CYCLIC_PARENT.finding(
        place,
        f"the datatype is its own ancestor: {' -> '.join(chain)}",
        "remove one `parent`",
        connector=connector,
        name=chain[0],
    )


def check_cycles(subject: ConnectorContext) -> Iterator[Finding]:
    """Each cycle of parents, once."""
    parents = {datatype.name: datatype.parent for datatype in subject.snapshot.datatypes}
    done: set[str] = set()
    for name in parents:
        chain: list[str] = []
        current: str | None = name
        while current in parents and current not in done:
            done.add(current)
            chain.append(current)
            parent = parents[current]
            current = parent.value if isinstance(parent, ScalarNode) and isinstance(parent.value, str) else None
            if current in chain and parent is not None:
                cycle = [*chain[chain.index(current) :], current]
                yield report_cyclic_parent(cycle, parent.place, subject.name)


@dataclass(frozen=True, slots=True)
class Revision:
    """What is remembered of a connector to compare another revision with it."""

    name: str
    place: Place
    auth: str | None
    secrets: frozenset[str]
    parameters: frozenset[str]

    @classmethod
    def from_context(cls, subject: ConnectorContext) -> Revision:
        """The contract of a connector as it was read."""
        return cls(
            name=subject.name,
            place=subject.selector_place,
            auth=subject.auth,
            secrets=frozenset(subject.secrets),
            parameters=frozenset(subject.declared),
        )


REVISIONS_DISAGREE: Final = Rule(
    code="revisions-disagree",
    severity=Severity.WARNING,
    summary="two revisions of a connector with different contracts",
    why=(
        "Two revisions of a connector ask for different secrets or parameters. Moving an installation from one "
        "to the other breaks its login until somebody supplies what is new."
    ),
    wrong="main uses $SECRET(api_key), prod uses $SECRET(jwt)",
    right="both use $SECRET(api_key)",
)


def report_revisions_disagree(place: Place, first: Place, connector: str, difference: str) -> Finding:
    """Two revisions of one connector with different contracts."""
    return REVISIONS_DISAGREE.finding(
        place,
        f"this revision of '{connector}' has another contract: {difference}",
        "bring the revisions together before both are in use",
        labels=(Label(first, "the other revision"),),
        connector=connector,
    )


def check_revisions(found: Iterable[Revision]) -> Iterator[Finding]:
    """Each revision of a connector whose contract is not that of the first one."""
    first: dict[str, Revision] = {}
    for revision in found:
        other = first.setdefault(revision.name, revision)
        difference = _difference(other, revision)
        if difference is not None:
            yield report_revisions_disagree(revision.place, other.place, revision.name, difference)


def _difference(first: Revision, second: Revision) -> str | None:
    if first.auth != second.auth:
        return f"the scheme is {second.auth}, not {first.auth}"
    for what, mine, theirs in (
        ("secret", first.secrets, second.secrets),
        ("parameter", first.parameters, second.parameters),
    ):
        only = [f"'{name}'" for name in sorted(mine ^ theirs)]
        if only:
            return f"only one of them has the {what}{'s' * (len(only) > 1)} {', '.join(only)}"
    return None
