"""Tell security schemes apart that one requirement names and that fill the same part of a request: they are rivals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from authscribe.findings.finding import Finding
from authscribe.findings.rules.security_differs import report_cannot_be_together
from authscribe.readers.foreign.alternatives import find_excess
from authscribe.readers.foreign.openapi.requirements import SecurityRequirement
from authscribe.readers.foreign.openapi.security_schemes import SecurityScheme


def separate_rivals(
    requirement: SecurityRequirement, declared: Mapping[str, SecurityScheme]
) -> Iterator[SecurityRequirement]:
    """Yield a requirement; if some of its schemes fill the same part of a request, one with each of them instead.

    Each is combined with the first of all other schemes: with every combination, a small document could lead to
    millions. Over the limit, only the first of all are combined.
    """
    rivals = _group_rivals(requirement, declared)
    firsts = [first for first, *_ in rivals]
    yield requirement.select(firsts)
    if _find_excess(requirement, rivals) is not None:
        return
    for index, (_, *others) in enumerate(rivals):
        for other in others:
            yield requirement.select([*firsts[:index], other, *firsts[index + 1 :]])


def _group_rivals(requirement: SecurityRequirement, declared: Mapping[str, SecurityScheme]) -> list[list[str]]:
    """Return the schemes of a requirement, grouped by the part of a request that they fill."""
    groups: list[list[str]] = []
    positions: dict[str, int] = {}
    for name in requirement.scopes:
        parts = declared[name].parts
        known = [positions[part] for part in parts if part in positions]
        if known:
            groups[min(known)].append(name)
        else:
            positions |= dict.fromkeys(parts, len(groups))
            groups.append([name])
    return groups


def find_exclusive(
    requirements: Iterable[SecurityRequirement], declared: Mapping[str, SecurityScheme]
) -> Iterator[Finding]:
    """Yield a finding for each two schemes that are required together and fill the same part of a request."""
    for requirement in requirements:
        for first, *others in _group_rivals(requirement, declared):
            for other in others:
                part = min(declared[first].parts & declared[other].parts)
                yield report_cannot_be_together(first, other, part, requirement.places[other])


def find_excessive(
    requirements: Iterable[SecurityRequirement], declared: Mapping[str, SecurityScheme]
) -> Iterator[Finding]:
    """Yield a finding for each requirement that stands for too many alternatives."""
    for requirement in requirements:
        excess = _find_excess(requirement, _group_rivals(requirement, declared))
        yield from (excess,) if excess is not None else ()


def _find_excess(requirement: SecurityRequirement, rivals: Sequence[Sequence[str]]) -> Finding | None:
    """Return a finding if each of the rivals, as an alternative, would be combined with too many schemes."""
    return find_excess(requirement.place, len(requirement.scopes) - len(rivals) + 1, len(rivals))
