"""SARIF 2.1.0 (OASIS) for code scanning services."""

from __future__ import annotations

import textwrap
from importlib.metadata import metadata
from typing import Final
from urllib.parse import quote

from authscribe.drift.drift import DriftState
from authscribe.encoders.json import encode_json_document
from authscribe.findings.finding import Place, Severity
from authscribe.findings.rule import Rule
from authscribe.lint.registry import find_rule
from authscribe.report.model import Report, ReportItem, Style, list_items

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_STATES: Final = {state.value: state for state in DriftState}
_FINGERPRINT: Final = "primaryLocationLineHash"
"""The fingerprint by which GitHub recognises a result in a later run."""


def render_sarif(report: Report, style: Style) -> str:
    """Return one run with a result for each finding and drift, and the rules that the results refer to."""
    del style
    items = tuple(list_items(report))
    codes = sorted({item.code for item in items})
    driver = {**_describe_tool(), "rules": [_describe_rule(code, find_rule(code)) for code in codes]}
    results = [_describe_item(item, codes.index(item.code)) for item in items]
    # Columns of places count characters, which SARIF calls code points.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return encode_json_document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _describe_tool() -> dict[str, object]:
    package = metadata("authscribe")
    _, _, homepage = package["Project-URL"].partition(", ")
    return {"name": "authscribe", "version": package["Version"], "informationUri": homepage}


def _describe_rule(code: str, rule: Rule | None) -> dict[str, object]:
    """Return the description of a rule, or of a state of drift if `rule` is None."""
    if rule is None:
        return _describe_state(_STATES[code])
    return {
        "id": code,
        "shortDescription": {"text": _end_sentence(rule.summary)},
        "fullDescription": {"text": _end_sentence(rule.why)},
        "help": {"text": rule.explain(), "markdown": _explain_in_markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _describe_state(state: DriftState) -> dict[str, object]:
    return {
        "id": state.value,
        "shortDescription": {"text": f"An output that is {state.value}."},
        "fullDescription": {"text": state.explanation},
        "help": {"text": state.explanation, "markdown": state.explanation},
        "defaultConfiguration": {"level": "error" if state.counts else "note"},
    }


def _end_sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text[:1].upper()}{text[1:]}."


def _explain_in_markdown(rule: Rule) -> str:
    """Return the explanation in Markdown; examples are indented as code, so that nothing in them is markup."""
    # The texts of rules are ours: code is in backticks, and nothing else is markup.
    wrong, right = (textwrap.indent(text, "    ") for text in (rule.wrong, rule.right))
    return f"{rule.why}\n\nWrong:\n\n{wrong}\n\nRight:\n\n{right}\n"


def _describe_item(item: ReportItem, index: int) -> dict[str, object]:
    text = f"{item.message}; {item.help}" if item.help else item.message
    return {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": _LEVELS[item.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _describe_place(item.place)}],
        "partialFingerprints": {_FINGERPRINT: item.fingerprint},
    }


def _describe_place(place: Place) -> dict[str, object]:
    """Return the place with a region, which GitHub requires; that of a whole file is its first line."""
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    if place.end_line:
        region |= {"endLine": place.end_line, "endColumn": max(place.end_column, 1)}
    return {"artifactLocation": {"uri": quote(place.path)}, "region": region}
