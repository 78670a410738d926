"""Add the directive `reference`, which renders a part of the reference from the code.

Each part is rendered whenever a page is built, from the objects that do the work (click commands, rules, JSON Schemas,
enumerations), so the manual cannot contradict the code. `.. reference:: commands`, for example, renders all commands;
`PARTS` lists the other names.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Final

import click
import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

import authscribe
import documents
from authscribe import cli
from authscribe.build.filters import FILTERS
from authscribe.changes.verdicts import Audience, Semver, Verdict
from authscribe.commands.schema import SCHEMAS
from authscribe.drift.drift import DriftState
from authscribe.encoders.rst import encode_rst_literal
from authscribe.findings.finding import Severity
from authscribe.lint.registry import load_rules
from authscribe.model import definitions, platform, target_options
from authscribe.model.name_kinds import MODULE_RULE, NAME_KINDS, OBJECT_RULE, NameKind
from authscribe.pages.regions import CONTENTS, RegionContent
from authscribe.readers.registry import DATA_FORMATS, PAGE_FORMATS
from authscribe.report.registry import REPORT_FORMATS
from authscribe.runtime import package_files
from authscribe.sync.regions import CONTENTS as FILE_CONTENTS
from authscribe.targets.docs_regions import PARTS as TABLE_PARTS
from authscribe.targets.plan import CATALOGUE, plan_nothing
from authscribe.targets.registry import TARGETS
from markup import Lines, escape_prose, join_literals, render_section, render_table, to_sentence
from plugin_api import render_plugin_api

_ROOT: Final = Path(__file__).resolve().parents[2]
_EXIT_CODES: Final = (
    ("authscribe.report.exit_codes", "SUCCESS"),
    ("authscribe.report.exit_codes", "PROBLEMS_FOUND"),
    ("authscribe.report.exit_codes", "WRONG_INPUT"),
    ("authscribe.cli", "INTERRUPTED"),
)
_LIMITS: Final = (
    ("authscribe.readers.text", "SIZE_LIMIT"),
    ("authscribe.readers.text", "DEPTH_LIMIT"),
    ("authscribe.readers.syntax.yaml", "REPEATED_LIMIT"),
    ("authscribe.readers.pages.rst.page", "RST_LINE_LIMIT"),
    ("authscribe.readers.pages.markdown.page", "MARKDOWN_LINE_LIMIT"),
    ("authscribe.connectors.archives", "UNPACKED_LIMIT"),
    ("authscribe.connectors.archives", "MEMBER_LIMIT"),
    ("authscribe.model.repetitions", "REPETITION_LIMIT"),
    ("authscribe.model.repetitions", "REPETITION_SHARE"),
    ("authscribe.readers.foreign.alternatives", "WAY_LIMIT"),
    ("authscribe.readers.foreign.alternatives", "SHARED_LIMIT"),
    ("authscribe.sync.compose", "SETTING_LIMIT"),
)
_BADGES: Final = {"error": "danger", "warning": "warning", "info": "info"}


class Reference(SphinxDirective):
    """Part of the reference, rendered from the code; the argument is its name in `PARTS`."""

    required_arguments = 1
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """Return the sections and tables of the part; an unknown name is an error that lists the known ones."""
        render = PARTS.get(self.arguments[0])
        if render is None:
            raise self.error(f"unknown part {self.arguments[0]!r}; the parts are {', '.join(PARTS)}")
        # Any module can contribute to any part, so that a page is rebuilt after every change of the code.
        for file in (*Path(authscribe.__file__).parent.rglob("*.py"), *_ROOT.glob("*.y*ml")):
            self.env.note_dependency(file)
        self.content = StringList(list(render()), source=f"reference {self.arguments[0]}")
        return self.parse_content_to_nodes(allow_section_headings=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and the role `:rule:`, which links to the section about a rule."""
    app.add_directive("reference", Reference)
    app.add_crossref_type("rule-section", "rule")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _render_commands() -> Lines:
    """Yield a section for each command, then one for the options that all commands on definitions share."""
    contexts = {name: _create_context(name, command) for name, command in sorted(cli.authscribe.commands.items())}
    # All commands on definitions read the environment, and only they do.
    users = {name: context for name, context in contexts.items() if context.auto_envvar_prefix is not None}
    user = next(iter(users.values()))
    names = set.intersection(*(set(_list_options(context)) for context in users.values()))
    shared = {name: option for name, option in _list_options(user).items() if name in names}
    for name, context in contexts.items():
        yield from render_section(f"authscribe {name}", f"command-{name}")
        yield from _render_command(context, shared if name in users else {})
    links = ", ".join(f":ref:`{name} <command-{name}>`" for name in users)
    yield from render_section("Shared options", "shared-options")
    yield from (f"These commands share the options below: {links}.", "", ".. program:: authscribe", "")
    for option in shared.values():
        yield from _render_option(option, user)


def _create_context(name: str, command: click.Command) -> click.Context:
    return click.Context(command, info_name=f"authscribe {name}", **command.context_settings)


def _list_options(context: click.Context) -> dict[str, click.Option]:
    """Return the options of a command by their names, apart from `--help`."""
    parameters = context.command.get_params(context)
    # `--help` prints and exits, so click passes no value of it to the command.
    return {" ".join(p.opts): p for p in parameters if isinstance(p, click.Option) and p.expose_value}


def _render_command(context: click.Context, shared: Mapping[str, click.Option]) -> Lines:
    """Yield the usage, the help, and the options of a command, apart from those with the same help for all."""
    pieces = " ".join(context.command.collect_usage_pieces(context))
    yield from (".. code-block:: text", "", f"   {context.info_name} {pieces}", "")
    for paragraph in (context.command.help or "").split("\n\n"):
        yield from (escape_prose(" ".join(paragraph.split())), "")
    for argument in context.command.get_params(context):
        if isinstance(argument, click.Argument) and isinstance(argument.type, click.Choice):
            yield from (
                f"{encode_rst_literal(argument.human_readable_name)} is one of {join_literals(argument.type.choices)}.",
                "",
            )
    yield from (f".. program:: {context.info_name}", "")
    options = _list_options(context)
    for name, option in options.items():
        if name not in shared or option.help != shared[name].help:
            yield from _render_option(option, context)
    if shared:
        command = encode_rst_literal(str(context.info_name))
        yield from (f"{command} also has the :ref:`shared options <shared-options>`.", "")


def _render_option(option: click.Option, context: click.Context) -> Lines:
    metavar = "" if option.is_flag else f" {option.make_metavar(context)}"
    # In a terminal, the help states once how all variables are named.
    option.show_envvar = True
    extra = option.get_help_extra(context)
    yield from (f".. option:: {', '.join(f'{name}{metavar}' for name in option.opts)}", "")
    yield from (f"   {escape_prose(option.help or '')}", "")
    choices = option.type.choices if option.metavar is not None and isinstance(option.type, click.Choice) else ()
    facts = [f"Choices: {join_literals(choices)}."] if choices else []
    facts += [f"Default: {encode_rst_literal(extra['default'])}."] if "default" in extra else []
    facts += [f"Environment variable: {join_literals(extra['envvars'])}."] if "envvars" in extra else []
    yield from (f"   {' '.join(facts)}", "")


def _render_rules() -> Lines:
    """Yield a table of all rules, then a section with the explanation of each."""
    rules = load_rules()
    rows = (
        (f":rule:`{code}`", _render_badge(rule.severity), escape_prose(rule.summary)) for code, rule in rules.items()
    )
    yield from render_table(("Code", "Severity", "Summary"), (34, 14, 52), rows)
    for code, rule in rules.items():
        yield from (f".. rule-section:: {code}", "")
        yield from render_section(code)
        yield from (f"{_render_badge(rule.severity)} {escape_prose(rule.summary)}", "", escape_prose(rule.why), "")
        for caption, text in (("Wrong", rule.wrong), ("Right", rule.right)):
            yield from (".. code-block:: text", f"   :caption: {caption}", "")
            yield from (*(f"   {line}" for line in text.split("\n")), "")


def _render_badge(severity: Severity) -> str:
    return f":bdg-{_BADGES[severity.value]}:`{severity.value}`"


def _render_configuration() -> Lines:
    """Yield the keys of the configuration and of each table in it, then the values of each enumeration."""
    yield from _render_document("config")
    yield from _render_enumerations(target_options)


def _render_definitions() -> Lines:
    """Yield the keys of a definition file and of each object in it, then the values of each enumeration."""
    document = SCHEMAS["definitions"]()
    yield from documents.render_keys(document)
    yield from _render_refinement(document)
    yield from documents.render_objects(document)
    yield from _render_enumerations(definitions, platform)


def _render_refinement(document: documents.Schema) -> Lines:
    """Yield the keys that a refinement has in addition to those of a scheme."""
    scheme = documents.descend(document, "$defs", "Scheme", "properties")
    keys = documents.descend(document, "properties", "refine", "items", "properties")
    yield from render_section("Refinement", documents.make_label("Refinement"))
    yield from (
        "A refinement has every key of a :ref:`Scheme <definition-scheme>`, but only ``id`` is required, and:",
        "",
    )
    yield from documents.render_keys({"properties": {key: value for key, value in keys.items() if key not in scheme}})


def _render_enumerations(*modules: ModuleType) -> Lines:
    """Yield a section with the values of each enumeration of the modules, once."""
    values = {name: value for module in modules for name, value in vars(module).items()}
    for name, value in values.items():
        if inspect.isclass(value) and issubclass(value, StrEnum) and value is not StrEnum:
            yield from render_section(name, documents.make_label(name))
            yield from (escape_prose(to_sentence(value.__doc__)), "")
            yield from _render_members(value)


def _render_markers(contents: Mapping[str, RegionContent[Any]]) -> Lines:
    """Yield a table of the contents of regions, with the keys of their markers."""
    rows = (
        (
            encode_rst_literal(name),
            " or ".join(map(encode_rst_literal, content.subjects)),
            join_literals(content.required),
            join_literals(content.optional),
            escape_prose(content.summary),
        )
        for name, content in contents.items()
    )
    yield from render_table(("Contents", "One of", "Required", "Optional", "Shows"), (13, 16, 12, 19, 40), rows)


def _render_names() -> Lines:
    """Yield a table of the rules for each kind of name, then one of the reserved names."""
    own = ((NameKind.PYTHON, MODULE_RULE), (NameKind.KUBERNETES, OBJECT_RULE))
    rules = (*NAME_KINDS.items(), *own)
    rows = (
        (
            encode_rst_literal(kind.value),
            escape_prose(rule.noun),
            escape_prose(rule.characters),
            str(rule.limit or ""),
            "" if rule.is_case_sensitive else "ignored",
            "all connectors" if rule.is_shared else "one connector",
            escape_prose(rule.source),
        )
        for kind, rule in rules
    )
    head = ("Key", "Name", "Characters: use", "Limit", "Case", "Distinct in", "Source")
    yield from render_table(head, (11, 15, 25, 6, 8, 11, 24), rows)
    reserved = (
        (
            escape_prose(rule.noun),
            join_literals((*sorted(rule.reserved), *(f"{each}*" for each in rule.reserved_prefixes))),
        )
        for _, rule in rules
        if rule.reserved or rule.reserved_prefixes
    )
    yield from render_table(("Name", "Reserved; a star stands for any ending"), (20, 80), reserved)


def _render_parts() -> Lines:
    rows = ((encode_rst_literal(name), join_literals(part.columns)) for name, part in TABLE_PARTS.items())
    yield from render_table(("Part", "Columns"), (25, 75), rows)


def _render_lock() -> Lines:
    yield from _render_document("lock")


def _render_document(which: str) -> Lines:
    """Yield the keys of a document and of each named object in it."""
    document = SCHEMAS[which]()
    yield from documents.render_keys(document)
    yield from documents.render_objects(document)


def _render_report() -> Lines:
    yield from documents.render_paths(SCHEMAS["report"]())


def _render_formats() -> Lines:
    yield from _render_modules("``--output-format``", _name_modules(REPORT_FORMATS))


def _render_inputs() -> Lines:
    yield from _render_modules("Format", _name_modules({**PAGE_FORMATS, **DATA_FORMATS}))


def _render_targets() -> Lines:
    plans = {name: load() for name, load in TARGETS.items()}
    functions = {name: (plan.plan_shared, plan.plan_scheme, plan.plan_connector) for name, plan in plans.items()}
    modules = {
        name: next(each.__module__ for each in planning if each is not plan_nothing)
        for name, planning in functions.items()
    }
    others = {CATALOGUE: "authscribe.catalogue.target", "PLATFORM": "authscribe.targets.platform_files"}
    yield from _render_modules("``--target``", {**modules, **others})


def _name_modules(loaders: Mapping[str, Callable[[], object]]) -> dict[str, str]:
    """Return the full name of the module that each loader loads, or loads something from."""
    modules = {name: inspect.getmodule(load()) for name, load in loaders.items()}
    return {name: module.__name__ for name, module in modules.items() if module is not None}


def _render_modules(head: str, modules: Mapping[str, str]) -> Lines:
    """Yield a table of modules, each with the first sentence of its docstring."""
    rows = ((encode_rst_literal(name), _read_first_sentence(module)) for name, module in modules.items())
    yield from render_table((head, "Description"), (25, 75), rows)


def _read_first_sentence(module: str) -> str:
    text = " ".join((inspect.getdoc(import_module(module)) or "").split())
    return escape_prose(re.split(r"(?<=\.)\s", text)[0])


def _render_filters() -> Lines:
    """Yield a table of the filters, each with the arguments after the value and the docstring of its encoder."""
    rows = (
        (encode_rst_literal(language.value), encode_rst_literal(f"{name}{arguments}"), value, escape_prose(meaning))
        for language, filters in FILTERS.items()
        for name, encode in filters.items()
        for value, arguments, meaning in (_describe_filter(encode),)
    )
    yield from render_table(("Language", "Filter", "Value", "Result"), (14, 26, 12, 48), rows)


def _describe_filter(encode: Callable[..., object]) -> tuple[str, str, str]:
    """Return what a filter takes, its arguments in parentheses, and what it returns, in a sentence."""
    first, *others = inspect.signature(encode).parameters.values()
    arguments = ", ".join(str(each.replace(annotation=inspect.Parameter.empty)) for each in others)
    meaning = " ".join((inspect.getdoc(encode) or "").split()).removeprefix("Return ")
    meaning = re.sub(r"\b([Rr])aise\b", r"\1aises", meaning)
    kind = str(first.annotation)
    value = {"str": "text", "object": "any"}.get(kind) or encode_rst_literal(kind)
    return value, f"({arguments})" if others else "", to_sentence(meaning)


def _render_templates() -> Lines:
    folder = package_files.find_templates_folder()
    yield from (
        f"* {encode_rst_literal(path.relative_to(folder).as_posix())}" for path in sorted(folder.rglob("*.jinja"))
    )
    yield ""


def _render_action() -> Lines:
    """Yield the inputs of the GitHub action."""
    inputs = yaml.safe_load((_ROOT / "action.yml").read_text())["inputs"]
    rows = (
        (encode_rst_literal(name), escape_prose(of["description"]), encode_rst_literal(of["default"]))
        for name, of in inputs.items()
    )
    yield from render_table(("Input", "Meaning", "Default"), (25, 45, 30), rows)


def _render_hooks() -> Lines:
    """Yield the pre-commit hooks."""
    hooks = yaml.safe_load((_ROOT / ".pre-commit-hooks.yaml").read_text())
    rows = ((encode_rst_literal(hook["id"]), escape_prose(hook["description"])) for hook in hooks)
    yield from render_table(("Hook", "Description"), (30, 70), rows)


def _render_states() -> Lines:
    rows = ((encode_rst_literal(state.value), escape_prose(state.explanation)) for state in DriftState)
    yield from render_table(("Value", "Meaning"), (30, 70), rows)


def _render_verdicts() -> Lines:
    yield from _render_members(Verdict)


def _render_audiences() -> Lines:
    yield from _render_members(Audience)


def _render_semver() -> Lines:
    yield from _render_members(Semver)


def _render_severities() -> Lines:
    yield from _render_members(Severity)


def _render_members(enumeration: type[StrEnum]) -> Lines:
    rows = (
        (
            encode_rst_literal(member.value),
            _read_attribute_docs(enumeration.__module__, enumeration.__name__, member.name),
        )
        for member in enumeration
    )
    yield from render_table(("Value", "Meaning"), (30, 70), rows)


def _render_exits() -> Lines:
    yield from _render_constants("Code", _EXIT_CODES)


def _render_limits() -> Lines:
    yield from _render_constants("Limit", _LIMITS)


def _render_constants(head: str, names: Iterable[tuple[str, str]]) -> Lines:
    rows = (
        (f"{vars(import_module(module))[name]:,}", _read_attribute_docs(module, "", name)) for module, name in names
    )
    yield from render_table((head, "Meaning"), (20, 80), rows)


def _read_attribute_docs(module: str, owner: str, name: str) -> str:
    """Return the string literal below a constant, or below a member of the class `owner`, as markup."""
    return escape_prose(" ".join(ModuleAnalyzer.for_module(module).find_attr_docs()[owner, name]))


PARTS: Final[Mapping[str, Callable[[], Lines]]] = {
    "action": _render_action,
    "audiences": _render_audiences,
    "commands": _render_commands,
    "configuration": _render_configuration,
    "definitions": _render_definitions,
    "exits": _render_exits,
    "filters": _render_filters,
    "formats": _render_formats,
    "hooks": _render_hooks,
    "inputs": _render_inputs,
    "limits": _render_limits,
    "lock": _render_lock,
    "markers": partial(_render_markers, CONTENTS),
    "markers-of-files": partial(_render_markers, FILE_CONTENTS),
    "names": _render_names,
    "parts": _render_parts,
    "plugin-api": render_plugin_api,
    "report": _render_report,
    "rules": _render_rules,
    "semver": _render_semver,
    "severities": _render_severities,
    "states": _render_states,
    "targets": _render_targets,
    "templates": _render_templates,
    "verdicts": _render_verdicts,
}
