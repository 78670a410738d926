"""Report sources that are too large."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="too-large",
    severity=Severity.ERROR,
    summary="source that is too large",
    why=(
        "The time to read a page grows faster than its size, and a short document can describe a very large catalogue. "
        "No real page or catalogue comes near the limit."
    ),
    wrong=cleandoc("""
        $ wc -c catalogue.yaml
        10485760 catalogue.yaml
        """),
    right=cleandoc("""
        $ wc -c catalogue-*.yaml
        5242880 catalogue-1.yaml
        5242880 catalogue-2.yaml
        """),
)


def report_too_large(path: str, *, size: int, limit: int, unit: str = "bytes") -> Finding:
    """Report a source over the size limit; `size` and `limit` are in `unit`."""
    return RULE.finding(
        Place(path),
        f"the source has {size} {unit}, more than the limit of {limit}",
        "split it into smaller files",
    )


def report_slow_markup(place: Place) -> Finding:
    """Report the paragraph at which the inline markup of a page has become too much for its parser."""
    return RULE.finding(
        place,
        "inline markup that is not closed takes too long to read",
        "close or escape each character such as * and `, or split the paragraph",
    )


def report_many_refined(place: Place, *, limit: int) -> Finding:
    """Report the refinement with which large schemes are refined too often; `limit` counts keys and values."""
    return RULE.finding(
        place,
        f"the refinements of schemes that are refined already repeat more than {limit} keys and values",
        "join the refinements of one scheme",
    )


def report_many_inherited(place: Place, *, limit: int, noun: str = "schemes") -> Finding:
    """Report the `extends` with which the schemes inherit too much; `limit` counts keys and values."""
    return RULE.finding(
        place,
        f"the {noun} inherit more than {limit} keys and values from those that they extend",
        f"extend smaller {noun}, or fewer of them",
    )


def report_many_aliased(place: Place, *, limit: int) -> Finding:
    """Report the alias with which the providers repeat too much of others; `limit` counts keys and values."""
    return RULE.finding(
        place,
        f"the providers take more than {limit} keys and values from those that they are aliases of",
        "split the catalogue, or use aliases of smaller providers",
    )


def report_many_used(place: Place, *, limit: int) -> Finding:
    """Report the use of a scheme, or the method, with which connectors repeat too much; `limit` counts keys and values.

    Each method repeats what the connector states for all of them.
    """
    return RULE.finding(
        place,
        f"the connectors and their methods repeat more than {limit} keys and values",
        "use smaller schemes, or generate for fewer connectors at a time",
    )


def report_many_shared(place: Place, *, ways: int, shared: int, limit: int) -> Finding:
    """Report a document with many ways to authenticate, each of which repeats all that they share."""
    return RULE.finding(
        place,
        f"{ways} ways to authenticate share {shared} settings and the like, which makes {ways * shared} of them, more "
        f"than the limit of {limit}",
        "split the document, or remove ways that nobody uses",
    )


def report_large_archive(path: str, problem: str) -> Finding:
    """Report an archive over a limit; `problem` tells which."""
    return RULE.finding(
        Place(path), f"the archive is too large: {problem}", "unpack it, or split it into smaller archives"
    )


def report_long_line(place: Place, *, length: int, limit: int) -> Finding:
    """Report a line of a page over the limit; `length` and `limit` are in characters."""
    return RULE.finding(place, f"the line has {length} characters, more than the limit of {limit}", "split the line")
