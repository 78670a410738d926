"""What a team has judged already: suppressions, with a reason and a last day, and the baseline of known findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from authscribe.findings.finding import DefinitionError, Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.model.draft import ListNode
from authscribe.resolve.resolver import Resolution
from authscribe.workspace.configuration import Suppress


@dataclass(frozen=True, slots=True)
class FilteredFindings:
    """The findings that are left to report, and how many are not."""

    findings: tuple[Finding, ...]
    hidden: int


def list_suppressions(
    configured: Iterable[tuple[Suppress, Place]], resolution: Resolution, load_rules: Callable[[], Mapping[str, Rule]]
) -> Iterator[tuple[Suppress, Place]]:
    """Yield the suppressions of the configuration and of the definitions of connectors, each with its place.

    The rules are loaded where there is a suppression. Raises DefinitionError for the code of an unknown rule.
    """
    for suppression, place in (*configured, *_defined(resolution)):
        rules = load_rules()
        if suppression.rule not in rules:
            raise DefinitionError((report_unknown_reference("rule", suppression.rule, place, rules),))
        yield suppression, place


SUPPRESSION_UNUSED: Final = Rule(
    code="suppression-unused",
    severity=Severity.INFO,
    summary="a suppression of nothing",
    why="What this suppression hid is gone. Left in place it would hide the next finding of its kind.",
    wrong='[[suppress]] rule = "secret-in-url", where no secret is in a URL',
    right="remove the entry",
)


def report_suppression_unused(rule: str, connector: str, place: Place) -> Finding:
    """A suppression that hides nothing."""
    return SUPPRESSION_UNUSED.finding(
        place, f"nothing is suppressed by '{rule}' for '{connector}'", "remove it", name=rule
    )


SUPPRESSION_EXPIRED: Final = Rule(
    code="suppression-expired",
    severity=Severity.WARNING,
    summary="a suppression whose time is over",
    why="A suppression is a promise to look again. Its day has passed, so what it hid is reported again.",
    wrong="until = 2020-01-01",
    right="until = 2099-01-01, with the reason why",
)


def report_suppression_expired(rule: str, connector: str, until: str, place: Place) -> Finding:
    """A suppression whose last day has passed; what it hid is reported again."""
    return SUPPRESSION_EXPIRED.finding(
        place,
        f"the suppression of '{rule}' for '{connector}' ended on {until}",
        "repair what it hides, or judge it again",
        name=rule,
    )


def apply_suppressions(
    findings: Sequence[Finding], rules: Sequence[tuple[Suppress, Place]], today: date, *, complete: bool
) -> FilteredFindings:
    """The findings that no suppression hides, and a finding for each suppression that is over or hides nothing.

    `complete` says that everything was looked at, so that a suppression of nothing is known to be one.
    """
    hidden: set[Finding] = set()
    added: list[Finding] = []
    for rule, place in rules:
        hit = {finding for finding in findings if _covers(rule, finding)}
        if rule.until is not None and rule.until < today:
            added.append(report_suppression_expired(rule.rule, rule.connector, rule.until.isoformat(), place))
        elif hit:
            hidden |= hit
        elif complete:
            added.append(report_suppression_unused(rule.rule, rule.connector, place))
    return FilteredFindings((*added, *(finding for finding in findings if finding not in hidden)), len(hidden))


def _defined(resolution: Resolution) -> Iterator[tuple[Suppress, Place]]:
    for connector in resolution.catalogue.connectors:
        node = resolution.connectors[connector.id].find("suppressions")
        places = node.items if isinstance(node, ListNode) else ()
        for rule, item in zip(connector.suppressions, places, strict=True):
            yield Suppress(rule.rule, rule.reason, rule.until, connector.id), item.place


def _covers(rule: Suppress, finding: Finding) -> bool:
    connector = finding.connector is not None and rule.connector in ("*", finding.connector)
    return rule.rule == finding.code and connector and rule.name in (None, finding.name)
