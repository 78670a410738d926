"""Forms: documents as plain data, and what those that people fill in have in common.

A form is a dataclass whose fields say in their metadata what pydantic is to know: description, alias and limits. So a
run that knows its forms to be right does without pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from pydantic import ConfigDict


TEXT_LIMIT: Final = 20_000
CLOSED: Final[ConfigDict] = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}
"""How pydantic treats whatever people write: closed, strict, and silent about the values that it refuses."""


class StrictDataclass:
    """Closed, and silent about the values it refuses: a dataclass that is validated, or published as a schema."""

    __slots__ = ()
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True, slots=True)
class Suppression(StrictDataclass):
    """Findings that somebody has judged: they are not reported until a day."""

    rule: str = field(metadata={"description": "the code of the rule", "max_length": TEXT_LIMIT})
    reason: str = field(
        metadata={"description": "why the finding is no mistake", "min_length": 1, "max_length": TEXT_LIMIT}
    )
    until: date | None = field(default=None, metadata={"description": "the last day, such as 2027-06-30"})
