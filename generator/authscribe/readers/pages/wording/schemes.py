"""Find out which scheme a title or a text is about: its key, its kind and the scheme that it is based on."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import dropwhile
from typing import Final

from authscribe.model.wording import Wording
from authscribe.readers.pages.wording.patterns import compile_any, join_words, split_sentences
from authscribe.readers.pages.wording.spelling import list_words

_KEY: Final = re.compile(
    r"\b(?:use|uses|using|with|declare|declares)\s+(?:the\s+)?`+([^`\s]+)`+\s+(?:auth|scheme)", re.IGNORECASE
)
_ABOUT_SECRETS: Final = re.compile(r"auth|\b(?:secret|credential|password)s?\b", re.IGNORECASE)
_AUTHENTICATION: Final = re.compile(r"auth(?!ors?\b)", re.IGNORECASE)
_CONFIGURATION: Final = re.compile(
    r"\b(?:config\w*|connect(?:ing|ions?)?|credentials?|environment variables?|inputs|linked service|metadata fields"
    r"|prerequisites?|profile (?:fields|options|parameters|properties)|set(?:ting)? ?up|settings?)\b",
    re.IGNORECASE,
)
_CONNECTION: Final = re.compile(
    r"(?:configur(?:e|ing)|creat(?:e|ing)|defin(?:e|ing)|set(?:ting)? up) (?:[\w.-]+ ){0,4}connections?"
    r"|(?:[\w.-]+ ){0,3}connection (?:configuration|details|fields|options|parameters|properties|settings)",
    re.IGNORECASE,
)
_SCHEME_TITLE: Final = re.compile(
    r"(?!(?:disabl\w+|enabl\w+|no|skip\w*|without) )(?:[\w.+-]+ ){1,5}(?:auth|authentication)", re.IGNORECASE
)
_OPTIONS: Final = re.compile(
    r"(?:(?!(?:body|command|header|query|request|response)s? )[\w.-]+ ){0,3}(?:attributes|options)", re.I
)
_OPERATION: Final = re.compile(
    r"\W*(?:change|create|delete|fetch|get|list|patch|post|put|read|remove|reset|retrieve|search|send|update)s?\b"
    r"|.*\w\((?!s\))",
    re.IGNORECASE,
)
_SIGNATURE: Final = re.compile(r"\W*(?:\w+\.)*\w+\((?!s\))(?:[a-z_*][^()]*)?\)\W*")
_NOT_ITS_OWN: Final = re.compile(r"\bheaders?\b|\bvariants? `|` variants?\b", re.IGNORECASE)
_ONLY_THE_KEY: Final = re.compile(r"For connectors that use `+[^`\s]+`+ authentication(?: \(.*\))?\.")
_TITLE_WORDS: Final = frozenset(
    {
        "authentication", "authenticate", "authenticating", "authorization", "auth", "scheme", "schemes", "connector",
        "connectors", "the",
    }
)  # fmt: skip
_LINKING_WORDS: Final = frozenset({"with", "for", "to", "of", "in", "at", "how", "your", "a", "an"})
"""Words that can be left at the beginning of a title, as in "Authentication with Wave"."""
_BEFORE_NAME: Final = re.compile(
    r"\W*(?:\d+(?:\.\d+)+\.?|\d+[.)])\s+"
    r"|(?:(?:how )?to )?(?:connect(?:ing)?(?: to)?|set(?:ting)? up|configur(?:e|ing)|us(?:e|ing)"
    r"|(?:creat(?:e|ing)|add(?:ing)?) an?|integrat(?:e|ing)(?: with)?|getting started with"
    r"|sign(?:ing)? in(?:to)?|log(?:ging)? in(?:to)?)\s+(?=\w)",
    re.IGNORECASE,
)
"""Number of a section, or an activity, before the name in a title, as in "2.1 Connecting to Wave"."""
_AFTER_NAME: Final = re.compile(
    r"(?<=\w)(?<!\bclient)\s+(?:secrets|credentials|(?:resource )?provider|connecting|(?:binding |component )?spec"
    r"|(?:(?:source|destination|target) )?connections?"
    r"|(?:config(?:uration)?s?|settings?|setup)(?: (?:options|parameters|properties|reference))?)\W*$",
    re.IGNORECASE,
)
"""Words after the name in a title, as in "Wave credentials" or "Wave provider", but not in "Client credentials"."""
_OAUTH: Final = re.compile(r"\boauth[ -]?(?:v(?:ersion)? ?)?([12])(?:\.0a?)?(?![\w.])", re.IGNORECASE)
_GENERIC_WORD: Final = re.compile(
    r"a|accepted|access|account|actions?|add|additional|advanced|all|and|api|arguments?|attributes|authenticate|authenticating|authorize|authorizing|"
    r"available|before|begin|can|collect|collecting|config|configuration|configurations|configure|"
    r"configuring|connect|connecting|connection|connections|create|credential|credentials|descriptions?|details|do|doc|"
    r"docs|documentation|endpoint|environment|examples?|field|fields|files?|find|finding|first|for|further|gather|gathering|general|get|"
    r"getting|guide|guides|how|i|in|index|injected|injection|input|inputs|install|installation|instance|"
    r"integration|integrations|introduction|is|it|json|list|log|login|mandatory|metadata|method|methods|must|need|needed|"
    r"obtain|obtaining|of|on|option|optional|options|our|overview|page|pages|parameter|parameters|parts|plugin|"
    r"prerequisite|prerequisites|profiles?|properties|property|provide|providers?|quick|quickstart|readme|reference|"
    r"repository|required|requirement|requirements|retrieve|retrieving|runtime|sample|schema|secret|secrets|section|security|set|setting|"
    r"settings|setup|sign|sink|source|spec|start|started|step|steps|supported|table|technical|the|these|to|type|types|"
    r"up|usage|use|using|value|values|variable|variables|we|what|with|you|\d+"
)
_GENERIC_PHRASE: Final = re.compile(r"\blinked services?\b", re.IGNORECASE)
"""Words for a connection in Azure Data Factory; "service" alone can be a part of a name."""
_ENVIRONMENT: Final = re.compile(
    r"(?:for |in )?(?:the |a )?(?:production|sandbox|test(?:ing)?|staging|development|live|demo|trial|acceptance)"
    r"(?: (?:environment|account|mode|system|server)s?)?",
    re.IGNORECASE,
)
_PROVIDER: Final = re.compile(
    r"(?:[Tt]he )?(?!(?:Custom|Data|Default|Identity|New|Service|Storage) )(?:[A-Z\d][\w.+-]* ){1,5}[Pp]rovider\W*"
)
"""Title of a provider in Terraform, such as "Wave Provider", unlike "Choosing a provider" and "Identity Provider"."""
_RESOURCE: Final = re.compile(
    r"(?:resource|data source)\s*:.*|.*\((?:(?:ephemeral )?resource|data source)\)|nested schema for .*",
    re.IGNORECASE,
)
"""Title of what a provider manages in Terraform, such as "auth_server (Resource)", or of a part of that."""
_STEP: Final = re.compile(r"\W*step\s*\d", re.IGNORECASE)
_BASE: Final = re.compile(
    r"\b(?:regular|standard|ordinary|variant of|form of|kind of|type of|version of|extends|extension of)\s+"
    r"(?:the\s+|an?\s+)?(?:regular\s+|standard\s+)?`*([A-Za-z][\w-]*(?:\s+key)?)`*(?:\s+auth\w*)?",
    re.IGNORECASE,
)
_KINDS: Final = {
    "oauth2": "oauth2_authorization_code", "oauth": "oauth2_authorization_code",
    "oauth2_authorization_code": "oauth2_authorization_code", "oauth2_client_credentials": "oauth2_client_credentials",
    "client_credentials": "oauth2_client_credentials", "oauth1": "oauth1", "api_key": "api_key", "apikey": "api_key",
    "jwt": "jwt", "basic": "http_basic", "http_basic": "http_basic", "bearer": "http_bearer",
    "bearer_token": "http_bearer", "http_bearer": "http_bearer", "digest": "http_digest", "http_digest": "http_digest",
    "mtls": "mtls", "mutual_tls": "mtls", "hmac": "signature_hmac", "none": "none", "openid_connect": "openid_connect",
    "aws_sigv4": "aws_sigv4",
}  # fmt: skip


@lru_cache(maxsize=8)
def _compile_generic(wording: Wording) -> re.Pattern[str]:
    return compile_any(rf"(?<![^\W_]){join_words(wording.generic_titles)}(?![^\W_])")


def is_about_authentication(title: str, wording: Wording) -> bool:
    """Return whether a title is about authentication, or names a well-known scheme such as "API key"."""
    if _RESOURCE.fullmatch(title.strip()):
        return False
    return _ABOUT_SECRETS.search(title) is not None or find_kind(make_key(title, wording)) is not None


def announces_scheme(title: str, wording: Wording) -> bool:
    """Return whether a title is that of a description of a scheme, or of a provider, unlike "Secrets"."""
    is_told = _AUTHENTICATION.search(title) is not None or _PROVIDER.fullmatch(title.strip()) is not None
    return is_told or find_kind(make_key(title, wording)) is not None


def is_about_configuration(title: str) -> bool:
    """Return whether a title is about what a connection needs, such as "Configuration" or "Wave Provider".

    One such as "Update settings" or "connect(name)" is that of an operation.
    """
    is_told = _CONFIGURATION.search(title) is not None or _PROVIDER.fullmatch(title.strip()) is not None
    return is_told and _OPERATION.match(title) is None and not _RESOURCE.fullmatch(title.strip())


def is_about_connection(title: str) -> bool:
    """Return whether a title announces the settings of a connection, as "Configuring the Connection" does."""
    return _CONNECTION.fullmatch(title.strip()) is not None


def names_authentication(title: str, wording: Wording) -> bool:
    """Return whether a title names a scheme, as "Basic authentication" does and "Authentication" does not."""
    return _SCHEME_TITLE.fullmatch(title.strip()) is not None and not is_generic(title, wording)


def is_about_options(title: str) -> bool:
    """Return whether a title is one such as "Attributes" or "Source options", the table of which may have settings."""
    return _OPTIONS.fullmatch(title.strip()) is not None and _OPERATION.match(title) is None


def introduces_configuration(text: str) -> bool:
    """Return whether a text ends with words such as "The options of the connection:", which lead to its settings."""
    *_, last = split_sentences(text)
    return last.endswith(":") and _CONFIGURATION.search(last) is not None


def is_signature(title: str) -> bool:
    """Return whether a title is that of a function, such as "connect(api_key)" and unlike "Secret(s)"."""
    return _SIGNATURE.fullmatch(title) is not None


def find_scheme_key(marked: str) -> str | None:
    """Return the key in a text such as "connectors that use `KEY` authentication", in lower case, if any.

    The scheme of a header, as in "the `Authorization` header with the `Bearer` scheme", is that of HTTP, and one with
    a variant, as in "`oauth2` authentication with the variant `ticket`", has more than this scheme.
    """
    sentences = (sentence for sentence in split_sentences(marked) if not _NOT_ITS_OWN.search(sentence))
    match = next(filter(None, map(_KEY.search, sentences)), None)
    return match[1].lower() if match else None


def is_key_sentence(marked: str) -> bool:
    """Return whether a paragraph only names the key of the scheme, as it does in generated pages."""
    return _ONLY_THE_KEY.fullmatch(marked) is not None


def make_key(title: str, wording: Wording) -> str:
    """Return a key made of the words of a title: `api_key` for "API key authentication"."""
    name = _AFTER_NAME.sub("", _OAUTH.sub(r"oauth\1", _drop_prefix(_drop_prefix(title))))
    words = list_words(_compile_generic(wording).sub(" ", name))
    return "_".join(dropwhile(_LINKING_WORDS.__contains__, (word for word in words if word not in _TITLE_WORDS)))


def _drop_prefix(title: str) -> str:
    match = _BEFORE_NAME.match(title)
    return title[match.end() :] if match is not None else title


def is_environment(title: str) -> bool:
    """Return whether a title is that of an environment or kind of account, such as "Production" or "Test accounts"."""
    return _ENVIRONMENT.fullmatch(title.strip()) is not None


def is_generic(title: str, wording: Wording) -> bool:
    """Return whether a title, such as "Credentials" or "Step 1: create a key", could be that of any scheme."""
    if _STEP.match(title):
        return True
    words = list_words(_compile_generic(wording).sub(" ", _GENERIC_PHRASE.sub(" ", title)))
    return all(word in _TITLE_WORDS or _GENERIC_WORD.fullmatch(word) for word in words)


def find_kind(key: str) -> str | None:
    """Return the kind of scheme that a key stands for, if it is a well-known one."""
    return _KINDS.get(key) or _KINDS.get(key.removesuffix("s"))


def find_base_scheme(text: str) -> str | None:
    """Return the scheme that a text calls the base of this one, in its own words."""
    match = _BASE.search(text)
    return match[1] if match else None


def fold_name(name: str) -> str:
    """Return the same key for all spellings of a scheme: `oauth2` for `OAuth2` and `oauth-2`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
