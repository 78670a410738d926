"""Build badges: small SVG images that show how a connector authenticates, and its state."""

from __future__ import annotations

from typing import Final, NamedTuple

from authscribe.catalogue.document import ConnectorEntry, ConnectorState
from authscribe.encoders.text import remember
from authscribe.findings.finding import count_severities

# Advance widths of ASCII in Verdana from the space on, in units of 1/2048 em. Text cannot be measured without the font,
# and an image has to have its width.
_WIDTHS: Final = (
    720, 806, 940, 1676, 1302, 2204, 1488, 550, 930, 930, 1302, 1676, 745, 930, 745, 930,
    1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 930, 930, 1676, 1676, 1676, 1117,
    2048, 1400, 1404, 1430, 1578, 1295, 1177, 1588, 1539, 862, 931, 1419, 1140, 1726, 1532, 1612,
    1235, 1612, 1424, 1400, 1262, 1499, 1400, 2025, 1403, 1260, 1403, 930, 930, 930, 1676, 1302,
    1302, 1230, 1276, 1067, 1276, 1220, 720, 1276, 1296, 562, 705, 1212, 562, 1992, 1296, 1243,
    1276, 1276, 874, 1067, 807, 1296, 1212, 1676, 1212, 1212, 1076, 1300, 930, 1300, 1676,
)  # fmt: skip
_UNITS_PER_EM: Final = 2048
_FONT_SIZE: Final = 11
_MARGIN: Final = 6
_MAX_METHODS: Final = 2
"""Largest number of methods that a badge names; of more it shows the number."""
_COLOURS: Final = {"clean": "#1a7245", "info": "#1f55b5", "warning": "#8a5a00", "error": "#b3261e", "drift": "#b3261e"}
"""Colour of the right half by tone."""


class BadgeHalf(NamedTuple):
    """Half of a badge: its text, with start, widths and centre in pixels.

    `width` includes the margins. `length` is the width of the text alone, to which viewers fit it whatever the font.
    """

    text: str
    x: int
    length: int
    width: int
    middle: str


class StateLabel(NamedTuple):
    """State, or number of findings of one severity, in words; `tone` is the name of its colour."""

    text: str
    tone: str


class Badge(NamedTuple):
    """Badge with its two halves; `title` is for screen readers."""

    title: str
    left: BadgeHalf
    right: BadgeHalf
    width: int
    colour: str


@remember
def build_badge(methods: str, states: tuple[StateLabel, ...]) -> Badge:
    """Return a badge such as `auth: oauth2 | drift, 1 error, 2 warnings`."""
    left = _build_half(f"auth: {methods}", 0)
    right = _build_half(", ".join(state.text for state in states), left.width)
    colour = _COLOURS[states[0].tone]
    return Badge(f"{left.text}, {right.text}", left, right, left.width + right.width, colour)


def _build_half(text: str, x: int) -> BadgeHalf:
    length = sum(map(_measure_character, text)) * _FONT_SIZE // _UNITS_PER_EM + 1
    width = length + 2 * _MARGIN
    return BadgeHalf(text, x, length, width, f"{x + width / 2:g}")


def list_states(connector: ConnectorEntry) -> tuple[StateLabel, ...]:
    """Return the state of a connector and the number of its findings of each severity, the worst first."""
    counts = count_severities(finding.severity for finding in connector.findings)
    state = connector.state.value
    states = () if connector.state is ConnectorState.FINDINGS else (StateLabel(state, state),)
    return (*states, *(StateLabel(text, severity.value) for severity, text in counts.items()))


def name_methods(connector: ConnectorEntry) -> str:
    """Return how a connector authenticates, such as `oauth2 or api_key`."""
    if not connector.methods:
        return "unknown"
    if len(connector.methods) > _MAX_METHODS:
        return f"{len(connector.methods)} methods"
    return " or ".join("+".join(method.schemes) for method in connector.methods)


def _measure_character(character: str) -> int:
    index = ord(character) - ord(" ")
    return _WIDTHS[index] if 0 <= index < len(_WIDTHS) else _UNITS_PER_EM
