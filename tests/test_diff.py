"""Test the comparison of definitions: between catalogues, and with a revision of a repository."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from dulwich import porcelain
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support import CASES, resolve_drafts, run

from authscribe.changes.compare import compare_catalogues, find_affected, index_users
from authscribe.changes.effects import EFFECTS
from authscribe.model import definitions, platform
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, InjectedSecret, Model, Origin, Parameter, Scheme, Secret
from authscribe.report.registry import REPORT_FORMATS

NAMES = st.sampled_from(["a", "b", "c"])
FACTS = {"description": st.sampled_from(["", "Text."]), "optional": st.booleans(), "deprecated": st.booleans()}


def unique(model: type[Secret | Parameter]) -> st.SearchStrategy[tuple[Secret | Parameter, ...]]:
    # No parameter has the name of a secret.
    names = st.sampled_from(["d", "e"]) if model is Parameter else NAMES
    settings_of = st.builds(model, name=names, **FACTS)
    return st.lists(settings_of, max_size=3, unique_by=lambda setting: setting.name).map(tuple)


SCHEMES = st.builds(
    Scheme,
    id=NAMES,
    title=st.sampled_from([None, "Title"]),
    required=unique(Secret),
    injected=unique(InjectedSecret),
    parameters=unique(Parameter),
)
CATALOGUES = st.lists(SCHEMES, max_size=3, unique_by=lambda scheme: scheme.id).map(
    lambda found: tuple(sorted(found, key=lambda scheme: scheme.id))
)


PLATFORM = resolve_drafts().catalogue.platform


@given(CATALOGUES, CATALOGUES)
def test_there_are_changes_exactly_where_catalogues_differ(old: tuple[Scheme, ...], new: tuple[Scheme, ...]) -> None:
    found = list(compare_catalogues(Catalogue(old, (), PLATFORM), Catalogue(new, (), PLATFORM)))
    differing = {s.id for s in old} ^ {s.id for s in new}
    differing |= {a.id for a in old for b in new if a.id == b.id and _content(a) != _content(b)}
    former = {change.old for change in found if change.keys[2:] == ("id",)}
    assert {change.keys[1] for change in found} | former == differing
    assert len(set(found)) == len(found)


def _content(scheme: Scheme) -> dict[str, object]:
    """Return everything but the order of settings, which the author may choose."""
    lists = ("required", "injected", "parameters")
    return {key: getattr(scheme, key) for key in Scheme.model_fields if key not in lists} | {
        key: {setting.name: setting for setting in getattr(scheme, key)} for key in lists
    }


@given(CATALOGUES)
def test_optional_additions_break_nothing(old: tuple[Scheme, ...]) -> None:
    grown = tuple(
        scheme.model_copy(
            update={
                "summary": "More.",
                "required": (*scheme.required, Secret(name="new", optional=True)),
                "injected": (*scheme.injected, InjectedSecret(name="new-too", origin=Origin(required="new"))),
            }
        )
        for scheme in old
    )
    found = list(compare_catalogues(Catalogue(old, (), PLATFORM), Catalogue((*grown, Scheme(id="z")), (), PLATFORM)))
    assert found
    assert not [change for change in found if change.effect.breaks]


def test_every_field_of_every_model_has_an_effect() -> None:
    values = (*vars(definitions).values(), *vars(platform).values())
    models = [value for value in values if isinstance(value, type) and issubclass(value, Model)]
    bases = {Model, definitions.Definition, definitions.Setting, platform.ConnectorFile}
    # Lists of these are one fact of a platform.
    parts = {platform.Flag, platform.Variable, platform.LoginOption, platform.Mechanism, platform.SettingsFile}
    # The request that they are part of decides.
    parts.add(definitions.BasicCredentials)
    assert set(EFFECTS) == set(models) - bases - parts
    for model, rules in EFFECTS.items():
        assert set(rules) == set(model.model_fields), model


def test_the_users_of_a_scheme_are_named() -> None:
    catalogue = Catalogue(
        (Scheme(id="a"), Scheme(id="b")),
        (Connector(id="x", scheme="a"), Connector(id="y", scheme="b", flags=("hooks",))),
        PLATFORM,
    )
    users = index_users((catalogue,))
    assert find_affected(users, ("schemes", "a", "kind")) == {"x"}
    assert find_affected(users, ("connectors", "y")) == {"y"}
    assert find_affected(users, ("platforms", "sesam", "flags", "hooks")) == {"y"}
    assert find_affected(users, ("platforms", "sesam", "variables")) == {"x", "y"}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Commit definitions in a folder of a repository, and change them afterwards."""
    folder = tmp_path / "docs"
    (folder / "defs" / "deep").mkdir(parents=True)
    (folder / "authscribe.toml").write_text('sources = ["defs/*.yaml", "defs/deep"]\n')
    (folder / "defs/a.yaml").write_text("schemes:\n  - id: a\n    injected: [{name: key}]\n")
    (folder / "defs/deep/b.json").write_text('{"schemes": [{"id": "b"}]}\n')
    (folder / "defs/deep/notes.txt").write_text("No source.\n")
    (folder / "other.yaml").write_text("schemes: [{id: other}]\n")
    committed(tmp_path)
    porcelain.tag_create(str(tmp_path), b"first")
    (folder / "defs/a.yaml").write_text("schemes:\n  - id: a\n    injected: [{name: token}]\n")
    return folder


def committed(folder: Path) -> None:
    if not (folder / ".git").exists():
        porcelain.init(str(folder))
    porcelain.add(str(folder))
    who = b"A <a@example.com>"
    porcelain.commit(str(folder), message=b"First", author=who, committer=who)


def test_documents_of_a_revision_are_read_together_and_masked(tmp_path: Path) -> None:
    shutil.copytree(CASES / "read/airbyte/manifest_beside_its_specification/in", tmp_path / "src")
    (tmp_path / "src/source-key").mkdir()
    secret = {"airbyte_secret": True, "default": "CANARY"}
    specification = {"connection_specification": {"properties": {"key": secret}}}
    (tmp_path / "src/source-key/spec.json").write_text(json.dumps(specification))
    (tmp_path / "authscribe.toml").write_text('sources = ["src"]\n')
    committed(tmp_path)
    assert run("diff", "HEAD", cwd=tmp_path).stdout == "no changes\n"
    (tmp_path / "src/source-key").rename(tmp_path / "src/source-other")
    outcome = run("diff", "HEAD", cwd=tmp_path)
    assert "HEAD:src/source-key/spec.json" in outcome.stdout
    assert "CANARY" not in outcome.stdout


def test_references_and_ids_are_the_same_in_a_revision(tmp_path: Path) -> None:
    for name in ("shop", "stock"):
        (tmp_path / name).mkdir()
        document = {
            "openapi": "3.1.0",
            "info": {"title": "API", "version": name},
            "components": {"securitySchemes": {"key": {"$ref": "../parts/key.yaml"}}},
            "security": [{"key": []}],
        }
        (tmp_path / name / "api.json").write_text(json.dumps(document))
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/key.yaml").write_text("{type: apiKey, in: header, name: X-Key}\n")
    (tmp_path / "authscribe.toml").write_text('sources = ["shop", "stock"]\n')
    committed(tmp_path)
    assert run("diff", "HEAD", cwd=tmp_path).stdout == "no changes\n"
    (tmp_path / "parts/key.yaml").write_text("{type: apiKey, in: query, name: X-Key}\n")
    outcome = run("diff", "HEAD", cwd=tmp_path)
    assert "shop-api" in outcome.stdout
    assert "stock-api" in outcome.stdout


def test_a_revision_is_compared_with_what_is_there_now(repository: Path) -> None:
    outcome = run("diff", "first", "--output-format", "concise", cwd=repository)
    assert outcome.stdout.splitlines() == [
        "defs/a.yaml:3:23: warning[breaking-change] injected secret 'key' of scheme 'a' was renamed to 'token'",
    ]
    assert outcome.code == 1
    same = run("diff", "first", "HEAD", cwd=repository)
    assert (same.code, same.stdout) == (0, "no changes\n")


@pytest.mark.parametrize("source", ["docs/defs/*.yaml", "docs/defs", "docs/../docs/defs/a.yaml"])
def test_given_sources_are_compared_with_those_of_a_revision(source: str, repository: Path) -> None:
    (repository / "authscribe.toml").unlink()
    assert diff("first", "--source", source, cwd=repository.parent) == [
        "docs/defs/a.yaml:3:23: warning[breaking-change] injected secret 'key' of scheme 'a' was renamed to 'token'",
    ]


@pytest.mark.parametrize("source", ["link/a.yaml", "link/b[1].yaml"])
def test_given_sources_behind_links_are_compared_with_those_of_a_revision(source: str, repository: Path) -> None:
    (repository.parent / "link").symlink_to(repository / "defs")
    file = repository / "defs" / Path(source).name
    file.write_text("schemes: [{id: a, title: One}]\n")
    (repository / "authscribe.toml").unlink()
    committed(repository.parent)
    file.write_text("schemes: [{id: a, title: Two}]\n")
    assert diff("HEAD", "--source", source, cwd=repository.parent) == [
        f"{source}:1:19: info[documentation-changed] scheme 'a': title 'One' -> 'Two'"
    ]


def test_a_revision_is_read_in_the_given_format(repository: Path) -> None:
    (repository / "page").write_text("schemes: [{id: page, title: One}]\n")
    (repository / "authscribe.toml").unlink()
    committed(repository.parent)
    (repository / "page").write_text("schemes: [{id: page, title: Two}]\n")
    assert diff("HEAD", "--source", "page", "--source-format", "definitions", cwd=repository) == [
        "page:1:22: info[documentation-changed] scheme 'page': title 'One' -> 'Two'"
    ]


def test_sources_of_another_repository_inside_are_the_same_in_a_revision(repository: Path) -> None:
    nested = repository / "defs/deep/shared"
    nested.mkdir()
    (nested / "c.yaml").write_text("schemes:\n  - id: c\n    injected: [{name: key}]\n")
    (repository / "defs/a.yaml").write_text("schemes:\n  - id: a\n    extends: c\n")
    porcelain.init(str(nested)).close()
    committed(repository.parent)
    assert run("diff", "HEAD", cwd=repository).stdout == "no changes\n"
    (repository / "defs/a.yaml").write_text("schemes:\n  - id: a\n    title: A\n    extends: c\n")
    assert diff("HEAD", cwd=repository) == [
        "defs/a.yaml:3:5: info[documentation-changed] scheme 'a': title not set -> 'A'"
    ]


def test_a_removed_scheme_is_shown_in_the_old_source(repository: Path) -> None:
    (repository / "defs/a.yaml").write_text("schemes:\n  - id: c\n")
    outcome = run("diff", "first", cwd=repository)
    assert " --> first:docs/defs/a.yaml:2:9" in outcome.stdout
    assert "2 |   - id: a\n" in outcome.stdout


@pytest.mark.parametrize("revision", ["nosuch", "first..HEAD", "-x", ""])
def test_an_unknown_revision_is_one_finding(repository: Path, revision: str) -> None:
    outcome = run("diff", "--", revision, cwd=repository)
    assert outcome.code == 2
    assert outcome.stdout.count("error[") == 1
    assert "Traceback" not in outcome.stderr


def test_outside_of_a_repository_there_is_no_revision(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("schemes: [{id: a}]\n")
    outcome = run("diff", "main", "--source", "s.yaml", cwd=tmp_path)
    assert outcome.code == 2
    assert outcome.stdout.count("error[") == 1


@pytest.mark.parametrize("output_format", REPORT_FORMATS)
def test_no_format_shows_what_may_be_secret(output_format: str, tmp_path: Path) -> None:
    shutil.copytree(CASES / "diff/values_of_secrets_are_withheld/in", tmp_path, dirs_exist_ok=True)
    options = ("--output-format", output_format, "--changelog", "changes.md")
    for sides in (("old.yaml", "new.yaml"), ("new.yaml", "old.yaml")):
        outcome = run("diff", *sides, *options, cwd=tmp_path)
        assert "password" in outcome.stdout
        assert "CANARY" not in outcome.stdout + outcome.stderr + (tmp_path / "changes.md").read_text()


def test_the_report_has_the_published_shape(tmp_path: Path) -> None:
    shutil.copytree(CASES / "diff/header_became_query/in", tmp_path, dirs_exist_ok=True)
    schema = json.loads(run("schema", "report", cwd=tmp_path).stdout)
    report = json.loads(run("diff", "old.yaml", "new.yaml", "--output-format", "json", cwd=tmp_path).stdout)
    Draft202012Validator(schema).validate(report)
    assert [change["verdict"] for change in report["changes"]] == ["security-weakened", "breaking"]
    assert report["summary"]["semver"] == "major"


def test_revisions_of_a_connector_are_compared(tmp_path: Path) -> None:
    shutil.copytree(CASES / "diff/revisions_of_a_connector/in", tmp_path, dirs_exist_ok=True)
    folder = tmp_path / "surf"
    shutil.copytree(tmp_path / "before/surf", folder)
    committed(folder)
    porcelain.tag_create(str(folder), b"v1")
    shutil.copytree(tmp_path / "after/surf", folder, dirs_exist_ok=True)
    now = run("diff", "surf@v1", "--source", "s.yaml", "--output-format", "concise", cwd=tmp_path)
    assert now.code == 1
    assert "surf/manifest.json:8:7: error[security-weakened] connector 'surf': oauth.scopes 'write' added" in now.stdout
    committed(folder)
    both = run("diff", "surf@v1", "surf@HEAD", "--source", "s.yaml", "--output-format", "concise", cwd=tmp_path)
    assert both.stdout == now.stdout.replace("surf/", "surf@HEAD/")
    same = run("diff", "surf@HEAD", "--source", "s.yaml", cwd=tmp_path)
    assert (same.code, same.stdout) == (0, "no changes\n")


def test_a_connector_is_not_compared_with_definitions(tmp_path: Path) -> None:
    shutil.copytree(CASES / "diff/revisions_of_a_connector/in", tmp_path, dirs_exist_ok=True)
    for sides in (("s.yaml", "after/surf"), ("after/surf",)):
        outcome = run("diff", *sides, "--source", "s.yaml", cwd=tmp_path)
        assert (outcome.code, outcome.stdout.count("error[")) == (2, 1)


CONNECTORS = 'sources = ["defs"]\nconnectors = ["connectors/*", "../../other/*"]\n'


def lay_out_connectors(folder: Path) -> tuple[Path, Path]:
    """Commit the configuration, definitions and connectors below a repository; return its folder and that of `surf`.

    Another connector of the configuration is outside of the repository.
    """
    case, workspace = CASES / "diff/revisions_of_a_connector/in", folder / "repository/own files"
    shutil.copytree(case / "before/surf", workspace / "connectors/surf")
    shutil.copytree(case / "before/surf", folder / "other/tide")
    (workspace / "defs").mkdir()
    shutil.copy(case / "s.yaml", workspace / "defs")
    (workspace / "authscribe.toml").write_text(CONNECTORS)
    committed(folder / "repository")
    return workspace, workspace / "connectors/surf"


def diff(*sides: str, cwd: Path) -> list[str]:
    return run("diff", *sides, "--output-format", "concise", cwd=cwd).stdout.splitlines()


def test_configured_connectors_are_compared_with_those_of_a_revision(tmp_path: Path) -> None:
    workspace, surf = lay_out_connectors(tmp_path)
    assert run("diff", "HEAD", cwd=workspace).stdout == "no changes\n"
    shutil.copytree(CASES / "diff/revisions_of_a_connector/in/after/surf", surf, dirs_exist_ok=True)
    found = diff("HEAD", cwd=workspace)
    scope = "connectors/surf/manifest.json:8:7: error[security-weakened] connector 'surf': oauth.scopes 'write' added"
    assert scope in found
    assert [line.removeprefix("../") for line in diff("HEAD", cwd=workspace / "defs")] == found
    committed(tmp_path / "repository")
    assert [line.removeprefix("HEAD:own files/") for line in diff("HEAD~1", "HEAD", cwd=workspace)] == found


def test_connectors_are_added_renamed_and_removed(tmp_path: Path) -> None:
    workspace, surf = lay_out_connectors(tmp_path)

    def list_messages() -> list[str]:
        return [line.partition("] ")[2] for line in diff("HEAD", cwd=workspace)]

    shutil.copytree(surf, surf.with_name("tide"))
    assert list_messages() == ["connector 'tide' was added"]
    committed(tmp_path / "repository")
    surf.rename(surf.with_name("wave"))
    assert list_messages() == ["connector 'surf' was renamed to 'wave'"]
    shutil.rmtree(surf.with_name("wave"))
    assert list_messages() == ["connector 'surf' was removed"]
    definitions = workspace / "defs/s.yaml"
    definitions.write_text(f"{definitions.read_text()}    title: Changed\n")
    assert "connector 'surf' was removed" in list_messages()


def test_a_pattern_that_never_named_a_connector_is_one_finding(tmp_path: Path) -> None:
    workspace, _ = lay_out_connectors(tmp_path)
    (workspace / "authscribe.toml").write_text(CONNECTORS.replace('"connectors/*"', '"conectors/*"'))
    outcome = run("diff", "HEAD", "--output-format", "concise", cwd=workspace)
    assert outcome.stdout.splitlines()[:-1] == []
    assert "no connector at 'conectors/*'" in outcome.stdout
    assert outcome.code == 2


def test_connectors_of_another_repository_inside_are_not_compared(tmp_path: Path) -> None:
    workspace, surf = lay_out_connectors(tmp_path)
    shutil.copytree(surf, surf.with_name("tide"))
    porcelain.init(str(surf.with_name("tide"))).close()
    assert run("diff", "HEAD", cwd=workspace).stdout == "no changes\n"


def test_connectors_with_errors_are_left_out(tmp_path: Path) -> None:
    workspace, surf = lay_out_connectors(tmp_path)
    manifest = surf / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"oauth2",', '"nosuch",', 1))
    assert diff("HEAD", cwd=workspace) == [
        "connectors/surf/manifest.json: info[left-out] the connector 'surf' is left out of the comparison because it "
        "has errors here"
    ]


def test_changed_definitions_are_no_changes_of_connectors(tmp_path: Path) -> None:
    workspace, _ = lay_out_connectors(tmp_path)
    definitions = workspace / "defs/s.yaml"
    definitions.write_text(f"{definitions.read_text()}    title: Changed\n")
    (line,) = diff("HEAD", cwd=workspace)
    assert "title" in line
