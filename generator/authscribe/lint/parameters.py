"""Rules about parameters: declared, used, shadowed, and whether a template can name them at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import join_names
from authscribe.model import naming

PLATFORM_VARIABLE_UNDECLARED: Final = Rule(
    code="platform-variable-undeclared",
    severity=Severity.WARNING,
    summary="an undeclared variable that the platform usually fills",
    why=(
        "The platform fills this variable for most connectors, from the onboarding or the connector's "
        "configuration. A manifest that does not declare it depends on luck, and the owner is never asked for it."
    ),
    wrong='"url_pattern": "https://{{@ account_id @}}.example.com/%s" without a declaration',
    right='"additional_parameters": {"account_id": {}}',
)


def report_platform_variable_undeclared(name: str, place: Place, connector: str) -> Finding:
    """A variable that the platform usually fills, and that the manifest does not ask for."""
    return PLATFORM_VARIABLE_UNDECLARED.finding(
        place,
        f"'{name}' is not declared; the platform usually fills it",
        f"declare '{name}' under additional_parameters",
        connector=connector,
        name=name,
    )


VARIABLE_UNDECLARED: Final = Rule(
    code="variable-undeclared",
    severity=Severity.ERROR,
    summary="a variable that nothing fills",
    why=(
        "Nothing fills this variable. The platform does not complain but puts an empty text in its place, and "
        "the system silently talks to the wrong address."
    ),
    wrong='"url_pattern": "https://{{@ tenant @}}.example.com/%s" without a declaration',
    right='"additional_parameters": {"tenant": {}}',
)


def report_variable_undeclared(name: str, place: Place, connector: str) -> Finding:
    """A variable that nothing fills; the platform puts an empty text in its place."""
    return VARIABLE_UNDECLARED.finding(
        place,
        f"nothing declares '{name}'; the platform will put an empty text here",
        f"declare '{name}' under additional_parameters",
        connector=connector,
        name=name,
    )


def check_undeclared(subject: ConnectorContext) -> Iterator[Finding]:
    """Each variable that nothing fills, once."""
    usual = {variable.name for variable in subject.platform.variables if not variable.always}
    for name, place in _undeclared(subject).items():
        if name in usual:
            yield report_platform_variable_undeclared(name, place, subject.name)
        else:
            yield report_variable_undeclared(name, place, subject.name)


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


UNRENDERABLE_NAME: Final = Rule(
    code="unrenderable-name",
    severity=Severity.WARNING,
    summary="a parameter that no template can name",
    why=(
        "In the language of templates a name is made of letters, digits and underscores; `wix-site-id` is a "
        "subtraction. No template can refer to such a parameter."
    ),
    wrong='"additional_parameters": {"wix-site-id": {}}',
    right='"additional_parameters": {"wix_site_id": {}}',
)


def report_unrenderable_name(name: str, place: Place, connector: str, spelt: str) -> Finding:
    """A name that the language of templates takes for an expression."""
    return UNRENDERABLE_NAME.finding(
        place,
        f"a template cannot refer to '{name}': the name is read as an expression",
        f"rename it to '{spelt}'",
        connector=connector,
        name=name,
    )


PARAMETER_UNUSED: Final = Rule(
    code="parameter-unused",
    severity=Severity.WARNING,
    summary="a declared parameter that nothing uses",
    why="The owner of the connector is asked for a value that nothing uses.",
    wrong='"additional_parameters": {"region": {}}, and no template with {{@ region @}}',
    right='"additional_parameters": {}',
)


def report_parameter_unused(name: str, place: Place, connector: str) -> Finding:
    """A declared parameter that no template uses."""
    return PARAMETER_UNUSED.finding(
        place,
        f"the parameter '{name}' is declared but not used",
        "remove it, or use it",
        connector=connector,
        name=name,
    )


def check_unused_parameters(subject: ConnectorContext) -> Iterator[Finding]:
    """Each declared parameter that no template uses, or that none could use."""
    used = {**subject.snapshot.used(ReferenceKind.VARIABLE), **subject.snapshot.used(ReferenceKind.ENVIRONMENT)}
    for name, place in subject.declared.items():
        if not name.isidentifier():
            yield report_unrenderable_name(name, place, subject.name, naming.to_snake_case(name))
        elif name not in used:
            yield report_parameter_unused(name, place, subject.name)


PARAMETER_SHADOWED: Final = Rule(
    code="parameter-shadowed",
    severity=Severity.WARNING,
    summary="a parameter that means something else in some datatypes",
    why=(
        "The parameters of a datatype stand before those of the connector. In the templates of these datatypes "
        "the name has another value than everywhere else, which is rarely meant and never seen."
    ),
    wrong=(
        '"additional_parameters": {"base_url": {}},\n'
        '"datatypes": {"contact": {"parameters": {"base_url": "Contact"}}}'
    ),
    right=(
        '"additional_parameters": {"base_url": {}},\n'
        '"datatypes": {"contact": {"parameters": {"resource": "Contact"}}}'
    ),
)


def report_parameter_shadowed(
    name: str, place: Place, declared: Place, connector: str, datatypes: Sequence[str]
) -> Finding:
    """A parameter of the connector that means something else in some datatypes."""
    return PARAMETER_SHADOWED.finding(
        place,
        f"in {join_names(datatypes)}, '{name}' is not the parameter of the connector",
        "give one of the two another name",
        labels=(Label(declared, "the parameter of the connector"),),
        connector=connector,
        name=name,
    )


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
            yield report_parameter_shadowed(name, first, declared, subject.name, list(places))


RAW_ENVIRONMENT_VALUE: Final = Rule(
    code="raw-environment-value",
    severity=Severity.WARNING,
    summary="an environment value that is used directly",
    why=(
        "A template that reads the environment directly goes past the parameters: nobody declares the value, "
        "nobody is asked for it, and tools that turn configurations back into templates lose it."
    ),
    wrong='"wix-site-id": "$ENV(wix-site-id)"',
    right='"wix-site-id": "{{@ wix_site_id @}}"',
)


def report_raw_environment_value(name: str, place: Place, connector: str, *, declared: bool) -> Finding:
    """An environment value that is referred to past the parameters."""
    repair = "write it as a variable" if declared else "declare it under additional_parameters"
    return RAW_ENVIRONMENT_VALUE.finding(
        place,
        f"the environment value '{name}' is used directly",
        repair,
        connector=connector,
        name=name,
    )


def check_environment(subject: ConnectorContext) -> Iterator[Finding]:
    """Each environment value that a template reads past the parameters."""
    for name, references in subject.snapshot.used(ReferenceKind.ENVIRONMENT).items():
        declared = name in subject.declared and name.isidentifier()
        yield report_raw_environment_value(name, _first(references), subject.name, declared=declared)


def _first(references: list[Reference]) -> Place:
    return references[0].place
