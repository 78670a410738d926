"""Rules about parameters: declared, used, shadowed, and whether a template can name them at all."""

from __future__ import annotations

from collections.abc import Iterator

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.findings import connectors as connector_mistakes
from authscribe.findings.finding import Finding, Place
from authscribe.model import naming


def check_undeclared(subject: ConnectorContext) -> Iterator[Finding]:
    """Each variable that nothing fills, once."""
    usual = {variable.name for variable in subject.platform.variables if not variable.always}
    for name, place in _undeclared(subject).items():
        if name in usual:
            yield connector_mistakes.platform_variable_undeclared(name, place, subject.name)
        else:
            yield connector_mistakes.variable_undeclared(name, place, subject.name)


def _undeclared(subject: ConnectorContext) -> dict[str, Place]:
    """The variables that some use leaves empty, with the first place of each."""
    always = {variable.name for variable in subject.platform.variables if variable.always}
    filled = always | set(subject.declared) | {name for flag in subject.flags for name in flag.variables}
    found: dict[str, Place] = {}
    for template in subject.snapshot.all_templates:
        own = [{entry.key for entry in datatype.parameters} for datatype in template.datatypes] or [set[str]()]
        everywhere = set.intersection(*own)
        for reference in template.of(ReferenceKind.VARIABLE):
            if reference.name not in filled | everywhere:
                found.setdefault(reference.name, reference.place)
    return found


def check_unused_parameters(subject: ConnectorContext) -> Iterator[Finding]:
    """Each declared parameter that no template uses, or that none could use."""
    used = {**subject.snapshot.used(ReferenceKind.VARIABLE), **subject.snapshot.used(ReferenceKind.ENVIRONMENT)}
    for name, place in subject.declared.items():
        if not name.isidentifier():
            yield connector_mistakes.unrenderable_name(name, place, subject.name, naming.snake_case(name))
        elif name not in used:
            yield connector_mistakes.parameter_unused(name, place, subject.name)


def check_shadowed(subject: ConnectorContext) -> Iterator[Finding]:
    """Each parameter of the connector that some datatypes give another meaning."""
    for name, declared in subject.declared.items():
        places = {
            datatype.name: entry.place
            for datatype in subject.snapshot.datatypes
            for entry in datatype.parameters
            if entry.key == name
        }
        if places:
            first = next(iter(places.values()))
            yield connector_mistakes.parameter_shadowed(name, first, declared, subject.name, list(places))


def check_environment(subject: ConnectorContext) -> Iterator[Finding]:
    """Each environment value that a template reads past the parameters."""
    for name, references in subject.snapshot.used(ReferenceKind.ENVIRONMENT).items():
        declared = name in subject.declared and name.isidentifier()
        yield connector_mistakes.raw_environment_value(name, _first(references), subject.name, declared=declared)


def _first(references: list[Reference]) -> Place:
    return references[0].place
