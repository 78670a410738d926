"""Check the parameters of a connector: declared, used, shadowed, and possible to name in a template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.once import once_per_connector
from authscribe.connectors.references import ReferenceKind
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import NEARLY_EQUAL, Vocabulary, join_names
from authscribe.lint.credentials import list_replaceable
from authscribe.lint.flags import find_missing_flags
from authscribe.lint.placements import find_meant_name
from authscribe.model import naming
from authscribe.model.contract import spell_secret
from authscribe.model.draft import MapNode

PLATFORM_VARIABLE_UNDECLARED: Final = Rule(
    code="platform-variable-undeclared",
    severity=Severity.WARNING,
    summary="undeclared variable that the platform usually fills",
    why=(
        "The platform fills this variable for most connectors, from the onboarding or the connector's configuration. "
        "If the manifest does not declare it, the owner is never asked for it, and it may stay empty."
    ),
    wrong='"additional_parameters": {}',
    right='"additional_parameters": {"account_id": {}}',
)


def report_platform_variable_undeclared(name: str, place: Place, connector: str, key: str) -> Finding:
    """Report an undeclared variable that the platform usually fills; `key` is that of the declared parameters."""
    return PLATFORM_VARIABLE_UNDECLARED.finding(
        place,
        f"'{name}' is not declared, although the platform usually fills it",
        f"add '{name}' to `{key}`",
        connector=connector,
        name=name,
    )


VARIABLE_UNDECLARED: Final = Rule(
    code="variable-undeclared",
    severity=Severity.ERROR,
    summary="variable that nothing fills",
    why=(
        "Nothing fills this variable. The platform does not report that but inserts an empty string, and the system "
        "silently uses the wrong address."
    ),
    wrong='"additional_parameters": {}',
    right='"additional_parameters": {"tenant": {}}',
)


def report_variable_undeclared(name: str, place: Place, connector: str, key: str, meant: str | None) -> Finding:
    """Report a variable that nothing fills, and the name that is meant, if it is clear."""
    return VARIABLE_UNDECLARED.finding(
        place,
        f"'{name}' is not declared, so the platform inserts an empty string here",
        f"did you mean '{meant}'?" if meant is not None else f"add '{name}' to `{key}`",
        connector=connector,
        name=name,
    )


def report_secret_as_variable(name: str, place: Place, connector: str, spelt: str) -> Finding:
    """Report a secret that is read as a variable; `spelt` is the reference to the secret."""
    return VARIABLE_UNDECLARED.finding(
        place,
        f"'{name}' is a secret, not a variable, so the platform inserts an empty string here",
        f"refer to it as '{spelt}'",
        connector=connector,
        name=name,
    )


UNRENDERABLE_NAME: Final = Rule(
    code="unrenderable-name",
    severity=Severity.WARNING,
    summary="parameter that no template can name",
    why=(
        "In the template language, names consist of letters, digits and underscores: `wix-site-id` is a subtraction. "
        "No template can refer to such a parameter."
    ),
    wrong='"additional_parameters": {"wix-site-id": {}}',
    right='"additional_parameters": {"wix_site_id": {}}',
)


def report_unrenderable_name(name: str, place: Place, connector: str, suggestion: str) -> Finding:
    """Report a parameter whose name the template language reads as an expression."""
    return UNRENDERABLE_NAME.finding(
        place,
        f"templates cannot refer to the parameter '{name}': its name is read as an expression",
        f"rename it to '{suggestion}'" if suggestion else "rename it, with letters, digits and underscores only",
        connector=connector,
        name=name,
    )


def check_undeclared(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each variable that nothing declares; none if the declarations cannot be read."""
    entry = context.snapshot.find_setting(context.snapshot.parameters_key)
    if entry is not None and not isinstance(entry.node, MapNode):
        return
    usual = _list_usual(context)
    secrets = context.secrets_as_variables
    key = context.snapshot.parameters_key
    misspelt = find_misspelt_declarations(context).values()
    for name, place in find_undeclared(context).items():
        meant = find_meant_variable(name, context)
        if name in secrets:
            yield report_secret_as_variable(name, place, context.name, spell_secret(context.platform, name))
        elif meant is None and not context.can_name(name):
            yield report_unrenderable_name(name, place, context.name, naming.to_attribute(name))
        elif name in usual and meant is None and name not in misspelt:
            yield report_platform_variable_undeclared(name, place, context.name, key)
        elif name not in misspelt:
            yield report_variable_undeclared(name, place, context.name, key, meant)


def _list_usual(context: ConnectorContext) -> set[str]:
    """Return the variables that the platform usually fills, if they are declared."""
    return {variable.name for variable in context.platform.variables if not variable.always}


def find_meant_variable(name: str, context: ConnectorContext) -> str | None:
    """Return the declared name that is meant by an undeclared one, or None.

    It is the one that definitions put into the same place, or else the only one that closely resembles the name. It is
    spelled as in the files of the platform.
    """
    placed = find_meant_name(name, context)
    is_free = placed in context.declared and placed not in list_used_variables(context)
    if placed is not None and is_free and context.can_name(placed):
        return context.platform.spell_name(placed)
    is_stated = name in _list_filled(context) or name in {parameter.name for parameter in context.list_parameters()}
    near = _list_spellings(context).find_only(name, NEARLY_EQUAL) if not is_stated else None
    return near if near in _list_shared(context) or near in _list_own(name, context) else None


def _list_filled(context: ConnectorContext) -> set[str]:
    """Return the variables that the platform fills, always or if they are declared."""
    return {variable.name for variable in context.platform.variables}


@once_per_connector
def _list_spellings(context: ConnectorContext) -> Vocabulary:
    """Return the names of variables that some templates can use, as they are spelled there."""
    own = (entry.key for datatype in context.snapshot.datatypes for entry in datatype.parameters)
    return Vocabulary(_list_shared(context).union(own))


@once_per_connector
def _list_shared(context: ConnectorContext) -> frozenset[str]:
    """Return the names of variables that all templates can use, as they are spelled there."""
    declared = filter(context.can_name, context.declared)
    return frozenset(map(context.platform.spell_name, _list_filled(context).union(declared)))


def _list_own(name: str, context: ConnectorContext) -> set[str]:
    """Return the parameters that all datatypes have whose templates use a variable."""
    templates = [
        template
        for template in context.snapshot.all_templates
        if any(reference.name == name for reference in template.select_references(ReferenceKind.VARIABLE))
    ]
    own = [{entry.key for entry in datatype.parameters} for template in templates for datatype in template.datatypes]
    is_own = all(template.datatypes for template in templates)
    return set.intersection(*own) if own and is_own else set()


@once_per_connector
def find_misspelt_declarations(context: ConnectorContext) -> dict[str, str]:
    """Return the undeclared variable that is meant by each unused declaration that closely resembles one.

    The platform or a definition states the variable, so its name is right, or the declared name is none for templates.
    """
    undeclared = find_undeclared(context).keys() - {*context.secrets_as_variables}
    stated = undeclared & _list_usual(context).union(parameter.name for parameter in context.list_parameters())
    by_spelling = {context.platform.spell_name(name): name for name in sorted(stated)}
    spelt = Vocabulary(by_spelling)
    meant: dict[str, str] = {}
    for name in _list_unused(context).sorted_words:
        near = by_spelling.get(spelt.find_nearest(name, NEARLY_EQUAL) or "")
        near = near if context.can_name(name) else naming.to_attribute(name)
        if near in undeclared and near not in meant.values():
            meant[name] = near
    return meant


def resembles_declaration(name: str, context: ConnectorContext) -> bool:
    """Return whether an undeclared variable resembles an unused declaration; they may be one, with either name."""
    return _resembles(name, _list_unused(context))


def resembles_variable(name: str, context: ConnectorContext) -> bool:
    """Return whether an unused declaration resembles an undeclared variable; they may be one, with either name."""
    return _resembles(name, _list_undeclared(context))


def _resembles(name: str, words: Vocabulary) -> bool:
    """Return whether a name resembles one of the words; after too many searches, it may."""
    return words.find_nearest(name) is not None or words.is_exhausted


@once_per_connector
def _list_unused(context: ConnectorContext) -> Vocabulary:
    return Vocabulary(context.declared.keys() - list_used_variables(context))


@once_per_connector
def _list_undeclared(context: ConnectorContext) -> Vocabulary:
    return Vocabulary(find_undeclared(context))


@once_per_connector
def list_used_variables(context: ConnectorContext) -> set[str]:
    """Return the names that templates read as variables or environment values."""
    kinds = (ReferenceKind.VARIABLE, ReferenceKind.ENVIRONMENT)
    return {name for kind in kinds for name in context.snapshot.group_references(kind)}


@once_per_connector
def find_undeclared(context: ConnectorContext) -> dict[str, Place]:
    """Return the first place of each variable that is empty in the expansion for some datatype.

    `credential-as-parameter` reports variables in the place of a secret.
    """
    replaceable = list_replaceable(context)
    always = {variable.name for variable in context.platform.variables if variable.always}
    needed = (*context.flags, *find_missing_flags(context))
    filled = always | set(context.declared) | {name for flag in needed for name in flag.variables}
    undeclared: dict[str, Place] = {}
    for template in context.snapshot.all_templates:
        own = [{entry.key for entry in datatype.parameters} for datatype in template.datatypes] or [set[str]()]
        filled_here = filled | set.intersection(*own)
        for reference in template.select_references(ReferenceKind.VARIABLE):
            if reference.name not in filled_here and reference.place not in replaceable:
                undeclared.setdefault(reference.name, reference.place)
    return undeclared


PARAMETER_SHADOWED: Final = Rule(
    code="parameter-shadowed",
    severity=Severity.WARNING,
    summary="parameter that some datatypes override",
    why=(
        "The parameters of a datatype take precedence over those of the connector. In the templates of these "
        "datatypes, the name stands for another value than everywhere else, which is rarely intended and easily "
        "overlooked."
    ),
    wrong=cleandoc("""
        "additional_parameters": {"base_url": {}},
        "datatypes": {"contact": {"parameters": {"base_url": "Contact"}}}
        """),
    right=cleandoc("""
        "additional_parameters": {"base_url": {}},
        "datatypes": {"contact": {"parameters": {"resource": "Contact"}}}
        """),
)


def report_parameter_shadowed(
    name: str, place: Place, declared: Place, connector: str, datatypes: Sequence[str]
) -> Finding:
    """Report a parameter of the connector, declared at `declared`, that some datatypes override."""
    return PARAMETER_SHADOWED.finding(
        place,
        f"the parameter '{name}' of the connector is overridden by the datatype{'s' * (len(datatypes) > 1)} "
        f"{join_names(datatypes)}",
        "rename one of the two parameters",
        labels=(Label(declared, "the parameter of the connector"),),
        connector=connector,
        name=name,
    )


def check_shadowed(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each parameter of the connector that some datatypes override."""
    for name, declared in context.declared.items():
        places = {
            datatype.name: entry.place
            for datatype in context.snapshot.datatypes
            for entry in datatype.parameters
            if entry.key == name
        }
        if places:
            first = next(iter(places.values()))
            yield report_parameter_shadowed(name, first, declared, context.name, list(places))


RAW_ENVIRONMENT_VALUE: Final = Rule(
    code="raw-environment-value",
    severity=Severity.WARNING,
    summary="environment value that bypasses the parameters",
    why=(
        "A template that reads the environment directly bypasses the parameters. Nobody declares the value or is "
        "asked for it, and tools that turn configurations back into templates lose it."
    ),
    wrong='"wix-site-id": "$ENV(wix-site-id)"',
    right='"wix-site-id": "{{@ wix_site_id @}}"',
)


def report_raw_environment_value(name: str, place: Place, connector: str, remedy: str) -> Finding:
    """Report an environment value that a template reads directly, although it could be a parameter."""
    return RAW_ENVIRONMENT_VALUE.finding(
        place,
        f"the environment value '{name}' is read directly",
        remedy,
        connector=connector,
        name=name,
    )


def check_environment(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each environment value that a template reads directly.

    `credential-as-parameter` reports one in the place of a secret.
    """
    replaceable = list_replaceable(context)
    for name, references in context.snapshot.group_references(ReferenceKind.ENVIRONMENT).items():
        place = next((reference.place for reference in references if reference.place not in replaceable), None)
        if place is not None:
            yield report_raw_environment_value(name, place, context.name, _find_remedy(name, context))


def _find_remedy(name: str, context: ConnectorContext) -> str:
    """Return the way to read an environment value as a parameter, or as the secret of its name."""
    if name in context.secrets_as_variables:
        return f"refer to the secret as '{spell_secret(context.platform, name)}'"
    if name not in context.declared:
        return f"declare it under `{context.snapshot.parameters_key}`, and use the parameter"
    if context.can_name(name):
        return "use the parameter of this name instead"
    return "rename the parameter so that templates can refer to it, and use it instead"
