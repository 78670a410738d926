"""The verb `list`: connectors, schemes, targets, rules, inputs, outputs, and the configuration in effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pydantic import JsonValue, TypeAdapter

from authscribe import contract, encoders, pipeline, plugins, targets
from authscribe.config import Configuration
from authscribe.loading import Loaded
from authscribe.rules import RULES
from authscribe.targets import BUILT_IN
from authscribe.targets.parts import CATALOGUE
from authscribe.verbs import answers, choice, overview
from authscribe.verbs.output import Output
from authscribe.workspace import Options, Workspace

Row = Mapping[str, JsonValue]


def list_(what: str, options: Options, output: Output) -> int:
    """Writes one row for each of `what`; a name first, so that the first column can be cut out."""
    return answers.answered("list", options, output, lambda found, loaded: _listed(what, found, loaded, output))


def _listed(what: str, found: Workspace, loaded: Loaded, output: Output) -> str:
    rows = tuple(_LISTS[what](found, loaded))
    if output.format == "json":
        return encoders.json_document({"version": answers.VERSION, what: [dict(row) for row in rows]})
    return answers.columns([[answers.cell(value) for value in row.values()] for row in rows])


def _schemes(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    for scheme in pipeline.resolved(loaded, found).catalogue.schemes:
        yield {
            "id": scheme.id,
            "kind": scheme.kind.value,
            "title": scheme.title,
            "required": [secret.name for secret in scheme.required],
            "injected": [secret.name for secret in scheme.injected],
        }


def _connectors(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    resolution = pipeline.resolved(loaded, found, tolerant=True)
    for connector in resolution.catalogue.connectors:
        yield {
            "id": connector.id,
            "schemes": list({name: None for m in contract.methods(connector) for name in m.schemes}),
            "title": connector.title,
            "path": None,
        }
    for subject in answers.subjects((), found, resolution):
        yield {
            "id": subject.name,
            "schemes": [subject.scheme.id] if subject.scheme else [],
            "title": subject.snapshot.revision,
            "path": subject.snapshot.shown,
        }


def _targets(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    del loaded
    packages = plugins.packages(plugins.Group.TARGETS)
    for name in targets.names():
        enabled = name in (found.targets or BUILT_IN)
        yield {"id": name, "enabled": "yes" if enabled else "no", "package": packages.get(name)}


def _rules(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    del found, loaded
    for code in sorted(RULES):
        yield {"code": code, "severity": RULES[code].severity.value, "summary": RULES[code].summary}


def _inputs(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    for file in found.sources:
        yield {"path": file.path, "sha256": loaded.inputs.get(file.key)}


def _outputs(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    resolution = pipeline.resolved(loaded, found)
    selected = found.targets or BUILT_IN
    planned = targets.plan(resolution.catalogue, selected)
    if CATALOGUE in selected:
        folders = tuple(choice.folders((), found))
        seen = overview.of(folders, found, sources=resolution, resolution=resolution)
        planned = (*planned, *seen.plan((), {}))
    for file in sorted(planned, key=lambda file: file.path):
        yield {"path": f"{found.shown_out_dir}/{file.path}", "target": file.target}


def _config(found: Workspace, loaded: Loaded) -> Iterator[Row]:
    del loaded
    stated = TypeAdapter(Configuration).dump_python(found.configuration, mode="json", by_alias=True)
    for key, value in stated.items():
        yield {"key": key, "value": value}
    yield {"key": "config-file", "value": found.config_file}


_LISTS: Final[Mapping[str, Callable[[Workspace, Loaded], Iterator[Row]]]] = {
    "connectors": _connectors,
    "schemes": _schemes,
    "targets": _targets,
    "rules": _rules,
    "inputs": _inputs,
    "outputs": _outputs,
    "config": _config,
}
