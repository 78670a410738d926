"""Reports: what a run found, in each output format.

Adding a format is adding a module with `render` and its line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, TypeAlias

from authscribe.report.model import Lines, Report, Style

Render: TypeAlias = Callable[[Report, Lines, Style], str]

FORMATS: Final[Mapping[str, str]] = {
    "text": "authscribe.report.text",
    "concise": "authscribe.report.concise",
    "json": "authscribe.report.json",
    "github": "authscribe.report.github",
    "gitlab": "authscribe.report.gitlab",
    "sarif": "authscribe.report.sarif",
    "junit": "authscribe.report.junit",
}
"""The module for each format; imported when a report is written in it."""


def render(output_format: str, report: Report, lines: Lines, style: Style) -> str:
    """What is printed of a report, and of the lines that its findings point at, in one of `FORMATS`."""
    chosen: Render = import_module(FORMATS[output_format]).render
    return chosen(report, lines, style)
