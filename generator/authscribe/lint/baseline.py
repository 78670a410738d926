"""Read, subtract and write the baseline of known findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from authscribe.encoders.json import encode_json_document
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.lint.suppressions import FilteredFindings
from authscribe.model.definitions import Model
from authscribe.model.draft import MapNode
from authscribe.model.validation import validate
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.text import decode, read_content
from authscribe.runtime.paths import show_path


class KnownFinding(Model):
    """Entry of a baseline: findings that differ only in their place, which moves with every edit."""

    code: str
    connector: str | None
    scheme: str | None
    name: str | None
    count: int


class Baseline(Model):
    """Findings of one run; later runs report only new ones."""

    version: Literal[1]
    findings: tuple[KnownFinding, ...]


def parse_baseline(path: str, text: str) -> Baseline:
    """Return the baseline in a file; raises DefinitionError if it is not valid."""
    node, findings = parse_json(path, text)
    if not isinstance(node, MapNode):
        raise DefinitionError(findings or (report_not_a_mapping(Place(path), "the baseline"),))
    baseline, wrong = validate(node, Baseline)
    if baseline is None:
        raise DefinitionError(wrong)
    return baseline


def read_baseline(file: Path) -> Baseline:
    """Return the baseline in a file; raises DefinitionError if it cannot be read or is not valid."""
    path = show_path(file, Path.cwd())
    data = read_content(path, file)
    if isinstance(data, Finding):
        raise DefinitionError((data,))
    decoded = decode(path, data)
    if decoded.findings:
        raise DefinitionError(decoded.findings)
    return parse_baseline(path, decoded.text)


def subtract_baseline(findings: Iterable[Finding], baseline: Baseline) -> FilteredFindings:
    """Return the findings that are not in the baseline; of several equal ones, those beyond the known number."""
    known = Counter({_make_key(entry): entry.count for entry in baseline.findings})
    new: list[Finding] = []
    hidden = 0
    for finding in findings:
        key = _make_key(finding)
        if known[key] > 0:
            known[key] -= 1
            hidden += 1
        else:
            new.append(finding)
    return FilteredFindings(tuple(new), hidden)


def dump_baseline(findings: Iterable[Finding]) -> str:
    """Return the text of a baseline with these findings, sorted so that its changes are readable."""
    counts = Counter(map(_make_key, findings))
    entries = [dict(zip(KnownFinding.model_fields, (*key, count), strict=True)) for key, count in counts.items()]
    entries.sort(key=lambda entry: [str(value or "") for value in entry.values()])
    return encode_json_document({"version": 1, "findings": entries})


def _make_key(finding: KnownFinding | Finding) -> tuple[str, str | None, str | None, str | None]:
    return finding.code, finding.connector, finding.scheme, finding.name
