"""Pages: from the sections, paragraphs and tables of a document to drafts of the schemes that it describes.

Knows no markup: a reader of a markup language gives sections, and this module finds the schemes in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.broken_table import report_broken_table
from authscribe.findings.rules.copied_from_nothing import report_copied_from_nothing
from authscribe.findings.rules.unclear_table import (
    report_table_without_scheme,
    report_unclear_row,
    report_unclear_table,
    report_uneven_row,
)
from authscribe.findings.rules.unknown_type import report_unknown_type
from authscribe.model.draft import DefinitionDraft, Draft, Entry, Hint, ListNode, MapNode, Node, Noun, ScalarNode
from authscribe.readers.pages.sections import Block, BrokenTable, Cell, Paragraph, Section, Table
from authscribe.readers.pages.wording import (
    INJECTED,
    REQUIRED,
    find_base_scheme,
    find_kind,
    find_origin,
    find_role,
    find_scheme_key,
    fold_name,
    is_about_authentication,
    is_heading,
    is_settings_heading,
    make_key,
    match_columns,
    only_names_the_key,
    strip_lead_in,
)

TYPES: Final = ("string", "integer", "number", "boolean", "object", "array")

_PUNCTUATION: Final = ":;,.*"
"""What may stand beside a literal name without being said of the secret."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of a section with the paragraph that leads to it."""

    table: Table | BrokenTable
    lead_in: Paragraph | None
    role: str | None


def draft_page(path: str, sections: Iterable[Section]) -> Draft:
    """The schemes that the sections describe, in their order, and a finding for each that is not clear."""
    found = [item for section in _all(sections) for item in _read(section)]
    definitions = [item for item in found if isinstance(item, DefinitionDraft)]
    return Draft(
        path,
        definitions=_with_known_hints(definitions),
        findings=tuple(item for item in found if isinstance(item, Finding)),
    )


@dataclass(frozen=True, slots=True)
class SchemeTable:
    """A table of a scheme's required or injected secrets, and the scheme as the page calls it."""

    scheme: str
    role: str
    table: Table


def find_scheme_tables(sections: Iterable[Section]) -> Iterator[SchemeTable | Finding]:
    """The tables from which `draft` takes its secrets, in their order; a broken one is a finding."""
    for section in _all(sections):
        parts = tuple(_parts(section))
        scheme = _identifier(section) if any(part.role for part in parts) else None
        for part in parts if scheme is not None else ():
            role = part.role or _role_by_columns(part.table)
            if scheme is None or role is None:
                continue
            if isinstance(part.table, BrokenTable):
                yield report_broken_table(part.table.place, part.table.problem, scheme=str(scheme.value))
            else:
                yield SchemeTable(str(scheme.value), role, part.table)


def _all(sections: Iterable[Section]) -> Iterator[Section]:
    """Every section, each after those above it; a section titled "Required secrets" is part of the one above."""
    for section in sections:
        own = list(section.blocks)
        others: list[Section] = []
        for inner in section.sections:
            if inner.title is not None and find_role(inner.title.text) is not None:
                own += [
                    replace(inner.title, text=f"{inner.title.text}:", marked=f"{inner.title.marked}:"),
                    *inner.blocks,
                ]
                others += inner.sections
            else:
                others.append(inner)
        yield replace(section, blocks=tuple(own), sections=())
        yield from _all(others)


def _read(section: Section) -> Iterator[DefinitionDraft | Finding]:
    parts = tuple(_parts(section))
    if not any(part.role for part in parts):
        return
    scheme = _identifier(section)
    name = scheme.value if scheme is not None and isinstance(scheme.value, str) else None
    findings: list[Finding] = []
    lists: dict[str, list[Node]] = {REQUIRED: [], INJECTED: []}
    places: dict[str, Place] = {}
    for part in parts:
        role = part.role or _role_by_columns(part.table)
        if isinstance(part.table, BrokenTable):
            findings.append(report_broken_table(part.table.place, part.table.problem, scheme=name))
        elif role is not None:
            lists[role] += _settings(part.table, name, findings)
            places.setdefault(role, part.table.place)
    if scheme is None:
        yield report_table_without_scheme(parts[0].table.place)
        return
    yield from findings
    if findings and not any(lists.values()):
        return
    entries = (*_description(section, parts, scheme), *_lists(lists, places))
    unclear: list[Finding] = []
    node = MapNode(_with_origins(entries, unclear), scheme.place)
    yield from unclear
    yield DefinitionDraft(Noun.SCHEME, node, tuple(_hints(section)))


def _parts(section: Section) -> Iterator[_Part]:
    """The tables of a section; a lead-in counts for the first table after it."""
    before: list[Paragraph] = []
    is_scheme = section.title is not None and is_about_authentication(section.title.text)
    for block in section.blocks:
        if isinstance(block, Paragraph):
            # An item leads to a table only where it says so: other items are remarks between two tables.
            before += (block,) if not block.is_item or block.text.endswith(":") else ()
            continue
        lead_in, role = _lead_in(before, is_scheme=is_scheme)
        yield _Part(_with_bare_names(block) if isinstance(block, Table) else block, lead_in, role)
        before = []


def _lead_in(before: Sequence[Paragraph], *, is_scheme: bool) -> tuple[Paragraph | None, str | None]:
    """The paragraph that says which table follows: the closest one, or one before it that ends with a colon."""
    for index, paragraph in enumerate(reversed(before)):
        is_label = is_scheme and is_heading(paragraph.text)
        role = find_role(paragraph.text, is_about_secrets=is_label)
        if role is not None and (index == 0 or paragraph.text.endswith(":")):
            return paragraph, role
    return None, None


def _role_by_columns(table: Table | BrokenTable) -> str | None:
    """Without words before it, a table of a scheme says by its columns which one it is."""
    if isinstance(table, BrokenTable):
        return None
    columns = match_columns(cell.text for cell in table.header)
    if "name" not in columns or is_settings_heading(table.header[columns.index("name")].text):
        return None
    return INJECTED if "type" in columns else REQUIRED


def _identifier(section: Section) -> ScalarNode | None:
    """The key that the prose names, else the title without the words that every title has."""
    for block in section.blocks:
        if isinstance(block, Paragraph):
            key = find_scheme_key(block.marked)
            if key is not None:
                places = (literal.place for literal in block.literals if literal.text == key)
                return ScalarNode(key, next(places, block.place))
    if section.title is None:
        return None
    key = make_key(section.title.text)
    return ScalarNode(key, section.title.place) if key else None


def _settings(table: Table, scheme: str | None, findings: list[Finding]) -> Iterator[MapNode]:
    columns = match_columns(cell.text for cell in table.header)
    if "name" not in columns:
        problem = "no column is named Property or Name" if table.header else "it has no header row"
        findings.append(report_unclear_table(table.place, problem, scheme=scheme))
        return
    for row in table.rows:
        place = next((cell.place for cell in (*row[len(columns) :], *row) if cell.text), table.place)
        if len(row) != len(columns):
            findings.append(report_uneven_row(place, len(row), len(columns), scheme=scheme))
            continue
        name = row[columns.index("name")]
        flaw = _flaw(name)
        if flaw is not None:
            findings.append(report_unclear_row(name.place if name.text else place, flaw, scheme=scheme))
            continue
        yield MapNode(tuple(_setting(table, columns, row, findings)), name.place)


def _with_bare_names(table: Table) -> Table:
    """The table with each literal name without the punctuation beside it, each still at the place of its cell."""
    columns = match_columns(cell.text for cell in table.header)
    if "name" not in columns:
        return table
    index = columns.index("name")
    rows = ((*row[:index], *map(_bare, row[index : index + 1]), *row[index + 1 :]) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _bare(name: Cell) -> Cell:
    literal = " ".join(name.literals[0].split()) if len(name.literals) == 1 else ""
    before, found, after = name.text.partition(literal) if literal else ("", "", "")
    beside = "".join((before + after).split())
    return replace(name, text=literal) if found and not beside.strip(_PUNCTUATION) else name


def _flaw(name: Cell) -> str | None:
    """Why a cell is not just the name of one secret: where it has a literal, that is the whole name."""
    if not name.text:
        return "has no name"
    if ", " in name.text or len(name.literals) > 1:
        return "has more than one name"
    for literal in name.literals:
        spelt = " ".join(literal.split())
        if spelt and spelt != name.text:
            return f"has '{name.text.replace(spelt, '', 1).strip()}' beside the name '{spelt}'"
    return None


def _setting(
    table: Table, columns: Sequence[str | None], row: Sequence[Cell], findings: list[Finding]
) -> Iterator[Entry]:
    extras: list[Entry] = []
    for heading, column, cell in zip(table.header, columns, row, strict=True):
        value = ScalarNode(cell.text, cell.place)
        if column == "type":
            yield from _type(cell, findings)
        elif column is not None:
            yield Entry(column, heading.place, value)
        elif cell.text:
            extras.append(Entry(heading.text, heading.place, value))
    if extras:
        yield Entry("extras", extras[0].place, MapNode(tuple(extras), extras[0].place))


def _type(cell: Cell, findings: list[Finding]) -> Iterator[Entry]:
    if not cell.text:
        return
    known = cell.text.lower()
    if known in TYPES:
        yield Entry("type", cell.place, ScalarNode(known, cell.place))
    else:
        findings.append(report_unknown_type(cell.text, cell.place, [name.capitalize() for name in TYPES]))
    if known not in TYPES or cell.text != known.capitalize():
        yield Entry("type_label", cell.place, ScalarNode(cell.text, cell.place))


def _description(section: Section, parts: Sequence[_Part], scheme: ScalarNode) -> Iterator[Entry]:
    yield Entry("id", scheme.place, scheme)
    if section.title is not None:
        title = section.title
        yield Entry("title", title.place, ScalarNode(title.text, title.place))
    kind = find_kind(str(scheme.value))
    if kind is not None:
        yield Entry("kind", scheme.place, ScalarNode(kind, scheme.place))
    first_table = next(index for index, block in enumerate(section.blocks) if not isinstance(block, Paragraph))
    lead_ins = [part.lead_in for part in parts if part.lead_in is not None]
    summary = [*_prose(section.blocks[:first_table], lead_ins)]
    notes = [*_prose(section.blocks[first_table:], lead_ins)]
    before = [item for item in summary if not item.is_item]
    if before:
        text = "\n\n".join(paragraph.text for paragraph in before)
        yield Entry("summary", before[0].place, ScalarNode(text, before[0].place))
    items = [item for item in summary if item.is_item] + notes
    if items:
        nodes = tuple(ScalarNode(item.text, item.place) for item in items)
        yield Entry("notes", items[0].place, ListNode(nodes, items[0].place))


def _prose(blocks: Iterable[Block], lead_ins: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs without those that only name the key, and without the sentences that only lead to a table."""
    for block in blocks:
        if isinstance(block, Paragraph) and not only_names_the_key(block.marked):
            text = strip_lead_in(block.text) if block in lead_ins else block.text
            if text:
                yield replace(block, text=text)


def _lists(lists: dict[str, list[Node]], places: dict[str, Place]) -> Iterator[Entry]:
    for role, nodes in lists.items():
        if nodes:
            yield Entry(role, places[role], ListNode(tuple(nodes), places[role]))


def _with_origins(entries: tuple[Entry, ...], findings: list[Finding]) -> tuple[Entry, ...]:
    """The entries with the origin of each injected secret, as its description words it."""
    by_key = {entry.key: entry.node for entry in entries}
    required = [name for setting in _maps(by_key.get(REQUIRED)) if (name := _text(setting, "name"))]

    def with_origin(setting: MapNode) -> MapNode:
        name, description = _text(setting, "name"), setting.find("description")
        if not isinstance(description, ScalarNode):
            return setting
        origin = find_origin(str(description.value), name, required)
        if origin is None:
            return setting
        source, copied = origin
        place = description.place
        facts = [Entry("source", place, ScalarNode(source, place))]
        if copied is not None:
            facts.append(Entry("required", place, ScalarNode(copied, place)))
        elif source == "copied" and required:
            findings.append(report_copied_from_nothing(name, place))
        return setting._replace(entries=(*setting.entries, Entry("origin", place, MapNode(tuple(facts), place))))

    def changed(entry: Entry) -> Entry:
        if entry.key != INJECTED or not isinstance(entry.node, ListNode):
            return entry
        return entry._replace(node=entry.node._replace(items=tuple(map(with_origin, _maps(entry.node)))))

    return tuple(changed(entry) for entry in entries)


def _maps(node: Node | None) -> tuple[MapNode, ...]:
    return tuple(item for item in node.items if isinstance(item, MapNode)) if isinstance(node, ListNode) else ()


def _text(setting: MapNode, key: str) -> str:
    node = setting.find(key)
    return str(node.value) if isinstance(node, ScalarNode) else ""


def _hints(section: Section) -> Iterator[Hint]:
    for block in section.blocks:
        if isinstance(block, Paragraph):
            base = find_base_scheme(block.text)
            if base is not None:
                yield Hint(base, block.place)


def _with_known_hints(definitions: Sequence[DefinitionDraft]) -> tuple[DefinitionDraft, ...]:
    """Hints with the id of the scheme that they mean; words that name no scheme of the page are dropped."""
    ids: dict[str, str] = {}
    for definition in definitions:
        identifier = _text(definition.node, "id")
        for spelling in (identifier, make_key(_text(definition.node, "title"))):
            ids.setdefault(fold_name(spelling), identifier)

    def known(definition: DefinitionDraft) -> tuple[Hint, ...]:
        own = _text(definition.node, "id")
        bases = ((ids.get(fold_name(hint.base)), hint) for hint in definition.hints)
        return tuple(Hint(base, hint.place) for base, hint in bases if base is not None and base != own)

    return tuple(definition._replace(hints=known(definition)) for definition in definitions)
