"""Test which pages `docs` reads: patterns, exclusions, pages that it skips, and the rows that it reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_tables import KINDS, SECRETS, page, path_of
from pathspec import GitIgnoreSpec
from support import ROOT, resolve_drafts, run

from authscribe.drift.first_change import FirstChange, find_row_change
from authscribe.findings.finding import DefinitionError, Place
from authscribe.model.catalogue import Catalogue
from authscribe.pages.rewrite import rewrite_page
from authscribe.readers.text import LINE_LENGTH_LIMIT, decode
from authscribe.workspace.owned_files import PAGE_SUFFIXES, Listing, OwnedFile, find_owned_files, is_page

FILES = (
    "README.md", "a.rst", "notes.txt", "docs/a.rst", "docs/b.MD", "docs/c.mdx", "docs/[x].md", "docs/drafts/d.rst",
    "docs/sub/drafts/e.rst", "docs/sub/f.markdown", "docs/.git/g.md", ".github/h.md",
)  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pages")
    for file in FILES:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("x")
    return root


def find(root: Path, *patterns: str) -> list[str]:
    return [page.path for page in find_owned_files((), list_pages(*patterns), root, root)]


def list_pages(*patterns: str) -> Listing:
    return Listing("pages", [(each, Place("c")) for each in patterns], Place("authscribe.toml"), is_page)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["README.md"], ["README.md"]),
        (["./a.rst", "a.rst"], ["a.rst"]),
        (["docs/sub"], ["docs/sub/f.markdown", "docs/sub/drafts/e.rst"]),
        (["docs/sub/"], ["docs/sub/f.markdown", "docs/sub/drafts/e.rst"]),
        (["*.rst"], ["a.rst"]),
        (["./*.rst"], ["a.rst"]),
        (["docs/*.rst"], ["docs/a.rst"]),
        (["docs/[ac].*"], ["docs/a.rst", "docs/c.mdx"]),
        (["docs/[x].md"], ["docs/[x].md"]),
        (["**/*.rst"], ["a.rst", "docs/a.rst", "docs/drafts/d.rst", "docs/sub/drafts/e.rst"]),
        (["**/*.rst", "!drafts/"], ["a.rst", "docs/a.rst"]),
        (["**/*.rst", "!/a.rst"], ["docs/a.rst", "docs/drafts/d.rst", "docs/sub/drafts/e.rst"]),
        (["**/*.rst", "!a.rst"], ["docs/drafts/d.rst", "docs/sub/drafts/e.rst"]),
        (["**/*.rst", "!docs/drafts"], ["a.rst", "docs/a.rst", "docs/sub/drafts/e.rst"]),
        (["docs/drafts", "!*", "a.rst"], ["a.rst"]),
        (["!docs", "docs/drafts"], ["docs/drafts/d.rst"]),
        ([".github"], [".github/h.md"]),
        ([".github/*.md"], [".github/h.md"]),
        (["docs/.git/*"], ["docs/.git/g.md"]),
    ],
)
def test_patterns_select_pages(tree: Path, patterns: list[str], expected: list[str]) -> None:
    assert find(tree, *patterns) == expected


@pytest.mark.parametrize("pattern", ["none.rst", "none", "docs/*.txt", "*/none/**", "docs/sub/[z].md"])
def test_a_pattern_that_matches_nothing_is_a_finding(tree: Path, pattern: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        find(tree, "a.rst", pattern)
    assert [finding.code for finding in caught.value.findings] == ["no-such-source"]


@pytest.mark.parametrize("patterns", [[], ["!docs"]])
def test_no_pattern_is_a_finding(tree: Path, patterns: list[str]) -> None:
    with pytest.raises(DefinitionError) as caught:
        find(tree, *patterns)
    assert [finding.code for finding in caught.value.findings] == ["no-pages"]


def test_arguments_replace_the_configuration(tree: Path) -> None:
    configured = list_pages("a.rst")
    below = tree / "docs"
    assert find_owned_files((), configured, tree, below) == (OwnedFile("../a.rst"),)
    assert find_owned_files(("a.rst",), configured, tree, below) == (OwnedFile("a.rst", is_named=True),)
    assert find_owned_files(("../*.rst",), configured, tree, below) == (OwnedFile("../a.rst"),)
    assert find_owned_files((f"{tree}/*.md",), configured, tree, below) == (OwnedFile(f"{tree}/README.md"),)
    assert find_owned_files(("sub", "!drafts"), configured, tree, below) == (OwnedFile("sub/f.markdown"),)


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.lists(st.sampled_from(["*", "**", "docs", "sub", "drafts", "*.rst", "[a-c]*", "?.md"]), min_size=1, max_size=4)
)
def test_a_glob_selects_what_git_would_match(tree: Path, parts: list[str]) -> None:
    pattern = "/".join(parts)
    spec = GitIgnoreSpec.from_lines([f"/{pattern}"])
    expected = {
        file
        for file in FILES
        if not file.endswith(".txt") and not any(part.startswith(".") for part in file.split("/"))
        and spec.match_file(file)
    }  # fmt: skip
    try:
        found = set(find(tree, pattern))
    except DefinitionError:
        found = set()
    assert found == expected


def test_links_to_nothing_are_no_pages(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("x")
    (tmp_path / "b.rst").symlink_to("none")
    assert find(tmp_path, ".") == ["a.rst"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a  x\n", "a  x\n", None),
        ("====  ===\na     x\n", "======  ===\na       x\n", None),
        ("a  x\nb  y\n", "a  x\nb  z\nc  w\n", (2, "b y", "b z")),
        ("a  x\n", "a  x\n   y\nc  w\n", (1, "a x", "a x y")),
        ("a  x\n", "a  z\n   y\nc  w\n", (1, "a x", "a z y")),
        ("a  x\nb  y\n", "b  y\n", (1, "a x", "")),
        ("   * - a\n     - x\n", "   * - a\n     - x\n   * - b\n     - y\n", (2, "", "b - y")),
        ("   * - a\n     - x\n", "   * - a\n     - y\n", (1, "a - x", "a - y")),
        ("a  x\n   y\n", "a  x\n", (1, "a x y", "a x")),
        ("| a | x\n|   | y\n", "| a | x\n|   | z\n", (1, "a | x | | y", "a | x | | z")),
        ("+---+\n| a |\n+---+\n", "+----+\n| bc |\n+----+\n", (2, "a", "bc")),
        ("| a | x |\n", "| a | x |\n| b | y |\n", (1, "", "b | y")),
        ("a\r\nb\x0cb\rc\n", "a\r\nb\x0cb\rd\n", (3, "c", "d")),
    ],
)
def test_the_first_changed_row_is_found(before: str, after: str, expected: tuple[int, str, str] | None) -> None:
    assert find_row_change(before, after) == (expected and FirstChange(*expected))


OBSTACLES = {
    "long-line": b"\n\n" + b"Word, " * 2_000 + b"word.\n",
    "form-feed": b"\n\n\x0c\n",
    "other-bytes": b"\n\nCaf\xe9.\n",
    "merge": b"\n\n<<<<<<< ours\nA.\n=======\nB.\n>>>>>>> theirs\n",
}
FIXTURES = {
    f"{index}{path.suffix}": path.read_bytes()
    for index, path in enumerate(
        sorted(path for path in (ROOT / "tests/cases").rglob("*") if path.suffix in PAGE_SUFFIXES and path.is_file())
    )
}


@pytest.mark.parametrize("obstacle", [*OBSTACLES])
def test_no_page_with_tables_or_markers_is_skipped(tmp_path: Path, obstacle: str) -> None:
    """Add something that keeps a page from being read to every page that there is; compare with a full parse."""
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: none_of_these\n    required:\n      - name: key\n")
    pages, relevant = find_pages()
    assert len(relevant) > 50
    assert len(pages) - len(relevant) > 10
    (tmp_path / "pages").mkdir()
    for path, data in pages.items():
        (tmp_path / "pages" / path).write_bytes(data + OBSTACLES[obstacle])
    outcome = run("docs", "pages", "--source", "s.yaml", "--check", "--output-format", "concise", cwd=tmp_path)
    lines = [re.fullmatch(r"pages/(.+?)(?::\d+)*: (\w+)\[([\w-]+)\] .*", line) for line in outcome.stdout.splitlines()]
    skipped = {line[1] for line in lines if line is not None and line[3] == "page-skipped"}
    assert {line[1] for line in lines if line is not None and line[2] == "error"} >= relevant
    assert not skipped & relevant
    assert {*pages} == skipped | {line[1] for line in lines if line is not None}


@cache
def find_pages() -> tuple[Mapping[str, bytes], frozenset[str]]:
    """Return every page that can be read, by its name, and the names of those with tables or markers."""
    pages = {path: data for path, data in FIXTURES.items() if b"\n" in data.strip() and is_readable(path, data)}
    pages |= {f"{kind}-{path_of(kind)}": page(kind, SECRETS).encode() for kind in KINDS}
    return MappingProxyType(pages), frozenset(path for path, data in pages.items() if holds_tables(path, data))


def is_readable(path: str, data: bytes) -> bool:
    return not decode(path, data).findings and len(max(data.split(b"\n"), key=len)) < LINE_LENGTH_LIMIT


def holds_tables(path: str, data: bytes) -> bool:
    nothing = Catalogue((), (), resolve_drafts().catalogue.platform)
    return bool(rewrite_page(path, data.decode(), nothing, lambda *_: "").findings)


@pytest.mark.parametrize("size", [b"Word.\n" * 12_001, b"Word.\n\n" * 1_300_000], ids=["lines", "bytes"])
def test_a_page_that_is_too_large_is_refused_only_by_its_name(tmp_path: Path, size: bytes) -> None:
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: foo\n    required:\n      - name: key\n")
    (tmp_path / "a.rst").write_bytes(size)
    named, found = (run("docs", each, "--source", "s.yaml", "--check", cwd=tmp_path) for each in ("a.rst", "*.rst"))
    assert (named.code, found.code) == (2, 0)
    assert "error[too-large]" in named.stdout
    assert "info[page-skipped]" in found.stdout
