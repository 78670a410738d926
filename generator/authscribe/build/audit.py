"""Audit generated Python by its grammar, as the last check before it is written.

Encoders turn texts of definitions into literals. The audit catches an encoder, a template or a formatter that fails to
do so: it accepts only the constructs that generated modules need.

Generated modules differ in literals and names, and in little else. So a module is split into statements, literals and
ordinary names are replaced, and each resulting shape is parsed and checked once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from authscribe.model.naming import KEYWORDS, UNSAFE_BUILTINS

_MODULES: Final = frozenset(
    {"base64", "collections.abc", "contextvars", "httpx", "importlib", "json", "pydantic", "pydantic_core",
     "pydantic_settings", "re", "requests", "requests.adapters", "requests.auth", "string", "typing",
     "urllib.parse", "urllib3.connection"}
)  # fmt: skip
_CALLED_WHILE_IMPORTING: Final = frozenset(
    {"AliasChoices", "BeforeValidator", "ContextVar", "Field", "ImportError", "SecretStr", "SettingsConfigDict",
     "field_validator", "model_validator"}
)  # fmt: skip
_FORBIDDEN_NAMES: Final = UNSAFE_BUILTINS | {"import_module", "__import__", "__builtins__", "__loader__", "__spec__"}
_SPECIAL_ATTRIBUTES: Final = frozenset({"__annotations__", "__name__"})
_COOKIE: Final = re.compile(rb"coding[:=]")

# A comment, or the end of a line in a docstring, without quotes that could begin or end a string.
_COMMENT: Final = re.compile(r"#[^\n\"'\\]*$", re.MULTILINE)
_ESCAPE: Final = r"\\(?:[\\'\"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})"
# Of any other string, such as one with a prefix, at least the first quote remains, which `_STRAY` finds.
_STRING: Final = re.compile(
    r'"(?<!\w")(?:""[^"\\]*"""'
    rf'|(?!"")[^"\\\n]*(?:{_ESCAPE}[^"\\\n]*)*")'
    rf"|'(?<!\w')(?!'')[^'\\\n]*(?:{_ESCAPE}[^'\\\n]*)*'"
)
_STRAY: Final = re.compile(r"[\"'#\\]|[^\n -~]")
_NEXT_STATEMENT: Final = re.compile(r"\n(?=\w)")
_CLASS: Final = re.compile(r"class \w+\(\w+\):(?=\n    \S)")
# Equal lines with the items of a list or of a mapping: whatever they have, the first one has.
_REPEATED_LINES: Final = re.compile(r"(\n +[^\n()\[\]{}]+,)\1+(?=\n)")

_MEANINGFUL: Final = frozenset(
    {*KEYWORDS, "_", "case", "match", "type", *_FORBIDDEN_NAMES, *_CALLED_WHILE_IMPORTING,
     *(part for module in _MODULES for part in module.split("."))}
)  # fmt: skip
"""Names with a meaning in the grammar or for a check below, like all names that begin with two underscores."""

_NAME: Final = re.compile(rf"\b(?!__|(?:{'|'.join(sorted(_MEANINGFUL))})\b)[A-Za-z_]\w*")


class AuditError(AssertionError):
    """Construct in generated code that no built-in template writes: a bug in authscribe, never a user's mistake."""


def check_bytes(content: bytes) -> None:
    """Raise AuditError for bytes that Python could read differently from a person."""
    if not content.isascii() or b"\r" in content or b"\x0c" in content:
        raise AuditError("a character that generated code never holds")
    if any(_COOKIE.search(line) for line in content.split(b"\n", 2)[:2]):
        raise AuditError("an encoding declaration")


def check_grammar(content: bytes) -> None:
    """Raise AuditError unless the code, in ASCII, has only constructs of the built-in templates.

    Raises SyntaxError if it is not Python.
    """
    for statement in _split_statements(_STRING.sub(_replace_string, _COMMENT.sub("", content.decode("ascii")))):
        _check_statement(statement)


def find_problem(code: str) -> str | None:
    """Return the first construct that generated modules do not need, or None; raise SyntaxError if it is not Python."""
    for node, runs in _walk_nodes(ast.parse(code)):
        problem = _check_node(node, while_importing=runs)
        if problem is not None:
            return problem
    return None


def _replace_string(match: re.Match[str]) -> str:
    """Return the literal that stands for a string: an ellipsis for one with a leading dot, as in a relative import."""
    return "... " if match[0].startswith('".') else "None "


def _split_statements(text: str) -> Iterator[str]:
    """Yield the unindented statements of code without strings; of a class, its head and each statement of its body.

    Each statement is complete, so its meaning does not depend on the others. A decorator is not complete: a class
    that has one is not split.
    """
    for statement in _NEXT_STATEMENT.split(text):
        head = _CLASS.match(statement)
        if head is None or "@" in statement:
            yield statement
        else:
            yield f"{head[0]} ..."
            yield from _NEXT_STATEMENT.split(statement[head.end() :].replace("\n    ", "\n"))


@lru_cache(maxsize=256)
def _check_statement(statement: str) -> None:
    """Raise AuditError for a problem in a statement without strings; many modules share the cached statements."""
    if _STRAY.search(statement):
        raise AuditError(f"a string or a comment that no template writes, in {_quote_first_line(statement)}")
    problem = _find_shape_problem(_REPEATED_LINES.sub(r"\1", _NAME.sub("x", statement)))
    if problem is not None:
        raise AuditError(f"{find_problem(statement) or problem}, in {_quote_first_line(statement)}")


@lru_cache(maxsize=4096)
def _find_shape_problem(shape: str) -> str | None:
    """Return the first problem of a statement in which all names without a meaning are replaced by `x`."""
    return find_problem(shape)


def _quote_first_line(statement: str) -> str:
    return ascii(statement.strip().partition("\n")[0])


def _walk_nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Yield every node, and whether it runs while the module is imported; trees may be deeper than the stack."""
    remaining: list[tuple[ast.AST, bool]] = [(tree, True)]
    while remaining:
        node, runs = remaining.pop()
        yield node, runs
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            # Decorators and defaults run on import, with everything inside them.
            defaults = (*node.args.defaults, *filter(None, node.args.kw_defaults))
            immediate = {*getattr(node, "decorator_list", ()), *defaults}
            for part in immediate:
                yield from ((inner, runs) for inner in ast.walk(part))
            remaining.extend((part, False) for part in ast.iter_child_nodes(node) if part not in immediate)
        elif _imports_own_module(node):
            continue
        else:
            remaining.extend((part, runs) for part in ast.iter_child_nodes(node))


def _check_node(node: ast.AST, *, while_importing: bool) -> str | None:
    match node:
        case ast.Name() | ast.arg():
            return _check_name(node)
        case ast.Call() if while_importing and _get_function_name(node) not in _CALLED_WHILE_IMPORTING:
            return f"a call to {_get_function_name(node) or 'something unnamed'} while importing"
        case ast.Import() | ast.ImportFrom():
            return _check_import(node)
        case ast.Attribute(attr=name) if name.startswith("__") and name not in _SPECIAL_ATTRIBUTES:
            return f"the attribute {name}"
        case ast.Global() | ast.Nonlocal() | ast.While() | ast.With():
            return f"a {type(node).__name__} statement"
        case ast.Expr(value=ast.Constant() | ast.Call() | ast.Yield() | ast.YieldFrom()):
            return None
        case ast.Expr():
            return "an expression that does nothing"
    return None


def _check_name(node: ast.Name | ast.arg) -> str | None:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            # Only reading such a name is a problem: a field may be called `input`.
            return f"the name {name}" if name in _FORBIDDEN_NAMES else None
        case ast.Name(id=name) | ast.arg(arg=name) if name.startswith("__") and name != "__all__":
            return f"a binding of the name {name}"
    return None


def _check_import(node: ast.Import | ast.ImportFrom) -> str | None:
    match node:
        case ast.ImportFrom(module=str() as module, level=0) if module not in _MODULES:
            return f"an import from {module}"
        case ast.ImportFrom(module="importlib") if ast.unparse(node) != "from importlib import import_module":
            return "another import from importlib"
        case ast.ImportFrom():
            return None
    return "an import of a whole module"


def _imports_own_module(node: ast.AST) -> bool:
    """Return whether the node is a call `import_module("." + name, __name__)`, which reaches only the own package."""
    match node:
        case ast.Call(
            func=ast.Name(id="import_module"),
            args=[
                ast.BinOp(left=ast.Constant(value=prefix), op=ast.Add(), right=ast.Name(id=name)),
                ast.Name(id="__name__"),
            ],
            keywords=[],
        ):
            is_relative = prefix is ... or (isinstance(prefix, str) and prefix.startswith("."))
            return is_relative and name not in _FORBIDDEN_NAMES
    return False


def _get_function_name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
