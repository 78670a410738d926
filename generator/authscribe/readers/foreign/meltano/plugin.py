"""Draft the connectors and schemes of one Meltano plugin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from authscribe.findings.finding import Finding, attribute_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.model import naming
from authscribe.model.draft import (
    DefinitionDraft,
    Entry,
    ListNode,
    MapNode,
    Node,
    Noun,
    ScalarNode,
    Value,
    count_keys,
    get_text,
)
from authscribe.readers.foreign.alternatives import EXCESS, find_excess
from authscribe.readers.foreign.meltano.groups import (
    SettingGroup,
    label_groups,
    read_groups,
    select_settings,
)
from authscribe.readers.foreign.meltano.settings import list_public, read_settings, withhold_values
from authscribe.readers.foreign.scheme_lists import (
    MethodIds,
    SchemeLists,
    SchemeSetting,
    find_credentials,
    make_method_ids,
)
from authscribe.readers.foreign.shapes import find_wrong_lists
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_AMBIGUOUS_TYPES: Final = ("orchestrators", "transformers", "utilities")
"""Plugin types between which the hub has plugins of the same name and variant, such as dbt."""
_IN_VARIANTS: Final = "the variants of the plugin declare the settings"


@dataclass(frozen=True, slots=True)
class _PluginVariant:
    """Variant of a plugin, or a plugin that lists none; `facts` are keys of its connector."""

    identifier: ScalarNode
    facts: Mapping[str, Node | Value]
    declared: Mapping[str, SchemeSetting]
    groups: tuple[SettingGroup, ...]
    extras: MapNode | None = None


def read_plugin(plugin: TrackedMapping, plugin_type: str) -> Iterator[DefinitionDraft | Finding]:
    """Yield the connector of each variant of a plugin after its schemes, and findings."""
    name = plugin.peek("name")
    if not isinstance(name, ScalarNode) or not isinstance(name.value, str):
        yield report_missing_key("name", plugin.place)
        return
    mappings = plugin.children("variants")
    if mappings:
        plugin.lose("settings", _IN_VARIANTS)
    common_facts = _read_facts(plugin)
    variants: list[_PluginVariant] = []
    wrong = tuple(find_wrong_lists(plugin, "variants"))
    for mapping in mappings or (plugin,):
        variant_name = mapping.peek("name" if mappings else "variant")
        identifier = _make_id(name.value, get_text(variant_name), plugin_type)
        if not naming.is_id(identifier):
            yield report_bad_id(name.value, name.place)
            return
        place = variant_name.place if variant_name is not None and mappings else name.place
        facts = {**common_facts, **_read_facts(mapping)}
        variant, findings = _read_variant(mapping, ScalarNode(identifier, place), facts)
        yield from attribute_findings((*wrong, *findings), identifier)
        variants.append(variant)
    public = list_public([setting for variant in variants for setting in variant.declared.values()])
    for mapping in (plugin, *mappings):
        withhold_values(mapping, public)
    excess = next(_find_excess(plugin, variants), None)
    if excess is not None:
        plugin.abandon(EXCESS)
        yield excess
        return
    own = [mapping.leftovers() for mapping in mappings]
    shared = plugin.leftovers()
    for variant in _add_extras(variants, shared, own) if mappings else (replace(variants[0], extras=shared),):
        yield from _draft_variant(variant)


def _find_excess(plugin: TrackedMapping, variants: Sequence[_PluginVariant]) -> Iterator[Finding]:
    """Yield a finding if the variants have too much of the plugin in common, or the groups of one of them."""
    common = sum(count_keys(entry.node) + 1 for entry in plugin.node.entries if entry.key != "variants")
    grouped = ({name for group in variant.groups for name in group.names} for variant in variants)
    for ways, shared in (
        (len(variants), common),
        *((len(each.groups), len(each.declared.keys() - names)) for each, names in zip(variants, grouped, strict=True)),
    ):
        excess = find_excess(plugin.place, ways, shared)
        yield from (excess,) if excess is not None else ()


def _read_variant(
    mapping: TrackedMapping, identifier: ScalarNode, facts: Mapping[str, Node | Value]
) -> tuple[_PluginVariant, tuple[Finding, ...]]:
    """Return a variant with its settings and their groups, and the findings about them."""
    settings = tuple(read_settings(mapping))
    declared = {item.wire: item for item in settings if isinstance(item, SchemeSetting)}
    grouped = tuple(read_groups(mapping, declared))
    declared |= {item.wire: item for item in grouped if isinstance(item, SchemeSetting)}
    groups = tuple(item for item in grouped if isinstance(item, SettingGroup))
    wrong = (item for item in (*settings, *grouped) if isinstance(item, Finding))
    return _PluginVariant(identifier, facts, declared, groups), (*find_wrong_lists(mapping, "settings"), *wrong)


def _read_facts(mapping: TrackedMapping) -> dict[str, Node | Value]:
    """Return the facts about a plugin or variant as keys of a connector."""
    facts: dict[str, Node | Value] = {
        "title": mapping.take_text("label"),
        "summary": mapping.take_text("description"),
        "docs": mapping.take_text("docs"),
        "status": "deprecated" if mapping.take_boolean("deprecated") else None,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _make_id(name: str, variant: str | None, plugin_type: str) -> str:
    """Return `tap-jira--singer-io`, as Meltano names its lock files, after the type if other types have the name."""
    prefix = f"{plugin_type}." if plugin_type in _AMBIGUOUS_TYPES else ""
    identifier = f"{prefix}{naming.make_id(name)}"
    return f"{identifier}--{naming.make_id(variant)}" if variant else identifier


def _add_extras(
    variants: Iterable[_PluginVariant], shared: MapNode | None, own: Sequence[MapNode | None]
) -> Iterator[_PluginVariant]:
    """Yield the variants, each with what is left over from the plugin, `shared`, and from the variant itself."""
    shared_entries = shared.entries if shared is not None else ()
    for index, (variant, leftovers) in enumerate(zip(variants, own, strict=True)):
        own_entries = (Entry(f"variants[{index}]", leftovers.place, leftovers),) if leftovers is not None else ()
        entries = (*shared_entries, *own_entries)
        yield replace(variant, extras=MapNode(entries, entries[0].place) if entries else None)


def _draft_variant(variant: _PluginVariant) -> Iterator[DefinitionDraft]:
    place = variant.identifier.place
    connector_id = str(variant.identifier.value)
    settings = tuple(variant.declared.values())
    methods: list[MapNode] = []
    groups = variant.groups or (SettingGroup(),)
    selected = select_settings(settings, groups)
    for group, ids, own in zip(groups, _make_method_ids(connector_id, groups), selected, strict=True):
        scheme = ScalarNode(ids.scheme, place)
        yield _draft_scheme(scheme, variant.facts.get("title"), own)
        schemes = ListNode((scheme,), place)
        methods.append(make_map(place, id=ids.method, title=", ".join(group.names), schemes=schemes))
    is_single = len(methods) == 1
    connector = make_map(
        place,
        id=variant.identifier,
        **variant.facts,
        scheme=variant.identifier if is_single else None,
        methods=None if is_single else make_list(tuple(methods), place),
        extras=variant.extras,
    )
    yield DefinitionDraft(Noun.CONNECTOR, connector)


def _make_method_ids(connector_id: str, groups: Sequence[SettingGroup]) -> tuple[MethodIds, ...]:
    if len(groups) == 1:
        return (MethodIds(connector_id, connector_id),)
    return make_method_ids(connector_id, label_groups(groups))


def _draft_scheme(identifier: ScalarNode, title: Node | Value, settings: tuple[SchemeSetting, ...]) -> DefinitionDraft:
    kind = "custom" if find_credentials(settings) else "none"
    lists = SchemeLists(settings).to_nodes(identifier.place)
    return DefinitionDraft(Noun.SCHEME, make_map(identifier.place, id=identifier, title=title, kind=kind, **lists))
