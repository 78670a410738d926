"""Encode text as Markdown."""

from __future__ import annotations

import re

from authscribe.encoders.text import LONE_UNDERSCORE, WEB_ADDRESS, Encoded, remember, to_printable


@remember
def encode_markdown_text(text: str) -> Encoded:
    """Return one line of prose in Markdown (CommonMark and GitHub's tables), shown as `to_printable(text)`."""
    line = re.sub(r"[\\`|*\[\]<>&~$]", r"\\\g<0>", to_printable(text))
    line = LONE_UNDERSCORE.sub(r"\\_", line)
    line = re.sub(r"^[-+#=]", r"\\\g<0>", line)
    # Braces at the end of a heading could be its id or classes, as in kramdown and attr_list.
    line = re.sub(r"\{(?=:?[ \t]*[#.][^{}]*\}$)", r"\\{", line)
    return Encoded(re.sub(r"^([0-9]+)([.)])", r"\1\\\2", line))


@remember
def encode_markdown_code(text: str) -> Encoded:
    """Return a code span, or escaped prose for a text that cannot be one in a table cell."""
    line = to_printable(text)
    if line != text or not line or "`" in line or "|" in line:
        return encode_markdown_text(text)
    return Encoded(f"`{line}`")


def encode_markdown_link(address: str) -> Encoded:
    """Return a link that shows the host of a web address, or a code span for any other text."""
    match = WEB_ADDRESS.fullmatch(address)
    return Encoded(f"[{match['host']}](<{address}>)") if match is not None else encode_markdown_code(address)
