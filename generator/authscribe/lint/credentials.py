"""Find the credentials in requests, and check that they are secrets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from authscribe.connectors.once import once_per_connector
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.placements import find_expected_name, is_as_placed, takes_secret
from authscribe.model.contract import spell_secret
from authscribe.model.credential_names import is_clear_credential
from authscribe.model.stand_ins import is_placeholder

if TYPE_CHECKING:
    # A run that reads no connectors checks definitions alone.
    from authscribe.connectors.context import ConnectorContext
    from authscribe.connectors.references import Reference
    from authscribe.connectors.snapshot import Leaf

ADDRESS_KEYS: Final = ("url", "url_pattern", "base_url", "next_page_link", "token_url")
"""Keys of systems and requests that contain addresses."""
_QUERY_KEY: Final = re.compile(r"[?&]([\w.-]+)=$")
_LONGEST_KEY: Final = 80
RUN_TIME: Final = re.compile(r"\{[{%].*?[%}]\}")
RUN_TIME_NAME: Final = re.compile(r"\{\{-?\s*(?P<name>\w+)(?P<rest>.*?)-?\}\}")
"""Matches an expression that begins with the name of a variable."""
# A text in an expression, unless it is the key of a mapping as in `headers['X-Page']`.
QUOTED: Final = re.compile(r"(?<!\[)(?:'[^']{6,}'|\"[^\"]{6,}\")")
SCHEME_WORD: Final = re.compile(r"^\s*(?:basic|bearer|token|digest|apikey|key|oauth|jwt)\b[:\s]*", re.IGNORECASE)
SHORTEST: Final = 6
"""Characters of the shortest literal that counts as a secret; shorter ones are fillers such as `x`."""


def is_address(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether a leaf is a URL, or a part of its query."""
    # The platform documents that the credentials of a proxy are part of its address.
    if not leaf.slot or "proxies" in leaf.slot:
        return False
    return leaf.slot[-1] in (*ADDRESS_KEYS, context.path_key) or context.query_key in leaf.slot


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
        for name, place in (_find_references if leaf.references else _find_expression)(leaf, context)
    )


def _find_references(leaf: Leaf, context: ConnectorContext) -> Iterator[tuple[str, Place]]:
    # Beside the secret, only what the placements leave open remains: a parameter, or another cookie.
    if leaf.secrets and is_as_placed(leaf, context):
        return
    secrets = {*leaf.secrets}
    others = [each for each in leaf.references if each not in secrets and each.name not in context.secrets_as_variables]
    is_place = bool(others) and is_credential(leaf, context)
    for reference in others:
        if is_place or (is_address(leaf, context) and _is_credential_of_query(reference, context)):
            yield reference.name, reference.place


def _find_expression(leaf: Leaf, context: ConnectorContext) -> Iterator[tuple[str | None, Place]]:
    if leaf.slot[:1] == (context.headers_key,) and _is_expression(leaf) and is_credential(leaf, context):
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
    """Return whether a leaf without references is computed at run time, and from no literal credential."""
    value = leaf.value if isinstance(leaf.value, str) else ""
    return RUN_TIME.search(value) is not None and not is_literal(value)


def is_inside(inner: Place, outer: Place) -> bool:
    """Return whether a place lies inside another one."""
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return inner.path == outer.path and starts and inner[3:] <= outer[3:]


def is_inside_one(inner: Place, outer: Sequence[Place]) -> bool:
    """Return whether a place lies inside one of others, which are sorted and do not overlap."""
    index = bisect_right(outer, inner[:3], key=lambda each: each[:3])
    return index > 0 and is_inside(inner, outer[index - 1])


def is_blank(value: str) -> bool:
    """Return whether a text is empty, or only tells what belongs in its place, such as `<token>`."""
    rest = SCHEME_WORD.sub("", value).strip()
    return not rest or is_placeholder(rest)


def is_literal(value: str) -> bool:
    """Return whether a value contains a literal that is long enough for a secret and not a placeholder."""
    if any(QUOTED.search(expression) for expression in RUN_TIME.findall(value)):
        return True
    rest = SCHEME_WORD.sub("", value).strip()
    return len(rest) >= SHORTEST and not RUN_TIME.search(rest) and not is_placeholder(rest)
