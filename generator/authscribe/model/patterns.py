"""Check that patterns are valid in the dialects of those who match them, and match them for a limited time.

Patterns come from definitions, which may be written by strangers.
"""

from __future__ import annotations

import re
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import Final

_SECONDS: Final = 0.1
"""Time of the processor in which a value has to match its pattern; reasonable patterns take microseconds."""
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_CLASS_OR_ESCAPE: Final = re.compile(rf"\[(?:{_ESCAPE.pattern}|[^]\\])*+(?:\]|\Z)|{_ESCAPE.pattern}", re.DOTALL)
"""Matches a class, which may lack its end: to look for that from each bracket would take quadratic time."""
_ASCII_CLASSES: Final = {"d": "0-9", "w": "A-Za-z0-9_"}
"""Members of the classes that are ASCII in ECMAScript (ECMA-262, section 22.2.2.9) and Unicode in Python."""
_COMPLEMENTS: Final = frozenset({"D", "W"})
"""Complements of these classes, which inside of another class have no spelling that every dialect knows."""
_NEEDLESS_ESCAPES: Final = frozenset(" !\"#%&',-:;<=>@_`~")
"""Characters without a meaning of their own outside of classes, which the flag `u` of ECMAScript forbids to escape."""


def find_pattern_errors(pattern: str) -> dict[str, str]:
    """Return the error in each dialect in which a pattern is not valid: Python's and that of ECMA-262.

    The second dialect is that of the flag `u`, which validators of JSON Schema set; escapes that only this flag forbids
    are no errors, since `find_common_pattern` spells them otherwise.
    """
    # Loaded only for definitions with patterns.
    import regress

    errors = {}
    try:
        # Python warns about patterns whose meaning may change, such as nested sets; the place is its own.
        with warnings.catch_warnings(action="ignore"):
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        errors["Python"] = str(error)
    try:
        regress.Regex(_spell_escapes(pattern), "u")
    except regress.RegressError as error:
        errors["ECMAScript"] = str(error)
    return errors


@lru_cache(maxsize=1024)
def find_common_pattern(pattern: str) -> str | None:
    """Return a pattern in a spelling that every dialect knows; None if it is not valid in one of them."""
    return None if find_pattern_errors(pattern) else _spell_escapes(pattern)


def _spell_escapes(pattern: str) -> str:
    return _CLASS_OR_ESCAPE.sub(_spell_class_or_escape, pattern)


def _spell_class_or_escape(match: re.Match[str]) -> str:
    text = match[0]
    if text.startswith("["):
        # With its complement, as in `[\w\W]`, a class matches every character: one without the other does not.
        is_spelled = _COMPLEMENTS.isdisjoint(_ESCAPE.findall(text))
        return _ESCAPE.sub(_spell_member if is_spelled else _spell_escape, text)
    members = _ASCII_CLASSES.get(text[1].lower())
    if members is None:
        return _spell_escape(match)
    return f"[^{members}]" if text[1].isupper() else f"[{members}]"


def _spell_member(match: re.Match[str]) -> str:
    return _ASCII_CLASSES.get(match[1]) or _spell_escape(match)


def _spell_escape(match: re.Match[str]) -> str:
    """Return an escape, by its code if the character need not be escaped: a hyphen may have a meaning in a class."""
    character = match[0][1:]
    return f"\\x{ord(character):02x}" if character in _NEEDLESS_ESCAPES else match[0]


def is_match(pattern: str, text: str) -> bool:
    """Return whether a text has a match of a pattern of JSON Schema; raise TimeoutError if that takes too long."""
    # In Python, `$` is also before a line feed at the end; the generated classes decide alike.
    texts = (text, f"{text}\n") if text.endswith("\n") else (text,)
    with _limit_time():
        return all(re.search(_spell_escapes(pattern), each) for each in texts)


@contextmanager
def _limit_time() -> Iterator[None]:
    """Raise TimeoutError inside the context when the time is over; `re` checks for signals while it matches.

    Time in which other processes run does not count: the outputs must not depend on what else a machine does.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
