"""Read which settings of a Meltano plugin belong together: `settings_group_validation`.

A plugin can be used with any one of these groups, so that each is a way to authenticate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from authscribe.findings.finding import Finding
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.findings.suggestions import Vocabulary
from authscribe.model import naming
from authscribe.model.draft import ListNode, MapNode, ScalarNode, get_text
from authscribe.readers.foreign.scheme_lists import SchemeSetting, list_scalars, list_texts, make_undeclared_setting
from authscribe.readers.foreign.tracking import TrackedMapping


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Names of the settings that a plugin needs together."""

    names: tuple[str, ...] = ()


def read_groups(plugin: TrackedMapping, declared: Collection[str]) -> Iterator[SettingGroup | SchemeSetting | Finding]:
    """Yield the groups of a plugin, without duplicates, and a finding for each name in them that is not declared.

    Such a name is a setting nevertheless, unless it may be misspelt. `declared` are the names of the settings. There
    are no groups if they are anything but lists of names.
    """
    node = plugin.peek("settings_group_validation")
    lists = [item for item in node.items if isinstance(item, ListNode)] if isinstance(node, ListNode) else []
    if not isinstance(node, ListNode) or any(len(list_texts(item)) < len(item.items) for item in lists):
        return
    if len(lists) < len(node.items):
        return
    # A setting can be named by an alias as well. A name such as `airbyte_spec` stands for the settings below it; it is
    # not a setting itself.
    names = {**dict(_list_aliases(plugin)), **{name: name for name in declared}}
    objects = {name for setting in declared for name in _list_objects(setting)}
    sets = [list_scalars(item) for item in lists]
    members = {str(member.value): member for group in sets for member in group}
    if members.keys() <= set(declared):
        plugin.take("settings_group_validation")
    known, positions = Vocabulary(names), _index_members(sets)
    for name, member in members.items():
        if name not in known and name not in objects:
            near = _find_near(name, known, positions)
            yield report_undeclared_name("setting", name, member.place, near)
            if not near and naming.is_wire_name(name):
                names[name] = name
                yield make_undeclared_setting(ScalarNode(name, member.place), is_secret=True)
    yield from _list_groups(sets, names)


def _list_groups(sets: Iterable[Sequence[ScalarNode]], names: Mapping[str, str]) -> Iterator[SettingGroup]:
    groups = [SettingGroup(tuple(names[str(m.value)] for m in members if m.value in names)) for members in sets]
    return iter(dict.fromkeys(groups))


def _index_members(sets: Iterable[Sequence[ScalarNode]]) -> dict[str, set[int]]:
    """Return the positions of the groups that have each name."""
    positions: dict[str, set[int]] = {}
    for position, group in enumerate(sets):
        for member in group:
            positions.setdefault(str(member.value), set()).add(position)
    return positions


def _find_near(name: str, known: Vocabulary, positions: Mapping[str, set[int]]) -> tuple[str, ...]:
    """Return the setting whose name may be meant: none that is in a group with it, nor an object around it."""
    near = known.find_nearest(name)
    if near is None or near in _list_objects(name) or not positions[name].isdisjoint(positions.get(near, ())):
        return ()
    return (near,)


def _list_aliases(plugin: TrackedMapping) -> Iterator[tuple[str, str]]:
    """Yield each alias of a setting with the name of the setting."""
    settings = plugin.peek("settings")
    for setting in settings.items if isinstance(settings, ListNode) else ():
        name = get_text(setting.find("name")) if isinstance(setting, MapNode) else None
        if isinstance(setting, MapNode) and name is not None:
            yield from ((alias, name) for alias in list_texts(setting.find("aliases")))


def _list_objects(name: str) -> Iterator[str]:
    """Return the names of the objects around a nested setting: `a` and `a.b` for `a.b.c`; none for an unusable name."""
    parts = name.split(".") if naming.is_wire_name(name) else []
    return (".".join(parts[:end]) for end in range(1, len(parts)))


def label_groups(groups: Sequence[SettingGroup]) -> Iterator[str]:
    """Yield for each group the names that tell it from the others."""
    shared = set.intersection(*(set(group.names) for group in groups))
    return ("-".join(name for name in group.names if name not in shared) for group in groups)


def select_settings(
    settings: Sequence[SchemeSetting], groups: Sequence[SettingGroup]
) -> Iterator[tuple[SchemeSetting, ...]]:
    """Yield for each group its settings, and as optional ones the settings that are in no group."""
    grouped = {name for group in groups for name in group.names}
    free = {index for index, setting in enumerate(settings) if setting.wire not in grouped}
    positions = {setting.wire: index for index, setting in enumerate(settings)}
    for group in groups:
        own = {positions[name] for name in group.names if name in positions}
        # In the order of their declaration.
        yield tuple(replace(settings[index], is_optional=index not in own) for index in sorted(own | free))
