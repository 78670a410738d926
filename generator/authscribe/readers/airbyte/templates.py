"""Values in Airbyte's manifests: text in which `{{ config['a']['b'] }}` is the value of the setting `a.b`.

What the language says beyond such references is not understood here, and is kept by the caller as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_HOLE: Final = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_STEP: Final = r"\[\s*(?:'[^'\]]+'|\"[^\"\]]+\")\s*\]|\.[A-Za-z_]\w*"
_REFERENCE: Final = re.compile(rf"\s*(config|parameters)((?:{_STEP})+)\s*")
_KEY: Final = re.compile(_STEP)
_STATEMENTS: Final = ("{%", "{#")


@dataclass(frozen=True, slots=True)
class Template:
    """Text and names of settings, in turn: `parts` begins and ends with text, which may be empty."""

    parts: tuple[str, ...]

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


def parsed(value: str, parameters: Mapping[str, str], known: tuple[str, ...] = ()) -> Template | None:
    """The template that a value is; None where it says more than references to settings and `parameters`.

    `known` are names that stand for themselves, such as `session_token`.
    """
    if any(mark in value for mark in _STATEMENTS):
        return None
    found = _HOLE.split(value)
    parts = [found[0]]
    for expression, following in zip(found[1::2], found[2::2], strict=True):
        name = expression.strip()
        if name not in known:
            reference = _REFERENCE.fullmatch(expression)
            if reference is None:
                return None
            name = ".".join(step.strip(".[]'\" ") for step in _KEY.findall(reference[2]))
            if reference[1] == "parameters":
                if name not in parameters:
                    return None
                parts[-1] += parameters[name] + following
                continue
        parts += [name, following]
    return Template(tuple(parts)) if not any("{{" in text or "}}" in text for text in parts[::2]) else None
