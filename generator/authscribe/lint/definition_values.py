"""Rules about definitions by themselves: examples match their patterns, and addresses are addresses.

Text of a definition is a regular expression only here, and only for a bounded time.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest
from authscribe.model.contract import (
    build_method_contract,
    build_scheme_contract,
    list_methods,
    list_platform_variables,
)
from authscribe.model.definitions import Connector, Endpoint, Endpoints, Scheme, Setting, ValueType
from authscribe.model.draft import MapNode
from authscribe.resolve.checks import locate_value
from authscribe.resolve.merge import SETTING_LISTS, list_maps
from authscribe.resolve.resolver import Resolution

_SECONDS: Final = 0.1
"""How long one value may take to match its pattern; what is no attack takes microseconds."""

_TYPES: Final = {
    ValueType.STRING: str, ValueType.INTEGER: int, ValueType.NUMBER: int | float, ValueType.BOOLEAN: bool,
    ValueType.OBJECT: dict, ValueType.ARRAY: list,
}  # fmt: skip
_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_MASKED: Final = re.compile(r"\*{2}|[\u2022\u2026]|\.{3}|x{4}|X{4}")
"""An example of which a part was made unreadable, as catalogues do with keys, is no value."""

_DESCRIBED: Final = re.compile(r"[\s{}<>]")
"""What no value for an address has in it; an example with one describes values: `a.example or b.example`."""

_HOST: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
_STAND_IN: Final = "x"


def check_definitions(resolution: Resolution) -> Iterator[Finding]:
    """What the rules say of every scheme and connector of the catalogue, each finding once."""
    reported: set[Finding] = set()
    for finding in _all(resolution):
        if finding not in reported:
            reported.add(finding)
            yield finding


def _all(resolution: Resolution) -> Iterator[Finding]:
    catalogue = resolution.catalogue
    always = list_platform_variables(catalogue)
    for scheme in catalogue.schemes:
        effective = build_scheme_contract(catalogue, scheme)
        known = {s.name: s for s in (*effective.required, *effective.injected, *effective.parameters)}
        yield from _definition(scheme, resolution.schemes[scheme.id], known, always)
    for connector in catalogue.connectors:
        contracts = [build_method_contract(catalogue, connector, method) for method in list_methods(connector)]
        known = {s.name: s for c in contracts for s in (*c.required, *c.injected, *c.parameters)}
        yield from _definition(connector, resolution.connectors[connector.id], known, always)


def _definition(
    definition: Scheme | Connector, node: MapNode, known: Mapping[str, Setting], always: Collection[str]
) -> Iterator[Finding]:
    for key in SETTING_LISTS:
        settings: tuple[Setting, ...] = getattr(definition, key, ())
        for setting, item in zip(settings, list_maps(node.find(key)), strict=True):
            yield from _setting(setting, item)
    endpoints = node.find("endpoints")
    for role in Endpoints.model_fields:
        endpoint: Endpoint | None = getattr(definition.endpoints, role)
        found = endpoints.find(role) if isinstance(endpoints, MapNode) else None
        if endpoint is not None and isinstance(found, MapNode):
            yield from _endpoint(role, endpoint, locate_value(found, "url"), known, always)


DEFAULT_NOT_ALLOWED: Final = Rule(
    code="default-not-allowed",
    severity=Severity.WARNING,
    summary="a default that could not be given as a value",
    why=(
        "A default that is of another type, or not among the allowed values, fails for everybody who relies on " "it."
    ),
    wrong=("parameters:\n" "  - name: region\n" "    default: us\n" "    enum: [{value: eu}, {value: uk}]"),
    right=("parameters:\n" "  - name: region\n" "    default: eu\n" "    enum: [{value: eu}, {value: uk}]"),
)


def report_default_not_allowed(name: str, problem: str, place: Place) -> Finding:
    """A default that could not be given as a value; it is not shown."""
    return DEFAULT_NOT_ALLOWED.finding(
        place,
        f"the default of '{name}' {problem}",
        "choose a default that is allowed, or allow this one",
        name=name,
    )


BAD_PATTERN: Final = Rule(
    code="bad-pattern",
    severity=Severity.WARNING,
    summary="a pattern that is none in one of two dialects",
    why=(
        "Programs check a pattern in the dialect of Python, browsers and JSON Schema in that of ECMAScript. One "
        "that only one of them understands refuses good values on one side, or lets bad ones pass."
    ),
    wrong="pattern: (?i)[a-z]+",
    right="pattern: '[A-Za-z]+'",
)


def report_bad_pattern(name: str, dialect: str, problem: str, place: Place) -> Finding:
    """A pattern that one of the two dialects does not compile."""
    return BAD_PATTERN.finding(
        place,
        f"the pattern of '{name}' is no regular expression in {dialect}: {problem.lower()}",
        "write it with what Python and ECMAScript have in common",
        name=name,
    )


def _setting(setting: Setting, node: MapNode) -> Iterator[Finding]:
    problem = _default_problem(setting)
    if problem is not None:
        yield report_default_not_allowed(setting.name, problem, locate_value(node, "name"))
    if setting.pattern is None:
        return
    place = locate_value(node, "pattern")
    refusals = dict(_refusals(setting.pattern))
    if refusals:
        problem = next(iter(refusals.values()))
        yield report_bad_pattern(setting.name, " or ".join(refusals), problem, place)
    else:
        yield from _matches(setting, setting.pattern, place)


def _default_problem(setting: Setting) -> str | None:
    allowed = [choice.value for choice in setting.enum]
    if setting.default is None or setting.default in allowed:
        return None
    if allowed:
        return "is not among its values"
    # A truth value is a number to Python, and to nobody else.
    is_truth = isinstance(setting.default, bool)
    fits = isinstance(setting.default, _TYPES[setting.type]) and is_truth == (setting.type is ValueType.BOOLEAN)
    return None if fits else f"is not of its type, {setting.type.value}"


def _refusals(pattern: str) -> Iterator[tuple[str, str]]:
    """Why a pattern is none in the dialect of Python, and in that of JSON Schema and browsers (ECMA-262)."""
    import regress

    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield "Python", str(error)
    try:
        regress.Regex(pattern)
    except regress.RegressError as error:
        yield "ECMAScript", str(error)


EXAMPLE_MISMATCH: Final = Rule(
    code="example-mismatch",
    severity=Severity.WARNING,
    summary="an example or default that does not match its pattern",
    why=(
        "People type what the example shows. If its own pattern refuses it, one of the two is wrong. An example "
        "that is made unreadable with asterisks, bullets or dots is passed over."
    ),
    wrong=("required:\n" "  - name: account\n" "    pattern: ^[0-9]+$\n" "    example: acme"),
    right=("required:\n" "  - name: account\n" "    pattern: ^[a-z]+$\n" "    example: acme"),
)


def report_example_mismatch(name: str, what: str, place: Place) -> Finding:
    """An example or default (`what`) that its own pattern refuses; the value is not shown."""
    return EXAMPLE_MISMATCH.finding(
        place,
        f"the {what} of '{name}' does not match its pattern",
        f"correct the pattern or the {what}",
        name=name,
    )


SLOW_PATTERN: Final = Rule(
    code="slow-pattern",
    severity=Severity.WARNING,
    summary="a pattern that takes too long",
    why=(
        "A repetition inside a repetition can match one text in very many ways, and the time doubles with each "
        "character. Whoever may type a value can then stop the program that checks it."
    ),
    wrong="pattern: ^(a+)+$",
    right="pattern: ^a+$",
)


def report_slow_pattern(name: str, place: Place) -> Finding:
    """A pattern that backtracks without end on its own example."""
    return SLOW_PATTERN.finding(
        place,
        f"the pattern of '{name}' takes too long on its own example or default",
        "repeat nothing that is repeated itself, as in (a+)+",
        name=name,
    )


def _matches(setting: Setting, pattern: str, place: Place) -> Iterator[Finding]:
    """The values are not shown: what stands as an example of a secret may be one."""
    for what, value in (("example", setting.example), ("default", setting.default)):
        if not isinstance(value, str) or not value or _MASKED.search(value):
            continue
        try:
            with _bounded():
                is_match = re.search(pattern, value) is not None
        except TimeoutError:
            yield report_slow_pattern(setting.name, place)
            return
        if not is_match:
            yield report_example_mismatch(setting.name, what, place)


@contextmanager
def _bounded() -> Iterator[None]:
    """Ends what is done inside with TimeoutError; the engine of `re` looks for signals as it goes."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


UNDECLARED_IN_ADDRESS: Final = Rule(
    code="undeclared-in-address",
    severity=Severity.WARNING,
    summary="an address with a variable that nothing declares",
    why="A variable that nothing declares is filled by nobody: the request goes to an address with a hole in it.",
    wrong=("endpoints:\n" "  base:\n" "    url: https://${tenant}.example.com"),
    right=("parameters:\n" "  - name: tenant\n" "endpoints:\n" "  base:\n" "    url: https://${tenant}.example.com"),
)


def report_undeclared_in_address(name: str, role: str, place: Place, known: Iterable[str]) -> Finding:
    """An endpoint with a variable that is no parameter and no secret of the definition."""
    return UNDECLARED_IN_ADDRESS.finding(
        place,
        f"the {role} address has the variable '{name}', which nothing declares",
        f"declare a parameter of that name; {suggest(name, known)}",
        name=name,
    )


BAD_ADDRESS: Final = Rule(
    code="bad-address",
    severity=Severity.WARNING,
    summary="an address that no request can go to",
    why=(
        "An address is filled with the values of its variables before a request goes to it. What comes of it "
        "must be an address over HTTPS with a host, for each value that a variable may have."
    ),
    wrong=("endpoints:\n" "  token:\n" "    url: http://${region}.example.com/token"),
    right=("endpoints:\n" "  token:\n" "    url: https://${region}.example.com/token"),
)


def report_bad_address(role: str, problem: str, place: Place) -> Finding:
    """An endpoint that is no address over HTTPS once its variables are filled."""
    return BAD_ADDRESS.finding(
        place,
        f"secrets cannot go to the {role} address: {problem}",
        "write https:// and a host, with ${name} for each variable part",
    )


def _endpoint(
    role: str, endpoint: Endpoint, place: Place, known: Mapping[str, Setting], always: Collection[str]
) -> Iterator[Finding]:
    names = tuple(dict.fromkeys(_VARIABLE.findall(endpoint.url)))
    undeclared = [name for name in names if name not in known and name not in always]
    for name in undeclared:
        yield report_undeclared_in_address(name, role, place, sorted(known))
    for address in () if undeclared else _expanded(endpoint.url, names, known):
        problem = _address_problem(address)
        if problem is not None:
            yield report_bad_address(role, problem, place)
            return


def _expanded(url: str, names: Iterable[str], known: Mapping[str, Setting]) -> Iterator[str]:
    """The address once with the first value of each variable, then with each further one in turn."""
    values = {name: _values(known.get(name), is_first=url.startswith(f"${{{name}}}")) for name in names}
    first = {name: found[0] for name, found in values.items()}
    turns = ({**first, name: value} for name, found in values.items() for value in found[1:])
    for chosen in chain((first,), turns):
        yield _filled(url, chosen)


def _filled(url: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values[match[1]], url)


def _values(setting: Setting | None, *, is_first: bool) -> tuple[str, ...]:
    """What may stand for a variable: each value it may have, else a default, an example that is a value, or what fits.

    With the first variable of an address its prefix belongs to the value.
    """
    stand_in = f"https://{_STAND_IN}" if is_first else _STAND_IN
    if setting is None:
        return (stand_in,)
    example = setting.example
    if isinstance(example, str) and (_MASKED.search(example) or _DESCRIBED.search(example)):
        example = None
    stated = (value for value in (setting.default, example) if isinstance(value, str) and value)
    values = tuple(str(choice.value) for choice in setting.enum) or (next(stated, stand_in),)
    prefix = setting.prefix or "" if is_first else ""
    return tuple(value if value.startswith(prefix) else f"{prefix}{value}" for value in values)


def _address_problem(address: str) -> str | None:
    """Why an address cannot be asked for over HTTPS (RFC 9110, section 4.2.2); None where it can."""
    if not address.isprintable() or " " in address:
        return "it has blanks or unprintable characters"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "it is no address at all"
    if parts.scheme != "https":
        return "it does not begin with https://"
    if parts.hostname is None or not _HOST.fullmatch(parts.hostname) or port == 0:
        return "it names no host"
    return None
