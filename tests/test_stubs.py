"""Stubs hold the names, defaults and descriptions of definitions, and feed the classes that read them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from stub_files import (
    TARGETS,
    Files,
    build_stubs,
    fill,
    list_folders,
    load,
    mount,
    read_awkward,
    read_catalogue,
    read_variables,
    run_compose,
    select_folder,
)
from support import resolve_drafts, run, tree
from test_generated_python import execute
from test_name_kinds import WORDS
from test_target_encoders import HOSTILE, TEXTS, join_words

from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.model.markup import describe_markup
from authscribe.model.name_kinds import NameKind
from authscribe.model.naming import spell_apart
from authscribe.model.spelling import Spelling
from authscribe.model.target_options import (
    DEFAULT_OPTIONS,
    ComposeOptions,
    KubernetesOptions,
    SecretSource,
    TargetOptions,
)
from authscribe.readers.registry import read_source

PLACEHOLDER = "REPLACE_ME"
OTHER_OPTIONS = TargetOptions(
    kubernetes=KubernetesOptions(namespace="n1", mount_path="/run/auth/"),
    compose=ComposeOptions(source=SecretSource.ENVIRONMENT),
)


@pytest.fixture(scope="module")
def awkward() -> Catalogue:
    return read_awkward()


@pytest.fixture(scope="module")
def project() -> Catalogue:
    return read_catalogue()


# Read back


def resolve_scheme(identifier: str, name: str, description: str = "", default: str | None = None) -> Catalogue | None:
    """Return the catalogue of a scheme with a secret of this name, and a parameter; None if the name is refused."""
    apart = spell_apart([name])
    secret = {"name": name, "description": description, "names": {"python": apart[name]} if apart else {}}
    parameter = {"name": "the-parameter", "description": description, "default": default}
    scheme = {"id": identifier, "required": [secret], "injected": [secret], "parameters": [parameter]}
    try:
        return resolve_drafts(read_source("s.json", json.dumps({"schemes": [scheme]}))).catalogue
    except DefinitionError:
        return None


def find_comment(text: str, name: str) -> str:
    """Return the words of the comment before the line that begins with a name."""
    words: list[str] = []
    without_decorators = re.sub(r"^# @(required|optional) @\w+ @type=.*\n", "", text, flags=re.MULTILINE)
    for line in map(str.strip, without_decorators.split("\n")):
        if re.match(rf'(- secretKey: )?"?{re.escape(name)}"?([:=]|\Z)', line):
            return " ".join(words)
        words = [*words, *line.removeprefix("#").split()] if line.startswith("#") else []
    raise AssertionError(f"{name} has no line")


def check_read_back(catalogue: Catalogue, description: str, default: str | None) -> None:
    (scheme,) = catalogue.schemes
    spelling = Spelling(scheme, catalogue.conventions)
    secret, parameter = scheme.injected[0], scheme.parameters[0]
    spelt = {kind: (spelling.spell(kind, secret), spelling.spell(kind, parameter)) for kind in NameKind}
    files = build_stubs(catalogue)
    check_dotenv(files[f"dotenv/schemes/{scheme.id}/.env.example"], *spelt[NameKind.ENV], default)
    name = spelling.kubernetes_object
    check_kubernetes(
        select_folder(files, f"kubernetes/schemes/{scheme.id}"), name, *spelt[NameKind.KUBERNETES], default
    )
    (fetched,) = yaml.safe_load(files[f"external-secrets/schemes/{scheme.id}/external-secret.yaml"])["spec"]["data"]
    key = spelt[NameKind.KUBERNETES][0]
    assert fetched == {"secretKey": key, "remoteRef": {"key": name, "property": key}}
    compose = yaml.safe_load(files[f"compose/schemes/{scheme.id}/compose.yaml"])
    file = spelt[NameKind.FILE][0]
    assert compose["secrets"] == {spelt[NameKind.COMPOSE][0]: {"file": f"./secrets/{file}"}}
    (service,) = compose["services"].values()
    assert service["secrets"] == [{"source": spelt[NameKind.COMPOSE][0], "target": file}]
    assert service["environment"][spelt[NameKind.ENV][1]].replace("$$", "$") == choose(default)
    env, key, name = spelt[NameKind.ENV], spelt[NameKind.KUBERNETES], spelt[NameKind.COMPOSE]
    holders = {"dotenv": env, "kubernetes": key, "external-secrets": key, "compose": (name[0], env[1])}
    for path, text in files.items():
        if not path.endswith(("env-from.yaml", "mounted.yaml")):
            in_both = "dotenv" in path or "compose" in path
            names = holders[path.partition("/")[0]]
            for name, setting in zip(names, (secret, parameter), strict=True):
                if in_both or ("config-map" in path) is (setting is parameter):
                    check_comment(find_comment(text, name), setting.name, description)


def check_comment(comment: str, name: str, description: str) -> None:
    """Check that a comment ends with the description, or else with the name."""
    expected = " ".join(join_words(describe_markup(description).strip()) or join_words(name))
    # For env-spec, some marks at the beginning of a line have a backslash.
    assert re.sub(r"(?<!\S)\\(?=[@=*#-])", "", comment).endswith(re.sub(r"(?<!\S)\\(?=[@=*#-])", "", expected))


def check_dotenv(text: str, secret: str, parameter: str, default: str | None) -> None:
    values = dotenv_values(stream=io.StringIO(text, newline=None), interpolate=True)
    assert values == {secret: PLACEHOLDER, parameter: "" if default and "${" in default else choose(default)}


def check_kubernetes(files: Files, name: str, secret: str, parameter: str, default: str | None) -> None:
    manifests = load(files)
    assert {manifest["metadata"]["name"] for manifest in manifests.values()} == {name}
    assert manifests["secret.yaml"]["stringData"] == {secret: PLACEHOLDER}
    is_kept = default is None or (default == default.strip() and "\r" not in default)
    assert manifests["config-map.yaml"]["data"] == {parameter: choose(default) if is_kept else ""}


def choose(default: str | None) -> str:
    return PLACEHOLDER if default is None else default


@pytest.mark.once
@pytest.mark.parametrize("identifier", ("wave", "3scale", "github"))
def test_awkward_names_are_read_back(identifier: str) -> None:
    accepted = [catalogue for name in WORDS if (catalogue := resolve_scheme(identifier, name)) is not None]
    for catalogue in accepted:
        check_read_back(catalogue, "", None)
    assert len(accepted) >= len(WORDS) - 8


@settings(max_examples=150)
@given(st.sampled_from(WORDS), TEXTS, TEXTS | st.none())
@example("API Key", 'It\'s "q" \\ \n${x} {{ y }} # z', "a \n\n\nb")
@example("x", "@public\n---\n=", "$x ${y} $$")
@example("x", "a\n  key: value\n- item", " ")
@example("x", "\x1f", None)
def test_texts_are_read_back(name: str, description: str, default: str | None) -> None:
    catalogue = resolve_scheme("wave", name, description, default)
    if catalogue is not None:
        check_read_back(catalogue, description, default)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_hostile_text_is_read_back(text: str) -> None:
    catalogue = resolve_scheme("wave", "key", text, text)
    assert catalogue is not None
    check_read_back(catalogue, text, text)


# Load


def list_classes(catalogue: Catalogue, folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield for each folder of stubs the beginning of the names of its classes, and the module that has them."""
    for path, text in build_stubs(catalogue, "python-standalone").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    definitions = {f"schemes/{each.id}": each for each in catalogue.schemes}
    definitions |= {f"connectors/{each.id}": each for each in catalogue.connectors}
    for name in list_folders(build_stubs(catalogue, "dotenv"), "dotenv"):
        noun, identifier, *method = name.split("/")
        spelling = Spelling(definitions[f"{noun}/{identifier}"], catalogue.conventions)
        module = execute(folder / f"python-standalone/{noun}/{spelling.module}.py")
        yield name, spelling.class_stem + "".join(map(str.capitalize, method)), module


def refuse(settings_class: type[BaseSettings], **sources: str) -> dict[str, str]:
    """Return the refusals of a class by field; one with a chosen variable is named by that."""
    with pytest.raises(ValidationError) as caught:
        settings_class.from_env(**sources)  # type: ignore[attr-defined]
    return {str(error["loc"][0]).lower(): error["msg"] for error in caught.value.errors()}


def compare_defaults(settings: BaseSettings) -> None:
    """Check that every field that has a default was not changed."""
    for name, field in type(settings).model_fields.items():
        if not field.is_required():
            assert getattr(settings, name) == field.get_default(call_default_factory=True), name


@pytest.mark.parametrize("name", ["awkward", "project"])
def test_an_example_gives_the_defaults_when_it_is_completed(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    catalogue = request.getfixturevalue(name)
    files, checked = build_stubs(catalogue, "dotenv"), 0
    for folder, stem, module in list_classes(catalogue, tmp_path):
        example_file, env_file = tmp_path / ".env.example", tmp_path / ".env"
        example_file.write_text(files[f"dotenv/{folder}/.env.example"])
        env_file.write_text(fill(example_file.read_text()))
        for role in ("Configuration", "Runtime"):
            settings_class = module[stem + role]
            required = {field for field, info in settings_class.model_fields.items() if info.is_required()}
            if required:
                refused = refuse(settings_class, env_file=str(example_file))
                assert refused == dict.fromkeys(required, "the placeholder is not replaced")
            settings = settings_class.from_env(env_file=str(env_file))
            compare_defaults(settings)
            assert all(value.startswith(("canary-", "it's $me")) for value in settings.secrets().values())
            checked += 1
    assert checked >= 10


@pytest.mark.parametrize("name", ["awkward", "project"])
@pytest.mark.parametrize("options", [DEFAULT_OPTIONS, OTHER_OPTIONS], ids=["default", "other"])
def test_deployed_stubs_feed_the_class_that_they_name(
    name: str,
    options: TargetOptions,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalogue = replace(request.getfixturevalue(name), options=options)
    files = build_stubs(catalogue)
    for number, (folder, _, module) in enumerate(list_classes(catalogue, tmp_path)):
        stubs = {path: fill(text) for path, text in select_folder(files, f"kubernetes/{folder}").items()}
        manifests = load(stubs)
        heading = stubs["env-from.yaml"].split("\n")[1]
        (reader,) = re.findall(r"\b(\w+)\.from_env\(\)", heading)
        mounted = mount(manifests, tmp_path / f"{number}")
        (shown,) = re.findall(rf'{reader}\.from_env\(secrets_dir="(.*)"\)', stubs["mounted.yaml"])
        assert str(mounted).endswith(shown)
        from_files = module[reader].from_env(secrets_dir=str(mounted))
        with monkeypatch.context() as patch:
            for variable, value in read_variables(manifests).items():
                patch.setenv(variable, value)
            from_variables = module[reader].from_env()
        assert from_files == from_variables
        compare_defaults(from_files)
        check_compose(files[f"compose/{folder}/compose.yaml"], module, reader, tmp_path / f"{number}", monkeypatch)


def check_compose(
    text: str, module: dict[str, Any], reader: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put each value where the stub says, into a file or a variable, and read the settings in the container."""
    document, environment = yaml.safe_load(fill(text)), {}
    for name, secret in document.get("secrets", {}).items():
        if "environment" in secret:
            environment[secret["environment"]] = f"canary-{name}"
        else:
            file = folder / secret["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"canary-{name}\n")
    variables, mounted = run_compose(document, folder, environment)
    with monkeypatch.context() as patch:
        for variable, value in variables.items():
            patch.setenv(variable, value)
        settings = module[reader].from_env(secrets_dir=str(mounted))
    compare_defaults(settings)
    assert {f"canary-{name}" for name in document.get("secrets", ())} <= set(settings.secrets().values())


def test_a_fetched_secret_is_the_secret_of_kubernetes(awkward: Catalogue, project: Catalogue) -> None:
    for catalogue in (awkward, project):
        files = build_stubs(catalogue)
        folders = list_folders(files, "external-secrets")
        assert folders == list_folders(files, "kubernetes")
        for folder in folders:
            stubs = load(select_folder(files, f"external-secrets/{folder}"))
            manifests = load(select_folder(files, f"kubernetes/{folder}"))
            assert stubs.get("config-map.yaml") == manifests.get("config-map.yaml")
            if "secret.yaml" in manifests:
                fetched, secret = stubs["external-secret.yaml"], manifests["secret.yaml"]
                assert fetched["spec"]["target"]["name"] == secret["metadata"]["name"]
                keys = [entry["secretKey"] for entry in fetched["spec"].get("data", ())]
                assert keys == [key for key, value in secret["stringData"].items() if value == PLACEHOLDER]


@pytest.mark.parametrize("target", TARGETS)
def test_no_stub_holds_the_value_of_a_secret(target: str) -> None:
    secrets = [{"name": "password", "default": "canary-1"}, {"name": "x", "secret": "yes", "default": "canary-2"}]
    examples = [{"name": "token", "example": "canary-3"}]
    scheme = {"id": "s", "required": secrets, "injected": [*secrets, *examples]}
    catalogue = resolve_drafts(read_source("s.json", json.dumps({"schemes": [scheme]}))).catalogue
    texts = "".join(build_stubs(catalogue, target).values())
    assert "S_TOKEN" in texts
    assert "canary" not in texts


@pytest.mark.parametrize(
    ("target", "option", "values"),
    [
        ("kubernetes", "namespace", ("one", "two")),
        ("external-secrets", "store", ("one", "two")),
        ("compose", "folder", ("one", "two")),
    ],
)
def test_other_options_are_not_served_from_the_cache(
    tmp_path: Path, target: str, option: str, values: tuple[str, ...]
) -> None:
    (tmp_path / "s.yaml").write_text("schemes: [{id: wave, injected: [{name: key}]}]\n")
    for value in (*values, values[0]):
        configuration = f'sources = ["s.yaml"]\ntargets = ["{target}"]\n[options.{target}]\n{option} = "{value}"\n'
        (tmp_path / "authscribe.toml").write_text(configuration)
        assert run("generate", "--cache-dir", "cache", cwd=tmp_path).code == 0
        texts = b"".join(text for path, text in tree(tmp_path / "output").items() if path.endswith(".yaml"))
        assert [each for each in values if re.search(rf"\b{each}\b".encode(), texts)] == [value]
