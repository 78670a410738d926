"""Keys of the configuration, with their defaults and descriptions; `configuration_file` reads them."""

from __future__ import annotations

from dataclasses import field
from typing import Final, NamedTuple

from authscribe.findings.finding import Place
from authscribe.model.name_kinds import DEFAULT_CONVENTIONS, Conventions
from authscribe.model.strict import FilledText, StrictDataclass, Suppression, strict_dataclass
from authscribe.model.target_options import DEFAULT_OPTIONS, TargetOptions
from authscribe.model.wording import ENGLISH, Wording
from authscribe.runtime import package_files

FILE_NAME: Final = "authscribe.toml"
PYPROJECT: Final = "pyproject.toml"


@strict_dataclass
class Suppress(Suppression):
    """Suppression in the configuration, for one connector or for all."""

    connector: str = field(
        default="*",
        metadata={"description": "the connector's name, with the schemes that it alone uses; `*` stands for all"},
    )
    name: str | None = field(
        default=None, metadata={"description": "only findings about this secret, parameter or file"}
    )


@strict_dataclass
class Configuration(StrictDataclass):
    """Settings of a workspace, so that commands need no options. Paths are relative to the file."""

    sources: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "files, folders or glob patterns with definitions; files that git ignores are read only "
            "where they are named"
        },
    )
    out_dir: str = field(
        default="output", metadata={"alias": "out-dir", "description": "the folder that the tool owns"}
    )
    targets: tuple[str, ...] = field(
        default=(), metadata={"description": "targets to generate; those that the platform profile names when empty"}
    )
    templates: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "folders, or `package:NAME` for that of an installed package, "
            "searched before the built-in ones"
        },
    )
    connectors: tuple[FilledText, ...] = field(
        default=(), metadata={"description": "folders of connectors, or patterns for them"}
    )
    pages: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "pages whose scheme tables `docs` updates: files, folders or glob patterns; a pattern with "
            "a leading `!` excludes pages, as in a `.gitignore`"
        },
    )
    files: tuple[FilledText, ...] = field(
        default=(),
        metadata={
            "description": "files that `sync` updates, such as `.env.example`: files, folders or glob patterns, as for "
            "`pages`"
        },
    )
    suppress: tuple[Suppress, ...] = field(default=(), metadata={"description": "findings that are not reported"})
    baseline: str | None = field(
        default=None, metadata={"description": "file with the findings that are known already"}
    )
    platform: str = field(
        default=package_files.read_default_platform(),
        metadata={"description": "the platform profile that connectors are made for"},
    )
    source_url: str | None = field(
        default=None,
        metadata={
            "alias": "source-url",
            "description": "where a source can be read: an address with {path} and {line}",
        },
    )
    names: Conventions = field(
        default=DEFAULT_CONVENTIONS, metadata={"description": "choices about the names in outputs"}
    )
    options: TargetOptions = field(default=DEFAULT_OPTIONS, metadata={"description": "options of the targets"})
    wording: Wording = field(
        default=ENGLISH,
        metadata={"description": "words of other languages, by which the tables of pages are recognised"},
    )


class LoadedConfiguration(NamedTuple):
    """Configuration as it was read, with the places of the items in its lists.

    `has_connectors` tells whether it has the key, if only with an empty list.
    """

    configuration: Configuration
    source_places: tuple[Place, ...] = ()
    target_places: tuple[Place, ...] = ()
    page_places: tuple[Place, ...] = ()
    file_places: tuple[Place, ...] = ()
    suppress_places: tuple[Place, ...] = ()
    connector_places: tuple[Place, ...] = ()
    has_connectors: bool = False


def get_option_key(name: str) -> str:
    """Return the key of an option, or of a target with options, in the configuration by the name of its field."""
    return name.replace("_", "-")
