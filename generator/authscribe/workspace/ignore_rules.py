"""Parse the lines of a `.gitignore` as git does, whose documentation leaves a part to its code (dir.c, wildmatch.c).

https://git-scm.com/docs/gitignore

Paths and patterns are bytes: a question mark stands for one byte, not for a letter of several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

_MARK: Final = b"\xef\xbb\xbf"
# Blanks at the end do not count, unless a backslash escapes them.
_KEPT: Final = re.compile(rb"(?:\\.|[^\\ ]| +(?=[^ ]))*", re.DOTALL)
_ONE: Final = b"[^/]"
_ANY: Final = b"[^/]*"
_FOLDERS: Final = b"(?:.*/)?"
_STARS: Final = re.compile(rb"\*+")
_CLASS: Final = re.compile(rb"\[:([^\]]*):\]")
_CLASSES: Final[dict[bytes, Callable[[bytes], bool]]] = {
    b"alnum": bytes.isalnum,
    b"alpha": bytes.isalpha,
    b"blank": b" \t".__contains__,
    b"cntrl": lambda byte: byte < b" " or byte == b"\x7f",
    b"digit": bytes.isdigit,
    b"graph": lambda byte: b"!" <= byte <= b"~",
    b"lower": bytes.islower,
    b"print": lambda byte: b" " <= byte <= b"~",
    b"punct": lambda byte: b"!" <= byte <= b"~" and not byte.isalnum(),
    b"space": b" \t\n\r".__contains__,
    b"upper": bytes.isupper,
    b"xdigit": b"0123456789abcdefABCDEF".__contains__,
}
_BYTES: Final = tuple(bytes((number,)) for number in range(1, 256))


class IgnoreRule(NamedTuple):
    """Rule of a `.gitignore`; `by_name` is whether it matches names in all folders, and not paths."""

    pattern: re.Pattern[bytes]
    ignores: bool
    only_folders: bool
    by_name: bool


def parse_rules(data: bytes) -> tuple[IgnoreRule, ...]:
    """Return the rules of a file, the last of them first: it decides."""
    rules = map(_parse_rule, data.removeprefix(_MARK).split(b"\n"))
    return tuple(rule for rule in rules if rule is not None)[::-1]


def find_verdict(rules: tuple[IgnoreRule, ...], path: bytes, *, is_folder: bool) -> bool | None:
    """Return whether rules ignore a path relative to their file; None if none of them matches it."""
    name = path.rpartition(b"/")[2]
    for rule in rules:
        if (is_folder or not rule.only_folders) and rule.pattern.fullmatch(name if rule.by_name else path):
            return rule.ignores
    return None


def _parse_rule(line: bytes) -> IgnoreRule | None:
    line = line.removesuffix(b"\r")
    if line.startswith(b"#"):
        return None
    kept = _KEPT.match(line)
    if kept is not None and not line[kept.end() :].strip(b" "):
        line = kept[0]
    pattern = line.removeprefix(b"!")
    path = pattern.removesuffix(b"/")
    try:
        translated = _join_parts(_translate(path.removeprefix(b"/")))
    except _UnmatchableError:
        return None
    only_folders, by_name = path != pattern, b"/" not in path
    compiled = re.compile(translated, re.DOTALL)
    return IgnoreRule(compiled, line == pattern, only_folders, by_name) if path else None


class _UnmatchableError(Exception):
    """Raised for a pattern that matches nothing, such as one with an open bracket."""


def _translate(pattern: bytes) -> Iterator[bytes]:
    """Yield the parts of the regular expression for a pattern; raise _UnmatchableError if there is none."""
    position = 0
    while position < len(pattern):
        byte = pattern[position : position + 1]
        if byte == b"*":
            part, position = _translate_stars(pattern, position)
        elif byte == b"[":
            part, position = _translate_set(pattern, position + 1)
        elif byte == b"?":
            part, position = _ONE, position + 1
        else:
            byte, position = _read_byte(pattern, position)
            part = re.escape(byte)
        yield part


def _join_parts(parts: Iterable[bytes]) -> bytes:
    """Return the regular expression of parts, which takes at most the time of all parts at all places of a path."""
    chunks = [_join_names(chunk) for chunk in _split(parts, _FOLDERS)]
    return _join_first(chunks, b"(?:.*?/)??", _FOLDERS)


def _join_names(parts: Iterable[bytes]) -> bytes:
    names = (_split(name, _ANY) for name in _split(parts, b"/"))
    return b"/".join(_join_first(list(map(b"".join, texts)), b"[^/]*?", _ANY) for texts in names)


def _join_first(texts: Sequence[bytes], skip: bytes, last_skip: bytes) -> bytes:
    """Join expressions, between which something is skipped.

    If one matches at its first place, later places do not help those after it, so they are not tried; the last one has
    to reach the end.
    """
    first, *others = texts
    inner = b"".join(b"(?>" + skip + text + b")" for text in others[:-1])
    return first + inner + b"".join(last_skip + text for text in others[-1:])


def _split(parts: Iterable[bytes], separator: bytes) -> list[list[bytes]]:
    """Return the lists of parts between separators."""
    lists: list[list[bytes]] = [[]]
    for part in parts:
        if part == separator:
            lists.append([])
        else:
            lists[-1].append(part)
    return lists


def _read_byte(pattern: bytes, position: int) -> tuple[bytes, int]:
    """Return a byte, or the one after a backslash, and the position after it."""
    position += pattern[position : position + 1] == b"\\"
    if position >= len(pattern):
        raise _UnmatchableError
    return pattern[position : position + 1], position + 1


def _translate_stars(pattern: bytes, start: int) -> tuple[bytes, int]:
    """Return the part for asterisks, and the position after them; two between slashes stand for any folders."""
    match = _STARS.match(pattern, start)
    end = match.end() if match is not None else start
    follows_slash = pattern[:start].endswith(b"/") or start == 0
    if end - start == 1 or not follows_slash or (pattern[end:] and not pattern.startswith((b"/", b"\\/"), end)):
        return _ANY, end
    return (_FOLDERS, end + 1) if pattern.startswith(b"/", end) else (b".*", end)


def _translate_set(pattern: bytes, position: int) -> tuple[bytes, int]:
    """Return the part for the bytes in brackets, and the position after them; a slash is never one of them."""
    is_negated = pattern[position : position + 1] in (b"!", b"^")
    members, end = _read_members(pattern, position + is_negated)
    members = members.symmetric_difference(_BYTES) if is_negated else members
    taken = b"".join(re.escape(byte) for byte in sorted(members - {b"/"}))
    return (b"[" + taken + b"]" if taken else b"(?!)"), end


def _read_members(pattern: bytes, position: int) -> tuple[set[bytes], int]:
    members: set[bytes] = set()
    first, previous = position, b""
    while position == first or pattern[position : position + 1] != b"]":
        named = _CLASS.match(pattern, position)
        is_range = pattern.startswith(b"-", position) and previous and pattern[position + 1 : position + 2] not in b"]"
        if is_range:
            byte, position = _read_byte(pattern, position + 1)
            members.update(each for each in _BYTES if previous <= each <= byte)
            previous = b""
        elif named is not None:
            members.update(filter(_get_class(named[1]), _BYTES))
            position, previous = named.end(), b""
        else:
            previous, position = _read_byte(pattern, position)
            members.add(previous)
    return members, position + 1


def _get_class(name: bytes) -> Callable[[bytes], bool]:
    if name not in _CLASSES:
        raise _UnmatchableError
    return _CLASSES[name]
