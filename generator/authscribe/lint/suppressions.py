"""Hide the findings that a team has reviewed, by suppressions with a reason and an optional last day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from inspect import cleandoc
from typing import Final, NamedTuple

from authscribe.findings.finding import DefinitionError, Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.model.contract import list_methods
from authscribe.model.definitions import Connector
from authscribe.model.draft import ListNode
from authscribe.resolve.resolver import Resolution
from authscribe.workspace.configuration import Suppress


class FilteredFindings(NamedTuple):
    """Findings that are left to report, and the number of those that are hidden."""

    findings: tuple[Finding, ...]
    hidden: int


class ActiveSuppression(NamedTuple):
    """Suppression with its place, all names of its connector, and the schemes that no other connector uses.

    `connectors` is None if it covers every connector.
    """

    suppression: Suppress
    place: Place
    connectors: frozenset[str] | None
    schemes: frozenset[str] = frozenset()

    def covers(self, finding: Finding) -> bool:
        """Return whether the suppression hides a finding; one about neither connector nor scheme is never hidden.

        A suppression for all connectors hides findings about all schemes too.
        """
        return (
            self.suppression.rule == finding.code
            and (finding.connector is not None or finding.scheme is not None)
            and (self.connectors is None or self._is_about(finding, self.connectors))
            and self.suppression.name in (None, finding.name)
        )

    def _is_about(self, finding: Finding, connectors: frozenset[str]) -> bool:
        return finding.scheme in self.schemes if finding.connector is None else finding.connector in connectors


def list_suppressions(
    configured: Iterable[tuple[Suppress, Place]], resolution: Resolution, list_codes: Callable[[], Collection[str]]
) -> tuple[ActiveSuppression, ...]:
    """Return the suppressions of the configuration and of the definitions of connectors.

    The codes of rules are listed only if there is a suppression. Raises DefinitionError for an unknown code.
    """
    suppressions = (*configured, *_list_defined(resolution))
    codes = list_codes() if suppressions else ()
    for suppression, place in suppressions:
        if suppression.rule not in codes:
            raise DefinitionError((report_unknown_reference("rule", suppression.rule, place, codes),))
    connectors = resolution.catalogue.connectors if suppressions else ()
    users = Counter(name for connector in connectors for name in _list_schemes(connector))
    return tuple(_activate(suppression, place, resolution, users) for suppression, place in suppressions)


def get_today() -> date:
    """Return the day that decides whether a suppression has expired."""
    return date.today()  # noqa: DTZ011 - a day as people write it, in their own time


def _activate(
    suppression: Suppress, place: Place, resolution: Resolution, users: Mapping[str, int]
) -> ActiveSuppression:
    if suppression.connector == "*":
        return ActiveSuppression(suppression, place, None)
    connector = resolution.catalogue.find_connector(suppression.connector)
    if connector is None:
        return ActiveSuppression(suppression, place, frozenset((suppression.connector,)))
    names = frozenset((suppression.connector, *connector.all_ids))
    own_schemes = frozenset(name for name in _list_schemes(connector) if users[name] == 1)
    return ActiveSuppression(suppression, place, names, own_schemes)


def _list_schemes(connector: Connector) -> set[str]:
    return {name for method in list_methods(connector) for name in method.schemes}


def _list_defined(resolution: Resolution) -> Iterator[tuple[Suppress, Place]]:
    for connector in resolution.catalogue.connectors:
        if not connector.suppressions:
            continue
        node = resolution.connectors[connector.id].find("suppressions")
        places = node.items if isinstance(node, ListNode) else ()
        for given, item in zip(connector.suppressions, places, strict=True):
            suppress = Suppress(rule=given.rule, reason=given.reason, until=given.until, connector=connector.id)
            yield suppress, item.place


SUPPRESSION_UNUSED: Final = Rule(
    code="suppression-unused",
    severity=Severity.INFO,
    summary="suppression that hides nothing",
    why=(
        "The finding that this suppression hid is gone. If the suppression stays, it hides the next finding of this "
        "kind."
    ),
    wrong=cleandoc("""
        [[suppress]]
        rule = "cleartext-http"
        connector = "wave"
        reason = "the API is only reachable through the tunnel"

        [[suppress]]
        rule = "secret-in-url"
        connector = "wave"
        reason = "the provider has no header for it"
        """),
    right=cleandoc("""
        [[suppress]]
        rule = "cleartext-http"
        connector = "wave"
        reason = "the API is only reachable through the tunnel"
        """),
)


def report_suppression_unused(rule: str, connector: str, place: Place) -> Finding:
    """Report a suppression that hides nothing."""
    return SUPPRESSION_UNUSED.finding(
        place, f"the suppression of '{rule}' for '{connector}' hides nothing", "remove the suppression", name=rule
    )


SUPPRESSION_EXPIRED: Final = Rule(
    code="suppression-expired",
    severity=Severity.WARNING,
    summary="expired suppression",
    why=(
        "A suppression with a last day is a promise to look again. The day has passed, so the finding is reported "
        "again."
    ),
    wrong=cleandoc("""
        [[suppress]]
        rule = "secret-in-url"
        connector = "wave"
        reason = "the provider has no header for it"
        until = 2020-12-31
        """),
    right=cleandoc("""
        [[suppress]]
        rule = "secret-in-url"
        connector = "wave"
        reason = "the provider has no header for it"
        until = 2099-12-31
        """),
)


def report_suppression_expired(rule: str, connector: str, until: str, place: Place) -> Finding:
    """Report a suppression whose last day has passed; the findings that it hid are reported again."""
    return SUPPRESSION_EXPIRED.finding(
        place,
        f"the suppression of '{rule}' for '{connector}' expired on {until}",
        "fix what it hides, or set a later `until`",
        name=rule,
    )


def apply_suppressions(
    findings: Sequence[Finding], suppressions: Sequence[ActiveSuppression], today: date, *, complete: bool
) -> FilteredFindings:
    """Return the findings that no suppression hides, with one more for each expired or unused suppression.

    Unused suppressions are reported only if the findings are `complete`, that is, if all connectors were checked.
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
