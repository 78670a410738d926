"""The audit of generated Python: a last look at the bytes, by grammar, before they can be written.

Encoders make text of definitions into literals; this would catch an encoder, a template or a formatter that
fails to. It allows what generated modules need and refuses everything else.

Modules differ in literals and names, and hardly in anything else. So a module is taken apart into its statements, those
into their shapes, and each shape is parsed and looked through once.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator
from functools import lru_cache
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

# A comment, or the end of a line in a docstring, of which nobody asks what it says; without quotes that could open or
# close anything.
_COMMENT: Final = re.compile(r"#[^\n\"'\\]*$", re.MULTILINE)
_ESCAPE: Final = r"\\(?:[\\'\"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})"
# Any other string, such as one with a prefix, leaves at least its first quote behind.
_STRING: Final = re.compile(
    r'"(?<!\w")(?:""[^"\\]*"""'
    rf'|(?!"")[^"\\\n]*(?:{_ESCAPE}[^"\\\n]*)*")'
    rf"|'(?<!\w')(?!'')[^'\\\n]*(?:{_ESCAPE}[^'\\\n]*)*'"
)
_STRAY: Final = re.compile(r"[\"'#\\]|[^\n -~]")
_NEXT_STATEMENT: Final = re.compile(r"\n(?=\w)")
_CLASS: Final = re.compile(r"class \w+\(\w+\):(?=\n    \S)")

_TELLING: Final = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *_FORBIDDEN_NAMES, *_CALLED_WHILE_IMPORTING,
     *(part for module in _MODULES for part in module.split("."))}
)  # fmt: skip
"""The names that mean something to the grammar or to a rule below; so does each that begins with two underscores."""

_NAME: Final = re.compile(rf"\b(?!__|(?:{'|'.join(sorted(_TELLING))})\b)[A-Za-z_]\w*")


class AuditError(AssertionError):
    """Generated code holds something that no template of ours writes: a bug, never a mistake of the user."""


def check_bytes(content: bytes) -> None:
    """Raises AuditError for bytes that a reader of Python could take for something else than a person does."""
    if not content.isascii() or b"\r" in content or b"\x0c" in content:
        raise AuditError("a character that generated code never holds")
    if any(_COOKIE.search(line) for line in content.split(b"\n", 2)[:2]):
        raise AuditError("an encoding declaration")


def check_grammar(content: bytes) -> None:
    """Raises AuditError unless the code, in ASCII, is of the kind that the built-in templates are meant to make.

    What is no Python at all raises SyntaxError.
    """
    for statement in _statements(_STRING.sub("None ", _COMMENT.sub("", content.decode("ascii")))):
        _check_statement(statement)


def find_problem(code: str) -> str | None:
    """The first thing in a piece of code that generated modules do not need; raises SyntaxError for what is no code."""
    for node, runs in _nodes(ast.parse(code)):
        found = _problem(node, while_importing=runs)
        if found is not None:
            return found
    return None


def _statements(text: str) -> Iterator[str]:
    """The statements at the margin of code without strings; for a class its head, and each statement of its body.

    Where each of them is complete by itself, it means the same after any other. A decorator is not.
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
    """Raises AuditError for what is wrong in a statement without its strings; what all modules share stays known."""
    if _STRAY.search(statement):
        raise AuditError(f"a string or a comment that no template writes, in {_beginning(statement)}")
    found = _problem_of_shape(_NAME.sub("x", statement))
    if found is not None:
        raise AuditError(f"{find_problem(statement) or found}, in {_beginning(statement)}")


@lru_cache(maxsize=4096)
def _problem_of_shape(shape: str) -> str | None:
    """The problem of code in which the names that no rule asks about are all the same."""
    return find_problem(shape)


def _beginning(statement: str) -> str:
    return ascii(statement.strip().partition("\n")[0])


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it runs while the module is imported.

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
            waiting.extend((part, False) for part in ast.iter_child_nodes(node) if part not in at_once)
        else:
            waiting.extend((part, runs) for part in ast.iter_child_nodes(node))


def _problem(node: ast.AST, *, while_importing: bool) -> str | None:
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name in _FORBIDDEN_NAMES:
            # A field may well be called `input`.
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
