"""Values in Airbyte's manifests: text in which `{{ config['a']['b'] }}` is the value of the setting `a.b`.

`{{ config.get('a') + '/b' }}` is that of the setting `a` with text after it, and `{{ config['a'] or config['b'] }}`
that of one of two. What the language says beyond such references is not understood here, and is kept by the caller as
it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

from authscribe.readers.foreign.airbyte.expressions import Meaning, Parts, list_expression_literals, parse_expression

_HOLE: Final = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_STATEMENTS: Final = ("{%", "{#")
_MOST: Final = 16
"""Templates that a value may leave the choice between; real ones leave two."""


@dataclass(frozen=True, slots=True)
class Template:
    """Text and names of settings, in turn: `parts` begins and ends with text, which may be empty.

    Where the value leaves a choice, a template is not all that it says.
    """

    parts: Parts
    is_all: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that it refers to."""
        return self.parts[1::2]

    @property
    def is_literal(self) -> bool:
        """Whether it says something without any setting."""
        return not self.names and bool(self.parts[0].strip())

    def placement(self) -> str:
        """The value of a placement: `Bearer {token}`."""
        doubled = (text.replace("{", "{{").replace("}", "}}") for text in self.parts[::2])
        return self._filled(tuple(doubled), "{%s}")

    def url(self) -> str:
        """The address of an endpoint: `https://${subdomain}.example.com`."""
        return self._filled(self.parts[::2], "${%s}")

    def _filled(self, texts: tuple[str, ...], hole: str) -> str:
        holes = (*(hole % name for name in self.names), "")
        return "".join(text + reference for text, reference in zip(texts, holes, strict=True))


def parse_value(value: str, parameters: Mapping[str, str]) -> Template | None:
    """The template that a value is; None where it says more than references to settings and `parameters` and text."""
    found = list_choices(value, parameters)
    return found[0] if found and found[0].is_all else None


def list_choices(value: str, parameters: Mapping[str, str], known: tuple[str, ...] = ()) -> tuple[Template, ...]:
    """The templates that a value may be, the preferred first: one that is all of it, what it chooses from, or none.

    `known` are names that stand for themselves, such as `session_token`.
    """
    if any(mark in value for mark in _STATEMENTS):
        return ()
    found = _HOLE.split(value)
    meanings: list[Meaning] = []
    for expression in found[1::2]:
        name = expression.strip()
        is_known = name in known
        meaning = Meaning((("", name, ""),)) if is_known else parse_expression(expression, parameters)
        if meaning is None:
            return ()
        meanings.append(meaning)
    if prod(len(meaning.alternatives) for meaning in meanings) > _MOST:
        return ()
    is_all = not any(meaning.is_choice for meaning in meanings)
    filled = (_filled(found[::2], chosen) for chosen in product(*(meaning.alternatives for meaning in meanings)))
    return tuple(Template(parts, is_all) for parts in filled if not _has_holes(parts))


def list_literals(value: str) -> tuple[str, ...]:
    """The texts without any setting that a value, or one of the expressions in it, may be."""
    found = _HOLE.split(value)
    inner = (text for expression in found[1::2] for text in list_expression_literals(expression))
    return tuple(inner) if len(found) > 1 else (value,)


def _filled(texts: list[str], holes: tuple[Parts, ...]) -> Parts:
    parts = [texts[0]]
    for within, following in zip(holes, texts[1:], strict=True):
        parts[-1] += within[0]
        parts += within[1:]
        parts[-1] += following
    return tuple(parts)


def _has_holes(parts: Parts) -> bool:
    return any("{{" in text or "}}" in text for text in parts[::2])
