"""Rules about credentials in requests: where they stand, what they are, and to whom they go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

_ADDRESS_KEYS: Final = ("url", "url_pattern", "base_url", "next_page_link", "token_url")
_AUTHORISING: Final = re.compile(r"authorization|(?:^|[-_])(?:api-?key|token|secret|subscription-key|access-key)$")
_CREDENTIAL_QUERY: Final = re.compile(r"[?&](?:api[-_]?key|key|token|access_token|client_secret|secret|password)=$")
_RUN_TIME: Final = re.compile(r"\{[{%].*?[%}]\}")
# A text in an expression that is no key of a mapping, such as `headers['X-Page']`.
_QUOTED: Final = re.compile(r"(?<!\[)(?:'[^']{6,}'|\"[^\"]{6,}\")")
_SCHEME_WORD: Final = re.compile(r"^\s*(?:basic|bearer|token|digest|apikey|key|oauth|jwt)\b[:\s]*", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"<.*>|\.{3}|x+|\*+|change.?me|replace.?me|todo|null|none|your.*", re.IGNORECASE)
_USER_INFO: Final = re.compile(r"://[^/?#@\s{}$]+:[^/?#@\s{}$]+@")
_BASIC: Final = ("username", "password")
_SHORTEST: Final = 6
"""Characters; shorter literals in a credential's place are fillers such as `x`."""


SECRET_IN_URL: Final = Rule(
    code="secret-in-url",
    severity=Severity.WARNING,
    summary="a secret in a path or query",
    why=(
        "Addresses end up in the logs of servers and proxies, in histories and in referring pages. RFC 6750 "
        "section 2.3 advises against it for bearer tokens."
    ),
    wrong='"url_pattern": "https://api.example.com/%s?key=$SECRET(api_key)"',
    right='"headers": {"Authorization": "Bearer $SECRET(api_key)"}',
)


def report_secret_in_url(name: str, place: Place, connector: str) -> Finding:
    """A secret in a path or query, where logs and proxies see it."""
    return SECRET_IN_URL.finding(
        place,
        f"the secret '{name}' is part of a URL",
        "send it in a header or in the body",
        connector=connector,
        name=name,
    )


def check_urls(subject: ConnectorContext) -> Iterator[Finding]:
    """Each secret in an address or a query."""
    for leaf in subject.snapshot.leaves:
        if _is_address(leaf):
            for reference in leaf.references:
                if reference.kind is ReferenceKind.SECRET:
                    yield report_secret_in_url(reference.name, reference.place, subject.name)


def _is_address(leaf: Leaf) -> bool:
    # The platform's documentation puts the credentials of a proxy into its address.
    return bool(leaf.slot) and "proxies" not in leaf.slot and (leaf.slot[-1] in _ADDRESS_KEYS or "params" in leaf.slot)


CREDENTIAL_AS_PARAMETER: Final = Rule(
    code="credential-as-parameter",
    severity=Severity.WARNING,
    summary="a credential that is a plain setting",
    why=(
        "Parameters are stored, shown and logged in the clear. A value that opens a system belongs to the "
        "secrets, which the platform keeps apart."
    ),
    wrong='"headers": {"Authorization": "Bearer {{@ token @}}"}',
    right='"headers": {"Authorization": "Bearer $SECRET(api_key)"}',
)


def report_credential_as_parameter(name: str | None, slot: str, place: Place, connector: str) -> Finding:
    """A credential that travels as a setting, which is stored and shown in the clear; None is an expression."""
    what = f"'{name}'" if name is not None else "an expression"
    return CREDENTIAL_AS_PARAMETER.finding(
        place,
        f"{what} is used as a credential in {slot}, but is no secret",
        "let the platform inject it as a secret",
        connector=connector,
        name=name,
    )


def check_parameters(subject: ConnectorContext) -> Iterator[Finding]:
    """Each credential that is a parameter, an environment value, or an expression without a secret."""
    for leaf in subject.snapshot.leaves:
        open_values = [reference for reference in leaf.references if reference.kind is not ReferenceKind.SECRET]
        if _is_credential(leaf, subject):
            shown = ".".join(leaf.slot)
            for reference in open_values:
                yield report_credential_as_parameter(reference.name, shown, reference.place, subject.name)
            value = str(leaf.value)
            is_expression = not leaf.references and leaf.slot[0] == "headers" and _RUN_TIME.search(value)
            if is_expression and not _is_value(value):
                yield report_credential_as_parameter(None, shown, leaf.place, subject.name)
        elif _is_address(leaf):
            for reference in open_values:
                if _CREDENTIAL_QUERY.search(_before(subject, reference)):
                    shown = ".".join(leaf.slot)
                    yield report_credential_as_parameter(reference.name, shown, reference.place, subject.name)


def _before(subject: ConnectorContext, reference: Reference) -> str:
    """What stands before a reference in its line, in lower case."""
    lines = subject.snapshot.texts[reference.place.path].split("\n")
    return lines[reference.place.line - 1][: reference.place.column - 1].lower()


def _is_credential(leaf: Leaf, subject: ConnectorContext) -> bool:
    """By position: a slot that the platform names, or a header that authorises."""
    if len(leaf.slot) > 1 and leaf.slot[-2] == "headers":
        return _AUTHORISING.search(leaf.slot[-1].lower()) is not None
    return ".".join(leaf.slot) in subject.platform.credential_slots


LITERAL_SECRET: Final = Rule(
    code="literal-secret",
    severity=Severity.ERROR,
    summary="a value where a reference to a secret belongs",
    why=(
        "A value in a template is in every clone of the repository and in every log of the pipeline. It must be "
        "taken for known to others. The report does not repeat it."
    ),
    wrong='"password": "(a value)"',
    right='"password": "$SECRET(api_key)"',
)


def report_literal_secret(slot: str, place: Place, connector: str) -> Finding:
    """A value where a reference belongs; the value is not repeated."""
    return LITERAL_SECRET.finding(
        place,
        f"there is a value in {slot}, where a reference to a secret belongs",
        "revoke the value, and refer to an injected secret",
        connector=connector,
        name=slot,
    )


def check_literals(subject: ConnectorContext) -> Iterator[Finding]:
    """Each value in the place of a credential; by position first, then by shape."""
    has_secret = any(
        reference.kind is ReferenceKind.SECRET
        for key in _BASIC
        for leaf in subject.find_leaves(key)
        for reference in leaf.references
    )
    for leaf in subject.snapshot.leaves:
        if not isinstance(leaf.value, str):
            continue
        if _USER_INFO.search(leaf.value):
            yield report_literal_secret(".".join(leaf.slot), leaf.place, subject.name)
        if leaf.references or not _is_credential(leaf, subject):
            continue
        # Beside a key as user name, the password is a filler; and the reverse.
        is_filler = leaf.slot == ("password",) and has_secret
        if not is_filler and _is_value(leaf.value):
            yield report_literal_secret(".".join(leaf.slot), leaf.place, subject.name)


def _is_value(value: str) -> bool:
    if any(_QUOTED.search(expression) for expression in _RUN_TIME.findall(value)):
        return True
    rest = _SCHEME_WORD.sub("", value).strip()
    return len(rest) >= _SHORTEST and not _RUN_TIME.search(rest) and not _PLACEHOLDER.fullmatch(rest)


REPEATED_CREDENTIAL_HEADER: Final = Rule(
    code="repeated-credential-header",
    severity=Severity.INFO,
    summary="a credential header in each operation instead of once",
    why=(
        "Headers of the system go with each request. A header that every operation repeats has to be changed in "
        "as many places, and the one that is forgotten fails alone."
    ),
    wrong='"operations": {"a": {"headers": {"X-Key": "$SECRET(api_key)"}}, "b": {"headers": {"X-Key": ...}}}',
    right='"headers": {"X-Key": "$SECRET(api_key)"}, "operations": {"a": {...}, "b": {...}}',
)


def report_repeated_header(name: str, place: Place, connector: str, count: int) -> Finding:
    """A credential header that each operation repeats."""
    return REPEATED_CREDENTIAL_HEADER.finding(
        place,
        f"{count} operations repeat the header '{name}' with the same credential",
        "put it into the headers of the system once",
        connector=connector,
        name=name,
    )


def check_repeated_headers(subject: ConnectorContext) -> Iterator[Finding]:
    """Each header with a secret that nearly all operations of a system repeat."""
    places: dict[tuple[str, str], list[Place]] = {}
    for leaf in subject.snapshot.leaves:
        in_operation = len(leaf.slot) == 4 and leaf.slot[0] == "operations" and leaf.slot[2] == "headers"
        if in_operation and any(reference.kind is ReferenceKind.SECRET for reference in leaf.references):
            places.setdefault((leaf.slot[3], str(leaf.value)), []).append(leaf.place)
    total = len({leaf.slot[:2] for leaf in subject.snapshot.leaves if leaf.slot[:1] == ("operations",)})
    for (name, _), found in places.items():
        if len(found) > 1 and len(found) * 2 > total:
            yield report_repeated_header(name, found[0], subject.name, len(found))


PLATFORM_SECRET_SENT: Final = Rule(
    code="platform-secret-sent",
    severity=Severity.WARNING,
    summary="a secret of the platform in a request to another party",
    why=(
        "This secret opens the API of the platform itself. In a request to another party it hands that party the "
        "keys."
    ),
    wrong='"authHeaderValue": "Bearer $SECRET(service_jwt)" in a request to the provider',
    right='"Secret": "$SECRET(webhook_secret)"',
)


def report_platform_secret_sent(name: str, place: Place, connector: str) -> Finding:
    """A secret of the platform itself in a request to somebody else."""
    return PLATFORM_SECRET_SENT.finding(
        place,
        f"'{name}' opens the platform's own API, and this request sends it to another party",
        "send a secret that is good for this purpose alone, such as a webhook secret",
        connector=connector,
        name=name,
    )


def check_recipients(subject: ConnectorContext) -> Iterator[Finding]:
    """Each secret of the platform's own API in a request that does not go there."""
    internal = {secret.name: flag for flag in subject.platform.flags if flag.internal for secret in flag.injected}
    seen: Counter[str] = Counter()
    for leaf in subject.snapshot.leaves:
        for reference in leaf.references:
            flag = internal.get(reference.name) if reference.kind is ReferenceKind.SECRET else None
            if flag is not None and not _goes_to(subject, leaf, flag.variables) and not seen[reference.name]:
                seen[reference.name] += 1
                yield report_platform_secret_sent(reference.name, reference.place, subject.name)


def _goes_to(subject: ConnectorContext, leaf: Leaf, variables: tuple[str, ...]) -> bool:
    """Whether the request that a leaf is part of has one of these variables in its address."""
    prefix = leaf.path[: len(leaf.path) - len(leaf.slot)]
    addresses = [(*prefix, "url_pattern"), (*prefix, "base_url")]
    if leaf.slot[:1] == ("operations",):
        addresses.append((*prefix, *leaf.slot[:2], "url"))
    return any(
        reference.name in variables
        for other in subject.snapshot.leaves
        if other.path in addresses
        for reference in other.references
    )
