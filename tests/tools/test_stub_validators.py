"""Kubernetes and varlock accept every stub, and refuse a mistake that is planted into one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from stub_files import CORPUS, Files, build_stubs, read_awkward, read_catalogue, read_corpus
from support import run_tool
from test_target_encoders import HOSTILE

from authscribe.encoders.dotenv import encode_env_spec_type, encode_env_spec_value, is_env_spec_safe
from authscribe.model.catalogue import Catalogue
from authscribe.model.target_options import KubernetesOptions, TargetOptions

VARLOCK = "node_modules/varlock/bin/cli.js"
VERSION = "1.37"
SMALL: dict[str, Callable[[], Catalogue]] = {"project": read_catalogue, "awkward": read_awkward}


@pytest.fixture(scope="module", params=["project", "awkward", *CORPUS])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    """Return a catalogue; those of the corpus are skipped if it is not here."""
    if request.param in SMALL:
        return SMALL[request.param]()
    return read_corpus(request.getfixturevalue("corpus"), request.param)


def write_files(files: Iterable[tuple[str, str]], folder: Path) -> list[Path]:
    """Write each file to a folder of its own; return the paths."""
    paths = []
    for path, text in files:
        paths.append(folder / path)
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        paths[-1].write_text(text)
    return paths


@pytest.mark.parametrize("options", [KubernetesOptions(), KubernetesOptions(namespace="n1")], ids=["default", "other"])
@pytest.mark.parametrize("name", SMALL)
def test_kubernetes_accepts_every_manifest_and_refuses_a_mistake(
    name: str, options: KubernetesOptions, find_tool: Callable[[str], Path], tmp_path: Path
) -> None:
    program = find_tool("bin/kubernetes-validate")
    files = build_stubs(replace(SMALL[name](), options=TargetOptions(kubernetes=options)), "kubernetes")
    paths = write_files(files.items(), tmp_path)
    command = (program, "--strict", "--kubernetes-version", VERSION, "--quiet")
    assert run_tool((*command, *paths), tmp_path) == (0, "")
    mistakes = dict(plant_mistakes(files))
    assert len(mistakes) == 4
    for path, mistake in mistakes.items():
        (tmp_path / path).write_text(mistake)
        code, output = run_tool((*command, tmp_path / path), tmp_path)
        assert (code, path in output) == (1, True), output


def test_the_schemas_of_kubernetes_accept_every_manifest_and_refuse_a_mistake(
    catalogue: Catalogue, find_tool: Callable[[str], Path]
) -> None:
    """Use the schemas of the tool without it, since it reads megabytes for each manifest."""
    (folder,) = find_tool("lib").glob(f"python*/site-packages/kubernetes_validate/*/v{VERSION}*-local-strict")
    definitions = Resource.from_contents(json.loads((folder / "_definitions.json").read_text()))
    registry: Registry[object] = definitions @ Registry()
    validators = {
        kind: Draft202012Validator(json.loads((folder / f"{kind}-v1.json").read_text()), registry=registry)
        for kind in ("secret", "configmap", "pod")
    }

    def is_accepted(text: str) -> bool:
        manifest = yaml.safe_load(text)
        return validators[manifest["kind"].lower()].is_valid(manifest)

    files = build_stubs(catalogue, "kubernetes")
    assert [path for path, text in files.items() if not is_accepted(text)] == []
    mistakes = list(plant_mistakes(files))
    assert mistakes
    assert [path for path, text in mistakes if is_accepted(text)] == []


def plant_mistakes(files: Files) -> Iterator[tuple[str, str]]:
    """Yield a file of each kind with a mistake in it."""
    mistakes = {
        "secret.yaml": ("stringData:", "stringdata:"),
        "config-map.yaml": ("\ndata:", "\ndatas:"),
        "env-from.yaml": ("envFrom:", "envfrom:"),
        "mounted.yaml": ("mountPath:", "path:"),
    }
    for name, (right, wrong) in mistakes.items():
        path = next((path for path in files if path.endswith(f"/{name}")), None)
        if path is not None:
            assert right in files[path]
            yield path, files[path].replace(right, wrong)


Load = Callable[[Iterable[Path], dict[str, str]], tuple[int, str]]


@pytest.fixture
def load_schemas(find_tool: Callable[[str], Path], tmp_path: Path) -> Load:
    """Return a function that loads the schemas in folders together, with an environment; it returns code and output."""
    node, varlock = find_tool("bin/node"), find_tool(VARLOCK)

    def load(folders: Iterable[Path], environment: dict[str, str]) -> tuple[int, str]:
        variables = (f"{name}={value}" for name, value in {"PATH": "/usr/bin:/bin", **environment}.items())
        options = (part for folder in folders for part in ("--path", f"{folder}/"))
        return run_tool(("env", "-i", *variables, node, varlock, "load", "--format", "json", *options), tmp_path)

    return load


def choose_values(schema: str) -> dict[str, str]:
    """Return a value of the right type for each variable that a schema requires."""
    values = {}
    for kind, name in re.findall(r"^# @required @\w+ @type=(.*)\n(\w+)=$", schema, re.MULTILINE):
        choice = re.match(r"enum\('([^']*)'", kind)
        number = "7" if "regex" in kind else f"value of {name} end"
        values[name] = choice[1] if choice else "true" if kind == "boolean" else number
    return values


def test_varlock_loads_every_schema_and_asks_for_what_is_missing(
    catalogue: Catalogue, load_schemas: Load, tmp_path: Path
) -> None:
    files = build_stubs(catalogue, "dotenv")
    for number, batch in enumerate(batch_schemas(files)):
        check_schemas(write_files(batch, tmp_path / str(number)), load_schemas)


def batch_schemas(files: Files) -> Iterator[list[tuple[str, str]]]:
    """Yield schemas to load together: varlock takes a quarter of a second to start.

    A scheme and a connector of one id share variables, and so do the methods of a connector, which may differ in types.
    """
    batches: dict[tuple[str, int], list[tuple[str, str]]] = {}
    counts: Counter[str] = Counter()
    for path, text in sorted(files.items()):
        _, noun, identifier, *_, name = path.split("/")
        if name == ".env.schema":
            batches.setdefault((noun, counts[f"{noun}/{identifier}"]), []).append((path, text))
            counts[f"{noun}/{identifier}"] += 1
    for batch in batches.values():
        yield from (batch[start : start + 100] for start in range(0, len(batch), 100))


def check_schemas(paths: list[Path], load_schemas: Load) -> None:
    values = {name: value for path in paths for name, value in choose_values(path.read_text()).items()}
    folders = [path.parent for path in paths]
    code, output = load_schemas(folders, values)
    assert code == 0, output
    assert values.items() <= {name: spell(value) for name, value in json.loads(output).items()}.items()
    if values:
        missing, _ = values.popitem()
        code, output = load_schemas(folders, values)
        assert (code, missing in output) == (1, True)


def spell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_varlock_finds_the_defaults_of_the_example(load_schemas: Load, tmp_path: Path) -> None:
    files = build_stubs(read_awkward(), "dotenv")
    (schema,) = write_files([(".env.schema", files["dotenv/connectors/acme/key/.env.schema"])], tmp_path)
    (example,) = write_files([(".env.example", files["dotenv/connectors/acme/key/.env.example"])], tmp_path / "example")
    values = choose_values(schema.read_text())
    code, output = load_schemas([tmp_path], values)
    assert code == 0, output
    loaded = {name: spell(value) for name, value in json.loads(output).items()}
    expected = {name: value for name, value in dotenv_values(example).items() if value and "REPLACE_ME" not in value}
    # One of the two formats cannot hold these.
    assert {name for name in expected if loaded.get(name) != expected[name]} <= {"SHARED_LINES"}
    assert loaded["SHARED_TEMPLATE"] == "${x} {{ y }} # z"


def test_varlock_reads_every_hostile_text_back(load_schemas: Load, tmp_path: Path) -> None:
    texts = {f"V_{number}": text for number, text in enumerate(filter(is_env_spec_safe, HOSTILE)) if text}
    schema = "".join(
        f"# @optional @public @type=string\n{name}={encode_env_spec_value(text)}\n" for name, text in texts.items()
    )
    choices = [text for text in (*HOSTILE, "5", "1.50", "true", "null") if not re.search(r"[^ -~]|['\\]", text)]
    kind = encode_env_spec_type("str", choices)
    assert kind.startswith("enum(")
    schema += "".join(
        f"# @optional @public @type={kind}\nC_{number}={encode_env_spec_value(text)}\n"
        for number, text in enumerate(choices)
        if text
    )
    write_files([(".env.schema", f"# Texts.\n# ---\n\n{schema}")], tmp_path)
    code, output = load_schemas([tmp_path], {})
    assert code == 0, output
    loaded = json.loads(output)
    assert {name: value for name, value in loaded.items() if name.startswith("V_")} == texts


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("int", ["5", "-7", "12345678901234567890"], ["1x", "1.5"]),
        ("float", ["1.50", "1e-5", ".5"], ["1x", ""]),
        ("bool", ["true", "false"], ["x"]),
    ],
)
def test_varlock_keeps_numbers_and_refuses_others(
    kind: str, right: list[str], wrong: list[str], load_schemas: Load, tmp_path: Path
) -> None:
    schema = f"# Numbers.\n# ---\n\n# @required @public @type={encode_env_spec_type(kind)}\nVALUE=\n"
    write_files([(".env.schema", schema)], tmp_path)
    for value in right:
        code, output = load_schemas([tmp_path], {"VALUE": value})
        assert (code, spell(json.loads(output)["VALUE"])) == (0, value)
    assert [load_schemas([tmp_path], {"VALUE": value})[0] for value in wrong] == [1] * len(wrong)
