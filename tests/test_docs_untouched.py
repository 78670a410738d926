"""Pages with scheme tables among everything else: `docs` changes scheme tables only, and none that is true."""

from __future__ import annotations

import os
import re
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from page_tables import BEFORE, MARKDOWN, RST, Style, page
from support import resolve_drafts

from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import InjectedSecret
from authscribe.pages.rewrite import rewrite_page
from authscribe.readers.registry import read_source

EXAMPLES = int(os.environ.get("AUTHSCRIBE_EXAMPLES", "300"))
"""Pages in each markup language; the variable can ask for a hundred thousand, which take two hours."""
NAMES = ("alpha", "beta", "client_id", "key", "tenant")
USES = st.fixed_dictionaries(
    {"optional": st.booleans(), "default": st.sampled_from([None, None, "eu", "none", "a b", "/", "https://x.example"])}
)
RST_TEXTS = (
    "The `guide <https://x.example/g>`__ of *all*.", "See :ref:`tokens` and ``key``.", "Plain words.", "A |sub| of it.",
    "Text with a note [#n]_.", "**Never** two,  three.", r"An escaped \* and a_word.", "H\\ :sub:`2`\\ O today.", "",
)  # fmt: skip
MARKDOWN_TEXTS = (
    "The [guide](https://x.example/g) of *all*.", "See {ref}`tokens` and `key`.", "Plain words.", "A [link] of it.",
    "Text with a note[^n].", "**Never** two, <b>bold words</b>.", r"An escaped \* and a_word.", "Either<br>or.", "",
)  # fmt: skip
OTHER = {
    "rst": (
        "Prose with  two blanks and ``key``.\n",
        "* An item.\n* Another one:\n\n  * An inner item.\n",
        ".. note::\n\n   A note.\n",
        "::\n\n   | not | a | table |\n",
        "Supported regions:\n\n======  =======\nRegion  Place\n======  =======\n``eu``  Europe.\n======  =======\n",
        "Limits:\n\n.. csv-table::\n   :header: Limit, Value\n\n   requests, 10\n",
        "A heading\n---------\n\nMore prose, and\ttabs.  \n",
        ".. A comment.\n",
        "Term\n   Its meaning.\n\n``term``\n   Its meaning.\n",
        ".. code-block:: yaml\n\n   required: [key]\n",
    ),
    "md": (
        "Prose with  two blanks and `key`.\n",
        "* An item.\n* Another one:\n\n  * An inner item.\n",
        ":::{note}\nA note.\n:::\n",
        "```\n| not | a | table |\n```\n",
        "Supported regions:\n\n| Region | Place |\n|---|---|\n| `eu` | Europe. |\n",
        "Limits:\n\n```{csv-table}\n:header: Limit, Value\n\nrequests, 10\n```\n",
        "## A heading\n\nMore prose, and\ttabs.  \n",
        "<!-- A comment. -->\n",
        "> Quoted.\n",
        "Term\n: Its meaning.\n\n`term`\n: Its meaning.\n",
        "```yaml\nrequired: [key]\n```\n",
    ),
}
END = {
    "rst": "\n.. |sub| replace:: substitute\n\n.. [#n] The note.\n",
    "md": "\n[link]: https://x.example/l\n\n[^n]: The note.\n",
}
LISTS = {
    "rst": (
        "",
        "These secrets are required:\n\n* ``login``: The *name* of the user.\n* **User Id** (optional): The number.\n\n",
        "These secrets are required:\n\n``login`` : optional\n   The name of the user.\n\n**User Id**\n   A number.\n\n",
    ),
    "md": (
        "",
        "These secrets are required:\n\n* `login`: The *name* of the user.\n* **User Id** (optional): The number.\n\n",
        "These secrets are required:\n\n`login` (optional)\n: The name of the user.\n\n**User Id**\n: A number.\n\n",
    ),
}
LEAD_INS = ("These secrets are injected:", "These secrets are injected in a sandbox only:")


@st.composite
def pages(draw: st.DrawFn, suffix: str) -> tuple[list[str], set[int]]:
    """The pieces of a page, and the indexes of those that are scheme tables."""
    texts = st.sampled_from(RST_TEXTS if suffix == "rst" else MARKDOWN_TEXTS)
    other = st.lists(st.sampled_from(OTHER[suffix]), max_size=2)
    names = draw(st.permutations(NAMES))
    cuts = [0, *sorted(draw(st.sets(st.integers(1, len(names) - 1), max_size=1))), len(names)]
    pieces = ["Foo authentication\n==================\n\n" if suffix == "rst" else "# Foo authentication\n\n"]
    # Prose ends the list: other items directly after it would be part of it.
    pieces.append(draw(st.sampled_from(LISTS[suffix])) + "Prose.\n\n")
    tables: set[int] = set()
    headings = 0
    for lead_in, start, end in zip(LEAD_INS, cuts, cuts[1:], strict=False):
        before = [block for block in draw(other) if "heading" not in block]
        rows = {name: draw(texts) for name in names[start:end]}
        uses = {name: draw(USES) for name in rows}
        kind = draw(st.sampled_from(list(RST if suffix == "rst" else MARKDOWN)))
        pieces += [f"{block}\n" for block in before]
        pieces.append(f"{lead_in}\n\n")
        tables.add(len(pieces))
        pieces.append(write_table(kind, rows, uses, draw(STYLES)))
        pieces.append("\n")
    for block in draw(other):
        headings += "heading" in block
        pieces.append(f"{block}\n" if "heading" not in block or headings == 1 else "\n")
    pieces.append(END[suffix])
    return pieces, tables


STYLES = st.builds(
    Style,
    columns=st.sampled_from(
        [
            ("name", "description"),
            ("description", "other", "name"),
            ("name", "required", "default", "description"),
            ("required", "name", "description", "default"),
        ]
    ),
    bullets=st.sampled_from(["*-", "-*"]),
    is_quoted=st.booleans(),
    wrap=st.sampled_from([1000, 24]),
)


def write_table(kind: str, rows: dict[str, str], uses: dict[str, dict[str, Any]], style: Style) -> str:
    """A table whose descriptions are source text: they are put in the place of words as wide as they are.

    A word has a comma if the text has one, so that it is quoted where that is necessary.
    """
    marks = {name: f"Z{index}" + "," * ("," in text) for index, (name, text) in enumerate(rows.items())}
    marks = {name: mark + "q" * max(len(rows[name]) - len(mark), 0) for name, mark in marks.items()}
    secrets = [InjectedSecret(name=name, description=marks[name], **uses[name]) for name in rows]
    text = page(kind, secrets, style).removeprefix(BEFORE).rpartition("\nMore prose")[0]
    for name, source in rows.items():
        escaped = source.replace("|", "\\|") if kind == "pipe" else source
        text = text.replace(marks[name], escaped or marks[name], 1)
    return text


def define(path: str, text: str) -> Catalogue | None:
    """What the page says, if it is a valid source by itself."""
    catalogue = resolve_drafts(read_source(path, text)).catalogue
    return catalogue if any(scheme.id == "foo" for scheme in catalogue.schemes) else None


def check(suffix: str, pieces: list[str], tables: set[int], change: list[int]) -> None:
    path, text = f"page.{suffix}", "".join(pieces)
    catalogue = define(path, text)
    if catalogue is None:
        event("not a source")
        return
    own = rewrite_page(path, text, catalogue, lambda *_: "")
    assert (own.text, own.findings) == (text, ())
    scheme = catalogue.find_scheme("foo")
    assert scheme is not None
    injected = [alter(secret, how) for secret, how in zip(scheme.injected, change * 5, strict=False)]
    altered = scheme.model_copy(update={"injected": tuple(secret for secret in injected if secret is not None)})
    result = rewrite_page(path, text, Catalogue((altered,), (), catalogue.platform), lambda *_: "")
    event("refused" if result.findings else "rewritten" if result.text != text else "the same")
    if result.findings:
        assert result.text == text
    outside = [re.escape(piece) if index not in tables else r"(?:.*\n)*?" for index, piece in enumerate(pieces)]
    assert re.fullmatch("".join(outside), result.text)
    again = rewrite_page(path, result.text, Catalogue((altered,), (), catalogue.platform), lambda *_: "")
    assert again.text == result.text
    assert bool(again.findings) == bool(result.findings)


def alter(secret: InjectedSecret, how: int) -> InjectedSecret | None:
    words = secret.description.split()
    descriptions = {
        0: secret.description,
        1: f"{secret.description} And *more* of it.",
        2: f"Not {secret.description}",
        3: " ".join(words[:-1]) or "Other.",
        4: " ".join(("New", *words[1:])),
    }
    uses = {6: {"optional": not secret.optional}, 7: {"default": "us"}, 8: {"default": None, "optional": True}}
    if how in uses:
        return secret.model_copy(update=uses[how])
    return secret.model_copy(update={"description": descriptions[how]}) if how in descriptions else None


LAW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
CHANGES = st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]), min_size=5, max_size=5)


@LAW
@given(pages("rst"), CHANGES)
def test_nothing_outside_of_tables_changes_in_rst(written: tuple[list[str], set[int]], change: list[int]) -> None:
    check("rst", *written, change)


@LAW
@given(pages("md"), CHANGES)
def test_nothing_outside_of_tables_changes_in_markdown(written: tuple[list[str], set[int]], change: list[int]) -> None:
    check("md", *written, change)
