"""Plan a target with a language, options, rules and files for each connector: properties of the secrets in a vault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from authscribe.plugin_api import (
    Catalogue,
    Connector,
    CustomLanguage,
    Finding,
    NameKind,
    Places,
    PlannedFile,
    Rule,
    Severity,
    TargetPlan,
    list_stubs,
)

TARGET = "acme-vault"
LONG_NAME = Rule(
    code="acme-long-name",
    severity=Severity.WARNING,
    summary="name that is too long for a vault",
    why="A vault of Acme cuts longer names, so that two of them can become one.",
    wrong="name: the_name_of_the_client",
    right="name: client",
)
UNNAMED = LONG_NAME._replace(code="acme-unnamed", severity=Severity.ERROR, summary="connector without a title")


@dataclass(frozen=True)
class Options:
    """Options in the configuration."""

    longest_name: int = 20
    titles: bool = False
    folders: tuple[str, ...] = ()
    # Also a field that `repr` leaves out is a part of the keys in the cache.
    owner: str = field(default="", repr=False, metadata={"description": "who reads the vault"})

    def __post_init__(self) -> None:
        """Raise ValueError for a length that leaves no name."""
        if self.longest_name < 1:
            raise ValueError("'longest-name' should be at least 1")


def encode_value(text: str) -> str:
    """Return a value of a properties file."""
    return re.sub(r"[^ -~]|[\\]", lambda match: f"\\u{ord(match[0]):04x}", text)


def encode_name(text: str) -> str:
    """Return the name of a property; raise ValueError for any other text."""
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", text):
        raise ValueError(f"{text!a} is not the name of a property")
    return text


def check_properties(text: str) -> None:
    """Raise ValueError for a line that is neither a comment nor a property."""
    for line in text.splitlines():
        if not re.fullmatch(r"#.*|[A-Z_][A-Z0-9_]*=[ -~]*", line):
            raise ValueError(f"{line!a} is not a property")


PROPERTIES = CustomLanguage("properties", {"name": encode_name, "value": encode_value}, check_properties)


class Property(NamedTuple):
    """Property of a vault."""

    name: str
    hint: str


class View(NamedTuple):
    """File of a vault."""

    owner: str
    properties: tuple[Property, ...]


def plan_connector(catalogue: Catalogue, connector: Connector) -> Iterator[PlannedFile]:
    """Yield a file for each method of a connector."""
    options = catalogue.get_options(TARGET, Options)
    for stub in list_stubs(catalogue, connector):
        properties = tuple(Property(stub.spell(NameKind.ENV, each), each.comment) for each in stub.settings)
        path = f"{TARGET}/{stub.folder}/vault.properties"
        yield PlannedFile(path, TARGET, PROPERTIES, View(options.owner, properties), f"{TARGET}/vault.jinja")


def check(catalogue: Catalogue, places: Places) -> Iterator[Finding]:
    """Report names that are too long, and connectors without a title."""
    options = catalogue.get_options(TARGET, Options)
    for scheme in catalogue.schemes:
        for stub in list_stubs(catalogue, scheme):
            for name, each in ((each.setting.name, each) for each in (*stub.required, *stub.injected)):
                if len(name) > options.longest_name:
                    place = places.locate_setting(stub.owners, each.setting)
                    message = f"'{name}' has more than {options.longest_name} characters"
                    yield LONG_NAME.finding(place, message, "shorten the name", scheme=scheme.id, name=name)
    for connector in catalogue.connectors if options.titles else ():
        if connector.title is None:
            place = places.locate(connector, "title")
            yield UNNAMED.finding(place, "the vault has no title", "add a title", connector=connector.id)


PLAN = TargetPlan(plan_connector=plan_connector, check=check, options=Options)
