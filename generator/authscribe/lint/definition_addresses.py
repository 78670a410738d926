"""Check the addresses in definitions: their variables are declared, and requests can be sent to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from inspect import cleandoc
from itertools import chain, islice
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import Vocabulary, suggest_nearest
from authscribe.model.contract import Contract
from authscribe.model.definitions import Connector, Endpoint, Endpoints, Scheme, Setting
from authscribe.model.draft import MapNode
from authscribe.model.placement_template import fill_variables, list_variable_names
from authscribe.resolve.merge import drop_keys, locate_value
from authscribe.resolve.template_checks import list_text_nodes

MASKED: Final = re.compile(r"\*{2}|[\u2022\u2026]|\.{3}|x{4}|X{4}")
"""Matches examples that are partly masked, as catalogues do with keys, and therefore not values."""
_DESCRIBED: Final = re.compile(r"[\s{}<>]")
"""Matches examples that describe values rather than being one, such as `a.example or b.example`."""
_HOST: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
_STAND_IN: Final = "x"
_EFFORT: Final = 1_000_000
"""Characters in the addresses that are checked for one URL, one for each value of its variables."""
NO_HTTPS: Final = "it does not begin with https://"
"""Problem of an address with another scheme, or none."""
FRAGMENT: Final = "it has a fragment"
"""Problem of an address that contains `#`."""


class _Variables(NamedTuple):
    """Variables that an address may have: settings by name, and names that the platform always fills.

    `declared` are the names of the settings again.
    """

    settings: Mapping[str, Setting]
    always: Collection[str]
    declared: Vocabulary


def check_endpoints(
    definition: Scheme | Connector, node: MapNode, contracts: Sequence[Contract], always: Collection[str]
) -> Iterator[Finding]:
    """Yield the findings about the endpoints of a definition.

    Their variables are the settings of the contracts, and those that the platform `always` fills.
    """
    endpoints = node.find("endpoints")
    settings = {s.name: s for c in contracts for s in (*c.required, *c.injected, *c.parameters)}
    variables = _Variables(settings, always, Vocabulary(settings))
    for role in Endpoints.model_fields:
        endpoint: Endpoint | None = getattr(definition.endpoints, role)
        entry = endpoints.find(role) if isinstance(endpoints, MapNode) else None
        if endpoint is not None and isinstance(entry, MapNode):
            yield from _check_endpoint(role, endpoint, entry, variables)


UNDECLARED_IN_ADDRESS: Final = Rule(
    code="undeclared-in-address",
    severity=Severity.WARNING,
    summary="URL with an undeclared variable",
    why="Nobody fills a variable that is not declared, so requests are sent to an incomplete address.",
    wrong=cleandoc("""
        endpoints:
          base:
            url: https://${tenant}.example.com
        """),
    right=cleandoc("""
        parameters:
          - name: tenant
        endpoints:
          base:
            url: https://${tenant}.example.com
        """),
)


def report_undeclared_in_address(name: str, role: str, place: Place, known: Iterable[str]) -> Finding:
    """Report a variable of an endpoint that is neither a parameter nor a secret of the definition."""
    return UNDECLARED_IN_ADDRESS.finding(
        place,
        f"the {role} endpoint uses the variable '{name}', which is not declared",
        suggest_nearest(name, known, f"add a parameter '{name}'"),
        name=name,
    )


BAD_ADDRESS: Final = Rule(
    code="bad-address",
    severity=Severity.WARNING,
    summary="invalid URL",
    why=(
        "Before a request is sent, its address is filled with the values of its variables. For each value that a "
        "variable may have, the result must be an address with https and a host. It has no fragment, which is never "
        "sent: RFC 6749 sections 3.1 and 3.2 forbid it, and parameters that are appended to it are lost."
    ),
    wrong=cleandoc("""
        endpoints:
          token:
            url: http://${region}.example.com/token
        """),
    right=cleandoc("""
        endpoints:
          token:
            url: https://${region}.example.com/token
        """),
)


def report_bad_address(role: str, problem: str, place: Place, *, connector: str | None = None) -> Finding:
    """Report an endpoint that, with its variables filled, is not an address to which requests can be sent over HTTPS.

    `connector` is the one whose manifest has the address.
    """
    remedy = "write https:// and a host, with ${name} for each variable part"
    return BAD_ADDRESS.finding(
        place,
        f"invalid '{role}': {problem}" if connector else f"invalid {role} URL: {problem}",
        (
            "remove the part from # on"
            if problem == FRAGMENT
            else "write a valid URL that begins with https://" if connector else remedy
        ),
        connector=connector,
        name=role if connector else None,
    )


def _check_endpoint(role: str, endpoint: Endpoint, node: MapNode, variables: _Variables) -> Iterator[Finding]:
    for key, url in (("url", endpoint.url), ("fallback", endpoint.fallback)):
        if url is not None:
            yield from _check_url(role, url, locate_value(node, key), variables)
    for text, place in list_text_nodes(drop_keys(node, ("url", "fallback"))):
        yield from _check_variables(role, list_variable_names(text), place, variables)


def _check_variables(role: str, names: Iterable[str], place: Place, variables: _Variables) -> Iterator[Finding]:
    for name in names:
        if name not in variables.settings and name not in variables.always:
            yield report_undeclared_in_address(name, role, place, variables.declared)


def _check_url(role: str, url: str, place: Place, variables: _Variables) -> Iterator[Finding]:
    names = list_variable_names(url)
    undeclared = tuple(_check_variables(role, names, place, variables))
    yield from undeclared
    for address in () if undeclared else _expand(url, names, variables.settings):
        problem = find_address_problem(address)
        if problem is not None:
            yield report_bad_address(role, problem, place)
            return


def _expand(url: str, names: Iterable[str], known: Mapping[str, Setting]) -> Iterator[str]:
    """Yield the URL with the first value of each variable, then with each other value of one variable at a time.

    Of very many values, the first ones are used.
    """
    values = {name: _list_values(known.get(name), is_first=url.startswith(f"${{{name}}}")) for name in names}
    first = {name: candidates[0] for name, candidates in values.items()}
    others = ({**first, name: value} for name, candidates in values.items() for value in candidates[1:])
    for chosen in islice(chain((first,), others), 1 + _EFFORT // (1 + len(url) + len(first))):
        yield fill_variables(url, chosen.__getitem__)


def _list_values(setting: Setting | None, *, is_first: bool) -> tuple[str, ...]:
    """Return the values for a variable: all allowed ones, else the default, else an example, else a stand-in.

    The prefix of a setting belongs to its value in the variable with which a URL begins.
    """
    stand_in = f"https://{_STAND_IN}" if is_first else _STAND_IN
    if setting is None:
        return (stand_in,)
    example = setting.example
    if isinstance(example, str) and (MASKED.search(example) or _DESCRIBED.search(example)):
        example = None
    stated = (value for value in (setting.default, example) if isinstance(value, str) and value)
    values = tuple(str(choice.value) for choice in setting.enum) or (next(stated, stand_in),)
    prefix = setting.prefix or "" if is_first else ""
    return tuple(value if value.startswith(prefix) else f"{prefix}{value}" for value in values)


def find_address_problem(address: str) -> str | None:
    """Return why a request over HTTPS cannot be sent to an address (RFC 9110 section 4.2.2), or None if it can."""
    if not address.isprintable() or " " in address:
        return "it contains blanks or unprintable characters"
    if not {"{", "}"}.isdisjoint(address):
        return "it contains braces outside of variables"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "it cannot be parsed"
    if parts.scheme != "https":
        return NO_HTTPS
    if parts.hostname is None or not _HOST.fullmatch(parts.hostname) or port == 0:
        return "it has no valid host"
    return FRAGMENT if "#" in address else None
