"""Interpret the prose of scheme pages: what it tells about tables, schemes and secrets.

The patterns below are English. Those that a wording adds words of other languages to are compiled for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import dropwhile, islice
from typing import Final, NamedTuple

from authscribe.model.naming import split_words
from authscribe.model.wording import ENGLISH, Wording

REQUIRED: Final = "required"
INJECTED: Final = "injected"
OPTIONAL: Final = "optional"
"""Role of secrets that the owner of a connector may supply; they are among the required ones of a scheme."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?:;])\s+")
_CREDENTIAL: Final = r"\b(?:secret|credential|token|key|password)"
_CREDENTIALS: Final = rf"{_CREDENTIAL}s?\b"
_SUPPLIED: Final = (
    r"(?:provided|supplied|given|entered|set|configured|filled in|added|specified|uploaded|maintained|furnished)"
)
_OWNERS: Final = r"(?:owner|user|customer|you)s?"
_OWNER_NAMES: Final = (
    r"(?:the |each |every |your )?(?:connector |system |account )?(?:owner|user|customer|you|client|admin|administrator"
    r"|tenant|partner)s?(?: of the \w+)?|(?:connector )?config(?:uration)?"
)
_PLATFORM_NAMES: Final = (
    r"(?:(?:the |our )?(?:\w+ )?platform|us|we|automatic|automatically|runtime|run time|onboarding)"
)
_INJECTED: Final = (
    r"\binject\w*|\b(?:(?:are|is|be) )?made available to the (?:system|connector)"
    r"|\b(?:are|is|be) (?:then |also )?available (?:to|in|inside|within) the (?:system|connector)"
    r"|\b(?:are|is|be) (?:then |also )?available at (?:run ?time|runtime)\b"
    r"|\b(?:put|placed|written|passed|handed|given|added|exposed|provided|supplied|delivered) (?:on )?(?:in|into|to)"
    r" the (?:system|connector)\b"
    r"|\b(?:system|connector) (?:then |also )?(?:receives|gets|has access to)\b|\bend up in the (?:system|connector)\b"
    r"|\bplatform (?:(?:then|also|itself|automatically) )?(?:provid|suppl|add|set|fill|issu|generat|obtain)\w*"
    rf"|\b(?:{_SUPPLIED}|generated|managed|obtained|issued|created|refreshed|rotated) by the platform\b"
    rf"|\bplatform(?:[ -](?:{_SUPPLIED}|managed|issued)| is responsible for)\b"
)
_STATED: Final = r"(?:provid|suppl|give|enter|stat|configur|set|fill|specif|upload|defin|furnish)"
_REQUIRED: Final = (
    rf"\brequir\w*|\b(?:must|shall|should|ha(?:s|ve) to) (?:be )?{_STATED}\w*"
    r"|\bneed(?:s|ed)?\b|\bmandatory\b|\bnecessary\b|\bexpects\b"
    rf"|\b{_OWNERS}(?: of (?:the|each|every|a) \w+)? {_STATED}\w*"
    rf"|\b{_SUPPLIED} (?:\w+ )?by (?:the |each |every )?(?:connector |account )?{_OWNERS}\b"
    rf"|\b{_OWNERS}(?:-(?:{_SUPPLIED}|managed)| (?:is|are) responsible for)\b"
    r"|\bfrom the (?:connector )?(?:owner|customer)\b|\byou hand over\b"
    rf"|\bto (?:be )?(?:provid|suppl|enter|configur|fill)\w*"
    r"|(?:^|[,:] |\b(?:please|then|and) )(?:provide|supply|enter|specify|add|set|fill in|gather|collect|prepare"
    r"|upload)\b(?: \w+){0,4}? (?:the following|these)\b"
)
_KEY: Final = re.compile(
    r"\b(?:use|uses|using|with|declare|declares)\s+(?:the\s+)?`+([^`\s]+)`+\s+(?:auth|scheme)", re.IGNORECASE
)
_ABOUT_SECRETS: Final = re.compile(r"auth|\b(?:secret|credential|password)s?\b", re.IGNORECASE)
_SECRETS: Final = re.compile(r"\b(?:secret|credential)s?\b", re.IGNORECASE)
_NOT_ITS_OWN: Final = re.compile(r"\bheaders?\b|\bvariants? `|` variants?\b", re.IGNORECASE)
_ONLY_THE_KEY: Final = re.compile(r"For connectors that use `+[^`\s]+`+ authentication(?: \(.*\))?\.")
_NOUNS: Final = (
    r"(?:secret|credential|token|key|password|propert(?:y|ie)|parameter|setting|field|value|variable|input|option"
    r"|argument|attribute|configuration|data|information|item|entr(?:y|ie)|name|id)s?"
)
_FOR_AUTHENTICATION: Final = (
    rf"\b{_NOUNS}(?: (?:are|is))?(?: \w+)? (?:for|to) (?:the )?(?:auth|log(?:ging )?[io]n|sign(?:ing )?[io]n)\w*"
    rf"|\bauth\w* {_NOUNS}\b"
)
_OPTIONAL: Final = (
    rf"\boptional (?:{_CREDENTIALS}|{_FOR_AUTHENTICATION})"
    rf"|\b(?:following|these|those|they)(?: {_CREDENTIALS})? (?:are|is) (?:(?:all|also|each) )?optional\b"
    rf"|\b(?:following|these|those)(?: {_CREDENTIALS})? (?:can|may) (?:(?:also|optionally) )?be {_SUPPLIED}"
    rf"|\b{_OWNERS} (?:can|may) (?:(?:also|optionally) )?{_STATED}\w*(?: \w+){{0,2}}? {_CREDENTIALS}"
)
# The words after "the following", "these", "required" and so on, up to the verb or the end of the phrase.
_INTRODUCED: Final = re.compile(
    r"\b(?:(?:the )?following|these|required|injected|mandatory)\b\s*"
    r"(?P<phrase>(?:(?!(?:are|is|be|as|will|must|need|needs|have|has|can|should|may|were|was|do|does|of|for|to|in|into"
    r"|by|from|with|at|on|when|if|only|and|or|but|that|which|who|you|the|a|an|not|no|it|then|there|here|below|get|gets"
    r"|also|too|additionally|automatically|unless|before|after|during|using|via)\b)[\w/'-]+\s*)*)",
    re.IGNORECASE,
)
_NEGATION_REACH: Final = 200
"""Characters before a word in which a negation of it is searched, so that long sentences take linear time."""
_NEGATED_BEFORE: Final = (
    r"(?:\b(?:not|never|cannot|no longer|nor|neither|without|don't)|n['\u2019]t)\s+"
    r"(?:(?:be|been|being|to|yet|always|also|longer|any|have|need|required|\w+ly)\s+){0,3}$|\bno need\s+$"
    r"|\b(?:no|none)\b(?: \w+){0,4}? (?:is|are|be|will be)\s+$|\b(?:was|were|used to be)\s+$"
)
_BARE_WORD: Final = re.compile(
    r"`[^`]*`|(?:administrator|authenticated|authentication|automatically|client|connector|customer|integration"
    r"|owner|partner|platform|runtime|scheme|system|team|user)s?(?:['\u2019]s)?|a|all|also|an|and|are|as|at|be|below"
    r"|by|can|each|every|following|follows|for|has|have|in|inside|into|is|it|its|must|of|on|onto|our|run|shall|should"
    r"|that|the|then|there|therefore|time|to|too|us|use|used|uses|using|we|what|which|who|will|with"
    r"|you|your",
    re.IGNORECASE,
)
"""Word that tells who supplies or injects something without telling what that is."""
_USED_SCHEME: Final = re.compile(r"\b(?:use|uses|using|with) (?:the )?(?:[\w.]+ ){1,3}?(?=auth)", re.IGNORECASE)
"""Name of the scheme in a lead-in such as "Connectors that use basic authentication need:"."""
_PHRASE_END: Final = re.compile(r"[\s,;:.()]+")
_IN_A_MESSAGE: Final = re.compile(
    r"\b(?:in|of|to|with) (?:the|each|every|a) (?:\w+ )?(?:request|response|call|body|query|endpoint|url)s?\b",
    re.IGNORECASE,
)
_ONE_SECRET: Final = re.compile(rf"{_CREDENTIAL}\b", re.IGNORECASE)
_SEVERAL_SECRETS: Final = re.compile(
    rf"{_CREDENTIAL}s\b|\b(?:these|those)\b|\band (?:\w+ ){{0,2}}?{_CREDENTIAL}", re.IGNORECASE
)
_SAME_SECRETS: Final = re.compile(rf"\b(?:these|those|the following)(?: \w+){{0,2}}? {_CREDENTIALS}", re.IGNORECASE)
_ASIDE: Final = re.compile(r"If\b")
_POINTS_AHEAD: Final = re.compile(r":$|\b(?:following|below|as follows)\b", re.IGNORECASE)
_NEGATED_AFTER: Final = r"\s+(?:not|no)\b"
_REFERS_BACK: Final = re.compile(r"\b(?:they|them|these|those|it|this|see|each|all|both)\b", re.IGNORECASE)
_FURTHER: Final = re.compile(r"\b(?:these|those|they|the following) (?:are|must|need)\b", re.IGNORECASE)
# A sentence of its own that ends with a colon, unlike the rest of one after a semicolon.
_OTHER_LABEL: Final = re.compile(r"(?:^|[.!?]\s+)[^.!?;:]+:\s*$")
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
    r"|integrat(?:e|ing)(?: with)?|getting started with|sign(?:ing)? in(?:to)?|log(?:ging)? in(?:to)?)\s+(?=\w)",
    re.IGNORECASE,
)
"""Number of a section, or an activity, before the name in a title, as in "2.1 Connecting to Wave"."""
_AFTER_NAME: Final = re.compile(r"(?<=\w)(?<!\bclient)\s+(?:secrets|credentials)\W*$", re.IGNORECASE)
"""Word after the name in a title, as in "Wave credentials", but not in "Client credentials"."""
_OAUTH: Final = re.compile(r"\boauth[ -]?(?:v(?:ersion)? ?)?([12])(?:\.0a?)?(?![\w.])", re.IGNORECASE)
_LEGEND: Final = re.compile(
    r"\(?(?P<mark>[*\u2020\u2021])\)?\s*[:=\u2013-]?\s*(?:(?:denotes|indicates|marks|means)\s+)?(?:(?:a|an|the)\s+)?"
    rf"(?P<use>required|mandatory|optional)(?: {_NOUNS})?\.?"
    r"|.*\b(?:marked|followed|indicated|denoted) (?:with|by) (?:an? )?(?:asterisk|star)?\s*"
    r"\(?(?P<sign>[*\u2020\u2021]?)\)?\s+(?:are|is)\s+(?P<meaning>required|mandatory|optional)\.?",
    re.IGNORECASE,
)
"""Match a paragraph that explains a mark beside names, such as "* required" or "Fields marked with * are optional."."""
_GENERIC_WORD: Final = re.compile(
    r"a|access|account|add|and|api|authenticate|authenticating|authorize|authorizing|before|begin|can|configuration"
    r"|configure|configuring|connect|connecting|connection|connections|create|credential|credentials|details|do|doc"
    r"|docs|documentation|environment|field|fields|first|for|general|get|getting|guide|guides|how|i|in|index|injected"
    r"|injection|input|inputs|install|installation|integration|integrations|introduction|is|list|log|login|method|methods"
    r"|must|need|needed|of|on|option|options|our|overview|page|pages|parameter|parameters|parts|prerequisite"
    r"|prerequisites|properties|property|provide|quick|quickstart|readme|reference|required|requirement|requirements"
    r"|runtime|secret|secrets|section|security|set|setting|settings|setup|sign|start|started|step|steps|supported"
    r"|table|technical|the|these|to|type|types|up|usage|using|value|values|variable|variables|we|what|with|you|your"
    r"|\d+"
)
_ENVIRONMENT: Final = re.compile(
    r"(?:for |in )?(?:the |a )?(?:production|sandbox|test(?:ing)?|staging|development|live|demo|trial|acceptance)"
    r"(?: (?:environment|account|mode|system|server)s?)?",
    re.IGNORECASE,
)
_STEP: Final = re.compile(r"\W*step\s*\d", re.IGNORECASE)
_BASE: Final = re.compile(
    r"\b(?:regular|standard|ordinary|variant of|form of|kind of|type of|version of|extends|extension of)\s+"
    r"(?:the\s+|an?\s+)?(?:regular\s+|standard\s+)?`*([A-Za-z][\w-]*(?:\s+key)?)`*(?:\s+auth\w*)?",
    re.IGNORECASE,
)
_COPIED: Final = re.compile(
    r"\b(?:as\s+)?(?:provided|given|supplied|entered|stated|specified|set|found)\s+(?:in|by|through|with)\s+"
    r"(?:the\s+)?(?:connector(?:'s)?\s+)?config(?:uration)?\b|\bfrom\s+the\s+(?:connector(?:'s)?\s+)?config(?:uration)?\b",
    re.IGNORECASE,
)
_ONBOARDING: Final = re.compile(r"\bonboarding\b", re.IGNORECASE)
_SETTINGS: Final = ("parameter", "setting", "variable", "option", "argument", "input")
_COLUMNS: Final = {
    "name": (
        "property", "name", "secret", "key", "credential", "field", "attribute", "identifier", "env var", "param",
        *_SETTINGS,
    ),
    "description": ("description", "meaning", "purpose", "explanation", "detail", "definition", "desc", "desc."),
    "type": ("type", "datatype", "data type", "value type"),
    "required": (
        "required", "mandatory", "needed", "necessary", "obligatory", "compulsory", "req", "req.",
        "required/optional", "optional/required",
    ),
    "optional": ("optional", "opt", "opt."),
    "title": ("title", "display name"),
    "default": ("default", "default value", "defaults to"),
    "example": ("example", "example value", "sample", "sample value"),
}  # fmt: skip
_BESIDE_HEADING: Final = re.compile(
    r"^is (?:it )?|\s*\([^()]*\)|[?*:]+(?=\s*(?:\(|$))|(?<=\w) of (?:the |a |an |each |this )?\w+$"
)
_SUPPLIER_HEADING: Final = re.compile(
    rf"(?:{_SUPPLIED}|injected|managed|obtained|maintained) by|who (?:provides|supplies|enters|sets|gives|injects)\b.*",
    re.IGNORECASE,
)
"""Heading of a column that tells who supplies each secret."""
_QUALIFIED_NAME: Final = re.compile(
    r"(?:.+ )?tokens?"
    r"|.+ (?:property|field|attribute|parameter|setting|variable|option|argument|input|key|secret|credential|name)s?",
    re.IGNORECASE,
)
"""Heading such as "Environment variable" or "Token" of the first or only such column, if no other one holds names."""
_REMARKS: Final = re.compile(
    r"(?:note|comment|remark)s?|usage|what (?:it|this) (?:is|does)(?: for)?|what is (?:it|this)(?: for)?\??"
    r"|what does (?:it|this) do\??|used for|information|text",
    re.IGNORECASE,
)
"""Heading of the column that explains the secrets if no other one does."""
# Each word and the one with the opposite meaning have the same index, if there is one.
_YES: Final = (
    "yes", "y", "true", "\u2713", "\u2714", "\u2705", "\u2611", ":white_check_mark:", ":heavy_check_mark:", "\u2714",
    "x",
)  # fmt: skip
_NO: Final = (
    "no", "n", "false", "\u2717", "\u2718", "\u274c", "\u2610", ":x:", ":heavy_multiplication_x:", "\u2716",
)  # fmt: skip
_BESIDE_ANSWER: Final = " .*\ufe0f"
"""Characters beside an answer that do not change it; the last one selects the picture for a tick."""
_BESIDE_USE: Final = re.compile(r"([^()]+)\s\([^()]*\)")
_REQUIRED_WORDS: Final = ("required", "mandatory")
_OPTIONAL_WORDS: Final = ("optional",)
TYPES: Final = ("string", "integer", "number", "boolean", "object", "array")
_TYPE_WORDS: Final = {
    "string": ("str",), "integer": ("int",), "number": ("float",), "boolean": ("bool",), "object": ("dict",),
    "array": ("list",),
}  # fmt: skip
"""Names of types in programming languages."""
_NEVER: Final = r"(?!)"
_KINDS: Final = {
    "oauth2": "oauth2_authorization_code", "oauth": "oauth2_authorization_code",
    "oauth2_authorization_code": "oauth2_authorization_code", "oauth2_client_credentials": "oauth2_client_credentials",
    "client_credentials": "oauth2_client_credentials", "oauth1": "oauth1", "api_key": "api_key", "apikey": "api_key",
    "jwt": "jwt", "basic": "http_basic", "http_basic": "http_basic", "bearer": "http_bearer",
    "bearer_token": "http_bearer", "http_bearer": "http_bearer", "digest": "http_digest", "http_digest": "http_digest",
    "mtls": "mtls", "mutual_tls": "mtls", "hmac": "signature_hmac", "none": "none", "openid_connect": "openid_connect",
    "aws_sigv4": "aws_sigv4",
}  # fmt: skip


class _Patterns(NamedTuple):
    """Patterns of a wording; those of columns, types and answers match the whole text of a cell."""

    credentials: re.Pattern[str]
    roles: tuple[tuple[re.Pattern[str], str], ...]
    optional: re.Pattern[str]
    negated_before: re.Pattern[str]
    negated_after: re.Pattern[str]
    heading: re.Pattern[str]
    suppliers: Mapping[str, re.Pattern[str]]
    generic: re.Pattern[str]
    columns: Mapping[str, re.Pattern[str]]
    types: Mapping[str, re.Pattern[str]]
    yes: re.Pattern[str]
    no: re.Pattern[str]


@lru_cache(maxsize=8)
def _compile(wording: Wording) -> _Patterns:
    """Return the English patterns together with the words of other languages."""
    required, injected, secrets = map(_join_words, (wording.required, wording.injected, wording.secrets))
    negations, optional = _join_words(wording.negations), _join_words(wording.columns.optional)
    columns = {meaning: (*words, *getattr(wording.columns, meaning)) for meaning, words in _COLUMNS.items()}
    return _Patterns(
        credentials=_compile_any(_CREDENTIALS, _FOR_AUTHENTICATION, rf"\b{secrets}\b"),
        roles=(
            (_compile_any(_INJECTED, rf"\b{injected}\b"), INJECTED),
            (_compile_any(_REQUIRED, rf"\b{required}\b"), REQUIRED),
        ),
        optional=_compile_any(_OPTIONAL, rf"\b{optional}\s+{secrets}|\b{secrets}(?:\s+\w+){{0,3}}?\s+{optional}\b"),
        # Other languages put words such as "longer" between the negation and the verb, too.
        negated_before=_compile_any(_NEGATED_BEFORE, rf"\b{negations}\s+(?:\w+\s+){{0,2}}$"),
        negated_after=_compile_any(_NEGATED_AFTER, rf"\s+{negations}\b"),
        heading=_compile_any(
            rf"(?:required|injected|optional|{required}|{injected}|{optional})(?: {_NOUNS}| {secrets})?"
            r"(?: (?:by|for|from|in|into|to) (?:(?:the|each|every) )?\w+)?:?"
        ),
        suppliers={
            REQUIRED: _compile_any(rf"(?:{_SUPPLIED} by )?(?:{_OWNER_NAMES})|required|{required}"),
            INJECTED: _compile_any(rf"(?:(?:{_SUPPLIED}|injected) by )?{_PLATFORM_NAMES}|injected|{injected}"),
        },
        generic=_compile_any(rf"(?<![^\W_]){_join_words(wording.generic_titles)}(?![^\W_])"),
        columns={meaning: _compile_any(_join_words(words)) for meaning, words in columns.items()},
        types={name: _compile_any(_join_words((*_TYPE_WORDS[name], *getattr(wording.types, name)))) for name in TYPES},
        yes=_compile_any(_join_words((*_YES, *wording.yes))),
        no=_compile_any(_join_words((*_NO, *wording.no))),
    )


def _compile_any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _join_words(words: Iterable[str]) -> str:
    """Return a pattern for any of the words or phrases, without groups that capture; without words, for nothing."""
    spelt = (
        r"\s+".join(map(re.escape, word.removesuffix("*").split())) + r"\w*" * word.endswith("*") for word in words
    )
    return f"(?:{'|'.join(spelt) or _NEVER})"


def find_role(text: str, wording: Wording, *, is_about_secrets: bool = False) -> str | None:
    """Return the role of the secrets that a text introduces, by its last sentence that gives them one.

    The text must mention secrets or credentials, unless `is_about_secrets`: its surroundings are about them.
    """
    patterns = _compile(wording)
    if not is_about_secrets and not patterns.credentials.search(text):
        return None
    ruled_out: set[str] = set()
    for sentence in reversed(_SENTENCE_END.split(text.strip())):
        if _introduces_something_else(sentence):
            return None
        stated, negated = _judge_sentence(sentence, patterns)
        if stated is not None:
            return stated if stated not in ruled_out else None
        if not negated and (patterns.optional.search(sentence) or is_heading(sentence, wording)):
            return OPTIONAL
        if _OTHER_LABEL.search(text) and text.strip().endswith(sentence) and not _REFERS_BACK.search(sentence):
            # "Error codes of the login:" introduces a table of its own, whatever the sentences before it are about.
            return None
        ruled_out |= negated
    return None


def find_further_role(text: str, wording: Wording) -> str | None:
    """Return the role of further secrets in a sentence such as "In a sandbox, these are required too:"."""
    is_one_sentence = len(_SENTENCE_END.split(text.strip())) == 1
    return find_role(text, wording, is_about_secrets=True) if is_one_sentence and _FURTHER.search(text) else None


def introduces_list(text: str, wording: Wording) -> bool:
    """Return whether the last sentence of a lead-in calls secrets required or injected, unlike "Get them from:".

    A sentence such as "If you do not know them, ask your administrator:" is an aside.
    """
    sentences = (sentence for sentence in _SENTENCE_END.split(text.strip()) if not _ASIDE.match(sentence))
    *_, last = ("", *sentences)
    return find_role(last, wording, is_about_secrets=True) is not None


def _judge_sentence(sentence: str, patterns: _Patterns) -> tuple[str | None, set[str]]:
    """Return the role that a sentence gives to secrets, if any, and the roles that it denies."""
    stated: list[tuple[int, str]] = []
    negated: set[str] = set()
    for pattern, role in patterns.roles:
        for match in pattern.finditer(sentence):
            start = match.start()
            is_negated = patterns.negated_before.search(sentence, max(start - _NEGATION_REACH, 0), start)
            if is_negated or patterns.negated_after.match(sentence, match.end()):
                negated.add(role)
            else:
                stated.append((match.start(), role))
    # The last word counts: "The required secrets are injected as follows:" introduces injected ones.
    return (max(stated)[1] if stated else None), negated


def _introduces_something_else(sentence: str) -> bool:
    """Return whether a sentence introduces things other than secrets, such as "The following scopes"."""
    if _IN_A_MESSAGE.search(sentence) and not _SECRETS.search(sentence):
        return True
    phrases = [match["phrase"].strip() for match in _INTRODUCED.finditer(sentence)]
    return any(phrases) and not any(re.search(rf"\b{_NOUNS}\b", phrase, re.IGNORECASE) for phrase in phrases)


def is_heading(text: str, wording: Wording) -> bool:
    """Return whether a text is a label such as "Required" or "Injected secrets:" instead of a sentence."""
    return _compile(wording).heading.fullmatch(text.strip()) is not None


def is_bare_lead_in(marked: str, wording: Wording) -> bool:
    """Return whether a text ends with words such as "The platform injects:", which name nothing but the secrets' role.

    Its surroundings tell that the table after it is about secrets.
    """
    *_, last = _SENTENCE_END.split(marked.strip())
    patterns = _compile(wording)
    if not last.endswith(":") or _judge_sentence(last, patterns)[0] is None:
        return False
    rest = _USED_SCHEME.sub(" ", last)
    for pattern, _ in patterns.roles:
        rest = pattern.sub(" ", rest)
    return all(_BARE_WORD.fullmatch(word) for word in _PHRASE_END.split(rest) if word)


def is_neutral_lead_in(text: str, wording: Wording) -> bool:
    """Return whether a text ends with a sentence about secrets that neither gives them a role nor denies one."""
    *_, last = _SENTENCE_END.split(text.strip())
    is_about_them = _SECRETS.search(last) is not None and not _introduces_something_else(last)
    return is_about_them and _judge_sentence(last, _compile(wording)) == (None, set())


def asks_for_supplier(heading: str) -> bool:
    """Return whether a heading, such as "Supplied by", is that of a column that tells who supplies each secret."""
    return _SUPPLIER_HEADING.fullmatch(heading.strip(" ?:")) is not None


def find_supplier(text: str, wording: Wording) -> str | None:
    """Return the role of a secret that those supply whom a text names, such as "Connector owner"; None if unclear."""
    words = _BESIDE_HEADING.sub("", text).strip(" .:?")
    return next((role for role, words_of in _compile(wording).suppliers.items() if words_of.fullmatch(words)), None)


def mentions_secrets(text: str, wording: Wording) -> bool:
    """Return whether a text, or a sentence of its own at the end of it that ends with a colon, is about secrets."""
    label = _OTHER_LABEL.search(text)
    last = label[0] if label is not None and not _REFERS_BACK.search(label[0]) else text
    return _compile(wording).credentials.search(last) is not None


def denies_role(text: str, wording: Wording) -> bool:
    """Return whether the last sentence of a text, such as "These are no longer required:", denies a role."""
    *_, last = _SENTENCE_END.split(text.strip())
    return _judge_sentence(last, _compile(wording))[1] != set()


def mentions_one_secret(text: str) -> bool:
    """Return whether a text, such as "An API key is required.", is about one secret, and does not point to a table."""
    is_more = _SEVERAL_SECRETS.search(text) is not None or _POINTS_AHEAD.search(text) is not None
    return _ONE_SECRET.search(text) is not None and not is_more


def is_about_authentication(title: str, wording: Wording) -> bool:
    """Return whether a title is about authentication, or names a well-known scheme such as "API key"."""
    return _ABOUT_SECRETS.search(title) is not None or find_kind(make_key(title, wording)) is not None


def match_columns(headings: Iterable[str], wording: Wording) -> list[str | None]:
    """Return the meaning of each column: name, description, type, required, optional, title, default or example.

    It is None for any other column, and for a second one with the same meaning.
    """
    columns = _compile(wording).columns
    meanings: list[str | None] = []
    texts = [*headings]
    for heading in texts:
        meaning = _find_meaning(heading, columns)
        meanings.append(meaning if meaning not in meanings else None)
    own = [index for index, text in enumerate(texts) if meanings[index] is None and _QUALIFIED_NAME.fullmatch(text)]
    if "name" not in meanings and (own[:1] == [0] or len(own) == 1):
        meanings[own[0]] = "name"
    if "description" not in meanings:
        remarks = (index for index, text in enumerate(texts) if meanings[index] is None and _REMARKS.fullmatch(text))
        for index in islice(remarks, 1):
            meanings[index] = "description"
    return meanings


def _find_meaning(heading: str, columns: Mapping[str, re.Pattern[str]]) -> str | None:
    """Return the meaning of a heading, or the one that all parts of it have, such as "Description / Purpose"."""
    spellings = _list_spellings(heading)
    meaning = next((name for name, pattern in columns.items() if any(map(pattern.fullmatch, spellings))), None)
    parts = heading.split("/") if meaning is None else []
    meanings = {_find_meaning(part, columns) for part in parts} if len(parts) > 1 else {meaning}
    return meanings.pop() if len(meanings) == 1 else None


def is_remark_heading(heading: str) -> bool:
    """Return whether a heading is that of a column with remarks, such as "Notes"."""
    return _REMARKS.fullmatch(heading.strip()) is not None


def is_row_number(heading: str) -> bool:
    """Return whether a heading is that of a column with the numbers of the rows, which are no facts."""
    return heading.strip(" .").lower() in ("#", "no", "nr", "\u2116")


def read_optional(column: str, text: str, wording: Wording) -> bool | None:
    """Return whether a cell in the column "required" or "optional" makes a setting optional; None if it is unclear."""
    patterns, word = _compile(wording), text.strip(_BESIDE_ANSWER)
    if is_use_word(word, wording):
        return patterns.columns["optional"].fullmatch(word) is not None
    if patterns.yes.fullmatch(word) or patterns.no.fullmatch(word):
        return (patterns.yes.fullmatch(word) is not None) == (column == "optional")
    beside = _BESIDE_USE.fullmatch(word)
    # A remark can restrict that a setting is required, but not that it is optional.
    return True if beside is not None and read_optional(column, beside[1], wording) else None


def has_remark(answer: str) -> bool:
    """Return whether an answer has a remark, as in "No (default: eu)"."""
    return _BESIDE_USE.fullmatch(answer.strip()) is not None


def is_use_word(text: str, wording: Wording) -> bool:
    """Return whether a text is a word such as "required" or "optional"."""
    columns = _compile(wording).columns
    return any(columns[name].fullmatch(text) for name in ("required", "optional"))


def find_legend(text: str) -> tuple[str, str] | None:
    """Return the mark beside names that a paragraph explains, and whether it means "required" or "optional"."""
    match = _LEGEND.fullmatch(text.strip())
    if match is None:
        return None
    word = (match["use"] or match["meaning"]).lower()
    return match["mark"] or match["sign"] or "*", "optional" if word in _OPTIONAL_WORDS else "required"


def find_opposite(text: str, wording: Wording) -> str | None:
    """Return the word with the opposite meaning of the answer in a cell, such as "NO" for "YES"."""
    own = (wording.columns.required, wording.columns.optional), (wording.yes, wording.no)
    pairs = [(_REQUIRED_WORDS, _OPTIONAL_WORDS), (_YES, _NO), *(tuple(map(_list_spelt, words)) for words in own)]
    folded = text.strip(_BESIDE_ANSWER).lower()
    for words, others in (*pairs, *(pair[::-1] for pair in pairs)):
        if folded in words and others:
            index = words.index(folded)
            word = others[index] if index < len(others) else others[0]
            return word.upper() if text[1:].isupper() else word.capitalize() if text[:1].isupper() else word
    return None


def choose_answers(heading: str, wording: Wording) -> tuple[str, str]:
    """Return the words for no and yes in the language of a heading."""
    (meaning,) = match_columns([heading], ENGLISH)
    no, yes = _list_spelt(wording.no), _list_spelt(wording.yes)
    return (no[0].capitalize(), yes[0].capitalize()) if meaning is None and no and yes else ("No", "Yes")


def list_type_words(texts: Iterable[str], wording: Wording) -> dict[str, str]:
    """Return the word for each type in a column with these texts; none if they are in English."""
    found = {name: text for text in texts if (name := find_type(text, wording)) is not None}
    if not found:
        return {}
    is_capital = any(text[:1].isupper() for text in found.values())
    words = {name: word for name in TYPES for word in reversed(getattr(wording.types, name)) if not word.endswith("*")}
    return {name: word[:1].upper() + word[1:] if is_capital else word for name, word in words.items()} | found


def _list_spelt(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that stand for themselves alone, in lower case."""
    return tuple(word.lower() for word in words if not word.endswith("*"))


def find_type(text: str, wording: Wording) -> str | None:
    """Return the type that a word of another language, or one such as "str", stands for, if any."""
    return next((name for name, pattern in _compile(wording).types.items() if pattern.fullmatch(text.strip())), None)


def choose_header(rows: Sequence[Sequence[str]], wording: Wording) -> int:
    """Return the index of the header row that names the columns: the one with most known headings."""
    counts = [len(row) - match_columns(row, wording).count(None) for row in rows]
    return counts.index(max(counts))


def _list_spellings(heading: str) -> set[str]:
    """Return the words that a heading stands for: "secret" for "Secret names", "required" for "Required? (y/n)"."""
    whole = " ".join(heading.lower().split()).strip("\"'\u201c\u201d")
    bare = re.sub(r"\s*(?:/|\bor\b)\s*", "/", _BESIDE_HEADING.sub("", whole)).strip()
    folded = bare.removesuffix("s")
    return {whole, bare, folded, folded.removesuffix(" name").removesuffix("s")}


def find_scheme_key(marked: str) -> str | None:
    """Return the key in a text such as "connectors that use `KEY` authentication", in lower case, if any.

    The scheme of a header, as in "the `Authorization` header with the `Bearer` scheme", is that of HTTP, and one with
    a variant, as in "`oauth2` authentication with the variant `ticket`", has more than this scheme.
    """
    sentences = (sentence for sentence in _SENTENCE_END.split(marked) if not _NOT_ITS_OWN.search(sentence))
    match = next(filter(None, map(_KEY.search, sentences)), None)
    return match[1].lower() if match else None


def is_key_sentence(marked: str) -> bool:
    """Return whether a paragraph only names the key of the scheme, as it does in generated pages."""
    return _ONLY_THE_KEY.fullmatch(marked) is not None


def make_key(title: str, wording: Wording) -> str:
    """Return a key made of the words of a title: `api_key` for "API key authentication"."""
    name = _AFTER_NAME.sub("", _OAUTH.sub(r"oauth\1", _drop_prefix(_drop_prefix(title))))
    words = re.findall(r"[a-z0-9]+", _compile(wording).generic.sub(" ", name).lower())
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
    words = re.findall(r"[a-z0-9]+", _compile(wording).generic.sub(" ", title).lower())
    return all(word in _TITLE_WORDS or _GENERIC_WORD.fullmatch(word) for word in words)


def find_kind(key: str) -> str | None:
    """Return the kind of scheme that a key stands for, if it is a well-known one."""
    return _KINDS.get(key) or _KINDS.get(key.removesuffix("s"))


def strip_lead_in(text: str, wording: Wording) -> str:
    """Return a lead-in without its last sentence if that points to the table, as with "following" or a colon."""
    if is_heading(text, wording):
        return ""
    *before, last = re.split(r"(?<=[.!?])\s+", text)
    return " ".join(before) if _POINTS_AHEAD.search(last) else text


def points_to_secrets(text: str, wording: Wording) -> bool:
    """Return whether a text ends with words such as "Store these secrets in the portal:", which deny them no role."""
    *_, last = _SENTENCE_END.split(text.strip())
    is_about_them = last.endswith(":") and _SAME_SECRETS.search(last) is not None
    return is_about_them and not _judge_sentence(last, _compile(wording))[1]


def introduces_table(text: str, wording: Wording) -> bool:
    """Return whether the last sentence of a text ends with a colon and is about the secrets of a table after it."""
    *_, last = _SENTENCE_END.split(text.strip())
    return last.endswith(":") and (points_to_secrets(last, wording) or find_role(last, wording) is not None)


def find_base_scheme(text: str) -> str | None:
    """Return the scheme that a text calls the base of this one, in its own words."""
    match = _BASE.search(text)
    return match[1] if match else None


def fold_name(name: str) -> str:
    """Return the same key for all spellings of a scheme: `oauth2` for `OAuth2` and `oauth-2`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_origin(description: str, name: str, required: Sequence[str]) -> tuple[str, str | None] | None:
    """Return the origin of an injected secret as its description words it, and the required secret that it copies.

    The second is None if the origin is another one, or if no name in `required` fits.
    """
    copied = _COPIED.search(description)
    if copied is not None:
        return "copied", _find_copied(description[: copied.start()], name, required)
    return ("onboarding", None) if _ONBOARDING.search(description) else None


def _find_copied(subject: str, name: str, required: Sequence[str]) -> str | None:
    """Return the required secret that a secret copies.

    It is found by the words of the subject ("The client id"), then by the same name, then by the end of the name.
    """
    spelt = fold_name(re.sub(r"^\s*(the|an?)\b|\b(is|are|as|was)\s*$", "", subject.strip(), flags=re.IGNORECASE))
    by_words = [key for key in required if fold_name(key) == spelt]
    by_end = [key for key in required if split_words(name)[-len(split_words(key)) :] == split_words(key)]
    candidates = [*by_words, *(key for key in required if key == name), *by_end]
    return candidates[0] if candidates else None
