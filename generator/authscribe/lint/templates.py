"""Rules about the files of a connector, and about several revisions of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authscribe.connectors.context import ConnectorContext
from authscribe.findings import connectors as connector_mistakes
from authscribe.findings.finding import Finding, Place
from authscribe.model.draft import ScalarNode


def check_orphaned(subject: ConnectorContext) -> Iterator[Finding]:
    """Each template that the manifest does not name."""
    for path in subject.snapshot.orphans:
        yield connector_mistakes.template_orphaned(path, Place(f"{subject.snapshot.shown}/{path}"), subject.name)


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
                yield connector_mistakes.cyclic_parent(cycle, parent.place, subject.name)


@dataclass(frozen=True, slots=True)
class Revision:
    """What is remembered of a connector to compare another revision with it."""

    name: str
    place: Place
    auth: str | None
    secrets: frozenset[str]
    parameters: frozenset[str]

    @classmethod
    def of(cls, subject: ConnectorContext) -> Revision:
        """The contract of a connector as it was read."""
        return cls(
            name=subject.name,
            place=subject.selector_place,
            auth=subject.auth,
            secrets=frozenset(subject.secrets),
            parameters=frozenset(subject.declared),
        )


def check_revisions(found: Iterable[Revision]) -> Iterator[Finding]:
    """Each revision of a connector whose contract is not that of the first one."""
    first: dict[str, Revision] = {}
    for revision in found:
        other = first.setdefault(revision.name, revision)
        difference = _difference(other, revision)
        if difference is not None:
            yield connector_mistakes.revisions_disagree(revision.place, other.place, revision.name, difference)


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
