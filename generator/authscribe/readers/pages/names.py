"""Read the names of secrets in the cells of a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from authscribe.model.credential_names import ends_as_credential, names_credential
from authscribe.model.wording import Wording
from authscribe.readers.pages.sections import Cell, PageTable
from authscribe.readers.pages.use_remarks import read_remark
from authscribe.readers.pages.wording.answers import is_use_word
from authscribe.readers.pages.wording.columns import match_columns
from authscribe.readers.pages.wording.spelling import list_words

_BESIDE: Final = ":;,.*~\u2020\u2021\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
"""Characters that may stand beside a name without being part of it."""
_ATTRIBUTES: Final = re.compile(r"\{:[^{}]*\}")
_PLAIN_NAME: Final = re.compile(r"[a-z0-9_.-]*")
_SEVERAL: Final = re.compile(r"\n|[,;] | [/|&+] | (?:or|and) ", re.IGNORECASE)
_ALTERNATIVE: Final = re.compile(r"[/|]|\b(?:or|and)\b")
_SLASH: Final = re.compile(r"\w/\w")
_REMARK: Final = re.compile(r"(?:^|\s)\([^()]*\)(?:\s|$)|(?:^|\s)\[[^\[\]]+\](?:\s|$)")
_SUBSTITUTION: Final = re.compile(r"\|[^|]+\||\{\{.*?\}\}")
_WORD: Final = re.compile(r"\w")
_BRACKETS: Final = re.compile(r"[\n,;()\[\]]")
_PLAIN_REMARK: Final = re.compile(
    r"(?P<name>[^\s()\[\],]+)\s+(?P<word>\w+)"
    r"|(?P<label>[^\n()\[\],]+?)\s*(?:[\n(\[,]|\s[-\u2013\u2014]\s)(?P<remark>.+)",
    re.DOTALL,
)
LABEL: Final = r"[A-Z][a-z]"
_LABEL_WORDS: Final = 4
DASHES: Final = re.compile(r"[-\u2013\u2014]*")
_COMMAND_OPTION: Final = re.compile(r"--?[a-z]", re.IGNORECASE)
_PARENTHESES: Final = re.compile(r"\([^()]*\)")
_UNSET: Final = r"nil|null|undefined|unset|not set|no value|(?:an )?empty(?: string)?|blank"
_NOTHING: Final = re.compile(rf"\W*|[<(\[]?(?:none|n/a|na|no default|{_UNSET})[>)\]]?", re.IGNORECASE)
_PROSE: Final = re.compile(
    r"(?:^|\s)(?:the|a|an|of|same as|from|if|is|are|will|when|unless|otherwise|depend(?:s|ing)|based on|use[sd]?"
    r"|derived|determined|inferred|see|no|or)\s+\w"
    r"|^(?:(?:auto|automatically)[ -])?(?:generated|detected|computed|inherited|random)\W*$"
    r"|^(?:varies|depends)\b|^(?:mandatory|optional|required)\W+\w|\w[.;] \w",
    re.IGNORECASE,
)
"""Words of a text about a value; a value may have several words as well, as `read write` has."""
_NO_LITERAL: Final = re.compile(rf"{DASHES.pattern}|N/A|null|nil|None|undefined|[<(](?:none|not set|unset|empty)[>)]")
"""Literal that is no value, unlike `none`, which can be one."""
_NULL: Final = re.compile(rf"[<(\[]?(?:{_UNSET})[>)\]]?|\"\"|''", re.IGNORECASE)


def is_label(text: str) -> bool:
    """Return whether a text without any markup, such as "Key", is the label of a secret instead of its name."""
    return re.match(LABEL, text) is not None


def is_plain_name(text: str) -> bool:
    """Return whether a text without any markup, such as "client_id", can be a name."""
    return bool(text) and " " not in text and not is_label(text)


def are_labels(cells: Sequence[Cell]) -> bool:
    """Return whether cells hold labels such as "Client ID" and "Host", and neither names nor options of a command.

    One of them has several words, and the others are capitalised; none is a literal.
    """
    if any(cell.literals for cell in cells):
        return False
    texts = [cell.text for cell in cells if _WORD.search(cell.text)]
    is_clear = any(" " in text for text in texts) and not any(map(is_command_option, texts))
    return is_clear and all(" " in text or _is_capitalised(text) for text in texts)


def _is_capitalised(word: str) -> bool:
    """Return whether a word is such as "Host", "Host(s)" or "URL", unlike `host`, `API_KEY` and `ClientId`."""
    word = word.partition("(")[0]
    return word.isalnum() and (word.isupper() or (word[0].isupper() and word[1:].islower()))


def is_credential_label(text: str) -> bool:
    """Return whether a text is the label of a credential, such as "API Token", and no sentence about one."""
    name, words = spell_as_name(text), text.split()
    is_short = (is_label(text) or (text[:1].isupper() and len(words) > 1)) and len(words) <= _LABEL_WORDS
    return is_short and ends_as_credential(name) and names_credential(name)


def spell_as_name(label: str, *, is_whole: bool = False) -> str:
    """Return the name that stands for a label: its words in lower case, joined by underscores.

    Words in parentheses, as in "Host (URL)", are left out, unless there are no others or the label counts as a whole.
    """
    words = list_words(_PARENTHESES.sub(" ", label)) if not is_whole else []
    return "_".join(words or list_words(label))


def derive_names(labels: Sequence[Cell]) -> Iterator[Cell]:
    """Yield each of all labels of a table with the name that stands for it; one that is not clear stays as it is.

    "Key (test)" and "Key (live)" differ only in their parentheses, and therefore count as a whole.
    """
    shared = Counter(map(spell_as_name, {cell.text for cell in labels}))
    for cell in labels:
        labelled = replace(cell, text=_PARENTHESES.sub("", cell.text) or cell.text, label=cell.text)
        name = spell_as_name(cell.text, is_whole=shared[spell_as_name(cell.text)] > 1)
        is_clear = name and find_name_flaw(labelled) is None
        yield replace(cell, text=name, label=cell.text) if is_clear else replace(cell, label="")


def is_command_option(text: str) -> bool:
    """Return whether a text, such as "--token TOKEN" or "-t", is an option of a command instead of a name."""
    return _COMMAND_OPTION.match(text) is not None


def is_no_value(text: str, *, is_code: bool) -> bool:
    """Return whether a cell with this text stands for a setting without a value."""
    return (_NO_LITERAL if is_code else _NOTHING).fullmatch(text) is not None


def is_prose(text: str) -> bool:
    """Return whether a text without any markup, such as "the current user", describes a value instead of stating it."""
    return _PROSE.search(text) is not None


def is_null(text: str, *, is_code: bool) -> bool:
    """Return whether a default with this text tells that a setting may be left out, which "-" and "none" do not."""
    return _NULL.fullmatch(text) is not None or (is_code and text.lower() == "none")


def clean_name(cell: Cell, wording: Wording) -> Cell:
    """Return the cell without the punctuation, the markup and the remark beside its name; it keeps its place."""
    text = _ATTRIBUTES.sub("", cell.bare or cell.text)
    cell, text = _drop_options(cell, text)
    literal = " ".join(cell.literals[0].split()) if len(cell.literals) == 1 else ""
    if not literal:
        name, remark = _split_plain_name(text, wording)
        return replace(cell, text=name.strip(f"{_BESIDE} \n"), remark=remark)
    beside = _find_beside(",".join(_split_at_name(text, literal)), wording) if literal in text else None
    return replace(cell, text=literal, remark=beside) if beside is not None else cell


def _drop_options(cell: Cell, text: str) -> tuple[Cell, str]:
    """Return a cell and its text without the options of a command beside a name, as in "`KEY` / `--key`"."""
    names = tuple(literal for literal in cell.literals if not is_command_option(literal))
    if len(names) != 1 or len(cell.literals) == 1:
        return cell, text
    *between, after = split_at_literals(text, cell.literals)
    kept = (literal if literal in names else "" for literal in cell.literals)
    pieces = (f"{_ALTERNATIVE.sub(',', before)}{literal}" for before, literal in zip(between, kept, strict=True))
    return replace(cell, literals=names), "".join((*pieces, _ALTERNATIVE.sub(",", after)))


def split_at_literals(text: str, literals: Sequence[str]) -> list[str]:
    """Return the texts before, between and after the literals in a text, which are in their order there."""
    pieces: list[str] = []
    for literal in literals:
        before, _, text = text.partition(literal)
        pieces.append(before)
    return [*pieces, text]


def _split_plain_name(text: str, wording: Wording) -> tuple[str, str]:
    """Return the name and the remark beside it; a type without any mark, as in "Connection string", is none."""
    match = _PLAIN_REMARK.fullmatch(text)
    if match is None or (match["word"] and not is_use_word(match["word"], wording)):
        return text, ""
    remark = _find_beside(match["remark"] or match["word"], wording)
    return (match["name"] or match["label"], remark) if remark else (text, "")


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
        name, texts = row[index], [cell.label or cell.text for cell in row]
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
    text = name.label or name.text
    is_other_column = match_columns((text,), wording)[0] not in ("name", None)
    return is_other_column and not name.literals and text[:1].isupper()


def find_name_flaw(name: Cell) -> str | None:
    """Return the reason why a clean cell is not the name of one secret; a literal in it must be the whole name."""
    if not name.text:
        return "has no name"
    if is_no_value(name.text, is_code=bool(name.literals)):
        return f"has '{name.text}' instead of a name"
    if len(name.literals) > 1 or _SEVERAL.search(name.text):
        return "has more than one name"
    literal = " ".join("".join(name.literals).split())
    if literal:
        return _find_rest(name.text, literal)
    if _SLASH.search(name.text):
        return "has more than one name"
    if "`" in name.text:
        return f"has a backtick in the name '{name.text}'"
    substitution = _SUBSTITUTION.search(name.text)
    if substitution is not None:
        return f"has the undefined substitution '{substitution[0]}' in the name"
    return _find_words(name.text) if not name.label else None


def _find_rest(text: str, literal: str) -> str | None:
    """Return the reason why a text is no name if it is not all of a literal, and nothing else."""
    if text == literal:
        return None
    if literal not in text:
        # The colon that ends the text is one in the literal.
        return f"has '{text}' instead of the name '{literal}'"
    return f"has '{''.join(_split_at_name(text, literal)).strip()}' beside the name '{literal}'"


def _find_words(text: str) -> str | None:
    """Return the reason why a text is no name if it has several words; a label may have them."""
    remark = _REMARK.search(text)
    if remark is not None:
        rest = text.replace(remark[0], " ", 1).strip()
        return f"has '{remark[0].strip()}' beside the name '{rest}'" if rest else f"has '{remark[0]}' instead of a name"
    return f"has the label '{text}' instead of a name" if " " in text else None
