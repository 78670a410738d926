"""Tell by a name whether what it names is a credential: a setting, a header or a field of a request.

No standard decides this, so there are degrees. What must not leak is withheld at the first doubt
(`is_secret_name`, `may_be_credential`); a setting becomes a secret if its name has no other reading
(`names_credential`, `ends_as_credential`); and a connector is blamed only for `is_clear_credential`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from authscribe.model.naming import split_words
from authscribe.model.stand_ins import is_dummy, is_filler
from authscribe.runtime.word_search import group_by_mark

_PASSWORDS: Final = "[a-z0-9]*passw(?:or)?d|passcode|pwd|contrasena|passord|passwort|senha|wachtwoord"
"""Words for a password in English, Spanish, Norwegian, German, Portuguese and Dutch."""
_KEY_OWNERS: Final = (
    "access|account|admin|app|application|auth|client|consumer|customer|developer|licen[cs]e|master|private|sdk|secret"
    "|security|service|session|shared|signing|subscription|user|ws"
)
"""Words before `key` that people write in one word with it; any other may be the start of a word, as in `monkey`."""
_SECRET_WORD: Final = re.compile(
    "[a-z0-9]*(?:secret|passphrase|token|apikey|credential)"
    f"|(?:{_KEY_OWNERS})?key|pin|signature|assertion|jwt|pat|{_PASSWORDS}"
)
"""Matches a word for a secret, in the singular; long ones may be the end of a word, as in `accesstoken`."""
_PASSWORD: Final = re.compile(f"{_PASSWORDS}|pass")
_CLEAR_WORD: Final = re.compile("[a-z0-9]*(?:secret|password|token|apikey|authorization)")
_CLEAR_KEYS: Final = frozenset({"access", "api", "subscription"})
"""Words before `key`: other keys sort, partition or identify."""
_CLEAR_NAMES: Final = (
    "secret", "password", "token", "authorization",
    *(f"{word}{blank}key" for word in sorted(_CLEAR_KEYS) for blank in ("", " ", "_", "-")),
)  # fmt: skip
_CLEAR_FIELDS: Final = tuple(group_by_mark(_CLEAR_NAMES, "zwkc", r"[\"']?\s*:"))
"""Fields with one of these names, in lower case."""
_OTHER_WORDS: Final = frozenset(
    {
        "continuation", "csrf", "cursor", "expiration", "expires", "expiry", "idempotency", "lifetime", "max", "min",
        "next", "page", "partition", "replication", "resume", "scroll", "sort", "sync", "ttl", "type", "xsrf",
    }
)  # fmt: skip
"""Words in names that are no credentials although another word is: `page_token`, `Idempotency-Key`, `token_type`."""
_LIMITS: Final = frozenset({"max", "min"})
"""Words that say wherever they are that a number of tokens is meant: `max_output_tokens`."""
_SWITCH: Final = ("atlassian", "token")
"""Words of a header that Jira and Confluence take as a switch: its only value, `no-check`, turns a check off."""
_NO_CREDENTIAL: Final = r"(?i)(?:true|false|-?[0-9]{1,7}(?:\.[0-9]+)?|arn:\S*|basic|bearer|oauth ?(?:2(?:\.0)?)?)?"
"""Matches what is no credential even below the name of one.

These are words, numbers below the least length of a password (NIST SP 800-63B: eight characters), names of resources
at Amazon, and names of authentication schemes (RFC 9110 section 11.1) and of OAuth.
"""
_PLURAL: Final = re.compile("[a-z0-9]{2,}[^isu]s")
"""Matches what looks like a plural: not `access`, `apis` and `sms`."""
_NAME: Final = re.compile(r"[A-Za-z]+(?:[._ -][A-Za-z]+)*")
_RANDOM: Final = re.compile(r"(?:\w+ )?(?=\S*[0-9])\S{12,}")
"""Matches a long word with a digit, perhaps behind an authentication scheme; types, names and prose seldom are one."""
_WORDS: Final = re.compile(r"[A-Za-z]+[0-9]*(?:[._-](?:[A-Za-z]+[0-9]*|[0-9]+))*!?")
"""Matches words and numbers: people choose such a value, which a service does not issue."""
_TRIAL: Final = re.compile("demo|dev|local|test")
"""Matches what values for development and tests have in them."""
_SERIES: Final = re.compile("012345|123456|abcdef")
"""Matches what people type instead of a random value."""


def is_secret_name(name: str) -> bool:
    """Return whether a name, such as `client_secret`, is that of a secret, whose default must not be copied."""
    return any(map(_is_secret_word, split_words(name)))


def is_value_public(secrecy: str | None, name: str) -> bool:
    """Return whether a value of a secret may be shown, by what its definition states as `secret`, if anything."""
    return secrecy == "no" if secrecy is not None else not is_secret_name(name)


def names_credential(name: str) -> bool:
    """Return whether a name is that of a credential, and not of a limit, a position or a fact about one."""
    words = split_words(name)
    return not _is_other(words) if _ends_secretly(words) else is_secret_name(name) and _OTHER_WORDS.isdisjoint(words)


def ends_as_credential(name: str) -> bool:
    """Return whether the last word of a name, which tells what it is, announces a credential: not in `TOKEN_URL`."""
    return _ends_secretly(split_words(name))


def is_credential_header(name: str) -> bool:
    """Return whether a name is that of a header made for credentials, such as `Authorization` and `X-Authorization`.

    See RFC 9110 section 11 and RFC 6265.
    """
    return name.lower() in ("cookie", "set-cookie") or split_words(name)[-1:] == ("authorization",)


@lru_cache(maxsize=1024)
def announces_credential(name: str) -> bool:
    """Return whether the last word of a name, or the header of this name, announces a credential.

    `value` says no more than the words before it: `secret_value`. `pass` alone is short for a password.
    """
    words = split_words(name)
    words = words[:-1] if words[-1:] == ("value",) and words[-2:-1] != ("key",) else words
    return is_credential_header(name) or words == ("pass",) or (_ends_secretly(words) and not _is_other(words))


def may_be_credential(name: str, literal: str) -> bool:
    """Return whether a literal may be the credential that its name announces, or a dummy in place of that."""
    return announces_credential(name) and re.fullmatch(_NO_CREDENTIAL, literal.strip()) is None


def may_be_live_credential(name: str, literal: str) -> bool:
    """Return whether a literal may be a credential that somebody uses, and not a dummy, a reference or a name.

    Letters alone are a name if they name a credential, as in `data.access_token`, or if `name` has another reading,
    such as that of a primary key.
    """
    if not may_be_credential(name, literal) or is_filler(literal) or is_dummy(literal):
        return False
    return _NAME.fullmatch(literal) is None or (is_clear_credential(name) and not is_secret_name(literal))


def is_live_credential(name: str, literal: str) -> bool:
    """Return whether a literal looks like a credential in use even where fields of data may have its name."""
    if _RANDOM.fullmatch(literal) is None or _is_for_trial(literal):
        return False
    return may_be_live_credential(name, literal)


def _is_for_trial(literal: str) -> bool:
    """Return whether a literal is one for development and tests, such as `localdevpassword123` or `0123456789abcdef`.

    Words without any for a secret or a test may be a password in use.
    """
    if _SERIES.search(literal.lower()) is not None:
        return True
    is_chosen = _WORDS.fullmatch(literal) is not None
    return is_chosen and (is_secret_name(literal) or _TRIAL.search(literal.lower()) is not None)


@lru_cache(maxsize=1024)
def is_clear_credential(name: str) -> bool:
    """Return whether a header or field of this name certainly is a credential.

    A plural is none: `X-Tokens` counts.
    """
    words = split_words(name)
    if not words or words[-2:] == _SWITCH or _is_other(words):
        return False
    is_key = words[-1] == "key" and not _CLEAR_KEYS.isdisjoint(words[-2:-1])
    return is_key or _CLEAR_WORD.fullmatch(words[-1]) is not None


def may_have_clear_credential(text: str) -> bool:
    """Return whether a document may have a field for which `is_clear_credential` is true; reading it takes longer."""
    lowered = text.lower()
    return any(group.is_in(lowered) for group in _CLEAR_FIELDS)


def is_password(name: str) -> bool:
    """Return whether a field of this name holds a password, which people use with the name of an account."""
    return any(_PASSWORD.fullmatch(word) for word in split_words(name)[-1:])


def is_clear_key(name: str) -> bool:
    """Return whether a field of this name certainly holds a key or token for requests.

    A password may be that of an account which a request is about.
    """
    return is_clear_credential(name) and not is_password(name)


def is_key_in_path(name: str, before: str) -> bool:
    """Return whether a parameter certainly is a key for requests, by its name and the path before it.

    It is one in `/bot{token}` and `/v1/{api_key}`, but the key of a resource in `/token/{token}`, and after a plural as
    in `/orders/{access_token}`.
    """
    *_, parent, prefix = ("", *before.split("/"))
    own, other = ("".join(split_words(each)) for each in (name, parent))
    is_of_resource = other.startswith(own) or _PLURAL.fullmatch(other) is not None
    return is_clear_key(name) and (prefix != "" or not is_of_resource)


def _ends_secretly(words: Sequence[str]) -> bool:
    return any(map(_is_secret_word, words[-1:]))


def _is_other(words: Sequence[str]) -> bool:
    """Return whether the words say that the last one is no secret: `page_token`, but not `page_access_token`."""
    return not _OTHER_WORDS.isdisjoint(words[-2:-1]) or not _LIMITS.isdisjoint(words)


def _is_secret_word(word: str) -> bool:
    return _SECRET_WORD.fullmatch(word.removesuffix("s")) is not None
