"""Find and read the configuration file: `authscribe.toml`, or `[tool.authscribe]` in `pyproject.toml`.

A new key is a field of `Configuration` and a line in `_KEYS`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import Field, fields, replace
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePath
from typing import Any, Final

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_key import report_target_without_options, report_unknown_options
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model.draft import ListNode, MapNode, Node
from authscribe.model.name_kinds import PACKAGE_RULE, PREFIX_RULES, Conventions, NameRule, Prefixes, find_prefix_problem
from authscribe.model.plugin_options import make_plugin_options
from authscribe.model.target_options import AllOptions, TargetOptions
from authscribe.model.wording import ColumnWords, TypeWords, Wording
from authscribe.readers.text import decode
from authscribe.runtime import plugins
from authscribe.runtime.plugins import Group
from authscribe.workspace.configuration import (
    FILE_NAME,
    PYPROJECT,
    Configuration,
    LoadedConfiguration,
    Suppress,
    get_option_key,
)
from authscribe.workspace.configuration_values import (
    Parse,
    WrongValueError,
    parse_address,
    parse_date,
    parse_filled,
    parse_items,
    parse_keys,
    parse_member,
    parse_paths,
    parse_phrases,
    parse_ruled,
    parse_scalar,
    parse_table,
    parse_text,
    parse_texts,
    refuse,
    require_table,
)


def find_configuration_file(start: Path) -> Path | None:
    """Return the nearest configuration file at or above `start`, up to the repository root; None if there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if (folder / PYPROJECT).is_file() and b"[tool.authscribe" in (folder / PYPROJECT).read_bytes():
            return folder / PYPROJECT
        if (folder / ".git").exists():
            return None
    return None


def read_configuration(path: str, data: bytes) -> LoadedConfiguration:
    """Return what the configuration file at this path states; raises DefinitionError with every mistake in it."""
    # Imported here: most modules that know the configuration read no TOML.
    from authscribe.readers.syntax.toml import parse_toml

    text = decode(path, data)
    node, findings = (None, text.findings) if text.findings else parse_toml(path, text.text)
    if findings or not isinstance(node, MapNode):
        raise DefinitionError(findings)
    section = _find_section(node) if PurePath(path).name == PYPROJECT else node
    try:
        values = parse_keys(section, _KEYS)
    except WrongValueError as error:
        raise DefinitionError(error.findings) from None
    # The values are right: each was parsed for the field that it becomes.
    configuration = Configuration(**values)  # type: ignore[arg-type]
    return LoadedConfiguration(
        configuration,
        source_places=_list_places(section, "sources"),
        target_places=_list_places(section, "targets"),
        page_places=_list_places(section, "pages"),
        file_places=_list_places(section, "files"),
        suppress_places=_list_places(section, "suppress"),
        connector_places=_list_places(section, "connectors"),
        has_connectors=section.find("connectors") is not None,
    )


def _find_section(node: MapNode) -> MapNode:
    tool = node.find("tool")
    section = tool.find("authscribe") if isinstance(tool, MapNode) else None
    if not isinstance(section, MapNode):
        raise DefinitionError((report_not_a_mapping(node.place, "tool.authscribe"),))
    return section


def _list_places(section: MapNode, key: str) -> tuple[Place, ...]:
    node = section.find(key)
    return tuple(item.place for item in node.items) if isinstance(node, ListNode) else ()


def _parse_suppressions(key: str, node: Node) -> tuple[Suppress, ...]:
    return tuple(parse_items(key, node, _parse_suppression))


def _parse_suppression(key: str, node: Node) -> Suppress:
    table = require_table(key, node)
    findings = [report_missing_key(name, table.place) for name in ("rule", "reason") if table.find(name) is None]
    try:
        values = parse_keys(table, _SUPPRESSION_KEYS)
    except WrongValueError as error:
        raise WrongValueError((*findings, *error.findings)) from None
    if findings:
        raise WrongValueError(findings)
    return Suppress(**values)  # type: ignore[arg-type]


def _parse_names(key: str, node: Node) -> Conventions:
    return Conventions(**parse_table(key, node, _NAMES_KEYS))  # type: ignore[arg-type]


def _parse_prefixes(key: str, node: Node) -> Prefixes:
    return Prefixes(**parse_table(key, node, _PREFIX_KEYS))  # type: ignore[arg-type]


def _parse_prefix(key: str, node: Node, rule: NameRule) -> str:
    """Return a beginning of names, after which a name obeys the rule of its platform."""
    prefix = parse_text(key, node)
    problem = find_prefix_problem(rule, prefix)
    if problem is not None:
        raise refuse(key, node, f"'{prefix}' as the beginning of each {rule.noun} {problem}; use {rule.characters}")
    return prefix


def _parse_wording(key: str, node: Node) -> Wording:
    return Wording(**parse_table(key, node, _WORDING_KEYS))  # type: ignore[arg-type]


def _parse_column_words(key: str, node: Node) -> ColumnWords:
    return ColumnWords(**parse_table(key, node, _COLUMN_KEYS))  # type: ignore[arg-type]


def _parse_type_words(key: str, node: Node) -> TypeWords:
    return TypeWords(**parse_table(key, node, _TYPE_KEYS))  # type: ignore[arg-type]


def _parse_options(key: str, node: Node) -> TargetOptions:
    table = require_table(key, node)
    added = {entry.key for entry in table.entries} - set(_OPTIONS_KEYS)
    values = parse_keys(table, {**_OPTIONS_KEYS, **_find_plugin_options(added)}, _report_unknown_options)
    built_in = {entry.name: values.pop(entry.name) for entry in fields(TargetOptions) if entry.name in values}
    if not values:
        return TargetOptions(**built_in)  # type: ignore[arg-type]
    return AllOptions(**built_in, plugins=values)  # type: ignore[arg-type]


def _report_unknown_options(target: str, place: Place, known: Iterable[str]) -> Finding:
    installed = plugins.list_plugins(Group.TARGETS)
    if target in installed:
        return report_target_without_options(target, place)
    return report_unknown_options(target, place, {*known, *installed}, plugins.suggest_package(Group.TARGETS, target))


def _find_plugin_options(names: Collection[str]) -> dict[str, Parse]:
    """Return the parser of the options of each plugin's target among the names, as far as it has options."""
    installed = plugins.list_plugins(Group.TARGETS) if names else {}
    parsers = {name: _choose_plugin_parser(name) for name in sorted(names) if name in installed}
    return {name: parse for name, parse in parsers.items() if parse is not None}


def _choose_plugin_parser(name: str) -> Parse | None:
    """Return the parser of the options of a plugin's target, if it has any; raise DefinitionError if it is unusable."""
    options = getattr(plugins.load_plugin(Group.TARGETS, name), "options", None)
    if options is None:
        return None
    return partial(_parse_plugin_options, target=name, default=make_plugin_options(name, options))


def _parse_plugin_options(key: str, node: Node, target: str, default: Any) -> object:
    """Return the options of a plugin's target, whose class may refuse them by a ValueError."""
    values = _parse_option_values(key, node, default)
    with plugins.blame_plugin(Group.TARGETS, target):
        try:
            return replace(default, **values)
        except ValueError as error:
            problem = str(error)
    raise refuse(key, node, problem)


def _parse_target_options(key: str, node: Node, default: Any) -> object:
    """Return the options of one target: those of `default`, a dataclass, and instead of some of them the given ones."""
    return replace(default, **_parse_option_values(key, node, default))


def _parse_option_values(key: str, node: Node, default: Any) -> dict[str, object]:
    return parse_table(key, node, {get_option_key(entry.name): _choose_parser(entry) for entry in fields(default)})


def _choose_parser(entry: Field[Any]) -> Parse:
    """Return the parser of an option, which its default decides."""
    if isinstance(entry.default, StrEnum):
        return partial(parse_member, members=type(entry.default))
    if "rule" in entry.metadata:
        return partial(parse_ruled, rule=entry.metadata["rule"])
    return _OPTION_TYPES[type(entry.default)]


_KEYS: Final[Mapping[str, Parse]] = {
    "sources": parse_paths,
    "out-dir": parse_text,
    "targets": parse_texts,
    "templates": parse_paths,
    "connectors": parse_paths,
    "pages": parse_paths,
    "files": parse_paths,
    "suppress": _parse_suppressions,
    "baseline": parse_text,
    "platform": parse_text,
    "source-url": parse_address,
    "names": _parse_names,
    "options": _parse_options,
    "wording": _parse_wording,
}
_SUPPRESSION_KEYS: Final[Mapping[str, Parse]] = {
    "rule": parse_text,
    "reason": parse_filled,
    "until": parse_date,
    "connector": parse_text,
    "name": parse_text,
}
_NAMES_KEYS: Final[Mapping[str, Parse]] = {
    "package": partial(parse_ruled, rule=PACKAGE_RULE),
    "prefixes": _parse_prefixes,
}
_PREFIX_KEYS: Final[Mapping[str, Parse]] = {
    key: partial(_parse_prefix, rule=rule) for key, rule in PREFIX_RULES.items()
}
_OPTION_TYPES: Final[Mapping[type[object], Parse]] = {
    str: parse_text,
    bool: partial(parse_scalar, kind=bool, noun="true or false"),
    int: partial(parse_scalar, kind=int, noun="a whole number"),
    tuple: parse_texts,
}
_OPTIONS_KEYS: Final[Mapping[str, Parse]] = {
    get_option_key(entry.name): partial(_parse_target_options, default=entry.default) for entry in fields(TargetOptions)
}
_COLUMN_KEYS: Final[Mapping[str, Parse]] = {entry.name: parse_phrases for entry in fields(ColumnWords)}
_TYPE_KEYS: Final[Mapping[str, Parse]] = {entry.name: parse_phrases for entry in fields(TypeWords)}
_WORDING_KEYS: Final[Mapping[str, Parse]] = {
    "required": parse_phrases,
    "injected": parse_phrases,
    "negations": parse_phrases,
    "secrets": parse_phrases,
    "generic-titles": parse_phrases,
    "yes": parse_phrases,
    "no": parse_phrases,
    "columns": _parse_column_words,
    "types": _parse_type_words,
}
