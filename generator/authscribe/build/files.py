"""Rendered and generated files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from authscribe.build.content import Content
from authscribe.findings.finding import Place
from authscribe.targets.plan import PlannedFile


class RenderedFile(NamedTuple):
    """A planned file with its text, not yet formatted; the pieces of the text can be had once, as they are made.

    `template` is the place of the user's own template, if any. `laid_out` says that built-in templates alone made
    the text, which lay it out as the formatter does.
    """

    planned: PlannedFile
    pieces: Iterator[str]
    template: Place | None = None
    laid_out: bool = False

    @property
    def text(self) -> str:
        """All pieces together."""
        return "".join(self.pieces)


class GeneratedFile(NamedTuple):
    """The exact bytes that belong at `path`: UTF-8, LF, one final newline."""

    path: str
    target: str
    content: Content
    template: str | None = None
    subject: str | None = None
