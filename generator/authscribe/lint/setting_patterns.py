"""Check the patterns of settings, which are valid and match examples and defaults, and whether limits are shown."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.definition_addresses import MASKED
from authscribe.model.definitions import Setting, ValueType
from authscribe.model.draft import MapNode
from authscribe.model.patterns import find_pattern_errors, is_match
from authscribe.resolve.merge import locate_value

_PROBES: Final = tuple(f"{character * 40}\0" for character in "aA0-. ")
"""Texts that make patterns with nested quantifiers backtrack, since the last character ends any repetition."""


BAD_PATTERN: Final = Rule(
    code="bad-pattern",
    severity=Severity.WARNING,
    summary="pattern is not a valid regex in Python or ECMAScript",
    why=(
        "Programs check patterns in the dialect of Python, browsers and JSON Schema in that of ECMAScript. A pattern "
        "that is valid in only one of them rejects good values on one side, or accepts bad ones, so no output has it."
    ),
    wrong="pattern: (?i)[a-z]+",
    right="pattern: '[A-Za-z]+'",
)


def report_bad_pattern(name: str, dialect: str, problem: str, place: Place) -> Finding:
    """Report a pattern that is not valid in one of the two dialects, or in both."""
    return BAD_PATTERN.finding(
        place,
        f"the pattern of '{name}' is not a valid regex in {dialect}: {problem.lower()}",
        "use only syntax that Python and ECMAScript have in common",
        name=name,
    )


EXAMPLE_MISMATCH: Final = Rule(
    code="example-mismatch",
    severity=Severity.WARNING,
    summary="example or default that does not match its pattern",
    why=(
        "People imitate the example. If its own pattern rejects it, one of the two is wrong. Examples that are masked "
        "with asterisks, bullets or dots are not checked."
    ),
    wrong=cleandoc("""
        required:
          - name: account
            pattern: ^[0-9]+$
            example: acme
        """),
    right=cleandoc("""
        required:
          - name: account
            pattern: ^[a-z]+$
            example: acme
        """),
)


def report_example_mismatch(name: str, noun: str, place: Place) -> Finding:
    """Report an `example` or `default` that its pattern rejects, without showing the value."""
    return EXAMPLE_MISMATCH.finding(
        place,
        f"the {noun} of '{name}' does not match its pattern",
        f"correct the pattern or the {noun}",
        name=name,
    )


SLOW_PATTERN: Final = Rule(
    code="slow-pattern",
    severity=Severity.WARNING,
    summary="pattern that takes too long",
    why=(
        "A quantifier inside a quantified group can match one text in very many ways, so that the time doubles with "
        "each character. Anybody who may enter a value can then stop the program that checks it."
    ),
    wrong="pattern: ^(a+)+$",
    right="pattern: ^a+$",
)


def report_slow_pattern(name: str, place: Place) -> Finding:
    """Report a pattern that backtracks for too long."""
    return SLOW_PATTERN.finding(
        place,
        f"the pattern of '{name}' takes too long",
        "avoid nested quantifiers such as (a+)+",
        name=name,
    )


PATTERN_WITHOUT_EFFECT: Final = Rule(
    code="pattern-without-effect",
    severity=Severity.WARNING,
    summary="pattern of a setting that is not a text",
    why="A pattern limits only texts, as in JSON Schema. No output has the pattern of a value of another type.",
    wrong=cleandoc("""
        parameters:
          - name: port
            type: integer
            pattern: ^(443|8443)$
        """),
    right=cleandoc("""
        parameters:
          - name: port
            type: integer
            enum: [{value: 443}, {value: 8443}]
        """),
)


def report_pattern_without_effect(name: str, kind: str, place: Place) -> Finding:
    """Report the pattern of a setting whose value is not a text in generated code."""
    return PATTERN_WITHOUT_EFFECT.finding(
        place,
        f"the pattern of '{name}' has no effect on values of type '{kind}'",
        "correct the type, or list the allowed values instead",
        name=name,
    )


WITHHELD_LIMIT: Final = Rule(
    code="withheld-limit",
    severity=Severity.WARNING,
    summary="limit that would show the values of a secret",
    why=(
        "Allowed values are values, and so is a pattern that spells out what it matches. Of a secret, nothing shows "
        "them, so that no output enforces them. If they are not secret, only the definition can say so."
    ),
    wrong=cleandoc("""
        required:
          - name: api_token_type
            enum: [{value: personal}, {value: shared}]
        """),
    right=cleandoc("""
        required:
          - name: api_token_type
            secret: no
            enum: [{value: personal}, {value: shared}]
        """),
)


def report_withheld_limit(name: str, noun: str, place: Place) -> Finding:
    """Report allowed values of a secret, or a pattern that spells out its value, without showing them."""
    return WITHHELD_LIMIT.finding(
        place,
        f"no output has the {noun} of '{name}', which would show values of a secret",
        f"remove what is secret, or set `secret` of '{name}' to no",
        name=name,
    )


def check_limits(setting: Setting, item: MapNode) -> Iterator[Finding]:
    """Yield a finding for each limit of a setting that outputs leave out, or that has another mistake."""
    if setting.shown_choices != setting.enum:
        yield report_withheld_limit(setting.name, "allowed values", locate_value(item, "enum"))
    if setting.shown_pattern != setting.pattern:
        # The error in a pattern may repeat a part of it.
        yield report_withheld_limit(setting.name, "pattern", locate_value(item, "pattern"))
    elif setting.pattern is not None:
        yield from _check_pattern(setting, setting.pattern, item)


def _check_pattern(setting: Setting, pattern: str, item: MapNode) -> Iterator[Finding]:
    place = locate_value(item, "pattern")
    if setting.value_type is not ValueType.STRING:
        yield report_pattern_without_effect(setting.name, setting.type.value, place)
        return
    errors = find_pattern_errors(pattern)
    if errors:
        yield report_bad_pattern(setting.name, " or ".join(errors), next(iter(errors.values())), place)
    else:
        yield from _match_values(setting, pattern, place)


def _match_values(setting: Setting, pattern: str, place: Place) -> Iterator[Finding]:
    # No finding shows the values, since the example of a secret may be a real one.
    try:
        for noun, value in (("example", setting.example), ("default", setting.default)):
            if not isinstance(value, str) or not value or MASKED.search(value):
                continue
            if not is_match(pattern, value):
                yield report_example_mismatch(setting.name, noun, place)
        for text in _PROBES:
            is_match(pattern, text)
    except TimeoutError:
        yield report_slow_pattern(setting.name, place)
