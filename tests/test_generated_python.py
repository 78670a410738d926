"""Generated Python is executed, type-checked and linted by foreign tools."""

from __future__ import annotations

import builtins
import importlib
import itertools
import json
import keyword
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from masks import check_masks
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, SettingsError
from support import ROOT, Outcome, execute, forget, run

from authscribe.model import naming

CANARY = "CANARY-7f3a"
PACKAGE = ROOT / "output" / "python"
STUBS = ROOT / "output" / "sesam" / "connectors"
DEFINITIONS = """
schemes:
  - id: key
    required: [{name: api_key}, {name: SO-Apptoken, description: "it's \\"quoted\\""}]
    injected:
      - {name: api_key, origin: {source: copied, required: api_key}}
      - {name: SO-Apptoken, origin: {source: copied, required: SO-Apptoken}}
      - {name: ticket}
      - {name: service_jwt, origin: {source: platform}}
  - id: basic
    required: [{name: user, secret: "no"}, {name: password, optional: true}]
    injected:
      - {name: user, secret: "no", origin: {source: copied, required: user}}
      - {name: password, origin: {source: copied, required: password}}
  - id: none
    kind: none
  - id: chosen
    required:
      - {name: API Key, names: {env: TOKEN, file: token.txt}}
      - {name: user, names: {python: login}}
    injected:
      - {name: API Key, origin: {source: copied, required: API Key}, names: {file: key}}
    parameters:
      - {name: pages, type: integer, default: 3, names: {env: PAGE_COUNT}}
    endpoints:
      token: {url: "https://wave.example/token?v=1", query: {access_type: offline, "user name": "${user} & co"}}
      base: {url: "https://${user}.wave.example", fallback: "https://wave.example"}
    token_request:
      body: {key: "${API Key}", user: "${user}"}
      fallbacks: {"${user}": nobody}
      steps: [{url: "https://wave.example/session", method: GET, query: {ticket: "${step1.ticket}"}}]
      token_path: token
connectors:
  - id: several
    methods: [{id: key, schemes: [key]}, {id: both, schemes: [key, basic]}]
    parameters:
      - {name: region, enum: [{value: eu}, {value: us}], default: eu}
      - {name: limits, type: object, optional: true}
      - {name: tags, type: array, optional: true}
      - {name: pages, type: integer, default: 3}
      - {name: share, type: number, optional: true}
      - {name: 2fa, type: boolean, default: false}
  - {id: open-data, scheme: none}
  - {id: chosen, scheme: chosen, names: {env: CHSN, python: my_own}}
  - {id: 1st, scheme: none, aliases: [first], former_names: [one]}
  - {id: a10, scheme: none}
  - {id: a9, scheme: none}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("generated")
    (folder / "s.yaml").write_text(DEFINITIONS)
    targets = ("--target", "python", "--target", "python-standalone")
    outcome = run("generate", "--source", "s.yaml", "--out-dir", "out", *targets, cwd=folder)
    assert outcome.code == 0, outcome.stdout
    sys.path.insert(0, str(folder / "out" / "python"))
    forget("connector_auth")
    yield importlib.import_module("connector_auth")
    sys.path.pop(0)
    forget("connector_auth")


COPIES = """
schemes:
  - id: s
    required:
      - {name: user, secret: "no"}
      - {name: password}
      - {name: region, secret: "no", optional: true}
      - {name: a_long_name_of_an_optional_secret, optional: true}
      - {name: limit, secret: "no", type: integer}
      - {name: pin, type: integer}
    injected:
      - {name: user, origin: {source: copied, required: user}}
      - {name: password, secret: "no", origin: {source: copied, required: password}}
      - {name: region, origin: {source: copied, required: region}}
      - name: a_long_name_of_an_optional_secret
        secret: "no"
        origin: {source: copied, required: a_long_name_of_an_optional_secret}
      - {name: limit, secret: "no", type: number, origin: {source: copied, required: limit}}
      - {name: pin, origin: {source: copied, required: pin}}
"""


class Answers:
    def ticket(self) -> SecretStr:
        return SecretStr(f"{CANARY}-ticket")


class Platform:
    def service_jwt(self) -> SecretStr:
        return SecretStr(f"{CANARY}-jwt")


def shown(settings: BaseModel) -> str:
    texts = (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json(), f"{settings!r:>9}")
    return "\n".join(texts)


def complaint(error: ValidationError) -> str:
    trace = "".join(traceback.format_exception(error))
    return f"{error}\n{error!r}\n{error.errors()}\n{error.json()}\n{trace}\n{error.__cause__!r}\n{error.__context__!r}"


def test_it_is_constructed_by_wire_name_and_by_attribute(package: ModuleType) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    by_wire = several.SeveralKeyConfiguration.model_validate({"api_key": CANARY, "SO-Apptoken": CANARY})
    by_attribute = several.SeveralKeyConfiguration(api_key=SecretStr(CANARY), so_apptoken=SecretStr(CANARY))
    assert by_wire == by_attribute
    assert by_wire.secrets() == {"api_key": CANARY, "SO-Apptoken": CANARY}
    assert set(by_wire.model_dump(by_alias=True)) >= {"SO-Apptoken", "2fa", "region", "connector", "method"}
    assert CANARY not in shown(by_wire)
    assert pickle.loads(pickle.dumps(by_wire)) == by_wire


@pytest.mark.parametrize("name", sorted(path.name for path in STUBS.iterdir()))
def test_a_stub_feeds_its_loader(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.syspath_prepend(str(PACKAGE))
    forget("connector_auth")
    package = importlib.import_module("connector_auth")
    parameters = {name: value or "x" for name, value in read_stub(name, "test-env.json").items()}
    for loader, stub in (("load", "secrets.json"), ("load_configuration", ".authconfig")):
        secrets = {key: f"{CANARY}-{key}" for key in read_stub(name, stub)}
        settings = getattr(package, loader)({"connector": name, **parameters, **secrets})
        assert settings.secrets() == secrets
        assert {"node-env": "test", **settings.model_dump(by_alias=True)}.items() >= parameters.items()
    forget("connector_auth")


def read_stub(connector: str, name: str) -> dict[str, Any]:
    stub: dict[str, Any] = json.loads((STUBS / connector / name).read_text())
    return stub


def test_each_secret_is_asked_of_its_own_origin(package: ModuleType) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    configuration = several.SeveralBothConfiguration.model_validate(
        {"api_key": f"{CANARY}-a", "SO-Apptoken": f"{CANARY}-b", "user": "me", "region": "us"}
    )
    runtime = several.inject_both(configuration, onboarding=Answers(), platform=Platform())
    assert runtime.secrets() == {
        "api_key": f"{CANARY}-a",
        "SO-Apptoken": f"{CANARY}-b",
        "ticket": f"{CANARY}-ticket",
        "service_jwt": f"{CANARY}-jwt",
        "user": "me",
    }
    assert (runtime.region, runtime.pages, runtime.password) == ("us", 3, None)
    assert CANARY not in shown(runtime)


@pytest.mark.parametrize(
    "spell", [pytest.param(str.upper, id="as variables"), pytest.param(str.lower, id="lower case")]
)
def test_settings_come_from_the_environment_and_from_files(
    package: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spell: Callable[[str], str]
) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    monkeypatch.setenv("SEVERAL_SO_APPTOKEN", f"{CANARY}-env")
    (tmp_path / ".env").write_text("SEVERAL_API_KEY=from-file\nOTHERS_API_KEY=x\n")
    (tmp_path / spell("several_ticket")).write_text("from-folder\n")
    (tmp_path / spell("several_service_jwt")).write_text("jwt")
    (tmp_path / spell("several_tags")).write_text('["a", 1]')
    runtime = several.SeveralKeyRuntime.from_env(env_file=str(tmp_path / ".env"), secrets_dir=str(tmp_path))
    assert runtime.secrets() == {
        "api_key": "from-file",
        "SO-Apptoken": f"{CANARY}-env",
        "ticket": "from-folder",
        "service_jwt": "jwt",
    }
    assert (runtime.tags, runtime.pages) == (["a", 1], 3)


def test_settings_come_from_the_variables_and_files_that_the_definition_names(
    package: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = importlib.import_module("connector_auth.connectors.my_own")
    monkeypatch.setenv("CHSN_API_KEY", "not read: the name is replaced")
    monkeypatch.setenv("CHSN_PAGES", "1")
    monkeypatch.setenv("CHSN_LOGIN", "me")
    monkeypatch.setenv("CHSN_PAGE_COUNT", "5")
    with pytest.raises(ValidationError) as caught:
        chosen.MyOwnConfiguration.from_env()
    assert [error["loc"] for error in caught.value.errors()] == [("TOKEN",)]
    (tmp_path / "CHSN_token.txt").write_text(f"{CANARY}-file")
    (tmp_path / "CHSN_key").write_text(f"{CANARY}-key")
    from_file = chosen.MyOwnConfiguration.from_env(secrets_dir=str(tmp_path))
    assert from_file.secrets() == {"API Key": f"{CANARY}-file", "user": "me"}
    assert from_file.pages == 5
    monkeypatch.delenv("CHSN_API_KEY")
    assert chosen.MyOwnRuntime.from_env(secrets_dir=str(tmp_path)).secrets() == {"API Key": f"{CANARY}-key"}
    monkeypatch.setenv("CHSN_TOKEN", f"{CANARY}-variable")
    assert chosen.MyOwnConfiguration.from_env(secrets_dir=str(tmp_path)).secrets()["API Key"] == f"{CANARY}-variable"
    for given in ({"api_key": CANARY}, {"API Key": CANARY}):
        configuration = chosen.MyOwnConfiguration(**given)
        assert configuration.secrets()["API Key"] == CANARY
        assert chosen.inject(configuration).secrets() == {"API Key": CANARY}
        assert CANARY not in shown(configuration)


def test_addresses_and_requests_for_tokens_are_data(package: ModuleType) -> None:
    del package
    module = importlib.import_module("connector_auth.connectors.my_own")
    assert module.ENDPOINTS == {
        "token": "https://wave.example/token?v=1&access_type=offline&user%20name=${user}%20%26%20co",
        "base": "https://${user}.wave.example",
    }
    assert module.FALLBACK_ENDPOINTS == {"base": "https://wave.example"}
    assert module.RUNTIMES["chosen"].TOKEN_REQUEST == {
        "method": "POST",
        "body_format": "form",
        "body": {"key": "${API Key}", "user": "${user}"},
        "fallbacks": {"${user}": "nobody"},
        "steps": [
            {"url": "https://wave.example/session", "method": "GET", "query": {"ticket": "${step1.ticket}"}},
        ],
        "token_path": "token",
    }


def test_what_is_empty_is_absent(package: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    monkeypatch.setenv("SEVERAL_PAGES", "")
    monkeypatch.setenv("SEVERAL_API_KEY", "")
    (tmp_path / "SEVERAL_API_KEY").write_text("from-folder")
    (tmp_path / "SEVERAL_SO_APPTOKEN").write_text("\n")
    (tmp_path / "SEVERAL_TAGS").write_text("")
    (tmp_path / ".env").write_text("SEVERAL_LIMITS=\nSEVERAL_SHARE=''\n")
    with pytest.raises(ValidationError) as caught:
        several.SeveralKeyConfiguration.from_env(env_file=str(tmp_path / ".env"), secrets_dir=str(tmp_path))
    assert [(problem["loc"], problem["type"]) for problem in caught.value.errors()] == [(("so_apptoken",), "missing")]


def test_tags_do_not_come_from_the_environment(
    package: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_data = importlib.import_module("connector_auth.connectors.open_data")
    key = importlib.import_module("connector_auth.schemes.none")
    monkeypatch.setenv("OPEN_DATA_CONNECTOR", "other")
    monkeypatch.setenv("NONE_SCHEME", "other")
    (tmp_path / "NONE_SCHEME").write_text("other")
    (tmp_path / ".env").write_text("OPEN_DATA_CONNECTOR=other\n")
    sources = {"env_file": str(tmp_path / ".env"), "secrets_dir": str(tmp_path)}
    assert open_data.OpenDataRuntime.from_env(**sources).connector == "open-data"
    assert key.NoneRuntime.from_env(**sources).scheme == "none"


@pytest.mark.parametrize("name", ["SEVERAL_TICKET", ".env"])
def test_a_file_in_another_encoding_is_refused_without_showing(package: ModuleType, tmp_path: Path, name: str) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    (tmp_path / name).write_bytes(f"SEVERAL_TICKET={CANARY}".encode() + b"\xff")
    with pytest.raises(SettingsError) as caught:
        several.SeveralKeyRuntime.from_env(env_file=str(tmp_path / ".env"), secrets_dir=str(tmp_path))
    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    assert CANARY not in "".join(traceback.format_exception(error))


def test_everything_missing_is_named_at_once(package: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    monkeypatch.setenv("SEVERAL_LIMITS", f'{{"{CANARY}": ')
    monkeypatch.setenv("SEVERAL_TAGS", f'{{"{CANARY}": 1}}')
    monkeypatch.setenv("SEVERAL_PAGES", CANARY)
    monkeypatch.setenv("SEVERAL_SERVICE_JWT", "REPLACE_ME")
    with pytest.raises(ValidationError) as caught:
        several.SeveralKeyRuntime.from_env()
    problems = {problem["loc"][0]: problem["type"] for problem in caught.value.errors()}
    assert problems == {
        **dict.fromkeys(("api_key", "so_apptoken", "ticket"), "missing"),
        **dict.fromkeys(("limits", "tags", "pages", "service_jwt"), "refused"),
    }
    assert CANARY not in complaint(caught.value)


@pytest.mark.parametrize("text", ["REPLACE_ME", "replace-me", "<your key>", "<>", "changeme", "CHANGE_ME", " <key> "])
def test_a_placeholder_is_refused(package: ModuleType, text: str) -> None:
    key = importlib.import_module("connector_auth.schemes.key")
    with pytest.raises(ValidationError, match="placeholder"):
        key.KeyConfiguration(api_key=SecretStr(text), so_apptoken=SecretStr("x"))


@pytest.mark.parametrize("text", ["<a>b</a>", "<a", "changemenot", "REPLACE", "a <b>"])
def test_what_resembles_a_placeholder_is_a_value(package: ModuleType, text: str) -> None:
    key = importlib.import_module("connector_auth.schemes.key")
    settings = key.KeyConfiguration(api_key=SecretStr(text), so_apptoken=SecretStr("x"))
    assert settings.secrets()["api_key"] == text


def test_secrets_that_are_no_texts_are_json(tmp_path: Path) -> None:
    values = {"object": {"a": [1, None]}, "array": ["x", True], "boolean": True, "integer": 5, "number": 2.5}
    required = [{"name": name, "type": name, "secret": "no"} for name in values]
    (tmp_path / "s.json").write_text(json.dumps({"schemes": [{"id": "s", "required": required}]}))
    outcome = run("generate", "--source", "s.json", "--out-dir", "out", "--target", "python-standalone", cwd=tmp_path)
    assert outcome.code == 0
    settings = execute(tmp_path / "out/python-standalone/schemes/s.py")["SConfiguration"].model_validate(values)
    assert {name: json.loads(text) for name, text in settings.secrets().items()} == values


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"connector": CANARY}, id="unknown connector"),
        pytest.param({"connector": "several", "method": CANARY}, id="unknown method"),
        pytest.param({"api_key": CANARY}, id="no connector"),
        pytest.param({"connector": "several", "method": "key", "api_key": CANARY, "pages": CANARY}, id="wrong type"),
        pytest.param({"connector": "several", "method": "key", "api_key": [CANARY], "ticket": ""}, id="no text"),
        pytest.param({"connector": "several", "method": "key", "api_key": CANARY, "region": CANARY}, id="no choice"),
    ],
)
def test_a_refusal_never_shows_what_was_refused(package: ModuleType, data: dict[str, object]) -> None:
    for load in (package.load, package.load_configuration):
        with pytest.raises(ValidationError) as caught:
            load(data)
        assert CANARY not in complaint(caught.value)


def test_a_class_refuses_without_showing(package: ModuleType) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    with pytest.raises(ValidationError) as caught:
        several.SeveralKeyRuntime.model_validate({"api_key": {"x": CANARY}, "ticket": CANARY, "pages": CANARY})
    assert CANARY not in complaint(caught.value)
    assert {problem["loc"] for problem in caught.value.errors()} == {
        ("api_key",), ("so_apptoken",), ("service_jwt",), ("pages",)
    }  # fmt: skip


def test_refused_json_is_not_shown(package: ModuleType) -> None:
    key = importlib.import_module("connector_auth.schemes.key")
    assert key.KeyConfiguration.model_validate_json('{"api_key": "x", "SO-Apptoken": "y"}').secrets()["api_key"] == "x"
    for text in (f'{{"api_key": {CANARY}', f'{{"api_key": ["{CANARY}"]}}'):
        with pytest.raises(ValidationError) as caught:
            key.KeyConfiguration.model_validate_json(text)
        assert CANARY not in complaint(caught.value)


def test_settings_cannot_be_changed(package: ModuleType) -> None:
    open_data = importlib.import_module("connector_auth.connectors.open_data")
    settings = package.load({"connector": "open-data"})
    assert isinstance(settings, open_data.OpenDataRuntime)
    assert open_data.inject(open_data.OpenDataConfiguration()) == settings
    for name in ("connector", "other"):
        with pytest.raises(ValidationError) as caught:
            setattr(settings, name, CANARY)
        assert CANARY not in complaint(caught.value)
    with pytest.raises(ValidationError):
        del settings.connector


def test_a_copy_validates_what_is_updated(package: ModuleType) -> None:
    chosen = importlib.import_module("connector_auth.connectors.my_own")
    old = chosen.MyOwnConfiguration(api_key=SecretStr("old"), login=SecretStr("me"))
    assert old.model_copy() == old.model_copy(deep=True) == old
    new = old.model_copy(update={"api_key": CANARY, "pages": 4})
    assert new.secrets() == {"API Key": CANARY, "user": "me"}
    assert (new.pages, old.pages) == (4, 3)
    assert CANARY not in shown(new)
    assert new.model_fields_set == {"api_key", "login", "pages"}
    for update in ({"pages": CANARY}, {"api_key": ""}, {"login": None}, {"user": CANARY}, {"_env_file": CANARY}):
        with pytest.raises(ValidationError) as caught:
            old.model_copy(update=update)
        assert CANARY not in complaint(caught.value)


@pytest.mark.parametrize("name", ["first", "one"])
def test_a_connector_has_its_other_names_too(package: ModuleType, name: str) -> None:
    assert package.load({"connector": name}) == package.load({"connector": "1st"})


@pytest.mark.parametrize(
    "values", [{"share": "nan"}, {"share": float("inf")}, {"tags": "[NaN]"}, {"limits": {"x": float("nan")}}]
)
def test_a_number_that_json_lacks_is_refused(package: ModuleType, values: dict[str, object]) -> None:
    data = {"connector": "several", "method": "key", "api_key": "x", "SO-Apptoken": "y"}
    with pytest.raises(ValidationError):
        package.load_configuration({**data, **values})


def test_a_connector_is_imported_when_it_is_asked_for(package: ModuleType) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(folder_of(package).parent)!r})
import connector_auth
connector_auth.load({{"connector": "a9"}})
print(*sorted(name for name in sys.modules if name.startswith("connector_auth.")))
print(connector_auth.AnyRuntime.__metadata__[0].discriminator, hasattr(connector_auth, "AnyOther"))
print(len([name for name in sys.modules if name.startswith("connector_auth.connectors.")]))
"""
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert finished.stdout.splitlines() == [
        "connector_auth._settings connector_auth.connectors connector_auth.connectors.a9",
        "connector False",
        "6",
    ]


def test_the_unions_take_what_load_takes(package: ModuleType) -> None:
    data = {"connector": "several", "method": "both", "api_key": "x", "SO-Apptoken": "y", "user": "z"}
    assert TypeAdapter(package.AnyConfiguration).validate_python(data) == package.load_configuration(data)


def test_the_schema_calls_secrets_passwords(package: ModuleType) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    properties = several.SeveralKeyRuntime.model_json_schema()["properties"]
    assert properties["api_key"]["format"] == "password"
    assert properties["api_key"]["x-required"] == "api_key"


def test_a_name_that_python_or_pydantic_uses_works_or_is_refused(
    tmp_path: Path, check_types: Callable[[Path], None]
) -> None:
    pydantic = {*dir(BaseSettings), *dir(type(BaseSettings))}
    ours = {"attribute", "connector", "held", "method", "scheme", "values"}
    taken = {*dir(builtins), *dir(dict), *keyword.kwlist, *pydantic, *ours}
    names = sorted(name for name in taken if name == naming.to_attribute(name))
    free = [name for name in names if naming.find_attribute_problem(name) is None]
    assert {"input", "keys", "open", "type"} <= set(free)

    def generated(chosen: list[str]) -> Outcome:
        types = itertools.cycle(["integer", "number", "boolean", "array", "object", "string"])
        parameters = [{"name": name, "type": kind} for name, kind in zip(chosen, types, strict=False)]
        document = {
            "schemes": [{"id": "s", "required": [{"name": name} for name in chosen]}, {"id": "none", "kind": "none"}],
            "connectors": [
                {"id": "secrets", "methods": [{"id": "a", "schemes": ["s"]}, {"id": "b", "schemes": ["none"]}]},
                {"id": "parameters", "scheme": "none", "parameters": parameters},
            ],
        }
        (tmp_path / "s.json").write_text(json.dumps(document))
        return run("generate", "--source", "s.json", "--out-dir", "out", "--fail-on", "error", cwd=tmp_path)

    assert generated(names).stdout.count("error[reserved-name]") == 2 * (len(names) - len(free))
    assert generated(free).code == 0
    check_masks(tmp_path / "out" / "python")
    check_types(tmp_path / "out" / "python")


def test_copies_become_secret_or_plain(
    tmp_path: Path, check_types: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.yaml").write_text(COPIES)
    assert run("generate", "--source", "s.yaml", "--out-dir", "out", cwd=tmp_path).code == 0
    check_types(tmp_path / "out" / "python")
    monkeypatch.syspath_prepend(str(tmp_path / "out" / "python"))
    forget("connector_auth")
    module = importlib.import_module("connector_auth.schemes.s")
    needed = {"user": "me", "password": CANARY, "limit": 5, "pin": "0042"}
    optional = {"region": "eu", "a_long_name_of_an_optional_secret": "x"}
    for values in (needed, needed | optional):
        configuration = module.SConfiguration.model_validate(values)
        runtime = module.inject(configuration)
        assert runtime.secrets() == configuration.secrets() | {"limit": "5.0"}
        assert isinstance(runtime.user, SecretStr)
        assert runtime.password == CANARY
    forget("connector_auth")


@pytest.mark.once
def test_an_id_that_python_uses_works_in_every_target(tmp_path: Path, check_types: Callable[[Path], None]) -> None:
    ours = {"connectors", "index", "load", "load_configuration", "pydantic", "schemes", "typing"}
    taken = {*dir(builtins), *(word.lower() for word in keyword.kwlist), *keyword.softkwlist} | ours
    ids = sorted(filter(naming.is_id, taken))
    secret = {"name": "key", "origin": {"source": "copied", "required": "key"}}
    header = {"in": "header", "name": "X-Key", "value": "{key}"}
    scheme = {"kind": "api_key", "required": [{"name": "key"}], "injected": [secret], "placements": [header]}

    def define(*names: str) -> str:
        schemes = [{"id": name, **scheme} for name in names]
        return json.dumps({"schemes": schemes, "connectors": [{"id": name, "scheme": name} for name in names]})

    (tmp_path / "s.json").write_text(define(*ids))
    outcome = run("generate", "--source", "s.json", "--out-dir", "out", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout
    # Of each connector and of each scheme, both roles have one secret.
    assert check_masks(tmp_path / "out" / "python") == 4 * len(ids)
    check_types(tmp_path / "out" / "python")
    for name in ids:
        # A run reads all of its sources, so each gets no more than it needs.
        (tmp_path / "one.json").write_text(define(name))
        scaffolded = run("scaffold", name, "--scheme", name, "--source", "one.json", "--out-dir", "new", cwd=tmp_path)
        assert scaffolded.code == 0, scaffolded.stdout


def test_a_module_works_on_its_own(package: ModuleType) -> None:
    modules = sorted((folder_of(package).parent.parent / "python-standalone").rglob("*.py"))
    assert len(modules) == 10
    for path in modules:
        namespace = execute(path)
        assert any(name.startswith("inject") for name in namespace)


def test_one_module_is_generated_with_its_base(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(DEFINITIONS)
    outcome = run("generate", "a9", "--source", "s.yaml", "--out-dir", "out", "--target", "python", cwd=tmp_path)
    assert outcome.code == 0
    folder = tmp_path / "out/python/connector_auth"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {"_settings.py", "py.typed", "connectors/a9.py"}


@pytest.mark.once
def test_mypy_agrees(package: ModuleType, check_types: Callable[[Path], None]) -> None:
    check_types(folder_of(package).parent)


@pytest.mark.once
def test_type_checkers_know_the_unions(package: ModuleType, tmp_path: Path, mypy: tuple[str, ...]) -> None:
    (tmp_path / "client.py").write_text("""\
from connector_auth import AnyRuntime, load
from connector_auth.connectors.open_data import OpenDataRuntime
settings: AnyRuntime = load({"connector": "open-data"})
if settings.connector == "open-data":
    narrowed: OpenDataRuntime = settings
other: OpenDataRuntime = load({})
""")
    command = [*mypy, "--no-error-summary", "client.py"]
    environment = {**os.environ, "MYPYPATH": str(folder_of(package).parent)}
    finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert [line.partition(": error:")[0] for line in finished.stdout.splitlines()] == ["client.py:6"], finished.stdout


@pytest.mark.once
@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(["pyright", "--pythonpath", sys.executable], id="pyright"),
        pytest.param(["ruff", "check", "--isolated", "--no-cache"], id="ruff"),
    ],
)
def test_foreign_tools_agree(package: ModuleType, tool: list[str]) -> None:
    standalone = folder_of(package).parent.parent / "python-standalone"
    command = [sys.executable, "-m", *tool, str(folder_of(package)), str(standalone), str(PACKAGE / "connector_auth")]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def folder_of(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parent
