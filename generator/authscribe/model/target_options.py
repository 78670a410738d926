"""Options of the targets, which the configuration sets under `options`.

The configuration is validated from the fields. A default that is a member of an enumeration allows its members. A
`rule` in the metadata allows texts that obey it. Otherwise, values are of the type of the default: a text, a number, a
Boolean, or a tuple of texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Final

from authscribe.model.name_kinds import OBJECT_RULE, NameRule
from authscribe.model.strict import StrictDataclass, strict_dataclass

_NAMESPACE_RULE: Final = OBJECT_RULE._replace(noun="Kubernetes namespace", convert=str)
_STORE_RULE: Final = NameRule(
    noun="secret store",
    pattern=r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
    characters="lower-case ASCII letters, digits, hyphens and periods, as in DNS names",
    source="RFC 1123, section 2.1",
    limit=253,
)
_KEY_RULE: Final = NameRule(
    noun="beginning of keys",
    pattern=r"[A-Za-z0-9/_+=.@-]*",
    characters="ASCII letters, digits, slashes and `_+=.@-`",
    source="AWS Secrets Manager, CreateSecret, which allows the fewest characters of the stores with paths",
    limit=200,
)
_DURATION_RULE: Final = NameRule(
    noun="duration",
    pattern=r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+",
    characters="numbers with units, such as `1h` or `30m`",
    source="Go, time.ParseDuration, without the units below a millisecond",
)
_FOLDER_CHARACTERS: Final = "ASCII letters, digits, slashes, periods, hyphens and underscores"
_FOLDER_RULE: Final = NameRule(
    noun="folder",
    pattern=r"[A-Za-z0-9/._-]+",
    characters=_FOLDER_CHARACTERS,
    source="POSIX.1-2017, section 3.282",
    limit=200,
)
_MOUNT_RULE: Final = _FOLDER_RULE._replace(
    pattern=r"/[A-Za-z0-9/._-]*", characters=f"{_FOLDER_CHARACTERS}, and begin with a slash"
)
_SERVER_NAMESPACE_RULE: Final = NameRule(
    noun="namespace of servers",
    pattern=r"[A-Za-z0-9.-]+",
    characters="ASCII letters, digits, periods and hyphens",
    source="MCP registry, server.json, the part of a name before the slash",
    limit=100,
)


class StoreKind(StrEnum):
    """Kind of the store from which secrets are fetched."""

    SECRET_STORE = "SecretStore"  # noqa: S105 - a kind of object
    """A store of one namespace."""
    CLUSTER_SECRET_STORE = "ClusterSecretStore"  # noqa: S105 - a kind of object
    """A store of the whole cluster."""


class StoreLayout(StrEnum):
    """Layout of the secrets of a connector in a store."""

    PROPERTIES = "properties"
    """One entry for each connector, with a property for each secret."""
    ENTRIES = "entries"
    """One entry for each secret."""


class SecretSource(StrEnum):
    """Source of the value of a Compose secret."""

    FILE = "file"
    """A file for each secret."""
    ENVIRONMENT = "environment"
    """The environment of the command that starts the services."""


@strict_dataclass
class KubernetesOptions(StrictDataclass):
    """Options of the target `kubernetes`."""

    namespace: str | None = field(
        default=None,
        metadata={
            "description": "namespace of the objects (default: that of the command that creates them)",
            "rule": _NAMESPACE_RULE,
        },
    )
    mount_path: str = field(
        default="/etc/connector-auth",
        metadata={
            "alias": "mount-path",
            "description": "folder of a container in which each connector has a folder of secret files",
            "rule": _MOUNT_RULE,
        },
    )


@strict_dataclass
class ExternalSecretsOptions(StrictDataclass):
    """Options of the target `external-secrets`."""

    namespace: str | None = field(
        default=None,
        metadata={
            "description": "namespace of the objects (default: that of the command that creates them)",
            "rule": _NAMESPACE_RULE,
        },
    )
    store: str = field(
        default="connector-secrets", metadata={"description": "name of the store of secrets", "rule": _STORE_RULE}
    )
    store_kind: StoreKind = field(
        default=StoreKind.CLUSTER_SECRET_STORE, metadata={"alias": "store-kind", "description": "kind of the store"}
    )
    key_prefix: str = field(
        default="",
        metadata={
            "alias": "key-prefix",
            "description": "beginning of the keys in the store, such as `connectors/`",
            "rule": _KEY_RULE,
        },
    )
    layout: StoreLayout = field(
        default=StoreLayout.PROPERTIES,
        metadata={
            "description": "`properties` for one entry of the store for each connector, `entries` for one for each "
            "secret"
        },
    )
    refresh_interval: str = field(
        default="1h",
        metadata={
            "alias": "refresh-interval",
            "description": "time after which values are fetched again",
            "rule": _DURATION_RULE,
        },
    )


@strict_dataclass
class ComposeOptions(StrictDataclass):
    """Options of the target `compose`."""

    source: SecretSource = field(
        default=SecretSource.FILE,
        metadata={"description": "source of the values: `file`, or `environment` for variables of Compose itself"},
    )
    folder: str = field(
        default="./secrets",
        metadata={"description": "folder of the secret files, relative to the Compose file", "rule": _FOLDER_RULE},
    )


@strict_dataclass
class McpOptions(StrictDataclass):
    """Options of the target `mcp`."""

    namespace: str = field(
        default="com.example",
        metadata={
            "description": "beginning of the names of servers: a domain of yours in reverse order",
            "rule": _SERVER_NAMESPACE_RULE,
        },
    )


@strict_dataclass
class TargetOptions(StrictDataclass):
    """Options of each target that has any; the keys are the names of the targets."""

    kubernetes: KubernetesOptions = field(
        default=KubernetesOptions(), metadata={"description": "Secrets of Kubernetes"}
    )
    external_secrets: ExternalSecretsOptions = field(
        default=ExternalSecretsOptions(),
        metadata={"alias": "external-secrets", "description": "secrets that External Secrets Operator fetches"},
    )
    compose: ComposeOptions = field(default=ComposeOptions(), metadata={"description": "secrets of Compose"})
    mcp: McpOptions = field(default=McpOptions(), metadata={"description": "servers of the Model Context Protocol"})


DEFAULT_OPTIONS: Final = TargetOptions()


@strict_dataclass
class AllOptions(TargetOptions):
    """Options of the built-in targets, and those of plugins' targets by name, with underscores for the hyphens."""

    plugins: Mapping[str, object]
