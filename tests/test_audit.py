"""The audit is the last look at generated Python; each planted defect must be caught, and what is right must pass."""

from __future__ import annotations

import pytest
from support import ROOT

from authscribe import audit

GOOD = (ROOT / "output/python/connector_auth/connectors/superoffice.py").read_text()
DEFECTS = {
    "description closes its literal": GOOD.replace(
        'description="The client id', 'description="" + exec("x") + "The client id', 1
    ),
    "code after a newline": GOOD.replace("SCOPES:", "exec('x')\nSCOPES:", 1),
    "code in a default": GOOD.replace("env_ignore_empty=True", "env_ignore_empty=print('x')", 1),
    "code in a decorator": GOOD.replace("    @classmethod\n    def from_env", "    @print('x')\n    def from_env", 1),
    "an import of a module": GOOD.replace("from typing", "import os\nfrom typing", 1),
    "an import from a module": GOOD.replace("from typing", "from os import system\nfrom typing", 1),
    "a name that gives everything": GOOD.replace("values = dict(self)", "values = globals()", 1),
    "an attribute that gives everything": GOOD.replace("cls.__name__", "cls.__subclasses__", 1),
    "an encoding declaration": "# coding: utf-7\n" + GOOD,
    "a carriage return in a comment": GOOD.replace("DO NOT EDIT", "DO NOT\rEDIT", 1),
    "a character beyond ASCII": GOOD.replace("The client id", "The cli\u00ebnt id", 1),
    "a lone name": GOOD.replace("SCOPES:", "SCHEMES\nSCOPES:", 1),
    "a call of a call": GOOD.replace("    env_prefix=", "    x=(lambda: 0)(),\n    env_prefix=", 1),
}


def check(content: bytes) -> None:
    audit.check_bytes(content)
    audit.check_grammar(content)


def test_what_the_templates_write_passes() -> None:
    for path in sorted((ROOT / "output/python").rglob("*.py")):
        check(path.read_bytes())


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_caught(name: str) -> None:
    assert DEFECTS[name] != GOOD
    with pytest.raises(audit.AuditError):
        check(DEFECTS[name].encode())
