"""Files after each step of the build: rendered, then generated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from authscribe.build.content import AnyContent
from authscribe.findings.finding import Place
from authscribe.targets.plan import PlannedFile


class RenderedFile(NamedTuple):
    """Planned file with its text before formatting; its pieces are rendered while they are read, and only once.

    `own_template` is the place of the user's template that is the file's, or a part of it. `is_built_in` tells that
    only built-in templates rendered the text. These produce black's layout themselves, except where `is_settled` finds
    doubt.
    """

    planned: PlannedFile
    pieces: Iterator[str]
    own_template: Place | None = None
    is_built_in: bool = False

    @property
    def text(self) -> str:
        """Render and return the whole text."""
        return "".join(self.pieces)


class GeneratedFile(NamedTuple):
    """Final bytes of the file at `path`: UTF-8 with LF and one final newline."""

    path: str
    target: str
    content: AnyContent
    template: str | None = None
    subject: str | None = None
