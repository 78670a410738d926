"""Check the addresses of a connector: whose they are, whether they are encrypted, and whether they belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.draft import get_text

_URL: Final = re.compile(r"\s*(?P<scheme>https?)://(?:[^/@?#\s]*@)?(?P<host>[^/?#\s]+)", re.IGNORECASE)
_HOLE: Final = re.compile(r"\{[{%].*?[}%]\}|\$\w+\([^()]*\)")
_PORT: Final = re.compile(r":[0-9]*$")
_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")
_MANIFEST_KEYS: Final = (
    ("oauth2", "login_url"), ("oauth2", "token_url"), ("oauth2", "identity_url"), ("oauth2", "jwks_uri"),
    ("jwt", "login_url"),
)  # fmt: skip

# Domains under which each customer has a name, and names under them that are the provider's own.
_TENANTS: Final = (
    "myshopify.com", "zendesk.com", "freshteam.com", "freshdesk.com", "freshservice.com", "chargebee.com",
    "youtrack.cloud", "atlassian.net", "sharepoint.com", "dynamics.com", "okta.com", "auth0.com", "my.salesforce.com",
    "bamboohr.com", "recurly.com", "service-now.com", "gitlab.io", "pipedrive.com",
)  # fmt: skip
_SHARED: Final = frozenset(("www", "api", "app", "login", "auth", "accounts", "developer", "id", "oauth", "support"))
# `sod` is the development environment of SuperOffice.
_TEST: Final = frozenset(("sandbox", "staging", "stage", "test", "demo", "uat", "preprod", "sod", "quickstart"))
_SECOND_LEVEL: Final = frozenset(("co", "com", "org", "net", "ac", "gov"))


def parse_host(address: str) -> str | None:
    """Return the host of an address, in lower case and without its port; None if the address has no host.

    Each hole that is filled in later becomes a NUL.
    """
    match = _URL.match(_HOLE.sub("\0", address))
    return _PORT.sub("", match["host"].lower()) if match else None


def is_cleartext(address: str) -> bool:
    """Return whether requests to an address go unencrypted over a network."""
    match = _URL.match(address)
    return match is not None and match["scheme"].lower() == "http" and parse_host(address) not in _LOCAL


def list_addresses(context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    """Yield every address in the manifest and the systems."""
    for path in _MANIFEST_KEYS:
        entry = context.snapshot.find_setting(*path)
        value = get_text(entry.node) if entry is not None else None
        if entry is not None and value:
            yield value, entry.node.place
    for leaf in context.snapshot.leaves:
        if isinstance(leaf.value, str) and _URL.match(leaf.value):
            yield leaf.value, leaf.place


HARD_CODED_HOST: Final = Rule(
    code="hard-coded-host",
    severity=Severity.WARNING,
    summary="address of a single customer or of a test environment",
    why=(
        "A connector serves many customers. With the address of one of them, or of a test environment, it works for "
        "its author and for nobody else."
    ),
    wrong='"url_pattern": "https://acme.zendesk.com/api/v2/%s"',
    right='"url_pattern": "https://{{@ subdomain @}}.zendesk.com/api/v2/%s"',
)


def report_hard_coded_host(host: str, place: Place, connector: str, kind: str) -> Finding:
    """Report a host that serves not everybody; `kind` is a noun phrase such as `a test environment`."""
    return HARD_CODED_HOST.finding(
        place,
        f"'{host}' is {kind}",
        "make the host a parameter, or use the production address",
        connector=connector,
        name=host,
    )


def check_hosts(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each host of a single customer or a test environment."""
    reported: set[str] = set()
    for address, place in list_addresses(context):
        host = parse_host(address)
        kind = _classify_host(host) if host else None
        if host and kind and host not in reported:
            reported.add(host)
            yield report_hard_coded_host(host, place, context.name, kind)


def _classify_host(host: str) -> str | None:
    """Return what kind of host this is if it serves not everybody, else None."""
    first = host.partition(".")[0]
    words = {word for label in host.split(".") for word in label.split("-")}
    if any(host.endswith(f".{domain}") for domain in _TENANTS) and first not in _SHARED and "\0" not in first:
        return "the address of a single customer"
    return "a test environment" if words & _TEST else None


CLEARTEXT_HTTP: Final = Rule(
    code="cleartext-http",
    severity=Severity.WARNING,
    summary="requests without encryption",
    why=(
        "Anybody on the way can read the credentials of a request over http. RFC 6749 section 3.1 requires TLS for "
        "the authorization endpoint, and section 3.2 for the token endpoint."
    ),
    wrong='"url_pattern": "http://api.example.com/%s"',
    right='"url_pattern": "https://api.example.com/%s"',
)


def report_cleartext_http(host: str, place: Place, connector: str) -> Finding:
    """Report an address that is reached without encryption."""
    return CLEARTEXT_HTTP.finding(
        place, f"requests to '{host}' are not encrypted", "use https", connector=connector, name=host
    )


def check_cleartext(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each address that is reached without encryption."""
    for address, place in list_addresses(context):
        host = parse_host(address)
        if host and is_cleartext(address):
            yield report_cleartext_http(host.replace("\0", "..."), place, context.name)


AUTHORITY_MISMATCH: Final = Rule(
    code="authority-mismatch",
    severity=Severity.WARNING,
    summary="login, token and API addresses that do not belong together",
    why=(
        "The client secret is sent to the token URL. If the token URL belongs neither to the party at which people "
        "log in nor to the one whose API is used, or if only one of two addresses is in a test environment, one of "
        "them is probably wrong."
    ),
    wrong=cleandoc("""
        "login_url": "https://login.example.com/authorize",
        "token_url": "https://login.example.net/token"
        """),
    right=cleandoc("""
        "login_url": "https://login.example.com/authorize",
        "token_url": "https://login.example.com/token"
        """),
)


def report_authority_mismatch(place: Place, first: Place, connector: str, problem: str) -> Finding:
    """Report a token URL that does not belong to the login, which is at `first`, or to the API."""
    return AUTHORITY_MISMATCH.finding(
        place,
        problem,
        "correct the address that does not belong to the others",
        labels=(Label(first, "the login address"),),
        connector=connector,
    )


def check_authority(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding if the token URL has neither the domain of the login nor of the API, or another environment.

    A domain of the API that is filled in later may be that of the token URL.
    """
    login, token = (_find_manifest_host(key, context) for key in ("login_url", "token_url"))
    if login is None or token is None:
        return
    apis = [str(leaf.value) for leaf in context.snapshot.leaves if leaf.slot == ("url_pattern",)]
    domains = {_find_domain(login[0]), *(_find_domain(host) for api in apis if (host := parse_host(api)))}
    is_open = any("\0" in domain for domain in domains) or any(_HOLE.match(api) for api in apis)
    if _find_domain(token[0]) not in domains and not is_open:
        problem = f"the token host '{token[0]}' belongs neither to the login nor to the API"
        yield report_authority_mismatch(token[1], login[1], context.name, problem)
    elif (_classify_host(login[0]) is None) != (_classify_host(token[0]) is None):
        problem = f"'{login[0]}' and '{token[0]}' belong to different environments"
        yield report_authority_mismatch(token[1], login[1], context.name, problem)


def _find_manifest_host(key: str, context: ConnectorContext) -> tuple[str, Place] | None:
    entry = context.snapshot.find_setting("oauth2", key)
    host = parse_host(get_text(entry.node) or "") if entry is not None else None
    return (host, entry.node.place) if entry is not None and host else None


def _find_domain(host: str) -> str:
    """Return the registered domain of a host: `api.example.co.uk` gives `example.co.uk`."""
    labels = host.split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:])
