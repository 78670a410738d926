"""What a team has judged already: suppressions, with a reason and a last day, and the baseline of known findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from authscribe.findings import connectors as connector_mistakes
from authscribe.findings import definitions as mistakes
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules import RULES
from authscribe.model.draft import ListNode
from authscribe.resolve.resolver import Resolution
from authscribe.workspace.configuration import Suppress


@dataclass(frozen=True, slots=True)
class FilteredFindings:
    """The findings that are left to report, and how many are not."""

    findings: tuple[Finding, ...]
    hidden: int


def list_suppressions(
    configured: Iterable[tuple[Suppress, Place]], resolution: Resolution
) -> Iterator[tuple[Suppress, Place]]:
    """The suppressions of the configuration, and those in the definitions of connectors, each with its place.

    Raises DefinitionError for one of a rule that is none.
    """
    for rule, place in (*configured, *_defined(resolution)):
        if rule.rule not in RULES:
            raise DefinitionError((mistakes.unknown_reference("rule", rule.rule, place, RULES),))
        yield rule, place


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
            added.append(
                connector_mistakes.suppression_expired(rule.rule, rule.connector, rule.until.isoformat(), place)
            )
        elif hit:
            hidden |= hit
        elif complete:
            added.append(connector_mistakes.suppression_unused(rule.rule, rule.connector, place))
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
