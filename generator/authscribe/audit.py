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
_LEAVES: Final = frozenset({ast.Constant, ast.Load, ast.Store, ast.Del})
"""Half of the nodes of a module, which hold no others and do nothing."""

_WATCHED: Final = frozenset(
    {ast.Name, ast.Call, ast.Attribute, ast.Expr, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal,
     ast.AsyncFunctionDef, ast.While, ast.With}
)  # fmt: skip
"""The nodes that may be a problem by themselves."""

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
    for node, runs in _nodes(ast.parse(content)):
        problem = _problem(node, while_importing=runs) if type(node) in _WATCHED else None
        if problem is not None:
            raise AuditError(f"line {getattr(node, 'lineno', 0)}: {problem}")


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Every node but leaves, and whether it runs while the module is imported.

    Without recursion, however deep the tree is.
    """
    waiting: list[tuple[ast.AST, bool]] = [(tree, True)]
    while waiting:
        node, runs = waiting.pop()
        yield node, runs
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            # Decorators and defaults do run, with all that is in them.
            at_once = {*getattr(node, "decorator_list", ()), *node.args.defaults, *filter(None, node.args.kw_defaults)}
            for part in at_once:
                yield from ((inner, runs) for inner in ast.walk(part))
            waiting.extend([(part, False) for part in _parts(node) if part not in at_once])
        else:
            waiting.extend([(part, runs) for part in _parts(node)])


def _parts(node: ast.AST) -> list[ast.AST]:
    """As `ast.iter_child_nodes`, without leaves, at a third of the cost."""
    parts: list[ast.AST] = []
    for value in vars(node).values():
        if isinstance(value, list):
            parts.extend([item for item in value if isinstance(item, ast.AST) and type(item) not in _LEAVES])
        elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
            parts.append(value)
    return parts


def _problem(node: ast.AST, *, while_importing: bool) -> str | None:
    match node:
        case ast.Name(id=name) if name in _FORBIDDEN_NAMES:
            return f"the name {name}"
        case ast.Name():
            return None
        case ast.Call() if while_importing and _called(node) not in _CALLED_WHILE_IMPORTING:
            return f"a call to {_called(node) or 'something unnamed'} while importing"
        case ast.Import():
            return "an import of a whole module"
        case ast.ImportFrom(module=str() as module, level=0) if module not in _MODULES:
            return f"an import from {module}"
        case ast.Attribute(attr=name) if name.startswith("__") and name != "__name__":
            return f"the attribute {name}"
        case ast.Global() | ast.Nonlocal() | ast.AsyncFunctionDef() | ast.While() | ast.With():
            return f"a {type(node).__name__} statement"
        case ast.Expr(value=ast.Constant() | ast.Call()):
            return None
        case ast.Expr():
            return "an expression that does nothing"
    return None


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
