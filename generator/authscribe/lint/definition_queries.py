"""Check that definitions put no secret into the query of a URL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.contract import Contract
from authscribe.model.definitions import Connector, Location, Scheme, Secrecy
from authscribe.model.draft import MapNode
from authscribe.model.placement_template import list_hole_names
from authscribe.resolve.merge import list_maps, locate_value

SECRET_IN_URL: Final = Rule(
    code="secret-in-url",
    severity=Severity.WARNING,
    summary="secret in a URL",
    why=(
        "URLs end up in the logs of servers and proxies, in browser histories and in referrer headers. RFC 6750 "
        "section 2.3 advises against bearer tokens in URLs."
    ),
    wrong='"url_pattern": "https://api.example.com/%s?key=$SECRET(api_key)"',
    right='"url_pattern": "https://api.example.com/%s", "headers": {"X-Api-Key": "$SECRET(api_key)"}',
)


def report_secret_in_query(name: str, place: Place, definition: Scheme | Connector) -> Finding:
    """Report a secret that a definition places in the query of a URL."""
    return SECRET_IN_URL.finding(
        place,
        f"the secret '{name}' is placed in the query of a URL",
        "place it in a header or in the body, if the provider accepts that",
        scheme=definition.id if isinstance(definition, Scheme) else None,
        connector=definition.id if isinstance(definition, Connector) else None,
        name=name,
    )


def check_queries(definition: Scheme | Connector, node: MapNode, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Yield a finding for each secret that the placements of a definition itself put into a query."""
    secrets = {
        secret.name
        for contract in contracts
        for secret in (*contract.required, *contract.injected)
        if secret.secret is not Secrecy.NO
    }
    for placement, item in zip(definition.placements, list_maps(node.find("placements")), strict=True):
        if placement.location is Location.QUERY:
            for name in sorted(list_hole_names(*placement.templates) & secrets):
                yield report_secret_in_query(name, locate_value(item, "in"), definition)
