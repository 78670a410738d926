"""Command `list`: connectors, schemes, targets, rules, inputs, outputs, and the configuration in effect.

What one list needs is imported by its function alone: the schemes need no rule, the rules no catalogue page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from authscribe.commands.invocation import Definitions, read_definitions, run_answering
from authscribe.commands.output import Output
from authscribe.commands.query import VERSION, align_columns, format_cell, read_contexts
from authscribe.encoders.json import encode_json_document
from authscribe.report.model import Verb
from authscribe.runtime import plugins
from authscribe.workspace.command_options import Options

if TYPE_CHECKING:
    from pydantic import JsonValue

    from authscribe.model.target_options import TargetOptions

Row: TypeAlias = "Mapping[str, JsonValue]"


def run_list(what: str, options: Options, output: Output) -> int:
    """Write one row for each of `what`; a name first, so that the first column can be cut out."""
    return run_answering(Verb.LIST, output, lambda: _list(what, options, output))


def _list(what: str, options: Options, output: Output) -> str:
    with read_definitions(options) as definitions:
        rows = tuple(_LISTS[what](definitions))
    if output.format == "json":
        return encode_json_document({"version": VERSION, what: [dict(row) for row in rows]})
    # A program that reads the columns gets no header.
    header = [[*row] for row in rows[:1] if output.is_screen]
    return align_columns([*header, *([format_cell(value) for value in row.values()] for row in rows)])


def _list_schemes(definitions: Definitions) -> Iterator[Row]:
    for scheme in definitions.resolve().catalogue.schemes:
        yield {
            "id": scheme.id,
            "kind": scheme.kind.value,
            "title": scheme.title,
            "required": [secret.name for secret in scheme.required],
            "injected": [secret.name for secret in scheme.injected],
        }


def _list_connectors(definitions: Definitions) -> Iterator[Row]:
    resolution = definitions.resolve(tolerant=True)
    for connector in resolution.catalogue.connectors:
        yield {
            "id": connector.id,
            "schemes": list(connector.scheme_ids),
            "title": connector.title,
            "path": None,
        }
    for context in read_contexts((), definitions.workspace, resolution):
        yield {
            "id": context.name,
            "schemes": [context.scheme.id] if context.scheme else [],
            "title": context.snapshot.revision,
            "path": context.snapshot.shown,
        }


def _list_targets(definitions: Definitions) -> Iterator[Row]:
    from authscribe.targets.registry import choose_targets, list_targets
    from authscribe.workspace.resolve import resolve_platform

    packages = plugins.list_plugins(plugins.Group.TARGETS)
    platform = resolve_platform(definitions.loaded, definitions.workspace)
    enabled = choose_targets(definitions.workspace.targets, platform)
    for name in list_targets(platform):
        yield {"id": name, "enabled": "yes" if name in enabled else "no", "package": packages.get(name)}


def _list_rules(definitions: Definitions) -> Iterator[Row]:
    from authscribe.lint.registry import load_rules

    del definitions
    added = map(plugins.load_rule, plugins.list_plugins(plugins.Group.RULES))
    for rule in (*load_rules().values(), *added):
        yield {"code": rule.code, "severity": rule.severity.value, "summary": rule.summary}


def _list_inputs(definitions: Definitions) -> Iterator[Row]:
    for file in definitions.workspace.sources:
        yield {"path": file.path, "sha256": definitions.loaded.inputs.get(file.key)}


def _list_outputs(definitions: Definitions) -> Iterator[Row]:
    from authscribe.adopt import adopt_connectors
    from authscribe.build.build import BuildContext
    from authscribe.catalogue.collect import collect_overview
    from authscribe.connectors.selection import select_folders
    from authscribe.drift.recorded import recall_connectors
    from authscribe.targets.plan import CATALOGUE
    from authscribe.targets.registry import choose_targets, plan_files
    from authscribe.workspace.resolve import resolve_platform, resolve_sources

    workspace = definitions.workspace
    platform = resolve_platform(definitions.loaded, workspace)
    folders = select_folders((), recall_connectors((), workspace), platform).require()
    loaded = adopt_connectors(definitions.loaded, folders, workspace)
    sources, resolution = definitions.resolve(), resolve_sources(loaded, workspace)
    selected = choose_targets(workspace.targets, resolution.catalogue.platform)
    planned = plan_files(resolution.catalogue, selected)
    if CATALOGUE in selected:
        overview = collect_overview(folders, workspace, sources=sources, resolution=resolution, values=())
        context = BuildContext((CATALOGUE,), workspace.templates)
        planned = (*planned, *overview.plan((), {}, context))
    for file in sorted(planned, key=lambda file: file.path):
        yield {"path": f"{workspace.shown_out_dir}/{file.path}", "target": file.target}


def _list_config(definitions: Definitions) -> Iterator[Row]:
    from pydantic import TypeAdapter

    from authscribe.workspace.configuration import Configuration

    workspace = definitions.workspace
    settings = TypeAdapter(Configuration).dump_python(workspace.configuration, mode="json", by_alias=True)
    for key, value in settings.items():
        yield from _flatten_setting(key, value)
    yield from _flatten_setting("options", _list_plugin_options(workspace.configuration.options))
    yield {"key": "config-file", "value": workspace.config_file}


def _list_plugin_options(options: TargetOptions) -> dict[str, JsonValue]:
    """Return the options of the plugins' targets of which the configuration sets any, by target."""
    from pydantic import TypeAdapter

    from authscribe.model.target_options import AllOptions
    from authscribe.workspace.configuration import get_option_key

    given = options.plugins if isinstance(options, AllOptions) else {}
    values = {get_option_key(target): _list_fields(own) for target, own in given.items()}
    dumped: dict[str, JsonValue] = TypeAdapter(object).dump_python(values, mode="json")
    return dumped


def _list_fields(options: Any) -> dict[str, object]:
    from authscribe.workspace.configuration import get_option_key

    return {get_option_key(entry.name): getattr(options, entry.name) for entry in fields(options)}


def _flatten_setting(key: str, value: JsonValue) -> Iterator[Row]:
    """Yield a row for a setting; that of a table is a row for each key with a value."""
    if not isinstance(value, dict):
        yield {"key": key, "value": value}
        return
    for inner, content in value.items():
        yield from _flatten_setting(f"{key}.{inner}", content) if content else ()


_LISTS: Final[Mapping[str, Callable[[Definitions], Iterator[Row]]]] = {
    "connectors": _list_connectors,
    "schemes": _list_schemes,
    "targets": _list_targets,
    "rules": _list_rules,
    "inputs": _list_inputs,
    "outputs": _list_outputs,
    "config": _list_config,
}
