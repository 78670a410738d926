"""Find the sections of a page that describe schemes, and the key of each scheme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from authscribe.model.draft import ScalarNode
from authscribe.model.markup import Style
from authscribe.model.wording import Wording
from authscribe.readers.pages.introduced_tables import find_tables
from authscribe.readers.pages.sections import PageTable, Paragraph, Section
from authscribe.readers.pages.wording.lead_ins import is_bare_lead_in
from authscribe.readers.pages.wording.roles import find_role, is_heading
from authscribe.readers.pages.wording.schemes import (
    find_kind,
    find_scheme_key,
    is_about_authentication,
    is_about_configuration,
    is_environment,
    is_generic,
    make_key,
)

_FOLDERS: Final = 2
"""Number of folders around a file whose names can name its scheme."""


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


def _join_sections(section: Section, wording: Wording, around: Paragraph | None = None) -> tuple[Section, ...]:
    """Return a section, with the inner ones that are part of it, and all other inner ones.

    The title `around` it tells what it is about if its own one, such as "Schema", does not.
    """
    blocks = list(section.blocks)
    others: list[Section] = []
    topic = section.title if section.title is not None and _tells_topic(section.title.text, wording) else around
    topic = topic or section.title
    parts = [(inner, *_join_sections(inner, wording, topic)) for inner in _introduce_sections(section, wording)]
    # Of "Required" and "Optional", either can have all secrets.
    labelled = [joined for inner, joined, *_ in parts if inner.title and is_heading(inner.title.text, wording)]
    has_tables = (labelled != [] and find_tables(section, wording) != ()) or any(
        _is_part(section, joined, topic, wording) and _has_tables(joined, topic, wording) for joined in labelled
    )
    for inner, joined, *rest in parts:
        if inner.title is None:
            others += [joined, *rest]
        elif _introduces_table(inner.title, section, wording, is_beside_tables=has_tables):
            blocks += [inner.title.introduce(), *joined.blocks]
            others += rest
        elif _is_part(section, joined, topic, wording) and _has_tables(joined, topic, wording):
            blocks += [replace(inner.title, is_title=True), *joined.blocks]
            others += rest
            has_tables = True
        else:
            others += [joined, *rest]
    return (replace(section, blocks=tuple(blocks), sections=()), *others)


def _is_part(section: Section, inner: Section, topic: Paragraph | None, wording: Wording) -> bool:
    """Return whether an inner section describes the scheme of the one around it.

    It names none, or an environment, or it is a group of Kafka's settings where the topic is a configuration.
    """
    scheme = find_scheme_id(inner, wording)
    if scheme is None:
        return True
    if topic is not None and _announces_settings(topic.text, wording):
        # A title such as "OAuth 2.0" or "Basic authentication" names one of several schemes.
        title = inner.title.text if inner.title is not None else ""
        is_scheme = find_kind(str(scheme.value)) is not None or is_about_authentication(title, wording)
        if not is_scheme and _is_group(inner, wording):
            return True
    is_named = section.title is not None and not is_generic(section.title.text, wording)
    return is_named and inner.title is not None and is_environment(inner.title.text)


def _is_group(section: Section, wording: Wording) -> bool:
    """Return whether all lists and tables of a section state the importance of settings, as those of Kafka do."""
    tables = find_tables(section, wording)
    return bool(tables) and all(
        isinstance(each.table, PageTable) and each.table.is_settings and each.table.is_list for each in tables
    )


def _tells_topic(title: str, wording: Wording) -> bool:
    """Return whether a title tells what its section is about."""
    return _announces_settings(title, wording) or not is_generic(title, wording)


def _announces_settings(title: str, wording: Wording) -> bool:
    return is_about_authentication(title, wording) or is_about_configuration(title)


def _has_tables(inner: Section, topic: Paragraph | None, wording: Wording) -> bool:
    """Return whether an inner section has tables or lists of secrets.

    If its title is generic, such as "Parameter list", the topic around it tells what it is about. In a section about
    authentication, one with nothing but tables belongs to that, too.
    """
    if find_tables(inner, wording):
        return True
    if topic is None or inner.title is None:
        return False
    is_table = bool(inner.blocks) and all(isinstance(block, PageTable) for block in inner.blocks)
    if is_table and is_about_authentication(topic.text, wording):
        return True
    # A title such as "Required" introduces what is below it.
    is_told = is_generic(inner.title.text, wording) or is_heading(inner.title.text, wording)
    blocks = (replace(inner.title, is_title=True), *inner.blocks)
    return is_told and find_tables(replace(inner, title=topic, blocks=blocks), wording) != ()


def _introduces_table(title: Paragraph, around: Section, wording: Wording, *, is_beside_tables: bool) -> bool:
    """Return whether a title is like "Required secrets", or like "What the customer provides" within a scheme.

    One such as "Optional" is if it `is_beside_tables` of secrets.
    """
    is_scheme = around.title is not None and is_about_authentication(around.title.text, wording)
    is_bare = is_scheme and is_bare_lead_in(title.introduce().marked, wording)
    is_label = is_beside_tables and is_heading(title.text, wording)
    return find_role(title.text, wording, is_about_secrets=is_bare or is_label) is not None


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


def find_scheme_id(section: Section, wording: Wording) -> ScalarNode | None:
    """Return the key that the prose of a section names, otherwise one made of the words of its title.

    It is None if the title is generic, or one such as "Required for the sandbox".
    """
    for block in section.blocks:
        if isinstance(block, Paragraph):
            key = find_scheme_key(block.marked)
            if key is not None:
                places = (literal.place for literal in block.literals if literal.text.lower() == key)
                return ScalarNode(key, next(places, block.place))
    title = section.title.text if section.title is not None else ""
    if section.title is None or is_generic(title, wording) or is_heading(title, wording):
        return None
    key = make_key(title, wording)
    return ScalarNode(key, section.title.place) if key else None
