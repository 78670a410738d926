"""Regions between markers: `docs` fills them in every content, option, container and line end, and changes nothing else."""

from __future__ import annotations

from functools import cache

import pytest
from docutils import nodes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from page_tables import EXAMPLES
from support import parse_rst, resolve_drafts

from authscribe.build.templates import Templates
from authscribe.commands.docs import create_region_renderer
from authscribe.encoders.language import Language
from authscribe.encoders.text import to_printable
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import (
    Connector,
    Endpoint,
    Endpoints,
    InjectedSecret,
    Location,
    Method,
    OAuth,
    Parameter,
    Placement,
    Scheme,
    Secret,
)
from authscribe.pages.regions import CONTENTS
from authscribe.pages.rewrite import RewrittenPage, rewrite_page
from authscribe.readers.registry import read_source
from authscribe.targets.docs_regions import PARTS, HeadingView, RegionPiece

RENDER = create_region_renderer(Templates())
PLATFORM = resolve_drafts().catalogue.platform
TEXTS = ("Plain words.", "* |a| `b` ::", "", ":x: <b> [c](d) _e_", "1. first", ".. note:: x", "# no heading", "2024")
CONTAINERS = {
    "rst": {"": "", "a list": "* Item.\n\n  ", "two lists": "* a\n\n  1. b\n\n     ", "a note": ".. note::\n\n   "},
    "md": {"": "", "a list": "* Item.\n\n  ", "two lists": "* a\n\n  1. b\n\n     ", "a quotation": "> Text.\n>\n> "},
}
MARKERS = (
    *(f"table scheme=wave part={part}" for part in PARTS),
    *(f"table connector=tide part={part}" for part in PARTS),
    *(f"table connector=surf part={part} order={next(iter(PARTS[part].columns))}" for part in PARTS),
    *(f"table scheme=wave part={part} columns={','.join(reversed(PARTS[part].columns))}" for part in PARTS),
    *(f"table scheme=open part={part}" for part in PARTS),
    "table scheme=wave part=required headings='\"Navn, kort\",Kva det er'",
    "scheme scheme=wave",
    "scheme scheme=open",
    "connector connector=tide",
    "connector connector=surf",
    "matrix",
    "matrix connectors=tide,surf schemes=wave headings=Kobling,Skjema",
)


def test_every_content_and_key_is_tried() -> None:
    tried = {
        (words.split()[0], key)
        for words in MARKERS
        for key in ("", *CONTENTS[words.split()[0]].keys)
        if f"{key}=" in words or not key
    }
    assert tried == {(name, key) for name, content in CONTENTS.items() for key in ("", *content.keys)}


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    texts = st.sampled_from(TEXTS)
    words = st.sampled_from([text for text in TEXTS if text])
    names = draw(st.permutations(["client_id", "tenant", "Zone"]))
    wave = Scheme(
        id="wave",
        title=draw(words),
        summary=draw(texts),
        required=tuple(Secret(name=name, description=draw(texts)) for name in names),
        injected=(InjectedSecret(name="token", description=draw(texts)),),
        parameters=tuple(Parameter(name=f"p_{name}", description=draw(texts)) for name in names),
        placements=(Placement.model_validate({"in": Location.HEADER, "name": "X-Token", "value": "{token}|*"}),),
        endpoints=Endpoints(token=Endpoint(url="https://x.example/t")),
        oauth=OAuth(scopes=("write|all", "read_*")),
        notes=tuple(draw(st.lists(words, max_size=2))),
    )
    methods = (Method(id="app", title=draw(words), schemes=("wave",)), Method(id="free", schemes=("open",)))
    tide = Connector(id="tide", title=draw(words), summary=draw(texts), methods=methods, notes=wave.notes)
    return Catalogue((Scheme(id="open"), wave), (Connector(id="surf", scheme="wave"), tide), PLATFORM)


@st.composite
def regions(draw: st.DrawFn, suffix: str) -> tuple[str, str, str]:
    """A page: the part before a region, with its first marker, the old lines of the region, and the part after it."""
    begin, end = (".. ", "") if suffix == "rst" else ("<!-- ", " -->")
    title = "Guide\n=====" if suffix == "rst" else "# Guide"
    before = CONTAINERS[suffix][draw(st.sampled_from([*CONTAINERS[suffix]]))]
    indent = before.rpartition("\n")[2]
    old = draw(st.sampled_from(["", "\n", f"{indent.rstrip()}\n{indent}old\n{indent.rstrip()}\n"]))
    last = draw(st.sampled_from(["", "\n", "\n\nMore prose.\n", f"\n\n{title.replace('Guide', 'Other')}\n"]))
    lead_in = draw(st.sampled_from(["These secrets are injected:", "Some prose."]))
    return (
        f"{title}\n\n{lead_in}\n\n{before}{begin}authscribe:begin {draw(st.sampled_from(MARKERS))}{end}\n",
        old,
        f"{indent}{begin}authscribe:end{end}{last}",
    )


LAW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@LAW
@given(regions("rst"), catalogues(), LINE_ENDS)
def test_a_region_in_rst_is_filled_and_nothing_else_changes(
    page: tuple[str, str, str], catalogue: Catalogue, ending: str
) -> None:
    text = check("page.rst", page, catalogue, ending)
    document = parse_rst(text.replace(ending, "\n"), report_level=5, halt_level=5)
    assert [message.astext() for message in document.findall(nodes.system_message) if message["level"] > 1] == []


@LAW
@given(regions("md"), catalogues(), LINE_ENDS)
def test_a_region_in_markdown_is_filled_and_nothing_else_changes(
    page: tuple[str, str, str], catalogue: Catalogue, ending: str
) -> None:
    check("page.md", page, catalogue, ending)


def check(path: str, page: tuple[str, str, str], catalogue: Catalogue, ending: str) -> str:
    """Return the page with its region filled."""
    before, old, after = (part.replace("\n", ending) for part in page)
    result = rewrite_page(path, before + old + after, catalogue, RENDER)
    assert result.findings == ()
    assert result.text.startswith(before)
    assert result.text.endswith(after)
    region = result.text[len(before) : len(result.text) - len(after)]
    assert region.endswith(ending)
    assert "old" not in region
    indent = after[: after.index(".. " if path == "page.rst" else "<!-- ")]
    lines = region.removesuffix(ending).split(ending)
    assert all(line.startswith(indent) or line == indent.rstrip() for line in lines)
    assert not any({"\r", "\n"} & {*line} for line in lines)
    assert rewrite_page(path, result.text, catalogue, RENDER) == RewrittenPage(result.text, ())
    assert read_source(path, result.text.replace(ending, "\n")).definitions == ()
    return result.text


@cache
def markdown() -> MarkdownIt:
    return MarkdownIt()


@pytest.mark.parametrize("language", [Language.RST, Language.MARKDOWN])
@LAW
@given(st.text(min_size=1).filter(lambda text: text == to_printable(text)))
def test_a_heading_of_a_region_shows_its_title(language: Language, title: str) -> None:
    text = RENDER([RegionPiece("heading-region", HeadingView(title))], language)
    if language is Language.RST:
        (node,) = parse_rst(text, report_level=5, halt_level=5).children
        assert isinstance(node, nodes.rubric)
        assert node.astext() == title
    else:
        _, inline, _ = markdown().parse(text)
        children = [child for child in inline.children or () if child.content or child.markup]
        assert (children[0].type, children[-1].type) == ("strong_open", "strong_close")
        assert "".join(child.content for child in children) == title
