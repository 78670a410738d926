"""Propose fixes for findings about connectors: edits of the files that the findings are about.

Each function knows one rule. Whether a fix removes its finding without causing another one is tried before anything is
written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.leaves import parse_tree
from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.connectors.snapshot import Leaf
from authscribe.edits.json_text import JsonText
from authscribe.findings.finding import Edit, Finding, Fix
from authscribe.lint.parameters import (
    find_meant_variable,
    find_misspelt_declarations,
    list_used_variables,
    resembles_declaration,
    resembles_variable,
)
from authscribe.lint.renames import suggest_secret
from authscribe.lint.scheme_choice import find_only_scheme
from authscribe.lint.withheld import is_withheld
from authscribe.model.draft import MapNode, Node, ScalarNode, to_plain
from authscribe.model.platform import is_yaml_path

_DUPLICATE: Final = "duplicate-key"
_UNNAMEABLE: Final = "unrenderable-name"
_OPERATIONS: Final = "operations"
_HEADERS: Final = "headers"

Propose: TypeAlias = Callable[[Finding, ConnectorContext], Fix | None]


def attach_fix(finding: Finding, context: ConnectorContext) -> Finding:
    """Return the finding with its fix, if there is one.

    As long as a file repeats a key with another value, other edits of it could touch entries that do not count.
    """
    propose = _FIXES.get(finding.code)
    fix = propose(finding, context) if propose is not None else None
    if fix is None or (finding.code != _DUPLICATE and _has_unequal_duplicates(fix, context)):
        return finding
    return finding._replace(fix=fix)


def _has_unequal_duplicates(fix: Fix, context: ConnectorContext) -> bool:
    """Return whether one of the files that a fix edits repeats a key with another value."""
    paths = {edit.place.path for edit in fix.edits}
    duplicates = (finding for finding in context.snapshot.findings if finding.code == _DUPLICATE)
    return any(each.place.path in paths and _remove_duplicate(each, context) is None for each in duplicates)


def _declare_variable(finding: Finding, context: ConnectorContext) -> Fix | None:
    """Declare a variable in the manifest; a misspelt one is corrected where it is used."""
    name = finding.name or ""
    if name in context.secrets_as_variables:
        return None
    meant = find_meant_variable(name, context)
    if meant is not None:
        fix = _rename_references(name, meant, context, secrets=False)
        return fix and fix._replace(is_safe=not _is_used_parameter(meant, context))
    manifest, text = context.snapshot.manifest, _get_manifest_text(context)
    if manifest is None or text is None or resembles_declaration(name, context):
        return None
    key, declaration = context.snapshot.layout.parameters or "", context.snapshot.layout.declaration
    node = _find_parameters(context)
    if isinstance(node, MapNode):
        edit = text.insert_entries(node, {name: json.dumps(declaration)})
    elif node is None and key and "." not in key:
        edit = text.insert_entries(manifest, {key: json.dumps({name: declaration})})
    else:
        return None
    return Fix(f"declare '{name}'", (edit,))


def _is_used_parameter(spelt: str, context: ConnectorContext) -> bool:
    """Return whether templates use a declared parameter: then a name that resembles it may be another one."""
    used = context.declared.keys() & list_used_variables(context)
    return spelt in map(context.platform.spell_name, used)


def _find_parameters(context: ConnectorContext) -> Node | None:
    """Return the node of the manifest that declares the parameters."""
    key = context.snapshot.layout.parameters
    entry = context.snapshot.find_setting(key) if key is not None else None
    return entry.node if entry is not None else None


def _remove_parameter(finding: Finding, context: ConnectorContext) -> Fix | None:
    """Remove a parameter, or correct a misspelt one; unsafe if more than the name is declared.

    None if an expression has its name: then it may be the expression that is wrong.
    """
    text = _get_manifest_text(context)
    node = _find_parameters(context)
    if text is None or not isinstance(node, MapNode) or finding.labels:
        return None
    name = finding.name or ""
    meant = find_misspelt_declarations(context).get(name)
    if meant is not None:
        return _rename_parameter(finding, meant, text, context)
    if finding.code == _UNNAMEABLE or resembles_variable(name, context):
        return None
    is_safe = to_plain(text.find_entry(node, name).node) == context.snapshot.layout.declaration
    return Fix(f"remove the parameter '{name}'", (text.remove_entry(node, name),), is_safe=is_safe)


def _rename_parameter(finding: Finding, meant: str, text: JsonText, context: ConnectorContext) -> Fix:
    spelt = text.dump(context.platform.spell_name(meant))
    edit = text.replace(text.find_start(finding.place), text.find_end(finding.place), spelt)
    return Fix(f"rename '{finding.name}' to '{meant}'", (edit,))


def _remove_duplicate(finding: Finding, context: ConnectorContext) -> Fix | None:
    text = _get_text(finding.place.path, context)
    # Credentials that are withheld look equal.
    is_withheld = any(pasted.place.path == finding.place.path for pasted in context.snapshot.pasted)
    if text is None or is_withheld or not finding.labels:
        return None
    edit = text.remove_repeated(finding.labels[0].place, finding.place)
    return Fix(f"remove the second '{finding.name}', which is equal", (edit,)) if edit is not None else None


def _name_scheme(_: Finding, context: ConnectorContext) -> Fix | None:
    manifest, text, scheme = context.snapshot.manifest, _get_selector_text(context), find_only_scheme(context)
    if manifest is None or text is None or scheme is None or any(manifest.find(key) for key in scheme.selector):
        return None
    entries = {key: json.dumps(value) for key, value in scheme.selector.items()}
    return Fix(f"name the scheme '{scheme.id}'", (text.insert_entries(manifest, entries),))


def _name_better_scheme(finding: Finding, context: ConnectorContext) -> Fix | None:
    """Replace the selector; unsafe, since it may be the templates that are wrong."""
    manifest, text = context.snapshot.manifest, _get_selector_text(context)
    scheme = context.resolution.catalogue.find_scheme(finding.name or "")
    if manifest is None or text is None or scheme is None:
        return None
    edits = [_replace_value(manifest.find(key), scheme.selector.get(key), key, manifest, text) for key in
             context.platform.selector_keys]  # fmt: skip
    return Fix(f"name the scheme '{scheme.id}'", tuple(filter(None, edits)), is_safe=False)


def _replace_value(node: Node | None, value: str | None, key: str, manifest: MapNode, text: JsonText) -> Edit | None:
    """Return the edit after which a key of the manifest has the value, or is gone if there is none."""
    if node is None:
        return text.insert_entries(manifest, {key: json.dumps(value)}) if value is not None else None
    if value is None:
        return text.remove_entry(manifest, key)
    return text.replace(text.find_start(node.place), text.find_end(node.place), json.dumps(value))


def _correct_secret(finding: Finding, context: ConnectorContext) -> Fix | None:
    name = finding.name or ""
    meant = suggest_secret(name, context)
    return _rename_references(name, meant, context, secrets=True) if meant is not None else None


def _rename_references(name: str, new: str, context: ConnectorContext, *, secrets: bool) -> Fix | None:
    """Replace a name in all references to it; None if one of them is more than a name, such as a condition.

    `new` is spelled as in the files of the platform.
    """
    forms = {name, context.platform.spell_name(name)}
    spelt = re.compile("|".join(rf"(?<![\w-]){re.escape(form)}(?![\w-])" for form in forms))
    edits = [
        _replace_name(spelt, new, reference, _open_text(template.place.path, template.text))
        for template in context.snapshot.all_templates
        for reference in template.references
        if reference.name == name and (reference.kind is ReferenceKind.SECRET) == secrets
    ]
    clear = tuple(dict.fromkeys(filter(None, edits)))
    return Fix(f"replace '{name}' with '{new}'", clear) if None not in edits else None


def _replace_name(spelt: re.Pattern[str], new: str, reference: Reference, text: JsonText) -> Edit | None:
    """Replace the name in a reference; None if the name is not there exactly once."""
    start, end = text.find_start(reference.place), text.find_end(reference.place)
    names = list(spelt.finditer(text.text, start, end))
    return text.replace(*names[0].span(), new) if len(names) == 1 else None


def _hoist_header(finding: Finding, context: ConnectorContext) -> Fix | None:
    """Move a header from the operations to the system; unsafe if some operations do not send it so far."""
    system = context.snapshot.system
    if system is None or system.is_yaml or context.snapshot.pasted:
        return None
    node = parse_tree(system)
    leaf = next((leaf for leaf in context.snapshot.leaves if leaf.place == finding.place), None)
    operations = node.find(_OPERATIONS) if isinstance(node, MapNode) else None
    if not isinstance(node, MapNode) or not isinstance(operations, MapNode) or leaf is None:
        return None
    if is_withheld(leaf, context):
        return None  # reports show the texts of fixes
    headers = node.find(_HEADERS)
    text = _open_text(system.place.path, system.text)
    value = text.text[text.find_start(leaf.place) : text.find_end(leaf.place)]
    holders = list(_list_holders(operations, leaf))
    inserted = _insert_header(headers, leaf.path[-1], value, node, text)
    if inserted is None:
        return None
    edits = (inserted, *(text.remove_entry(holder, leaf.path[-1]) for holder in holders))
    is_safe = len(holders) == len(operations.entries)
    return Fix(f"move the header '{leaf.path[-1]}' to the system", edits, is_safe=is_safe)


def _insert_header(headers: Node | None, name: str, value: str, system: MapNode, text: JsonText) -> Edit | None:
    """Return the edit that adds a header to the system; None if the system has a header of this name."""
    if headers is None:
        return text.insert_entries(
            system, {_HEADERS: f"{{{json.dumps(name)}{text.find_colon(system.entries[-1])}{value}}}"}
        )
    if not isinstance(headers, MapNode) or any(entry.key.lower() == name.lower() for entry in headers.entries):
        return None
    return text.insert_entries(headers, {name: value})


def _list_holders(operations: MapNode, leaf: Leaf) -> Iterator[MapNode]:
    """Yield the headers of each operation that has this header with this value."""
    for entry in operations.entries:
        headers = entry.node.find(_HEADERS) if isinstance(entry.node, MapNode) else None
        value = headers.find(leaf.path[-1]) if isinstance(headers, MapNode) else None
        if isinstance(headers, MapNode) and isinstance(value, ScalarNode) and value.value == leaf.value:
            yield headers


def _get_selector_text(context: ConnectorContext) -> JsonText | None:
    """Return the manifest for edits of the selector; None also if its keys are not at the top of the manifest."""
    is_nested = any("." in key for key in context.platform.selector_keys)
    return _get_manifest_text(context) if not is_nested else None


def _get_manifest_text(context: ConnectorContext) -> JsonText | None:
    """Return the manifest for edits; None if it is not JSON."""
    return _get_text(context.snapshot.place.path, context)


def _get_text(path: str, context: ConnectorContext) -> JsonText | None:
    text = context.snapshot.texts.get(path)
    return _open_text(path, text) if text is not None and not is_yaml_path(path) else None


@lru_cache(maxsize=4)
def _open_text(path: str, text: str) -> JsonText:
    """Return the text of a document, whose indexes serve the fixes of many findings."""
    return JsonText(path, text)


_FIXES: Final[Mapping[str, Propose]] = {
    "variable-undeclared": _declare_variable,
    "platform-variable-undeclared": _declare_variable,
    "parameter-unused": _remove_parameter,
    _UNNAMEABLE: _remove_parameter,
    _DUPLICATE: _remove_duplicate,
    "auth-missing": _name_scheme,
    "mechanism-differs": _name_better_scheme,
    "secret-not-injectable": _correct_secret,
    "repeated-credential-header": _hoist_header,
}
"""Function that proposes the fix, by the code of the rule."""
