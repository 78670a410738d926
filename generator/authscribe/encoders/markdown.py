"""Encode text as Markdown."""

from __future__ import annotations

import re

from authscribe.encoders.text import LONE_UNDERSCORE, WEB_ADDRESS, Encoded, remember, to_printable


@remember
def markdown_text(text: str) -> Encoded:
    """One line of prose in Markdown (CommonMark, and tables of GitHub), shown as `printable(text)`."""
    line = re.sub(r"[\\`|*\[\]<>&~$]", r"\\\g<0>", to_printable(text))
    line = LONE_UNDERSCORE.sub(r"\\_", line)
    line = re.sub(r"^[-+#=]", r"\\\g<0>", line)
    # What could be the id or the class of a heading.
    line = re.sub(r"\{(?=:?[ \t]*[#.][^{}]*\}$)", r"\\{", line)
    return Encoded(re.sub(r"^([0-9]+)([.)])", r"\1\\\2", line))


@remember
def markdown_code(text: str) -> Encoded:
    """A code span; escaped prose where the text cannot be one in a table cell."""
    line = to_printable(text)
    if line != text or not line or "`" in line or "|" in line:
        return markdown_text(text)
    return Encoded(f"`{line}`")


def markdown_link(address: str) -> Encoded:
    """A link that shows the host of a web address; a code span where the text is none."""
    match = WEB_ADDRESS.fullmatch(address)
    return Encoded(f"[{match['host']}](<{address}>)") if match is not None else markdown_code(address)
