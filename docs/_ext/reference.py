"""The reference of the manual: `.. reference:: commands` stands for all that the code says of commands.

Nothing is written down twice: each part is made from the objects that do the work (the commands of click, the rules
and their explanations, the JSON Schemas, the members of enumerations) whenever a page is built.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Final

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
from authscribe.build.templates import FILTERS
from authscribe.commands.schema import SCHEMAS
from authscribe.drift.compare import DriftState
from authscribe.encoders.rst import rst_literal
from authscribe.findings.finding import Severity
from authscribe.lint.registry import load_rules
from authscribe.model import definitions
from authscribe.readers.registry import DATA, MARKUP
from authscribe.report.registry import REPORT_FORMATS
from authscribe.runtime import package_files
from authscribe.targets.registry import TARGETS
from markup import Lines, codes, prose, section, sentence, table

_ROOT: Final = Path(__file__).resolve().parents[2]
_EXIT_CODES: Final = (
    ("authscribe.report.exit_codes", "FINE"),
    ("authscribe.report.exit_codes", "FOUND"),
    ("authscribe.report.exit_codes", "WRONG_INPUT"),
    ("authscribe.cli", "INTERRUPTED"),
)
_LIMITS: Final = (
    ("authscribe.readers.text", "SIZE_LIMIT"),
    ("authscribe.readers.text", "DEPTH_LIMIT"),
    ("authscribe.readers.syntax.yaml", "REPEATED_LIMIT"),
    ("authscribe.readers.pages.rst", "RST_LINE_LIMIT"),
    ("authscribe.readers.pages.markdown", "MARKDOWN_LINE_LIMIT"),
)
_BADGES: Final = {"error": "danger", "warning": "warning", "info": "info"}


class Reference(SphinxDirective):
    """A part of the reference, made from the code; the argument is its name in `PARTS`."""

    required_arguments = 1
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """The sections and tables of the part."""
        part = PARTS.get(self.arguments[0])
        if part is None:
            raise self.error(f"there is no part {self.arguments[0]!r}; there are {', '.join(PARTS)}")
        for file in (*Path(authscribe.__file__).parent.rglob("*.py"), *_ROOT.glob("*.y*ml")):
            self.env.note_dependency(file)
        self.content = StringList(list(part()), source=f"the {self.arguments[0]} in the code")
        return self.parse_content_to_nodes(allow_section_headings=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers the directive, and a role for rules: `:rule:` links to the section of its code."""
    app.add_directive("reference", Reference)
    app.add_crossref_type("rule-section", "rule")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _commands() -> Lines:
    """Every verb with its arguments and options, then the options that all verbs on definitions share."""
    contexts = {name: _context(name, command) for name, command in sorted(cli.authscribe.commands.items())}
    shared = _shared(contexts.values())
    for name, context in contexts.items():
        yield from section(f"authscribe {name}", f"command-{name}")
        yield from _command(context, shared)
    having = {name: context for name, context in contexts.items() if shared & set(_options(context))}
    links = ", ".join(f":ref:`{name} <command-{name}>`" for name in having)
    yield from section("Options of every verb on definitions", "shared-options")
    yield from (f"These verbs have them: {links}.", "", ".. program:: authscribe", "")
    some = next(iter(having.values()))
    for name, option in _options(some).items():
        if name in shared:
            yield from _option(option, some)


def _context(name: str, command: click.Command) -> click.Context:
    return click.Context(command, info_name=f"authscribe {name}", **command.context_settings)


def _options(context: click.Context) -> dict[str, click.Option]:
    """By their names; without `--help`, which hands no value to the command."""
    parameters = context.command.get_params(context)
    return {" ".join(p.opts): p for p in parameters if isinstance(p, click.Option) and p.expose_value}


def _shared(contexts: Iterable[click.Context]) -> set[str]:
    """The options that every verb has that has any."""
    return set.intersection(*(set(found) for context in contexts if (found := _options(context))))


def _command(context: click.Context, shared: set[str]) -> Lines:
    pieces = " ".join(context.command.collect_usage_pieces(context))
    yield from (".. code-block:: text", "", f"   {context.info_name} {pieces}", "")
    for paragraph in (context.command.help or "").split("\n\n"):
        yield from (prose(" ".join(paragraph.split())), "")
    for argument in context.command.get_params(context):
        if isinstance(argument, click.Argument) and isinstance(argument.type, click.Choice):
            yield from (f"{rst_literal(argument.human_readable_name)} is one of {codes(argument.type.choices)}.", "")
    yield from (f".. program:: {context.info_name}", "")
    options = _options(context)
    for name, option in options.items():
        if name not in shared:
            yield from _option(option, context)
    if shared & set(options):
        yield from ("Beside these there are the :ref:`options of every verb on definitions <shared-options>`.", "")


def _option(option: click.Option, context: click.Context) -> Lines:
    metavar = "" if option.is_flag else f" {option.make_metavar(context)}"
    option.get_help_record(context)  # decides whether the help names the variable
    extra = option.get_help_extra(context)
    yield from (f".. option:: {', '.join(f'{name}{metavar}' for name in option.opts)}", "")
    yield from (f"   {prose(option.help or '')}", "")
    facts = [f"Default: {rst_literal(extra['default'])}."] if "default" in extra else []
    facts += [f"Environment variable: {codes(extra['envvars'])}."] if "envvars" in extra else []
    yield from (f"   {' '.join(facts)}", "")


def _rules() -> Lines:
    """A table of all rules, and for each a section with its explanation."""
    rules = load_rules()
    rows = ((f":rule:`{code}`", _badge(rule.severity), prose(rule.summary)) for code, rule in rules.items())
    yield from table(("Code", "Severity", "It is about"), (34, 14, 52), rows)
    for code, rule in rules.items():
        yield from (f".. rule-section:: {code}", "")
        yield from section(code)
        yield from (f"{_badge(rule.severity)} {prose(rule.summary)}", "", prose(rule.why), "")
        for caption, text in (("wrong", rule.wrong), ("right", rule.right)):
            yield from (".. code-block:: text", f"   :caption: {caption}", "")
            yield from (*(f"   {line}" for line in text.split("\n")), "")


def _badge(severity: Severity) -> str:
    return f":bdg-{_BADGES[severity.value]}:`{severity.value}`"


def _configuration() -> Lines:
    yield from _document("config")


def _definitions() -> Lines:
    """The keys of a definition file, of everything in it, and the values of each enumeration."""
    document = SCHEMAS["definitions"]()
    yield from documents.keys(document)
    yield from _refinement(document)
    yield from documents.parts(document)
    for name, enumeration in _enumerations():
        yield from section(name, documents.label(name))
        yield from (prose(sentence(enumeration.__doc__)), "")
        yield from _members(enumeration)


def _refinement(document: documents.Schema) -> Lines:
    """Only what a refinement has beyond the keys of a scheme."""
    scheme = documents.at(document, "$defs", "Scheme", "properties")
    keys = documents.at(document, "properties", "refine", "items", "properties")
    yield from section("Refinement", documents.label("Refinement"))
    yield from ("It has every key of a :ref:`Scheme <definition-scheme>`, of which only ``id`` is needed, and:", "")
    yield from documents.keys({"properties": {key: value for key, value in keys.items() if key not in scheme}})


def _enumerations() -> Iterator[tuple[str, type[StrEnum]]]:
    for name, value in vars(definitions).items():
        if inspect.isclass(value) and issubclass(value, StrEnum) and value is not StrEnum:
            yield name, value


def _lock() -> Lines:
    yield from _document("lock")


def _document(which: str) -> Lines:
    """The keys of a document, and of everything in it that has a name."""
    document = SCHEMAS[which]()
    yield from documents.keys(document)
    yield from documents.parts(document)


def _report() -> Lines:
    yield from documents.paths(SCHEMAS["report"]())


def _formats() -> Lines:
    yield from _loaded("``--output-format``", REPORT_FORMATS)


def _inputs() -> Lines:
    yield from _loaded("Format", {**MARKUP, **DATA})


def _targets() -> Lines:
    yield from _modules("``--target``", {name: f"authscribe.targets.{name}" for name in TARGETS})


def _loaded(head: str, loaders: Mapping[str, Callable[[], object]]) -> Lines:
    yield from _modules(head, {name: _module_name(load()) for name, load in loaders.items()})


def _module_name(loaded: object) -> str:
    module = inspect.getmodule(loaded)
    return module.__name__ if module is not None else ""


def _modules(head: str, modules: Mapping[str, str]) -> Lines:
    rows = ((rst_literal(name), _first_sentence(module)) for name, module in modules.items())
    yield from table((head, "What it is"), (25, 75), rows)


def _first_sentence(module: str) -> str:
    text = " ".join((inspect.getdoc(import_module(module)) or "").split())
    return prose(re.split(r"(?<=\.)\s", text)[0])


def _filters() -> Lines:
    rows = ((rst_literal(language.value), codes(filters)) for language, filters in FILTERS.items())
    yield from table(("Language", "Filters"), (25, 75), rows)


def _templates() -> Lines:
    folder = package_files.templates_folder()
    yield from (f"* {rst_literal(path.relative_to(folder).as_posix())}" for path in sorted(folder.rglob("*.jinja")))
    yield ""


def _action() -> Lines:
    """The inputs of the GitHub action."""
    inputs = yaml.safe_load((_ROOT / "action.yml").read_text())["inputs"]
    rows = ((rst_literal(name), prose(of["description"]), rst_literal(of["default"])) for name, of in inputs.items())
    yield from table(("Input", "Meaning", "Default"), (25, 45, 30), rows)


def _hooks() -> Lines:
    """The hooks of pre-commit."""
    hooks = yaml.safe_load((_ROOT / ".pre-commit-hooks.yaml").read_text())
    yield from table(
        ("Hook", "What it does"), (30, 70), ((rst_literal(hook["id"]), prose(hook["description"])) for hook in hooks)
    )


def _states() -> Lines:
    yield from _members(DriftState)


def _severities() -> Lines:
    yield from _members(Severity)


def _members(enumeration: type[StrEnum]) -> Lines:
    rows = (
        (rst_literal(member.value), _documented(enumeration.__module__, enumeration.__name__, member.name))
        for member in enumeration
    )
    yield from table(("Value", "Meaning"), (30, 70), rows)


def _exits() -> Lines:
    yield from _constants("Code", _EXIT_CODES)


def _limits() -> Lines:
    yield from _constants("Limit", _LIMITS)


def _constants(head: str, names: Iterable[tuple[str, str]]) -> Lines:
    rows = ((f"{vars(import_module(module))[name]:,}", _documented(module, "", name)) for module, name in names)
    yield from table((head, "Meaning"), (20, 80), rows)


def _documented(module: str, owner: str, name: str) -> str:
    """What the string below a constant or member says."""
    return prose(" ".join(ModuleAnalyzer.for_module(module).find_attr_docs()[owner, name]))


PARTS: Final[Mapping[str, Callable[[], Lines]]] = {
    "action": _action,
    "commands": _commands,
    "configuration": _configuration,
    "definitions": _definitions,
    "exits": _exits,
    "filters": _filters,
    "formats": _formats,
    "hooks": _hooks,
    "inputs": _inputs,
    "limits": _limits,
    "lock": _lock,
    "report": _report,
    "rules": _rules,
    "severities": _severities,
    "states": _states,
    "targets": _targets,
    "templates": _templates,
}
