"""Compare modules that are taken for formatted with black's own result, which must be the same."""

from __future__ import annotations

import shlex
import shutil
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import black
import pytest
from black.mode import TargetVersion
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, case_id, find_cases, resolve

from authscribe.build import formatting
from authscribe.build.templates import Templates, render_file
from authscribe.encoders.language import Language
from authscribe.targets.plan import PlannedFile
from authscribe.targets.python_views import (
    Assignment,
    ClassEntry,
    ClassTable,
    DocstringModule,
    FieldView,
    MethodView,
    PackageModule,
    ProtocolView,
    ProviderFacts,
    SettingsModule,
    Tag,
    UnionMember,
    UnionModule,
    UnionView,
)
from authscribe.targets.registry import plan_files

sys.path.insert(0, str(ROOT / "benchmarks"))
import workload

MODE = black.Mode(target_versions={TargetVersion.PY311}, line_length=88)
CASES = [folder for folder in find_cases() if list(folder.glob("out/**/connector_auth"))]
TEMPLATES = Templates()

lengths = st.sampled_from([1, 8, 20, 35, 45, 60, 88])
plain = lengths.map("x".__mul__) | lengths.flatmap(lambda size: st.text("abc z", min_size=1, max_size=size))
odd = st.text("a '\"\\\n\t\u00f8\u2013{}#%", max_size=12) | st.text(max_size=12)
# Rarely odd: a module with one doubtful line is not settled, whatever else is in it.
texts = st.integers(0, 60).flatmap(lambda number: plain if number else odd)
names = lengths.flatmap(lambda size: st.integers(0, 99).map(lambda number: f"{'n' * size}{number}"))
mappings = st.dictionaries(texts, texts, max_size=4)
nested = st.dictionaries(texts, texts | mappings, max_size=3)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
fields = st.builds(
    FieldView,
    wire=texts,
    attribute=names,
    alias=st.none() | texts,
    title=st.none() | texts,
    description=texts,
    is_secret=st.booleans(),
    type=st.sampled_from(["str", "int", "object", "array"]),
    optional=st.booleans(),
    has_default=st.booleans(),
    default=values,
    keys=st.lists(names, max_size=2, unique=True).map(tuple),
    choices=st.lists(texts, max_size=6).map(tuple),
    extra=mappings,
)
several = st.lists(fields, max_size=3).map(tuple)
protocols = st.builds(
    ProtocolView,
    parameter=names,
    name=names,
    docstring=st.just("Obtains what the owner cannot supply."),
    fields=st.lists(fields, min_size=1, max_size=3).map(tuple),
)
providers = st.builds(
    ProviderFacts,
    selector=mappings,
    endpoints=mappings,
    fallback_endpoints=mappings,
    verification=nested,
    scopes=st.lists(texts, max_size=4).map(tuple),
    oauth=nested,
)
methods = st.builds(
    MethodView,
    id=texts,
    configuration=names,
    runtime=names,
    inject=names,
    tags=st.lists(st.builds(Tag, names, texts), min_size=1, max_size=2).map(tuple),
    required=several,
    injected=several,
    protocols=st.lists(protocols, max_size=2).map(tuple),
    required_keys=mappings,
    injected_keys=mappings,
    required_names=mappings,
    injected_names=mappings,
    assignments=st.lists(
        st.builds(Assignment, names, st.sampled_from(["configuration", "platform"]), names), max_size=3
    ).map(tuple),
    token_request=nested,
    placements=st.lists(st.lists(texts, min_size=3, max_size=4).map(tuple), max_size=3).map(tuple),
    signed=st.just(()) | st.tuples(texts),
    client=st.just(()) | st.tuples(texts),
    provider=st.none() | providers,
)
modules = st.builds(
    SettingsModule,
    docstring=st.just("Authentication settings of the scheme oauth2.") | texts.filter(bool),
    typing_names=st.just(("ClassVar", "Final", "Literal", "Protocol")),
    pydantic_names=st.lists(names, min_size=1, max_size=5, unique=True).map(tuple),
    base_names=st.just(("NonEmptySecret", "Settings")),
    schemes=st.lists(texts, min_size=1, max_size=3).map(tuple),
    provider=providers,
    env_prefix=texts,
    methods=st.lists(methods, min_size=1, max_size=2).map(tuple),
    tables=st.just(())
    | st.builds(ClassTable, names, st.tuples(st.builds(ClassEntry, texts, names))).map(lambda t: (t,)),
    placeholder=texts,
    is_standalone=st.booleans(),
    is_scaffolded=st.booleans(),
)
members = st.builds(UnionMember, names, names, st.just(()) | st.lists(names, min_size=2, max_size=3).map(tuple))


def make_module(field: FieldView, text: str) -> SettingsModule:
    """Return a module with this field in each of its classes, and the text in its constants."""
    protocol = ProtocolView("onboarding", "O", "Obtains it.", (field,))
    keys, wires = {"n": text}, {text: "a"}
    views = (Tag("t", "v"),), (field,), (field,), (protocol,)
    provider = ProviderFacts({"a": text}, {}, {}, {"method": text}, (text,), {"response": {"a": text}})
    sent = (("header", "X-Key", text),)
    method = MethodView("m", "C", "R", "inject", *views, {}, keys, {}, wires, (), {}, sent, ("jwt",), (), provider)
    table = ClassTable("RUNTIMES", (ClassEntry("m", "R"),))
    names = ("Final", "Literal"), ("Field",), ("Settings",)
    return SettingsModule("Text.", *names, ("s",), provider, "P_", (method,), (table,), "UNSET", has_keys=True)


def rendered(template: str, view: object) -> str:
    return render_file(PlannedFile("m.py", "python", Language.PYTHON, view, template), TEMPLATES).text


@cache
def passes(text: str) -> bool:
    """Return whether a text is taken for formatted; fail if black disagrees. Many examples and cases give the same text."""
    if not formatting.is_settled(text):
        return False
    assert black.format_str(text, mode=MODE) == text
    return True


def modules_of(folder: Path, *sources: str) -> list[bool]:
    """Return, for each module that the definitions in a folder produce, whether it is taken for formatted."""
    catalogue = resolve(*sources, cwd=folder).catalogue
    planned = [
        file for file in plan_files(catalogue, ("python", "python-standalone")) if file.language is Language.PYTHON
    ]
    assert planned
    return [passes(render_file(file, TEMPLATES).text) for file in planned]


@settings(max_examples=150)
@given(modules | modules.map(lambda module: module._replace(pydantic_names=(), is_standalone=False)))
def test_a_module_taken_for_formatted_is_as_black_formats_it(module: SettingsModule) -> None:
    passes(rendered("python/settings.py.jinja", module))


@settings(max_examples=100)
@given(odd, fields)
def test_an_odd_text_is_taken_for_formatted_only_if_black_keeps_it(text: str, field: FieldView) -> None:
    for changes in ({"title": text}, {"description": text}, {"alias": text}, {"default": text}, {"choices": (text,)}):
        changed = field._replace(**changes)
        passes(rendered("python/settings.py.jinja", make_module(changed, text)))


@settings(max_examples=50)
@given(fields)
def test_every_kind_of_field_can_do_without_black(field: FieldView) -> None:
    """Where nothing is long or strange, the templates leave nothing to format."""
    title = field.title and "Name"
    short = field._replace(attribute="name", alias=None, title=title, description="A name.", default=None, extra={})
    short = short._replace(choices=("a", "b")[: len(field.choices)], keys=("NAME",) if field.keys else ())
    for is_standalone in (False, True):
        module = make_module(short, "text")._replace(is_standalone=is_standalone)
        assert passes(rendered("python/settings.py.jinja", module))


@settings(max_examples=50)
@given(st.lists(members, min_size=1, max_size=4).map(tuple))
def test_a_union_taken_for_formatted_is_as_black_formats_it(found: tuple[UnionMember, ...]) -> None:
    is_several = len(found) > 1
    view = UnionModule(found, is_several, is_several or bool(found[0].classes), (UnionView("AnyRuntime", found),))
    passes(rendered("python/unions.py.jinja", view))


@settings(max_examples=50)
@given(st.dictionaries(texts, names))
def test_a_package_taken_for_formatted_is_as_black_formats_it(found: dict[str, str]) -> None:
    passes(rendered("python/package.py.jinja", PackageModule(found)))


@settings(max_examples=50)
@given(texts.filter(bool))
def test_a_docstring_taken_for_formatted_is_as_black_formats_it(text: str) -> None:
    passes(rendered("python/empty.py.jinja", DocstringModule(text)))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_modules_of_the_cases(case: Path) -> None:
    command = shlex.split((case / "command").read_text())
    sources = (value for option, value in pairwise(command) if option == "--source")
    modules_of(case / "in", *sources)


def test_nearly_all_modules_do_without_black(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemes", tmp_path / "own")
    workload.create_workspace(tmp_path / "synthetic", 60)
    assert all(modules_of(tmp_path, "own"))
    assert all(modules_of(tmp_path / "synthetic"))
