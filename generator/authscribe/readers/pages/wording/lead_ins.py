"""Recognise the sentences that lead to a table or list of secrets, and what else they are about."""

from __future__ import annotations

import re
from typing import Final

from authscribe.model.wording import Wording
from authscribe.readers.pages.wording.patterns import CREDENTIAL, CREDENTIALS, split_sentences
from authscribe.readers.pages.wording.roles import (
    SECRETS,
    compile_roles,
    find_role,
    introduces_something_else,
    is_heading,
    judge_sentence,
)

_BARE_WORD: Final = re.compile(
    r"`[^`]*`|(?:administrator|authenticated|authentication|automatically|client|connector|customer|integration"
    r"|owner|partner|platform|runtime|scheme|system|team|user)s?(?:['\u2019]s)?|a|all|also|an|and|are|as|at|be|below"
    r"|by|can|each|every|following|follows|for|has|have|in|inside|into|is|it|its|must|of|on|onto|our|run|shall|should"
    r"|that|the|them|then|there|therefore|they|time|to|too|us|use|used|uses|using|we|what|which|who|will|with"
    r"|you|your",
    re.IGNORECASE,
)
"""Word that tells who supplies or injects something without telling what that is."""
_USED_SCHEME: Final = re.compile(r"\b(?:use|uses|using|with) (?:the )?(?:[\w.]+ ){1,3}?(?=auth)", re.IGNORECASE)
"""Name of the scheme in a lead-in such as "Connectors that use basic authentication need:"."""
_PHRASE_END: Final = re.compile(r"[\s,;:.()]+")
_ONE_SECRET: Final = re.compile(rf"{CREDENTIAL}\b", re.IGNORECASE)
_SEVERAL_SECRETS: Final = re.compile(
    rf"{CREDENTIAL}s\b|\b(?:these|those)\b|\band (?:\w+ ){{0,2}}?{CREDENTIAL}", re.IGNORECASE
)
_SAME_SECRETS: Final = re.compile(rf"\b(?:these|those|the following)(?: \w+){{0,2}}? {CREDENTIALS}", re.IGNORECASE)
_ASIDE: Final = re.compile(r"If\b")
_POINTS_AHEAD: Final = re.compile(r":$|\b(?:following|below|as follows)\b", re.IGNORECASE)


def introduces_list(text: str, wording: Wording) -> bool:
    """Return whether the last sentence of a lead-in calls secrets required or injected, unlike "Get them from:".

    A sentence such as "If you do not know them, ask your administrator:" is an aside.
    """
    sentences = (sentence for sentence in split_sentences(text) if not _ASIDE.match(sentence))
    *_, last = ("", *sentences)
    return find_role(last, wording, is_about_secrets=True) is not None


def is_bare_lead_in(marked: str, wording: Wording) -> bool:
    """Return whether a text ends with words such as "The platform injects:", which name nothing but the secrets' role.

    Its surroundings tell that the table after it is about secrets.
    """
    *_, last = split_sentences(marked)
    if not last.endswith(":") or judge_sentence(last, wording)[0] is None:
        return False
    rest = _USED_SCHEME.sub(" ", last)
    for pattern, _ in compile_roles(wording).roles:
        rest = pattern.sub(" ", rest)
    return all(_BARE_WORD.fullmatch(word) for word in _PHRASE_END.split(rest) if word)


def is_neutral_lead_in(text: str, wording: Wording) -> bool:
    """Return whether a text ends with a sentence about secrets that neither gives them a role nor denies one."""
    *_, last = split_sentences(text)
    is_about_them = SECRETS.search(last) is not None and not introduces_something_else(last)
    return is_about_them and judge_sentence(last, wording) == (None, frozenset())


def mentions_one_secret(text: str) -> bool:
    """Return whether a text, such as "An API key is required.", is about one secret, and does not point to a table."""
    is_more = _SEVERAL_SECRETS.search(text) is not None or _POINTS_AHEAD.search(text) is not None
    return _ONE_SECRET.search(text) is not None and not is_more


def points_ahead(text: str) -> bool:
    """Return whether the last sentence of a text points to what follows, as with "following" or a colon."""
    *_, last = split_sentences(text)
    return _POINTS_AHEAD.search(last) is not None


def strip_lead_in(text: str, wording: Wording) -> str:
    """Return a lead-in without its last sentence if that points to the table, as with "following" or a colon."""
    if is_heading(text, wording):
        return ""
    *before, last = re.split(r"(?<=[.!?])\s+", text)
    return " ".join(before) if _POINTS_AHEAD.search(last) else text


def points_to_secrets(text: str, wording: Wording) -> bool:
    """Return whether a text ends with words such as "Store these secrets in the portal:", which deny them no role."""
    *_, last = split_sentences(text)
    is_about_them = last.endswith(":") and _SAME_SECRETS.search(last) is not None
    return is_about_them and not judge_sentence(last, wording)[1]


def introduces_table(text: str, wording: Wording) -> bool:
    """Return whether the last sentence of a text ends with a colon and is about the secrets of a table after it."""
    *_, last = split_sentences(text)
    return last.endswith(":") and (points_to_secrets(last, wording) or find_role(last, wording) is not None)
