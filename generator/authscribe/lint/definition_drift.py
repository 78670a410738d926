"""Check that a connector matches its definition: scheme, flags, parameters, addresses and scopes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext, list_words
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import NEARLY_EQUAL, Vocabulary, join_names, list_names
from authscribe.lint.addresses import blank_holes, normalize_address, show_address
from authscribe.lint.flags import find_missing_flags, find_unused_flags
from authscribe.lint.parameters import list_used_variables
from authscribe.lint.system_addresses import URL_PATTERN, find_other_address, may_be_base
from authscribe.model.contract import list_methods, list_platform_variables
from authscribe.model.definitions import Connector, Endpoint
from authscribe.model.draft import Entry, get_text

DEFINITION_DIFFERS: Final = Rule(
    code="definition-differs",
    severity=Severity.WARNING,
    summary="connector that does not match its definition",
    why=(
        "A definition and a connector of the same name state the same facts. If they differ, the outputs that are "
        "generated from the definition do not describe the connector."
    ),
    wrong=cleandoc("""
        connectors:
          - id: wave
            scheme: api_key   # the manifest has "auth": "oauth2"
        """),
    right=cleandoc("""
        connectors:
          - id: wave
            scheme: oauth2
        """),
)


def report_definition_differs(difference: str, place: Place, first: Place, connector: str) -> Finding:
    """Report a difference between a connector and its definition, which is at `first`."""
    return DEFINITION_DIFFERS.finding(
        place,
        f"the connector does not match its definition: {difference}",
        "update the one that is out of date",
        labels=(Label(first, "defined here"),),
        connector=connector,
    )


def check_definition(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each fact on which the definition and the manifest differ."""
    definition = context.definition
    if definition is None or (context.secrets and not context.selector):
        return
    node = context.resolution.connectors[definition.id]
    identifier = node.find("id")
    defined = identifier.place if identifier is not None else node.place
    for difference, place in _compare_all(definition, context):
        yield report_definition_differs(difference, place, defined, context.name)


def _compare_all(definition: Connector, context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    schemes = sorted({name for method in list_methods(definition) for name in method.schemes})
    if context.scheme is None or context.scheme.id not in schemes:
        scheme = f"the scheme '{context.scheme.id}'" if context.scheme else "no scheme"
        yield f"the manifest names {scheme}, the definition {join_names(schemes)}", context.selector_place
        return
    yield from _compare_flags(definition, context)
    yield from _compare_parameters(definition, context)
    for role, path in context.snapshot.layout.endpoints.items():
        yield from _compare_address(path, getattr(definition.endpoints, role), context)
    yield from _compare_base(definition.endpoints.base, context)
    for key, path in context.snapshot.layout.scope_lists.items():
        defined = getattr(definition.oauth, key) if definition.oauth else ()
        yield from _compare_scopes(key, set(defined), context.snapshot.find_setting(path))


def _compare_flags(definition: Connector, context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    set_flags = {flag.name for flag in context.flags}
    # `flag-secret-unused` and `flag-missing` report the others.
    unused = {flag.name for flag, _ in find_unused_flags(context)}
    missing = {flag.name for flag in find_missing_flags(context)}
    for flag in sorted((set_flags ^ set(definition.flags)) - unused - missing):
        entry = context.snapshot.find_setting(flag)
        place = entry.place if entry is not None else context.snapshot.place
        yield f"only {'the manifest' if flag in set_flags else 'the definition'} sets the flag '{flag}'", place


def _compare_parameters(definition: Connector, context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    # A variable that the platform usually fills may be missing from either side.
    usual = list_platform_variables(context.resolution.catalogue)
    defined = {parameter.name for parameter in definition.parameters}
    inherited = {parameter.name for parameter in context.scheme.parameters} if context.scheme else set()
    # Other rules report what nothing uses or declares.
    used = list_used_variables(context)
    undeclared = defined - usual - set(context.declared) - used
    known = Vocabulary(undeclared)
    for name, place in context.declared.items():
        if name in used - (defined | inherited | usual):
            meant = known.find_nearest(name, NEARLY_EQUAL)
            listed = f", but '{meant}'" if meant in undeclared else ""
            undeclared -= {meant}
            yield f"the definition does not list the parameter '{name}'{listed}", place
    for name in sorted(undeclared):
        yield f"the manifest does not declare the parameter '{name}'", context.snapshot.place


def _compare_address(path: str, endpoint: Endpoint | None, context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    """Yield the differences between an endpoint and its address in the manifest, and in systems by the same path."""
    if endpoint is None:
        return
    entry = context.snapshot.find_setting(path)
    address = get_text(entry.node) or "" if entry is not None else ""
    if entry is not None and not _matches_endpoint(address, endpoint):
        yield _state_difference(path, address, "manifest", endpoint), entry.node.place
    leaf = find_other_address(path.split("."), endpoint, context, lambda each: _may_be_endpoint(each, endpoint))
    if leaf is not None:
        yield _state_difference(path, str(leaf.value), "system", endpoint), leaf.place


def _compare_base(endpoint: Endpoint | None, context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    if endpoint is None:
        return
    leaf = find_other_address((URL_PATTERN,), endpoint, context, lambda each: may_be_base(each, endpoint))
    if leaf is not None:
        yield _state_difference(URL_PATTERN, str(leaf.value), "system", endpoint), leaf.place


def _state_difference(path: str, address: str, owner: str, endpoint: Endpoint) -> str:
    sides = f"'{show_address(address)}' in the {owner} and '{show_address(endpoint.url)}' in the definition"
    return f"'{path}' is {sides}"


def _may_be_endpoint(address: str, endpoint: Endpoint) -> bool:
    """Return whether an address is that of an endpoint, or something in it is filled in later."""
    return blank_holes(address) != address or _matches_endpoint(address, endpoint)


def _matches_endpoint(address: str, endpoint: Endpoint) -> bool:
    """Return whether an address is one of those of an endpoint, with its fixed query or without it."""
    return any(_matches_template(address, template) for template in (endpoint.url, *endpoint.addresses))


def _matches_template(address: str, template: str) -> bool:
    """Return whether an address is the template with some text for each `${name}`."""
    parts = (re.escape(part) for part in re.split(r"\$\{[^}]*\}", normalize_address(template)))
    return re.fullmatch("[^/]+".join(parts), normalize_address(address)) is not None


def _compare_scopes(key: str, defined: set[str], entry: Entry | None) -> Iterator[tuple[str, Place]]:
    if entry is None or not defined:
        return
    requested = set(list_words(entry.node))
    noun = "optional scope" if key.startswith("optional") else "scope"
    sides = (("the manifest", requested - defined), ("the definition", defined - requested))
    differences = [f"only {side} requests {list_names(noun, scopes)}" for side, scopes in sides if scopes]
    if differences:
        yield " and ".join(differences), entry.place
