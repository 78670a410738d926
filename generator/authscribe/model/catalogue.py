"""The catalogue: all definitions, once they are known to be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from authscribe.model.definitions import Connector, Definition, Kind, Scheme
from authscribe.model.name_kinds import DEFAULT_CONVENTIONS, Conventions
from authscribe.model.platform import Platform
from authscribe.model.target_options import DEFAULT_OPTIONS, AllOptions, TargetOptions
from authscribe.runtime.hashing import digest

OptionsT = TypeVar("OptionsT")

NO_AUTHENTICATION: Final = Scheme(id="none", title="No authentication", kind=Kind.NONE)
"""Scheme of connectors that authenticate nowhere; it needs no definition."""


@dataclass(frozen=True)
class Catalogue:
    """Resolved definitions, sorted by id; every reference exists and every name is usable.

    The scheme `none` is known without a definition, and listed only if a source defines it or a connector uses it.
    """

    schemes: tuple[Scheme, ...]
    connectors: tuple[Connector, ...]
    platform: Platform
    conventions: Conventions = DEFAULT_CONVENTIONS
    options: TargetOptions = DEFAULT_OPTIONS

    @cached_property
    def _schemes_by_name(self) -> dict[str, Scheme]:
        defined = {name: scheme for scheme in self.schemes for name in scheme.all_ids}
        return {NO_AUTHENTICATION.id: NO_AUTHENTICATION, **defined}

    @cached_property
    def _connectors_by_name(self) -> dict[str, Connector]:
        return {name: connector for connector in self.connectors for name in connector.all_ids}

    @property
    def definitions(self) -> tuple[Scheme | Connector, ...]:
        """Return the schemes, then the connectors."""
        return (*self.schemes, *self.connectors)

    @cached_property
    def _digests(self) -> dict[int, tuple[Definition, str]]:
        return {}

    def get_options(self, target: str, kind: type[OptionsT]) -> OptionsT:
        """Return the options that the configuration sets for a plugin's target, a `kind`, or else the defaults."""
        given = self.options.plugins if isinstance(self.options, AllOptions) else {}
        options = given.get(target.replace("-", "_"))
        return options if isinstance(options, kind) else kind()

    def get_scheme(self, identifier: str) -> Scheme:
        """Return the scheme with this id.

        Raises KeyError if there is none, which is a bug in authscribe: `resolve` checks every reference.
        """
        return self._schemes_by_name[identifier]

    def get_connector(self, identifier: str) -> Connector:
        """Return the connector with this id; raises KeyError if there is none, which is a bug in authscribe."""
        return self._connectors_by_name[identifier]

    def list_schemes(self, connector: Connector) -> tuple[Scheme, ...]:
        """Return the schemes that a connector uses, each once, in their order."""
        return tuple(map(self.get_scheme, connector.scheme_ids))

    def find_scheme(self, name: str) -> Scheme | None:
        """Return the scheme with this id, alias or former name, or None."""
        return self._schemes_by_name.get(name)

    def find_connector(self, name: str) -> Connector | None:
        """Return the connector with this id, alias or former name, or None."""
        return self._connectors_by_name.get(name)

    def identify(self, definition: Definition) -> str:
        """Return a digest of a definition and of the schemes that it uses, which is made once for all targets."""
        known, sha256 = self._digests.get(id(definition), (None, ""))
        if known is not definition:
            used = self.list_schemes(definition) if isinstance(definition, Connector) else ()
            # Fields with defaults are left out, but whether a field was set counts: see the placements of a scheme.
            text = definition.model_dump_json(exclude_unset=True)
            parts = (type(definition).__name__, text, *map(self.identify, used))
            sha256 = digest("\n".join(parts).encode("utf-8", "surrogatepass"))
            # As long as the definition is held here, no other object gets its `id()`.
            self._digests[id(definition)] = (definition, sha256)
        return sha256

    def recall(self, identified: Iterable[tuple[Definition, str]]) -> None:
        """Take over what `identify` has returned in an earlier run, for equal definitions that use equal schemes."""
        self._digests.update((id(definition), (definition, sha256)) for definition, sha256 in identified)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return every name of a scheme or connector, for suggestions."""
        return (*(name for scheme in self.schemes for name in scheme.all_ids), *self._connectors_by_name)
