"""Base of the dataclasses that validate what people write, such as the configuration.

The metadata of their fields holds what pydantic needs to know: description, alias and limits. So pydantic is imported
only when a document is validated, not when one is known to be valid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, TypeAlias

if TYPE_CHECKING:
    from pydantic import ConfigDict, GetCoreSchemaHandler
    from pydantic_core import CoreSchema


TEXT_LIMIT: Final = 20_000
CLOSED: Final[ConfigDict] = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}
"""Settings of pydantic: no unknown keys, no conversion of types, no refused values in error messages."""


class StrictDataclass:
    """Base of dataclasses without unknown keys, whose errors never repeat the refused value."""

    __slots__ = ()
    __pydantic_config__: ClassVar = CLOSED


class _NotEmpty:
    """Constraint on an item of a list, which the metadata of a field cannot express."""

    def __get_pydantic_core_schema__(self, source: type[str], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of a text with at least one character."""
        schema: CoreSchema = {**handler(source), "min_length": 1}
        return schema


FilledText: TypeAlias = Annotated[str, _NotEmpty()]
"""Text with at least one character."""


@dataclass(frozen=True, slots=True)
class Suppression(StrictDataclass):
    """Reviewed findings, hidden until a date."""

    rule: str = field(metadata={"description": "code of the rule", "max_length": TEXT_LIMIT})
    reason: str = field(
        metadata={"description": "why the finding is not a mistake", "min_length": 1, "max_length": TEXT_LIMIT}
    )
    until: date | None = field(default=None, metadata={"description": "last day, such as 2027-06-30"})
