"""List the names of a connector's contract, with their spelling in each target and the places that use them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import (
    Contract,
    build_method_contract,
    list_methods,
    list_platform_variables,
    spell_secret,
    spell_variable,
)
from authscribe.model.definitions import Connector, Setting
from authscribe.model.name_kinds import NameKind
from authscribe.model.naming import to_class
from authscribe.model.spelling import Spelling

if TYPE_CHECKING:
    from authscribe.connectors.context import ConnectorContext
    from authscribe.connectors.reference_places import ReferencePlace


class Role(StrEnum):
    """Role of a name in a connector; `extra` names are used without having another role."""

    REQUIRED = "required"
    INJECTED = "injected"
    PARAMETER = "parameter"
    EXTRA = "extra"


class NameUsage(NamedTuple):
    """Name with its spelling in each target and its uses; `is_used` is None if templates cannot use the name."""

    name: str
    role: Role
    python: str
    environment: str
    platform: str
    is_used: bool | None
    uses: tuple[ReferencePlace, ...]


def list_usages(catalogue: Catalogue, connector: Connector, context: ConnectorContext | None) -> Iterator[NameUsage]:
    """Yield the names of all methods of a connector, then the other names that its templates use."""
    uses = None
    if context is not None:
        # Imported here: most runs read no connectors.
        from authscribe.connectors.reference_places import find_reference_places

        uses = find_reference_places(context)
    seen: set[tuple[str, Role]] = set()
    for method in list_methods(connector):
        contract = build_method_contract(catalogue, connector, method)
        suffix = to_class(method.id) if len(list_methods(connector)) > 1 else ""
        stem = Spelling(connector, catalogue.conventions).class_stem + suffix
        for role, setting in list_roles(contract):
            if (setting.name, role) not in seen:
                seen.add((setting.name, role))
                yield _describe_usage(catalogue, connector, stem, setting, role, uses)
    known = {name for name, role in seen if role is not Role.REQUIRED} | list_platform_variables(catalogue)
    if context is not None:
        known |= {entry.key for datatype in context.snapshot.datatypes for entry in datatype.parameters}
    for name, places in (uses or {}).items():
        if name not in known:
            yield NameUsage(name, Role.EXTRA, "", "", "", is_used=True, uses=places)


def list_roles(contract: Contract) -> Iterator[tuple[Role, Setting]]:
    """Yield each secret and parameter with its role."""
    yield from ((Role.REQUIRED, secret) for secret in contract.required)
    yield from ((Role.INJECTED, secret) for secret in contract.injected)
    yield from ((Role.PARAMETER, parameter) for parameter in contract.parameters)


def _describe_usage(
    catalogue: Catalogue,
    connector: Connector,
    stem: str,
    setting: Setting,
    role: Role,
    uses: dict[str, tuple[ReferencePlace, ...]] | None,
) -> NameUsage:
    spellings = {
        Role.INJECTED: spell_secret(catalogue.platform, setting.name),
        Role.PARAMETER: spell_variable(catalogue.platform, setting.name),
    }
    # Templates refer to injected secrets and parameters; required secrets go to the platform.
    usable = uses if role is not Role.REQUIRED else None
    return NameUsage(
        name=setting.name,
        role=role,
        python=f"{stem}{'Configuration' if role is Role.REQUIRED else 'Runtime'}.{setting.attribute}",
        environment=Spelling(connector, catalogue.conventions).spell(NameKind.ENV, setting),
        platform=spellings.get(role, ""),
        is_used=setting.name in usable if usable is not None else None,
        uses=(usable or {}).get(setting.name, ()),
    )
