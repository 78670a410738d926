"""Read the row of a secret: its name, description and type, and the columns about its use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from authscribe.findings.finding import Finding
from authscribe.findings.rules.unknown_type import report_unknown_type
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode, to_node, to_plain
from authscribe.model.naming import is_secret_name
from authscribe.readers.pages.sections import Cell
from authscribe.readers.pages.wording import match_use_columns, read_optional

ItemT = TypeVar("ItemT")

_CONTAINERS: Final = {"array": list, "object": dict}
_VALUES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "integer": int, "number": (int, float), "boolean": bool, **_CONTAINERS
}  # fmt: skip
_TYPES: Final = ("string", "integer", "number", "boolean", "object", "array")
_DASHES: Final = re.compile(r"[-\u2013\u2014]*")
_NOTHING: Final = re.compile(r"\W*|none|n/a|na|empty", re.IGNORECASE)


def read_row(header: Sequence[Cell], columns: Sequence[str | None], row: Sequence[Cell]) -> Iterator[Entry | Finding]:
    """Yield the entries of a secret; columns of any other meaning are its extras."""
    extras: list[Entry] = []
    found: set[str] = set()
    facts = {column: cell.text for column, cell in zip(columns, row, strict=True) if column is not None}
    uses = match_use_columns(cell.text for cell in header)
    for heading, column, use, cell in zip(header, columns, uses, row, strict=True):
        value = ScalarNode(cell.text, cell.place)
        match column:
            case "type":
                yield from _read_type(cell)
            case str():
                yield Entry(column, heading.place, value)
            case None if cell.text:
                use_entry = _read_use(use, cell, facts) if use is not None else None
                if use_entry is None:
                    extras.append(Entry(heading.text, heading.place, value))
                elif use_entry.key and use_entry.key not in found:
                    found.add(use_entry.key)
                    yield use_entry
    if extras:
        yield Entry("extras", extras[0].place, MapNode(tuple(extras), extras[0].place))


def _read_use(column: str, cell: Cell, facts: Mapping[str, str]) -> Entry | None:
    """Return what a column tells about the use of a setting, None if that is unclear.

    The entry has no key if there is nothing to tell: a setting is required, has no default, or has one that may be a
    secret.
    """
    nothing = Entry("", cell.place, ScalarNode(None, cell.place))
    if column in ("required", "optional"):
        is_optional = read_optional(column, cell.text)
        if is_optional is None:
            return None
        return Entry("optional", cell.place, ScalarNode(value=True, place=cell.place)) if is_optional else nothing
    if column == "title":
        return Entry("title", cell.place, ScalarNode(cell.text, cell.place))
    is_nothing = _DASHES.fullmatch(cell.text) if cell.literals else _NOTHING.fullmatch(cell.text)
    if is_nothing or is_secret_name(facts.get("name", "")):
        return nothing
    value = _read_value(cell, facts.get("type", "").lower())
    return Entry(column, cell.place, value) if value is not None else None


def _read_value(cell: Cell, type_name: str) -> Node | None:
    """Return a value of a type, in JSON unless it is a string; None for a text that is not only such a value."""
    if cell.literals and cell.literals != (cell.text,):
        return None
    if type_name not in _VALUES:
        return ScalarNode(cell.text, cell.place)
    # Imported here: most pages have no such values.
    from authscribe.readers.syntax.json import parse_json

    text = cell.text if type_name in _CONTAINERS else cell.text.lower()
    node, findings = parse_json(cell.place.path, text)
    if node is None or findings:
        return None
    value = to_plain(node)
    is_value = isinstance(value, _VALUES[type_name]) and (type_name == "boolean") == isinstance(value, bool)
    return to_node(value, cell.place) if is_value else None


def _read_type(cell: Cell) -> Iterator[Entry | Finding]:
    """Yield the type of a secret, with the page's own label unless it is the usual one."""
    if not cell.text:
        return
    type_name = cell.text.lower()
    if type_name in _TYPES:
        yield Entry("type", cell.place, ScalarNode(type_name, cell.place))
    else:
        yield report_unknown_type(cell.text, cell.place, [name.capitalize() for name in _TYPES])
    if type_name not in _TYPES or cell.text != type_name.capitalize():
        yield Entry("type_label", cell.place, ScalarNode(cell.text, cell.place))


def separate_findings(items: Iterable[ItemT | Finding]) -> tuple[list[ItemT], list[Finding]]:
    """Return the items that are not findings, and the findings."""
    results: list[ItemT] = []
    findings: list[Finding] = []
    for item in items:
        if isinstance(item, Finding):
            findings.append(item)
        else:
            results.append(item)
    return results, findings
