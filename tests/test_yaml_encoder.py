"""Values written as YAML are read back unchanged, by our reader and by PyYAML."""

from __future__ import annotations

import json

import yaml as pyyaml
from hypothesis import example, given
from hypothesis import strategies as st

from authscribe.encoders.yaml import encode_yaml_document
from authscribe.model.draft import to_plain
from authscribe.readers.syntax.yaml import parse_yaml

TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("ab :#-|>'\"\\\n\t{}[]&*!%@`0123456789._~y", max_size=30),
    st.sampled_from(
        ["NO", "on", "12:30:45", "1e3", "0o14", "0x1F", "~", "", " ", "=", "<<", ".inf", "2001-13-45", "a: b"]
    ),
)
SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False).map(float),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4))
)
DOCUMENTS = st.dictionaries(TEXTS.filter(bool), VALUES, min_size=1, max_size=4)


@given(DOCUMENTS)
@example({"a": "one\n\n  two\nthree", "b": [["x"], [[]], {}], "c": ["one\ntwo", {"k": "v", "l": [1]}]})
def test_yaml_reads_back(document: dict[str, object]) -> None:
    text = encode_yaml_document(document)
    node, findings = parse_yaml("f.yaml", text)
    assert findings == ()
    assert node is not None
    assert json.dumps(to_plain(node)) == json.dumps(document)
    assert json.dumps(pyyaml.safe_load(text)) == json.dumps(document)
