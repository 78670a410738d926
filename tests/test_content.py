"""Large outputs are made, held and written in pieces: wherever a text is cut, the bytes are the same."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256

from hypothesis import example, given
from hypothesis import strategies as st

from authscribe.build.content import Content
from authscribe.build.formatting import tidy_pieces
from authscribe.encoders.json import iter_json
from authscribe.encoders.text import TidyLines
from authscribe.runtime.hashing import digest, digest_pieces

TEXTS = st.text(alphabet=" \t\na\u3000\x0cb", max_size=12)


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    facts: dict[str, int]
    items: tuple[dict[str, object], ...]


@given(st.lists(st.sampled_from([0, 1, 900, 1_000_000]), max_size=4))
@example([4_000_000, 1_000_000])
def test_contents_come_out_unchanged(lengths: list[int]) -> None:
    pieces = [b"key\n" * length for length in lengths]
    data = b"".join(pieces)
    for held in (Content.from_bytes(data), Content.from_pieces(pieces)):
        assert held.data == data
        assert b"".join(held.pieces) == data
        assert held.sha256 == digest(data)
        is_one_of_few = 2**20 < len(data) <= 2**24
        assert is_one_of_few or len(held.held) < 5000 + len(data) // 50


@given(st.lists(st.text(alphabet="\r\na", max_size=4).map(str.encode), max_size=6))
def test_a_digest_is_the_same_for_any_pieces_and_line_ends(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    assert digest_pieces(pieces) == digest(whole) == sha256(whole.replace(b"\r\n", b"\n")).hexdigest()


def make_tidy(text: str) -> str:
    """Return a tidy text as lines to keep; nothing if it has no line."""
    return TidyLines("".join(tidy_pieces([text])).removeprefix("\n"))


@given(st.lists(TEXTS | TEXTS.map(make_tidy), max_size=6))
def test_tidying_is_the_same_for_any_pieces(pieces: list[str]) -> None:
    whole = "".join(tidy_pieces(["".join(pieces)]))
    assert "".join(tidy_pieces(pieces)) == whole
    assert whole == "\n" or (whole[0] != "\n" and whole.endswith("\n") and not whole.endswith("\n\n"))
    assert "\n\n\n" not in whole
    assert all(line == line.rstrip() for line in whole.split("\n"))
    assert whole.split() == "".join(pieces).split()


VALUES = st.dictionaries(
    st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=9), max_size=4
)


@given(
    st.text(max_size=9), st.dictionaries(st.text(max_size=5), st.integers(), max_size=3), st.lists(VALUES, max_size=4)
)
def test_a_document_has_a_line_for_each_item(name: str, facts: dict[str, int], items: list[dict[str, object]]) -> None:
    document = Document(name, facts, tuple(items))
    text = "".join(iter_json(document))
    expected = [
        "{",
        f'  "name": {json.dumps(name)},',
        *format_items("facts", "{}", [f"{json.dumps(key)}:{value}" for key, value in facts.items()], ","),
        *format_items("items", "[]", [json.dumps(item, separators=(",", ":")) for item in items], ""),
        "}",
        "",
    ]
    assert text.split("\n") == expected
    assert "".join(iter_json(asdict(document))) == json.dumps(asdict(document), indent=2) + "\n"


def format_items(name: str, brackets: str, items: list[str], end: str) -> list[str]:
    """Return the lines of a field of the document."""
    if not items:
        return [f'  "{name}": {brackets}{end}']
    lines = ",\n".join(f"    {item}" for item in items).split("\n")
    return [f'  "{name}": {brackets[0]}', *lines, f"  {brackets[1]}{end}"]
