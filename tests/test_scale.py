"""Many processes, a cache and remembered runs save time, and never change a byte."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support import CASES, ROOT, Outcome, authscribe, run, tree

from authscribe.drift.earlier_run import identify_run
from authscribe.pipeline import run_pipeline
from authscribe.report.model import Verb
from authscribe.workspace.command_options import GenerateRequest, Options
from authscribe.workspace.workspace import find_workspace

sys.path.insert(0, str(ROOT / "benchmarks"))
import workload

COUNT = 12
FILE = "authscribe-cache-1.sqlite"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "w").mkdir()
    return workload.create_workspace(tmp_path / "w", COUNT)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a folder with a workspace after its first run and with the cache, and a copy of the folder."""
    folder = tmp_path_factory.mktemp("first-run")
    (folder / "w").mkdir()
    assert run_cached("generate", workload.create_workspace(folder / "w", COUNT)).code == 0
    return folder, shutil.copytree(folder, tmp_path_factory.mktemp("copy"), dirs_exist_ok=True)


@pytest.fixture
def generated(first_run: tuple[Path, Path], tmp_path: Path) -> Path:
    """Return a workspace after its first run, always at the same path: what is remembered is about paths."""
    folder, copy = first_run
    # What an earlier test has left may be read-only.
    folder.rename(tmp_path / "earlier")
    return shutil.copytree(copy, folder) / "w"


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    place = workload.create_workspace(tmp_path_factory.mktemp("expected"), COUNT)
    assert run("generate", "--jobs", "1", "--no-cache", cwd=place).code == 0
    return tree(place / "output")


def run_cached(verb: str, place: Path, *options: str) -> Outcome:
    # Processes are shared in a process that has no threads, unlike that of a test.
    start = authscribe if "--jobs" in options else run
    return start(verb, *options, "--cache-dir", str(place.parent / "cache"), cwd=place)


def rows(place: Path) -> int:
    """Return the number of entries in the cache, without the bundles of them."""
    with closing(sqlite3.connect(place.parent / "cache" / FILE)) as database, database:
        (count,) = database.execute("SELECT count(*) FROM entries WHERE key NOT LIKE '%/bundle'").fetchone()
    return int(count)


def times(place: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (place / "output").rglob("*") if path.is_file()}


@pytest.mark.parametrize("jobs", ["0", "1", "2", "5"])
def test_any_number_of_processes_makes_the_same_bytes(place: Path, expected: dict[str, bytes], jobs: str) -> None:
    assert run_cached("generate", place, "--jobs", jobs).code == 0
    assert tree(place / "output") == expected


def test_cached_files_have_the_same_bytes(place: Path, expected: dict[str, bytes]) -> None:
    first = run_cached("generate", place)
    kept = rows(place)
    assert kept > COUNT
    shutil.rmtree(place / "output")
    again = run_cached("generate", place, "--jobs", "2")
    assert again.stdout == first.stdout
    assert tree(place / "output") == expected
    assert rows(place) == kept


def spoil_each_value(cache: Path) -> None:
    with closing(sqlite3.connect(cache / FILE)) as database, database:
        database.execute("UPDATE entries SET value = x'00' || value")


def spoil_the_form(folder: Path) -> None:
    from authscribe.runtime import cache

    with closing(sqlite3.connect(folder / FILE)) as database, database:
        keys = [key for (key,) in database.execute("SELECT key FROM entries")]
    cache.store(folder, [(key, b"[1]") for key in keys])


def spoil_the_contents(folder: Path) -> None:
    from authscribe.runtime import cache

    with closing(sqlite3.connect(folder / FILE)) as database, database:
        entries = list(database.execute("SELECT key, value FROM entries"))
    cache.store(folder, [(key, value[:-20] + bytes(20)) for key, value in entries])


def spoil_the_file(cache: Path) -> None:
    (cache / FILE).write_bytes(b"x" * 5000)


def spoil_the_schema(cache: Path) -> None:
    content = (cache / FILE).read_bytes()
    assert b"entriesentries" in content
    # The message of SQLite about it is not UTF-8.
    (cache / FILE).write_bytes(content.replace(b"entriesentries", b"entri\x8bsentri\x8bs", 1))


def put_a_folder_there(cache: Path) -> None:
    (cache / FILE).unlink()
    (cache / FILE).mkdir()


SPOILED: dict[str, Callable[[Path], None]] = {
    "not a database": spoil_the_file,
    "cut off": lambda cache: os.truncate(cache / FILE, (cache / FILE).stat().st_size // 2),
    "empty": lambda cache: os.truncate(cache / FILE, 0),
    "a damaged schema": spoil_the_schema,
    "other values": spoil_each_value,
    "another form": spoil_the_form,
    "other contents in the right form": spoil_the_contents,
    "a folder instead": put_a_folder_there,
    "writable by all": lambda cache: cache.chmod(0o777),
    "read-only": lambda cache: cache.chmod(0o500),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_cache_changes_nothing(generated: Path, expected: dict[str, bytes], name: str) -> None:
    # A run with nothing to do remembers the digests of the outputs.
    assert run_cached("check", generated).code == 0
    SPOILED[name](generated.parent / "cache")
    assert run_cached("check", generated).code == 0
    shutil.rmtree(generated / "output")
    outcome = run_cached("generate", generated)
    assert (outcome.code, outcome.stderr) == (0, "")
    assert tree(generated / "output") == expected


def test_a_damaged_cache_is_replaced(generated: Path) -> None:
    SPOILED["not a database"](generated.parent / "cache")
    run_cached("check", generated)
    run_cached("check", generated)
    assert rows(generated) > 0


def test_the_cache_forgets_what_is_old_or_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from authscribe.runtime import cache

    now = time.time()
    for days, name in ((40, "old"), (20, "older"), (0, "new")):
        monkeypatch.setattr(time, "time", lambda days=days: now - days * 86_400)
        cache.store(tmp_path, [(name, b"x" * 10_000)])
    assert cache.lookup(tmp_path, ("old", "older", "new")).keys() == {"older", "new"}
    monkeypatch.setattr(cache, "_SIZE_LIMIT", 30_000)
    cache.store(tmp_path, [("last", b"x" * 10_000)])
    assert cache.lookup(tmp_path, ("older", "new", "last")).keys() == {"last"}


def test_a_file_in_the_place_of_the_cache_changes_nothing(place: Path, expected: dict[str, bytes]) -> None:
    (place.parent / "cache").write_text("")
    assert run_cached("generate", place).code == 0
    assert tree(place / "output") == expected


def test_two_runs_at_once_share_a_cache(tmp_path: Path, expected: dict[str, bytes]) -> None:
    places = []
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        places.append(workload.create_workspace(tmp_path / name, COUNT))
    command = [sys.executable, "-m", "authscribe", "generate", "--cache-dir", str(tmp_path / "cache")]
    started = [subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL) for place in places]
    assert [process.wait(120) for process in started] == [0, 0, 0]
    assert [tree(place / "output") for place in places] == [expected] * 3


def test_no_cache_keeps_nothing(place: Path) -> None:
    assert run_cached("generate", place, "--no-cache").code == 0
    assert not (place.parent / "cache").exists()


HEAVY = (
    "yaml", "docutils", "pydantic", "pydantic_core", "jinja2", "rich", "black", "shutil", "textwrap", "authscribe.build",
    "authscribe.catalogue.target", "authscribe.drift.compare", "authscribe.drift.lock_schema", "authscribe.model.markup",
    "authscribe.targets",
)  # fmt: skip


def imported(place: Path, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> set[str]:
    """Return the heavy modules that a run imports; fail if the run does."""
    code = "import sys; from authscribe import cli; code = cli.run(sys.argv[1:]); print(*sys.modules); sys.exit(code)"
    command = [sys.executable, "-c", code, *arguments, "--cache-dir", str(place.parent / "cache")]
    finished = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert finished.returncode in codes
    assert not finished.stderr
    return set(HEAVY) & set(finished.stdout.splitlines()[-1].split())


def is_remembered(place: Path, *, codes: tuple[int, ...] = (0, 1)) -> bool:
    """Return whether a check is answered from an earlier run: it imports nothing heavy then."""
    return not imported(place, "check", codes=codes)


def test_a_run_with_nothing_to_do_is_remembered_with_its_findings(generated: Path) -> None:
    before = times(generated)
    full = run_cached("check", generated, "--no-cache")
    assert full.code == 0
    assert "info" in full.stdout
    assert is_remembered(generated)
    assert run_cached("check", generated) == full
    assert run_cached("generate", generated).code == 0
    assert times(generated) == before


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def with_configuration(line: str) -> Callable[[Path], None]:
    return lambda place: replace(place / "authscribe.toml", 'out-dir = "output"', f'out-dir = "output"\n{line}')


def test_a_remembered_run_masks_the_lines_that_it_shows(place: Path) -> None:
    secret = {"name": "api_key", "secret": "unknown", "example": "hunter2hunter"}
    scheme = {"id": "key", "kind": "api_key", "required": [secret], "injected": [{"name": "api_key"}]}
    (place / "schemes" / "own.yaml").write_text(json.dumps({"schemes": [scheme]}))
    run_cached("generate", place)
    full = run_cached("check", place, "--no-cache")
    assert "api_key" in full.stdout
    assert "hunter2" not in full.stdout
    assert is_remembered(place)
    assert run_cached("check", place) == full


PAGE = "output/docs/rst/connectors/provider-00001.rst"
CHANGES: dict[str, Callable[[Path], object]] = {
    "a definition": lambda p: replace(p / "schemes/connectors/c00003.yaml", "Provider 3", "Provider three"),
    "a place in a definition": lambda p: replace(p / "schemes/connectors/c00003.yaml", "con", "\ncon"),
    "a definition more": lambda p: workload.write_connector(p, 99, workload.define_connector(99)),
    "a definition less": lambda p: (p / "schemes/connectors/c00003.yaml").unlink(),
    "a finding": lambda p: replace(p / "schemes/connectors/c00003.yaml", "https://${", "http://${"),
    "a scheme": lambda p: replace(p / "schemes/authentication-schemes.rst", "Names the", "Names *the*"),
    "a name of a source": lambda p: (p / "schemes/connectors/c00003.yaml").rename(p / "schemes/connectors/d.yaml"),
    "targets": with_configuration('targets = ["docs"]'),
    "links": with_configuration('source-url = "https://git.example/{path}"'),
    "prefixes": with_configuration('[names]\nprefixes = {env = "ACME_"}'),
    "a suppression": with_configuration('[[suppress]]\nrule = "no-placement"\nreason = "known"'),
    "an output edited": lambda p: replace(p / PAGE, "Provider 1", "Provider one"),
    "an output deleted": lambda p: (p / PAGE).unlink(),
    "the lock edited": lambda p: replace(p / "output/authscribe.lock", '"black', '"brown'),
    "the lock deleted": lambda p: (p / "output/authscribe.lock").unlink(),
}


def test_a_place_in_the_configuration_is_noticed(place: Path) -> None:
    with_configuration('[[suppress]]\nrule = "no-placement"\nreason = "known"\nuntil = 2020-01-01')(place)
    run_cached("generate", place)
    replace(place / "authscribe.toml", "sources", "\n\nsources")
    assert run_cached("check", place) == run_cached("check", place, "--no-cache")


def test_templates_behind_a_link_are_noticed(place: Path) -> None:
    with_configuration('templates = ["mine"]')(place)
    (place / "mine").mkdir()
    (place / "real").mkdir()
    (place / "mine" / "docs").symlink_to("../real")
    (place / "real" / "loop").symlink_to("../mine")
    template = place / "real" / "index.md.jinja"
    template.write_text("# One\n")
    run_cached("generate", place)
    assert is_remembered(place)
    template.write_text("# Two\n")
    assert run_cached("check", place).code == 1


def test_a_template_that_is_saved_during_a_run_is_noticed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_configuration('templates = ["mine"]')(place)
    template = place / "mine" / "docs" / "index.md.jinja"
    template.parent.mkdir(parents=True)
    template.write_text("# One\n")
    monkeypatch.chdir(place)
    workspace = find_workspace(Options(cache=place.parent / "cache"), place)
    key = identify_run(Verb.GENERATE, workspace)
    template.write_text("# Two\n")
    assert not run_pipeline(Verb.GENERATE, GenerateRequest(names=(), targets=()), workspace, key).drifts
    template.write_text("# One\n")
    assert run_cached("check", place).code == 1


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_noticed(generated: Path, name: str) -> None:
    clean = run_cached("check", generated)
    CHANGES[name](generated)
    assert not is_remembered(generated)
    outcome = run_cached("check", generated)
    assert outcome == run_cached("check", generated, "--no-cache")
    assert outcome.stdout != clean.stdout


@pytest.mark.parametrize("name", CHANGES)
def test_a_run_after_a_change_makes_the_bytes_of_a_run_without_a_cache(generated: Path, name: str) -> None:
    CHANGES[name](generated)
    run_cached("generate", generated)
    made = tree(generated / "output")
    run_cached("generate", generated, "--no-cache")
    assert tree(generated / "output") == made


@pytest.mark.parametrize("name", ["other values", "another form", "other contents in the right form"])
def test_a_run_after_a_change_makes_the_same_bytes_with_a_spoiled_cache(generated: Path, name: str) -> None:
    SPOILED[name](generated.parent / "cache")
    CHANGES["a definition"](generated)
    assert run_cached("generate", generated).code == 0
    made = tree(generated / "output")
    run_cached("generate", generated, "--no-cache")
    assert tree(generated / "output") == made


def test_a_change_makes_only_what_depends_on_it_again(generated: Path) -> None:
    kept = rows(generated)
    CHANGES["a definition"](generated)
    run_cached("generate", generated)
    # The source; records and contents of the files of the connector and of two lists of all connectors; the description
    # and the section of the connector in the catalogue; the run; the parts that the files in its lock belong to; and the
    # digests of outputs, if the clock has gone on.
    assert rows(generated) - kept in (11, 12)


def a_link_instead(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.symlink_to(path.with_suffix(".old"))


IN_CONNECTORS: dict[str, Callable[[Path], object]] = {
    "a file": lambda p: replace(p / "wave/manifest.json", "{", "{ "),
    "a file more": lambda p: (p / "wave/templates/more.json").write_text("{}"),
    "a file less": lambda p: (p / "wave/authscribe.scaffold.json").unlink(),
    "a link instead": lambda p: a_link_instead(p / "wave/manifest.json"),
    "a connector more": lambda p: shutil.copytree(p / "wave", p / "wave2"),
}


@pytest.mark.parametrize("name", IN_CONNECTORS)
def test_a_change_in_a_connector_is_noticed(place: Path, name: str) -> None:
    with_configuration('connectors = ["connectors/*"]')(place)
    arguments = ("wave", "--scheme", "api_key", "--out-dir", "connectors")
    assert run("scaffold", *arguments, cwd=place).code == 0
    run_cached("generate", place)
    assert not is_remembered(place)  # it says more of connectors than the other verb
    assert is_remembered(place)
    assert run_cached("check", place) == run_cached("check", place, "--no-cache")
    IN_CONNECTORS[name](place / "connectors")
    # A manifest that is a link is not read, which is an error.
    assert not is_remembered(place, codes=(2,) if name == "a link instead" else (0, 1))
    assert run_cached("check", place) == run_cached("check", place, "--no-cache")


def test_a_page_is_read_once(place: Path) -> None:
    assert "docutils" in imported(place, "generate")
    CHANGES["a definition"](place)
    assert "docutils" not in imported(place, "generate")
    assert run_cached("check", place, "--no-cache").code == 0
    page = place / "schemes" / "authentication-schemes.rst"
    page.write_text(f"{page.read_text()}\nThe end.\n")
    assert "docutils" in imported(place, "check")


@pytest.mark.parametrize(
    ("verb", "arguments"), [("scaffold", ("wave", "--scheme", "api_key", "--dry-run")), ("lint", ("--exit-zero",))]
)
def test_other_commands_take_pages_from_the_cache(place: Path, verb: str, arguments: tuple[str, ...]) -> None:
    assert "docutils" in imported(place, verb, *arguments)
    assert "docutils" not in imported(place, verb, *arguments)
    assert run(verb, *arguments, "--no-cache", cwd=place) == run_cached(verb, place, *arguments)


def test_a_run_about_one_name_leaves_the_catalogue_alone(place: Path) -> None:
    assert "authscribe.catalogue.target" not in imported(place, "generate", "provider-00003")


def test_a_change_of_an_own_template_is_noticed(place: Path) -> None:
    with_configuration('templates = ["mine"]')(place)
    (place / "mine" / "docs").mkdir(parents=True)
    template = place / "mine" / "docs" / "index.md.jinja"
    template.write_text("# One\n")
    run_cached("generate", place)
    assert is_remembered(place)
    template.write_text("# Two\n")
    assert not is_remembered(place)
    assert run_cached("check", place).code == 1
    run_cached("generate", place)
    assert (place / "output/docs/markdown/connectors/index.md").read_text() == "# Two\n"


def test_another_build_of_the_tool_remembers_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = place.parent / "copy"
    shutil.copytree(ROOT / "generator", copy / "generator")
    shutil.copytree(ROOT / "templates", copy / "templates")
    shutil.copytree(ROOT / "schemes", copy / "schemes")
    monkeypatch.setenv("PYTHONPATH", str(copy / "generator"))
    options = ("--cache-dir", str(place.parent / "cache"))
    assert authscribe("generate", *options, cwd=place).code == 0
    assert is_remembered(place)
    replace(copy / "templates/docs/connector.md.jinja", "#", "##")
    assert not is_remembered(place)
    assert authscribe("check", *options, cwd=place).code == 1
    replace(copy / "templates/docs/connector.md.jinja", "##", "#")
    assert is_remembered(place)
    with (copy / "generator/authscribe/model/naming.py").open("a") as module:
        module.write("# changed\n")
    assert not is_remembered(place)


def test_a_lock_that_was_merged_as_text_is_not_trusted(generated: Path) -> None:
    """Merge the lock of two correct branches: it has the inputs of one and the files of the other."""
    before = tree(generated / "output")
    source = generated / "schemes/connectors/c00003.yaml"
    replace(source, "Provider 3", "Provider three")
    run_cached("generate", generated)
    after = tree(generated / "output")
    old, new = (side["authscribe.lock"].decode().splitlines() for side in (before, after))
    merged = [(b if '"connectors/c00003.yaml"' in b else a) for a, b in zip(old, new, strict=True)]
    assert merged not in (old, new)
    for path, content in before.items():
        (generated / "output" / path).write_bytes(content)
    (generated / "output/authscribe.lock").write_text("\n".join(merged) + "\n")
    outcome = run_cached("check", generated)
    assert outcome.code == 1
    assert "provider-00003" in outcome.stdout


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _heeds_interrupts() -> None:
    """Undo that processes in the background of a shell, and all that they start, ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def started(place: Path, *arguments: str) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a run; return it with its worker processes once it has begun to share its work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "authscribe", *arguments, "--jobs", "2"],
        cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=_heeds_interrupts,  # noqa: PLW1509 - the tests have no other threads
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(found := children(process.pid)) < 2:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)
    return process, found


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found through /proc")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    (tmp_path / "large").mkdir()
    return workload.create_workspace(tmp_path / "large", 400)


@needs_proc
def test_a_process_that_is_killed_is_one_error_and_no_tree(large: Path) -> None:
    process, found = started(large, "generate", "--no-cache")
    os.kill(found[0], signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (2, "")
    assert stdout.count("error[") == 1
    assert "error[process-lost]" in stdout
    assert not (large / "output").exists()
    assert not [child for child in found if Path(f"/proc/{child}").exists()]


@needs_proc
@pytest.mark.parametrize("reached", ["all", "the first"])
def test_an_interrupt_ends_all_processes(large: Path, reached: str) -> None:
    process, found = started(large, "generate", "--no-cache")
    for pid in (process.pid, *(found if reached == "all" else ())):
        os.kill(pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr.strip()) == (130, "", "")
    assert not (large / "output").exists()
    assert not [child for child in found if Path(f"/proc/{child}").exists()]


@needs_proc
def test_no_process_outlives_a_run_that_was_killed(large: Path) -> None:
    process, found = started(large, "generate", "--no-cache")
    process.kill()
    process.communicate(timeout=60)
    until = time.monotonic() + 30
    while [child for child in found if Path(f"/proc/{child}/exe").exists()]:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_mistake_in_an_own_template_is_the_same_with_any_number_of_processes(place: Path) -> None:
    with_configuration('templates = ["mine"]')(place)
    (place / "mine" / "docs").mkdir(parents=True)
    (place / "mine/docs/connector.md.jinja").write_text("<< view.nothing | text >>\n")
    one, two = (run_cached("generate", place, "--jobs", jobs) for jobs in ("1", "2"))
    assert one == two
    assert one.code == 2
    assert one.stdout.count("error[template-error]") == 1
    assert not (place / "output").exists()


def pages(folder: Path, *, mistaken: int | None = None) -> None:
    """Write seven pages with a scheme each; the name of a secret in one of them may be wrong."""
    page = (CASES / "pages/one_scheme/in/page.rst").read_text()
    for number in range(7):
        secret = "tick\x07et" if number == mistaken else "ticket"
        text = page.replace("Foo", f"Foo{number}").replace("``ticket``", f"``{secret}``")
        (folder / f"page{number}.rst").write_text(text)


def test_pages_make_the_same_bytes_with_any_number_of_processes(tmp_path: Path) -> None:
    pages(tmp_path)
    made = []
    for jobs in ("1", "3"):
        options = ("--source", "*.rst", "--out-dir", jobs, "--jobs", jobs, "--no-cache")
        assert authscribe("generate", *options, cwd=tmp_path).code == 0
        made.append(tree(tmp_path / jobs))
    assert made[0] == made[1]
    assert {f"foo{number}" in "".join(made[0]) for number in range(7)} == {True}


@pytest.mark.parametrize("verb", ["generate", "lint"])
def test_a_mistake_in_a_page_is_the_same_with_any_number_of_processes(tmp_path: Path, verb: str) -> None:
    pages(tmp_path, mistaken=3)
    one, two = (authscribe(verb, "--source", "*.rst", "--jobs", jobs, cwd=tmp_path) for jobs in ("1", "3"))
    assert one == two
    assert one.code == 2
    assert "page3.rst" in one.stdout


def test_lint_reports_the_same_with_any_number_of_processes(tmp_path: Path) -> None:
    case = CASES / "lint" / "secret_renamed" / "in"
    for number in range(6):
        shutil.copytree(case / "c", tmp_path / f"connectors/c{number}")
    shutil.copy(case / "s.yaml", tmp_path)
    arguments = ("lint", "--source", "s.yaml", "connectors")
    one, two = (authscribe(*arguments, "--jobs", jobs, cwd=tmp_path) for jobs in ("1", "3"))
    assert one == two
    assert one.stdout.count("secret-renamed") == 6
