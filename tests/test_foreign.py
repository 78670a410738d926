"""Keys that a reader of foreign documents takes, keeps and loses add up to the document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.grouping import group_findings
from authscribe.model import naming
from authscribe.model.draft import MapNode, Outcome, to_node, to_plain
from authscribe.readers.foreign.tracking import TrackedMapping

PLACE = Place("f", 1, 1, 1, 2)
SCALARS = st.one_of(st.text("abc ", max_size=3), st.integers(0, 9), st.booleans(), st.none())
KEYS = st.text("abcd/~.", min_size=1, max_size=3)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3))
    ),
    max_size=5,
)


def count(value: object) -> int:
    """Count the keys in a plain value, in another way than the tracked mapping does."""
    if isinstance(value, dict):
        return sum(1 + count(item) for item in value.values())
    return sum(map(count, value)) if isinstance(value, list) else 0


def walked(tracked: TrackedMapping, choices: Iterator[int]) -> Iterator[tuple[str, ...]]:
    """Do something with each key, as a reader might; return the path of each key that it went into."""
    for key in tracked.keys:
        choice = next(choices)
        for inner in entered(tracked, key) if choice > 3 else ():
            if inner.node.entries:
                yield (*tracked.path, key)
            if choice == 4:
                inner.leftovers()
            else:
                yield from walked(inner, choices)
        taken = [
            tracked.take,
            lambda key: tracked.lose(key, "it has no place"),
            tracked.take_text,
            tracked.take_boolean,
        ]
        if choice < len(taken):
            taken[choice](key)


def entered(tracked: TrackedMapping, key: str) -> tuple[TrackedMapping, ...]:
    return (tracked.child(key), *tracked.children(key))


@given(DOCUMENTS, st.lists(st.integers(0, 6), min_size=1, max_size=12))
def test_no_key_is_lost_silently(document: dict[str, object], choices: list[int]) -> None:
    node = to_node(document, PLACE)
    assert isinstance(node, MapNode)
    tracked = TrackedMapping(node)
    opened = set(walked(tracked, cycle(choices)))
    tracked.leftovers()
    # A key whose mapping or list was gone into is not recorded itself, only what is in it.
    assert sum(key.keys for key in tracked.key_outcomes) + len(opened) == count(document)
    assert len({key.pointer for key in tracked.key_outcomes}) == len(tracked.key_outcomes)


def test_unread_keys_are_kept_unchanged() -> None:
    node = to_node({"a": {"b": 1, "c": {"d": 2}}, "e": [{"f": 3, "g": 4}], "h": "x", "i": "true", "j": {"k": 5}}, PLACE)
    assert isinstance(node, MapNode)
    tracked = TrackedMapping(node)
    tracked.child("a").take("b")
    (item,) = tracked.children("e")
    item.take("g")
    assert tracked.take_boolean("i") is True
    tracked.lose("h", "nothing has a place for it")
    tracked.withhold("j")
    rest = tracked.leftovers()
    assert rest is not None
    assert to_plain(rest) == {"a": {"c": {"d": 2}}, "e[0]": {"f": 3}}
    assert {(key.pointer, key.outcome, key.keys) for key in tracked.key_outcomes} == {
        ("/a/b", Outcome.MAPPED, 1),
        ("/a/c", Outcome.KEPT, 2),
        ("/e/0/f", Outcome.KEPT, 1),
        ("/e/0/g", Outcome.MAPPED, 1),
        ("/h", Outcome.LOST, 1),
        ("/i", Outcome.MAPPED, 1),
        ("/j", Outcome.WITHHELD, 2),
    }


def test_names_of_another_system_get_attributes_that_work() -> None:
    names = ["baseURL", "base_url", "baseUrl", "class", "schema", "123", "\u2022\u2022", "plain"]
    spelt = naming.spell_apart(names)
    assert naming.spell_apart(reversed(names)) == spelt
    attributes = [spelt.get(name, naming.to_attribute(name)) for name in names]
    assert len(set(attributes)) == len(names)
    assert [naming.find_attribute_problem(attribute) for attribute in attributes] == [None] * len(names)
    assert spelt["class"] == "f_class"
    assert "base_url" not in spelt
    assert "plain" not in spelt


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Africa's Talking SMS", "africas-talking-sms"),
        ("3E Events", "3e-events"),
        ("ChuckNorris.io", "chucknorris.io"),
        ("Blackbaud Raiser\u2019s Edge NXT", "blackbaud-raisers-edge-nxt"),
        ("S\u00f8k & Finn \u00c5", "sok-finn-a"),
        ("__x__", "x"),
        ("\u6f22\u5b57", ""),
        ("a" * 100, "a" * 80),
    ],
)
def test_a_name_that_people_chose_becomes_an_id(name: str, identifier: str) -> None:
    assert naming.make_id(name) == identifier
    assert naming.is_id(identifier) == bool(identifier)


def report(connector: str, message: str, path: str = "p.yaml") -> Finding:
    place = Place(path, len(connector))
    return Finding("a-rule", Severity.WARNING, message, place, "a help", connector=connector, name="key")


def test_only_findings_that_state_one_fact_are_joined() -> None:
    """Errors, and findings with labels, are about one definition each; so is everything in another file."""
    joined = [report("a", "'a' lacks it"), report("bb", "'bb' lacks it"), report("ccc", "'ccc' lacks it")]
    apart = [
        report("a", "'a' has it"),
        report("a", "'a' lacks it", path="own.yaml"),
        report("bb", "'bb' lacks it")._replace(severity=Severity.ERROR),
        report("ccc", "'ccc' lacks it")._replace(labels=(Label(PLACE, "here"),)),
        report("dddd", "'dddd' lacks it")._replace(name="other"),
    ]
    first, *others = group_findings((*joined, *apart), {"p.yaml"})
    assert first == joined[0]._replace(message="'a' lacks it, and 2 more like this in 'bb', 'ccc'", connector=None)
    assert others == apart
