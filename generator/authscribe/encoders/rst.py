"""Encode text as reStructuredText."""

from __future__ import annotations

import re
from typing import Final

from authscribe.encoders.text import LONE_UNDERSCORE, WEB_ADDRESS, Encoded, measure_width, remember, to_printable

_ENUMERATOR: Final = re.compile(r"(?P<label>[0-9]+|[a-zA-Z]|[ivxlcdm]+|[IVXLCDM]+|#)(?P<end>[.)])(?=\s|$)")


@remember
def encode_rst_text(text: str) -> Encoded:
    """Return one line of prose in reStructuredText, which docutils reads as exactly `to_printable(text)`."""
    line = re.sub(r"[\\*`|]", r"\\\g<0>", to_printable(text))
    line = LONE_UNDERSCORE.sub(r"\\_", line)
    if line.strip("\\") == "":
        # A line of one repeated mark would be a transition; an escaped blank before it adds no text.
        return Encoded(f"\\ {line}" if line else "")
    if line.endswith("::"):
        line = f"{line[:-1]}\\:"
    enumerator = _ENUMERATOR.match(line)
    if enumerator is not None and line[0] != "#":
        return Encoded(f"{enumerator['label']}\\{line[enumerator.start('end') :]}")
    return Encoded(line if line[0].isalnum() or line[0] == "\\" else f"\\{line}")


@remember
def encode_rst_literal(text: str) -> Encoded:
    """Return an inline literal, or escaped prose for a text that cannot be one."""
    line = to_printable(text)
    if line != text or not line or "`" in line or line.endswith("\\"):
        return encode_rst_text(text)
    return Encoded(f"``{line}``")


def encode_rst_link(address: str) -> Encoded:
    """Return a link that shows the host of a web address, or a literal for any other text."""
    match = WEB_ADDRESS.fullmatch(address)
    if match is None:
        return encode_rst_literal(address)
    target = re.sub(r"[*_]", r"\\\g<0>", address)
    return Encoded(f"`{match['host']} <{target}>`__")


def encode_rst_title(text: str, adornment: str) -> Encoded:
    """Return a section title with its underline, which docutils wants to be as wide as the title."""
    title = encode_rst_text(text)
    return Encoded(f"{title}\n{adornment * max(1, measure_width(title))}")
