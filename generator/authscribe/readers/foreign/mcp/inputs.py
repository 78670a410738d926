"""Read the inputs of an MCP server: values that its user supplies in environment variables, headers and arguments.

The schema states that an input is neither secret nor required unless it is marked so. Keys are in camel case, or in
snake case before September 2025.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.undeclared_name import report_undeclared_reference
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.model import naming
from authscribe.model.credential_names import is_clear_credential, is_credential_header, may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text, to_plain
from authscribe.readers.foreign.filled_templates import FilledTemplate, fill_references
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.request_slots import FilledSlot
from authscribe.readers.foreign.scheme_lists import (
    ObtainedSecret,
    SchemeSetting,
    convert_scalar,
    list_scalars,
    make_undeclared_setting,
    mark_credential,
    take_default,
)
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, parse_boolean

_TYPES: Final = {"string": "string", "number": "number", "boolean": "boolean"}
"""Types of JSON Schema by format; all other formats are text."""

# A dollar before the brace is text, unless it makes a shell variable of a name that is not declared.
_REFERENCE: Final = re.compile(r"\{(?P<name>[A-Za-z_-][\w.-]*)\}")
_SHELL_REFERENCE: Final = re.compile(r"\$?\{(?P<name>[A-Za-z_-][\w.-]*)\}")
_MISSPELT: Final = {"required": "isRequired", "secret": "isSecret"}
"""Keys that servers state in place of the right ones; registry and clients ignore them."""
_ELSEWHERE: Final = "another input of the same name takes precedence"


class InputScope:
    """Scope of names of one package or remote, with the settings that its inputs declare.

    `secret_names` are the names that any input of the scope marks as secret.
    """

    def __init__(self, secret_names: frozenset[str]) -> None:
        self.settings: dict[str, SchemeSetting] = {}
        self.derived: list[ObtainedSecret] = []
        self.findings: list[Finding] = []
        self._misspelt: set[str] = set()
        self._secret_names = secret_names
        self._merged: dict[str, str] = {}
        self._variables: set[str] = set()
        self._nodes: dict[str, MapNode] = {}

    @property
    def wires(self) -> dict[str, str]:
        """Names of the settings by their spellings in URLs: `{port}` is `PORT` or `--port` as well.

        Generated files could not tell such names apart anyway.
        """
        words = {naming.to_snake_case(name): name for name in self.settings}
        bare = {name.lstrip("-"): name for name in self.settings}
        return (
            {word.upper(): name for word, name in words.items()} | words | bare | {name: name for name in bare.values()}
        )

    def declare(self, declared: TrackedMapping, name: ScalarNode, parent: TrackedMapping | None = None) -> None:
        """Add a setting for an input; the first of those with one name counts.

        A variable is as secret and as required as the input `parent` that it is part of, unless it states otherwise.
        """
        if not self._claim(declared, name):
            return
        wire = str(name.value)
        is_secret = wire in self._secret_names or _is_marked(declared, parent, "isSecret")
        is_required = _is_marked(declared, parent, "isRequired")
        _take_statements(declared, isSecret=is_secret, isRequired=is_required)
        facts = _read_facts(declared, name, is_secret=is_secret)
        self.settings[wire] = SchemeSetting(name, facts, is_secret, not is_required, wire)

    def declare_constant(self, declared: TrackedMapping, name: ScalarNode, value: ScalarNode) -> None:
        """Add a setting for an input with a fixed value, for which no form asks."""
        if not self._claim(declared, name):
            return
        _take_statements(declared, isSecret=False)
        of_type, label = _take_type(declared)
        facts = make_map(
            name.place,
            type=of_type if of_type != "string" else None,
            type_label=label,
            description=declared.take_text("description"),
            default=convert_scalar(value, of_type) or value,
            hidden=True,
            extras=declared.leftovers(),
        )
        self.settings[str(name.value)] = SchemeSetting(name, facts, is_secret=False, is_optional=True)

    def declare_derived(self, declared: TrackedMapping, name: ScalarNode, value: Node, filled: FilledTemplate) -> None:
        """Add a value that is made of the settings in a template."""
        if not self._claim(declared, name):
            return
        is_secret = any(self.settings[wire].is_secret for wire in filled.names)
        _take_statements(declared, isSecret=is_secret, isRequired=True)
        facts = make_map(name.place, description=declared.take_text("description"), extras=declared.leftovers())
        origin = make_map(name.place, source="derived", expression=value)
        self.derived.append(ObtainedSecret(name, origin, facts, is_secret=is_secret, variable=str(name.value)))

    def fill(self, template: ScalarNode, declared: TrackedMapping, others: Mapping[str, str]) -> FilledTemplate:
        """Return a template with the `variables` of its input as settings, and with `others` by their names.

        By the schema, all other words in braces are text.
        """
        variables = declared.child("variables")

        def find_wire(match: re.Match[str]) -> str | None:
            name = match["name"]
            if not isinstance(variables.peek(name), MapNode):
                return others.get(name)
            self.declare(variables.child(name), ScalarNode(name, template.place), declared)
            return self._merged.get(name, name)

        return fill_references(str(template.value), _REFERENCE, find_wire)

    def fill_request(
        self, template: ScalarNode, declared: TrackedMapping, others: Mapping[str, str], *, is_required: bool
    ) -> FilledTemplate:
        """Return a template like `fill`, with an undeclared setting for each other word in braces.

        Sent as it is, the word would be of no use: whoever left out its declaration wants it to be replaced.
        """
        is_marked = is_flag_set(declared, "isSecret")

        def find_wire(match: re.Match[str]) -> str:
            wire = self._merged.get(match["name"], match["name"])
            if wire not in self.settings:
                name = ScalarNode(wire, template.place)
                is_secret = is_marked or is_clear_credential(wire)
                undeclared = make_undeclared_setting(name, is_secret=is_secret, is_stated=is_marked)
                self.settings[wire] = replace(undeclared, is_optional=not is_required)
                self.findings.append(report_undeclared_reference(wire, name.place))
            return wire

        parts = (
            fill_references(part, _SHELL_REFERENCE, find_wire).parts if isinstance(part, str) else (part,)
            for part in self.fill(template, declared, others).parts
        )
        return FilledTemplate(tuple(piece for part in parts for piece in part))

    def require_undeclared(self, name: ScalarNode) -> None:
        """Add a secret in place of a literal that an address holds."""
        if str(name.value) not in self.settings:
            self.settings[str(name.value)] = make_undeclared_setting(name, is_secret=True)
            self.findings.append(report_undeclared_reference(str(name.value), name.place))

    def mark_credential(self, header: FilledSlot) -> None:
        """Mark the setting that alone fills a header for credentials, if nothing states whether it is secret."""
        wires = header.value.names if is_credential_header(header.name) or is_clear_credential(header.name) else ()
        setting = self.settings.get(wires[0]) if len(wires) == 1 else None
        node = self._nodes.get(setting.wire) if setting is not None else None
        if setting is not None and (node is None or is_secrecy_open(TrackedMapping(node))):
            self.settings[setting.wire] = mark_credential(setting)

    def _claim(self, declared: TrackedMapping, name: ScalarNode) -> bool:
        """Return whether an input is the first one of its name; another one that differs is reported."""
        first = self._nodes.get(str(name.value))
        if first is None:
            self._nodes[str(name.value)] = declared.node
            self._report_misspelt_flags(declared)
            return True
        if first is declared.node:
            return False
        if to_plain(first) == to_plain(declared.node):
            for key in declared.keys:
                declared.take(key)
        else:
            declared.lose_all(_ELSEWHERE)
            place = (first.find("name") or first).place
            finding = report_duplicate_name(str(name.value), name.place, place)
            self.findings.append(finding._replace(severity=Severity.WARNING))
        return False

    def _report_misspelt_flags(self, declared: TrackedMapping) -> None:
        """Report each flag that is set under a wrong key, once for all inputs."""
        for entry in declared.node.entries:
            right = _MISSPELT.get(entry.key)
            if right is None or entry.key in self._misspelt or parse_boolean(entry.node) is not True:
                continue
            if declared.peek(find_key(declared, right)) is None:
                self._misspelt.add(entry.key)
                finding = report_unknown_key(entry.key, entry.place, (right,))
                self.findings.append(finding._replace(severity=Severity.WARNING))

    def spell(self, wire: str, variable: str) -> None:
        """State the environment variable that holds a setting; if it is declared itself, the two are one setting."""
        own, declared = self.settings[wire], self.settings.get(variable)
        # A declared variable keeps its own name, whatever else it fills.
        is_variable = wire in self._variables or declared is own
        if declared is not None:
            self.settings[variable] = replace(declared, is_secret=declared.is_secret or own.is_secret)
            if not is_variable:
                self._merge(wire, variable)
        elif not is_variable:
            self.settings[wire] = replace(own, variable=variable)

    def _merge(self, wire: str, variable: str) -> None:
        own, declared = self.settings.pop(wire), self.settings[variable]
        self.settings[variable] = replace(declared, is_optional=declared.is_optional and own.is_optional)
        self._merged[wire] = variable
        self._variables.add(variable)


def find_key(declared: TrackedMapping, key: str) -> str:
    """Return the spelling of a key that a mapping has: camel case, else snake case."""
    return key if declared.peek(key) is not None else naming.to_snake_case(key)


def is_flag_set(declared: TrackedMapping, key: str) -> bool:
    """Return whether a flag is set in either spelling of its key."""
    return parse_boolean(declared.peek(find_key(declared, key))) is True


def is_secrecy_open(declared: TrackedMapping) -> bool:
    """Return whether an input does not state whether it is secret."""
    return declared.peek(find_key(declared, "isSecret")) is None


def is_secret_input(declared: TrackedMapping) -> bool:
    """Return whether an input is secret: it is marked so, or not marked and has a literal in place of a credential."""
    name, value = get_text(declared.peek("name")) or "", get_text(declared.peek("value")) or ""
    return is_flag_set(declared, "isSecret") or (is_secrecy_open(declared) and is_literal_credential(name, value))


def is_literal_credential(name: str, value: str) -> bool:
    """Return whether a value without any hole may be a credential, or hold one: as an address, `NAME=VALUE` or header.

    By the schema, all users share such a value, which a credential is not made for.
    """
    pairs = ((name, value), *(value.partition(mark)[::2] for mark in "=:"))
    return ("{" not in value and any(may_be_credential(*pair) for pair in pairs)) or holds_credential(value)


def _is_marked(declared: TrackedMapping, parent: TrackedMapping | None, key: str) -> bool:
    is_unstated = declared.peek(find_key(declared, key)) is None
    return is_flag_set(declared, key) or (is_unstated and parent is not None and is_flag_set(parent, key))


def _take_statements(declared: TrackedMapping, **effects: bool) -> None:
    """Take the flags that have these effects; a statement that another one overrules is kept."""
    for key, effect in effects.items():
        if is_flag_set(declared, key) is effect:
            declared.take_boolean(find_key(declared, key))


def _read_facts(declared: TrackedMapping, name: ScalarNode, *, is_secret: bool) -> MapNode:
    of_type, label = _take_type(declared)
    choices = _take_choices(declared, of_type)
    return make_map(
        name.place,
        type=of_type if of_type != "string" else None,
        type_label=label,
        title=declared.take_text("title"),
        description=declared.take_text("description"),
        secret="yes" if is_secret else None,
        example=declared.take_text("placeholder"),
        default=take_default(
            declared,
            "default",
            name=str(name.value),
            of_type=of_type,
            choices=choices,
            is_secret=is_secret,
            is_cast=True,
        ),
        enum=choices,
        extras=declared.leftovers(),
    )


def _take_type(declared: TrackedMapping) -> tuple[str, ScalarNode | None]:
    """Return the type of JSON Schema by the format, and the format if it is another kind of text."""
    format_name = declared.take_text("format")
    word = str(format_name.value) if format_name is not None else "string"
    return _TYPES.get(word, "string"), None if word in _TYPES else format_name


def _take_choices(declared: TrackedMapping, of_type: str) -> ListNode | None:
    items = list_scalars(declared.peek("choices"))
    converted = tuple(value for item in items if (value := convert_scalar(item, of_type)) is not None)
    if not items or len(converted) < len(items):
        return None
    declared.take("choices")
    return make_list(tuple(make_map(value.place, value=value) for value in converted), declared.place)
