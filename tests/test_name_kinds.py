"""Every platform accepts the names that targets spell, or the definition is refused; the rules here are independent."""

from __future__ import annotations

import builtins
import json
import keyword
import re
from pathlib import Path

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st
from support import resolve_drafts, run, tree

from authscribe.findings.finding import DefinitionError
from authscribe.model.contract import list_contracts
from authscribe.model.name_kinds import NAME_KINDS, NameKind, find_problem, fold_name
from authscribe.model.naming import spell_apart
from authscribe.model.spelling import Spelling
from authscribe.readers.registry import read_source
from authscribe.resolve.resolver import Resolution

AWKWARD = (
    "SO-Apptoken", "token:TenantId", "API Key", "accounts-server", "installation.uuid", "airbyte_config.in", "1st", "2fa",
    "baseURL", "baseurl", "BaseUrl", "a+b", "__x__", "_", "-", "Straße", "Łódź", "中文", "x" * 200, "a.b.c", "count",
    "depends_on", "GITHUB_TOKEN", "..", "CON", "nul", "$x", "${x}", "{{x}}", "it's", 'say "x"', "back\\slash", "#", "%s",
    "model_config", "self", "🎉", "e\u0301", "ﬁ", "\u202e", "proxy",
)  # fmt: skip
WORDS = (*AWKWARD, *dir(builtins), *keyword.kwlist, *keyword.softkwlist)
IDS = ("wave", "github", "git", "3scale", "a.b", "http", "for", "depends", "ld", "x" * 80, "class", "0", "a-b_c.d")
PLATFORMS = {
    NameKind.PYTHON: lambda name: name.isidentifier() and name.isascii() and not keyword.iskeyword(name),
    NameKind.ENV: lambda name: re.match(r"[A-Z_][A-Z0-9_]*\Z", name),
    NameKind.FILE: lambda name: re.match(r"[\w.-]+\Z", name, re.ASCII) and 0 < len(name) < 256 and name[0] not in ".-",
    NameKind.KUBERNETES: lambda name: re.match(r"[-._a-zA-Z0-9]+\Z", name) and len(name) < 254 and name[:2] != "..",
    NameKind.COMPOSE: lambda name: re.match(r"[a-zA-Z0-9._-]+\Z", name) and len(name) < 256,
    NameKind.HCL: lambda name: re.match(r"[A-Za-z_][\w-]*\Z", name, re.ASCII)
    and name not in ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"],
    NameKind.GITHUB: lambda name: re.match(r"[A-Za-z_]\w*\Z", name, re.ASCII)
    and not name.upper().startswith("GITHUB_"),
    NameKind.MCP: lambda name: re.match(r"[A-Za-z_]\w*\Z", name, re.ASCII),
}


def resolve(identifier: str, *settings: dict[str, object], names: dict[str, str] | None = None) -> Resolution | None:
    """Return the catalogue with a scheme and a connector of this id; None if it is refused."""
    definition = {"id": identifier, "names": names or {}}
    document = {
        "schemes": [{**definition, "required": settings}],
        "connectors": [{**definition, "scheme": identifier}],
    }
    try:
        return resolve_drafts(read_source("s.json", json.dumps(document)))
    except DefinitionError as error:
        assert all(finding.help for finding in error.findings)
        return None


def check_spellings(resolution: Resolution) -> None:
    catalogue = resolution.catalogue
    for definition in (*catalogue.schemes, *catalogue.connectors):
        spelling = Spelling(definition, catalogue.conventions)
        assert re.match(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z", spelling.kubernetes_object)
        assert PLATFORMS[NameKind.PYTHON](spelling.module)
        for contract in list_contracts(catalogue, definition):
            for kind, accepts in PLATFORMS.items():
                spelt = [spelling.spell(kind, setting) for setting in contract.required]
                assert [name for name in spelt if not accepts(name)] == []
                folded = spelt if kind in (NameKind.HCL, NameKind.MCP) else [name.casefold() for name in spelt]
                assert len(set(folded)) == len(spelt) or kind in (NameKind.KUBERNETES, NameKind.COMPOSE)
                assert len(set(spelt)) == len(spelt)


@pytest.mark.parametrize("identifier", IDS)
def test_awkward_names_are_spelled_as_every_platform_allows(identifier: str) -> None:
    accepted = 0
    for name in WORDS:
        apart = spell_apart([name])
        resolution = resolve(identifier, {"name": name, "names": {"python": apart[name]} if apart else {}})
        if resolution is not None:
            accepted += 1
            check_spellings(resolution)
    # Refused are only names that no printable line has, that are too long, or that the platform keeps for itself.
    assert accepted >= len(WORDS) - 8


@settings(max_examples=200)
@given(
    st.sampled_from(IDS),
    st.dictionaries(
        st.sampled_from(["api_key", "two"]), st.dictionaries(st.sampled_from(NameKind), st.text(max_size=8))
    ),
    st.dictionaries(st.sampled_from(["python", "env", "kubernetes", "compose", "hcl", "github"]), st.text(max_size=8)),
)
@example("wave", {"api_key": {NameKind.ENV: "TWO"}, "two": {}}, {})
@example("wave", {"api_key": {NameKind.FILE: "two"}, "two": {}}, {})
@example("wave", {"api_key": {NameKind.GITHUB: "a"}, "two": {NameKind.GITHUB: "A"}}, {})
@example("wave", {"api_key": {NameKind.GITHUB: "HUB_A"}}, {"github": "GIT"})
@example("wave", {"api_key": {NameKind.ENV: "PATH"}}, {"env": ""})
@example("wave", {"api_key": {NameKind.ENV: "GITHUB_TOKEN"}}, {"env": ""})
@example("wave", {"api_key": {NameKind.HCL: "count"}}, {"hcl": ""})
@example("wave", {"api_key": {NameKind.FILE: ".."}}, {"env": ""})
@example("wave", {}, {"kubernetes": "a" * 64})
@example("wave", {}, {"env": "1"})
def test_stated_names_are_right_or_refused(
    identifier: str, stated: dict[str, dict[NameKind, str]], names: dict[str, str]
) -> None:
    resolution = resolve(identifier, *({"name": name, "names": each} for name, each in stated.items()), names=names)
    if resolution is not None:
        check_spellings(resolution)


FORBIDDEN = ("", "a b", "a\n", "é", "a/b", "a:b", "$a", "a\0")
STARTS = dict.fromkeys((NameKind.FILE, NameKind.KUBERNETES, NameKind.COMPOSE), ("..", ".a", "-a"))


@pytest.mark.parametrize("kind", NameKind)
def test_every_kind_refuses_other_characters(kind: NameKind) -> None:
    for name in (*FORBIDDEN, *STARTS.get(kind, ("1a",))):
        assert find_problem(NAME_KINDS[kind], name) is not None


def test_a_reserved_beginning_is_avoided_only_where_the_platform_has_it() -> None:
    resolution = resolve("github", {"name": "token"})
    assert resolution is not None
    (scheme,), catalogue = resolution.catalogue.schemes, resolution.catalogue
    spelling = Spelling(scheme, catalogue.conventions)
    spelt = {kind: spelling.spell(kind, scheme.required[0]) for kind in (NameKind.ENV, NameKind.GITHUB, NameKind.HCL)}
    assert spelt == {"env": "GITHUB_TOKEN", "github": "M_GITHUB_TOKEN", "hcl": "github_token"}


STATED = st.dictionaries(
    st.sampled_from(("env", "compose", "hcl", "github")), st.sampled_from(("", "A", "a_b", "B", "GITHUB_A"))
)
ENDINGS = st.lists(st.sampled_from(("a", "a_b", "b", "b_c", "c")), min_size=1, max_size=3, unique=True)
NESTED = st.sampled_from(("a", "a-b", "a-b-c", "b", "github", "github-a", "m-github"))


@given(st.dictionaries(NESTED, st.tuples(STATED, ENDINGS)))
@example({"github-a": ({}, ["b"]), "m-github": ({}, ["a_b"])})
@example({"a": ({"hcl": "b"}, ["a"]), "b": ({}, ["a"])})
@example({"a": ({"hcl": "a_b"}, ["c"]), "b": ({"hcl": "a"}, ["b_c"])})
def test_shared_names_are_found_as_if_all_were_compared(drawn: dict[str, tuple[dict[str, str], list[str]]]) -> None:
    definitions = [
        {"id": identifier, "scheme": "none", "names": names, "parameters": [{"name": name} for name in settings]}
        for identifier, (names, settings) in drawn.items()
    ]
    try:
        resolution = resolve_drafts(read_source("s.json", json.dumps({"connectors": definitions})))
    except DefinitionError:
        reject()
    shared = set()
    for kind, rule in ((kind, rule) for kind, rule in NAME_KINDS.items() if rule.is_shared):
        first: dict[str, tuple[str, str]] = {}
        for connector in resolution.catalogue.connectors:
            spelling = Spelling(connector)
            for setting in connector.parameters:
                owner = (spelling.get_prefix(kind), connector.id)
                other = first.setdefault(fold_name(rule, spelling.spell(kind, setting)), owner)
                shared |= {(connector.id, other[1])} if other[0] != owner[0] else set()
    messages = [finding.message for finding in resolution.findings if finding.code == "shared-name"]
    assert {tuple(re.findall("'([^']*)'", message)[:2]) for message in messages} == shared


def test_other_conventions_are_not_served_from_the_cache(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("schemes: [{id: wave, required: [{name: key}]}]\n")
    for package in ("one_auth", "two_auth", "one_auth"):
        configuration = f'sources = ["s.yaml"]\ntargets = ["python"]\n[names]\npackage = "{package}"\nprefixes = {{env = "{package[:3].upper()}_"}}\n'
        (tmp_path / "authscribe.toml").write_text(configuration)
        outcome = run("generate", "--prune", "--cache-dir", "cache", cwd=tmp_path)
        assert outcome.code == 0, outcome.stdout
        files = {path: text for path, text in tree(tmp_path / "output").items() if path.endswith(".py")}
        assert {Path(path).parts[1] for path in files} == {package}
        assert package[:3].upper().encode() + b"_WAVE_" in files[f"python/{package}/schemes/wave.py"]
