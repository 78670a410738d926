"""Hold the templates of a foreign document, in which references stand for the values of settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from authscribe.model.placement_template import Hole


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    """Template whose holes have the names of settings."""

    parts: tuple[str | Hole, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the holes, in order."""
        return tuple(part.name for part in self.parts if isinstance(part, Hole))

    def to_placement(self) -> str:
        """Return the template as in placements: `{name}`, with all other braces doubled."""
        return "".join(
            f"{{{part.name}}}" if isinstance(part, Hole) else part.replace("{", "{{").replace("}", "}}")
            for part in self.parts
        )

    def to_url(self) -> str:
        """Return the template as in endpoints: `${name}`."""
        return "".join(f"${{{part.name}}}" if isinstance(part, Hole) else part for part in self.parts)


def fill_references(
    template: str, reference: re.Pattern[str], find_wire: Callable[[re.Match[str]], str | None]
) -> FilledTemplate:
    """Return a template whose references are holes with the names that `find_wire` returns.

    A reference for which it returns None is text.
    """
    parts: list[str | Hole] = []
    position = 0
    for match in reference.finditer(template):
        wire = find_wire(match)
        if wire is not None:
            parts += (template[position : match.start()], Hole(wire))
            position = match.end()
    return FilledTemplate(tuple(part for part in (*parts, template[position:]) if part))
