"""Read the URL of a remote MCP server, in which user information and fields of the query are slots of requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from authscribe.model.draft import ScalarNode
from authscribe.model.placement_template import Hole
from authscribe.model.stand_ins import USER_INFORMATION
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.mcp.inputs import is_literal_credential
from authscribe.readers.foreign.request_slots import BASIC_SLOTS, FilledSlot

_SIDES: Final = ("username", "password")


class RemoteAddress(NamedTuple):
    """URL without the parts that requests send otherwise; `has_literals` if a credential was among these."""

    base: FilledTemplate
    slots: tuple[FilledSlot, ...]
    has_literals: bool


class AddressReader(NamedTuple):
    """Reader of URLs: `fill` finds the settings in a part, and `require` adds a secret in place of a literal."""

    fill: Callable[[ScalarNode], FilledTemplate]
    require: Callable[[ScalarNode], None]

    def read(self, url: ScalarNode) -> RemoteAddress:
        """Return the address of a server; what is before the host is HTTP basic (RFC 3986 section 3.2.1)."""
        address, mark, query = str(url.value).partition("?")
        base = self.fill(ScalarNode(USER_INFORMATION.sub("://", address, count=1), url.place))
        slots: list[FilledSlot] = []
        constants: list[str] = []
        literals = 0
        for location, name, text in _list_user_information(address):
            filled = self.fill(ScalarNode(text, url.place))
            literals += not filled.names
            slots.append(FilledSlot(location, "", filled if filled.names else self._require(name, url)))
        for pair in query.split("&") if mark else ():
            ((name, text),) = _list_pairs(pair)
            filled = self.fill(ScalarNode(text, url.place))
            if is_literal_credential(name, text):
                literals += 1
                filled = self._require(name, url)
            if filled.names:
                slots.append(FilledSlot("query", name, filled))
            else:
                constants.append(pair)
        fixed = (f"?{'&'.join(constants)}",) if constants else ()
        return RemoteAddress(FilledTemplate((*base.parts, *fixed)), tuple(slots), literals > 0)

    def _require(self, name: str, url: ScalarNode) -> FilledTemplate:
        self.require(ScalarNode(name, url.place))
        return FilledTemplate((Hole(name),))


def hide_literals(url: str) -> str:
    """Return a URL without user information, and without its query if that has a literal credential."""
    address, mark, query = url.partition("?")
    if holds_credential(address):
        address = USER_INFORMATION.sub("://", address, count=1)
    is_hidden = any(is_literal_credential(name, text) for name, text in _list_pairs(query))
    return address if is_hidden else f"{address}{mark}{query}"


def _list_user_information(address: str) -> Iterator[tuple[str, str, str]]:
    """Yield the slots of user name and password that are not empty, with usual names for their values."""
    match = USER_INFORMATION.search(address)
    username, password = (match["user"], match["password"] or "") if match is not None else ("", "")
    sides = zip(BASIC_SLOTS, _SIDES, (username, password), strict=True)
    return (side for side in sides if side[2])


def _list_pairs(query: str) -> tuple[tuple[str, str], ...]:
    """Return names and values of a query."""
    pairs = (pair.partition("=")[::2] for pair in query.split("&"))
    return tuple((unquote_plus(name), unquote_plus(text)) for name, text in pairs)
