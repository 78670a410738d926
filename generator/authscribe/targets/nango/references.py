"""Write Nango's templates: texts in which `${expression}` is a reference to a field or a token of the provider.

A text that Nango would take for something else has no template. Of the sides of `||`, the first one with a value is
used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from authscribe.model.placement_template import (
    Hole,
    fill_variables,
    is_response,
    list_variable_names,
    parse_template,
)

_OPEN: Final = "${"
_OR: Final = "||"


class References(NamedTuple):
    """Expressions for the settings of a provider by name: in its proxy, and everywhere else."""

    in_proxy: Mapping[str, str]
    elsewhere: Mapping[str, str]

    def fill_placements(self, templates: Iterable[str]) -> str | None:
        """Return the template for those of a placement, which are tried in their order; None if there is none."""
        return _join_alternatives([_fill_placement(template, self.in_proxy) for template in templates])

    def fill_texts(self, texts: Iterable[str], responses: int = 0, *, in_proxy: bool = False) -> str | None:
        """Return the template for texts with variables, which are tried in their order; None if there is none.

        They may refer to so many `responses` of earlier requests.
        """
        names = self.in_proxy if in_proxy else self.elsewhere
        return _join_alternatives([_fill_text(text, names, responses) for text in texts])


def _fill_placement(template: str, names: Mapping[str, str]) -> str | None:
    parts = parse_template(template)
    holes = [part.name for part in parts if isinstance(part, Hole)]
    if not names.keys() >= set(holes):
        return None
    filled = "".join(part if isinstance(part, str) else f"{_OPEN}{names[part.name]}}}" for part in parts)
    return filled if filled.count(_OPEN) == len(holes) else None


def _fill_text(text: str, names: Mapping[str, str], responses: int) -> str | None:
    known = {
        name: names.get(name, name if is_response(name, responses) else None) for name in list_variable_names(text)
    }
    if None in known.values():
        return None
    filled = fill_variables(text, lambda name: f"{_OPEN}{known[name]}}}")
    # Anything else that begins like a reference would be taken for a function.
    return filled if text.count(_OPEN) == sum(text.count(f"{_OPEN}{name}}}") for name in known) else None


def _join_alternatives(templates: list[str | None]) -> str | None:
    sides = [template for template in templates if template is not None]
    joined = f" {_OR} ".join(sides)
    if len(sides) < len(templates):
        return None
    # Without a reference, the whole of a template is one text.
    is_plain = _OPEN not in joined
    return (
        joined if (is_plain and len(sides) == 1) or (not is_plain and not any(_OR in each for each in sides)) else None
    )
