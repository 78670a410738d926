"""The rules of this package: the folder `rules` is the list, one module for each."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from authscribe.findings import rules
from authscribe.findings.rule import Rule


def load_rules() -> dict[str, Rule]:
    """Import every module of `findings.rules` and return the rules by their codes, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    found: list[Rule] = [import_module(f"{rules.__name__}.{name}").RULE for name in names]
    return {rule.code: rule for rule in found}
