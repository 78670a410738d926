"""Check the patterns of settings: they are valid, and examples and defaults match them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.bad_pattern import report_bad_pattern
from authscribe.findings.rules.example_mismatch import report_example_mismatch
from authscribe.findings.rules.slow_pattern import report_slow_pattern
from authscribe.model.definitions import Setting
from authscribe.model.draft import MapNode
from authscribe.model.patterns import MASKED, find_pattern_errors, is_match
from authscribe.resolve.merge import locate_value

_PROBES: Final = tuple(f"{character * 40}\0" for character in "aA0-. ")
"""Texts that make patterns with nested quantifiers backtrack, since the last character ends any repetition."""


def check_pattern(setting: Setting, item: MapNode) -> Iterator[Finding]:
    """Yield a finding if outputs leave out the pattern of a setting, or if it is slow or rejects its own example."""
    if setting.pattern is None:
        return
    place = locate_value(item, "pattern")
    errors = find_pattern_errors(setting.pattern)
    if errors:
        yield report_bad_pattern(setting.name, " or ".join(errors), next(iter(errors.values())), place)
    else:
        yield from _match_values(setting, setting.pattern, place)


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
