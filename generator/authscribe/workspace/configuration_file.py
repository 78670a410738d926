"""The configuration file: what it states, or every mistake in it."""

from __future__ import annotations

import re
from typing import Final

from authscribe.encoders.text import is_web_address
from authscribe.findings.finding import DefinitionError, Place
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.draft import ListNode, MapNode
from authscribe.model.validation import validate_dataclass
from authscribe.readers.syntax.toml import parse_toml
from authscribe.readers.text import decode
from authscribe.workspace.configuration import PYPROJECT, Configuration, LoadedConfiguration

_HOLES: Final = ("path", "line")


def read_configuration(name: str, data: bytes) -> LoadedConfiguration:
    """What a configuration of this name states; raises DefinitionError with every mistake in it."""
    text = decode(name, data)
    node, findings = (None, text.findings) if text.findings else parse_toml(name, text.text)
    if findings or not isinstance(node, MapNode):
        raise DefinitionError(findings)
    section = _section(node) if name == PYPROJECT else node
    configuration, wrong = validate_dataclass(section, Configuration)
    if configuration is None:
        raise DefinitionError(wrong)
    problem = _address_problem(configuration.source_url)
    if problem is not None:
        raise DefinitionError((report_wrong_value("source-url", _place(section, "source-url"), problem),))
    return LoadedConfiguration(configuration, _places(section, "sources"), _places(section, "suppress"))


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
    if not is_web_address(re.sub(r"[{}]", "", address)):
        return "it should be an address with https:// or http://"
    holes = re.findall(r"\{([^{}]*)\}", address)
    if "path" not in holes or not set(holes) <= set(_HOLES) or re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", address)):
        return "it should hold {path}, may hold {line}, and no other braces"
    return None


def _section(node: MapNode) -> MapNode:
    tool = node.find("tool")
    section = tool.find("authscribe") if isinstance(tool, MapNode) else None
    if not isinstance(section, MapNode):
        raise DefinitionError((report_not_a_mapping(node.place, "tool.authscribe"),))
    return section
