"""The configuration: `authscribe.toml`, or `[tool.authscribe]` in `pyproject.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import Field

from authscribe import encoders, mistakes
from authscribe.closed import Model, Suppression
from authscribe.draft import ListNode, MapNode
from authscribe.finding import DefinitionError, Finding, Place
from authscribe.readers import source, toml
from authscribe.validation import validate

FILE_NAME: Final = "authscribe.toml"
_PYPROJECT: Final = "pyproject.toml"
_HOLES: Final = ("path", "line")


class Suppress(Suppression):
    """A suppression that says which connectors it is about."""

    connector: str = Field(default="*", description="the connector's name; `*` stands for all")
    name: str | None = Field(default=None, description="only findings about this secret, parameter or file")


class Configuration(Model):
    """What a workspace states once, so that commands need no options. Paths are relative to the file."""

    sources: tuple[str, ...] = Field(default=(), description="files, folders or glob patterns with definitions")
    out_dir: str = Field(default="output", alias="out-dir", description="the folder that the tool owns")
    targets: tuple[str, ...] = Field(default=(), description="targets to generate; all when empty")
    templates: tuple[str, ...] = Field(
        default=(),
        description="folders, or `package:NAME` for that of an installed package, searched before the built-in ones",
    )
    connectors: tuple[str, ...] = Field(default=(), description="folders of connectors, or patterns for them")
    suppress: tuple[Suppress, ...] = Field(default=(), description="findings that are not reported")
    baseline: str | None = Field(default=None, description="file with the findings that are known already")
    platform: str = Field(default="sesam", description="the platform profile that connectors are made for")
    source_url: str | None = Field(
        default=None, alias="source-url", description="where a source can be read: an address with {path} and {line}"
    )


@dataclass(frozen=True, slots=True)
class Configured:
    """A configuration with the folder that its paths are relative to, and the places of its sources."""

    root: Path
    configuration: Configuration
    file: str | None = None
    source_places: tuple[Place, ...] = ()
    suppress_places: tuple[Place, ...] = ()


def find(start: Path) -> Path | None:
    """The nearest configuration at or above `start`, not above the repository root; None where there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if (folder / _PYPROJECT).is_file() and b"[tool.authscribe" in (folder / _PYPROJECT).read_bytes():
            return folder / _PYPROJECT
        if (folder / ".git").exists():
            return None
    return None


def load(file: Path) -> Configured:
    """The configuration in `file`; raises DefinitionError with every mistake in it."""
    data = source.content(str(file), file)
    if isinstance(data, Finding):
        raise DefinitionError((data,))
    text = source.decode(file.name, data)
    node, findings = (None, text.findings) if text.findings else toml.parse(file.name, text.text)
    if findings or not isinstance(node, MapNode):
        raise DefinitionError(findings)
    section = _section(node) if file.name == _PYPROJECT else node
    configuration, wrong = validate(section, Configuration)
    if configuration is None:
        raise DefinitionError(wrong)
    problem = _address_problem(configuration.source_url)
    if problem is not None:
        raise DefinitionError((mistakes.wrong_value("source-url", _place(section, "source-url"), problem),))
    return Configured(
        root=file.parent,
        configuration=configuration,
        file=file.name,
        source_places=_places(section, "sources"),
        suppress_places=_places(section, "suppress"),
    )


def _places(section: MapNode, key: str) -> tuple[Place, ...]:
    node = section.find(key)
    return tuple(item.place for item in node.items) if isinstance(node, ListNode) else ()


def _place(section: MapNode, key: str) -> Place:
    node = section.find(key)
    return node.place if node is not None else section.place


def _address_problem(address: str | None) -> str | None:
    """Why this cannot be where sources are read, or None when it can."""
    if address is None:
        return None
    if not encoders.is_web_address(re.sub(r"[{}]", "", address)):
        return "it should be an address with https:// or http://"
    holes = re.findall(r"\{([^{}]*)\}", address)
    if "path" not in holes or not set(holes) <= set(_HOLES) or re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", address)):
        return "it should hold {path}, may hold {line}, and no other braces"
    return None


def _section(node: MapNode) -> MapNode:
    tool = node.find("tool")
    section = tool.find("authscribe") if isinstance(tool, MapNode) else None
    if not isinstance(section, MapNode):
        raise DefinitionError((mistakes.not_a_mapping(node.place, "tool.authscribe"),))
    return section
