"""Test that revisions of git repositories are found as git finds them, in every kind of repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from support import Outcome, run

from authscribe.connectors.git_repository import read_commit
from authscribe.findings.finding import DefinitionError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git builds the repositories")

SCHEME = "schemes:\n  - id: wave\n    injected: [{name: %s}]\n"
MANIFEST = '{"auth": "wave", "datatypes": {}, "system-template": "system.json"}\n'
# With a fixed date, hashes are the same in every run.
WHO = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "a"), ("EMAIL", "a"), ("DATE", "1700000000 +0000"))
}
REVISIONS = (
    "HEAD", "@", "main", "heads/main", "refs/heads/main", "side", "light", "annotated", "tags/annotated",
    "HEAD~1", "HEAD~", "HEAD^", "HEAD^0", "HEAD^1", "HEAD^2", "HEAD^^", "HEAD~1~1", "HEAD^2~1", "@~1", "main~2",
    "annotated^{}", "annotated^{commit}", "annotated~0", "@{0}", "@{1}", "main@{1}", "HEAD@{1}", "HEAD@{2}",
    "@{-1}", "@{-2}", "side~1^0", "annotated-1-g{main}",
    # None of these is a commit.
    "HEAD~99", "HEAD^3", "HEAD^2^2", "main@{99}", "@{-99}", "@{u}", "nosuch", "nosuch@{0}", "abcd", "", "~1", "a..b",
    "HEAD^{tree}", "HEAD~99999999999999999999", "{blob}",
)  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    """Run git without the configuration of whoever runs the tests; return what it prints, empty where it fails."""
    environment = {**os.environ, **WHO, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    finished = subprocess.run(
        ("git", "-C", str(folder), *arguments), env=environment, capture_output=True, text=True, check=False
    )
    return finished.stdout.strip() if finished.returncode == 0 else ""


def commit(folder: Path, name: str) -> None:
    (folder / "schemes.yaml").write_text(SCHEME % name)
    git(folder, "add", ".")
    git(folder, "commit", "-m", name)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Commit five revisions, one of them a merge, with a branch, two kinds of tags, and a connector in a folder."""
    folder = tmp_path / "origin"
    (folder / "connectors/surf").mkdir(parents=True)
    git(tmp_path, "init", "-b", "main", str(folder))
    (folder / "authscribe.toml").write_text('sources = ["*.yaml"]\n')
    (folder / "connectors/surf/manifest.json").write_text(MANIFEST)
    (folder / "connectors/surf/system.json").write_text("{}")
    commit(folder, "first")
    git(folder, "tag", "light")
    commit(folder, "second")
    git(folder, "tag", "-a", "annotated", "-m", "A tag.")
    git(folder, "checkout", "-b", "side", "light")
    (folder / "side.txt").write_text("Side.")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "side")
    git(folder, "checkout", "main")
    git(folder, "merge", "--no-edit", "side")
    return folder


def read_all(folder: Path, revision: str) -> str:
    """Return everything that a revision contains; empty if there is no such revision."""
    try:
        content = read_commit(folder, revision, revision)
    except DefinitionError as error:
        assert [finding.code for finding in error.findings] == ["no-such-revision"]
        return ""
    return "".join(sorted(f"{name}:{content.fetch(name, 1000)!r}" for name in content.files))


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_is_the_one_that_git_finds(repository: Path, revision: str) -> None:
    hashes = {
        "{main}": git(repository, "rev-parse", "--short", "main"),
        "{blob}": git(repository, "rev-parse", "main:side.txt"),
    }
    for hole, value in hashes.items():
        revision = revision.replace(hole, value)
    expected = git(repository, "rev-parse", "-q", "--verify", f"{revision}^{{commit}}")
    assert read_all(repository, revision) == (read_all(repository, expected) if expected else "")
    assert read_all(repository, git(repository, "rev-parse", "HEAD"))


def test_a_hash_may_be_abbreviated(repository: Path) -> None:
    for revision in ("main", "annotated"):
        full = git(repository, "rev-parse", revision)
        found = {read_all(repository, full[:length]) for length in (7, 12, 40)}
        assert found == {read_all(repository, revision)}
        assert read_all(repository, full.upper()) == read_all(repository, revision)


def test_a_hash_that_several_commits_have_is_ambiguous(repository: Path) -> None:
    tree = git(repository, "rev-parse", "HEAD^{tree}")
    commits = [git(repository, "commit-tree", tree, "-m", str(number)) for number in range(600)]
    starts = [each[:4] for each in commits]
    shared = next((start for start in starts if starts.count(start) > 1), None)
    assert shared is not None
    outcome = run("lint", f".@{shared}", "--source", "schemes.yaml", cwd=repository)
    assert outcome.code == 2
    assert f"several commits of the repository begin with '{shared}'" in outcome.stdout


def diff_and_lint(folder: Path, revision: str) -> Sequence[Outcome]:
    """Run the two commands that read revisions, which must end without a traceback."""
    outcomes = (run("diff", revision, cwd=folder), run("lint", f".@{revision}", cwd=folder))
    assert not any("Traceback" in outcome.stderr for outcome in outcomes)
    return outcomes


@pytest.mark.parametrize("revision", ["HEAD~1", "HEAD^", "@{1}", "main~1", "annotated"])
def test_commands_accept_revisions(repository: Path, revision: str) -> None:
    (repository / "schemes.yaml").write_text(SCHEME % "third")
    diff, lint = diff_and_lint(repository, revision)
    assert "'second' of scheme 'wave'" in diff.stdout
    assert lint.code in (0, 1)
    assert "surf" in lint.stdout


def test_a_folder_below_the_root_has_revisions(repository: Path) -> None:
    report = json.loads(run("lint", "surf@main~1", "--output-format", "json", cwd=repository / "connectors").stdout)
    assert [(each["connector"], each["revision"]) for each in report["connectors"]] == [("surf", "main~1")]


def test_a_bare_repository_and_a_worktree_have_revisions(repository: Path) -> None:
    git(repository, "clone", "--bare", str(repository), "../bare.git")
    git(repository, "worktree", "add", "../tree", "side")
    arguments = ("--source", "schemes.yaml", "--output-format", "json")
    bare = json.loads(run("lint", "../bare.git@annotated", *arguments, cwd=repository).stdout)
    assert [each["connector"] for each in bare["connectors"]] == ["surf"]
    tree = repository.parent / "tree"
    for revision in ("HEAD", "@", "main", "main~1"):
        assert read_all(tree, revision) == read_all(tree, git(tree, "rev-parse", revision))
    diff, _ = diff_and_lint(tree, "main")
    assert "'second' of scheme 'wave'" in diff.stdout


def test_a_shallow_clone_has_its_latest_revision_and_tells_how_to_get_others(repository: Path) -> None:
    git(repository, "clone", "--depth", "1", repository.as_uri(), "../shallow")
    folder = repository.parent / "shallow"
    for outcome in diff_and_lint(folder, "HEAD"):
        assert outcome.code in (0, 1)
    for outcome in diff_and_lint(folder, "HEAD~1"):
        assert outcome.code == 2
        assert "the repository has no revision 'HEAD~1'" in outcome.stdout
        assert "git fetch --unshallow" in outcome.stdout
    git(folder, "fetch", "--unshallow")
    assert read_all(folder, "HEAD~1")


def test_a_partial_clone_lacks_content_until_it_is_fetched(repository: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(repository, "clone", "--filter=blob:none", repository.as_uri(), "../partial")
    folder = repository.parent / "partial"
    assert git(folder, "config", "remote.origin.promisor") == "true"
    git(folder, "config", "extensions.partialClone", "origin")
    for outcome in diff_and_lint(folder, "HEAD"):
        assert outcome.code in (0, 1)
    diff = run("diff", "HEAD~1", cwd=folder)
    assert diff.code in (0, 1)
    outcome = run("diff", "light", cwd=folder)
    assert outcome.code == 2
    assert "the clone is partial and does not contain it" in outcome.stdout
    git(folder, "fetch", "--refetch", "--no-filter")
    assert run("diff", "light", cwd=folder).code == 1


@pytest.mark.parametrize(
    "setting",
    ["partialClone=origin", "preciousObjects=true", "noop=1", "noop-v1=1", "refStorage=files", "worktreeConfig=true"],
)
def test_extensions_that_change_nothing_are_accepted(repository: Path, setting: str) -> None:
    set_extension(repository, setting)
    for outcome in diff_and_lint(repository, "main"):
        assert outcome.code in (0, 1)


@pytest.mark.parametrize("setting", ["refStorage=reftable", "objectFormat=sha3", "wonder=true"])
def test_an_unknown_extension_is_one_finding_that_names_it(repository: Path, setting: str) -> None:
    set_extension(repository, setting)
    for outcome in diff_and_lint(repository, "main"):
        assert outcome.code == 2
        assert outcome.stdout.count("error[unreadable-repository]") == 1
        assert setting.lower() in outcome.stdout.lower()


def set_extension(repository: Path, setting: str) -> None:
    name, _, value = setting.partition("=")
    with (repository / ".git/config").open("a") as config:
        config.write(f"[core]\n\trepositoryformatversion = 1\n[extensions]\n\t{name} = {value}\n")


RULES = {
    ".gitignore": "/build/\n*.tmp.yaml\nvendor\n!kept.tmp.yaml\nlogs/*\n!logs/keep.yaml\n",
    "deep/.gitignore": "local.yaml\n!b.tmp.yaml\n",
}
FILES = (
    "a.yaml", "a.tmp.yaml", "kept.tmp.yaml", "build/a.yaml", "deep/build/a.yaml", "vendor/a.yaml", "deep/vendor/a.yaml",
    "logs/keep.yaml", "logs/other.yaml", "deep/local.yaml", "local.yaml", "deep/a.tmp.yaml", "deep/b.tmp.yaml",
    "deep/deeper/local.yaml", ".venv/a.yaml",
)  # fmt: skip


@pytest.mark.parametrize("pattern", ["**/*.yaml", ".", "{root}/**/*.yaml"])
def test_sources_leave_out_what_git_ignores(tmp_path: Path, pattern: str) -> None:
    git(tmp_path, "init", str(tmp_path))
    for number, path in enumerate(FILES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"schemes: [{{id: s{number}}}]\n")
    for path, text in RULES.items():
        (tmp_path / path).write_text(text)
    (tmp_path / ".git/a.yaml").write_text("schemes: [{id: git}]\n")
    (tmp_path / "authscribe.toml").write_text(f'sources = ["{pattern.format(root=tmp_path)}"]\n')
    listed = set(git(tmp_path, "ls-files", "--others", "--exclude-standard", "*.yaml").split())
    assert {"a.yaml", "kept.tmp.yaml", "logs/keep.yaml", "deep/b.tmp.yaml", ".venv/a.yaml"} <= listed
    assert len(listed) < len(FILES)
    inputs = json.loads(run("list", "inputs", "--output-format", "json", cwd=tmp_path).stdout)["inputs"]
    shown = {entry["path"].removeprefix(f"{tmp_path}/") for entry in inputs}
    assert {path for path in shown if not path.startswith("authscribe")} == listed
    (tmp_path / "authscribe.toml").write_text('sources = ["build/a.yaml"]\n')
    assert run("list", "schemes", cwd=tmp_path).stdout.split()[0] == "s3"


def test_a_repository_with_longer_hashes_is_read(repository: Path) -> None:
    folder = repository.parent / "long"
    git(repository, "init", "-b", "main", "--object-format=sha256", str(folder))
    (folder / "a").write_text("A.")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "a")
    head = git(folder, "rev-parse", "HEAD")
    assert len(head) == 64
    assert {read_all(folder, revision) for revision in ("HEAD", head, head[:9])} == {"a:b'A.'"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("config", "[core]\n\trepositoryformatversion = 7\n"),
        ("config", "[core]\n\trepositoryformatversion = 1\n[extensions\n"),
        ("objects/{start}/{rest}", "no object"),
    ],
)
def test_a_damaged_repository_is_one_finding(repository: Path, path: str, content: str) -> None:
    head = git(repository, "rev-parse", "main")
    file = repository / ".git" / path.format(start=head[:2], rest=head[2:])
    file.chmod(0o644)
    file.write_text(content)
    for outcome in diff_and_lint(repository, "main"):
        assert outcome.code == 2
        assert outcome.stdout.count("error[unreadable-repository]") == 1


def test_a_repository_whose_hashes_are_not_of_its_format_has_no_revision(repository: Path) -> None:
    set_extension(repository, "objectFormat=sha256")
    for outcome in diff_and_lint(repository, "main"):
        assert outcome.code == 2
        assert outcome.stdout.count("error[") == 1
