"""What a team has judged already: suppressions, with a reason and a last day, and the baseline of known findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from authscribe import mistakes as general
from authscribe.closed import Model
from authscribe.config import Suppress
from authscribe.connectors import mistakes
from authscribe.draft import ListNode, MapNode
from authscribe.encoders import json_document
from authscribe.finding import DefinitionError, Finding, Place
from authscribe.readers import json
from authscribe.resolve import Resolution
from authscribe.rules import RULES
from authscribe.validation import validate


class Known(Model):
    """Findings that are equal but for their place, which moves with every edit."""

    code: str
    connector: str | None
    scheme: str | None
    name: str | None
    count: int


class Baseline(Model):
    """The findings of one run; later runs report only what is new."""

    version: Literal[1]
    findings: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The findings that are left to report, and how many are not."""

    findings: tuple[Finding, ...]
    hidden: int


def stated(configured: Iterable[tuple[Suppress, Place]], resolution: Resolution) -> Iterator[tuple[Suppress, Place]]:
    """The suppressions of the configuration, and those in the definitions of connectors, each with its place.

    Raises DefinitionError for one of a rule that is none.
    """
    for rule, place in (*configured, *_defined(resolution)):
        if rule.rule not in RULES:
            raise DefinitionError((general.unknown_reference("rule", rule.rule, place, RULES),))
        yield rule, place


def suppressed(
    findings: Sequence[Finding], rules: Sequence[tuple[Suppress, Place]], today: date, *, complete: bool
) -> Judged:
    """The findings that no suppression hides, and a finding for each suppression that is over or hides nothing.

    `complete` says that everything was looked at, so that a suppression of nothing is known to be one.
    """
    hidden: set[Finding] = set()
    added: list[Finding] = []
    for rule, place in rules:
        hit = {finding for finding in findings if _covers(rule, finding)}
        if rule.until is not None and rule.until < today:
            added.append(mistakes.suppression_expired(rule.rule, rule.connector, rule.until.isoformat(), place))
        elif hit:
            hidden |= hit
        elif complete:
            added.append(mistakes.suppression_unused(rule.rule, rule.connector, place))
    return Judged((*added, *(finding for finding in findings if finding not in hidden)), len(hidden))


def _defined(resolution: Resolution) -> Iterator[tuple[Suppress, Place]]:
    for connector in resolution.catalogue.connectors:
        node = resolution.connectors[connector.id].find("suppressions")
        places = node.items if isinstance(node, ListNode) else ()
        for rule, item in zip(connector.suppressions, places, strict=True):
            yield Suppress(rule.rule, rule.reason, rule.until, connector.id), item.place


def _covers(rule: Suppress, finding: Finding) -> bool:
    connector = finding.connector is not None and rule.connector in ("*", finding.connector)
    return rule.rule == finding.code and connector and rule.name in (None, finding.name)


def parse(path: str, text: str) -> Baseline:
    """The baseline in a file; raises DefinitionError for what is none."""
    node, findings = json.parse(path, text)
    if not isinstance(node, MapNode):
        raise DefinitionError(findings or (general.not_a_mapping(Place(path), "a baseline"),))
    baseline, wrong = validate(node, Baseline)
    if baseline is None:
        raise DefinitionError(wrong)
    return baseline


def new(findings: Iterable[Finding], baseline: Baseline) -> Judged:
    """The findings beyond those of the baseline: of several that are alike, as many as have been added."""
    left = Counter({_key(known): known.count for known in baseline.findings})
    fresh: list[Finding] = []
    hidden = 0
    for finding in findings:
        key = _key(finding)
        if left[key] > 0:
            left[key] -= 1
            hidden += 1
        else:
            fresh.append(finding)
    return Judged(tuple(fresh), hidden)


def dump(findings: Iterable[Finding]) -> str:
    """The text of a baseline that knows these findings, sorted so that a difference is readable."""
    counts = Counter(map(_key, findings))
    entries = [dict(zip(Known.model_fields, (*key, count), strict=True)) for key, count in counts.items()]
    entries.sort(key=lambda entry: [str(value or "") for value in entry.values()])
    return json_document({"version": 1, "findings": entries})


def _key(known: Known | Finding) -> tuple[str, str | None, str | None, str | None]:
    return known.code, known.connector, known.scheme, known.name
