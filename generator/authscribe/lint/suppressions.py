"""What a team has judged already: suppressions, with a reason and a last day, and the baseline of known findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

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


class ActiveSuppression(NamedTuple):
    """A suppression, its place, and every name of its connector; `None` for any connector."""

    suppression: Suppress
    place: Place
    connectors: frozenset[str] | None

    def covers(self, finding: Finding) -> bool:
        """Return whether it hides the finding; one about no connector is never hidden."""
        return (
            self.suppression.rule == finding.code
            and finding.connector is not None
            and (self.connectors is None or finding.connector in self.connectors)
            and self.suppression.name in (None, finding.name)
        )


def list_suppressions(
    configured: Iterable[tuple[Suppress, Place]], resolution: Resolution, load_rules: Callable[[], Mapping[str, Rule]]
) -> tuple[ActiveSuppression, ...]:
    """Return the suppressions of the configuration and of the definitions of connectors.

    The rules are loaded only if there is a suppression. Raises DefinitionError for the code of an unknown rule.
    """
    suppressions = (*configured, *_list_defined(resolution))
    rules = load_rules() if suppressions else {}
    for suppression, place in suppressions:
        if suppression.rule not in rules:
            raise DefinitionError((report_unknown_reference("rule", suppression.rule, place, rules),))
    return tuple(_activate(suppression, place, resolution) for suppression, place in suppressions)


def _activate(suppression: Suppress, place: Place, resolution: Resolution) -> ActiveSuppression:
    if suppression.connector == "*":
        return ActiveSuppression(suppression, place, None)
    connector = resolution.catalogue.find_connector(suppression.connector)
    names = (suppression.connector, *(connector.names if connector is not None else ()))
    return ActiveSuppression(suppression, place, frozenset(names))


def _list_defined(resolution: Resolution) -> Iterator[tuple[Suppress, Place]]:
    for connector in resolution.catalogue.connectors:
        node = resolution.connectors[connector.id].find("suppressions")
        places = node.items if isinstance(node, ListNode) else ()
        for suppression, item in zip(connector.suppressions, places, strict=True):
            yield Suppress(suppression.rule, suppression.reason, suppression.until, connector.id), item.place


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
    findings: Sequence[Finding], suppressions: Sequence[ActiveSuppression], today: date, *, complete: bool
) -> FilteredFindings:
    """Return the findings that no suppression hides, and a finding for each that has expired or hides nothing.

    With `complete` everything was checked, so that a suppression that hides nothing is known to be unused.
    """
    hidden: set[Finding] = set()
    added: list[Finding] = []
    for active in suppressions:
        rule, connector, until = active.suppression.rule, active.suppression.connector, active.suppression.until
        covered = {finding for finding in findings if active.covers(finding)}
        if until is not None and until < today:
            added.append(report_suppression_expired(rule, connector, until.isoformat(), active.place))
        elif covered:
            hidden |= covered
        elif complete:
            added.append(report_suppression_unused(rule, connector, active.place))
    return FilteredFindings((*added, *(finding for finding in findings if finding not in hidden)), len(hidden))
