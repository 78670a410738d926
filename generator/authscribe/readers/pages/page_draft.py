"""Draft the schemes of a page: their secrets from its tables, everything else from its prose."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.names_from_labels import report_names_from_labels
from authscribe.findings.rules.not_carried_over import report_lost_markup
from authscribe.findings.rules.secrets_in_prose import report_secrets_in_prose
from authscribe.findings.rules.table_elsewhere import report_table_elsewhere
from authscribe.findings.rules.unassigned_table import report_unassigned_table
from authscribe.findings.rules.unclear_table import report_table_without_scheme, report_unclear_table
from authscribe.findings.rules.use_by_default import report_use_by_default
from authscribe.model.draft import (
    MARKUP_POINTER,
    DefinitionDraft,
    Draft,
    Entry,
    Hint,
    KeyOutcome,
    ListNode,
    MapNode,
    Noun,
    Outcome,
    ScalarNode,
    account_definition,
    get_text,
    to_plain,
)
from authscribe.model.markup import Style, get_plain_text
from authscribe.model.wording import Wording
from authscribe.readers.pages.inline import describe_lost, join_paragraphs
from authscribe.readers.pages.introduced_tables import IntroducedTable, find_tables, find_unassigned_tables
from authscribe.readers.pages.name_columns import is_credential
from authscribe.readers.pages.scheme_sections import find_scheme_id, join_secret_sections
from authscribe.readers.pages.scheme_tables import find_unclear_rows, report_broken
from authscribe.readers.pages.sections import (
    Block,
    BrokenTable,
    PageTable,
    Paragraph,
    Section,
    remove_regions,
)
from authscribe.readers.pages.setting_row import DerivedName, Loss, Remark, RowReader, separate_remarks, write_text
from authscribe.readers.pages.wording.lead_ins import introduces_table, strip_lead_in
from authscribe.readers.pages.wording.origins import find_origin
from authscribe.readers.pages.wording.roles import INJECTED, REQUIRED
from authscribe.readers.pages.wording.schemes import (
    announces_scheme,
    find_base_scheme,
    find_kind,
    fold_name,
    is_generic,
    is_key_sentence,
    make_key,
)

_NAME: Final = re.compile(r"[\w.-]+(?: \w+){0,2}")
"""Name or label of a secret, unlike an address, a command, a path or a sentence that ends with one."""


def draft_page(path: str, sections: Iterable[Section], wording: Wording) -> Draft:
    """Return the schemes that the sections describe, in their order, with a finding for each unclear place.

    Regions between markers repeat definitions, and are none.
    """
    own = remove_regions(sections)
    items = [item for section in join_secret_sections(own, wording) for item in _draft_section(section, wording)]
    definitions = _resolve_hints([item for item in items if isinstance(item, DefinitionDraft)], wording)
    findings = tuple(item for item in items if isinstance(item, Finding))
    if not definitions and not findings:
        findings = tuple(islice(_find_secrets_in_prose(own, wording), 1))
    derived = [item for item in items if isinstance(item, DerivedName)]
    if derived:
        names = {item.label: item.name for item in derived}
        findings = (*findings, report_names_from_labels(derived[0].place, names))
    losses = sorted(item for item in items if isinstance(item, Loss))
    draft = Draft(path, definitions=definitions, findings=findings, is_page=True)
    return _account_losses(draft, losses) if losses else draft


def _find_secrets_in_prose(
    sections: Iterable[Section], wording: Wording, *, is_scheme: bool = False
) -> Iterator[Finding]:
    """Yield a finding for each secret that a literal, or the term of an item, names in a section about a scheme.

    A section with a generic title, such as "Schema", is about the same as the one around it.
    """
    for section in sections:
        title = section.title.text if section.title is not None else ""
        is_about_scheme = announces_scheme(title, wording) or (is_scheme and is_generic(title, wording))
        if is_about_scheme:
            paragraphs = [block for block in section.blocks if isinstance(block, Paragraph)]
            terms = (paragraph.term for paragraph in paragraphs if paragraph.term is not None)
            for name in chain(*(paragraph.literals for paragraph in paragraphs), terms):
                if _NAME.fullmatch(name.text.rstrip(": ")) and is_credential(name.text):
                    yield report_secrets_in_prose(name.place, name.text.rstrip(": "))
        yield from _find_secrets_in_prose(section.sections, wording, is_scheme=is_about_scheme)


def _account_losses(draft: Draft, losses: Sequence[Loss]) -> Draft:
    """Return the draft with one finding and one outcome about all markup that is not carried over."""
    nouns = [noun for loss in losses for noun in loss.nouns]
    place, lost = losses[0].place, describe_lost(nouns)
    outcome = KeyOutcome(MARKUP_POINTER, place, Outcome.LOST, len(nouns), lost)
    return draft._replace(
        findings=(*draft.findings, report_lost_markup(lost, place)),
        key_outcomes=(*map(account_definition, draft.definitions), outcome),
    )


def _draft_section(section: Section, wording: Wording) -> Iterator[DefinitionDraft | Remark]:
    """Yield the scheme that a section describes, if any, after the findings about it."""
    for found in find_unassigned_tables(section, wording):
        yield report_unassigned_table(found.table.place, found.unassigned, is_list=bool(found.items))
    tables = find_tables(section, wording)
    if not tables:
        return
    scheme = find_scheme_id(section, wording)
    if scheme is None and all(table.is_elsewhere for table in tables):
        yield report_table_elsewhere(tables[0].table.place, scheme=None)
        return
    if scheme is None:
        yield report_table_without_scheme(tables[0].table.place)
        return
    lists, findings = _read_lists(tables, str(scheme.value), wording)
    yield from findings
    if findings and not lists:
        return
    if INJECTED in lists:
        required = [_get_text(secret, "name") for secret in _list_maps(lists.get(REQUIRED))]
        secrets = tuple(_add_origin(secret, required) for secret in _list_maps(lists[INJECTED]))
        lists[INJECTED] = ListNode(secrets, lists[INJECTED].place)
    entries = (Entry(role, table.place, table) for role, table in lists.items())
    described, losses = separate_remarks(_describe_scheme(section, tables, scheme, wording))
    yield from losses
    node = MapNode((*described, *entries), scheme.place)
    yield DefinitionDraft(Noun.SCHEME, node, tuple(_find_hints(section)))


def _read_lists(
    tables: Iterable[IntroducedTable], scheme: str, wording: Wording
) -> tuple[dict[str, ListNode], list[Remark]]:
    """Return the secrets of a scheme by role, each list at its first table, and the findings about the tables."""
    secrets: dict[str, list[MapNode]] = {REQUIRED: [], INJECTED: []}
    places: dict[str, Place] = {}
    earlier: dict[tuple[str, str], object] = {}
    findings: list[Remark] = []
    for table in tables:
        if table.role is None:
            continue
        if isinstance(table.table, BrokenTable):
            findings.append(report_broken(table.table, scheme))
        else:
            places.setdefault(table.role, table.table.place)
            nodes, table_findings = separate_remarks(
                _read_table(table.table, scheme, wording, is_optional=table.is_optional)
            )
            named = [((table.role, _get_text(node, "name")), node) for node in nodes]
            # Tables in tabs, or in two languages, may repeat a secret.
            secrets[table.role] += [node for key, node in named if to_plain(node) != earlier.get(key)]
            earlier |= {key: to_plain(node) for key, node in named}
            findings += table_findings
    lists = {role: ListNode(tuple(nodes), places[role]) for role, nodes in secrets.items() if nodes}
    return lists, findings


def _read_table(table: PageTable, scheme: str, wording: Wording, *, is_optional: bool) -> Iterator[MapNode | Remark]:
    """Yield the secret of each row, or a finding for a row that does not name one.

    Without a column about that, a remark in the description tells which ones are optional, such as "(optional)", or
    else all secrets of a table that `is_optional` are.
    """
    reader = RowReader.from_table(table, wording)
    columns = reader.columns
    if "name" not in columns:
        problem = "no column is named Property or Name" if table.header else "it has no header row"
        yield report_unclear_table(table.place, problem, scheme=scheme)
        return
    if table.use_by_default:
        yield report_use_by_default(table.place, scheme)
    index = columns.index("name")
    for row, flaw in zip(table.rows, find_unclear_rows(table, index, scheme, wording), strict=True):
        if flaw is not None:
            yield flaw
            continue
        name = row[index]
        entries, findings = separate_remarks(reader.read_entries(row))
        yield from findings
        if reader.is_optional(row, is_usual=is_optional):
            entries.append(Entry("optional", name.place, ScalarNode(value=True, place=name.place)))
        yield MapNode(tuple(entries), name.place)


def _add_origin(secret: MapNode, required: Sequence[str]) -> MapNode:
    """Return an injected secret with the origin that its description words, and the required secret that fits."""
    name, description = _get_text(secret, "name"), secret.find("description")
    text = get_plain_text(get_text(description) or "")
    origin = find_origin(text, name, required) if text else None
    if description is None or origin is None:
        return secret
    source, copied = origin
    place = description.place
    facts = [Entry("source", place, ScalarNode(source, place))]
    if copied is not None:
        facts.append(Entry("required", place, ScalarNode(copied, place)))
    return secret._replace(entries=(*secret.entries, Entry("origin", place, MapNode(tuple(facts), place))))


def _describe_scheme(
    section: Section, tables: Sequence[IntroducedTable], scheme: ScalarNode, wording: Wording
) -> Iterator[Entry | Remark]:
    """Yield the entries that the title and the prose of a section give.

    The summary is the prose before the first table; its list items and the prose after it are notes.
    """
    yield Entry("id", scheme.place, scheme)
    if section.title is not None:
        title = section.title
        yield Entry("title", title.place, ScalarNode(title.text, title.place))
    kind = find_kind(str(scheme.value))
    if kind is not None:
        yield Entry("kind", scheme.place, ScalarNode(kind, scheme.place))
    lead_ins = {*_find_lead_ins(section, tables, wording)}
    items = {item for table in tables if table.role is not None for item in table.items}
    is_prose = [isinstance(block, Paragraph) and block not in items for block in section.blocks]
    first_table = is_prose.index(False)
    before = [*_select_prose(section.blocks[:first_table], lead_ins, wording)]
    after = [*_select_prose((block for block in section.blocks[first_table:] if block not in items), lead_ins, wording)]
    summary = [paragraph for paragraph in before if not paragraph.is_item]
    if summary:
        place = summary[0].place
        yield from write_text("summary", place, join_paragraphs(paragraph.inline for paragraph in summary), place)
    notes = [paragraph for paragraph in before if paragraph.is_item] + after
    if notes:
        nodes = tuple(ScalarNode(paragraph.inline.format(), paragraph.place) for paragraph in notes)
        yield Entry("notes", notes[0].place, ListNode(nodes, notes[0].place))
        yield from (Loss(note.place, note.inline.lost) for note in notes if note.inline.lost)


def _select_prose(blocks: Iterable[Block], lead_ins: Collection[Paragraph], wording: Wording) -> Iterator[Paragraph]:
    """Yield the paragraphs, without those that only name the key and without the last sentence of lead-ins."""
    for block in blocks:
        if isinstance(block, Paragraph) and not block.is_title and not is_key_sentence(block.marked):
            text = _strip_label(block, wording) if block in lead_ins else block.text
            # A separator, such as that of the footer of a card, has no words.
            if any(map(str.isalnum, text)):
                yield replace(block, text=text, inline=block.inline.cut(0, len(text)))


def _strip_label(lead_in: Paragraph, wording: Wording) -> str:
    """Return what is left of a lead-in without the words that only point to its table: nothing of a bold label."""
    is_label = bool(lead_in.inline.spans) and all(span.style is Style.STRONG for span in lead_in.inline.spans)
    return "" if is_label else strip_lead_in(lead_in.text, wording)


def _find_lead_ins(section: Section, tables: Iterable[IntroducedTable], wording: Wording) -> Iterator[Paragraph]:
    """Yield the lead-ins of tables, and the sentences above the label or title that is one."""
    begins: set[Place] = set()
    for table in tables:
        begins.add(table.table.place)
        yield from () if table.lead_in is None else (table.lead_in,)
    above: Block | None = None
    for block in section.blocks:
        if block.place in begins and isinstance(above, Paragraph) and introduces_table(above.text, wording):
            yield above
        above = above if isinstance(block, Paragraph) and block.is_title else block


def _find_hints(section: Section) -> Iterator[Hint]:
    for block in section.blocks:
        if isinstance(block, Paragraph):
            base = find_base_scheme(block.text)
            if base is not None:
                yield Hint(base, block.place)


def _resolve_hints(definitions: Sequence[DefinitionDraft], wording: Wording) -> tuple[DefinitionDraft, ...]:
    """Return the definitions with hints that hold the id of a scheme of the page; all other hints are dropped."""
    ids: dict[str, str] = {}
    for definition in definitions:
        scheme_id = _get_text(definition.node, "id")
        for spelling in (scheme_id, make_key(_get_text(definition.node, "title"), wording)):
            ids.setdefault(fold_name(spelling), scheme_id)

    def resolve(definition: DefinitionDraft) -> tuple[Hint, ...]:
        scheme_id = _get_text(definition.node, "id")
        bases = ((ids.get(fold_name(hint.base)), hint) for hint in definition.hints)
        return tuple(Hint(base, hint.place) for base, hint in bases if base is not None and base != scheme_id)

    return tuple(definition._replace(hints=resolve(definition)) for definition in definitions)


def _list_maps(node: ListNode | None) -> tuple[MapNode, ...]:
    return tuple(item for item in node.items if isinstance(item, MapNode)) if node is not None else ()


def _get_text(node: MapNode, key: str) -> str:
    value = node.find(key)
    return str(value.value) if isinstance(value, ScalarNode) else ""
