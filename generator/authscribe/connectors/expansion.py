"""Expand the templates of a connector as its platform does, and check that the outcome is in their format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authscribe.connectors.leaves import find_repeated_keys
from authscribe.connectors.references import ReferenceKind, ReferenceSyntax
from authscribe.connectors.snapshot import ConnectorTemplate, Snapshot
from authscribe.connectors.template_language import ExpansionError, TemplateLanguage, is_plain_json
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.template_not_json import report_template_not_json
from authscribe.model.draft import ScalarNode
from authscribe.model.platform import Platform
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.syntax.yaml import parse_yaml


@dataclass(frozen=True)
class TemplateExpander:
    """Expansion of the templates of one platform's connectors."""

    syntax: ReferenceSyntax
    language: TemplateLanguage
    platform: Platform

    def expand(self, snapshot: Snapshot, template: ConnectorTemplate) -> Iterator[str]:
        """Yield the expanded texts of a template, one for each datatype that uses it; raises ExpansionError."""
        # Names in comments of YAML are no references of the template, but are expanded as well.
        found = self.syntax.find_references("", template.text) if template.is_yaml else template.references
        used = {reference.name for reference in found if reference.kind is ReferenceKind.VARIABLE}
        expand = self.language.compile(template.text)
        yield from map(expand, _list_values(self.platform, snapshot, template, used))

    def check(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield a finding for each template that cannot be expanded, is not in its format then, or repeats a key."""
        for template in snapshot.all_templates:
            names = {reference.name for reference in template.select_references(ReferenceKind.VARIABLE)}
            if not all(map(self.platform.references.can_name, names)):
                continue  # `unrenderable-name` reports it
            try:
                repeats = [_check_syntax(template, text) for text in self.expand(snapshot, template)]
                if any(repeats):
                    yield from find_repeated_keys(template)
            except ExpansionError as error:
                place = Place(template.place.path, error.line, error.column, error.line, error.column + 1)
                yield report_template_not_json(template.path, place, error.problem)


def _check_syntax(template: ConnectorTemplate, text: str) -> bool:
    """Return whether the expanded text of a template repeats a key; raises ExpansionError if it has another format."""
    if not template.is_yaml and is_plain_json(text):
        return False
    parse = parse_yaml if template.is_yaml else parse_json
    node, findings = parse(template.path, text)
    if node is None:
        line, column = findings[0].place[1:3]
        # What is filled in moves the rest of a line.
        is_moved = _cut_line(text, line, column) != _cut_line(template.text, line, column)
        raise ExpansionError(findings[0].message.removeprefix("invalid JSON: "), line, 1 if is_moved else column)
    return bool(findings)


def _cut_line(text: str, line: int, column: int) -> list[str]:
    """Return a line of a text up to a column, both counted from 1; empty if there is no such line."""
    return [row[: column - 1] for row in text.split("\n")[line - 1 : line]]


def _list_values(
    platform: Platform, snapshot: Snapshot, template: ConnectorTemplate, used: Iterable[str]
) -> Iterator[dict[str, object]]:
    """Yield the values with which the platform expands a template, for each datatype that uses it.

    Undeclared names get the empty string, as on the platform; a rule reports them.
    """
    shared: dict[str, object] = dict.fromkeys(used, "")
    usual = (platform.spell_name(variable.name) for variable in platform.variables)
    filled = (*usual, *(entry.key for entry in snapshot.parameters))
    shared |= {name: platform.references.environment.replace("{name}", name) for name in filled}
    shared["system"] = snapshot.name
    if not template.datatypes:
        yield shared
    for datatype in template.datatypes:
        own = {entry.key: entry.node.value for entry in datatype.parameters if isinstance(entry.node, ScalarNode)}
        parent = datatype.parent.value if datatype.parent else ""
        yield {**shared, "parent": parent, **own, "datatype": datatype.name}
