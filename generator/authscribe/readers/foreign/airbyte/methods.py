"""Find the methods of an Airbyte connector: match the alternatives of its specification with its authenticators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from authscribe.findings.finding import Finding, Place
from authscribe.model.credential_names import is_clear_credential
from authscribe.model.draft import ScalarNode, get_text
from authscribe.readers.foreign.airbyte.addresses import ChosenValue
from authscribe.readers.foreign.airbyte.advanced_auth import FlowCondition
from authscribe.readers.foreign.airbyte.authenticators import (
    AuthenticatorSelection,
    AuthenticatorSource,
    ProgrammedSelection,
    find_authenticators,
    read_mechanism,
)
from authscribe.readers.foreign.airbyte.manifest import Manifest, ManifestComponent
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.sent_values import count_sent, find_sent_values
from authscribe.readers.foreign.airbyte.specification import (
    AuthAlternative,
    ConnectionSpecification,
    list_defaults,
    list_only_values,
    merge_settings,
    read_specification,
)
from authscribe.readers.foreign.alternatives import find_excess
from authscribe.readers.foreign.scheme_lists import (
    MethodIds,
    SchemeSetting,
    make_method_ids,
    make_undeclared_setting,
)
from authscribe.readers.foreign.tracking import TrackedMapping


@dataclass(frozen=True, slots=True)
class AuthMethod:
    """Way to authenticate, with the mechanisms that serve it."""

    ids: MethodIds
    title: ScalarNode | None
    summary: ScalarNode | None
    settings: tuple[SchemeSetting, ...]
    mechanisms: tuple[AuthMechanism, ...]
    has_flow: bool
    schema: TrackedMapping | None


def read_methods(
    connector_id: str, schema: TrackedMapping, manifest: Manifest, condition: FlowCondition
) -> tuple[AuthMethod, ...] | Finding:
    """Return the methods of a connector, at least one, or a finding if they have too much in common.

    `schema` is that of its specification.
    """
    authenticators = tuple(find_authenticators(manifest))
    selections = tuple(item for item in authenticators if isinstance(item, AuthenticatorSelection))
    deciding = (condition.setting, *(selection.setting for selection in selections))
    specification = read_specification(schema, [setting for setting in deciding if setting])
    specification = _add_selected(specification, selections)
    reader = _AlternativeReader(specification, manifest, authenticators)
    excess = find_excess(schema.place, len(specification.alternatives), reader.count_shared())
    return excess or tuple(_list_methods(connector_id, reader, condition))


def _add_selected(
    specification: ConnectionSpecification, selections: tuple[AuthenticatorSelection, ...]
) -> ConnectionSpecification:
    """Return a specification in which each value of a setting that selects an authenticator is an alternative."""
    if specification.alternatives or not selections:
        return specification
    first = selections[0]
    alternatives = tuple(AuthAlternative(value) for value in first.authenticators)
    return replace(specification, chosen_by=first.setting, alternatives=alternatives)


class _AlternativeReader:
    """Reader of the alternatives of a specification, which reads what those without a schema share only once."""

    def __init__(
        self,
        specification: ConnectionSpecification,
        manifest: Manifest,
        authenticators: Sequence[AuthenticatorSource],
    ) -> None:
        self.specification = specification
        self._manifest = manifest
        self._authenticators = authenticators
        self._secrets = specification.secrets

    def count_shared(self) -> int:
        """Return how many settings, authenticators and sent values all alternatives have in common."""
        has_schemas = any(each.schema is not None for each in self.specification.alternatives)
        settings = len(self.specification.settings) - (0 if has_schemas else len(self._selectable))
        return settings + len(self._authenticators) + count_sent(self._manifest)

    def read(self, alternative: AuthAlternative) -> tuple[tuple[SchemeSetting, ...], tuple[AuthMechanism, ...]]:
        """Return the settings of an alternative, and the mechanisms of the authenticators that it may use.

        Where a template leaves a choice, the settings of the alternative are preferred.
        """
        if alternative.schema is None:
            manifest, sent = self._common
            mechanisms = (*self._select_mechanisms(alternative, manifest, self.specification.settings), *sent)
            return self._select_settings(mechanisms), mechanisms
        settings = merge_settings((*alternative.settings, *self.specification.settings))
        manifest, sent = self._read_sent(settings)
        return settings, (*self._select_mechanisms(alternative, manifest, settings), *sent)

    @cached_property
    def _common(self) -> tuple[Manifest, tuple[AuthMechanism, ...]]:
        return self._read_sent(self.specification.settings)

    def _read_sent(self, settings: tuple[SchemeSetting, ...]) -> tuple[Manifest, tuple[AuthMechanism, ...]]:
        """Return the manifest that prefers the settings, and a mechanism for each value that requests send."""
        manifest = self._manifest.prefer(list_defaults(settings))
        return manifest, tuple(find_sent_values(manifest, self._secrets))

    def _select_mechanisms(
        self, alternative: AuthAlternative, manifest: Manifest, settings: tuple[SchemeSetting, ...]
    ) -> Iterator[AuthMechanism]:
        for authenticator in self._authenticators:
            if isinstance(authenticator, ManifestComponent):
                yield read_mechanism(authenticator, manifest)
            elif isinstance(authenticator, ProgrammedSelection):
                declared = {setting.wire for setting in settings}
                yield authenticator.read(declared, manifest, is_alternative=alternative.schema is not None)
            elif authenticator.setting == self.specification.chosen_by:
                mechanism = authenticator.read(alternative.value or "", manifest)
                yield from (mechanism,) if mechanism is not None else ()

    def _select_settings(self, mechanisms: Iterable[AuthMechanism]) -> tuple[SchemeSetting, ...]:
        """Return the settings without the secrets that only the authenticators of other alternatives use."""
        own = {self._selectable[name] for each in mechanisms for name in each.names if name in self._selectable}
        return tuple(self.specification.settings[index] for index in sorted((*self._unselectable, *own)))

    @cached_property
    def _selectable(self) -> Mapping[str, int]:
        """Positions of the secrets, by name, that authenticators use between which a setting selects."""
        manifest, _ = self._common
        selections = (item for item in self._authenticators if isinstance(item, AuthenticatorSelection))
        mechanisms = (item.read(value, manifest) for item in selections for value in item.authenticators)
        names = {name for mechanism in mechanisms if mechanism is not None for name in mechanism.names}
        settings = enumerate(self.specification.settings)
        return {each.wire: index for index, each in settings if each.is_secret and each.wire in names}

    @cached_property
    def _unselectable(self) -> tuple[int, ...]:
        """Positions of all other settings."""
        settings = enumerate(self.specification.settings)
        return tuple(index for index, setting in settings if setting.wire not in self._selectable)


def _list_methods(connector_id: str, reader: _AlternativeReader, condition: FlowCondition) -> Iterator[AuthMethod]:
    chosen_by = reader.specification.chosen_by
    alternatives = reader.specification.alternatives or (AuthAlternative(None),)
    is_single = len(alternatives) == 1
    for alternative, ids in zip(alternatives, _make_ids(connector_id, alternatives), strict=True):
        settings, mechanisms = reader.read(alternative)
        declared = {setting.wire for setting in settings}
        if not is_single and alternative.schema is not None:
            mechanisms = tuple(each for each in mechanisms if each.is_selected or each.names <= declared)
        values = list_only_values(settings)
        if chosen_by is not None:
            values[chosen_by] = alternative.value
        has_flow = condition.is_met(values) and (is_single or not declared.isdisjoint(condition.targets))
        settings = (*settings, *_list_undeclared(mechanisms, declared))
        yield AuthMethod(
            ids, alternative.title, alternative.summary, settings, mechanisms, has_flow, alternative.schema
        )


def _make_ids(connector_id: str, alternatives: Sequence[AuthAlternative]) -> tuple[MethodIds, ...]:
    if len(alternatives) == 1:
        return (MethodIds(connector_id, connector_id),)
    return make_method_ids(connector_id, (each.value or get_text(each.title) or "" for each in alternatives))


def _list_undeclared(mechanisms: tuple[AuthMechanism, ...], declared: set[str]) -> Iterator[SchemeSetting]:
    """Yield a setting for each name that mechanisms refer to and that is not declared; it may be a secret."""
    places = {name: item.place for item in mechanisms for name in sorted(item.names) if name not in declared}
    for name, place in places.items():
        yield make_undeclared_setting(ScalarNode(name, place), is_secret=True)


def declare_names(methods: tuple[AuthMethod, ...], address: ChosenValue, place: Place) -> tuple[AuthMethod, ...]:
    """Return the methods with a setting for each name in an address that none of them declares.

    It is a secret only if it is called like one, and may be omitted if the fallback of the address does without it.
    """
    declared = {setting.wire for method in methods for setting in method.settings}
    added = tuple(
        replace(
            make_undeclared_setting(ScalarNode(name, place), is_secret=is_clear_credential(name)),
            is_optional=address.fallback is not None and name not in address.fallback.names,
        )
        for name in dict.fromkeys(address.template.names)
        if name not in declared
    )
    return tuple(replace(method, settings=(*method.settings, *added)) for method in methods) if added else methods
