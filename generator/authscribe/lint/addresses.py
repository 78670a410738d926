"""Rules about addresses: whose they are, how they are reached, and whether they belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.model.draft import get_text

_URL: Final = re.compile(r"\s*(?P<scheme>https?)://(?:[^/@?#\s]*@)?(?P<host>[^/?#\s]+)", re.IGNORECASE)
_HOLE: Final = re.compile(r"\{[{%].*?[}%]\}|\$\w+\([^()]*\)")
_PORT: Final = re.compile(r":[0-9]*$")
_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")
_MANIFEST: Final = (
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
# `sod` is how SuperOffice calls its environment for development.
_TEST: Final = frozenset(("sandbox", "staging", "stage", "test", "demo", "uat", "preprod", "sod", "quickstart"))
_SECOND_LEVEL: Final = frozenset(("co", "com", "org", "net", "ac", "gov"))


def parse_host(address: str) -> str | None:
    """The host of an address, in lower case, without its port; None where the address names none.

    What is filled in later is a NUL.
    """
    match = _URL.match(_HOLE.sub("\0", address))
    return _PORT.sub("", match["host"].lower()) if match else None


def list_addresses(subject: ConnectorContext) -> Iterator[tuple[str, Place]]:
    """Every address that the manifest and the systems name."""
    for path in _MANIFEST:
        entry = subject.snapshot.setting(*path)
        value = get_text(entry.node) if entry is not None else None
        if entry is not None and value:
            yield value, entry.node.place
    for leaf in subject.snapshot.leaves:
        if isinstance(leaf.value, str) and _URL.match(leaf.value):
            yield leaf.value, leaf.place


HARD_CODED_HOST: Final = Rule(
    code="hard-coded-host",
    severity=Severity.WARNING,
    summary="an address of one customer or of a test environment",
    why=(
        "A connector serves many customers. With the address of one of them, or of a test environment, it works "
        "for whoever wrote it and for nobody else."
    ),
    wrong='"url_pattern": "https://acme.zendesk.com/api/v2/%s"',
    right='"url_pattern": "https://{{@ subdomain @}}.zendesk.com/api/v2/%s"',
)


def report_hard_coded_host(host: str, place: Place, connector: str, what: str) -> Finding:
    """An address of one customer or of a test environment."""
    return HARD_CODED_HOST.finding(
        place,
        f"{host} is {what}",
        "make it a parameter, or use the address for production",
        connector=connector,
        name=host,
    )


def check_hosts(subject: ConnectorContext) -> Iterator[Finding]:
    """Each host that is one customer's or a test environment, once."""
    seen: set[str] = set()
    for address, place in list_addresses(subject):
        name = parse_host(address)
        what = _peculiar(name) if name else None
        if name and what and name not in seen:
            seen.add(name)
            yield report_hard_coded_host(name, place, subject.name, what)


def _peculiar(name: str) -> str | None:
    """What is wrong with a host in a connector that serves everybody."""
    first = name.partition(".")[0]
    words = {word for label in name.split(".") for word in label.split("-")}
    if any(name.endswith(f".{domain}") for domain in _TENANTS) and first not in _SHARED and "\0" not in first:
        return "the address of one customer"
    return "a test environment" if words & _TEST else None


CLEARTEXT_HTTP: Final = Rule(
    code="cleartext-http",
    severity=Severity.WARNING,
    summary="requests without encryption",
    why=(
        "Anybody on the way can read the credentials of a request over http. RFC 6749 section 3.1 asks for TLS "
        "at the authorization and token endpoints."
    ),
    wrong='"url_pattern": "http://api.example.com/%s"',
    right='"url_pattern": "https://api.example.com/%s"',
)


def report_cleartext_http(host: str, place: Place, connector: str) -> Finding:
    """A request without encryption."""
    return CLEARTEXT_HTTP.finding(
        place, f"requests to {host} are not encrypted", "use https", connector=connector, name=host
    )


def check_cleartext(subject: ConnectorContext) -> Iterator[Finding]:
    """Each address that is reached without encryption."""
    for address, place in list_addresses(subject):
        match = _URL.match(address)
        name = parse_host(address)
        if match and match["scheme"].lower() == "http" and name and name not in _LOCAL:
            yield report_cleartext_http(name.replace("\0", "..."), place, subject.name)


AUTHORITY_MISMATCH: Final = Rule(
    code="authority-mismatch",
    severity=Severity.WARNING,
    summary="login, token and API addresses that do not belong together",
    why=(
        "The client secret goes to the token address. When that belongs neither to the party at which people log "
        "in nor to the one whose API is used, or when one address is of a test environment and the other is not, "
        "one of them is probably wrong."
    ),
    wrong=('"login_url": "https://login.example.com/authorize",\n' '"token_url": "https://login.example.net/token"'),
    right=('"login_url": "https://login.example.com/authorize",\n' '"token_url": "https://login.example.com/token"'),
)


def report_authority_mismatch(place: Place, first: Place, connector: str, problem: str) -> Finding:
    """Login, token and API addresses that do not belong together."""
    return AUTHORITY_MISMATCH.finding(
        place,
        problem,
        "correct the address that is out of place",
        labels=(Label(first, "the other address"),),
        connector=connector,
    )


def check_authority(subject: ConnectorContext) -> Iterator[Finding]:
    """A token address whose domain is neither that of the login nor that of the API, or of another environment.

    An API whose domain is filled in later may be that of the tokens.
    """
    login, token = (_manifest_host(subject, key) for key in ("login_url", "token_url"))
    if login is None or token is None:
        return
    apis = [str(leaf.value) for leaf in subject.snapshot.leaves if leaf.slot == ("url_pattern",)]
    domains = {_domain(login[0]), *(_domain(name) for api in apis if (name := parse_host(api)))}
    is_open = any("\0" in domain for domain in domains) or any(_HOLE.match(api) for api in apis)
    if _domain(token[0]) not in domains and not is_open:
        problem = f"tokens come from {token[0]}, which belongs neither to the login nor to the API"
        yield report_authority_mismatch(token[1], login[1], subject.name, problem)
    elif (_peculiar(login[0]) is None) != (_peculiar(token[0]) is None):
        problem = f"{login[0]} and {token[0]} are not of the same environment"
        yield report_authority_mismatch(token[1], login[1], subject.name, problem)


def _manifest_host(subject: ConnectorContext, key: str) -> tuple[str, Place] | None:
    entry = subject.snapshot.setting("oauth2", key)
    name = parse_host(get_text(entry.node) or "") if entry is not None else None
    return (name, entry.node.place) if entry is not None and name else None


def _domain(name: str) -> str:
    """The part of a host that somebody registers: `api.example.co.uk` gives `example.co.uk`."""
    labels = name.split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:])
