"""Find the parts of a workflow of GitHub Actions that give settings to its jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.sync.yaml_entries import Container, Steps, find_container, find_entry

_PASSED: Final = ("with", "secrets")
_ENVIRONMENT: Final = "env"
_CONTAINER: Final = "container"
"""Key of the container that all steps of a job run in."""


class Scope(NamedTuple):
    """`env` mappings of the workflow itself, or of one job with its steps, and the entry that they are part of."""

    entry: Entry | None
    containers: tuple[Container, ...]


class Text(NamedTuple):
    """Text of a workflow; `variable` is the name of the variable that has it as its value, if one has."""

    variable: str
    value: str
    place: Place


def list_scopes(node: Node) -> Iterator[Scope]:
    """Yield the scope of the workflow, then those of its jobs."""
    own = find_container(node, _ENVIRONMENT, ())
    yield Scope(own.entry, (own,)) if own is not None else Scope(None, ())
    for job in _list_jobs(node):
        yield Scope(job, tuple(_list_environments(job)))


def list_passed(node: Node) -> Iterator[Container]:
    """Yield the mappings of inputs and secrets that jobs pass to the workflows that they call."""
    for job in _list_jobs(node):
        for key in _PASSED:
            found = find_container(job.node, key, ("jobs", job.key))
            if found is not None:
                yield found


def list_texts(scope: Scope) -> Iterator[Text]:
    """Yield the texts of a scope, such as the values of variables, inputs of actions, and commands."""
    if scope.entry is not None:
        yield from _list_texts(scope.entry.node, scope.entry.key)


def is_in_step(container: Container) -> bool:
    """Return whether a mapping is that of one step."""
    return isinstance(container.path[-2:][0], int)


def _list_texts(node: Node, key: str, variable: str = "") -> Iterator[Text]:
    value = get_text(node)
    if value is not None:
        yield Text(variable, value, node.place)
    for item in node.items if isinstance(node, ListNode) else ():
        yield from _list_texts(item, key)
    for entry in node.entries if isinstance(node, MapNode) else ():
        yield from _list_texts(entry.node, entry.key, entry.key if key == _ENVIRONMENT else "")


def _list_jobs(node: Node) -> tuple[Entry, ...]:
    jobs = find_entry(node, "jobs")
    return jobs.node.entries if jobs is not None and isinstance(jobs.node, MapNode) else ()


def _list_environments(job: Entry) -> Iterator[Container]:
    path: Steps = ("jobs", job.key)
    own = find_container(job.node, _ENVIRONMENT, path)
    if own is not None:
        yield own
    outer = find_entry(job.node, _CONTAINER)
    inner = find_container(outer.node, _ENVIRONMENT, (*path, _CONTAINER)) if outer is not None else None
    if inner is not None:
        yield inner
    steps = find_entry(job.node, "steps")
    items = steps.node.items if steps is not None and isinstance(steps.node, ListNode) else ()
    for position, step in enumerate(items):
        found = find_container(step, _ENVIRONMENT, (*path, "steps", position))
        if found is not None:
            yield found
