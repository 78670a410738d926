"""Render reports in each output format.

To add a format, add a module with its renderer, a function that loads it, and a line in `REPORT_FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from authscribe.report.model import Report, Style

Renderer: TypeAlias = Callable[[Report, Style], str]


def _load_text() -> Renderer:
    from authscribe.report.text import render_text

    return render_text


def _load_concise() -> Renderer:
    from authscribe.report.concise import render_concise

    return render_concise


def _load_json() -> Renderer:
    from authscribe.report.json import render_json

    return render_json


def _load_github() -> Renderer:
    from authscribe.report.github import render_github

    return render_github


def _load_gitlab() -> Renderer:
    from authscribe.report.gitlab import render_gitlab

    return render_gitlab


def _load_sarif() -> Renderer:
    from authscribe.report.sarif import render_sarif

    return render_sarif


def _load_junit() -> Renderer:
    from authscribe.report.junit import render_junit

    return render_junit


REPORT_FORMATS: Final[Mapping[str, Callable[[], Renderer]]] = {
    "text": _load_text,
    "concise": _load_concise,
    "json": _load_json,
    "github": _load_github,
    "gitlab": _load_gitlab,
    "sarif": _load_sarif,
    "junit": _load_junit,
}
"""Loader of the renderer of each format: a run imports only the one that it uses."""

REPOSITORY_FORMATS: Final = frozenset({"github", "gitlab", "sarif", "junit"})
"""Formats for services that show a repository: their paths are relative to its root."""


def render_report(output_format: str, report: Report, style: Style) -> str:
    """Return the report in one of `REPORT_FORMATS`."""
    return REPORT_FORMATS[output_format]()(report, style)
