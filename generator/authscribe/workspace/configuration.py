"""Find, read and validate the configuration: `authscribe.toml`, or `[tool.authscribe]` in `pyproject.toml`.

A new key is a field of `Configuration` and a line in `_KEYS`. The keys are validated by hand: a run with nothing to do
reads the configuration and nothing else, and pydantic would cost it more than all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePath
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from authscribe.encoders.text import is_web_address
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_key import (
    report_target_without_options,
    report_unknown_key,
    report_unknown_options,
)
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode
from authscribe.model.name_kinds import (
    DEFAULT_CONVENTIONS,
    PACKAGE_RULE,
    PREFIX_RULES,
    Conventions,
    NameRule,
    Prefixes,
    find_prefix_problem,
    find_problem,
)
from authscribe.model.plugin_options import make_plugin_options
from authscribe.model.strict import TEXT_LIMIT, FilledText, StrictDataclass, Suppression
from authscribe.model.target_options import DEFAULT_OPTIONS, AllOptions, TargetOptions
from authscribe.model.wording import ENGLISH, ColumnWords, TypeWords, Wording
from authscribe.readers.text import decode
from authscribe.runtime import package_files, plugins
from authscribe.runtime.plugins import Group

ItemT = TypeVar("ItemT")
Parse: TypeAlias = Callable[[str, Node], object]

FILE_NAME: Final = "authscribe.toml"
PYPROJECT: Final = "pyproject.toml"
_HOLES: Final = ("path", "line")


@dataclass(frozen=True, slots=True)
class Suppress(Suppression):
    """Suppression in the configuration, for one connector or for all."""

    connector: str = field(
        default="*",
        metadata={"description": "the connector's name, with the schemes that it alone uses; `*` stands for all"},
    )
    name: str | None = field(
        default=None, metadata={"description": "only findings about this secret, parameter or file"}
    )


@dataclass(frozen=True, slots=True)
class Configuration(StrictDataclass):
    """Settings of a workspace, so that commands need no options. Paths are relative to the file."""

    sources: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "files, folders or glob patterns with definitions; files that git ignores are read only "
            "where they are named"
        },
    )
    out_dir: str = field(
        default="output", metadata={"alias": "out-dir", "description": "the folder that the tool owns"}
    )
    targets: tuple[str, ...] = field(
        default=(), metadata={"description": "targets to generate; those that the platform profile names when empty"}
    )
    templates: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "folders, or `package:NAME` for that of an installed package, "
            "searched before the built-in ones"
        },
    )
    connectors: tuple[FilledText, ...] = field(
        default=(), metadata={"description": "folders of connectors, or patterns for them"}
    )
    pages: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "pages whose scheme tables `docs` updates: files, folders or glob patterns; a pattern with "
            "a leading `!` excludes pages, as in a `.gitignore`"
        },
    )
    files: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "files that `sync` updates, such as `.env.example`: files, folders or glob patterns, as for "
            "`pages`"
        },
    )
    suppress: tuple[Suppress, ...] = field(default=(), metadata={"description": "findings that are not reported"})
    baseline: str | None = field(
        default=None, metadata={"description": "file with the findings that are known already"}
    )
    platform: str = field(
        default=package_files.read_default_platform(),
        metadata={"description": "the platform profile that connectors are made for"},
    )
    source_url: str | None = field(
        default=None,
        metadata={
            "alias": "source-url",
            "description": "where a source can be read: an address with {path} and {line}",
        },
    )
    names: Conventions = field(
        default=DEFAULT_CONVENTIONS, metadata={"description": "choices about the names in outputs"}
    )
    options: TargetOptions = field(default=DEFAULT_OPTIONS, metadata={"description": "options of the targets"})
    wording: Wording = field(
        default=ENGLISH,
        metadata={"description": "words of other languages, by which the tables of pages are recognised"},
    )


class LoadedConfiguration(NamedTuple):
    """Configuration as it was read, with the places of the items in its lists.

    `has_connectors` tells whether it has the key, if only with an empty list.
    """

    configuration: Configuration
    source_places: tuple[Place, ...] = ()
    target_places: tuple[Place, ...] = ()
    page_places: tuple[Place, ...] = ()
    file_places: tuple[Place, ...] = ()
    suppress_places: tuple[Place, ...] = ()
    connector_places: tuple[Place, ...] = ()
    has_connectors: bool = False


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


class _WrongValueError(Exception):
    """Raised for a value that the format does not allow; carries the findings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} findings")


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
        values = _parse_keys(section, _KEYS)
    except _WrongValueError as error:
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


def _parse_keys(
    node: MapNode,
    keys: Mapping[str, Parse],
    report: Callable[[str, Place, Iterable[str]], Finding] = report_unknown_key,
) -> dict[str, object]:
    """Return the value of each key by the name of its field; raises _WrongValueError with every mistake."""
    values: dict[str, object] = {}
    findings: list[Finding] = []
    for entry in node.entries:
        parse = keys.get(entry.key)
        if parse is None:
            findings.append(report(entry.key, entry.place, keys))
            continue
        try:
            values[entry.key.replace("-", "_")] = parse(entry.key, entry.node)
        except _WrongValueError as error:
            findings += error.findings
    if findings:
        raise _WrongValueError(findings)
    return values


def _parse_text(key: str, node: Node) -> str:
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        if len(node.value) > TEXT_LIMIT:
            raise _refuse(key, node, f"input is longer than {TEXT_LIMIT:,} characters")
        if "\0" in node.value:
            # No path can contain it.
            raise _refuse(key, node, "input should not contain NUL")
        return node.value
    raise _refuse(key, node, "input should be a string")


def _parse_filled(key: str, node: Node) -> str:
    text = _parse_text(key, node)
    if not text:
        raise _refuse(key, node, "input should not be empty")
    return text


def _parse_ruled(key: str, node: Node, rule: NameRule) -> str:
    text = _parse_text(key, node)
    problem = find_problem(rule, text)
    if problem is not None:
        raise _refuse(key, node, f"'{text}' {problem}; use {rule.characters}")
    return text


def _parse_date(key: str, node: Node) -> date:
    try:
        return date.fromisoformat(_parse_text(key, node))
    except ValueError:
        raise _refuse(key, node, "input should be a date such as 2027-06-30") from None


def _parse_address(key: str, node: Node) -> str:
    """Return an address with holes for the path and the line of a source."""
    address = _parse_text(key, node)
    if not is_web_address(re.sub(r"[{}]", "", address)):
        raise _refuse(key, node, "input should be an address that begins with https:// or http://")
    holes = re.findall(r"\{([^{}]*)\}", address)
    if "path" not in holes or not set(holes) <= set(_HOLES) or re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", address)):
        raise _refuse(key, node, "input should contain {path}, may contain {line}, and must not contain other braces")
    return address


def _parse_texts(key: str, node: Node) -> tuple[str, ...]:
    return tuple(_parse_items(key, node, _parse_text))


def _parse_paths(key: str, node: Node) -> tuple[str, ...]:
    return tuple(_parse_items(key, node, _parse_filled))


def _parse_suppressions(key: str, node: Node) -> tuple[Suppress, ...]:
    return tuple(_parse_items(key, node, _parse_suppression))


def _parse_items(key: str, node: Node, parse: Callable[[str, Node], ItemT]) -> Iterator[ItemT]:
    """Yield each item of a list; raises _WrongValueError with the mistakes of all items."""
    if not isinstance(node, ListNode):
        raise _refuse(key, node, "input should be a list")
    findings: list[Finding] = []
    for item in node.items:
        try:
            yield parse(key, item)
        except _WrongValueError as error:
            findings += error.findings
    if findings:
        raise _WrongValueError(findings)


def _parse_suppression(key: str, node: Node) -> Suppress:
    table = _require_table(key, node)
    findings = [report_missing_key(name, table.place) for name in ("rule", "reason") if table.find(name) is None]
    try:
        values = _parse_keys(table, _SUPPRESSION_KEYS)
    except _WrongValueError as error:
        raise _WrongValueError((*findings, *error.findings)) from None
    if findings:
        raise _WrongValueError(findings)
    return Suppress(**values)  # type: ignore[arg-type]


def _parse_names(key: str, node: Node) -> Conventions:
    return Conventions(**_parse_table(key, node, _NAMES_KEYS))  # type: ignore[arg-type]


def _parse_prefixes(key: str, node: Node) -> Prefixes:
    return Prefixes(**_parse_table(key, node, _PREFIX_KEYS))  # type: ignore[arg-type]


def _parse_prefix(key: str, node: Node, rule: NameRule) -> str:
    """Return a beginning of names, after which a name obeys the rule of its platform."""
    prefix = _parse_text(key, node)
    problem = find_prefix_problem(rule, prefix)
    if problem is not None:
        raise _refuse(key, node, f"'{prefix}' as the beginning of each {rule.noun} {problem}; use {rule.characters}")
    return prefix


def _parse_wording(key: str, node: Node) -> Wording:
    return Wording(**_parse_table(key, node, _WORDING_KEYS))  # type: ignore[arg-type]


def _parse_column_words(key: str, node: Node) -> ColumnWords:
    return ColumnWords(**_parse_table(key, node, _COLUMN_KEYS))  # type: ignore[arg-type]


def _parse_type_words(key: str, node: Node) -> TypeWords:
    return TypeWords(**_parse_table(key, node, _TYPE_KEYS))  # type: ignore[arg-type]


def _parse_table(key: str, node: Node, keys: Mapping[str, Parse]) -> dict[str, object]:
    return _parse_keys(_require_table(key, node), keys)


def _require_table(key: str, node: Node) -> MapNode:
    if not isinstance(node, MapNode):
        raise _refuse(key, node, "input should be a table")
    return node


def _parse_phrases(key: str, node: Node) -> tuple[str, ...]:
    return tuple(_parse_items(key, node, _parse_phrase))


def _parse_phrase(key: str, node: Node) -> str:
    """Return a word or phrase; a star is allowed at its end only."""
    phrase = _parse_text(key, node)
    if not re.fullmatch(r"[^*]*\w[^*]*\*?", phrase):
        raise _refuse(key, node, "input should be a word or phrase, with `*` at its end only")
    return phrase


def _parse_options(key: str, node: Node) -> TargetOptions:
    table = _require_table(key, node)
    added = {entry.key for entry in table.entries} - set(_OPTIONS_KEYS)
    values = _parse_keys(table, {**_OPTIONS_KEYS, **_find_plugin_options(added)}, _report_unknown_options)
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
    raise _refuse(key, node, problem)


def _parse_target_options(key: str, node: Node, default: Any) -> object:
    """Return the options of one target: those of `default`, a dataclass, and instead of some of them the given ones."""
    return replace(default, **_parse_option_values(key, node, default))


def _parse_option_values(key: str, node: Node, default: Any) -> dict[str, object]:
    return _parse_table(key, node, {get_option_key(entry.name): _choose_parser(entry) for entry in fields(default)})


def get_option_key(name: str) -> str:
    """Return the key of an option, or of a target with options, in the configuration by the name of its field."""
    return name.replace("_", "-")


def _choose_parser(entry: Field[Any]) -> Parse:
    """Return the parser of an option, which its default decides."""
    if isinstance(entry.default, StrEnum):
        return partial(_parse_member, members=type(entry.default))
    if "rule" in entry.metadata:
        return partial(_parse_ruled, rule=entry.metadata["rule"])
    return _OPTION_TYPES[type(entry.default)]


def _parse_scalar(key: str, node: Node, kind: type[bool | int], noun: str) -> object:
    if isinstance(node, ScalarNode) and type(node.value) is kind:
        return node.value
    raise _refuse(key, node, f"input should be {noun}")


def _parse_member(key: str, node: Node, members: type[StrEnum]) -> StrEnum:
    try:
        return members(_parse_text(key, node))
    except ValueError:
        allowed = " or ".join(f"'{member}'" for member in members)
        raise _refuse(key, node, f"input should be {allowed}") from None


def _refuse(key: str, node: Node, problem: str) -> _WrongValueError:
    return _WrongValueError((report_wrong_value(key, node.place, problem),))


_KEYS: Final[Mapping[str, Parse]] = {
    "sources": _parse_paths,
    "out-dir": _parse_text,
    "targets": _parse_texts,
    "templates": _parse_paths,
    "connectors": _parse_paths,
    "pages": _parse_paths,
    "files": _parse_paths,
    "suppress": _parse_suppressions,
    "baseline": _parse_text,
    "platform": _parse_text,
    "source-url": _parse_address,
    "names": _parse_names,
    "options": _parse_options,
    "wording": _parse_wording,
}
_SUPPRESSION_KEYS: Final[Mapping[str, Parse]] = {
    "rule": _parse_text,
    "reason": _parse_filled,
    "until": _parse_date,
    "connector": _parse_text,
    "name": _parse_text,
}
_NAMES_KEYS: Final[Mapping[str, Parse]] = {
    "package": partial(_parse_ruled, rule=PACKAGE_RULE),
    "prefixes": _parse_prefixes,
}
_PREFIX_KEYS: Final[Mapping[str, Parse]] = {
    key: partial(_parse_prefix, rule=rule) for key, rule in PREFIX_RULES.items()
}
_OPTION_TYPES: Final[Mapping[type[object], Parse]] = {
    str: _parse_text,
    bool: partial(_parse_scalar, kind=bool, noun="true or false"),
    int: partial(_parse_scalar, kind=int, noun="a whole number"),
    tuple: _parse_texts,
}
_OPTIONS_KEYS: Final[Mapping[str, Parse]] = {
    get_option_key(entry.name): partial(_parse_target_options, default=entry.default) for entry in fields(TargetOptions)
}
_COLUMN_KEYS: Final[Mapping[str, Parse]] = {entry.name: _parse_phrases for entry in fields(ColumnWords)}
_TYPE_KEYS: Final[Mapping[str, Parse]] = {entry.name: _parse_phrases for entry in fields(TypeWords)}
_WORDING_KEYS: Final[Mapping[str, Parse]] = {
    "required": _parse_phrases,
    "injected": _parse_phrases,
    "negations": _parse_phrases,
    "secrets": _parse_phrases,
    "generic-titles": _parse_phrases,
    "yes": _parse_phrases,
    "no": _parse_phrases,
    "columns": _parse_column_words,
    "types": _parse_type_words,
}
