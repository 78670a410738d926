"""List the rules of this package: one for each module in the folder `rules`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from authscribe.findings import rules
from authscribe.findings.rule import Rule


def load_rules() -> dict[str, Rule]:
    """Import every module of `findings.rules` and return the rules by their codes, in alphabetical order."""
    modules = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    loaded: list[Rule] = [import_module(f"{rules.__name__}.{module}").RULE for module in modules]
    return {rule.code: rule for rule in loaded}
