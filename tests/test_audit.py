"""Test the audit of generated Python: each planted defect is caught, and correct code passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

from authscribe.build.audit import AuditError, check_bytes, check_grammar, find_problem
from authscribe.encoders.python import encode_python_literal

PACKAGE = ROOT / "output/python/connector_auth"
GOOD = "\n".join((PACKAGE / path).read_text() for path in ("connectors/superoffice.py", "_settings.py", "__init__.py"))
DEFECTS = {
    "description closes its literal": GOOD.replace(
        'description="The client id', 'description="" + exec("x") + "The client id', 1
    ),
    "code after a newline": GOOD.replace("SCOPES:", "exec('x')\nSCOPES:", 1),
    "code in a default": GOOD.replace("env_ignore_empty=True", "env_ignore_empty=print('x')", 1),
    "code in a decorator": GOOD.replace("    @classmethod\n    def from_env", "    @print('x')\n    def from_env", 1),
    "an import of a module": GOOD.replace("from typing", "import os\nfrom typing", 1),
    "an import from a module": GOOD.replace("from typing", "from os import system\nfrom typing", 1),
    "a name that gives everything": GOOD.replace("values = dict(iter(self))", "values = globals()", 1),
    "an attribute that gives everything": GOOD.replace("type(self).__name__", "type(self).__subclasses__", 1),
    "another module of importlib": GOOD.replace("import import_module", "import util", 1),
    "import_module by another name": GOOD.replace("import import_module", "import import_module as x", 1),
    "an import of any module": GOOD.replace('".connectors." + module', "module", 1),
    "an import from any package": GOOD.replace("module, __name__", "module, __doc__", 1),
    "another meaning of the package": GOOD.replace("    module = _MODULES", "    __name__ = _MODULES", 1),
    "an import while importing": GOOD + 'import_module("." + SCOPES, __name__)\n',
    "import_module as a value": GOOD.replace("return import_module(", "return (import_module)[0](", 1),
    "an encoding declaration": "# coding: utf-7\n" + GOOD,
    "a carriage return in a comment": GOOD.replace("DO NOT EDIT", "DO NOT\rEDIT", 1),
    "a character beyond ASCII": GOOD.replace("The client id", "The cli\u00ebnt id", 1),
    "a lone name": GOOD.replace("SCOPES:", "SCHEMES\nSCOPES:", 1),
    "a call of a call": GOOD.replace("        frozen=", "        x=(lambda: 0)(),\n        frozen=", 1),
    "a string that holds code": GOOD.replace('="SUPEROFFICE_"', '=f"{SCOPES}"', 1),
    "bytes": GOOD.replace('="SUPEROFFICE_"', '=b"SUPEROFFICE_"', 1),
    "a comment with a quote": GOOD.replace("SCOPES:", "# it's\nSCOPES:", 1),
    "code between comments with quotes": GOOD.replace("SCOPES:", '# """\nexec("x")\n# """\nSCOPES:', 1),
    "a line that goes on in the next": GOOD.replace("SCOPES: ", "SCOPES: \\\n", 1),
    "code in a default of a coroutine": GOOD + "async def x(x=print('x')): ...\n",
    "a loop without a collection": GOOD + "def x() -> None:\n    while True: ...\n",
    "a context manager": GOOD + "def x() -> None:\n    with SCOPES: ...\n",
    "a binding of a global name": GOOD + "def x() -> None:\n    global SCOPES\n",
    "an import of a module that is not below": GOOD.replace('".connectors." + module', '"os" + module', 1),
    "an import of a module by an unsafe name": GOOD.replace('".connectors." + module', '".connectors." + eval', 1),
    "code in a default of a keyword": GOOD + "def x(*, x=print('x')) -> None: ...\n",
    "equal items that are code": GOOD + "NAMES = [" + 3 * "\n    __name__.__class__," + "\n]\n",
    "a tab": GOOD.replace("    frozen", "\tfrozen", 1),
}


def check(content: bytes) -> None:
    check_bytes(content)
    check_grammar(content)


def test_generated_modules_pass() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        check(path.read_bytes())


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_caught(name: str) -> None:
    assert DEFECTS[name] != GOOD
    with pytest.raises(AuditError):
        check(DEFECTS[name].encode())


def test_equal_lines_with_brackets_too_many_are_no_python() -> None:
    with pytest.raises(SyntaxError):
        check((GOOD + "NAMES = (\n    (" + 3 * "\n    )," + "\n)\n").encode())


PIECES = (
    '"', "'", '"""', "'''", "\\", "#", "# ", "\n", "    ", "(", ")", "[", "]", "{", "}", "@", ":", "=", ",", ".", ";", "x", "_",
    "__class__", "exec", "exec('x')", "Field", "f'{x}'", "r'", "lambda: ", "if ", "else:", "def x():", "class x:", "import os",
    "from os import x", "while 1:", "with x:", "del x", "return", "yield", "await ", "global x", "match x:", "case x:", "0", "1.5",
    "1e5", "0o17", "\nexec('x')\n", "\nx\n", "\nelse:\n    x()\n",
    "\n    x,", "\n    x[\n", "\n    ],",
)  # fmt: skip
pieces = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
edits = st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), pieces), min_size=1, max_size=3)


def edited(changes: list[tuple[int, int, str]]) -> str:
    code = GOOD
    for start, length, piece in changes:
        code = code[:start] + piece + code[start + length :]
    return code


def is_refused(check_code: Callable[[str], object], code: str) -> bool:
    try:
        return check_code(code) is not None
    except (AuditError, SyntaxError):
        return True


@settings(max_examples=200)
@given(edits)
def test_a_problem_of_a_module_is_a_problem_of_one_statement(changes: list[tuple[int, int, str]]) -> None:
    code = edited(changes)
    assert is_refused(lambda text: check(text.encode()), code) or not is_refused(find_problem, code)


@given(st.lists(st.text()), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
def test_a_literal_is_no_problem(texts: list[str], integer: int, number: float) -> None:
    check(GOOD.replace("SCOPES:", f"NAMES = {encode_python_literal([*texts, integer, number])}\nSCOPES:", 1).encode())
