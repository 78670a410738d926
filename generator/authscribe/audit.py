"""The audit of generated Python: a last look at the bytes, by grammar, before they can be written.

Encoders make text of definitions into literals; this would catch an encoder, a template or a formatter that
fails to. It allows what generated modules need and refuses everything else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

_MODULES: Final = frozenset({"collections.abc", "pydantic", "pydantic_core", "pydantic_settings", "typing"})
_CALLED_WHILE_IMPORTING: Final = frozenset(
    {"AliasChoices", "ConfigDict", "Field", "SettingsConfigDict", "model_validator"}
)
_FORBIDDEN_NAMES: Final = frozenset(
    {"eval", "exec", "compile", "open", "input", "breakpoint", "globals", "locals", "vars", "getattr", "setattr",
     "delattr", "__import__", "__builtins__", "__loader__", "__spec__"}
)  # fmt: skip
_COOKIE: Final = re.compile(rb"coding[:=]")


class AuditError(AssertionError):
    """Generated code holds something that no template of ours writes: a bug, never a mistake of the user."""


def check_bytes(content: bytes) -> None:
    """Raises AuditError for bytes that a reader of Python could take for something else than a person does."""
    if not content.isascii() or b"\r" in content or b"\x0c" in content:
        raise AuditError("a character that generated code never holds")
    if any(_COOKIE.search(line) for line in content.split(b"\n")[:2]):
        raise AuditError("an encoding declaration")


def check_grammar(content: bytes) -> None:
    """Raises AuditError unless the code is of the kind that the built-in templates are meant to make."""
    tree = ast.parse(content)
    for node in ast.walk(tree):
        problem = _problem(node)
        if problem is not None:
            raise AuditError(f"line {getattr(node, 'lineno', 0)}: {problem}")
    for call in _calls_while_importing(tree):
        if _called(call) not in _CALLED_WHILE_IMPORTING:
            raise AuditError(f"line {call.lineno}: a call to {_called(call) or 'something unnamed'} while importing")


def _problem(node: ast.AST) -> str | None:
    match node:
        case ast.Import():
            return "an import of a whole module"
        case ast.ImportFrom(module=str() as module, level=0) if module not in _MODULES:
            return f"an import from {module}"
        case ast.Name(id=name) if name in _FORBIDDEN_NAMES:
            return f"the name {name}"
        case ast.Attribute(attr=name) if name.startswith("__") and name != "__name__":
            return f"the attribute {name}"
        case ast.Global() | ast.Nonlocal() | ast.AsyncFunctionDef() | ast.While() | ast.With():
            return f"a {type(node).__name__} statement"
        case ast.Expr(value=ast.Constant() | ast.Call()):
            return None
        case ast.Expr():
            return "an expression that does nothing"
    return None


def _calls_while_importing(node: ast.AST) -> Iterator[ast.Call]:
    """Calls outside the bodies of functions; decorators and defaults do run."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            runs = [*getattr(child, "decorator_list", ()), *child.args.defaults, *filter(None, child.args.kw_defaults)]
            for part in runs:
                yield from (call for call in ast.walk(part) if isinstance(call, ast.Call))
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _calls_while_importing(child)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
