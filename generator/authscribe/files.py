"""Files on their way to the disk, one type for each state: planned, rendered, generated."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from authscribe.content import Content
from authscribe.finding import Place


class Language(StrEnum):
    """What a generated file is written in; decides its encoders and its formatter."""

    PYTHON = "python"
    RST = "rst"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    TEXT = "text"


class PlannedFile(NamedTuple):
    """A file that a target wants: where, and what goes into it.

    `path` is relative to the output folder, with forward slashes. `subject` is the id of the scheme or
    connector that the file is about, None for a file about all of them. `view` is the one value that the
    template sees; without a template it is a JSON document (dataclasses, dictionaries, lists and scalars).
    """

    path: str
    target: str
    language: Language
    view: object
    template: str | None = None
    subject: str | None = None


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
