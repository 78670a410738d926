"""Encode text as comments: lines after a mark, for dotenv, HCL and YAML, and blocks, for TypeScript."""

from __future__ import annotations

import re
from typing import Final

from authscribe.encoders.text import Encoded, replace_unprintable

_ENV_SPEC_MARK: Final = re.compile(r"^(?=[@=*#-])")
_TAG: Final = re.compile(r"(?<!\w)@")


def encode_line_comment(text: str, before: str = "") -> Encoded:
    """Return a text as comment lines, each after `# `; `before` is the indentation.

    All line ends of Unicode end a line, since some parsers know all of them.
    """
    return Encoded("\n".join(f"{before}# {line}".rstrip() for line in _list_lines(text)))


def encode_disabled_lines(text: str) -> Encoded:
    """Return lines, such as a part of a document, as comments after the indentation of the first one."""
    before = text[: len(text) - len(text.lstrip(" "))]
    return encode_line_comment("\n".join(line.removeprefix(before) for line in text.splitlines()), before)


def encode_dotenv_comment(text: str) -> Encoded:
    """Return a text as comment lines in which env-spec finds neither a decorator, such as `@public`, nor a divider."""
    return encode_line_comment("\n".join(_ENV_SPEC_MARK.sub(r"\\", line.lstrip()) for line in _list_lines(text)))


def encode_block_comment(text: str, before: str = "") -> Encoded:
    r"""Return a text as a TSDoc comment; `before` is the indentation.

    An asterisk before a slash does not end it, and `@` begins no tag: TSDoc reads `\@` as that character.
    """
    lines = [_TAG.sub(r"\\@", line.replace("*/", "*\\/")) for line in _list_lines(text)]
    if len(lines) == 1:
        return Encoded(f"{before}/** {lines[0]} */")
    body = "\n".join(f"{before} * {line}".rstrip() for line in lines)
    return Encoded(f"{before}/**\n{body}\n{before} */")


def _list_lines(text: str) -> list[str]:
    return [replace_unprintable(line).rstrip() for line in text.splitlines()] or [""]
