"""Recognise the role that a text gives to secrets: required from the owner of a connector, or injected."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from authscribe.model.wording import Wording
from authscribe.readers.pages.wording.patterns import (
    CREDENTIALS,
    NOUNS,
    SUPPLIED,
    compile_any,
    join_words,
    split_sentences,
)
from authscribe.readers.pages.wording.spelling import correct_spelling

REQUIRED: Final = "required"
INJECTED: Final = "injected"
OPTIONAL: Final = "optional"
"""Role of secrets that the owner of a connector may supply; they are among the required ones of a scheme."""
_OWNERS: Final = r"(?:owner|user|customer|you)s?"
_INJECTED: Final = (
    r"\binject\w*|\bsystem secrets?\b|\b(?:(?:are|is|be) )?made available to the (?:system|connector)"
    r"|\b(?:are|is|be) (?:then |also )?available (?:to|in|inside|within) the (?:system|connector)"
    r"|\b(?:are|is|be) (?:then |also )?available at (?:run ?time|runtime)\b"
    r"|\b(?:put|placed|written|passed|handed|given|added|exposed|provided|supplied|delivered|inserted"
    r"|stored|saved|set|loaded|copied|created) (?:on )?(?:in|into|to|on|for|inside)"
    r" the (?:system|connector)\b"
    r"|\b(?:system|connector) (?:then |also )?(?:receives|gets|has access to)\b"
    r"|\b(?:end up|(?:be|are|is) (?:then |also )?used) in the (?:system|connector)\b"
    r"|\bplatform (?:(?:then|also|itself|automatically) )?(?:provid|suppl|add|set|fill|issu|generat|obtain)\w*"
    rf"|\b(?:{SUPPLIED}|generated|managed|obtained|issued|created|refreshed|rotated) by the platform\b"
    rf"|\bplatform(?:[ -](?:{SUPPLIED}|managed|issued)| is responsible for)\b"
)
_STATED: Final = r"(?:provid|suppl|give|enter|stat|configur|set|fill|specif|upload|defin|furnish)"
_REQUIRED: Final = (
    rf"\brequir\w*|\b(?:must|shall|should|ha(?:s|ve) to) (?:be )?{_STATED}\w*"
    r"|\b(?:must|shall|should|ha(?:s|ve) to) (?:contain|include|hold|have)\b|\b(?:are|is) (?:requested|expected)\b"
    r"|\bneed(?:s|ed)?\b|\bmandatory\b|\bnecessary\b|\bexpects\b"
    rf"|\b{_OWNERS}(?: of (?:the|each|every|a) \w+)? {_STATED}\w*"
    rf"|\b{SUPPLIED} (?:\w+ )?by (?:the |each |every )?(?:connector |account )?{_OWNERS}\b"
    rf"|\b{_OWNERS}(?:-(?:{SUPPLIED}|managed)| (?:is|are) responsible for)\b"
    r"|\bfrom the (?:connector )?(?:owner|customer)\b|\byou hand over\b"
    rf"|\bto (?:be )?(?:provid|suppl|enter|configur|fill)\w*|\bto be {_STATED}\w*"
    r"|(?:^|[,:] |\b(?:please|then|and) )(?:provide|supply|enter|specify|add|set|fill in|gather|collect|prepare"
    r"|upload)\b(?: \w+){0,4}? (?:the following|these)\b"
)
SECRETS: Final = re.compile(r"\b(?:secret|credential)s?\b", re.IGNORECASE)
_SETTINGS: Final = re.compile(
    r"\b(?:(?:propert|entr)(?:y|ies)|(?:parameter|setting|field|value|variable|input|option|argument|attribute|detail)s?"
    r"|configuration|data|information)\b",
    re.IGNORECASE,
)
_MESSAGE: Final = (
    r"\b(?:requests?|responses?|repl(?:y|ies)|bod(?:y|ies)|payloads?|quer(?:y|ies)|headers?|cookies?|events?|messages?"
    r"|rows?|records?)"
)
"""What has parts that a page may call fields or parameters, although nobody sets them up."""
_METHOD: Final = re.compile(r"\b(?:DELETE|GET|PATCH|POST|PUT)\b")
_NO_SETTINGS: Final = (
    re.compile(
        rf"{_MESSAGE} {NOUNS}\b|\b{NOUNS} (?:of|in) (?:an?|the|each|every) (?:\w+ ){{0,2}}?{_MESSAGE}\b"
        rf"|{_MESSAGE} (?:[\w/]+ ){{0,4}}?(?:accept|carr(?:y|ie)|contain|ha(?:s|ve)|include|take|with)s?\b"
        r"|\bto be (?:replaced|substituted)\b|\breturn(?:s|ed)\b",
        re.IGNORECASE,
    ),
    _METHOD,
)
"""Match sentences about the contents of a message or a row, or about placeholders, such as "Query parameters:"."""
_FOR_AUTHENTICATION: Final = (
    rf"\b{NOUNS}(?: (?:are|is))?(?: \w+)? (?:for|to) (?:the )?(?:auth|log(?:ging )?[io]n|sign(?:ing )?[io]n)\w*"
    rf"|\bauth\w* {NOUNS}\b"
)
_OPTIONAL: Final = (
    rf"\boptional (?:{CREDENTIALS}|{_FOR_AUTHENTICATION})"
    rf"|\b(?:following|these|those|they)(?:(?: \w+)? {NOUNS})? (?:are|is) (?:(?:all|also|each) )?optional\b"
    rf"|\b(?:following|these|those)(?: {CREDENTIALS})? (?:can|may) (?:(?:also|optionally) )?be {SUPPLIED}"
    rf"|\b(?:following|these|those)(?:(?: \w+)? {NOUNS})? (?:can|may) (?:(?:also|optionally) be|be (?:also|optionally))"
    rf" {SUPPLIED}"
    rf"|\b{_OWNERS} (?:can|may) (?:(?:also|optionally) )?{_STATED}\w*(?: \w+){{0,2}}? {CREDENTIALS}"
)
_OTHER_KEY: Final = re.compile(
    r"\b(?:primary|foreign|partition(?:ing)?|sort(?:ing)?|cluster(?:ing|ed)?|distribution|surrogate|composite|candidate"
    r"|join|lookup|index|cache|dictionary|map|object|json|yaml|toml|xml|translation|locali[sz]ation|i18n|message|locale"
    r"|keyboard|shortcut|hot|arrow|modifier|cursor|navigation|escape|registry|routing|ordering|idempotency"
    r"|metadata|design|style|theme|lexer|lexical|parser|syntax|grammar|word|text|template|placeholder|replacement"
    r"|vocabulary|prompt|completion|special)[ -]?(?:key|token)s?\b",
    re.IGNORECASE,
)
"""Key or token that is no secret, such as a primary key, a keyboard key or a design token."""
_KEY_OF_ACCESS: Final = re.compile(
    r"\b(?:api|access|account|app(?:lication)?|bearer|client|consumer|customer|developer|employee|encryption|host|id"
    r"|integration|jwt|licen[cs]e|login|master|organi[sz]ation|partner|personal|private|product|project|public|refresh"
    r"|secret|security|service|session|shared|sign(?:ing|ature)|ssh|subscription|system|tenant|user|verification"
    r"|web ?hook|workspace)[ -](?:key|token)s?\b|auth|\blog(?:ging|s)?[ -]?(?:in|on)\b|\bsign(?:ing|s)?[ -]?in\b",
    re.IGNORECASE,
)
"""Key or token that gives access, or a word for that."""
_BARE_KEY: Final = re.compile(r"\b(?:key|token)s?\b", re.IGNORECASE)
# The words after "the following", "these", "required" and so on, up to the verb or the end of the phrase.
_INTRODUCED: Final = re.compile(
    r"\b(?:(?:the )?following|these|required|injected|mandatory)\b\s*"
    r"(?:(?:list|table) (?:contains|describes|details|explains|lists|outlines|shows|summari[sz]es) (?:all )?(?:the )?)?"
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
_IN_A_MESSAGE: Final = re.compile(
    r"\b(?:in|of|to|with) (?:the|each|every|a) (?:\w+ )?(?:request|response|call|body|query|endpoint|url)s?\b",
    re.IGNORECASE,
)
_NEGATED_AFTER: Final = r"\s+(?:not|no)\b"
_REFERS_BACK: Final = re.compile(r"\b(?:they|them|these|those|it|this|see|each|all|both)\b", re.IGNORECASE)
_FURTHER: Final = re.compile(
    r"\b(?:these|those|they|the following) (?:(?:\w+ )?(?:arguments|options|parameters|settings|variables) )?"
    r"(?:are|can|may|must|need)\b",
    re.IGNORECASE,
)
# A sentence of its own that ends with a colon, unlike the rest of one after a semicolon.
_OTHER_LABEL: Final = re.compile(r"(?:^|[.!?]\s+)[^.!?;:]+:\s*$")


class RolePatterns(NamedTuple):
    """Patterns of the texts that introduce secrets, in the languages of a wording."""

    credentials: re.Pattern[str]
    roles: tuple[tuple[re.Pattern[str], str], ...]
    optional: re.Pattern[str]
    negated_before: re.Pattern[str]
    negated_after: re.Pattern[str]
    heading: re.Pattern[str]


@lru_cache(maxsize=8)
def compile_roles(wording: Wording) -> RolePatterns:
    """Return the English patterns together with the words of other languages."""
    required, injected, secrets = map(join_words, (wording.required, wording.injected, wording.secrets))
    negations, optional = join_words(wording.negations), join_words(wording.columns.optional)
    return RolePatterns(
        credentials=compile_any(CREDENTIALS, _FOR_AUTHENTICATION, rf"\b{secrets}\b"),
        roles=(
            (compile_any(_INJECTED, rf"\b{injected}\b"), INJECTED),
            (compile_any(_REQUIRED, rf"\b{required}\b"), REQUIRED),
        ),
        optional=compile_any(_OPTIONAL, rf"\b{optional}\s+{secrets}|\b{secrets}(?:\s+\w+){{0,3}}?\s+{optional}\b"),
        # Other languages put words such as "longer" between the negation and the verb, too.
        negated_before=compile_any(_NEGATED_BEFORE, rf"\b{negations}\s+(?:\w+\s+){{0,2}}$"),
        negated_after=compile_any(_NEGATED_AFTER, rf"\s+{negations}\b"),
        heading=compile_any(
            rf"(?:required|injected|optional|{required}|{injected}|{optional})(?: {NOUNS}| {secrets})?"
            r"(?: (?:by|for|from|in|into|to) (?:(?:the|each|every) )?\w+(?: \w+)?)?:?"
        ),
    )


def find_role(text: str, wording: Wording, *, is_about_secrets: bool = False) -> str | None:
    """Return the role of the secrets that a text introduces, by its last sentence that gives them one.

    The text must mention secrets or credentials, unless `is_about_secrets`: its surroundings are about them.
    """
    patterns, text = compile_roles(wording), correct_spelling(text)
    if not is_about_secrets and not patterns.credentials.search(_OTHER_KEY.sub(" ", text)):
        return None
    ruled_out: set[str] = set()
    for sentence in reversed(split_sentences(text)):
        if introduces_something_else(sentence):
            return None
        stated, negated = judge_sentence(sentence, wording)
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
    """Return the role of further secrets in a sentence such as "In a sandbox, these are required too:".

    One about the contents of a message introduces none.
    """
    is_further = len(split_sentences(text)) == 1 and _FURTHER.search(text) and not is_about_messages(text)
    return find_role(text, wording, is_about_secrets=True) if is_further else None


# Readers ask some six times about each sentence, always soon after the last time.
@lru_cache(maxsize=16)
def judge_sentence(sentence: str, wording: Wording) -> tuple[str | None, frozenset[str]]:
    """Return the role that a sentence gives to secrets, if any, and the roles that it denies."""
    patterns = compile_roles(wording)
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
    return (max(stated)[1] if stated else None), frozenset(negated)


def introduces_something_else(sentence: str) -> bool:
    """Return whether a sentence introduces things other than secrets, such as "The following scopes".

    Parameters of a request are such, as in "Send a POST request with the following required parameters:".
    """
    if (_IN_A_MESSAGE.search(sentence) or _METHOD.search(sentence)) and not SECRETS.search(sentence):
        return True
    phrases = [match["phrase"].strip() for match in _INTRODUCED.finditer(sentence)]
    return any(phrases) and not any(re.search(rf"\b{NOUNS}\b", phrase, re.IGNORECASE) for phrase in phrases)


def is_heading(text: str, wording: Wording) -> bool:
    """Return whether a text is a label such as "Required" or "Injected secrets:" instead of a sentence."""
    return compile_roles(wording).heading.fullmatch(text.strip()) is not None


def mentions_secrets(text: str, wording: Wording) -> bool:
    """Return whether a text, or a sentence of its own at the end of it that ends with a colon, is about secrets."""
    label = _OTHER_LABEL.search(text)
    last = label[0] if label is not None and not _REFERS_BACK.search(label[0]) else text
    return compile_roles(wording).credentials.search(_OTHER_KEY.sub(" ", last)) is not None


def mentions_keys_only(text: str, wording: Wording) -> bool:
    """Return whether nothing in a text but a word such as "keys" may mean secrets, as in "These keys are required:".

    Keys are those of a keyboard or of an object as well, and tokens those of a parser.
    """
    rest = _BARE_KEY.sub(" ", text)
    return _KEY_OF_ACCESS.search(text) is None and compile_roles(wording).credentials.search(rest) is None


def mentions_settings(text: str) -> bool:
    """Return whether a text mentions settings in general, such as "these values", and none of a message."""
    return _SETTINGS.search(text) is not None and not is_about_messages(text)


def is_about_messages(text: str) -> bool:
    """Return whether the last sentence of a text is about the contents of a message or a row, or about placeholders."""
    *_, last = split_sentences(text)
    return any(pattern.search(last) for pattern in _NO_SETTINGS)


def denies_role(text: str, wording: Wording) -> bool:
    """Return whether the last sentence of a text, such as "These are no longer required:", denies a role."""
    *_, last = split_sentences(text)
    return bool(judge_sentence(last, wording)[1])


def leads_elsewhere(text: str, wording: Wording) -> bool:
    """Return whether a text before a table denies its secrets a role, or leads to other things than settings."""
    return denies_role(text, wording) or introduces_something_else(text) or is_about_messages(text)
