"""What an earlier run knows about a source saves time, and never changes a result."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import run, tree

from authscribe.workspace.command_options import Options
from authscribe.workspace.known_sources import resolve_changes
from authscribe.workspace.load import load_workspace
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import find_workspace

# Each takes some forty runs.
EXAMPLES = int(os.environ.get("AUTHSCRIBE_EXAMPLES", "60")) // 10
CONFIGURATION = 'sources = ["*.yaml"]\nout-dir = "output"\ntargets = ["python", "docs", "catalogue"]\n'
SCHEME = "schemes:\n  - {id: key, kind: api_key, required: [{name: api_key}], injected: [{name: api_key}]%s}\n"


def connector(identifier: str, more: str = "") -> str:
    return f"connectors:\n  - {{id: {identifier}, scheme: key{more}}}\n"


SCHEMES = (
    SCHEME % "",
    SCHEME % ", title: Key",
    SCHEME % ", aliases: [other_key]",
    SCHEME % ", placements: [{in: header, name: X-Key, value: '${api_key}'}]",
)
FIRST = (
    None,
    connector("wave"),
    connector("wave", ", title: The Wave"),
    connector("wave", ", aliases: [old-wave]"),
    connector("wave", ", successor: tide"),
    connector("wave", ", successor: old-tide"),
    connector("wave", ", names: {env: SEA}"),
    connector("wave", ", names: {kubernetes: tide-auth}"),
    connector("wave", ", suppressions: [{rule: no-placement, reason: known}]"),
    connector("wave", ", flags: [nothing]"),
    connector("wave", ", parameters: [{name: site, pattern: '^[0-9]+$', default: acme}]"),
    connector("wave", ", endpoints: {base: {url: 'http://wave.example'}}"),
    "connectors:\n  - {id: wave, scheme: none}\n",
    "connectors:\n  - {id: wave, scheme: other_key}\n",
    "connectors:\n  - {id: wave, scheme: absent}\n",
    "connectors:\n  - {id: wave, methods: [{id: one, schemes: [key]}, {id: two, schemes: [none]}]}\n",
    "connectors:\n  - {id: wave, scheme: key, title: [}\n",
    "connectors: []\n",
    connector("wave") + "schemes:\n  - {id: own, kind: api_key, required: [{name: own_key}]}\n",
    connector("wave") + "refine:\n  - {id: key, title: Refined}\n",
)
SECOND = (
    None,
    connector("tide"),
    connector("tide", ", aliases: [old-tide]"),
    connector("tide", ", aliases: [wave]"),
    connector("tide", ", names: {env: SEA}"),
    connector("tide", ", names: {kubernetes: wave-auth}"),
    connector("tide", ", names: {python: wave}"),
    connector("wave"),
    connector("wave", ", title: Another title"),
    connector("wave", ", docs: 'https://wave.example'"),
    connector("tide") + "  - {id: ebb, scheme: none}\n",
)
THIRD = (None, connector("bay"), connector("bay", ", summary: A bay."), connector("old-wave"), connector("old-tide"))

WORKSPACES = st.fixed_dictionaries(
    {
        "a.yaml": st.sampled_from(FIRST),
        "b.yaml": st.sampled_from(SECOND),
        "c.yaml": st.sampled_from(THIRD),
        "schemes.yaml": st.sampled_from(SCHEMES),
    }
)


def write(place: Path, texts: Mapping[str, str | None]) -> None:
    place.mkdir(exist_ok=True)
    (place / "authscribe.toml").write_text(CONFIGURATION)
    for name, text in texts.items():
        (place / name).unlink(missing_ok=True)
        if text is not None:
            (place / name).write_text(text)


ALL = {"a.yaml": FIRST[1], "b.yaml": SECOND[1], "c.yaml": THIRD[1], "schemes.yaml": SCHEMES[0]}
REPLACED = ALL | {"a.yaml": FIRST[5], "b.yaml": SECOND[2]}
SHARING = ALL | {"a.yaml": FIRST[7]}
FINDING = ALL | {"a.yaml": FIRST[10]}
PAIR = connector("wave", ", names: {kubernetes: x}") + "  - {id: whale, scheme: key, names: {kubernetes: x}}\n"
AGREEING = ALL | {"b.yaml": SECOND[9]}
COMMANDS = (
    ("check", "--keep-going"),
    ("check",),
    ("generate", "--target", "docs"),
    ("generate", "--prune"),
    ("check",),
)
RENAMING = ALL | {"b.yaml": SECOND[3], "a.yaml": None}


@given(st.lists(WORKSPACES, min_size=2, max_size=6))
@example([REPLACED, REPLACED | {"b.yaml": SECOND[1]}])
@example([ALL | {"a.yaml": PAIR}, ALL | {"a.yaml": PAIR, "c.yaml": connector("aaa", ", names: {kubernetes: x}")}])
@example([SHARING, SHARING | {"b.yaml": None}, SHARING])
@example([AGREEING, AGREEING | {"b.yaml": None}, AGREEING | {"a.yaml": None}])
@example([ALL, ALL | {"schemes.yaml": SCHEMES[1]}])
@example([FINDING, FINDING | {"c.yaml": None}])
@example([ALL, RENAMING, RENAMING | {"a.yaml": FIRST[1]}])
@settings(max_examples=EXAMPLES)
def test_a_cache_changes_neither_reports_nor_outputs(states: list[dict[str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cached, fresh = Path(folder, "cached", "w"), Path(folder, "fresh", "w")
        for place in (cached, fresh):
            place.parent.mkdir()
        for state in states:
            for place in (cached, fresh):
                write(place, state)
            for verb, *options in COMMANDS:
                outcome = run(verb, *options, "--cache-dir", str(Path(folder, "cache")), cwd=cached)
                assert outcome == run(verb, *options, "--no-cache", cwd=fresh)
            assert tree(cached) == tree(fresh)


def test_a_deleted_file_to_which_a_source_refers_is_noticed(tmp_path: Path) -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    reference = {"$ref": "shared/ref.json#/components/securitySchemes/key"}
    info = {"title": "Zed", "version": "1"}
    document = {"openapi": "3.0.0", "info": info, "paths": {}, "components": {"securitySchemes": {"key": reference}}}
    write(tmp_path, {"a.yaml": "connectors:\n  - {id: wave, scheme: zed.key}\n", "zed.yaml": json.dumps(document)})
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "ref.json").write_text(json.dumps({"components": {"securitySchemes": schemes}}))
    assert run("generate", "--cache-dir", "cache", cwd=tmp_path).code == 0
    (tmp_path / "shared" / "ref.json").unlink()
    outcome = run("check", "--cache-dir", "cache", cwd=tmp_path)
    assert outcome.code == 2
    assert outcome == run("check", "--no-cache", cwd=tmp_path)


CHANGES: dict[str, tuple[dict[str, str | None], set[str]]] = {
    "nothing": ({}, {"bay", "tide", "wave"}),
    "a title": ({"a.yaml": FIRST[2]}, {"bay", "tide"}),
    "a connector less": ({"a.yaml": None}, {"bay", "tide"}),
    "a source with more than connectors": ({"a.yaml": FIRST[-1]}, set()),
    "a scheme": ({"schemes.yaml": SCHEMES[1]}, set()),
    "a name of another connector": ({"b.yaml": SECOND[7]}, set()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_only_what_has_changed_is_read_again(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, ALL)
    assert run("generate", "--cache-dir", "cache", cwd=tmp_path).code == 0
    changes, known = CHANGES[name]
    write(tmp_path, ALL | changes)
    workspace = find_workspace(Options(cache=tmp_path / "cache"), tmp_path)
    loaded, resolution = resolve_changes(workspace)
    assert set(loaded.known.connectors) == known
    full = resolve_sources(load_workspace(workspace), workspace)
    assert (resolution.catalogue, resolution.findings) == (full.catalogue, full.findings)
    assert dict(resolution.connectors) == dict(full.connectors)


def test_what_is_read_again_is_known_to_later_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = {f"sea-{number}" for number in range(100)}
    sources = {f"{name}.yaml": connector(name) for name in names}
    for scheme in SCHEMES[:3]:
        write(tmp_path, sources | {"schemes.yaml": scheme})
        run("check", "--target", "dotenv", "--cache-dir", "cache", cwd=tmp_path)
        # The first lookup may keep copies of what it finds.
        for _ in range(2):
            loaded, _ = resolve_changes(find_workspace(Options(cache=tmp_path / "cache"), tmp_path))
            assert loaded.known.connectors.keys() == names
