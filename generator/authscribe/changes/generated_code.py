"""Judge by the generated Python code whom a change breaks: code written against the old classes, and old settings.

The generated module is the yardstick, so that no rule about its types is stated a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from authscribe.changes.verdicts import Audience
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Definition, Scheme
from authscribe.model.platform import Platform
from authscribe.targets.python import build_connector_module, build_scheme_module
from authscribe.targets.python_views import FieldView, MethodView, ProtocolView, ProviderFacts, SettingsModule

_PROMOTIONS: Final = frozenset((("bool", "int"), ("bool", "float"), ("int", "float")))
"""Pairs of types of which a type checker accepts the first in the place of the second (PEP 484)."""
_REFUSED: Final = frozenset((("bool", "int"), ("bool", "float")))
"""Of these, the pairs in which a text of the first type, such as `true`, is not one of the second."""
_STRUCTURED: Final = frozenset(("object", "array"))


def judge_code(catalogue: Catalogue, old: Definition, new: Definition) -> frozenset[Audience]:
    """Return whom the generated module of `new` breaks that the module of `old` did not."""
    before, after = (_build_module(catalogue, definition) for definition in (old, new))
    if before is None or after is None:
        return frozenset()
    return frozenset(_list_broken(before, after))


def judge_platforms(catalogue: Catalogue, old: Platform, new: Platform) -> frozenset[Audience]:
    """Return whom the modules of the connectors for a platform break, compared with those for an old version of it."""
    before, after = (replace(catalogue, platform=platform) for platform in (old, new))
    modules = (
        (build_connector_module(before, each), build_connector_module(after, each)) for each in catalogue.connectors
    )
    return frozenset(audience for pair in modules for audience in _list_broken(*pair))


def _build_module(catalogue: Catalogue, definition: Definition) -> SettingsModule | None:
    if isinstance(definition, Scheme):
        return build_scheme_module(catalogue, definition)
    return build_connector_module(catalogue, definition) if isinstance(definition, Connector) else None


def _list_broken(old: SettingsModule, new: SettingsModule) -> Iterator[Audience]:
    classes = {method.configuration: method for method in new.methods}
    tags = {_get_tag(method): method for method in new.methods}
    keeps_roles = _keeps_roles(old.provider, new.provider)
    for method in old.methods:
        same_class = classes.get(method.configuration)
        if same_class is None or not keeps_roles or not _keeps_code(method, same_class):
            yield Audience.DEVELOPER
        same_tag = tags.get(_get_tag(method), tags.get(None))
        keeps_values = same_tag is not None and _keeps_settings(method.required, same_tag.required)
        if same_tag is None or not keeps_values or not _keeps_variables(old, new, method, same_tag):
            yield Audience.OWNER


def _keeps_variables(old: SettingsModule, new: SettingsModule, before: MethodView, after: MethodView) -> bool:
    """Return whether the new classes read each setting that they still have from where it is set now."""
    return all(
        _list_variables(old, field)[0] in _list_variables(new, kept)
        for fields, later in ((before.required, after.required), (before.injected, after.injected))
        for field in fields
        for kept in later
        if kept.wire == field.wire
    )


def _list_variables(module: SettingsModule, field: FieldView) -> tuple[str, ...]:
    """Return the variables and files from which a class reads a field, the one that people set first."""
    names = (field.variable, *(field.keys or (field.wire,)))
    return tuple(f"{module.env_prefix}{name}".upper() for name in names)


def _get_tag(method: MethodView) -> str | None:
    """Return the name by which settings choose the method; None if there is nothing to choose."""
    return next((tag.value for tag in method.tags if tag.name == "method"), None)


def _keeps_code(old: MethodView, new: MethodView) -> bool:
    """Return whether code that constructs and reads the old classes, and implements their protocols, still works."""
    return (
        _keeps_construction(old.required, new.required)
        and _keeps_reading(old.required, new.required)
        and _keeps_reading(old.injected, new.injected)
        and _keeps_protocols(old.protocols, new.protocols)
        and _keeps_limits(old.required, new.required)
        and _keeps_limits(old.injected, new.injected)
        and old.required_names.keys() <= new.required_names.keys()
        and old.injected_names.keys() <= new.injected_names.keys()
        and (old.provider is None or _keeps_roles(old.provider, new.provider))
    )


def _keeps_roles(old: ProviderFacts, new: ProviderFacts | None) -> bool:
    return new is not None and old.endpoints.keys() <= new.endpoints.keys()


def _keeps_construction(old: Iterable[FieldView], new: Iterable[FieldView]) -> bool:
    """Return whether arguments for all mandatory old fields, or for all old fields, construct the new class."""
    before, after = _index(old), _index(new)
    is_complete = all(
        field.has_default or (name in before and not before[name].has_default) for name, field in after.items()
    )
    return is_complete and all(
        name in after and _is_assignable(field, after[name], is_given=True) for name, field in before.items()
    )


def _keeps_reading(old: Iterable[FieldView], new: Iterable[FieldView]) -> bool:
    after = _index(new)
    return all(field.attribute in after and _is_assignable(after[field.attribute], field) for field in old)


def _keeps_limits(old: Iterable[FieldView], new: Iterable[FieldView]) -> bool:
    """Return whether the classes take each value that they took, as far as its type does not decide that."""
    before = _index(old)
    return all(_is_as_wide(before[field.attribute], field) for field in new if field.attribute in before)


def _is_as_wide(old: FieldView, new: FieldView) -> bool:
    keeps_choices = bool(new.literals) or not new.choices or (bool(old.choices) and {*old.choices} <= {*new.choices})
    return keeps_choices and new.pattern in (None, old.pattern)


def _keeps_protocols(old: Iterable[ProtocolView], new: Iterable[ProtocolView]) -> bool:
    """Return whether implementations of the old protocols can be passed to `inject` where it expects the new ones."""
    before, after = ({protocol.parameter: protocol.fields for protocol in side} for side in (old, new))
    return before.keys() == after.keys() and all(
        _is_implemented(fields, before[parameter]) for parameter, fields in after.items()
    )


def _is_implemented(wanted: Iterable[FieldView], implemented: Iterable[FieldView]) -> bool:
    """Return whether an implementation of some methods is one of the wanted methods."""
    before = _index(implemented)
    return all(field.attribute in before and _is_assignable(before[field.attribute], field) for field in wanted)


def _keeps_settings(old: Iterable[FieldView], new: Iterable[FieldView]) -> bool:
    """Return whether settings that an owner supplies are complete, and their values are taken."""
    before = {field.wire: field for field in old}
    return all(_keeps_setting(before.get(field.wire), field) for field in new)


def _keeps_setting(old: FieldView | None, new: FieldView) -> bool:
    if old is None or (old.has_default and not new.has_default):
        return new.has_default
    return _takes_value(old, new)


def _takes_value(old: FieldView, new: FieldView) -> bool:
    """Return whether every value that an owner may have supplied is one of the new type, as JSON and as text."""
    if old.is_secret:
        return new.is_secret or not (new.type in _STRUCTURED or new.literals)
    if new.is_secret:
        return old.type == "str"
    return (old.type, new.type) not in _REFUSED and _is_assignable(old, new, is_given=True)


def _index(fields: Iterable[FieldView]) -> dict[str, FieldView]:
    return {field.attribute: field for field in fields}


def _is_assignable(source: FieldView, target: FieldView, *, is_given: bool = False) -> bool:
    """Return whether a type checker accepts the type of `source` for `target`; a given value is not None."""
    if source.optional and not target.optional and not is_given:
        return False
    if source.is_secret or target.is_secret:
        return source.is_secret == target.is_secret
    allowed, offered = {*target.literals}, {*source.literals}
    if allowed:
        return bool(offered) and offered <= allowed
    types = ("str" if offered else source.type, target.type)
    return types[0] == types[1] or types in _PROMOTIONS
