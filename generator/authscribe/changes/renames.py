"""Recognise renamed definitions and settings, and spell the old side with the new names.

A name is taken for the successor of another only with evidence: a former name or alias, the same facts in a
replacement of one by one, or the same two names in another list of the definition.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import (
    Connector,
    Definition,
    InjectedSecret,
    Model,
    OAuth,
    Placement,
    Scheme,
    Setting,
)

ROLES: Final[Mapping[str, str]] = {
    "required": "required secret", "injected": "injected secret", "parameters": "parameter",
}  # fmt: skip
"""Lists of settings of a definition, and what their items are called."""
_COMMON: Final = frozenset((
    "id", "name", "type", "secret", "optional", "hidden", "automated", "deprecated", "order", "lifetime",
    "kind", "selector", "extends", "scheme", "methods", "status",
))  # fmt: skip
"""Facts by which a definition or setting cannot be recognised."""
_REFERENCE: Final = re.compile(r"\{([^{}]+)\}")
_DefinitionT = TypeVar("_DefinitionT", bound=Definition)
_ModelT = TypeVar("_ModelT", bound=Model)
Names: TypeAlias = Mapping[str, str]


class SettingRenames(NamedTuple):
    """New names of settings by old name, for each list of settings."""

    by_role: Mapping[str, Names]

    @property
    def pairs(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return the lists in which each old name became each new one."""
        roles: dict[tuple[str, str], tuple[str, ...]] = {}
        for role, names in self.by_role.items():
            for pair in names.items():
                roles[pair] = (*roles.get(pair, ()), role)
        return roles


def find_definition_renames(old: Sequence[_DefinitionT], new: Sequence[_DefinitionT]) -> dict[str, str]:
    """Return the new id of each definition that is gone but known by another id."""
    before, after = ({definition.id: definition for definition in side} for side in (old, new))
    names = {name: definition.id for definition in new for name in definition.all_ids}
    removed = [definition for definition in old if definition.id not in after]
    stated = {definition.id: names[definition.id] for definition in removed if definition.id in names}
    added = [d for d in new if d.id not in before and d.id not in stated.values()]
    return _pair(removed, added, "id") | stated


def rename_definitions(catalogue: Catalogue, schemes: Names, connectors: Names) -> Catalogue:
    """Return the catalogue with new ids; references and the names that the old ids leave behind are the new ones."""
    return replace(
        catalogue,
        schemes=tuple(_rename_scheme(scheme, schemes) for scheme in catalogue.schemes),
        connectors=tuple(_rename_connector(connector, schemes, connectors) for connector in catalogue.connectors),
    )


def _rename_scheme(scheme: Scheme, ids: Names) -> Scheme:
    return _update(
        scheme,
        id=ids.get(scheme.id, scheme.id),
        extends=_translate(scheme.extends, ids),
        successor=_translate(scheme.successor, ids),
    )


def _rename_connector(connector: Connector, schemes: Names, connectors: Names) -> Connector:
    methods = tuple(
        _update(method, schemes=tuple(schemes.get(name, name) for name in method.schemes))
        for method in connector.methods
    )
    return _update(
        connector,
        id=connectors.get(connector.id, connector.id),
        scheme=_translate(connector.scheme, schemes),
        successor=_translate(connector.successor, connectors),
        methods=methods,
    )


def _translate(name: str | None, names: Names) -> str | None:
    return names.get(name, name) if name is not None else None


def find_setting_renames(old: Definition, new: Definition) -> SettingRenames:
    """Return the settings of a definition that have another name and are otherwise the same."""
    by_role: dict[str, Names] = {}
    for role in ROLES:
        before, after = getattr(old, role, ()), getattr(new, role, ())
        by_role[role] = _find_replacements(before, after, by_role.get("required", {}))
    known = {pair for names in by_role.values() for pair in names.items()}
    return SettingRenames({
        role: {**dict(_select_present(known, getattr(old, role, ()), getattr(new, role, ()))), **names}
        for role, names in by_role.items()
    })  # fmt: skip


def _find_replacements(old: Sequence[Setting], new: Sequence[Setting], required: Names) -> dict[str, str]:
    removed = [_rename_origin(setting, required) for setting in _list_gone(old, new)]
    return _pair(removed, _list_gone(new, old), "name")


def _pair(removed: Sequence[Model], added: Sequence[Model], key: str) -> dict[str, str]:
    """Return the new name of each model whose facts exactly one of the added ones has, and no other removed one.

    If the facts are such that many have in common, names are a pair only if nothing else was removed or added.
    """
    sides = [[(_describe(each, key), str(getattr(each, key)), each) for each in side] for side in (removed, added)]
    counts = [Counter(facts for facts, _, _ in side) for side in sides]
    named = {facts: name for facts, name, _ in sides[1]}
    is_single = len(removed) == len(added) == 1
    return {
        name: named[facts]
        for facts, name, model in sides[0]
        if counts[0][facts] == counts[1][facts] == 1 and (is_single or model.model_fields_set - _COMMON)
    }


def _select_present(
    known: set[tuple[str, str]], old: Sequence[Setting], new: Sequence[Setting]
) -> list[tuple[str, str]]:
    removed, added = ({setting.name for setting in _list_gone(*sides)} for sides in ((old, new), (new, old)))
    return [(before, after) for before, after in sorted(known) if before in removed and after in added]


def _list_gone(settings: Sequence[Setting], others: Sequence[Setting]) -> list[Setting]:
    names = {setting.name for setting in others}
    return [setting for setting in settings if setting.name not in names]


def _describe(model: Model, without: str) -> str:
    """Return everything that a model states apart from its name, as one text."""
    return model.model_copy(update={without: ""}).model_dump_json()


def rename_settings(definition: _DefinitionT, renames: SettingRenames) -> _DefinitionT:
    """Return the definition with new names of settings, also in everything that refers to them."""
    names = {old: new for role_names in renames.by_role.values() for old, new in role_names.items()}
    if not names:
        return definition
    lists = {
        role: tuple(_rename_setting(setting, renames, role) for setting in getattr(definition, role, ()))
        for role in ROLES
        if role in type(definition).model_fields
    }
    return _update(definition, **lists, **_rename_references(definition, names))


def _rename_setting(setting: Setting, renames: SettingRenames, role: str) -> Setting:
    names = renames.by_role[role]
    renamed = _update(setting, name=names.get(setting.name, setting.name))
    if setting.visible_when is not None:
        everywhere = {old: new for each in renames.by_role.values() for old, new in each.items()}
        conditions = {everywhere.get(name, name): value for name, value in setting.visible_when.items()}
        renamed = _update(renamed, visible_when=conditions)
    return _rename_origin(renamed, renames.by_role["required"])


def _rename_origin(setting: Setting, required: Names) -> Setting:
    if not isinstance(setting, InjectedSecret):
        return setting
    return _update(setting, origin=_update(setting.origin, required=_translate(setting.origin.required, required)))


def _rename_references(definition: Definition, names: Names) -> dict[str, object]:
    """Return the fields in which templates or mappings refer to settings, with the new names."""
    if not isinstance(definition, Scheme | Connector):
        return {}
    fields: dict[str, object] = {
        "endpoints": _rename_value(definition.endpoints, names),
        "oauth": _rename_response(definition.oauth, names),
    }
    if "placements" in definition.model_fields_set:
        fields["placements"] = tuple(_rename_placement(placement, names) for placement in definition.placements)
    if isinstance(definition, Scheme):
        fields["token_request"] = _rename_value(definition.token_request, names)
    return fields


def _rename_placement(placement: Placement, names: Names) -> Placement:
    return _update(
        placement, value=_rename_text(placement.value, names), fallback=_rename_value(placement.fallback, names)
    )


def _rename_response(oauth: OAuth | None, names: Names) -> OAuth | None:
    if oauth is None or not oauth.response:
        return oauth
    return _update(oauth, response={names.get(name, name): key for name, key in oauth.response.items()})


def _rename_value(value: Any, names: Names) -> Any:
    match value:
        case str():
            return _rename_text(value, names)
        case dict():
            return {_rename_text(key, names): _rename_value(item, names) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_rename_value(item, names) for item in value)
        case Model():
            return _update(value, **{key: _rename_value(getattr(value, key), names) for key in value.model_fields_set})
    return value


def _rename_text(text: str, names: Names) -> str:
    """Return the text with new names in references, which are `{name}` in placements and `${name}` elsewhere."""
    return _REFERENCE.sub(lambda match: f"{{{names.get(match[1], match[1])}}}", text)


def _update(model: _ModelT, **fields: object) -> _ModelT:
    """Return the model with other values; a field that keeps its value counts as stated only if it was."""
    return model.model_copy(update={key: value for key, value in fields.items() if getattr(model, key) != value})
