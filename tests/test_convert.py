"""Conversions read back as the same catalogue, and every key is accounted for."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from page_tables import EXAMPLES
from support import CASES, ROOT, case_id, find_cases, resolve, run

from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.model.draft import Outcome

SOURCES = [ROOT / "schemes", *(folder / "in" for folder in find_cases())]
# The profile of a platform in this one is wrong, which a run for another platform does not notice.
MISTAKEN = {CASES / "resolve/platform_without_references/in"}


def catalogue(source: Path, directory: Path) -> Catalogue | None:
    """Return what a source defines; None if it is wrong, which other tests are about."""
    try:
        return resolve(source, cwd=directory).catalogue
    except DefinitionError:
        return None


# How versions read the sources, and what they write, is in the tests of the cases and of the encoders.
@pytest.mark.once
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix().removesuffix("/in"))
def test_a_conversion_reads_back_as_the_same_catalogue(source: Path, tmp_path: Path) -> None:
    before = catalogue(source, tmp_path)
    if before is None or not (before.schemes or before.connectors):
        return
    for suffix in ("yaml", "json"):
        outcome = run("convert", str(source), "--to", suffix, "--exit-zero", cwd=tmp_path)
        assert outcome.code == (2 if source in MISTAKEN else 0), outcome.stderr
        if source in MISTAKEN:
            continue
        target = tmp_path / f"converted.{suffix}"
        target.write_text(outcome.stdout)
        assert catalogue(target, tmp_path) == before


@pytest.mark.parametrize("language", ["rst", "markdown"])
def test_a_converted_page_loses_only_what_is_reported(language: str, tmp_path: Path) -> None:
    command = ("convert", str(ROOT / "schemes"), "--to", language, "--output-format", "json")
    outcome = run(*command, cwd=tmp_path)
    assert outcome.code == 0
    page = tmp_path / f"page.{'rst' if language == 'rst' else 'md'}"
    page.write_text(outcome.stdout)
    before, after = catalogue(ROOT / "schemes", tmp_path), catalogue(page, tmp_path)
    assert before is not None
    assert after is not None
    lost = {key["pointer"] for key in json.loads(outcome.stderr)["carried"] if key["fate"] == Outcome.LOST}
    again = {scheme.id: scheme for scheme in after.schemes}
    assert {f"/schemes/{scheme.id}/id" for scheme in before.schemes if scheme.id not in again} <= lost
    for scheme, read in ((scheme, again[scheme.id]) for scheme in before.schemes if scheme.id in again):
        assert [(secret.name, secret.description) for secret in read.required] == [
            (secret.name, secret.description) for secret in scheme.required
        ]
        for key in ("id", "title", "kind", "docs", "placements"):
            if f"/schemes/{scheme.id}/{key}" not in lost and key in scheme.model_fields_set:
                assert getattr(read, key) == getattr(scheme, key)
    assert f"/schemes/{before.schemes[0].id}/title" not in lost


NAMES = ("tenant", "port", "region", "client_secret", "token_type", "user.name")
TEXTS = st.one_of(
    st.sampled_from(
        ["eu", "none", "N/A", "-", "\u2014", "", "/", "true", "12", "[]", "a | b", "`x`", "a  b", " a ", "x\\"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
PLAIN = {
    "string": TEXTS,
    "integer": st.integers(),
    "number": st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    "boolean": st.booleans(),
    "array": st.lists(st.one_of(st.integers(), TEXTS), max_size=3),
    "object": st.dictionaries(TEXTS, st.lists(st.one_of(st.none(), TEXTS), max_size=2), max_size=2),
}
SETTINGS = st.sampled_from(list(PLAIN)).flatmap(
    lambda name: st.fixed_dictionaries(
        {"optional": st.booleans(), "type": st.just(name)},
        optional={
            "default": st.one_of(PLAIN[name], PLAIN[name], *PLAIN.values()),
            "secret": st.sampled_from(["yes", "no", "no", "no", "unknown"]),
        },
    )
)
LISTS = st.dictionaries(st.sampled_from(NAMES), SETTINGS, min_size=1)


@pytest.mark.parametrize("language", ["rst", "markdown"])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["required", "injected"]), LISTS)
def test_a_page_tells_how_settings_are_used(language: str, part: str, facts: dict[str, dict[str, object]]) -> None:
    scheme = {"id": "foo", part: [{"name": name, **own} for name, own in facts.items()]}
    with tempfile.TemporaryDirectory() as folder:
        source, page = Path(folder, "s.json"), Path(folder, f"page.{'rst' if language == 'rst' else 'md'}")
        source.write_text(json.dumps({"schemes": [scheme]}))
        outcome = run("convert", "s.json", "--to", language, "--output-format", "json", cwd=Path(folder))
        assert outcome.code == 0, outcome.stderr
        page.write_text(outcome.stdout, newline="")
        (read,) = resolve(page, cwd=Path(folder)).catalogue.schemes
    lost = {key["pointer"] for key in json.loads(outcome.stderr)["carried"] if key["fate"] == Outcome.LOST}
    assert [setting.name for setting in getattr(read, part)] == list(facts)
    for setting in getattr(read, part):
        own = facts[setting.name]
        assert (setting.optional, setting.type) == (own["optional"], own["type"])
        is_lost = any(pointer.startswith(f"/schemes/foo/{part}/{setting.name}/default") for pointer in lost)
        event("lost" if is_lost else "carried" if "default" in own else "none")
        if not is_lost:
            assert (type(setting.default), setting.default) == (type(own.get("default")), own.get("default"))
        if own.get("secret") in ("yes", "unknown"):
            assert setting.default is None


SHIPPED = tuple(
    part for name in ("authentication-schemes.rst", "refinements.yaml", "common.yaml")
    for part in ("--source", str(ROOT / "schemes" / name))
)  # fmt: skip
# Faults of the connector that only its scheme reveals, and what its definition lacks because it cannot hold a value.
OWN_FAULTS = {"injected-secret-unused", "login-option-missing", "bad-address", "no-placement"}
# Of these, the systems differ from each other or from the manifest, so that no definition can hold what each states.
UNEVEN = {
    "convert/connector_on_the_disk/in/acme": {"placement-differs"},
    "lint/addresses_to_which_nothing_can_be_sent/in/other-party": {"definition-differs"},
    "lint/definition_with_another_token_url_of_a_system/in/literal": {"definition-differs"},
    "lint/definition_with_another_token_url_of_a_system/in/two": {"placement-differs"},
    "lint/fillers_are_no_secrets/in/c": {"placement-differs"},
    "lint/flag_that_is_not_set_for_two_uses/in/c": {"secret-misplaced"},
    "lint/header_that_an_operation_replaces/in/c": {"placement-differs"},
    # The blank is another one in the definition than in the connector.
    "lint/header_with_a_blank_of_another_kind/in/c": {"placement-differs"},
}
# Of these, the definition leaves out a place, since that refers to an undeclared name.
UNPLACED = {
    "lint/fix_misspelt_names/in/use-in-its-place": {"parameter-unused"},
    "lint/fix_that_would_lose_something/in/place-of-a-parameter": {"parameter-unused"},
}
CONNECTORS = sorted(path.parent for path in CASES.rglob("in/**/manifest.json"))


def assert_begins(folder: Path, directory: Path, *sources: str, expected: Iterable[str] = ()) -> None:
    """Begin the definition of a connector, and check that lint finds only the expected differences between them."""
    converted = run("convert", str(folder), "--to", "yaml", *sources, "--output-format", "json", cwd=directory)
    if converted.code == 2:
        assert lint(folder, directory, *sources), "what cannot be read has a finding"
        return
    (directory / "begun.yaml").write_text(converted.stdout)
    added = lint(folder, directory, *sources, "--source", "begun.yaml") - lint(folder, directory, *sources)
    assert {code for code, _ in added} - OWN_FAULTS == {*expected}
    manifest = json.loads((folder / "manifest.json").read_text("utf-8-sig"), object_pairs_hook=list)
    accounted = {key["pointer"].split("/")[1] for key in json.loads(converted.stderr)["carried"]}
    assert accounted >= {key.replace("~", "~0").replace("/", "~1") for key, _ in manifest}


def lint(folder: Path, directory: Path, *sources: str) -> set[tuple[str, str]]:
    outcome = run("lint", str(folder), *sources, "--output-format", "json", cwd=directory)
    return {(finding["code"], finding["message"]) for finding in json.loads(outcome.stdout)["findings"]}


@pytest.mark.parametrize("folder", CONNECTORS, ids=case_id)
def test_a_connector_agrees_with_the_definition_begun_from_it(folder: Path, tmp_path: Path) -> None:
    assert_begins(folder, tmp_path, expected=UNEVEN.get(case_id(folder), ()))


@pytest.mark.parametrize("folder", CONNECTORS[::4], ids=case_id)
def test_a_connector_of_a_known_scheme_agrees_with_its_definition(folder: Path, tmp_path: Path) -> None:
    assert_begins(folder, tmp_path, *SHIPPED, expected=(UNEVEN | UNPLACED).get(case_id(folder), ()))


@pytest.mark.parametrize("sources", [(), SHIPPED], ids=["alone", "with schemes"])
def test_a_real_connector_agrees_with_the_definition_begun_from_it(
    corpus: Path, sources: tuple[str, ...], tmp_path: Path
) -> None:
    folders = sorted(path.parent for path in (corpus / "connectors").glob("*/manifest.json"))
    assert folders
    for folder in folders:
        assert_begins(folder, tmp_path, *sources)
