"""Plan manifests for External Secrets Operator, which fetches the Secret of each connector from a store.

The Secret has the name and the keys of the target `kubernetes`, so the Pods of its examples read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.model.target_options import ExternalSecretsOptions, StoreLayout
from authscribe.targets.kubernetes import plan_config_map, plan_manifest
from authscribe.targets.plan import EXTERNAL_SECRETS, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import Stub, StubSetting, list_stubs


class FetchedEntry(NamedTuple):
    """Key of the Secret, and where the store has its value."""

    key: str
    comment: str
    remote_key: str
    property: str | None
    is_needed: bool


class ExternalSecret(NamedTuple):
    """Object for which the operator creates a Secret of the same name.

    `is_needed` tells whether the class needs any of the entries, and `has_optional` whether it does without any.
    """

    heading: str
    is_needed: bool
    has_optional: bool
    name: str
    namespace: str | None
    store: str
    store_kind: str
    refresh_interval: str
    entries: tuple[FetchedEntry, ...]


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    options = catalogue.options.external_secrets
    for stub in list_stubs(catalogue, definition):
        if stub.deployed:
            view = _build_external_secret(stub, options)
            yield plan_manifest(EXTERNAL_SECRETS, stub, "external-secret", view, "external-secrets")
        yield from plan_config_map(EXTERNAL_SECRETS, stub, options.namespace)


EXTERNAL_SECRETS_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of an ExternalSecret and a ConfigMap for each scheme, and for each method of each connector."""


def _build_external_secret(stub: Stub, options: ExternalSecretsOptions) -> ExternalSecret:
    return ExternalSecret(
        heading=f"Secrets of {stub.title}, for {stub.deployed_class}.",
        is_needed=stub.needs_any,
        has_optional=not stub.needs_all,
        name=stub.spelling.kubernetes_object,
        namespace=options.namespace,
        store=options.store,
        store_kind=options.store_kind.value,
        refresh_interval=options.refresh_interval,
        entries=tuple(_build_entry(stub, each, options) for each in stub.deployed),
    )


def _build_entry(stub: Stub, each: StubSetting, options: ExternalSecretsOptions) -> FetchedEntry:
    """Return the entry of a secret, whose names in the store are the object and the key of the Secret."""
    key = stub.spell(NameKind.KUBERNETES, each)
    has_properties = options.layout is StoreLayout.PROPERTIES
    return FetchedEntry(
        key=key,
        comment=each.comment,
        remote_key=options.key_prefix + (stub.spelling.kubernetes_object if has_properties else key),
        property=key if has_properties else None,
        is_needed=each.is_needed,
    )
