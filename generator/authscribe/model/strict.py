"""Base of the dataclasses that validate what people write, such as the configuration.

The metadata of their fields holds what pydantic needs to know: description, alias and limits. So pydantic is imported
only when a document is validated, not when one is known to be valid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, TypeAlias, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from pydantic import ConfigDict, GetCoreSchemaHandler
    from pydantic_core import CoreSchema

KindT = TypeVar("KindT", bound="StrictDataclass")

TEXT_LIMIT: Final = 20_000
CLOSED: Final[ConfigDict] = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}
"""Settings of pydantic: no unknown keys, no conversion of types, no refused values in error messages."""


class StrictDataclass:
    """Base of dataclasses without unknown keys, whose errors never repeat the refused value."""

    __slots__ = ()
    __pydantic_config__: ClassVar = CLOSED
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __eq__(self, other: object) -> bool:
        """Return whether the other one is of the same class, and equal in all fields."""
        if not isinstance(other, StrictDataclass) or type(other) is not type(self):
            return NotImplemented
        return _list_values(self) == _list_values(other)

    def __hash__(self) -> int:
        """Return a hash of all fields."""
        return hash(_list_values(self))

    def __repr__(self) -> str:
        """Return the call that makes an equal one."""
        return f"{type(self).__qualname__}{_list_values(self)}"


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def strict(kind: type[KindT]) -> type[KindT]:
    """Make a class a dataclass whose fields type checkers do not allow to be set.

    `dataclass` compiles each method of a class when it is imported. The base has all of them but `__init__`, and
    without those that freeze the fields, a class takes a quarter of the time.
    """
    return dataclass(slots=True, eq=False, repr=False)(kind)


def _list_values(instance: StrictDataclass) -> tuple[object, ...]:
    return tuple([getattr(instance, name) for name in instance.__match_args__])


class _NotEmpty:
    """Constraint on an item of a list, which the metadata of a field cannot express."""

    def __get_pydantic_core_schema__(self, source: type[str], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of a text with at least one character."""
        schema: CoreSchema = {**handler(source), "min_length": 1}
        return schema


FilledText: TypeAlias = Annotated[str, _NotEmpty()]
"""Text with at least one character."""


@strict
class Suppression(StrictDataclass):
    """Reviewed findings, hidden until a date."""

    rule: str = field(metadata={"description": "code of the rule", "max_length": TEXT_LIMIT})
    reason: str = field(
        metadata={"description": "why the finding is not a mistake", "min_length": 1, "max_length": TEXT_LIMIT}
    )
    until: date | None = field(default=None, metadata={"description": "last day, such as 2027-06-30"})
