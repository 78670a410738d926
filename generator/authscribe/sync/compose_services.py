"""Find the services of Compose files, and the settings of connectors that they have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import PurePath
from typing import Final, NamedTuple

from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.model.name_kinds import NameKind
from authscribe.sync.compose_entries import Parts
from authscribe.sync.connectors import Connectors, Key
from authscribe.sync.given_values import list_keys
from authscribe.sync.yaml_entries import Container, find_entry

SECRETS: Final = "secrets"
_VARIANT: Final = re.compile(r"(?:docker-)?compose[.-](?P<name>[\w.-]+)\.ya?ml", re.IGNORECASE)
OVERRIDE: Final = "override"
"""Variant that Compose reads together with the main file."""


class Service(NamedTuple):
    """Service with its variables and secrets by the settings of all connectors, and its keys.

    `targets` are the settings whose files it mounts, perhaps from secrets of other names. `has_files` tells whether
    files add variables to it, and `is_partial` whether another service does.
    """

    name: str
    environment: Container | None
    secrets: Container | None
    variables: Parts
    mounted: Parts
    keys: tuple[Key, ...]
    targets: Collection[str]
    has_files: bool
    is_partial: bool


def find_variant(path: str) -> str:
    """Return the name of the variant that a file is for, in lower case; empty for the main file."""
    variant = _VARIANT.fullmatch(PurePath(path).name)
    return variant["name"].lower() if variant is not None else ""


def list_services(node: Node, connectors: Connectors, variant: str) -> Iterator[Service]:
    """Yield the services of a file of some variant."""
    services = find_entry(node, "services")
    for service in services.node.entries if services is not None and isinstance(services.node, MapNode) else ():
        path = ("services", service.key)
        environment, secrets = (find_entry(service.node, key) for key in ("environment", SECRETS))
        keys = (*list_keys(environment, NameKind.ENV), *list_keys(secrets, NameKind.COMPOSE))
        yield Service(
            name=service.key,
            environment=Container(environment, (*path, "environment")) if environment is not None else None,
            secrets=Container(secrets, (*path, SECRETS)) if secrets is not None else None,
            variables=locate_parts(environment, NameKind.ENV, connectors),
            mounted=locate_parts(secrets, NameKind.COMPOSE, connectors),
            keys=tuple(key for key, _ in keys),
            targets={*_list_targets(secrets, connectors)},
            has_files=find_entry(service.node, "env_file") is not None,
            is_partial=_is_partial(service.node, variant),
        )


def _list_targets(secrets: Entry | None, connectors: Connectors) -> Iterator[str]:
    """Yield the variables of the settings whose files the items in the long form mount."""
    for item in secrets.node.items if secrets is not None and isinstance(secrets.node, ListNode) else ():
        target = get_text(item.find("target")) if isinstance(item, MapNode) else None
        owned = connectors.identify(NameKind.FILE, PurePath(target or "").name)
        if owned is not None:
            yield owned.variable


def _is_partial(service: Node, variant: str) -> bool:
    """Return whether another service has what this one lacks.

    Files are merged, too: alone, a service has an image, or is built (Compose Specification).
    """
    is_alone = any(find_entry(service, key) is not None for key in ("image", "build"))
    is_merged = variant == OVERRIDE or (variant != "" and not is_alone)
    return is_merged or find_entry(service, "extends") is not None


def locate_parts(entry: Entry | None, kind: NameKind, connectors: Connectors) -> Parts:
    """Return the entries or items of settings in a mapping or list, by their variables."""
    found: Parts = {}
    for key, part in list_keys(entry, kind):
        owned = connectors.identify(kind, key.name)
        if owned is not None:
            found.setdefault(owned.variable, part)
    return found
