"""Generated Python is executed, type-checked and linted by foreign tools."""

from __future__ import annotations

import builtins
import importlib
import itertools
import json
import keyword
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from masks import check_masks
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings
from support import ROOT, Outcome, forget, run

from authscribe.model import naming

CANARY = "CANARY-7f3a"
PACKAGE = ROOT / "output" / "python"
DEFINITIONS = """
schemes:
  - id: key
    required: [{name: api_key}, {name: SO-Apptoken, description: "it's \\"quoted\\""}]
    injected:
      - {name: api_key, origin: {source: copied, required: api_key}}
      - {name: SO-Apptoken, origin: {source: copied, required: SO-Apptoken}}
      - {name: ticket}
  - id: basic
    required: [{name: user, secret: "no"}, {name: password, optional: true}]
    injected:
      - {name: user, secret: "no", origin: {source: copied, required: user}}
      - {name: password, origin: {source: copied, required: password}}
  - id: none
    kind: none
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
  - {id: 1st, scheme: none}
  - {id: a10, scheme: none}
  - {id: a9, scheme: none}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("generated")
    (folder / "s.yaml").write_text(DEFINITIONS)
    outcome = run("generate", "--source", "s.yaml", "--out-dir", "out", cwd=folder)
    assert outcome.code == 0, outcome.stdout
    sys.path.insert(0, str(folder / "out" / "python"))
    forget("connector_auth")
    yield importlib.import_module("connector_auth")
    sys.path.pop(0)
    forget("connector_auth")


class Answers:
    def ticket(self) -> SecretStr:
        return SecretStr(f"{CANARY}-ticket")


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


def test_copied_secrets_are_copied_and_the_others_requested(package: ModuleType) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    configuration = several.SeveralBothConfiguration.model_validate(
        {"api_key": f"{CANARY}-a", "SO-Apptoken": f"{CANARY}-b", "user": "me", "region": "us"}
    )
    runtime = several.inject_both(configuration, Answers())
    assert runtime.secrets() == {
        "api_key": f"{CANARY}-a",
        "SO-Apptoken": f"{CANARY}-b",
        "ticket": f"{CANARY}-ticket",
        "user": "me",
    }
    assert (runtime.region, runtime.pages, runtime.password) == ("us", 3, None)
    assert CANARY not in shown(runtime)


def test_settings_come_from_the_environment_and_from_files(
    package: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    monkeypatch.setenv("SEVERAL_SO_APPTOKEN", f"{CANARY}-env")
    monkeypatch.setenv("SEVERAL_PAGES", "")
    (tmp_path / ".env").write_text("SEVERAL_API_KEY=from-file\nOTHERS_API_KEY=x\n")
    (tmp_path / "several_ticket").write_text("from-folder")
    runtime = several.SeveralKeyRuntime.from_env(env_file=str(tmp_path / ".env"), secrets_dir=str(tmp_path))
    assert runtime.secrets() == {"api_key": "from-file", "SO-Apptoken": f"{CANARY}-env", "ticket": "from-folder"}
    assert runtime.pages == 3


def test_everything_missing_is_named_at_once(package: ModuleType) -> None:
    several = importlib.import_module("connector_auth.connectors.several")
    with pytest.raises(ValidationError) as caught:
        several.SeveralKeyRuntime.from_env()
    missing = {problem["loc"][0] for problem in caught.value.errors() if problem["type"] == "missing"}
    assert missing == {"api_key", "so_apptoken", "ticket"}


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
    assert {problem["loc"] for problem in caught.value.errors()} == {("api_key",), ("so_apptoken",), ("pages",)}


def test_settings_cannot_be_changed(package: ModuleType) -> None:
    open_data = importlib.import_module("connector_auth.connectors.open_data")
    settings = package.load({"connector": "open-data"})
    assert isinstance(settings, open_data.OpenDataRuntime)
    assert open_data.inject(open_data.OpenDataConfiguration()) == settings
    with pytest.raises(ValidationError):
        settings.connector = "several"


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


def test_a_module_works_on_its_own(tmp_path: Path) -> None:
    for path in sorted((PACKAGE / "connector_auth" / "connectors").glob("[a-z]*.py")):
        namespace: dict[str, object] = {"__name__": "somewhere_else"}
        exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), namespace)
        assert "inject" in namespace


def test_mypy_agrees(package: ModuleType, check_types: Callable[[Path], None]) -> None:
    check_types(folder_of(package).parent)
    check_types(PACKAGE)


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(["pyright", "--pythonpath", sys.executable], id="pyright"),
        pytest.param(["ruff", "check", "--isolated", "--no-cache"], id="ruff"),
    ],
)
def test_foreign_tools_agree(package: ModuleType, tool: list[str]) -> None:
    command = [sys.executable, "-m", *tool, str(folder_of(package)), str(PACKAGE / "connector_auth")]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def folder_of(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parent
