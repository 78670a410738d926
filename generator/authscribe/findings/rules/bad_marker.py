"""Report markers in pages that cannot be read as keys with values."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-marker",
    severity=Severity.ERROR,
    summary="marker that cannot be read",
    why=(
        "A marker names its content, followed by keys with values. They are separated as in a shell, so that quotes "
        "enclose a value with blanks. With unmatched quotes, or a word that is not a key with a value, it is not clear "
        "where a value ends."
    ),
    wrong=".. authscribe:begin table scheme=oauth2 part=injected headings=Navn på felt,Type",
    right='.. authscribe:begin table scheme=oauth2 part=injected headings="Navn på felt,Type"',
)


def report_bad_marker(place: Place, problem: str) -> Finding:
    """Report a marker that cannot be read; `problem` is a phrase such as `no closing quotation`."""
    return RULE.finding(place, f"invalid marker: {problem}", "write KEY=VALUE, with quotes around a value with blanks")
