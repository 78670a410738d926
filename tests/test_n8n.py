"""Test the reader of n8n's credential types: expressions of any form, and chains of types of any length."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import resolve_drafts

from authscribe.model.draft import Noun, get_text
from authscribe.readers.foreign.n8n.expressions import SUPPLIED, evaluate
from authscribe.readers.registry import read_source

DEFAULTS = {"text": "abc", "empty": "", "yes": True, "no": False, "number": 3, "none": None, "secret": SUPPLIED}
TOKENS = [
    "$self.text", "$self['empty']", '$self["yes"]', "$credentials?.no", "$credentials.number", "'a'", '"b\\"c"', "1.5",
    "true", "undefined", "(", ")", "[", "]", "+", "?", ":", "===", "!==", "&&", "||", "!", ",", "-", ".trim()",
    ".endsWith('c')", ".replace(/\\/$/, '')", "/x/g", "new", "RegExp", ".length", " ", "}", "{", "'", "`x`", "`", "${",
    "$self.secret", "??", "new RegExp('/$')", "btoa(", "Buffer.from(", ".toString('base64')", "'Basic '",
]  # fmt: skip


def result(expression: str) -> tuple[str, list[str]] | None:
    """Return what an expression amounts to, with `<name>` for references, and what decided it."""
    evaluation = evaluate(f"={{{{{expression}}}}}", lambda name: (DEFAULTS.get(name), name == "number"))
    if evaluation is None:
        return None
    text = evaluation.template.to_url().replace("${", "<").replace("}", ">")
    return f"Basic({text})" if evaluation.is_basic else text, sorted(evaluation.conditions)


@pytest.mark.parametrize(
    ("expression", "text", "conditions"),
    [
        ("$self.text", "<text>", []),
        ("$self['te xt']", "<te xt>", []),
        ("$self.number", "3", []),
        ("'a' + $self.text + \"b\"", "a<text>b", []),
        ("$self.yes ? 'a' : 'b'", "a", ["yes"]),
        ("$self.no ? 'a' : $self.yes ? 'b' : 'c'", "b", ["no", "yes"]),
        ("!$self.no && 'x'", "x", ["no"]),
        ("$self.empty || $self.text", "<text>", ["empty"]),
        ("$self.none ?? 'x'", "x", ["none"]),
        ("$self.empty ?? 'x'", "<empty>", []),
        ("$self.text === 'abc' ? 'same' : 'other'", "same", ["text"]),
        ("$self.text !== 'abc' ? 'other' : 'same'", "same", ["text"]),
        ("$self.number === 3 ? 'a' : 'b'", "a", []),
        ("($self.yes ? 'a' : 'b') + 'c'", "ac", ["yes"]),
        ("$self.text.trim().trim()", "<text>", []),
        ("$self.text.replace(/\\/+$/, '')", "<text>", []),
        ("$self.text.replace(new RegExp('/$'), '')", "<text>", []),
        ("$self.text.replace(new RegExp('/+$', 'g'), '')", "<text>", []),
        ("String($self.text).replace(/^https?:\\/\\//, '').replace(/[.]acme[.]example$/i, '')", "<text>", []),
        ("$self.text.endsWith('c') ? $self.text : 'x'", "<text>", ["text"]),
        ("$self.no ? btoa($self.text)[0].a : 'known'", "known", ["no"]),
        ("'a\\n\\'b'", "a\n'b", []),
        ("undefined", "", []),
        ("`a${$self.text}b${ 'c' }\\``", "a<text>bc`", []),
        ("``", "", []),
        ("$self.secret ? 'a' + $self.secret : 'b'", "a<secret>", []),
        ("$self.secret ? 'a' : $self.text", "a", ["secret"]),
        ("$self.secret || $self.text", "<secret>", ["secret"]),
        ("$self.secret === 'x' ? 'a' : 'b'", "b", ["secret"]),
        ("!$self.secret || 'a'", "a", []),
        ("btoa('a') ? 'b' : 'c'", "b", []),
        ("'Basic ' + btoa($self.text + ':' + $self.secret)", "Basic(<text>:<secret>)", []),
        ("`Basic ${Buffer.from($self.text, 'utf8').toString('base64')}`", "Basic(<text>)", []),
    ],
)
def test_an_expression_is_evaluated(expression: str, text: str, conditions: list[str]) -> None:
    assert result(expression) == (text, conditions)


@pytest.mark.parametrize(
    ("expression", "alternatives"),
    [
        ("$self.empty || 'a'", ["<empty>", "a"]),
        ("($self.empty || 'a') + '/b'", ["<empty>/b", "a/b"]),
        ("$self.empty ? $self.empty + '/b' : 'a'", ["<empty>/b", "a"]),
        ("$self.empty ? 'b' : 'a'", []),
        ("$self.text || 'a'", []),
        ("($self.empty || 'a') + ($self.none || 'b')", []),
        ("$self.empty || ($self.none || 'b')", ["<none>", "b"]),
        ("$self.empty || btoa('a')", []),
    ],
)
def test_a_value_that_the_owner_may_leave_empty_has_an_alternative(expression: str, alternatives: list[str]) -> None:
    evaluation = evaluate(f"={{{{{expression}}}}}", lambda name: (DEFAULTS.get(name), False))
    found = evaluation.alternatives if evaluation is not None else ()
    assert [each.template.to_url().replace("${", "<").replace("}", ">") for each in found] == alternatives


@pytest.mark.parametrize(
    "expression",
    [
        "btoa($self.text)", "$self.text.slice(1)", "$self.text[0]", "$self.text.length", "'a' +", "? :", "", "(", "a b",
        "$self.text.replace(/a/, 'b')", "$self.text.replace(/^a/, 'b')", "$self.text.replace(/a^b/, '')", "String()", "-1",
        "new Date()", "`${x}`", "`${{}}`", "`a", "(" * 9999, "!" * 9999,
        "'Basic ' + Buffer.from('a')", "'Basic ' + btoa(btoa('a'))", "'Basic ' + btoa('a') + 'b'", "'a'.toString('base64')",
        "'Basic ' + Buffer.from('a').toString('hex')", "'Basic ' + Buffer.concat('a').toString('base64')", "btoa()",
        "new RegExp('/$')", "$self.text.replace(new RegExp('a'), '')", "$self.text.replace(RegExp(), '')",
        "$self.no ? 'a' : $self.yes ? btoa('b') : 'c'", "'a' + [1]", "-" * 9999, "a." * 9999 + "a",
    ],
)  # fmt: skip
def test_an_expression_with_other_code_is_not_evaluated(expression: str) -> None:
    assert result(expression) is None


@given(st.lists(st.sampled_from(TOKENS), max_size=30).map("".join))
def test_any_expression_is_read(expression: str) -> None:
    outcome = result(expression)
    assert outcome is None or set(outcome[1]) <= set(DEFAULTS)


def test_text_without_an_expression_is_itself() -> None:
    evaluation = evaluate("{{ $self.text }}", lambda name: (name, False))
    assert evaluation is not None
    assert evaluation.template.parts == ("{{ $self.text }}",)


def test_expressions_without_an_end_are_text() -> None:
    # Work that grows with the square of the length would not end here.
    text = "{{ " * 200_000
    evaluation = evaluate(f"={{{{ 'a' }}}}{text}", lambda name: (name, False))
    assert evaluation is not None
    assert evaluation.template.parts == ("a", text)


def test_a_chain_of_types_may_be_long() -> None:
    """Resolve more types than Python can nest calls, the last one first."""
    types = [
        {"name": f"t{index}", "displayName": "T", "extends": [f"t{index + 1}"], "properties": []}
        for index in range(2999)
    ]
    types.append({"name": "t2999", "displayName": "T", "properties": [{"name": "a", "type": "string"}]})
    draft = read_source("credentials.json", json.dumps(types))
    assert draft.findings == ()
    schemes = [definition.node for definition in draft.select(Noun.SCHEME)]
    assert {get_text(scheme.find("kind")) for scheme in schemes} == {"none"}
    assert len([scheme for scheme in schemes if scheme.find("parameters") is not None]) == 3000


def test_each_type_in_a_circle_is_reported_once_and_the_others_are_used() -> None:
    types = [
        {"name": f"c{index}", "displayName": "C", "extends": [f"c{(index + 1) % 3}"], "properties": []}
        for index in range(3)
    ]
    types.append({"name": "other", "displayName": "O", "properties": []})
    draft = read_source("credentials.json", json.dumps(types))
    assert [finding.code for finding in draft.findings] == ["cyclic-extends"]
    assert [connector.id for connector in resolve_drafts(draft._replace(findings=())).catalogue.connectors] == ["other"]
