"""The inventory of a connector: each name of its contract, how each target spells it, and where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.reader import parse_leaves
from authscribe.connectors.references import Reference, ReferenceKind, ReferenceSyntax, from_platform
from authscribe.connectors.snapshot import Snapshot, Template
from authscribe.findings.finding import Place
from authscribe.model.contract import (
    Contract,
    build_method_contract,
    list_methods,
    list_platform_variables,
    spell_variable,
)
from authscribe.model.definitions import Catalogue, Connector, Setting
from authscribe.model.naming import to_class, to_environment_variable


class Role(StrEnum):
    """What a name is to a connector; `extra` is used without being any of the others."""

    REQUIRED = "required"
    INJECTED = "injected"
    PARAMETER = "parameter"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Use:
    """One place that refers to a name; the JSON pointer (RFC 6901) is None where the file is no JSON."""

    place: Place
    pointer: str | None


@dataclass(frozen=True, slots=True)
class NameUsage:
    """A name, its spelling in each target, and its uses; `is_used` is None for what no template could use."""

    name: str
    role: Role
    python: str
    environment: str
    platform: str
    is_used: bool | None
    uses: tuple[Use, ...]


def list_usages(catalogue: Catalogue, connector: Connector, used: ConnectorContext | None) -> Iterator[NameUsage]:
    """The names of all methods of a connector, and what its templates use beyond them."""
    found = _uses(used.snapshot, from_platform(used.platform.references)) if used is not None else None
    seen: set[tuple[str, Role]] = set()
    for method in list_methods(connector):
        effective = build_method_contract(catalogue, connector, method)
        stem = to_class(connector.id) + (to_class(method.id) if len(list_methods(connector)) > 1 else "")
        for role, setting in _settings(effective):
            if (setting.name, role) not in seen:
                seen.add((setting.name, role))
                yield _item(catalogue, connector, stem, setting, role, found)
    known = {name for name, role in seen if role is not Role.REQUIRED} | list_platform_variables(catalogue)
    if used is not None:
        known |= {entry.key for datatype in used.snapshot.datatypes for entry in datatype.parameters}
    for name, uses in (found or {}).items():
        if name not in known:
            yield NameUsage(name, Role.EXTRA, "", "", "", is_used=True, uses=uses)


def _settings(effective: Contract) -> Iterator[tuple[Role, Setting]]:
    yield from ((Role.REQUIRED, secret) for secret in effective.required)
    yield from ((Role.INJECTED, secret) for secret in effective.injected)
    yield from ((Role.PARAMETER, parameter) for parameter in effective.parameters)


def _item(
    catalogue: Catalogue,
    connector: Connector,
    stem: str,
    setting: Setting,
    role: Role,
    found: dict[str, tuple[Use, ...]] | None,
) -> NameUsage:
    spelt = setting.attribute
    spellings = {
        Role.INJECTED: catalogue.platform.references.secret.replace("{name}", setting.name),
        Role.PARAMETER: spell_variable(catalogue.platform, setting.name),
    }
    can_be_used = found is not None and role is not Role.REQUIRED
    return NameUsage(
        name=setting.name,
        role=role,
        python=f"{stem}{'Configuration' if role is Role.REQUIRED else 'Runtime'}.{spelt}",
        environment=to_environment_variable(connector.id, spelt),
        platform=spellings.get(role, ""),
        is_used=setting.name in found if found is not None and can_be_used else None,
        uses=found.get(setting.name, ()) if found is not None and can_be_used else (),
    )


def _uses(snapshot: Snapshot, spelt: ReferenceSyntax) -> dict[str, tuple[Use, ...]]:
    """Every reference but those to what the platform always fills, by name."""
    found: dict[str, list[Use]] = {}
    for template in snapshot.all_templates:
        references = [
            r
            for r in template.references
            if r.kind in (ReferenceKind.SECRET, ReferenceKind.VARIABLE, ReferenceKind.ENVIRONMENT)
        ]
        pointers = _pointers(template, snapshot, spelt) if references else {}
        for reference in references:
            found.setdefault(reference.name, []).append(Use(reference.place, pointers.get(reference)))
    return {name: tuple(uses) for name, uses in found.items()}


def _pointers(template: Template, snapshot: Snapshot, spelt: ReferenceSyntax) -> dict[Reference, str]:
    parsed = snapshot.leaves if template is snapshot.system else parse_leaves(template, spelt)
    return {reference: leaf.pointer for leaf in parsed for reference in leaf.references}
