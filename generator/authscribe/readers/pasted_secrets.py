"""Find values of secrets that somebody pasted into a text, and withhold them.

Only forms that cannot be anything else are found: those that their issuers chose so that scanners recognise them, keys
in blocks, and passwords in addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.pasted_secret import report_pasted_secret
from authscribe.model.credential_names import is_live_credential, may_be_credential
from authscribe.model.stand_ins import USER_INFORMATION, is_dummy, is_filler, is_placeholder
from authscribe.readers.text import LineCounter
from authscribe.runtime.word_search import contains, group_by_mark

_MASK: Final = "x"
"""Character that replaces each one of a value; the only kind that has no meaning in any of the syntaxes."""

_FORMS: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    # Of anything else, the last group is nothing: a search from each of its starts would take quadratic time.
    ("a JSON Web Token", ("eyJ",), r"eyJ[\w-]{8,}+(?:\.eyJ[\w-]{8,}+\.[\w-]{8,}+|())"),
    ("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{20,}"),
    ("a GitHub token", ("github_pat_",), r"github_pat_\w{20,}"),
    ("a GitLab token", ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"), r"gl(?:pat|dt|rt|ptt|cbt)-[\w-]{16,}"),
    ("a Slack token", ("xox", "xapp-"), r"(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}"),
    ("an AWS access key", ("AKIA", "ASIA"), r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
    ("a Google API key", ("AIza",), r"AIza[\w-]{35}(?![\w-])"),
    ("a Google client secret", ("GOCSPX-",), r"GOCSPX-[\w-]{20,}"),
    ("a Google token", ("ya29.",), r"ya29\.[\w-]{20,}"),
    # Two patterns: one that does not begin with plain text takes six times as long to search for.
    ("a Stripe key", ("sk_live_",), r"sk_live_[A-Za-z0-9]{10,}"),
    ("a Stripe key", ("rk_live_",), r"rk_live_[A-Za-z0-9]{10,}"),
    ("a Stripe webhook secret", ("whsec_",), r"whsec_[A-Za-z0-9+/]{24,}"),
    ("a Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"), r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"),
    ("a SendGrid key", ("SG.",), r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    ("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", ("pypi-",), r"pypi-AgE[\w-]{50,}"),
    ("a HubSpot token", ("pat-",), r"pat-(?:na|eu)[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("an Airtable token", ("pat",), r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    ("an Atlassian token", ("ATATT3",), r"ATATT3[\w=-]{50,}"),
    ("a DigitalOcean token", ("_v1_",), r"do[opr]_v1_[0-9a-f]{64}"),
    ("a Hugging Face token", ("hf_",), r"hf_[A-Za-z0-9]{30,}"),
    ("an OpenAI or Anthropic key", ("sk-",), r"sk-(?:proj-|ant-|svcacct-)?[\w-]{40,}"),
    ("a Notion token", ("ntn_",), r"ntn_[A-Za-z0-9]{40,}"),
    ("a Linear key", ("lin_api_",), r"lin_api_[A-Za-z0-9]{40}"),
    ("a Figma token", ("figd_",), r"figd_[\w-]{40}"),
    ("a Postman key", ("PMAK-",), r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("a Brevo key", ("xkeysib-", "xsmtpsib-"), r"x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    ("a Docker token", ("dckr_pat_",), r"dckr_pat_[\w-]{27}"),
    ("a Grafana token", ("glsa_",), r"glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}"),
    ("a Vault token", ("hvs.",), r"hvs\.[\w-]{24,}"),
    ("a Telegram token", (":AA",), r"[0-9]{6,12}:(AA[\w-]{33})(?![\w-])"),
    # Addresses of which nobody can guess the last part, by Slack, Discord, Teams, Zapier and Make; one without
    # digits is a word. JSON may have a backslash before a slash.
    (
        "the address of a webhook",
        ("hook",),
        r"hook(?:s\.slack(?:-gov)?\.com\\?/(?:services\\?/T\w+\\?/B|workflows\\?/T\w+\\?/A|triggers\\?/[ET])\w+(?:\\?/[0-9]+)?"
        r"|s\\?/[0-9]{16,}(?=\\?/[\w-]{60})|(?:b2)?\\?/[0-9a-f-]{36}@[0-9a-f-]{36}\\?/IncomingWebhook"
        r"|s\.zapier\.com\\?/hooks\\?/catch\\?/[0-9]+(?!\\?/(?:abc|123|example))|\.(?:\w+\.make|integromat)\.com)"
        r"\\?/((?=[\w-]*[0-9])[\w-]{6,}(?:\\?/[\w-]{36,})?)",
    ),
    (
        "a key of IFTTT",
        ("ifttt.com",),
        r"ifttt\.com\\?/(?:use|trigger\\?/[^\s/]+/(?:json\\?/)?with\\?/key)\\?/(?!your)([\w-]{16,})",
    ),
    ("a Google Chat token", ("chat.googleapis.com",), r"messages\?key=[\w-]+(?:&|\\u0026)token=([\w%-]{20,})"),
    ("an Azure signature", ("sig=",), r"(?:[&?;]|\\u0026)sig=((?:[\w+/-]|%2[BFbf]){40,}(?:=|%3[Dd])?)"),
    ("an AWS signature", ("X-Amz-S",), r"X-Amz-(?:Signature|Security-Token)=([\w%+/-]{64,})"),
    ("a Google signature", ("X-Goog-Signature=",), r"X-Goog-Signature=([0-9a-f]{64,})"),
    ("an Amazon CloudFront signature", ("Key-Pair-Id=",), r"[&?;]Signature=([\w~-]{40,})&(?:amp;)?Key-Pair-Id="),
)
"""Kind, needles of which every value contains one, and pattern of each form; a group, if any, is the value in it."""
_FORM_BY_NEEDLE: Final = {needle: form for form in _FORMS for needle in form[1]}
_GROUPS: Final = tuple(group_by_mark(sorted(_FORM_BY_NEEDLE), "JAx_-.="))

_IN_ADDRESS: Final = "a password before the host of an address"
_CHOSEN: Final = r"""[^{}<>$*"'`]{8,}"""
"""Matches what may be a password, and not a reference, or a port and the texts after it in JSON without spaces."""
_MIXED: Final = "(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])"
_NAMED: Final = "(?i)change|example|passw|sample|secret|token|your"
"""Matches in a text that tells what it stands for, such as `MyPassword1`."""

_KEY_BLOCK: Final = (
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?P<body>(?:[\w+/=\s\\:,.]|-(?!----))*+)(?P<end>-----END)?"
)
# The lines of a key. In a string, `\n` stands between them.
_KEY_LINES: Final = r"(?:(?<=\\n)|(?<![A-Za-z0-9+/=\\]))[A-Za-z0-9+/=]{24,}(?:(?:\s|\\n)+[A-Za-z0-9+/=]{24,})*"
_KEY_HEADER: Final = r"MII[A-Za-z0-9+/]*?KCAQEA"
"""Matches the beginning that all RSA keys of 2048 bits share, which pages show to explain what a key looks like."""
_SHORTEST_KEY: Final = 16
"""Fewest characters of a key after that beginning."""
_KEY: Final = "a private key"
_KEY_START: Final = "PRIVATE KEY"
_SAMPLES: Final = r"eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l|EXAMPLE|x{4}|X{4}"
"""Matches in the sample of jwt.io, in those of the AWS documentation, and in masked values.

Anything shorter is in some of the long random values, too.
"""
_CUT: Final = r"\.{3}|x{4}|X{4}"


_FIELD: Final = (
    r"""(?<![\w.-])(?P<name>[\w.-]++)(?:["'][ \t]*+:|["']?[ \t]*+=|:[ \t])[ \t]*+"""
    r"""(?="(?P<quoted>(?:[^"\\\n]|\\.)*+)|'(?P<single>[^'\n]*+)|(?P<bare>[^\s"'&,=[\]{}]++=*+))"""
)
"""Matches a name before a value, which may have others in it: of an argument, in a query, or in a file of settings."""


class _Value(NamedTuple):
    """Value of a secret in a text, by its offsets."""

    kind: str
    start: int
    end: int


def find_pasted_secrets(path: str, text: str) -> tuple[Finding, ...]:
    """Return a finding for each value, in the order of the text."""
    return tuple(_report_values(path, text))


def withhold_secrets(text: str) -> str:
    """Return the text with each value replaced by as many `x`; lines and columns stay the same."""
    return mask(text, ((value.start, value.end) for value in _find_values(text)))


def withhold_named(text: str) -> str:
    """Return a text that is no source, such as a usage error, without these values and those named as credentials."""
    text = withhold_secrets(text)
    return mask(text, (match.span(match.lastgroup or 0) for match in re.finditer(_FIELD, text) if _is_named(match)))


def _is_named(field: re.Match[str]) -> bool:
    value = field[field.lastgroup or 0]
    return may_be_credential(field["name"], value) and not is_placeholder(value)


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a text in which `x` takes the place of each visible character in some spans, which are in order."""
    parts: list[str] = []
    position = 0
    for begin, end in spans:
        start = max(position, begin)
        parts += text[position:start], re.sub(r"\S", _MASK, text[start:end])
        position = max(position, end)
    return "".join((*parts, text[position:])) if parts else text


# A source is searched twice: when its text is kept for reports, and when it is read.
@lru_cache(maxsize=16)
def _find_values(text: str) -> tuple[_Value, ...]:
    found = (*_find_tokens(text), *_find_passwords(text), *_find_keys(text))
    return tuple(sorted(found, key=lambda value: value.start))


def _find_tokens(text: str) -> Iterator[_Value]:
    # Nearly no text contains any needle.
    found = [needle for group in _GROUPS if group.is_in(text) for needle in group.words if needle in text]
    for kind, needles, pattern in dict.fromkeys(_FORM_BY_NEEDLE[needle] for needle in found):
        for match in re.finditer(pattern, text):
            start, end = match.span(match.lastindex or 0)
            if not _is_inside_word(text, start) and not _is_placeholder(text[start:end], needles):
                yield _Value(kind, start, end)


def _is_inside_word(text: str, offset: int) -> bool:
    # A lookbehind in the patterns would make searching with them several times slower.
    before = text[offset - 1 : offset]
    return before.isalnum() or before == "_"


def _is_placeholder(value: str, needles: Iterable[str]) -> bool:
    if re.search(_SAMPLES, value):
        return True
    for needle in needles:
        value = value.replace(needle, "")
    return is_filler(value)


def _find_passwords(text: str) -> Iterator[_Value]:
    if "@" in text:
        for match in USER_INFORMATION.finditer(text):
            if _is_password(match["password"] or ""):
                yield _Value(_IN_ADDRESS, *match.span("password"))


def _is_password(text: str) -> bool:
    """Return whether a text in an address is a password, and not a word, a number or a reference."""
    if not re.fullmatch(_CHOSEN, text) or re.search(_NAMED, text) or is_dummy(text) or is_filler(text):
        return False
    return re.match(_MIXED, text) is not None or is_live_credential("password", text)


def _find_keys(text: str) -> Iterator[_Value]:
    if contains(text, _KEY_START):
        for match in re.finditer(_KEY_BLOCK, text):
            lines = re.compile(_KEY_LINES).search(text, *match.span("body"))
            is_cut = re.search(_CUT, match["body"])
            if lines is not None and not is_cut and len(re.sub(_KEY_HEADER, "", lines[0])) >= _SHORTEST_KEY:
                yield _Value(_KEY, lines.start(), match.end("body") if match["end"] else lines.end())


def _report_values(path: str, text: str) -> Iterator[Finding]:
    """Yield a finding for each value; of one with several lines, only the first is its place.

    A value that overlaps with the one before it, as a token that is a password in an address does, is the same.
    """
    lines, end = LineCounter(text), 0
    for value in _find_values(text):
        if value.start < end:
            continue
        end = value.end
        line, column = lines.locate(value.start)
        length = len(text[value.start : value.end].partition("\n")[0])
        yield report_pasted_secret(value.kind, Place(path, line, column, line, column + length))
