"""Check how requests send secrets: not in URLs, not to third parties, and each header in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.once import once_per_connector
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.credentials import is_address
from authscribe.lint.definition_queries import SECRET_IN_URL
from authscribe.model.definitions import Secrecy

_OPERATIONS: Final = "operations"


def report_secret_in_url(name: str, places: Sequence[Place], connector: str) -> Finding:
    """Report a secret in the path or query of a URL, at the first of its places under one key."""
    return SECRET_IN_URL.finding(
        places[0],
        f"the secret '{name}' is part of {'a URL' if len(places) == 1 else f'{len(places)} URLs'}",
        "send it in a header or in the body",
        connector=connector,
        name=name,
    )


def check_urls(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret in an address or a query, one for all operations that send it alike.

    `secret-not-injectable` reports a parameter that is read as a secret, and may well be part of an address. So may
    what the scheme calls no secret.
    """
    injected = context.scheme.injected if context.scheme is not None else ()
    public = {secret.name for secret in injected if secret.secret is Secrecy.NO}
    places: dict[tuple[str, str], list[Place]] = {}
    for leaf in context.snapshot.secret_leaves:
        for reference in leaf.secrets if is_address(leaf, context) else ():
            places.setdefault((reference.name, leaf.slot[-1]), []).append(reference.place)
    for (name, _), repeated in places.items():
        if name not in context.parameters_as_secrets and name not in public:
            yield report_secret_in_url(name, repeated, context.name)


REPEATED_CREDENTIAL_HEADER: Final = Rule(
    code="repeated-credential-header",
    severity=Severity.INFO,
    summary="credential header that is repeated in each operation",
    why=(
        "Headers of the system are sent with every request. A header that every operation repeats has to be changed "
        "in as many places, and a place that is forgotten fails on its own."
    ),
    wrong='"operations": {"a": {"headers": {"X-Key": "$SECRET(api_key)"}}, "b": {"headers": {"X-Key": ...}}}',
    right='"headers": {"X-Key": "$SECRET(api_key)"}, "operations": {"a": {"headers": {}}, "b": {"headers": {}}}',
)


def report_repeated_header(name: str, place: Place, connector: str, count: int) -> Finding:
    """Report a header that `count` operations repeat with the same credential."""
    return REPEATED_CREDENTIAL_HEADER.finding(
        place,
        f"{count} operations repeat the header '{name}' with the same credential",
        "move the header to the headers of the system",
        connector=connector,
        name=name,
    )


def check_repeated_headers(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each header with a secret that most operations of a system repeat."""
    places: dict[tuple[tuple[str, ...], str, str], list[Place]] = {}
    for leaf in context.snapshot.secret_leaves:
        if len(leaf.slot) == 4 and leaf.slot[0] == _OPERATIONS and leaf.slot[2] == "headers":
            places.setdefault((leaf.system, leaf.slot[3], str(leaf.value)), []).append(leaf.place)
    for (system, name, _), repeated in places.items():
        if len(repeated) > 1 and len(repeated) * 2 > len(_map_operations(context)[system]):
            yield report_repeated_header(name, repeated[0], context.name, len(repeated))


@once_per_connector
def _map_operations(context: ConnectorContext) -> dict[tuple[str, ...], set[str]]:
    """Return the names of the operations of each system."""
    operations: dict[tuple[str, ...], set[str]] = {}
    for leaf in context.snapshot.leaves:
        if leaf.slot[:1] == (_OPERATIONS,) and len(leaf.slot) > 1:
            operations.setdefault(leaf.system, set()).add(leaf.slot[1])
    return operations


PLATFORM_SECRET_SENT: Final = Rule(
    code="platform-secret-sent",
    severity=Severity.WARNING,
    summary="platform secret that is sent to a third party",
    why=(
        "This secret grants access to the API of the platform itself. A third party that receives it in a request can "
        "use that API."
    ),
    wrong='"headers": {"X-Callback-Token": "$SECRET(service_jwt)"}',
    right='"headers": {"X-Callback-Token": "$SECRET(webhook_secret)"}',
)


def report_platform_secret_sent(name: str, place: Place, connector: str) -> Finding:
    """Report a secret of the platform's own API in a request to a third party."""
    return PLATFORM_SECRET_SENT.finding(
        place,
        f"'{name}' grants access to the platform API, but this request sends it to a third party",
        "send a secret that is valid only for this purpose, such as a webhook secret",
        connector=connector,
        name=name,
    )


def check_recipients(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret of the platform's own API that is sent somewhere else.

    A program that the platform itself runs is no third party.
    """
    internal = {secret.name: flag for flag in context.platform.flags if flag.internal for secret in flag.injected}
    reported: set[str] = set()
    for leaf in context.snapshot.secret_leaves:
        for reference in leaf.secrets:
            flag = internal.get(reference.name)
            if (
                flag is None
                or context.is_in_service(leaf)
                or reference.name in reported
                or _is_sent_to(flag.variables, leaf, context)
            ):
                continue
            reported.add(reference.name)
            yield report_platform_secret_sent(reference.name, reference.place, context.name)


def _is_sent_to(variables: tuple[str, ...], leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether the address of the request to which a leaf belongs contains one of these variables."""
    addresses = [(*leaf.system, "url_pattern"), (*leaf.system, "base_url")]
    if leaf.slot[:1] == (_OPERATIONS,):
        addresses.append((*leaf.system, *leaf.slot[:2], "url"))
    return any(not _map_names(context).get(address, frozenset()).isdisjoint(variables) for address in addresses)


@once_per_connector
def _map_names(context: ConnectorContext) -> dict[tuple[str, ...], frozenset[str]]:
    """Return the names in the values of the systems by path; a path with several readings has those of all."""
    names: dict[tuple[str, ...], frozenset[str]] = {}
    for leaf in context.snapshot.leaves:
        if leaf.references:
            names[leaf.path] = names.get(leaf.path, frozenset()).union(each.name for each in leaf.references)
    return names
