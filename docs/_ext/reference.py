"""The reference of the manual: `.. reference:: commands` stands for all that the code says of commands.

Nothing is written down twice: each part is made from the objects that do the work (the commands of click, the rules
and their explanations, the JSON Schemas, the members of enumerations) whenever a page is built.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final, TypeAlias

import authscribe
import click
from authscribe import config, drift, explanations, finding, models, readers, render, report, resources, schemas, targets
from authscribe.cli import authscribe as group
from authscribe.encoders import rst_literal, rst_text
from authscribe.rules import RULES
from docutils import nodes
from docutils.statemachine import StringList
from pydantic import JsonValue
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

Lines: TypeAlias = Iterator[str]
Schema: TypeAlias = Mapping[str, JsonValue]

_EXIT_CODES: Final = (
    ("authscribe.report.model", "FINE"),
    ("authscribe.report.model", "FOUND"),
    ("authscribe.verbs.output", "WRONG_INPUT"),
    ("authscribe.cli", "INTERRUPTED"),
)
_LIMITS: Final = (
    ("authscribe.readers.source", "SIZE_LIMIT"),
    ("authscribe.readers.source", "DEPTH_LIMIT"),
    ("authscribe.readers.rst", "LINE_LIMIT"),
    ("authscribe.readers.markdown", "LINE_LIMIT"),
)
_BADGES: Final = {"error": "danger", "warning": "warning", "info": "info"}
_ENUMERATIONS: Final = {
    enumeration.__name__: enumeration
    for enumeration in vars(models).values()
    if inspect.isclass(enumeration) and issubclass(enumeration, StrEnum) and enumeration is not StrEnum
}


class Reference(SphinxDirective):
    """A part of the reference, made from the code; the argument is its name in `PARTS`."""

    required_arguments = 1
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """The sections and tables of the part."""
        part = PARTS.get(self.arguments[0])
        if part is None:
            raise self.error(f"there is no part {self.arguments[0]!r}; there are {', '.join(PARTS)}")
        for module in Path(authscribe.__file__).parent.rglob("*.py"):
            self.env.note_dependency(module)
        self.content = StringList(list(part()), source=f"the {self.arguments[0]} in the code")
        return self.parse_content_to_nodes(allow_section_headings=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers the directive, and a role for rules: `:rule:` links to the section of its code."""
    app.add_directive("reference", Reference)
    app.add_crossref_type("rule-section", "rule")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _commands() -> Lines:
    """Every verb with its arguments and options, then the options that all verbs on definitions share."""
    contexts = {name: _context(name, command) for name, command in sorted(group.commands.items())}
    shared = _shared(contexts.values())
    for name, context in contexts.items():
        yield from _section(f"authscribe {name}", "-", label=f"command-{name}")
        yield from _command(context, shared)
    yield from _section("Options of every verb on definitions", "-", label="shared-options")
    yield from (f"These verbs have them: {_verbs(contexts, shared)}.", "", ".. program:: authscribe", "")
    some = next(context for context in contexts.values() if shared & set(_options(context)))
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


def _verbs(contexts: Mapping[str, click.Context], shared: set[str]) -> str:
    return ", ".join(f":ref:`{name} <command-{name}>`" for name, c in contexts.items() if shared & set(_options(c)))


def _command(context: click.Context, shared: set[str]) -> Lines:
    pieces = " ".join(context.command.collect_usage_pieces(context))
    yield from (".. code-block:: text", "", f"   {context.info_name} {pieces}", "")
    for paragraph in (context.command.help or "").split("\n\n"):
        yield from (_prose(" ".join(paragraph.split())), "")
    for argument in context.command.get_params(context):
        if isinstance(argument, click.Argument) and isinstance(argument.type, click.Choice):
            yield from (f"{rst_literal(argument.human_readable_name)} is one of {_codes(argument.type.choices)}.", "")
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
    yield from (f"   {_prose(option.help or '')}", "")
    facts = [f"Default: {rst_literal(extra['default'])}."] if "default" in extra else []
    facts += [f"Environment variable: {_codes(extra['envvars'])}."] if "envvars" in extra else []
    yield from (f"   {' '.join(facts)}", "")


def _rules() -> Lines:
    """A table of all rules, and for each a section with its explanation."""
    rows = ((f":rule:`{code}`", _badge(rule.severity), _prose(rule.summary)) for code, rule in sorted(RULES.items()))
    yield from _table(("Code", "Severity", "It is about"), (34, 14, 52), rows)
    for code, rule in sorted(RULES.items()):
        page = explanations.PAGES[code]
        yield from (f".. rule-section:: {code}", "")
        yield from _section(code, "-")
        yield from (f"{_badge(rule.severity)} {_prose(rule.summary)}", "", _prose(page.why), "")
        for caption, text in (("wrong", page.wrong), ("right", page.right)):
            yield from (".. code-block:: text", f"   :caption: {caption}", "")
            yield from (*(f"   {line}" for line in text.split("\n")), "")


def _configuration() -> Lines:
    yield from _models(schemas.SCHEMAS["config"](), root=config.Configuration.__name__)


def _definitions() -> Lines:
    """The keys of a definition file, of everything in it, and the values of each enumeration."""
    document = schemas.SCHEMAS["definitions"]()
    yield from _keys(document)
    yield from _refinement(document)
    yield from _parts_of(document)
    for name, enumeration in _ENUMERATIONS.items():
        yield from _section(name, "-", label=_label(name))
        yield from (_prose(_sentence(enumeration.__doc__)), "")
        yield from _members(enumeration)


def _refinement(document: Schema) -> Lines:
    """Only what a refinement has beyond the keys of a scheme."""
    refinement = _at(document, "properties", "refine", "items")
    known = _at(document, "$defs", "Scheme", "properties")
    own = {key: value for key, value in _at(refinement, "properties").items() if key not in known}
    yield from _section("Refinement", "-", label=_label("Refinement"))
    yield from ("A refinement has every key of a :ref:`Scheme <definition-scheme>`, of which only `id` is needed, and:", "")
    yield from _keys({"properties": own})


def _lock() -> Lines:
    yield from _models(schemas.SCHEMAS["lock"](), root="Lock")


def _report() -> Lines:
    yield from _table(("Key", "Type", "Meaning"), (38, 17, 45), _flat(schemas.SCHEMAS["report"](), ""))


def _formats() -> Lines:
    yield from _table(
        ("`--output-format`", "What it is"),
        (25, 75),
        ((rst_literal(name), _module(f"authscribe.report.{name}")) for name in report.FORMATS),
    )


def _inputs() -> Lines:
    yield from _table(
        ("Suffix", "Read as"),
        (20, 80),
        ((rst_literal(suffix), _module(module)) for suffix, module in readers.READERS.items()),
    )


def _targets() -> Lines:
    yield from _table(
        ("`--target`", "What it makes"),
        (20, 80),
        ((rst_literal(name), _module(f"authscribe.targets.{name}")) for name in targets.TARGETS),
    )


def _filters() -> Lines:
    rows = ((language.value, _codes(filters)) for language, filters in render.FILTERS.items())
    yield from _table(("Language", "Filters"), (25, 75), rows)


def _templates() -> Lines:
    folder = resources.templates()
    yield from (f"* {rst_literal(path.relative_to(folder).as_posix())}" for path in sorted(folder.rglob("*.jinja")))
    yield ""


def _states() -> Lines:
    yield from _members(drift.State)


def _severities() -> Lines:
    yield from _members(finding.Severity)


def _exits() -> Lines:
    yield from _constants("Code", _EXIT_CODES)


def _limits() -> Lines:
    yield from _constants("Limit", _LIMITS)


PARTS: Final[Mapping[str, Callable[[], Lines]]] = {
    "commands": _commands,
    "configuration": _configuration,
    "definitions": _definitions,
    "exits": _exits,
    "filters": _filters,
    "formats": _formats,
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


def _models(document: Schema, root: str) -> Lines:
    """The keys of a document, and of each model that it is made of."""
    yield from _section(root, "-", label=_label(root))
    yield from _keys(document)
    yield from _parts_of(document)


def _parts_of(document: Schema) -> Lines:
    for name, definition in _at(document, "$defs").items():
        if isinstance(definition, dict) and "properties" in definition:
            yield from _section(name.removeprefix("_"), "-", label=_label(name))
            yield from (_prose(_sentence(definition.get("description"))), "")
            yield from _keys(definition)


def _keys(schema: Schema) -> Lines:
    needed = schema.get("required", [])
    rows = (
        (
            rst_literal(key),
            _type(value),
            "needed" if isinstance(needed, list) and key in needed else _default(value),
            _prose(_sentence(value.get("description"))),
        )
        for key, value in _at(schema, "properties").items()
        if isinstance(value, dict)
    )
    yield from _table(("Key", "Type", "Default", "Meaning"), (22, 22, 14, 42), rows)


def _flat(schema: Schema, path: str) -> Iterator[tuple[str, str, str]]:
    """The keys of nested objects, each by its path."""
    for key, value in _at(schema, "properties").items():
        inner = value.get("items") if isinstance(value, dict) else None
        if isinstance(value, dict):
            yield rst_literal(f"{path}{key}"), _type(value), _prose(_sentence(value.get("description")))
            yield from _flat(inner, f"{path}{key}[].") if isinstance(inner, dict) else _flat(value, f"{path}{key}.")


def _type(schema: JsonValue) -> str:
    """A type in words, with links to the models and enumerations that have a section of their own."""
    match schema:
        case {"$ref": str() as reference}:
            return _reference(reference)
        case {"title": "Refinement"}:
            return _reference("Refinement")
        case {"anyOf": list() as options}:
            return " or ".join(dict.fromkeys(_type(option) for option in options if option != {"type": "null"}))
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"type": "object", "additionalProperties": dict() as values} if values:
            return f"mapping to {_type(values)}"
        case {"enum": list() as values}:
            return "one of " + _codes(str(value) for value in values)
        case {"const": value}:
            return rst_literal(str(value))
        case {"type": list() as names}:
            return " or ".join(str(name) for name in names)
        case {"format": str() as name}:
            return name
        case {"type": str() as name}:
            return {"object": "mapping", "array": "list"}.get(name, name)
    return "any value"


def _reference(reference: str) -> str:
    name = reference.rpartition("/")[2]
    return "any value" if name == "JsonValue" else f":ref:`{name} <{_label(name)}>`"


def _default(schema: Schema) -> str:
    value = schema.get("default")
    return rst_literal(str(value).lower() if isinstance(value, bool) else str(value)) if _says_something(value) else ""


def _says_something(value: JsonValue) -> bool:
    """Whether a default is more than "nothing"."""
    return any(map(_says_something, value.values())) if isinstance(value, dict) else value not in (None, "", [])


def _members(enumeration: type[StrEnum]) -> Lines:
    rows = (
        (rst_literal(member.value), _documented(enumeration.__module__, enumeration.__name__, member.name))
        for member in enumeration
    )
    yield from _table(("Value", "Meaning"), (30, 70), rows)


def _constants(head: str, names: Iterable[tuple[str, str]]) -> Lines:
    rows = ((f"{vars(importlib.import_module(module))[name]:,}", _documented(module, "", name)) for module, name in names)
    yield from _table((head, "Meaning"), (20, 80), rows)


def _documented(module: str, owner: str, name: str) -> str:
    """What the string below a constant or member says."""
    return _prose(" ".join(ModuleAnalyzer.for_module(module).find_attr_docs()[owner, name]))


def _module(name: str) -> str:
    """The first sentence of a module."""
    text = " ".join((inspect.getdoc(importlib.import_module(name)) or "").split())
    return _prose(re.split(r"(?<=\.)\s", text)[0])


def _table(head: tuple[str, ...], widths: tuple[int, ...], rows: Iterable[tuple[str, ...]]) -> Lines:
    yield from (".. list-table::", f"   :widths: {' '.join(map(str, widths))}", "   :header-rows: 1", "   :class: keys")
    yield ""
    for row in (head, *rows):
        for index, cell in enumerate(row):
            yield f"   {' ' if index else '*'} - {cell}".rstrip()
    yield ""


def _section(title: str, underline: str, label: str | None = None) -> Lines:
    yield from (f".. _{label}:", "") if label else ()
    yield from (title, underline * len(title), "")


def _label(name: str) -> str:
    return f"definition-{name.removeprefix('_').lower()}"


def _at(schema: JsonValue | Schema, *keys: str) -> Mapping[str, JsonValue]:
    """The mapping under these keys; empty where there is none."""
    for key in keys:
        schema = schema.get(key, {}) if isinstance(schema, Mapping) else {}
    return schema if isinstance(schema, Mapping) else {}


def _badge(severity: finding.Severity) -> str:
    return f":bdg-{_BADGES[severity.value]}:`{severity.value}`"


def _codes(values: Iterable[str]) -> str:
    return ", ".join(rst_literal(value) for value in values)


def _sentence(text: JsonValue) -> str:
    """As a sentence: with a capital and a full stop."""
    text = " ".join(str(text or "").split())
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", ":", "?")) else ".")


def _prose(text: str) -> str:
    """Text of the code as it is written there: what stands between backticks is code, all else is no markup."""
    parts = re.split(r"`+([^`]+)`+", text)
    return "".join(rst_literal(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    """Encoded, with the blanks at its ends, which an encoder takes away."""
    inner = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :] if inner else ""
    # An address of mail, such as `REPO@REV`, would become a link.
    encoded = rst_text(inner).replace("@", "\\@")
    return f"{before}{encoded}{after}" if inner else text
