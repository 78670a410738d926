"""Build the stubs of definitions, complete them as they say, and deploy them as their platforms do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from support import ROOT, resolve_drafts

from authscribe.adopt import adopt_connectors
from authscribe.build.build import finish_files
from authscribe.connectors.selection import select_folders
from authscribe.model.catalogue import Catalogue
from authscribe.readers.registry import read_source
from authscribe.targets.registry import plan_files
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import load_sources
from authscribe.workspace.resolve import resolve_platform, resolve_sources
from authscribe.workspace.workspace import find_workspace

TARGETS = ("dotenv", "kubernetes", "external-secrets", "compose")
CORPUS = ("connectors", "airbyte", "meltano", "openapi", "power-platform", "nango-providers-sample.yaml")
Files = dict[str, str]
Document = dict[str, Any]

AWKWARD = """\
schemes:
  - id: key
    kind: api_key
    required:
      - {name: API Key, names: {python: api_key}}
      - {name: user, secret: no, default: "it's $me"}
    injected:
      - {name: API Key, names: {python: api_key}, origin: {source: copied, required: API Key}}
      - {name: user, secret: no, default: "it's $me", origin: {source: copied, required: user}}
      - {name: token, names: {env: TOKEN, file: token.txt, kubernetes: token, compose: token}}
      - {name: otp, optional: true}
  - id: login
    kind: http_basic
    required: [{name: password}]
    injected: [{name: session, origin: {source: onboarding}}]
connectors:
  - id: acme
    names: {env: SHARED}
    methods: [{id: key, schemes: [key]}, {id: both, schemes: [key, login]}]
    parameters:
      - {name: from-date, names: {kubernetes: since, file: since.txt}}
      - {name: limit, type: integer, default: 5}
      - {name: ratio, type: number, default: 1.5}
      - {name: verify, type: boolean, default: false}
      - {name: tenants, type: array}
      - {name: headers, type: object, default: {a: ["${x}", "it's"]}}
      - {name: region, enum: [{value: eu}, {value: us}], default: us}
      - {name: padded, default: " a "}
      - {name: lines, default: "a \\n\\n\\n$b\\\\'"}
      - {name: template, default: "${x} {{ y }} # z"}
      - {name: note, optional: true}
  - id: 24seven
    scheme: login
"""


def read_catalogue(*sources: Path | str, cwd: Path = ROOT) -> Catalogue:
    """Return the catalogue of the sources without the definitions that have mistakes; without sources, the project's."""
    out_dir = "out" if sources else None
    workspace = find_workspace(Options(sources=tuple(map(str, sources)), out_dir=out_dir, keep_going=True), cwd)
    return resolve_sources(load_sources(workspace.sources), workspace, tolerant=True).catalogue


def read_awkward() -> Catalogue:
    """Return the catalogue of the awkward definitions above."""
    return resolve_drafts(read_source("s.yaml", AWKWARD)).catalogue


def read_corpus(corpus: Path, name: str) -> Catalogue:
    """Return the definitions of a folder of catalogues, or those of the connectors, which use the project's schemes."""
    return read_connectors(corpus / name) if name == "connectors" else read_catalogue(corpus / "catalogues" / name)


def read_connectors(folder: Path) -> Catalogue:
    """Return the catalogue of the connectors in a folder, without the project's definitions of them."""
    schemes = (str(file) for file in sorted((ROOT / "schemes").iterdir()) if file.is_file())
    workspace = find_workspace(Options(sources=tuple(schemes), out_dir="out"), ROOT)
    loaded = load_sources(workspace.sources)
    folders = select_folders((str(folder),), workspace, resolve_platform(loaded, workspace)).require()
    loaded = adopt_connectors(loaded, folders, workspace)
    catalogue = resolve_sources(loaded, workspace, tolerant=True).catalogue
    assert len(catalogue.connectors) > 10
    return catalogue


def build_stubs(catalogue: Catalogue, *targets: str) -> Files:
    """Return the files of the targets, by default all with stubs, by path."""
    planned = plan_files(catalogue, targets or TARGETS)
    return {file.path: file.content.data.decode() for file in finish_files(planned, ())}


def select_folder(files: Mapping[str, str], folder: str) -> Files:
    """Return the files directly in a folder, by name."""
    return {path.rpartition("/")[2]: text for path, text in files.items() if path.rpartition("/")[0] == folder}


def list_folders(files: Mapping[str, str], target: str) -> list[str]:
    """Return the folders of a target, relative to it."""
    folders = {path.rpartition("/")[0] for path in files}
    return sorted(folder.removeprefix(f"{target}/") for folder in folders if folder.startswith(f"{target}/"))


def fill(text: str, values: Iterator[str] | None = None) -> str:
    """Return a stub with another value in the place of each placeholder."""
    values = values or (f"canary-{number}" for number in count())
    return re.sub("REPLACE_ME", lambda _: next(values), text)


def load(files: Mapping[str, str]) -> dict[str, Document]:
    """Return the manifests of a folder by their name."""
    return {name: yaml.safe_load(text) for name, text in files.items()}


def read_variables(manifests: Mapping[str, Document]) -> dict[str, str]:
    """Return the environment of the container in the Pod that reads variables."""
    pod = manifests["env-from.yaml"]
    (container,) = pod["spec"]["containers"]
    variables: dict[str, str] = {}
    for source in container["envFrom"]:
        ((kind, reference),) = source.items()
        variables |= _read_object(manifests, kind.removesuffix("Ref"), reference["name"])
    for entry in container.get("env", ()):
        ((kind, reference),) = entry["valueFrom"].items()
        held = _read_object(manifests, kind.removesuffix("KeyRef"), reference["name"])
        variables[entry["name"]] = held[reference["key"]]
    return variables


def mount(manifests: Mapping[str, Document], folder: Path) -> Path:
    """Write the files that the kubelet puts into the container of the other Pod; return their folder."""
    spec = manifests["mounted.yaml"]["spec"]
    ((_, mounted),) = ((each["name"], each) for each in spec["containers"][0]["volumeMounts"])
    (volume,) = (each for each in spec["volumes"] if each["name"] == mounted["name"])
    target = folder / mounted["mountPath"].lstrip("/")
    target.mkdir(parents=True)
    for source in volume["projected"]["sources"]:
        ((kind, reference),) = source.items()
        held = _read_object(manifests, kind, reference["name"])
        for item in reference.get("items", [{"key": key, "path": key} for key in held]):
            (target / item["path"]).write_bytes(held[item["key"]].encode())
    return target


def _read_object(manifests: Mapping[str, Document], kind: str, name: str) -> dict[str, str]:
    """Return the data of a Secret or ConfigMap; as in a cluster, both need the namespace of the Pod."""
    manifest = manifests[{"secret": "secret.yaml", "configMap": "config-map.yaml"}[kind]]
    assert manifest["metadata"]["name"] == name
    assert manifest["metadata"].get("namespace") == manifests["mounted.yaml"]["metadata"].get("namespace")
    held = manifest["stringData" if kind == "secret" else "data"]
    assert all(isinstance(value, str) for value in held.values())
    return dict(held)


def run_compose(document: Document, project: Path, environment: Mapping[str, str]) -> tuple[dict[str, str], Path]:
    """Return the variables and the folder of secrets in the container of the only service."""
    (service,) = document["services"].values()
    run = project / "run/secrets"
    run.mkdir(parents=True)
    for entry in service.get("secrets", ()):
        secret = document["secrets"][entry["source"]]
        value = (
            (project / secret["file"]).read_bytes() if "file" in secret else environment[secret["environment"]].encode()
        )
        (run / entry["target"]).write_bytes(value)
    variables = {name: value.replace("$$", "$") for name, value in service.get("environment", {}).items()}
    return variables, run
