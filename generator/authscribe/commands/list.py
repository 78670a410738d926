"""The verb `list`: connectors, schemes, targets, rules, inputs, outputs, and the configuration in effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pydantic import JsonValue, TypeAdapter

from authscribe.catalogue.collect import collect_overview
from authscribe.commands.output import Output
from authscribe.commands.query import VERSION, align_columns, answer_query, format_cell, read_contexts
from authscribe.connectors.selection import select_folders
from authscribe.encoders.json import json_document
from authscribe.lint.registry import load_rules
from authscribe.model.contract import methods_of
from authscribe.runtime import plugins
from authscribe.targets.plan import CATALOGUE
from authscribe.targets.registry import BUILT_IN, plan_files, target_names
from authscribe.workspace.configuration import Configuration
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.options import Options
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace

Row = Mapping[str, JsonValue]


def run_list(what: str, options: Options, output: Output) -> int:
    """Writes one row for each of `what`; a name first, so that the first column can be cut out."""
    return answer_query("list", options, output, lambda found, loaded: _listed(what, found, loaded, output))


def _listed(what: str, found: Workspace, loaded: LoadedSources, output: Output) -> str:
    rows = tuple(_LISTS[what](found, loaded))
    if output.format == "json":
        return json_document({"version": VERSION, what: [dict(row) for row in rows]})
    return align_columns([[format_cell(value) for value in row.values()] for row in rows])


def _schemes(found: Workspace, loaded: LoadedSources) -> Iterator[Row]:
    for scheme in resolve_sources(loaded, found).catalogue.schemes:
        yield {
            "id": scheme.id,
            "kind": scheme.kind.value,
            "title": scheme.title,
            "required": [secret.name for secret in scheme.required],
            "injected": [secret.name for secret in scheme.injected],
        }


def _connectors(found: Workspace, loaded: LoadedSources) -> Iterator[Row]:
    resolution = resolve_sources(loaded, found, tolerant=True)
    for connector in resolution.catalogue.connectors:
        yield {
            "id": connector.id,
            "schemes": list({name: None for m in methods_of(connector) for name in m.schemes}),
            "title": connector.title,
            "path": None,
        }
    for subject in read_contexts((), found, resolution):
        yield {
            "id": subject.name,
            "schemes": [subject.scheme.id] if subject.scheme else [],
            "title": subject.snapshot.revision,
            "path": subject.snapshot.shown,
        }


def _targets(found: Workspace, loaded: LoadedSources) -> Iterator[Row]:
    del loaded
    packages = plugins.list_plugins(plugins.Group.TARGETS)
    for name in target_names():
        enabled = name in (found.targets or BUILT_IN)
        yield {"id": name, "enabled": "yes" if enabled else "no", "package": packages.get(name)}


def _rules(found: Workspace, loaded: LoadedSources) -> Iterator[Row]:
    del found, loaded
    for rule in load_rules().values():
        yield {"code": rule.code, "severity": rule.severity.value, "summary": rule.summary}


def _inputs(found: Workspace, loaded: LoadedSources) -> Iterator[Row]:
    for file in found.sources:
        yield {"path": file.path, "sha256": loaded.inputs.get(file.key)}


def _outputs(found: Workspace, loaded: LoadedSources) -> Iterator[Row]:
    resolution = resolve_sources(loaded, found)
    selected = found.targets or BUILT_IN
    planned = plan_files(resolution.catalogue, selected)
    if CATALOGUE in selected:
        folders = tuple(select_folders((), found))
        seen = collect_overview(folders, found, sources=resolution, resolution=resolution)
        planned = (*planned, *seen.plan((), {}))
    for file in sorted(planned, key=lambda file: file.path):
        yield {"path": f"{found.shown_out_dir}/{file.path}", "target": file.target}


def _config(found: Workspace, loaded: LoadedSources) -> Iterator[Row]:
    del loaded
    stated = TypeAdapter(Configuration).dump_python(found.configuration, mode="json", by_alias=True)
    for key, value in stated.items():
        yield {"key": key, "value": value}
    yield {"key": "config-file", "value": found.config_file}


_LISTS: Final[Mapping[str, Callable[[Workspace, LoadedSources], Iterator[Row]]]] = {
    "connectors": _connectors,
    "schemes": _schemes,
    "targets": _targets,
    "rules": _rules,
    "inputs": _inputs,
    "outputs": _outputs,
    "config": _config,
}
