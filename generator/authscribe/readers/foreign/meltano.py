"""Meltano: plugin definitions as the hub has them, one in a file, and those that a project or catalogue declares.

The format is that of https://docs.meltano.com/reference/plugin-definition-syntax, and that of the catalogues before
the hub (`discovery.yml`), in which one plugin lists its variants. A plugin says what it can be set to and which
settings are sensitive, and nothing of how it authenticates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model import naming
from authscribe.model.draft import (
    DefinitionDraft,
    Draft,
    Entry,
    ListNode,
    MapNode,
    Node,
    Noun,
    ScalarNode,
    Value,
    text_of,
)
from authscribe.readers.foreign.scheme_lists import (
    MethodIds,
    SchemeLists,
    SchemeSetting,
    find_value_type,
    list_scalars,
    list_texts,
    make_method_ids,
    take_default,
)
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, parse_boolean

_TYPES: Final = (
    "extractors", "loaders", "transforms", "orchestrators", "transformers", "files", "utilities", "mappers",
)  # fmt: skip
_NAMED_ALIKE: Final = ("orchestrators", "transformers", "utilities")
"""The types between which the hub has plugins of one name and variant, such as dbt."""
_PLUGIN_KEYS: Final = frozenset({"settings", "variant", "variants", "pip_url", "executable"})
_KINDS: Final[Mapping[str, str]] = {
    "string": "string", "integer": "integer", "decimal": "number", "boolean": "boolean", "array": "array",
    "object": "object",
}  # fmt: skip
_SENSITIVE_KINDS: Final = ("password", "oauth")
"""Kinds that Meltano itself hides in what it shows, `sensitive` or not."""
_NOT_DECLARED: Final = "it declares no settings"
_OF_VARIANTS: Final = "its variants declare the settings"
_REPEATED: Final = "another setting of the same name counts"
_PROJECT: Final = "it is about the project and no plugin"


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Whether the document is one plugin of the hub, or a project or catalogue with plugins."""
    keys = {entry.key for entry in node.entries}
    is_plugin = {"name", "namespace"} <= keys and not _PLUGIN_KEYS.isdisjoint(keys)
    return is_plugin or _is_project(node) or _is_catalogue(node)


def _is_project(node: MapNode) -> bool:
    plugins = node.find("plugins")
    return isinstance(plugins, MapNode) and any(entry.key in _TYPES for entry in plugins.entries)


def _is_catalogue(node: MapNode) -> bool:
    """Whether there are lists of plugins by their types, one of them with a namespace, as every definition has."""
    lists = (entry.node for entry in node.entries if entry.key in _TYPES and isinstance(entry.node, ListNode))
    plugins = (item for found in lists for item in found.items if isinstance(item, MapNode))
    return any(text_of(plugin.find("name")) and text_of(plugin.find("namespace")) for plugin in plugins)


def draft(path: str, node: MapNode) -> Draft:
    """A connector for each plugin or variant that declares its settings, with the schemes of its groups of settings."""
    document = TrackedMapping(node)
    if _is_project(node):
        plugins = _declared(document, document.child("plugins"))
    elif _is_catalogue(node):
        plugins = _declared(document, document)
    else:
        plugins = ((document, _type_of(path, node)),)
    found = [item for plugin, plugin_type in plugins for item in _plugin(plugin, plugin_type)]
    return Draft(
        path,
        definitions=tuple(item for item in found if isinstance(item, DefinitionDraft)),
        findings=tuple(item for item in found if isinstance(item, Finding)),
        key_outcomes=tuple(document.key_outcomes),
    )


def _type_of(path: str, node: MapNode) -> str:
    """The type of a plugin: its own statement, else the folder that it lies in, as in `utilities/dbt/dbt-labs.yml`."""
    stated = text_of(node.find("plugin_type"))
    return stated or next((part for part in reversed(PurePath(path).parts[:-1]) if part in _TYPES), "")


def _declared(document: TrackedMapping, by_type: TrackedMapping) -> tuple[tuple[TrackedMapping, str], ...]:
    """The plugins that declare their settings, each with its type; everything else of a document is lost."""
    declared: list[tuple[TrackedMapping, str]] = []
    for plugin_type in by_type.keys:
        for plugin in by_type.children(plugin_type):
            if any(isinstance(plugin.peek(key), ListNode) for key in ("settings", "variants")):
                declared.append((plugin, plugin_type))
            else:
                _lose_all(plugin, _NOT_DECLARED)
    _lose_all(by_type, _PROJECT)
    _lose_all(document, _PROJECT)
    return tuple(declared)


def _lose_all(reading: TrackedMapping, reason: str) -> None:
    for key in reading.keys:
        reading.lose(key, reason)


@dataclass(frozen=True, slots=True)
class _Part:
    """A plugin, or one of the variants that it lists, and what is said of it."""

    identifier: ScalarNode
    facts: Mapping[str, Node | Value]
    declared: Mapping[str, SchemeSetting]
    groups: tuple[tuple[ScalarNode, ...], ...]
    kept: MapNode | None = None


def _plugin(reading: TrackedMapping, plugin_type: str) -> Iterator[DefinitionDraft | Finding]:
    name = reading.peek("name")
    if not isinstance(name, ScalarNode) or not isinstance(name.value, str):
        yield report_missing_key("name", reading.place)
        return
    variants = reading.children("variants")
    if variants:
        reading.lose("settings", _OF_VARIANTS)
    yield from _misshapen(reading, "variants")
    common = _facts(reading)
    parts: list[_Part] = []
    for one in variants or (reading,):
        spelt = one.peek("name" if variants else "variant")
        identifier = _identifier(name.value, text_of(spelt), plugin_type)
        if not naming.is_id(identifier):
            yield report_bad_id(name.value, name.place)
            return
        yield from _misshapen(one, "settings")
        settings = tuple(_settings(one))
        yield from (item for item in settings if isinstance(item, Finding))
        declared = {item.wire: item for item in settings if isinstance(item, SchemeSetting)}
        place = spelt.place if spelt is not None and variants else name.place
        facts = {**common, **_facts(one)}
        parts.append(_Part(ScalarNode(identifier, place), facts, declared, _groups(one, declared)))
    for one in (reading, *variants):
        _withhold_values(one, [part.declared for part in parts])
    for part in _with_rest(parts, reading, variants):
        yield from _definitions(part)


def _misshapen(reading: TrackedMapping, key: str) -> Iterator[Finding]:
    """What is no list of mappings where one is asked for: kept as it stands, it could show the value of a secret."""
    node = reading.peek(key)
    if isinstance(node, ListNode):
        others = (item for item in node.items if not isinstance(item, MapNode))
        yield from (report_not_a_mapping(item.place, f"an item of '{key}'") for item in others)
    elif node is not None and not (isinstance(node, ScalarNode) and node.value is None):
        yield report_wrong_value(key, node.place, "it is no list")


def _facts(reading: TrackedMapping) -> dict[str, Node | Value]:
    """What is said of a plugin or variant itself, by the keys of a connector."""
    found: dict[str, Node | Value] = {
        "title": reading.take_text("label"),
        "summary": reading.take_text("description"),
        "docs": reading.take_text("docs"),
        "status": "deprecated" if reading.take_boolean("deprecated") else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _with_rest(parts: Iterable[_Part], reading: TrackedMapping, variants: Sequence[TrackedMapping]) -> Iterator[_Part]:
    """The parts with what is left of the plugin, and each variant with what is left of it."""
    own = [variant.leftovers() for variant in variants]
    shared = reading.leftovers()
    entries_of_all = shared.entries if shared is not None else ()
    if not variants:
        yield from (replace(part, kept=shared) for part in parts)
        return
    for index, (part, left) in enumerate(zip(parts, own, strict=True)):
        beside = (Entry(f"variants[{index}]", left.place, left),) if left is not None else ()
        found = (*entries_of_all, *beside)
        yield replace(part, kept=MapNode(found, reading.place) if found else None)


def _identifier(name: str, variant: str | None, plugin_type: str) -> str:
    """`tap-jira--singer-io`, as Meltano names its lock files; the type before it where other types have the name."""
    of_type = f"{plugin_type}." if plugin_type in _NAMED_ALIKE else ""
    spelt = naming.make_id(name)
    return f"{of_type}{spelt}--{naming.make_id(variant)}" if variant else f"{of_type}{spelt}"


def _withhold_values(reading: TrackedMapping, declared: Sequence[Mapping[str, SchemeSetting]]) -> None:
    """A plugin of a project may be set to values; what is not known to be no secret is not kept."""
    config = reading.child("config")
    for key in config.keys:
        found = [settings[key] for settings in declared if key in settings]
        if not found or any(setting.is_secret for setting in found):
            config.withhold(key)
    reading.withhold("env")


def _settings(reading: TrackedMapping) -> Iterator[SchemeSetting | Finding]:
    node = reading.peek("settings")
    if isinstance(node, ListNode) and not node.items:
        reading.take("settings")
    settings = reading.children("settings")
    counting = _counting(settings)
    for setting in settings:
        counts = counting.get(text_of(setting.peek("name")) or "", setting)
        name = setting.take_text("name")
        if name is None:
            yield report_missing_key("name", setting.place)
        elif counts is setting:
            yield _setting(setting, name)
        else:
            _lose_all(setting, _REPEATED)
            yield _repeated(name, counts.node.find("name") or name)


def _counting(settings: Sequence[TrackedMapping]) -> Mapping[str, TrackedMapping]:
    """The setting that counts, by name: the last one, unless a secret would be none any more."""
    found: dict[str, TrackedMapping] = {}
    for setting in settings:
        name = text_of(setting.peek("name"))
        before = found.get(name or "")
        if name is not None and (before is None or _is_sensitive(setting) or not _is_sensitive(before)):
            found[name] = setting
    return found


def _is_sensitive(setting: TrackedMapping) -> bool:
    """Whether a setting is sensitive, by its own statement or by its kind."""
    return parse_boolean(setting.peek("sensitive")) is True or text_of(setting.peek("kind")) in _SENSITIVE_KINDS


def _repeated(name: ScalarNode, other: Node) -> Finding:
    first, second = sorted((name.place, other.place))
    finding = report_duplicate_name(str(name.value), second, first)
    return finding._replace(severity=Severity.WARNING)


def _setting(reading: TrackedMapping, name: ScalarNode) -> SchemeSetting:
    kind = reading.take_text("kind")
    word = str(kind.value) if kind is not None else ""
    of_type = _KINDS.get(word, "string") if kind is not None else find_value_type(reading.peek("value"))
    is_secret = _is_sensitive(reading)
    if parse_boolean(reading.peek("sensitive")) is is_secret:
        reading.take("sensitive")  # a statement that the kind overrules stays
    choices = _choices(reading)
    value = take_default(reading, "value", of_type=of_type, choices=choices, is_secret=is_secret)
    facts = make_map(
        name.place,
        type=of_type if of_type != "string" else None,
        type_label=None if kind is None or word in _KINDS else kind,
        title=reading.take_text("label"),
        description=reading.take_text("description"),
        example=reading.take_text("placeholder"),
        default=value,
        enum=choices,
        hidden=True if word == "hidden" or reading.take_boolean("hidden") else None,
        extras=reading.leftovers(),
    )
    return SchemeSetting(name, facts, is_secret)


def _choices(reading: TrackedMapping) -> ListNode | None:
    """The options where each is a value with or without a label."""
    node = reading.peek("options")
    items = node.items if isinstance(node, ListNode) else ()
    found = tuple(choice for item in items if (choice := _choice(item)) is not None)
    if not found or len(found) < len(items):
        return None
    reading.take("options")
    return ListNode(found, found[0].place)


def _choice(item: Node) -> MapNode | None:
    """An option of the hub has the shape of a choice of ours already."""
    if not isinstance(item, MapNode) or {entry.key for entry in item.entries} - {"value", "label"}:
        return None
    value, label = item.find("value"), item.find("label")
    is_value = isinstance(value, ScalarNode) and value.value is not None
    return item if is_value and (label is None or text_of(label) is not None) else None


def _definitions(part: _Part) -> Iterator[DefinitionDraft]:
    place = part.identifier.place
    owner = str(part.identifier.value)
    everything = (*part.declared.values(), *_undeclared(part.groups, part.declared))
    methods: list[MapNode] = []
    taken: list[MethodIds] = []
    for names, label in _alternatives(part.groups):
        ids = MethodIds(owner, owner) if label is None else make_method_ids(owner, label, taken)
        taken.append(ids)
        scheme = ScalarNode(ids.scheme, place)
        yield _scheme(scheme, part.facts.get("title"), _of_group(everything, names, part.groups))
        methods.append(make_map(place, id=ids.method, title=", ".join(names), schemes=ListNode((scheme,), place)))
    is_alone = len(methods) == 1
    yield DefinitionDraft(
        Noun.CONNECTOR,
        make_map(
            place,
            id=part.identifier,
            **part.facts,
            scheme=part.identifier if is_alone else None,
            methods=None if is_alone else make_list(tuple(methods), place),
            extras=part.kept,
        ),
    )


def _scheme(identifier: ScalarNode, title: Node | Value, settings: tuple[SchemeSetting, ...]) -> DefinitionDraft:
    kind = "custom" if any(setting.is_secret for setting in settings) else "none"
    lists = SchemeLists(settings).to_nodes(identifier.place)
    return DefinitionDraft(Noun.SCHEME, make_map(identifier.place, id=identifier, title=title, kind=kind, **lists))


def _groups(reading: TrackedMapping, declared: Mapping[str, SchemeSetting]) -> tuple[tuple[ScalarNode, ...], ...]:
    """Sets of settings of which one must be given; a list of anything else stays."""
    node = reading.peek("settings_group_validation")
    items = node.items if isinstance(node, ListNode) else ()
    sets = [
        list_scalars(item) for item in items if isinstance(item, ListNode) and len(list_texts(item)) == len(item.items)
    ]
    if not isinstance(node, ListNode) or len(sets) < len(items):
        return ()
    # A name such as `airbyte_spec` stands for the settings below it; it is no setting, and is kept as it stands.
    objects = {name for setting in declared for name in _objects(setting)} - set(declared)
    if not any(name.value in objects for names in sets for name in names):
        reading.take("settings_group_validation")
    groups = (tuple(name for name in names if name.value not in objects) for names in sets)
    return tuple({tuple(str(name.value) for name in group): group for group in groups}.values())


def _objects(name: str) -> Iterator[str]:
    """The objects around a nested setting: `a.b.c` gives `a` and `a.b`."""
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))


def _undeclared(
    groups: tuple[tuple[ScalarNode, ...], ...], declared: Mapping[str, SchemeSetting]
) -> Iterator[SchemeSetting]:
    """What a group asks for and no setting declares; it may be a secret."""
    found = {str(name.value): name for group in groups for name in group if name.value not in declared}
    for name in found.values():
        marked = make_map(name.place, undeclared=True)
        yield SchemeSetting(name, make_map(name.place, secret="unknown", extras=marked), is_secret=True)  # noqa: S106


def _alternatives(groups: tuple[tuple[ScalarNode, ...], ...]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """The names in each group, and what tells it from the others; one without a label where there is no choice."""
    sets = [tuple(str(name.value) for name in group) for group in groups] or [()]
    shared = set.intersection(*(set(names) for names in sets))
    for names in sets:
        own = [name for name in names if name not in shared]
        yield names, None if len(sets) == 1 else "-".join(own)


def _of_group(
    settings: tuple[SchemeSetting, ...], names: tuple[str, ...], groups: tuple[tuple[ScalarNode, ...], ...]
) -> tuple[SchemeSetting, ...]:
    """The settings of a group, and as optional ones those that no group asks for."""
    asked = {str(name.value) for group in groups for name in group}
    return tuple(
        replace(setting, is_optional=setting.wire not in names)
        for setting in settings
        if setting.wire in names or setting.wire not in asked
    )
