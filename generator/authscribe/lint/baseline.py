"""Read, subtract and write the baseline of known findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from authscribe.encoders.json import json_document
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.lint.suppressions import FilteredFindings
from authscribe.model.definitions import Model
from authscribe.model.draft import MapNode
from authscribe.model.validation import validate
from authscribe.readers.syntax.json import parse_json


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


def parse_baseline(path: str, text: str) -> Baseline:
    """The baseline in a file; raises DefinitionError for what is none."""
    node, findings = parse_json(path, text)
    if not isinstance(node, MapNode):
        raise DefinitionError(findings or (report_not_a_mapping(Place(path), "the baseline"),))
    baseline, wrong = validate(node, Baseline)
    if baseline is None:
        raise DefinitionError(wrong)
    return baseline


def subtract_baseline(findings: Iterable[Finding], baseline: Baseline) -> FilteredFindings:
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
    return FilteredFindings(tuple(fresh), hidden)


def dump_baseline(findings: Iterable[Finding]) -> str:
    """The text of a baseline that knows these findings, sorted so that a difference is readable."""
    counts = Counter(map(_key, findings))
    entries = [dict(zip(Known.model_fields, (*key, count), strict=True)) for key, count in counts.items()]
    entries.sort(key=lambda entry: [str(value or "") for value in entry.values()])
    return json_document({"version": 1, "findings": entries})


def _key(known: Known | Finding) -> tuple[str, str | None, str | None, str | None]:
    return known.code, known.connector, known.scheme, known.name
