"""Test the reader of Nango's catalogue: nothing is lost, aliases merge as in Nango, templates become placements."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lossless import scalars
from masks import check_masks
from pydantic import BaseModel
from support import resolve_drafts, run

from authscribe.findings.finding import Place, Severity
from authscribe.model import naming
from authscribe.model.definitions import Connector, Kind, Scheme
from authscribe.model.draft import Draft, MapNode, Noun, Outcome, get_text, to_node, to_plain
from authscribe.model.nango import MODES
from authscribe.readers.foreign import nango
from authscribe.readers.foreign.nango.aliases import MergedProvider, merge_aliases
from authscribe.readers.foreign.nango.templates import (
    NangoExpression,
    find_innermost,
    join_parts,
    parse_basic,
    parse_parts,
    split_alternatives,
)
from authscribe.readers.registry import parse_document, read_source
from authscribe.resolve.resolver import Resolution
from authscribe.targets.docs import build_connector_page
from authscribe.targets.python import build_connector_module

SAMPLE = "catalogues/nango-providers-sample.yaml"
GROUPS = {
    "credentials": "credentials",
    "connection_config": "connectionConfig",
    "integration_config": "integrationConfig",
}
# What a fact is called in the models, where that is another word than the vendor's.
WORDS = {
    "basic": "client_secret_basic",
    "header": "client_secret_basic",
    "body": "client_secret_post",
    "${clientId}": "client_id",
    "${clientSecret}": "client_secret",
}


def drawn(path: str, source: str) -> Draft:
    draft = read_source(path, source, "nango")
    assert not [finding for finding in draft.findings if finding.severity is Severity.ERROR]
    return draft


def resolved(draft: Draft) -> Resolution:
    return resolve_drafts(draft)


def of(source: str, identifier: str) -> tuple[Scheme, Connector]:
    """Return the scheme and the connector of one provider."""
    catalogue = resolved(drawn("p.yaml", source)).catalogue
    return catalogue.get_scheme(identifier), next(found for found in catalogue.connectors if found.id == identifier)


def dumped(model: BaseModel | None) -> dict[str, object]:
    """Return the facts that a model states, as plain values."""
    assert model is not None
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True)


def slots(scheme: Scheme) -> list[tuple[str, str, str]]:
    return [(slot.location.value, slot.name, slot.value) for slot in scheme.placements]


@pytest.fixture(scope="module")
def sample(corpus: Path) -> str:
    return (corpus / SAMPLE).read_text()


@pytest.fixture(scope="module")
def document(sample: str) -> dict[str, dict[str, object]]:
    """Return the raw document by another parser, with every scalar as its text."""
    loaded: dict[str, dict[str, object]] = yaml.load(sample, Loader=yaml.CBaseLoader)
    return loaded


@pytest.fixture(scope="module")
def resolution(sample: str) -> Resolution:
    return resolved(drawn(SAMPLE, sample))


def shallow(document: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Merge aliases as Nango does, in the order of the file."""
    merged: dict[str, dict[str, object]] = {key: dict(value) for key, value in document.items()}
    for key, entry in merged.items():
        if "alias" in entry:
            own = {name: value for name, value in entry.items() if name != "alias"}
            merged[key] = {**merged[str(entry["alias"])], **own}
    return merged


def leaves(value: object) -> Iterator[str]:
    return (said(scalar) for _, scalar in scalars(value))


def said(value: object) -> str:
    """Return a scalar as text, the same for every spelling of it."""
    return json.dumps(value).strip('"') if not isinstance(value, str) else value


def flattened(template: str) -> str:
    """Return a template without the marks of its language, which the models write in another way."""
    bare = re.sub(r"(connectionConfig|connection_config|credentials|integrationConfig)\.", "", template)
    return re.sub(r"[${}\s]", "", bare)


def joined(provider: dict[str, Any]) -> dict[str, Any]:
    """Return a provider with the address at which it verifies credentials in place of the path below another one."""
    proxy = provider.get("proxy", {})
    verification = dict(proxy.get("verification", {}))
    if len(verification.get("endpoints", ())) != 1:
        return provider
    bases = str(verification.pop("base_url_override", proxy["base_url"])).split(" || ")
    path = verification["endpoints"][0].lstrip("/")
    verification["endpoints"] = [" || ".join(f"{base.rstrip('/')}/{path}" for base in bases)]
    return {**provider, "proxy": {**proxy, "verification": verification}}


def keys(value: object) -> int:
    if isinstance(value, dict):
        return sum(1 + keys(item) for item in value.values())
    return sum(map(keys, value)) if isinstance(value, list) else 0


def test_each_provider_is_a_connector_with_its_scheme(
    document: dict[str, dict[str, object]], resolution: Resolution
) -> None:
    assert [connector.id for connector in resolution.catalogue.connectors] == sorted(map(naming.make_id, document))
    assert {finding.severity for finding in resolution.findings} <= {Severity.WARNING, Severity.INFO}
    by_id = {naming.make_id(name): provider for name, provider in shallow(document).items()}
    for connector in resolution.catalogue.connectors:
        provider = by_id[connector.id]
        assert connector.title == provider["display_name"]
        assert connector.docs == provider["docs"]
        assert connector.scheme == connector.id
        assert resolution.catalogue.get_scheme(connector.id).selector == {"auth_mode": provider["auth_mode"]}


def test_each_value_of_the_document_is_in_the_models(
    document: dict[str, dict[str, object]], resolution: Resolution
) -> None:
    """Walk the document independently, without the record of the reader."""
    by_id = {naming.make_id(name): provider for name, provider in shallow(document).items()}
    for connector in resolution.catalogue.connectors:
        scheme = resolution.catalogue.get_scheme(connector.id)
        models = [model.model_dump(mode="json") for model in (scheme, connector)]
        held = {flattened(value) for value in leaves(models)}
        for value in leaves(joined(by_id[connector.id])):
            wanted = [side.strip() for side in value.split(" || ")] if value not in held else [value]
            basic = re.fullmatch(r"Basic \$\{base64\(\$\{([^}]*)\}:\$\{([^}]*)\}\)\}", value)
            wanted = list(basic.groups()) if basic else wanted
            for part in wanted:
                spelt = WORDS.get(part, part)
                assert {flattened(part), flattened(spelt), flattened(value)} & held or part in ("true", "false"), (
                    connector.id,
                    part,
                )


def test_each_field_is_a_setting_of_its_own(document: dict[str, dict[str, object]], resolution: Resolution) -> None:
    by_id = {naming.make_id(name): provider for name, provider in shallow(document).items()}
    for scheme in resolution.catalogue.schemes:
        provider = by_id[scheme.id]
        settings = {s.name: s for s in (*scheme.required, *scheme.parameters, *scheme.injected) if s.group}
        fields = [(group, key) for group in GROUPS for key in inner(provider.get(group))]
        for group, key in fields:
            is_twice = sum(key == other for _, other in fields) > 1 or f"{GROUPS[group]}.{key}" in settings
            setting = settings[f"{GROUPS[group]}.{key}" if is_twice else key]
            assert setting.group == group
            assert not is_twice or setting.extras["field"] == key


def inner(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def test_each_key_is_accounted_for_once(document: dict[str, dict[str, object]], sample: str) -> None:
    key_outcomes = drawn(SAMPLE, sample).key_outcomes
    assert not [key for key in key_outcomes if key.outcome is Outcome.LOST]
    pointers = [key.pointer for key in key_outcomes]
    assert len(set(pointers)) == len(pointers)
    inside = {pointer for key in pointers for pointer in above(key)}
    assert sum(key.keys for key in key_outcomes) + len(inside) == keys(document)


def above(pointer: str) -> Iterator[str]:
    steps = pointer.split("/")
    return ("/".join(steps[:length]) for length in range(2, len(steps)))


def test_it_is_read_without_much_noise(sample: str, tmp_path: Path) -> None:
    (tmp_path / "providers.yaml").write_text(sample)
    outcome = run("generate", "--source", "providers.yaml", "--out-dir", "out", "--target", "sesam", cwd=tmp_path)
    lines = [line for line in (outcome.stdout + outcome.stderr).splitlines() if line and not line.startswith("wrote ")]
    *findings, summary = lines
    assert outcome.code == 0
    assert "produced" in summary
    assert 1 <= len(findings) <= 15


def test_everything_generated_from_it_works(corpus: Path, tmp_path: Path, check_types: Callable[[Path], None]) -> None:
    """Take one provider for each mode, since each module costs the formatter its time."""
    chosen = chosen_by_mode((corpus / SAMPLE).read_text())
    (tmp_path / "p.yaml").write_text(chosen)
    outcome = run("generate", "--source", "p.yaml", "--out-dir", "out", "--exit-zero", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    check_types(tmp_path / "out" / "python")
    check_masks(tmp_path / "out" / "python")
    for path in (tmp_path / "out").rglob("*.json"):
        json.loads(path.read_text())


def chosen_by_mode(sample: str) -> str:
    """Return the first provider of each mode and the first aliases, with the providers that these need."""
    document = yaml.safe_load(sample)
    blocks = dict(re.findall(r"^([a-z0-9][a-z0-9-]*):\n((?:[ \t].*\n|\n)+)", sample, re.MULTILINE))
    wanted = {provider.get("auth_mode", "alias"): name for name, provider in reversed(document.items())}
    names = list(wanted.values())
    for name in names:
        target = document[name].get("alias")
        if target is not None and target not in names:
            names.append(target)
    return "".join(f"{name}:\n{blocks[name]}" for name in document if name in names)


# Modes


def test_each_mode_has_a_kind_that_exists() -> None:
    assert {mode.kind for mode in MODES.values()} <= {kind.value for kind in Kind}


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_resolves_by_itself(mode: str) -> None:
    scheme, _ = of(f"p: {{display_name: P, auth_mode: {mode}}}", "p")
    assert scheme.kind.value == MODES[mode].kind
    assert scheme.selector == {"auth_mode": mode}


# Aliases

NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
VALUES = st.one_of(st.text("xyz", max_size=2), st.dictionaries(st.sampled_from("pq"), st.text("xyz", max_size=2)))
PROVIDERS = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {"auth_mode": st.just("NONE")}, optional={"alias": NAMES, "proxy": VALUES, "docs": VALUES, "m": VALUES}
    ),
)


@given(PROVIDERS)
def test_an_alias_is_the_shallow_merge(providers: dict[str, dict[str, object]]) -> None:
    """Compare with an independent merge that goes up the chain one step at a time."""
    nodes = {name: mapping(provider) for name, provider in providers.items()}
    for name, found in merge_aliases(nodes).items():
        chain = lineage(name, providers)
        if chain is None:
            assert not isinstance(found, MergedProvider)
            continue
        expected: dict[str, object] = {}
        for step in reversed(chain):
            expected = {**expected, **providers[step]}
        assert isinstance(found, MergedProvider)
        assert to_plain(found.node) == expected
        assert found.own_keys == set(providers[name])


def lineage(name: str, providers: Mapping[str, Mapping[str, object]]) -> list[str] | None:
    """Return a provider and those above it; None where one is missing or comes again."""
    chain = [name]
    while "alias" in providers[chain[-1]]:
        following = str(providers[chain[-1]]["alias"])
        if following not in providers or following in chain:
            return None
        chain.append(following)
    return chain


def mapping(value: object) -> MapNode:
    node = to_node(value, Place("p", 1, 1, 1, 2))
    assert isinstance(node, MapNode)
    return node


def test_aliases_equal_the_vendors_merge_of_the_sample(sample: str) -> None:
    document = yaml.safe_load(sample)
    node, _ = parse_document("p.yaml", sample)
    assert isinstance(node, MapNode)
    merged = merge_aliases({entry.key: entry.node for entry in node.entries if isinstance(entry.node, MapNode)})
    for name, expected in shallow(document).items():
        found = merged[name]
        assert isinstance(found, MergedProvider)
        assert {key: value for key, value in plain_map(found.node).items() if key != "alias"} == expected


def plain_map(node: MapNode) -> dict[str, object]:
    return {entry.key: to_plain(entry.node) for entry in node.entries}


def test_a_fact_of_the_other_has_its_place_there() -> None:
    source = "a:\n  auth_mode: API_KEY\n  display_name: A\nb:\n  alias: a\n  display_name: B\n"
    scheme = next(d.node for d in drawn("p.yaml", source).select(Noun.SCHEME) if get_text(d.node.find("id")) == "b")
    kind, title = scheme.find("kind"), scheme.find("title")
    assert kind is not None and title is not None
    assert (kind.place.line, title.place.line) == (2, 6)


def test_a_proxy_of_the_aliass_own_leaves_nothing_of_the_others() -> None:
    source = (
        "a: {display_name: A, auth_mode: API_KEY, proxy: {base_url: 'https://a.example', headers: {k: '${apiKey}'}}}\n"
        "b: {display_name: B, alias: a, proxy: {base_url: 'https://b.example'}}\n"
    )
    scheme, _ = of(source, "b")
    assert dumped(scheme.endpoints) == {"base": {"url": "https://b.example"}}
    assert scheme.placements == ()


def test_a_long_chain_of_aliases_is_followed() -> None:
    length = 20_000
    providers = {"p0": mapping({"auth_mode": "NONE"})}
    providers |= {f"p{index}": mapping({"alias": f"p{index + 1}"}) for index in range(1, length)}
    providers[f"p{length}"] = mapping({"alias": "p0"})
    assert all(isinstance(found, MergedProvider) for found in merge_aliases(providers).values())


# Templates

TEMPLATES = st.text(st.sampled_from("${}|a(:) \n\"'"), max_size=30)


@given(TEMPLATES)
def test_the_parts_of_a_template_are_the_template(template: str) -> None:
    parts = parse_parts(template)
    assert join_parts(parts) == template
    assert all(part for part in parts if isinstance(part, str))


@given(st.lists(st.one_of(st.text("ab :|", min_size=1, max_size=3), st.just("${x}"), st.just("${f(${y}, {z})}"))))
def test_an_expression_ends_where_its_brace_closes(pieces: list[str]) -> None:
    expected = [piece[2:-1] for piece in pieces if piece.startswith("$")]
    found = [part.text for part in parse_parts("".join(pieces)) if isinstance(part, NangoExpression)]
    assert found == expected


@given(st.recursive(st.just("${x}"), lambda inner: st.builds(lambda a, b: f"${{f({a}, {b})}}", inner, inner)))
def test_calls_nest_as_deep_as_they_like(template: str) -> None:
    assert parse_parts(template) == (NangoExpression(template[2:-1]),)
    assert set(find_innermost(template)) == {"x"}


def test_a_signature_over_several_lines_is_one_expression() -> None:
    call = 'ed25519Sign("@method": ${method}\n"@path": ${path}, ${credentials.password})'
    assert parse_parts(f"sig=:${{{call}}}:") == ("sig=:", NangoExpression(call), ":")
    assert find_innermost(f"${{{call}}}") == ("method", "path", "credentials.password")


def test_deep_and_open_braces_cost_little() -> None:
    for template in ("${" * 100_000, "${f(" * 50_000 + ")}" * 50_000, "{" * 100_000, "}" * 100_000):
        assert join_parts(parse_parts(template)) == template


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Basic ${base64(${username}:${password})}", ("${username}", "${password}")),
        ("Basic ${base64(${apiKey}:)}", ("${apiKey}", "")),
        ("Basic ${base64(:${apiKey})}", ("", "${apiKey}")),
        ("Basic ${base64(api:${apiKey}:x)}", ("api", "${apiKey}:x")),
        ("Basic ${base64(${a:b}:${c})}", ("${a:b}", "${c}")),
        ("Basic ${base64(${apiKey})}", None),
        ("Basic ${base64(${a}:${b})} ", None),
        ("basic ${base64(${a}:${b})}", None),
        ("Basic ${base64(a):base64(b)}", None),
        ("Basic ${sha(${a}:${b})}", None),
    ],
)
def test_only_the_idiom_of_basic_authentication_is_taken_for_it(
    template: str, expected: tuple[str, str] | None
) -> None:
    assert parse_basic(template) == expected


def test_alternatives_are_parted_outside_of_expressions() -> None:
    assert split_alternatives("https://${a} || ${f(b || c)}") == ("https://${a}", "${f(b || c)}")


# What stands in a provider


def test_longer_expressions_are_kept_unchanged() -> None:
    signature = 'x ${ed25519Sign("@method": ${method}, ${credentials.password})}'
    source = (
        "p:\n  auth_mode: BASIC\n  proxy:\n    headers:\n"
        f"      signature: {json.dumps(signature)}\n      x-user: '{{${{credentials.username}}}}'\n"
    )
    scheme, _ = of(source, "p")
    assert scheme.extras == {"proxy": {"headers": {"signature": signature}}}
    assert slots(scheme)[-1] == ("header", "x-user", "{{{username}}}")


def test_a_signature_in_the_authorization_header_is_no_basic_authentication() -> None:
    """The platform does not put its own placements for the kind there either."""
    header = "Basic ${base64(${credentials.username}:${hmacSha1Hex(${method}, ${credentials.password})})}"
    source = f"p:\n  auth_mode: BASIC\n  proxy:\n    headers:\n      authorization: {json.dumps(header)}\n"
    resolution = resolved(drawn("p.yaml", source))
    assert resolution.catalogue.get_scheme("p").placements == ()
    assert [f.code for f in resolution.findings if f.severity is Severity.INFO] == ["no-placement"]


def test_addresses_have_fallbacks_and_fixed_parameters() -> None:
    source = (
        "p:\n  auth_mode: OAUTH2\n"
        "  authorization_url: https://${connectionConfig.host}/a || https://p.example/a\n"
        "  authorization_params: {access_type: offline, user: '${connectionConfig.host}', force: true}\n"
        "  token_url: {OAUTH2: https://p.example/t, APP: https://p.example/app}\n"
        "  refresh_url: https://p.example/${now}\n"
        "  registration_url: https://p.example/register\n"
        "  connection_config: {host: {type: string}}\n"
    )
    scheme, _ = of(source, "p")
    assert dumped(scheme.endpoints) == {
        "authorize": {
            "url": "https://${host}/a",
            "fallback": "https://p.example/a",
            "query": {"access_type": "offline", "user": "${host}", "force": "true"},
        },
        "token": {"url": "https://p.example/t"},
        "registration": {"url": "https://p.example/register"},
    }
    assert scheme.extras == {
        "token_url": {"APP": "https://p.example/app"},
        "refresh_url": "https://p.example/${now}",
    }


def test_a_login_is_a_request_with_its_answer() -> None:
    source = (
        "p:\n  auth_mode: TWO_STEP\n  token_url: https://p.example/login\n  token_request_method: GET\n"
        "  token_params: {user: '${credentials.user}', nested: [{id: '{{$guid}}', n: 1}]}\n"
        "  token_headers: {x-time: '${now}'}\n"
        "  token_response: {token: '', token_expiration: ttl, token_expiration_strategy: expireIn}\n"
        "  credentials: {user: {type: string}}\n"
    )
    scheme, _ = of(source, "p")
    assert dumped(scheme.token_request) == {
        "method": "GET",
        "body_format": "json",
        "body": {"user": "${user}", "nested": [{"id": "{{$guid}}", "n": 1}]},
        "token_path": "",
        "expires_in_path": "ttl",
    }
    assert scheme.extras == {
        "token_headers": {"x-time": "${now}"},
        "token_response": {"token_expiration_strategy": "expireIn"},
    }


def test_a_day_on_which_a_token_ends_is_no_duration() -> None:
    source = "p: {auth_mode: TWO_STEP, token_response: {token: t, token_expiration: at, token_expiration_strategy: expireAt}}"
    scheme, _ = of(source, "p")
    assert dumped(scheme.token_request) == {"body_format": "json", "token_path": "t", "expires_at_path": "at"}
    assert scheme.extras == {"token_response": {"token_expiration_strategy": "expireAt"}}


def test_fields_of_one_name_in_two_groups_stay_two() -> None:
    source = (
        "p:\n  auth_mode: API_KEY\n"
        "  credentials: {apiKey: {type: string, title: the key}}\n"
        "  connection_config: {apiKey: {type: string, title: its name}, region: {type: string}}\n"
        "  proxy: {headers: {key: '${credentials.apiKey}', name: '${connectionConfig.apiKey}', short: '${apiKey}'}}\n"
    )
    scheme, _ = of(source, "p")
    assert slots(scheme) == [
        ("header", "key", "{credentials.apiKey}"),
        ("header", "name", "{connectionConfig.apiKey}"),
        ("header", "short", "{credentials.apiKey}"),
    ]
    (required,), (first, second) = scheme.required, scheme.parameters
    assert (required.title, first.title, second.name) == ("the key", "its name", "region")
    assert first.extras == {"field": "apiKey"}


def test_the_options_of_an_assertion_are_asked_for() -> None:
    source = (
        "p:\n  auth_mode: TWO_STEP\n  credentials: {assertion: {automated: true}}\n"
        "  assertion_option: {privateKey: {}, user: {secret: false, example: u}, phrase: {}}\n"
        "  assertion: {key: '${assertionOption.privateKey}', issuer: '${assertionOption.issuer}'}\n"
    )
    scheme, _ = of(source, "p")
    assert {secret.name: secret.secret.value for secret in scheme.required} == {
        "privateKey": "yes", "user": "no", "phrase": "unknown", "issuer": "unknown",
    }  # fmt: skip
    assert [secret.name for secret in scheme.injected] == ["assertion", "accessToken"]


def test_what_a_provider_puts_into_the_body_is_placed_there() -> None:
    source = (
        "p:\n  auth_mode: API_KEY\n  proxy:\n    body:\n      auth: {key: '${apiKey}', sum: '${md5(${apiKey})}'}\n"
        "      auth.key: ${apiKey}\n      limit: 5\n"
    )
    scheme, connector = of(source, "p")
    assert slots(scheme) == [("body", "auth.key", "{apiKey}")]
    kept = {"auth": {"sum": "${md5(${apiKey})}"}, "auth.key": "${apiKey}", "limit": 5}
    assert scheme.extras == {"proxy": {"body": kept}}
    assert connector.extras == {}


def test_literals_in_the_body_are_kept_and_secret_ones_withheld() -> None:
    body = {
        "grant_type": "client_credentials",
        "token_type": "none",
        "monkey": "kept",
        "password": "CANARY-1",
        "auth": {"clientSecret": "CANARY-2", "api_key": 12345678, "id": "${apiKey}", "token": ["CANARY-3"]},
        "credentials": {"name": "CANARY-4", "is_long": True},
        "apiKey": "${apiKey}",
        "sent_token": ["${apiKey}"],
        "secret": "",
    }
    source = yaml.safe_dump({"p": {"auth_mode": "API_KEY", "proxy": {"body": body}}}, sort_keys=False)
    scheme, connector = of(source, "p")
    assert slots(scheme) == [("body", "auth.id", "{apiKey}"), ("body", "apiKey", "{apiKey}")]
    kept: dict[str, object] = {"grant_type": "client_credentials", "token_type": "none", "monkey": "kept"}
    kept |= {"credentials": {"is_long": True}, "sent_token": ["${apiKey}"], "secret": ""}
    assert scheme.extras == {"proxy": {"body": kept}}
    assert connector.extras == {}
    withheld = [key.pointer for key in drawn("p.yaml", source).key_outcomes if key.outcome is Outcome.WITHHELD]
    names = ["password", "auth/clientSecret", "auth/api_key", "auth/token", "credentials/name"]
    assert withheld == [f"/p/proxy/body/{name}" for name in names]


def test_parameters_of_the_authorization_url_have_the_names_that_replace_theirs() -> None:
    source = (
        "p:\n  auth_mode: OAUTH2\n  authorization_url: https://p.example/a\n"
        "  authorization_params: {response_type: code, scope: all, force: yes, user: me, kept: a}\n"
        "  authorization_url_replacements: {response_type=: responseType=, scope: '', user: user_user, client_id: app}\n"
    )
    scheme, _ = of(source, "p")
    query = {"responseType": "code", "force": "yes", "kept": "a"}
    assert dumped(scheme.endpoints) == {"authorize": {"url": "https://p.example/a", "query": query}}
    assert scheme.extras["authorization_params"] == {"scope": "all", "user": "me"}
    assert list(scheme.extras["authorization_url_replacements"]) == ["response_type=", "scope", "user", "client_id"]


def test_literal_credentials_in_what_is_kept_are_withheld() -> None:
    verification = {
        "method": "POST",
        "base_url_override": "https://keeper:CANARY-1@p.example",
        "endpoints": ["/me", "/me?api_key=CANARY-2"],
        "headers": {"x-api-key": "CANARY-3", "x-token": "${apiKey}", "accept": "text/csv"},
        "data": {
            "login": {"password": "CANARY-4", "name": "kept"},
            "all": [{"user": "${apiKey}", "password": "CANARY-6"}],
        },
    }
    facts = {"proxy": {"base_url": "https://p.example", "verification": verification}}
    facts["registration_params"] = {"client_secret": "CANARY-5", "response_types": ["code"]}
    source = yaml.safe_dump({"p": {"auth_mode": "API_KEY", **facts}}, sort_keys=False)
    scheme, connector = of(source, "p")
    headers = {"x-token": "${apiKey}", "accept": "text/csv"}
    kept = {"method": "POST", "headers": headers, "data": {"login": {"name": "kept"}}}
    # Nothing is known about a request whose address is withheld.
    assert connector.extras == {"proxy": {"verification": kept}}
    assert scheme.extras == {"registration_params": {"response_types": ["code"]}}


def test_an_empty_mapping_in_the_body_is_kept() -> None:
    source = "p: {auth_mode: API_KEY, proxy: {body: {empty: {}, a: {empty: {}, key: '${apiKey}'}}}}"
    scheme, _ = of(source, "p")
    assert slots(scheme) == [("body", "a.key", "{apiKey}")]
    assert scheme.extras == {"proxy": {"body": {"empty": {}, "a": {"empty": {}}}}}
    outcomes = {key.pointer: key.outcome for key in drawn("p.yaml", source).key_outcomes}
    assert outcomes["/p/proxy/body/empty"] is outcomes["/p/proxy/body/a/empty"] is Outcome.KEPT


def test_what_a_mode_sends_by_itself_goes_by_the_names_of_the_provider() -> None:
    scheme, _ = of("p: {auth_mode: BASIC, credentials: {username: {}}, connection_config: {username: {}}}", "p")
    assert slots(scheme) == [
        ("basic_username", "", "{credentials.username}"),
        ("basic_password", "", "{password}"),
    ]


def test_a_provider_may_say_how_the_token_of_its_login_is_sent() -> None:
    source = "p: {auth_mode: TWO_STEP, proxy_header_authorization: 'Session ${accessToken}', token_expires_in_ms: 5}"
    scheme, connector = of(source, "p")
    assert slots(scheme) == [("header", "Authorization", "Session {accessToken}")]
    assert [secret.lifetime.value for secret in scheme.injected] == ["expires"]
    assert (scheme.extras, connector.extras) == ({"token_expires_in_ms": 5}, {})


def test_a_token_with_a_lifetime_of_0_does_not_expire() -> None:
    scheme, _ = of("p: {auth_mode: TWO_STEP, token_expires_in_ms: 0}", "p")
    assert [secret.lifetime.value for secret in scheme.injected] == ["unknown"]


def test_a_header_of_the_provider_counts_before_what_it_says_of_its_login() -> None:
    source = (
        "p: {auth_mode: TWO_STEP, proxy_header_authorization: a, proxy: {headers: {AUTHORIZATION: '${accessToken}'}}}"
    )
    scheme, connector = of(source, "p")
    assert slots(scheme) == [("header", "AUTHORIZATION", "{accessToken}")]
    assert connector.extras == {"proxy_header_authorization": "a"}


def test_secrecy_is_what_the_provider_or_the_vendor_says() -> None:
    source = (
        "p:\n  auth_mode: BASIC\n  credentials: {username: {}, password: {}, key: {}, seed: {secret: 'true'}, id: {secret: false}}\n"
        "  connection_config: {host: {}, pin: {secret: true}, region: {secret: false}}\n"
    )
    scheme, _ = of(source, "p")
    assert {secret.name: secret.secret.value for secret in scheme.required} == {
        "username": "no", "password": "yes", "key": "unknown", "seed": "yes", "id": "no", "pin": "yes",
    }  # fmt: skip
    assert [parameter.name for parameter in scheme.parameters] == ["host", "region"]


def test_what_the_vendor_fills_is_declared_by_its_lists() -> None:
    source = (
        "p:\n  auth_mode: OAUTH2\n  token_response_metadata: [instance.url, other]\n"
        "  proxy: {base_url: '${connectionConfig.instance.url}', headers: {a: '${connectionConfig.gone}'}}\n"
    )
    draft = drawn("p.yaml", source)
    assert [finding.code for finding in draft.findings] == ["undeclared-name"]
    scheme, _ = of(source, "p")
    captured, (undeclared,) = scheme.injected[2], scheme.parameters
    assert (captured.name, captured.automated, captured.secret.value) == ("instance.url", True, "no")
    assert (undeclared.name, undeclared.extras) == ("gone", {"undeclared": True})


def test_what_the_vendor_stores_among_the_credentials_is_not_asked_for() -> None:
    source = (
        "p:\n  auth_mode: TWO_STEP\n"
        "  integration_config: {clientId: {}, seal: {secret: true}}\n"
        "  token_params: {id: '${credentials.clientId}', seal: '${credentials.seal}'}\n"
        "  proxy:\n    headers:\n      x-token: ${credentials.token}\n      x-account: ${credentials.raw.account.id}\n"
        "      cookie: ${credentials._cookies}\n"
    )
    assert drawn("p.yaml", source).findings == ()
    scheme, _ = of(source, "p")
    assert [secret.name for secret in scheme.required] == ["seal"]
    assert [parameter.name for parameter in scheme.parameters] == ["clientId"]
    assert {secret.name: secret.origin.source.value for secret in scheme.injected} == {
        "raw.account.id": "derived", "_cookies": "derived", "accessToken": "onboarding",
    }  # fmt: skip
    assert slots(scheme)[-3:] == [
        ("header", "x-token", "{accessToken}"),
        ("header", "x-account", "{raw.account.id}"),
        ("header", "cookie", "{_cookies}"),
    ]


def test_scalars_are_those_of_yaml_1_2() -> None:
    source = (
        "p:\n  auth_mode: API_KEY\n  country: NO\n  at: 12:30:45\n"
        "  connection_config: {c: {type: string, default_value: NO, example: 12:30:45, enum: [NO, 1, {value: x, label: X}]}}\n"
    )
    scheme, connector = of(source, "p")
    (parameter,) = scheme.parameters
    assert (parameter.default, parameter.example) == ("NO", "12:30:45")
    assert [(choice.value, choice.label) for choice in parameter.enum] == [("NO", ""), (1, ""), ("x", "X")]
    assert connector.extras == {"country": "NO", "at": "12:30:45"}


def test_names_that_differ_in_case_or_are_reserved_stay_apart() -> None:
    names = ["apikey", "apiKey", "APIKey", "class", "1st", "a+b", "token:TenantId", "model_config", "float", "a b"]
    source = "p:\n  auth_mode: NONE\n  connection_config:\n" + "".join(f"    {json.dumps(n)}: {{}}\n" for n in names)
    scheme, _ = of(source, "p")
    assert [parameter.name for parameter in scheme.parameters] == names
    assert not [f for f in resolved(drawn("p.yaml", source)).findings if f.code == "name-clash"]


def test_any_document_is_read_without_an_exception() -> None:
    odd = "a: 1\nb: []\nc: {alias: 5}\nd: {auth_mode: [x]}\n'!!': {auth_mode: NONE}\n'A ': {auth_mode: NONE}\nA: {auth_mode: NONE}\n"
    draft = read_source("p.yaml", odd, "nango")
    assert len(draft.findings) == 6
    assert len(draft.definitions) == 2


@given(
    st.dictionaries(
        st.sampled_from(
            ["auth_mode", "alias", "credentials", "connection_config", "proxy", "token_url", "token_params", "headers",
             "token_response", "default_scopes", "query", "p", "enum", "a"]
        ),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), TEMPLATES, st.sampled_from(["TWO_STEP", "OAUTH2", "p"])),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["headers", "query", "enum", "a", "${x}", "type"]), inner, max_size=3),
            ),
            max_leaves=8,
        ),
    )
)  # fmt: skip
def test_whatever_stands_in_a_provider_is_accounted_for(provider: dict[str, object]) -> None:
    document = mapping({"p": {"auth_mode": "BASIC"} | provider})
    draft = nango.draft("p", document)
    if draft.definitions:
        inside = {above_it for item in draft.key_outcomes for above_it in above(item.pointer)} | {"/p"}
        assert sum(item.keys for item in draft.key_outcomes) + len(inside) == keys(to_plain(document))


def test_a_default_beside_its_values_leaves_them_open() -> None:
    """The class would not type otherwise; `lint` reports the mistake."""
    source = "p: {auth_mode: NONE, connection_config: {c: {enum: [a, b], default_value: z}, d: {enum: [a], default_value: a}}}"
    catalogue = resolved(drawn("p.yaml", source)).catalogue
    (method,) = build_connector_module(catalogue, catalogue.connectors[0]).methods
    assert [(field.default, field.choices, field.constant) for field in method.required] == [
        ("z", (), None),
        ("a", ("a",), "a"),
    ]


def test_a_password_that_is_always_empty_is_not_asked_for() -> None:
    """Providers that expect the key as user name have a hidden default for the password."""
    source = "p: {auth_mode: BASIC, credentials: {password: {default_value: '', hidden: true}}}"
    catalogue = resolved(drawn("p.yaml", source)).catalogue
    (method,) = build_connector_module(catalogue, catalogue.connectors[0]).methods
    assert {field.wire: field.optional for field in method.injected} == {"password": True, "username": False}


def test_the_default_of_what_may_be_secret_is_withheld() -> None:
    """Hidden settings are filled in for everybody."""
    source = """
p:
  auth_mode: API_KEY
  credentials:
    apiKey: {default: CANARY-1, title: Key}
    code: {default_value: CANARY-2}
    client: {default_value: public-client, default: CANARY-3, hidden: true}
    app: {secret: false, default_value: an app}
  connection_config: {token: {secret: true, default: CANARY-4}, region: {default_value: eu}, id: {default: kept}}
"""
    scheme, connector = of(source, "p")
    assert "CANARY" not in str((dumped(scheme), dumped(connector)))
    withheld = [key.pointer for key in drawn("p.yaml", source).key_outcomes if key.outcome is Outcome.WITHHELD]
    of_credentials = [f"/p/credentials/{name}" for name in ("apiKey/default", "client/default", "code/default_value")]
    assert sorted(withheld) == ["/p/connection_config/token/default", *of_credentials]
    defaults = {setting.name: setting.default for setting in (*scheme.required, *scheme.parameters) if setting.default}
    assert defaults == {"client": "public-client", "app": "an app", "region": "eu"}
    assert [parameter.extras for parameter in scheme.parameters if parameter.name == "id"] == [{"default": "kept"}]


def test_a_page_shows_what_the_scheme_asks_for_besides_secrets() -> None:
    source = "p: {auth_mode: API_KEY, connection_config: {region: {description: Where it is.}}}"
    catalogue = resolved(drawn("p.yaml", source)).catalogue
    parameters = build_connector_page(catalogue, catalogue.connectors[0]).parameters
    assert parameters is not None
    assert [(row.name, row.description) for row in parameters.rows] == [("region", "Where it is.")]
