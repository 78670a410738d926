"""Read the items of a list of secrets as the rows of a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from authscribe.model.credential_names import is_secret_name
from authscribe.model.wording import Wording
from authscribe.readers.pages.inline import join_paragraphs
from authscribe.readers.pages.names import LABEL, derive_names, is_label, is_plain_name
from authscribe.readers.pages.sections import ARTICLE, BrokenTable, Cell, PageTable, Paragraph
from authscribe.readers.pages.shared_cells import find_aliases
from authscribe.readers.pages.use_remarks import find_default, find_leading_use, find_use, read_remark, says_required
from authscribe.readers.pages.wording.columns import match_columns

_ITEM: Final = re.compile(
    r"\s*(?:\((?P<before>[^()]*)\)\s*)?"
    r"(?:(?::\s+|\s?[-\u2013\u2014](?:\s+|(?=\())|(?<=\))\s+)"
    r"(?:\((?P<within>[^()]*)\)[.:]?\s+(?:[-\u2013\u2014]\s+)?)?"
    r"(?P<text>.+?)(?P<end>\s*\((?P<after>[^()]*)\)(?P<stop>\.?))?|(?P<nothing>[.,;]?))"
)
"""Match what follows the term of an item: a remark before, behind or at the end of its separator and text."""
_PLAIN_TERM: Final = re.compile(rf"(?!{LABEL})[A-Za-z][\w.-]*(?=\s*(?:\([^()]*\)\s*)?(?::|\s[-\u2013\u2014])\s)")
"""Name without any markup that an item of a list begins with; a label such as "Key" is none."""
_TYPE: Final = "Type: "
IMPORTANCE: Final = "Importance: "
"""Begin of a part that Kafka writes for each setting, unlike descriptions of the fields of a response."""
_HEADINGS: Final = ("Name", "Title", "Required", "Type", "Default", "Description")
_DEFAULT_IN_REMARK: Final = re.compile(r"default(?:s to|\s*[:=]| is)?\s*(?<![a-z])(?P<value>\S.*)", re.IGNORECASE)
"""Part of a remark such as "(optional, default: eu)"."""
_NO_NAME: Final = "this item of the list does not begin with one name"
_BEGIN_WITH_NAMES: Final = (
    "begin each item with one name in a literal or in bold, then a colon, and put remarks into a paragraph"
)


def make_list_table(items: Sequence[Paragraph], wording: Wording) -> PageTable | BrokenTable | None:
    """Return a table of the secrets in a list with items such as "`NAME`: text (optional)"; None for any other list.

    The table is broken if at least half of the items are such, but not all. It is one of settings if all items state
    their importance in a part of their own, as those do that Kafka writes about the configuration of connectors.
    """
    rows: list[tuple[Cell, ...]] = []
    others: list[Paragraph] = []
    items = _find_plain_terms(items)
    is_settings = True
    for item, *parts in _group_parts(items):
        is_settings = is_settings and state_fact(IMPORTANCE, parts)
        row = _read_item(item, parts, wording) if item.term is not None and not item.is_part else None
        rows += () if row is None else (row,)
        others += (item,) if row is None else ()
    if others:
        return BrokenTable(_NO_NAME, others[0].place, _BEGIN_WITH_NAMES) if len(rows) >= len(others) else None
    place = items[0].place
    # A list in which no item has a remark tells neither which secrets are optional nor their types.
    told = {heading for row in rows for heading, cell in zip(_HEADINGS, row, strict=True) if cell.text}
    kept = told | {"Name", "Title", "Description"}
    header = tuple(Cell(heading if heading in kept else "", place) for heading in _HEADINGS)
    rows = [_state_use(row, wording) for row in rows] if "Required" in told else rows
    rows = [_state_default(row) for row in rows] if "Default" in told else rows
    return PageTable(header, tuple(_name_rows(rows)), place, is_list=True, is_settings=is_settings)


def _state_use(row: tuple[Cell, ...], wording: Wording) -> tuple[Cell, ...]:
    """Return the row of an item without a remark about its use with the one that its text states, if it states one."""
    name, title, use, *others, description = row
    if use.text:
        return row
    stated = "required" if says_required(description.text) else find_use(description.text, wording)
    return (name, title, replace(use, text=stated), *others, description)


def _state_default(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the row of an item without a remark about its default with the one that its text states, if any."""
    *others, default, description = row
    stated = find_default(description.inline) if not default.text else None
    return row if stated is None else (*others, replace(default, text=stated, literals=(stated,)), description)


def _name_rows(rows: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows, in which the title of an item stands for the name unless that is stated beside it."""
    derived = derive_names([name for name, *_ in rows if name.label])
    for name, *rest in rows:
        yield (next(derived) if name.label else name, *rest)


def _find_plain_terms(items: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """Return the items, each with the plain name that it begins with, if one of these is that of a secret."""
    matches = [_PLAIN_TERM.match(item.text) if not item.is_part else None for item in items]
    is_clear = any(is_secret_name(match[0]) for match in matches if match is not None)
    if not is_clear or any(item.term is not None for item in items if not item.is_part):
        return items
    return [
        item if match is None else replace(item, term=Cell(match[0], item.place))
        for item, match in zip(items, matches, strict=True)
    ]


def _group_parts(items: Iterable[Paragraph]) -> Iterator[list[Paragraph]]:
    """Yield each item of a list with its parts."""
    group: list[Paragraph] = []
    for item in items:
        if group and not item.is_part:
            yield group
            group = []
        group.append(item)
    yield group


def state_fact(label: str, parts: Iterable[Paragraph]) -> bool:
    """Return whether one of the parts of an item states the fact with a label, as "Type: string" does."""
    return any(part.is_part and part.text.startswith(label) for part in parts)


def _take_facts(parts: Sequence[Paragraph], wording: Wording) -> tuple[dict[str, str], list[Paragraph]]:
    """Return the facts that the parts of an item with a type state, by the heading of their column, and the others."""
    facts: dict[str, str] = {}
    others: list[Paragraph] = []
    for part in parts:
        heading, _, value = part.text.partition(": ")
        (meaning,) = match_columns([heading], wording)
        key = next((name for name in ("Required", "Type", "Default") if name.lower() == meaning), "")
        is_fact = key and key not in facts and value
        facts |= {key: value} if is_fact else {}
        others += () if is_fact else (part,)
    return facts, others


class _ItemRemark(NamedTuple):
    """Remark in parentheses, such as "(optional, default: eu)"."""

    use: str
    type: str
    default: str


_NO_REMARK: Final = _ItemRemark("", "", "")


def _read_remark(text: str | None, wording: Wording) -> _ItemRemark | None:
    """Return the remark in parentheses, which may be missing; None if one of its words is about something else."""
    parts = [part.strip() for part in re.split("[,;]", text or "")]
    defaults = [(part, match["value"]) for part in parts if (match := _DEFAULT_IN_REMARK.fullmatch(part)) is not None]
    default, value = defaults[0] if defaults else ("", "")
    remark = read_remark(", ".join(part for part in parts if part != default), wording)
    return _ItemRemark(*remark, value) if remark is not None else None


def _read_item(item: Paragraph, parts: Sequence[Paragraph], wording: Wording) -> tuple[Cell, ...] | None:
    """Return the name, title, use, type, default and text of an item that begins with a term; None for any other item.

    A term may be alone.
    """
    term = item.term or Cell("", item.place)
    # A colon may be in bold with the term.
    text = term.text.rstrip(": ")
    article = ARTICLE.match(item.text) if not item.text.startswith(text) else None
    rest = item.text[article.end() if article is not None else 0 :].removeprefix(text)
    aliases = find_aliases(text, rest)
    aliases = aliases if aliases is not None and not aliases.start else None
    match = _ITEM.fullmatch(rest, aliases.end if aliases is not None else 0)
    if match is None or not text:
        return None
    stated = match["before"] if match["before"] in {cell.text for cell in item.literals} else None
    before = _read_remark(None if stated else match["before"], wording)
    if before is None and not term.literals and not is_plain_name(text):
        # As in "Token (Password)", these words are a part of the label.
        use = find_leading_use(match["before"] or "", wording)
        text, before = f"{text} ({match['before']})", _NO_REMARK._replace(use=use)
    if before is None:
        return None
    within, after = (_read_remark(match[name], wording) for name in ("within", "after"))
    remarks = tuple(filter(None, (before, within, after)))
    is_title = not term.literals and (stated is not None or len(text.split()) > 1 or is_label(text))
    label = text if is_title and not stated else ""
    stated_facts, parts = _take_facts(parts, wording) if state_fact(_TYPE, parts) else ({}, parts)
    facts = (
        next(filter(None, values), stated_facts.get(heading, ""))
        for heading, *values in zip(("Required", "Type", "Default"), *remarks, strict=True)
    )
    contents = (text if is_title else "", *facts)
    return (
        Cell(
            stated or text, item.place, term.literals, label=label, aliases=aliases.names if aliases is not None else ()
        ),
        *(Cell(content, item.place) for content in contents),
        _describe_item(item, term, parts, match, within, after),
    )


def _describe_item(
    item: Paragraph,
    term: Cell,
    parts: Sequence[Paragraph],
    match: re.Match[str],
    within: _ItemRemark | None,
    after: _ItemRemark | None,
) -> Cell:
    """Return the text of an item without its term, and without what was read as a remark `within` or `after` it."""
    begin = match.start("text") if within is not None else match.start("within") - 1
    end = match.end("text") if after is not None else match.end("end")
    description = match.string[begin:end] if match["text"] else ""
    stop = (match["stop"] or "") if after is not None and any(after) else ""
    start = len(item.text) - len(match.string) + (begin if description else match.start("nothing"))
    inline = item.inline.cut(start, start + len(description)).append(stop)
    lost = tuple((Counter(inline.lost) - Counter(term.inline.lost)).elements())
    return Cell(
        "\n\n".join(filter(None, (description + stop, *(part.text for part in parts)))),
        item.place,
        tuple(literal.text for paragraph in (item, *parts) for literal in paragraph.literals),
        inline=join_paragraphs((inline._replace(lost=lost), *(part.inline for part in parts))),
    )
