"""Changelog of two sets of definitions in Markdown, for release notes and job summaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.changes.verdicts import Verdict
from authscribe.encoders.markdown import encode_markdown_text
from authscribe.findings.finding import pluralize
from authscribe.report.facts import ChangeFacts
from authscribe.report.model import Report

_HEADINGS: Final = {
    Verdict.SECURITY_WEAKENED: "Security weakened",
    Verdict.BREAKING: "Breaking",
    Verdict.COMPATIBLE: "Compatible",
    Verdict.DOCUMENTATION: "Documentation",
}


def render_changelog(report: Report) -> str:
    """Return the part of the version to increase, then the changes by verdict, the most serious ones first."""
    if report.semver is None:
        return "No changes.\n"
    return "\n".join((f"Next version: **{report.semver}**", *_render_sections(report))) + "\n"


def _render_sections(report: Report) -> Iterator[str]:
    for verdict, heading in _HEADINGS.items():
        changes = [change for change in report.changes if change.verdict is verdict]
        if changes:
            yield f"\n## {heading}\n"
            yield from map(_render_change, changes)


def _render_change(change: ChangeFacts) -> str:
    remarks = (
        f"breaks: {', '.join(change.breaks)}" if change.breaks else "",
        "people must log in again" if change.needs_login else "",
        f"affects {pluralize(len(change.connectors), 'connector')}" if change.connectors else "",
    )
    remark = "; ".join(filter(None, remarks))
    return f"- {encode_markdown_text(change.message)}" + (f" ({remark})" if remark else "")
