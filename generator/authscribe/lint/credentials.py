"""Check the credentials in requests: where they are, whether they are secrets, and who receives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from authscribe.connectors.once import once_per_connector
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.placements import find_expected_name, spell_as_placed, takes_secret
from authscribe.model import naming
from authscribe.model.contract import Contract, spell_secret
from authscribe.model.credential_names import is_clear_credential
from authscribe.model.definitions import Connector, Location, Scheme, Secrecy
from authscribe.model.draft import MapNode
from authscribe.model.placement_template import list_hole_names
from authscribe.readers.text import LineCounter
from authscribe.resolve.merge import list_maps, locate_value

if TYPE_CHECKING:
    # A run that reads no connectors checks definitions alone.
    from authscribe.connectors.context import ConnectorContext
    from authscribe.connectors.references import Reference
    from authscribe.connectors.snapshot import ConnectorTemplate, Leaf

_ADDRESS_KEYS: Final = ("url", "url_pattern", "base_url", "next_page_link", "token_url")
_QUERY_KEY: Final = re.compile(r"[?&]([\w.-]+)=$")
_LONGEST_KEY: Final = 80
_QUERY_FIELD: Final = re.compile(r"[?&]([^?&#=]+)=([^&#]+)")
RUN_TIME: Final = re.compile(r"\{[{%].*?[%}]\}")
RUN_TIME_NAME: Final = re.compile(r"\{\{-?\s*(?P<name>\w+)(?P<rest>.*?)-?\}\}")
"""Matches an expression that begins with the name of a variable."""
# A text in an expression, unless it is the key of a mapping as in `headers['X-Page']`.
QUOTED: Final = re.compile(r"(?<!\[)(?:'[^']{6,}'|\"[^\"]{6,}\")")
_SCHEME_WORD: Final = re.compile(r"^\s*(?:basic|bearer|token|digest|apikey|key|oauth|jwt)\b[:\s]*", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"<.*>|\.{3}|x+|\*+|change.?me|replace.?me|todo|null|none|your.*", re.IGNORECASE)
_USER_INFO: Final = re.compile(r"://[^/?#@:\s{}$]+:[^/?#@\s{}$]+@")
_BASIC: Final = ("username", "password")
_REFERENCE_WORDS: Final = (("secret",), ("secrets",), ("env",), ("vars",))
SHORTEST: Final = 6
"""Characters of the shortest literal that counts as a secret; shorter ones are fillers such as `x`."""


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


def report_secret_in_url(name: str, places: Sequence[Place], connector: str) -> Finding:
    """Report a secret in the path or query of a URL, at the first of its places under one key."""
    return SECRET_IN_URL.finding(
        places[0],
        f"the secret '{name}' is part of {'a URL' if len(places) == 1 else f'{len(places)} URLs'}",
        "send it in a header or in the body",
        connector=connector,
        name=name,
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


def check_urls(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret in an address or a query, one for all operations that send it alike.

    `secret-not-injectable` reports a parameter that is read as a secret, and may well be part of an address.
    """
    places: dict[tuple[str, str], list[Place]] = {}
    for leaf in context.snapshot.leaves:
        secrets = leaf.secrets
        for reference in secrets if secrets and is_address(leaf, context) else ():
            places.setdefault((reference.name, leaf.slot[-1]), []).append(reference.place)
    for (name, _), repeated in places.items():
        if name not in context.parameters_as_secrets:
            yield report_secret_in_url(name, repeated, context.name)


def is_address(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf is a URL, or a part of its query."""
    # The platform documents that the credentials of a proxy are part of its address.
    if not leaf.slot or "proxies" in leaf.slot:
        return False
    return leaf.slot[-1] in (*_ADDRESS_KEYS, context.path_key) or context.query_key in leaf.slot


CREDENTIAL_AS_PARAMETER: Final = Rule(
    code="credential-as-parameter",
    severity=Severity.WARNING,
    summary="credential that is an ordinary parameter",
    why=(
        "Parameters are stored, shown and logged in cleartext. A value that gives access to a system must be a "
        "secret, which the platform keeps apart."
    ),
    wrong='"headers": {"Authorization": "Bearer {{@ token @}}"}',
    right='"headers": {"Authorization": "Bearer $SECRET(api_key)"}',
)


def report_credential_as_parameter(
    name: str | None, uses: Sequence[tuple[str, Place]], connector: str, spelt: str | None
) -> Finding:
    """Report a credential that is not a secret, used in these slots; without a name, an expression computes it.

    `spelt` is the reference to the secret that belongs in the first slot, if that is known.
    """
    subject = f"'{name}'" if name is not None else "an expression"
    (slot, place), *others = uses
    more = f" and {len(others)} more" if others else ""
    return CREDENTIAL_AS_PARAMETER.finding(
        place,
        f"{subject} is used as a credential in '{slot}'{more}, but is not a secret",
        f"replace it with '{spelt}'" if spelt is not None else "replace it with an injected secret",
        connector=connector,
        name=name,
    )


def check_parameters(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each credential that is a parameter, an environment value or an expression.

    There is one for all operations that send it alike.
    """
    uses: dict[tuple[str | None, str], list[tuple[Leaf, Place]]] = {}
    for leaf, name, place in _list_no_secrets(context):
        uses.setdefault((name, leaf.slot[-1]), []).append((leaf, place))
    for (name, _), repeated in uses.items():
        meant = find_expected_name(repeated[0][0], context)
        spelt = spell_secret(context.platform, meant) if meant in context.listed else None
        slots = [(".".join(leaf.slot), place) for leaf, place in repeated]
        yield report_credential_as_parameter(name, slots, context.name, spelt)


@once_per_connector
def list_replaceable(context: ConnectorContext) -> frozenset[Place]:
    """Return the places of references that `credential-as-parameter` reports."""
    return frozenset(place for _, _, place in _list_no_secrets(context))


@once_per_connector
def _list_no_secrets(context: ConnectorContext) -> tuple[tuple[Leaf, str | None, Place], ...]:
    """Return what fills a credential and is no secret, by name; an expression has none.

    `variable-undeclared` and `raw-environment-value` report a secret that is read as a variable or environment value.
    """
    return tuple(
        (leaf, name, place)
        for leaf in context.snapshot.leaves
        if leaf.references or _is_expression(leaf)
        for name, place in _find_no_secrets(leaf, context)
    )


def _find_no_secrets(leaf: Leaf, context: ConnectorContext) -> Iterator[tuple[str | None, Place]]:
    is_place = is_credential(leaf, context)
    for reference in leaf.references:
        if reference in leaf.secrets or reference.name in context.secrets_as_variables:
            continue
        if is_place or (is_address(leaf, context) and _is_credential_of_query(reference, context)):
            yield reference.name, reference.place
    if is_place and leaf.slot[0] == context.headers_key and not leaf.references:
        expression = RUN_TIME_NAME.search(str(leaf.value))
        if expression is None or expression["name"] not in context.list_obtained(leaf):
            yield _find_declared(expression, context), leaf.place


def _find_declared(expression: re.Match[str] | None, context: ConnectorContext) -> str | None:
    """Return the parameter whose name is the whole expression; None without one."""
    name = expression["name"] if expression is not None and not expression["rest"].strip() else None
    return name if name in context.declared else None


def is_credential(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf is in a slot that the platform names, or in a header or query that authenticates.

    It is, too, if definitions put a secret there.
    """
    return _is_named_credential(leaf.slot, context) or takes_secret(leaf, context) or _is_setting(leaf, context)


def _is_setting(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf is a setting, with the name of a credential, of a program that the platform runs."""
    return context.is_in_service(leaf) and is_clear_credential(leaf.slot[-1])


def _is_named_credential(slot: tuple[str, ...], context: ConnectorContext) -> bool:
    if len(slot) > 1 and slot[-2] in (context.headers_key, context.query_key, context.body_key):
        return is_clear_credential(slot[-1])
    return ".".join(slot) in context.platform.credential_slots


def _is_credential_of_query(reference: Reference, context: ConnectorContext) -> bool:
    """Return whether a reference follows the key of a credential in the query of a URL, such as `?key=`."""
    line = _split_lines(context.snapshot.texts[reference.place.path])[reference.place.line - 1]
    end = reference.place.column - 1
    key = _QUERY_KEY.search(line[max(0, end - _LONGEST_KEY) : end])
    return key is not None and (key[1].lower() == "key" or is_clear_credential(key[1]))


@lru_cache(maxsize=1)
def _split_lines(text: str) -> list[str]:
    """Return the lines of a text, which are asked for once for each reference in it."""
    return text.split("\n")


def _is_expression(leaf: Leaf) -> bool:
    """Return whether a leaf is computed at run time, from neither references nor a literal credential."""
    if leaf.references or not isinstance(leaf.value, str):
        return False
    return RUN_TIME.search(leaf.value) is not None and not is_literal(leaf.value)


LITERAL_SECRET: Final = Rule(
    code="literal-secret",
    severity=Severity.ERROR,
    summary="literal value where a secret reference is required",
    why=(
        "A value in a template is in every clone of the repository and in every log of the pipeline, so it must be "
        "considered compromised. Reports do not repeat it."
    ),
    wrong='"password": "correct horse battery staple"',
    right='"password": "$SECRET(api_key)"',
)


def report_literal_secret(slot: str, place: Place, connector: str) -> Finding:
    """Report a literal value of a credential, without repeating it."""
    return LITERAL_SECRET.finding(
        place,
        f"literal value in '{slot}', where a secret reference is required",
        "revoke the value, and refer to an injected secret instead",
        connector=connector,
        name=slot,
    )


MALFORMED_REFERENCE: Final = Rule(
    code="malformed-reference",
    severity=Severity.ERROR,
    summary="text that resembles a reference to a secret but is none",
    why=(
        "Only the exact spelling is a reference. Any other text is used as it is, so the provider receives the text "
        "instead of the secret, and rejects every request."
    ),
    wrong='"X-Api-Key": "$SECRET{api_key}"',
    right='"X-Api-Key": "$SECRET(api_key)"',
)


def report_malformed_reference(slot: str, place: Place, connector: str, spelt: str) -> Finding:
    """Report a credential that only resembles a reference to a secret; `spelt` is how one is written."""
    return MALFORMED_REFERENCE.finding(
        place,
        f"the text in '{slot}' resembles a reference to a secret but is none, so it is sent as it is",
        f"write it as '{spelt}'",
        connector=connector,
        name=slot,
    )


def report_malformed_elsewhere(name: str, place: Place, connector: str, spelt: str) -> Finding:
    """Report a text that only resembles a reference to a secret, in a place that may hold other texts as well."""
    return MALFORMED_REFERENCE.finding(
        place,
        f"this text resembles a reference to the secret '{name}' but is none, so it is used as it is",
        f"write it as `{spelt}`",
        connector=connector,
        name=name,
    )


def check_literals(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each literal credential, known by its slot or by its form."""
    return iter(_list_literals(context))


@once_per_connector
def _list_literals(context: ConnectorContext) -> tuple[Finding, ...]:
    return tuple(_find_literals(context))


def _find_literals(context: ConnectorContext) -> Iterator[Finding]:
    for leaf in context.snapshot.leaves:
        if not isinstance(leaf.value, str):
            continue
        if _USER_INFO.search(leaf.value) or (has_literal_query(leaf.value) and is_address(leaf, context)):
            yield report_literal_secret(".".join(leaf.slot), leaf.place, context.name)
        if leaf.references or not is_credential(leaf, context):
            if any(_has_literal(reference, leaf, context) for reference in leaf.references):
                yield report_literal_secret(".".join(leaf.slot), leaf.place, context.name)
            continue
        is_pasted = any(is_inside(finding.place, leaf.place) for finding in context.snapshot.pasted)
        if is_pasted or (is_literal(leaf.value) and not is_filler(leaf, context)):
            yield _report_literal(leaf, context, is_pasted=is_pasted)


def is_filler(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf is a password that only fills its place, since the user name is a key."""
    return leaf.slot == ("password",) and any(each.secrets for key in _BASIC for each in context.find_leaves(key))


def _has_literal(reference: Reference, leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a literal beside a reference counts as a credential while the name has no value."""
    is_place = reference in leaf.secrets or is_credential(leaf, context)
    return is_place and reference.literal >= SHORTEST


def has_literal_query(address: str) -> bool:
    """Return whether the query of an address contains a literal credential."""
    fields = _QUERY_FIELD.findall(address)
    return any(is_clear_credential(name) and "$" not in value and is_literal(value) for name, value in fields)


def _report_literal(leaf: Leaf, context: ConnectorContext, *, is_pasted: bool) -> Finding:
    slot, name = ".".join(leaf.slot), find_resembled(str(leaf.value), context)
    if is_pasted or name is None:
        return report_literal_secret(slot, leaf.place, context.name)
    return report_malformed_reference(slot, leaf.place, context.name, spell_as_placed(name, leaf, context))


def find_resembled(value: str, context: ConnectorContext) -> str | None:
    """Return the secret to which a text nearly refers: it has the words of its name, perhaps after `secret`."""
    forms: list[tuple[str, ...]] = []
    # A credential follows the name of its scheme and a blank (RFC 9110 section 11.4).
    for text in (_SCHEME_WORD.sub("", value), value.strip().partition(" ")[2]):
        words = naming.split_words(text)
        # References of other platforms begin with another word.
        forms += words, words[1:] if words[:1] in _REFERENCE_WORDS else words
    return next((name for name in (*context.injected, *context.by_flag) if naming.split_words(name) in forms), None)


def check_malformed(context: ConnectorContext) -> Iterator[Finding]:
    """Yield a finding for each secret to which no template refers, but a text outside of credentials nearly does."""
    places = {*locate_literals(context), *list_replaceable(context)}
    for name, place, spelt in _find_malformed(context):
        if not any(is_inside(place, each) or is_inside(each, place) for each in places):
            yield report_malformed_elsewhere(name, place, context.name, spelt)


def list_malformed(context: ConnectorContext) -> set[str]:
    """Return the secrets to which some text nearly refers, and no template does."""
    return {name for name, _, _ in _find_malformed(context)}


@once_per_connector
def _find_malformed(context: ConnectorContext) -> tuple[tuple[str, Place, str], ...]:
    """Return the unused secrets that are the argument of something like a reference, each with how to write it."""
    unused = sorted({*context.injected, *context.by_flag} - context.secrets.keys())
    texts = [(each, each.text.lower()) for each in context.snapshot.all_templates] if unused else []
    return tuple(found for name in unused if (found := _locate_malformed(name, texts, context)) is not None)


def _locate_malformed(
    name: str, texts: Iterable[tuple[ConnectorTemplate, str]], context: ConnectorContext
) -> tuple[str, Place, str] | None:
    """Return the first text that only resembles a reference; `texts` are the templates, each with its lower case."""
    written, references = context.platform.spell_name(name), context.platform.references
    pattern = re.compile(
        rf"\$?\bsecrets?\s?[^\w\s]{{1,3}}{re.escape(written)}(?:\b[^\w\s,}}]{{1,2}}|\b)"
        rf"|\$\{{\s*{re.escape(written)}\s*\}}",
        re.IGNORECASE,
    )
    # Searching for the name alone takes a hundredth of the time.
    for template in (template for template, text in texts if written.lower() in text):
        for match in pattern.finditer(template.text):
            lines = LineCounter(template.text)
            place = Place(template.place.path, *lines.locate(match.start()), *lines.locate(match.end()))
            if not any(each.place[1:3] <= place[1:3] < each.place[3:] for each in template.references):
                # In an expression, secrets have no dollar sign.
                spelling = references.secret if match[0].startswith("$") else references.call or references.secret
                return name, place, spelling.replace("{name}", written)
    return None


@once_per_connector
def locate_literals(context: ConnectorContext) -> frozenset[Place]:
    """Return the places of the literal credentials of a connector."""
    return frozenset(finding.place for finding in check_literals(context))


def check_pasted(context: ConnectorContext) -> Iterator[Finding]:
    """Yield the findings about pasted values, except those that `literal-secret` reports with their slot."""
    literals = locate_literals(context) if context.snapshot.pasted else ()
    for finding in context.snapshot.pasted:
        if not any(is_inside(finding.place, place) for place in literals):
            yield finding._replace(connector=context.name)


def is_inside(inner: Place, outer: Place) -> bool:
    """Return whether a place lies inside another one."""
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return inner.path == outer.path and starts and inner[3:] <= outer[3:]


def is_literal(value: str) -> bool:
    """Return whether a value contains a literal that is long enough for a secret and not a placeholder."""
    if any(QUOTED.search(expression) for expression in RUN_TIME.findall(value)):
        return True
    rest = _SCHEME_WORD.sub("", value).strip()
    return len(rest) >= SHORTEST and not RUN_TIME.search(rest) and not _PLACEHOLDER.fullmatch(rest)


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
    operations: dict[tuple[str, ...], set[str]] = {}
    for leaf in context.snapshot.leaves:
        if leaf.slot[:1] != ("operations",) or len(leaf.slot) == 1:
            continue
        operations.setdefault(leaf.system, set()).add(leaf.slot[1])
        if len(leaf.slot) == 4 and leaf.slot[2] == "headers" and leaf.secrets:
            places.setdefault((leaf.system, leaf.slot[3], str(leaf.value)), []).append(leaf.place)
    for (system, name, _), repeated in places.items():
        if len(repeated) > 1 and len(repeated) * 2 > len(operations[system]):
            yield report_repeated_header(name, repeated[0], context.name, len(repeated))


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
    for leaf in context.snapshot.leaves:
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
    if leaf.slot[:1] == ("operations",):
        addresses.append((*leaf.system, *leaf.slot[:2], "url"))
    return any(
        reference.name in variables
        for other in context.snapshot.leaves
        if other.path in addresses
        for reference in other.references
    )
