"""Hold the properties of a credential type with the constants of one grant, and fill templates with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from authscribe.findings.finding import Finding
from authscribe.findings.rules.unread_expression import report_assumed_condition, report_unread_expression
from authscribe.model.draft import MapNode, ScalarNode, Value
from authscribe.model.placement_template import Hole
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.n8n.expressions import SUPPLIED, Evaluation, evaluate
from authscribe.readers.foreign.n8n.properties import CredentialProperty
from authscribe.readers.foreign.tracking import TrackedMapping, make_map


@dataclass(frozen=True, slots=True)
class PropertyScope:
    """Properties by name, and the values of those that nobody can change.

    `undeclared` collects the names that templates refer to and that are no properties, and `assumed` the properties
    whose defaults decide what a value is, unless it is a constant in any case, such as a language. Findings are by
    their content, since schemes of one type share them.
    """

    properties: Mapping[str, CredentialProperty]
    constants: Mapping[str, Value]
    findings: dict[Finding, None] = field(default_factory=dict)
    undeclared: dict[str, ScalarNode] = field(default_factory=dict)
    assumed: set[str] = field(default_factory=set)

    def find_open_conditions(self, declared: CredentialProperty) -> MapNode | None:
        """Return the conditions under which the form shows a property; None if it never does."""
        return declared.find_open_conditions(self.constants)

    def fill(self, node: ScalarNode, key: str, *, is_critical: bool = True) -> FilledTemplate | None:
        """Return the template of a value, which may be an expression; None with a finding if it cannot be evaluated.

        Where it is critical, a condition that is decided by a default is reported as well.
        """
        result = self._evaluate(node)
        if result is None or result.is_basic:
            self.findings.setdefault(report_unread_expression(key, node.place))
            return None
        return self._accept(result, node, key, is_critical=is_critical)

    def fill_address(self, declared: TrackedMapping, key: str, name: str) -> MapNode | None:
        """Return the endpoint at the address under a key, which findings call `name`.

        None if it is empty, with a finding if it cannot be evaluated, and if it is withheld, since it holds a
        credential. An address that is used where the owner states none is its fallback.
        """
        node = declared.peek(key)
        if not isinstance(node, ScalarNode):
            return None
        result = self._evaluate(node)
        if result is None or result.is_basic:
            self.findings.setdefault(report_unread_expression(name, node.place))
            return None
        evaluations = result.alternatives or (result,)
        if any(holds_credential(each.template.to_url()) for each in evaluations):
            declared.withhold(key)
            return None
        accepted = (self._accept(each, node, name, is_critical=True, is_address=True) for each in evaluations)
        url, fallback, *_ = (*(template.to_url() for template in accepted), "")
        return make_map(node.place, url=url, fallback=fallback or None) if url else None

    def fill_basic(self, node: ScalarNode, key: str) -> FilledTemplate | None:
        """Return the template of user name and password if a value is basic authentication by them."""
        result = self._evaluate(node)
        is_basic = result is not None and result.is_basic
        return self._accept(result, node, key, is_critical=True) if result is not None and is_basic else None

    def _evaluate(self, node: ScalarNode) -> Evaluation | None:
        return evaluate(spell(node), self._look_up)

    def _has_setting(self, node: ScalarNode) -> bool:
        """Return whether a value refers to anything but choices, whether the defaults select it or not."""
        names: set[str] = set()

        def look_up(name: str) -> tuple[Value, bool]:
            names.add(name)
            return self._look_up(name)

        evaluate(spell(node), look_up)
        known = (self.properties.get(name) for name in names - self.constants.keys())
        return any(declared is None or not declared.list_alternatives() for declared in known)

    def _accept(
        self, result: Evaluation, node: ScalarNode, key: str, *, is_critical: bool, is_address: bool = False
    ) -> FilledTemplate:
        conditions = sorted(result.conditions)
        if conditions and is_critical:
            self.findings.setdefault(report_assumed_condition(key, conditions, node.place))
            if is_address or self._has_setting(node):
                self.assumed.update(conditions)
        for name in (*result.template.names, *conditions):
            if name not in self.properties:
                self.undeclared.setdefault(name, ScalarNode(name, node.place))
        return result.template

    def refer(self, name: ScalarNode) -> Hole:
        """Return the place of a property's value in a template, by the name of the property."""
        wire = str(name.value)
        if wire not in self.properties:
            self.undeclared.setdefault(wire, name)
        return Hole(wire)

    def fill_default(self, declared: CredentialProperty) -> FilledTemplate | None:
        """Return the template of a property's default; None if there is none, or if it cannot be evaluated."""
        node = declared.declared.peek("default")
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return None
        # Whoever chooses other scopes knows that they do.
        return self.fill(node, declared.wire, is_critical=declared.wire != "scope")

    def report_unread(self, declared: CredentialProperty) -> None:
        """Report that the default of a property is left out."""
        node = declared.declared.node.find("default") or declared.name
        self.findings.setdefault(report_unread_expression(declared.wire, node.place))

    def _look_up(self, name: str) -> tuple[Value, bool]:
        if name in self.constants:
            return self.constants[name], True
        declared = self.properties.get(name)
        if declared is None:
            return None, False
        return (SUPPLIED if declared.is_supplied else declared.default), False


def spell(node: ScalarNode) -> str:
    """Return a value as text, as requests carry it."""
    return node.value if isinstance(node.value, str) else json.dumps(node.value)
