"""SARIF 2.1.0 (OASIS), which code-scanning services read."""

from __future__ import annotations

import textwrap
from typing import Final
from urllib.parse import quote

from authscribe.drift.compare import DriftState
from authscribe.encoders.json import json_document
from authscribe.findings.finding import Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.registry import load_rules
from authscribe.report.model import Remark, Report, Style, list_remarks

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_sarif(report: Report, style: Style) -> str:
    """One run with one result for each finding and drift, and the rules that they are of."""
    del style
    found = tuple(list_remarks(report))
    codes = sorted({remark.code for remark in found})
    rules = load_rules()
    driver = {"name": "authscribe", "rules": [_rule(code, rules.get(code)) for code in codes]}
    results = [_result(remark, codes.index(remark.code)) for remark in found]
    # Columns count characters, as ours do.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json_document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str, rule: Rule | None) -> dict[str, object]:
    """Return the description of a rule, or of a state of drift, which is no rule."""
    if rule is None:
        level, summary = "error" if DriftState(code).counts else "note", f"an output that is {code}"
        return {"id": code, "shortDescription": {"text": summary}, "defaultConfiguration": {"level": level}}
    return {
        "id": code,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.explain(), "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _markdown(rule: Rule) -> str:
    """Return the explanation as Markdown; the examples are indented, so that nothing in them is markup."""
    # The texts of rules are ours: code is in backticks, and nothing else is markup.
    wrong, right = (textwrap.indent(text, "    ") for text in (rule.wrong, rule.right))
    return f"{rule.why}\n\nWrong:\n\n{wrong}\n\nRight:\n\n{right}\n"


def _result(remark: Remark, index: int) -> dict[str, object]:
    text = f"{remark.message}; {remark.help}" if remark.help else remark.message
    return {
        "ruleId": remark.code,
        "ruleIndex": index,
        "level": _LEVELS[remark.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(remark.place)}],
    }


def _location(place: Place) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": quote(place.path)}}
    if place.line:
        region = {"startLine": place.line, "startColumn": max(place.column, 1)}
        if place.end_line:
            region |= {"endLine": place.end_line, "endColumn": max(place.end_column, 1)}
        location["region"] = region
    return location
