"""Spell templates and addresses as Airbyte's manifests do: `{{ config['credentials']['token'] }}` is a setting.

See https://docs.airbyte.com/platform/connector-development/config-based/advanced-topics/string-interpolation.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from authscribe.encoders.jinja import encode_jinja_string, encode_jinja_text
from authscribe.model.definitions import Endpoint, Placement
from authscribe.model.placement_template import Hole, parse_references, parse_template
from authscribe.targets.airbyte.configuration import ConfiguredMethod

Parts: TypeAlias = Sequence[str | Hole]


def spell_placement(method: ConfiguredMethod, placement: Placement) -> str:
    """Return the value of a placement, all of whose names are in the configuration."""
    return _spell_choice(method, [join_texts(parse_template(template)) for template in placement.templates])


def keep_fixed_value(value: str) -> str:
    """Return a fixed value in quotes if it would be sent as another text: airbyte-cdk reads it as a Python literal."""
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return value
    return value if str(literal) == value else repr(value)


def spell_endpoint(method: ConfiguredMethod, endpoint: Endpoint) -> str | None:
    """Return an address; None if the configuration lacks a variable of it."""
    addresses = [parse_references(address) for address in endpoint.addresses]
    names = (part.name for address in addresses for part in address if isinstance(part, Hole))
    return _spell_choice(method, addresses) if method.has_all(names) else None


def spell_text(method: ConfiguredMethod, text: str) -> str | None:
    """Return a text that refers to settings as `${name}`; None if the configuration lacks one of them."""
    parts = parse_references(text)
    return spell_parts(method, parts) if has_parts(method, parts) else None


def spell_parts(method: ConfiguredMethod, parts: Parts) -> str:
    """Return text and references to settings as one value."""
    return "".join(
        encode_jinja_text(part) if isinstance(part, str) else f"{{{{ {_refer(method, part)} }}}}" for part in parts
    )


def spell_basic(method: ConfiguredMethod, username: str, password: str) -> str | None:
    """Return the header of basic credentials (RFC 7617), which refer to settings as `${name}`."""
    pair = join_texts([*parse_references(username), ":", *parse_references(password)])
    return f"Basic {{{{ ({_concatenate(method, pair)}) | base64encode }}}}" if has_parts(method, pair) else None


def has_parts(method: ConfiguredMethod, parts: Parts) -> bool:
    """Return whether the configuration has all settings to which a text refers."""
    return method.has_all(part.name for part in parts if isinstance(part, Hole))


def join_texts(parts: Parts) -> list[str | Hole]:
    """Return the parts with neighbouring texts as one."""
    joined: list[str | Hole] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        else:
            joined.append(part)
    return joined


def _spell_choice(method: ConfiguredMethod, alternatives: Sequence[Parts]) -> str:
    """Return the first alternative, or an expression for the second one if a setting of the first is absent."""
    first, *others = alternatives
    if not others:
        return spell_parts(method, first)
    present = " and ".join(dict.fromkeys(_list_tests(method, first)))
    return f"{{{{ {_concatenate(method, first)} if {present or 'true'} else {_concatenate(method, others[0])} }}}}"


def _list_tests(method: ConfiguredMethod, parts: Parts) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Hole):
            *objects, key = (encode_jinja_string(key) for key in method.find_path(part.name) or ())
            yield "config" + "".join(f".get({each}, {{}})" for each in objects) + f".get({key})"


def _concatenate(method: ConfiguredMethod, parts: Parts) -> str:
    operands = (encode_jinja_string(part) if isinstance(part, str) else _refer(method, part) for part in parts)
    return " ~ ".join(operands) or "''"


def _refer(method: ConfiguredMethod, hole: Hole) -> str:
    return "config" + "".join(f"[{encode_jinja_string(key)}]" for key in method.find_path(hole.name) or ())
