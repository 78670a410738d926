"""Base of the dataclasses that validate what people write, such as the configuration.

The metadata of their fields holds what pydantic needs to know: description, alias and limits. So pydantic is imported
only when a document is validated, not when one is known to be valid.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Never, TypeAlias, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from pydantic import ConfigDict, GetCoreSchemaHandler
    from pydantic_core import CoreSchema


TEXT_LIMIT: Final = 20_000
CLOSED: Final[ConfigDict] = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}
"""Settings of pydantic: no unknown keys, no conversion of types, no refused values in error messages."""

StrictT = TypeVar("StrictT", bound="StrictDataclass")


class StrictDataclass:
    """Base of dataclasses without unknown keys, whose errors never repeat the refused value.

    Its methods are those of a frozen dataclass, for subclasses that have none of their own.
    """

    __slots__ = ()
    __pydantic_config__: ClassVar = CLOSED
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init__(self, **values: object) -> None:
        known = {name: entry.default for name, entry in self.__dataclass_fields__.items()}
        vars(self).update(known | values)
        if len(vars(self)) > len(known) or MISSING in vars(self).values():
            raise TypeError(f"{type(self).__name__} takes a value for each of {', '.join(known)}, and for nothing else")

    def __setattr__(self, name: str, value: object) -> Never:
        raise FrozenInstanceError(f"cannot assign to field '{name}'")

    def __delattr__(self, name: str) -> Never:
        raise FrozenInstanceError(f"cannot delete field '{name}'")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def strict_dataclass(kind: type[StrictT]) -> type[StrictT]:
    """Make a class a frozen dataclass that takes keyword arguments, with the methods of `StrictDataclass`.

    Compiling methods for each class would take a tenth of a run that finds nothing to do.
    """
    return dataclass(init=False, repr=False, eq=False)(kind)


class _NotEmpty:
    """Constraint on an item of a list, which the metadata of a field cannot express."""

    def __get_pydantic_core_schema__(self, source: type[str], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of a text with at least one character."""
        schema: CoreSchema = {**handler(source), "min_length": 1}
        return schema


FilledText: TypeAlias = Annotated[str, _NotEmpty()]
"""Text with at least one character."""


@strict_dataclass
class Suppression(StrictDataclass):
    """Reviewed findings, hidden until a date."""

    rule: str = field(metadata={"description": "code of the rule", "max_length": TEXT_LIMIT})
    reason: str = field(
        metadata={"description": "why the finding is not a mistake", "min_length": 1, "max_length": TEXT_LIMIT}
    )
    until: date | None = field(default=None, metadata={"description": "last day, such as 2027-06-30"})
