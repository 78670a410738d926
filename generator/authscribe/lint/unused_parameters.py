"""Check the parameters that a manifest declares, and no template uses or can use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.rules.malformed_reference import report_malformed_elsewhere
from authscribe.lint.addresses import has_customer_host
from authscribe.lint.credentials import is_inside, list_replaceable
from authscribe.lint.malformed import locate_malformed_parameters
from authscribe.lint.parameters import (
    find_meant_variable,
    find_misspelt_declarations,
    find_undeclared,
    list_used_variables,
    report_unrenderable_name,
)
from authscribe.lint.placements import find_meant_name, list_displaced_names, list_missing_names
from authscribe.model import naming
from authscribe.model.contract import spell_variable
from authscribe.readers.text import LineCounter

_EXPRESSION: Final = re.compile(r"\{\{([^{}]*)\}\}")

PARAMETER_UNUSED: Final = Rule(
    code="parameter-unused",
    severity=Severity.WARNING,
    summary="parameter that is not used",
    why="The owner of the connector is asked for a value that nothing uses.",
    wrong='"additional_parameters": {"account_id": {}, "region": {}}',
    right='"additional_parameters": {"account_id": {}}',
)


def report_parameter_unused(name: str, place: Place, connector: str, meant: str | None = None) -> Finding:
    """Report a declared parameter that no template uses, and the name that is meant, if it is clear."""
    return PARAMETER_UNUSED.finding(
        place,
        f"the parameter '{name}' is declared but not used",
        f"did you mean '{meant}'?" if meant is not None else "remove it, or use it in a template",
        connector=connector,
        name=name,
    )


def report_parameter_at_run_time(name: str, place: Place, connector: str, spelt: str, expression: Place) -> Finding:
    """Report a parameter of which only an expression at run time has the name; `spelt` is the reference to it."""
    return PARAMETER_UNUSED.finding(
        place,
        f"the parameter '{name}' is declared but not used: it has no value at run time",
        f"refer to it as '{spelt}', or remove it",
        labels=(Label(expression, "this is evaluated at run time"),),
        connector=connector,
        name=name,
    )


def check_unused_parameters(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each declared parameter that no template uses, or that none can use.

    If a template reads one as a secret, `secret-not-injectable` reports that instead, and other rules report a
    misspelt one. `hard-coded-host` reports the address of a customer that probably replaced the only one.
    """
    used = list_used_variables(context) | context.parameters_as_secrets
    used |= {meant for name in context.unprovided if (meant := find_meant_name(name, context)) is not None}
    used |= {*list_displaced_names(context), *list_missing_names(context)}
    meant_variables = {find_meant_variable(name, context) for name in find_undeclared(context)}
    unread = context.declared.keys() - used
    unused = {name for name in unread if context.platform.spell_name(name) not in meant_variables}
    at_run_time = _locate_run_time_names(unused, context)
    malformed = locate_malformed_parameters(unused - at_run_time.keys(), context)
    for name, place in context.declared.items():
        if not context.can_name(name):
            yield report_unrenderable_name(name, place, context.name, naming.to_attribute(name))
        elif name in unused:
            spelt = spell_variable(context.platform, name)
            if name in malformed:
                yield report_malformed_elsewhere(f"the parameter '{name}'", name, malformed[name], context.name, spelt)
            elif name not in at_run_time:
                yield from _report_unused(name, place, context, is_only=len(unused) == 1)
            # An expression in the place of a credential is a finding of its own.
            elif not any(is_inside(at_run_time[name], replaceable) for replaceable in list_replaceable(context)):
                yield report_parameter_at_run_time(name, place, context.name, spelt, at_run_time[name])


def _report_unused(name: str, place: Place, context: ConnectorContext, *, is_only: bool) -> Iterator[Finding]:
    """Yield the finding about a parameter that is nowhere, unless the address of a customer replaced the only one."""
    meant = find_misspelt_declarations(context).get(name)
    if meant is not None or not is_only or not has_customer_host(context):
        yield report_parameter_unused(name, place, context.name, meant)


def _locate_run_time_names(names: Collection[str], context: ConnectorContext) -> Mapping[str, Place]:
    """Return the first place at which each of the names is a whole expression of a template, evaluated at run time."""
    places: dict[str, Place] = {}
    for template in context.snapshot.all_templates if names else ():
        lines = LineCounter(template.text)
        for match in _EXPRESSION.finditer(template.text):
            name = match[1].removeprefix("-").removesuffix("-").strip()
            if name in names and name not in places:
                places[name] = Place(template.place.path, *lines.locate(match.start()), *lines.locate(match.end()))
    return places
