"""Check the templates of a scheme or connector: they are well-formed, and every name in them exists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.bad_template import report_bad_template
from authscribe.findings.rules.clashing_placements import report_clashing_placements
from authscribe.findings.rules.unknown_reference import report_not_injected, report_unknown_reference
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_platform_variables
from authscribe.model.definitions import Placement
from authscribe.model.draft import ListNode, MapNode, Node, get_text
from authscribe.model.placement_template import Hole, find_slot, is_response, list_variable_names, parse_template
from authscribe.resolve import merge
from authscribe.resolve.merge import locate_value

_NOUN: Final = "secret or parameter"


def check_placements(
    catalogue: Catalogue, contract: Contract, node: MapNode, nodes: Sequence[MapNode]
) -> Iterator[Finding]:
    """Report placement templates that are malformed or name something unknown, and slots that are filled twice."""
    own = merge.list_maps(node.find("placements"))
    names = (setting.name for setting in (*contract.injected, *contract.parameters))
    known = Vocabulary((*names, *list_platform_variables(catalogue)))
    required = {setting.name for setting in contract.required}
    filled: set[str] = set()
    for index, placement in enumerate(contract.placements):
        item = own[index] if index < len(own) else None
        place = locate_value(item, "value") if item is not None else locate_value(nodes[0], "id")
        yield from _check_template(placement, placement.value, place, known, required)
        if placement.fallback is not None:
            fallback_place = locate_value(item, "fallback") if item is not None else place
            yield from _check_template(placement, placement.fallback, fallback_place, known, required)
        slot = find_slot(placement.location.value, placement.name)
        if slot in filled:
            yield report_clashing_placements(slot, place)
        filled.add(slot)


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


def check_token_request(catalogue: Catalogue, contract: Contract, node: MapNode) -> Iterator[Finding]:
    """Report names in a scheme's request for a token that are neither settings nor values of an earlier response."""
    request = node.find("token_request")
    if not isinstance(request, MapNode):
        return
    known = Vocabulary((*(setting.name for setting in contract.settings), *list_platform_variables(catalogue)))
    requests = (merge.drop_keys(request, ("steps",)), *merge.list_maps(request.find("steps")))
    for responses, content in enumerate(requests):
        for text, place in _list_texts(content):
            for name in list_variable_names(text):
                if name not in known and not is_response(name, responses):
                    yield report_unknown_reference(_NOUN, name, place, known)


def _list_texts(node: Node) -> Iterator[tuple[str, Place]]:
    """Yield each key and each text in a node, with its place."""
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                yield entry.key, entry.place
                yield from _list_texts(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from _list_texts(item)
        case _:
            yield get_text(node) or "", node.place
