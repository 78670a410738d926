"""Changes: what differs between two catalogues, and what of it breaks those who rely on the first.

Who relies on it are the owners of connectors, who supply what is required; the systems, which use what is injected;
and code that uses the generated classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from authscribe.model.contract import methods_of
from authscribe.model.definitions import Catalogue, Connector, Definition, InjectedSecret, Setting

_DefinitionT = TypeVar("_DefinitionT", bound=Definition)
_BREAKING_FACTS: Final = ("type", "secret", "pattern", "names", "kind", "selector", "scheme")
"""Facts of which no change leaves what was made before as good as it was."""
_ROLES: Final = {"required": "required secret", "injected": "injected secret", "parameters": "parameter"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `keys` lead to it from the definitions, such as `schemes`, `oauth2`, `injected`, `ticket`."""

    keys: tuple[str, ...]
    message: str
    is_breaking: bool


def compare_catalogues(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """Every change, by scheme and then by connector, both by id."""
    yield from _definitions("schemes", "scheme", old.schemes, new.schemes)
    yield from _definitions("connectors", "connector", old.connectors, new.connectors)


def _definitions(key: str, noun: str, old: Sequence[_DefinitionT], new: Sequence[_DefinitionT]) -> Iterator[Change]:
    before, after = ({definition.id: definition for definition in side} for side in (old, new))
    names = {name: definition.id for definition in new for name in definition.names}
    for identifier in sorted(before.keys() | after.keys()):
        name = f"{noun} '{identifier}'"
        if identifier not in after:
            successor = names.get(identifier)
            message = f"{name} was renamed to '{successor}'" if successor else f"{name} was removed"
            yield Change((key, identifier), message, is_breaking=successor is None)
        elif identifier not in before:
            yield Change((key, identifier), f"{name} was added", is_breaking=False)
        else:
            yield from _definition((key, identifier), name, before[identifier], after[identifier])


def _definition(keys: tuple[str, ...], name: str, old: Definition, new: Definition) -> Iterator[Change]:
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if field in _ROLES:
            yield from _settings((*keys, field), _ROLES[field], name, before, after)
        elif field == "methods" and isinstance(old, Connector) and isinstance(new, Connector):
            yield from _methods(keys, name, old, new)
        elif before != after and not (field == "scheme" and _has_methods(old, new)):
            yield Change(
                (*keys, field),
                f"the {field.replace('_', ' ')} of {name} changed",
                is_breaking=field in _BREAKING_FACTS,
            )


def _has_methods(old: Definition, new: Definition) -> bool:
    return isinstance(old, Connector) and isinstance(new, Connector) and bool(old.methods or new.methods)


def _methods(keys: tuple[str, ...], name: str, old: Connector, new: Connector) -> Iterator[Change]:
    """One method more leaves the others as they were; a lone scheme is one method."""
    if not (old.methods or new.methods):
        return
    before, after = ({method.id: method.schemes for method in methods_of(side)} for side in (old, new))
    for method in sorted(before.keys() | after.keys()):
        where = (*keys, "methods")
        if method not in after:
            yield Change(where, f"method '{method}' of {name} was removed", is_breaking=True)
        elif method not in before:
            yield Change(where, f"method '{method}' of {name} was added", is_breaking=False)
        elif before[method] != after[method]:
            yield Change(where, f"the schemes of method '{method}' of {name} changed", is_breaking=True)


def _settings(
    keys: tuple[str, ...], role: str, owner: str, old: Sequence[Setting], new: Sequence[Setting]
) -> Iterator[Change]:
    before, after = ({setting.name: setting for setting in side} for side in (old, new))
    for name in before:
        if name not in after:
            yield Change(keys, f"{role} '{name}' of {owner} was removed", is_breaking=True)
    for name, setting in after.items():
        where = (*keys, name)
        if name in before:
            yield from _setting(where, f"{role} '{name}' of {owner}", before[name], setting)
        else:
            yield Change(where, f"{role} '{name}' of {owner} was added", is_breaking=_must_be_supplied(setting))


def _setting(keys: tuple[str, ...], name: str, old: Setting, new: Setting) -> Iterator[Change]:
    if _must_be_supplied(new) and not _must_be_supplied(old):
        yield Change(keys, f"{name} must now be supplied", is_breaking=True)
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        if field == "enum":
            gone = {choice.value for choice in before} - {choice.value for choice in after}
            narrower = bool(after) and (not before or bool(gone))
            yield Change((*keys, field), f"the allowed values of {name} changed", is_breaking=narrower)
        elif field not in ("optional", "default") or not _must_be_supplied(new):
            yield Change(
                (*keys, field),
                f"the {field.replace('_', ' ')} of {name} changed",
                is_breaking=field in _BREAKING_FACTS,
            )


def _must_be_supplied(setting: Setting) -> bool:
    """By the owner: what is injected is the platform's to supply, and a default stands for a value."""
    return not isinstance(setting, InjectedSecret) and not setting.optional and setting.default is None


def find_affected(catalogue: Catalogue, keys: Sequence[str]) -> tuple[str, ...]:
    """The connectors that a change concerns: those that use the scheme, or the connector itself."""
    noun, identifier, *_ = keys
    if noun == "connectors":
        return (identifier,)
    by_connector: Mapping[str, set[str]] = {
        connector.id: {name for method in methods_of(connector) for name in method.schemes}
        for connector in catalogue.connectors
    }
    return tuple(connector for connector, schemes in by_connector.items() if identifier in schemes)
