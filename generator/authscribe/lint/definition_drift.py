"""The rule that a connector is as its definition has it: scheme, flags, parameters, addresses, scopes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.connectors.context import ConnectorContext, split_words
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.contract import list_methods, list_platform_variables
from authscribe.model.definitions import Connector, Endpoint
from authscribe.model.draft import get_text

DEFINITION_DIFFERS: Final = Rule(
    code="definition-differs",
    severity=Severity.WARNING,
    summary="a connector that is not as its definition has it",
    why=(
        "A definition and a connector of the same name state the same facts. Where they differ, what is "
        "generated from the definition is not true of the connector."
    ),
    wrong='connectors: [{id: wave, scheme: api_key}] beside a manifest with "auth": "oauth2"',
    right="connectors: [{id: wave, scheme: oauth2}]",
)


def report_definition_differs(what: str, place: Place, first: Place, connector: str) -> Finding:
    """A connector that is not as its definition has it."""
    return DEFINITION_DIFFERS.finding(
        place,
        f"the connector is not as its definition has it: {what}",
        "correct the one that is out of date",
        labels=(Label(first, "defined here"),),
        connector=connector,
    )


def check_definition(subject: ConnectorContext) -> Iterator[Finding]:
    """Each fact that the definition and the manifest state differently."""
    definition = subject.definition
    if definition is None or (subject.secrets and not subject.selector):
        return
    node = subject.resolution.connectors[definition.id]
    identifier = node.find("id")
    defined = identifier.place if identifier is not None else node.place
    for what, place in _differences(subject, definition):
        yield report_definition_differs(what, place, defined, subject.name)


def _differences(subject: ConnectorContext, definition: Connector) -> Iterator[tuple[str, Place]]:
    schemes = {name for method in list_methods(definition) for name in method.schemes}
    found = subject.scheme.id if subject.scheme else "none"
    if found not in schemes:
        yield f"the scheme is {found}, not {', '.join(sorted(schemes))}", subject.selector_place
        return
    yield from _flags(subject, definition)
    yield from _parameters(subject, definition)
    for key, endpoint in (("login_url", definition.endpoints.authorize), ("token_url", definition.endpoints.token)):
        yield from _address(subject, key, endpoint)
    yield from _scopes(subject, definition)


def _flags(subject: ConnectorContext, definition: Connector) -> Iterator[tuple[str, Place]]:
    mine = {flag.name for flag in subject.flags}
    for flag in sorted(mine ^ set(definition.flags)):
        entry = subject.snapshot.setting(flag)
        place = entry.place if entry is not None else subject.snapshot.place
        yield f"the flag '{flag}' is set in one of them only", place


def _parameters(subject: ConnectorContext, definition: Connector) -> Iterator[tuple[str, Place]]:
    """What the platform usually fills may be stated in one of them only."""
    usual = list_platform_variables(subject.resolution.catalogue)
    stated = {parameter.name for parameter in definition.parameters}
    inherited = {p.name for p in subject.scheme.parameters} if subject.scheme else set()
    for name, place in subject.declared.items():
        if name not in stated | inherited | usual:
            yield f"the definition does not state the parameter '{name}'", place
    for name in sorted(stated - usual - set(subject.declared)):
        yield f"the manifest does not declare the parameter '{name}'", subject.snapshot.place


def _address(subject: ConnectorContext, key: str, endpoint: Endpoint | None) -> Iterator[tuple[str, Place]]:
    entry = subject.snapshot.setting("oauth2", key)
    address = get_text(entry.node) if entry is not None else None
    if entry is not None and endpoint is not None and not _is_filled(endpoint.url, address or ""):
        yield f"'{key}' is another address", entry.node.place


def _is_filled(template: str, address: str) -> bool:
    """Whether an address is the template with something for each `${name}`."""
    parts = (re.escape(part) for part in re.split(r"\$\{[^}]*\}", template))
    return re.fullmatch("[^/]+".join(parts), address) is not None


def _scopes(subject: ConnectorContext, definition: Connector) -> Iterator[tuple[str, Place]]:
    entry = subject.snapshot.setting("oauth2", "scopes")
    stated = set(definition.oauth.scopes) if definition.oauth else set()
    if entry is not None and stated:
        differing = sorted(stated ^ set(split_words(entry.node)))
        if differing:
            yield f"only one of them asks for the scope '{differing[0]}'", entry.place
