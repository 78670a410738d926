"""Read which settings of a Meltano plugin belong together: `settings_group_validation`.

A plugin can be used with any one of these groups, so that each is a way to authenticate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from authscribe.model.draft import ListNode, ScalarNode
from authscribe.readers.foreign.scheme_lists import SchemeSetting, list_scalars, list_texts, make_undeclared_setting
from authscribe.readers.foreign.tracking import TrackedMapping


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Settings that a plugin needs together."""

    members: tuple[ScalarNode, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the settings."""
        return tuple(str(member.value) for member in self.members)


def read_groups(plugin: TrackedMapping, declared: Collection[str]) -> tuple[SettingGroup, ...]:
    """Return the groups of a plugin, without duplicates; none if they are anything but lists of names.

    `declared` are the names of the settings.
    """
    node = plugin.peek("settings_group_validation")
    lists = [item for item in node.items if isinstance(item, ListNode)] if isinstance(node, ListNode) else []
    if not isinstance(node, ListNode) or any(len(list_texts(item)) < len(item.items) for item in lists):
        return ()
    if len(lists) < len(node.items):
        return ()
    # A name such as `airbyte_spec` stands for the settings below it. It is not a setting; the list is kept as it is.
    objects = {name for setting in declared for name in _list_objects(setting)} - set(declared)
    sets = [list_scalars(item) for item in lists]
    if not any(member.value in objects for members in sets for member in members):
        plugin.take("settings_group_validation")
    groups = [SettingGroup(tuple(member for member in members if member.value not in objects)) for members in sets]
    return tuple({group.names: group for group in groups}.values())


def _list_objects(name: str) -> Iterator[str]:
    """Return the names of the objects around a nested setting: `a` and `a.b` for `a.b.c`."""
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))


def list_undeclared_settings(
    groups: Iterable[SettingGroup], declared: Mapping[str, SchemeSetting]
) -> Iterator[SchemeSetting]:
    """Yield a setting for each name in a group that is not declared; it may be a secret."""
    members = {str(member.value): member for group in groups for member in group.members}
    for name, member in members.items():
        if name not in declared:
            yield make_undeclared_setting(member, is_secret=True)


def label_groups(groups: Iterable[SettingGroup]) -> Iterator[tuple[SettingGroup, str | None]]:
    """Yield each group with the names that tell it from the others; a single group without a label if there is one."""
    groups = tuple(groups) or (SettingGroup(),)
    shared = set.intersection(*(set(group.names) for group in groups))
    for group in groups:
        own = [name for name in group.names if name not in shared]
        yield group, None if len(groups) == 1 else "-".join(own)


def select_settings(
    settings: Iterable[SchemeSetting], group: SettingGroup, groups: Iterable[SettingGroup]
) -> tuple[SchemeSetting, ...]:
    """Return the settings of a group, and as optional ones the settings that are in no group."""
    grouped = {name for other in groups for name in other.names}
    return tuple(
        replace(setting, is_optional=setting.wire not in group.names)
        for setting in settings
        if setting.wire in group.names or setting.wire not in grouped
    )
