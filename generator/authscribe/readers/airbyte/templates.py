"""Values in Airbyte's manifests: text in which `{{ config['a']['b'] }}` is the value of the setting `a.b`.

`{{ config.get('a') + '/b' }}` is that of the setting `a` with text after it.

What the language says beyond such references is not understood here, and is kept by the caller as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_HOLE: Final = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
# Without escapes, which mean something else than they look like.
_QUOTED: Final = r"(?:'[^'\\]*'|\"[^\"\\]*\")"
_NAMED: Final = r"(?:'[^'\\]+'|\"[^\"\\]+\")"
# A default that is empty says nothing: what is absent is empty anyway.
_STEP: Final = (
    rf"\[\s*{_NAMED}\s*\]|\.get\(\s*{_NAMED}\s*(?:,\s*(?:\{{\s*\}}|''|\"\"|None)\s*)?\)" r"|\.(?!get\()[A-Za-z_]\w*"
)
_OPERAND: Final = rf"(?:(?P<source>config|parameters)(?P<steps>(?:{_STEP})+)|(?P<text>{_QUOTED}))"
_OPERATOR: Final = re.compile(r"\s*[+~]\s*")
_REFERENCE: Final = re.compile(_OPERAND)
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
    """The template that a value is; None where it says more than references to settings and `parameters` and text.

    `known` are names that stand for themselves, such as `session_token`.
    """
    if any(mark in value for mark in _STATEMENTS):
        return None
    found = _HOLE.split(value)
    parts = [found[0]]
    for expression, following in zip(found[1::2], found[2::2], strict=True):
        within = ["", expression.strip(), ""] if expression.strip() in known else _joined(expression, parameters)
        if within is None:
            return None
        parts[-1] += within[0]
        parts += within[1:]
        parts[-1] += following
    return Template(tuple(parts)) if not any("{{" in text or "}}" in text for text in parts[::2]) else None


def _joined(expression: str, parameters: Mapping[str, str]) -> list[str] | None:
    """References and quoted text that are put one after the other, as the parts of a template."""
    expression = expression.strip()
    parts = [""]
    position = 0
    while operand := _REFERENCE.match(expression, position):
        position = operand.end()
        if operand["text"] is not None:
            parts[-1] += operand["text"][1:-1]
        elif operand["source"] == "config":
            parts += [_name(operand["steps"]), ""]
        elif (name := _name(operand["steps"])) in parameters:
            parts[-1] += parameters[name]
        else:
            return None
        operator = _OPERATOR.match(expression, position)
        if operator is None:
            return parts if position == len(expression) else None
        position = operator.end()
    return None


def _name(steps: str) -> str:
    """The name of a setting, by the steps that lead to it: `['a'].get('b')` gives `a.b`."""
    found = ((step[0], re.search(_NAMED, step[0])) for step in _KEY.finditer(steps))
    return ".".join(quoted[0][1:-1] if quoted is not None else step[1:] for step, quoted in found)
