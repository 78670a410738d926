"""Test that the names for plugins are stable, complete and explained."""

from __future__ import annotations

import ast
import collections.abc
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

import pytest

from authscribe import plugin_api

pytestmark = pytest.mark.once

NAMES = {
    "Assignment", "BasicCredentials", "BodyFormat", "Catalogue", "Choice", "ComposeOptions", "Connector",
    "Contract", "Conventions", "CustomLanguage", "Definition", "DefinitionDraft", "DefinitionError",
    "DefinitionNames", "DocumentReader", "Draft", "Edit", "Endpoint", "Endpoints", "Entry",
    "ExternalSecretsOptions", "FieldView", "Finding", "Fix", "Flag", "GENERATED", "Hint", "Hole", "InjectedSecret",
    "KeyOutcome", "Kind", "KubernetesOptions", "Label", "Language", "Lifetime", "ListNode", "Location",
    "LoginOption", "MapNode", "McpOptions", "Mechanism", "Method", "MethodView", "Model", "NameKind", "NameRule",
    "Names", "Node", "Noun", "OAuth", "Origin", "Outcome", "PLACEHOLDER", "Parameter", "Place", "Placement",
    "Places", "PlannedFile", "Platform", "Prefixes", "ProtocolView", "ProviderFacts", "References",
    "RequestContent", "RequestStep", "Rule", "ScalarNode", "Scheme",
    "Secrecy", "Secret", "SecretSource", "Setting", "Severity", "Source",
    "Spelling", "Stage", "StoreKind", "StoreLayout", "StrictDataclass", "Stub", "StubSetting", "Suppression", "Tag",
    "TargetOptions", "TargetPlan", "TextReader", "TokenRequest", "TrackedMapping", "Value", "ValueType", "Variable",
    "VerificationEndpoint",
    "ConnectorFile", "LetterCase", "ManifestFile", "NamingRule", "SettingRole", "SettingsFile", "Slots", "SystemFile",
    "choose_decisive", "fill_template", "fill_variables", "find_title", "get_text",
    "is_dotenv_safe", "is_hcl_safe", "is_variable_safe", "list_addresses", "list_contracts",
    "list_fallback_addresses", "list_methods", "list_oauth_facts", "list_request_facts", "list_stubs", "make_list",
    "make_map", "parse_template", "report_wrong_value", "spell_secret", "spell_variable", "to_attribute",
    "to_environment_variable", "to_node",
}  # fmt: skip
CONSTANTS = {"GENERATED", "Node", "PLACEHOLDER", "Value"}


def is_enum(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, Enum)


def test_the_names_are_stable() -> None:
    """Removing a name breaks packages of others: that is a decision, not a side effect."""
    assert set(plugin_api.__all__) == NAMES
    public = {name for name in vars(plugin_api) if not name.startswith("_") and name != "annotations"}
    assert public == NAMES


@pytest.mark.parametrize("name", sorted(NAMES - CONSTANTS))
def test_every_name_is_explained(name: str) -> None:
    # A dataclass or named tuple without a docstring gets its signature as one.
    documentation = inspect.cleandoc(vars(plugin_api)[name].__doc__ or "")
    assert documentation.endswith((".", '"', "`")) or "\n" in documentation
    assert not documentation.startswith(f"{name}(")


@pytest.mark.parametrize("name", [name for name in sorted(NAMES) if is_enum(vars(plugin_api)[name])])
def test_every_member_is_explained(name: str) -> None:
    (definition,) = ast.parse(inspect.getsource(vars(plugin_api)[name])).body
    assert isinstance(definition, ast.ClassDef)
    assert [each for each, after in pairwise(definition.body) if is_member(each) and not is_text(after)] == []
    assert not is_member(definition.body[-1])


def is_member(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign)


def is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@pytest.mark.parametrize("name", sorted(NAMES - CONSTANTS))
def test_explanations_refer_to_names_of_plugins_only(name: str) -> None:
    words = {word for text in list_documentation(name) for word in re.findall(r"`([a-z]+(?:_[a-z]+)+)[`(]", text)}
    known = {member for each in NAMES for member in list_members(vars(plugin_api)[each])}
    assert words - known - NAMES == set()


def list_documentation(name: str) -> Iterator[str]:
    """Yield the docstring of a name, and those of its public members."""
    item = inspect.unwrap(vars(plugin_api)[name])
    yield inspect.getdoc(item) or ""
    if isinstance(item, type):
        yield from (inspect.getdoc(part) or "" for part in vars(item).values() if inspect.isroutine(part))


def list_members(item: object) -> Iterator[str]:
    """Yield the names of the fields, methods and parameters of a class or function."""
    for part in (item, *(vars(item).values() if isinstance(item, type) else ())):
        function = inspect.unwrap(part) if callable(part) else part
        yield from inspect.signature(function).parameters if inspect.isfunction(function) else ()
    if isinstance(item, type):
        yield from (*vars(item), *vars(item).get("__annotations__", {}))


@pytest.mark.parametrize("name", sorted(NAMES - CONSTANTS))
def test_every_type_that_a_name_leads_to_is_a_name(name: str) -> None:
    assert find_hidden(vars(plugin_api)[name], NAMES) == set()


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        pytest.param(plugin_api.Catalogue, "Scheme", id="field"),
        pytest.param(plugin_api.TargetPlan, "Places", id="callable"),
        pytest.param(plugin_api.Stub, "StubSetting", id="property"),
        pytest.param(plugin_api.list_contracts, "Contract", id="result"),
    ],
)
def test_a_type_that_is_no_name_is_found(item: object, kind: str) -> None:
    assert find_hidden(item, NAMES - {kind}) == {kind}


def find_hidden(item: object, names: set[str]) -> set[str]:
    """Return the names of our types in the public annotations of an item that are not among the names."""
    kinds = (kind for part in list_parts(item) for kind in list_types(part))
    own = {kind for kind in kinds if kind.__module__.startswith("authscribe.")}
    return {kind.__name__ for kind in own if kind.__name__ not in names or vars(plugin_api)[kind.__name__] is not kind}


def list_parts(item: object) -> Iterator[object]:
    """Yield a function, or a class with its public methods and properties."""
    yield item
    for name, member in tuple(vars(item).items()) if isinstance(item, type) else ():
        function = member.fget if isinstance(member, property) else getattr(member, "func", member)
        if inspect.isfunction(function) and not name.startswith("_"):
            yield function


def list_types(part: object) -> Iterator[type]:
    """Yield the types in the public annotations of a function or class."""
    names = {**vars(typing), **vars(collections.abc), **vars(plugin_api), **vars(sys.modules[part.__module__])}
    for name, hint in typing.get_type_hints(part, globalns=names).items():
        if not name.startswith(("_", "model_")):
            yield from flatten(hint)


def flatten(hint: object) -> Iterator[type]:
    if isinstance(hint, type):
        yield hint
    for argument in typing.get_args(hint):
        for inner in argument if isinstance(argument, list) else (argument,):
            yield from flatten(inner)
