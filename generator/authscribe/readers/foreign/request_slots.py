"""Turn the slots of requests that a foreign document fills into placements, and find the kind that they amount to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.tracking import make_map

_AUTHORIZATION: Final = "authorization"
BASIC_SLOTS: Final = ("basic_username", "basic_password")


@dataclass(frozen=True, slots=True)
class FilledSlot:
    """Part of a request, and the template of its value; that of a literal names what it stands for."""

    location: str
    name: str
    value: FilledTemplate
    is_literal: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Part of the request alone; the case of a name does not tell parts apart."""
        return self.location, self.name.lower()

    @property
    def is_bearer(self) -> bool:
        """Return whether the slot is the header of RFC 6750 with one value after the word `Bearer`."""
        return self._follows("bearer ")

    @property
    def is_basic(self) -> bool:
        """Return whether the slot is the header of RFC 7617 with one value after the word `Basic`."""
        return self._follows("basic ")

    def _follows(self, scheme: str) -> bool:
        """Return whether the slot is the header for credentials with one value after an authentication scheme."""
        match self.value.parts:
            case (str() as word, _):
                return self._is_authorization and word.lower() == scheme
        return False

    def is_credential(self, secrets: Collection[str]) -> bool:
        """Return whether the slot carries one of the secrets, or whatever is in the `Authorization` header."""
        return any(name in secrets for name in self.value.names) or (self._is_authorization and bool(self.value.names))

    @property
    def _is_authorization(self) -> bool:
        return self.location == "header" and self.name.lower() == _AUTHORIZATION


def make_placements(slots: Iterable[FilledSlot], place: Place) -> ListNode:
    """Return the placements of the slots.

    The list is stated even if it is empty, so that a platform does not add its own placements.
    """
    nodes = (
        make_map(place, in_=slot.location, name=slot.name or None, value=slot.value.to_placement()) for slot in slots
    )
    return ListNode(tuple(nodes), place)


def find_kind(slots: Iterable[FilledSlot], secrets: Collection[str]) -> str | None:
    """Return the kind by the slots that carry credentials; None if none does.

    A single key may be in several of them.
    """
    carriers = [slot for slot in slots if slot.location in BASIC_SLOTS or slot.is_credential(secrets)]
    if not carriers:
        return None
    if all(slot.location in BASIC_SLOTS for slot in carriers):
        return "http_basic"
    if all(slot.is_bearer for slot in carriers):
        return "http_bearer"
    carried = {name for slot in carriers for name in slot.value.names}
    return "api_key" if 1 in (len(carriers), len(carried)) else "custom"
