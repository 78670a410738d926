"""Read `server.yaml` of Docker's MCP registry: secrets, parameters, and the variables and headers that hold them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from authscribe.findings.finding import Finding, Severity, attribute_findings
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.undeclared_name import report_undeclared_reference
from authscribe.model.draft import DefinitionDraft, Entry, ListNode, MapNode, Node, ScalarNode, Value, get_text
from authscribe.model.placement_template import Hole
from authscribe.readers.foreign.filled_templates import FilledTemplate, fill_references
from authscribe.readers.foreign.mcp.address import AddressReader
from authscribe.readers.foreign.mcp.inputs import is_literal_credential
from authscribe.readers.foreign.mcp.ways import ServerWay, draft_server, make_identifier
from authscribe.readers.foreign.request_slots import FilledSlot
from authscribe.readers.foreign.scheme_lists import (
    ObtainedSecret,
    SchemeSetting,
    list_scalars,
    list_texts,
    make_undeclared_setting,
    take_default,
)
from authscribe.readers.foreign.shapes import find_wrong_lists, find_wrong_mappings
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_SERVER_TYPES: Final = ("server", "remote", "poci")
_VALUE_TYPES: Final = ("string", "integer", "number", "boolean", "object", "array")
_PARAMETER: Final = re.compile(r"\{\{\s*(?P<name>[\w.-]+)\s*\}\}")
_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)\}")
_PREFIX: Final = "Bearer "


def is_docker_server(node: MapNode) -> bool:
    """Return whether a mapping is a server of Docker's registry: a name, how people see it, and what runs it.

    The type of the server is nearly always stated.
    """
    has_about = any(isinstance(node.find(key), MapNode) for key in ("about", "meta"))
    has_image = get_text(node.find("image")) is not None and isinstance(node.find("source"), MapNode)
    has_type = get_text(node.find("type")) in _SERVER_TYPES
    return has_about and (has_type or has_image) and get_text(node.find("name")) is not None


def read_docker_server(server: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    """Yield the connector of a server after its schemes, and findings."""
    identifier = make_identifier(server)
    if isinstance(identifier, Finding):
        yield identifier
        return
    reader = _DockerReader(server, get_text(server.peek("name")) or "")
    ways = tuple(reader.read())
    yield from attribute_findings(reader.findings, str(identifier.value))
    about = server.child("about")
    facts: dict[str, Node | Value] = {
        "title": about.take_text("title"),
        "summary": about.take_text("description"),
        "extras": server.leftovers(),
    }
    yield from draft_server(identifier, facts, ways)


@dataclass(slots=True)
class _DockerReader:
    """Reader of one server; `settings` are by name, and `wires` are names of settings by environment variable."""

    server: TrackedMapping
    name: str
    findings: list[Finding] = field(default_factory=list)
    settings: dict[str, SchemeSetting] = field(default_factory=dict)
    derived: list[ObtainedSecret] = field(default_factory=list)
    wires: dict[str, str] = field(default_factory=dict)

    def read(self) -> Iterator[ServerWay]:
        """Yield the ways to run the server: with what the user supplies, and with a login in place of a secret."""
        config, remote = self.server.child("config"), self.server.child("remote")
        self.findings += find_wrong_mappings(self.server, "about", "config", "remote", "run")
        self.findings += (*find_wrong_mappings(config, "parameters"), *find_wrong_mappings(remote, "headers"))
        for secret in self._list(config, "secrets"):
            self._read_secret(secret)
        parameters = config.child("parameters")
        self._read_parameters(parameters, "")
        if get_text(parameters.peek("type")) == "object":
            parameters.take("type")
        for variable in self._list(config, "env"):
            self._read_variable(variable)
        self._read_run(self.server.child("run").child("env"))
        logins = tuple(self._read_login(login) for login in self._list(self.server, "oauth"))
        obtained = tuple(login for login in logins if login is not None)
        self.wires |= {login.variable: login.wire for login in obtained if login.variable is not None}
        yield from self._make_ways(obtained)

    def _make_ways(self, obtained: tuple[ObtainedSecret, ...]) -> Iterator[ServerWay]:
        remote = self.server.child("remote")
        slots = [*self._read_headers(remote)]
        base = self._read_url(remote, slots)
        settings = tuple(self.settings.values())
        place = self.server.place
        logins = {login.wire for login in obtained}
        rest = tuple(setting for setting in settings if setting.wire not in logins)
        if not logins or len(rest) < len(settings):
            yield ServerWay("secrets", "", place, settings, tuple(self.derived), tuple(slots), base)
        if logins:
            carried = {name for slot in slots for name in slot.value.names}
            # Docker's gateway sends the token of a login, unless the headers of the server do.
            tokens = sorted(logins - carried)[:1] if base is not None and not carried & logins else []
            own = (FilledSlot("header", "Authorization", FilledTemplate((_PREFIX, Hole(token)))) for token in tokens)
            yield ServerWay("oauth", "", place, rest, (*self.derived, *obtained), (*slots, *own), base, is_login=True)

    def _list(self, mapping: TrackedMapping, key: str) -> tuple[TrackedMapping, ...]:
        self.findings += find_wrong_lists(mapping, key)
        return mapping.children(key)

    def _read_secret(self, secret: TrackedMapping) -> None:
        """Read a secret, which the registry takes to be optional unless it is marked as required."""
        name, variable = secret.take_text("name"), secret.take_text("env")
        if name is None:
            self.findings.append(report_missing_key("name", secret.place))
            return
        is_required = secret.take_boolean("required") is True
        facts = make_map(
            name.place,
            description=secret.take_text("description"),
            secret=ScalarNode("yes", name.place),
            example=secret.take_text("example"),
            extras=secret.leftovers(),
        )
        wire, spelt = str(name.value), str(variable.value) if variable is not None else None
        self._add(SchemeSetting(name, facts, is_secret=True, is_optional=not is_required, variable=spelt))
        if spelt is not None:
            self.wires.setdefault(spelt, wire)

    def _add(self, setting: SchemeSetting) -> None:
        """Add a setting, unless there is one of that name, which is reported."""
        other = self.settings.setdefault(setting.wire, setting)
        if other is not setting:
            finding = report_duplicate_name(setting.wire, setting.name.place, other.name.place)
            self.findings.append(finding._replace(severity=Severity.WARNING))

    def _read_parameters(self, schema: TrackedMapping, prefix: str, *, is_required: bool = True) -> None:
        """Read the properties of a JSON Schema; those of an object in it have dotted names."""
        required = frozenset(list_texts(schema.take("required")) if list_texts(schema.peek("required")) else ())
        properties = schema.child("properties")
        for entry in properties.node.entries:
            if not isinstance(entry.node, MapNode):
                continue
            declared = properties.child(entry.key)
            is_needed = is_required and entry.key in required
            name = ScalarNode(f"{prefix}{entry.key}", entry.place)
            if isinstance(declared.peek("properties"), MapNode):
                self._read_parameters(declared, f"{name.value}.", is_required=is_needed)
            else:
                facts = _read_facts(declared, entry)
                self._add(SchemeSetting(name, facts, is_secret=False, is_optional=not is_needed))

    def _read_variable(self, declared: TrackedMapping) -> None:
        """Read an environment variable that the configuration declares."""
        name = declared.take_text("name")
        if name is None:
            self.findings.append(report_missing_key("name", declared.place))
            return
        example = declared.take_text("example")
        if not self._withhold(declared, "value", name, example):
            # The registry takes a missing value to be empty, and nobody is asked for one.
            self._set_variable(name, _take_value(declared, "value") or ScalarNode("", name.place), example)

    def _read_run(self, variables: TrackedMapping) -> None:
        """Read the environment variables of the container that the configuration does not declare as well."""
        for entry in variables.node.entries:
            name = ScalarNode(entry.key, entry.place)
            if entry.key in self.wires or self._withhold(variables, entry.key, name, None):
                continue
            value = _take_value(variables, entry.key)
            if value is not None:
                self._set_variable(name, value, None)

    def _withhold(self, mapping: TrackedMapping, key: str, name: ScalarNode, example: ScalarNode | None) -> bool:
        """Withhold a literal in place of a credential, for which the owner is asked, and return whether it is one."""
        is_literal = is_literal_credential(str(name.value), get_text(mapping.peek(key)) or "")
        if is_literal:
            mapping.withhold(key)
            self.wires.setdefault(str(name.value), str(name.value))
            facts = make_map(name.place, secret=ScalarNode("unknown", name.place), example=example)
            self._add(SchemeSetting(name, facts, is_secret=True, is_optional=True))
        return is_literal

    def _set_variable(self, name: ScalarNode, value: ScalarNode, example: ScalarNode | None) -> None:
        """Give an environment variable its value: a parameter, text with parameters, or a constant."""
        filled = self._fill_parameters(value)
        self.wires.setdefault(str(name.value), str(name.value))
        match filled.parts:
            case (Hole(name=wire),):
                self._spell(wire, str(name.value), example)
            case _ if filled.names:
                facts = make_map(name.place, example=example)
                origin = make_map(name.place, source="derived", expression=value)
                self.derived.append(ObtainedSecret(name, origin, facts, is_secret=False, variable=str(name.value)))
            case _:
                facts = make_map(name.place, example=example, default=value if value.value else None, hidden=True)
                self._add(SchemeSetting(name, facts, is_secret=False, is_optional=True))

    def _spell(self, wire: str, variable: str, example: ScalarNode | None) -> None:
        """Give a parameter the name of its environment variable, and the example there if it has none.

        One that fills the variable of a secret is as secret; the variable keeps the name of the secret.
        """
        setting, holder = self.settings[wire], self.settings.get(self.wires.get(variable, ""))
        if holder is not None and holder.is_secret:
            self.settings[wire] = replace(setting, is_secret=True)
            return
        self.wires[variable] = wire
        facts = setting.facts
        if example is not None and facts.find("example") is None:
            facts = MapNode((*facts.entries, Entry("example", example.place, example)), facts.place)
        self.settings[wire] = replace(setting, facts=facts, variable=setting.variable or variable)

    def _read_login(self, login: TrackedMapping) -> ObtainedSecret | None:
        """Read a login, which gives a token; the provider is all that is known of it."""
        name, variable = login.take_text("secret"), login.take_text("env")
        if name is None:
            self.findings.append(report_missing_key("secret", login.place))
            return None
        facts = make_map(name.place, extras=login.leftovers())
        origin = make_map(name.place, source="onboarding")
        spelt = str(variable.value) if variable is not None else None
        return ObtainedSecret(name, origin, facts, variable=spelt)

    def _read_headers(self, remote: TrackedMapping) -> Iterator[FilledSlot]:
        headers = remote.child("headers")
        for entry in headers.node.entries:
            if is_literal_credential(entry.key, get_text(entry.node) or ""):
                headers.withhold(entry.key)
                self._require(ScalarNode(entry.key, entry.place))
                yield FilledSlot("header", entry.key, FilledTemplate((Hole(entry.key),)))
                continue
            value = headers.take_string(entry.key)
            if value is not None:
                yield FilledSlot("header", entry.key, self._fill_variables(value))

    def _read_url(self, remote: TrackedMapping, slots: list[FilledSlot]) -> FilledTemplate | None:
        """Return the URL without the parts that become slots; one with a literal credential is withheld."""
        url = remote.peek("url")
        if not isinstance(url, ScalarNode) or not (get_text(url) or "").strip():
            return None
        address = AddressReader(self._fill_variables, self._require).read(url)
        if address.has_literals:
            remote.withhold("url")
        else:
            remote.take("url")
        slots += address.slots
        return address.base

    def _require(self, name: ScalarNode) -> None:
        """Add a secret in place of a literal."""
        if str(name.value) not in self.settings:
            self.settings[str(name.value)] = make_undeclared_setting(name, is_secret=True)
            self.findings.append(report_undeclared_reference(str(name.value), name.place))

    def _fill_parameters(self, template: ScalarNode) -> FilledTemplate:
        """Return a template with parameters: `{{name}}`, after a name of the server that need not be this one's."""

        def find(name: str) -> str | None:
            return next((each for each in (name, name.partition(".")[2]) if each in self.settings), None)

        return self._fill(template, _PARAMETER, find, is_secret=False)

    def _fill_variables(self, template: ScalarNode) -> FilledTemplate:
        """Return a template with environment variables: `${NAME}`."""
        return self._fill(template, _VARIABLE, self.wires.get, is_secret=True)

    def _fill(
        self, template: ScalarNode, reference: re.Pattern[str], find: Callable[[str], str | None], *, is_secret: bool
    ) -> FilledTemplate:
        """Return a template with the settings that `find` knows; any other reference becomes an undeclared one."""

        def find_wire(match: re.Match[str]) -> str:
            known = find(match["name"])
            wire = known if known is not None else match["name"].removeprefix(f"{self.name}.")
            if known is None and wire not in self.settings:
                undeclared = ScalarNode(wire, template.place)
                self.settings[wire] = make_undeclared_setting(undeclared, is_secret=is_secret)
                self.findings.append(report_undeclared_reference(wire, template.place))
            return wire

        return fill_references(str(template.value), reference, find_wire)


def _take_value(mapping: TrackedMapping, key: str) -> ScalarNode | None:
    """Take the value of an environment variable, which is text even if it is written as a number or boolean."""
    node = mapping.peek(key)
    if not isinstance(node, ScalarNode) or node.value is None:
        return None
    mapping.take(key)
    return node if isinstance(node.value, str) else ScalarNode(json.dumps(node.value), node.place)


def _read_facts(declared: TrackedMapping, entry: Entry) -> MapNode:
    stated = declared.take_text("type")
    of_type = str(stated.value) if stated is not None and stated.value in _VALUE_TYPES else "string"
    choices = _take_choices(declared)
    return make_map(
        entry.place,
        type=of_type if of_type != "string" else None,
        type_label=stated if stated is not None and stated.value != of_type else None,
        title=declared.take_text("title"),
        description=declared.take_text("description"),
        pattern=declared.take_text("pattern"),
        format=declared.take_text("format"),
        default=take_default(declared, "default", name=entry.key, of_type=of_type, choices=choices, is_secret=False),
        enum=choices,
        extras=declared.leftovers(),
    )


def _take_choices(declared: TrackedMapping) -> ListNode | None:
    values = list_scalars(declared.peek("enum"))
    if not values:
        return None
    declared.take("enum")
    return make_list(tuple(make_map(value.place, value=value) for value in values), declared.place)
