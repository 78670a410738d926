"""Find the differences between two catalogues, and which of them break users of the first one.

Users are the owners of connectors, who supply required secrets; systems, which use injected secrets; and code that
uses the generated classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from authscribe.model.contract import list_methods, list_scheme_ids
from authscribe.model.definitions import Catalogue, Connector, Definition, InjectedSecret, Setting

_DefinitionT = TypeVar("_DefinitionT", bound=Definition)
_BREAKING_FACTS: Final = ("type", "secret", "pattern", "names", "kind", "selector", "scheme")
"""Facts whose change always breaks something."""
_ROLES: Final = {"required": "required secret", "injected": "injected secret", "parameters": "parameter"}


@dataclass(frozen=True, slots=True)
class Change:
    """Difference between two catalogues; `keys` is its path, such as `schemes`, `oauth2`, `injected`, `ticket`."""

    keys: tuple[str, ...]
    message: str
    is_breaking: bool


def compare_catalogues(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """Yield every change: those of schemes first, then those of connectors, each sorted by id."""
    yield from _compare_definitions("schemes", "scheme", old.schemes, new.schemes)
    yield from _compare_definitions("connectors", "connector", old.connectors, new.connectors)


def _compare_definitions(
    key: str, noun: str, old: Sequence[_DefinitionT], new: Sequence[_DefinitionT]
) -> Iterator[Change]:
    before, after = ({definition.id: definition for definition in side} for side in (old, new))
    successors = {name: definition.id for definition in new for name in definition.names}
    for identifier in sorted(before.keys() | after.keys()):
        name = f"{noun} '{identifier}'"
        if identifier not in after:
            successor = successors.get(identifier)
            message = f"{name} was renamed to '{successor}'" if successor else f"{name} was removed"
            yield Change((key, identifier), message, is_breaking=successor is None)
        elif identifier not in before:
            yield Change((key, identifier), f"{name} was added", is_breaking=False)
        else:
            yield from _compare_definition((key, identifier), name, before[identifier], after[identifier])


def _compare_definition(keys: tuple[str, ...], name: str, old: Definition, new: Definition) -> Iterator[Change]:
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if field in _ROLES:
            yield from _compare_settings((*keys, field), _ROLES[field], name, before, after)
        elif field == "methods" and isinstance(old, Connector) and isinstance(new, Connector):
            yield from _compare_methods(keys, name, old, new)
        elif before != after and not (field == "scheme" and _has_methods(old, new)):
            yield Change(
                (*keys, field),
                f"{name}: {field.replace('_', ' ')} changed",
                is_breaking=field in _BREAKING_FACTS,
            )


def _has_methods(old: Definition, new: Definition) -> bool:
    return isinstance(old, Connector) and isinstance(new, Connector) and bool(old.methods or new.methods)


def _compare_methods(keys: tuple[str, ...], name: str, old: Connector, new: Connector) -> Iterator[Change]:
    """Compare methods; a lone scheme is one method, and an additional method does not break the others."""
    if not (old.methods or new.methods):
        return
    before, after = ({method.id: method.schemes for method in list_methods(side)} for side in (old, new))
    for method in sorted(before.keys() | after.keys()):
        path = (*keys, "methods")
        if method not in after:
            yield Change(path, f"method '{method}' of {name} was removed", is_breaking=True)
        elif method not in before:
            yield Change(path, f"method '{method}' of {name} was added", is_breaking=False)
        elif before[method] != after[method]:
            yield Change(path, f"method '{method}' of {name}: schemes changed", is_breaking=True)


def _compare_settings(
    keys: tuple[str, ...], role: str, owner: str, old: Sequence[Setting], new: Sequence[Setting]
) -> Iterator[Change]:
    before, after = ({setting.name: setting for setting in side} for side in (old, new))
    for name in before:
        if name not in after:
            yield Change(keys, f"{role} '{name}' of {owner} was removed", is_breaking=True)
    for name, setting in after.items():
        path, shown = (*keys, name), f"{role} '{name}' of {owner}"
        if name in before:
            yield from _compare_setting(path, shown, before[name], setting)
        else:
            yield Change(path, f"{shown} was added", is_breaking=_must_be_supplied(setting))


def _compare_setting(keys: tuple[str, ...], name: str, old: Setting, new: Setting) -> Iterator[Change]:
    # Reported once, and not also as a change of `optional` or `default` below.
    if _must_be_supplied(new) and not _must_be_supplied(old):
        yield Change(keys, f"{name} must be supplied now", is_breaking=True)
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        if field == "enum":
            removed = {choice.value for choice in before} - {choice.value for choice in after}
            is_narrower = bool(after) and (not before or bool(removed))
            yield Change((*keys, field), f"{name}: allowed values changed", is_breaking=is_narrower)
        elif field not in ("optional", "default") or not _must_be_supplied(new):
            yield Change(
                (*keys, field),
                f"{name}: {field.replace('_', ' ')} changed",
                is_breaking=field in _BREAKING_FACTS,
            )


def _must_be_supplied(setting: Setting) -> bool:
    """Return whether the owner must supply a value: it is not injected, not optional, and has no default."""
    return not isinstance(setting, InjectedSecret) and not setting.optional and setting.default is None


def find_affected(catalogue: Catalogue, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the connectors that a change affects: those that use the scheme, or the connector itself."""
    noun, identifier, *_ = keys
    if noun == "connectors":
        return (identifier,)
    return tuple(connector.id for connector in catalogue.connectors if identifier in list_scheme_ids(connector))
