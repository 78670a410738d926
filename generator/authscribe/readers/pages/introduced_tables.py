"""Find the tables and lists of secrets in a section, and the lead-in that gives each its role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from authscribe.model.credential_names import is_secret_name
from authscribe.model.naming import split_words
from authscribe.model.wording import Wording
from authscribe.readers.pages.evident_tables import read_evident_table
from authscribe.readers.pages.list_items import IMPORTANCE, make_list_table, state_fact
from authscribe.readers.pages.name_columns import (
    clean_names,
    find_legends,
    find_role_in_heading,
    find_secret_name,
    is_credential,
    list_name_cells,
    list_names,
    names_secrets,
    tells_defaults,
)
from authscribe.readers.pages.names import is_command_option, is_credential_label, is_plain_name
from authscribe.readers.pages.sections import Block, BrokenTable, PageTable, Paragraph, Section
from authscribe.readers.pages.suppliers import divide_table
from authscribe.readers.pages.topics import Topic
from authscribe.readers.pages.wording.lead_ins import (
    introduces_list,
    is_bare_lead_in,
    is_neutral_lead_in,
    mentions_one_secret,
    points_ahead,
    points_to_secrets,
    strip_lead_in,
)
from authscribe.readers.pages.wording.roles import (
    INJECTED,
    OPTIONAL,
    REQUIRED,
    denies_role,
    find_further_role,
    find_role,
    is_heading,
    leads_elsewhere,
    mentions_keys_only,
    mentions_secrets,
    mentions_settings,
)
from authscribe.readers.pages.wording.schemes import (
    introduces_configuration,
    is_signature,
)


@dataclass(frozen=True, slots=True)
class IntroducedTable:
    """Table of a section, with its lead-in: the paragraph that calls its secrets required or injected, if any.

    A table or list without a role is about something else. `items` are the paragraphs of a list that is read as a
    table. `unassigned` is the name of a secret in a table without a role that may list secrets.
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


def find_tables(section: Section, wording: Wording) -> tuple[IntroducedTable, ...]:
    """Return the tables of a section that describes a scheme; none if no lead-in clearly gives one of them a role.

    A section about a function has those of its parameters.
    """
    if section.title is not None and is_signature(section.title.text):
        return ()
    tables = tuple(_introduce_tables(section, wording))
    return tables if any(table.role and not _is_vague(table, wording) for table in tables) else ()


def _is_vague(introduced: IntroducedTable, wording: Wording) -> bool:
    """Return whether neither the lead-in nor the names show that a table is one of secrets, as below "You need:".

    The name of a secret, or one of several words, shows it, unlike one such as `curl` or a label such as "Admin role".
    """
    lead_in, table = introduced.lead_in, introduced.table
    is_bare = introduced.role != INJECTED and lead_in is not None and _is_bare(lead_in, wording)
    if not is_bare or not isinstance(table, PageTable):
        return False
    names = list_names(table, wording)
    return not any(is_secret_name(name.text) or (len(split_words(name.text)) > 1 and not name.label) for name in names)


def find_unassigned_tables(section: Section, wording: Wording) -> Iterator[IntroducedTable]:
    """Yield each table or list of a section that may have secrets of an unknown role."""
    return (table for table in _introduce_tables(section, wording) if table.unassigned)


def _introduce_tables(section: Section, wording: Wording) -> Iterator[IntroducedTable]:
    """Yield the tables of a section; a lead-in counts for the first table after it."""
    before: list[Paragraph] = []
    previous: IntroducedTable | None = None
    topic = Topic().add_title(section.title, wording)
    legends = find_legends(section.blocks)
    names_secret = _names_secret((block for block in section.blocks if isinstance(block, Paragraph)), by_label=False)
    list_end = 0
    for index, block in enumerate(section.blocks):
        if index >= list_end and _begins_list(section.blocks, index):
            introduced = _introduce_list(section.blocks, index, before, topic, wording, is_beside_secrets=names_secret)
            if introduced is not None:
                yield introduced
                list_end = index + len(introduced.items)
            if introduced is not None and introduced.role is not None:
                before, topic = [], topic.add_secrets(are_assigned=True)
        if isinstance(block, Paragraph) and block.is_include:
            elsewhere = _introduce_include(section.blocks, index, before, wording, is_scheme=topic.is_scheme)
            yield from elsewhere
            before = [] if elsewhere else before
        elif isinstance(block, Paragraph):
            topic = topic.add_title(block, wording) if block.is_title else topic
            before = _add_lead_in(before, block, wording, is_scheme=topic.is_scheme)
        else:
            legend = legends.get(index)
            lead_in = before[-1].text if before else ""
            table = clean_names(block, wording, legend, lead_in) if isinstance(block, PageTable) else block
            if isinstance(table, PageTable) and names_secrets(table, wording):
                topic = topic.add_secrets(are_assigned=False)
            introduced = _introduce_table(table, before, previous, topic, wording)
            # Beside a table of secrets, one that nothing introduces is about something else.
            is_first = previous is None or previous.role is None
            is_open = is_first and (topic.is_scheme or topic.is_configuration)
            *_, previous = parts = _divide_table(introduced, before, wording, is_open=is_open)
            yield from parts
            before = []
            topic = topic.add_secrets(are_assigned=True) if previous.role is not None else topic


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
    topic: Topic,
    wording: Wording,
) -> IntroducedTable:
    """Return a table with its lead-in; without one, it can be about the same as the one before it.

    In a section about the configuration, or below a heading such as "Secret", the name of one makes it a table of
    required secrets if a column tells which of them are.
    """
    names_secret = isinstance(table, PageTable) and find_secret_name(table, wording) != ""
    is_configuration = (
        topic.is_configuration
        or any(introduces_configuration(text.text) for text in before[-1:])
        or (topic.is_options and isinstance(table, PageTable) and tells_defaults(table, wording))
    )
    is_evident = names_secret and (topic.is_scheme or is_configuration)
    lead_in, role = _find_lead_in(before, wording, is_scheme=topic.is_scheme, is_evident=is_evident)
    role = None if lead_in is not None and _is_aside(lead_in, table, wording, is_scheme=topic.is_scheme) else role
    if role is None and isinstance(table, PageTable):
        role = find_role_in_heading(table, wording)
    if isinstance(table, PageTable) and table.caption:
        is_label = topic.is_scheme and is_heading(table.caption, wording)
        role = find_role(table.caption, wording, is_about_secrets=is_label) or role
    if role is None and previous is not None and _continues(table, previous.table):
        return IntroducedTable(table, previous.lead_in, previous.introduced)
    if role is None and previous is not None and previous.role and len(before) == 1:
        # "In a sandbox, these are required too:"
        is_further = _have_equal_headings(table, previous.table)
        role = find_further_role(before[0].text, wording) if is_further else None
        lead_in = before[0] if role is not None else lead_in
    is_own = is_configuration or (isinstance(table, PageTable) and (table.is_settings or names_secrets(table, wording)))
    evident = read_evident_table(table, before, topic, wording) if role is None and is_own else None
    if evident is not None:
        return IntroducedTable(evident, _find_neutral_lead_in(before), REQUIRED)
    return IntroducedTable(table, lead_in, role)


def _find_neutral_lead_in(before: Sequence[Paragraph]) -> Paragraph | None:
    """Return the text such as "The following settings are supported:" right before a table, if there is one."""
    return next((paragraph for paragraph in before[-1:] if paragraph.text.endswith(":")), None)


def _find_unassigned(table: PageTable, before: Sequence[Paragraph], wording: Wording, *, is_open: bool) -> str:
    """Return the name of a secret in a table whose surroundings leave open who supplies it; empty if there is none.

    It `is_open` in a section about authentication or the configuration, or a neutral text introduces the table.
    """
    last = before[-1].text if before else ""
    is_neutral = is_neutral_lead_in(last, wording) or (is_open and not leads_elsewhere(last, wording))
    return find_secret_name(table, wording) if is_neutral else ""


def _is_bare(lead_in: Paragraph, wording: Wording) -> bool:
    """Return whether a lead-in, such as "The owner supplies:", does not mention secrets itself."""
    return not is_heading(lead_in.text, wording) and find_role(lead_in.text, wording) is None


def _is_aside(lead_in: Paragraph, table: PageTable | BrokenTable, wording: Wording, *, is_scheme: bool) -> bool:
    """Return whether a lead-in is about something else than the table after it, as the names in this show.

    A sentence such as "An API key is required." can be about an endpoint, the parameters of which are no secrets, and
    one such as "These keys are required:" about a keyboard. Options of a command, such as `--token`, are no settings.
    """
    if isinstance(table, PageTable) and any(is_command_option(name.text) for name in list_name_cells(table, wording)):
        return True
    if _is_bare(lead_in, wording):
        return not isinstance(table, PageTable) or not any(list_names(table, wording))
    if is_scheme or not isinstance(table, PageTable):
        return False
    if mentions_keys_only(lead_in.text, wording):
        return not any(is_secret_name(name.text) for name in list_names(table, wording))
    if not mentions_one_secret(lead_in.text) or is_heading(lead_in.text, wording):
        return False
    words = {*split_words(lead_in.text)}
    names = (cell.text for cell in list_name_cells(table, wording))
    return not any(is_secret_name(name) or words.issuperset(split_words(name)) for name in names)


def _divide_table(
    introduced: IntroducedTable, before: Sequence[Paragraph], wording: Wording, *, is_open: bool
) -> tuple[IntroducedTable, ...]:
    """Return a table whose columns tell who supplies each secret as one for each role.

    Its lead-in may leave that open. Columns of injected secrets tell where those come from.
    """
    table, has_no_role = introduced.table, introduced.introduced is None
    if not isinstance(table, PageTable) or introduced.introduced not in (None, REQUIRED):
        return (introduced,)
    text = before[-1].text if before else ""
    names_secrets = mentions_secrets(text, wording) or find_secret_name(table, wording) != ""
    is_about_secrets = names_secrets and not denies_role(text, wording)
    parts = divide_table(table, wording)
    if parts is None and has_no_role:
        return (replace(introduced, unassigned=_find_unassigned(table, before, wording, is_open=is_open)),)
    if isinstance(parts, BrokenTable) and has_no_role and is_about_secrets:
        return (replace(introduced, table=parts, introduced=REQUIRED),)
    if not isinstance(parts, dict) or not (is_about_secrets if has_no_role else INJECTED in parts):
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


def _list_outer(items: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """Return the items as those of a list by itself.

    The items of a list in an item are parts of that, and so are their own parts, which begin with no term.
    """
    return [replace(item, is_part=item.term is None) for item in items] if items[0].is_part else items


def _introduce_list(
    blocks: Sequence[Block],
    start: int,
    before: Sequence[Paragraph],
    topic: Topic,
    wording: Wording,
    *,
    is_beside_secrets: bool,
) -> IntroducedTable | None:
    """Return the list of secrets that begins at an index, if a lead-in with a colon or a title is right before it.

    A list between a lead-in and its table holds remarks. In a section about the configuration, a list that names a
    secret and tells which ones are optional needs no lead-in. One below the title "Required" can be beside another
    one, with the secrets.
    """
    items = _collect_items(blocks, start)
    if items is None:
        return None
    outer_items = _list_outer(items)
    is_configuration = topic.is_scheme or topic.is_configuration
    is_divided = is_beside_secrets and any(text.is_title and is_heading(text.text, wording) for text in before[-1:])
    is_evident = is_configuration and (is_divided or _names_secret(items, by_label=True))
    lead_in, role = _find_lead_in(before[-1:], wording, is_scheme=topic.is_scheme, is_evident=is_evident)
    if lead_in is None and topic.has_secrets and before:
        # "The following settings are optional:" behind the required ones.
        role = find_further_role(before[-1].text, wording)
        lead_in, is_evident = (before[-1], True) if role is not None else (None, is_evident)
    is_introduced = lead_in is not None and _introduces_items(lead_in, outer_items, wording, is_evident=is_evident)
    is_read = is_introduced or is_configuration or state_fact(IMPORTANCE, items)
    table = make_list_table(outer_items, wording) if is_read else None
    if table is None:
        return None
    if lead_in is not None and is_introduced:
        is_aside = _is_aside(lead_in, table, wording, is_scheme=topic.is_scheme or is_divided)
        return None if is_aside else IntroducedTable(table, lead_in, role, tuple(items))
    evident = read_evident_table(table, before, topic, wording)
    if evident is not None:
        return IntroducedTable(evident, _find_neutral_lead_in(before), REQUIRED, tuple(items))
    is_marked = isinstance(table, PageTable) and _names_secret(outer_items, by_label=False)
    name = _find_unassigned(table, before, wording, is_open=is_marked) if isinstance(table, PageTable) else ""
    return IntroducedTable(table, None, None, tuple(items), name)


def _introduces_items(lead_in: Paragraph, items: Iterable[Paragraph], wording: Wording, *, is_evident: bool) -> bool:
    """Return whether a text introduces a list of secrets, as a label, with a colon or with a word such as "following".

    If it mentions no secrets, and the list is not evidently one of settings, each item must begin with a literal or a
    plain name.
    """
    is_before_list = lead_in.is_label or is_heading(lead_in.text, wording) or points_ahead(lead_in.text)
    if not is_before_list or not introduces_list(lead_in.text, wording):
        return False
    terms = (item.term for item in items if not item.is_part)
    return (
        is_evident
        or not _is_bare(lead_in, wording)
        or all(term is not None and (term.literals or is_plain_name(term.text)) for term in terms)
    )


def _names_secret(items: Iterable[Paragraph], *, by_label: bool) -> bool:
    """Return whether an item of a list begins with the name of a secret in a literal, or with the label of one.

    Labels tell too little in a list of steps, such as "Get an API key".
    """
    terms = [item.term for item in items if item.term is not None]
    is_label = by_label and any(is_credential_label(term.text) for term in terms if not term.literals)
    return is_label or any(is_credential(term.text) for term in terms if term.literals)


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
    before: Sequence[Paragraph], wording: Wording, *, is_scheme: bool, is_evident: bool = False
) -> tuple[Paragraph | None, str | None]:
    """Return the paragraph that leads to a table: the closest one, or an earlier one that ends with a colon."""
    for distance, paragraph in enumerate(reversed(before)):
        is_label = is_heading(paragraph.text, wording) or (is_scheme and is_bare_lead_in(paragraph.marked, wording))
        is_known = is_scheme or is_evident
        is_about_secrets = (is_label and is_known) or (is_evident and mentions_settings(paragraph.text))
        role = find_role(paragraph.text, wording, is_about_secrets=is_about_secrets)
        if role is not None and (distance == 0 or paragraph.text.endswith(":")):
            return paragraph, role
        if paragraph.text.endswith(":") and not paragraph.is_item and not points_to_secrets(paragraph.text, wording):
            break
    return None, None
