"""Spell the names of a scheme or connector and of its settings, as every target does.

A name is derived, unless the definition states it in `names`. The names of settings in namespaces that connectors share
begin with the name of the connector there, and that begins with the prefix of the configuration.
"""

from __future__ import annotations

from typing import NamedTuple

from authscribe.model.definitions import Connector, Scheme, Setting
from authscribe.model.name_kinds import DEFAULT_CONVENTIONS, NAME_KINDS, OBJECT_RULE, Conventions, NameKind
from authscribe.model.naming import to_class, to_environment_prefix, to_module

_PREFIXED = frozenset((NameKind.COMPOSE, NameKind.HCL, NameKind.GITHUB))
"""Kinds whose names can begin with another prefix than the environment variable."""


class Spelling(NamedTuple):
    """Names of one scheme or connector in every target; `resolve` has checked that the targets accept them."""

    definition: Scheme | Connector
    conventions: Conventions = DEFAULT_CONVENTIONS

    @property
    def is_derived(self) -> bool:
        """Return whether no name of the definition itself is stated, not even by the configuration."""
        return not self.definition.names.model_fields_set and self.conventions is DEFAULT_CONVENTIONS

    @property
    def module(self) -> str:
        """Return the Python module."""
        own = self.definition.names.python
        return to_module(self.definition.id) if own is None else own

    @property
    def class_stem(self) -> str:
        """Return the beginning of the names of the Python classes."""
        return to_class(self.definition.names.python or self.definition.id)

    @property
    def kubernetes_object(self) -> str:
        """Return the Kubernetes object that holds the secrets."""
        own = self.definition.names.kubernetes
        prefix = self.conventions.prefixes.kubernetes
        return OBJECT_RULE.convert(f"{prefix}{self.definition.id}-auth") if own is None else f"{prefix}{own}"

    def get_own_name(self, kind: NameKind) -> str:
        """Return the name of the definition itself: a module, an object, or the beginning of its settings' names."""
        if kind is NameKind.PYTHON:
            return self.module
        return self.kubernetes_object if kind is NameKind.KUBERNETES else self.get_prefix(kind)

    def get_prefix(self, kind: NameKind) -> str:
        """Return the beginning of the names of all settings, empty for a kind without one."""
        if kind in (NameKind.PYTHON, NameKind.MCP):
            return ""
        names, prefixes = self.definition.names, self.conventions.prefixes
        variables = _join(names.env) if names.env is not None else to_environment_prefix(self.definition.id)
        if kind not in _PREFIXED:
            return prefixes.env + variables
        rule, own, start = NAME_KINDS[kind], getattr(names, kind), getattr(prefixes, kind)
        prefix = rule.convert(prefixes.env) if start is None else start
        if own is not None:
            return f"{prefix}{_join(own)}"
        prefix += rule.convert(variables)
        return f"M_{prefix}" if prefix.startswith(rule.reserved_prefixes) else prefix

    def spell(self, kind: NameKind, setting: Setting) -> str:
        """Return the complete name of a setting."""
        return self.get_prefix(kind) + spell_part(kind, setting)


def spell_part(kind: NameKind, setting: Setting) -> str:
    """Return the name of a setting without the prefix: the stated one, or else the derived one."""
    own: str | None = getattr(setting.names, kind)
    if own is not None:
        return own
    if kind in (NameKind.PYTHON, NameKind.MCP):
        return setting.attribute
    variable = setting.attribute.upper() if setting.names.env is None else setting.names.env
    return NAME_KINDS[kind].convert(variable)


def list_stated_keys(setting: Setting) -> tuple[str, ...]:
    """Return the names of the variable and of the file, without the prefix; none if the definition states neither."""
    if setting.names.env is None and setting.names.file is None:
        return ()
    return tuple(dict.fromkeys(spell_part(kind, setting) for kind in (NameKind.ENV, NameKind.FILE)))


def _join(stem: str) -> str:
    return f"{stem}_" if stem else ""
