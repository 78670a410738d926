"""Find the tables of secrets in the sections of a page, and the scheme that each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.broken_table import report_broken_table
from authscribe.findings.rules.table_elsewhere import report_table_elsewhere
from authscribe.findings.rules.unclear_table import report_unclear_row, report_unclear_table
from authscribe.model.credential_names import is_secret_name
from authscribe.model.draft import ScalarNode
from authscribe.model.markup import Style
from authscribe.model.naming import split_words
from authscribe.model.wording import Wording
from authscribe.readers.pages.names import clean_name, find_name_flaw, find_row_flaws, is_label, make_list_table
from authscribe.readers.pages.sections import Block, BrokenTable, Cell, PageTable, Paragraph, Section
from authscribe.readers.pages.suppliers import divide_table
from authscribe.readers.pages.wording import (
    INJECTED,
    OPTIONAL,
    REQUIRED,
    denies_role,
    find_further_role,
    find_kind,
    find_legend,
    find_opposite,
    find_role,
    find_scheme_key,
    introduces_list,
    is_about_authentication,
    is_bare_lead_in,
    is_environment,
    is_generic,
    is_heading,
    is_neutral_lead_in,
    make_key,
    match_columns,
    mentions_one_secret,
    mentions_secrets,
    points_to_secrets,
    strip_lead_in,
)

_FOLDERS: Final = 2
"""Number of folders around a file whose names can name its scheme."""


@dataclass(frozen=True, slots=True)
class SchemeTable:
    """Table of a scheme's required or injected secrets, and the scheme as the page calls it.

    `is_optional` tells that the page calls all of its required secrets optional.
    """

    scheme: str
    role: str
    table: PageTable
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class IntroducedTable:
    """Table of a section, with its lead-in: the paragraph that calls its secrets required or injected, if any.

    A table without a role is about something else. `items` are the paragraphs of a list that is read as a table.
    `unassigned` is the name of a secret in a table without a role that may list secrets.
    """

    table: PageTable | BrokenTable
    lead_in: Paragraph | None
    introduced: str | None
    items: tuple[Paragraph, ...] = ()
    unassigned: str = ""

    @property
    def role(self) -> str | None:
        """Part of the scheme that lists the secrets."""
        return REQUIRED if self.is_optional else self.introduced

    @property
    def is_elsewhere(self) -> bool:
        """Whether the table is in another file."""
        return isinstance(self.table, BrokenTable) and self.table.is_elsewhere

    @property
    def is_optional(self) -> bool:
        """Whether the secrets are optional ones, apart from those that a column calls required."""
        return self.introduced == OPTIONAL


def find_scheme_tables(sections: Iterable[Section], wording: Wording) -> Iterator[SchemeTable | Finding]:
    """Yield the tables that hold a scheme's secrets, in their order, and a finding for each broken one."""
    for section in join_secret_sections(sections, wording):
        tables = find_tables(section, wording)
        scheme = find_scheme_id(section, wording) if tables else None
        if scheme is None:
            continue
        for table in tables:
            if table.role is None or table.is_elsewhere:
                continue
            if isinstance(table.table, BrokenTable):
                yield report_broken(table.table, str(scheme.value))
            else:
                yield from () if table.table.is_list else _check_names(table.table, str(scheme.value), wording)
                yield SchemeTable(str(scheme.value), table.role, table.table, table.is_optional)


def join_secret_sections(sections: Iterable[Section], wording: Wording) -> Iterator[Section]:
    """Yield each section without its inner ones, then those.

    An inner section becomes part of the section around it if its title is like "Required secrets", or if it describes
    a scheme under a generic title like "Credentials": the title around it names the scheme then.
    """
    for section in sections:
        joined, *others = _join_sections(section, wording)
        yield _name_by_file(_name_by_bold_text(joined, wording), wording)
        yield from others


def _name_by_bold_text(section: Section, wording: Wording) -> Section:
    """Return a section without a title, titled by its first paragraph if all of that is bold."""
    first = section.blocks[0] if section.blocks else None
    if section.title is not None or not isinstance(first, Paragraph) or find_role(first.text, wording) is not None:
        return section
    is_bold = bool(first.inline.spans) and all(span.style is Style.STRONG for span in first.inline.spans)
    return replace(section, title=first, blocks=section.blocks[1:]) if is_bold else section


def _name_by_file(section: Section, wording: Wording) -> Section:
    """Return the section of a whole page, titled by the name of its file or folder if nothing else names its scheme."""
    tables = find_tables(section, wording)
    if not tables or find_scheme_id(section, wording) is not None:
        return section
    place = tables[0].table.place
    *folders, file = PurePosixPath(place.path.replace("\\", "/")).parts
    names = (file.split(".")[0], *reversed(folders[-_FOLDERS:]))
    spelt = (re.sub(r"[\W_]+", " ", name).strip() for name in names)
    words = next((words for words in spelt if not is_generic(words, wording)), "")
    title = f"{words[:1].upper()}{words[1:]}"
    return replace(section, title=Paragraph(title, title, place)) if title else section


def _join_sections(section: Section, wording: Wording) -> tuple[Section, ...]:
    """Return a section, with the inner ones that are part of it, and all other inner ones."""
    blocks = list(section.blocks)
    others: list[Section] = []
    for inner in _introduce_sections(section, wording):
        joined, *rest = _join_sections(inner, wording)
        if inner.title is None:
            others += [joined, *rest]
        elif _introduces_table(inner.title, section, wording):
            blocks += [inner.title.introduce(), *joined.blocks]
            others += rest
        elif _is_part(section, joined, wording) and find_tables(joined, wording):
            blocks += [replace(inner.title, is_title=True), *joined.blocks]
            others += rest
        else:
            others += [joined, *rest]
    return (replace(section, blocks=tuple(blocks), sections=()), *others)


def _is_part(section: Section, inner: Section, wording: Wording) -> bool:
    """Return whether an inner section describes the scheme of the one around it: it names none, or an environment."""
    if find_scheme_id(inner, wording) is None:
        return True
    is_named = section.title is not None and not is_generic(section.title.text, wording)
    return is_named and inner.title is not None and is_environment(inner.title.text)


def _introduces_table(title: Paragraph, around: Section, wording: Wording) -> bool:
    """Return whether a title is like "Required secrets", or like "What the customer provides" within a scheme."""
    is_scheme = around.title is not None and is_about_authentication(around.title.text, wording)
    is_bare = is_scheme and is_bare_lead_in(title.introduce().marked, wording)
    return find_role(title.text, wording, is_about_secrets=is_bare) is not None


def _introduce_sections(section: Section, wording: Wording) -> Iterator[Section]:
    """Yield the inner sections; those of one such as "Required secrets" that has no table get its title for theirs.

    Such sections, such as "Production" and "Sandbox", have nothing but the table or list. One such as "API key" still
    describes a scheme of its own.
    """
    title = section.title
    has_prose_only = all(isinstance(block, Paragraph) and not block.is_item for block in section.blocks)
    is_introduced = title is not None and has_prose_only and find_role(title.text, wording) is not None
    for inner in section.sections:
        has_prose = any(isinstance(block, Paragraph) and not block.is_item for block in inner.blocks)
        if title is None or inner.title is None or has_prose or not is_introduced or inner.sections:
            yield inner
        elif find_kind(make_key(inner.title.text, wording)) is not None:
            yield replace(inner, blocks=(title.introduce(), *inner.blocks))
        else:
            yield replace(inner, title=title)


def find_tables(section: Section, wording: Wording) -> tuple[IntroducedTable, ...]:
    """Return the tables of a section that describes a scheme; none if no lead-in clearly gives one of them a role."""
    tables = tuple(_introduce_tables(section, wording))
    return tables if any(table.role and not _is_vague(table, wording) for table in tables) else ()


def _is_vague(introduced: IntroducedTable, wording: Wording) -> bool:
    """Return whether neither the lead-in nor the names show that a table is one of secrets, as below "You need:".

    The name of a secret, or one of several words, shows it, unlike one such as `curl`.
    """
    lead_in, table = introduced.lead_in, introduced.table
    is_bare = introduced.role != INJECTED and lead_in is not None and _is_bare(lead_in, wording)
    if not is_bare or not isinstance(table, PageTable):
        return False
    names = [name.text for name in _list_names(table, wording)]
    return not any(is_secret_name(name) or len(split_words(name)) > 1 for name in names)


def find_unassigned_tables(section: Section, wording: Wording) -> Iterator[tuple[Place, str]]:
    """Yield the place of each table of a section that may list secrets of an unknown role, and the name of one."""
    for table in _introduce_tables(section, wording):
        if table.unassigned:
            yield table.table.place, table.unassigned


def find_scheme_id(section: Section, wording: Wording) -> ScalarNode | None:
    """Return the key that the prose of a section names, otherwise one made of the words of its title.

    It is None if the title is generic.
    """
    for block in section.blocks:
        if isinstance(block, Paragraph):
            key = find_scheme_key(block.marked)
            if key is not None:
                places = (literal.place for literal in block.literals if literal.text.lower() == key)
                return ScalarNode(key, next(places, block.place))
    if section.title is None or is_generic(section.title.text, wording):
        return None
    key = make_key(section.title.text, wording)
    return ScalarNode(key, section.title.place) if key else None


def _introduce_tables(section: Section, wording: Wording) -> Iterator[IntroducedTable]:
    """Yield the tables of a section; a lead-in counts for the first table after it."""
    before: list[Paragraph] = []
    previous: IntroducedTable | None = None
    is_scheme = section.title is not None and is_about_authentication(section.title.text, wording)
    legend = _find_legend(section.blocks)
    list_end = 0
    for index, block in enumerate(section.blocks):
        if index >= list_end and _begins_list(section.blocks, index):
            introduced = _introduce_list(section.blocks, index, before, wording, is_scheme=is_scheme)
            if introduced is not None:
                yield introduced
                before, is_scheme, list_end = [], True, index + len(introduced.items)
        if isinstance(block, Paragraph) and block.is_include:
            elsewhere = _introduce_include(section.blocks, index, before, wording, is_scheme=is_scheme)
            yield from elsewhere
            before = [] if elsewhere else before
        elif isinstance(block, Paragraph):
            is_scheme = is_scheme or (block.is_title and is_about_authentication(block.text, wording))
            before = _add_lead_in(before, block, wording, is_scheme=is_scheme)
        else:
            table = _clean_names(block, wording, legend) if isinstance(block, PageTable) else block
            is_scheme = is_scheme or (isinstance(table, PageTable) and _names_secrets(table, wording))
            introduced = _introduce_table(table, before, previous, wording, is_scheme=is_scheme)
            *_, previous = parts = _divide_table(introduced, before, wording, is_scheme=is_scheme)
            yield from parts
            before, is_scheme = [], is_scheme or previous.role is not None


def _add_lead_in(
    before: list[Paragraph], paragraph: Paragraph, wording: Wording, *, is_scheme: bool
) -> list[Paragraph]:
    """Return the paragraphs that can lead to the next table, with one more of them."""
    if paragraph.is_label:
        is_lead_in = _find_lead_in([paragraph], wording, is_scheme=is_scheme)[1] is not None
        return [paragraph] if is_lead_in else before
    if paragraph.is_title:
        return [paragraph]
    # Items that are neither labels nor end with a colon are remarks between two tables, not lead-ins.
    is_lead_in = paragraph.text.endswith(":") or is_heading(paragraph.text, wording)
    before += (paragraph,) if not paragraph.is_item or is_lead_in else ()
    return before


def _introduce_table(
    table: PageTable | BrokenTable,
    before: Sequence[Paragraph],
    previous: IntroducedTable | None,
    wording: Wording,
    *,
    is_scheme: bool,
) -> IntroducedTable:
    """Return a table with its lead-in; without one, it can be about the same as the one before it."""
    lead_in, role = _find_lead_in(before, wording, is_scheme=is_scheme)
    role = None if lead_in is not None and _is_aside(lead_in, table, wording, is_scheme=is_scheme) else role
    if role is None and isinstance(table, PageTable):
        role = _find_role_in_heading(table, wording)
    if isinstance(table, PageTable) and table.caption:
        is_label = is_scheme and is_heading(table.caption, wording)
        role = find_role(table.caption, wording, is_about_secrets=is_label) or role
    if role is None and previous is not None and _continues(table, previous.table):
        return IntroducedTable(table, previous.lead_in, previous.introduced)
    if role is None and previous is not None and previous.role and len(before) == 1:
        # "In a sandbox, these are required too:"
        is_further = _have_equal_headings(table, previous.table)
        role = find_further_role(before[0].text, wording) if is_further else None
        lead_in = before[0] if role is not None else lead_in
    return IntroducedTable(table, lead_in, role)


def _find_unassigned(table: PageTable, before: Sequence[Paragraph], wording: Wording, *, is_scheme: bool) -> str:
    """Return the name of a secret in a table that is alone in a section about these, or that a neutral text introduces.

    Empty if there is none.
    """
    is_neutral = is_neutral_lead_in(before[-1].text, wording) if before else is_scheme
    return _find_secret_name(table, wording) if is_neutral else ""


def _find_secret_name(table: PageTable, wording: Wording) -> str:
    """Return the first name in a table that is that of a secret; empty if there is none.

    The last word decides: `access_token_url` is no secret. A label such as "Passwords" is no name.
    """
    names = (name for name in _list_names(table, wording) if name.literals or not is_label(name.text))
    return next((name.text for name in names if any(map(is_secret_name, split_words(name.text)[-1:]))), "")


def _list_names(table: PageTable, wording: Wording) -> Iterator[Cell]:
    """Yield the clear names in the column of names."""
    yield from (cell for cell in _list_name_cells(table, wording) if find_name_flaw(cell) is None)


def _list_name_cells(table: PageTable, wording: Wording) -> Iterator[Cell]:
    """Yield the cells of the column of names, if the table has one."""
    index = _find_name_column(table, wording)
    yield from (cell for row in table.rows for cell in row[index : index + 1]) if index is not None else ()


def _find_role_in_heading(table: PageTable, wording: Wording) -> str | None:
    """Return the role that the heading of the names gives to secrets, as in "Required secrets"."""
    index = _find_name_column(table, wording)
    heading = table.header[index].text if index is not None else ""
    return find_role(heading, wording) if is_heading(heading, wording) else None


def _names_secrets(table: PageTable, wording: Wording) -> bool:
    """Return whether the heading of the names, such as "Secret name", tells that they are those of secrets."""
    index = _find_name_column(table, wording)
    return index is not None and is_about_authentication(table.header[index].text, wording)


def _is_bare(lead_in: Paragraph, wording: Wording) -> bool:
    """Return whether a lead-in, such as "The owner supplies:", does not mention secrets itself."""
    return not is_heading(lead_in.text, wording) and find_role(lead_in.text, wording) is None


def _is_aside(lead_in: Paragraph, table: PageTable | BrokenTable, wording: Wording, *, is_scheme: bool) -> bool:
    """Return whether a lead-in is about something else than the table after it, as the names in this show.

    A sentence such as "An API key is required." can be about an endpoint, the parameters of which are no secrets.
    """
    if _is_bare(lead_in, wording):
        return not isinstance(table, PageTable) or not any(_list_names(table, wording))
    is_sentence = mentions_one_secret(lead_in.text) and not is_heading(lead_in.text, wording)
    if is_scheme or not isinstance(table, PageTable) or not is_sentence:
        return False
    words = {*split_words(lead_in.text)}
    names = (cell.text for cell in _list_name_cells(table, wording))
    return not any(is_secret_name(name) or words.issuperset(split_words(name)) for name in names)


def _divide_table(
    introduced: IntroducedTable, before: Sequence[Paragraph], wording: Wording, *, is_scheme: bool
) -> tuple[IntroducedTable, ...]:
    """Return a table whose columns tell who supplies each secret as one for each role.

    Its lead-in may leave that open. Columns of injected secrets tell where those come from.
    """
    table, is_open = introduced.table, introduced.introduced is None
    if not isinstance(table, PageTable) or introduced.introduced not in (None, REQUIRED):
        return (introduced,)
    text = before[-1].text if before else ""
    names_secrets = mentions_secrets(text, wording) or _find_secret_name(table, wording) != ""
    is_about_secrets = names_secrets and not denies_role(text, wording)
    parts = divide_table(table, wording)
    if parts is None and is_open:
        return (replace(introduced, unassigned=_find_unassigned(table, before, wording, is_scheme=is_scheme)),)
    if isinstance(parts, BrokenTable) and is_open and is_about_secrets:
        return (replace(introduced, table=parts, introduced=REQUIRED),)
    if not isinstance(parts, dict) or not (is_about_secrets if is_open else INJECTED in parts):
        return (introduced,)
    lead_in = introduced.lead_in or next(iter(before[-1:]), None)
    return tuple(IntroducedTable(part, lead_in, role) for role, part in parts.items())


def _continues(table: PageTable | BrokenTable, previous: PageTable | BrokenTable) -> bool:
    """Return whether a table is about the same as the one before it: two tabs begin with them, and share a lead-in."""
    if not _have_equal_headings(table, previous):
        return False
    tab_sets = {each.tab_set for each in (table, previous) if isinstance(each, PageTable)}
    return tab_sets != {0} and len(tab_sets) == 1


def _have_equal_headings(table: PageTable | BrokenTable, previous: PageTable | BrokenTable) -> bool:
    """Return whether a table without a caption of its own has the headings of the one before it."""
    if not isinstance(table, PageTable) or not isinstance(previous, PageTable) or table.caption:
        return False
    return [cell.text for cell in table.header] == [cell.text for cell in previous.header]


def _introduce_include(
    blocks: Sequence[Block], index: int, before: Sequence[Paragraph], wording: Wording, *, is_scheme: bool
) -> tuple[IntroducedTable, ...]:
    """Return the table in another file that a lead-in right before the include announces, unless the page has one."""
    lead_in, role = _find_lead_in(before[-1:], wording, is_scheme=is_scheme)
    after = blocks[index + 1] if index + 1 < len(blocks) else None
    # The last one of several includes decides.
    is_here = after is not None and (not isinstance(after, Paragraph) or after.is_item or after.is_include)
    if lead_in is None or is_here or strip_lead_in(lead_in.text, wording) == lead_in.text:
        return ()
    table = BrokenTable("it is in another file", blocks[index].place, is_elsewhere=True)
    return (IntroducedTable(table, lead_in, role),)


def _begins_list(blocks: Sequence[Block], index: int) -> bool:
    """Return whether a list begins at an index: an outermost one, or one in an item that ends with a colon."""
    block, before = blocks[index], blocks[index - 1] if index else None
    if not isinstance(block, Paragraph) or not block.is_item:
        return False
    if not isinstance(before, Paragraph) or not before.is_item:
        return True
    return block.is_part and not before.is_part and before.term is None and before.text.endswith(":")


def _introduce_list(
    blocks: Sequence[Block], start: int, before: Sequence[Paragraph], wording: Wording, *, is_scheme: bool
) -> IntroducedTable | None:
    """Return the list of secrets that begins at an index, if a lead-in with a colon or a title is right before it.

    A list between a lead-in and its table holds remarks.
    """
    lead_in, role = _find_lead_in(before[-1:], wording, is_scheme=is_scheme)
    if lead_in is None or not (lead_in.is_label or lead_in.text.endswith(":")):
        return None
    if not introduces_list(lead_in.text, wording):
        return None
    items = _collect_items(blocks, start)
    if items is None:
        return None
    # The items of a list in an item are parts of that, and so are their own parts, which begin with no term.
    is_inner = items[0].is_part
    outer_items = [replace(item, is_part=item.term is None) for item in items] if is_inner else items
    if _is_bare(lead_in, wording) and not all(
        item.term and item.term.literals for item in outer_items if not item.is_part
    ):
        return None
    table = make_list_table(outer_items, wording)
    return IntroducedTable(table, lead_in, role, tuple(items)) if table is not None else None


def _collect_items(blocks: Sequence[Block], start: int) -> list[Paragraph] | None:
    """Return the items of the list that begins at an index, with their parts; None if a table ends it."""
    items: list[Paragraph] = []
    for index in range(start, len(blocks)):
        block = blocks[index]
        if not isinstance(block, Paragraph):
            return None
        is_outside = not block.is_item or (bool(items) and items[0].is_part and not block.is_part)
        if is_outside or (items and block.begins_list):
            break
        items.append(block)
    return items


def _find_lead_in(
    before: Sequence[Paragraph], wording: Wording, *, is_scheme: bool
) -> tuple[Paragraph | None, str | None]:
    """Return the paragraph that leads to a table: the closest one, or an earlier one that ends with a colon."""
    for distance, paragraph in enumerate(reversed(before)):
        is_label = is_scheme and (is_heading(paragraph.text, wording) or is_bare_lead_in(paragraph.marked, wording))
        role = find_role(paragraph.text, wording, is_about_secrets=is_label)
        if role is not None and (distance == 0 or paragraph.text.endswith(":")):
            return paragraph, role
        if paragraph.text.endswith(":") and not paragraph.is_item and not points_to_secrets(paragraph.text, wording):
            break
    return None, None


def _find_legend(blocks: Iterable[Block]) -> tuple[str, str] | None:
    """Return the mark beside names that the prose explains, and its meaning."""
    legends = (find_legend(block.text) for block in blocks if isinstance(block, Paragraph))
    return next(filter(None, legends), None)


def _clean_names(table: PageTable, wording: Wording, legend: tuple[str, str] | None) -> PageTable:
    """Return the table with nothing but names in its column of names, where that is clear.

    Each name has the remark that its mark stands for, or the opposite one, if the table has such marks.
    """
    index = _find_name_column(table, wording)
    if index is None:
        return table
    cells = _list_name_cells(table, wording)
    mark, use = legend if legend is not None and any(legend[0] in cell.text for cell in cells) else ("", "")
    other = find_opposite(use, wording) or ""

    def clean(cell: Cell) -> Cell:
        name = clean_name(cell, wording)
        return replace(name, remark=name.remark or (use if mark in cell.text else other))

    rows = ((*row[:index], *map(clean, row[index : index + 1]), *row[index + 1 :]) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _check_names(table: PageTable, scheme: str, wording: Wording) -> Iterator[Finding]:
    """Yield a finding for each row whose name is not clear; such a table must not be rewritten."""
    index = _find_name_column(table, wording)
    if index is None:
        return
    for row, flaw in zip(table.rows, find_row_flaws(table, index, wording), strict=True):
        if flaw is not None and any(cell.text for cell in row):
            yield report_unclear_row(row[index].place, flaw, scheme=scheme)


def _find_name_column(table: PageTable, wording: Wording) -> int | None:
    columns = match_columns((cell.text for cell in table.header), wording)
    return columns.index("name") if "name" in columns else None


def report_broken(table: BrokenTable, scheme: str) -> Finding:
    """Report a table of secrets that cannot be read."""
    if table.is_elsewhere:
        return report_table_elsewhere(table.place, scheme=scheme)
    if table.is_unclear:
        return report_unclear_table(table.place, table.problem, scheme=scheme, repair=table.repair)
    return report_broken_table(table.place, table.problem, scheme=scheme, repair=table.repair)
