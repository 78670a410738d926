"""Make catalogues with awkward names and texts, and list those of the project and of the corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import event, reject
from hypothesis import strategies as st
from stub_files import CORPUS, read_catalogue, read_corpus
from support import resolve_drafts

from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Endpoints, Kind
from authscribe.model.naming import is_wire_name, make_collision_key, spell_apart, to_attribute
from authscribe.readers.registry import read_source

HOSTILE = (
    "it's", '"', "'\"`", "a\\", "\\n", "a\nb", "a\r\nb", "\n", " a ", "$x", "${x}", "$${x}", "%{x}", "%%{x}", "{x}", "{{ x }}",
    "{{@ x @}}", "{% x %}", "${{ secrets.X }}", "${{", "}}", "${{ '", "#", " # x", "NO", "12:30:45", "*/", "<!--", "---", "\t",
    "\x85", "\u2028", "\ufeff", "\u202e", "é🎉", "\x7f", "EOF\n<<EOF", "REPLACE_ME", "domain\\username", "Bearer <token>",
    "${YOUR_TOKEN}", "{{Target platform}}", "••••", "a: b", "- x", "? x", "! x", "%", "@public",
)  # fmt: skip
"""Descriptions that mean something in one of the languages of the targets."""

NAMES = (
    "SO-Apptoken", "token:TenantId", "API Key", "accounts-server", "installation.uuid", "float", "hex", "class", "airbyte_config.in",
    "a+b", "1st", "count", "source", "version", "GITHUB_TOKEN", "github", "{x}", "${x}", "'", "#", "é", "json", "secrets", "_x",
)  # fmt: skip
"""Names that a target may have to spell in another way."""

TEXTS = st.sampled_from(HOSTILE) | st.text("ab'\"\\\n\r\t #$%{}@*/=-~.\u2028é", max_size=12) | st.text(max_size=12)
_WIRE_NAMES = st.sampled_from(NAMES) | st.text("aA1_-. :{}$'\"\\#é", min_size=1, max_size=8).filter(is_wire_name)
_DEFAULTS = {
    "string": TEXTS, "integer": st.integers(-9, 9), "number": st.floats(-9, 9), "boolean": st.booleans(),
    "object": st.dictionaries(TEXTS, TEXTS, max_size=2), "array": st.lists(TEXTS, max_size=2),
}  # fmt: skip
_PLACES = ("header", "query", "cookie", "body", "path", "block")


@st.composite
def _draw_setting(draw: st.DrawFn, name: str, *, is_secret: bool) -> dict[str, Any]:
    value_type = "string" if is_secret else draw(st.sampled_from(sorted(_DEFAULTS)))
    setting = {"name": name, "description": draw(TEXTS), "type": value_type, "optional": draw(st.booleans())}
    if is_secret:
        setting["secret"] = draw(st.sampled_from(["yes", "no"]))
    if draw(st.booleans()):
        setting["default"] = draw(_DEFAULTS[value_type])
    return setting


@st.composite
def draw_catalogue(draw: st.DrawFn) -> Catalogue:
    """Return a catalogue of one connector with one scheme, or with two methods of it, with awkward names and texts."""
    names = draw(
        st.lists(_WIRE_NAMES, min_size=1, max_size=5, unique_by=lambda name: make_collision_key(to_attribute(name)))
    )
    apart = spell_apart(names)
    settings = [
        draw(_draw_setting(name, is_secret=draw(st.booleans())))
        | ({"names": {"python": apart[name]}} if name in apart else {})
        for name in names
    ]
    secrets = [setting for setting in settings if "secret" in setting]
    placements = [
        {
            "in": place,
            "name": f"x{number}",
            "value": draw(st.sampled_from(["", "Bearer ", "{{"])) + f"{{{secret['name']}}}",
        }
        for number, secret in enumerate(secrets)
        if not {"{", "}"} & set(secret["name"]) and (place := draw(st.sampled_from(_PLACES)))
    ]
    scheme = {
        "id": "s",
        "kind": draw(st.sampled_from([kind.value for kind in Kind])),
        "summary": draw(TEXTS),
        "required": secrets,
        "injected": [{**secret, "origin": {"source": "copied", "required": secret["name"]}} for secret in secrets],
        "parameters": [setting for setting in settings if "secret" not in setting],
        "placements": placements,
    }
    methods = [{"id": "one", "schemes": ["s"]}, {"id": "two", "schemes": ["s"]}]
    choice = draw(st.sampled_from([{"scheme": "s"}, {"methods": methods}]))
    connector = {"id": draw(st.sampled_from(["c", "github-x", "1st", "class"])), "title": draw(TEXTS), **choice}
    draft = read_source("d.json", json.dumps({"schemes": [scheme], "connectors": [connector]}))
    try:
        return resolve_drafts(draft).catalogue
    except DefinitionError as error:
        # Such as two names that differ only in case, or a variable that some platform refuses.
        event(", ".join(sorted({finding.code for finding in error.findings})))
    return reject()


_URLS = st.sampled_from([
    "https://login.example/token", "https://${site}.example/token", "${base_url}/token", "${site}/a?b=c", "/token", "https://{x}",
]).map(lambda url: {"url": url}) | st.just({"url": "https://${site}.example", "fallback": "https://eu.example"}) | st.just(
    {"url": "https://login.example", "query": {"a": "b c", "${site}": "&"}}
)  # fmt: skip
_FIELDS = st.sampled_from([
    "${client_id}", "${login.client_secret}", "${refresh_token}", "${base_url}", "${assertion}", "refresh_token", "password",
    "client_credentials", "x", "{{ x }}", "", "a ${client_id} b",
])  # fmt: skip
_TEXT_FIELDS = st.dictionaries(
    st.sampled_from(["grant_type", "grant", "client_id", "app", "assertion", "scopes", "scope", "a.b"]),
    _FIELDS,
    max_size=4,
)
_REQUESTS = st.fixed_dictionaries({}, optional={
    "method": st.sampled_from(["GET", "POST", "PUT"]),
    "headers": _TEXT_FIELDS,
    "query": _TEXT_FIELDS,
    "basic": st.just({"username": "${client_id}", "password": "${login.client_secret}"}),
    "body_format": st.sampled_from(["form", "json", "xml"]),
    "body": _TEXT_FIELDS | st.just({"a": {"b": ["${client_id}", 1, None, True]}}) | st.just("raw"),
    "token_path": st.sampled_from(["access_token", "data.token"]),
    "expires_in_path": st.sampled_from(["expires_in", "data.ttl"]),
})  # fmt: skip
_OAUTH = st.fixed_dictionaries({}, optional={
    "scopes": st.lists(st.sampled_from(["read", "a b", "{x}"]), max_size=2, unique=True),
    "optional_scopes": st.just(["write"]),
    "scope_separator": st.sampled_from([" ", ",", "+", "|"]),
    "pkce": st.booleans(),
    "rotates_refresh_token": st.booleans(),
    "response": st.sampled_from([{}, {"token": "access_token"}, {"token": "t", "refresh_token": "r"}]),
    "client_authentication": st.just("client_secret_basic"),
})  # fmt: skip
_TEMPLATES = st.sampled_from([
    "{token}", "Bearer {token}", "Token {token}", "{login.client_secret}", "{site} {token}", "constant", "{{x}} {token}", " {token}",
])  # fmt: skip
_SLOTS = (
    ("header", "Authorization"), ("header", "X-Key"), ("query", "key"), ("body", "a.b"), ("cookie", "c"), ("path", ""),
    ("basic_username", ""), ("basic_password", ""), ("block", "x"),
)  # fmt: skip


@st.composite
def _draw_login_scheme(draw: st.DrawFn, identifier: str) -> dict[str, Any]:
    sources = st.sampled_from(["platform", "onboarding", "derived", "unknown"])
    injected = [{"name": name, "origin": {"source": draw(sources)}} for name in ("token", "refresh_token", "assertion")]
    copied = {"name": "login.client_secret", "origin": {"source": "copied", "required": "login.client_secret"}}
    slots = draw(st.lists(st.sampled_from(_SLOTS), max_size=3, unique=True))
    fallbacks = st.sampled_from([{}, {}, {"fallback": "{site}"}, {"fallback": "none"}])
    return {
        "id": identifier,
        "kind": draw(st.sampled_from([kind.value for kind in Kind])),
        "required": [{"name": "login.client_secret", "optional": draw(st.booleans())}],
        "injected": [copied, *draw(st.lists(st.sampled_from(injected), unique_by=lambda secret: secret["name"]))],
        "parameters": [{"name": name} for name in ("client_id", "site", "base_url")],
        "placements": [
            {"in": place, "name": name, "value": draw(_TEMPLATES), **draw(fallbacks)} for place, name in slots
        ],
        "endpoints": draw(st.dictionaries(st.sampled_from(sorted(Endpoints.model_fields)), _URLS, max_size=4)),
        **draw(st.fixed_dictionaries({}, optional={"oauth": _OAUTH, "token_request": _REQUESTS})),
    }


@st.composite
def draw_login(draw: st.DrawFn) -> Catalogue:
    """Return a catalogue of a connector with one or two methods, whose schemes obtain tokens in any way."""
    schemes = [draw(_draw_login_scheme(identifier)) for identifier in draw(st.sampled_from([("s",), ("s", "t")]))]
    methods = [{"id": scheme["id"], "schemes": [scheme["id"]]} for scheme in schemes]
    together = [{"id": "all", "schemes": [scheme["id"] for scheme in schemes]}]
    choice = draw(st.sampled_from([{"methods": methods}, {"methods": together}]))
    draft = read_source("d.json", json.dumps({"schemes": schemes, "connectors": [{"id": "c", **choice}]}))
    try:
        return resolve_drafts(draft).catalogue
    except DefinitionError as error:
        event(", ".join(sorted({finding.code for finding in error.findings})))
    return reject()


def list_catalogues(corpus: Path | None) -> Iterator[Catalogue]:
    """Yield the catalogue of the project and, with a corpus, each of its catalogues and that of its connectors."""
    yield read_catalogue()
    if corpus is not None:
        yield from (read_corpus(corpus, name) for name in CORPUS)
