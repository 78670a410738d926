"""Lint damaged, linked, packed and committed connectors: one clear finding each, and nothing else is read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain
from hypothesis import given
from hypothesis import strategies as st
from support import resolve, run, tree

from authscribe.adopt import adopt_connector
from authscribe.connectors.archives import MEMBER_LIMIT, UNPACKED_LIMIT
from authscribe.connectors.context import create_context
from authscribe.connectors.file_trees import ConnectorFolder
from authscribe.connectors.reader import ConnectorReader
from authscribe.findings.finding import Finding, Place
from authscribe.lint.registry import lint_connector
from authscribe.resolve.resolver import Resolution

SCHEME = "schemes:\n  - id: api_key\n    kind: api_key\n    injected: [{name: api_key}]\n"
MANIFEST = {
    "auth": "api_key",
    "datatypes": {"item": {"template": "templates/item.json"}},
    "system-template": "templates/system.json",
}
SYSTEM = {"_id": "{{@ system @}}", "headers": {"Authorization": "Bearer $SECRET(api_key)"}}
FILES = {
    "manifest.json": json.dumps(MANIFEST),
    "templates/system.json": json.dumps(SYSTEM),
    "templates/item.json": '[{"_id": "{{@ datatype @}}"}]',
}


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    write(folder, {"s.yaml": SCHEME, **{f"wave/{path}": text for path, text in FILES.items()}})
    return folder


def lint(desk: Path, *arguments: str) -> dict[str, Any]:
    outcome = run("lint", "--source", "s.yaml", "--output-format", "json", *arguments, cwd=desk)
    assert "Traceback" not in outcome.stderr
    report: dict[str, Any] = json.loads(outcome.stdout)
    return report


def codes(report: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in report["findings"]]


def test_a_good_connector_gives_no_finding(desk: Path) -> None:
    report = lint(desk, "wave")
    assert codes(report) == []
    assert [connector["connector"] for connector in report["connectors"]] == ["wave"]


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def name_template(path: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / "templates" / "item.json").unlink()
        edit_manifest(folder, lambda manifest: manifest["datatypes"]["item"].update(template=path))

    return damage


def link_out(folder: Path) -> None:
    (folder / "templates" / "item.json").unlink()
    (folder / "templates" / "item.json").symlink_to(folder.parent / "outside.json")


def link_folder(folder: Path) -> None:
    (folder / "more").symlink_to(folder.parent)
    name_template("more/outside.json")(folder)


def pipe(folder: Path) -> None:
    (folder / "templates" / "item.json").unlink()
    os.mkfifo(folder / "templates" / "item.json")


def no_system(folder: Path) -> None:
    (folder / "templates" / "system.json").unlink()
    edit_manifest(folder, lambda manifest: manifest.pop("system-template"))


def nameless_system(folder: Path) -> None:
    (folder / "templates" / "system.json").unlink()
    edit_manifest(folder, lambda manifest: manifest.update({"system-template": 5}))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "manifest that is no JSON": (lambda f: (f / "manifest.json").write_text("{"), "syntax-error"),
    "manifest that is a list": (lambda f: (f / "manifest.json").write_text("[]"), "wrong-value"),
    "manifest that is empty": (lambda f: (f / "manifest.json").write_text(""), "empty-file"),
    "manifest of unknown bytes": (lambda f: (f / "manifest.json").write_bytes(b"\xff\xfe{\x00"), "not-utf-8"),
    "manifest nested absurdly": (lambda f: (f / "manifest.json").write_text("[" * 100_000), "too-deep"),
    "manifest that is a folder": (
        lambda f: ((f / "manifest.json").unlink(), (f / "manifest.json").mkdir()), "unreadable-file",
    ),
    "template nested absurdly": (
        lambda f: (f / "templates" / "item.json").write_text("[" * 100_000 + "]" * 100_000), "template-not-json",
    ),
    "template of ten megabytes": (
        lambda f: (f / "templates" / "item.json").write_text('["' + "x" * 10_000_000 + '"]'), "too-large",
    ),
    "template of unknown bytes": (
        lambda f: (f / "templates" / "item.json").write_bytes(b'["\x81\xff"]'), "not-utf-8",
    ),
    "template that is a pipe": (pipe, "unreadable-file"),
    "template above": (name_template("../outside.json"), "template-outside"),
    "template far above": (name_template("templates/../../outside.json"), "template-outside"),
    "template at the root": (name_template("/etc/hostname"), "template-outside"),
    "template with a drive": (name_template("C:/outside.json"), "template-outside"),
    "template that is a link": (link_out, "template-outside"),
    "template behind a linked folder": (link_folder, "template-outside"),
    "template that is not there": (name_template("templates/other.json"), "template-missing"),
    "datatype that is no mapping": (
        lambda f: edit_manifest(f, lambda m: m["datatypes"].update(other=[])), "wrong-value",
    ),
    "datatype without template": (
        lambda f: edit_manifest(f, lambda m: m["datatypes"].update(other={})), "missing-key",
    ),
    "no system": (no_system, "missing-key"),
    "template without a name": (name_template(""), "wrong-value"),
    "template with a name that no path can have": (name_template("templates/a\0b"), "template-missing"),
    "system without a name": (nameless_system, "wrong-value"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_connector_is_one_finding(desk: Path, name: str) -> None:
    (desk / "outside.json").write_text('["CANARY $SECRET(canary)"]')
    damage, code = DAMAGES[name]
    damage(desk / "wave")
    outcome = run("lint", "--source", "s.yaml", "wave", "--output-format", "json", cwd=desk)
    assert outcome.code == 1
    found = [finding["code"] for finding in json.loads(outcome.stdout)["findings"]]
    assert found == [code]
    assert "CANARY" not in outcome.stdout
    assert "canary" not in outcome.stdout


def test_several_connectors_in_one_folder(desk: Path) -> None:
    for name in ("all/hubspot-connector", "all/deep/wave@prod", "all/.hidden/secret"):
        write(desk / name, FILES)
    report = lint(desk, "all")
    named = [(c["connector"], c["revision"], c["path"]) for c in report["connectors"]]
    assert named == [("wave", "prod", "all/deep/wave@prod"), ("hubspot", None, "all/hubspot-connector")]


def test_an_archive_whose_files_cannot_be_unpacked(desk: Path) -> None:
    with zipfile.ZipFile(desk / "wave.zip", "w") as packed:
        for path, text in FILES.items():
            packed.writestr(path, text)
    data = (desk / "wave.zip").read_bytes()
    (desk / "wave.zip").write_bytes(data.replace(b'"auth"', b'"atuh"', 1))
    assert codes(lint(desk, "wave.zip")) == ["unreadable-file"]


def pack_tar(*headers: bytes) -> bytes:
    """Return an archive with the files of a connector after some headers."""
    with io.BytesIO() as stream:
        with tarfile.open(fileobj=stream, mode="w") as packed:
            for path, text in FILES.items():
                info = tarfile.TarInfo(path)
                info.size = len(text)
                packed.addfile(info, io.BytesIO(text.encode()))
        return b"".join((*headers, stream.getvalue()))


def make_header(kind: bytes, content: bytes = b"", name: str = "x") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    return info.tobuf() + content + b"\0" * (-len(content) % tarfile.BLOCKSIZE)


def pack_zip(method: int, count: int = 0) -> bytes:
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", method) as packed:
            for path, text in (*FILES.items(), *((f"{number:0200}", "") for number in range(count))):
                packed.writestr(path, text)
        return stream.getvalue()


LARGE = 5 * 1024 * 1024
RECORDS = b"".join(b"13 a%06d=v\n" % number for number in range(500_000))
HOSTILE_ARCHIVES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "gzip bomb": ("a.tar.gz", lambda: gzip.compress(pack_tar(bytes(UNPACKED_LIMIT)), 1), "too-large"),
    "bzip2 bomb": ("a.tar.bz2", lambda: bz2.compress(pack_tar(bytes(UNPACKED_LIMIT))), "too-large"),
    "xz bomb": ("a.tar.xz", lambda: lzma.compress(pack_tar(bytes(UNPACKED_LIMIT)), preset=0), "too-large"),
    "long name": ("a.tar", lambda: pack_tar(make_header(b"L", b"x" * LARGE)), "too-large"),
    "long link": ("a.tar", lambda: pack_tar(make_header(b"K", b"x" * LARGE)), "too-large"),
    "records": ("a.tar", lambda: pack_tar(make_header(b"x", RECORDS)), "too-large"),
    "records of Solaris": ("a.tar", lambda: pack_tar(make_header(b"X", RECORDS)), "too-large"),
    "record of digits": ("a.tar", lambda: pack_tar(make_header(b"x", b"1" * 100_000)), "too-large"),
    "global records": ("a.tar", lambda: pack_tar(make_header(b"g", RECORDS[:13_000])), "too-large"),
    "chained headers": ("a.tar", lambda: pack_tar(make_header(b"x") * 10_000), "unreadable-file"),
    "members": ("a.tar", lambda: pack_tar(make_header(b"0") * (MEMBER_LIMIT + 1)), "too-large"),
    "members of a zip": ("a.zip", lambda: pack_zip(zipfile.ZIP_STORED, MEMBER_LIMIT // 2), "too-large"),
    "zip with bzip2": ("a.zip", lambda: pack_zip(zipfile.ZIP_BZIP2), "unreadable-file"),
    "zip with lzma": ("a.zip", lambda: pack_zip(zipfile.ZIP_LZMA), "unreadable-file"),
}


@pytest.mark.parametrize("name", HOSTILE_ARCHIVES)
def test_an_archive_made_to_take_long_is_one_finding(desk: Path, name: str) -> None:
    path, pack, code = HOSTILE_ARCHIVES[name]
    (desk / path).write_bytes(pack())
    assert codes(lint(desk, path)) == [code]


def test_two_values_in_one_line_are_both_masked(desk: Path) -> None:
    headers = {"Authorization": "Bearer CANARY-one", "X-Api-Key": "CANARY-two"}
    expression = {"Authorization": "Basic {{ b64encode('CANARY-three') }}"}
    system = [{"headers": headers, "password": "CANARY-four"}, {"headers": expression}]
    (desk / "wave/templates/system.json").write_text(json.dumps(system))
    for output_format in ("text", "concise", "json", "github"):
        outcome = run("lint", "--source", "s.yaml", "wave", "--output-format", output_format, cwd=desk)
        assert "CANARY" not in outcome.stdout + outcome.stderr
        assert outcome.stdout.count("literal-secret") == 4


# A run leaves the archive to the end of its process, which is not that of this test.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tgz"])
def test_an_archive_is_read_without_being_unpacked(desk: Path, suffix: str) -> None:
    archive = desk / f"wave@prod{suffix}"
    extra = {"../outside.json": "x", "/etc/outside.json": "x"}
    if suffix == ".zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for path, text in {**FILES, **extra}.items():
                packed.writestr(path, text)
    else:
        with tarfile.open(archive, "w:gz" if suffix.endswith("gz") else "w") as packed_tar:
            for path, text in {**FILES, **extra}.items():
                info = tarfile.TarInfo(path)
                info.size = len(text)
                packed_tar.addfile(info, io.BytesIO(text.encode()))
    before = tree(desk)
    report = lint(desk, archive.name)
    assert codes(report) == []
    assert [(c["connector"], c["revision"]) for c in report["connectors"]] == [("wave", "prod")]
    assert tree(desk) == before


def test_a_file_that_is_not_an_archive(desk: Path) -> None:
    (desk / "wave.zip").write_bytes(b"PK nothing")
    assert codes(lint(desk, "wave.zip")) == ["unreadable-file"]


def test_an_archive_that_grows_when_it_is_unpacked(desk: Path) -> None:
    with zipfile.ZipFile(desk / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in {**FILES, "templates/item.json": " " * 50_000_000}.items():
            packed.writestr(path, text)
    assert codes(lint(desk, "bomb.zip")) == ["too-large"]


@pytest.fixture
def repository(desk: Path) -> Path:
    """Commit two revisions of one connector: `main`, and `prod`, which uses another secret."""
    folder = desk / "wave-connector"
    write(folder, FILES)
    repo = porcelain.init(str(folder))
    author = b"A Person <person@example.com>"

    def commit(message: bytes) -> None:
        porcelain.add(repo, [str(folder / path) for path in FILES])
        porcelain.commit(repo, message=message, author=author, committer=author)

    commit(b"first")
    porcelain.branch_create(repo, "prod")
    porcelain.tag_create(repo, b"v1")
    (folder / "templates/system.json").write_text(FILES["templates/system.json"].replace("api_key", "jwt"))
    commit(b"second")
    repo.close()
    (folder / "manifest.json").write_text("not what was committed")
    return folder


@pytest.mark.parametrize("revision", ["prod", "v1"])
def test_a_revision_is_read_from_its_commit(desk: Path, repository: Path, revision: str) -> None:
    before = tree(repository)
    report = lint(desk, f"wave-connector@{revision}")
    assert codes(report) == []
    assert [(c["connector"], c["revision"]) for c in report["connectors"]] == [("wave", revision)]
    assert tree(repository) == before


def test_two_revisions_that_disagree(desk: Path, repository: Path) -> None:
    report = lint(desk, "wave-connector@prod", "wave-connector@HEAD")
    assert sorted(set(codes(report))) == ["revisions-disagree", "secret-not-injectable", "secret-unused"]


def test_a_revision_runs_nothing_that_the_repository_configures(desk: Path, repository: Path) -> None:
    ran = desk / "ran"
    with (repository / ".git" / "config").open("a") as config:
        config.write(f'[core]\n\tfsmonitor = "touch {ran}"\n\tsshCommand = "touch {ran}"\n\tpager = "touch {ran}"\n')
    assert codes(lint(desk, "wave-connector@prod")) == []
    assert not ran.exists()


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("wave-connector@nowhere", "no-such-revision"),
        ("wave-connector@", "no-such-revision"),
        ("wave-connector@HEAD^{x", "no-such-revision"),
        ("nothing@main", "no-such-connector"),
        ("wave@main", "no-such-connector"),
        ("nothing", "no-such-connector"),
    ],
)
def test_a_missing_connector_or_revision_is_one_finding(desk: Path, repository: Path, argument: str, code: str) -> None:
    outcome = run("lint", "--source", "s.yaml", argument, "--output-format", "json", cwd=desk)
    assert outcome.code == 2
    assert [finding["code"] for finding in json.loads(outcome.stdout)["findings"]] == [code]


def test_a_configured_connector_has_a_name(desk: Path) -> None:
    write(desk / "other", FILES)
    (desk / "authscribe.toml").write_text('sources = ["s.yaml"]\nconnectors = ["wave", "other"]\n')
    both = json.loads(run("lint", "--output-format", "json", cwd=desk).stdout)
    assert [connector["connector"] for connector in both["connectors"]] == ["wave", "other"]
    one = json.loads(run("lint", "other", "--output-format", "json", cwd=desk).stdout)
    assert [connector["connector"] for connector in one["connectors"]] == ["other"]


def test_memory_does_not_grow_with_the_number_of_connectors(desk: Path) -> None:
    """Lint megabytes of text, of which only the findings may be kept."""
    big = {
        **FILES,
        "templates/system.json": json.dumps({**SYSTEM, "description": "x" * 1_000_000}),
        "templates/item.json": '[{"_id": "{{@ datatype @}}", "text": "' + "x" * 1_000_000 + '"}]',
    }
    for number in range(40):
        write(desk / f"many/c{number}", big)

    def peak(argument: str) -> int:
        """Return kilobytes, of a run that is the only child of a process of its own."""
        lint = [sys.executable, "-m", "authscribe", "lint", "--source", "s.yaml", argument]
        script = (
            f"import resource, subprocess; subprocess.run({lint!r}, check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        run = subprocess.run([sys.executable, "-c", script], cwd=desk, capture_output=True, text=True, check=True)
        return int(run.stdout)

    assert peak("many") - peak("many/c0") < 20_000  # of the 80,000 that the texts have


def test_long_work_shows_how_far_it_is_on_a_terminal(desk: Path) -> None:
    for number in range(100):
        write(desk / f"many/c{number}", FILES)
    arguments = ["lint", "--source", "s.yaml", "many"]
    # A clock that runs ten thousand times as fast makes it long.
    script = (
        "import sys, time; clock = time.monotonic; time.monotonic = lambda: clock() * 10_000;"
        f"from authscribe import cli; sys.exit(cli.run({arguments!r}))"
    )
    master, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=desk, stdout=subprocess.PIPE, stderr=terminal, stdin=subprocess.DEVNULL
    )
    os.close(terminal)
    shown = b""
    with suppress(OSError):  # the terminal is gone when the process is
        while part := os.read(master, 65536):
            shown += part
    os.close(master)
    assert process.stdout is not None
    assert process.stdout.read() == b"no findings, 100 connectors read\n"
    process.stdout.close()
    assert process.wait() == 0
    assert b"reading connectors" in shown
    assert b"/100" in shown
    assert run(*arguments, cwd=desk).stderr == ""


@dataclass(frozen=True)
class Memory:
    """Tree of files that are only in memory."""

    files: dict[str, bytes]

    def list_paths(self, below: str) -> Iterator[str]:
        return iter(sorted(path for path in self.files if path.startswith(below)))

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        return self.files.get(path)


KEYS = st.sampled_from(
    ["auth", "auth_variant", "oauth2", "login_url", "token_url", "scopes", "headers", "Authorization", "operations",
     "list", "url", "params", "password", "username", "authentication", "datatypes", "item", "template", "parameters",
     "parent", "additional_parameters", "system-template", "url_pattern", "jwt", "use_webhook_secret", ""],
)  # fmt: skip
VALUES = st.sampled_from(
    [None, True, 3, "", "x", "basic", "oauth2", "api_key", "item", "templates/system.json", "templates/item.json",
     "$SECRET(api_key)", "Bearer $SECRET(jwt)", "{{@ a @}}", "{{@ a-b @}}", "$ENV(c)", "{{ secret('d') }}", "a value",
     "http://sandbox.example.com/%s?key={{@ key @}}", "https://a:b@example.com", "https://", "openid offline_access"],
)  # fmt: skip
DOCUMENTS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=25
)


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_a_connector_with_any_content_can_be_linted(manifest: object, system: object, item: object) -> None:
    whole = {**MANIFEST, **manifest} if isinstance(manifest, dict) else manifest
    documents = {"manifest.json": whole, "templates/system.json": system, "templates/item.json": item}
    files = {path: json.dumps(document).encode() for path, document in documents.items()}
    resolution = own_definitions()
    connector_reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    snapshot = connector_reader.read(ConnectorFolder(Memory(files), "", "wave", None, "wave", "wave"))
    found = create_context(snapshot, resolution)
    for finding in lint_connector(found):
        assert finding.place.path.startswith(("wave", "schemes/"))
        assert finding.message
        assert finding.help
    adopt_connector(found, connector_reader)


@cache
def own_definitions() -> Resolution:
    return resolve()
