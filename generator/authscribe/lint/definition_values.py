"""Check the values in definitions: patterns are valid, and examples and defaults match them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.definition_addresses import MASKED, check_endpoints
from authscribe.lint.definition_words import check_client_authentication, check_format
from authscribe.lint.renewal import check_scheme_renewal
from authscribe.lint.sent_secrets import check_queries
from authscribe.model.contract import (
    build_method_contract,
    build_scheme_contract,
    list_methods,
    list_platform_variables,
)
from authscribe.model.definitions import Connector, Scheme, Setting
from authscribe.model.draft import Draft, MapNode
from authscribe.model.patterns import find_pattern_errors, is_match
from authscribe.resolve.attribution import attribute_to_definitions
from authscribe.resolve.merge import SETTING_LISTS, list_maps, locate_value
from authscribe.resolve.resolver import Resolution


def check_definitions(resolution: Resolution, drafts: Iterable[Draft]) -> tuple[Finding, ...]:
    """Return the findings about the values in definitions, each once; they name the definitions that they are about.

    `drafts` are those from which the catalogue was resolved.
    """
    findings = tuple(dict.fromkeys(_check_all(resolution)))
    return attribute_to_definitions(findings, drafts, resolution.known.drafts)


def _check_all(resolution: Resolution) -> Iterator[Finding]:
    catalogue = resolution.catalogue
    always = list_platform_variables(catalogue)
    for scheme in catalogue.schemes:
        node = resolution.schemes[scheme.id]
        contract = build_scheme_contract(catalogue, scheme)
        yield from _check_settings(scheme, node)
        yield from check_client_authentication(scheme, node)
        yield from check_endpoints(scheme, node, (contract,), always)
        yield from check_queries(scheme, node, (contract,))
        yield from check_scheme_renewal(scheme, node)
    yield from resolution.known.value_findings
    for connector in catalogue.connectors:
        if connector.id in resolution.known.checked:
            continue
        node = resolution.connectors[connector.id]
        contracts = [build_method_contract(catalogue, connector, method) for method in list_methods(connector)]
        yield from _check_settings(connector, node)
        yield from check_client_authentication(connector, node)
        yield from check_endpoints(connector, node, contracts, always)
        yield from check_queries(connector, node, contracts)


def _check_settings(definition: Scheme | Connector, node: MapNode) -> Iterator[Finding]:
    for key in SETTING_LISTS:
        settings: tuple[Setting, ...] = getattr(definition, key, ())
        for setting, item in zip(settings, list_maps(node.find(key)), strict=True):
            yield from _check_pattern(setting, item)
            yield from check_format(setting, item)


BAD_PATTERN: Final = Rule(
    code="bad-pattern",
    severity=Severity.WARNING,
    summary="pattern is not a valid regex in Python or ECMAScript",
    why=(
        "Programs check patterns in the dialect of Python, browsers and JSON Schema in that of ECMAScript. A pattern "
        "that is valid in only one of them rejects good values on one side, or accepts bad ones."
    ),
    wrong="pattern: (?i)[a-z]+",
    right="pattern: '[A-Za-z]+'",
)


def report_bad_pattern(name: str, dialect: str, problem: str, place: Place) -> Finding:
    """Report a pattern that is not valid in one of the two dialects, or in both."""
    return BAD_PATTERN.finding(
        place,
        f"the pattern of '{name}' is not a valid regex in {dialect}: {problem.lower()}",
        "use only syntax that Python and ECMAScript have in common",
        name=name,
    )


def _check_pattern(setting: Setting, node: MapNode) -> Iterator[Finding]:
    if setting.pattern is None:
        return
    place = locate_value(node, "pattern")
    errors = find_pattern_errors(setting.pattern)
    if errors:
        yield report_bad_pattern(setting.name, " or ".join(errors), next(iter(errors.values())), place)
    else:
        yield from _match_values(setting, setting.pattern, place)


EXAMPLE_MISMATCH: Final = Rule(
    code="example-mismatch",
    severity=Severity.WARNING,
    summary="example or default that does not match its pattern",
    why=(
        "People imitate the example. If its own pattern rejects it, one of the two is wrong. Examples that are masked "
        "with asterisks, bullets or dots are not checked."
    ),
    wrong=cleandoc("""
        required:
          - name: account
            pattern: ^[0-9]+$
            example: acme
        """),
    right=cleandoc("""
        required:
          - name: account
            pattern: ^[a-z]+$
            example: acme
        """),
)


def report_example_mismatch(name: str, noun: str, place: Place) -> Finding:
    """Report an `example` or `default` that its pattern rejects, without showing the value."""
    return EXAMPLE_MISMATCH.finding(
        place,
        f"the {noun} of '{name}' does not match its pattern",
        f"correct the pattern or the {noun}",
        name=name,
    )


SLOW_PATTERN: Final = Rule(
    code="slow-pattern",
    severity=Severity.WARNING,
    summary="pattern that takes too long",
    why=(
        "A quantifier inside a quantified group can match one text in very many ways, so that the time doubles with "
        "each character. Anybody who may enter a value can then stop the program that checks it."
    ),
    wrong="pattern: ^(a+)+$",
    right="pattern: ^a+$",
)


def report_slow_pattern(name: str, place: Place) -> Finding:
    """Report a pattern that backtracks for too long on its own example or default."""
    return SLOW_PATTERN.finding(
        place,
        f"the pattern of '{name}' takes too long on its own example or default",
        "avoid nested quantifiers such as (a+)+",
        name=name,
    )


def _match_values(setting: Setting, pattern: str, place: Place) -> Iterator[Finding]:
    # No finding shows the values, since the example of a secret may be a real one.
    for noun, value in (("example", setting.example), ("default", setting.default)):
        if not isinstance(value, str) or not value or MASKED.search(value):
            continue
        try:
            if not is_match(pattern, value):
                yield report_example_mismatch(setting.name, noun, place)
        except TimeoutError:
            yield report_slow_pattern(setting.name, place)
            return
