"""Check the addresses of a connector: whose they are, whether they are encrypted, and whether they belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.once import once_per_connector
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.definition_addresses import NO_HTTPS, find_address_problem, report_bad_address
from authscribe.model.credential_names import names_credential
from authscribe.model.draft import get_text
from authscribe.readers.pasted_secrets import withhold_secrets

_URL: Final = re.compile(r"\s*(?P<scheme>https?)://(?:[^/@?#\s]*@)?(?P<host>[^/?#\s]+)", re.IGNORECASE)
# No hole has another one in it, so that a search in `{{{{` ends at the next opening.
_HOLE: Final = re.compile(r"\$?\{[{%](?:[^{}%]|%(?!\})|\}(?!\})|\{(?![{%]))*+[}%]\}|\$\{[^{}]*\}|\$\w+\([^()]*\)")
_CREDENTIALS: Final = re.compile(rf"(://)(?:(?:{_HOLE.pattern}|[^/?#@\s])*+@)+")
_QUERY_FIELD: Final = re.compile(r"(?P<start>[?&](?P<name>[^?&#=]+)=)(?P<value>[^&#]+)")
_SPLIT: Final = re.compile(f"({_HOLE.pattern})")
_AUTHORITY: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<authority>(?:{_HOLE.pattern}|[^/?#@{{}}])++)(?![^/?#])", re.IGNORECASE
)
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_NO_SCHEME: Final = re.compile(
    r"(?:[\w-]+\.)+[a-z]{2,}(?:[/:?#]|$)|(?!https?://)\w+:?//|https?:/?\w|\$\{?\w+\}?(?![\w(])", re.IGNORECASE
)
"""Matches addresses that begin with a host, with something like `https//`, or with a variable of a shell."""
_TOKEN_URL: Final = "token_url"  # noqa: S105 - a key
FULL_KEYS: Final = ("url_pattern", _TOKEN_URL)
"""Keys of a system whose addresses begin with a host."""
_PORT: Final = re.compile(r":[0-9]*$")
_VERIFY: Final = "verify_ssl"
_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")
# Domains under which each customer has a name, and names under them that are the provider's own.
_TENANTS: Final = (
    "myshopify.com", "zendesk.com", "freshteam.com", "freshdesk.com", "freshservice.com", "chargebee.com",
    "youtrack.cloud", "atlassian.net", "sharepoint.com", "dynamics.com", "okta.com", "auth0.com", "my.salesforce.com",
    "bamboohr.com", "recurly.com", "service-now.com", "gitlab.io", "pipedrive.com",
)  # fmt: skip
_SHARED: Final = frozenset(("www", "api", "app", "login", "auth", "accounts", "developer", "id", "oauth", "support"))
# A part of a name below a registered domain. Only `sandbox` and `staging` are clear enough inside of longer words.
_TEST: Final = re.compile(
    r"(?:^|[-.])(?:api)?(?:test|stage|demo|uat|qa|preprod|quickstart)(?:api|env)?[0-9]*(?=[-.]|$)|sandbox|staging"
)
_CUSTOMER: Final = "the address of a single customer"
_TEST_DOMAIN: Final = ".test"
"""Top-level domain that is reserved for tests (RFC 2606 section 2)."""
_DEVELOPMENT: Final = re.compile(r"(?:^|\.)sod[0-9]*\.superoffice\.com$")
"""Matches the development environments of SuperOffice."""
_SECOND_LEVEL: Final = frozenset(("co", "com", "org", "net", "ac", "gov"))


def parse_host(address: str) -> str | None:
    """Return the host of an address, in lower case and without its port; None if the address has no host.

    Each hole that is filled in later becomes a NUL.
    """
    match = _URL.match(blank_holes(address))
    return _PORT.sub("", match["host"].lower()) if match else None


def blank_holes(address: str) -> str:
    """Return an address in which a NUL is in the place of each hole that is filled in later."""
    return _HOLE.sub("\0", address)


def begins_with_hole(address: str) -> bool:
    """Return whether the beginning of an address, and so perhaps its host, is filled in later."""
    return _HOLE.match(address) is not None


def normalize_address(address: str) -> str:
    """Return an address in a form that equivalent ones share (RFC 3986 sections 6.2.2.1 and 6.2.3).

    Holes, and an authority with a user name, stay as they are.
    """
    match = _AUTHORITY.match(address)
    if match is None:
        return address
    scheme, rest = match["scheme"].lower(), address[match.end() :]
    authority = "".join(part if _HOLE.match(part) else part.lower() for part in _SPLIT.split(match["authority"]))
    path = rest if rest.startswith("/") else f"/{rest}"
    return f"{scheme}://{authority.removesuffix(_DEFAULT_PORTS[scheme])}{path}"


def is_cleartext(address: str) -> bool:
    """Return whether requests to an address go unencrypted over a network."""
    match = _URL.match(address)
    return match is not None and match["scheme"].lower() == "http" and parse_host(address) not in _LOCAL


def show_address(address: str) -> str:
    """Return an address without user name and password, and with credentials masked, which no report repeats."""
    return withhold_secrets(_QUERY_FIELD.sub(_show_field, _CREDENTIALS.sub(r"\1", address)))


def _show_field(match: re.Match[str]) -> str:
    """Return a field of a query, whose value is masked if it may be a credential and nothing is filled in."""
    is_shown = _HOLE.search(match["value"]) is not None or not names_credential(match["name"])
    return match[0] if is_shown else f"{match['start']}***"


@once_per_connector
def _list_addresses(context: ConnectorContext) -> tuple[tuple[str, Place], ...]:
    """Return every address in the manifest and the systems."""
    entries = map(context.snapshot.find_endpoint, context.snapshot.layout.endpoints)
    login = ((get_text(entry.node) or "", entry.node.place) for entry in entries if entry is not None)
    values = ((leaf.value, leaf.place) for leaf in context.snapshot.leaves if isinstance(leaf.value, str))
    return (*(each for each in login if each[0]), *(each for each in values if _URL.match(each[0])))


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
    for address, place in _list_addresses(context):
        host = parse_host(address)
        kind = _classify_host(host) if host else None
        if host and kind and host not in reported:
            reported.add(host)
            yield report_hard_coded_host(host, place, context.name, kind)


def has_customer_host(context: ConnectorContext) -> bool:
    """Return whether a system has the address of a single customer, where a parameter could stand."""
    hosts = (parse_host(leaf.value) for leaf in context.snapshot.leaves if isinstance(leaf.value, str))
    return any(host is not None and _classify_host(host) == _CUSTOMER for host in hosts)


def is_reported_host(host: str) -> bool:
    """Return whether `hard-coded-host` reports a host."""
    return _classify_host(host) is not None


def _classify_host(host: str) -> str | None:
    """Return what kind of host this is if it serves not everybody, else None."""
    first = host.partition(".")[0]
    if any(host.endswith(f".{domain}") for domain in _TENANTS) and first not in _SHARED and "\0" not in first:
        return _CUSTOMER
    below = host.removesuffix(_find_domain(host))
    is_test = _TEST.search(below) or _DEVELOPMENT.search(host) or host.endswith(_TEST_DOMAIN)
    return "a test environment" if is_test else None


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
    """Yield a finding for each host that is reached without encryption."""
    reported: set[str] = set()
    for address, place in _list_addresses(context):
        host = parse_host(address)
        if host and is_cleartext(address) and host not in reported:
            reported.add(host)
            yield report_cleartext_http(host.replace("\0", "..."), place, context.name)


CERTIFICATE_NOT_VERIFIED: Final = Rule(
    code="certificate-not-verified",
    severity=Severity.WARNING,
    summary="server whose certificate is not verified",
    why=(
        "Without `verify_ssl`, the system accepts any certificate. Anybody on the way can pretend to be the provider "
        "and receives the credentials of every request."
    ),
    wrong='"verify_ssl": false',
    right='"verify_ssl": true',
)


def report_certificate_not_verified(place: Place, connector: str) -> Finding:
    """Report a system that accepts any certificate."""
    return CERTIFICATE_NOT_VERIFIED.finding(
        place, "the certificate of the server is not verified", "set `verify_ssl` to true", connector=connector
    )


def check_certificates(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each setting that turns off the verification of certificates.

    Requests to a program that the platform itself runs do not leave the platform.
    """
    for leaf in context.snapshot.leaves:
        if leaf.slot[-1:] == (_VERIFY,) and leaf.value is False and not context.is_in_service(leaf):
            yield report_certificate_not_verified(leaf.place, context.name)


def check_addresses(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each address to which no request can be sent.

    `cleartext-http` reports those without encryption, and `login-option-missing` those that are empty.
    """
    for path in context.snapshot.layout.endpoints.values():
        entry = context.snapshot.find_setting(path)
        address = get_text(entry.node) if entry is not None else None
        problem = _find_problem(address) if address else None
        if entry is not None and problem is not None:
            yield report_bad_address(path, problem, entry.node.place, connector=context.name)
    for leaf in context.snapshot.leaves:
        if leaf.slot and leaf.slot[-1] in FULL_KEYS and isinstance(leaf.value, str) and _NO_SCHEME.match(leaf.value):
            yield report_bad_address(".".join(leaf.slot), NO_HTTPS, leaf.place, connector=context.name)


def _find_problem(address: str) -> str | None:
    """Return why no request can be sent to an address of the login whose holes are filled, or None."""
    start = "https://" if begins_with_hole(address) else ""
    problem = find_address_problem(start + _HOLE.sub("x", address))
    return None if problem == NO_HTTPS and _URL.match(address) else problem


AUTHORITY_MISMATCH: Final = Rule(
    code="authority-mismatch",
    severity=Severity.WARNING,
    summary="login, token and API addresses that do not belong together",
    why=(
        "The client secret is sent to the token URL. If the token URL belongs neither to the party at which people "
        "log in nor to the one whose API is used, one of the addresses is probably wrong."
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
    """Yield a finding if the token URL has neither the domain of the login nor of the API.

    A domain of the API that is filled in later may be that of the token URL.
    """
    login, token = (_find_manifest_host(role, context) for role in ("authorize", "token"))
    if login is None or token is None:
        return
    apis = [str(leaf.value) for leaf in context.snapshot.leaves if leaf.slot == ("url_pattern",)]
    domains = {_find_domain(login[0]), *(_find_domain(host) for api in apis if (host := parse_host(api)))}
    is_open = any("\0" in domain for domain in domains) or any(map(begins_with_hole, apis))
    for host, place in (token, *_list_token_hosts(context)):
        if _find_domain(host) not in domains and not is_open:
            problem = f"the token host '{host}' belongs neither to the login nor to the API"
            yield report_authority_mismatch(place, login[1], context.name, problem)
            domains.add(_find_domain(host))


def _list_token_hosts(context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    """Yield the hosts, as far as they are known, at which systems obtain tokens."""
    for leaf in context.snapshot.leaves:
        host = parse_host(str(leaf.value)) if leaf.slot[-1:] == (_TOKEN_URL,) else None
        if host is not None and "\0" not in _find_domain(host):
            yield host, leaf.place


def _find_manifest_host(role: str, context: ConnectorContext) -> tuple[str, Place] | None:
    entry = context.snapshot.find_endpoint(role)
    host = parse_host(get_text(entry.node) or "") if entry is not None else None
    return (host, entry.node.place) if entry is not None and host else None


def _find_domain(host: str) -> str:
    """Return the registered domain of a host: `api.example.co.uk` gives `example.co.uk`."""
    labels = host.split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:])
