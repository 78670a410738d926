"""Compare the validation of configurations with that of pydantic, which the tool does not import for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from authscribe.findings.finding import DefinitionError
from authscribe.workspace.configuration import Configuration
from authscribe.workspace.configuration_file import read_configuration

REFEREE = TypeAdapter(Configuration)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab{}", max_size=4) | st.just("2027-06-30"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
).filter(lambda value: value is not None)
texts = st.text("ab ", max_size=5)
suppressions = st.fixed_dictionaries(
    {},
    optional={
        "rule": texts | values,
        "reason": texts | values,
        "until": st.dates().map(str) | values,
        "connector": texts | values,
        "name": texts | values,
        "nmae": texts,
    },
)
documents = st.fixed_dictionaries(
    {},
    optional={
        **{
            key: st.lists(texts, max_size=2) | values
            for key in ("sources", "templates", "connectors", "targets", "pages")
        },
        **dict.fromkeys(("out-dir", "baseline", "platform"), texts | values),
        "suppress": st.lists(suppressions, max_size=2) | values,
        "out_dir": texts,
    },
)


def to_toml(document: dict[str, Any]) -> bytes:
    # A file without content is a finding of its own.
    return b"# \n" + "".join(f"{json.dumps(key)} = {inline(value)}\n" for key, value in document.items()).encode()


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value)


def without_nulls(value: Any) -> bool:
    """Remove nulls, which TOML does not have."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is not None and all(map(without_nulls, inner))


@given(documents.filter(without_nulls))
def test_the_same_documents_are_accepted_with_the_same_values(document: dict[str, Any]) -> None:
    try:
        expected = REFEREE.validate_json(json.dumps(document))
    except ValidationError:
        with pytest.raises(DefinitionError) as caught:
            read_configuration("authscribe.toml", to_toml(document))
        assert caught.value.findings
    else:
        assert read_configuration("authscribe.toml", to_toml(document)).configuration == expected


def test_every_mistake_has_its_place() -> None:
    text = """\
sources = "a.yaml"
out-dir = 3
source_url = "x"
[[suppress]]
rule = "a"
reason = ""
[[suppress]]
rule = "b"
"""
    with pytest.raises(DefinitionError) as caught:
        read_configuration("authscribe.toml", text.encode())
    found = [(finding.code, finding.place.line, finding.name) for finding in caught.value.findings]
    assert found == [
        ("wrong-value", 1, "sources"),
        ("wrong-value", 2, "out-dir"),
        ("unknown-key", 3, "source_url"),
        ("wrong-value", 6, "reason"),
        ("missing-key", 7, "reason"),
    ]


def test_the_shipped_configuration_is_read() -> None:
    path = Path(__file__).resolve().parent.parent / "authscribe.toml"
    assert read_configuration(path.name, path.read_bytes()).configuration.sources
