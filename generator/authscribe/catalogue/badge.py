"""Badges: small SVG images that say how a connector authenticates and how it is doing."""

from __future__ import annotations

from typing import Final, NamedTuple

from authscribe.catalogue.document import ConnectorEntry, ConnectorState

# The advance widths of ASCII in Verdana, from the blank on, in units of which 2048 are one em.
_WIDTHS: Final = (
    720, 806, 940, 1676, 1302, 2204, 1488, 550, 930, 930, 1302, 1676, 745, 930, 745, 930,
    1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 930, 930, 1676, 1676, 1676, 1117,
    2048, 1400, 1404, 1430, 1578, 1295, 1177, 1588, 1539, 862, 931, 1419, 1140, 1726, 1532, 1612,
    1235, 1612, 1424, 1400, 1262, 1499, 1400, 2025, 1403, 1260, 1403, 930, 930, 930, 1676, 1302,
    1302, 1230, 1276, 1067, 1276, 1220, 720, 1276, 1296, 562, 705, 1212, 562, 1992, 1296, 1243,
    1276, 1276, 874, 1067, 807, 1296, 1212, 1676, 1212, 1212, 1076, 1300, 930, 1300, 1676,
)  # fmt: skip
_EM: Final = 2048
_SIZE: Final = 11
_MARGIN: Final = 6
_MOST: Final = 2
"""Methods that are named; more are counted."""
_COLOURS: Final = {ConnectorState.CLEAN: "#1a7245", ConnectorState.FINDINGS: "#8a5a00", ConnectorState.DRIFT: "#b3261e"}


class Half(NamedTuple):
    """One half of a badge: its text, where it begins, how wide it is with its margins, and its centre; all in pixels.

    `length` is the width of the text: a reader stretches it to that, whatever the font.
    """

    text: str
    x: int
    length: int
    width: int
    middle: str


class Badge(NamedTuple):
    """A badge; `title` is what is read to those who do not see it."""

    title: str
    left: Half
    right: Half
    width: int
    colour: str


def make_badge(connector: ConnectorEntry) -> Badge:
    """`auth: oauth2`, and how the connector is doing."""
    left = _half(f"auth: {_methods(connector)}", 0)
    right = _half(state_title(connector), left.width)
    return Badge(f"{left.text}, {right.text}", left, right, left.width + right.width, _COLOURS[connector.state])


def _half(text: str, x: int) -> Half:
    length = sum(map(_advance, text)) * _SIZE // _EM + 1
    width = length + 2 * _MARGIN
    return Half(text, x, length, width, f"{x + width / 2:g}")


def state_title(connector: ConnectorEntry) -> str:
    """How a connector is doing, in words."""
    if connector.state is not ConnectorState.FINDINGS:
        return connector.state.value
    count = connector.faults
    return f"{count} finding" if count == 1 else f"{count} findings"


def _methods(connector: ConnectorEntry) -> str:
    if not connector.methods:
        return "unknown"
    if len(connector.methods) > _MOST:
        return f"{len(connector.methods)} methods"
    return " or ".join("+".join(method.schemes) for method in connector.methods)


def _advance(character: str) -> int:
    index = ord(character) - ord(" ")
    return _WIDTHS[index] if 0 <= index < len(_WIDTHS) else _EM
