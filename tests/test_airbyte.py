"""Test the reader of Airbyte's documents: every property becomes a setting with every fact."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lossless
import pytest
from support import CASES, find_cases, resolve_drafts

from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Parameter, Secret
from authscribe.model.draft import Draft, Outcome
from authscribe.readers.foreign.airbyte.addresses import choose_value
from authscribe.readers.foreign.airbyte.templates import list_choices
from authscribe.readers.registry import detect_format, parse_document, read_source

DOCUMENTS = sorted(
    path
    for folder in find_cases("read/airbyte")
    for path in (folder / "in").rglob("*")
    if path.suffix in (".json", ".yaml")
)


def properties(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the properties that hold a value, by their path in the configuration."""
    for key, item in schema.get("properties", {}).items():
        ways = item.get("oneOf", ())
        if item.get("properties") or (ways and all("properties" in way for way in ways)):
            yield from properties(item, (*path, key))
        else:
            yield ".".join((*path, key)), item
    for way in schema.get("oneOf", ()):
        yield from properties(way, path)


def specification(document: dict[str, Any]) -> dict[str, Any]:
    spec = document.get("spec", document)
    found = spec.get("connection_specification", spec.get("connectionSpecification", {}))
    assert isinstance(found, dict)
    return found


def settings(catalogue: Catalogue, name: str) -> list[Secret | Parameter]:
    found = (s for scheme in catalogue.schemes for s in (*scheme.required, *scheme.injected, *scheme.parameters))
    return [setting for setting in found if setting.name == name]


def check_document(path: Path) -> None:
    draft, catalogue = lossless.read(path)
    document = lossless.raw(path)
    assert isinstance(document, dict)
    for name, schema in properties(specification(document)):
        check_property(schema, settings(catalogue, name))
    assert lossless.kept_as_it_stands(draft, document, catalogue) == []
    assert lossless.unsaid(draft, document, catalogue) == []
    shown = "\n".join(lossless.said(catalogue))
    withheld = [
        value for p, value in lossless.leaves(document) if lossless.carrier(draft, p).outcome is Outcome.WITHHELD
    ]
    assert not [value for value in withheld if value in shown]


def check_property(schema: dict[str, Any], found: list[Secret | Parameter]) -> None:
    assert found
    is_secret = "'airbyte_secret': 'true'" in str(schema).lower() or "'airbyte_secret': true" in str(schema).lower()
    assert all(isinstance(setting, Secret) for setting in found) or not is_secret
    for setting in found:
        if isinstance(setting, Parameter) or setting.secret.value == "no":
            assert not is_secret
    assert any((setting.title or "") == schema.get("title", "") for setting in found)
    assert any(setting.description == schema.get("description", "") for setting in found)
    assert any(setting.type.value in str(schema.get("type", setting.type.value)) for setting in found)
    assert any(setting.pattern == schema.get("pattern") for setting in found)
    members = [lossless.written(value) for value in schema.get("enum", ())]
    assert any(set(members) <= {lossless.written(choice.value) for choice in setting.enum} for setting in found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(CASES / "read/airbyte").as_posix())
def test_a_case_loses_nothing_silently(path: Path) -> None:
    check_document(path)


def test_the_corpus_loses_nothing_silently(corpus: Path) -> None:
    found = sorted((corpus / "catalogues" / "airbyte").glob("*.yaml"))
    assert len(found) == 3
    for path in found:
        check_document(path)
        node, _ = parse_document(str(path), path.read_text())
        assert detect_format(str(path), node) == "airbyte"


@pytest.mark.parametrize(
    ("value", "placement", "url"),
    [
        pytest.param("{{ config['a'] }}", "{a}", "${a}", id="a setting"),
        pytest.param('{{config["a"]["b c"]}}', "{a.b c}", "${a.b c}", id="a setting in an object"),
        pytest.param("{{ config.a.b }}", "{a.b}", "${a.b}", id="attributes"),
        pytest.param("Token token={{ config['a'] }}", "Token token={a}", "Token token=${a}", id="text around it"),
        pytest.param("{x} {{ config['a'] }}", "{{x}} {a}", "{x} ${a}", id="braces"),
        pytest.param("{{ parameters['p'] }}-{{ config['a'] }}", "P-{a}", "P-${a}", id="a parameter"),
        pytest.param("{{ config.get('a', {}).get(\"b\") }}", "{a.b}", "${a.b}", id="calls"),
        pytest.param("{{ config['a'].get('b', '') }}/c", "{a.b}/c", "${a.b}/c", id="an empty default"),
        pytest.param("{{ config['a'] + '/b' ~ config.c }}", "{a}/b{c}", "${a}/b${c}", id="text put together"),
        pytest.param("{{ 'x ' + parameters['p'] }}", "x P", "x P", id="only text put together"),
        pytest.param("plain", "plain", "plain", id="no reference"),
        pytest.param(r"{{ config['\x61'] }}", "{a}", "${a}", id="an escape"),
        pytest.param("x {{- config['a'] -}} y", "x{a}y", "x${a}y", id="white space that is trimmed"),
        pytest.param("{{ config['a'] }}\n", "{a}", "${a}", id="a newline at the end"),
        pytest.param("{{ 'x' 'y' ~ config['a'] }}", "xy{a}", "xy${a}", id="literals side by side"),
        pytest.param("{# once {{ b }} #}{{ config['a'] }}", "{a}", "${a}", id="a comment"),
        pytest.param("{{ config['a'] ~ ' #}' }}", "{a} #}}", "${a} #}", id="marks in a literal"),
    ],
)
def test_a_reference_is_read(value: str, placement: str, url: str) -> None:
    found, *others = list_choices(value, {"p": "P"})
    assert (found.is_all, others) == (True, [])
    assert (found.to_placement(), found.to_url()) == (placement, url)


@pytest.mark.parametrize(
    "value",
    [
        "{{ config['a'] | upper }}",
        "{{ config.get('a', 'b') }}",
        "{{ config.get(a) }}",
        "{{ config.get }}{{ config }}",
        "{{ config['a'] + 1 }}",
        "{{ config['a'] + }}",
        "{{ config['a'] 'b' }}",
        "{{ config['a'].upper() }}",
        r"{{ config['a'] + '\n' }}",
        "{{ '{{' + config['a'] }}",
        "{{ config['a'] or config['b'] }}",
        "{% if config['a'] %}b{% endif %}",
        "{{ parameters['unknown'] }}",
        "{{ record['a'] }}",
        "{{ {{client_id_key}} }}",
        "{{ config['a'",
        "{{ config['a'] }} {# b",
        "{{ config.items }}",
        "{{ config['a}}'] }}",
        "{{ config['{a'] }}",
        "{{ config['a'][1:] }}",
        "{{ config['a', 'b'] }}",
        "{{ config.get(*a) }}",
        "{{ config.get('a', *b) }}",
        "{{ config['a'] + 1 }}",
        "{{ config['a'] ~ 1.5 }}",
        "{{ config['a'] ~ true }}",
        "{{ config['a'] and config['b'] }}",
        "{{ config }}",
        "{{ '' }}{{ config[''] }}",
        r"{{ config['\ud800'] }}",
        r"{{ '\ud800' }}",
        r"{{ '\N{NO SUCH NAME}' }}",
        "{{ 1 + " + "9" * 3900 + " }}",
        "{{ 1e999 }}",
        "{{ '" + "a" * 4000 + "' ~ config['b'] }}",
        "{{ " + "not " * 900 + "config['a'] }}",
        "{% if a %}" * 300 + "{{ config['b'] }}" + "{% endif %}" * 300,
        "{{ " + "[" * 2000,
        "{{" * 2000,
    ],
)
def test_anything_but_references_is_not_understood(value: str) -> None:
    assert not any(choice.is_all for choice in list_choices(value, {}))


@pytest.mark.parametrize(
    ("value", "placements"),
    [
        pytest.param("{{ config['a'] or config['b'] }}", ["{a}", "{b}"], id="the first that is set"),
        pytest.param("{{ config.get('a', config['b']['c']) }}", ["{a}", "{b.c}"], id="a setting as the default"),
        pytest.param("{{ config.get('a', 'b') }}", ["{a}"], id="text as the default"),
        pytest.param(
            "x {{ config['a'] if config['b'] == 'c' else config['d'] }}", ["x {a}", "x {d}"], id="a condition"
        ),
        pytest.param(
            "{{ config['a'] if (b if c else d) else config['d'] or '' }}", ["{a}", "{d}"], id="a longer condition"
        ),
        pytest.param("{{ (config.get('a') or config).get('b') }}", ["{a.b}", "{b}"], id="objects"),
        pytest.param("{{ config['a'] ~ (config['b'] or 'c') }}", ["{a}{b}", "{a}c"], id="a part"),
        pytest.param("{{ config['a'] or json_loads(config['b']) }}", [], id="something else that is not understood"),
        pytest.param("{{ 'sandbox.' if config['a'] }}", [], id="text alone"),
        pytest.param("{{ " + "(" * 900 + "config['a']" + ")" * 900 + " }}", [], id="absurdly nested"),
        pytest.param("{{ config['a'] or config['b'] }}" * 9, [], id="absurdly many"),
        pytest.param("{{ " + "config['a'] or " * 250 + "'b' }}", [], id="absurdly long"),
        pytest.param("{{ config['a'] if (b else c) else config['d'] }}", [], id="a condition that is none"),
        pytest.param("{{ config['a'] | default(config['b']) }}", ["{a}", "{b}"], id="the filter for a default"),
        pytest.param("{{ config['a'] ~ (config['b'] if config['c']) }}", ["{a}{b}", "{a}"], id="no else"),
        pytest.param(
            "{% if config['c'] %}{{ config['a'] }}{% else %}x{{ config['b'] }}{% endif %}",
            ["{a}", "x{b}"],
            id="a statement with conditions",
        ),
    ],
)
def test_a_choice_gives_all_its_alternatives(value: str, placements: list[str]) -> None:
    found = list_choices(value, {})
    assert [template.to_placement() for template in found] == placements
    assert not any(template.is_all for template in found)


MANIFEST = """
type: DeclarativeSource
spec:
  connection_specification:
    type: object
    properties: {{api_key: {{type: string, airbyte_secret: true}}}}
streams:
- retriever: {{requester: {{authenticator: {authenticator}}}}}
"""


def read_with(authenticator: str) -> tuple[Draft, Catalogue]:
    """Read a manifest whose streams use the authenticator."""
    draft = read_source("a/manifest.yaml", MANIFEST.format(authenticator=authenticator), "airbyte")
    return draft, resolve_drafts(draft).catalogue


def withheld(draft: Draft) -> list[str]:
    return [key.pointer.rpartition("/")[2] for key in draft.key_outcomes if key.outcome is Outcome.WITHHELD]


def test_a_literal_secret_is_withheld_at_any_depth_of_a_request() -> None:
    deep = "{password: CANARY-1, note: kept-note, inner: {client_secret: CANARY-2, more: [{api_token: CANARY-3}], odd: [x, {password: CANARY-4}]}}"
    body = f"{{type: RequestBodyJsonObject, value: {{client_secret: CANARY-0, auth: {deep}}}}}"
    requester = f"{{type: HttpRequester, url: 'https://a.example', request_body: {body}}}"
    draft, catalogue = read_with(f"{{type: SessionTokenAuthenticator, login_requester: {requester}}}")
    shown = "\n".join(lossless.said(catalogue))
    assert "CANARY" not in shown
    assert "kept-note" in shown
    assert sorted(withheld(draft)) == ["api_token", "client_secret", "client_secret", "odd", "password"]


@pytest.mark.parametrize(
    ("value", "placed", "is_withheld"),
    [
        pytest.param("config.get('api_key', 'CANARY-1')", "{api_key}", True, id="a default"),
        pytest.param("config['api_key'] or 'CANARY-1'", "{api_key}", True, id="the second of two"),
        pytest.param("'CANARY-1' if config['x'] else config['api_key']", "{api_key}", True, id="the first of two"),
        pytest.param("config['api_key'] or parameters['x'] or 'CANARY-1'", None, True, id="beside a parameter"),
        pytest.param("'CANARY-1'", None, True, id="nothing else"),
        pytest.param("config['api_key'] | default('CANARY-1')", "{api_key}", True, id="the filter for a default"),
        pytest.param("config['api_key'] or CANARY-1)", None, True, id="what Jinja cannot parse"),
        pytest.param("config['api_key'] or 'x'", "{api_key}", False, id="a filler"),
        pytest.param("config['api_key'] if config['x'] == 'a-long-word'", "{api_key}", False, id="a condition"),
        pytest.param("'Bearer ' + config['api_key']", "Bearer {api_key}", False, id="text beside a setting"),
    ],
)
def test_a_literal_alternative_to_a_credential_is_withheld(value: str, placed: str | None, is_withheld: bool) -> None:
    option = "{type: RequestOption, inject_into: header, field_name: X-Key}"
    draft, catalogue = read_with(
        f'{{type: ApiKeyAuthenticator, api_token: "{{{{ {value} }}}}", inject_into: {option}}}'
    )
    assert "CANARY" not in "\n".join(lossless.said(catalogue))
    assert withheld(draft) == ["api_token"] * is_withheld
    assert [slot.value for scheme in catalogue.schemes for slot in scheme.placements] == [placed] * (placed is not None)


@pytest.mark.parametrize(
    "authenticator",
    [
        pytest.param("api_token: \"{% set k = 'CANARY-1' %}{{ k }}\"", id="a name"),
        pytest.param("api_token: \"{{ {'a': 'CANARY-1'}[config['x']] }}\"", id="a table"),
        pytest.param(
            "api_token: \"{% if config['x'] %}{{ config['x'] }}{% else %}CANARY-1{% endif %}\"", id="a statement"
        ),
        pytest.param("api_token: \"Basic {{ ('user:' ~ 'CANARY-1') | base64encode }}\"", id="a password"),
        pytest.param("api_token: \"Basic {{ (config['x'] or 'CANARY-1') | base64encode }}\"", id="a user name"),
        pytest.param("api_token: \"Basic {{ (config['x'] ~ ':CANARY-1') | base64encode }}\"", id="a part of a pair"),
        pytest.param(
            "api_token: \"Basic {{ (config['x'] ~ ':' ~ (config['y'] or 'CANARY-1')) | base64encode }}\"",
            id="a password in place of another",
        ),
    ],
)
def test_a_literal_secret_in_a_longer_expression_is_withheld(authenticator: str) -> None:
    option = "inject_into: {type: RequestOption, inject_into: header, field_name: Authorization}"
    draft, catalogue = read_with(f"{{type: ApiKeyAuthenticator, {authenticator}, {option}}}")
    assert "CANARY" not in "\n".join(lossless.said(catalogue))
    assert withheld(draft) == ["api_token"]


def test_a_literal_secret_in_an_object_of_a_body_is_withheld() -> None:
    body = "request_body_json: {login: {password: \"{{ config['api_key'] or 'CANARY-1' }}\"}}"
    draft, catalogue = read_with(f"{{type: NoAuth}}, {body}")
    assert "CANARY" not in "\n".join(lossless.said(catalogue))
    assert withheld(draft) == ["password"]


@pytest.mark.parametrize(
    "sent",
    [
        "request_headers: {X-Api-Key: CANARY-1, Accept: kept-note}",
        "request_headers: {Cookie: session=CANARY-1, Accept: kept-note}",
        "request_headers: {X-Auth-Token: \"{{ config['x'] or 'CANARY-1' }}\", Accept: kept-note}",
        "request_parameters: {key: CANARY-1, format: kept-note}",
        "request_body_json: {login: {api_key: CANARY-1, format: kept-note}}",
        "request_options_provider: {request_headers: {X-Api-Key: CANARY-1, Accept: kept-note}}",
    ],
)
@pytest.mark.parametrize("place", ["request", "login"])
def test_a_literal_credential_that_requests_send_is_withheld(sent: str, place: str) -> None:
    login = f"{{type: SessionTokenAuthenticator, login_requester: {{type: HttpRequester, {sent}}}}}"
    draft, catalogue = read_with(f"{{type: NoAuth}}, {sent}" if place == "request" else login)
    assert "CANARY" not in "\n".join(lossless.said(catalogue))
    assert "kept-note" in "\n".join(lossless.said(catalogue))
    assert len(withheld(draft)) == 1


def test_a_literal_credential_in_a_signed_assertion_is_withheld() -> None:
    claims = "additional_jwt_headers: {token: CANARY-1}, additional_jwt_payload: {api_key: CANARY-2, aud: kept-note}"
    draft, catalogue = read_with(f"{{type: JwtAuthenticator, algorithm: HS256, {claims}}}")
    assert "CANARY" not in "\n".join(lossless.said(catalogue))
    assert "kept-note" in "\n".join(lossless.said(catalogue))
    assert withheld(draft) == ["token", "api_key"]


def test_a_component_among_query_parameters_is_kept() -> None:
    merging = "{type: GroupByKeyMergeStrategy, key: identifier}"
    properties = f"{{type: QueryProperties, property_chunking: {{record_merge_strategy: {merging}}}}}"
    draft, catalogue = read_with(f"{{type: NoAuth}}, request_parameters: {{fields: {properties}}}")
    assert "identifier" in "\n".join(lossless.said(catalogue))
    assert withheld(draft) == []
    assert catalogue.schemes[0].placements == ()


def test_literal_tokens_are_withheld() -> None:
    draft, catalogue = read_with("{type: RateLimitedMultipleTokenAuthenticator, tokens: [CANARY-1, CANARY-2]}")
    assert "CANARY" not in "\n".join(lossless.said(catalogue))
    assert withheld(draft) == ["tokens"]


def test_names_that_refer_to_each_other_are_not_followed() -> None:
    """Each name is twice the one before: the last one would be longer than any memory."""
    names = "".join(f"{{% set n{i} = n{i - 1} ~ n{i - 1} %}}" for i in range(1, 99))
    value = f"{{% set n0 = config['a'] %}}{names}{{{{ n98 }}}}"
    assert list_choices(value, {}) == ()
    assert choose_value(value, {}, {}) is None


def test_jinja_is_loaded_for_a_document_of_airbyte_alone() -> None:
    code = "import sys; from authscribe.readers.foreign import airbyte; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_empty_authenticator_is_accounted_for_once() -> None:
    selection = "{type: null, authenticator_selection_path: [how], authenticators: {key: {type: NoAuth}, again: {}}}"
    draft = read_source("a/manifest.yaml", MANIFEST.format(authenticator=selection), "airbyte")
    pointer = next(key.pointer for key in draft.key_outcomes if key.pointer.endswith("/again"))
    covering = [key.pointer for key in draft.key_outcomes if f"{pointer}/".startswith(f"{key.pointer}/")]
    assert covering == [pointer]


@pytest.mark.parametrize(
    "authenticator",
    [
        "{type: JwtAuthenticator, secret_key: \"{{ config['api_key'] }}\", algorithm: HS256, header_prefix: 'a{b}'}",
        "{type: RateLimitedMultipleTokenAuthenticator, tokens: [\"{{ config['api_key'] }}\"], auth_method: 'a{b}'}",
    ],
    ids=["signed", "several"],
)
def test_braces_before_a_token_are_text(authenticator: str) -> None:
    _, catalogue = read_with(authenticator)
    (placement,) = catalogue.schemes[0].placements
    assert placement.value.startswith("a{{b}} {")
