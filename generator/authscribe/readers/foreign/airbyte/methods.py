"""Find the methods of an Airbyte connector: match the alternatives of its specification with its authenticators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from authscribe.model.draft import ScalarNode, get_text
from authscribe.readers.foreign.airbyte.advanced_auth import FlowCondition
from authscribe.readers.foreign.airbyte.authenticators import (
    AuthenticatorSelection,
    find_sent_settings,
    read_authenticators,
)
from authscribe.readers.foreign.airbyte.manifest import Manifest
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.specification import (
    AuthAlternative,
    ConnectionSpecification,
    list_defaults,
    list_only_values,
    merge_settings,
    read_specification,
)
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
) -> tuple[AuthMethod, ...]:
    """Return the methods of a connector, at least one; `schema` is that of its specification."""
    authenticators = read_authenticators(manifest)
    selections = tuple(item for item in authenticators if isinstance(item, AuthenticatorSelection))
    deciding = (condition.setting, *(selection.setting for selection in selections))
    specification = read_specification(schema, [setting for setting in deciding if setting])
    specification = _add_selected(specification, selections)
    return tuple(_list_methods(connector_id, specification, manifest, condition))


def _add_selected(
    specification: ConnectionSpecification, selections: tuple[AuthenticatorSelection, ...]
) -> ConnectionSpecification:
    """Return a specification in which each value of a setting that selects an authenticator is an alternative."""
    if specification.alternatives or not selections:
        return specification
    first = selections[0]
    alternatives = tuple(AuthAlternative(value) for value in first.mechanisms)
    return replace(specification, chosen_by=first.setting, alternatives=alternatives)


def _list_methods(
    connector_id: str, specification: ConnectionSpecification, manifest: Manifest, condition: FlowCondition
) -> Iterator[AuthMethod]:
    taken: list[MethodIds] = []
    is_single = len(specification.alternatives) < 2
    for alternative in specification.alternatives or (AuthAlternative(None),):
        label = alternative.value or get_text(alternative.title) or ""
        ids = MethodIds(connector_id, connector_id) if is_single else make_method_ids(connector_id, label, taken)
        taken.append(ids)
        settings = merge_settings((*alternative.settings, *specification.settings))
        # Read again: where a template leaves a choice, the settings of this alternative are preferred.
        own_manifest = Manifest(manifest.document, list_defaults(settings))
        authenticators = read_authenticators(own_manifest)
        mechanisms = (
            *_select_mechanisms(authenticators, specification.chosen_by, alternative.value),
            *find_sent_settings(own_manifest, specification.secrets),
        )
        if alternative.schema is None:
            settings = _drop_unused_secrets(settings, mechanisms, authenticators)
        declared = {setting.wire for setting in settings}
        if not is_single and alternative.schema is not None:
            mechanisms = tuple(mechanism for mechanism in mechanisms if mechanism.names <= declared)
        values = list_only_values(settings)
        if specification.chosen_by is not None:
            values[specification.chosen_by] = alternative.value
        has_flow = condition.is_met(values) and (is_single or not declared.isdisjoint(condition.targets))
        settings = (*settings, *_list_undeclared(mechanisms, declared))
        yield AuthMethod(
            ids, alternative.title, alternative.summary, settings, mechanisms, has_flow, alternative.schema
        )


def _select_mechanisms(
    authenticators: tuple[AuthMechanism | AuthenticatorSelection, ...], chosen_by: str | None, value: str | None
) -> Iterator[AuthMechanism]:
    for authenticator in authenticators:
        if isinstance(authenticator, AuthMechanism):
            yield authenticator
        elif authenticator.setting == chosen_by and (value or "") in authenticator.mechanisms:
            yield authenticator.mechanisms[value or ""]


def _drop_unused_secrets(
    settings: tuple[SchemeSetting, ...],
    own: tuple[AuthMechanism, ...],
    authenticators: tuple[AuthMechanism | AuthenticatorSelection, ...],
) -> tuple[SchemeSetting, ...]:
    """Return the settings without the secrets that only the authenticators of other alternatives use."""
    selections = (item for item in authenticators if isinstance(item, AuthenticatorSelection))
    selectable = {name for item in selections for mechanism in item.mechanisms.values() for name in mechanism.names}
    unused = selectable - {name for mechanism in own for name in mechanism.names}
    return tuple(setting for setting in settings if not (setting.is_secret and setting.wire in unused))


def _list_undeclared(mechanisms: tuple[AuthMechanism, ...], declared: set[str]) -> Iterator[SchemeSetting]:
    """Yield a setting for each name that mechanisms refer to and that is not declared; it may be a secret."""
    places = {name: item.place for item in mechanisms for name in sorted(item.names) if name not in declared}
    for name, place in places.items():
        yield make_undeclared_setting(ScalarNode(name, place), is_secret=True)
