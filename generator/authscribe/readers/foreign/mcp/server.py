"""Read `server.json`: the packages that run an MCP server, and the remotes at which it runs already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from authscribe.findings.finding import Finding, Severity, attribute_findings
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.model.draft import DefinitionDraft, ListNode, MapNode, Node, ScalarNode, Value, get_text
from authscribe.model.placement_template import Hole
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.mcp.address import AddressReader, hide_literals
from authscribe.readers.foreign.mcp.inputs import (
    InputScope,
    find_key,
    is_flag_set,
    is_secrecy_open,
    is_secret_input,
)
from authscribe.readers.foreign.mcp.ways import ServerWay, draft_server, make_identifier
from authscribe.readers.foreign.request_slots import FilledSlot
from authscribe.readers.foreign.shapes import find_wrong_lists, find_wrong_mappings
from authscribe.readers.foreign.tracking import TrackedMapping

_SCHEMA: Final = "modelcontextprotocol.io/schemas/"
_PACKAGE_KEYS: Final = ("registryType", "registry_type", "registry_name")
_TRANSPORT_KEYS: Final = ("type", "transport_type")
_TRANSPORTS: Final = ("streamable-http", "streamable", "sse")
_SWITCH: Final = frozenset({"type", "name", "isRepeated", "is_repeated"})
_ARGUMENTS: Final = {"runtimeArguments": _SWITCH | {"description"}, "packageArguments": _SWITCH}
"""Lists of arguments, each with what an option without a value may state.

Clients ask the user for a value that is described. Runtimes have switches as well, such as `--rm` of Docker, and get
values of the user in templates.
"""
_VARIABLES: Final = "environmentVariables"
_ENVIRONMENT_OPTIONS: Final = ("-e", "--env")
"""Options of Docker and Podman whose value is `VARIABLE=value`."""


def is_server(node: MapNode) -> bool:
    """Return whether a mapping is a server: it names the schema, or has a package or remote in the form of one."""
    if get_text(node.find("name")) is None:
        return False
    packages, remotes = _list_maps(node, "packages"), _list_maps(node, "remotes")
    return (
        _SCHEMA in (get_text(node.find("$schema")) or "")
        or any(get_text(package.find(key)) is not None for package in packages for key in _PACKAGE_KEYS)
        or any(get_text(remote.find(key)) in _TRANSPORTS for remote in remotes for key in _TRANSPORT_KEYS)
    )


def read_server(server: TrackedMapping, holder: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    """Yield the connector of a server after its schemes, and findings.

    `holder` is the server, or the mapping around it, of which everything else is kept.
    """
    identifier = make_identifier(server)
    if isinstance(identifier, Finding):
        yield identifier
        return
    ways = [_WayReader(mapping, key) for key in ("packages", "remotes") for mapping in server.children(key)]
    drafts = [way.read() for way in ways]
    findings = [*find_wrong_lists(server, "packages", "remotes"), *(item for way in ways for item in way.findings)]
    yield from attribute_findings(findings, str(identifier.value))
    facts: dict[str, Node | Value] = {
        "title": server.take_text("title"),
        "summary": server.take_text("description"),
        "docs": server.take_text(find_key(server, "websiteUrl")),
        "status": _take_status(server),
        "extras": holder.leftovers(),
    }
    yield from draft_server(identifier, facts, drafts)


def _is_switch(argument: TrackedMapping, statements: frozenset[str]) -> bool:
    """Return whether an argument is an option without a value: it states nothing beyond `statements`."""
    stated = {entry.key for entry in argument.node.entries if not _is_empty(entry.node)}
    return get_text(argument.peek("type")) == "named" and stated <= statements


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value in (None, False, "")


def _take_status(server: TrackedMapping) -> str | None:
    return "deprecated" if get_text(server.peek("status")) == "deprecated" and server.take("status") else None


def _list_maps(node: MapNode, key: str) -> tuple[MapNode, ...]:
    items = node.find(key)
    return tuple(item for item in items.items if isinstance(item, MapNode)) if isinstance(items, ListNode) else ()


@dataclass(slots=True)
class _WayReader:
    """Reader of a package or remote, which is under `key` of its server."""

    mapping: TrackedMapping
    key: str
    findings: list[Finding] = field(default_factory=list)
    slots: list[FilledSlot] = field(default_factory=list)

    def read(self) -> ServerWay:
        """Return the way to run the server; `findings` is complete afterwards."""
        scope = InputScope(frozenset(name for name, declared in self._list_inputs() if is_secret_input(declared)))
        for declared in self._list(self.mapping, _VARIABLES):
            self._read_variable(declared, scope)
        for key, statements in _ARGUMENTS.items():
            for argument in self._list(self.mapping, key):
                if not _is_switch(argument, statements):
                    self._read_argument(argument, scope)
        transport = self._get_transport()
        self.findings += find_wrong_mappings(self.mapping, "transport", "variables")
        for header in self._list(transport, "headers"):
            self._read_header(header, scope)
        base = self._read_url(transport, scope)
        self.findings += scope.findings
        label, detail = self._name()
        return ServerWay(
            label,
            detail,
            self.mapping.place,
            tuple(scope.settings.values()),
            tuple(scope.derived),
            tuple(self.slots),
            base,
            extras=self.mapping.leftovers(),
        )

    def _name(self) -> tuple[str, str]:
        """Return the label of the way, and what tells it from others with that label."""
        if self.key == "packages":
            return self._find_text(*_PACKAGE_KEYS) or "package", self._find_text("identifier", "name")
        return self._find_text(*_TRANSPORT_KEYS) or "remote", hide_literals(self._find_text("url"))

    def _find_text(self, *keys: str) -> str:
        return next((text for key in keys if (text := get_text(self.mapping.peek(key)))), "")

    def _get_transport(self) -> TrackedMapping:
        return self.mapping if self.key == "remotes" else self.mapping.child("transport")

    def _list(self, mapping: TrackedMapping, name: str) -> tuple[TrackedMapping, ...]:
        key = find_key(mapping, name)
        self.findings += find_wrong_lists(mapping, key)
        return mapping.children(key)

    def _list_inputs(self) -> Iterator[tuple[str, TrackedMapping]]:
        """Yield every input with its name; the same mappings as when they are read."""
        keys = (_VARIABLES, *_ARGUMENTS)
        transport = self._get_transport()
        lists = [self.mapping.children(find_key(self.mapping, key)) for key in keys]
        for declared in (*(item for items in lists for item in items), *transport.children("headers")):
            yield get_text(declared.peek("name")) or "", declared
            variables = declared.child("variables")
            yield from ((entry.key, variables.child(entry.key)) for entry in variables.node.entries)

    def _read_variable(self, declared: TrackedMapping, scope: InputScope) -> None:
        name = declared.take_text("name")
        value = declared.peek("value")
        if name is None:
            self.findings.append(report_missing_key("name", declared.place))
        elif not isinstance(value, ScalarNode) or not get_text(value):
            scope.declare(declared, name)
        else:
            self._read_value(declared, name, value, scope)

    def _read_value(self, declared: TrackedMapping, name: ScalarNode, value: ScalarNode, scope: InputScope) -> None:
        """Read an environment variable with a value that the user cannot change."""
        filled = scope.fill(value, declared, {})
        if filled.names:
            declared.take("value")
            scope.declare_derived(declared, name, value, filled)
        elif is_secret_input(declared):
            declared.withhold("value")
            scope.declare(declared, name)
        else:
            declared.take("value")
            scope.declare_constant(declared, name, value)

    def _read_argument(self, argument: TrackedMapping, scope: InputScope) -> None:
        """Read an argument, which the user supplies if it has no value; what it says of the command line is kept."""
        value = argument.peek("value")
        if isinstance(value, ScalarNode) and get_text(value):
            self._read_fixed_argument(argument, scope.fill(value, argument, {}), scope)
            return
        hint = find_key(argument, "valueHint")
        name = argument.peek("name") if argument.peek("name") is not None else argument.peek(hint)
        if isinstance(name, ScalarNode) and get_text(name):
            argument.take("name" if argument.peek("name") is not None else hint)
            scope.declare(argument, name)
        else:
            finding = report_missing_key("valueHint", argument.place, "value")
            self.findings.append(finding._replace(severity=Severity.WARNING))

    def _read_fixed_argument(self, argument: TrackedMapping, filled: FilledTemplate, scope: InputScope) -> None:
        """Read an argument with a value, of which at most the variables are settings."""
        if is_secret_input(argument) and not filled.names:
            argument.withhold("value")
        match filled.parts:
            case (str() as assignment, Hole(name=wire)) if get_text(argument.peek("name")) in _ENVIRONMENT_OPTIONS:
                scope.spell(wire, assignment.removesuffix("="))

    def _read_header(self, header: TrackedMapping, scope: InputScope) -> None:
        name, value = header.take_text("name"), header.peek("value")
        if name is None:
            self.findings.append(report_missing_key("name", header.place))
            return
        filled = FilledTemplate(())
        if isinstance(value, ScalarNode) and get_text(value):
            filled = scope.fill_request(value, header, {}, is_required=is_flag_set(header, "isRequired"))
        if filled.names or (filled.parts and not is_secret_input(header)):
            header.take("value")
        else:
            if filled.parts:
                header.withhold("value")
            scope.declare(header, name)
            filled = FilledTemplate((Hole(str(name.value)),))
        slot = FilledSlot("header", str(name.value), filled)
        if is_secrecy_open(header):
            scope.mark_credential(slot)
        self.slots.append(slot)

    def _read_url(self, transport: TrackedMapping, scope: InputScope) -> FilledTemplate | None:
        """Return the URL without the parts that become slots; one with a literal credential is withheld."""
        url = transport.peek("url")
        if not isinstance(url, ScalarNode) or not (get_text(url) or "").strip():
            return None
        wires = scope.wires

        def fill(template: ScalarNode) -> FilledTemplate:
            return scope.fill_request(template, transport, wires, is_required=True)

        address = AddressReader(fill, scope.require_undeclared).read(url)
        if address.has_literals:
            transport.withhold("url")
        else:
            transport.take("url")
        self.slots += address.slots
        return address.base
