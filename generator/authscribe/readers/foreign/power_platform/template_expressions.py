"""Evaluate the expressions in a template for Azure, as far as they are known before the deployment.

A text in brackets is an expression, and `[[` begins a text that is in brackets by itself
(https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions). Known are the defaults of
parameters, which a deployment may replace, the variables, and texts that are made of these. A parameter's type may be
declared elsewhere (https://learn.microsoft.com/azure/azure-resource-manager/templates/definitions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias

from authscribe.findings.finding import Place
from authscribe.model.draft import (
    Entry,
    KeyOutcome,
    ListNode,
    MapNode,
    Node,
    Outcome,
    ScalarNode,
    extend_pointer,
    get_text,
)
from authscribe.readers.foreign.literal_credentials import may_hold_credential

Constants: TypeAlias = Mapping[tuple[str, str], Node]
"""Values by function and name, both in lower case, such as `parameters` and `apiname`."""

_REASON: Final = "its value is known only on deployment"
_EXPRESSION: Final = re.compile(r"\[(\s*(?:[A-Za-z][\w.]*\(|').*)\]", re.DOTALL)
"""Matches an expression: a call or a text. Anything else in brackets, such as a pattern, stands for itself."""
_TEXT: Final = r"'(?:[^']++|'')*+'"
_CALL: Final = re.compile(
    rf"{_TEXT}|\b(?P<function>[A-Za-z]+)\(\s*(?P<arguments>(?:{_TEXT}\s*(?:,\s*(?='))?)*+)\)(?P<keys>(?:\.\w+)*)"
)
"""Matches a text, or a call whose arguments are texts only, with the keys that are taken from its result."""
_HOLE: Final = re.compile(r"\{([0-9]{1,2})\}")
_ROUNDS: Final = 8
"""Most values that refer to one another in a row, and most calls inside one another."""
_LONGEST: Final = 500
"""Most characters of an expression, and of what one stands for: a short document could become a very long one."""
_MOST_ITEMS: Final = 50
"""Most items of a list that an expression stands for; each takes a line, however short it is."""
_REFERENCE: Final = "$ref"


def read_constants(template: MapNode) -> Constants:
    """Return what expressions in a template can refer to; nothing that may be secret is among it."""
    constants = dict(_list_constants(template))
    for _ in range(_ROUNDS):
        filled = {key: _fill(node, constants) for key, node in constants.items()}
        if filled == constants:
            break
        constants = filled
    return constants


def fill_expressions(node: MapNode, pointer: str, constants: Constants, unknown: list[KeyOutcome]) -> MapNode:
    """Return the mapping at a pointer with values in place of its expressions.

    Keys and items whose values are not known are left out, and their outcomes added to `unknown`.
    """
    return MapNode(tuple(_list_known(_fill_entries(node, constants), pointer, unknown)), node.place)


def _list_constants(template: MapNode) -> Iterator[tuple[tuple[str, str], Node]]:
    """Yield defaults and variables, without those whose type, such as `securestring`, name or value is of a secret."""
    has_secure = any(map(_is_secure, _list_types(template.find("definitions"))))
    for entry in _list_entries(template, "parameters"):
        default = entry.node.find("defaultValue") if isinstance(entry.node, MapNode) else None
        types = frozenset(_list_types(entry.node))
        is_secret = any(map(_is_secure, types)) or (has_secure and _REFERENCE in types)
        if default is not None and not is_secret and not may_hold_credential(entry.key, default):
            yield ("parameters", entry.key.lower()), default
    for entry in _list_entries(template, "variables"):
        if not may_hold_credential(entry.key, entry.node):
            yield ("variables", entry.key.lower()), entry.node


def _list_types(declaration: Node | None) -> Iterator[str]:
    """Yield the types that a declaration states at any depth; one that is declared elsewhere is `$ref`."""
    if isinstance(declaration, ListNode):
        yield from (name for item in declaration.items for name in _list_types(item))
    for key, _, node in declaration.entries if isinstance(declaration, MapNode) else ():
        if key == _REFERENCE:
            yield _REFERENCE
        elif key == "type":
            yield get_text(node) or ""
        if key != "defaultValue":
            yield from _list_types(node)


def _is_secure(type_name: str) -> bool:
    return type_name.lower().startswith("secure")


def _list_entries(template: MapNode, key: str) -> tuple[Entry, ...]:
    node = template.find(key)
    return node.entries if isinstance(node, MapNode) else ()


def _fill(node: Node, constants: Constants) -> Node:
    """Return a node with values in place of the expressions that are known."""
    match node:
        case MapNode(place=place):
            return MapNode(_fill_entries(node, constants), place)
        case ListNode(items=items, place=place):
            return ListNode(tuple(_fill(item, constants) for item in items), place)
        case ScalarNode(value=str() as text, place=place) if text.startswith("["):
            return _evaluate(text, constants, place) or node
    return node


def _fill_entries(node: MapNode, constants: Constants) -> tuple[Entry, ...]:
    return tuple(entry._replace(node=_fill(entry.node, constants)) for entry in node.entries)


def _list_known(entries: tuple[Entry, ...], pointer: str, unknown: list[KeyOutcome]) -> Iterator[Entry]:
    """Yield entries without the expressions that are left in them."""
    for entry in entries:
        own = extend_pointer(pointer, entry.key)
        node = _find_known(entry.node, own, unknown)
        if node is None:
            unknown.append(KeyOutcome(own, entry.place, Outcome.LOST, 1, _REASON, (entry.node.place,)))
        else:
            yield entry._replace(node=node)


def _find_known(node: Node, pointer: str, unknown: list[KeyOutcome]) -> Node | None:
    match node:
        case MapNode(entries=entries, place=place):
            return MapNode(tuple(_list_known(entries, pointer, unknown)), place)
        case ListNode(items=items, place=place):
            found = [_find_known(item, f"{pointer}/{index}", unknown) for index, item in enumerate(items)]
            unknown += (
                KeyOutcome(f"{pointer}/{index}", items[index].place, Outcome.LOST, 0, _REASON, (items[index].place,))
                for index, item in enumerate(found)
                if item is None
            )
            return ListNode(tuple(item for item in found if item is not None), place)
        case ScalarNode(value=str() as text, place=place) if text.startswith("["):
            return ScalarNode(_unescape(text), place) if _EXPRESSION.fullmatch(text) is None else None
    return node


def _evaluate(text: str, constants: Constants, place: Place) -> Node | None:
    """Return the value of an expression; None if it is none, or not known."""
    expression = _EXPRESSION.fullmatch(text)
    if expression is None or len(text) > _LONGEST:
        return None
    source = expression[1].strip()
    call = _CALL.fullmatch(source)
    constant = _find_constant(call, constants) if call is not None else None
    if constant is not None and not isinstance(constant, MapNode):
        return constant._replace(place=place) if _is_short(constant) else None
    for _ in range(_ROUNDS):
        before, source = source, _CALL.sub(partial(_reduce, constants=constants), source)
        if len(source) > _LONGEST:
            return None
        if source == before:
            break
    return ScalarNode(_escape(_unquote(source)), place) if re.fullmatch(_TEXT, source) is not None else None


def _reduce(match: re.Match[str], constants: Constants) -> str:
    """Return the text, in quotes, that a call returns; the call itself if that is not known."""
    texts = [_unquote(text) for text in re.findall(_TEXT, match["arguments"] or "")]
    function = (match["function"] or "").lower()
    constant = get_text(_find_constant(match, constants))
    result = _unescape(constant) if constant is not None else None
    if function == "concat" and not match["keys"]:
        result = "".join(texts)
    elif function == "format" and texts and not match["keys"]:
        result = _format(texts[0], texts[1:])
    return match[0] if result is None else _quote(result)


def _find_constant(call: re.Match[str], constants: Constants) -> Node | None:
    names = re.findall(_TEXT, call["arguments"] or "")
    node = constants.get(((call["function"] or "").lower(), _unquote(names[0]).lower())) if len(names) == 1 else None
    for key in (call["keys"] or "").split(".")[1:]:
        node = node.find(key) if isinstance(node, MapNode) else None
    text = get_text(node) or ""
    return node if _EXPRESSION.fullmatch(text) is None else None


def _is_short(node: Node) -> bool:
    """Return whether a node is short, and a scalar or a list of scalars."""
    items = node.items if isinstance(node, ListNode) else (node,)
    is_flat = len(items) <= _MOST_ITEMS and all(isinstance(item, ScalarNode) for item in items)
    return is_flat and sum(len(get_text(item) or "") for item in items) <= _LONGEST


def _format(template: str, arguments: list[str]) -> str | None:
    """Return a text with its arguments; None if it has holes of another kind, or more of them than arguments."""
    holes = [int(number) for number in _HOLE.findall(template)]
    if any(number >= len(arguments) for number in holes) or set("{}") & set(_HOLE.sub("", template)):
        return None
    return _HOLE.sub(lambda match: arguments[int(match[1])], template)


def _escape(text: str) -> str:
    """Return a text as templates write it, so that one in brackets is no expression."""
    return f"[{text}" if text.startswith("[") and text.endswith("]") else text


def _unescape(text: str) -> str:
    return text[1:] if text.startswith("[[") and text.endswith("]") else text


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unquote(text: str) -> str:
    return text[1:-1].replace("''", "'")
