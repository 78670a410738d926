"""Find the word before an API key in the Authorization header that the description of its scheme states.

Version 2.0 has no type for bearer tokens, and none has a type for the words of vendors. Documents and their generators
state them in prose instead, such as `Example: "Authorization: Bearer {token}"`.
"""

from __future__ import annotations

import re
from typing import Final

_QUOTES: Final = "[\"'`\u201c\u201d\u2018\u2019*]"
_KNOWN_WORDS: Final = "(?:bearer|basic|token|jwt|oauth|api-?key)"
_KNOWN: Final = rf"(?<![\w-])(?P<word>{_KNOWN_WORDS})"
_BEARER: Final = r"(?<![\w-])(?P<bearer>bearer)"
_START: Final = rf"(?:^|[:-] |{_QUOTES})"
_ANY: Final = (
    r"(?!(?:an?|authorization|enter|insert|my|paste|provide|replace|send|set|supply|the|use|with|your)(?![\w-]))"
    "[a-z][a-z-]{0,29}[a-z]"
)
"""Matches a word that no sentence has before a key: vendors have words of their own."""
_WORD: Final = rf"{_QUOTES}{{1,4}}(?P<word>(?=[a-z-]+ |(?-i:[A-Z])|{_KNOWN_WORDS}\b){_ANY}) ?{_QUOTES}"
"""Matches such a word in quotes: without a space or a capital, another one may be the beginning of the key itself."""
_NOUN: Final = r"[\w .-]{0,40}(?:token|key|jwt|secret|credential)[\w .-]{0,40}"
_BEFORE: Final = "(?:an?|access|api|enter|http|id|jwt|oauth(?: ?2(?:\\.0)?)?|provide|the|use|with|your)"
_AFTER: Final = "(?:access|api|auth[a-z]*|header|http|id|jwt|key|scheme|token)"
"""Match words around the name of an authentication scheme that say no more than what it is."""
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Token token=<key>; "SSWS {API token}"
        rf"{_START}(?P<word>{_ANY}(?: token=|(?= )))\s?(?:\{{\{{?|<){_NOUN}[}}>]",
        # `Api-Key YOUR_API_KEY`; `Token token=your-token`
        rf"{_QUOTES}(?P<word>{_ANY}(?: token=|(?= )))\s?(?:your|my)[_-][\w-]*(?:token|key|jwt|secret)\b",
        # bearer &lt;jwt&gt; Bearer [token]
        rf"{_KNOWN} (?:[{{<]|&lt;){_NOUN}|{_BEARER} \[{_NOUN}\](?!\()",
        # Bearer your_token; "Token 12345abcdef"; Bearer xxxx; Bearer eyJ; Authorization: Bearer abc
        rf"(?:{_BEARER}|{_START}{_KNOWN}) (?:(?=[a-z-]*[_0-9]|x{{3}})[\w.-]{{4,}}|eyJ|#{{2}}|\.{{3}})",
        rf"\bauthorization{_QUOTES}*: ?{_QUOTES}*{_BEARER}\b",
        rf"\busing (?:the )?{_KNOWN} scheme\b",
        # JWT with Bearer; `Bearer Generated-Token`; Bearer token authentication, as the whole text
        rf"\bwith {_QUOTES}*{_BEARER}\b",
        rf"{_QUOTES}{_BEARER} {_NOUN}{_QUOTES}",
        rf"^\W*(?:{_BEFORE}\W+)*(?P<word>bearer|basic)(?:\W+{_AFTER})*\W*$",
        # The word "Basic" followed by a space; 'Bearer' [space] and then your token; 'Bearer ' + token
        rf"{_WORD} (?:\[space\]|follow(?:ed|ing) by\b|\+)",
        # add `Bearer ` before it
        rf"\b(?:add|include|put|use|write) {_WORD} (?:before|in front of)\b",
        # required prefix "Token"; must be prepended with "token"; prefixed with Bearer; starts with Bearer
        rf"\b(?:prefix|(?:prefixed|prepended|preceded) (?:by|with)):? {_WORD}",
        rf"\b(?:(?:prefix|prefixed|prepended|preceded)(?: [a-z]+){{0,2}}|starts?) (?:by|with) {_QUOTES}*{_KNOWN}\b",
        rf"{_KNOWN}[: ]*{_QUOTES}* prefix\b",
    )
)
"""Forms in which the word is stated; the first one that occurs, and that no sentence negates, counts."""
_NEGATED: Final = re.compile(
    r"(?:\b(?:without|never|no|omit|unlike|instead of|rather than|not(?! forget))|n['\u2019]t(?! forget))"
    rf"(?: (?!(?:and|but|then)\b){_QUOTES}*[\w-]{{1,30}}:?){{0,4}}[ {_QUOTES[1:-1]}]*$",
    re.IGNORECASE,
)
"""Matches what is before a word that must not be sent."""
_REACH: Final = 200
"""Characters before a word in which that is looked for: all of them would take quadratic time."""
_REFUSED: Final = re.compile(
    rf"[}}\]>]*{_QUOTES}* (?:is not|isn['\u2019]t) (?:allowed|necessary|needed|required|supported|used)\b",
    re.IGNORECASE,
)
"""Matches what is after such a word."""
_LOWER: Final = ("bearer", "basic")
"""Words whose spelling is free (RFC 9110 section 11.1) and that have a usual one."""


def find_prefix(description: str) -> str | None:
    """Return the word before the key with what separates them, such as `Bearer `; None if none is stated."""
    matches = (match for form in _FORMS for match in form.finditer(description))
    match = next((match for match in matches if not _is_negated(match)), None)
    if match is None:
        return None
    word = next(filter(None, match.groups()))
    return word if word.endswith("=") else f"{word.capitalize() if word in _LOWER else word} "


def _is_negated(match: re.Match[str]) -> bool:
    start = match.start()
    is_negated = _NEGATED.search(match.string, max(0, start - _REACH), start) or _REFUSED.match(
        match.string, match.end()
    )
    return is_negated is not None
