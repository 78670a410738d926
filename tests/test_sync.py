"""Files among everything that people write into them: `sync` adds what is missing, and changes nothing else."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any, Final

import yaml
from dotenv.parser import parse_stream
from hostile_catalogues import draw_catalogue
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support import CASES, resolve_drafts, run

from authscribe.build.templates import Templates
from authscribe.model.catalogue import Catalogue
from authscribe.model.name_kinds import NameKind
from authscribe.readers.registry import read_source
from authscribe.readers.text import decode
from authscribe.sync.connectors import Connectors
from authscribe.sync.context import Context
from authscribe.sync.registry import choose_format, is_environment_file, is_known_name, is_template
from authscribe.sync.update import UpdatedFile, update_file

EXAMPLES: Final = int(os.environ.get("AUTHSCRIBE_EXAMPLES", "200"))
CANARY: Final = "c4n4ry"
_SOURCE = CASES / "sync/no_files/in/s.yaml"
CONTEXT: Final = Context(Connectors(resolve_drafts(read_source("s.yaml", _SOURCE.read_text())).catalogue), Templates())
WAVE: Final = ("WAVE_CLIENT_ID", "WAVE_CLIENT_SECRET", "WAVE_ACCESS_TOKEN", "WAVE_BASE_URL", "WAVE_TENANT")
WAVE_RUNTIME: Final = WAVE[2:]
SECRET: Final = ("WAVE_CLIENT_SECRET", "WAVE_ACCESS_TOKEN", "SURF_API_KEY")
SURF: Final = ("SURF_API_KEY", "SURF_REGION", "SURF_LIMIT")

examine = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)


def update(path: str, data: bytes) -> UpdatedFile:
    """The file after `sync`, which needs no second run."""
    source = decode(path, data)
    assert not source.findings
    form = choose_format(Path(path).name, source.text)
    assert form is not None
    updated = update_file(path, data, form, CONTEXT)
    again = update_file(path, updated.content, form, CONTEXT)
    assert (again.change, again.content) == (None, updated.content) or updated.findings
    assert CANARY not in updated.shown_before + updated.shown_after
    return updated


def check_lines(before: bytes, after: bytes) -> list[bytes]:
    """Return the lines that are new; the others must be the old ones, in their order."""
    before, after = (data.removeprefix(b"\xef\xbb\xbf") for data in (before, after))
    left = after.splitlines(keepends=True)
    added: list[bytes] = []
    for line in before.splitlines(keepends=True):
        while left and left[0].rstrip(b"\r\n") != line.rstrip(b"\r\n"):
            added.append(left.pop(0))
        assert left, line
        own = left.pop(0)
        assert own == line or not line.endswith(b"\n")
    return [*added, *left]


def finish(text: str, newline: str, *, mark: bool, end: bool) -> bytes:
    """The bytes of a file in the style of some editor."""
    text = text if end else text.rstrip("\n")
    return (b"\xef\xbb\xbf" if mark else b"") + text.replace("\n", newline).encode()


STYLES: Final = st.fixed_dictionaries(
    {"newline": st.sampled_from(["\n", "\r\n"]), "mark": st.booleans(), "end": st.booleans()}
)

# Environment files

OTHER_LINES: Final = st.sampled_from(
    [
        "\n", "# A comment.\n", "#\n", "   \n", "LOG_LEVEL=info\n", "export PORT=80 # the port\n", f"DB_PASSWORD='{CANARY}'\n",
        'CERT="-----\nWAVE_TENANT=no variable\n# no comment\n-----"\n', "EMPTY=\n", "NO_VALUE\n", "  INDENTED = x y\n",
        f"# OLD_PASSWORD={CANARY}\n", "QUOTE=it's\n", "JSON='{\"a\": [1]}'\n", "URL=https://x.example/?a=b#c\n", "'KEY'=1\n",
        "WAVES=1\n", "OTHER_WAVE_TENANT=1\n",
    ]
)  # fmt: skip
ASSIGNMENT: Final = st.sampled_from(
    [
        "{}=\n",
        "export {}=eu\n",
        '{} = "{}" # remark\n',
        "{}='REPLACE_ME'\n",
        "# What it is.\n{}=\n",
        "\n{}=\n\n",
    ]
)


@st.composite
def environment_files(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[bytes, list[str]]:
    """A template with some of the settings of a connector, in any order, among other lines."""
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    pieces = [
        piece
        for name in chosen
        for piece in (
            *draw(st.lists(OTHER_LINES, max_size=3)),
            draw(ASSIGNMENT).format(name, CANARY if name in SECRET else "eu"),
        )
    ]
    text = "".join((*pieces, *draw(st.lists(OTHER_LINES, max_size=2))))
    return finish(text, **draw(STYLES)), chosen


def read_environment(data: bytes) -> list[tuple[str | None, str | None]]:
    """The variables that python-dotenv finds."""
    bindings = parse_stream(io.StringIO(data.decode("utf-8-sig").replace("\r\n", "\n")))
    found = [(each.key, each.value, each.error) for each in bindings]
    assert not any(error for _, _, error in found)
    return [(key, value) for key, value, _ in found if key is not None]


@examine
@given(st.one_of(environment_files(WAVE), environment_files(SURF)))
def test_an_environment_file_gets_what_it_lacks(drawn: tuple[bytes, list[str]]) -> None:
    data, chosen = drawn
    updated = update(".env.example", data)
    names = WAVE if chosen[0] in WAVE else SURF
    if names is SURF and "SURF_API_KEY" not in chosen:
        assert [each.code for each in updated.remarks] == ["unclear-method"]
        assert updated.content == data
        return
    assert (updated.findings, updated.remarks) == ((), ())
    before, after = read_environment(data), read_environment(updated.content)
    assert [pair for pair in after if pair in before] == before
    assert {key for key, _ in after} - {key for key, _ in before} == {*names} - {*chosen}
    check_lines(data, updated.content)
    assert (b"\r\n" in updated.content) == (b"\r\n" in data)
    assert updated.content.endswith(b"\n") == data.endswith(b"\n")


# YAML

YAML_LINES: Final = st.sampled_from(
    ["", "# A comment.", 'OTHER: "1"  # why', "PORT: 80", f"DB_PASSWORD: {CANARY}", "TEXT: |", "FOLDED: >-", "NOTHING:"]
)


@st.composite
def variables(draw: st.DrawFn, names: tuple[str, ...], indent: str) -> tuple[str, list[str]]:
    """A mapping with some of the settings of a connector, in any order, among other entries."""
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    others = draw(st.lists(YAML_LINES, max_size=4, unique=True))
    wanted = [
        (name, draw(st.sampled_from([f"{name}: x", f'{name}: "y" # z', f"# It.\n{name}: 'y'"]))) for name in chosen
    ]
    pieces = draw(st.permutations([*others, *(piece for _, piece in wanted)]))
    lines = [
        line
        for piece in pieces
        for line in [*piece.split("\n"), *(["  a", "", "  b"] if piece.endswith(("|", "-")) else [])]
    ]
    return "".join(f"{indent}{line}".rstrip() + "\n" for line in lines), chosen


@st.composite
def compose_files(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    """A Compose file with the settings of a connector in a service."""
    step = draw(st.sampled_from(["  ", "    "]))
    text, chosen = draw(variables(WAVE_RUNTIME, step * 3))
    before = draw(st.sampled_from(["", "# Mine.\nname: x\n\n", "x-a: &a {k: v}\n"]))
    after = draw(st.sampled_from(["", "\n# The end.\n", "volumes: {}\n", f"{step}db:\n{step * 2}image: db\n"]))
    return finish(f"{before}services:\n{step}app:\n{step * 2}environment:\n{text}{after}", **draw(STYLES)), chosen


@st.composite
def workflows(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    """A workflow with the settings of a connector in a step."""
    dash = draw(st.sampled_from(["    - ", "      - "]))
    text, chosen = draw(variables(WAVE_RUNTIME, " " * (len(dash) + 2)))
    before = draw(st.sampled_from(["name: x # y\n", "# x\n\n", ""]))
    after = draw(st.sampled_from(["", f"{dash}run: echo\n", "  b:\n    runs-on: y\n", "\n# The end.\n"]))
    steps = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{dash}run: |\n{' ' * len(dash)}  echo\n"
    return finish(f"{before}{steps}{' ' * len(dash)}env:\n{text}{after}", **draw(STYLES)), chosen


def load_yaml(data: bytes) -> Any:
    return yaml.safe_load(data.decode("utf-8-sig"))


def check_yaml(path: str, drawn: tuple[bytes, list[str]]) -> None:
    data, chosen = drawn
    updated = update(path, data)
    secrets = {name for name in WAVE_RUNTIME if name in SECRET}
    unplaced = secrets if secrets.isdisjoint(chosen) else set()
    assert updated.findings == ()
    assert [each.code for each in updated.remarks] == ["unplaced-secret"][: len(unplaced)]
    before, after = load_yaml(data), load_yaml(updated.content)
    added = remove_added(after, {*WAVE_RUNTIME} - {*chosen})
    assert after == before
    assert added == {*WAVE_RUNTIME} - {*chosen} - unplaced
    check_lines(data, updated.content)


def remove_added(node: Any, names: set[str]) -> set[str]:
    """Remove the entries with some names from a document, and return these names."""
    inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    found = {name for each in inner for name in remove_added(each, names)}
    own = names & node.keys() if isinstance(node, dict) else set()
    for name in own:
        del node[name]
    return found | own


@examine
@given(compose_files())
def test_a_compose_file_gets_what_it_lacks(drawn: tuple[bytes, list[str]]) -> None:
    check_yaml("compose.yaml", drawn)


@examine
@given(workflows())
def test_a_workflow_gets_what_it_lacks(drawn: tuple[bytes, list[str]]) -> None:
    check_yaml("ci.yml", drawn)


# JSON


@st.composite
def servers(draw: st.DrawFn) -> tuple[bytes, list[str]]:
    """A `server.json` with some variables of a connector, whose facts may be wrong, among other ones."""
    chosen = draw(st.lists(st.sampled_from(WAVE_RUNTIME), min_size=1, unique=True))
    facts = st.fixed_dictionaries(
        {},
        optional={
            "isSecret": st.booleans(), "isRequired": st.booleans(), "description": st.just("Ours."),
            "default": st.just(CANARY), "x-own": st.just([1, {"a": None}]),
        },
    )  # fmt: skip
    own = [{"name": name, **draw(facts)} for name in chosen]
    other = draw(st.lists(st.sampled_from(["LOG", "PORT"]), unique=True))
    items = draw(st.permutations([*own, *({"name": name, "default": "1"} for name in other)]))
    document = {"name": "io.x/y", "packages": [{"environmentVariables": items, "version": "1"}], "remotes": []}
    indent = draw(st.sampled_from([None, 2, "\t"]))
    return finish(json.dumps(document, indent=indent) + "\n", **draw(STYLES)), chosen


@examine
@given(servers())
def test_a_server_gets_right_variables(drawn: tuple[bytes, list[str]]) -> None:
    data, chosen = drawn
    source = data.decode("utf-8-sig")
    form = choose_format("server.json", source)
    assert form is not None
    updated = update_file("server.json", data, form, CONTEXT)
    again = update_file("server.json", updated.content, form, CONTEXT)
    assert (updated.findings, updated.remarks, again.change) == ((), (), None)
    before, after = json.loads(source), json.loads(updated.content.decode("utf-8-sig"))
    old, new = (document["packages"][0].pop("environmentVariables") for document in (before, after))
    assert before == after
    by_name = {item["name"]: item for item in new}
    assert [item["name"] for item in new if item["name"] in {each["name"] for each in old}] == [i["name"] for i in old]
    assert by_name.keys() - {item["name"] for item in old} == {*WAVE_RUNTIME} - {*chosen}
    for item in old:
        kept = {key: value for key, value in item.items() if key not in ("isSecret", "isRequired", "default")}
        assert kept.items() <= by_name[item["name"]].items()
        assert item["name"] in WAVE_RUNTIME or item == by_name[item["name"]]
    assert by_name["WAVE_ACCESS_TOKEN"]["isSecret"] is True
    assert by_name["WAVE_ACCESS_TOKEN"]["isRequired"] is True
    assert by_name["WAVE_BASE_URL"]["default"] == "https://api.example.com"
    assert not by_name["WAVE_TENANT"].get("isRequired")


# Definitions

FILES: Final = {
    ".env.example": "# It.\n{env}=\n",
    "compose.yaml": "services:\n  a:\n    environment:\n      # It.\n      {env}: x\n    secrets:\n      # It.\n      - {compose}\n",
    "list.yaml": "services:\n  a:\n    environment:\n    - {env}=x\n",
    "ci.yml": "on:\n  workflow_call:\n    secrets:\n      {github}: {{}}\nenv:\n  # It.\n  {env}: x\njobs: {{}}\n",
    "server.json": '{{"packages": [{{"environmentVariables": [{{"name": "{env}"}}]}}]}}',
}
REGION: Final = "# authscribe:begin connector connector={id}"
REGIONS: Final = {
    ".env.example": f"{REGION}\n# authscribe:end\n",
    "compose.yaml": f"services:\n  a:\n    environment:\n      {REGION}\n      # authscribe:end\nsecrets:\n  {REGION}\n  # authscribe:end\n",
    "ci.yml": f"on:\n  workflow_call:\n    secrets:\n      {REGION}\n      # authscribe:end\nenv:\n  {REGION}\n  # authscribe:end\njobs: {{{{}}}}\n",
}


@examine
@given(draw_catalogue(), st.data())
def test_awkward_definitions_go_into_every_file(catalogue: Catalogue, data: st.DataObject) -> None:
    context = Context(Connectors(catalogue), Templates())
    (connector,) = catalogue.connectors
    stub = context.connectors.list_stubs(connector)[0]
    each = data.draw(st.sampled_from((*stub.deployed, *stub.parameters)))
    kinds = {kind.value: stub.spell(kind, each) for kind in (NameKind.ENV, NameKind.COMPOSE, NameKind.GITHUB)}
    for path, template in (*FILES.items(), *REGIONS.items()):
        text = template.format(id=connector.id, **kinds)
        form = choose_format(path, text)
        assert form is not None
        updated = update_file(path, text.encode(), form, context)
        again = update_file(path, updated.content, form, context)
        assert updated.findings == (), path
        assert (again.change, again.content) == (None, updated.content), (path, updated.content.decode())
        check_syntax(path, updated.content)


def check_syntax(path: str, data: bytes) -> None:
    if path.endswith("json"):
        json.loads(data)
    elif path.startswith(".env"):
        read_environment(data)
    else:
        load_yaml(data)


# Mutations

CASE_FILES: Final = sorted(
    file
    for file in (CASES / "sync").glob("*/in/**/*")
    if file.is_file() and file.name != "s.yaml" and is_known_name(file.name)
)
FRAGMENTS: Final = st.sampled_from(
    [
        '"', "'", "#", "\n", "\n\n", "  ", "- ", "{", "}", "[", "]", ": ", "&a ", "*a", "|", ">", "|+\n", "<<: *a", "null", "? ",
        "WAVE_TENANT", "WAVE_X", "SURF_API_KEY", "=", "\t", "export ", "\\", "${", "\r\n", "!t ", "---\n", "secrets:\n", "env:\n",
        "# authscribe:begin connector connector=wave\n", "# authscribe:end\n", "environment:\n", "on:\n", "é", "",
    ]
)  # fmt: skip


@examine
@given(
    st.sampled_from(CASE_FILES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), FRAGMENTS), min_size=1, max_size=6),
)
def test_a_mutated_file_is_updated_completely_or_not_at_all(
    file: Path, mutations: list[tuple[float, int, str]]
) -> None:
    text = file.read_bytes().decode("utf-8-sig")
    for place, length, fragment in mutations:
        start = round(place * len(text))
        text = text[:start] + fragment + text[start + length :]
    form = choose_format(file.name, text)
    if form is None or decode(file.name, text.encode()).findings:
        return
    updated = update_file(file.name, text.encode(), form, CONTEXT)
    event("changed" if updated.change else "refused" if updated.findings else "up to date")
    again = update_file(file.name, updated.content, form, CONTEXT)
    assert again.content == updated.content
    assert updated.content == text.encode() or (updated.change is not None and not again.findings)


# The kinds of files


def test_names_of_environment_files() -> None:
    templates = [".env.example", "env.sample", "example.env", "app.env.dist", ".env-template", ".env.example.local"]
    values = [".env", ".env.local", ".env.production", "app.env"]
    others = [".envrc", "environment.ts", ".env.schema", "env.py.txt.md", "sample.txt"]
    assert [name for name in (*templates, *values, *others) if is_template(name)] == templates
    assert [name for name in (*templates, *values) if not is_environment_file(name)] == []
    assert [name for name in others if is_template(name) or is_known_name(name)] == []


def test_no_value_is_in_any_report(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes(_SOURCE.read_bytes())
    secret = f"s3cr3t-{CANARY}"
    files = {
        ".env.example": f"WAVE_CLIENT_SECRET={secret}\n# WAVE_TENANT={secret}\nDB={secret}\nWAVE_X='{secret}'\n",
        "broken.env.example": f"WAVE_CLIENT_SECRET='{secret}\n",
        "bytes.env.example": f"A={secret}\n\x00WAVE_TENANT={secret}\n",
        "compose.yaml": f"services:\n  a:\n    environment:\n    - DB_PASSWORD={secret}\n    - WAVE_ACCESS_TOKEN={secret}\n",
        "broken.yaml": f"services:\n  a: [{secret}\n",
        "ci.yml": f"on: push\nenv:\n  API_TOKEN: {secret}\n  WAVE_ACCESS_TOKEN: '{secret}'\njobs: {{}}\n",
        "server.json": json.dumps(
            {"packages": [{"environmentVariables": [{"name": "WAVE_ACCESS_TOKEN", "default": secret}]}]}
        ),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    for form in ("text", "concise", "json", "github", "gitlab", "sarif", "junit"):
        for names in ([*files], *([name] for name in files)):
            for flag in ("--check", "--diff"):
                outcome = run("sync", *names, "--source", "s.yaml", flag, "--output-format", form, cwd=tmp_path)
                assert not re.search(CANARY, outcome.stdout + outcome.stderr), (form, names, flag)
                for name, text in files.items():
                    (tmp_path / name).write_text(text)
