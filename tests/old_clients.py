"""Write code against a generated module, as its users do, and settings as owners supply them.

Everything is taken from the source of the old module, so that nothing here depends on how changes are judged.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

WITNESSES = {
    "str": ("'text'", "text"),
    "int": ("5", 5),
    "float": ("2.5", 2.5),
    "bool": ("True", True),
    "dict[str, JsonValue]": ("{'k': 1}", {"k": 1}),
    "list[JsonValue]": ("[1]", [1]),
}

SECRETS = {"integer": "5", "number": "2.5", "boolean": "true"}
"""Texts of secrets whose values are no texts."""


@dataclass(frozen=True)
class OldField:
    """Field of a settings class: its annotation without `None`, its wire name, and the type that its definition has."""

    attribute: str
    annotation: str
    wire: str
    is_optional: bool
    has_default: bool
    kind: str = "string"
    keys: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """Return the environment variable, without the prefix."""
        return self.keys[0] if self.keys else self.attribute.upper()

    @property
    def values(self) -> tuple[tuple[str, Any], ...]:
        """Return values that the annotation allows, each as an expression and as an owner supplies it."""
        if self.annotation == "SecretStr":
            text = SECRETS.get(self.kind, f"w-{self.attribute}")
            return ((f"SecretStr({text!r})", text),)
        if self.annotation.startswith("Literal["):
            choices = ast.literal_eval(f"({self.annotation[8:-1]},)")
            return tuple((repr(choice), choice) for choice in choices)
        return (WITNESSES[self.annotation],)


@dataclass
class OldMethod:
    """Classes of one way to authenticate, and the function that connects them."""

    configuration: str
    runtime: str
    inject: str
    tag: str | None
    fields: dict[str, list[OldField]]
    protocols: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Names and return types of the methods that each argument of `inject` has, apart from the configuration."""


@dataclass(frozen=True)
class OldModule:
    """What a generated module offers."""

    prefix: str
    methods: tuple[OldMethod, ...]
    roles: tuple[str, ...]


def parse_module(source: str) -> OldModule:
    """Return what a generated module offers."""
    tree = ast.parse(source)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    words = (node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "env_prefix")
    prefix = ast.literal_eval(next(words).value)
    return OldModule(prefix, tuple(_parse_method(node, classes) for node in functions), tuple(_find_roles(tree)))


def _parse_method(function: ast.FunctionDef, classes: dict[str, ast.ClassDef]) -> OldMethod:
    arguments = (*function.args.args, *function.args.kwonlyargs)
    annotations = {argument.arg: ast.unparse(argument.annotation) for argument in arguments if argument.annotation}
    configuration, runtime = annotations.pop("configuration"), ast.unparse(function.returns) if function.returns else ""
    return OldMethod(
        configuration=configuration,
        runtime=runtime,
        inject=function.name,
        tag=_find_tag(classes[configuration]),
        fields={name: list(_list_fields(classes[name])) for name in (configuration, runtime)},
        protocols={argument: list(_list_methods(classes[name])) for argument, name in annotations.items()},
    )


def _list_methods(protocol: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for node in protocol.body:
        if isinstance(node, ast.FunctionDef) and node.returns:
            yield node.name, _spell_annotation(node.returns)


def _spell_annotation(node: ast.expr) -> str:
    """Return an annotation without the names that the generated package gives to types."""
    text = ast.unparse(node).replace("NonEmptySecret", "SecretStr")
    return text.replace("JsonObject", "dict[str, JsonValue]").replace("JsonArray", "list[JsonValue]")


def _find_roles(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "ENDPOINTS" and node.value is not None:
            yield from ast.literal_eval(node.value)


def _find_tag(node: ast.ClassDef) -> str | None:
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == "method" and each.value is not None:
            return str(ast.literal_eval(each.value))
    return None


def _list_fields(node: ast.ClassDef) -> Iterator[OldField]:
    for each in node.body:
        if not isinstance(each, ast.AnnAssign) or not isinstance(each.value, ast.Call):
            continue
        words = {word.arg: word.value for word in each.value.keywords}
        annotation = _spell_annotation(each.annotation)
        attribute = ast.unparse(each.target)
        wire = ast.literal_eval(words["serialization_alias"]) if "serialization_alias" in words else attribute
        bare = annotation.removesuffix(" | None")
        aliases = words["validation_alias"].args if "validation_alias" in words else []
        keys = tuple(ast.literal_eval(alias) for alias in aliases)
        keys = () if attribute in keys else keys
        yield OldField(attribute, bare, wire, bare != annotation, "default" in words, keys=keys)


def write_client(module: OldModule, package: str, path: str) -> str:
    """Return a module that uses the one at `path` in `package`: with `check()`, which runs all of it."""
    head, _, name = path.rpartition(".")
    lines = [
        "from typing import Literal",
        "from pydantic import JsonValue, SecretStr",
        f"from {package}.{head} import {name} as m",
    ]
    for index, method in enumerate(module.methods):
        lines += _write_method(method, str(index))
    calls = [f"    check{index}()" for index in range(len(module.methods))]
    roles = [f"    m.ENDPOINTS[{role!r}]" for role in module.roles]
    return "\n".join((*lines, "def check() -> None:", *roles, *calls, "    return None", ""))


def _write_method(method: OldMethod, mark: str) -> Iterator[str]:
    configuration, runtime = method.fields[method.configuration], method.fields[method.runtime]
    mandatory = [each for each in configuration if not each.has_default]
    for argument, methods in method.protocols.items():
        yield from _write_implementation(f"{argument.capitalize()}{mark}", methods)
    yield from _write_reader(f"read_configuration{mark}", method.configuration, configuration)
    yield from _write_reader(f"read_runtime{mark}", method.runtime, runtime)
    yield f"def onboard{mark}(settings: m.{method.configuration}) -> m.{method.runtime}:"
    arguments = "".join(f", {argument}={argument.capitalize()}{mark}()" for argument in method.protocols)
    yield f"    return m.{method.inject}(settings{arguments})"
    yield f"def check{mark}() -> None:"
    yield f"    m.{method.configuration}({_write_arguments(mandatory, {})})"
    chosen = [(each, value) for each in configuration for value in each.values]
    for each, (value, _) in chosen or [(None, ("", None))]:
        arguments = _write_arguments(configuration, {each.attribute: value} if each else {})
        yield f"    settings = m.{method.configuration}({arguments})"
        yield f"    read_configuration{mark}(settings)"
        yield f"    read_runtime{mark}(onboard{mark}(settings))"


def _write_implementation(name: str, methods: list[tuple[str, str]]) -> Iterator[str]:
    yield f"class {name}:"
    for method, annotation in methods:
        bare = annotation.removesuffix(" | None")
        value = OldField(method, bare, method, is_optional=False, has_default=False).values[0][0]
        yield f"    def {method}(self) -> {annotation}:"
        yield f"        return {value}"


def _write_reader(name: str, settings: str, fields: list[OldField]) -> Iterator[str]:
    """Yield a function that reads every attribute by its type, and every secret by its name."""
    yield f"def {name}(settings: m.{settings}) -> None:"
    for index, each in enumerate(fields):
        optional = " | None" if each.is_optional else ""
        yield f"    value{index}: {each.annotation}{optional} = settings.{each.attribute}"
        if each.annotation == "SecretStr":
            guard = f"if value{index} is not None: " if each.is_optional else ""
            yield f"    {guard}assert value{index}.get_secret_value() == settings.secrets()[{each.wire!r}]"
    yield "    return None"


def _write_arguments(fields: list[OldField], chosen: dict[str, str]) -> str:
    return ", ".join(f"{each.attribute}={chosen.get(each.attribute, each.values[0][0])}" for each in fields)
