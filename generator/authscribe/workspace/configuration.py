"""Configuration: `authscribe.toml`, or `[tool.authscribe]` in `pyproject.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.strict import StrictDataclass, Suppression

FILE_NAME: Final = "authscribe.toml"
PYPROJECT: Final = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Suppress(Suppression):
    """Suppression in the configuration, for one connector or for all."""

    connector: str = field(default="*", metadata={"description": "the connector's name; `*` stands for all"})
    name: str | None = field(
        default=None, metadata={"description": "only findings about this secret, parameter or file"}
    )


@dataclass(frozen=True, slots=True)
class Configuration(StrictDataclass):
    """Settings of a workspace, so that commands need no options. Paths are relative to the file."""

    sources: tuple[str, ...] = field(
        default=(), metadata={"description": "files, folders or glob patterns with definitions"}
    )
    out_dir: str = field(
        default="output", metadata={"alias": "out-dir", "description": "the folder that the tool owns"}
    )
    targets: tuple[str, ...] = field(default=(), metadata={"description": "targets to generate; all when empty"})
    templates: tuple[str, ...] = field(
        default=(),
        metadata={
            "description": "folders, or `package:NAME` for that of an installed package, "
            "searched before the built-in ones"
        },
    )
    connectors: tuple[str, ...] = field(
        default=(), metadata={"description": "folders of connectors, or patterns for them"}
    )
    pages: tuple[str, ...] = field(
        default=(),
        metadata={
            "description": "pages whose scheme tables `docs` updates: files, folders or glob patterns; a pattern with "
            "a leading `!` excludes pages, as in a `.gitignore`"
        },
    )
    suppress: tuple[Suppress, ...] = field(default=(), metadata={"description": "findings that are not reported"})
    baseline: str | None = field(
        default=None, metadata={"description": "file with the findings that are known already"}
    )
    platform: str = field(
        default="sesam", metadata={"description": "the platform profile that connectors are made for"}
    )
    source_url: str | None = field(
        default=None,
        metadata={
            "alias": "source-url",
            "description": "where a source can be read: an address with {path} and {line}",
        },
    )


@dataclass(frozen=True, slots=True)
class LoadedConfiguration:
    """Configuration as it was read, with the places of its sources, pages and suppressions."""

    configuration: Configuration
    source_places: tuple[Place, ...] = ()
    page_places: tuple[Place, ...] = ()
    suppress_places: tuple[Place, ...] = ()


def find_configuration_file(start: Path) -> Path | None:
    """Return the nearest configuration file at or above `start`, up to the repository root; None if there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if (folder / PYPROJECT).is_file() and b"[tool.authscribe" in (folder / PYPROJECT).read_bytes():
            return folder / PYPROJECT
        if (folder / ".git").exists():
            return None
    return None
