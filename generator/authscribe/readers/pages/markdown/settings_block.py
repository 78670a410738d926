"""Blocks of settings in pages of Home Assistant: YAML between two tags of Liquid, `configuration` and its end.

The format is that of Home Assistant's standards for documentation: each key is a setting, with a description, a type,
a default, and whether it is required; `keys` has the settings in it. In `configuration_basic`, the keys are the labels
of the fields of a form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text, to_plain
from authscribe.readers.pages.markdown.inline import make_cell, parse_inline
from authscribe.readers.pages.names import derive_names
from authscribe.readers.pages.sections import BrokenTable, Cell, PageTable

SETTINGS_DIRECTIVE: Final = "home-assistant:configuration"
_FORM: Final = "_basic"
"""End of the name of a block whose keys are labels; it is the argument of the directive, too."""
_TAG: Final = re.compile(rf"^\{{%-?[ \t]*(?P<name>(?:end)?configuration(?:{_FORM})?)[ \t]*-?%\}}[ \t]*$", re.MULTILINE)
_FENCE: Final = "~" * 9
_HEADINGS: Final = ("Name", "Required", "Type", "Default", "Description")
_USES: Final = {"true": "Yes", "false": "No", "inclusive": "No (inclusive)", "exclusive": "No (exclusive)"}
"""Answer for each value of `required`: inclusive settings are needed together, and one of exclusive ones is allowed."""
_NOT_REQUIRED: Final = _USES["false"]


def fence_settings(text: str) -> str:
    """Return the text with a directive in fences in the place of each block of settings, in the same lines."""
    tags = [*_TAG.finditer(text)]
    pieces: list[str] = []
    position = 0
    for begin, end in pairwise(tags):
        if end["name"] == f"end{begin['name']}":
            is_form = begin["name"].endswith(_FORM)
            pieces += (text[position : begin.start()], f"{_FENCE}{{{SETTINGS_DIRECTIVE}}}{_FORM if is_form else ''}")
            pieces += (text[begin.end() : end.start()], _FENCE)
            position = end.end()
    return "".join((*pieces, text[position:]))


def read_settings(argument: str, content: str, place: Place) -> PageTable | BrokenTable:
    """Return the table of the settings in a block, whose content begins in the line after its place."""
    # Imported here: most pages have no such block.
    from authscribe.readers.syntax.yaml import parse_yaml

    tree, findings = parse_yaml(place.path, content)
    if not isinstance(tree, MapNode):
        problem = findings[0].message if findings else "it has no settings"
        return BrokenTable(problem, place)
    rows = [_move_down(row, place.line) for row in _list_rows(tree, "", is_optional=False)]
    names = [name for name, *_ in rows]
    names = [*derive_names(names)] if argument.strip() == _FORM else names
    # A block without any answer does not tell which settings are required.
    kept = {heading for row in rows for heading, cell in zip(_HEADINGS, row, strict=True) if cell.text}
    header = tuple(Cell(heading if heading in kept else "", place) for heading in _HEADINGS)
    named = ((name, *facts) for name, (_, *facts) in zip(names, rows, strict=True))
    return PageTable(header, tuple(named), place, is_settings=True)


def _list_rows(settings: MapNode, prefix: str, *, is_optional: bool) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each setting, with those in a mapping in its place; these are optional if it is."""
    for entry in settings.entries:
        facts = entry.node if isinstance(entry.node, MapNode) else MapNode((), entry.place)
        required = get_text(facts.find("required")) or _write_value(facts.find("required"))
        use = _USES.get(required.lower(), required)
        name, inner = f"{prefix}{entry.key}", facts.find("keys")
        if isinstance(inner, MapNode) and _are_settings(inner):
            yield from _list_rows(inner, f"{name}.", is_optional=is_optional or use.startswith(_NOT_REQUIRED))
        else:
            yield _make_row(name, entry, facts, _NOT_REQUIRED if is_optional else use)


def _move_down(row: tuple[Cell, ...], lines: int) -> tuple[Cell, ...]:
    """Return a row of a block that begins after so many lines of the page."""
    # Empty lines before each block would do it, too, but take quadratic time in a page of many blocks.
    places = (cell.place._replace(line=cell.place.line + lines, end_line=cell.place.end_line + lines) for cell in row)
    return tuple(replace(cell, place=place) for cell, place in zip(row, places, strict=True))


def _are_settings(keys: MapNode) -> bool:
    """Return whether keys are settings, which have types, instead of the values that a list can have."""
    return all(isinstance(entry.node, MapNode) and entry.node.find("type") is not None for entry in keys.entries)


def _make_row(name: str, entry: Entry, facts: MapNode, use: str) -> tuple[Cell, ...]:
    place = entry.place
    description = make_cell(parse_inline(get_text(facts.find("description")) or ""), place)
    type_node = facts.find("type")
    types = type_node.items if isinstance(type_node, ListNode) else (type_node,)
    return (
        Cell(name, place),
        Cell(use, place),
        Cell(" or ".join(map(_write_value, types)), place),
        Cell(_write_value(facts.find("default")), place),
        description,
    )


def _write_value(node: Node | None) -> str:
    """Return a value as a page shows it: a string without quotes, any other one in JSON; nothing for null."""
    value = to_plain(node) if node is not None else None
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
