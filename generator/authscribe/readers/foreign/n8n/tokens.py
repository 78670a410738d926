"""Split the JavaScript in n8n's expressions into tokens."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<template>`(?:[^`\\]|\\.)*`)"""
    r"""|\$(?:self|credentials)(?:\??\.(?P<name>\w+)|(?:\?\.)?\[\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')\s*\])"""
    r"""|(?P<word>true|false|null|undefined|[0-9]+(?:\.[0-9]+)?)\b"""
    r"""|\??\.(?P<member>[A-Za-z_]\w*)"""
    r"""|(?P<pattern>/(?:[^/\\\n]|\\.)+/[a-z]*)"""
    r"""|(?P<other>[A-Za-z_$]\w*)"""
    r"""|(?P<operator>===|!==|==|!=|&&|\|\||\?\?|[?:+!()\[\],-]))"""
)


class UnknownExpressionError(Exception):
    """Report that an expression has a part that is not evaluated."""


def split_tokens(source: str) -> list[re.Match[str]]:
    """Return the tokens of an expression as matches, of which one group each tells the kind."""
    tokens: list[re.Match[str]] = []
    position = 0
    source = source.rstrip()
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise UnknownExpressionError
        tokens.append(match)
        position = match.end()
    return tokens


def unquote(text: str) -> str:
    """Return the text that a literal without its quotes stands for."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text, flags=re.DOTALL)
