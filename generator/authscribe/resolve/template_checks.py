"""Check the templates of a scheme or connector: they are well-formed, and every name in them exists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise, repeat
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rules.bad_template import report_bad_template
from authscribe.findings.rules.clashing_placements import report_clashing_placements
from authscribe.findings.rules.literal_reference import report_dollar_sign, report_literal_name
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.no_placement import report_half_placed
from authscribe.findings.rules.unknown_reference import report_not_injected, report_unknown_reference
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_placements, list_platform_variables
from authscribe.model.definitions import Location, Placement, Scheme
from authscribe.model.draft import ListNode, MapNode, Node, get_text
from authscribe.model.placement_template import (
    Hole,
    find_slot,
    is_response,
    list_hole_names,
    list_variable_names,
    parse_references,
    parse_template,
)
from authscribe.resolve import merge
from authscribe.resolve.merge import locate_value

_NAMED: Final = frozenset({Location.HEADER, Location.QUERY, Location.COOKIE, Location.BODY, Location.BLOCK})
"""Locations that have many values, each with a name."""
_HALVES: Final = (Location.BASIC_USERNAME, Location.BASIC_PASSWORD)
_FIELDS: Final = frozenset({Location.HEADER, Location.COOKIE})
"""Locations whose names are tokens (RFC 9110 section 5.6.2, RFC 6265 section 4.1.1)."""
_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_NAME: Final = "input should be the name of a header or cookie, without spaces, colons or other separators"
_BRACES: Final = re.compile(r"\{([^{}]+)\}")
_NOUN: Final = "secret or parameter"


def check_placements(catalogue: Catalogue, contract: Contract, node: MapNode) -> Iterator[Finding]:
    """Report the placements of a definition that lack a name, are malformed or name something unknown."""
    names = (setting.name for setting in (*contract.injected, *contract.parameters))
    known = Vocabulary((*names, *list_platform_variables(catalogue)))
    required = {setting.name for setting in contract.required}
    for placement, item in _pair_placements(contract, node):
        if item is not None and placement.location in _NAMED and not placement.name:
            yield report_missing_key("name", item.place)
        if placement.location in _FIELDS and placement.name and not _FIELD_NAME.fullmatch(placement.name):
            finding = report_wrong_value("name", _locate(item, "name", node), _NO_NAME)
            yield finding._replace(severity=Severity.WARNING)
        for key, template in (("value", placement.value), ("fallback", placement.fallback)):
            if template is not None:
                yield from _check_template(placement, template, _locate(item, key, node), known, required)


def check_default_placements(catalogue: Catalogue, scheme: Scheme, node: MapNode) -> Iterator[Finding]:
    """Report a half of HTTP basic authentication that the platform's placements leave out for want of a setting."""
    used = list_placements(catalogue, scheme)
    if "placements" in scheme.model_fields_set or not used:
        return
    for placement in catalogue.platform.placements.get(scheme.kind, ()):
        if placement.location in _HALVES and placement not in used:
            names = sorted(list_hole_names(*placement.templates))
            yield report_half_placed(placement.location.value, ", ".join(names), locate_value(node, "kind"))


def check_slots(contract: Contract, node: MapNode) -> Iterator[Finding]:
    """Report slots of a request that several placements of a definition fill."""
    filled: set[str] = set()
    for placement, item in _pair_placements(contract, node):
        slot = find_slot(placement.location.value, placement.name)
        if slot in filled:
            yield report_clashing_placements(slot, _locate(item, "value", node))
        filled.add(slot)


def _pair_placements(contract: Contract, node: MapNode) -> Iterator[tuple[Placement, MapNode | None]]:
    """Return each placement with its node, or with None if the definition does not state it."""
    return zip(contract.placements, merge.list_maps(node.find("placements")) or repeat(None), strict=False)


def _locate(item: MapNode | None, key: str, node: MapNode) -> Place:
    """Return the place of a key of a placement, or that of the definition which does not state it."""
    return locate_value(node, "id") if item is None else locate_value(item, key)


def _check_template(
    placement: Placement, template: str, place: Place, known: Vocabulary, required: Collection[str]
) -> Iterator[Finding]:
    name = placement.name or placement.location.value
    try:
        parts = parse_template(template)
    except ValueError as error:
        yield report_bad_template(name, place, str(error))
        return
    for part in parts:
        if isinstance(part, Hole) and part.name not in known:
            if part.name in required:
                yield report_not_injected(part.name, place)
            else:
                yield report_unknown_reference(_NOUN, part.name, place, known)
    for before, part in pairwise(parts):
        if isinstance(before, str) and before.endswith("$") and isinstance(part, Hole) and part.name in known:
            yield report_dollar_sign(name, part.name, place)
    # A value that is inserted may well be in braces itself, as in JSON.
    for literal in _list_literal_names(parts) if not any(isinstance(part, Hole) for part in parts) else ():
        if literal in known or literal in required:
            yield report_literal_name(f"the placement '{name}'", literal, place, f"{{{literal}}}")


def _list_literal_names(parts: Sequence[str | Hole]) -> Iterator[str]:
    """Return what is between braces in the text of a template, as names in template languages are."""
    text = "".join(part if isinstance(part, str) else "{}" for part in parts)
    return map(str.strip, _BRACES.findall(text))


def check_token_request(catalogue: Catalogue, contract: Contract, node: MapNode) -> Iterator[Finding]:
    """Report names in a scheme's request for a token that are neither settings nor values of an earlier response."""
    request = node.find("token_request")
    if not isinstance(request, MapNode):
        return
    known = Vocabulary((*(setting.name for setting in contract.settings), *list_platform_variables(catalogue)))
    requests = (merge.drop_keys(request, ("steps",)), *merge.list_maps(request.find("steps")))
    for responses, content in enumerate(requests):
        for text, place in list_text_nodes(content):
            if "{" not in text:
                continue
            for name in list_variable_names(text):
                if name not in known and not is_response(name, responses):
                    yield report_unknown_reference(_NOUN, name, place, known)
            for name in _list_literal_names(parse_references(text)):
                if name in known:
                    yield report_literal_name("the request for a token", name, place, f"${{{name}}}")


def list_text_nodes(node: Node) -> Iterator[tuple[str, Place]]:
    """Yield each key and each text in a node, with its place."""
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                yield entry.key, entry.place
                yield from list_text_nodes(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from list_text_nodes(item)
        case _:
            yield get_text(node) or "", node.place
