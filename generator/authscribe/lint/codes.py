"""List the codes of all rules."""

from __future__ import annotations

from authscribe.runtime import plugins
from authscribe.runtime.plugins import Group


def list_codes() -> tuple[str, ...]:
    """Return the codes of all rules: the built-in ones, then those of plugins."""
    # Imported here: few runs need all rules, such as those with suppressions.
    from authscribe.lint.registry import load_rules

    return (*load_rules(), *plugins.list_plugins(Group.RULES))
