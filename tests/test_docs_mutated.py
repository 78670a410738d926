"""Damage pages as people do: a page is rewritten correctly, or left as it was with findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from page_tables import EXAMPLES, KINDS, SECRETS, Style, page, path_of
from support import ROOT, resolve

from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import InjectedSecret, Scheme, Secret
from authscribe.model.wording import ENGLISH
from authscribe.pages.rewrite import RewrittenPage, rewrite_page
from authscribe.readers.pages.markdown.page import parse_markdown
from authscribe.readers.pages.rst.page import parse_rst
from authscribe.readers.pages.scheme_tables import SchemeTable, find_scheme_tables
from authscribe.readers.pages.sections import Paragraph, Section
from authscribe.readers.pages.wording.columns import match_columns
from authscribe.readers.pages.wording.roles import REQUIRED

Write = Callable[[str, str, Catalogue], RewrittenPage]
FRAGMENTS = (
    "", "\t", "   ", "> ", "* ", "- ", "::", "```", ":::", ":::{note}", "```{list-table}", ".. note::", ".. |x| image:: y",
    ".. list-table::", "   :header-rows: 1", "   * - ``x``", "     - y", "| a | b |", "|---|---|", "+---+---+", "=== ===",
    "===", "---", "# Foo", "\u2028", "\ufeff", "e\u0301", "\u6f22", "`", "|", "_", "\\", '"', ",",
    ".. authscribe:begin table scheme=oauth2 part=injected", ".. authscribe:end",
    "<!-- authscribe:begin table scheme=foo part=injected -->", "<!-- authscribe:end -->",
)  # fmt: skip
STRANGE = Style(("type", "name", "other", "description"), "", "A caption", (), "-*", " ", 1, ";", False, "", 20, ":::")


@cache
def defined() -> Catalogue:
    return resolve().catalogue


@cache
def changed() -> Catalogue:
    """Return the catalogue of the project with one name changed, one gone, one new and longer texts in each list."""
    schemes = (*defined().schemes, Scheme(id="foo", injected=tuple(SECRETS)))
    return Catalogue(tuple(map(moved_on, schemes)), (), defined().platform)


def moved_on(scheme: Scheme) -> Scheme:
    required = [s.model_copy(update={"name": f"{s.name}_too"}) for s in scheme.required]
    injected = [
        s.model_copy(update={"description": f"{s.description} *More* | `text`_."}) for s in scheme.injected[:-1]
    ]
    return scheme.model_copy(
        update={
            "extends": None,
            "required": (*required, Secret(name="brand_new", description="- New :: \u6f22\u5b57")),
            "injected": (InjectedSecret(name="first_one", description="At the beginning."), *injected),
        }
    )


@cache
def originals() -> tuple[tuple[str, str], ...]:
    own = [ROOT / "schemes" / "authentication-schemes.rst", ROOT / "output/docs/markdown/authentication-schemes.md"]
    tables = [(path_of(kind), page(kind, SECRETS, style)) for kind in KINDS for style in (Style(), STRANGE)]
    return (*((path.name, path.read_text()) for path in own), *tables)


Mutation = tuple[int, int, int, str]
MUTATIONS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 10_000), st.integers(0, 40), st.sampled_from(FRAGMENTS)), max_size=6
)


def mutated(text: str, mutations: Iterable[Mutation]) -> str:
    lines = text.split("\n")
    for kind, position, size, fragment in mutations:
        start = position % (len(lines) + 1)
        taken = lines[start : start + 1 + size % 8]
        inside = [f"{line[:size]}{fragment}{line[size:]}" for line in taken[:1]]
        lines[start : start + len(taken)] = {
            0: [],
            1: [fragment, *taken],
            2: [f"{fragment}{line}" for line in taken],
            3: [*inside, *taken[1:]],
            4: [*taken, *taken],
            5: [*reversed(taken)],
        }[kind]
    return "\n".join(lines)


def write(path: str, text: str, catalogue: Catalogue) -> RewrittenPage:
    return rewrite_page(path, text, catalogue, lambda *_: "")


def check_law(path: str, text: str, write: Write) -> str:
    """Rewrite a page and return the kind of result; fail unless the page is correct, or as it was."""
    result = write(path, text, changed())
    if result.findings:
        assert result.text == text
        return "refused"
    for table in tables(path, result.text):
        columns = match_columns((cell.text for cell in table.table.header), ENGLISH)
        scheme = next(scheme for scheme in changed().schemes if table.scheme in (scheme.id, *scheme.aliases))
        known = scheme.required if table.role == REQUIRED else scheme.injected
        if "name" in columns:
            names = [row[columns.index("name")].text for row in table.table.rows]
            assert sorted(names) == sorted(setting.name for setting in known)
    assert list(paragraphs(sections(path, result.text))) == list(paragraphs(sections(path, text)))
    assert write(path, result.text, changed()) == RewrittenPage(result.text, ())
    return "rewritten" if result.text != text else "without tables"


def sections(path: str, text: str) -> tuple[Section, ...]:
    found = (parse_rst if path.endswith(".rst") else parse_markdown)(path, text.removeprefix("\ufeff"))
    assert isinstance(found, tuple)
    return found


def tables(path: str, text: str) -> Iterator[SchemeTable]:
    yield from (item for item in find_scheme_tables(sections(path, text), ENGLISH) if isinstance(item, SchemeTable))


def paragraphs(found: Iterable[Section]) -> Iterator[str]:
    for section in found:
        yield from (block.text for block in section.blocks if isinstance(block, Paragraph))
        yield from paragraphs(section.sections)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(originals()), MUTATIONS)
def test_a_page_is_rewritten_correctly_or_left_alone(original: tuple[str, str], mutations: list[Mutation]) -> None:
    path, text = original
    event(check_law(path, mutated(text, mutations), write))


@pytest.mark.parametrize("original", originals(), ids=lambda original: original[0])
def test_every_page_is_rewritten_while_it_is_whole(original: tuple[str, str]) -> None:
    assert check_law(*original, write) == "rewritten"


def replaced_everywhere(path: str, text: str, catalogue: Catalogue) -> RewrittenPage:
    """Rewrite a page as with an editor: replace all names at once, wherever they are."""
    del path, catalogue
    return RewrittenPage(text.replace("beta", "first_one"), ())


def cut_off(path: str, text: str, catalogue: Catalogue) -> RewrittenPage:
    result = write(path, text, catalogue)
    return RewrittenPage(result.text[: len(result.text) * 2 // 3], ())


@pytest.mark.parametrize("naive", [replaced_everywhere, cut_off])
def test_the_check_notices_wrong_pages(naive: Write) -> None:
    with pytest.raises(AssertionError):
        check_law("page.rst", page("list-table", SECRETS), naive)
