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
from authscribe.model.definitions import Catalogue, Kind
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


def list_catalogues(corpus: Path | None) -> Iterator[Catalogue]:
    """Yield the catalogue of the project and, with a corpus, each of its catalogues and that of its connectors."""
    yield read_catalogue()
    if corpus is not None:
        yield from (read_corpus(corpus, name) for name in CORPUS)
