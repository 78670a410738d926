"""Read the variables that a Postman document declares, and the references to them: `{{name}}`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.model.credential_names import ends_as_credential, names_credential
from authscribe.model.draft import Node, ScalarNode, get_text
from authscribe.readers.foreign.filled_templates import FilledTemplate, fill_references
from authscribe.readers.foreign.scheme_lists import SchemeSetting
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, parse_boolean

_REFERENCE: Final = re.compile(r"\{\{([^{}]+)\}\}")
_CREDENTIAL: Final = re.compile(r"(?:[A-Za-z][A-Za-z-]{0,30} )?\{\{[^{}]+\}\}")
_NAME_KEYS: Final = ("key", "id")
_SECRET: Final = "secret"  # noqa: S105 - the type of a variable
_PUBLIC: Final = "default"
"""Type of a variable of an environment that is not marked as secret; other types, or none, leave that open."""
_FLAGS: Final = ("enabled", "disabled", "system")
_ELSEWHERE: Final = "another variable of the same name takes precedence"


@dataclass(frozen=True, slots=True)
class DeclaredVariables:
    """Variables of a document, by name, and the findings about them."""

    settings: dict[str, SchemeSetting]
    findings: tuple[Finding, ...]

    @property
    def secret_names(self) -> frozenset[str]:
        """Names of the variables that are or may be secret."""
        return frozenset(name for name, setting in self.settings.items() if setting.is_secret)


def read_variables(
    document: TrackedMapping, key: str, used_as_secret: Collection[str] = (), known: Collection[str] = ()
) -> DeclaredVariables:
    """Return the variables in the list under `key`; their values are withheld.

    `used_as_secret` are secret whatever their type is, and `known` those whose secrecy is stated elsewhere.
    """
    settings: dict[str, SchemeSetting] = {}
    findings: list[Finding] = []
    variables = document.children(key)
    marked = {_get_name(each) for each in variables if get_text(each.peek("type")) == _SECRET}
    secret_names = marked.union(used_as_secret)
    for variable in variables:
        wire = _get_name(variable)
        name = next((node for each in _NAME_KEYS if (node := variable.peek(each)) is not None), None)
        if name is None or not wire:
            withhold_rest(variable)
            # Nothing can refer to such a variable.
            findings.append(report_missing_key("key", variable.place)._replace(severity=Severity.WARNING))
        elif wire in settings:
            withhold_rest(variable)
            finding = report_duplicate_name(wire, name.place, settings[wire].name.place)
            findings.append(finding._replace(severity=Severity.WARNING))
        else:
            is_unclear = wire not in known and _may_be_secret(variable, wire)
            secrecy = "yes" if wire in secret_names else "unknown" if is_unclear else None
            settings[wire] = _read_variable(variable, ScalarNode(wire, name.place), secrecy)
    return DeclaredVariables(settings, tuple(findings))


def _may_be_secret(variable: TrackedMapping, wire: str) -> bool:
    is_named = names_credential(wire) and ends_as_credential(wire)
    return is_named and get_text(variable.peek("type")) != _PUBLIC


def _read_variable(variable: TrackedMapping, name: ScalarNode, secrecy: str | None) -> SchemeSetting:
    for key in _NAME_KEYS:
        if get_text(variable.peek(key)) == name.value:
            variable.take(key)
    variable.take_text("type")
    description = take_description(variable)
    withhold_rest(variable, keep=tuple(key for key in _FLAGS if parse_boolean(variable.peek(key)) is not None))
    facts = make_map(
        name.place,
        description=description,
        secret=secrecy,
        extras=variable.leftovers(),
    )
    return SchemeSetting(name, facts, is_secret=secrecy is not None)


def take_description(mapping: TrackedMapping) -> ScalarNode | None:
    """Take a description, which may be a text or a mapping with its format."""
    inner = mapping.child("description")
    content = inner.take_text("content") or mapping.take_text("description")
    inner.take_text("type")
    withhold_rest(inner)
    return content


def withhold_rest(mapping: TrackedMapping, keep: Collection[str] = ()) -> None:
    """Withhold everything that has not been read, apart from the keys in `keep`."""
    for key in mapping.keys:
        if key not in keep:
            mapping.withhold(key)


def _get_name(variable: TrackedMapping) -> str:
    return next((text.strip() for key in _NAME_KEYS if (text := get_text(variable.peek(key)))), "")


def find_reference(node: Node | None) -> str | None:
    """Return the name of the variable that a value is, if it is nothing else."""
    match = _REFERENCE.fullmatch((get_text(node) or "").strip())
    return _find_name(match) if match is not None else None


def fill_variables(text: str) -> FilledTemplate:
    """Return a text with its references as holes."""
    return fill_references(text, _REFERENCE, _find_name)


def fill_credential(text: str) -> FilledTemplate | None:
    """Return a variable, which may follow a word such as `Bearer`; None for a text that is anything else."""
    filled = fill_variables(text) if _CREDENTIAL.fullmatch(text) else None
    return filled if filled is not None and filled.names else None


def _find_name(match: re.Match[str]) -> str | None:
    """Return the name of a variable; None for one that Postman generates a value for, such as `{{$guid}}`."""
    name = match[1].strip()
    return None if not name or name.startswith("$") else name
