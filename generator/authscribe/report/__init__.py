"""Reports: what a run found, in each output format.

Adding a format is adding a function and its line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from authscribe.report import concise, github, gitlab, json, junit, sarif, text
from authscribe.report.model import Lines, Report, Style

Render: TypeAlias = Callable[[Report, Lines, Style], str]

FORMATS: Final[Mapping[str, Render]] = {
    "text": text.render,
    "concise": concise.render,
    "json": json.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
"""From a report, and the lines that its findings point at, to what is printed."""
