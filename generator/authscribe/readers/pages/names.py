"""Read the names of secrets in the cells of a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from authscribe.model.credential_names import is_secret_name
from authscribe.model.wording import Wording
from authscribe.readers.pages.inline import join_paragraphs
from authscribe.readers.pages.sections import BrokenTable, Cell, PageTable, Paragraph
from authscribe.readers.pages.wording import TYPES, find_type, is_use_word, match_columns

_BESIDE: Final = ":;,.*~\u2020\u2021\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
"""Characters that may stand beside a name without being part of it."""

_ATTRIBUTES: Final = re.compile(r"\{:[^{}]*\}")
_PLAIN_NAME: Final = re.compile(r"[a-z0-9_.-]*")
_SEVERAL: Final = re.compile(r"\n|[,;] | [/|&+] | (?:or|and) ", re.IGNORECASE)
_SLASH: Final = re.compile(r"\w/\w")
_REMARK: Final = re.compile(r"(?:^|\s)\([^()]*\)(?:\s|$)|(?:^|\s)\[[^\[\]]+\](?:\s|$)")
_SUBSTITUTION: Final = re.compile(r"\|[^|]+\||\{\{.*?\}\}")
_WORD: Final = re.compile(r"\w")
_BRACKETS: Final = re.compile(r"[\n,;()\[\]]")
_PLAIN_REMARK: Final = re.compile(
    r"(?P<name>[^\s()\[\],]+)(?:\s*(?:[\n(\[,]|\s[-\u2013\u2014]\s)(?P<remark>.+)|\s+(?P<word>\w+))", re.DOTALL
)
_ITEM: Final = re.compile(
    r"\s*(?:\((?P<before>[^()]*)\)\s*)?"
    r"(?:(?:(?::|\s[-\u2013\u2014])\s+|(?<=\))\s+)(?P<text>.+?)(?P<end>\s*\((?P<after>[^()]*)\)(?P<stop>\.?))?|(?P<nothing>[.,;]?))"
)
_LABEL: Final = r"[A-Z][a-z]"
_PLAIN_TERM: Final = re.compile(rf"(?!{_LABEL})[A-Za-z][\w.-]*(?=\s*(?:\([^()]*\)\s*)?(?::|\s[-\u2013\u2014])\s)")
"""Name without any markup that an item of a list begins with; a label such as "Key" is none."""
_REMARKS: Final = (
    re.compile(r"\s*(?:\(([^()]*)\)|(\w+)(?:[.:]\s|[.:]?\s*$))"),
    re.compile(r".*(?:\(([^()]*)\)\.?|\n\n(\w+)\.?)\s*$", re.DOTALL),
)
"""Match a text with a remark at its start, such as "Optional. The tenant", and at its end."""
_HEADINGS: Final = ("Name", "Title", "Optional", "Type", "Description")

DASHES: Final = re.compile(r"[-\u2013\u2014]*")
_NOTHING: Final = re.compile(r"\W*|none|n/a|na|empty", re.IGNORECASE)

_NO_NAME: Final = "this item of the list does not begin with one name"
_BEGIN_WITH_NAMES: Final = (
    "begin each item with one name in a literal or in bold, then a colon, and put remarks into a paragraph"
)


class UseRemark(NamedTuple):
    """Words in parentheses about the use and the type of a secret, such as "(string, optional)"."""

    use: str = ""
    type: str = ""


def make_list_table(items: Sequence[Paragraph], wording: Wording) -> PageTable | BrokenTable | None:
    """Return a table of the secrets in a list with items such as "`NAME`: text (optional)"; None for any other list.

    The table is broken if at least half of the items are such, but not all.
    """
    rows: list[tuple[Cell, ...]] = []
    others: list[Paragraph] = []
    items = _find_plain_terms(items)
    for item, *parts in _group_parts(items):
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
    return PageTable(header, tuple(rows), place, header_rows=0, is_list=True)


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


def _read_item(item: Paragraph, parts: Sequence[Paragraph], wording: Wording) -> tuple[Cell, ...] | None:
    """Return the name, title, use, type and text of an item that begins with a term; None for any other item.

    A term may be alone.
    """
    term = item.term or Cell("", item.place)
    # A colon may be in bold with the term.
    text = term.text.rstrip(": ")
    match = _ITEM.fullmatch(item.text.removeprefix(text))
    stated = match["before"] if match is not None and match["before"] in {cell.text for cell in item.literals} else None
    before = read_remark("" if stated else match["before"] or "", wording) if match is not None else None
    if match is None or before is None or not text:
        return None
    after = read_remark(match["after"] or "", wording)
    description = (match["text"] or "") + (match["end"] if after is None else "")
    after = after or UseRemark()
    is_title = not term.literals and (stated is not None or len(text.split()) > 1 or is_label(text))
    name = stated or "_".join(re.findall(r"[a-z0-9]+", text.lower())) if is_title else text
    contents = (text if is_title else "", before.use or after.use, before.type or after.type)
    stop = (match["stop"] or "") if after != UseRemark() else ""
    start = len(item.text) - len(match.string) + match.start("text" if description else "nothing")
    inline = item.inline.cut(start, start + len(description)).append(stop)
    lost = tuple((Counter(inline.lost) - Counter(term.inline.lost)).elements())
    whole = join_paragraphs((inline._replace(lost=lost), *(part.inline for part in parts)))
    return (
        Cell(name, item.place, term.literals),
        *(Cell(content, item.place) for content in contents),
        Cell("\n\n".join(filter(None, (description + stop, *(part.text for part in parts)))), item.place, inline=whole),
    )


def is_label(text: str) -> bool:
    """Return whether a text without any markup, such as "Key", is the label of a secret instead of its name."""
    return re.match(_LABEL, text) is not None


def read_remark(text: str, wording: Wording) -> UseRemark | None:
    """Return the remark in these words; None if one of them is about something else."""
    words = [word.strip() for word in re.split(r"[,;]", text) if word.strip()]
    uses = [word for word in words if is_use_word(word, wording)]
    types = [word for word in words if word.lower() in TYPES or find_type(word, wording) is not None]
    if len(uses) + len(types) < len(words) or len(uses) > 1 or len(types) > 1:
        return None
    return UseRemark("".join(uses), "".join(types))


def find_use(text: str, wording: Wording) -> str:
    """Return the word about the use of a secret in a remark at an end of its description; empty without one."""
    matches = (match for pattern in _REMARKS if (match := pattern.match(text)) is not None)
    remarks = (read_remark(match[match.lastindex or 0], wording) for match in matches)
    return next((remark.use for remark in remarks if remark is not None and remark.use), "")


def is_no_value(text: str, *, is_code: bool) -> bool:
    """Return whether a cell with this text stands for a setting without a value."""
    return (DASHES if is_code else _NOTHING).fullmatch(text) is not None


def clean_name(cell: Cell, wording: Wording) -> Cell:
    """Return the cell without the punctuation, the markup and the remark beside its name; it keeps its place."""
    text = _ATTRIBUTES.sub("", cell.bare or cell.text)
    literal = " ".join(cell.literals[0].split()) if len(cell.literals) == 1 else ""
    if not literal:
        name, remark = _split_plain_name(text, wording)
        return replace(cell, text=name.strip(f"{_BESIDE} \n"), remark=remark)
    beside = _find_beside(",".join(_split_at_name(text, literal)), wording) if literal in text else None
    return replace(cell, text=literal, remark=beside) if beside is not None else cell


def _split_plain_name(text: str, wording: Wording) -> tuple[str, str]:
    """Return the name and the remark beside it; a type without any mark, as in "Connection string", is none."""
    match = _PLAIN_REMARK.fullmatch(text)
    if match is None or (match["word"] and not is_use_word(match["word"], wording)):
        return text, ""
    remark = _find_beside(match["remark"] or match["word"], wording)
    return (match["name"], remark) if remark else (text, "")


def _split_at_name(text: str, name: str) -> tuple[str, str]:
    """Return the text before and after a name in it: the first one that is a word, if there is one."""
    start = next(_list_words(text, name), text.index(name))
    return text[:start], text[start + len(name) :]


def _list_words(text: str, name: str) -> Iterator[int]:
    """Yield the offsets at which a name is a word of a text; a pattern would be compiled for each row of a table."""
    start = text.find(name)
    while start >= 0:
        is_inside = start > 0 and _WORD.match(text, start - 1) is not None
        if not is_inside and _WORD.match(text, start + len(name)) is None:
            yield start
        start = text.find(name, start + 1)


def _find_beside(text: str, wording: Wording) -> str | None:
    """Return the words about use and type beside a name, separated by commas; None if there are others."""
    words = (word.strip(f"{_BESIDE} -\u2013\u2014") for word in _BRACKETS.split(text))
    remark = ", ".join(filter(None, words))
    return remark if read_remark(remark, wording) is not None else None


def find_row_flaws(table: PageTable, index: int, wording: Wording) -> Iterator[str | None]:
    """Yield for each row of a table with clean names the reason why it does not name one secret, if there is one.

    `index` is that of the column of names.
    """
    header = [cell.text for cell in table.header]
    has_literals = any(row[index].literals for row in table.rows if len(row) > index)
    for row in table.rows:
        if len(row) <= index:
            yield None
            continue
        name, texts = row[index], [cell.text for cell in row]
        is_alone = len(texts) == len(header) and not any(_drop(texts, index))
        is_label = has_literals and is_alone and not name.literals and not _PLAIN_NAME.fullmatch(name.text)
        if texts == header or _is_heading(name, wording):
            yield f"has the heading '{name.text}' instead of a name"
        elif is_label:
            yield f"has nothing but '{name.text}', like a heading"
        else:
            yield find_name_flaw(name)


def _drop(texts: Sequence[str], index: int) -> tuple[str, ...]:
    return (*texts[:index], *texts[index + 1 :])


def _is_heading(name: Cell, wording: Wording) -> bool:
    """Return whether a name is the capitalised heading of another column, as in a table with a row for each fact."""
    is_other_column = match_columns((name.text,), wording)[0] not in ("name", None)
    return is_other_column and not name.literals and name.text[:1].isupper()


def find_name_flaw(name: Cell) -> str | None:
    """Return the reason why a clean cell is not the name of one secret; a literal in it must be the whole name."""
    if not name.text:
        return "has no name"
    if is_no_value(name.text, is_code=bool(name.literals)):
        return f"has '{name.text}' instead of a name"
    if len(name.literals) > 1 or _SEVERAL.search(name.text):
        return "has more than one name"
    for literal in name.literals:
        spelt = " ".join(literal.split())
        if spelt == name.text:
            return None
        if spelt:
            return f"has '{''.join(_split_at_name(name.text, spelt)).strip()}' beside the name '{spelt}'"
    if _SLASH.search(name.text):
        return "has more than one name"
    substitution = _SUBSTITUTION.search(name.text)
    if substitution is not None:
        return f"has the undefined substitution '{substitution[0]}' in the name"
    remark = _REMARK.search(name.text)
    if remark is not None:
        rest = name.text.replace(remark[0], " ", 1).strip()
        return f"has '{remark[0].strip()}' beside the name '{rest}'" if rest else f"has '{remark[0]}' instead of a name"
    return f"has the label '{name.text}' instead of a name" if " " in name.text else None
