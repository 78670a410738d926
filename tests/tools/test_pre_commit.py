"""Use the hooks as a new user does: in a fresh repository, with the configuration of the manual, from `git commit`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import ROOT, list_project_files, run_tool

HOOKS = ("authscribe-check", "authscribe-lint", "authscribe-docs", "authscribe-sync")
SCHEMES = "schemes/authentication-schemes.rst"
PAGE = """\
# API key

After onboarding, these secrets of `api_key` authentication are injected:

| Property  | Description                                            | Type   |
| --------- | ------------------------------------------------------ | ------ |
| `api_key` | The api key as provided in the connector configuration. | String |
"""


@dataclass(frozen=True)
class Repository:
    """Repository of a user, with the tools on the path."""

    folder: Path
    env: dict[str, str]

    def run(self, *command: str) -> tuple[int, str]:
        finished = subprocess.run(
            command,
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return finished.returncode, finished.stdout

    def prepare(self, *command: str) -> str:
        code, output = self.run(*command)
        assert code == 0, output
        return output

    def commit(self) -> tuple[int, str]:
        """Commit everything; an empty commit runs the hooks as well."""
        self.prepare("git", "add", "--all")
        return self.run("git", "commit", "--quiet", "--allow-empty", "--message", "Change something")

    def replace(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def repository(find_tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """Return a repository with generated files, two connectors, a page and the hooks, all committed."""
    programs = find_tool("bin/pre-commit").parent
    folder = tmp_path_factory.mktemp("walk")
    home = folder / "home"
    repository = Repository(
        folder / "repository",
        {
            "HOME": str(home),
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), str(programs), os.environ["PATH"])),
            "PRE_COMMIT_COLOR": "never",
            **{
                f"GIT_{role}_{key}": "user@example.com" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
            },
            **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
        },
    )
    home.mkdir()
    repository.folder.mkdir()
    repository.prepare("git", "init", "--quiet", "--initial-branch", "main")
    repository.prepare("authscribe", "init")
    (repository.folder / "guide.md").write_text(PAGE)
    (repository.folder / "schemes/connectors/shop.yaml").write_text("connectors: [{id: shop, scheme: api_key}]\n")
    settings = 'connectors = ["connectors/*"]\npages = ["guide.md"]\nfiles = [".env.example"]\n'
    (repository.folder / "authscribe.toml").write_text((repository.folder / "authscribe.toml").read_text() + settings)
    repository.prepare("authscribe", "scaffold", "acme", "--scheme", "api_key", "--out-dir", "connectors")
    repository.prepare("authscribe", "scaffold", "wave", "--scheme", "oauth2", "--out-dir", "connectors")
    (repository.folder / ".env.example").write_text("ACME_API_KEY=\n")
    repository.prepare("authscribe", "sync")
    repository.prepare("authscribe", "generate")
    (repository.folder / ".pre-commit-config.yaml").write_text(
        _read_configuration(_copy_project(folder / "authscribe"))
    )
    repository.prepare("pre-commit", "install")
    code, output = repository.commit()
    assert code == 0, output
    assert _list_results(output) == dict.fromkeys(HOOKS, "Passed")
    yield repository
    shutil.rmtree(folder, ignore_errors=True)


def _copy_project(folder: Path) -> Path:
    """Return a repository with the files of this one, whether they are committed or not."""
    for path in list_project_files():
        if not path.startswith(("tests/", "output/", "docs/")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
    user = ("-c", "user.name=user", "-c", "user.email=user@example.com")
    for command in (("init", "--quiet"), ("add", "--all"), (*user, "commit", "--quiet", "-m", "v"), ("tag", "v0.1.0")):
        code, output = run_tool(("git", *command), folder)
        assert code == 0, output
    return folder


def _read_configuration(project: Path) -> str:
    """Return the first example of the manual's page, with the address of the project."""
    page = (ROOT / "docs/how-to/pre-commit.rst").read_text()
    found = re.search(r":caption: \.pre-commit-config\.yaml\n\n((?:   .*\n)+)", page)
    assert found is not None
    text = "".join(line[3:] for line in found[1].splitlines(keepends=True))
    return re.sub(r"repo: .*", f"repo: {project}", text)


def _list_results(output: str) -> dict[str, str]:
    """Return the result of each hook by its id."""
    found = re.findall(r"^authscribe (\w+)\.+(?:\(no files to check\))?(\w+)$", output, re.MULTILINE)
    return {f"authscribe-{name}": result for name, result in found}


def _list_commands(output: str) -> list[str]:
    return re.findall(r"^run: (authscribe .*)$", output, re.MULTILINE)


def _change_scheme(repository: Repository) -> None:
    repository.replace(SCHEMES, "The token that each request carries", "The token that every request carries")


def _edit_generated_file(repository: Repository) -> None:
    repository.replace("output/python/connector_auth/_settings.py", "Never log the result.", "Log the result.")


def _delete_definition(repository: Repository) -> None:
    (repository.folder / "schemes/connectors/shop.yaml").unlink()


def _delete_generated_page(repository: Repository) -> None:
    (repository.folder / "output/docs/rst/authentication-schemes.rst").unlink()


def _edit_page(repository: Repository) -> None:
    repository.replace("guide.md", "The api key as provided in the connector configuration.", "A key.")


def _edit_template(repository: Repository) -> None:
    (repository.folder / ".env.example").write_text("ACME_API_KEY=\n")


def _edit_connector(repository: Repository) -> None:
    repository.replace("connectors/acme/templates/system.json", "$SECRET(api_key)", "$SECRET(api_kee)")


@pytest.mark.parametrize(
    ("change", "hook", "message", "repair"),
    [
        pytest.param(
            _change_scheme, "check", r"^changed +output/python/connector_auth/schemes/oauth2\.py", "generate",
            id="a changed scheme",
        ),
        pytest.param(
            _edit_generated_file, "check", r"^edited +output/python/connector_auth/_settings\.py",
            "generate --force", id="a generated file edited by hand",
        ),
        pytest.param(
            _delete_definition, "check", r"^orphaned +output/python/connector_auth/connectors/shop\.py",
            "generate --prune", id="a deleted definition",
        ),
        pytest.param(
            _delete_generated_page, "check", r"^missing +output/docs/rst/authentication-schemes\.rst", "generate",
            id="a deleted generated page",
        ),
        pytest.param(_edit_page, "docs", r"^changed +guide\.md:7", "docs guide.md", id="an edited page"),
        pytest.param(
            _edit_template, "sync", r"^changed +\.env\.example:1", "sync .env.example", id="an edited template"
        ),
    ],
)  # fmt: skip
def test_a_commit_fails_until_the_printed_command_has_run(
    repository: Repository, change: Callable[[Repository], None], hook: str, message: str, repair: str
) -> None:
    change(repository)
    code, output = repository.commit()
    assert code == 1, output
    assert _list_results(output) == dict.fromkeys(HOOKS, "Passed") | {f"authscribe-{hook}": "Failed"}, output
    assert re.search(message, output, re.MULTILINE), output
    (command,) = _list_commands(output)
    assert command == f"authscribe {repair}"
    repository.prepare("sh", "-c", command)
    code, output = repository.commit()
    assert code == 0, output
    assert _list_results(output) == dict.fromkeys(HOOKS, "Passed")


def test_a_commit_with_a_misspelt_secret_fails(repository: Repository) -> None:
    _edit_connector(repository)
    code, output = repository.commit()
    assert code == 1
    assert _list_results(output)["authscribe-lint"] == "Failed"
    assert "'api_kee'" in output
    repository.replace("connectors/acme/templates/system.json", "api_kee", "api_key")
    assert repository.commit()[0] == 0


def test_the_hooks_are_valid_and_a_planted_error_is_found(find_tool: Callable[[str], Path], tmp_path: Path) -> None:
    program = find_tool("bin/pre-commit")
    manifest = ROOT / ".pre-commit-hooks.yaml"
    assert run_tool((program, "validate-manifest", manifest), tmp_path)[0] == 0
    (tmp_path / "hooks.yaml").write_text(manifest.read_text().replace("always_run: true", "always_run: sometimes"))
    code, output = run_tool((program, "validate-manifest", "hooks.yaml"), tmp_path)
    assert code == 1
    assert "always_run" in output
